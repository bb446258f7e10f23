"""A clock that moves only when a test says so."""

from contract.clock import Quality


class FakeClock:
    """Begins one hour after boot, on 23 November 2026, synchronised."""

    def __init__(self, *, boot: str = "boot-1", quality: Quality = "synced") -> None:
        self._boot = boot
        self._mono_ms = 3_600_000
        self._wall_ms = 1_795_000_000_000
        self._quality = quality

    @property
    def boot(self) -> str:
        return self._boot

    def mono_ms(self) -> int:
        return self._mono_ms

    def wall_ms(self) -> int:
        return self._wall_ms

    def quality(self) -> Quality:
        return self._quality

    def advance(self, ms: int) -> None:
        """Let time pass."""
        self._mono_ms += ms
        self._wall_ms += ms

    def set_wall(self, wall_ms: int, quality: Quality) -> None:
        """The wall clock jumps; monotonic time does not."""
        self._wall_ms, self._quality = wall_ms, quality

    def reboot(self, boot: str, quality: Quality = "unknown") -> None:
        """A new boot: monotonic time begins again, the wall clock may be behind."""
        self._boot, self._mono_ms, self._quality = boot, 5_000, quality
