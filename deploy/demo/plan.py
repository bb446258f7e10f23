"""Where everything of the demo is: names, ports, folders, and what must be kept between two starts."""

import os
import sys
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from string import Template
from typing import Final, Literal

import msgspec

from deploy.processes import accepts

SITE: Final = "borny"
SITE_NAME: Final = "Conciergerie de Borny"
BRIDGE: Final = "borny-casiers"
KIOSK: Final = "borny-borne"
DESK: Final = "borny-comptoir-simule"
"""The concierge's own device: a kiosk without a screen, which put the first parcels in. The hub shows it by
this name, beside the kiosk one can touch."""

BrokerChoice = Literal["auto", "mosquitto", "embedded"]

_FIRST_BASE: Final = 8600
_LAST_BASE: Final = 9600
_SPAN: Final = 10
_SEED: Final = resources.files("deploy.demo").joinpath("seed")
_ROOT: Final = Path(__file__).resolve().parents[2]


class DemoError(Exception):
    """The demo cannot go on; the text is for whoever started it."""


@dataclass(frozen=True)
class Ports:
    """Ten loopback ports in a row, six of them used."""

    base: int

    @property
    def page(self) -> int:
        """The demo's own page."""
        return self.base

    @property
    def kiosk(self) -> int:
        """The touch screen."""
        return self.base + 1

    @property
    def hub(self) -> int:
        """The hub's pages."""
        return self.base + 2

    @property
    def line(self) -> int:
        """Where the site's devices believe the hub broker to be."""
        return self.base + 3

    @property
    def hub_broker(self) -> int:
        """Where it really is."""
        return self.base + 4

    @property
    def site_broker(self) -> int:
        """The broker of the site."""
        return self.base + 5

    def taken(self) -> list[int]:
        """Those somebody listens on already."""
        used = (self.page, self.kiosk, self.hub, self.line, self.hub_broker, self.site_broker)
        return [port for port in used if accepts(port)]


class Waiting(msgspec.Struct, frozen=True):
    """A parcel that waits, and the slip its addressee holds in hand."""

    who: str
    flat: str
    compartment: int
    size: str
    digits: str
    item: str


class Kept(msgspec.Struct, frozen=True):
    """What the demo remembers of itself between two starts, in a file for its owner alone."""

    base: int
    administrator: str = ""
    password: str = ""
    staff_number: int = 0
    pin: str = ""
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One demo: its folder and its ports. `run` is a short folder for sockets, gone at the end."""

    data: Path
    run: Path
    ports: Ports

    @property
    def hub(self) -> Path:
        """The hub's data."""
        return self.data / "hub"

    @property
    def logs(self) -> Path:
        """What every program says."""
        return self.data / "logs"

    @property
    def serial_line(self) -> Path:
        """The lock boards' end of the cable."""
        return self.data / "lockers.serial"

    @property
    def scale_line(self) -> Path:
        """The scale's end of its cable."""
        return self.data / "scale.serial"

    @property
    def control(self) -> Path:
        """The hand at the simulated doors."""
        return self.run / "control"

    def device(self, name: str) -> Path:
        """The directory a device starts from."""
        return self.data / "devices" / name

    def lockers_toml(self) -> str:
        """The description of the cabinet and the scale, their cables plugged in."""
        text = _SEED.joinpath("lockers.toml").read_text()
        return Template(text).substitute(line=self.serial_line, scale=self.scale_line)

    def catalogue_toml(self, market_first: date, market_last: date) -> str:
        """What the site offers, the market between these days."""
        text = _SEED.joinpath("catalogue.toml").read_text()
        return Template(text).substitute(market_first=market_first, market_last=market_last)

    def people_csv(self) -> bytes:
        """The people of the estate."""
        return _SEED.joinpath("people.csv").read_bytes()

    def python(self, module: str, *arguments: str) -> list[str]:
        """The command that runs a module of this clone with this Python."""
        return [sys.executable, "-m", module, *arguments]

    def environment(self) -> dict[str, str]:
        """The environment of every program: this clone's packages, output at once."""
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


def kept(data: Path) -> Kept | None:
    """What an earlier start left in this folder."""
    path = data / "demo.json"
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except msgspec.DecodeError:
        raise DemoError(f"{path} est illisible : donnez un autre dossier, ou videz celui-ci.") from None


def keep(data: Path, what: Kept) -> None:
    """Remember, whole or not at all."""
    fresh = data / "demo.json.new"
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.encode(what))
    fresh.replace(data / "demo.json")


def choose_ports(wanted: int | None) -> Ports:
    """The ports asked for, or the first ten in a row that are free."""
    if wanted is not None:
        ports = Ports(wanted)
        if taken := ports.taken():
            numbers = ", ".join(map(str, taken))
            raise DemoError(f"Ports déjà pris : {numbers}. Choisissez-en d'autres avec --port-base.")
        return ports
    for base in range(_FIRST_BASE, _LAST_BASE, _SPAN):
        if not Ports(base).taken():
            return Ports(base)
    raise DemoError("Aucun port libre : donnez-en avec --port-base.")


def grouped(digits: str) -> str:
    """A code as people read it: ticket, then two groups of three."""
    return f"{digits[:-6]} {digits[-6:-3]} {digits[-3:]}"
