"""Dialogues: staff hand over what lies on the shelf."""

import msgspec
import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.flow import THANKS_MS
from kiosk.core.state import ON_A_PAGE
from tests.kiosk.core.dialogue import Dialogue, parcel, signed_in, sounds

COLETTE = m.PersonName(person="p-1", name="Colette Schwartz", flat="A 12")
LABEL, LABEL_TWO = "6A12345678901", "6A12345678918"
ONE = m.ShelfItem(item="i-1", person="p-1", kind="parcel", label="B4", mark=LABEL)
TWO = m.ShelfItem(item="i-2", person="p-2", kind="letter", label="B5", mark=LABEL_TWO)
TAKEN = m.Settle(visit="sv", item="i-1", outcome="taken")


def asked_whether(*shelf: m.ShelfItem) -> Dialogue:
    return signed_in(*shelf).on(e.ShelfWanted(), e.HandOverWanted("i-1"))


def collected(told: Dialogue) -> Dialogue:
    return told.answers(m.Settled(item="i-1", stands="collected"))


def lying(told: Dialogue) -> list[str]:
    assert told.state.staff is not None
    return [one.item for one in told.state.staff.shelf]


def test_one_is_handed_over_after_a_yes_and_then_the_next_is_shown() -> None:
    told = signed_in(ONE, TWO).on(e.ShelfWanted())
    told.shows(s.Shelf)
    assert told.on(e.HandOverWanted("i-1")).shows(s.HandOver) == s.HandOver(ONE)
    assert TAKEN not in told.asks
    assert told.on(e.HandedOverSaid()).shows(s.HandOver).sent
    assert told.asks[-1] == TAKEN
    assert collected(told).shows(s.HandedOver).item == ONE
    assert told.timer("step") == THANKS_MS
    assert lying(told) == ["i-2"]
    told.fires("step").shows(s.Shelf)


def test_after_the_last_one_the_next_label_is_wanted() -> None:
    told = collected(asked_whether(ONE).on(e.HandedOverSaid()))
    told.fires("step").shows(s.Parcels)
    told.on(e.ShelfWanted()).shows(s.Parcels)


def test_a_no_leads_back_and_nothing_is_said_of_it() -> None:
    told = asked_whether(ONE).on(e.Back())
    told.shows(s.Shelf)
    assert lying(told) == ["i-1"]
    told.on(e.Back()).shows(s.Parcels)
    assert TAKEN not in told.asks


def test_a_second_yes_asks_nothing_more() -> None:
    told = asked_whether(ONE).on(e.HandedOverSaid(), e.HandedOverSaid(), e.Back())
    assert told.shows(s.HandOver).sent
    assert told.asks.count(TAKEN) == 1


def test_a_registered_letter_is_handed_over_only_to_somebody_made_sure_of() -> None:
    letter = m.ShelfItem(item="i-1", person="p-1", kind="registered_letter", label="B4")
    told = signed_in(letter).on(e.ShelfWanted(), e.HandOverWanted("i-1"))
    told.shows(h.HandTo)
    told.on(he.Said("yes")).shows(h.HandTo)
    told.on(he.Said("document"))
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="taken", identity="document")
    collected(told).answers(m.Stock(places=())).shows(h.WhatIsHere)
    assert lying(told) == []


def test_only_what_lies_there_can_be_handed_over() -> None:
    signed_in(ONE).on(e.ShelfWanted(), e.HandOverWanted("i-9")).shows(s.Shelf)


def test_a_full_shelf_is_shown_page_by_page_and_then_from_the_start() -> None:
    many = [
        m.ShelfItem(item=f"i-{n}", person="p-1", kind="parcel", label=f"B{n}") for n in range(ON_A_PAGE + 1)
    ]
    told = signed_in(*many).on(e.ShelfWanted(), e.MoreWanted())
    assert told.shows(s.Shelf).page == 1
    assert told.on(e.MoreWanted()).shows(s.Shelf).page == 0


def on_the_shelf(told: Dialogue, label: str = "") -> Dialogue:
    """Staff put a parcel for Colette on the shelf."""
    place = parcel("i-7", 101, "B4")
    told.on(e.LabelGiven(label), e.Entered("co", (COLETTE,), "i"))
    told.on(e.SizeChosen("M", "i-7", shelf=True)).answers(m.Claimed(visit="sv", item=place))
    return told.on(e.ShelfDone()).settled(place, "left", pickup="pu-1")


def test_what_was_put_there_in_this_visit_can_be_handed_over_at_once() -> None:
    told = on_the_shelf(signed_in(TWO)).on(e.NextParcel(), e.ShelfWanted(), e.HandOverWanted("i-7"))
    lies = m.ShelfItem(item="i-7", person="p-1", kind="parcel", label="B4")
    assert told.shows(s.HandOver).item == lies


