"""What can happen to a conversation: touches, scans, answers, timers.

Whatever comes from outside (times, new ids, names found) comes in as data.
"""

from dataclasses import dataclass, field
from typing import Literal

from contract.messages import AnswerBody, PersonName, Service, Size, Tracked
from kiosk.core.catalogue import Offers
from kiosk.core.drop_events import DropEvent, DropWanted
from kiosk.core.house_events import HouseEvent
from kiosk.core.pile import Mark
from kiosk.core.relay_events import RelayEvent
from kiosk.core.screens import Kept, Over, Why

Slot = Literal["idle", "step", "help", "look"]


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody is there; nothing else."""


@dataclass(frozen=True, slots=True)
class TypingBegan:
    """The first digit of a code was typed (which one stays in the browser)."""


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """All digits are there."""

    digits: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scanner read, as it came. `expected`: whom a parcel with this label is for, if told.

    `wall_ms`: when, where this kiosk's clock is known. `offers`: the catalogue at this moment, while somebody
    drops something.
    """

    text: str
    expected: tuple[PersonName, ...] = ()
    wall_ms: int | None = None
    offers: Offers = field(default_factory=Offers)


@dataclass(frozen=True, slots=True)
class ScanDropped:
    """The scanner read what no label has. A noisy line does that too, so nobody is there because of it."""

    why: Literal["control", "too_long", "encoding"]
    length: int


@dataclass(frozen=True, slots=True)
class Back:
    """One step back, or close what lies over the screen."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The conversation is over: "Terminer"."""


@dataclass(frozen=True, slots=True)
class Show:
    """Lay help, languages, the other choices... over the screen."""

    over: Over


@dataclass(frozen=True, slots=True)
class Speak:
    """Go on in this language."""

    language: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Say every screen aloud from now on, or no more."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Move every control to the lower part of the screen, or back."""


@dataclass(frozen=True, slots=True)
class HaveItSaid:
    """Yes, it is in my hands."""


@dataclass(frozen=True, slots=True)
class MissingSaid:
    """Something is missing."""


@dataclass(frozen=True, slots=True)
class KeptSaid:
    """It is not in my hands, and why."""

    why: Kept


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Open the door of the screen's item: the next one, once more, or to put something in."""


@dataclass(frozen=True, slots=True)
class SkipDoor:
    """Leave the blocked one and go on to the next."""


@dataclass(frozen=True, slots=True)
class StaffWanted:
    """Three seconds on the logo."""


@dataclass(frozen=True, slots=True)
class PinGiven:
    """Staff number and PIN."""

    number: int
    pin: str


@dataclass(frozen=True, slots=True)
class LabelGiven:
    """A label was typed; empty for a parcel without one. `expected` as of a scan."""

    text: str = ""
    expected: tuple[PersonName, ...] = ()


@dataclass(frozen=True, slots=True)
class Entered:
    """Enter, on a staff screen: what is typed there, who fits it, and a new id for an item."""

    text: str
    matches: tuple[PersonName, ...]
    item: str


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """Who fits what was typed so far."""

    query: str
    matches: tuple[PersonName, ...]


@dataclass(frozen=True, slots=True)
class PersonChosen:
    """The parcel is for this person (an id among those shown). `known`: still told of by the hub."""

    person: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class UnknownSaid:
    """Nobody here knows whose it is; `person` is a new id made for them."""

    person: str


@dataclass(frozen=True, slots=True)
class MarkSaid:
    """The parcel is so, or it is not after all."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class PiecesSaid:
    """The delivery consists of so many pieces."""

    pieces: int


@dataclass(frozen=True, slots=True)
class SpecialWanted:
    """Something is special about this parcel."""


@dataclass(frozen=True, slots=True)
class PiecesWanted:
    """It is one of several pieces."""


@dataclass(frozen=True, slots=True)
class RefuseWanted:
    """It is not to be taken in."""


@dataclass(frozen=True, slots=True)
class RefuseSaid:
    """It is not taken in, and why; `item` is a new id, used if the parcel has none yet."""

    why: Why
    item: str


@dataclass(frozen=True, slots=True)
class AnotherSaid:
    """The same label as before, and yet another parcel."""


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """The carrier's pile is done."""


