"""After a start: what the kiosk's own journal tells of bags, so that what was cut short goes on."""

import logging
from typing import Final

from contract.codec import ContractError, decode_fact
from contract.feed import Feed
from contract.journal import BrokenChainError, Journal
from contract.messages import Entry
from kiosk.core.relay_memory import Memory, noted, without

MOST_ENTRIES: Final = 4_000
"""So many of the last facts are read again: more than a day of a busy counter."""

log = logging.getLogger(__name__)


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
