"""What every part of a running hub is handed: its database, its keys, its clock, its settings."""

from dataclasses import dataclass

from contract.clock import Clock
from hub.config import HubSettings
from hub.keys import Keys
from hub.store.database import Engine


@dataclass(frozen=True)
class HubContext:
    """One running hub. Made once, in `hub.cli`; handed to `hub.web.create_app` and to the ingest."""

    engine: Engine
    keys: Keys
    clock: Clock
    settings: HubSettings
