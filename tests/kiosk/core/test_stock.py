"""Dialogues: what lies where, and what is done about one thing or one place."""

from dataclasses import replace

import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.flow import DOOR_IDLE_MS, DOOR_SILENT_MS, STAFF_IDLE_MS, can_go_back
from kiosk.core.house import NEEDS
from kiosk.core.state import Send
from kiosk.core.stock import pages
from tests.kiosk.core.dialogue import LABEL, Dialogue, count, parcel, put_away, signed_in, sounds
from tests.kiosk.core.in_the_house import (
    ALL_RIGHTS,
    COLETTE,
    HELD,
    LETTER,
    MOHAMED,
    ONE,
    STOCK,
    TWO,
    asked,
    at_place,
    does,
    door,
    here,
    is_noted,
    place,
    says,
    seen_there,
    taken_out,
    thing,
)

SLIP = m.Slip(ticket=35, digits="35270946", token="C1" + "B" * 26)
NEW = parcel("i-1", 7)
HANDS = m.Stock(places=STOCK.places, in_hand=(HELD,))


def moving() -> Dialogue:
    """The parcel behind door 1 is out, and the bridge looks for another place."""
    return taken_out(does(at_place(1), "move"))


def with_new_place(new: m.VisitItem = NEW) -> Dialogue:
    told = moving().answers(m.Claimed(visit="sv", item=new))
    told.shows(h.NewPlace)
    return told


# --- by a scan ---------------------------------------------------------------------------------

MARKED = m.Stock(
    places=(
        place(1, thing("i-1", mark="6A12345678901")),
        place(2),
        place(101, LETTER, label="B4"),
        place(102, thing("i-5", mark="6A12345678918"), label="B5"),
    ),
    in_hand=(thing("i-4", stage="in_hand", mark="6A12345678925"),),
)


@pytest.mark.parametrize(
    ("scan", "compartment"), [("6a 1234567 8901", 1), ("b4", 101), ("6A12345678918", 102)]
)
@pytest.mark.parametrize("first", [(), (he.Do("places"),), (he.PlaceChosen(2),)])
def test_a_scanned_label_leads_to_where_its_parcel_lies(
    scan: str, compartment: int, first: tuple[e.Event, ...]
) -> None:
    told = here(MARKED).on(*first, e.Scanned(scan))
    assert (told.shows(h.AtPlace), sounds(told)) == (h.AtPlace(compartment), "ok")


@pytest.mark.parametrize("first", [(he.StockWanted(),), ()])
def test_the_label_of_what_is_in_hand_asks_where_it_goes(first: tuple[e.Event, ...]) -> None:
    """Also where a new parcel is waited for: it is ours already, and is not taken in a second time."""
    told = signed_in(rights=ALL_RIGHTS).answers(MARKED, ask="run.2").on(*first)
    told.answers(MARKED).on(e.Scanned("6A12345678925"))
    assert told.shows(h.InHand).item.item == "i-4"


def test_a_label_that_nothing_here_bears_is_said() -> None:
    told = here(MARKED).on(e.Scanned("1Z999AA10123456784"))
    assert (told.shows(h.WhatIsHere).note, sounds(told)) == ("strange", "error")


def test_the_right_parcel_is_known_by_its_label_before_it_is_handed_over() -> None:
    told = does(here(MARKED).on(he.PlaceChosen(102)), "hand_over")
    assert told.on(e.Scanned("6A12345678901")).shows(h.HandTo).other
    for right in ("6A12345678918", "B5"):
        assert not told.on(e.Scanned(right)).shows(h.HandTo).other
        assert sounds(told) == "ok"
    assert told.on(e.Scanned("B4")).shows(h.HandTo).other


def test_the_label_of_the_shelf_place_says_that_it_lies_there() -> None:
    told = with_new_place(parcel("i-1", 101, "B4")).on(e.Scanned("B5"))
    told.shows(h.NewPlace)
    told.on(e.Scanned("b4"))
    assert asked(told) == m.Settle(visit="sv", item="i-1", outcome="left")


