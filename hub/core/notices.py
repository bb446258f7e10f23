"""When, how and whether a person is told that something waits. Pure.

`ready` says that something came, `reminder` that it is still there; the others (`STEPS`) tell one thing's
person what became of it, or that it is not theirs after all. A message waits until its time, is tried until
a gateway takes it, and is given up for a paper slip when its tries are used up, when it is refused, or when
its age makes it a lie. Nothing leaves between 21:00 and 8:00 where the site stands, and nothing that is no
longer so. All moments are milliseconds since 1970 UTC, hub time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Literal

from contract import messages as m
from hub.core.addresses import is_address, takes_messages, telephone
from hub.core.rows import Rows
from hub.core.told import Told

Kind = Literal[
    "ready",
    "reminder",
    "stuck",
    "mended",
    "moved",
    "kept_reach",
    "kept_empty",
    "kept_missing",
    "kept_wrong",
    "returned",
    "brought",
    "quoted",
    "lost",
    "opened",
    "not_yours",
]
Channel = Literal["sms", "email", "slip"]

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
DAY_MS: Final = 24 * _HOUR_MS

GATHER_MS: Final = 2 * _MINUTE_MS
"""How long a message waits for more to come for the same person."""
APART_MS: Final = 10 * _MINUTE_MS
"""Two `ready` of one pickup are at least this far apart."""
STEPS: Final[frozenset[Kind]] = frozenset(
    {
        *("stuck", "mended", "moved", "kept_reach", "kept_empty", "kept_missing", "kept_wrong", "returned"),
        *("brought", "quoted", "lost", "opened", "not_yours"),
    }
)
"""About one thing, and told once in `AGAIN_MS` at most."""
AGAIN_MS: Final[dict[Kind, int]] = dict.fromkeys(STEPS, DAY_MS) | {"opened": APART_MS}
SPOKEN: Final[frozenset[Kind]] = frozenset({"returned", "quoted", "lost", "opened", "not_yours"})
"""What no gateway takes of these, somebody says to the person."""
OLDEST_MS: Final[dict[Kind, int]] = dict.fromkeys(STEPS, 12 * _HOUR_MS) | {
    "ready": DAY_MS,
    "reminder": 12 * _HOUR_MS,
    "moved": DAY_MS,
    "returned": 3 * DAY_MS,
    "brought": DAY_MS,
    "quoted": 3 * DAY_MS,
    "lost": 3 * DAY_MS,
    "opened": 3 * DAY_MS,
    "not_yours": 3 * DAY_MS,
}
"""Half a day, mostly: what happened in the evening is told in the morning, and no later."""
UNWRITTEN: Final = STEPS - SPOKEN
"""No paper is made of these: code or receipt on paper stays good, and the kiosk told who stood before it."""
_ARRIVES: Final = (m.ItemLeft, m.ItemReassigned)
REMINDER_DAYS: Final = (2, 5)
REMINDER_DAYS_LEFT: Final = (3, 1)
"""Where it is known how long a thing may still wait, reminders count from the end."""
BACK_OFF_MS: Final = (_MINUTE_MS, 5 * _MINUTE_MS, 15 * _MINUTE_MS, _HOUR_MS, 3 * _HOUR_MS)
MOST_TRIES: Final = len(BACK_OFF_MS) + 1
QUIET_FROM, QUIET_UNTIL = time(21), time(8)

_REFUSALS: Final = frozenset({400, 404, 410, 413, 422, 550, 551, 552, 553, 554})
"""Answers of HTTP gateways and mail servers that another try will not change."""


# --- what came ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrival:
    """Something lies at the site for somebody since `at_ms`, as the door or the shelf told; or `kind`
    happened to `item` then.
    """

    site: str
    person: str
    pickup: str
    at_ms: int
    kind: Kind = "ready"
    item: str | None = None


def arrivals(rows: Rows, told: Iterable[Told]) -> list[Arrival]:
    """Whom these facts give reason to tell, once a pickup, after the fold: what is gone again is no news."""
    found: dict[str, Arrival] = {}
    for event in told:
        if not isinstance(event.fact, _ARRIVES):
            continue
        item = rows.held["items"].get(event.fact.item)
        if item is None or item["site"] != event.site or item["state"] != "waiting":
            continue
        if not item["named"] and item["reassigned_ms"] is None:
            continue  # nobody knows yet whom to tell
        if item["moved_ms"] == event.at_ms:
            continue  # hub.core.steps
        if item["pickup"] and item["person"]:
            arrival = Arrival(event.site, item["person"], item["pickup"], event.at_ms)
            found[arrival.pickup] = max(arrival, found.get(arrival.pickup, arrival), key=lambda a: a.at_ms)
    return list(found.values())


def due_ms(now_ms: int, last_ms: int | None, begun_ms: int | None = None) -> int:
    """When a `ready` leaves: soon, so that what comes together is said together.

    `last_ms` is when the one before was told, `begun_ms` when the one that still waits was begun.
    """
    due = now_ms + GATHER_MS
    if begun_ms is not None:
        due = max(now_ms, min(due, begun_ms + APART_MS))
    return max(due, last_ms + APART_MS) if last_ms is not None else due


@dataclass(frozen=True)
class Reminder:
    """A reminder that is due: `name` tells it from every other of the same pickup, `about_ms` is its age."""

    name: str
    about_ms: int


@dataclass(frozen=True)
class Left:
    """How long one thing may still wait: `days`, today being one, until `ends_ms`; 0 when it is over."""

    days: int
    ends_ms: int


def fewest(found: Iterable[Left]) -> Left | None:
    """What presses most among the things of one person: what is over presses less than all the others."""
    return min(found, key=lambda left: (left.days < 1, left.days, left.ends_ms), default=None)


def reminder(left_ms: int, last_ms: int | None, days_left: int | None, now_ms: int) -> Reminder | None:
    """The reminder that is due for what lies there since `left_ms`; None for none.

    `days_left` is how many days it may still wait, where that is known; today is one of them, and at 0 it is
    too late to be reminded. Not within a day of the last message
    about the pickup.
    """
    if last_ms is not None and now_ms - last_ms < DAY_MS:
        return None
    if days_left is not None:
        reached = [days for days in REMINDER_DAYS_LEFT if days >= days_left >= 1]
        return Reminder(f"reminder left {min(reached)}", now_ms) if reached else None
    days = _days_due(left_ms, now_ms)
    return None if days is None else Reminder(f"reminder {days}", left_ms + days * DAY_MS)


def _days_due(left_ms: int, now_ms: int) -> int | None:
    """Which reminder (its days) has its hours now."""
    for days in REMINDER_DAYS:
        if 0 <= now_ms - (left_ms + days * DAY_MS) <= OLDEST_MS["reminder"]:
            return days
    return None


# --- how and when it is told -------------------------------------------------------------------


@dataclass(frozen=True)
class Notice:
    """A message before its next try: `waiting` counts what still lies there for the person, or (of `STEPS`)
    is 1 as long as it is so.
    """

    kind: Kind
    about_ms: int
    tries: int
    waiting: int
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Later:
    """Not now: it is night."""

    until_ms: int


@dataclass(frozen=True)
class Send:
    """Now, this way."""

    channel: Channel
    to: str


@dataclass(frozen=True)
class Slip:
    """There is no other way than paper."""


@dataclass(frozen=True)
class GiveUp:
    """Not any more; `state` and why, in words."""

    state: Literal["failed", "too_old"]
    why: str


Step = Later | Send | Slip | GiveUp


def next_step(notice: Notice, ways: frozenset[Channel], now_ms: int, zone: tzinfo) -> Step:
    """What becomes of a message whose time has come; `ways` are the channels that have a gateway."""
    if notice.waiting == 0:
        return GiveUp("too_old", "nothing waits any more")
    if is_too_old(notice.kind, notice.about_ms, now_ms):
        missed = notice.tries or notice.kind == "ready"  # a thing of which its person knows nothing
        return GiveUp("failed" if missed else "too_old", "too late to be of use")
    if notice.tries >= MOST_TRIES:
        return GiveUp("failed", "tried too often")
    if (until_ms := awake_ms(now_ms, zone)) > now_ms:
        return Later(until_ms)
    way = best_way(notice.phone, notice.email, ways)
    if isinstance(way, Slip) and notice.kind in UNWRITTEN:
        return GiveUp("failed", "nothing can be written to them")
    return way


def best_way(phone: str | None, email: str | None, ways: frozenset[Channel]) -> Send | Slip:
    """The telephone first, if messages reach it, else e-mail, else paper."""
    if phone and "sms" in ways and (number := telephone(phone)) is not None and takes_messages(number):
        return Send("sms", number)
    if email and "email" in ways and is_address(email):
        return Send("email", email.strip())
    return Slip()


def trouble_kinds(way: Channel) -> tuple[str, str]:
    """Kinds of things to do that say that nothing leaves by this way before somebody sees to it."""
    return f"{way}_credit", f"{way}_account"


def is_too_old(kind: Kind, about_ms: int, now_ms: int) -> bool:
    """Whether a message would come too late to be of use."""
    return now_ms - about_ms > OLDEST_MS[kind]


def back_off_ms(tries: int) -> int:
    """How long after the try with this number (from 1) the next one is made."""
    return BACK_OFF_MS[min(max(tries, 1), len(BACK_OFF_MS)) - 1]


def is_refusal(status: int | None) -> bool:
    """Whether this answer of a gateway (HTTP or SMTP) means never."""
    return status in _REFUSALS


def awake_ms(at_ms: int, zone: tzinfo) -> int:
    """The first moment from `at_ms` on that is not in the quiet hours of the zone."""
    local = datetime.fromtimestamp(at_ms // 1000, zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at_ms
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return int(datetime.combine(day, QUIET_UNTIL, zone).timestamp()) * 1000
