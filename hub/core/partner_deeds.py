"""What a partner did on its page, as its telephone keeps it and sends it. Pure.

A deed says how long ago it was, never at what time: the telephone's clock may be anything. Where nothing
steady tells the age, it says so (`sure` false), and the fact is marked as estimated. What becomes of a deed:
hub.core.partner_outcomes.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from contract import bag_tag
from contract import messages as m
from contract.scans import aim
from contract.scans.labels import number_of

MOST_DEEDS: Final = 100
OLDEST_MS: Final = 35 * 86_400_000
"""What is said to be older happened at that age at most: a telephone forgotten in a drawer."""

_Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Age = Annotated[int, Meta(ge=0, le=2**53)]
_Tags = Annotated[tuple[m.Label, ...], Meta(max_length=400)]


class Deed(Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """Root. `id` is made on the telephone, so that what is sent twice counts once.

    `of`: the site whose bags they are, as the hub told the page: two sites may have one number. `site` is the
    one chosen there, for what nobody knows.
    """

    id: _Hex
    age_ms: _Age = 0
    sure: bool = False
    site: m.DeviceId | None = None
    of: m.DeviceId | None = None


class Scan(Deed, frozen=True, kw_only=True, tag="scan"):
    """A bag was taken over, or given back."""

    side: Literal["take", "give"]
    tag: m.Label
    manifest: m.Id | None = None


class Load(Deed, frozen=True, kw_only=True, tag="load"):
    """These bags went into one machine together."""

    machine: m.Word
    tags: Annotated[tuple[m.Label, ...], Meta(min_length=1, max_length=60)]


class Close(Deed, frozen=True, kw_only=True, tag="close"):
    """A round was counted: `out` came from a site, `in` goes back to it; `missing` should be there too."""

    manifest: m.Id
    direction: Literal["out", "in"]
    tags: _Tags
    missing: _Tags = ()


class Note(Deed, frozen=True, kw_only=True, tag="note"):
    """Something is wrong with a bag, or with what is of an order; in words, perhaps with a photo (base64)."""

    tag: m.Label = ""
    order: m.Id | None = None
    what: Literal["stain", "missing_piece", "damaged", "other"]
    text: m.Text = ""
    photo: Annotated[str, Meta(max_length=2_800_000)] | None = None


class Count(Deed, frozen=True, kw_only=True, tag="count"):
    """So many pieces are in a bag, or are what is of an order."""

    tag: m.Label = ""
    order: m.Id | None = None
    pieces: m.Pieces


class Quote(Deed, frozen=True, kw_only=True, tag="quote"):
    """What the work on an order would cost."""

    order: m.Id
    cents: m.Cents
    text: m.Text = ""


class Done(Deed, frozen=True, kw_only=True, tag="done"):
    """`ready` pieces of `pieces` are done; all of the order where neither is told."""

    order: m.Id
    ready: m.Pieces | None = None
    pieces: m.Pieces | None = None


AnyDeed = Scan | Load | Close | Note | Count | Quote | Done


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """One sending of a telephone."""

    deeds: Annotated[tuple[AnyDeed, ...], Meta(max_length=MOST_DEEDS)]


def tag_of(scanned: str) -> str:
    """The tag in what was scanned or typed: ours as they are printed, others as kiosks keep them, too."""
    plain = aim.split(scanned.replace("\0", "").strip()).text.strip()
    return bag_tag.parse(plain) or number_of(plain)
