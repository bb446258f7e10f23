"""`hub.toml`: all the hub can be told, with defaults that suit one machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct, field

from contract.settings import Remark, load
from hub.core.notices import Channel
from hub.core.retention import Retention, contradictions

FILE = "hub.toml"

OVH_ADDRESS = "https://eu.api.ovh.com/1.0"

Port = Annotated[int, Meta(ge=1, le=65535)]
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]


class BrokerSettings(Struct, frozen=True):
    """The hub's own broker. With `tls` the hub shows `ca/hub.crt` and trusts `ca/ca.crt` of its data."""

    host: Host = "127.0.0.1"
    port: Port = 1883
    tls: bool = False


class OvhSettings(Struct, frozen=True):
    """An SMS account at OVHcloud. Its keys stand in the file `keys` (below the data directory unless it is
    absolute) or in the environment, never here.
    """

    service: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    sender: Annotated[str, Meta(max_length=20)] = ""
    """As OVH knows it; empty: a short number of theirs."""
    keys: str = ""
    address: str = OVH_ADDRESS


class NotifySettings(Struct, frozen=True):
    """How people are told. `sms` and `email` are apprise addresses with `{to}` (and `{from}`) in them, and
    secrets; `ovh` takes the place of `sms`. What has none becomes a slip of paper.
    """

    sms: str = ""
    ovh: OvhSettings | None = None
    email: str = ""
    sender: str = field(default="", name="from")
    zone: str = "Europe/Paris"
    """Where the sites are, for the quiet hours and for opening hours."""

    @property
    def ways(self) -> frozenset[Channel]:
        """The channels that have a gateway."""
        ways: dict[Channel, bool] = {"sms": bool(self.sms or self.ovh), "email": bool(self.email)}
        return frozenset(way for way, there in ways.items() if there)

    def __repr__(self) -> str:
        """Never the addresses: a log may hold it."""
        return "NotifySettings(...)"


class MetricsSettings(Struct, frozen=True):
    """Figures for Prometheus at `/metrics`; without a token there is no such page."""

    token: Annotated[str, Meta(pattern=r"^([A-Za-z0-9._~+/=-]{32,200})?$")] = ""

    def __repr__(self) -> str:
        """Never the token: a log may hold it."""
        return "MetricsSettings(...)"


class HomeAssistantSettings(Struct, frozen=True):
    """The broker of a house automation that is told how doors and machines are. Its password stands in a file
    (below the data directory unless that is absolute), never here.
    """

    host: Host
    port: Port = 1883
    tls: bool = False
    ca: str = ""
    """A PEM file: who signed that broker; empty: whoever this machine trusts."""
    user: Annotated[str, Meta(max_length=100)] = ""
    password_file: str = ""
    prefix: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}(/[A-Za-z0-9_-]{1,40}){0,3}$")] = (
        "homeassistant"
    )
    name: Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,20}$")] = "conciergerie"
    """As whom the hub speaks there; of several hubs at one broker each has its own."""
    sites: tuple[Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$")], ...] = ()
    """Only these; empty: all."""


class HubSettings(Struct, frozen=True):
    """Everything in `hub.toml`. `database` is empty for `hub.sqlite3` in the data directory."""

    host: Host = "127.0.0.1"
    port: Port = 8000
    database: str = ""
    broker: BrokerSettings = field(default_factory=BrokerSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    retention: Retention = field(default_factory=Retention)
    """How long personal data are kept."""
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    home_assistant: HomeAssistantSettings | None = None
    trusted_hosts: tuple[str, ...] = ()
    """Names under which the pages are reached; empty: the loopback names and `host`."""
    behind_https: bool = False
    """A reverse proxy in front speaks https: cookies are Secure and `__Host-`."""


def read(data: Path) -> HubSettings:
    """The settings of a data directory; the defaults where there is no file. Raises SettingsError."""
    path = data / FILE
    return load(path, HubSettings, _cross_check) if path.exists() else HubSettings()


def _cross_check(settings: HubSettings) -> Iterator[Remark]:
    notify = settings.notify
    for key, address in (("sms", notify.sms), ("email", notify.email)):
        if address and "{to}" not in address:
            yield Remark(
                ("notify", key), "it does not say to whom", "Put {to} where the number or address goes"
            )
        if "{from}" in address and not notify.sender:
            yield Remark(
                ("notify", key), "it has {from}, and nothing says who that is", "Add  from =  above it"
            )
        if "method=get" in address.lower():
            yield Remark(
                ("notify", key), "a code would stand in an address", "Write method=post, or take it out"
            )
    yield from _ovh_remarks(notify)
    yield from _home_remarks(settings)
    try:
        ZoneInfo(notify.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Remark(("notify", "zone"), "there is no such time zone", 'Write for example "Europe/Paris"')
    for path, problem, remedy in contradictions(settings.retention):
        yield Remark(("retention", *path), problem, remedy)


def _ovh_remarks(notify: NotifySettings) -> Iterator[Remark]:
    if notify.ovh is None:
        return
    if notify.sms:
        yield Remark(("notify", "sms"), "there are two gateways for SMS", "Leave sms or [notify.ovh] out")
    there = urlsplit(notify.ovh.address)
    if there.scheme != "https" and there.hostname not in ("127.0.0.1", "localhost"):
        yield Remark(
            ("notify", "ovh", "address"), "numbers and codes would go unsealed", "Write an https:// address"
        )


def _home_remarks(settings: HubSettings) -> Iterator[Remark]:
    home = settings.home_assistant
    if home is None:
        return
    if (home.host, home.port) == (settings.broker.host, settings.broker.port):
        yield Remark(
            ("home_assistant", "host"),
            "this is the hub's own broker, where nobody else may listen",
            "Write where Home Assistant's broker is",
        )
    if bool(home.user) != bool(home.password_file):
        yield Remark(
            ("home_assistant", "user" if home.user else "password_file"),
            "a name and a password go together",
            "Write both  user =  and  password_file = , or neither",
        )
    if home.ca and not home.tls:
        yield Remark(("home_assistant", "ca"), "nothing would be sealed", "Add  tls = true , or take it out")
