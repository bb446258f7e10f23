"""Started brokers for tests: real mosquittos with the files of `broker_config/`."""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from contract.broker_password import new_password
from deploy.brokers import LOOPBACK, Broker, Kind, write_broker, write_passwords
from hub.certificates import Issued
from tests.fakes.ports import free_port


@dataclass(frozen=True)
class StartedBroker:
    """A broker that runs, and who may connect to it: `passwords` maps user to password."""

    broker: Broker
    host: str
    port: int
    passwords: dict[str, str]


@contextmanager
def started_broker(
    directory: Path,
    kind: Kind,
    users: Sequence[str],
    port: int | None = None,
    bridge: str | None = None,
    kiosks: Sequence[str] = (),
    known: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[StartedBroker]:
    """Run a broker of this kind for these users, each with a password of its own, or the `known` one."""
    port = port or free_port()
    passwords = {user: known.get(user) or new_password() for user in users}
    conf = write_broker(directory, kind, port, passwords, bridge=bridge, kiosks=kiosks)
    with _running(conf, port, passwords) as started:
        yield started


@contextmanager
def _running(conf: Path, port: int, passwords: dict[str, str]) -> Iterator[StartedBroker]:
    broker = Broker(conf, port)
    broker.start()
    try:
        yield StartedBroker(broker, LOOPBACK, port, passwords)
    finally:
        broker.stop()


@contextmanager
def hub_broker(directory: Path, devices: Sequence[str], port: int | None = None) -> Iterator[StartedBroker]:
    """Run a hub broker for the hub and these devices."""
    with started_broker(directory, "hub", ("hub", *devices), port) as started:
        yield started


@contextmanager
def site_broker(
    directory: Path, bridge: str, kiosks: Sequence[str], others: Sequence[str] = ()
) -> Iterator[StartedBroker]:
    """Run a site broker for a bridge and its kiosks; `others` may come in, and are not of the site."""
    users = (bridge, *kiosks, *others)
    with started_broker(directory, "site", users, bridge=bridge, kiosks=kiosks) as started:
        yield started


@contextmanager
def house_broker(
    directory: Path,
    users: Sequence[str],
    port: int | None = None,
    known: Mapping[str, str] = MappingProxyType({}),
    tls: Issued | None = None,
) -> Iterator[StartedBroker]:
    """Run a broker as a house automation has one: passwords, and whoever has one may say and hear everything.

    It remembers nothing from one start to the next.
    """
    port = port or free_port()
    passwords = {user: known.get(user) or new_password() for user in users}
    directory.mkdir(exist_ok=True)
    write_passwords(directory, passwords)
    lines = [f"user {getpass.getuser()}", "allow_anonymous false", f"password_file {directory}/broker.passwd"]
    lines += [f"listener {port} {LOOPBACK}"]
    if tls is not None:
        for name, text in (("certfile", tls.certificate), ("keyfile", tls.key)):
            (directory / name).write_text(text)
            lines.append(f"{name} {directory}/{name}")
    conf = directory / "broker.conf"
    conf.write_text("\n".join(lines))
    with _running(conf, port, passwords) as started:
        yield started
