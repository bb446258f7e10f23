"""How often one lock may be energised, whatever anybody asks: a coil in a steel case is for pulses. Pure."""

from dataclasses import dataclass, replace

BETWEEN_PULSES_MS = 2_000
MINUTE_MS = 60_000
PULSES_A_MINUTE = 10


@dataclass(frozen=True, slots=True)
class Duty:
    """When one lock was energised lately, in monotonic milliseconds, the newest last."""

    pulses_ms: tuple[int, ...] = ()


def pulsed(duty: Duty, now_ms: int) -> Duty:
    """The lock is energised, or may be."""
    return replace(duty, pulses_ms=(*duty.pulses_ms, now_ms)[-PULSES_A_MINUTE:])


def wait_ms(duty: Duty, now_ms: int) -> int:
    """How long the lock must rest before its next pulse; 0: it may have it now."""
    if not duty.pulses_ms:
        return 0
    rested_ms = duty.pulses_ms[-1] + BETWEEN_PULSES_MS
    if len(duty.pulses_ms) == PULSES_A_MINUTE:
        rested_ms = max(rested_ms, duty.pulses_ms[0] + MINUTE_MS)
    return max(0, rested_ms - now_ms)
