"""TLS with a broker: whom we believe, and how we show who we are."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: who signs the broker, and who we are."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class TlsTrust:
    """TLS where a password says who we are: who signs the broker, None for whoever this machine trusts."""

    ca: Path | None = None


def tls_context(files: TlsFiles | TlsTrust) -> ssl.SSLContext:
    """TLS 1.2 or newer, the broker's name checked, our certificate shown where we have one.

    Raises ValueError where the files cannot be used.
    """
    ours = (files.certificate, files.key) if isinstance(files, TlsFiles) else ()
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=files.ca)
        if ours:
            context.load_cert_chain(*ours)
    except OSError as error:
        named = ", ".join(map(str, (files.ca, *ours)))
        raise ValueError(f"cannot use {named}: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _ClosedWhenRefused
    return context


class _ClosedWhenRefused(ssl.SSLSocket):
    """paho forgets a socket whose handshake failed; a device may fail at it every minute for a month."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
