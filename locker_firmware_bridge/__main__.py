"""`python -m locker_firmware_bridge run`: where the bridge's parts meet."""

import logging
import queue
import signal
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import click
from msgspec.structs import replace

from contract import VERSION, enrolment, topics
from contract.clock import SystemClock, last_saved_ms
from contract.codec import encode
from contract.database import StorageError
from contract.enrolment import Enrolment, NotEnrolledError
from contract.feed import Feed
from contract.health import Machine
from contract.heap import share_one_heap
from contract.hub_connection import HubConnection
from contract.journal import Journal
from contract.json_log import Keeping, log_json
from contract.link import Link, Received, Will, link_settings
from contract.messages import Presence, ProcessStarted
from contract.settings import SettingsError
from locker_firmware_bridge import config
from locker_firmware_bridge.boards.bus import Bus
from locker_firmware_bridge.bridge import Bridge, Event, Heard, Outside, Wire, hand_over
from locker_firmware_bridge.commissioning.door_test import door_test
from locker_firmware_bridge.commissioning.frames import decode, frame
from locker_firmware_bridge.commissioning.learn import learn
from locker_firmware_bridge.commissioning.off import off
from locker_firmware_bridge.commissioning.probe import probe
from locker_firmware_bridge.commissioning.recognise import recognise
from locker_firmware_bridge.commissioning.watching import monitor, watch
from locker_firmware_bridge.commissioning.weigh import weigh
from locker_firmware_bridge.core.state import Rules
from locker_firmware_bridge.scales.scale import Scale
from locker_firmware_bridge.scales.weigher import Weigher

PROGRAM: Final = "locker_firmware_bridge"
_STOP_SECONDS: Final = 3.0
_SWITCH_SECONDS: Final = 0.0001
"""A waiting person is served by three threads in turn: none of them may keep the interpreter for long."""

log = logging.getLogger(PROGRAM)


@click.group()
def main() -> None:
    """The bridge between the lockers of a site and the network, and the tools of who installs them."""


for command in (probe, learn, door_test, watch, monitor, off, frame, decode, recognise, weigh):
    main.add_command(command)


@main.command()
@click.option(
    "--device",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The directory the hub wrote for this bridge; lockers.toml lies there too.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the bridge keeps its journal (default: data in the device's directory).",
)
def run(device: Path, data: Path | None) -> None:
    """Run the bridge until it is told to stop. Starting and stopping never move a lock."""
    share_one_heap()
    logged = log_json()
    try:
        who = enrolment.read(device, "bridge")
        lockers = config.read(device)
    except (NotEnrolledError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    try:
        _run(who, lockers, data or device / "data", logged)
    except StorageError as error:
        log.critical("%s", error)
        raise click.ClickException(str(error)) from None


def _run(who: Enrolment, lockers: config.Lockers, data: Path, logged: Keeping) -> None:
    """Put the parts together, and take them apart in the opposite order."""
    parts = _assemble(who, lockers, data, logged)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        parts.inbox.put("stop")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.setswitchinterval(_SWITCH_SECONDS)
    ports: tuple[Bus | Scale, ...] = (*parts.buses, *parts.scales)
    for port in ports:
        port.start()
    parts.link.start()
    parts.hub.start()
    try:
        parts.bridge.run()
    finally:
        goodbye = Received(topics.lan_presence(who.device), _offline(parts.session), retained=True)
        parts.link.stop([goodbye])
        for port in ports:
            port.stop(_STOP_SECONDS)
        parts.hub.stop()
        parts.feed.close()
        parts.journal.close()
    log.info("stopped")


@dataclass(frozen=True)
class _Parts:
    inbox: "queue.SimpleQueue[Event]"
    session: str
    journal: Journal
    feed: Feed
    buses: tuple[Bus, ...]
    scales: tuple[Scale, ...]
    link: Link
    hub: HubConnection
    bridge: Bridge


def _assemble(who: Enrolment, lockers: config.Lockers, data: Path, logged: Keeping) -> _Parts:
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock, session = SystemClock(last_saved_ms(data)), uuid.uuid4().hex
    journal, feed = Journal.open(data / "journal.sqlite3", clock), Feed.open(data / "feed.sqlite3")
    sqlite = str(journal.db.conn.execute("SELECT sqlite_version()").fetchone()[0])
    buses = tuple(
        Bus(bus.name, bus.url, bus.boards, inbox.put, clock, baud=bus.baud) for bus in lockers.buses
    )
    scale = None if lockers.scale is None else Scale(lockers.scale, clock)
    weigher = None if scale is None else Weigher(scale, inbox.put)
    machine = Machine(journal.path, who.certificate_file)
    hub = HubConnection(
        link_settings(who, who.hub_broker),
        journal,
        feed,
        program=PROGRAM,
        version=VERSION,
        clock=clock,
        notify=inbox.put,
        health=lambda: replace(machine.health(), scale=weigher.state() if weigher is not None else None),
        log_lines=logged.lines,
        on_fatal=lambda: inbox.put("broken"),
    )
    link = Link(
        link_settings(who, who.site_broker),
        subscriptions=topics.bridge_subscriptions(who.device),
        on_message=lambda came: hand_over(inbox, Heard(came.topic, came.payload, came.retained)),
        on_up=lambda: inbox.put("up"),
        will=Will(topics.lan_presence(who.device), _offline(session)),
    )
    bridge = Bridge(
        inbox,
        Outside(
            publish=lambda topic, payload, retain: link.publish(topic, payload, retain=retain),
            reply=hub.reply,
            committed=hub.wake,
            boards={bus.name: bus for bus in buses},
            weigh=weigher.weigh if weigher is not None else lambda: None,
        ),
        journal,
        feed,
        clock,
        rules=Rules(
            who.device,
            session,
            who.site_key or b"",
            lockers.places,
            scale=scale is not None,
            scale_kiosk=lockers.scale_kiosk,
        ),
        wires={number: Wire(*lock) for number, lock in lockers.locks.items()},
        order_key=bytes.fromhex(who.order_key),
        began=ProcessStarted(program=PROGRAM, version=VERSION, sqlite=sqlite),
    )
    scales = () if scale is None else (scale,)
    return _Parts(inbox, session, journal, feed, buses, scales, link, hub, bridge)


def _offline(session: str) -> bytes:
    return encode(Presence(online=False, session=session))


if __name__ == "__main__":
    main()