def test_the_shelf_place_is_known_by_its_label_where_a_long_stock_leaves_labels_out() -> None:
    told = here(m.Stock(places=(place(101),), in_hand=(HELD,)))
    told = does(told.on(he.Do("hands"), he.ItemChosen("i-4")), "put")
    told.answers(m.Claimed(visit="sv", item=parcel("i-4", 101, "B4"))).on(e.Scanned("b4"))
    assert asked(told) == m.Settle(visit="sv", item="i-4", outcome="left")


@pytest.mark.parametrize("stage", ["claimed", "collected"])
def test_what_does_not_lie_there_yet_or_no_more_is_not_said_to_be_there(stage: str) -> None:
    """Another kiosk reserved its place, and gave it up since perhaps."""
    stock = m.Stock(places=(place(1, thing("i-1", stage=stage, mark=LABEL)),))
    signed_in().answers(stock, ask="run.2").on(e.Scanned(LABEL)).shows(s.FindPerson)
    told = signed_in().answers(stock, ask="run.2").answers(m.Settled(item="i-1", stands="left"), ask="run.0")
    assert isinstance(told.on(e.Scanned(LABEL)).screen, s.Twice if stage == "claimed" else s.FindPerson)
    both = m.Stock(places=(*stock.places, place(2, thing("i-2", mark=LABEL))))
    twice = signed_in().answers(both, ask="run.2").on(e.Scanned(LABEL)).shows(s.Twice)
    assert twice.where == "2"


def test_the_label_of_what_is_in_hand_may_be_that_of_another_parcel() -> None:
    told = signed_in(rights=ALL_RIGHTS).answers(MARKED, ask="run.2").on(e.Scanned("6A12345678925"))
    told.shows(h.InHand)
    told.on(e.AnotherSaid()).shows(s.FindPerson)
    told = here(MARKED).on(e.Scanned("6A12345678925"), e.AnotherSaid())
    told.shows(h.InHand)


def test_a_guided_round_that_was_left_does_not_go_on_with_what_is_scanned() -> None:
    stock = m.Stock(places=(place(2),), in_hand=(thing("i-4", stage="in_hand", mark=LABEL),))
    told = does(here(stock), "tour").answers(stock)
    door(told, "intent").fires("step").shows(s.Silent)
    told.on(e.Scanned(LABEL)).shows(h.InHand)
    says(does(told, "lost"), "yes").settled(parcel("i-4", 2), "lost")
    assert told.shows(h.Looking).note == "lost"


def test_what_was_put_aside_after_an_undo_is_found_in_hand_by_its_label() -> None:
    told = put_away().on(e.Undo()).door(NEW, "intent", "pulsed", "opened", "closed").settled(NEW, "in_hand")
    told.on(e.Undo()).shows(s.Parcels)
    assert asked(told) == m.TakeStock(visit="sv")
    ask = next(one.ask for one in reversed(told.commands) if isinstance(one, Send))
    told.answers(m.Stock(places=(), in_hand=(thing("i-1", stage="in_hand", mark=LABEL),)), ask=ask)
    assert told.on(e.Scanned(LABEL)).shows(h.InHand).item.item == "i-1"


FREE = m.Stock(places=(place(101, label="B4"), place(102, thing("i-5"), label="B5")))


@pytest.mark.parametrize("label", ["b4", "]C0B4", "B5"])
@pytest.mark.parametrize("before", [(e.Scanned(LABEL),), (e.LabelGiven(),)])
def test_the_label_of_a_shelf_place_is_no_parcels_and_none_in_hand_is_lost_for_it(
    before: tuple[e.Event, ...], label: str
) -> None:
    told = signed_in(rights=ALL_RIGHTS).answers(FREE, ask="run.2").on(*before)
    draft = told.state.draft
    assert told.on(e.Scanned(label)).shows(s.FindPerson).note == "place"
    assert (told.state.draft, sounds(told)) == (draft, "error")


@pytest.mark.parametrize("scan", [e.Scanned("B4"), e.LabelGiven("b4"), e.Entered("b4", (), "x")])
def test_where_nothing_lies_there_is_nothing_to_hand_over(scan: e.Event) -> None:
    told = signed_in(rights=ALL_RIGHTS).answers(FREE, ask="run.2").on(scan)
    assert told.shows(s.Parcels).note == "place"
    assert (told.state.draft, sounds(told)) == (None, "error")


