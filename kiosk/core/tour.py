"""The guided round, door by door: is what should lie there to be seen, is what should be free empty?

here -go on-> AtDoor (opens) -yes, no, skip-> closed -> the next one ... -> TourAccount
AtDoor stuck: noted, the next one. No parcel: SureLost -yes-> lost. Something where nothing should lie: noted.

The next door opens by itself once the one before is closed, so that never two are open. What was found is
kept for the visit; whoever stops goes on at the same door.
"""

from dataclasses import replace

from kiosk.core import house_events as e
from kiosk.core import house_screens as h
from kiosk.core.house import Finding, Found, is_marked, standing
from kiosk.core.house_steps import check, open_door, still_there
from kiosk.core.scans import marks_of
from kiosk.core.state import State, Step, quiet, show, sound


def begin(state: State) -> Step:
    """From the first place not seen yet; a round that was whole begins anew."""
    house = replace(state.house, doing="tour")
    if house.next_visit() is None:
        house = replace(house, found=())
    return go_on(replace(state, house=house))


def go_on(state: State) -> Step:
    """The next place, or the account."""
    place = state.house.next_visit()
    if place is None:
        return stop(state, whole=True)
    if place.label is not None:
        return show(state, h.IsItThere(place.compartment))
    return open_door(state, h.AtDoor(place.compartment, "tour", place.item))


def stop(state: State, *, whole: bool = False) -> Step:
    """The account, and nothing goes on by itself any more."""
    return show(replace(state, house=replace(state.house, doing="")), h.TourAccount(whole))


def said(state: State, screen: h.AtDoor, answer: e.Answer) -> Step:
    """What they see, said before or after the door is closed."""
    match answer, screen.step:
        case "stop", ("stuck" | "closed"):
            return stop(state)
        case "skip", "stuck":
            return noted(state, screen.compartment, "stuck")
        case ("yes" | "no" | "skip" | "stop") as one, ("open" | "closed"):
            screen = replace(screen, said=one)
            return closed(replace(state, screen=screen), screen)
        case _:
            return quiet(state)


def scanned(state: State, screen: h.AtDoor | h.IsItThere, text: str) -> Step:
    """The label of what lies there is the yes; another one's is said, and the question stays.

    Where no label is known of what should lie there, none can be another's.
    """
    place = state.house.place(screen.compartment)
    item = None if place is None else place.item
    if item is not None and is_marked(item, marks_of(text)):
        if isinstance(screen, h.IsItThere):
            return sound(still_there(state, screen.compartment, item, h.Noting(screen)), "ok")
        return sound(said(state, screen, "yes"), "ok")
    if isinstance(screen, h.AtDoor) and screen.step in ("open", "closed") and (item is None or item.mark):
        return sound(show(state, replace(screen, said="other")), "error")
    return sound(quiet(state), "error")


def closed(state: State, screen: h.AtDoor) -> Step:
    """What an answer means once the door is closed; before that, it waits."""
    place = state.house.place(screen.compartment)
    if screen.step != "closed" or place is None:
        return show(state, screen)
    match screen.said:
        case "stop":
            return stop(state)
        case "skip":
            return noted(state, screen.compartment, "skipped")
        case _ if place.item is None and standing(place) == "unchecked":
            return show(state, h.WhatWasThere(screen.compartment))
        case "yes" if place.item is None:
            return check(state, screen.compartment, h.Noting(screen), usable=True)
        case "no" if place.item is None:
            return check(
                state, screen.compartment, h.Noting(screen, "strange"), usable=False, why="something"
            )
        case "yes" if place.item is not None:
            return still_there(state, screen.compartment, place.item, h.Noting(screen))
        case "no" if place.item is not None:
            return show(state, h.SureLost(place.item, screen.compartment))
        case _:
            return show(state, screen)


def noted(state: State, compartment: int, finding: Finding) -> Step:
    """This place is seen; on to the next."""
    place = state.house.place(compartment)
    if place is None:
        return go_on(state)
    seen = tuple(one for one in state.house.found if one.place.compartment != compartment)
    house = replace(state.house, found=(*seen, Found(place, finding)))
    return go_on(replace(state, house=house))


def lost(state: State, item_id: str) -> Step:
    """Noted as missing."""
    place = next(
        (one for one in state.house.places if one.item is not None and one.item.item == item_id), None
    )
    return go_on(state) if place is None else noted(state, place.compartment, "missing")
