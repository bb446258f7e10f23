"""The devices of the laundries and the hub, in one process: all of it real but the clock and the wire.

The wire between them is memory. It loses payloads, delivers some twice, and hands over those of different
devices in any order; devices go off for hours and come back with what they kept.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contract import topics
from contract.clock import Quality
from contract.codec import encode
from contract.feed import Feed
from contract.journal import Journal
from contract.messages import Presence
from contract.uplink import Uplink
from hub.ingest import Ingest, Said
from hub.keys import Keys
from hub.simulation.plan import DAY, HOUR, Act, Games
from hub.store.database import open_database, sqlite_url, writing
from hub.store.devices import enrol
from hub.store.sites import create_site

LOST: Final = 0.02
TWICE: Final = 0.05
MOST_ROUNDS: Final = 200


class Time:
    """What all clocks of the simulation go by."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms


class SimulatedClock:
    """A clock that runs with the simulation; its wall clock may be wrong by `off_ms`, and then says so."""

    def __init__(self, time: Time, boot: str, off_ms: int = 0) -> None:
        self._time, self._boot, self._off_ms = time, boot, off_ms
        self._begun_ms = time.now_ms - HOUR

    @property
    def boot(self) -> str:
        """One boot for all of it."""
        return self._boot

    def mono_ms(self) -> int:
        """Since an hour before the beginning."""
        return self._time.now_ms - self._begun_ms

    def wall_ms(self) -> int:
        """Right, or as wrong as it is."""
        return self._time.now_ms + self._off_ms

    def quality(self) -> Quality:
        """What it says of itself."""
        return "unknown" if self._off_ms else "synced"


@dataclass
class SimulatedDevice:
    """A kiosk: journal, replica of the feed, uplink; `away` are the hours it is off the network."""

    name: str
    journal: Journal
    feed: Feed
    uplink: Uplink
    online: bool = False
    away: tuple[tuple[int, int], ...] = ()

    def is_away(self, now_ms: int) -> bool:
        """Whether the network is gone now."""
        return any(begin <= now_ms < end for begin, end in self.away)


class Stage:
    """A hub in `directory` and the devices of the laundries of `games`."""

    def __init__(self, directory: Path, games: Games, begin_ms: int, seed: int) -> None:
        self.time = Time(begin_ms)
        self.chance = random.Random(seed)  # noqa: S311
        clock = SimulatedClock(self.time, "hub")
        self.engine = open_database(sqlite_url(directory / "hub.sqlite3"))
        self.ingest = Ingest(self.engine, Keys(directory / "keys"), clock, directory / "witness.json")
        self.devices: dict[str, SimulatedDevice] = {}
        self.told = 0
        for laundry in games.laundries:
            with writing(self.engine) as connection:
                create_site(connection, laundry.site, f"Laverie {laundry.number}", begin_ms)
            for name in (laundry.desk, laundry.floor):
                self._add(directory / name, name, laundry.site)

    def _add(self, directory: Path, name: str, site: str) -> None:
        """Every sixth device has a clock that is a day off."""
        with writing(self.engine) as connection:
            enrol(connection, name, site, "kiosk", self.time.now_ms)
        directory.mkdir(parents=True)
        off_ms = -DAY if len(self.devices) % 6 == 5 else 0
        clock = SimulatedClock(self.time, f"boot-{name}", off_ms)
        journal, feed = Journal.open(directory / "journal.db", clock), Feed.open(directory / "feed.db")
        jitter = random.Random(name)  # noqa: S311
        uplink = Uplink(journal, feed, program="kiosk", version="1", clock=clock, jitter=jitter)
        self.devices[name] = SimulatedDevice(name, journal, feed, uplink)

    def close(self) -> None:
        """Shut every file."""
        for device in self.devices.values():
            device.journal.close()
            device.feed.close()
        self.engine.dispose()

    def draw_outages(self, day_begin_ms: int) -> None:
        """None, one or two for each device, of one to five hours of the day."""
        for device in self.devices.values():
            begins = [self.chance.randint(6 * HOUR, 20 * HOUR) for _ in range(self.chance.randint(0, 2))]
            device.away = tuple(
                (day_begin_ms + begin, day_begin_ms + begin + self.chance.randint(HOUR, 5 * HOUR))
                for begin in begins
            )

    def play(self, acts: Iterable[Act], until_ms: int, *, everybody: bool = False) -> None:
        """Have things happen, then let devices and hub talk; with `everybody` no network is gone."""
        for act in acts:
            self.time.now_ms = act.at_ms
            self.devices[act.device].journal.append(act.fact)
            self.told += 1
        self.time.now_ms = until_ms
        for device in self.devices.values():
            self._connect(device, up=everybody or not device.is_away(until_ms))
        self._talk()

    @property
    def backlog(self) -> int:
        """Facts that the hub is not known to have."""
        return sum(device.uplink.backlog for device in self.devices.values())

    def _connect(self, device: SimulatedDevice, *, up: bool) -> None:
        if up == device.online:
            return
        device.online = up
        device.uplink.link_changed(up)
        if up:
            device.uplink.hub_presence(encode(Presence(online=True, session="hub")))
        presence = Presence(online=up, session=device.name)
        self.ingest.handle(device.name, "presence", encode(presence))

    def _talk(self) -> None:
        """Until nobody has anything to say; what was lost is said again later."""
        self._deliver(self.ingest.tick())
        for _ in range(MOST_ROUNDS):
            said = [
                Said(device.name, each.leaf, each.payload)
                for device in self.devices.values()
                if device.online
                for each in device.uplink.due()
                for _ in range(self._times())
            ]
            if not said:
                return
            self.chance.shuffle(said)
            self._deliver(self.ingest.handle_many(said))

    def _times(self) -> int:
        """How often a payload arrives."""
        drawn = self.chance.random()
        return 0 if drawn < LOST else 2 if drawn < LOST + TWICE else 1

    def _deliver(self, answers: Iterable[tuple[str, bytes]]) -> None:
        for topic, payload in answers:
            route = topics.parse(topic)
            device = self.devices[route.reader or ""]
            for _ in range(self._times() if device.online else 0):
                device.uplink.received(route.leaf, payload)
