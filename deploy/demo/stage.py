"""Every program of the demo, started in order, watched, and gone at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final, Self

import msgspec

from contract.clock import Clock
from deploy.broker_files import Renewal
from deploy.brokers import LOOPBACK, Broker, EmbeddedBroker, Kind, find_mosquitto, write_broker, write_private
from deploy.demo.concierge import Concierge
from deploy.demo.plan import BRIDGE, DESK, KIOSK, SITE, BrokerChoice, DemoError, Plan
from deploy.line import Line
from deploy.processes import Child
from hub.enrolment import hub_password
from locker_firmware_bridge.boards.simulated.control import SimulatedBoardControl
from locker_firmware_bridge.scales.simulated_scale import Break, Command, Put

DOORS: Final = 16
_PROGRAMS: Final = ("hub", "bridge", "kiosk")


class Stage:
    """The running demo. Start it from the main thread: the kernel ends the children with it."""

    def __init__(self, plan: Plan, broker: BrokerChoice, clock: Clock) -> None:
        self.plan = plan
        self.clock = clock
        self.line = Line((LOOPBACK, plan.ports.hub_broker), plan.ports.line)
        self.hands = SimulatedBoardControl(plan.control)
        self.broker_kind = _broker_kind(broker)
        self._children: dict[str, Child] = {}
        self._renewals: list[tuple[Broker | EmbeddedBroker, Renewal]] = []
        self.on_scale = Put(Decimal(0))
        self.scale_fault = Break()

    @classmethod
    @contextmanager
    def opened(cls, plan: Plan, broker: BrokerChoice, clock: Clock) -> Iterator[Self]:
        """The demo with everything started; nothing of it is left afterwards."""
        stage = cls(plan, broker, clock)
        try:
            stage.start()
            yield stage
        finally:
            stage.stop()

    def start(self) -> None:
        """Start all programs; ProcessFailedError names the log of one that does not come up."""
        hub_password(self.plan.hub / "brokers")  # the broker must know the hub before it first calls
        self._run("hub-broker", self._broker("hub", self.plan.ports.hub_broker, "hub"))
        self._run("site-broker", self._broker("site", self.plan.ports.site_broker, f"site-{SITE}"))
        self.line.start()
        self._start_cabinet()
        self._start_scale()
        self._start_programs()

    def stop(self) -> None:
        """Stop all programs, the last started first; the brokers while nobody needs them any more."""
        programs = [self._children[name] for name in _PROGRAMS if name in self._children]
        for child in programs:
            child.ask_to_stop()
        for child in reversed(self._children.values()):
            child.stop()
        self._children.clear()
        self._renewals.clear()
        if self.line.is_running:
            self.line.stop()

    def revive(self) -> list[str]:
        """Start again what has ended by itself; the names of those."""
        ended = [name for name, child in self._children.items() if not child.is_running]
        for name in ended:
            self._children[name].start()
        if "scale" in ended:
            self.at_scale(self.on_scale)
            self.at_scale(self.scale_fault)
        return ended

    def renew_brokers(self) -> None:
        """Take to both brokers what the hub wrote of who may come; to the site's, somebody carries it."""
        for broker, renewal in self._renewals:
            if renewal.look():
                broker.read_again()

    def at_scale(self, command: Command) -> None:
        """A hand at the scale, or at its faults. OSError while it is not there."""
        match command:
            case Put():
                self.on_scale = command
            case Break():
                self.scale_fault = command
        self._children["scale"].tell(msgspec.json.encode(command))

    def child(self, name: str) -> Child:
        """One of the programs: hub-broker, site-broker, cabinet, scale, hub, bridge or kiosk."""
        return self._children[name]

    @contextmanager
    def concierge(self) -> Iterator[Concierge]:
        """The concierge at the counter."""
        with Concierge.at_work(self.plan.device(DESK), self.hands, self.clock) as one:
            yield one

    # --- the programs --------------------------------------------------------------------------

    def _start_cabinet(self) -> None:
        options = {
            "--link": self.plan.serial_line,
            "--log": self.plan.data / "cabinet.jsonl",
            "--control": self.plan.control,
            "--state": self.plan.data / "cabinet.json",
            "--locks": DOORS,
        }
        arguments = [str(part) for option in options.items() for part in option]
        cabinet = self._program("cabinet", "locker_firmware_bridge.boards.simulated", *arguments)
        self._run("cabinet", cabinet)
        cabinet.wait_until(self.plan.control.exists, "the simulated cabinet has no control socket")

    def _start_scale(self) -> None:
        options = ("--link", str(self.plan.scale_line), "--protocol", "mt-sics")
        scale = self._program("scale", "locker_firmware_bridge.scales.simulated", *options, listens=True)
        self._run("scale", scale)

    def _start_programs(self) -> None:
        ports = self.plan.ports
        (self.plan.device(BRIDGE) / "lockers.toml").write_text(self.plan.lockers_toml())
        broker = f"{LOOPBACK}:{ports.hub_broker}"
        pages = ("--host", LOOPBACK, "--port", str(ports.hub))
        hub = self._program("hub", "hub", "run", "--data", str(self.plan.hub), "--broker", broker, *pages)
        lockers, screen = str(self.plan.device(BRIDGE)), str(self.plan.device(KIOSK))
        bridge = self._program("bridge", "locker_firmware_bridge", "run", "--device", lockers)
        kiosk = self._program("kiosk", "kiosk", "run", "--device", screen, "--port", str(ports.kiosk))
        for name, child in zip(_PROGRAMS, (hub, bridge, kiosk), strict=True):
            self._run(name, child)
        hub.wait_for_port(ports.hub)
        kiosk.wait_for_port(ports.kiosk)

    def _broker(self, kind: Kind, port: int, files: str) -> Broker | EmbeddedBroker:
        directory, said = self.plan.data / "brokers" / kind, self.plan.hub / "brokers"
        passwords, access = said / f"{files}.passwd", said / f"{files}.acl"
        kiosks = (KIOSK, DESK)
        broker: Broker | EmbeddedBroker
        if self.broker_kind == "mosquitto":
            broker = Broker(
                write_broker(directory, kind, port, passwords, bridge=BRIDGE, kiosks=kiosks), port
            )
        else:
            environment = self.plan.environment()
            broker = EmbeddedBroker(
                directory, kind, port, passwords, environment, bridge=BRIDGE, kiosks=kiosks
            )
        if access.exists():
            write_private(directory / "broker.acl", access.read_text())
        copies = {passwords: directory / "broker.passwd", access: directory / "broker.acl"}
        self._renewals.append((broker, Renewal(copies)))
        return broker

    def _program(self, name: str, module: str, *arguments: str, listens: bool = False) -> Child:
        command = self.plan.python(module, *arguments)
        return Child(command, self.plan.logs / f"{name}.log", self.plan.environment(), listens=listens)

    def _run(self, name: str, child: Child) -> None:
        self._children[name] = child
        child.start()


def _broker_kind(choice: BrokerChoice) -> BrokerChoice:
    if choice == "auto":
        return "mosquitto" if find_mosquitto() else "embedded"
    if choice == "mosquitto" and find_mosquitto() is None:
        raise DemoError("mosquitto n'est pas installé : sudo apt install mosquitto, ou --broker embedded.")
    return choice
