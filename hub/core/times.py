"""When something happened, as far as can be told (design.md section 9)."""

from typing import NamedTuple

from contract.messages import Entry

_AHEAD_MS = 86_400_000  # a clock that says it is right, and is a day ahead of us, is not


class Moment(NamedTuple):
    """Milliseconds since 1970 UTC; `estimated` where the device's clock could not be checked."""

    at_ms: int
    estimated: bool


def moment(entry: Entry, offset_ms: int | None, last_at_ms: int, now_ms: int) -> Moment:
    """The corrected time of an entry.

    `offset_ms` is hub wall clock minus device monotonic clock, from a hello in the entry's boot: then the
    monotonic time is enough. Else a synchronised wall clock is believed; any other is kept between
    the entry before it in its journal (`last_at_ms`) and now, and marked as estimated.
    """
    if offset_ms is not None:
        return Moment(entry.mono_ms + offset_ms, False)
    if entry.clock == "synced" and 0 <= entry.wall_ms <= now_ms + _AHEAD_MS:
        return Moment(entry.wall_ms, False)
    return Moment(max(min(entry.wall_ms, now_ms), min(last_at_ms, now_ms)), True)
