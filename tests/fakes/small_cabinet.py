"""The file of a cabinet with a few doors in one column, on one board."""

from pathlib import Path

from locker_firmware_bridge import config
from locker_firmware_bridge.codecs import FAMILIES
from locker_firmware_bridge.commissioning.profile import toml_of
from locker_firmware_bridge.config import Board, Bus, Door, LockersFile


def write_small_cabinet(
    directory: Path, url: str, *, family: str = "cu16", board: int = 0, doors: int = 3
) -> None:
    """`lockers.toml` in `directory`: doors from 1, each on the lock of its number."""
    pulse_ms = 500 if FAMILIES[family].can_pulse(500) else 1000
    boards = (Board(family=family, address=board, locks=doors, pulse_ms=pulse_ms),)
    places = tuple(
        Door(number=lock, lock=lock, size="M", floor_cm=10, column=1, row=lock, board=board)
        for lock in range(1, doors + 1)
    )
    file = LockersFile(bus=(Bus(name="main", url=url, board=boards),), compartment=places)
    (directory / config.FILE_NAME).write_text(toml_of(file))
