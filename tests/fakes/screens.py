"""Every screen there is, in a moment of a conversation that shows most of it."""

from dataclasses import replace

from contract import messages as m
from kiosk.core import screens as s
from kiosk.core.state import Draft, Staff, State, Visit
from tests.fakes.bridge import SLIP, parcel
from tests.fakes.house_screens import house_states
from tests.fakes.kiosk import PEOPLE

ONE, TWO, SHELF = parcel("i-1", 12, size="L"), parcel("i-2", 10), parcel("i-3", 101, "B4")
VISIT = Visit("v", (ONE, TWO))
DONE = Visit("v", (ONE, TWO), done=frozenset({"i-1"}))
LYING = tuple(
    m.ShelfItem(item=f"l-{place}", person=one.person, kind="parcel", label=f"B{place}")
    for place, one in enumerate((*PEOPLE, PEOPLE[0]), 8)
)
NOBODY = m.ShelfItem(item="l-0", person="p-0", kind="letter", label="Rayonnage du fond")
STAFF = Staff("sv", "st", "SB", 7, hands_over=True, shelf=(*LYING[:6], NOBODY, LYING[6]))
DRAFT = Draft("6A12345678901", "Colissimo", PEOPLE[0], "i-1")

STAFF_SCREENS: tuple[s.Screen, ...] = (
    s.Parcels("close_door"),
    s.FindPerson("2", PEOPLE),
    s.PickSize(too_small="M", close=7),
    s.PickSize(free=("S",)),
    s.Claiming("given_up", ONE, door_open=True),
    s.Placed(ONE),
    s.Placed(SHELF),
    s.Opening(ONE),
    s.DoorOpen(ONE, 0),
    s.DoorClosed(ONE, quick=False),
    s.Blocked(ONE, 2),
    s.Ticket(ONE, "p", SLIP),
    s.Shelf(),
    s.Shelf(1),
    s.HandOver(LYING[0]),
    s.HandOver(NOBODY),
    s.HandOver(LYING[1], sent=True),
    s.HandedOver(LYING[1]),
    s.Ticket(ONE, "p", m.Slip(ticket=999, digits="999888777", token=SLIP.token)),
)
SCREENS: tuple[s.Screen, ...] = (
    s.Start(),
    s.Typing(),
    s.Checking(),
    s.CodeRefused(),
    s.CodeRefused(15),
    s.CodeRefused(label=True),
    s.Opening(ONE),
    s.Opening(ONE, 2),
    s.DoorOpen(ONE, 0),
    s.DoorOpen(ONE, 0, late=True),
    s.DoorClosed(ONE, quick=False),
    s.HaveIt(ONE),
    s.NextDoor(TWO, ONE),
    s.Thanks(ONE),
    s.WhatIsMissing(ONE),
    s.KeptBack(ONE, "too_high", door_open=True, told=True),
    s.KeptBack(ONE, "empty", door_open=False, told=True),
    s.Blocked(ONE, 2),
    s.Blocked(ONE, 0),
    s.AtCounter((SHELF,)),
    s.Silent(),
    s.Refusal("busy", ONE),
    s.Refusal("disk"),
    s.SignIn(),
    s.SignIn(refused=True, wait_seconds=15),
)
OVERS: tuple[s.Over, ...] = ("still_there", "help", "other", "languages", "deposit", "about", "reading")


def residents_states(base: State) -> list[State]:
    """Every screen of somebody who collects, what may lie over it, and the lockers gone silent."""
    states = [
        replace(base, screen=one, visit=DONE if isinstance(one, s.NextDoor) else VISIT) for one in SCREENS
    ]
    states += [replace(base, over=over) for over in OVERS]
    return [*states, replace(base, bridge_up=False)]


def staff_states(base: State) -> list[State]:
    """Every screen of somebody who puts away and hands over, and who keeps order."""
    states = [replace(base, screen=one, staff=STAFF, draft=DRAFT) for one in STAFF_SCREENS]
    return [*states, *house_states(base)]
