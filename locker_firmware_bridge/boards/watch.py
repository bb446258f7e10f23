"""Watching one board: when to ask next, when to believe, when to say that it is silent. Pure.

good reading, first or after silence   believed at once
good reading that differs              asked again soon; what two readings in a row say is believed
failed poll                            asked again soon; the third in a row makes the board silent
two readings after an unanswered poll  thrown away, asked again at once: they may be late answers
silent                                 asked seldom until it answers
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from locker_firmware_bridge.boards import BoardBack, BoardConfig, BoardReport, BoardSilent, DoorsRead, Timings

LATE_ANSWERS = 2
"""So many answers can be under way when a board that is always late is asked again."""
SILENT_WAITS_MS = 8_000
"""While a door is watched closely, boards that are silent wait so much longer for their turn."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Locks whose hook is engaged, locks whose hook is not, and locks behind which something lies.

    A lock in neither of the first two is one the board says nothing about.
    """

    closed: frozenset[int]
    open: frozenset[int]
    items: frozenset[int]

    @property
    def known(self) -> frozenset[int]:
        """The locks the board told of."""
        return self.closed | self.open


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known about one board of one bus. Times are monotonic milliseconds."""

    bus: str
    config: BoardConfig
    timings: Timings
    due_ms: int
    pulse_over_ms: int = 0
    quick_until_ms: int = 0
    last: Reading | None = None
    believed: Reading | None = None
    reported_ms: int = 0
    failures: int = 0
    silent: bool = False
    doubted: int = 0
    """So many readings to come may answer earlier questions."""


Watched = tuple[Watch, tuple[BoardReport, ...]]


def read(watch: Watch, reading: Reading, now_ms: int) -> Watched:
    """The board answered. Telling of other locks than before is a fault: none may keep its old state."""
    if watch.doubted:
        return replace(watch, doubted=watch.doubted - 1, due_ms=now_ms), ()
    if watch.last is not None and watch.last.known != reading.known:
        before, now = len(watch.last.known), len(reading.known)
        why = f"board {watch.config.board} told of {before} locks before and of {now} now"
        return lost(watch, why, now_ms + watch.timings.silent_poll_ms)
    last = watch.last or reading
    believed = _agreed(watch.believed or reading, last, reading)
    changed = believed != watch.believed
    reports: list[BoardReport] = []
    if watch.silent:
        reports.append(BoardBack(watch.bus, watch.config.board))
    if changed or now_ms - watch.reported_ms >= watch.timings.refresh_ms:
        reports.append(_doors(watch, believed, now_ms))
        watch = replace(watch, reported_ms=now_ms)
    watch = replace(watch, last=reading, believed=believed, failures=0, silent=False)
    return replace(watch, due_ms=now_ms + _until_next(watch, now_ms)), tuple(reports)


def failed(watch: Watch, why: str, now_ms: int, retry_ms: int, *, unanswered: bool = False) -> Watched:
    """The board did not answer, or not sensibly; before silence it is asked again after `retry_ms`.

    `retry_ms` is also the time a late answer gets to arrive and be thrown away: no question comes sooner.
    """
    watch = replace(watch, failures=watch.failures + 1, doubted=LATE_ANSWERS if unanswered else watch.doubted)
    if watch.silent or watch.failures >= watch.timings.failures_to_silence:
        return lost(watch, why, now_ms + max(watch.timings.silent_poll_ms, retry_ms))
    return replace(watch, due_ms=now_ms + retry_ms), ()


def lost(watch: Watch, why: str, due_ms: int) -> Watched:
    """The board cannot be reached: its doors are unknown from now on. Said once; ask again at `due_ms`."""
    said = () if watch.silent else (BoardSilent(watch.bus, watch.config.board, why),)
    return replace(watch, silent=True, last=None, believed=None, due_ms=due_ms), said


def expect(watch: Watch, until_ms: int, now_ms: int) -> Watch:
    """A door will move: look now (a pulse that runs is waited for), then often."""
    quick_until_ms = max(watch.quick_until_ms, until_ms)
    due_ms = watch.due_ms if watch.silent else max(watch.pulse_over_ms, min(watch.due_ms, now_ms))
    return replace(watch, quick_until_ms=quick_until_ms, due_ms=due_ms)


def calm(watch: Watch, until_ms: int) -> Watch:
    """No door is expected to move after `until_ms`."""
    return replace(watch, quick_until_ms=min(watch.quick_until_ms, until_ms))


def unlocked(watch: Watch, now_ms: int) -> Watch:
    """A pulse began: look when it is over, then often."""
    over_ms = now_ms + watch.config.pulse_ms + watch.timings.after_pulse_ms
    quick_until_ms = max(watch.quick_until_ms, over_ms + watch.timings.watch_after_unlock_ms)
    return replace(watch, due_ms=over_ms, pulse_over_ms=over_ms, quick_until_ms=quick_until_ms)


def next_turn(watches: Iterable[Watch], now_ms: int) -> Watch:
    """Who is asked next: whoever is due; boards that answer before silent ones, which cost a time-out."""
    every = tuple(watches)
    closely = any(each.quick_until_ms > now_ms and not each.silent for each in every)

    def turn(each: Watch) -> tuple[int, bool, int]:
        patient = each.silent and now_ms < each.due_ms + SILENT_WAITS_MS
        wait_ms = SILENT_WAITS_MS if patient and closely else 0
        return max(each.due_ms + wait_ms, now_ms), patient, each.due_ms

    return min(every, key=turn)


def _agreed(believed: Reading, last: Reading, now: Reading) -> Reading:
    """Take over each sensor that said the same twice; leave the others as they were believed."""

    def merge(was: frozenset[int], before: frozenset[int], is_now: frozenset[int]) -> frozenset[int]:
        unsettled = before ^ is_now
        return (is_now - unsettled) | (was & unsettled)

    closed = merge(believed.closed, last.closed, now.closed)
    return Reading(closed, now.known - closed, merge(believed.items, last.items, now.items))


def _until_next(watch: Watch, now_ms: int) -> int:
    if watch.last != watch.believed:
        return watch.timings.debounce_ms
    if now_ms < watch.quick_until_ms:
        return watch.timings.quick_poll_ms
    return watch.timings.idle_poll_ms


def _doors(watch: Watch, reading: Reading, now_ms: int) -> DoorsRead:
    return DoorsRead(
        bus=watch.bus,
        board=watch.config.board,
        closed=reading.closed,
        open=reading.open,
        items=reading.items,
        mono_ms=now_ms,
    )
