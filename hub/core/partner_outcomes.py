"""What becomes of what a partner did: the facts of it, at each site it is about. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from contract import messages as m
from contract.messages import Holder
from hub.core.partner_deeds import (
    OLDEST_MS,
    AnyDeed,
    Close,
    Count,
    Deed,
    Done,
    Load,
    Note,
    Quote,
    Scan,
    tag_of,
)

Why = Literal["manifest", "order", "over", "site", "tag"]


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
        case Note(order=str(order)) | Count(order=str(order)) if order not in known.orders:
            return "order"
        case Count(order=None) if any(_item(part, known) is None for part in parts):
            return "tag"
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

    @property
    def tag(self) -> str:
        """The first; of what has none, nothing."""
        return self.tags[0] if self.tags else ""


def _item(part: _Part, known: Knowledge) -> str | None:
    return known.bags.get(part.tag, {}).get(part.site)


def _parts(deed: AnyDeed, known: Knowledge) -> list[_Part]:
    """By site: the order's, else those of its round and its tags; at least one, maybe nobody's."""
    match deed:
        case (
            Quote(order=str(order))
            | Done(order=str(order))
            | Note(order=str(order))
            | Count(order=str(order))
        ):
            return [
                _Part(
                    known.orders[order].site if order in known.orders else "",
                    _tags((getattr(deed, "tag", ""),)),
                )
            ]
        case Scan() | Note() | Count():
            return _by_site(deed, known, _tags((deed.tag,)))
        case Load() | Close():
            return _by_site(deed, known, _tags(deed.tags))


def _by_site(deed: Deed, known: Knowledge, tags: tuple[str, ...]) -> list[_Part]:
    """A part for each site; what nobody knows goes with the rest, else to the site that was chosen."""
    left_from = known.rounds.get(getattr(deed, "manifest", None) or "", {})
    missing = _tags(deed.missing) if isinstance(deed, Close) else ()
    at = {tag: _site_of(tag, deed, known, left_from) for tag in (*tags, *missing)}
    chosen = deed.site if deed.site in known.sites else next(iter(known.sites), "")
    rest = next(iter(left_from), None) or next((at[tag] for tag in tags if at[tag]), None) or chosen
    counted = left_from if isinstance(deed, Close) else {}
    absent = [tag for tag in missing if _may_be_missing(tag, at[tag], deed, known, left_from)]
    begun = [*counted, *(at[tag] or rest for tag in tags), *(at[tag] or rest for tag in absent)]
    sites = dict.fromkeys(begun) or {rest: None}
    return [_Part(site, *(_there(some, at, site, rest) for some in (tags, absent))) for site in sites]


def _there(tags: Iterable[str], at: Mapping[str, str | None], site: str, rest: str) -> tuple[str, ...]:
    return tuple(tag for tag in tags if (at[tag] or rest) == site)


def _may_be_missing(
    tag: str, site: str | None, deed: Deed, known: Knowledge, left_from: Mapping[str, frozenset[str]]
) -> bool:
    """What left for them in this round, or what is at them and should go back."""
    if isinstance(deed, Close) and deed.direction == "in":
        return site in known.bags.get(tag, {})
    return tag in left_from.get(site or "", ())


def _site_of(tag: str, deed: Deed, known: Knowledge, left_from: Mapping[str, frozenset[str]]) -> str | None:
    """Where the page was told it is; else it left from there in this round, or is a known item's there."""
    items = known.bags.get(tag, {})
    sites = [*items, *(site for site, tags in left_from.items() if tag in tags)]
    if deed.of in sites or deed.of in known.sites:
        return deed.of

    def doubt(site: str) -> tuple[bool, ...]:
        here = tag in left_from.get(site, ())
        return not here, items.get(site) is None, site not in left_from, site != deed.site

    return min(sites, key=doubt, default=None)


# --- what is told --------------------------------------------------------------------------------


def _told(by: Holder, deed: AnyDeed, part: _Part, known: Knowledge, *, first: bool) -> SiteFact:
    event = event_id(by.id, deed.id, "" if first else part.site)
    return SiteFact(event, part.site, _fact(event, by, deed, part, known))


def _fact(event: str, by: Holder, deed: AnyDeed, part: _Part, known: Knowledge) -> m.OrderFact:
    tag, item = part.tag, _item(part, known)
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
        case Count():
            item = known.orders[deed.order].item if deed.order else item or ""
            return m.PiecesCounted(item=item, by="partner", pieces=deed.pieces, who=by.id)
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
