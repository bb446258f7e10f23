"""Enrolling a device: its directory, and what its brokers must know of it.

The hub keeps the password lines of every broker below `brokers/` of its data: `hub.passwd` for its own,
`site-<site>.passwd` for each site; and beside it `site-<site>.acl`, the access list that names the devices
in service. `hub.passwd` reaches the hub's broker by itself (deploy/broker_files.py); an operator brings the
others to the brokers of the sites, and sends SIGHUP.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from broker_config import site_access_list
from contract import enrolment
from contract.broker_password import new_password, password_line
from contract.enrolment import BrokerAddress, Certificates, DeviceFile, DeviceKind
from contract.topics import HUB, device_id
from hub.certificates import CertificateAuthority
from hub.context import HubContext
from hub.store import audit, devices
from hub.store.database import Connection

HUB_SECRET: Final = "hub.secret"  # noqa: S105 - the name of a file
BROKERS: Final = "brokers"
HUB_PASSWORDS: Final = "hub.passwd"
SITE_BROKER: Final = BrokerAddress("127.0.0.1", 1883)
"""Where a device finds its site's broker: on its own machine."""


@dataclass(frozen=True)
class BrokerCredential:
    """What a broker with a password file must know; `password_line` is None under certificates."""

    user: str
    password_line: str | None


@dataclass(frozen=True)
class Enrolled:
    """The files of a device's directory, which nobody keeps, and what its brokers must know."""

    site: str
    files: Mapping[str, str] = field(repr=False)
    credential: BrokerCredential


class EnrolmentError(ValueError):
    """A device that cannot be enrolled like that; the text says why."""


@dataclass(frozen=True)
class Wanted:
    """A device to be enrolled, for the first time or anew.

    `hub_broker` is the hub's broker as the device reaches it (None: as the hub does), `bridge` the site's
    bridge where it is not the one in service.
    """

    device: str
    site: str
    kind: DeviceKind
    hub_broker: BrokerAddress | None = None
    site_broker: BrokerAddress = SITE_BROKER
    bridge: str | None = None


# --- into service, and out of it: for the command and for the page -------------------------------


def enrol_device(
    hub: HubContext, connection: Connection, wanted: Wanted, account: str | None = None
) -> Enrolled:
    """Note a device and make its secrets; what it had before is void once `keep` has told the brokers.

    `account`: who had it, for the audit. Raises EnrolmentError, DeviceError, and TopicError for a bad name.
    """
    _audit(hub, connection, account, "device_enrolled", wanted.site, wanted.device)
    devices.enrol(connection, device_id(wanted.device), wanted.site, wanted.kind, hub.clock.wall_ms())
    bridge = _bridge(connection, wanted)
    own = hub.settings.broker
    try:
        file = DeviceFile(
            device=wanted.device,
            site=device_id(wanted.site),
            kind=wanted.kind,
            bridge=device_id(bridge),
            order_key=hub.keys.order_public_key().hex(),
            hub_broker=wanted.hub_broker or BrokerAddress(own.host, own.port, own.tls),
            site_broker=wanted.site_broker,
        )
        needed = enrolment.needs_certificates(file)
        ca = CertificateAuthority(hub.data / "ca", hub.clock) if needed else None
        return enrol(file, hub.keys.site_key(wanted.site), ca)
    except ValueError as error:
        raise EnrolmentError(str(error)) from None


def keep(hub: HubContext, connection: Connection, enrolled: Enrolled) -> Path:
    """Note for the brokers who is in service, within the transaction; the path of the site's access list.

    Two enrolments at once must not leave the list of the earlier one.
    """
    keep_credential(hub.data / BROKERS, enrolled.site, enrolled.credential)
    return _list_devices(hub, connection, enrolled.site)


def revoke_device(
    hub: HubContext, connection: Connection, device: str, account: str | None = None, reason: str = ""
) -> list[Path]:
    """Take a device out of service for good; which files must go to brokers. Raises DeviceError."""
    site = devices.revoke(connection, device, hub.clock.wall_ms())
    devices.tell_revoked(connection, site, hub.clock.wall_ms())
    _audit(hub, connection, account, "device_revoked", site, device, reason)
    return [*drop_credential(hub.data / BROKERS, device), _list_devices(hub, connection, site)]


def site_broker_files(hub: HubContext, site: str) -> dict[str, str]:
    """What the broker of a site must be brought: the names of the files, and what stands in them."""
    paths = (_access_list(hub.data / BROKERS, site), _password_file(hub.data / BROKERS, site))
    return {path.name: path.read_text() for path in paths if path.exists()}


