"""The chain of what people did on the pages: each row's hash is over the one before it.

A row's detail is in its hash by a seal, which is made with a salt: once detail and salt are let go
(hub.store.erasure), the seal stands for them, tells nothing, and the chain holds.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

GENESIS: Final = "0" * 64


@dataclass(frozen=True)
class Deed:
    """One row, as it is hashed."""

    id: int
    at_ms: int
    account: str | None
    action: str
    site: str | None
    subject: str | None
    seal: str


def seal_of(salt: str, detail: str) -> str:
    """What stands for a detail."""
    return hashlib.sha256(f"{salt}\n{detail}".encode()).hexdigest()


def hash_of(before: str, deed: Deed) -> str:
    """The hash of a row that follows the one with the hash `before`: over JSON without blanks."""
    row = [before, deed.id, deed.at_ms, deed.account, deed.action, deed.site, deed.subject, deed.seal]
    return hashlib.sha256(json.dumps(row, separators=(",", ":")).encode()).hexdigest()
