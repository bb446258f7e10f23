"""What is on a port: every family asked for its doors at the usual speeds. Questions only, never an order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from contract.clock import Clock
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.exchange import Heard, replies
from locker_firmware_bridge.boards.port import OpenPort, Port
from locker_firmware_bridge.codecs import FAMILIES, Family, Refusal, StatusReply

BAUDS: Final = (19200, 9600, 57600, 115200)
WAIT_MS: Final = 100
LARGEST_DIAL: Final = 32
MODBUS_BOARDS: Final = 10
"""Boards without dial or switches have up to 247 addresses; delivered they have the first."""


@dataclass(frozen=True, slots=True)
class FoundBoard:
    """A board that told of its doors: `locks` it has a bit for, and those whose bit is 1."""

    family: str
    board: int
    locks: int
    ones: frozenset[int]


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found on one port. `baud` 0: nothing answered.

    `asked`: the speeds and families that were tried. `echoes`: our own questions come back. `noise`: the
    last bytes that nobody could read, and at what speed. `refused`: a Modbus board that has no inputs to
    read. `strangers`: boards that answered when another number was asked (family, asked, answered).
    """

    url: str
    asked: tuple[Sequence[int], Sequence[str]] = ((), ())
    baud: int = 0
    boards: tuple[FoundBoard, ...] = ()
    echoes: bool = False
    noise: tuple[int, bytes] | None = None
    refused: tuple[tuple[str, int, str], ...] = ()
    strangers: tuple[tuple[str, int, int], ...] = ()


@dataclass(slots=True)
class _Search:
    """What one speed has brought so far."""

    boards: list[FoundBoard] = field(default_factory=list)
    refused: list[tuple[str, int, str]] = field(default_factory=list)
    strangers: list[tuple[str, int, int]] = field(default_factory=list)
    echoes: bool = False
    noise: bytes = b""


def numbers(family: Family, boards: Sequence[int] | None) -> Iterable[int]:
    """The board numbers worth asking."""
    if boards is not None:
        return [board for board in boards if board in family.boards]
    is_modbus = len(family.boards) > LARGEST_DIAL
    return family.boards[:MODBUS_BOARDS] if is_modbus else family.boards


def probe(
    url: str,
    open_port: OpenPort,
    clock: Clock,
    *,
    families: Sequence[str] = tuple(FAMILIES),
    bauds: Sequence[int] = BAUDS,
    boards: Sequence[int] | None = None,
    wait_ms: int = WAIT_MS,
    progress: Callable[[int], None] = lambda _baud: None,
) -> Probed:
    """Ask at one speed after the other until something answers. Raises BoardError for a useless port."""
    asked, noise, echoes = (bauds, families), None, False
    for baud in bauds:
        progress(baud)
        port = open_port(url, baud)
        try:
            search = _at_one_speed(port, clock, families, boards, wait_ms)
        finally:
            port.close()
        echoes = echoes or search.echoes
        noise = (baud, search.noise) if search.noise else noise
        if search.boards or search.refused or search.strangers:
            found = tuple(search.boards), echoes, None, tuple(search.refused), tuple(search.strangers)
            return Probed(url, asked, baud, *found)
    return Probed(url, asked, echoes=echoes, noise=noise)


def _at_one_speed(
    port: Port, clock: Clock, families: Sequence[str], boards: Sequence[int] | None, wait_ms: int
) -> _Search:
    search = _Search()
    for name in families:
        for board in numbers(FAMILIES[name], boards):
            _ask(port, clock, FAMILIES[name], board, wait_ms, search)
    return search


def _ask(port: Port, clock: Clock, family: Family, board: int, wait_ms: int, search: _Search) -> None:
    heard = Heard()
    for locks in _sizes(family):
        config = BoardConfig(family.name, board, locks, echo=search.echoes)
        match _answer(port, clock, config, wait_ms, heard, search):
            case StatusReply(closed=ones, open=zeros):
                search.boards.append(FoundBoard(family.name, board, len(ones | zeros), ones))
                return
            case Refusal(why=why) if locks == _sizes(family)[-1]:
                search.refused.append((family.name, board, why))
    if heard.left == family.status(board, _sizes(family)[-1]):
        search.echoes = True
    elif heard.left:
        search.noise = heard.left


def _sizes(family: Family) -> Sequence[int]:
    """How many locks to ask for, the most first: boards that are asked for a number refuse one they lack."""
    first, most = family.boards[0], family.locks[-1]
    sizes = range(most, 0, -8)
    return sizes if family.status(first, sizes[-1]) != family.status(first, most) else (most,)


def _answer(
    port: Port, clock: Clock, config: BoardConfig, wait_ms: int, heard: Heard, search: _Search
) -> StatusReply | Refusal | None:
    question = FAMILIES[config.family].status(config.board, config.locks)
    port.drop_input()
    port.write(question)
    for reply in replies(port, config, question, clock, wait_ms, heard):
        if reply.board == config.board and isinstance(reply, StatusReply | Refusal):
            return reply
        if reply.board != config.board and isinstance(reply, StatusReply):
            search.strangers.append((config.family, config.board, reply.board))
            return None
    return None
