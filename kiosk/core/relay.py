"""Where every bag is: what the bridge holds, what the hub told and what was written down here, as one list.

Places are the bridge's word, tags and partners the hub's or this kiosk's own. A tag may be anybody's make;
one printed here says when it was misread.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from contract import bag_tag
from contract import messages as m
from kiosk.core.relay_memory import Given, Memory, Trace
from kiosk.core.relay_screens import Heard
from kiosk.core.scans import compared, number_of

At = Literal["dropped", "in_hand", "away", "ready", "ordered", "lost", "gone"]
_KINDS: Final = frozenset({"bag", "object", "basket"})


@dataclass(frozen=True, slots=True)
class Bag:
    """One bag or thing of the relay. `where`: the number or label of its place. `said`: pieces.

    `held`: the bridge knows it; what staff took at the counter it does not before it comes back.
    `cancelled`: its order is no more.
    """

    item: str
    person: str
    kind: m.ItemKind
    size: m.Size
    at: At
    compartment: int | None = None
    where: str = ""
    tag: str = ""
    number: str = ""
    partner: str = ""
    service: str = ""
    said: int | None = None
    counted: int | None = None
    promised_ms: int | None = None
    given: Given | None = None
    returned: bool = False
    held: bool = True
    cancelled: bool = False
    ticket: int | None = None

    @property
    def pieces(self) -> int | None:
        """How many pieces it has, as the last one who counted says."""
        return self.counted if self.counted is not None else self.said

    @property
    def with_partner(self) -> str:
        """Whose work it is; of what has no order, who it was given to."""
        return self.partner or (self.given.partner if self.given is not None else "")

    @property
    def goes_back(self) -> bool:
        """Whether it is here and goes back to its person as it is, and to no partner."""
        return self.cancelled and self.at in ("dropped", "in_hand")

    @property
    def label(self) -> str:
        """What can be read on it: its tag, else the tag that would be printed for it."""
        return self.tag or bag_tag.printed(self.item)

    def on(self, manifest: str) -> bool:
        """Whether it was scanned out on this manifest, and is with us or its partner."""
        given = self.given is not None and self.given.manifest == manifest
        return given and self.at in ("in_hand", "away")


@dataclass(frozen=True, slots=True)
class Relay:
    """What staff know of bags during one visit, and how far what they do has come.

    `told` and `services` are the hub's. `early` was scanned before its door was shut. `queue` are items that
    came back and wait for their place, `back` all that came back on `manifest`, `strange` tags of nobody's,
    `rounds` the manifests on which what came back had gone.
    """

    told: tuple[m.Tracked, ...] = ()
    services: tuple[m.Service, ...] = ()
    heard: Heard = field(default_factory=Heard)
    partner: str = ""
    manifest: str = ""
    early: str = ""
    total: int = 0
    passed: frozenset[str] = frozenset()
    queue: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    rounds: frozenset[str] = frozenset()

    def partner_name(self, partner: str) -> str:
        """What a partner is called; empty where the hub has not told."""
        return next((one.partner_name for one in self.services if one.partner == partner), "")

    def service(self, service: str) -> m.Service | None:
        """A service of this site."""
        return next((one for one in self.services if one.service == service), None)


def bags(stock: m.Stock | None, relay: Relay, memory: Memory) -> tuple[Bag, ...]:
    """All that is known, places in their order, then hands, partners, and what is only told of."""
    told = {one.item: one for one in relay.told}
    traces = {one.item: one for one in memory.traces}
    found: list[Bag] = []
    for item, at, place in _held(stock):
        one, trace = told.get(item.item), traces.get(item.item, Trace(item.item))
        if item.kind in _KINDS or item.dropped or one is not None or trace.partner:
            found.append(_joined(item, at, place, one, trace))
    seen = {one.item for one in found}
    found += [_only_told(one, memory, traces) for one in relay.told if one.item not in seen]
    seen |= set(told)
    found += [
        _not_held(one, _by_scans(one, memory) or "gone", None)
        for one in memory.traces
        if one.item not in seen
    ]
    return tuple(found)


def find(all_bags: tuple[Bag, ...], text: str) -> Bag | None:
    """The bag with this tag, scanned or typed; one that is here or on its way before one that is not."""
    wanted = compared(tag_of(text))
    fits = [one for one in all_bags if wanted in (compared(one.tag), compared(one.number))]
    here = [one for one in fits if one.at not in ("lost", "gone")]
    return next(iter(here or sorted(fits, key=lambda one: one.at == "gone")), None) if wanted else None


def tag_of(text: str) -> str:
    """A tag as it is kept: ours as it is printed, any other as a label is kept (kiosk.core.scans)."""
    return bag_tag.parse(text) or number_of(text)


def is_misread(text: str) -> bool:
    """Whether it has the form of our tags and is none."""
    return bag_tag.is_ours(text.strip().upper()) and bag_tag.parse(text) is None


def _held(stock: m.Stock | None) -> list[tuple[m.StockItem, At, m.StockPlace | None]]:
    if stock is None:
        return []
    held: list[tuple[m.StockItem, At, m.StockPlace | None]] = [
        (place.item, _at_place(place.item), place) for place in stock.places if place.item is not None
    ]
    held += [(item, "in_hand", None) for item in stock.in_hand]
    held += [(item, "away", None) for item in stock.away]
    return held


def _at_place(item: m.StockItem) -> At:
    if item.dropped:
        return "dropped"
    return "gone" if item.stage == "collected" else "ready"


def _joined(
    item: m.StockItem, at: At, place: m.StockPlace | None, told: m.Tracked | None, trace: Trace
) -> Bag:
    return Bag(
        item=item.item,
        person=item.person,
        kind=item.kind,
        size=item.size,
        at="lost" if at == "away" and told is not None and told.lost else at,
        compartment=place.compartment if place is not None else None,
        where=str(place.label or place.compartment) if place is not None else "",
        tag=trace.tag or (told.tag if told is not None else ""),
        number=(told.number or "") if told is not None else "",
        partner=((told.partner or "") if told is not None else "") or trace.partner,
        service=((told.service or "") if told is not None else "") or trace.service,
        said=told.pieces if told is not None and told.pieces is not None else trace.said,
        counted=trace.counted,
        promised_ms=told.promised_ms if told is not None else trace.promised_ms,
        given=trace.given,
        returned=trace.returned,
        cancelled=told is not None and told.cancelled,
        ticket=item.ticket,
    )


def _only_told(told: m.Tracked, memory: Memory, traces: dict[str, Trace]) -> Bag:
    """The bridge holds it not, or not yet: it is where it was scanned last, else where the hub says."""
    trace = traces.get(told.item, Trace(told.item))
    at: At = told.state if told.state in ("ordered", "away", "in_hand") else "gone"
    at = "lost" if told.lost else _by_scans(trace, memory) or at
    return _not_held(trace, at, told)


def _by_scans(trace: Trace, memory: Memory) -> At | None:
    """Where what was taken at the counter is, if it was not back yet."""
    if not trace.at_counter:
        return None
    return "away" if trace.given is not None and trace.given.manifest in memory.closed else "in_hand"


def _not_held(trace: Trace, at: At, told: m.Tracked | None) -> Bag:
    person, kind = (told.person, told.kind) if told is not None else (trace.person, trace.kind)
    item = m.StockItem(item=trace.item, person=person or trace.item, kind=kind, size="M", stage="away")
    return replace(_joined(item, at, None, told, trace), held=False)
