"""The hub's own journal: what is said on its pages and on partners' pages, as facts among the others.

They are chained as a device chains its own, and go the same way: into the ledger, through the fold, into
feed and outbox. Each timeline of the hub has one journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import Raw
from sqlalchemy import Connection, func, select

from contract.chain import GENESIS, entry_hash
from contract.codec import ContractError, decode_fact, encode
from contract.messages import Entry, OrderFact
from hub.core.authority import HUB_PAGES
from hub.core.subject import subject
from hub.core.told import Told
from hub.store import ledger, timeline
from hub.store.bulk import first_row
from hub.store.effects import take_effect
from hub.store.ledger import Held
from hub.store.tables import timelines

DEVICE: Final = HUB_PAGES


@dataclass(frozen=True)
class OwnFact:
    """What somebody did on a page for `site`: `event` is made where it happened, so that it counts once.

    `at_ms` is when, corrected; `estimated` says that the clock of their telephone could not be checked.
    """

    event: str
    site: str
    at_ms: int
    estimated: bool
    fact: OrderFact


def append(connection: Connection, facts: Sequence[OwnFact], now_ms: int) -> None:
    """Put facts into the ledger and let them take effect, within the caller's transaction.

    An event that is there already changes nothing. Raises ContractError for a fact that could not be read
    again; ReplayError, and spoils the transaction, if a device puts the same event there at this very moment.
    """
    journal = _journal(connection, now_ms)
    before = _locked(connection, journal)
    known = ledger.known_facts(connection, [fact.event for fact in facts])
    fresh: dict[str, OwnFact] = {}
    for own in facts:
        if own.event not in known:
            fresh.setdefault(own.event, own)
    if not fresh:
        return
    held, rows = before, list[ledger.Entry]()
    for own in fresh.values():
        row = _row(own, journal, held, now_ms)
        held = replace(held, cursor=held.cursor + 1, head=row[_HASH].hex(), last_at_ms=own.at_ms)
        rows.append(row)
    ledger.append(connection, rows)
    take_effect(connection, [_told(own) for own in fresh.values()], now_ms)
    ledger.move_cursor(connection, DEVICE, journal, before.cursor, held)


_HASH = ledger.COLUMNS.index("hash")
_NUL = b"\\u0000"


def _journal(connection: Connection, now_ms: int) -> str:
    """The journal of the present timeline; pages may be the first to need one."""
    if connection.execute(select(func.count()).select_from(timelines)).scalar_one() == 0:
        timeline.begin(connection, "first", now_ms)
    journal = timeline.current(connection)
    ledger.begin_journal(connection, DEVICE, journal, GENESIS, now_ms)
    return journal


def _locked(connection: Connection, journal: str) -> Held:
    """How far the journal is, kept from other workers until the end of the transaction."""
    lock = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    query = "SELECT cursor, head, safe_prune, last_at_ms FROM journals WHERE device = ? AND journal = ?"
    row = first_row(connection, query + lock, (DEVICE, journal))
    if row is None:
        raise RuntimeError("the hub's own journal has just been begun and is not there")
    return Held(*row)


def _row(own: OwnFact, journal: str, held: Held, now_ms: int) -> ledger.Entry:
    entry = Entry(
        id=own.event,
        boot=journal,
        mono_ms=max(now_ms, 0),
        wall_ms=own.at_ms,
        clock="unknown" if own.estimated else "synced",
        body=Raw(_body(own.fact)),
    )
    seq = held.cursor + 1
    return (
        own.event,
        DEVICE,
        own.site,
        journal,
        seq,
        bytes.fromhex(held.head),
        bytes.fromhex(entry_hash(journal, held.head, seq, entry)),
        entry.boot,
        entry.mono_ms,
        entry.wall_ms,
        entry.clock,
        own.at_ms,
        own.estimated,
        now_ms,
        type(own.fact).__struct_config__.tag,
        subject(own.fact),
        bytes(entry.body),
        None,
        None,
    )


def _body(fact: OrderFact) -> bytes:
    """The fact as it is kept: what a device's would be refused for is refused here as well."""
    body = encode(fact)
    decode_fact(body)
    if _NUL in body:
        raise ContractError("a text with a NUL character")
    return body


def _told(own: OwnFact) -> Told:
    return Told(own.event, DEVICE, own.site, own.at_ms, own.estimated, own.fact)
