"""A whole site and its hub, every program real, to be watched, broken and mended by a test.

The demo's own stage starts them; what is believed here is the lock boards' own log, the hub's ledger and
what the pages show, never a program's word about itself.
"""

import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from contract import enrolment
from contract import messages as m
from contract.clock import SystemClock
from contract.codec import decode_fact
from contract.enrolment import BrokerAddress, DeviceFile
from deploy.brokers import LOOPBACK
from deploy.demo.plan import BRIDGE, DESK, KIOSK, Kept, Plan, Ports
from deploy.demo.seeding import hub_command, seed
from deploy.demo.stage import Stage
from tests.fakes.at_the_kiosk import Clerk, KioskScreen, Person, Slip
from tests.fakes.filled_bridge import fill
from tests.fakes.hub_pages import HubPages
from tests.fakes.ports import free_base
from tests.fakes.waiting import patiently

PROGRAMS: Final = ("hub-broker", "site-broker", "hub", "bridge", "kiosk")
"""What a power cut ends, in the order it comes back; the cabinet is the world, and stays."""


@dataclass(frozen=True)
class Told:
    """A fact as the hub's ledger has it."""

    position: int
    event: str
    device: str
    journal: str
    seq: int
    boot: str
    mono_ms: int
    fact: m.AnyFact

    @property
    def tag(self) -> str:
        """The fact's name."""
        return str(self.fact.__struct_config__.tag)


@dataclass(frozen=True)
class Frame:
    """An unlock frame as the boards received it, by this machine's monotonic clock."""

    mono_ms: float
    door: int


@dataclass(frozen=True)
class Seeded:
    """A hub that knows a site, its people and devices, and has never run."""

    data: Path
    kept: Kept


def seeded(directory: Path) -> Seeded:
    """Fill a hub by its own commands, once; `opened_site` starts from copies."""
    plan = Plan(directory, directory, Ports(free_base()))
    plan.data.mkdir(parents=True, exist_ok=True)
    return Seeded(directory, seed(plan))


class WithoutVoice(Plan):
    """A machine without espeak-ng: a kiosk's first minutes go to nothing but rendering two thousand words."""

    def environment(self) -> dict[str, str]:
        """The programs are named by their paths; of others, only this Python's are found."""
        return super().environment() | {"PATH": str(Path(sys.executable).parent)}


@contextmanager
def opened_site(
    seed: Seeded, directory: Path, parcels: int = 0, *, of_one: bool = False, speaks: bool = False
) -> Iterator["WholeSite"]:
    """Every program started, so many parcels behind doors (for one person, if `of_one`); all gone afterwards.

    The kiosk has espeak-ng only where it `speaks`. The children live as long as the thread that calls this.
    """
    shutil.copytree(seed.data, directory, dirs_exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="site-") as run:
        plan = (Plan if speaks else WithoutVoice)(directory, Path(run), Ports(free_base()))
        plan.logs.mkdir(exist_ok=True)
        _move_to(plan)
        (plan.device(BRIDGE) / "lockers.toml").write_text(plan.lockers_toml())
        filled = fill(plan.device(BRIDGE), parcels, of_one=of_one) if parcels else []
        slips = [Slip(one.door, one.digits) for one in filled]
        with Stage.opened(plan, "mosquitto", SystemClock()) as stage:
            site = WholeSite(stage, seed.kept, slips)
            for slip in slips:
                stage.hands.put(slip.door)
            site.wait_until_ready()
            yield site