def test_of_two_pieces_with_one_label_the_one_in_hand_is_meant() -> None:
    two = m.Stock(
        places=(place(1, thing("i-1", mark=LABEL)),), in_hand=(thing("i-2", stage="in_hand", mark=LABEL),)
    )
    assert here(two).on(e.Scanned(LABEL)).shows(h.InHand).item.item == "i-2"
    told = put_away().answers(two, ask="run.2")
    assert told.on(e.Scanned(LABEL)).shows(h.InHand).item.item == "i-2"


# --- what lies where ---------------------------------------------------------------------------


def test_what_is_in_hand_is_known_right_after_signing_in_and_nobody_waits_for_it() -> None:
    told = signed_in(rights=ALL_RIGHTS)
    told.shows(s.Parcels)
    assert asked(told) == m.TakeStock(visit="sv")
    told.answers(HANDS, ask="run.2").shows(s.Parcels)
    assert told.state.house.in_hand == (HELD,)


def test_a_refusal_of_what_nobody_waits_for_changes_nothing() -> None:
    signed_in().answers(m.Refused(why="late"), ask="run.2").shows(s.Parcels)


def test_what_is_here_is_asked_and_shown() -> None:
    told = here()
    assert asked(told) == m.TakeStock(visit="sv")
    assert does(told, "places").shows(h.Places).page == 0
    assert told.on(e.MoreWanted()).shows(h.Places).page == 1
    assert told.on(e.MoreWanted()).shows(h.Places).page == 0
    told.on(e.Back()).shows(h.WhatIsHere)
    told.on(e.Back()).shows(s.Parcels)


def test_the_list_begins_with_what_lies_somewhere_then_what_to_look_at() -> None:
    assert [one.compartment for one in here().state.house.listed()] == [1, 3, 101, 4, 2]


def test_an_empty_house_has_one_page() -> None:
    assert pages(here(m.Stock(places=())).state.house, h.Places()) == 1


def test_what_lies_on_the_shelf_can_be_handed_over_as_the_stock_says() -> None:
    staff = here().state.staff
    assert staff is not None
    assert staff.shelf == (m.ShelfItem(item="i-3", person="p-2", kind="registered_letter", label="B4"),)
    without = here(rights=("deposit",)).state.staff
    assert without is not None
    assert without.shelf == ()


def test_a_place_or_a_thing_that_is_not_there_cannot_be_chosen() -> None:
    here().on(he.PlaceChosen(77)).shows(h.WhatIsHere)
    does(here(HANDS), "hands").on(he.ItemChosen("i-1")).shows(h.HandsFull)


def test_a_resident_has_no_way_in() -> None:
    told = Dialogue().on(he.StockWanted(), he.PlaceChosen(1), he.Do("move"), he.Said("yes"))
    told.shows(s.Start)
    assert told.asks == []


def test_lockers_that_do_not_answer_are_said() -> None:
    told = signed_in().on(he.StockWanted())
    told.on(e.NoAnswer(told.state.waiting)).shows(s.Silent)
    told.on(e.NextParcel()).shows(s.Parcels)


@pytest.mark.parametrize("task", sorted(NEEDS))
def test_nothing_happens_without_the_rights_for_it(task: he.Task) -> None:
    for compartment in (1, 2):
        told = at_place(compartment, rights=())
        before = told.state
        assert does(told, task).state.screen == before.screen
        assert told.state.asks == before.asks


def test_a_reserved_place_offers_nothing_but_a_look() -> None:
    stock = m.Stock(places=(place(1, thing("i-1", stage="claimed")),))
    told = here(stock).on(he.PlaceChosen(1))
    for task in ("hand_over", "move", "return", "lost", "somebody_else"):
        does(told, task).shows(h.AtPlace)


# --- move --------------------------------------------------------------------------------------


