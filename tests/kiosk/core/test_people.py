import pytest

from kiosk.core.people import SHOWN, search
from tests.fakes.kiosk import PEOPLE


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("aicha", ["p-1"]),
        ("BENMA", ["p-1"]),
        ("muller", ["p-6"]),
        ("luc sch", ["p-2"]),
        ("benali", ["p-3", "p-4"]),
        ("benali d", ["p-4"]),
        ("2362", ["p-3", "p-4"]),
        ("23662", ["p-1"]),
        ("27", ["p-3"]),
        ("zz", []),
        ("  ", []),
    ],
)
def test_a_person_is_found_by_letters_keys_or_flat(query: str, found: list[str]) -> None:
    assert [one.person for one in search(PEOPLE, query)] == found


def test_never_more_than_the_screen_holds() -> None:
    assert len(search(PEOPLE * 4, "b")) == SHOWN