# --- by a scan ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scan", [LABEL, f"]C0{LABEL}", "b4"])
@pytest.mark.parametrize("begin", [(), (e.ShelfWanted(),)])
def test_its_label_or_that_of_its_place_asks_whether_it_is_handed_over(
    scan: str, begin: tuple[e.Event, ...]
) -> None:
    told = signed_in(ONE, TWO).on(*begin, e.Scanned(scan))
    assert (told.shows(s.HandOver).item, sounds(told)) == (ONE, "question")
    assert TAKEN not in told.asks, "a scan alone hands nothing over"
    collected(told.on(e.HandedOverSaid())).on(e.Scanned(LABEL_TWO))
    assert told.shows(s.HandOver).item == TWO


def test_the_label_of_another_parcel_is_said_and_its_own_takes_that_back() -> None:
    told = asked_whether(ONE, TWO).on(e.Scanned(LABEL_TWO))
    assert (told.shows(s.HandOver), sounds(told)) == (s.HandOver(ONE, other=True), "error")
    told.on(e.Scanned(LABEL))
    assert (told.shows(s.HandOver), sounds(told)) == (s.HandOver(ONE), "ok")


def test_of_two_pieces_with_one_label_none_is_another_parcel() -> None:
    second = msgspec.structs.replace(TWO, mark=LABEL)
    told = signed_in(ONE, second).on(e.ShelfWanted(), e.HandOverWanted("i-2"), e.Scanned(LABEL))
    assert (told.shows(s.HandOver), sounds(told)) == (s.HandOver(second), "ok")
    assert told.on(e.Scanned("B4")).shows(s.HandOver).other


def test_of_what_has_no_known_label_nobody_says_that_it_is_another_parcel() -> None:
    """Taken in without one, or before labels were kept: the parcel in hand may be the right one."""
    bare = msgspec.structs.replace(ONE, mark="")
    told = signed_in(bare, TWO).on(e.ShelfWanted(), e.HandOverWanted("i-1"), e.Scanned(LABEL))
    assert (told.shows(s.HandOver), sounds(told)) == (s.HandOver(bare), "error")
    assert told.on(e.Scanned(LABEL_TWO)).shows(s.HandOver).other


def test_the_place_of_a_letter_put_there_just_now_is_its_own() -> None:
    """What was asked of the lockers at sign-in says something else of it."""
    letter = m.ShelfItem(item="i-1", person="p-1", kind="registered_letter", label="B4")
    told = signed_in(letter).on(e.ShelfWanted(), e.HandOverWanted("i-1"), e.Scanned("B4"))
    assert (told.shows(h.HandTo).other, sounds(told)) == (False, "ok")


@pytest.mark.parametrize("kind", ["parcel", "registered_letter"])
def test_a_scanned_label_may_be_that_of_another_parcel_which_is_taken_in(kind: m.ItemKind) -> None:
    """The second piece of a delivery comes a day later, a square code is on every parcel of a shop."""
    told = signed_in(msgspec.structs.replace(ONE, kind=kind), TWO).on(e.Scanned(LABEL), e.AnotherSaid())
    told.shows(s.FindPerson)
    assert told.state.draft is not None
    assert told.state.draft.label == LABEL
    told = asked_whether(ONE).on(e.AnotherSaid())
    told.shows(s.HandOver)
    told = signed_in(ONE).on(e.Scanned("B4"), e.AnotherSaid())
    told.shows(s.HandOver)


def test_what_was_handed_over_elsewhere_meanwhile_is_nowhere_any_more() -> None:
    there = m.StockItem(item="i-1", person="p-1", kind="parcel", size="S", stage="held", mark=LABEL)
    place = m.StockPlace(compartment=101, allocation=1, door="unknown", usable=True, label="B4", item=there)
    told = signed_in(ONE).answers(m.Stock(places=(place,)), ask="run.2")
    told.on(e.Scanned(LABEL), e.HandedOverSaid()).answers(m.Refused(why="item")).shows(s.Refusal)
    told.on(e.Scanned(LABEL)).shows(s.FindPerson)


def test_a_long_stock_without_labels_makes_nobody_forget_those_of_the_shelf() -> None:
    there = m.StockItem(item="i-1", person="p-1", kind="parcel", size="S", stage="held")
    place = m.StockPlace(compartment=101, allocation=1, door="unknown", usable=True, label="B4", item=there)
    told = signed_in(ONE).answers(m.Stock(places=(place,)), ask="run.2")
    told.on(e.Scanned(LABEL)).shows(s.HandOver)


