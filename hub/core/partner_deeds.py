"""What a partner did on its page, as its telephone keeps it until there is a network; the facts of it. Pure.

A deed says how long ago it was, never at what time: the telephone's clock may be anything. Where nothing
steady tells the age, it says so (`sure` false), and the fact is marked as estimated.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from contract import bag_tag
from contract import messages as m
from contract.messages import Holder
from contract.scans import aim

MOST_DEEDS: Final = 100
OLDEST_MS: Final = 35 * 86_400_000
"""What is said to be older happened at that age at most: a telephone forgotten in a drawer."""

_Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Age = Annotated[int, Meta(ge=0, le=2**53)]
_Tags = Annotated[tuple[m.Label, ...], Meta(max_length=400)]


class Deed(Struct, frozen=True, kw_only=True, tag_field="do", forbid_unknown_fields=True):
    """Root. `id` is made on the telephone, so that what is sent twice counts once; `site` as chosen there."""

    id: _Hex
    age_ms: _Age = 0
    sure: bool = False
    site: m.DeviceId | None = None


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
    """A round was counted: `out` came from a site, `in` goes back to it."""

    manifest: m.Id
    direction: Literal["out", "in"]
    tags: _Tags
    missing: _Tags = ()


class Note(Deed, frozen=True, kw_only=True, tag="note"):
    """Something is wrong with a bag, in words and perhaps with a photo (base64)."""

    tag: m.Label
    what: Literal["stain", "missing_piece", "damaged", "other"]
    text: m.Text = ""
    photo: Annotated[str, Meta(max_length=2_800_000)] | None = None


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


Why = Literal["order", "site", "tag"]
AnyDeed = Scan | Load | Close | Note | Quote | Done


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """One sending of a telephone."""

    deeds: Annotated[tuple[AnyDeed, ...], Meta(max_length=MOST_DEEDS)]


@dataclass(frozen=True)
class Knowledge:
    """What a partner may refer to: sites it works at, and site and item of what is, or comes, to it."""

    sites: tuple[str, ...]
    orders: Mapping[str, str]
    """Site by order."""
    bags: Mapping[str, tuple[str, str | None]]
    """Site and item by tag."""
    manifests: Mapping[str, str]
    """Site by manifest."""


@dataclass(frozen=True)
class Outcome:
    """The fact of a deed; `fact` is None, and `why` says it, where there can be none."""

    event: str
    site: str
    at_ms: int
    estimated: bool
    fact: m.OrderFact | None
    why: Why | None = None


def event_id(partner: str, deed: str) -> str:
    """The deed's id in the ledger: nobody can take another's, or a device's, before it comes."""
    return hashlib.sha256(f"partner\0{partner}\0{deed}".encode()).hexdigest()[:40]


def tag_of(scanned: str) -> str:
    """The tag in what was scanned or typed: ours as they are printed, others as they came."""
    plain = aim.split(scanned.replace("\0", "").strip()).text.strip()
    return bag_tag.parse(plain) or plain


def outcome(partner: str, deed: AnyDeed, known: Knowledge, now_ms: int) -> Outcome:
    """What this deed makes of what is known."""
    event, site = event_id(partner, deed.id), _site(deed, known)
    age_ms = min(deed.age_ms, OLDEST_MS)
    sure = deed.sure and deed.age_ms <= OLDEST_MS
    why = _objection(deed, site, known)
    fact = None if why else _fact(event, Holder(kind="partner", id=partner), deed, known)
    return Outcome(event, site, now_ms - age_ms, not sure, fact, why)


def _objection(deed: AnyDeed, site: str, known: Knowledge) -> Why | None:
    if isinstance(deed, Quote | Done) and deed.order not in known.orders:
        return "order"
    if isinstance(deed, Scan | Note) and not tag_of(deed.tag):
        return "tag"
    if isinstance(deed, Load) and not _tags(deed.tags):
        return "tag"
    return None if site else "site"


def _site(deed: AnyDeed, known: Knowledge) -> str:
    """Whose matter it is: the order's, the manifest's, the bag's, or as was chosen; empty: nobody's."""
    match deed:
        case Quote(order=order) | Done(order=order):
            return known.orders.get(order, "")
        case Scan(tag=tag, manifest=manifest):
            found = known.manifests.get(manifest or "") or _site_of(known, [tag])
        case Close(manifest=manifest, tags=tags):
            found = known.manifests.get(manifest) or _site_of(known, tags)
        case Load(tags=tags):
            found = _site_of(known, tags)
        case Note(tag=tag):
            found = _site_of(known, [tag])
    if found:
        return found
    return deed.site if deed.site in known.sites else next(iter(known.sites), "")


def _site_of(known: Knowledge, tags: tuple[str, ...] | list[str]) -> str | None:
    there = (known.bags.get(tag_of(tag)) for tag in tags)
    return next((bag[0] for bag in there if bag is not None), None)


def _fact(event: str, by: Holder, deed: AnyDeed, known: Knowledge) -> m.OrderFact:
    match deed:
        case Scan():
            tag = tag_of(deed.tag)
            item = known.bags.get(tag, ("", None))[1]
            return m.BagScanned(tag=tag, side=deed.side, holder=by, item=item, manifest=deed.manifest)
        case Load():
            return m.LoadMade(load=event, machine=deed.machine, tags=_tags(deed.tags), holder=by)
        case Close():
            return m.ManifestClosed(
                manifest=deed.manifest,
                partner=by.id,
                direction=deed.direction,
                tags=_tags(deed.tags),
                missing=_tags(deed.missing),
                by=by,
            )
        case Note():
            tag = tag_of(deed.tag)
            item = known.bags.get(tag, ("", None))[1]
            return m.BagNoted(note=event, tag=tag, what=deed.what, by=by, item=item)
        case Quote():
            return m.QuoteMade(quote=event, order=deed.order, cents=deed.cents, by=by)
        case Done():
            return m.WorkDone(order=deed.order, by=by, ready=deed.ready, pieces=deed.pieces)


def _tags(scanned: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order they came."""
    return tuple(dict.fromkeys(tag for tag in map(tag_of, scanned) if tag))
