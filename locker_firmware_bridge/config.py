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
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from contract import settings
from contract.messages import CabinetCompartment, Compartment, Size, Word
from contract.settings import Remark
from locker_firmware_bridge.boards import GPIO, LOCK_PINS, LONGEST_PULSE_MS, BoardConfig, LockKind
from locker_firmware_bridge.codecs import FAMILIES, Family, Wiring

FILE_NAME: Final = "lockers.toml"

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,30}$")]
Bit = Literal[0, 1]
Pin = Annotated[int, Meta(ge=0, le=27)]


class Board(Struct, frozen=True, kw_only=True):
    """One lock board. The bits say which value means "hook engaged" and "something there"."""

    family: str
    address: Annotated[int, Meta(ge=0, le=255)]
    locks: Annotated[int, Meta(ge=1, le=64)]
    hook_closed_bit: Bit = 1
    item_present_bit: Bit = 1
    has_item_sensor: bool = False
    status_order: Literal["msb", "lsb"] = "msb"
    report_heads: tuple[Literal[0x81, 0x82], ...] = ()
    lock_kind: LockKind = "solenoid"
    pulse_ms: Annotated[int, Meta(ge=100, le=3000)] = 500
    echo: bool = False
    lock_pins: Annotated[tuple[Pin, ...], Meta(max_length=18)] = ()
    hook_pins: Annotated[tuple[Pin, ...], Meta(max_length=18)] = ()


class Bus(Struct, frozen=True, kw_only=True):
    """One port with its boards; `url` is a device, `socket://host:port`, `rfc2217://host:port` or `gpio`."""

    name: Name
    url: Annotated[str, Meta(min_length=1, max_length=300)]
    board: Annotated[tuple[Board, ...], Meta(min_length=1, max_length=32)]
    baud: Annotated[int, Meta(ge=1200, le=115_200)] | None = None


class Door(Struct, frozen=True, kw_only=True):
    """One compartment with a lock."""

    number: Compartment
    lock: Annotated[int, Meta(ge=1, le=64)]
    size: Size
    floor_cm: Annotated[int, Meta(ge=0, le=400)]
    column: Annotated[int, Meta(ge=1, le=200)]
    row: Annotated[int, Meta(ge=1, le=60)]
    board: Annotated[int, Meta(ge=0, le=255)] = 0
    bus: str = ""


class Shelf(Struct, frozen=True, kw_only=True):
    """One place without a lock, behind the counter."""

    number: Compartment
    label: Word
    size: Size = "XL"
    floor_cm: Annotated[int, Meta(ge=0, le=400)] = 100
    column: Annotated[int, Meta(ge=1, le=200)] = 1
    row: Annotated[int, Meta(ge=1, le=60)] = 1


class LockersFile(Struct, frozen=True, kw_only=True):
    """The whole file."""

    bus: Annotated[tuple[Bus, ...], Meta(max_length=16)] = ()
    compartment: Annotated[tuple[Door, ...], Meta(max_length=256)] = ()
    shelf: Annotated[tuple[Shelf, ...], Meta(max_length=44)] = ()


@dataclass(frozen=True)
class BusConfig:
    """A bus, ready to be opened."""

    name: str
    url: str
    boards: tuple[BoardConfig, ...]
    baud: int | None


@dataclass(frozen=True)
class Lockers:
    """The lockers of a site: places by number, and bus, board and lock of each door."""

    places: Mapping[int, CabinetCompartment]
    locks: Mapping[int, tuple[str, int, int]]
    buses: tuple[BusConfig, ...]


def load(path: Path) -> LockersFile:
    """One file as it stands; raises SettingsError naming every fault at once."""
    return settings.load(path, LockersFile, _cross_check)


def read(directory: Path) -> Lockers:
    """The lockers described in a device's directory; raises SettingsError naming every fault at once."""
    file = load(directory / FILE_NAME)
    only = file.bus[0].name if len(file.bus) == 1 else ""
    places = [*map(_door_place, file.compartment), *map(_shelf_place, file.shelf)]
    return Lockers(
        places={place.compartment: place for place in places},
        locks={door.number: (door.bus or only, door.board, door.lock) for door in file.compartment},
        buses=tuple(
            BusConfig(bus.name, bus.url, tuple(map(_board, bus.board)), bus.baud) for bus in file.bus
        ),
    )


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


# --- what no single value tells ----------------------------------------------------------------


def _cross_check(file: LockersFile) -> Iterator[Remark]:
    yield from _check_buses(file)
    yield from _check_locks(file)
    yield from _check_numbers(file)
    if not file.compartment and not file.shelf:
        yield Remark((), "there is no place at all", "Add a [[compartment]] or a [[shelf]]")


def _check_buses(file: LockersFile) -> Iterator[Remark]:
    for place, bus in enumerate(file.bus):
        if bus.name in (other.name for other in file.bus[:place]):
            yield Remark(("bus", place, "name"), "another bus has this name", "Give each its own")
        if bus.url in (other.url for other in file.bus[:place]):
            yield Remark(("bus", place, "url"), "another bus has this port", "Put its boards under one bus")
        for number, board in enumerate(bus.board):
            path = ("bus", place, "board", number)
            yield from _check_board(path, bus, board)
            if board.address in (other.address for other in bus.board[:number]):
                yield Remark(
                    (*path, "address"), "another board of this bus has this address", "Turn its dial"
                )
            if board.family != bus.board[0].family:
                remedy = (
                    "Give it a bus and an adapter of its own: a question to one may be an order to the other"
                )
                yield Remark((*path, "family"), "another family than the first board of this bus", remedy)


