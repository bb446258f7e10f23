"""`lockers test`: opens door after door as in service, and reports.

Every opening is in the bridge's journal like any other, so that the hub can tell who opened what; a door
behind which something lies is not opened.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from contract import enrolment
from contract.clock import Clock, SystemClock
from contract.database import InUseError, StorageError
from contract.enrolment import NotEnrolledError
from contract.journal import Journal
from contract.messages import DoorClosed, DoorIntent, DoorNotOpened, DoorOpened, DoorPulsed, Fact
from contract.settings import SettingsError
from locker_firmware_bridge import config
from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.boards.driver import driver_of
from locker_firmware_bridge.boards.errors import BoardError
from locker_firmware_bridge.commissioning.installer import AtTerminal, Installer, LeftError
from locker_firmware_bridge.commissioning.learning_doors import SLOW_MS, open_one, wait_closed
from locker_firmware_bridge.commissioning.line import Line, open_line
from locker_firmware_bridge.config import Lockers
from locker_firmware_bridge.core.state import Rules
from locker_firmware_bridge.store import Store

_WHO: Final = "installer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one door did; `ok` when it opened in time and closed again."""

    compartment: int
    ok: bool
    text: str


@click.command(name="test")
@click.option("--device", type=click.Path(file_okay=False, path_type=Path), required=True, help="As for run.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="As for run.")
@click.option("--door", "doors", multiple=True, type=int, help="Only this number; may be repeated.")
def door_test(device: Path, data: Path | None, doors: tuple[int, ...]) -> None:
    """Open door after door, each after a yes, and report. The bridge must be stopped meanwhile."""
    clock, verdicts = SystemClock(), list[Verdict]()
    try:
        who, lockers = enrolment.read(device, "bridge"), config.read(device)
        unknown = sorted(set(doors) - set(lockers.locks))
        if unknown:
            raise click.ClickException(f"there is no door {unknown[0]} in {device / config.FILE_NAME}")
        with _journal((data or device / "data") / "journal.sqlite3", clock) as journal:
            occupied = _occupied(journal, Rules(who.device, "", who.site_key or b"", lockers.places))
            wanted = [number for number in sorted(lockers.locks) if not doors or number in doors]
            with suppress(LeftError):  # the report tells of the doors up to there
                for verdict in open_doors(lockers, wanted, occupied, journal.append, AtTerminal(), clock):
                    verdicts.append(verdict)
    except (NotEnrolledError, SettingsError, StorageError) as error:
        raise click.ClickException(str(error)) from None
    bad = [verdict for verdict in verdicts if not verdict.ok]
    click.echo(f"\n{len(verdicts) - len(bad)} of {len(verdicts)} doors are good.")
    for verdict in bad:
        click.echo(f"  door {verdict.compartment}: {verdict.text}")
    if bad:
        raise SystemExit(1)


@contextmanager
def _journal(path: Path, clock: Clock) -> Iterator[Journal]:
    try:
        journal = Journal.open(path, clock)
    except InUseError:
        raise click.ClickException(
            "the bridge is running: stop it first, it alone may use the doors"
        ) from None
    try:
        yield journal
    finally:
        journal.close()


def _occupied(journal: Journal, rules: Rules) -> frozenset[int]:
    """Compartments that hold something, as far as this bridge remembers."""
    site = Store(journal).load(rules)
    return frozenset(number for number, slot in site.slots.items() if slot.item is not None)


def open_doors(
    lockers: Lockers,
    numbers: list[int],
    occupied: frozenset[int],
    keep: Callable[[Fact], object],
    installer: Installer,
    clock: Clock,
) -> Iterator[Verdict]:
    """Test these doors, bus after bus; `keep` makes a fact durable."""
    for bus in lockers.buses:
        here = [number for number in numbers if lockers.locks[number][0] == bus.name]
        boards = {board.board: board for board in bus.boards}
        try:
            with open_line(driver_of(bus.url, bus.boards, clock, baud=bus.baud), clock) as line:
                for number in here:
                    _, board, lock = lockers.locks[number]
                    yield _told(
                        _test(line, boards[board], lock, number, occupied, keep, installer), installer
                    )
        except BoardError as error:
            yield from (_told(Verdict(number, False, str(error)), installer) for number in here)


def _told(verdict: Verdict, installer: Installer) -> Verdict:
    installer.tell(f"  door {verdict.compartment}: {verdict.text}")
    return verdict


def _test(
    line: Line,
    board: BoardConfig,
    lock: int,
    number: int,
    occupied: frozenset[int],
    keep: Callable[[Fact], object],
    installer: Installer,
) -> Verdict:
    if number in occupied:
        return Verdict(number, False, "something lies there: not opened")
    if not installer.agrees(f"Open door {number}?"):
        return Verdict(number, False, "passed over")
    try:
        return _open_and_close(line, board, lock, number, keep, installer)
    except BoardError as error:
        return Verdict(number, False, str(error))


def _open_and_close(
    line: Line,
    board: BoardConfig,
    lock: int,
    number: int,
    keep: Callable[[Fact], object],
    installer: Installer,
) -> Verdict:
    before = line.look(board)
    if lock not in before.closed:
        return Verdict(number, False, "says open before it was opened: shut it, or mend its sensor")
    operation = uuid.uuid4().hex
    keep(_intent(operation, number))
    opened = open_one(line, board, lock, before)
    keep(DoorPulsed(operation=operation, compartment=number, attempt=1))
    if opened.after_ms is None or lock not in opened.moved:
        keep(DoorNotOpened(operation=operation, compartment=number, why="stayed_shut"))
        return Verdict(number, False, _why_not(opened.moved, opened.refused))
    keep(DoorOpened(operation=operation, compartment=number))
    opened_ms = line.clock.mono_ms()
    if not wait_closed(line, board, lock, installer):
        return Verdict(number, False, "opened, and was not seen to close")
    keep(DoorClosed(operation=operation, compartment=number, open_ms=line.clock.mono_ms() - opened_ms))
    slow = "" if opened.after_ms <= SLOW_MS else f", slower than {SLOW_MS} ms: look at its spring and supply"
    return Verdict(number, not slow, f"opened after {opened.after_ms} ms and closed{slow}")


def _intent(operation: str, number: int) -> DoorIntent:
    return DoorIntent(
        operation=operation,
        compartment=number,
        allocation=0,
        attempt=1,
        purpose="inspect",
        authority="installer",
        actor=_WHO,
        reason="test of the doors",
    )


def _why_not(moved: frozenset[int], refused: str) -> str:
    if refused:
        return f"refused by its board: {refused}"
    if moved:
        others = ", ".join(str(other) for other in sorted(moved))
        return f"the sensor of lock {others} moved instead: the wires are crossed"
    return "was not seen to open: check lock, supply and sensor"
