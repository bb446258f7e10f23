"""One transaction of the ingest: journals checked, facts into the ledger, tables folded, cursors moved.

Nothing is acknowledged before `finish` and the commit around it (design.md section 5, point 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection

from contract import messages as m
from contract.chain import GENESIS
from contract.codec import ContractError, decode_fact
from hub.core import documents
from hub.core.authority import may_tell
from hub.core.intake import Link, judge
from hub.core.rows import Rows
from hub.core.subject import subject
from hub.core.times import moment
from hub.core.told import Told
from hub.store import devices, feed, ledger, orders
from hub.store.bulk import rows_where
from hub.store.devices import Device
from hub.store.folding import fold_facts
from hub.store.ledger import Held
from hub.store.tables import items, pickups

_NUL = b"\\u0000"
_NOTHING = Held(0, GENESIS, 0, 0)


@dataclass(frozen=True)
class Taken:
    """What became of a batch: how far its journal is held now, and what was wrong with it."""

    held: Held
    quarantined: int = 0
    broken: bool = False


class _Fresh(NamedTuple):
    """A new entry, read as far as it can be."""

    device: Device
    journal: str
    link: Link
    at_ms: int
    estimated: bool
    fact: m.AnyFact | None
    quarantine: str | None
    body: bytes


class Intake:
    """Collects hellos and batches of any devices, then writes them at once."""

    def __init__(self, connection: Connection, now_ms: int, *, replays: bool = False) -> None:
        """`replays`: expect events the ledger has. Without it, one makes the commit fail (ReplayError)."""
        self._connection, self._now_ms, self._replays = connection, now_ms, replays
        self._journals: dict[str, dict[str, Held]] = {}
        self._offsets: dict[tuple[str, str], int | None] = {}
        self._before: dict[tuple[str, str], Held] = {}
        self._fresh: list[_Fresh] = []

    # --- taking in -----------------------------------------------------------------------------

    def hello(self, device: Device, hello: m.Hello) -> tuple[Held, bool]:
        """How far that journal is held, and whether there was another one of the device before."""
        journals = self._held(device.id)
        held = journals.get(hello.journal, _NOTHING)
        self._look_for_loss(device, hello)
        devices.said_hello(self._connection, device.id, hello, held.cursor, self._now_ms)
        self._offsets[device.id, hello.boot] = self._now_ms - hello.mono_ms
        return held, any(other != hello.journal for other in journals)

    def _look_for_loss(self, device: Device, hello: m.Hello) -> None:
        """A device that holds less than it once announced lost facts we never had: that is told (I17)."""
        before = devices.announced(self._connection, device.id)
        if before is None:
            return
        journal, last_seq = before
        reached = hello.last_seq if journal == hello.journal else 0
        reached = max(reached, self._held(device.id).get(journal, _NOTHING).cursor)
        if last_seq > reached:
            kind = "went_back" if journal == hello.journal else "new_journal"
            detail = f"facts {reached + 1} to {last_seq} of journal {journal} never came"
            devices.incident(self._connection, device.id, kind, self._now_ms, detail=detail)

    def _look_for_wiping(self, device: Device, journal: str, opened: m.JournalOpened) -> None:
        """A device we know that begins as if it were new may have lost facts we never saw (I17)."""
        others = self._journals[device.id].keys() - {journal}
        if others and opened.reason == "new":
            detail = f"journal {journal} after {len(others)} others"
            devices.incident(self._connection, device.id, "new_journal", self._now_ms, detail=detail)

    def batch(self, device: Device, batch: m.Batch) -> Taken | None:
        """Take a batch; None for one whose content was damaged on its way (it will be sent again)."""
        journals = self._held(device.id)
        held = journals.get(batch.journal, _NOTHING)
        verdict = judge(batch, held.cursor, held.head)
        match verdict.kind:
            case "damaged":
                devices.incident(self._connection, device.id, "damaged", self._now_ms)
                return None
            case "fork":
                detail = f"journal {batch.journal} after {held.cursor}"
                devices.incident(self._connection, device.id, "fork", self._now_ms, detail=detail)
                return Taken(held, broken=True)
            case "next":
                return self._take(device, batch.journal, held, verdict.fresh)
        return Taken(held)

    def _take(self, device: Device, journal: str, held: Held, links: Sequence[Link]) -> Taken:
        if held is _NOTHING:
            ledger.begin_journal(self._connection, device.id, journal, GENESIS, self._now_ms)
        self._before.setdefault((device.id, journal), held)
        last_at_ms, quarantined = held.last_at_ms, 0
        for link in links:
            fresh = self._read(device, journal, link, last_at_ms)
            last_at_ms = max(last_at_ms, fresh.at_ms)
            quarantined += fresh.quarantine is not None
            if isinstance(fresh.fact, m.JournalOpened):
                self._look_for_wiping(device, journal, fresh.fact)
            self._fresh.append(fresh)
        now = replace(held, cursor=links[-1].seq, head=links[-1].hash, last_at_ms=last_at_ms)
        self._journals[device.id][journal] = now
        return Taken(now, quarantined)

    def _read(self, device: Device, journal: str, link: Link, last_at_ms: int) -> _Fresh:
        entry, fact, reason = link.entry, None, None
        body = bytes(entry.body)
        try:
            fact = decode_fact(body)
            if not may_tell(device.kind, fact):
                reason = f"not for a {device.kind} to tell"
            elif _NUL in body:
                reason = "a text with a NUL character"  # PostgreSQL keeps none, and no person types one
        except ContractError as error:
            reason = str(error)[:200]
        offset = self._offset(device.id, entry.boot)
        at_ms, estimated = moment(entry, offset, last_at_ms, self._now_ms)
        return _Fresh(device, journal, link, at_ms, estimated, fact, reason, body)

    def _held(self, device: str) -> dict[str, Held]:
        if device not in self._journals:
            self._journals[device] = ledger.held_journals(self._connection, device)
        return self._journals[device]

    def _offset(self, device: str, boot: str) -> int | None:
        if (device, boot) not in self._offsets:
            self._offsets[device, boot] = ledger.boot_offset(self._connection, device, boot)
        return self._offsets[device, boot]

    # --- writing -------------------------------------------------------------------------------

    def finish(self) -> None:
        """Write everything; raises CursorMovedError if another worker was there first."""
        if not self._fresh:
            return
        new = self._without_replays()
        ledger.append(self._connection, [self._row(fresh) for fresh in new])
        told = [
            Told(each.link.entry.id, each.device.id, each.device.site, each.at_ms, each.estimated, each.fact)
            for each in new
            if each.fact is not None and each.quarantine is None
        ]
        rows = fold_facts(self._connection, told)
        self._tell_bridges(rows)
        self._note_orders(told)
        self._move_cursors()

    def _without_replays(self) -> list[_Fresh]:
        """Leave out what the ledger has; an id that stands for something else is kept, in quarantine."""
        events = [fresh.link.entry.id for fresh in self._fresh] if self._replays else []
        bodies = ledger.raw_facts(self._connection, events)
        new: list[_Fresh] = []
        for fresh in self._fresh:
            event = fresh.link.entry.id
            if event not in bodies:
                bodies[event] = fresh.body
                new.append(fresh)
            elif bodies[event] != fresh.body:
                renamed = self._reused(fresh)
                if renamed.link.entry.id not in bodies:
                    bodies[renamed.link.entry.id] = renamed.body
                    new.append(renamed)
        return new

    def _reused(self, fresh: _Fresh) -> _Fresh:
        name = f"reused-{sha256(fresh.link.hash.encode()).hexdigest()[:40]}"
        entry = m.Entry(
            id=name,
            boot=fresh.link.entry.boot,
            mono_ms=fresh.link.entry.mono_ms,
            wall_ms=fresh.link.entry.wall_ms,
            clock=fresh.link.entry.clock,
            body=fresh.link.entry.body,
        )
        return fresh._replace(link=fresh.link._replace(entry=entry), quarantine="its id stands for another")

    def _row(self, fresh: _Fresh) -> ledger.Entry:
        link, entry = fresh.link, fresh.link.entry
        return (
            entry.id,
            fresh.device.id,
            fresh.device.site,
            fresh.journal,
            link.seq,
            bytes.fromhex(link.prev),
            bytes.fromhex(link.hash),
            entry.boot,
            entry.mono_ms,
            entry.wall_ms,
            entry.clock,
            fresh.at_ms,
            fresh.estimated,
            self._now_ms,
            "" if fresh.fact is None else type(fresh.fact).__struct_config__.tag,
            "" if fresh.fact is None else subject(fresh.fact),
            fresh.body,
            fresh.quarantine,
        )

    def _tell_bridges(self, rows: Rows) -> None:
        """Keep the feed's holdings true: what lies at the site, under which ticket and generation."""
        touched = {row["id"]: row for row in rows.of("pickups")}
        things = {row["id"]: row for row in rows.of("items")}
        if touched:
            others = rows_where(self._connection, items, "pickup", touched)
            things |= {row["id"]: row for row in others if row["id"] not in things}
        missing = {row["pickup"] for row in things.values() if row["pickup"]} - touched.keys()
        if missing:
            touched |= {row["id"]: row for row in rows_where(self._connection, pickups, "id", missing)}
        by_site: dict[str, list[documents.Change]] = {}
        for row in things.values():
            by_site.setdefault(row["site"], []).extend(documents.holding(row, touched.get(row["pickup"])))
        for row in rows.of("pickups"):
            if row["closed_ms"] is not None:
                by_site.setdefault(row["site"], []).extend(documents.rotation(row["id"], None))
        for site, changes in by_site.items():
            feed.write_changes(self._connection, site, changes, self._now_ms)

    def _note_orders(self, told: Sequence[Told]) -> None:
        for event in told:
            match event.fact:
                case m.DoorIntent(order=str(order), operation=operation):
                    orders.was_carried_out(self._connection, order, event.device, operation, self._now_ms)
                case m.OrderRefused(order=order, why=why):
                    orders.was_refused(self._connection, order, event.device, why, self._now_ms)

    def _move_cursors(self) -> None:
        for (device, journal), before in self._before.items():
            now = self._journals[device][journal]
            ledger.move_cursor(self._connection, device, journal, before.cursor, now)
            devices.exchanged(self._connection, device, now.cursor, self._now_ms)
