"""What a kiosk knows after a start, so that what was cut short goes on: bags, and the delivery taken in.

Bags are read from the kiosk's own facts. The delivery lies beside them in the journal's file: its parcels
are safe without it, but who counts a carrier's forty after a power cut must not be told that they are two.
"""

import logging
from contextlib import suppress
from typing import Final

import msgspec
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from contract.codec import ContractError, decode_fact
from contract.database import FullError
from contract.feed import Feed
from contract.journal import BrokenChainError, Journal
from contract.messages import Entry
from kiosk.core.relay_memory import Memory, noted, without
from kiosk.core.state import Round

MOST_ENTRIES: Final = 4_000
"""So many of the last facts are read again: more than a day of a busy counter."""
STALE_MS: Final = 12 * 3_600_000
"""Nobody goes on the next day with a carrier's pile of the day before."""

log = logging.getLogger(__name__)

migrations = Migrations("kiosk")


@migrations()
def first_tables(db: Database) -> None:
    """The delivery that goes on: one row, or none."""
    db.execute(
        "CREATE TABLE delivery (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL,"
        " wall_ms INTEGER NOT NULL) STRICT"
    )


class Deliveries:
    """The delivery that is being taken in, as staff left it: ids and labels, neither names nor codes.

    Raises what the journal raises (contract.database).
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._encode, self._decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Round).decode
        migrations.apply(journal.db)

    def cut_short(self) -> Round | None:
        """The one that was not ended; none if that was long ago, or another version wrote it otherwise."""
        row = self._journal.db.conn.execute("SELECT body, wall_ms FROM delivery").fetchone()
        clock = self._journal.clock
        if row is None:
            return None
        if clock.quality() != "unknown" and clock.wall_ms() - row[1] > STALE_MS:
            with suppress(FullError):
                self.keep(None)
            return None
        try:
            return self._decode(row[0])
        except msgspec.MsgspecError:
            log.warning("the delivery that was cut short does not read")
            return None

    def keep(self, delivery: Round | None) -> None:
        """Durable when this returns; None: nothing goes on."""
        with self._journal.transaction() as transaction:
            transaction.execute("DELETE FROM delivery")
            if delivery is not None:
                row = (self._encode(delivery), self._journal.clock.wall_ms())
                transaction.execute("INSERT INTO delivery VALUES (1, ?, ?)", row)


def remembered(journal: Journal, feed: Feed) -> Memory:
    """The fold of the journal's last facts, without what has left since, as the hub says.

    What does not read is passed over, it is told elsewhere.
    """
    memory, at = Memory(), max(journal.base_seq, journal.last_seq - MOST_ENTRIES)
    try:
        while batch := journal.read(at):
            for entry in batch.entries:
                memory = _after(memory, entry)
            at += len(batch.entries)
    except BrokenChainError as error:
        log.warning("what was written down of bags is known only in part", extra={"why": str(error)})
    return without(
        memory, frozenset(one.item for one in memory.traces if feed.is_gone(f"tracked/{one.item}"))
    )


def _after(memory: Memory, entry: Entry) -> Memory:
    try:
        fact = decode_fact(bytes(entry.body))
    except ContractError:
        return memory
    return noted(memory, fact, None if entry.clock == "unknown" else entry.wall_ms)
