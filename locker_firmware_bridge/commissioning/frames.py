"""`frame` and `decode`: the bytes of boards for an installer at a terminal. Nothing is sent."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import click
import msgspec

from locker_firmware_bridge.codecs import (
    FAMILIES,
    CodecError,
    Family,
    LockReport,
    Refusal,
    Reply,
    StatusReply,
    UnlockReply,
    Wiring,
)
from locker_firmware_bridge.codecs.frames import (
    FrameMarksError,
    FrameSumError,
    FrameTooShortOrLongError,
    OwnQuestionError,
    StatusOrder,
    UnknownCommandError,
    UnknownSenderError,
    cut,
)

MOST_CHARACTERS: Final = 4096
"""Longer than any board talks; more is a file that was pasted by mistake."""

_HEX: Final = re.compile(r"\s*[0-9A-Fa-f]{2}(\s+[0-9A-Fa-f]{2})*\s*")
_REPORTS: Final = re.compile(r"8[12](,8[12])*")
_NO_LOCKS: Final = frozenset[int]()
_WHAT: Final[Mapping[type[CodecError], str]] = MappingProxyType(
    {
        FrameTooShortOrLongError: "wrong length",
        FrameMarksError: "wrong start or end mark",
        FrameSumError: "wrong sum",
        UnknownCommandError: "unknown command or value",
        UnknownSenderError: "no such board or lock",
        OwnQuestionError: "our own question or order",
    }
)
_Line: TypeAlias = dict[str, str | int | list[int]]


class Mistyped(click.ClickException):
    """What was typed makes no sense; the message says what would."""

    exit_code = 2


_family = click.option(
    "--family", type=click.Choice(sorted(FAMILIES)), required=True, help="The language of the board."
)


@click.command()
@_family
@click.option("--board", type=int, required=True, help="The number on the dial or switches of the board.")
@click.option(
    "--lock", type=int, help="The number of the lock, from 1; with --status: so many are asked for."
)
@click.option("--unlock", is_flag=True, help="The order that pulses this lock.")
@click.option("--status", is_flag=True, help="The question for the doors of the board.")
@click.option("--pulse-ms", type=int, help="How long the pulse is, where a board can be told.")
def frame(
    family: str, board: int, lock: int | None, unlock: bool, status: bool, pulse_ms: int | None
) -> None:
    """Print the bytes that would be sent to a board. Nothing is sent."""
    if unlock == status:
        raise Mistyped("Say either --unlock or --status.")
    if status and pulse_ms is not None:
        raise Mistyped("A question has no pulse: leave --pulse-ms out.")
    try:
        built = (
            _order(FAMILIES[family], board, lock, pulse_ms)
            if unlock
            else _question(FAMILIES[family], board, lock)
        )
    except ValueError as error:
        raise Mistyped(f"There is no such frame: {error}.") from None
    click.echo(_shown(built))


def _order(family: Family, board: int, lock: int | None, pulse_ms: int | None) -> bytes:
    if lock is None:
        raise Mistyped("Say which lock is to be unlocked, for example --lock 1.")
    return family.unlock(board, lock, pulse_ms)


def _question(family: Family, board: int, lock: int | None) -> bytes:
    """Where nothing is said, the question that boards of every size can answer."""
    return family.status(board, family.locks[0] if lock is None else lock)


@click.command()
@_family
@click.option("--closed-bit", type=click.Choice(["0", "1"]), help="The bit of an engaged hook (usually 1).")
@click.option(
    "--item-bit", type=click.Choice(["0", "1"]), default="1", help="The bit of a thing that is there."
)
@click.option("--feedback", type=click.Choice(["closing", "opening"]), help="opening is --closed-bit 0.")
@click.option(
    "--order",
    type=click.Choice(["msb", "lsb"]),
    default="msb",
    help="What the first status byte holds: the highest locks (msb) or 1 to 8.",
)
@click.option("--reports", default="", help="First bytes of frames sent unasked: 82, 81 or 82,81.")
@click.option("--echo", is_flag=True, help="The adapter returns what it sends: take that off first.")
@click.argument("bytes_typed", metavar="HEX")
def decode(
    family: str,
    closed_bit: str | None,
    item_bit: str,
    feedback: str | None,
    order: StatusOrder,
    reports: str,
    echo: bool,
    bytes_typed: str,
) -> None:
    """Say what the bytes HEX of a board mean: one JSON object a line. HEX is one argument: "02 00 35 ..."."""
    wiring = Wiring(_closed_bit(closed_bit, feedback), int(item_bit), order, _heads(reports))
    try:
        lines = tuple(_lines(FAMILIES[family], wiring, _typed(bytes_typed), echo))
    except Mistyped as error:  # a script that reads lines of JSON gets one here as well
        lines = (_error(error.format_message()),)
    for line in lines:
        click.echo(msgspec.json.encode(line))
    if any(line["kind"] == "error" for line in lines):
        click.get_current_context().exit(1)


def _typed(text: str) -> bytes:
    if len(text) > MOST_CHARACTERS:
        raise Mistyped(f"HEX may have {MOST_CHARACTERS} characters, not {len(text)}.")
    if not _HEX.fullmatch(text):
        raise Mistyped('HEX is bytes of two digits with spaces between them, in quotes: "8A 01 01 00 8A".')
    return bytes.fromhex(text)


def _closed_bit(bit: str | None, feedback: str | None) -> int:
    meant = {"closing": "1", "opening": "0"}.get(feedback or "")
    if bit and meant and bit != meant:
        raise Mistyped(f"--feedback {feedback} is --closed-bit {meant}: leave one of the two out.")
    return int(bit or meant or "1")


def _heads(text: str) -> frozenset[int]:
    if text and not _REPORTS.fullmatch(text):
        raise Mistyped("--reports is 82, 81 or 82,81.")
    return frozenset(bytes.fromhex(text.replace(",", " ")))


def _lines(family: Family, wiring: Wiring, data: bytes, has_echo: bool) -> Iterator[_Line]:
    """What each frame says, in order, and at the end what is no frame."""
    echo = _echo(family, data) if has_echo else b""
    rest = data[len(echo) :]
    found, end = cut(family.start(wiring), rest)
    for one in found:
        yield _line(family, family.decode(one, wiring))
    if echo and not rest:
        yield _error(f"only the echo of {_shown(echo)} came back: no board answers")
    elif end < len(rest):
        why = _why(family, wiring, rest[end:])
        yield _error(f"left over after the last frame, {why}" if found else why)


def _line(family: Family, reply: Reply) -> _Line:
    match reply:
        case Refusal(board, why):
            return _error(f"board {board}: {why}")
        case StatusReply(board, closed, opened, items):
            return _doors(family, "status", board, closed, opened, items)
        case UnlockReply(board, lock, closed=None):
            return _doors(family, "unlocked", board, _NO_LOCKS, _NO_LOCKS)
        case UnlockReply(board, lock, is_closed):
            kind = "unlocked"
        case LockReport(board, lock, is_closed, unasked):
            kind = "report" if unasked else "status"
    one = frozenset({lock})
    return _doors(family, kind, board, one if is_closed else _NO_LOCKS, _NO_LOCKS if is_closed else one)


def _doors(
    family: Family,
    kind: str,
    board: int,
    closed: frozenset[int],
    opened: frozenset[int],
    items: frozenset[int] = _NO_LOCKS,
) -> _Line:
    named = {"closed": sorted(closed), "open": sorted(opened), "items": sorted(items)}
    return {"family": family.name, "kind": kind, "board": board, **named}


def _error(what: str) -> _Line:
    return {"kind": "error", "error": what}


def _why(family: Family, wiring: Wiring, data: bytes) -> str:
    """Why these bytes, in which no frame was found, are none."""
    try:
        family.decode(data, wiring)
    except CodecError as error:
        return f"{_WHAT[type(error)]}: {error}"
    return f"no frame: {_shown(data)}"


def _echo(family: Family, data: bytes) -> bytes:
    """The question or order of ours that `data` begins with, if it does."""
    numbers = {number for byte in data[: family.longest] for number in (byte, byte >> 4)}
    ours = (each for board in numbers & set(family.boards) for each in _ours(family, board))
    return next(filter(data.startswith, ours), b"")


def _ours(family: Family, board: int) -> Iterator[bytes]:
    """Every frame that can be sent to a board."""
    if off := family.all_off(board):
        yield off
    for lock in family.locks:
        yield family.status(board, lock)
        for pulse_ms in (None, *family.pulses_ms):
            yield family.unlock(board, lock, pulse_ms)


def _shown(data: bytes) -> str:
    return data.hex(" ").upper()
