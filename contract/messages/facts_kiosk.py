"""Facts of the kiosk: what was said and done at a screen."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.messages.base import Count, Fact, Id, ItemKind, Label, Size, Word


class PickupAsked(Fact, frozen=True, kw_only=True, tag="pickup_asked"):
    """Somebody presented a code here (never which one)."""

    ask: Id
    way: Literal["typed", "qr"]


class ParcelReceived(Fact, frozen=True, kw_only=True, tag="parcel_received"):
    """Staff took a parcel in charge at this kiosk; said again, this is what they say of it now.

    `named` false: nobody here knows whose it is yet, and `person` is an id made for it alone. `pieces`: of
    how many the delivery consists. `heavy`: more than 10 kg. `perishable`: never behind a door.
    """

    item: Id
    person: Id
    staff: Id
    size: Size
    kind: ItemKind = "parcel"
    label: Label = ""
    carrier: Word | None = None
    named: bool = True
    pieces: Annotated[int, Meta(ge=1, le=99)] = 1
    damaged: bool = False
    heavy: bool = False
    perishable: bool = False


class ParcelRefused(Fact, frozen=True, kw_only=True, tag="parcel_refused"):
    """Staff did not take a parcel from its carrier."""

    item: Id
    staff: Id
    why: Literal["damaged", "stranger", "too_big", "no_room", "perishable", "other"]
    label: Label = ""
    carrier: Word | None = None


class PileCounted(Fact, frozen=True, kw_only=True, tag="pile_counted"):
    """What the carrier's slip announces, beside what staff took in and refused of this delivery.

    `again`: the same staff counted the same delivery here before; this count stands in place of that one.
    """

    staff: Id
    announced: Count
    received: Count
    refused: Count = 0
    carrier: Word | None = None
    again: bool = False


class PersonSaid(Fact, frozen=True, kw_only=True, tag="person_said"):
    """What somebody answered on the screen about an item."""

    visit: Id
    item: Id
    said: Literal["have_it", "missing", "too_high", "too_heavy", "empty", "wrong", "help"]


class SlipShown(Fact, frozen=True, kw_only=True, tag="slip_shown"):
    """The ticket with the code was shown or printed for the person (never what it says)."""

    item: Id
    pickup: Id
    how: Literal["screen", "print"]


class HelpAsked(Fact, frozen=True, kw_only=True, tag="help_asked"):
    """Somebody touched Help; or, of an `item` that nobody finds, its person is here and was told so."""

    screen: Word
    visit: Id | None = None
    item: Id | None = None


class ScanRefused(Fact, frozen=True, kw_only=True, tag="scan_refused"):
    """A scan that no label has: control characters, or far too long. Its text is not kept."""

    why: Literal["control", "too_long", "encoding"]
    length: Count


KioskFact = (
    PickupAsked
    | ParcelReceived
    | ParcelRefused
    | PileCounted
    | PersonSaid
    | SlipShown
    | HelpAsked
    | ScanRefused
)
