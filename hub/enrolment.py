"""Enrolling a device: its directory, and what its brokers must know of it.

The hub keeps the password lines of every broker below `brokers/` of its data: `hub.passwd` for its own,
`site-<site>.passwd` for each site; and beside it `site-<site>.acl`, the access list that names the devices
in service. An operator copies them to the brokers and sends SIGHUP.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker_config import site_access_list
from contract import enrolment
from contract.broker_password import new_password, password_line
from contract.enrolment import BrokerAddress, Certificates, DeviceFile, DeviceKind
from contract.topics import HUB, device_id
from hub.certificates import CertificateAuthority

HUB_SECRET: Final = "hub.secret"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class BrokerCredential:
    """What a broker with a password file must know; `password_line` is None under certificates."""

    user: str
    password_line: str | None


def enrol(
    device: str,
    site: str,
    kind: DeviceKind,
    *,
    bridge: str,
    hub_broker: BrokerAddress,
    site_broker: BrokerAddress,
    order_public_key: bytes,
    site_key: bytes,
    out_dir: Path,
    ca: CertificateAuthority | None = None,
    replace: bool = False,
) -> BrokerCredential:
    """Write the directory a device starts from into `out_dir`; the site key goes on bridges only.

    Raises TopicError for a bad name, FileExistsError for a directory in use (unless `replace`), and
    ValueError for what makes no sense, such as a broker with TLS and no authority.
    """
    file = DeviceFile(
        device=device_id(device),
        site=device_id(site),
        kind=kind,
        bridge=device_id(bridge),
        order_key=order_public_key.hex(),
        hub_broker=hub_broker,
        site_broker=site_broker,
    )
    password = new_password() if enrolment.needs_password(file) else None
    enrolment.write(
        out_dir,
        file,
        password=password,
        certificates=_certificates(file, ca),
        site_key=site_key if kind == "bridge" else None,
        replace=replace,
    )
    return BrokerCredential(device, password_line(device, password) if password else None)


def keep_credential(brokers: Path, site: str, credential: BrokerCredential) -> None:
    """Note a device in the password files of the hub broker and of its site's, once in each."""
    if credential.password_line is not None:
        for name in ("hub.passwd", f"site-{site}.passwd"):
            _keep_line(brokers / name, credential.user, credential.password_line)


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
    path = brokers / f"site-{site}.acl"
    write_private(path, site_access_list(bridge, [device_id(kiosk) for kiosk in kiosks]))
    return path


def hub_password(brokers: Path) -> str:
    """The hub's own password at its broker, made (and noted in `hub.passwd`) at first need."""
    path = brokers / HUB_SECRET
    if not path.exists():
        password = new_password()
        write_private(path, password)
        _keep_line(brokers / "hub.passwd", HUB, password_line(HUB, password))
    return path.read_text().strip()


def _certificates(file: DeviceFile, ca: CertificateAuthority | None) -> Certificates | None:
    if not enrolment.needs_certificates(file):
        return None
    if ca is None:
        raise ValueError("a broker with TLS needs the certificate authority of the hub")
    issued = ca.client(file.device)
    return Certificates(ca=ca.certificate, certificate=issued.certificate, key=issued.key)


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
