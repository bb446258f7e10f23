"""Dialogues: the guided round, door by door, yes or no."""

import msgspec
import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.flow import STAFF_IDLE_MS
from kiosk.core.house import Finding
from tests.kiosk.core.dialogue import Dialogue
from tests.kiosk.core.in_the_house import (
    ONE,
    STOCK,
    asked,
    does,
    door,
    here,
    place,
    says,
    seen_there,
    thing,
)


def touring() -> Dialogue:
    """The round has begun at door 1, which opens."""
    told = does(here(), "tour").answers(STOCK)
    assert asked(told) == m.Inspect(visit="sv", compartment=1)
    return told


def opened(told: Dialogue, compartment: int) -> Dialogue:
    assert told.shows(h.AtDoor).compartment == compartment
    assert asked(told) == m.Inspect(visit="sv", compartment=compartment)
    return door(told, "intent", "pulsed", "opened")


def findings(told: Dialogue) -> dict[int, Finding]:
    return {one.place.compartment: one.finding for one in told.state.house.found}


def is_checked(told: Dialogue, compartment: int, *, usable: bool) -> Dialogue:
    check = asked(told)
    assert isinstance(check, m.Check)
    assert (check.compartment, check.usable) == (compartment, usable)
    return told.answers(m.Checked(compartment=compartment, usable=usable))


def test_a_whole_round_with_one_missing() -> None:
    told = touring()
    seen_there(door(says(opened(told, 1), "yes"), "closed"))
    door(says(opened(told, 3), "no"), "closed")
    assert told.shows(h.SureLost).compartment == 3
    assert asked(says(told, "yes")) == m.Settle(visit="sv", item="i-2", outcome="lost")
    told.answers(m.Settled(item="i-2", stands="lost"))
    assert told.shows(h.IsItThere).compartment == 101
    seen_there(says(told, "yes"))
    door(says(opened(told, 2), "yes"), "closed")
    is_checked(told, 2, usable=True)
    door(opened(told, 4), "closed")
    says(told, "yes").shows(h.WhatWasThere)
    is_checked(says(told, "empty"), 4, usable=True)
    assert told.shows(h.TourAccount).whole
    assert findings(told) == {1: "right", 3: "missing", 101: "right", 2: "right", 4: "right"}
    does(told, "go_on").answers(STOCK).shows(h.WhatIsHere)


def test_a_scanned_label_is_the_yes_before_and_after_the_door_is_closed_and_at_a_shelf() -> None:
    stock = m.Stock(
        places=(
            place(1, thing("i-1", mark="6A1")),
            place(3, thing("i-2", "p-2", mark="6A2")),
            place(101, thing("i-3", mark="6A3"), label="B4"),
        )
    )
    told = does(here(stock), "tour").answers(stock)
    opened(told, 1).on(e.Scanned("6a1"))
    assert (told.shows(h.AtDoor).said, told.state.beep.kind) == ("yes", "ok")
    seen_there(door(told, "closed"))
    door(opened(told, 3), "closed").on(e.Scanned("6A2"))
    assert told.state.beep.kind == "ok"
    seen_there(told)
    assert told.shows(h.IsItThere).compartment == 101
    told.on(e.Scanned("6A9"))
    assert (told.shows(h.IsItThere).compartment, told.state.beep.kind) == (101, "error")
    seen_there(told.on(e.Scanned("6A3")))
    assert told.shows(h.TourAccount).whole
    assert findings(told) == {1: "right", 3: "right", 101: "right"}


def test_another_ones_label_is_said_and_the_question_stays() -> None:
    stock = m.Stock(places=(place(1, thing("i-1", mark="6A1")), place(2)))
    told = does(here(stock), "tour").answers(stock)
    opened(told, 1).on(e.Scanned("6A7"))
    assert (told.shows(h.AtDoor).said, told.state.beep.kind) == ("other", "error")
    door(told, "closed")
    assert not told.shows(h.AtDoor).moves, "it is for people to answer"
    assert findings(told) == {}
    seen_there(says(told, "yes"))
    assert findings(told) == {1: "right"}
    opened(told, 2).on(e.Scanned("6A7"))
    assert told.shows(h.AtDoor).said == "other"
    says(told, "no")
    door(told, "closed")
    assert asked(told) == m.Check(visit="sv", compartment=2, usable=False, why="something")


