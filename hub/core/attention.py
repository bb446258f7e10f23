"""What somebody should do now: one thing a card, the pressing ones first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from hub.core.bag_alarms import PRESSING, Worry
from hub.core.sight import QUIET_MS, Device, Door, Parcel, door_word

Tone = Literal["alarm", "warn", "info"]

FEW_SLIPS: Final = 3
"""More are one thing to do."""
FEW_BAGS: Final = 3
"""More of which the same is so are one card."""


@dataclass(frozen=True)
class Thing:
    """One thing to do: `kind` says which sentence to write, the rest where and since when."""

    tone: Tone
    kind: str
    site: str = ""
    since_ms: int | None = None
    compartments: tuple[int, ...] = ()
    item: str | None = None
    device: str | None = None
    event: str | None = None
    detail: str = ""
    count: int = 0
    post: str | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """A fact that is an alarm by itself, or an incident the hub noticed; nobody has seen to it yet."""

    event: str
    site: str
    device: str
    kind: str
    detail: str
    at_ms: int
    count: int = 1


@dataclass(frozen=True)
class Untold:
    """Somebody to be given a slip: `failed` where a message was tried, else paper is the only way.

    `spoken`: there is no code to give, they are to be told by word of mouth; `asked`: to agree to a price;
    `opened`: that staff had their door opened.
    """

    site: str
    item: str
    name: str
    failed: bool
    since_ms: int
    spoken: bool = False
    asked: bool = False
    opened: bool = False


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
    """`count` things of a site bear one number; `item` is the one that came last, at `since_ms`."""

    site: str
    item: str
    since_ms: int
    compartments: tuple[int, ...]
    count: int


NAMELESS_MS: Final = 3_600_000
"""What came a moment ago is still being looked at."""
_DOOR_TONES: Final[dict[str, Tone]] = {
    "blocked": "alarm",
    "left_open": "alarm",
    "forced": "alarm",
    "unchecked": "warn",
}
_AT_A_DOOR: Final = ("adopted_ended", "lost")
"""Alarms whose detail is `door/item`; no door for what lay behind none."""
IN_HAND_MS: Final = 30 * 60_000
"""How long staff may have something in their hands before somebody asks."""
_ORDER: Final[dict[Tone, int]] = {"alarm": 0, "warn": 1, "info": 2}


def things_to_do(
    doors: Iterable[Door],
    kept: Iterable[Parcel],
    devices: Iterable[Device],
    alarms: Iterable[Alarm],
    unreadable: Iterable[Alarm],
    now_ms: int,
    untold: Iterable[Untold] = (),
    in_hand: Iterable[Parcel] = (),
    endings: Iterable[Ending] = (),
    nameless: Iterable[Nameless] = (),
    piles: Iterable[Pile] = (),
    doubles: Iterable[Double] = (),
    bags: Iterable[Worry] = (),
    more: Iterable[Thing] = (),
) -> list[Thing]:
    """All of it, pressing things first, then the longest standing. `now_ms` is the hub's wall clock.

    `more`: what other rules found (hub.core.device_alarms), and what somebody asks of somebody else.
    """
    things = [
        *_doors(doors),
        *(_kept(parcel) for parcel in kept),
        *(thing for device in devices if (thing := _device(device, now_ms))),
        *(_alarm(alarm) for alarm in alarms),
        *_unreadable(list(unreadable)),
        *_untold(list(untold)),
        *map(_in_hand, in_hand),
        *map(_ending, endings),
        *(thing for one in nameless if (thing := _nameless(one, now_ms))),
        *(_pile(pile) for pile in piles if pile.differs),
        *map(_double, doubles),
        *_bags(list(bags)),
        *more,
    ]
    return sorted(things, key=lambda thing: (_ORDER[thing.tone], thing.since_ms or 0))


def dark_sites(sites: Iterable[str], devices: Iterable[Device]) -> dict[str, int | None]:
    """Sites that nothing is heard of now, and since when; None where nothing ever was."""
    there: dict[str, list[Device]] = {site: [] for site in sites}
    for device in devices:
        there.setdefault(device.site, []).append(device)
    return {
        site: max((_gone_since(one) for one in mine), default=0) or None
        for site, mine in there.items()
        if not any(device.online for device in mine)
    }


def _gone_since(device: Device) -> int:
    return max(device.presence_ms or 0, device.exchange_ms) if device.exchange_ms else 0


def _doors(doors: Iterable[Door]) -> Iterable[Thing]:
    """A card for each door with a worry; one for all doors a board is silent about."""
    silent: dict[str, list[Door]] = {}
    for door in doors:
        if door.silent:
            silent.setdefault(door.site, []).append(door)
        elif (word := door_word(door)) in _DOOR_TONES:
            since = door.alarm_ms if door.alarm else door.unsure_ms or door.since_ms
            kind = "unsure" if word == "unchecked" and door.unsure_ms else word
            yield Thing(_DOOR_TONES[word], kind, door.site, since, (door.compartment,), door.item)
    for site, dark in silent.items():
        numbers = tuple(sorted(door.compartment for door in dark))
        since = min((door.since_ms for door in dark if door.since_ms), default=None)
        yield Thing("alarm", "silent", site, since, numbers)


def _kept(parcel: Parcel) -> Thing:
    where = (parcel.compartment,) if parcel.compartment else ()
    return Thing("warn", "kept", parcel.site, parcel.since_ms, where, parcel.id, detail=parcel.kept_why or "")


def _untold(people: list[Untold]) -> Iterable[Thing]:
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
    kind = said if person.spoken else "untold" if person.failed else "paper"
    tone: Tone = "warn" if kind == "untold" else "info"
    return Thing(tone, kind, person.site, person.since_ms, item=person.item, detail=person.name)


def _in_hand(parcel: Parcel) -> Thing:
    return Thing("warn", "in_hand", parcel.site, parcel.taken_ms, item=parcel.id, detail=parcel.staff or "")


def _ending(ending: Ending) -> Thing:
    tone: Tone = "warn" if ending.kind == "due" else "info"
    return Thing(tone, ending.kind, ending.site, ending.since_ms, count=ending.count)


def _nameless(there: Nameless, now_ms: int) -> Thing | None:
    old = [since for since in there.since_ms if now_ms - since > NAMELESS_MS]
    return Thing("warn", "nameless", there.site, old[0], count=len(old)) if old else None


def _pile(pile: Pile) -> Thing:
    missing = pile.announced - pile.received - pile.refused
    detail = pile.carrier or ""
    return Thing("warn", "pile", pile.site, pile.at_ms, event=pile.event, detail=detail, count=missing)


def _double(one: Double) -> Thing:
    return Thing(
        "warn", "double", one.site, one.since_ms, one.compartments, one.item, event=one.item, count=one.count
    )


def _bags(worries: list[Worry]) -> Iterable[Thing]:
    """A card for each bag; one for all of a site where the same is so of many."""
    alike: dict[tuple[str, str], list[Worry]] = {}
    for worry in worries:
        alike.setdefault((worry.site, worry.kind), []).append(worry)
    for (site, kind), mine in alike.items():
        tone: Tone = "alarm" if kind in PRESSING else "warn"
        if len(mine) > FEW_BAGS:
            since_ms = min(worry.since_ms for worry in mine)
            yield Thing(tone, f"bag_{kind}", site, since_ms, count=len(mine))
            continue
        for one in mine:
            about = {"event": one.event, "detail": one.tag, "post": one.post, "beside": one.beside}
            yield Thing(tone, f"bag_{kind}", site, one.since_ms, item=one.bag, **about)  # type: ignore[arg-type]


def _device(device: Device, now_ms: int) -> Thing | None:
    if device.online:
        return None
    if device.exchange_ms is None:
        return Thing("info", "never", device.site, device=device.id, detail=device.kind)
    since = _gone_since(device)
    if now_ms - since < QUIET_MS:
        return None
    return Thing("warn", "offline", device.site, since, device=device.id, detail=device.kind)


def _alarm(alarm: Alarm) -> Thing:
    tone: Tone = "warn" if alarm.kind == "help" else "alarm"
    door, _, item = alarm.detail.partition("/") if alarm.kind in _AT_A_DOOR else ("", "", "")
    return Thing(
        tone,
        alarm.kind,
        alarm.site,
        alarm.at_ms,
        (int(door),) if door else (),
        item or None,
        device=alarm.device or None,
        event=alarm.event,
        detail=alarm.detail,
        count=alarm.count,
    )


def _unreadable(rows: list[Alarm]) -> Iterable[Thing]:
    for device in sorted({row.device for row in rows}):
        mine = [row for row in rows if row.device == device]
        first = mine[0]
        yield Thing(
            "alarm",
            "unreadable",
            first.site,
            first.at_ms,
            device=device,
            event=mine[-1].event,
            count=len(mine),
        )
