"""`lockers off`: no output under current, for the service manager once the bridge has ended."""

from collections.abc import Iterable
from pathlib import Path

import click

from contract.clock import SystemClock
from contract.settings import SettingsError
from locker_firmware_bridge import config
from locker_firmware_bridge.boards import GPIO, BoardConfig
from locker_firmware_bridge.boards.driver import driver_of
from locker_firmware_bridge.boards.errors import BoardError
from locker_firmware_bridge.codecs import FAMILIES
from locker_firmware_bridge.commissioning.line import open_line
from locker_firmware_bridge.config import BusConfig


@click.command()
@click.option(
    "--device",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Where lockers.toml lies.",
)
def off(device: Path) -> None:
    """Take the current from every output that could have been left on: pins and relays. Opens nothing."""
    try:
        lockers = config.read(device)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    problems = [problem for bus in _that_can_stay_on(lockers.buses) if (problem := _switch_off(bus))]
    if problems:
        raise click.ClickException("; ".join(problems))


def _that_can_stay_on(buses: Iterable[BusConfig]) -> list[BusConfig]:
    """Pins first: they answer at once, and the service manager does not wait for every dead gateway."""
    able = (bus for bus in buses if any(map(_can_stay_on, bus.boards)))
    return sorted(able, key=lambda bus: bus.url != GPIO)


def _can_stay_on(board: BoardConfig) -> bool:
    return board.family == GPIO or bool(FAMILIES[board.family].all_off(board.board))


def _switch_off(bus: BusConfig) -> str:
    """Why it could not be done on this bus; empty: it was."""
    try:
        with open_line(driver_of(bus.url, bus.boards, SystemClock(), baud=bus.baud), SystemClock()) as line:
            for board in bus.boards:
                line.switch_off(board)
    except BoardError as error:
        return str(error)
    return ""
