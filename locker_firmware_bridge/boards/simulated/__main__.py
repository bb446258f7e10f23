"""A simulated line of lock boards of one family, a program of its own that outlives the bridge.

It answers on a pseudo-terminal (or a TCP port, as a gateway does) byte for byte as the boards would,
keeps its own log of every order and every door that moved (the evidence tests count against), and can
fail in every way the real thing can: see `state` for the faults and the commands of the control socket.
"""

import signal
import sys
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from locker_firmware_bridge.boards.simulated import DIALECTS, Dialect, state
from locker_firmware_bridge.boards.simulated.cabinet import SimulatedCabinet
from locker_firmware_bridge.boards.simulated.line import Gateway, Line, Paced, Pty, Tuned
from locker_firmware_bridge.boards.simulated.machine import Machine, hand, signpost
from locker_firmware_bridge.boards.simulated.reactor import Reactor
from locker_firmware_bridge.boards.simulated.world import Setup

_AUTO_CLOSE_MS = 2000
_FILE: Any = click.Path(path_type=Path)


class _Options(msgspec.Struct, frozen=True):
    """What was typed; the names are those of `main`'s options."""

    link: Path
    log: Path
    family: str
    board: tuple[int, ...]
    locks: int | None
    control: Path | None
    state: Path | None
    auto_close: int | None
    log_status: bool
    polarity: Literal["usual", "reversed"]
    feedback: Literal["closing", "opening"]
    order: Literal["msb", "lsb"]
    reports: str | None
    answers_as: int | None
    pulse: int | None
    baud: int | None
    pace: bool
    listen: str | None


@click.command()
@click.option("--link", required=True, type=_FILE, help="Where to put a link to the device, or the URL.")
@click.option("--log", required=True, type=_FILE, help="The boards' own log, JSON lines.")
@click.option("--family", default="cu16", show_default=True, type=click.Choice(sorted(DIALECTS)))
@click.option("--board", multiple=True, type=int, help="Number on the dial; may be repeated.")
@click.option("--locks", type=int, help="Locks of each board; usually as many as most have.")
@click.option("--control", type=_FILE, help="Unix socket for commands, JSON lines.")
@click.option("--state", type=_FILE, help="Keep doors and faults over a restart.")
@click.option(
    "--auto-close", is_flag=False, flag_value=_AUTO_CLOSE_MS, type=int, help="Doors close after so many ms."
)
@click.option("--log-status", is_flag=True, help="Log questions and answers too.")
@click.option(
    "--polarity", default="usual", type=click.Choice(["usual", "reversed"]), help="Which bit is a shut door."
)
@click.option(
    "--feedback",
    default="closing",
    type=click.Choice(["closing", "opening"]),
    help="When the contact is made: with a shut door, or with a released one.",
)
@click.option(
    "--order", default="msb", type=click.Choice(["msb", "lsb"]), help="First status byte of a 0x8a board."
)
@click.option(
    "--reports",
    type=click.Choice(["81", "82"]),
    help="First byte, in hex, of what a 0x8a board says unasked: 81 or 82.",
)
@click.option("--answers-as", type=int, help="The first board answers with this number.")
@click.option("--pulse", type=int, help="The board's own timer, in ms.")
@click.option("--baud", type=int, help="At any other speed both ends hear garbage.")
@click.option("--pace", is_flag=True, help="Bytes take their time on the wire.")
@click.option("--listen", metavar="HOST:PORT", help="A TCP port instead of a device; 0: any.")
def main(**typed: Any) -> None:
    """Stand in for the lock boards of one family on one line, until SIGTERM or Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    options = _Options(**typed)
    dialect = DIALECTS[options.family]
    cabinet, setup = _cabinet(options, dialect), _setup(options, dialect)
    reactor = Reactor()
    line = _line(options, dialect, reactor)
    with options.log.open("a", encoding="utf-8", buffering=1) as log:
        machine = Machine(reactor, line, log, options.state)
        with hand(options.control) as listener, signpost(options.link, line.address):
            machine.run(SimulatedCabinet(cabinet, setup, machine, options.log_status), listener)


def _cabinet(options: _Options, dialect: Dialect) -> state.Cabinet:
    boards = options.board or (dialect.boards[0],)
    for board in boards:
        _check("--board", board, dialect.boards)
    locks = dialect.usual_locks if options.locks is None else options.locks
    _check("--locks", locks, dialect.locks)
    fresh = state.new_cabinet(boards, locks, options.auto_close)
    if options.state is None or not options.state.exists():
        return fresh
    return state.continued(msgspec.json.decode(options.state.read_bytes(), type=state.Cabinet), fresh)


def _check(option: str, value: int, allowed: range) -> None:
    if value not in allowed:
        raise click.BadParameter(f"{value} is not from {allowed[0]} to {allowed[-1]}", param_hint=option)


def _setup(options: _Options, dialect: Dialect) -> Setup:
    first = options.board[0] if options.board else dialect.boards[0]
    if options.answers_as is not None:
        _check("--answers-as", options.answers_as, dialect.boards)
    return Setup(
        dialect=dialect,
        reversed=(options.polarity == "reversed") != (options.feedback == "opening"),
        lsb_first=options.order == "lsb",
        report_head=int(options.reports or "0", 16),
        answers_as=() if options.answers_as is None else ((first, options.answers_as),),
        pulse_ms=options.pulse,
    )


def _line(options: _Options, dialect: Dialect, reactor: Reactor) -> Line:
    line: Line = _pty(options, reactor) if options.listen is None else _gateway(options.listen, reactor)
    return Paced(line, reactor, options.baud or dialect.baud) if options.pace else line


def _pty(options: _Options, reactor: Reactor) -> Line:
    device = Pty(reactor)
    return device if options.baud is None else Tuned(device, options.baud)


def _gateway(listen: str, reactor: Reactor) -> Gateway:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.BadParameter(f"{listen} is not HOST:PORT", param_hint="--listen")
    return Gateway(reactor, host, int(port))


if __name__ == "__main__":
    main()