def test_where_no_label_is_known_none_is_anothers() -> None:
    told = opened(touring(), 1).on(e.Scanned("6A7"))
    assert (told.shows(h.AtDoor).said, told.state.beep.kind) == ("", "error")


def test_a_door_out_of_service_is_no_part_of_the_round_and_put_back_only_by_itself() -> None:
    """That it is empty says nothing of its lock."""
    out = msgspec.structs.replace(place(2), usable=False, out=True)
    stock = m.Stock(places=(place(1, ONE), out, place(4, usable=False)))
    told = does(here(stock), "tour").answers(stock)
    seen_there(door(says(opened(told, 1), "yes"), "closed"))
    door(opened(told, 4), "closed")
    is_checked(says(told, "empty"), 4, usable=True)
    assert told.shows(h.TourAccount).whole
    told = does(here(stock).on(he.PlaceChosen(2)), "look")
    door(told, "intent", "pulsed", "opened", "closed")
    assert asked(says(told, "empty")) == m.Check(visit="sv", compartment=2, usable=True)


def test_the_next_door_opens_only_once_this_one_is_closed() -> None:
    told = says(opened(touring(), 1), "yes")
    assert told.shows(h.AtDoor).compartment == 1
    assert sum(isinstance(body, m.Inspect) for body in told.asks) == 1
    seen_there(door(told, "closed"))
    assert told.shows(h.AtDoor).compartment == 3


def test_an_answer_after_the_close_counts_too_and_may_change_before_it() -> None:
    told = door(opened(touring(), 1), "closed")
    assert (told.timer("step"), told.timer("idle")) == (None, STAFF_IDLE_MS)
    assert seen_there(says(told, "yes")).shows(h.AtDoor).compartment == 3
    says(says(door(told, "pulsed", "opened"), "no"), "yes")
    assert seen_there(door(told, "closed")).shows(h.IsItThere).compartment == 101


def test_a_free_door_with_something_in_it_is_out_of_use_until_it_is_received() -> None:
    stock = m.Stock(places=(STOCK.places[1],))
    told = does(here(stock), "tour").answers(stock)
    door(says(opened(told, 2), "no"), "closed")
    is_checked(told, 2, usable=False)
    assert findings(told) == {2: "strange"}
    assert told.shows(h.TourAccount).whole


@pytest.mark.parametrize(("answer", "finding"), [("something", "strange"), ("damaged", "damaged")])
def test_a_doubtful_door_is_asked_about_in_three(answer: he.Answer, finding: Finding) -> None:
    stock = m.Stock(places=(STOCK.places[3],))
    told = does(here(stock), "tour").answers(stock)
    says(door(opened(told, 4), "closed"), "no")
    is_checked(says(told, answer), 4, usable=False)
    assert findings(told) == {4: finding}


def test_a_parcel_that_is_found_after_all_is_right() -> None:
    told = door(says(opened(touring(), 1), "no"), "closed")
    assert seen_there(says(told, "no")).shows(h.AtDoor).compartment == 3
    assert findings(told) == {1: "right"}


def test_a_second_look_before_it_is_lost() -> None:
    told = door(says(opened(touring(), 1), "no"), "closed")
    assert does(told, "look").shows(h.AtDoor).why == "tour"
    seen_there(door(says(opened(told, 1), "yes"), "closed"))
    assert findings(told) == {1: "right"}


def test_a_stuck_door_is_noted_and_passed() -> None:
    told = door(touring(), "pulsed", "not_opened", tries_left=1)
    assert told.shows(h.AtDoor).step == "stuck"
    assert says(told, "skip").shows(h.AtDoor).compartment == 3
    assert findings(told) == {1: "stuck"}


def test_a_stuck_door_may_be_tried_again() -> None:
    told = does(door(touring(), "pulsed", "not_opened", tries_left=1), "go_on")
    opened(told, 1)


def test_a_door_may_be_skipped_once_it_is_closed() -> None:
    told = says(opened(touring(), 1), "skip")
    assert door(told, "closed").shows(h.AtDoor).compartment == 3
    assert findings(told) == {1: "skipped"}


def test_who_stops_goes_on_at_the_same_door() -> None:
    told = seen_there(door(says(opened(touring(), 1), "yes"), "closed"))
    door(says(opened(told, 3), "stop"), "closed")
    assert told.shows(h.TourAccount) == h.TourAccount(whole=False)
    does(told, "go_on").answers(STOCK).shows(h.WhatIsHere)
    does(told, "tour").answers(STOCK)
    opened(told, 3)


