"""The network's own certificate authority: who is a broker, who is a device.

Keys are elliptic (P-256), which a Pi handles in a millisecond. A device's certificate bears its id as
common name and may only be used as a client; a broker's bears its host names and may only be used as
a server: a stolen device cannot play the broker.
"""

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract.clock import Clock

AUTHORITY_DAYS: Final = 365 * 20
LEAF_DAYS: Final = 365 * 10
"""Long, on purpose: a Pi without a clock battery, or a site nobody visits, must not lock itself out.
A device is shut out by revoking it on the hub and at the brokers, not by waiting."""

_CLOCKS_MAY_DIFFER: Final = timedelta(days=365 * 5)
"""A Pi without a battery may believe it is years ago; certificates are valid then, too."""


@dataclass(frozen=True)
class Issued:
    """A certificate and its private key, both PEM text."""

    certificate: str
    key: str = field(repr=False)


class CertificateAuthority:
    """Signs certificates. Its directory holds `ca.key` (0600) and `ca.crt`; keep it off the brokers."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        """Open the authority of this directory; it is made at its first use."""
        self._clock = clock
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (directory / "ca.crt").exists():
            self._found(directory)
        key = serialization.load_pem_private_key((directory / "ca.key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{directory / 'ca.key'} is no elliptic key: put the saved copy back")
        self._key = key
        self._certificate = x509.load_pem_x509_certificate((directory / "ca.crt").read_bytes())

    @property
    def certificate(self) -> str:
        """The authority's own certificate, PEM text: what devices and brokers trust."""
        return _pem(self._certificate)

    def client(self, name: str) -> Issued:
        """A certificate for the device (or the hub) of this name."""
        return self._issue(name, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def server(self, hosts: Iterable[str]) -> Issued:
        """A certificate for a broker reached under these host names or addresses."""
        names = [_general_name(host) for host in hosts]
        common_name = str(names[0].value)
        return self._issue(common_name, ExtendedKeyUsageOID.SERVER_AUTH, x509.SubjectAlternativeName(names))

    def _issue(
        self, name: str, usage: x509.ObjectIdentifier, hosts: x509.SubjectAlternativeName | None
    ) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(name, self._certificate.subject, key.public_key(), LEAF_DAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        if hosts is not None:
            builder = builder.add_extension(hosts, critical=False)
        return Issued(_pem(builder.sign(self._key, hashes.SHA256())), _key_pem(key))

    def _found(self, directory: Path) -> None:
        """Make the key and the certificate that signs itself; the certificate last, it says all is there."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = "conciergerie"
        builder = self._builder(name, _named(name), key.public_key(), AUTHORITY_DAYS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_signs_certificates(), critical=True)
        certificate = builder.sign(key, hashes.SHA256())
        with os.fdopen(
            os.open(directory / "ca.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as file:
            file.write(_key_pem(key))
        (directory / "ca.crt").write_text(_pem(certificate))

    def _builder(
        self, name: str, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
    ) -> x509.CertificateBuilder:
        now = datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(issuer)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCKS_MAY_DIFFER)
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
