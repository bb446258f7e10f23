"""`hub.toml`: all the hub can be told, with defaults that suit one machine."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from contract.settings import load

FILE = "hub.toml"

Port = Annotated[int, Meta(ge=1, le=65535)]
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]


class BrokerSettings(Struct, frozen=True):
    """The hub's own broker. With `tls` the hub shows `ca/hub.crt` and trusts `ca/ca.crt` of its data."""

    host: Host = "127.0.0.1"
    port: Port = 1883
    tls: bool = False


class HubSettings(Struct, frozen=True):
    """Everything in `hub.toml`. `database` is empty for `hub.sqlite3` in the data directory."""

    host: Host = "127.0.0.1"
    port: Port = 8000
    database: str = ""
    broker: BrokerSettings = field(default_factory=BrokerSettings)
    trusted_hosts: tuple[str, ...] = ()
    """Names under which the pages are reached; empty: the loopback names and `host`."""
    behind_https: bool = False
    """A reverse proxy in front speaks https: cookies are Secure and `__Host-`."""


def read(data: Path) -> HubSettings:
    """The settings of a data directory; the defaults where there is no file. Raises SettingsError."""
    path = data / FILE
    return load(path, HubSettings) if path.exists() else HubSettings()
