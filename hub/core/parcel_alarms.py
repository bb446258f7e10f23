"""Parcels that need somebody, and people who must be told something by hand. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from hub.core.sight import Parcel
from hub.core.things import Thing, Tone, event_of

FEW_SLIPS: Final = 3
"""More are one thing to do."""
NAMELESS_MS: Final = 3_600_000
"""What came a moment ago is still being looked at."""
FRESH_MS: Final = 4 * 3_600_000
"""How long what must stay cool may wait before somebody calls."""
KEPT: Final = "kept-"
DOUBLE: Final = "double-"
_LOOKED_AT: Final = frozenset({"empty", "missing", "wrong"})
"""What somebody may have been wrong about: who looked finds it where it was, and tells them."""
IN_HAND_MS: Final = 30 * 60_000
"""How long staff may have something in their hands before somebody asks."""


@dataclass(frozen=True)
class Untold:
    """Somebody to be given a slip: `failed` where a message was tried, else paper is the only way.

    `spoken`: there is no code to give, they are to be told by word of mouth; `asked`: to agree to a price;
    `opened`: that staff had their door opened; `misled`: that what they were told of is somebody else's.
    """

    site: str
    item: str
    name: str
    failed: bool
    since_ms: int
    spoken: bool = False
    asked: bool = False
    opened: bool = False
    misled: bool = False


@dataclass(frozen=True)
class Ending:
    """At a site, `count` things whose days run out (`near`), or are over since `since_ms` (`due`)."""

    kind: Literal["near", "due"]
    site: str
    count: int
    since_ms: int | None = None


@dataclass(frozen=True)
class Nameless:
    """What lies at a site and nobody knows whose it is: since when each, the oldest first."""

    site: str
    since_ms: tuple[int, ...]


@dataclass(frozen=True)
class Pile:
    """What a carrier's slip announced, beside what was taken in and refused; `event` tells of it."""

    event: str
    site: str
    at_ms: int
    carrier: str | None
    announced: int
    received: int
    refused: int
    staff: str = ""

    @property
    def differs(self) -> bool:
        """Whether the two sides do not come to the same."""
        return self.announced != self.received + self.refused


@dataclass(frozen=True)
class Double:
    """`count` things of a site bear one number; `item` is the one that came last there.

    `elsewhere` are other sites that have one of this number too: one of the two is not where it is believed
    to be, and somebody there was told to come. `newest` came last of all, at `since_ms`.
    """

    site: str
    item: str
    since_ms: int
    compartments: tuple[int, ...]
    count: int
    elsewhere: tuple[str, ...] = ()
    newest: str = ""

    @property
    def event(self) -> str:
        """An id of its own, under which somebody at this site sees to it, until another comes anywhere."""
        if not self.elsewhere:
            return self.item
        return event_of(DOUBLE, self.site, self.newest)


@dataclass(frozen=True)
class Stray:
    """A thing of this number lies at a site since then, and others, mostly one, were told to expect it."""

    site: str
    item: str
    since_ms: int
    number: str
    awaited_at: tuple[str, ...]


def kept_event(parcel: Parcel) -> str | None:
    """Under what whoever looked says that they saw to it: another each time; None where it must be moved."""
    if parcel.kept_why not in _LOOKED_AT:
        return None
    return event_of(KEPT, parcel.id, parcel.since_ms)


def kept_thing(parcel: Parcel) -> Thing:
    """A card for what somebody said was not in their hands."""
    where = (parcel.compartment,) if parcel.compartment and not parcel.place else ()
    detail, event = parcel.kept_why or "", kept_event(parcel)
    return Thing("warn", "kept", parcel.site, parcel.since_ms, where, parcel.id, event=event, detail=detail)


def untold_things(people: list[Untold]) -> Iterable[Thing]:
    """A card for each person; one for a whole pile of slips of a site, which are printed at once."""
    for site in sorted({person.site for person in people}):
        here = [person for person in people if person.site == site]
        slips = [person for person in here if not person.spoken]
        if len(slips) > FEW_SLIPS:
            tone: Tone = "warn" if any(person.failed for person in slips) else "info"
            since = min(person.since_ms for person in slips)
            yield Thing(tone, "papers", site, since, count=len(slips))
            here = [person for person in here if person.spoken]
        yield from map(_one_untold, here)


def _one_untold(person: Untold) -> Thing:
    said = "unasked" if person.asked else "unheard" if person.opened else "unsaid"
    said = "misled" if person.misled else said
    kind = said if person.spoken else "untold" if person.failed else "paper"
    tone: Tone = "warn" if kind == "untold" else "info"
    return Thing(tone, kind, person.site, person.since_ms, item=person.item, detail=person.name)


def in_hand_thing(parcel: Parcel) -> Thing:
    """What staff have had for long."""
    return Thing("warn", "in_hand", parcel.site, parcel.taken_ms, item=parcel.id, detail=parcel.staff or "")


def fresh_thing(parcel: Parcel) -> Thing:
    """What must stay cool and has waited for hours."""
    return Thing("warn", "fresh", parcel.site, parcel.since_ms, item=parcel.id)


def ending_thing(ending: Ending) -> Thing:
    """Days that run out, or are over."""
    tone: Tone = "warn" if ending.kind == "due" else "info"
    return Thing(tone, ending.kind, ending.site, ending.since_ms, count=ending.count)


def nameless_thing(there: Nameless, now_ms: int) -> Thing | None:
    """None while all of it came a moment ago."""
    old = [since for since in there.since_ms if now_ms - since > NAMELESS_MS]
    return Thing("warn", "nameless", there.site, old[0], count=len(old)) if old else None


def pile_thing(pile: Pile) -> Thing:
    """A count that does not come out."""
    missing = pile.announced - pile.received - pile.refused
    detail = pile.carrier or ""
    return Thing("warn", "pile", pile.site, pile.at_ms, event=pile.event, detail=detail, count=missing)


def double_thing(one: Double) -> Thing:
    """A number borne by several."""
    kind = "double_elsewhere" if one.elsewhere else "double"
    thing = Thing("warn", kind, one.site, one.since_ms, one.compartments, one.item, event=one.event)
    return replace(thing, detail=",".join(one.elsewhere), count=one.count)


def stray_things(one: Stray) -> Iterable[Thing]:
    """A card where it lies, and one at each site where somebody waits for it."""
    yield Thing("warn", "stray", one.site, one.since_ms, item=one.item, detail=",".join(one.awaited_at))
    for site in one.awaited_at:
        waits = Thing("info", "astray", site, one.since_ms, item=one.item, detail=one.site)
        yield replace(waits, about=one.number)