def test_moved_to_a_new_place_with_the_same_code() -> None:
    told = does(at_place(1), "move")
    assert asked(told) == m.TakeOut(visit="sv", item="i-1", why="move")
    assert told.timer("step") == DOOR_SILENT_MS
    door(told, "intent", "pulsed", "opened")
    assert told.timer("idle") == DOOR_IDLE_MS
    door(told, "closed").answers(m.Settled(item="i-1", stands="in_hand"))
    assert asked(told) == m.Claim(visit="sv", item="i-1", person="p-1", size="M")
    told.answers(m.Claimed(visit="sv", item=NEW))
    assert told.shows(h.NewPlace).place == NEW
    told.on(e.OpenDoor())
    assert asked(told) == m.OpenItem(visit="sv", item="i-1")
    door(told, "intent", "pulsed", "opened", "closed")
    told.answers(m.Settled(item="i-1", stands="left", pickup="pu-1"))
    assert told.shows(h.PutAway).place == NEW
    does(told, "go_on").answers(STOCK).shows(h.WhatIsHere)


def test_moved_onto_the_shelf() -> None:
    told = with_new_place(parcel("i-1", 101, "B4")).on(e.OpenDoor())
    told.shows(h.NewPlace)
    told.on(e.ShelfDone())
    assert asked(told) == m.Settle(visit="sv", item="i-1", outcome="left")
    told.answers(m.Settled(item="i-1", stands="left")).shows(h.PutAway)


def test_from_the_shelf_it_is_in_hand_at_once() -> None:
    told = does(at_place(101), "move")
    told.shows(h.Noting)
    told.answers(m.Settled(item="i-3", stands="in_hand"))
    assert isinstance(asked(told), m.Claim)


def test_no_room_offers_sizes_the_shelf_and_the_hands() -> None:
    told = moving().answers(m.Full(sizes=("S",), shelf=True))
    assert told.shows(h.NoRoom).full == m.Full(sizes=("S",), shelf=True)
    does(told, "shelf")
    assert asked(told) == m.Claim(visit="sv", item="i-1", person="p-1", size="M", shelf=True)
    told.answers(m.Full()).on(e.SizeChosen("S", "unused"))
    assert asked(told) == m.Claim(visit="sv", item="i-1", person="p-1", size="S")
    told.answers(m.Full()).on(e.Back()).answers(HANDS).shows(h.WhatIsHere)


@pytest.mark.parametrize("stands", ["dropped", "in_hand"])
def test_a_place_that_does_not_suit_is_given_back_and_it_stays_in_hand(stands: str) -> None:
    told = with_new_place().on(e.Bigger())
    assert asked(told) == m.Settle(visit="sv", item="i-1", outcome="bigger")
    told.settled(NEW, stands).shows(h.NoRoom)
    told = with_new_place().on(e.Back())
    assert asked(told) == m.Settle(visit="sv", item="i-1", outcome="given_up")
    assert told.settled(NEW, stands).shows(h.InHand).item.item == "i-1"


def test_too_small_while_the_door_is_open_says_to_close_it() -> None:
    told = with_new_place().on(e.OpenDoor())
    door(told, "pulsed", "opened").on(e.Bigger()).settled(NEW, "dropped")
    assert told.shows(h.NoRoom).close == 7


def test_a_stuck_new_door_can_be_tried_again_or_left_for_another() -> None:
    told = with_new_place().on(e.OpenDoor())
    assert door(told, "not_opened", tries_left=1).shows(h.AtDoor).step == "stuck"
    does(told, "go_on")
    assert asked(told) == m.OpenItem(visit="sv", item="i-1")
    door(told, "not_opened").on(e.Bigger()).settled(NEW, "dropped")
    assert told.shows(h.NoRoom).close is None


def test_leaving_gives_the_proposed_place_back() -> None:
    told = with_new_place().on(e.Leave())
    assert told.asks[-2:] == [
        m.Settle(visit="sv", item="i-1", outcome="given_up"),
        m.LeaveVisit(visit="sv"),
    ]
    told.shows(s.Start)
    assert told.state.house.stock is None


def test_what_was_to_be_moved_and_is_not_there_is_asked_about() -> None:
    told = does(at_place(1), "move")
    door(told, "opened")
    assert does(told, "missing").shows(h.AtDoor).said == "missing"
    door(told, "closed").answers(m.Settled(item="i-1", stands="in_hand"))
    assert told.shows(h.SureLost).item.item == "i-1"


# --- hand over ---------------------------------------------------------------------------------


