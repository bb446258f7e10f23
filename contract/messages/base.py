"""Words and limits that all messages share, and their root."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

DEVICE_PATTERN = r"^[a-z0-9-]{1,40}\Z"  # not `$`, which lets a line end through

DeviceId = Annotated[str, Meta(pattern=DEVICE_PATTERN)]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}\Z")]
"""An opaque identifier: a uuid in hex for whatever the system names itself."""
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Word = Annotated[str, Meta(min_length=1, max_length=40)]
Text = Annotated[str, Meta(max_length=400)]
Label = Annotated[str, Meta(max_length=256)]
"""What a scanner read or a person typed: kept as it came."""
Mark = Annotated[str, Meta(max_length=40)]
"""What the lockers know a parcel by: its label, or a digest of a long one (contract.scans.labels.mark_of)."""
Count = Annotated[int, Meta(ge=0, le=2**53)]
WallMs = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""Milliseconds since 1970 UTC, as far as the sender knew; bounded, so that any database can hold it."""
Compartment = Annotated[int, Meta(ge=1, le=9999)]
Generation = Annotated[int, Meta(ge=1, le=2**31)]
Ticket = Annotated[int, Meta(ge=10, le=999)]
Seconds = Annotated[int, Meta(ge=0, le=86_400 * 400)]

ItemKind = Literal["parcel", "letter", "registered_letter", "bag", "object", "basket", "key"]
Size = Literal["S", "M", "L", "XL"]
TakenOutWhy = Literal["undo", "move", "return", "hand_over", "relay"]
"""Why staff take something out of its place: a mistake, another place, the carrier, its person, a partner."""
End = Literal["returned", "lost", "destroyed", "misread"]
"""How what was on its way ends without a door: its person has it, or it will not come back, or never was."""
Identity = Literal["known", "document"]
"""How staff made sure who receives something: they know the person, or saw a document (never kept)."""
Cents = Annotated[int, Meta(ge=0, le=10_000_000)]
"""Money in cents of a euro: never a float."""
Pieces = Annotated[int, Meta(ge=1, le=999)]
Grams = Annotated[int, Meta(ge=0, le=1_000_000)]
ProxyNumber = Annotated[int, Meta(ge=1, le=999)]
DoorState = Literal["closed", "open", "unknown"]
Authority = Literal["code", "staff", "order", "installer", "visitor"]
"""By what right a door opens; `visitor`: somebody drops something behind an empty one."""
ClockQuality = Literal["synced", "held", "unknown"]


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Root of every message: immutable, keyword-only, defaults left out on the wire."""


class Fact(Message, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """Something that happened. It goes through the journal, and only there."""
