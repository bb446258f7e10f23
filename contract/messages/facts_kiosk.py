"""Facts of the kiosk: what was said and done at a screen."""

from typing import Literal

from contract.messages.base import Count, Fact, Id, ItemKind, Label, Size, Word


class PickupAsked(Fact, frozen=True, kw_only=True, tag="pickup_asked"):
    """Somebody presented a code here (never which one)."""

    ask: Id
    way: Literal["typed", "qr"]


class ParcelReceived(Fact, frozen=True, kw_only=True, tag="parcel_received"):
    """Staff took a parcel in charge at this kiosk."""

    item: Id
    person: Id
    staff: Id
    size: Size
    kind: ItemKind = "parcel"
    label: Label = ""
    carrier: Word | None = None


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
    """Somebody touched Help."""

    screen: Word
    visit: Id | None = None


class ScanRefused(Fact, frozen=True, kw_only=True, tag="scan_refused"):
    """A scan that no label has: control characters, or far too long. Its text is not kept."""

    why: Literal["control", "too_long", "encoding"]
    length: Count


KioskFact = PickupAsked | ParcelReceived | PersonSaid | SlipShown | HelpAsked | ScanRefused
