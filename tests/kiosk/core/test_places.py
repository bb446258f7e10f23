import pytest

from kiosk.core.places import NOWHERE, Place, place_of
from tests.fakes.bridge import cabinet


@pytest.mark.parametrize(
    ("compartment", "place"),
    [
        (1, Place("top", "left")),
        (3, Place("middle", "left")),
        (5, Place("bottom", "left")),
        (6, Place("top", "middle")),
        (13, Place("bottom", "middle")),
        (14, Place("top", "right")),
        (16, Place("bottom", "right")),
        (101, NOWHERE),
        (999, NOWHERE),
    ],
)
def test_a_door_is_where_somebody_in_front_of_it_would_say(compartment: int, place: Place) -> None:
    assert place_of(cabinet(), compartment) == place


def test_a_lone_door_needs_no_words() -> None:
    assert place_of(cabinet()[:1], 1) == NOWHERE


def test_two_doors_one_above_the_other_have_a_height_and_no_side() -> None:
    assert place_of(cabinet()[:2], 2) == Place("bottom", None)
