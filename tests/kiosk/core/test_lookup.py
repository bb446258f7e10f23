"""Dialogues: the label of what another kiosk of the site put away since staff signed in at this one."""

import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.flow import LOOK_QUIET_MS
from kiosk.core.state import SetTimer
from tests.kiosk.core.dialogue import LABEL, PLACE, SAMIRA, SHELF, Dialogue, signed_in, sounds
from tests.kiosk.core.in_the_house import place, thing

OTHER = "1Z999AA10123456784"
EMPTY = m.Stock(places=(place(3), place(101, label="B4")))
BEHIND = m.Stock(places=(place(3, thing("i-9", mark=LABEL)), place(101, label="B4")))
ON_SHELF = m.Stock(places=(place(3), place(101, thing("i-9", mark=LABEL), label="B4")))
IN_HAND = m.Stock(places=(place(3), place(101, label="B4")), in_hand=(thing("i-9", mark=LABEL),))
LYING = m.ShelfItem(item="i-9", person="p-1", kind="parcel", label="B4", mark=LABEL)


def at_work(*rights: str) -> Dialogue:
    """Staff stand here, and nothing lay anywhere when they signed in."""
    return signed_in(rights=rights or ("deposit", "collect")).answers(EMPTY, ask="run.2")


def looked(told: Dialogue) -> int:
    """How often was asked what lies where, besides at sign-in."""
    return sum(isinstance(one, m.TakeStock) for one in told.asks) - 1


def finds(told: Dialogue, stock: m.Stock) -> Dialogue:
    """The answer to the last time it was asked."""
    return told.answers(stock, ask=f"run.{told.state.asks}")


def test_a_label_nobody_here_knows_is_taken_for_a_new_one_at_once_and_the_lockers_are_asked() -> None:
    told = at_work().on(e.Scanned(LABEL, (SAMIRA,)))
    assert (told.shows(s.FindPerson).matches, sounds(told)) == ((SAMIRA,), "ok")
    assert (looked(told), told.asks[-1]) == (1, m.TakeStock(visit="sv"))
    assert finds(told, EMPTY).shows(s.FindPerson).matches == (SAMIRA,)
    assert sounds(told) == "ok"


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize(
    ("stock", "known"),
    [
        (BEHIND, s.Twice(LABEL, "3")),
        (ON_SHELF, s.HandOver(LYING, label=LABEL)),
        (IN_HAND, h.InHand(thing("i-9", mark=LABEL), LABEL)),
    ],
)
def test_what_another_kiosk_put_away_is_known_as_soon_as_the_lockers_say_so(
    stock: m.Stock, known: s.Screen, typed: bool
) -> None:
    told = at_work().on(e.LabelGiven(LABEL) if typed else e.Scanned(LABEL))
    finds(told, stock)
    assert (told.screen, told.state.draft, sounds(told)) == (known, None, "question")
    assert told.facts == []


