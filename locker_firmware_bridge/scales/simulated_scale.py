"""How a simulated scale behaves: questions and commands in, lines out, in any protocol, with faults."""

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import msgspec

from locker_firmware_bridge.scales.protocols import lines
from locker_firmware_bridge.scales.protocols.answers import Unit


class Put(msgspec.Struct, frozen=True, tag="put", tag_field="do", forbid_unknown_fields=True):
    """Lay this weight on the scale, in its unit, as its display will show it; it moves for `settle_ms`."""

    value: Decimal
    settle_ms: int = 200


class Break(msgspec.Struct, frozen=True, tag="break", tag_field="do", forbid_unknown_fields=True):
    """What is wrong from now on, and nothing else is.

    `moving`: never at rest. `silent`: no line leaves. `cut`: every line breaks off in its middle.
    `noise`: a seed; random bytes stand before every second line or so.
    """

    moving: bool = False
    overload: bool = False
    underload: bool = False
    silent: bool = False
    cut: bool = False
    noise: int = 0


Command = Put | Break


@dataclass(frozen=True, slots=True)
class Voice:
    """How one protocol's scale speaks: the questions it answers, a weight, and the rest.

    `overload` and `underload` are empty where nothing is documented: such a scale then says nothing.
    """

    questions: tuple[bytes, ...]
    weight: Callable[[Decimal, Unit, bool], str]
    overload: str = ""
    underload: str = ""
    unknown: str = ""


def _mt_sics(value: Decimal, unit: Unit, stable: bool) -> str:
    return f"S {'S' if stable else 'D'} {value:>10} {unit}"


def _and(value: Decimal, unit: Unit, stable: bool) -> str:
    return f"{'ST' if stable else 'US'},{value:+09}{unit:>3}"


def _st_gs(value: Decimal, unit: Unit, stable: bool) -> str:
    return f"{'ST' if stable else 'US'},GS,{value:>8},{unit}"


def _adam(value: Decimal, unit: Unit, _stable: bool) -> str:
    return f"N {'-' if value.is_signed() else '+'}{abs(value):>7} {unit}"


def _generic(value: Decimal, unit: Unit, stable: bool) -> str:
    return f"{'' if stable else '?'} {value:>8} {unit}"


VOICES: Final[Mapping[str, Voice]] = {
    "mt-sics": Voice((b"S", b"SI"), _mt_sics, "S +", "S -", "ES"),
    "and": Voice((b"Q", b"S", b"SI"), _and, "OL,+9999999E+19", "OL,-9999999E+19"),
    "st-gs": Voice((b"READ",), _st_gs, "OL,GS,--------,kg", "UL,GS,--------,kg"),
    "adam": Voice((b"N", b"G"), _adam),
    "generic": Voice((), _generic, "OL", "UL"),
}


class SimulatedScale:
    """A scale that begins empty and at rest; not safe for threads. Times are monotonic milliseconds."""

    def __init__(self, protocol: str, unit: Unit) -> None:
        self._voice, self._unit = VOICES[protocol], unit
        self._value, self._rest_ms, self._faults = Decimal("0.00"), 0, Break()
        self._framer = lines.start()
        self._swing = itertools.cycle((3, 1, 4, 2, 5))  # what moves never shows one value twice running
        self._chance = random.Random(0)  # noqa: S311 - noise, no secret

    def obey(self, command: Command, now_ms: int) -> None:
        """A hand at the scale, or at its faults."""
        match command:
            case Put(value, settle_ms):
                self._value, self._rest_ms = value, now_ms + settle_ms
            case Break(noise=seed):
                self._faults = command
                self._chance.seed(seed)

    def hear(self, data: bytes, now_ms: int) -> bytes:
        """Bytes from the line; what it answers."""
        questions, self._framer = lines.take_out(lines.add(self._framer, data))
        return b"".join(self._answer(question, now_ms) for question in questions)

    def line(self, now_ms: int) -> bytes:
        """What it shows now, as it goes over the line; empty: nothing does."""
        return self._over_the_line(self._shown(now_ms))

    def _answer(self, question: bytes, now_ms: int) -> bytes:
        known = question in self._voice.questions
        return self.line(now_ms) if known else self._over_the_line(self._voice.unknown)

    def _shown(self, now_ms: int) -> str:
        if self._faults.overload:
            return self._voice.overload
        if self._faults.underload:
            return self._voice.underload
        if now_ms >= self._rest_ms and not self._faults.moving:
            return self._voice.weight(self._value, self._unit, True)
        last_digit = Decimal((0, (1,), int(self._value.as_tuple().exponent)))
        return self._voice.weight(self._value + next(self._swing) * last_digit, self._unit, False)

    def _over_the_line(self, text: str) -> bytes:
        if self._faults.silent or not text:
            return b""
        if self._faults.cut:
            return text[: len(text) // 2].encode()
        noisy = self._faults.noise and self._chance.random() < 0.5
        return (self._chance.randbytes(3) if noisy else b"") + text.encode() + b"\r\n"
