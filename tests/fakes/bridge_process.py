"""A bridge as it runs at a site: the real process, a simulated board, a real site broker and hub broker."""

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contract import credential, enrolment, messages
from contract.broker_password import new_password
from contract.enrolment import BrokerAddress, DeviceFile
from contract.topics import HUB
from deploy.brokers import LOOPBACK, Broker, Kind, write_broker
from tests.fakes.brokers import StartedBroker
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.hub_end import HubEnd
from tests.fakes.kiosk_end import KioskEnd
from tests.fakes.ports import free_port

BRIDGE, KIOSK, SITE = "bridge-1", "kiosk-1", "site-1"
BADGE = "04A2B3"
_SIZES = ("S", "M", "L", "XL")
_STOP_SECONDS = 120.0


@dataclass
class SiteUnderTest:
    """The bridge's process and all it talks to. It is started and killed as the test says."""

    device: Path
    site_key: bytes
    cabinet: SimulatedCabinet
    kiosk: KioskEnd
    hub: HubEnd
    log_path: Path
    hub_broker: Broker
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the bridge and wait until it beats and has read its doors."""
        self.launch()
        self.kiosk.wait_for_beat(other_than=self.kiosk.beat.session)
        self.kiosk.wait_for_doors("closed", 16)

    def launch(self) -> None:
        """Start the bridge."""
        assert self.process is None, "it is running"
        with self.log_path.open("ab") as log:
            command = [sys.executable, "-m", "locker_firmware_bridge", "run", "--device", str(self.device)]
            self.process = subprocess.Popen(command, stderr=log)

    def stop(self) -> int:
        """Stop it as a service manager does; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_STOP_SECONDS)
        self.process = None
        return code

    def kill(self) -> None:
        """Kill it, or wait for the end of one that was killed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(_STOP_SECONDS)
            self.process = None

    def sign_in(self) -> str:
        """Staff show their badge; the visit."""
        ask = self.kiosk.ask(messages.SignIn(badge=BADGE))
        return self.kiosk.wait(ask, messages.StaffGranted).visit

    def deposit(self, item: str, person: str = "person-1") -> messages.Slip:
        """Staff lay something in, through the real door."""
        visit = self.sign_in()
        ask = self.kiosk.ask(messages.Claim(visit=visit, item=item, person=person, size="S"))
        claimed = self.kiosk.wait(ask, messages.Claimed)
        ask = self.kiosk.ask(messages.OpenItem(visit=visit, item=item))
        self.kiosk.wait(ask, messages.Door, state="opened")
        self.cabinet.control.close(claimed.item.compartment)
        settled = self.kiosk.wait(ask, messages.Settled, stands="left")
        self.kiosk.wait(self.kiosk.ask(messages.LeaveVisit(visit=visit)), messages.VisitOver)
        assert settled.slip is not None
        return settled.slip

    def wait_until_free(self) -> None:
        """Until the hub has said that this site is new, and the doors may be given out.

        Then the staff of the feed's first page are known as well: the hub said it before it takes any batch,
        and a bridge does one thing after the other, so that its reply comes after it has read that page.
        """
        self.hub.wait_for("compartment_checked", 16)
        self.hub.nonce("are-you-there")


@contextmanager
def site_under_test(
    directory: Path, *, known: bool = False, started: bool = True, more: str = ""
) -> Iterator[SiteUnderTest]:
    """Everything of a site but the kiosk's program; the bridge running, unless told otherwise.

    `more` stands at the end of its `lockers.toml`.
    """
    with ExitStack() as stack:
        passwords = {user: new_password() for user in (HUB, BRIDGE, KIOSK)}
        at_hub = stack.enter_context(_broker(directory / "hub", "hub", passwords))
        at_site = stack.enter_context(_broker(directory / "site", "site", passwords))
        cabinet = stack.enter_context(simulated_cabinet(directory))
        hub = stack.enter_context(HubEnd(at_hub, BRIDGE, known=known))
        kiosk = stack.enter_context(KioskEnd(at_site, KIOSK, BRIDGE))
        site_key = secrets.token_bytes(32)
        hub.documents["staff/staff-1"] = staff_member(site_key)
        device = directory / "bridge"
        _enrol(device, at_hub, at_site, hub, site_key)
        (device / "lockers.toml").write_text(lockers_file(cabinet.url) + more)
        site = SiteUnderTest(device, site_key, cabinet, kiosk, hub, directory / "bridge.log", at_hub.broker)
        try:
            if started:
                site.start()
                site.wait_until_free()
            yield site
        finally:
            site.kill()


@contextmanager
def _broker(directory: Path, kind: Kind, passwords: dict[str, str]) -> Iterator[StartedBroker]:
    """Both brokers know a device by one password, which is what an enrolment holds."""
    port = free_port()
    broker = Broker(write_broker(directory, kind, port, passwords, bridge=BRIDGE, kiosks=[KIOSK]), port)
    broker.start()
    try:
        yield StartedBroker(broker, LOOPBACK, port, passwords)
    finally:
        broker.stop()


def lockers_file(url: str) -> str:
    """Sixteen doors on one board, four columns of S, M, L, XL, and a shelf place."""
    text = f'[[bus]]\nname = "main"\nurl = "{url}"\n\n'
    text += '[[bus.board]]\nfamily = "cu16"\naddress = 0\nlocks = 16\n\n'
    for place in range(16):
        column, row = divmod(place, 4)
        text += f"[[compartment]]\nnumber = {place + 1}\nlock = {place + 1}\n"
        text += f'size = "{_SIZES[row]}"\nfloor_cm = {150 - 45 * row}\n'
        text += f"column = {column + 1}\nrow = {row + 1}\n\n"
    return text + '[[shelf]]\nnumber = 101\nlabel = "A1"\n'


def staff_member(site_key: bytes, badge: str = BADGE) -> messages.StaffCredential:
    """Who may do everything at these kiosks."""
    return messages.StaffCredential(
        staff="staff-1",
        initials="SB",
        number=7,
        pin_salt="salt",
        pin_hash=credential.pin_hash(site_key, "2468", "salt"),
        badge_hash=credential.badge_hash(site_key, badge),
        rights=("deposit", "collect", "inspect"),
    )


def _enrol(device: Path, at_hub: StartedBroker, at_site: StartedBroker, hub: HubEnd, site_key: bytes) -> None:
    public = hub.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    file = DeviceFile(
        device=BRIDGE,
        site=SITE,
        kind="bridge",
        bridge=BRIDGE,
        order_key=public.hex(),
        hub_broker=BrokerAddress(host=at_hub.host, port=at_hub.port),
        site_broker=BrokerAddress(host=at_site.host, port=at_site.port),
    )
    enrolment.write(device, file, password=at_hub.passwords[BRIDGE], site_key=site_key)