def test_handed_over_from_behind_a_door() -> None:
    told = does(at_place(1), "hand_over")
    assert asked(told) == m.TakeOut(visit="sv", item="i-1", why="hand_over")
    taken_out(told).shows(h.HandTo)
    assert asked(says(told, "yes")) == m.Settle(visit="sv", item="i-1", outcome="taken")
    told.answers(m.Settled(item="i-1", stands="collected"))
    is_noted(told, "handed")


def test_a_stuck_door_that_the_key_opened_is_no_hindrance_to_hand_over() -> None:
    told = does(at_place(1), "hand_over")
    does(door(told, "pulsed", "not_opened"), "hand_over").shows(h.HandTo)
    assert asked(says(told, "yes")) == m.Settle(visit="sv", item="i-1", outcome="taken")


def test_a_stuck_door_that_the_key_opened_is_followed_once_it_is_tried_again() -> None:
    told = does(door(does(at_place(1), "move"), "pulsed", "not_opened"), "go_on")
    assert asked(told) == m.TakeOut(visit="sv", item="i-1", why="move")
    assert door(told, "intent", "pulsed", "opened").shows(h.AtDoor).step == "open"


def test_what_the_bridge_says_late_of_a_stuck_door_is_followed() -> None:
    told = door(does(at_place(1), "move"), "pulsed", "not_opened", "opened")
    assert told.shows(h.AtDoor).step == "open"
    told = door(does(at_place(1), "move"), "pulsed", "uncertain", "closed")
    assert told.shows(h.AtDoor).step == "closed"
    assert isinstance(asked(told.answers(m.Settled(item="i-1", stands="in_hand"))), m.Claim)


@pytest.mark.parametrize("identity", ["known", "document"])
def test_a_registered_letter_needs_to_know_who_receives_it(identity: he.Answer) -> None:
    told = does(at_place(101), "hand_over")
    assert told.shows(h.HandTo).item == LETTER
    says(told, "yes").shows(h.HandTo)
    says(told, identity)
    assert asked(told) == m.Settle(visit="sv", item="i-3", outcome="taken", identity=identity)  # type: ignore[arg-type]
    told.answers(m.Settled(item="i-3", stands="collected"))
    is_noted(told, "handed")


def test_what_is_in_hand_is_handed_over_returned_or_put_away() -> None:
    def in_hand() -> Dialogue:
        told = does(here(HANDS), "hands").on(he.ItemChosen("i-4"))
        assert told.shows(h.InHand).item == HELD
        return told

    assert asked(says(does(in_hand(), "hand_over"), "yes")) == m.Settle(
        visit="sv", item="i-4", outcome="taken"
    )
    assert asked(says(does(in_hand(), "return"), "yes")) == m.Settle(
        visit="sv", item="i-4", outcome="returned"
    )
    assert isinstance(does(in_hand(), "put").asks[-1], m.Claim)
    does(in_hand(), "somebody_else").shows(h.ForWhom)
    does(in_hand(), "lost").shows(h.SureLost)
    in_hand().on(he.Do("places")).shows(h.InHand)


# --- return, lost ------------------------------------------------------------------------------


def test_one_is_given_back_to_its_carrier() -> None:
    told = taken_out(does(at_place(1), "return"))
    told.shows(h.CarrierHasIt)
    assert asked(says(told, "yes")) == m.Settle(visit="sv", item="i-1", outcome="returned")
    told.answers(m.Settled(item="i-1", stands="returned"))
    is_noted(told, "returned")


def test_a_driver_who_is_not_there_leaves_it_in_hand() -> None:
    told = does(at_place(101), "return").answers(m.Settled(item="i-3", stands="in_hand"))
    told.shows(h.CarrierHasIt)
    is_noted(says(told, "no"), "in_hand")


def test_lost_is_asked_twice_and_a_look_is_offered() -> None:
    told = does(at_place(1), "wrong", "lost")
    assert told.shows(h.SureLost) == h.SureLost(ONE, 1)
    assert not any(isinstance(body, m.Settle) for body in told.asks)
    says(told, "yes")
    assert asked(told) == m.Settle(visit="sv", item="i-1", outcome="lost")
    told.answers(m.Settled(item="i-1", stands="lost"))
    is_noted(told, "lost")
    assert asked(does(does(at_place(1), "wrong", "lost"), "look")) == m.Inspect(visit="sv", compartment=1)
    is_noted(seen_there(says(does(at_place(1), "wrong", "lost"), "no")), "there")


