"""Going through the ledger's chains: is every row what its device wrote, and is none missing?

The hash of a row is over its body. Where the body was taken away (`redacted_ms`) the hash itself stands for
it: it is what the next row was made from, so that nobody can change, add or leave out a row around it
without breaking the next link. What a redacted body says now is proved by nobody any more.

A device that began a new journal told again in it what it still held, and of that the ledger keeps only
what it did not have. The numbers of a later journal have gaps therefore; those of a device's first have none,
nor have those of the hub's own.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Raw
from sqlalchemy import Connection, select

from contract.chain import GENESIS, entry_hash
from contract.messages import Entry
from hub.core.authority import HUB_PAGES
from hub.store.ledger import in_order
from hub.store.tables import journals

REUSED: Final = "reused-"
"""How ids begin that the hub made for entries whose own id stands for another (hub.store.intake)."""


@dataclass
class Verdict:
    """How many rows were gone through, how many are redacted, how many numbers stand for facts told again,
    and the first link that does not hold (empty: all do).
    """

    facts: int = 0
    redacted: int = 0
    again: int = 0
    broken: str = ""


@dataclass
class _Walk:
    """How far each journal was followed, and which one is the first of its device."""

    first: dict[str, str] = field(default_factory=dict)
    reached: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def is_whole(self, row: Any) -> bool:
        """Whether nothing may be left out of this row's journal: no device told it before."""
        return bool(row.device == HUB_PAGES or self.first.get(row.device, row.journal) == row.journal)


def check(connection: Connection) -> Verdict:
    """Follow every chain, in one pass; stops at the first link that does not hold."""
    verdict, walk = Verdict(), _Walk()
    for row in in_order(connection):
        walk.first.setdefault(row.device, row.journal)
        seq, head = walk.reached.get((row.device, row.journal), (0, GENESIS))
        missing = row.seq - seq - 1
        why = _fault(row, missing, head, is_first=walk.is_whole(row))
        if why:
            place = f"{row.device}, journal {row.journal}, fact {row.seq} (position {row.position})"
            verdict.broken = f"{place}: {why}"
            return verdict
        walk.reached[row.device, row.journal] = (row.seq, row.hash.hex())
        verdict.facts += 1
        verdict.again += missing
        verdict.redacted += row.redacted_ms is not None
    verdict.broken = _missing_end(connection, walk)
    return verdict


def _fault(row: Any, missing: int, head: str, *, is_first: bool) -> str:
    """Why this row cannot follow in its journal what has the hash `head`; empty where it does."""
    if not all(isinstance(part, bytes | memoryview) for part in (row.prev, row.hash, row.body)):
        return "it is not what its device wrote"  # SQLite takes a text where bytes stood
    if missing < 0:
        return "it stands there twice"
    if missing and is_first:
        return f"{missing} before it are not there"
    if not missing and row.prev.hex() != head:
        return "it does not follow the one before it"
    if row.redacted_ms is None and not row.event.startswith(REUSED) and _hash(row) != row.hash.hex():
        return "it is not what its device wrote"
    return ""


def _hash(row: Any) -> str:
    entry = Entry(
        id=row.event,
        boot=row.boot,
        mono_ms=row.mono_ms,
        wall_ms=row.wall_ms,
        clock=row.clock,
        body=Raw(bytes(row.body)),
    )
    return entry_hash(row.journal, row.prev.hex(), row.seq, entry)


def _missing_end(connection: Connection, walk: _Walk) -> str:
    """The first journal of a device that goes on where the ledger ends."""
    for row in connection.execute(select(journals).order_by(journals.c.device)):
        seq, head = walk.reached.get((row.device, row.journal), (0, GENESIS))
        if walk.is_whole(row) and (seq, head) != (row.cursor, row.head):
            return f"{row.device}, journal {row.journal}: facts {seq + 1} to {row.cursor} are not there"
    return ""
