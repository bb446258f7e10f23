"""What a partner did on its page, as its telephone keeps it until there is a network; the facts of it. Pure.

A deed says how long ago it was, never at what time: the telephone's clock may be anything. Where nothing
steady tells the age, it says so (`sure` false), and the fact is marked as estimated.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, NamedTuple

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
    """Something is wrong with a bag, or with what is of an order; in words, perhaps with a photo (base64)."""

    tag: m.Label = ""
    order: m.Id | None = None
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


Why = Literal["manifest", "order", "over", "site", "tag"]
AnyDeed = Scan | Load | Close | Note | Quote | Done


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """One sending of a telephone."""

    deeds: Annotated[tuple[AnyDeed, ...], Meta(max_length=MOST_DEEDS)]


@dataclass(frozen=True)
class Order:
    """An order of the partner's; it is over when it is done or cancelled."""

    site: str
    item: str
    over: bool = False


@dataclass(frozen=True)
class Knowledge:
    """What a partner may refer to: sites it works at, and what is, or comes, to it."""

    sites: tuple[str, ...] = ()
    orders: Mapping[str, Order] = field(default_factory=dict)
    bags: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """By tag, the item at each site: several sites may have a bag under one tag."""
    rounds: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    """By manifest, the tags that left from each site."""
    others: frozenset[str] = frozenset()
    """Manifests that are another partner's."""


class SiteFact(NamedTuple):
    """A fact, where it is told and as which event of the ledger."""

    event: str
    site: str
    fact: m.OrderFact


@dataclass(frozen=True)
class Outcome:
    """What is told of a deed, a fact for each site it is about; none, and `why`, where it cannot be."""

    at_ms: int
    estimated: bool
    facts: tuple[SiteFact, ...]
    why: Why | None = None


def event_id(partner: str, deed: str, site: str = "") -> str:
    """The deed's id in the ledger: nobody can take another's, or a device's, before it comes.

    Of a deed about several sites the first fact has the deed's own id, each other one its site's.
    """
    told = f"partner\0{partner}\0{deed}" + (f"\0{site}" if site else "")
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def tag_of(scanned: str) -> str:
    """The tag in what was scanned or typed: ours as they are printed, others as they came."""
    plain = aim.split(scanned.replace("\0", "").strip()).text.strip()
    return bag_tag.parse(plain) or plain


def outcome(partner: str, deed: AnyDeed, known: Knowledge, now_ms: int) -> Outcome:
    """What this deed makes of what is known."""
    age_ms = min(deed.age_ms, OLDEST_MS)
    sure = deed.sure and deed.age_ms <= OLDEST_MS
    parts = _parts(deed, known)
    why = _objection(deed, parts, known)
    by = Holder(kind="partner", id=partner)
    facts = [] if why else [_told(by, deed, part, known, first=not n) for n, part in enumerate(parts)]
    return Outcome(now_ms - age_ms, not sure, tuple(facts), why)


def _objection(deed: AnyDeed, parts: Sequence["_Part"], known: Knowledge) -> Why | None:
    match deed:
        case Quote(order=order) | Done(order=order) if order not in known.orders:
            return "order"
        case Quote(order=order) if known.orders[order].over:
            return "over"
        case Note(order=str(order)) if order not in known.orders:
            return "order"
        case Note(order=None, tag=tag) | Scan(tag=tag) if not tag_of(tag):
            return "tag"
        case Load(tags=tags) if not _tags(tags):
            return "tag"
        case Close(manifest=manifest) if manifest in known.others:
            return "manifest"
    return None if all(part.site for part in parts) else "site"


# --- whose matter it is --------------------------------------------------------------------------


class _Part(NamedTuple):
    """What a deed is about at one site."""

    site: str
    tags: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def _parts(deed: AnyDeed, known: Knowledge) -> list[_Part]:
    """By site: the order's, else those of its round and its tags; at least one, maybe nobody's."""
    match deed:
        case Quote(order=str(order)) | Done(order=str(order)) | Note(order=str(order)):
            return [
                _Part(
                    known.orders[order].site if order in known.orders else "",
                    _tags((getattr(deed, "tag", ""),)),
                )
            ]
        case Scan() | Note():
            return _by_site(deed, known, _tags((deed.tag,)))
        case Load() | Close():
            return _by_site(deed, known, _tags(deed.tags))


def _by_site(deed: Scan | Note | Load | Close, known: Knowledge, tags: tuple[str, ...]) -> list[_Part]:
    """A part for each site; what nobody knows goes with the rest, else to the site that was chosen."""
    left_from = known.rounds.get(getattr(deed, "manifest", None) or "", {})
    at = {tag: _site_of(tag, deed, known, left_from) for tag in tags}
    chosen = deed.site if deed.site in known.sites else next(iter(known.sites), "")
    rest = next(iter(left_from), None) or next((site for site in at.values() if site), None) or chosen
    counted = left_from if isinstance(deed, Close) else {}
    sites = dict.fromkeys([*counted, *(site or rest for site in at.values())]) or {rest: None}
    missing = _tags(deed.missing) if isinstance(deed, Close) else ()
    return [
        _Part(
            site,
            tuple(tag for tag in tags if (at[tag] or rest) == site),
            tuple(tag for tag in missing if tag in left_from.get(site, ())),
        )
        for site in sites
    ]


def _site_of(tag: str, deed: Deed, known: Knowledge, left_from: Mapping[str, frozenset[str]]) -> str | None:
    """Where the tag is known: it left from there in this round, else it is a known item's there."""
    items = known.bags.get(tag, {})
    sites = [*items, *(site for site, tags in left_from.items() if tag in tags)]

    def doubt(site: str) -> tuple[bool, ...]:
        here = tag in left_from.get(site, ())
        return not here, items.get(site) is None, site not in left_from, site != deed.site

    return min(sites, key=doubt, default=None)


# --- what is told --------------------------------------------------------------------------------


def _told(by: Holder, deed: AnyDeed, part: _Part, known: Knowledge, *, first: bool) -> SiteFact:
    event = event_id(by.id, deed.id, "" if first else part.site)
    return SiteFact(event, part.site, _fact(event, by, deed, part, known))


def _fact(event: str, by: Holder, deed: AnyDeed, part: _Part, known: Knowledge) -> m.OrderFact:
    tag = part.tags[0] if part.tags else ""
    item = known.bags.get(tag, {}).get(part.site)
    match deed:
        case Scan():
            return m.BagScanned(tag=tag, side=deed.side, holder=by, item=item, manifest=deed.manifest)
        case Load():
            return m.LoadMade(load=event, machine=deed.machine, tags=part.tags, holder=by)
        case Close():
            return m.ManifestClosed(
                manifest=deed.manifest,
                partner=by.id,
                direction=deed.direction,
                tags=part.tags,
                missing=part.missing,
                by=by,
            )
        case Note():
            item = known.orders[deed.order].item if deed.order else item
            return m.BagNoted(note=event, tag=tag, what=deed.what, by=by, item=item)
        case Quote():
            return m.QuoteMade(quote=event, order=deed.order, cents=deed.cents, by=by)
        case Done():
            return m.WorkDone(order=deed.order, by=by, ready=deed.ready, pieces=deed.pieces)


def _tags(scanned: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order they came."""
    return tuple(dict.fromkeys(tag for tag in map(tag_of, scanned) if tag))
