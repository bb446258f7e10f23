"""Dialogues: a door was cut short while something was taken out. Is it still inside?"""

import msgspec

from contract import messages as m
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core.house import House, standing
from tests.kiosk.core.dialogue import Dialogue
from tests.kiosk.core.in_the_house import (
    ONE,
    STOCK,
    TWO,
    asked,
    does,
    door,
    here,
    is_noted,
    place,
    says,
    seen_there,
)

DOUBTED = msgspec.structs.replace(TWO, unsure=True)
STOCK_IN_DOUBT = m.Stock(places=(place(1, ONE), place(2), place(3, DOUBTED)))
SEEN = m.Check(visit="sv", compartment=3, usable=True, item="i-2")
CHECKED = m.Checked(compartment=3, usable=True)


def at_it() -> Dialogue:
    return here(STOCK_IN_DOUBT).on(he.PlaceChosen(3))


def looked() -> Dialogue:
    told = does(at_it(), "look")
    assert asked(told) == m.Inspect(visit="sv", compartment=3)
    door(told, "intent", "pulsed", "opened", "closed")
    told.shows(h.IsItThere)
    return told


def test_it_is_the_first_thing_to_be_seen_and_asks_to_be_looked_at() -> None:
    first = House(STOCK_IN_DOUBT).listed()[0]
    assert (first.compartment, standing(first)) == (3, "unsure")
    does(at_it(), "move").shows(h.AtPlace)  # first of all: is it there?


def test_it_is_there_and_all_is_as_before() -> None:
    told = says(looked(), "yes")
    assert asked(told) == SEEN
    is_noted(told.answers(CHECKED), "there")


def test_it_is_in_their_hands() -> None:
    told = says(looked(), "no")
    assert told.shows(h.SureLost) == h.SureLost(DOUBTED, 3)
    assert asked(says(told, "have")) == m.Settle(visit="sv", item="i-2", outcome="in_hand")
    told.answers(m.Settled(item="i-2", stands="in_hand"))
    assert told.shows(h.InHand).item == m.StockItem(
        item="i-2", person="p-2", kind="parcel", size="M", stage="in_hand"
    )


def test_without_a_look_they_say_that_they_have_it_or_that_nobody_has() -> None:
    told = does(at_it(), "lost")
    told.shows(h.SureLost)
    assert asked(says(told, "yes")) == m.Settle(visit="sv", item="i-2", outcome="lost")
    is_noted(told.answers(m.Settled(item="i-2", stands="lost")), "lost")


def test_who_may_not_look_behind_doors_can_still_hand_it_over() -> None:
    told = does(here(STOCK_IN_DOUBT, rights=("deposit", "collect")).on(he.PlaceChosen(3)), "look", "lost")
    told.shows(h.AtPlace)
    assert asked(does(told, "hand_over")) == m.TakeOut(visit="sv", item="i-2", why="hand_over")


def test_found_after_all_it_is_there() -> None:
    told = says(does(at_it(), "lost"), "no")
    assert asked(told) == SEEN
    is_noted(told.answers(CHECKED), "there")


def test_what_is_not_in_doubt_is_in_nobodys_hands_by_word() -> None:
    told = does(here(STOCK).on(he.PlaceChosen(3)), "wrong", "lost")
    before = asked(told)
    assert asked(says(told, "have")) is before


def test_the_guided_round_asks_it_and_goes_on() -> None:
    told = does(here(STOCK_IN_DOUBT), "tour").answers(STOCK_IN_DOUBT)
    seen_there(door(says(door(told, "intent", "opened"), "yes"), "closed"))
    assert asked(told) == m.Inspect(visit="sv", compartment=3)
    door(says(door(told, "intent", "opened"), "yes"), "closed")
    assert asked(told) == SEEN
    told.answers(CHECKED)
    assert asked(told) == m.Inspect(visit="sv", compartment=2)
    assert {one.place.compartment: one.finding for one in told.state.house.found} == {1: "right", 3: "right"}


def test_in_the_guided_round_it_may_be_in_their_hands() -> None:
    told = does(here(STOCK_IN_DOUBT), "tour").answers(STOCK_IN_DOUBT)
    seen_there(door(says(door(told, "intent", "opened"), "yes"), "closed"))
    door(says(door(told, "intent", "opened"), "no"), "closed")
    told.shows(h.SureLost)
    says(told, "have").answers(m.Settled(item="i-2", stands="in_hand"))
    assert asked(told) == m.Inspect(visit="sv", compartment=2)
