"""`lockers probe`: what hangs on a port, and what to write about it."""

from collections import defaultdict
from collections.abc import Sequence

import click

from contract.clock import SystemClock
from locker_firmware_bridge.boards.errors import BoardError
from locker_firmware_bridge.boards.port import list_ports, open_port
from locker_firmware_bridge.codecs import FAMILIES
from locker_firmware_bridge.commissioning import probing
from locker_firmware_bridge.commissioning.probing import FoundBoard, Probed
from locker_firmware_bridge.commissioning.profile import bus_of
from locker_firmware_bridge.config import Board


@click.command()
@click.argument("ports", nargs=-1, metavar="PORTS")
@click.option(
    "--family", "families", multiple=True, type=click.Choice(tuple(FAMILIES)), help="Only this one."
)
@click.option("--baud", "bauds", multiple=True, type=int, help="Only this speed.")
@click.option("--board", "boards", multiple=True, type=click.IntRange(0, 255), help="Only this number.")
@click.option("--wait-ms", default=probing.WAIT_MS, show_default=True, type=click.IntRange(10, 2000))
def probe(
    ports: tuple[str, ...],
    families: tuple[str, ...],
    bauds: tuple[int, ...],
    boards: tuple[int, ...],
    wait_ms: int,
) -> None:
    """Find the lock boards on PORTS (default: all of this machine). Only asks; nothing opens."""
    urls = list(ports) or list_ports()
    if not urls:
        raise click.ClickException("this machine has no serial port: plug the adapter in, or name a port")
    found = [_probe_one(url, families, bauds, boards, wait_ms) for url in urls]
    if not any(found):
        raise SystemExit(1)


def _probe_one(
    url: str, families: Sequence[str], bauds: Sequence[int], boards: Sequence[int], wait_ms: int
) -> bool:
    click.echo(url)
    try:
        probed = probing.probe(
            url,
            open_port,
            SystemClock(),
            families=families or tuple(FAMILIES),
            bauds=bauds or probing.BAUDS,
            boards=boards or None,
            wait_ms=wait_ms,
            progress=lambda baud: click.echo(f"  asking at {baud} baud…"),
        )
    except BoardError as error:
        click.echo(f"  {error}")
        return False
    for line in told(probed):
        click.echo(f"  {line}")
    if probed.boards:
        click.echo(f"\nFor lockers.toml:\n\n{suggestion(probed)}")
    return bool(probed.boards)


def told(probed: Probed) -> list[str]:
    """What was found on one port, in sentences."""
    lines = [_board(board, probed.baud) for board in probed.boards]
    lines += [
        f"{family} board {board} at {probed.baud} baud answers, but tells of no door: {why}"
        for family, board, why in probed.refused
    ]
    lines += [
        f"{family}: number {asked} was asked, and number {answered} answered: set each board's own number"
        for family, asked, answered in probed.strangers
    ]
    if len({board.family for board in probed.boards}) > 1:
        lines.append("Several families answer: two kinds of boards on one line, which must be taken apart.")
    if probed.echoes:
        lines.append("The adapter returns what it is sent: echo = true.")
    return lines if probed.baud else [*lines, _nothing(probed)]


def _board(board: FoundBoard, baud: int) -> str:
    ones = len(board.ones)
    return (
        f"{board.family} board {board.board} at {baud} baud: {board.locks} locks, "
        f"{ones} with bit 1 and {board.locks - ones} with bit 0"
    )


def _nothing(probed: Probed) -> str:
    if probed.noise:
        baud, noise = probed.noise
        return (
            f"Something answers at {baud} baud that cannot be read, in the end {noise[-16:].hex(' ')}: "
            "another family or speed, two boards with one number, or no common ground."
        )
    if probed.echoes:
        return "Only our own questions come back: the boards are not on this line, or have no power."
    bauds, families = (", ".join(map(str, each)) for each in probed.asked)
    return (
        f"Nothing answers at {bauds} baud in {families}. Look in this order: A and B swapped (half of all "
        "boards), the power of the boards, their numbers, the plug of the adapter."
    )


def suggestion(probed: Probed) -> str:
    """What to write: one bus a family, as two families cannot share a line."""
    by_family: dict[str, list[Board]] = defaultdict(list)
    for board in probed.boards:
        by_family[board.family].append(
            Board(
                family=board.family,
                address=board.board,
                locks=board.locks,
                pulse_ms=_usual_pulse_ms(board.family),
                echo=probed.echoes,
            )
        )
    usual = {family: FAMILIES[family].baud == probed.baud for family in by_family}
    return "\n".join(
        bus_of(probed.url, boards, None if usual[family] else probed.baud, name=f"bus-{place}")
        for place, (family, boards) in enumerate(by_family.items(), 1)
    )


def _usual_pulse_ms(family: str) -> int:
    return 500 if FAMILIES[family].can_pulse(500) else 1000