# --- for somebody else -------------------------------------------------------------------------


def for_whom() -> Dialogue:
    told = does(at_place(1), "wrong", "somebody_else").on(e.PeopleFound("amr", (MOHAMED, COLETTE)))
    told.shows(h.ForWhom)
    return told


def test_it_is_for_somebody_else_and_the_new_slip_is_shown_and_printed() -> None:
    told = for_whom().on(e.PersonChosen("p-2"))
    assert asked(told) == m.Reassign(visit="sv", item="i-1", person="p-2")
    told.answers(m.Settled(item="i-1", stands="reassigned", pickup="pu-2", slip=SLIP))
    assert told.shows(h.NewOwner) == h.NewOwner(ONE, MOHAMED, "pu-2", SLIP)
    assert told.facts[-1] == m.SlipShown(item="i-1", pickup="pu-2", how="screen")
    told.on(e.SlipsPrinted())
    assert told.facts[-1] == m.SlipShown(item="i-1", pickup="pu-2", how="print")
    does(told, "go_on").answers(STOCK)
    assert SLIP.digits not in repr(told.state)


def test_enter_takes_the_only_other_person_found_and_chooses_among_none_or_several() -> None:
    told = for_whom().on(e.Entered("moh", (COLETTE, MOHAMED), "x"))
    assert asked(told) == m.Reassign(visit="sv", item="i-1", person="p-2")
    omar = m.PersonName(person="p-3", name="Omar Mohamed", flat="B 4")
    for found in ((), (COLETTE,), (MOHAMED, omar)):
        told = for_whom().on(e.Entered("moh", found, "x"))
        assert told.shows(h.ForWhom) == h.ForWhom(ONE, "moh", found)
        assert sounds(told) == "error"


def test_somebody_not_shown_or_the_same_person_is_nobody_else() -> None:
    for person in ("p-1", "p-9"):
        for_whom().on(e.PersonChosen(person)).shows(h.ForWhom)


def test_a_refused_new_person_leads_back_to_the_search() -> None:
    told = for_whom().on(e.PersonChosen("p-2")).answers(m.Refused(why="tickets"))
    assert told.shows(h.CannotDo).why == "tickets"
    does(told, "go_on").shows(h.ForWhom)


# --- doors to look behind ----------------------------------------------------------------------


def looked_behind(compartment: int) -> Dialogue:
    told = does(at_place(compartment), "look")
    assert asked(told) == m.Inspect(visit="sv", compartment=compartment)
    return door(told, "intent", "pulsed", "opened", "closed")


def test_a_doubtful_door_that_is_empty_may_be_used_again() -> None:
    told = looked_behind(4)
    assert told.shows(h.WhatWasThere).compartment == 4
    assert asked(says(told, "empty")) == m.Check(visit="sv", compartment=4, usable=True)
    told.answers(m.Checked(compartment=4, usable=True))
    is_noted(told, "usable")


def test_something_unknown_there_is_told_what_to_do_with() -> None:
    told = says(looked_behind(4), "something")
    assert asked(told) == m.Check(visit="sv", compartment=4, usable=False, why="something")
    told.answers(m.Checked(compartment=4, usable=False)).shows(h.StrangeThing)
    assert asked(does(told, "look")) == m.Inspect(visit="sv", compartment=4)
    told = says(looked_behind(4), "something").answers(m.Checked(compartment=4, usable=False))
    does(told, "receive").shows(s.Parcels)


def test_a_damaged_door_is_out_of_service() -> None:
    told = says(looked_behind(2), "damaged")
    assert asked(told) == m.Check(visit="sv", compartment=2, usable=False, why="damaged")
    told.answers(m.Checked(compartment=2, usable=False))
    is_noted(told, "unusable")


def test_out_of_service_with_a_reason() -> None:
    told = does(at_place(2), "out")
    told.shows(h.WhyOut)
    told.on(he.OutBecause("lock"))
    assert asked(told) == m.Check(visit="sv", compartment=2, usable=False, why="lock")
    told.answers(m.Checked(compartment=2, usable=False))
    is_noted(told, "unusable")


