"""`hub.toml`: all the hub can be told, with defaults that suit one machine."""

from msgspec import Struct, field


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's broker. With `tls`, the files `ca.crt`, `hub.crt` and `hub.key` lie in the data's `tls/`."""

    host: str = "127.0.0.1"
    port: int = 1883
    tls: bool = False


class HubSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything in `hub.toml`. `database` is empty for `hub.sqlite3` in the data directory."""

    host: str = "127.0.0.1"
    port: int = 8000
    database: str = ""
    broker: BrokerSettings = field(default_factory=BrokerSettings)
    trusted_hosts: tuple[str, ...] = ()
    """Names under which the pages are reached; empty: the loopback names and `host`."""
    behind_https: bool = False
    """A reverse proxy in front speaks https: cookies are Secure and `__Host-`."""
