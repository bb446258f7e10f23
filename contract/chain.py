"""The hash chain of a journal: what device and hub compute alike."""

import hashlib
from collections.abc import Sequence
from typing import Final

from contract.messages import Entry

GENESIS: Final = "0" * 64
"""The hash before the first entry."""


def entry_hash(journal: str, prev: str, seq: int, entry: Entry) -> str:
    """SHA-256 in hex over `prev`, the entry's fields, one a line (none holds a newline), and its body."""
    head = (
        f"{prev}\n{journal}\n{seq}\n{entry.id}\n{entry.boot}\n"
        f"{entry.mono_ms}\n{entry.wall_ms}\n{entry.clock}\n"
    )
    return hashlib.sha256(head.encode() + bytes(entry.body)).hexdigest()


def hashes(journal: str, prev: str, first: int, entries: Sequence[Entry]) -> list[str]:
    """The chain's hash after each of `entries`, the first of which has sequence number `first`."""
    found = []
    for seq, entry in enumerate(entries, first):
        prev = entry_hash(journal, prev, seq, entry)
        found.append(prev)
    return found
