"""What this kiosk has written down of bags itself: a fold over its own facts, newest last.

The hub's feed tells the same, but later, and the hub may be offline for weeks. After a restart the last facts
of the journal are folded again, so that a hand-over that was cut short goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from contract import bag_tag
from contract import messages as m

MOST: Final = 600
"""So many bags, and so many manifests, are remembered; the oldest is forgotten first."""
GOES_ON_MS: Final = 2 * 3_600_000
"""So long after its last scan a return that was cut short goes on."""


@dataclass(frozen=True, slots=True)
class Given:
    """Scanned out to a partner on a manifest. `wall_ms`: when, where this kiosk's clock was known."""

    manifest: str
    partner: str
    wall_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One item, as far as it was written down here; `said` and `counted` are pieces.

    `returned`: it came back from a partner, and was not given to one since.
    `at_counter`: staff took it from its person's hand, and the bridge never had it. `word`: of its receipt.
    """

    item: str
    tag: str = ""
    person: str = ""
    kind: m.ItemKind = "bag"
    partner: str = ""
    service: str = ""
    said: int | None = None
    counted: int | None = None
    promised_ms: int | None = None
    given: Given | None = None
    returned: bool = False
    at_counter: bool = False
    order: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """What came back on a manifest that is not closed: items, unknown tags, the rounds they had gone on.

    `wall_ms`: when the last of it was scanned, where this kiosk's clock was known.
    """

    manifest: str
    items: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    rounds: frozenset[str] = frozenset()
    wall_ms: int | None = None

    def goes_on(self, now_ms: int | None) -> bool:
        """Whether it may be the same van: what nobody counted days ago is none of the next partner's."""
        return now_ms is not None and self.wall_ms is not None and abs(now_ms - self.wall_ms) <= GOES_ON_MS


@dataclass(frozen=True, slots=True)
class Memory:
    """`strange` are tags that nobody knows and that went along; `closed` are manifests.

    `answered` are quotes. `coming_back`: the return that was begun last, until it is counted.
    """

    traces: tuple[Trace, ...] = ()
    strange: tuple[tuple[str, Given], ...] = ()
    closed: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    coming_back: Return | None = None

    def trace(self, item: str) -> Trace:
        """What is known of this item; an empty trace where that is nothing."""
        return next((one for one in self.traces if one.item == item), Trace(item))

    def with_word(self, word: str) -> m.Tracked | None:
        """What has a receipt of this word, as the hub will tell it."""
        found = next((one for one in reversed(self.traces) if one.word == word), None)
        if found is None:
            return None
        return m.Tracked(
            item=found.item,
            person=found.person,
            kind=found.kind,
            state="dropped",
            number=bag_tag.printed(found.item),
            service=found.service or None,
            pieces=found.counted or found.said,
            promised_ms=found.promised_ms,
            word=word,
        )

    def open_manifest(self, partner: str) -> str:
        """The manifest of this partner that was begun and not closed; empty where there is none."""
        given = [one.given for one in self.traces if one.given is not None]
        given += [one for _, one in self.strange]
        mine = (one.manifest for one in given if one.partner == partner and one.manifest not in self.closed)
        return next(mine, "")

    def open_partners(self) -> frozenset[str]:
        """The partners with such a manifest."""
        given = [one.given for one in self.traces if one.given is not None]
        given += [one for _, one in self.strange]
        return frozenset(one.partner for one in given if one.manifest not in self.closed)

    def tags_on_their_way(self) -> frozenset[str]:
        """The tags of what was taken at the counter or given to a partner, and did not come back since."""
        return frozenset(
            one.tag for one in self.traces if one.tag and (one.at_counter or one.given is not None)
        )

    def strange_on(self, manifest: str) -> tuple[str, ...]:
        """The unknown tags that went along on this manifest."""
        return tuple(tag for tag, given in self.strange if given.manifest == manifest)


def without(memory: Memory, items: frozenset[str]) -> Memory:
    """The same without these: they have left for good, as the hub says, maybe at another kiosk."""
    return replace(memory, traces=tuple(one for one in memory.traces if one.item not in items))