def site_broker_certificate(hub: HubContext, host: str) -> dict[str, str]:
    """What a site's broker needs beside them where other machines reach it, under this name or address."""
    authority = CertificateAuthority(hub.data / "ca", hub.clock)
    issued = authority.server([host])
    return {"ca.crt": authority.certificate, "broker.crt": issued.certificate, "broker.key": issued.key}


def _audit(
    hub: HubContext,
    connection: Connection,
    account: str | None,
    action: str,
    site: str,
    device: str,
    detail: str = "",
) -> None:
    now_ms = hub.clock.wall_ms()
    audit.note(connection, now_ms, account, action, site=site, subject=device[:40], detail=detail)


def _bridge(connection: Connection, wanted: Wanted) -> str:
    known = wanted.device if wanted.kind == "bridge" else wanted.bridge
    bridge = known or devices.bridge_of(connection, wanted.site)
    if bridge is None:
        raise EnrolmentError(f"{wanted.site} has no bridge yet: enrol it first, or name it")
    return bridge


def _list_devices(hub: HubContext, connection: Connection, site: str) -> Path:
    bridge, kiosks = devices.bridge_of(connection, site), devices.kiosks_of(connection, site)
    return keep_access_list(hub.data / BROKERS, site, bridge, kiosks)


# --- one device's files, and the brokers' ----------------------------------------------------------


def enrol(file: DeviceFile, site_key: bytes, ca: CertificateAuthority | None = None) -> Enrolled:
    """Make what a device starts from; the site key goes on bridges only.

    Raises ValueError for what makes no sense.
    """
    password = new_password() if enrolment.needs_password(file) else None
    files = enrolment.contents(
        file,
        password=password,
        certificates=_certificates(file, ca),
        site_key=site_key if file.kind == "bridge" else None,
    )
    line = password_line(file.device, password) if password else None
    return Enrolled(file.site, files, BrokerCredential(file.device, line))


def keep_credential(brokers: Path, site: str, credential: BrokerCredential) -> None:
    """Note a device in the password files of the hub broker and of its site's, once in each."""
    if credential.password_line is not None:
        for path in (brokers / HUB_PASSWORDS, _password_file(brokers, site)):
            _keep_line(path, credential.user, credential.password_line)


def drop_credential(brokers: Path, device: str) -> list[Path]:
    """Take a device out of every password file; returns those that changed."""
    changed = [path for path in sorted(brokers.glob("*.passwd")) if _has_user(path, device)]
    for path in changed:
        _keep_line(path, device, None)
    return changed


def keep_access_list(brokers: Path, site: str, bridge: str | None, kiosks: Iterable[str]) -> Path:
    """Write the access list of a site's broker anew: these devices, and nobody else. Returns its path.

    A certificate stays good for ten years: this list is what tells a device of the site from all others.
    """
    path = _access_list(brokers, site)
    write_private(path, site_access_list(bridge, [device_id(kiosk) for kiosk in kiosks]))
    return path


def hub_password(brokers: Path) -> str:
    """The hub's own password at its broker, made (and noted in `hub.passwd`) at first need."""
    path = brokers / HUB_SECRET
    if not path.exists():
        password = new_password()
        write_private(path, password)
        _keep_line(brokers / HUB_PASSWORDS, HUB, password_line(HUB, password))
    return path.read_text().strip()


def _certificates(file: DeviceFile, ca: CertificateAuthority | None) -> Certificates | None:
    if not enrolment.needs_certificates(file):
        return None
    if ca is None:
        raise ValueError("a broker with TLS needs the certificate authority of the hub")
    issued = ca.client(file.device)
    return Certificates(ca=ca.certificate, certificate=issued.certificate, key=issued.key)


def _password_file(brokers: Path, site: str) -> Path:
    return brokers / f"site-{site}.passwd"


def _access_list(brokers: Path, site: str) -> Path:
    return brokers / f"site-{site}.acl"


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _has_user(path: Path, user: str) -> bool:
    return any(line.startswith(f"{user}:") for line in _lines(path))


def _keep_line(path: Path, user: str, line: str | None) -> None:
    others = [each for each in _lines(path) if each and not each.startswith(f"{user}:")]
    write_private(path, "".join(f"{each}\n" for each in sorted([*others, *([line] if line else [])])))


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, for its owner alone: a file that was there, readable by others, is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
