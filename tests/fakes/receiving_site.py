"""A counter where a carrier's pile is taken in: real kiosk, bridge, brokers, and a simulated cabinet.

Three boards of sixteen doors that shut by themselves, and two shelf places. What the hub would tell stands
in `told`; what went up to it from the kiosk and from the bridge is kept by its two ends.
"""

import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contract import enrolment
from contract import messages as m
from contract.enrolment import BrokerAddress, DeviceFile
from contract.topics import HUB
from deploy.catalogues import compile_stale
from tests.fakes.at_the_kiosk import KioskScreen
from tests.fakes.bridge_process import staff_member
from tests.fakes.brokers import StartedBroker, site_broker, started_broker
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.hub_end import HubEnd
from tests.fakes.ports import free_port
from tests.fakes.waiting import patiently

BRIDGE, KIOSK, SITE = "bridge-1", "kiosk-1", "site-1"
BADGE: Final = "04A2B3C4D5E6F7"
BOARDS: Final = (0, 1, 2)
LOCKS: Final = 16
SHELF: Final = ("B4", "B5")
AUTO_CLOSE_MS: Final = 1_500
_SIZES: Final = ("S", "M", "L", "XL")
_STOP_SECONDS: Final = 120.0


@dataclass(frozen=True)
class ReceivingSite:
    """The running counter; `address` is the kiosk's page."""

    address: str
    cabinet: SimulatedCabinet
    from_bridge: HubEnd
    from_kiosk: HubEnd

    def by_hand(self) -> None:
        """Doors no longer shut by themselves."""
        self.cabinet.control.auto_close(None)

    def shut(self, door: str) -> None:
        """A hand shuts the door of this number."""
        board, lock = divmod(int(door) - 1, LOCKS)
        self.cabinet.control.close(lock + 1, BOARDS[board])


@contextmanager
def receiving_site(directory: Path, told: dict[str, m.AnyDocument]) -> Iterator[ReceivingSite]:
    """Everything started, nobody signed in."""
    compile_stale()
    with ExitStack() as stack:
        enter = stack.enter_context
        at_site = enter(site_broker(directory / "site", BRIDGE, [KIOSK]))
        known = at_site.passwords
        above_bridge = enter(started_broker(directory / "hub-1", "hub", (HUB, BRIDGE), known=known))
        above_kiosk = enter(started_broker(directory / "hub-2", "hub", (HUB, KIOSK), known=known))
        options = [f"--auto-close={AUTO_CLOSE_MS}"]
        cabinet = enter(simulated_cabinet(directory, LOCKS, boards=BOARDS, options=options))
        of_bridge, of_kiosk = HubEnd(above_bridge, BRIDGE), HubEnd(above_kiosk, KIOSK)
        site_key = secrets.token_bytes(32)
        of_bridge.documents["staff/staff-1"] = staff_member(site_key, BADGE)
        of_kiosk.documents.update(told)
        public = enter(of_bridge).key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        enter(of_kiosk)
        bridge = _enrol(directory / "bridge", "bridge", at_site, above_bridge, public, site_key)
        (bridge / "lockers.toml").write_text(lockers_file(cabinet.url))
        kiosk = _enrol(directory / "kiosk", "kiosk", at_site, above_kiosk, public)
        enter(_running("locker_firmware_bridge", bridge))
        of_bridge.wait_for("compartment_checked", len(BOARDS) * LOCKS)
        port = free_port()
        enter(_running("kiosk", kiosk, "--port", str(port)))
        site = ReceivingSite(f"http://127.0.0.1:{port}/", cabinet, of_bridge, of_kiosk)
        screen = KioskScreen(port)
        patiently(lambda: screen.name() == "start" and "plug-connected-x" not in screen.html())
        yield site


def people(count: int) -> dict[str, m.AnyDocument]:
    """So many persons, each alone with the first three letters of the name."""
    syllables = [a + b for a in "bdfgklmn" for b in "aeiou"]
    names = [f"{one.title()}{chr(ord('a') + place % 26)}ri" for place, one in enumerate(syllables)]
    persons = (
        m.PersonName(person=f"p-{place}", name=f"{name} Durand", flat=f"A {place}")
        for place, name in enumerate(names[:count])
    )
    return {f"person/{one.person}": one for one in persons}


def lockers_file(url: str) -> str:
    """Twelve columns of S, M, L, XL, four on a board, and the shelf."""
    text = f'[[bus]]\nname = "main"\nurl = "{url}"\n\n'
    for board in BOARDS:
        text += f'[[bus.board]]\nfamily = "cu16"\naddress = {board}\nlocks = {LOCKS}\n\n'
    for place in range(len(BOARDS) * LOCKS):
        column, row = divmod(place, len(_SIZES))
        text += (
            f"[[compartment]]\nnumber = {place + 1}\nboard = {place // LOCKS}\nlock = {place % LOCKS + 1}\n"
        )
        text += (
            f'size = "{_SIZES[row]}"\nfloor_cm = {150 - 45 * row}\ncolumn = {column + 1}\nrow = {row + 1}\n\n'
        )
    for number, label in enumerate(SHELF, 101):
        text += f'[[shelf]]\nnumber = {number}\nlabel = "{label}"\n\n'
    return text


@contextmanager
def _running(program: str, device: Path, *options: str) -> Iterator[None]:
    command: Sequence[str] = [sys.executable, "-m", program, "run", "--device", str(device), *options]
    with (device / "log").open("ab") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def _enrol(
    directory: Path,
    kind: enrolment.DeviceKind,
    site: StartedBroker,
    hub: StartedBroker,
    order_key: str,
    site_key: bytes | None = None,
) -> Path:
    """The directory the hub would write; both brokers know the device by the same password."""
    device = BRIDGE if kind == "bridge" else KIOSK
    file = DeviceFile(
        device=device,
        site=SITE,
        kind=kind,
        bridge=BRIDGE,
        order_key=order_key,
        hub_broker=BrokerAddress(hub.host, hub.port),
        site_broker=BrokerAddress(site.host, site.port),
    )
    enrolment.write(directory, file, password=site.passwords[device], site_key=site_key)
    return directory