@dataclass
class WholeSite:
    """One running site. `slips` are those of the parcels that lay there from the start."""

    stage: Stage
    kept: Kept
    slips: list[Slip]

    def __post_init__(self) -> None:
        self.plan, self.line, self.hands = self.stage.plan, self.stage.line, self.stage.hands
        self.screen = KioskScreen(self.plan.ports.kiosk)
        self._pages: HubPages | None = None
        self._ahead_ms = SystemClock().mono_ms() - time.monotonic_ns() / 1_000_000

    # --- people --------------------------------------------------------------------------------

    def person(self, slip: Slip) -> Person:
        """Somebody with this slip at the kiosk."""
        return Person(self.screen, self.hands, slip)

    def clerk(self) -> Clerk:
        """The concierge at the kiosk."""
        return Clerk(self.screen, self.hands, self.kept.staff_number, self.kept.pin)

    def pages(self) -> HubPages:
        """The hub's pages, signed in once."""
        if self._pages is None:
            self._pages = HubPages(self.plan.ports.hub, self.kept.administrator, self.kept.password)
        return self._pages

    # --- programs ------------------------------------------------------------------------------

    def pid(self, program: str) -> int:
        """The process, and group, of a running program."""
        pid = self.stage.child(program).pid
        assert pid is not None, f"{program} does not run"
        return pid

    def kill(self, *programs: str) -> None:
        """SIGKILL, all at the same moment as far as that can be."""
        for name in programs:
            if self.stage.child(name).is_running:
                os.killpg(self.pid(name), signal.SIGKILL)
        for name in programs:
            self.stage.child(name).kill()

    def start(self, *programs: str) -> None:
        """Start what was killed or stopped, as a service manager would, until its pages are served."""
        ports = {"hub": self.plan.ports.hub, "kiosk": self.plan.ports.kiosk}
        started = [name for name in PROGRAMS if name in programs]
        for name in started:
            self.stage.child(name).start()
        for name in started:
            if name in ports:
                self.stage.child(name).wait_for_port(ports[name])

    def wait_until_ready(self) -> None:
        """Until the hub has heard both devices, and the bridge has read its doors and told the kiosk."""
        boot = SystemClock().boot
        started = {(BRIDGE, "doors_seen"), (KIOSK, "process_started")}
        patiently(lambda: started <= {(one.device, one.tag) for one in self.ledger() if one.boot == boot})
        patiently(lambda: self.screen.name() == "start" and "plug-connected-x" not in self.screen.html())

    def hub_command(self, *arguments: str) -> str:
        """What a command of the hub printed; DemoError when it fails."""
        return hub_command(self.plan, *arguments)

    # --- evidence ------------------------------------------------------------------------------

    def board_log(self) -> list[dict[str, Any]]:
        """Every whole line of the boards' own log."""
        lines = (self.plan.data / "cabinet.jsonl").read_bytes().split(b"\n")[:-1]
        return [msgspec.json.decode(line) for line in lines]

    def frames(self) -> list[Frame]:
        """Every unlock frame, in order; fails on an unlock-all."""
        frames = [one for one in self.board_log() if one["kind"] == "frame_in"]
        assert all(one["what"] == "unlock" for one in frames), "somebody sent an unlock-all"
        return [Frame(one["mono_ms"] + self._ahead_ms, one["lock"]) for one in frames]

    def moves(self, door: int) -> list[str]:
        """What a door really did: open, closed, jammed."""
        return [one["state"] for one in self.board_log() if one["kind"] == "door" and one["lock"] == door]

    def ledger(self, after: int = 0) -> list[Told]:
        """The facts the hub has, in the order it took them; fails on a quarantined one."""
        query = (
            "SELECT position, event, device, journal, seq, boot, mono_ms, body, quarantine FROM ledger"
            " WHERE position > ? ORDER BY position"
        )
        rows = self.hub_rows(query, after)
        assert all(row[-1] is None for row in rows), "something is in quarantine"
        return [
            Told(position, event, device, journal, seq, boot, mono_ms, decode_fact(body))
            for position, event, device, journal, seq, boot, mono_ms, body, _ in rows
        ]

    def hub_rows(self, query: str, *values: object) -> list[Any]:
        """Rows of the hub's database."""
        with closing(sqlite3.connect(self.plan.hub / "hub.sqlite3", timeout=30)) as database:
            return database.execute(query, values).fetchall()

    def mark(self) -> int:
        """The ledger's last position."""
        return max((told.position for told in self.ledger()), default=0)

    def wait_for_fact(self, tag: str, after: int = 0, **fields: object) -> Any:
        """The first fact of this name with these values the hub gets."""
        patiently(lambda: self.facts(tag, after, **fields))
        return self.facts(tag, after, **fields)[0]

    def facts(self, tag: str, after: int = 0, **fields: object) -> list[Any]:
        """All facts of this name with these values."""
        found = (told.fact for told in self.ledger(after) if told.tag == tag)
        return [one for one in found if all(getattr(one, name) == value for name, value in fields.items())]

    def item_behind(self, door: int) -> str:
        """What was last put there."""
        return str([fact.item for fact in self.facts("item_left") if fact.compartment == door][-1])

    def intents(self) -> list[tuple[int, m.DoorIntent]]:
        """When each intent was noted in this boot, and for which door."""
        boot = SystemClock().boot
        found = ((told, told.fact) for told in self.ledger() if told.boot == boot)
        return [(told.mono_ms, fact) for told, fact in found if isinstance(fact, m.DoorIntent)]

    def frames_without_intent(self) -> list[Frame]:
        """Frames that had no intent of their own noted before them (I3)."""
        free = Counter[int]()
        events: list[tuple[float, int, Frame | None, int]] = [
            (mono_ms, 0, None, intent.compartment) for mono_ms, intent in self.intents()
        ]
        events += [(frame.mono_ms + 1, 1, frame, frame.door) for frame in self.frames()]
        bare = []
        for _, _, frame, door in sorted(events, key=lambda event: event[:2]):
            if frame is None:
                free[door] += 1
            elif free[door]:
                free[door] -= 1
            else:
                bare.append(frame)
        return bare

    def journal_events(self, device: str) -> list[tuple[str, int, str]]:
        """Journal id, number and event id of all a device holds; it must not run."""
        with tempfile.TemporaryDirectory() as folder:
            for part in (self.plan.device(device) / "data").glob("journal.sqlite3*"):
                shutil.copy(part, folder)
            with closing(sqlite3.connect(Path(folder) / "journal.sqlite3")) as journal:
                (name,) = journal.execute("SELECT id FROM journal").fetchone()
                rows = journal.execute("SELECT seq, id FROM entries ORDER BY seq").fetchall()
        return [(name, seq, event) for seq, event in rows]


def _move_to(plan: Plan) -> None:
    """The same devices, their brokers at this plan's ports."""
    for name in (BRIDGE, KIOSK, DESK):
        who = enrolment.read(plan.device(name))
        file = DeviceFile(
            device=who.device,
            site=who.site,
            kind=who.kind,
            bridge=who.bridge,
            order_key=who.order_key,
            hub_broker=BrokerAddress(LOOPBACK, plan.ports.line),
            site_broker=BrokerAddress(LOOPBACK, plan.ports.site_broker),
        )
        enrolment.write(plan.device(name), file, password=who.password, site_key=who.site_key, replace=True)
