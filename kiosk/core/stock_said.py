"""What staff answer to what a screen of the stock asks: yes, no, what they saw, who receives it."""

from contract import messages as m
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_empty, returns, tour
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.house import Finding
from kiosk.core.house_steps import check, here, settle, still_there
from kiosk.core.state import State, Step, quiet, show


def said(state: State, screen: s.Screen, answer: he.Answer) -> Step:
    """What follows from an answer; none that the screen does not offer."""
    match screen, answer:
        case h.AtDoor(why="tour") as door, _:
            return tour.said(state, door, answer)
        case (h.AtDoor(why="return") | h.RightOne()) as asked, _ if state.house.doing == "returns":
            return returns.said(state, asked, answer)
        case h.AtDoor(why="relay") as door, _ if state.house.doing == "empty":
            return relay_empty.said(state, door, answer)
        case h.CannotDo(again=h.AtDoor(item=m.StockItem(item=item))), "skip" if state.house.doing == "empty":
            return relay_empty.passed(state, item)
        case h.CannotDo(again=h.AtDoor(compartment)), "skip" if state.house.doing == "tour":
            return tour.noted(state, compartment, "skipped")
        case h.CannotDo(again=h.AtDoor(item=m.StockItem(item=item))), "skip" if _is_returning(state):
            return returns.noted(state, item, "skipped")
        case h.IsItThere(compartment), _:
            return _is_there(state, compartment, answer)
        case h.WhatWasThere(compartment) as asked, "empty" | "something" | "damaged":
            return _looked(state, compartment, asked, answer)
        case h.SureLost() as asked, "yes" | "no":
            return _lost(state, asked, answer)
        case h.SureLost(item, int()) as asked, "have" if item.unsure:
            return settle(state, item.item, "in_hand", h.Noting(asked))
        case h.HandTo(item) as asked, "yes" | "known" | "document":
            return _hand_over(state, item, asked, answer)
        case h.CarrierHasIt(item) as asked, "yes":
            return settle(state, item.item, "returned", h.Noting(asked))
        case h.CarrierHasIt(), "no":
            return here(state, "in_hand")
        case _:
            return quiet(state)


def _is_returning(state: State) -> bool:
    return state.house.doing == "returns"


def _is_there(state: State, compartment: int, answer: he.Answer) -> Step:
    place, touring = state.house.place(compartment), state.house.doing == "tour"
    match answer:
        case "no" if place is not None and place.item is not None:
            return show(state, h.SureLost(place.item, compartment))
        case "yes" if place is not None and place.item is not None:
            return still_there(state, compartment, place.item, h.Noting(h.IsItThere(compartment)))
        case "yes" | "no":  # it left while they looked
            return here(state)
        case "skip" if touring:
            return tour.noted(state, compartment, "skipped")
        case "stop" if touring:
            return tour.stop(state)
        case _:
            return quiet(state)


def _looked(state: State, compartment: int, asked: h.WhatWasThere, answer: he.Answer) -> Step:
    if answer == "empty":
        return check(state, compartment, h.Noting(asked), usable=True)
    finding: Finding = "strange" if answer == "something" else "damaged"
    return check(state, compartment, h.Noting(asked, finding), usable=False, why=answer)


def _lost(state: State, asked: h.SureLost, answer: he.Answer) -> Step:
    if answer == "yes":
        return settle(state, asked.item.item, "lost", h.Noting(asked))
    if asked.compartment is not None:
        return still_there(state, asked.compartment, asked.item, h.Noting(asked))
    if _is_returning(state):
        return show(state, h.RightOne(asked.item))
    if state.house.doing == "empty":
        return show(state, r.TagIt(asked.item.item))
    return here(state, "there")


def _hand_over(state: State, item: m.StockItem, asked: h.HandTo, answer: he.Answer) -> Step:
    """A registered letter is handed over only to somebody known, or whose papers were seen."""
    match answer:
        case "known" | "document" as identity:
            return settle(state, item.item, "taken", h.Noting(asked), identity)
        case "yes" if item.kind != "registered_letter":
            return settle(state, item.item, "taken", h.Noting(asked))
        case _:
            return quiet(state)
