"""Loopback ports for the programs of a test, which no other test on this machine is given."""

import secrets
import socket
from contextlib import ExitStack
from typing import Final

from deploy.brokers import LOOPBACK

TEN: Final = 10
_BASES: Final = range(10_000, 30_000, TEN)
"""Below the ports the kernel gives to outgoing connections: none of them takes one meanwhile."""
_claims: list[socket.socket] = []
_spare: list[int] = []


def free_base() -> int:
    """Ten ports in a row that nobody listens on; they are ours as long as this process lives.

    A program may take seconds until it listens. The claim is the twin of the first, in UDP, which nothing
    here speaks: other workers and other runs cannot have it.
    """
    while True:
        base = secrets.choice(_BASES)
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            claim.bind((LOOPBACK, base))
            _probe(*range(base, base + TEN))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return base


def free_port() -> int:
    """One such port."""
    while True:
        if not _spare:
            base = free_base()
            _spare.extend(range(base, base + TEN))
        port = _spare.pop()
        try:
            _probe(port)
        except OSError:
            continue
        return port


def _probe(*ports: int) -> None:
    """OSError where somebody listens on one of them."""
    with ExitStack() as probes:
        for port in ports:
            probes.enter_context(socket.socket()).bind((LOOPBACK, port))
