"""One transaction of the ingest: journals checked, facts into the ledger, tables folded, cursors moved.

Nothing is acknowledged before `finish` and the commit around it (design.md section 5, point 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection

from contract import messages as m
from contract.chain import GENESIS
from contract.codec import ContractError, decode_fact
from hub.core.authority import may_tell
from hub.core.intake import Link, judge
from hub.core.subject import subject
from hub.core.times import Moment, moment
from hub.core.told import Told
from hub.store import devices, ledger
from hub.store.beats import beat
from hub.store.chain_check import REUSED
from hub.store.devices import Device
from hub.store.effects import take_effect
from hub.store.ledger import Held

_NUL = b"\\u0000"
_NOTHING = Held(0, GENESIS, 0, 0)


@dataclass(frozen=True)
class Taken:
    """What became of a batch: how far its journal is held now, and what was wrong with it."""

    held: Held
    quarantined: int = 0
    broken: bool = False


class _Fresh(NamedTuple):
    """A new entry as the ledger keeps it, and what it tells where it can be believed."""

    row: ledger.Entry
    told: Told | None


_EVENT, _DEVICE, _TYPE, _BODY, _WHY = (
    ledger.COLUMNS.index(name) for name in ("event", "device", "type", "body", "quarantine")
)


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
        """How far that journal is held, and whether there was another one of the device before.

        A bridge that takes the place of another one is no beginner either: things lie in its lockers.
        """
        journals = self._held(device.id)
        held = journals.get(hello.journal, _NOTHING)
        self._look_for_loss(device, hello)
        devices.said_hello(self._connection, device.id, hello, held.cursor, self._now_ms)
        beat(self._connection, device.id, self._now_ms)
        self._offsets[device.id, hello.boot] = self._now_ms - hello.mono_ms
        known = any(other != hello.journal for other in journals)
        return held, known or devices.follows_another_bridge(self._connection, device)

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
            fact, why = _read(device.kind, bytes(link.entry.body))
            offset = self._offset(device.id, link.entry.boot)
            when = moment(link.entry, offset, last_at_ms, self._now_ms)
            last_at_ms = max(last_at_ms, when.at_ms)
            told = None
            if fact is not None and why is None:
                told = Told(link.entry.id, device.id, device.site, *when, fact)
            self._fresh.append(_Fresh(self._row(device, journal, link, when, fact, why), told))
            quarantined += why is not None
            if link.seq == 1 and isinstance(fact, m.JournalOpened):
                self._look_for_wiping(device, journal, fact)
        now = replace(held, cursor=links[-1].seq, head=links[-1].hash, last_at_ms=last_at_ms)
        self._journals[device.id][journal] = now
        return Taken(now, quarantined)

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
        ledger.append(self._connection, [fresh.row for fresh in new])
        take_effect(self._connection, [fresh.told for fresh in new if fresh.told is not None], self._now_ms)
        self._move_cursors()

    def _without_replays(self) -> list[_Fresh]:
        """Leave out what the ledger has; an id that stands for something else is kept, in quarantine."""
        events = [fresh.row[_EVENT] for fresh in self._fresh]
        if not self._replays and len(set(events)) == len(events):
            return self._fresh
        held = ledger.known_facts(self._connection, events if self._replays else [])
        new: list[_Fresh] = []
        for fresh in self._fresh:
            known = held.get(fresh.row[_EVENT])
            if known is not None and not _is_replay(fresh, known):
                fresh = _with_an_id_of_its_own(fresh)
                held |= ledger.known_facts(self._connection, [fresh.row[_EVENT]])
                known = held.get(fresh.row[_EVENT])
            if known is None:
                held[fresh.row[_EVENT]] = dict(zip(ledger.COLUMNS, fresh.row, strict=True))
                new.append(fresh)
        return new

    def _row(
        self,
        device: Device,
        journal: str,
        link: Link,
        when: Moment,
        fact: m.AnyFact | None,
        why: str | None,
    ) -> ledger.Entry:
        entry = link.entry
        return (
            entry.id,
            device.id,
            device.site,
            journal,
            link.seq,
            bytes.fromhex(link.prev),
            bytes.fromhex(link.hash),
            entry.boot,
            entry.mono_ms,
            entry.wall_ms,
            entry.clock,
            when.at_ms,
            when.estimated,
            self._now_ms,
            "" if fact is None else type(fact).__struct_config__.tag,
            "" if fact is None else subject(fact),
            bytes(entry.body),
            why,
            None,
        )

    def _move_cursors(self) -> None:
        for (device, journal), before in self._before.items():
            now = self._journals[device][journal]
            ledger.move_cursor(self._connection, device, journal, before.cursor, now)
            devices.exchanged(self._connection, device, now.cursor, self._now_ms)


def _read(kind: str, body: bytes) -> tuple[m.AnyFact | None, str | None]:
    """The fact of an entry, and why it is put into quarantine, if it is."""
    try:
        fact = decode_fact(body)
    except ContractError as error:
        return None, str(error)[:200]
    if not may_tell(kind, fact):
        return fact, f"not for a {kind} to tell"
    if _NUL in body:
        return fact, "a text with a NUL character"  # PostgreSQL keeps none, and no person types one
    return fact, None


def _is_replay(fresh: _Fresh, known: Mapping[str, Any]) -> bool:
    """Whether the ledger has this very fact. Of a redacted one nobody can compare the body any more: it does
    not come back, and what its device says under the same id is taken to be the same.
    """
    if known["redacted_ms"] is None:
        return bool(bytes(known["body"]) == fresh.row[_BODY])
    return bool(known["device"] == fresh.row[_DEVICE] and known["type"] == fresh.row[_TYPE])


def _with_an_id_of_its_own(fresh: _Fresh) -> _Fresh:
    """An entry whose id stands for another: kept under one made from both id and content."""
    row = list(fresh.row)
    row[_EVENT] = f"{REUSED}{sha256(row[_EVENT].encode() + row[_BODY]).hexdigest()[:40]}"
    row[_WHY] = "its id stands for another"
    return _Fresh(tuple(row), None)
