from msgspec.structs import replace

from contract import messages as m
from kiosk.core.catalogue import (
    Offers,
    lines,
    offered,
    option_pages,
    promise,
    said,
    tags_on_their_way,
    total_cents,
)
from tests.fakes.services import (
    BASKET,
    CHRISTMAS,
    DAY_MS,
    HOUR_MS,
    LAUNDRY,
    NOW_MS,
    PHONE,
    SERVICES,
    SHOES,
)


def test_services_come_in_the_order_of_the_place() -> None:
    assert offered((BASKET, PHONE, SHOES, LAUNDRY), NOW_MS) == (SHOES, LAUNDRY, PHONE, BASKET)


def test_a_campaign_is_there_from_its_first_to_its_last_moment() -> None:
    dated = replace(CHRISTMAS, from_ms=NOW_MS, until_ms=NOW_MS + DAY_MS)
    moments = (NOW_MS - 1, NOW_MS, NOW_MS + DAY_MS - 1, NOW_MS + DAY_MS)
    assert [bool(offered((dated,), now)) for now in moments] == [False, True, True, False]


def test_without_a_clock_no_campaign_is_offered_and_nothing_is_promised() -> None:
    assert CHRISTMAS not in offered(SERVICES, None)
    assert SHOES in offered(SERVICES, None)
    assert promise(SHOES, None) is None


def test_the_first_promise_that_can_still_be_kept_is_made() -> None:
    assert promise(SHOES, NOW_MS) == SHOES.promises[1]
    assert promise(SHOES, NOW_MS + HOUR_MS) == SHOES.promises[2]
    assert promise(SHOES, NOW_MS + DAY_MS) is None


def test_words_fall_back_to_the_place_and_then_to_any_language() -> None:
    assert said(SHOES.name, "ar", "fr") == "إصلاح الأحذية"
    assert said(LAUNDRY.name, "de", "fr") == "Pressing"
    assert said((m.Said(language="sq", text="Këpucar"),), "ar", "fr") == "Këpucar"
    assert said((m.Said(language="fr", text=""),), "fr") == ""


def test_lines_bear_the_words_of_the_place_and_add_up_to_the_cent() -> None:
    order = lines(LAUNDRY, {"stain": 2, "iron": 1, "hanger": 0}, "fr")
    assert [(one.name, one.count, one.unit_cents, one.option) for one in order] == [
        ("Pressing", 1, 350, None),
        ("Repassage", 1, 150, "iron"),
        ("Détachage", 2, 205, "stain"),
    ]
    assert total_cents(order) == 910


def test_a_service_without_a_name_still_has_a_line() -> None:
    assert lines(replace(SHOES, name=()), {}, "fr")[0].name == "shoes"
    assert len(lines(replace(SHOES, name=(m.Said(language="fr", text="x" * 99),)), {}, "fr")[0].name) == 80


def test_something_else_is_always_there_and_comes_last() -> None:
    assert Offers().pages() == ((None,),)
    first, second = Offers(SERVICES).pages()
    assert (len(first), second) == (4, (CHRISTMAS, None))
    assert [len(page) for page in option_pages(LAUNDRY)] == [3, 1]


def test_tags_of_bags_that_came_back_may_be_used_again() -> None:
    def tracked(tag: str, state: str) -> m.Tracked:
        return m.Tracked(item=tag, person="p", kind="bag", state=state, tag=tag)  # type: ignore[arg-type]

    documents = (tracked("A", "away"), tracked("B", "ready"), tracked("C", "dropped"), tracked("", "away"))
    assert tags_on_their_way(documents) == {"A", "C"}