@pytest.mark.parametrize(
    ("amid", "on"),
    [
        (e.SpecialWanted(), e.Back()),
        (e.PiecesWanted(), e.PiecesSaid(2)),
        (e.MarkSaid("heavy"), e.MarkSaid("damaged")),
    ],
)
def test_a_slow_answer_is_heeded_when_a_size_is_said(amid: e.PersonEvent, on: e.PersonEvent) -> None:
    told = at_work().on(e.Scanned(LABEL, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"), amid)
    before = told.screen
    assert finds(told, BEHIND).screen == before, "nobody's keys change under their fingers"
    told.on(on, e.SizeChosen("M", "i-1")).shows(s.Twice)
    assert (sounds(told), told.facts) == ("question", [])
    assert told.state.kept_round() is None, "it is not put aside"


def test_who_types_a_name_types_on_and_a_place_that_was_asked_for_is_given() -> None:
    told = at_work().on(e.Scanned(LABEL), e.PeopleFound("sam", (SAMIRA,)))
    assert finds(told, BEHIND).shows(s.FindPerson).query == "sam"
    told.on(e.PersonChosen("p-1"), e.Entered("", (), "i-1")).shows(s.Twice)
    told = at_work().on(e.Scanned(LABEL, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"))
    look = f"run.{told.state.asks}"
    told.on(e.Entered("", (), "i-1")).answers(BEHIND, ask=look).shows(s.Claiming)
    told.answers(m.Full(sizes=("L",), shelf=True)).answers(BEHIND, ask=look).shows(s.PickSize)


def test_the_label_of_a_place_where_something_lies_by_now_is_no_mere_label_of_a_place() -> None:
    told = at_work().on(e.Scanned("B4"))
    assert (told.shows(s.Parcels).note, sounds(told)) == ("place", "error")
    assert (finds(told, ON_SHELF).shows(s.HandOver).item, sounds(told)) == (LYING, "question")
    told = at_work("deposit").on(e.Scanned("B4"))
    assert finds(told, EMPTY).shows(s.Parcels).note == "place"
    assert sounds(told) == "error"


def test_what_is_looked_for_on_the_shelf_may_have_come_there_since() -> None:
    one, two = (m.ShelfItem(item=f"i-{n}", person="p-1", kind="parcel", label=f"B{n}") for n in (1, 2))
    told = signed_in(one, two).on(e.ShelfWanted(), e.Scanned(LABEL))
    assert told.shows(s.Shelf).strange
    assert finds(told, ON_SHELF).shows(s.HandOver).item == LYING
    told = signed_in(one, two).on(e.ShelfWanted(), e.Scanned(LABEL))
    assert finds(told, BEHIND).shows(s.Shelf).strange, "it lies behind a door"


def test_a_list_that_became_shorter_has_no_page_beyond_its_end() -> None:
    many = (m.ShelfItem(item=f"i-{n}", person="p-1", kind="parcel", label=f"B{n}") for n in range(5))
    told = signed_in(*many).on(e.ShelfWanted(), e.MoreWanted(), e.Scanned(OTHER))
    assert told.shows(s.Shelf).page == 1
    assert finds(told, ON_SHELF).shows(s.Shelf).page == 0


def test_the_lockers_are_asked_once_in_a_while_and_then_of_what_is_in_hand_only() -> None:
    told = at_work().on(e.Scanned(LABEL))
    assert (told.timer("look"), looked(told)) == (LOOK_QUIET_MS, 1)
    finds(told, EMPTY).on(e.Scanned(OTHER), e.Scanned(LABEL))
    assert looked(told) == 1
    told.fires("look")
    assert (told.timer("look"), looked(told)) == (LOOK_QUIET_MS, 2)
    finds(told, BEHIND).shows(s.FindPerson)
    told.on(e.UnknownSaid("p-new"), e.SizeChosen("M", "i-1")).shows(s.Twice)
    assert looked(told.fires("look")) == 2, "of what is known nobody asks"
    told = at_work().on(e.Scanned(OTHER), e.Scanned(LABEL), e.Undo()).fires("look")
    assert looked(told) == 1, "nothing is in hand"


def test_an_answer_about_another_label_is_none_about_this_one() -> None:
    told = at_work().on(e.Scanned(OTHER), e.Scanned(LABEL))
    finds(told, BEHIND).shows(s.FindPerson)
    finds(told.fires("look"), BEHIND).shows(s.FindPerson)
    told.on(e.UnknownSaid("p-new"), e.SizeChosen("M", "i-1")).shows(s.Twice)


def test_another_parcel_with_the_same_label_stays_another_one() -> None:
    told = finds(at_work().on(e.Scanned(LABEL)), BEHIND).on(e.AnotherSaid())
    told.shows(s.FindPerson)
    assert looked(told.fires("look")) == 1
    told.answers(BEHIND, ask="run.3").shows(s.FindPerson)


def test_the_next_piece_is_none_that_was_put_away_already() -> None:
    told = at_work().on(e.Scanned(OTHER), e.Scanned(LABEL, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"))
    told.on(e.PiecesSaid(2), e.PiecesWanted(), e.PiecesSaid(2), e.Entered("", (), "i-1"))
    told.answers(m.Claimed(visit="sv", item=PLACE)).door(PLACE, "opened").on(e.Scanned(LABEL))
    assert looked(told.fires("look")) == 1
    told.answers(m.Stock(places=(place(7, thing("i-1", mark=LABEL)),)), ask="run.3").shows(s.PickSize)


def test_while_the_lockers_are_not_there_nobody_asks_until_they_are_back() -> None:
    told = at_work().on(e.BridgeSeen(False), e.Scanned(LABEL))
    told.shows(s.FindPerson)
    assert (looked(told), [one for one in told.last if isinstance(one, SetTimer) and one.slot == "look"]) == (
        0,
        [],
    )
    assert looked(told.on(e.BridgeSeen(True))) == 1
    finds(told, BEHIND).on(e.UnknownSaid("p-new"), e.SizeChosen("M", "i-1")).shows(s.Twice)


def test_nothing_that_was_scanned_stays_once_staff_are_gone() -> None:
    square = "Mme Haddad, rue des Lilas"
    assert "Lilas" not in repr(at_work().on(e.Scanned(square), e.Leave()).state)
    over = m.VisitOver(visit="sv", why="restart")
    assert "Lilas" not in repr(at_work().on(e.Scanned(square)).answers(over, ask="run.1").state)


def test_what_was_put_on_the_shelf_here_is_on_its_list_still_after_they_were_asked() -> None:
    told = at_work().on(e.LabelGiven(), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))
    told.on(e.SizeChosen("M", "i-1", shelf=True)).answers(m.Claimed(visit="sv", item=SHELF))
    told.on(e.ShelfDone()).settled(SHELF, "left", pickup="pu-1")
    told.on(e.Scanned(OTHER))
    finds(told, m.Stock(places=(place(101, thing("i-1"), label="B4"),)))
    told.on(e.Undo(), e.ShelfWanted(), e.HandOverWanted("i-1")).shows(s.HandOver)
