"""What the screen can show: one frozen value a screen, and what may lie over it.

A screen holds only what it needs to be drawn and to go on from. The door screens serve both the
person who collects and the staff who deposits; `State.draft` tells which.
"""

from dataclasses import dataclass
from typing import Literal

from contract.messages import PersonName, ShelfItem, Size, VisitItem
from kiosk.core.drop_screens import DropScreen
from kiosk.core.house_screens import HouseScreen, No
from kiosk.core.relay_screens import RelayScreen

Kept = Literal["too_high", "too_heavy", "empty", "wrong", "missing"]
Trouble = Literal[No, "signed_out"]
"""Why not. `visit` is over for a person, `signed_out` are staff."""
Ending = Literal["bigger", "given_up"]
Outcome = Literal["left", "bigger", "given_up", "empty"]
Note = Literal[
    "",
    "close_door",
    "ticket",
    "badge",
    "unreadable",
    "place",
    "in_place",
    "refused",
    "in_hand",
    "gone",
    "other",
    "aside",
    "no_return",
]
"""What the last scan or parcel left to say."""
Why = Literal["damaged", "stranger", "too_big", "no_room", "perishable", "other"]
"""Why a parcel is not taken in."""


@dataclass(frozen=True, slots=True)
class Start:
    """Nobody is here: three choices, and the keypad is already live."""


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types a code. The digits stay in the browser until the last one."""


@dataclass(frozen=True, slots=True)
class Checking:
    """The code is with the bridge."""


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Not a code of this place. `label`: what was shown is a label, a carrier's or (`bag`) that of a bag."""

    wait_seconds: int = 0
    label: bool = False
    bag: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """The lock is being pulsed; `attempt` 2 and more say that we try again."""

    item: VisitItem
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class DoorOpen:
    """The sensor saw the door open, at `since_ms` of this kiosk's monotonic clock."""

    item: VisitItem
    since_ms: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class DoorClosed:
    """The sensor saw it close; the bridge is writing down what that means."""

    item: VisitItem
    quick: bool


@dataclass(frozen=True, slots=True)
class HaveIt:
    """The door was open for less than 3 s: have you got it?"""

    item: VisitItem


@dataclass(frozen=True, slots=True)
class NextDoor:
    """Another door is to come. `done` is the one just in hand, for "something is missing"."""

    item: VisitItem
    done: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class Thanks:
    """All is in hand. `item` is the last one, for "something is missing"."""

    item: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class WhatIsMissing:
    """Something is missing: what is it?"""

    item: VisitItem


@dataclass(frozen=True, slots=True)
class KeptBack:
    """The item stays in custody and the concierge is told; `told` once that is written down."""

    item: VisitItem
    why: Kept
    door_open: bool
    told: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """The door did not open. Nobody's fault, the code stays good."""

    item: VisitItem
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class AtCounter:
    """These lie on a shelf behind the counter: the concierge hands them over. `done`: just in hand."""

    items: tuple[VisitItem, ...]
    done: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """The lockers do not answer: what to do now."""


@dataclass(frozen=True, slots=True)
class OutOfService:
    """This kiosk takes nothing any more: where to go instead."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The lockers answered no, for a reason that is not the code. `item`: what may be tried again."""

    why: Trouble
    item: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """Staff number and PIN, or the badge. `busy` while the bridge checks them."""

    busy: bool = False
    refused: bool = False
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Parcels:
    """Staff: scan the next label. `where` is the place that `note` speaks of."""

    note: Note = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Twice:
    """Staff: this label was taken in already. `where` it lies, or is put just now (`lies` false).

    `shelf`: what may be handed over there at once (an item id).
    """

    label: str
    where: str
    lies: bool = True
    shelf: str = ""


@dataclass(frozen=True, slots=True)
class FindPerson:
    """Staff: whom is it for? `matches` are who it is expected for, or who fit `query`."""

    query: str = ""
    matches: tuple[PersonName, ...] = ()
    note: Note = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class PickSize:
    """Staff: how large is it? `too_small` did not fit; `free`, when known, are the sizes left."""

    too_small: Size | None = None
    free: tuple[Size, ...] | None = None
    shelf: bool = True
    close: int | None = None

    @property
    def full(self) -> bool:
        """Whether there is no place at all."""
        return self.free == () and not self.shelf


@dataclass(frozen=True, slots=True)
class Special:
    """Staff: what is special about it? `asked` is the size question it came from."""

    asked: PickSize


@dataclass(frozen=True, slots=True)
class Pieces:
    """Staff: how many pieces?"""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Staff: why is it not taken in? `sent` while the bridge writes down that what was ours goes back."""

    sent: bool = False


@dataclass(frozen=True, slots=True)
class Claiming:
    """Staff: the bridge looks for a place (`shelf`: behind the counter), or gives one back (`ending`)."""

    ending: Literal["", "bigger", "given_up"] = ""
    item: VisitItem | None = None
    door_open: bool = False
    shelf: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Staff: this place is reserved.

    Its door waits for another one to shut (`close`), or for its turn (`waits`); a shelf place for a yes
    (`other_place`: the label of another one was scanned).
    """

    item: VisitItem
    close: str = ""
    waits: bool = False
    other_place: bool = False


@dataclass(frozen=True, slots=True)
class Counting:
    """Staff: how many does the carrier's slip announce?"""


@dataclass(frozen=True, slots=True)
class Counted:
    """Staff: so many were announced (None: by nobody). What was taken in stands in the pile."""

    announced: int | None = None
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """Staff: which one is to be handed over? `page` counts from 0.

    `strange`: what was scanned lies on no shelf place.
    """

    page: int = 0
    strange: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """Staff: is it in its person's hands? `sent` while the bridge writes that down.

    `other`: the label of another parcel was scanned. `label`: what was scanned where a new parcel was waited
    for, which it may be after all.
    """

    item: ShelfItem
    sent: bool = False
    other: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Staff: it is written down."""

    item: ShelfItem


Screen = (
    Start
    | Typing
    | Checking
    | CodeRefused
    | Opening
    | DoorOpen
    | DoorClosed
    | HaveIt
    | NextDoor
    | Thanks
    | WhatIsMissing
    | KeptBack
    | Blocked
    | AtCounter
    | Silent
    | OutOfService
    | Refusal
    | SignIn
    | Parcels
    | Twice
    | FindPerson
    | PickSize
    | Special
    | Pieces
    | Refuse
    | Claiming
    | Placed
    | Counting
    | Counted
    | Shelf
    | HandOver
    | HandedOver
    | HouseScreen
    | RelayScreen
    | DropScreen
)

Over = Literal["", "still_there", "help", "other", "languages", "about", "reading"]
"""What lies over the screen; the flow beneath goes on."""
