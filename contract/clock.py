"""The only door to time.

Order, freshness and time-outs use monotonic milliseconds; the wall clock of a Pi without a battery
is only ever a remark on an entry (design.md section 9). Everything takes a `Clock`; tests own theirs.
"""

import ctypes
import time
from pathlib import Path
from typing import Literal, Protocol

Quality = Literal["synced", "held", "unknown"]

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_LIBC = ctypes.CDLL(None)
_TIMEX = ctypes.create_string_buffer(512)  # larger than struct timex on every architecture; never read


class Clock(Protocol):
    """Time as one process sees it."""

    @property
    def boot(self) -> str:
        """Name of the present boot: monotonic times compare only within one."""
        ...

    def mono_ms(self) -> int:
        """Milliseconds since boot, sleep included; never goes back within a boot."""
        ...

    def wall_ms(self) -> int:
        """Milliseconds since 1970 UTC, as far as this machine knows."""
        ...

    def quality(self) -> Quality:
        """How far the wall clock may be believed."""
        ...


class SystemClock:
    """The machine's own clocks.

    `held` means not synchronised now but later than `floor_ms` (build date, last saved time), so
    plausible; `unknown` means a wall clock that is behind what we know has passed.
    """

    def __init__(self, floor_ms: int = 0) -> None:
        self._boot = _BOOT_ID.read_text().strip()
        self._floor_ms = floor_ms

    @property
    def boot(self) -> str:
        """The kernel's boot id."""
        return self._boot

    def mono_ms(self) -> int:
        """CLOCK_BOOTTIME in milliseconds."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_ms(self) -> int:
        """CLOCK_REALTIME in milliseconds."""
        return time.time_ns() // 1_000_000

    def quality(self) -> Quality:
        """`synced` when the kernel says so, else by the floor."""
        if _kernel_is_synchronised():
            return "synced"
        return "held" if self.wall_ms() >= self._floor_ms > 0 else "unknown"


def last_saved_ms(data: Path) -> int:
    """When something was last written in this directory: a wall clock behind that is not believed."""
    return max(int(path.stat().st_mtime * 1000) for path in (data, *data.iterdir()))


def _kernel_is_synchronised() -> bool:
    """Ask adjtimex(2) without changing anything: `modes`, its first field, is 0."""
    return bool(0 <= _LIBC.adjtimex(_TIMEX) < _TIME_ERROR)
