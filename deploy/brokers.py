"""Real mosquitto brokers, run with the files of `broker_config/`.

The demo and the tests start them here, on loopback, with one password a device; an installation with
a network between devices and broker uses certificates (broker_config/README.md).
"""

import getpass
import ipaddress
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final, Literal

from broker_config import FILES, site_access_list
from contract.broker_password import password_line
from contract.tls import TlsFiles
from contract.topics import device_id
from deploy.processes import Child

Kind = Literal["hub", "site"]
LOOPBACK: Final = "127.0.0.1"
_WHERE_DAEMONS_LIVE: Final = ("/usr/sbin", "/usr/local/sbin", "/sbin")


class OpenBrokerError(ValueError):
    """Passwords would cross a network in clear."""


def find_mosquitto() -> Path | None:
    """The mosquitto program, also where Debian hides it from users, or None."""
    search = os.pathsep.join((os.environ.get("PATH", os.defpath), *_WHERE_DAEMONS_LIVE))
    found = shutil.which("mosquitto", path=search)
    return Path(found) if found else None


def write_broker(
    directory: Path,
    kind: Kind,
    port: int,
    access: Mapping[str, str] | Path | TlsFiles,
    address: str = LOOPBACK,
    *,
    bridge: str | None = None,
    kiosks: Sequence[str] = (),
) -> Path:
    """Write the configuration of one broker into `directory` and return its path.

    `access` is user name -> password, or a password file to copy, or the files for TLS with client
    certificates (`ca` is the authority that signs the clients). On a site broker, `bridge` is the bridge
    of the site and `kiosks` are its kiosks: whoever is not named may say and hear nothing. Raises
    OpenBrokerError for passwords on an address other machines can reach, and ValueError for a site
    without its bridge or a name that is no device's.
    """
    if not isinstance(access, TlsFiles) and not ipaddress.ip_address(address).is_loopback:
        raise OpenBrokerError(f"passwords on {address} would cross the network in clear: use certificates")
    rules = access_list(kind, bridge, kiosks)
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = {"directory": str(directory), "address": address, "port": str(port), "user": getpass.getuser()}
    if isinstance(access, TlsFiles):
        paths = {"ca": str(access.ca), "certificate": str(access.certificate), "key": str(access.key)}
        names["credentials"] = _template("certificates.conf").substitute(paths)
    else:
        names["credentials"] = _template("passwords.conf").substitute(names)
        write_passwords(directory, access)
    write_private(directory / "broker.acl", rules)
    return write_private(directory / "broker.conf", _template(f"{kind}.conf").substitute(names))


def write_passwords(directory: Path, access: Mapping[str, str] | Path) -> None:
    """Write the password file of a broker; one that runs reads it again at SIGHUP."""
    if isinstance(access, Path):
        text = access.read_text()
    else:
        text = "".join(f"{password_line(user, password)}\n" for user, password in sorted(access.items()))
    write_private(directory / "broker.passwd", text)


def access_list(kind: Kind, bridge: str | None = None, kiosks: Sequence[str] = ()) -> str:
    """The text of the access list of this kind of broker; ValueError for a site without its bridge."""
    if kind == "hub":
        return FILES.joinpath("hub.acl").read_text()
    if bridge is None:
        raise ValueError("name the bridge of the site: bridge=...")
    return site_access_list(device_id(bridge), [device_id(kiosk) for kiosk in kiosks])


class EmbeddedBroker(Child):
    """The broker in Python of `deploy.embedded_broker`, where there is no mosquitto: demo only."""

    def __init__(
        self,
        directory: Path,
        kind: Kind,
        port: int,
        passwords: Path,
        environment: Mapping[str, str] | None = None,
        *,
        bridge: str | None = None,
        kiosks: Sequence[str] = (),
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        rules = write_private(directory / "broker.acl", access_list(kind, bridge, kiosks))
        program = [sys.executable, "-m", "deploy.embedded_broker"]
        options = ["--port", str(port), "--passwords", str(passwords), "--access", str(rules)]
        super().__init__([*program, *options], directory / "broker.log", environment)
        self.port = port

    def start(self) -> None:
        """Start it and return once its port accepts connections; ProcessFailedError otherwise."""
        super().start()
        self.wait_for_port(self.port)

    def read_again(self) -> None:
        """Have it read its files again, which it does at its start only: all connections end."""
        self.stop()
        self.start()


class Broker(Child):
    """A mosquitto process on a loopback port, with its log beside its configuration."""

    def __init__(self, conf: Path, port: int, program: Path | None = None) -> None:
        mosquitto = program or find_mosquitto()
        if mosquitto is None:
            raise FileNotFoundError("mosquitto is not installed: sudo apt install mosquitto")
        super().__init__([str(mosquitto), "-c", str(conf)], conf.parent / "broker.log")
        self.port = port

    def start(self) -> None:
        """Start it and return once its port accepts connections; ProcessFailedError otherwise."""
        super().start()
        self.wait_for_port(self.port)

    def read_again(self) -> None:
        """Have it read its files again: whoever stands in them no more is disconnected."""
        self._signal(signal.SIGHUP)


def _template(name: str) -> Template:
    return Template(FILES.joinpath(name).read_text())


def write_private(path: Path, text: str) -> Path:
    """Whole or not at all, for this user alone: a broker will not take passwords others may read."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    return fresh.replace(path)