def _check_board(path: settings.KeyPath, bus: Bus, board: Board) -> Iterator[Remark]:
    yield from _check_longest_pulse(path, board)
    if GPIO in (board.family, bus.url):
        yield from _check_pins(path, bus, board)
        return
    family = FAMILIES.get(board.family)
    if family is None:
        known = ", ".join(sorted([*FAMILIES, GPIO]))
        yield Remark((*path, "family"), "this family is not known", f"Write one of: {known}")
        return
    if board.address not in family.boards:
        first, last = family.boards[0], family.boards[-1]
        yield Remark((*path, "address"), "no such board can be", f"Write {first} to {last}, as on its dial")
    if board.locks not in family.locks:
        yield Remark((*path, "locks"), "it has not so many", f"Write at most {family.locks[-1]}")
    if board.has_item_sensor and not family.has_items:
        yield Remark((*path, "has_item_sensor"), "this family has no item sensors", "Write false")
    yield from _check_pulse(path, board, family)


def _check_pins(path: settings.KeyPath, bus: Bus, board: Board) -> Iterator[Remark]:
    """Locks wired to this machine: a bus of its own, with one board, and two pins for each lock."""
    if (board.family, bus.url, len(bus.board)) != (GPIO, GPIO, 1):
        remedy = f'Write family = "{GPIO}" and url = "{GPIO}" for one board alone'
        yield Remark((*path, "family"), "the pins of this machine are a bus of their own", remedy)
    for key, pins in (("lock_pins", board.lock_pins), ("hook_pins", board.hook_pins)):
        if len(pins) != board.locks:
            yield Remark((*path, key), "not one pin for each lock", f"Write {board.locks} numbers of pins")
    if len({*board.lock_pins, *board.hook_pins}) < len(board.lock_pins) + len(board.hook_pins):
        yield Remark((*path, "hook_pins"), "a pin is there twice", "Give each its own")
    if not set(board.lock_pins) <= set(LOCK_PINS):
        remedy = f"Write pins from {LOCK_PINS[0]} to {LOCK_PINS[-1]}"
        yield Remark((*path, "lock_pins"), "a pin there is high while the machine starts", remedy)


def _check_longest_pulse(path: settings.KeyPath, board: Board) -> Iterator[Remark]:
    longest_ms = LONGEST_PULSE_MS[board.lock_kind]
    if board.pulse_ms > longest_ms:
        remedy = f'Write at most {longest_ms}, or lock_kind = "motor" if it is one'
        yield Remark((*path, "pulse_ms"), f"a {board.lock_kind} would burn", remedy)


def _check_pulse(path: settings.KeyPath, board: Board, family: Family) -> Iterator[Remark]:
    longest_ms = LONGEST_PULSE_MS[board.lock_kind]
    if board.pulse_ms <= longest_ms and not family.can_pulse(board.pulse_ms):
        usual = family.pulses_ms or range(family.own_pulse_ms or 100, longest_ms + 1)
        remedy = f"Write {usual[0]} to {min(usual[-1], longest_ms)}, in steps of {usual.step}"
        yield Remark((*path, "pulse_ms"), "the board has no such pulse", remedy)


def _check_locks(file: LockersFile) -> Iterator[Remark]:
    boards = {(bus.name, board.address): board for bus in file.bus for board in bus.board}
    only = file.bus[0].name if len(file.bus) == 1 else ""
    taken: dict[tuple[str, int, int], int] = {}
    for place, door in enumerate(file.compartment):
        path, bus = ("compartment", place), door.bus or only
        board = boards.get((bus, door.board))
        if board is None:
            remedy = "Write bus and board as they stand under [[bus]]"
            yield Remark((*path, "board"), "there is no such board on this bus", remedy)
        elif door.lock > board.locks:
            yield Remark((*path, "lock"), f"the board has {board.locks} locks", "Write one that it has")
        other = taken.setdefault((bus, door.board, door.lock), door.number)
        if other != door.number:
            yield Remark((*path, "lock"), f"compartment {other} has this lock", "Give each door its own")


def _check_numbers(file: LockersFile) -> Iterator[Remark]:
    seen: set[int] = set()
    labels: set[str] = set()
    cells: set[tuple[int, int]] = set()
    for place, door in enumerate(file.compartment):
        if door.number in seen:
            yield Remark(("compartment", place, "number"), "another door bears it", "Number each place once")
        if (door.column, door.row) in cells:
            remedy = "Give each door its own column and row"
            yield Remark(("compartment", place, "column"), "another door is drawn there", remedy)
        seen.add(door.number)
        cells.add((door.column, door.row))
    for place, shelf in enumerate(file.shelf):
        if shelf.number in seen:
            yield Remark(("shelf", place, "number"), "another place bears it", "Number each place once")
        if shelf.label in labels:
            yield Remark(("shelf", place, "label"), "another shelf place bears it", "Label each once")
        seen.add(shelf.number)
        labels.add(shelf.label)