def test_the_round_begins_anew_once_it_was_whole() -> None:
    stock = m.Stock(places=(STOCK.places[0],))
    told = does(here(stock), "tour").answers(stock)
    seen_there(door(says(opened(told, 1), "yes"), "closed")).shows(h.TourAccount)
    does(does(told, "go_on").answers(stock), "tour").answers(stock)
    opened(told, 1)
    assert findings(told) == {}


def test_back_stops_where_no_door_is_open() -> None:
    opened(touring(), 1).on(e.Back()).shows(h.AtDoor)
    told = door(opened(touring(), 1), "closed").on(e.Back())
    assert told.shows(h.TourAccount) == h.TourAccount(whole=False)
    told = door(touring(), "not_opened").on(e.Back())
    told.shows(h.TourAccount)


def test_a_shelf_place_can_be_skipped_stopped_at_and_found_empty() -> None:
    stock = m.Stock(places=(STOCK.places[4],))

    def there() -> Dialogue:
        told = does(here(stock), "tour").answers(stock)
        told.shows(h.IsItThere)
        return told

    assert findings(says(there(), "skip")) == {101: "skipped"}
    assert not says(there(), "stop").shows(h.TourAccount).whole
    assert not there().on(e.Back()).shows(h.TourAccount).whole
    told = says(says(there(), "no"), "yes").answers(m.Settled(item="i-3", stands="lost"))
    assert findings(told) == {101: "missing"}


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_what_left_while_it_was_asked_about_is_looked_up_anew(answer: he.Answer) -> None:
    stock = m.Stock(places=(STOCK.places[4],))
    told = does(here(stock), "tour").answers(stock)
    told.shows(h.IsItThere)
    told.answers(m.Stock(places=(place(101, label="B4"),)))
    says(told, answer).shows(h.Looking)


@pytest.mark.parametrize("why", ["busy", "cap", "blocked", "late"])
def test_a_refused_door_is_tried_again_or_skipped(why: str) -> None:
    told = touring().answers(m.Refused(why=why))  # type: ignore[arg-type]
    told.shows(h.CannotDo)
    opened(does(told, "go_on"), 1)
    told = says(touring().answers(m.Refused(why=why)), "skip")  # type: ignore[arg-type]
    assert findings(told) == {1: "skipped"}


def test_what_was_collected_meanwhile_is_no_loss() -> None:
    told = says(door(says(opened(touring(), 1), "no"), "closed"), "yes").answers(m.Refused(why="item"))
    assert told.shows(h.CannotDo).why == "item"
    does(told, "go_on").answers(STOCK).shows(h.WhatIsHere)


def test_what_left_between_the_look_and_the_yes_is_told_and_the_round_goes_on_from_there() -> None:
    told = door(says(opened(touring(), 1), "yes"), "closed").answers(m.Refused(why="item"))
    assert told.shows(h.CannotDo).why == "item"
    left = m.Stock(places=(place(1), *STOCK.places[1:]))
    does(does(told, "go_on").answers(left), "tour").answers(left)
    opened(told, 3)


def test_reserved_and_just_collected_places_are_left_in_peace() -> None:
    places = (
        m.StockPlace(
            compartment=1,
            allocation=1,
            door="closed",
            usable=True,
            item=m.StockItem(item="i-1", person="p-1", kind="parcel", size="M", stage=stage),
        )
        for stage in ("claimed", "collected")
    )
    stock = m.Stock(places=tuple(places))
    assert does(here(stock), "tour").answers(stock).shows(h.TourAccount).whole


def test_an_answer_that_no_screen_asks_for_is_none() -> None:
    told = opened(touring(), 1)
    for answer in ("known", "empty", "damaged"):
        says(told, answer)
    assert told.shows(h.AtDoor).said == ""


def test_without_the_right_there_is_no_round() -> None:
    does(here(rights=("deposit", "collect")), "tour").shows(h.WhatIsHere)


def test_silence_and_going_away_lose_nothing() -> None:
    told = opened(touring(), 1)
    told.fires("idle")
    assert told.state.over == "still_there"
    told.fires("idle").shows(s.Start)
    told = touring()
    told.fires("step").shows(s.Silent)
    told.on(e.NextParcel(), he.StockWanted()).answers(STOCK).shows(h.WhatIsHere)
    assert ONE in [one.item for one in told.state.house.places]
