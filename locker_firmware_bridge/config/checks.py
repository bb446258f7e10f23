"""What is wrong in a `lockers.toml` though each of its values is right."""

from collections.abc import Iterator

from contract import settings
from contract.settings import Remark
from locker_firmware_bridge.boards import GPIO, LOCK_PINS, LONGEST_PULSE_MS
from locker_firmware_bridge.codecs import FAMILIES, Family
from locker_firmware_bridge.config.file import Board, Bus, LockersFile
from locker_firmware_bridge.scales.protocols import PROTOCOLS

LONGEST_BESIDE_ANOTHER_MS = 2_800
"""Doors of a site open three seconds apart; so much of it is left for a pulse and a rest after it."""


def cross_check(file: LockersFile) -> Iterator[Remark]:
    """What no single value tells: pieces that do not fit, numbers given twice, pulses that burn."""
    yield from _check_buses(file)
    yield from _check_locks(file)
    yield from _check_numbers(file)
    yield from _check_scale(file)
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
            if len(file.bus) > 1 and board.pulse_ms > LONGEST_BESIDE_ANOTHER_MS:
                remedy = f"Write at most {LONGEST_BESIDE_ANOTHER_MS}: two buses never pulse at once then"
                yield Remark((*path, "pulse_ms"), "too long where there is another bus", remedy)
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
        allowed = range(usual.start, min(usual.stop, longest_ms + 1), usual.step)
        several = f" to {allowed[-1]}, in steps of {allowed.step}" if len(allowed) > 1 else ""
        remedy = f"Write {allowed[0]}{several}"
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


def _check_scale(file: LockersFile) -> Iterator[Remark]:
    if file.scale is None:
        return
    if file.scale.protocol not in PROTOCOLS:
        known = ", ".join(PROTOCOLS)
        yield Remark(("scale", "protocol"), "this protocol is not known", f"Write one of: {known}")
    if file.scale.url in (bus.url for bus in file.bus):
        yield Remark(("scale", "url"), "a bus has this port", "Give the scale a port of its own")


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
        if shelf.label.casefold() in labels:
            yield Remark(("shelf", place, "label"), "another shelf place bears it", "Label each once")
        seen.add(shelf.number)
        labels.add(shelf.label.casefold())
