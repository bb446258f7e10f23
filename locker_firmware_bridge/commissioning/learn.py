"""`lockers learn`: from a wired cabinet to its `lockers.toml`."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from contract.clock import Clock, SystemClock
from contract.settings import SettingsError
from locker_firmware_bridge import config
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.driver import driver_of
from locker_firmware_bridge.boards.errors import BoardError
from locker_firmware_bridge.boards.port import OpenPort, open_port
from locker_firmware_bridge.codecs import FAMILIES
from locker_firmware_bridge.commissioning import probing
from locker_firmware_bridge.commissioning.installer import AtTerminal, Installer, LeftError
from locker_firmware_bridge.commissioning.learning_boards import (
    LearnError,
    LearntBoard,
    from_one_door,
    with_echo,
)
from locker_firmware_bridge.commissioning.learning_doors import learn_doors
from locker_firmware_bridge.commissioning.line import open_line
from locker_firmware_bridge.commissioning.probe import told
from locker_firmware_bridge.commissioning.probing import FoundBoard, Probed
from locker_firmware_bridge.commissioning.profile import toml_of
from locker_firmware_bridge.config import Board, Bus, LockersFile


@click.command()
@click.option("--port", "url", required=True, help="The port, as probe names it.")
@click.option("--family", type=click.Choice(tuple(FAMILIES)), help="Look for this family only.")
@click.option("--baud", type=int, help="At this speed only.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@click.option("--motor", is_flag=True, help="The locks have a motor: pulses of 1000 ms.")
def learn(url: str, family: str | None, baud: int | None, out: Path, motor: bool) -> None:
    """Learn a cabinet door by door and write its lockers.toml. Opens each door, after a yes."""
    if out.exists():
        raise click.ClickException(f"{out} is there already: take it away, or name another file")
    if not os.access(out.absolute().parent, os.W_OK):  # said now, and not when every door was opened
        raise click.ClickException(f"{out} cannot be written: make its directory, or name another file")
    try:
        learnt, remarks = learn_cabinet(url, family, baud, motor, AtTerminal(), open_port, SystemClock())
    except (BoardError, LearnError, LeftError) as error:
        raise click.ClickException(f"{error}. Nothing was written.") from None
    out.write_text(toml_of(learnt))
    for remark in remarks:
        click.echo(f"! {remark}")
    click.echo(f"{len(learnt.compartment)} doors written to {out}.")
    try:
        config.load(out)
    except SettingsError as error:
        raise click.ClickException(f"{error}\nMend these by hand.") from None
    if remarks:
        raise SystemExit(1)


def learn_cabinet(
    url: str,
    family: str | None,
    baud: int | None,
    motor: bool,
    installer: Installer,
    opener: OpenPort,
    clock: Clock,
    *,
    boards: Sequence[int] | None = None,
) -> tuple[LockersFile, list[str]]:
    """The file, and what is to be mended. `boards`: ask these numbers only. Raises LearnError, BoardError."""
    probed = _probed(url, family, baud, installer, opener, clock, boards)
    found, speed = [_configured(board, motor) for board in probed.boards], probed.baud
    driver = driver_of(url, found, clock, opener=opener, baud=speed)
    with open_line(driver, clock) as line:
        learnt = from_one_door(line, with_echo(line, found, installer, seen=probed.echoes), installer)
        notes = learn_doors(line, learnt, installer)
    if not notes.doors:
        raise LearnError("no door was learnt")
    used_baud = None if FAMILIES[found[0].family].baud == speed else speed
    bus = Bus(name="main", url=url, board=tuple(map(_board, learnt)), baud=used_baud)
    return LockersFile(bus=(bus,), compartment=tuple(notes.doors)), notes.remarks


def _probed(
    url: str,
    family: str | None,
    baud: int | None,
    installer: Installer,
    opener: OpenPort,
    clock: Clock,
    boards: Sequence[int] | None,
) -> Probed:
    """What is on the port: boards of one family. Raises LearnError, BoardError."""
    probed = probing.probe(
        url,
        opener,
        clock,
        families=(family,) if family else tuple(FAMILIES),
        bauds=(baud,) if baud else probing.BAUDS,
        boards=boards,
        progress=lambda speed: installer.tell(f"Looking for boards at {speed} baud…"),
    )
    for sentence in told(probed):
        installer.tell(sentence)
    if not probed.boards:
        raise LearnError("no board was found: mend what is said above, then begin again")
    if probed.strangers:
        raise LearnError("a board answers with another's number: set each board's own, then begin again")
    if len({board.family for board in probed.boards}) > 1:
        raise LearnError("boards of two families cannot share a line: take one off, or choose with --family")
    return probed


def _configured(board: FoundBoard, motor: bool) -> BoardConfig:
    return BoardConfig(
        board.family,
        board.board,
        board.locks,
        pulse_ms=1000 if motor or not FAMILIES[board.family].can_pulse(500) else 500,
        lock_kind="motor" if motor else "solenoid",
    )


def _board(learnt: LearntBoard) -> Board:
    board = learnt.config
    return Board(
        family=board.family,
        address=board.board,
        locks=max(learnt.doors, default=1),
        hook_closed_bit=0 if board.wiring.hook_closed_bit == 0 else 1,
        status_order=board.wiring.status_order,
        lock_kind=board.lock_kind,
        pulse_ms=board.pulse_ms,
        echo=board.echo,
    )