def test_a_door_with_a_parcel_is_put_out_of_service_only_where_something_is_wrong() -> None:
    does(at_place(1), "out").shows(h.AtPlace)
    told = does(at_place(1), "wrong", "out")
    told.shows(h.WhyOut)
    told.on(he.OutBecause("lock")).answers(m.Checked(compartment=1, usable=False))
    is_noted(told, "unusable")


def test_a_look_at_what_should_lie_there() -> None:
    told = looked_behind(3)
    assert told.shows(h.IsItThere).compartment == 3
    is_noted(seen_there(says(told, "yes")), "there")
    assert says(looked_behind(3), "no").shows(h.SureLost) == h.SureLost(TWO, 3)
    does(at_place(101), "look").shows(h.IsItThere)


def test_a_stuck_door_says_so_and_can_be_tried_again() -> None:
    told = does(at_place(2), "look")
    assert door(told, "pulsed", "not_opened", tries_left=2).shows(h.AtDoor).tries_left == 2
    does(told, "go_on")
    assert asked(told) == m.Inspect(visit="sv", compartment=2)
    door(told, "not_opened").on(e.Back()).answers(STOCK).shows(h.WhatIsHere)


def test_a_door_left_open_is_said_and_asked_about() -> None:
    told = does(at_place(2), "look")
    assert door(told, "opened", "left_open").shows(h.AtDoor).late
    assert told.fires("idle").state.over == "still_there"


def test_another_doors_steps_change_nothing() -> None:
    told = does(at_place(2), "look")
    told.answers(m.Door(compartment=3, state="opened"))
    assert told.shows(h.AtDoor).step == "opening"


# --- refusals, silence, the end ----------------------------------------------------------------


@pytest.mark.parametrize("why", ["late", "busy", "cap", "blocked", "disk", "rights"])
def test_a_refused_door_can_be_asked_for_once_more(why: str) -> None:
    told = does(at_place(2), "look").answers(m.Refused(why=why))  # type: ignore[arg-type]
    assert told.shows(h.CannotDo).why == why
    assert asked(does(told, "go_on")) == m.Inspect(visit="sv", compartment=2)
    told.shows(h.AtDoor)


def test_what_is_gone_is_looked_for_anew() -> None:
    told = does(at_place(1), "move").answers(m.Refused(why="item"))
    assert told.shows(h.CannotDo) == h.CannotDo("item")
    does(told, "go_on").answers(STOCK).shows(h.WhatIsHere)


def test_an_ended_visit_has_no_way_on_but_out() -> None:
    told = does(at_place(1), "move").answers(m.Refused(why="visit"))
    assert told.shows(h.CannotDo).why == "visit"
    does(told, "go_on").shows(h.CannotDo)
    told.on(e.Leave()).shows(s.Start)


def test_a_visit_that_ends_wipes_what_was_known() -> None:
    told = here().answers(m.VisitOver(visit="sv", why="timeout"))
    told.shows(s.Refusal)
    assert told.state.house.stock is None


def test_a_silent_door_is_said_and_a_late_answer_does_no_harm() -> None:
    told = does(at_place(1), "move")
    ask = told.state.waiting
    told.fires("step").shows(s.Silent)
    told.answers(m.Settled(item="i-1", stands="in_hand"), ask=ask).shows(s.Silent)
    told.on(e.NextParcel(), he.StockWanted()).answers(HANDS)
    assert told.state.house.in_hand == (HELD,)


def test_staff_who_go_away_are_signed_out_and_the_hands_are_shown_the_next_time() -> None:
    told = moving()
    assert told.timer("idle") is None
    told.answers(m.Claimed(visit="sv", item=NEW))
    assert told.timer("idle") == STAFF_IDLE_MS
    told.fires("idle").shows(s.Start)
    assert asked(told) == m.LeaveVisit(visit="sv")


def test_nobody_goes_back_while_something_is_under_way() -> None:
    for told in (does(at_place(1), "move"), moving(), signed_in().on(he.StockWanted())):
        assert not can_go_back(told.state)
        screen = told.screen
        assert told.on(e.Back()).screen == screen


def test_back_leads_from_what_is_wrong_to_the_place() -> None:
    told = does(at_place(1), "wrong")
    assert told.shows(h.AtPlace).wrong
    assert not told.on(e.Back()).shows(h.AtPlace).wrong
    does(at_place(2), "out").on(e.Back()).shows(h.AtPlace)
    at_place(2).on(e.Back()).answers(STOCK).shows(h.WhatIsHere)