def noted(memory: Memory, fact: m.Fact, wall_ms: int | None = None) -> Memory:
    """The same after this fact, written down at `wall_ms`. A fact twice is harmless."""
    match fact:
        case m.OrderPlaced():
            return _placed(memory, fact)
        case m.BagTagged(tag=tag, item=item):
            return _changed(_untagged(memory, tag), item, lambda one: replace(one, tag=tag))
        case m.PiecesCounted(item=item, pieces=int(pieces), by="person"):
            return _changed(memory, item, lambda one: replace(one, said=pieces))
        case m.PiecesCounted(item=item, pieces=int(pieces)):
            return _changed(memory, item, lambda one: replace(one, counted=pieces))
        case m.BagScanned(side="give", manifest=str(), other=m.Holder()):
            return _given(memory, fact, wall_ms)
        case m.BagScanned(side="take", tag=tag, item=item):
            taken = _taken(_returned(memory, fact, wall_ms), tag, item, fact.other is not None)
            return _from_hand(taken, item) if fact.post == "reception" and item is not None else taken
        case m.ManifestClosed(manifest=manifest) if manifest not in memory.closed:
            under_way = memory.coming_back
            over = under_way is not None and manifest.partition(".")[0] == under_way.manifest
            back = None if over else under_way
            return replace(memory, closed=(*memory.closed, manifest)[-MOST:], coming_back=back)
        case m.QuoteAnswered(quote=quote) if quote not in memory.answered:
            return replace(memory, answered=(*memory.answered, quote)[-MOST:])
        case m.ReceiptShown(order=order, word=str(word)):
            found = next((one.item for one in memory.traces if order in (one.order, one.item)), None)
            return memory if found is None else _changed(memory, found, lambda one: replace(one, word=word))
        case _:
            return memory


def _returned(memory: Memory, scan: m.BagScanned, wall_ms: int | None) -> Memory:
    """Something came back, on the return under way or on the first of a new one."""
    if scan.post != "return" or scan.manifest is None:
        return memory
    known = memory.coming_back
    back = known if known is not None and known.manifest == scan.manifest else Return(scan.manifest)
    back = replace(back, wall_ms=back.wall_ms if wall_ms is None else wall_ms)
    if scan.item is None:
        strange = (*(one for one in back.strange if one != scan.tag), scan.tag)
        return replace(memory, coming_back=replace(back, strange=strange[-MOST:]))
    given = memory.trace(scan.item).given
    rounds = back.rounds | ({given.manifest} if given is not None else set())
    items = (*(one for one in back.items if one != scan.item), scan.item)
    return replace(memory, coming_back=replace(back, items=items[-MOST:], rounds=rounds))


def _placed(memory: Memory, order: m.OrderPlaced) -> Memory:
    return _changed(
        memory,
        order.item,
        lambda one: replace(
            one,
            order=order.order,
            person=order.person,
            kind=order.kind,
            partner=order.partner,
            service=order.service,
            said=order.pieces if order.pieces is not None else one.said,
            promised_ms=order.promised_ms,
        ),
    )


def _given(memory: Memory, scan: m.BagScanned, wall_ms: int | None) -> Memory:
    if scan.manifest is None or scan.other is None:
        return memory
    given = Given(scan.manifest, scan.other.id, wall_ms)
    if scan.item is not None:
        return _changed(memory, scan.item, lambda one: _out(one, scan.tag, given))
    others = tuple(one for one in memory.strange if one[0] != scan.tag)
    return replace(memory, strange=(*others, (scan.tag, given))[-MOST:])


def _from_hand(memory: Memory, item: str) -> Memory:
    return _changed(memory, item, lambda one: replace(one, at_counter=True))


def _back(trace: Trace, tag: str, returned: bool) -> Trace:
    counter = trace.at_counter and not returned
    return replace(trace, tag=trace.tag or tag, given=None, returned=returned, at_counter=counter)


def _out(trace: Trace, tag: str, given: Given) -> Trace:
    return replace(trace, tag=trace.tag or tag, given=given, returned=False)


def _taken(memory: Memory, tag: str, item: str | None, returned: bool) -> Memory:
    if item is not None:
        return _changed(memory, item, lambda one: _back(one, tag, returned))
    return replace(memory, strange=tuple(one for one in memory.strange if one[0] != tag))


def _untagged(memory: Memory, tag: str) -> Memory:
    """From now on this tag is another item's."""
    traces = tuple(replace(one, tag="") if one.tag == tag else one for one in memory.traces)
    return replace(memory, traces=traces)


def _changed(memory: Memory, item: str, change: Callable[[Trace], Trace]) -> Memory:
    others = tuple(one for one in memory.traces if one.item != item)
    return replace(memory, traces=(*others, change(memory.trace(item)))[-MOST:])
