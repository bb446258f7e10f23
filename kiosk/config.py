"""How a kiosk is set up: `kiosk.toml` beside `device.toml`, optional, and the languages there are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from contract.settings import Remark, load
from kiosk.scanner import ScannerSettings

SOURCE_LANGUAGE: Final = "en"
"""The language the programs are written in: it needs no catalogue."""


class KioskSettings(Struct, frozen=True):
    """`home_language`: what the start screen speaks. `port`: where the pages listen, on loopback.

    `scanner`: one that the kiosk reads itself; without it, one that types is read by the page.
    """

    home_language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")] = "fr"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8460
    scanner: ScannerSettings | None = None


def read(directory: Path) -> KioskSettings:
    """The settings of the kiosk in this device directory; SettingsError names every fault."""
    path = directory / "kiosk.toml"
    return load(path, KioskSettings, _cross_check) if path.exists() else KioskSettings()


def _cross_check(settings: KioskSettings) -> Iterator[Remark]:
    scanner = settings.scanner
    if scanner is None:
        return
    if bool(scanner.url) == bool(scanner.hid):
        remedy = "Write url for a scanner on a port, or hid for one that is a keyboard"
        yield Remark(("scanner",), "a scanner is attached in one way", remedy)
    if scanner.hid and scanner.trigger != "none":
        yield Remark(("scanner", "trigger"), "a keyboard takes no commands", "Leave trigger out, or use url")


def languages(translations: Path, home: str) -> tuple[str, ...]:
    """All that can be chosen, the home language first: dropping a catalogue in adds one."""
    found = {one.parent.parent.name for one in translations.glob("*/LC_MESSAGES/messages.po")}
    return tuple(sorted({*found, SOURCE_LANGUAGE}, key=lambda one: (one != home, one)))