def test_a_second_answer_asks_nothing_more() -> None:
    told = says(does(at_place(1), "wrong", "lost"), "yes")
    before = len(told.asks)
    says(told, "yes")
    assert len(told.asks) == before


def test_another_item_of_an_answer_nobody_waits_for_changes_nothing() -> None:
    told = does(at_place(1), "move")
    told.answers(m.Settled(item="i-2", stands="collected"), ask="run.1").shows(h.AtDoor)


# --- what the round knows of it ------------------------------------------------------------------


def put_away_and_here() -> Dialogue:
    """The first parcel was taken in by this kiosk just now, at another place, and staff look at the stock."""
    told = signed_in(rights=ALL_RIGHTS, told=put_away().on(e.Leave()))
    stock = m.Stock(places=(place(7, ONE), place(9)))
    return told.on(he.StockWanted()).answers(stock).on(he.PlaceChosen(7))


def elsewhere(told: Dialogue) -> Dialogue:
    """It is moved behind door 9."""
    taken_out(does(told, "move")).answers(m.Claimed(visit="sv", item=parcel("i-1", 9))).on(e.OpenDoor())
    door(told, "intent", "pulsed", "opened", "closed").answers(m.Settled(item="i-1", stands="left"))
    return does(told, "go_on").answers(STOCK).on(e.Back())


def test_the_label_of_a_moved_parcel_is_known_at_its_new_door() -> None:
    assert elsewhere(put_away_and_here()).on(e.Scanned(LABEL)).shows(s.Twice).where == "9"


def test_a_parcel_moved_amid_its_round_is_taken_back_from_its_new_door() -> None:
    told = put_away().on(he.StockWanted()).answers(m.Stock(places=(place(7, ONE), place(9))))
    assert told.state.staff is not None
    told.state = replace(told.state, staff=replace(told.state.staff, rights=ALL_RIGHTS))
    elsewhere(told.on(he.PlaceChosen(7)))
    assert count(told) == 1
    assert told.on(e.Undo()).shows(s.Opening).item.compartment == 9


def test_the_label_of_a_parcel_moved_onto_the_shelf_is_known_there() -> None:
    told = taken_out(does(put_away_and_here(), "move"))
    told.answers(m.Claimed(visit="sv", item=parcel("i-1", 101, "B4"))).on(e.ShelfDone())
    told.answers(m.Settled(item="i-1", stands="left"))
    does(told, "go_on").answers(STOCK).on(e.Back(), e.Scanned(LABEL))
    assert told.shows(s.Twice).where == "B4"


@pytest.mark.parametrize("stands", ["collected", "returned", "lost", "in_hand"])
def test_the_label_of_what_lies_there_no_longer_may_come_again(stands: str) -> None:
    told = put_away().settled(parcel("i-1", 7), stands).on(e.Scanned(LABEL))
    told.shows(s.FindPerson)
    told = put_away().on(e.Leave()).settled(parcel("i-1", 7), stands)
    signed_in(told=told).on(e.Scanned(LABEL)).shows(s.FindPerson)


def test_what_was_handed_over_amid_the_round_was_received_all_the_same() -> None:
    told = put_away().settled(parcel("i-1", 7), "collected")
    assert count(told) == 1
    assert told.state.staff is not None
    assert told.state.staff.pile.slips() == ()
    assert not isinstance(asked(told.on(e.Undo())), m.TakeOut)


def test_a_parcel_for_somebody_else_has_no_slip_of_the_first_one() -> None:
    told = put_away().on(he.StockWanted()).answers(m.Stock(places=(place(7, ONE),)))
    does(told.on(he.PlaceChosen(7)), "wrong", "somebody_else")
    told.on(e.PeopleFound("amr", (MOHAMED,)), e.PersonChosen("p-2"))
    told.answers(m.Settled(item="i-1", stands="reassigned", pickup="pu-2", slip=SLIP))
    assert told.state.staff is not None
    assert told.state.staff.pile.slips() == ()
    [lying] = told.state.staff.pile.parcels
    assert lying.draft.person == MOHAMED
