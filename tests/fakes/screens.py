"""Every screen there is, in a moment of a conversation that shows most of it."""

from dataclasses import replace
from typing import get_args

from contract import messages as m
from kiosk.core import screens as s
from kiosk.core.pile import Draft, Lying, Pile
from kiosk.core.state import Round, Staff, State, Visit
from tests.fakes.bridge import SLIP, parcel
from tests.fakes.drop_screens import drop_states
from tests.fakes.house_screens import house_states
from tests.fakes.kiosk import PEOPLE
from tests.fakes.relay_screens import relay_states

ONE, TWO, SHELF = parcel("i-1", 12, size="L"), parcel("i-2", 10), parcel("i-3", 101, "B4")
VISIT = Visit("v", (ONE, TWO))
DONE = Visit("v", (ONE, TWO), done=frozenset({"i-1"}))
LYING = tuple(
    m.ShelfItem(item=f"l-{place}", person=one.person, kind="parcel", label=f"B{place}")
    for place, one in enumerate((*PEOPLE, PEOPLE[0]), 8)
)
NOBODY = m.ShelfItem(item="l-0", person="p-0", kind="letter", label="Rayonnage du fond")
DRAFT = Draft("6A12345678901", "Colissimo", PEOPLE[0], item="i-1")
UNKNOWN = Draft("", None, unknown="p-new", kind="registered_letter", damaged=True, piece=2, pieces=3)
COOL = Draft("8R98765432109", "Chronopost", PEOPLE[3], heavy=True, perishable=True)
PILE = Pile(
    (
        Lying(DRAFT, ONE, "left", "pickup-1", SLIP),
        Lying(replace(DRAFT, person=PEOPLE[4]), parcel("i-8", 3), "left", "pickup-2", SLIP),
        Lying(replace(DRAFT, person=PEOPLE[1]), TWO, "open"),
    ),
    refused=1,
)
STAFF = Staff(
    "sv",
    "st",
    "SB",
    PILE,
    hands_over=True,
    shelf=(*LYING[:6], NOBODY, LYING[6]),
    rights=("deposit", "collect", "inspect"),
)

STAFF_SCREENS: tuple[s.Screen, ...] = (
    *(s.Parcels(note, "12") for note in get_args(s.Note)),
    s.Twice("6A12345678901", "12"),
    s.Twice("6A12345678901", "12", lies=False),
    s.Twice("6A12345678901", "Rayonnage du fond", shelf="l-0"),
    s.FindPerson(),
    s.FindPerson("2", PEOPLE),
    s.FindPerson("", PEOPLE[:1], "other"),
    s.FindPerson("", PEOPLE[:1], "close_door", "12"),
    s.FindPerson("", PEOPLE[:1], "aside"),
    s.FindPerson("2", PEOPLE, "gone"),
    s.PickSize(),
    s.PickSize(too_small="M", close=7),
    s.PickSize(free=("S",)),
    s.PickSize(free=(), shelf=False),
    s.Special(s.PickSize()),
    s.Pieces(),
    s.Refuse(),
    s.Refuse(sent=True),
    s.Claiming("given_up", ONE, door_open=True),
    s.Placed(ONE, close="10"),
    s.Placed(ONE, waits=True),
    s.Placed(SHELF),
    s.Placed(SHELF, other_place=True),
    s.Silent(),
    s.Opening(ONE),
    s.DoorOpen(ONE, 0),
    s.DoorOpen(ONE, 0, late=True),
    s.DoorClosed(ONE, quick=False),
    s.Blocked(ONE, 2),
    s.Counting(),
    s.Counted(30),
    s.Counted(2),
    s.Counted(3),
    s.Counted(),
    s.Counted(30, printed=True),
    s.Shelf(),
    s.Shelf(1, strange=True),
    s.HandOver(LYING[0]),
    s.HandOver(NOBODY, other=True, label="6A12345678901"),
    s.HandOver(LYING[0], other=True, label="6A12345678901"),
    s.HandOver(LYING[1], sent=True),
    s.HandedOver(LYING[1]),
)
SCREENS: tuple[s.Screen, ...] = (
    s.Start(),
    s.Typing(),
    s.Checking(),
    s.CodeRefused(),
    s.CodeRefused(15),
    s.CodeRefused(label=True),
    s.CodeRefused(label=True, bag=True),
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
    s.AtCounter((SHELF, SHELF), ONE),
    s.AtCounter((SHELF, parcel("i-4", 102, "Étagère du fond"), SHELF, SHELF), ONE),
    s.Silent(),
    s.OutOfService(),
    s.Refusal("busy", ONE),
    s.Refusal("revoked"),
    s.Refusal("disk"),
    s.SignIn(),
    s.SignIn(refused=True, wait_seconds=15),
)
OVERS: tuple[s.Over, ...] = ("still_there", "help", "other", "languages", "about", "reading")


def residents_states(base: State) -> list[State]:
    """Every screen of somebody who collects, what may lie over it, and the lockers gone silent."""
    states = [
        replace(base, screen=one, visit=DONE if isinstance(one, s.NextDoor) else VISIT) for one in SCREENS
    ]
    states += [replace(base, over=over) for over in OVERS]
    return [*states, replace(base, bridge_up=False), *drop_states(base)]


def staff_states(base: State) -> list[State]:
    """Every screen of somebody who puts away and hands over, and who keeps order."""
    states = [replace(base, screen=one, staff=STAFF, draft=DRAFT) for one in STAFF_SCREENS]
    rare = (s.FindPerson(), s.PickSize(), s.Special(s.PickSize()), s.Placed(SHELF), s.DoorOpen(ONE, 0))
    states += [
        replace(base, screen=one, staff=STAFF, draft=draft) for one in rare for draft in (UNKNOWN, COOL)
    ]
    heavy = replace(DRAFT, heavy=True)
    full = (s.PickSize(free=("S",)), s.PickSize(free=()))
    states += [replace(base, screen=one, staff=STAFF, draft=heavy) for one in full]
    fresh = replace(STAFF, pile=Pile(), shelf=())
    states.append(replace(base, screen=s.DoorOpen(ONE, 0), staff=STAFF, draft=replace(DRAFT, undoing=True)))
    cut = replace(PILE, cut=(Lying(COOL, TWO, "open"),))
    states.append(replace(base, screen=s.Parcels(), staff=replace(STAFF, pile=cut)))
    states.append(replace(base, screen=s.Parcels("badge"), staff=replace(STAFF, pile=cut)))
    states.append(replace(base, screen=s.Refusal("disk"), staff=STAFF))
    states.append(replace(base, screen=s.Refusal("signed_out"), round=Round("st", cut.without_persons())))
    return [*states, replace(base, screen=s.Parcels(), staff=fresh), *house_states(base), *relay_states(base)]
