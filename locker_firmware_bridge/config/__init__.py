"""`lockers.toml` in the device's directory: the boards, and which door hangs on which lock.

[[bus]]
name = "main"
url = "/dev/serial/by-id/usb-FTDI_USB-RS485-if00-port0"

[[bus.board]]
family = "cu16"
address = 0                # the number on the board's dial
locks = 16

[[compartment]]
number = 1                 # as painted on the door
bus = "main"               # may be left out where there is one bus
board = 0
lock = 1
size = "S"
floor_cm = 150             # from the ground to the floor of the compartment
column = 1                 # place in the drawing, from the top left
row = 1

[[shelf]]
number = 101
label = "A1"
size = "XL"

[scale]                    # one where bags are dropped; a port of its own
url = "/dev/serial/by-id/usb-scale-if00"
protocol = "mt-sics"
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contract import settings
from contract.messages import CabinetCompartment
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.codecs import Wiring
from locker_firmware_bridge.config.checks import cross_check
from locker_firmware_bridge.config.drawing import DRAWING_NAME, DrawingFile, drawn
from locker_firmware_bridge.config.file import Board, Bus, Door, LockersFile, Scale, Shelf
from locker_firmware_bridge.scales.scale import ScaleConfig

__all__ = [
    "DRAWING_NAME",
    "FILE_NAME",
    "Board",
    "Bus",
    "BusConfig",
    "Door",
    "DrawingFile",
    "Lockers",
    "LockersFile",
    "Scale",
    "Shelf",
    "load",
    "read",
]

FILE_NAME: Final = "lockers.toml"


@dataclass(frozen=True)
class BusConfig:
    """A bus, ready to be opened."""

    name: str
    url: str
    boards: tuple[BoardConfig, ...]
    baud: int | None


@dataclass(frozen=True)
class Lockers:
    """The lockers of a site: places by number, and bus, board and lock of each door; the scale, if any."""

    places: Mapping[int, CabinetCompartment]
    locks: Mapping[int, tuple[str, int, int]]
    buses: tuple[BusConfig, ...]
    scale: ScaleConfig | None = None
    scale_kiosk: str = ""


def load(path: Path) -> LockersFile:
    """One file as it stands; raises SettingsError naming every fault at once."""
    return settings.load(path, LockersFile, cross_check)


def read(directory: Path) -> Lockers:
    """The lockers described in a device's directory; raises SettingsError naming every fault at once."""
    file = load(directory / FILE_NAME)
    only = file.bus[0].name if len(file.bus) == 1 else ""
    places = [*map(_door_place, file.compartment), *map(_shelf_place, file.shelf)]
    return Lockers(
        places=drawn(directory, {place.compartment: place for place in places}),
        locks={door.number: (door.bus or only, door.board, door.lock) for door in file.compartment},
        buses=tuple(
            BusConfig(bus.name, bus.url, tuple(map(_board, bus.board)), bus.baud) for bus in file.bus
        ),
        scale=None if file.scale is None else _scale(file.scale),
        scale_kiosk="" if file.scale is None else file.scale.kiosk,
    )


def _scale(scale: Scale) -> ScaleConfig:
    ask = scale.ask.encode() + b"\r\n" if scale.ask else None if scale.ask is None else b""
    return ScaleConfig(scale.url, scale.protocol, scale.baud, scale.framing, ask)


def _board(board: Board) -> BoardConfig:
    return BoardConfig(
        family=board.family,
        board=board.address,
        locks=board.locks,
        wiring=Wiring(
            hook_closed_bit=board.hook_closed_bit,
            item_present_bit=board.item_present_bit,
            status_order=board.status_order,
            report_heads=frozenset(board.report_heads),
        ),
        has_item_sensor=board.has_item_sensor,
        pulse_ms=board.pulse_ms,
        lock_kind=board.lock_kind,
        echo=board.echo,
        lock_pins=board.lock_pins,
        hook_pins=board.hook_pins,
    )


def _door_place(door: Door) -> CabinetCompartment:
    return CabinetCompartment(
        compartment=door.number,
        kind="lock",
        size=door.size,
        floor_cm=door.floor_cm,
        column=door.column,
        row=door.row,
    )


def _shelf_place(shelf: Shelf) -> CabinetCompartment:
    return CabinetCompartment(
        compartment=shelf.number,
        kind="shelf",
        size=shelf.size,
        floor_cm=shelf.floor_cm,
        column=shelf.column,
        row=shelf.row,
        label=shelf.label,
    )
