"""How a kiosk is set up: `kiosk.toml` beside `device.toml`, optional, and the languages there are."""

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct

from contract.settings import load

SOURCE_LANGUAGE: Final = "en"
"""The language the programs are written in: it needs no catalogue."""


class KioskSettings(Struct, frozen=True):
    """`home_language`: what the start screen speaks. `port`: where the pages listen, on loopback."""

    home_language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")] = "fr"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8460


def read(directory: Path) -> KioskSettings:
    """The settings of the kiosk in this device directory; SettingsError names every fault."""
    path = directory / "kiosk.toml"
    return load(path, KioskSettings) if path.exists() else KioskSettings()


def languages(translations: Path, home: str) -> tuple[str, ...]:
    """All that can be chosen, the home language first: dropping a catalogue in adds one."""
    found = {one.parent.parent.name for one in translations.glob("*/LC_MESSAGES/messages.po")}
    return tuple(sorted({*found, SOURCE_LANGUAGE}, key=lambda one: (one != home, one)))
