"""What the bridge remembers, in the journal's own file: facts and records become durable in one commit."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from contract.database import FullError
from contract.journal import Journal
from contract.messages import Fact
from locker_firmware_bridge.core import records
from locker_firmware_bridge.core.door import Door
from locker_firmware_bridge.core.state import Change, Rules, Site

SPENT_DAYS: Final = 400
"""So long the ids of what is over are kept, so that nothing old brings them back (design.md section 11)."""
_DAY_MS: Final = 86_400_000

_KINDS: Final[Mapping[str, tuple[type[Struct], type]]] = {
    "slots": (records.Slot, int),
    "doors": (Door, int),
    "items": (records.Item, str),
    "pickups": (records.Pickup, str),
    "visits": (records.Visit, str),
    "asks": (records.Said, str),
    "orders": (records.Taken, str),
    "tickets": (records.TicketUse, int),
    "spent": (records.Spent, str),
    "assigned": (records.Assigned, str),
    "proxy_uses": (records.ProxyUse, str),
}
"""Kind of record: its type, and the type of its key in memory."""
_SINGLE: Final[Mapping[str, type[Struct]]] = {
    "run": records.Run,
    "codes": records.Budget,
    "pins": records.Budget,
    "caps": records.Caps,
    "wall": records.Wall,
}

migrations = Migrations("bridge")


@migrations()
def first_tables(db: Database) -> None:
    """One row a record; the latest written comes last, which is what `ORDER BY rowid` relies on."""
    db.execute(
        "CREATE TABLE remembered (kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,"
        " wall_ms INTEGER NOT NULL, PRIMARY KEY (kind, key)) STRICT"
    )


_singles = {key: msgspec.json.Decoder(record) for key, record in _SINGLE.items()}
_readers = {kind: msgspec.json.Decoder(record) for kind, (record, _) in _KINDS.items()}


class Store:
    """The bridge's memory. Raises what the journal raises (contract.database)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._encode = msgspec.json.Encoder().encode
        migrations.apply(journal.db)

    def load(self, rules: Rules) -> Site:
        """The site as it was last committed."""
        self._forget_old()
        found: dict[str, Any] = {kind: {} for kind in _KINDS}
        rows = self._journal.db.conn.execute("SELECT kind, key, body FROM remembered ORDER BY rowid")
        for kind, key, body in rows:
            if kind == "one":
                found[key] = _singles[key].decode(body)
            else:
                _, as_key = _KINDS[kind]
                found[kind][as_key(key)] = _readers[kind].decode(body)
        return Site(rules, **found)

    def commit(self, facts: Sequence[Fact], changes: Mapping[Change, Struct | None]) -> None:
        """Make facts and records durable together: one commit, one fdatasync."""
        wall_ms = self._journal.clock.wall_ms()
        with self._journal.transaction() as transaction:
            for fact in facts:
                transaction.append(fact)
            for (kind, key), record in changes.items():
                if record is None:
                    transaction.execute("DELETE FROM remembered WHERE kind = ? AND key = ?", (kind, key))
                else:
                    row = (kind, key, self._encode(record), wall_ms)
                    transaction.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?, ?, ?)", row)

    def has_room(self) -> bool:
        """Whether an operation that begins now can be written down to its end."""
        return self._journal.has_room()

    def _forget_old(self) -> None:
        """Only by a clock that is known to be right; a full disk keeps them until the next start."""
        clock = self._journal.clock
        if clock.quality() != "synced":
            return
        before_ms = clock.wall_ms() - SPENT_DAYS * _DAY_MS
        old = "DELETE FROM remembered WHERE kind = 'spent' AND wall_ms < ?"
        with suppress(FullError), self._journal.transaction() as transaction:
            transaction.execute(old, (before_ms,))
