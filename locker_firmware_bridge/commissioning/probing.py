"""What is on a port: every family asked for its doors at the usual speeds. Questions only, never an order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from contract.clock import Clock
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.exchange import Heard, replies
from locker_firmware_bridge.boards.port import OpenPort, Port
from locker_firmware_bridge.codecs import FAMILIES, Family, Refusal, StatusReply

BAUDS: Final = (19200, 9600, 57600, 115200)
WAIT_MS: Final = 100
LARGEST_DIAL: Final = 32
PATIENT_MS: Final = 3000
"""How long a board that seems to answer with another's number may take, before it is called that."""
SETTLING_TRIES: Final = 5
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

    def found(self, family: Family, told: StatusReply) -> None:
        """A board told of its doors; a slow one may have done so before."""
        if (family.name, told.board) not in {(each.family, each.board) for each in self.boards}:
            locks = len(told.closed | told.open)
            self.boards.append(FoundBoard(family.name, told.board, locks, told.closed))

    def refused_by(self, family: Family, board: int, why: str) -> None:
        """A board has no doors to tell of; a slow line is asked twice."""
        if (family.name, board, why) not in self.refused:
            self.refused.append((family.name, board, why))


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
    for family in (FAMILIES[name] for name in families):
        if not _ask_all(port, clock, family, boards, wait_ms, search):
            _ask_all(port, clock, family, boards, family.reply_ms, search)
    return search


def _ask_all(
    port: Port, clock: Clock, family: Family, boards: Sequence[int] | None, wait_ms: int, search: _Search
) -> bool:
    """Ask every number; False: an answer came late, so that nothing is certain. All of it is over then."""
    every = list(numbers(family, boards))
    hasty = wait_ms < family.reply_ms
    in_time = all(_ask(port, clock, family, board, wait_ms, search) or not hasty for board in every)
    return not hasty or not every or (not _hears(port, clock, family, every[-1]) and in_time)


def _hears(port: Port, clock: Clock, family: Family, board: int) -> bool:
    """Whether an answer comes though nobody asks; takes as long as boards of its family may."""
    config = BoardConfig(family.name, board, 1)
    late = [*replies(port, config, b"", clock, family.reply_ms, Heard())]
    return any(isinstance(reply, StatusReply) for reply in late)


def _ask(port: Port, clock: Clock, family: Family, board: int, wait_ms: int, search: _Search) -> bool:
    """Ask one number; False: another answered, by a wrong number or to an earlier question."""
    heard = Heard()
    for locks in _sizes(family):
        config = BoardConfig(family.name, board, locks, echo=search.echoes)
        match _answer(port, clock, config, wait_ms, heard):
            case StatusReply(board=other) if other != board:
                if wait_ms >= family.reply_ms:
                    _ask_patiently(port, clock, config, other, search)
                return False
            case StatusReply() as told:
                search.found(family, told)
                search.echoes = search.echoes or family.status(board, locks) in heard.first
                return True
            case Refusal(why=why) if locks == _sizes(family)[-1]:
                search.refused_by(family, board, why)
    if heard.left == family.status(board, _sizes(family)[-1]):
        search.echoes = True
    elif heard.left:
        search.noise = heard.left
    return True


def _ask_patiently(port: Port, clock: Clock, config: BoardConfig, other: int, search: _Search) -> None:
    """`other` answered where another number was asked: by a wrong number, or later than any board should."""
    family = FAMILIES[config.family]
    for _ in range(SETTLING_TRIES):
        if not _hears(port, clock, family, config.board):
            break
    for asked in (config.board, other):
        told = _answer(port, clock, replace(config, board=asked), PATIENT_MS, Heard())
        if isinstance(told, StatusReply) and told.board == asked:
            search.found(family, told)
        elif isinstance(told, StatusReply):
            search.strangers.append((family.name, asked, told.board))
            return


def _sizes(family: Family) -> Sequence[int]:
    """How many locks to ask for, the most first: boards that are asked for a number refuse one they lack."""
    first, most = family.boards[0], family.locks[-1]
    sizes = range(most, 0, -8)
    return sizes if family.status(first, sizes[-1]) != family.status(first, most) else (most,)


def _answer(
    port: Port, clock: Clock, config: BoardConfig, wait_ms: int, heard: Heard
) -> StatusReply | Refusal | None:
    question = FAMILIES[config.family].status(config.board, config.locks)
    port.drop_input()
    port.write(question)
    for reply in replies(port, config, question, clock, wait_ms, heard):
        if isinstance(reply, StatusReply) or (isinstance(reply, Refusal) and reply.board == config.board):
            return reply
    return None