def test_ten_digits_that_are_known_are_no_badge() -> None:
    relay = msgspec.structs.replace(ONE, mark="2134567890")
    signed_in(relay).on(e.Scanned("2134567890")).shows(s.HandOver)


def test_what_is_not_on_the_shelf_is_said_where_one_is_looked_for() -> None:
    told = signed_in(ONE).on(e.ShelfWanted(), e.Scanned("1Z999AA10123456784"))
    assert (told.shows(s.Shelf).strange, sounds(told)) == (True, "error")


def test_a_registered_letter_that_is_scanned_asks_who_receives_it() -> None:
    letter = m.ShelfItem(item="i-1", person="p-1", kind="registered_letter", label="B4", mark=LABEL)
    told = signed_in(letter, TWO).on(e.Scanned(LABEL))
    told.shows(h.HandTo)
    assert told.on(e.Scanned(LABEL_TWO)).shows(h.HandTo).other
    assert not told.on(e.Scanned(LABEL)).shows(h.HandTo).other


def test_one_of_this_delivery_scanned_again_is_said_to_be_there_and_may_be_handed_over() -> None:
    told = on_the_shelf(signed_in(TWO), LABEL).on(e.Scanned(LABEL))
    assert told.shows(s.Twice) == s.Twice(LABEL, "B4", shelf="i-7")
    assert told.on(e.HandOverWanted("i-7")).shows(s.HandOver).item.item == "i-7"
    told = on_the_shelf(signed_in(TWO), LABEL).on(e.Leave())
    signed_in(m.ShelfItem(item="i-7", person="p-1", kind="parcel", label="B4", mark=LABEL), told=told)
    told.on(e.RoundEnded(), e.Entered("", (), "x"), e.NextParcel(), e.Scanned(LABEL)).shows(s.HandOver)


def test_who_has_a_parcel_in_hand_may_hand_over_another_and_takes_the_first_in_anew() -> None:
    told = signed_in(ONE).on(e.Scanned(LABEL_TWO)).on(e.Scanned(LABEL))
    told.shows(s.HandOver)
    assert told.state.draft is None
    told = signed_in(ONE).on(e.LabelGiven(), e.Scanned(LABEL))
    told.shows(s.HandOver)


def test_who_may_not_hand_over_takes_a_label_for_that_of_a_parcel() -> None:
    signed_in(rights=("deposit",)).on(e.Scanned(LABEL)).shows(s.FindPerson)


def test_who_may_not_hand_over_is_never_offered_it() -> None:
    told = on_the_shelf(signed_in(rights=("deposit",))).on(e.NextParcel(), e.ShelfWanted())
    told.shows(s.Parcels)
    assert lying(told) == []


def test_what_is_gone_already_is_said_and_is_on_the_list_no_longer() -> None:
    told = asked_whether(ONE, TWO).on(e.HandedOverSaid()).answers(m.Refused(why="item"))
    assert told.shows(s.Refusal).why == "item"
    assert lying(told) == ["i-2"]


@pytest.mark.parametrize("why", ["busy", "late", "disk", "rights"])
def test_another_refusal_leaves_it_on_the_list(why: str) -> None:
    told = asked_whether(ONE).on(e.HandedOverSaid()).answers(m.Refused(why=why))  # type: ignore[arg-type]
    told.shows(s.Refusal)
    assert lying(told) == ["i-1"]


def test_an_answer_that_comes_late_still_counts() -> None:
    told = asked_whether(ONE, TWO).on(e.HandedOverSaid())
    told.on(e.NoAnswer(told.state.waiting)).shows(s.Silent)
    collected(told).shows(s.HandedOver)
    told = asked_whether(ONE, TWO).on(e.HandedOverSaid())
    ask = told.state.waiting
    told.on(e.NoAnswer(ask), e.NextParcel(), e.ShelfWanted())
    told.answers(m.Settled(item="i-1", stands="collected"), ask=ask).shows(s.Shelf)
    assert lying(told) == ["i-2"]


def test_the_next_label_is_heard_while_it_is_noted_but_not_before() -> None:
    told = asked_whether(ONE).on(e.Scanned("1Z999AA10123456784"))
    told.shows(s.HandOver)
    collected(told.on(e.HandedOverSaid())).on(e.Scanned("1Z999AA10123456784")).shows(s.FindPerson)


def test_a_resident_has_no_way_to_the_shelf() -> None:
    told = Dialogue().on(e.ShelfWanted(), e.HandOverWanted("i-1"), e.HandedOverSaid())
    told.shows(s.Start)
    assert told.asks == []
