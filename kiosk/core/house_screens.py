"""The screens of staff who keep order: what lies where, one thing at a time, and the two guided rounds."""

from dataclasses import dataclass
from typing import Literal

from contract.messages import Full, PersonName, Slip, StockItem, VisitItem
from kiosk.core.house import Finding
from kiosk.core.relay_screens import RelayScreen

Note = Literal["", "usable", "unusable", "handed", "returned", "lost", "there", "in_hand", "strange"]
DoorWhy = Literal["move", "return", "hand_over", "put", "look", "tour", "relay"]
Step = Literal["opening", "open", "closed", "stuck"]
No = Literal["late", "busy", "cap", "blocked", "disk", "tickets", "visit", "item", "rights", "revoked"]


@dataclass(frozen=True, slots=True)
class Looking:
    """The bridge is asked what lies where; `then` goes on by itself."""

    note: Note = ""
    then: Literal["", "tour", "returns"] = ""


@dataclass(frozen=True, slots=True)
class Noting:
    """The bridge is asked something else; `again` is where a no leads back to.

    `finding`: what it will mean in the round. `then`: the screen of the yes, where it is known already.
    """

    again: "HouseScreen"
    finding: Finding = "right"
    then: "HouseScreen | None" = None


@dataclass(frozen=True, slots=True)
class WhatIsHere:
    """The places as drawn, what is in hand, and what can be done; `note` tells what was just done."""

    note: Note = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The list of places; `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class HandsFull:
    """The list of what staff have in hand; `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class AtPlace:
    """One place: what is to be done there? `wrong`: what is not as it should be."""

    compartment: int
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class InHand:
    """One item in hand: where does it go?

    `label`: what was scanned where a new parcel was waited for, which it may be after all.
    """

    item: StockItem
    label: str = ""


@dataclass(frozen=True, slots=True)
class AtDoor:
    """A door that opens for staff, and why. `said`: what they answered while it was open.

    `missing`: what was to be taken out is not there, they say; `other`: another label was scanned.
    """

    compartment: int
    why: DoorWhy
    item: StockItem | None = None
    place: VisitItem | None = None
    step: Step = "opening"
    attempt: int = 1
    tries_left: int = 0
    late: bool = False
    said: Literal["", "yes", "no", "skip", "stop", "missing", "other"] = ""

    @property
    def moves(self) -> bool:
        """Whether the lockers have the next word."""
        if self.step == "closed":
            return self.why not in ("look", "tour") or self.said not in ("", "other")
        return self.step == "opening"


@dataclass(frozen=True, slots=True)
class WhatWasThere:
    """They looked behind a door where nothing known lies: what is there?"""

    compartment: int


@dataclass(frozen=True, slots=True)
class StrangeThing:
    """Something nobody knows lies there: what to do."""

    compartment: int


@dataclass(frozen=True, slots=True)
class WhyOut:
    """The door goes out of service: why?"""

    compartment: int


@dataclass(frozen=True, slots=True)
class HandTo:
    """Is it in its person's hands, and for a registered letter: who made sure, and how?

    `other`: the label of another parcel was scanned. `label`: as in InHand.
    """

    item: StockItem
    other: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class CarrierHasIt:
    """Has the carrier taken this one?"""

    item: StockItem


@dataclass(frozen=True, slots=True)
class SureLost:
    """It is not where it should be: really?"""

    item: StockItem
    compartment: int | None = None


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place is proposed for what is in hand; nothing is open yet."""

    item: StockItem
    place: VisitItem


@dataclass(frozen=True, slots=True)
class NoRoom:
    """No place of that size, or it did not fit: another size, the shelf, or keep it in hand.

    `close`: a door that stands open still.
    """

    item: StockItem
    full: Full | None = None
    close: int | None = None


@dataclass(frozen=True, slots=True)
class PutAway:
    """It lies there, and the person's code is the same."""

    item: StockItem
    place: VisitItem


@dataclass(frozen=True, slots=True)
class ForWhom:
    """Whom is it for? `matches` are the people who fit `query`."""

    item: StockItem
    query: str = ""
    matches: tuple[PersonName, ...] = ()

    def others(self) -> tuple[PersonName, ...]:
        """Those of them it is not for already."""
        return tuple(one for one in self.matches if one.person != self.item.person)


@dataclass(frozen=True, slots=True)
class NewOwner:
    """It is for somebody else now. The slip lives here only, and goes with the screen."""

    item: StockItem
    person: PersonName
    pickup: str | None = None
    slip: Slip | None = None


@dataclass(frozen=True, slots=True)
class IsItThere:
    """At a shelf place, or after a look behind a door: is what should lie there to be seen?"""

    compartment: int


@dataclass(frozen=True, slots=True)
class TourAccount:
    """What the round has found so far; `whole` when there is no more to visit."""

    whole: bool


@dataclass(frozen=True, slots=True)
class Carriers:
    """To which carrier does something go back? `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class RightOne:
    """Out of its door: is it the right one? Its label scanned, or a yes. `wrong`: another was scanned."""

    item: StockItem
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class ReturnCount:
    """All were looked for: the count, and the list to sign. `given`: the driver has them."""

    given: bool = False


@dataclass(frozen=True, slots=True)
class CannotDo:
    """The bridge said no: what to do next. `again`: what may be tried once more."""

    why: No
    again: "HouseScreen | RelayScreen | None" = None


HouseScreen = (
    Looking
    | Noting
    | WhatIsHere
    | Places
    | HandsFull
    | AtPlace
    | InHand
    | AtDoor
    | WhatWasThere
    | StrangeThing
    | WhyOut
    | HandTo
    | CarrierHasIt
    | SureLost
    | NewPlace
    | NoRoom
    | PutAway
    | ForWhom
    | NewOwner
    | IsItThere
    | TourAccount
    | Carriers
    | RightOne
    | ReturnCount
    | CannotDo
)
