"""`conciergerie kiosk scanner`: whether a scanner sends the test code as it is printed, and what to set."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
import segno

from contract.clock import Clock, SystemClock
from contract.scans.layout import TEST_CODE, Verdict, verdict_of
from contract.settings import SettingsError
from kiosk import config
from kiosk.scanner import opener
from kiosk.scanner.source import ScannerError, Source


@click.command()
@click.option(
    "--device",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The kiosk's directory, whose kiosk.toml names the scanner.",
)
@click.option(
    "--seconds", type=click.IntRange(1, 600), default=60, show_default=True, help="How long to wait."
)
def scanner(device: Path, seconds: int) -> None:
    """Show the test code, wait until it is scanned, and say what to set if it does not come back as it is.

    Stop the kiosk first: only one program can have the scanner.
    """
    try:
        settings = config.read(device).scanner
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if settings is None:
        raise click.ClickException("kiosk.toml has no [scanner]: the page reads what the scanner types")
    clock = SystemClock()
    click.echo(drawing(TEST_CODE))
    click.echo(f"Scan this, or the same text as a Code 128:  {TEST_CODE}")
    try:
        found = check(opener(settings, clock), clock, seconds)
    except ScannerError as error:
        raise click.ClickException(str(error)) from None
    if not found.fits:
        raise click.ClickException(f"{found.why} {found.remedy}")
    click.echo("The code came back as it is printed: this scanner is set up well.")


_NOTHING: Final = Verdict(
    False,
    "Nothing was read.",
    "Does the scanner beep? Then its interface is another: USB virtual COM for url, USB keyboard for hid.",
)


def check(open_source: Callable[[], Source], clock: Clock, seconds: int) -> Verdict:
    """Judge the first thing that is scanned within so many seconds. Raises ScannerError."""
    source = open_source()
    until_ms = clock.mono_ms() + seconds * 1000
    try:
        while clock.mono_ms() < until_ms:
            if heard := source.listen():
                return verdict_of(heard[0])
    finally:
        source.close()
    return _NOTHING


def drawing(text: str) -> str:
    """A QR code for a terminal, two rows of it in a line of characters, light on dark or dark on light."""
    rows = [[bool(dark) for dark in row] for row in segno.make(text, micro=False).matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[pair] for pair in zip(*two, strict=True)) for two in pairs)