@dataclass(frozen=True, slots=True)
class SizeChosen:
    """This size; `item` is a new id, used if the parcel has none yet. `shelf`: not behind a door."""

    size: Size
    item: str
    shelf: bool = False


@dataclass(frozen=True, slots=True)
class ShelfDone:
    """It lies at its place on the shelf."""


@dataclass(frozen=True, slots=True)
class Bigger:
    """It does not fit. `than`: how large the door is that was given, where it is known."""

    than: Size | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    """Take the parcel back: the one in hand, else the last one."""


@dataclass(frozen=True, slots=True)
class NextParcel:
    """On to the next parcel, or the next round."""


@dataclass(frozen=True, slots=True)
class SlipsPrinted:
    """The slips went to the printer."""


@dataclass(frozen=True, slots=True)
class ShelfWanted:
    """Somebody came for what lies on the shelf."""


@dataclass(frozen=True, slots=True)
class MoreWanted:
    """The next page of the shelf."""


@dataclass(frozen=True, slots=True)
class HandOverWanted:
    """This one (an item's id among those shown)."""

    item: str


@dataclass(frozen=True, slots=True)
class HandedOverSaid:
    """Yes, it is in its person's hands."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The bridge said something about one of our asks, received at `at_ms` (monotonic).

    `language` is that of the person whom a granted visit is for, where it is known. `people`: whom the
    parcels of a round that goes on are for, by what the hub tells now. `told`: of bags, with a stock; with a
    visit of somebody known, or a receipt, of what is on its way. `begins`: with a drop that nobody asked for.
    """

    ask: str
    body: AnswerBody
    at_ms: int
    language: str | None = None
    people: tuple[PersonName, ...] = ()
    told: tuple[Tracked | Service, ...] = ()
    begins: DropWanted | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The bridge said nothing to this ask, often enough repeated."""

    ask: str


@dataclass(frozen=True, slots=True)
class BridgeSeen:
    """The bridge's beat stopped or came back."""

    up: bool


@dataclass(frozen=True, slots=True)
class BagsOver:
    """These items are not on their way any more, as the hub says."""

    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class RevocationSeen:
    """The hub says that this kiosk is out of service (or no more, where it was put back to an older copy)."""

    revoked: bool


@dataclass(frozen=True, slots=True)
class ScaleSeen:
    """The bridge says whether bags can be weighed here."""

    fitted: bool


@dataclass(frozen=True, slots=True)
class RecordFailed:
    """The journal could not keep a fact: what hung on it was not done."""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer ended. One that is not the newest of its slot is stale."""

    slot: Slot
    serial: int


PersonEvent = (
    Touched
    | TypingBegan
    | CodeTyped
    | Scanned
    | Back
    | Leave
    | Show
    | Speak
    | Listen
    | Seat
    | HaveItSaid
    | MissingSaid
    | KeptSaid
    | OpenDoor
    | SkipDoor
    | StaffWanted
    | PinGiven
    | LabelGiven
    | Entered
    | PeopleFound
    | PersonChosen
    | UnknownSaid
    | SizeChosen
    | MarkSaid
    | PiecesSaid
    | SpecialWanted
    | PiecesWanted
    | RefuseWanted
    | RefuseSaid
    | AnotherSaid
    | ShelfDone
    | Bigger
    | Undo
    | NextParcel
    | RoundEnded
    | SlipsPrinted
    | ShelfWanted
    | MoreWanted
    | HandOverWanted
    | HandedOverSaid
    | HouseEvent
    | RelayEvent
    | DropEvent
)
Event = (
    PersonEvent
    | ScanDropped
    | Answered
    | NoAnswer
    | BridgeSeen
    | ScaleSeen
    | RevocationSeen
    | BagsOver
    | RecordFailed
    | TimerFired
)
