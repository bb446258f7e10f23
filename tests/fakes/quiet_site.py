"""A site that is open from 9:00 to 18:00, whose devices say hello, and where days go by as a test says."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.core.deadlines import Deadline
from hub.core.opening import Opening
from hub.core.reach import BEAT_GAP_MS
from hub.store.database import reading, writing
from hub.store.deadlines import settle, site_deadlines
from hub.store.feed import live_documents
from hub.store.opening import set_hours
from hub.store.tables import deadlines
from tests.fakes.hub_scene import SITE, Scene

PARIS = ZoneInfo("Europe/Paris")
EVERY_DAY = tuple(Opening(weekday, 9 * 60, 18 * 60) for weekday in range(1, 8))


def at(local: str) -> int:
    """The moment of an hour in Paris."""
    return int(datetime.fromisoformat(local).replace(tzinfo=PARIS).timestamp()) * 1000


class QuietSite:
    """`scene`, on the morning of Monday 2 November 2026, both devices there."""

    def __init__(self, directory: Path, weekly: tuple[Opening, ...] = EVERY_DAY) -> None:
        self.scene = Scene(directory)
        self.scene.clock.set_wall(at("2026-11-02 09:00"), "synced")
        if weekly:
            with writing(self.scene.hub.engine) as connection:
                set_hours(connection, SITE, weekly, self.scene.clock.wall_ms())
        self.scene.connect()

    @property
    def today(self) -> date:
        """The date there."""
        return datetime.fromtimestamp(self.scene.clock.wall_ms() // 1000, PARIS).date()

    def until(self, local: str) -> None:
        """Nothing is said until then."""
        self.scene.clock.advance(at(local) - self.scene.clock.wall_ms())

    def days(self, count: int, *, there: bool = True) -> None:
        """So many days go by, until 19:00 of the last. `there`: the devices are heard in the morning."""
        for _ in range(count):
            day = self.today if self._clock_time() < time(11) else self.today + timedelta(days=1)
            if there:
                if day != self.today:
                    self.until(f"{day} 10:00")
                self._heard(timedelta(hours=2.2))
            self.until(f"{day} 19:00")
        self.settled()

    def _heard(self, how_long: timedelta) -> None:
        for _ in range(int(how_long.total_seconds() * 1000 // (BEAT_GAP_MS - 60_000)) + 1):
            for device in (self.scene.bridge, self.scene.kiosk):
                device.talk(self.scene.hub)
            self.scene.clock.advance(BEAT_GAP_MS - 60_000)

    def _clock_time(self) -> time:
        return datetime.fromtimestamp(self.scene.clock.wall_ms() // 1000, PARIS).time()

    def settled(self) -> None:
        """The hub looks at everybody's days."""
        with writing(self.scene.hub.engine) as connection:
            settle(connection, SITE, self.scene.clock.wall_ms(), PARIS)

    def deadline(self, item: str) -> Deadline:
        """How it stands for one item."""
        with reading(self.scene.hub.engine) as connection:
            return site_deadlines(connection, SITE, self.scene.clock.wall_ms(), PARIS)[item]

    def told(self, prefix: str) -> list[str]:
        """The keys of what the kiosks are told now."""
        with reading(self.scene.hub.engine) as connection:
            keys = [document.key for document in live_documents(connection, SITE, "kiosk")]
        return [key for key in keys if key.startswith(prefix)]

    def written(self) -> list[Any]:
        """The rows of the table `deadlines`."""
        with reading(self.scene.hub.engine) as connection:
            return list(connection.execute(select(deadlines).order_by(deadlines.c.item)))
