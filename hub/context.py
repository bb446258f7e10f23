"""What every part of a running hub is handed: its database, its keys, its clock, its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contract.clock import Clock
from hub.config import HubSettings
from hub.keys import Keys
from hub.store.database import Engine, open_database, sqlite_url
from hub.store.erased_list import ErasedList

DATABASE = "hub.sqlite3"
ERASED = "erased.jsonl"


@dataclass(frozen=True)
class HubContext:
    """One running hub. Made once, in `hub.cli`; handed to `hub.web.create_app` and to the ingest."""

    engine: Engine
    keys: Keys
    clock: Clock
    settings: HubSettings
    erased: ErasedList
    data: Path
    """The data directory: `ca/` and `brokers/` are in it."""


def database_url(data: Path, settings: HubSettings) -> str:
    """Where the database is: by URL, or a file in the data directory."""
    return settings.database or sqlite_url(data / DATABASE)


@contextmanager
def open_context(data: Path, settings: HubSettings, clock: Clock) -> Iterator[HubContext]:
    """Open the hub that lives in `data` (made at its first use), migrated to the newest tables."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.database:
        (data / DATABASE).touch(mode=0o600)
    engine = open_database(database_url(data, settings))
    try:
        yield HubContext(engine, Keys(data / "keys"), clock, settings, ErasedList(data / ERASED), data)
    finally:
        engine.dispose()
