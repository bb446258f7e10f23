"""When the person of something that waits was first really told: sent, or paper in their hands.

A ticket on the kiosk's screen tells only the staff who stand there, and counts for nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from contract import messages as m
from contract.codec import ContractError, decode_fact
from hub.store.bulk import rows_where
from hub.store.database import Connection
from hub.store.outbox import CALLING
from hub.store.tables import audit, ledger, outbox


def first_notices(connection: Connection, lying: Sequence[Any]) -> dict[str, int]:
    """By item, when it was told first, since it lies where it lies and is theirs. The untold are left out.

    `lying`: rows of `items` with `left_ms`.
    """
    of_pickups = _by_pickup(connection, {row.pickup for row in lying if row.pickup})
    of_items = _by_item(connection, [row.id for row in lying])
    found: dict[str, int] = {}
    for row in lying:
        since_ms = max(min(row.left_ms, row.claimed_ms or row.left_ms), row.reassigned_ms or 0)
        told = [*of_items.get(row.id, ())]
        for about in (None, row.id):
            told += of_pickups.get((row.site, row.pickup, about), ())
        if after := [at_ms for at_ms in told if at_ms >= since_ms]:
            found[row.id] = min(after)
    return found


def _by_pickup(connection: Connection, pickups: set[str]) -> Mapping[tuple[str, str, str | None], list[int]]:
    """What a gateway took, and what was printed for a message or handed over: that something waits there, or
    what happened to one thing, which says nothing of the others.
    """
    told: dict[tuple[str, str, str | None], list[int]] = {}
    for row in rows_where(connection, outbox, "pickup", pickups):
        if row["kind"] == "not_yours":
            continue  # that something else is not theirs
        done = row["sent_ms"] if row["state"] in ("sent", "handed") else None
        moments = [at_ms for at_ms in (done, row["printed_ms"]) if at_ms is not None]
        about = None if row["kind"] in CALLING else row["item"]
        told.setdefault((row["site"], row["pickup"], about), []).extend(moments)
    return told


def _by_item(connection: Connection, items: list[str]) -> Mapping[str, list[int]]:
    """Slips printed at the kiosk, when that was, however late it was told; and slips given at the desk."""
    told: dict[str, list[int]] = {}
    of_kiosk = "type = 'slip_shown' AND quarantine IS NULL"
    for row in rows_where(connection, ledger, "ref", items, also=of_kiosk):
        if _was_printed(bytes(row["body"])):
            told.setdefault(row["ref"], []).append(row["at_ms"])
    given = select(audit.c.subject, audit.c.at_ms).where(
        audit.c.action == "slip_handed", audit.c.subject.in_(items)
    )
    for note in connection.execute(given):
        told.setdefault(note.subject, []).append(note.at_ms)
    return told


def _was_printed(body: bytes) -> bool:
    try:
        fact = decode_fact(body)
    except ContractError:
        return False
    return isinstance(fact, m.SlipShown) and fact.how == "print"
