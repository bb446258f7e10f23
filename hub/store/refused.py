"""What was not taken from its carrier, noted on the hub's pages, with a photo if there is one.

A refusal at a kiosk, which has no camera, is a fact; the row that keeps its photo bears the id of that event.
"""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select, update

from contract.codec import decode_fact
from hub.core.photo import Photo
from hub.store.database import Connection
from hub.store.tables import ledger, refused_parcels

PHOTO_DAYS = 90
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Refusal:
    """Why it was not taken, and what is known of it."""

    why: str
    label: str = ""
    carrier: str | None = None
    note: str = ""


def note_refusal(
    connection: Connection, site: str, refusal: Refusal, photo: Photo | None, account: str, now_ms: int
) -> str:
    """Note it; its id."""
    refused = uuid.uuid4().hex
    values = {"id": refused, "site": site, "at_ms": now_ms, "account": account, **asdict(refusal)}
    if photo is not None:
        values |= {"photo": photo.content, "photo_type": photo.media_type}
    connection.execute(insert(refused_parcels).values(**values))
    return refused


def add_photo(connection: Connection, site: str, event: str, photo: Photo, account: str, now_ms: int) -> bool:
    """Keep a photo of what was refused at a kiosk, instead of an earlier one; False: no such refusal.

    It is as old as the refusal, and forgotten with it: none is taken for one that is too old.
    """
    told = (ledger.c.type == "parcel_refused", ledger.c.quarantine.is_(None))
    mine = select(ledger.c.at_ms, ledger.c.body).where(ledger.c.event == event, ledger.c.site == site, *told)
    row = connection.execute(mine).one_or_none()
    if row is None or not may_have_photo(row.at_ms, now_ms):
        return False
    fact = decode_fact(bytes(row.body))
    kept = {"account": account, "photo": photo.content, "photo_type": photo.media_type}
    again = update(refused_parcels).where(refused_parcels.c.id == event, refused_parcels.c.site == site)
    if connection.execute(again.values(**kept).returning(refused_parcels.c.id)).first() is None:
        made = {"id": event, "site": site, "at_ms": row.at_ms, "why": fact.why, **kept}  # type: ignore[union-attr]
        connection.execute(insert(refused_parcels).values(**made))
    return True


def may_have_photo(at_ms: int, now_ms: int) -> bool:
    """Whether a photo of that moment's refusal is kept yet."""
    return now_ms - at_ms < PHOTO_DAYS * _DAY_MS


def refusals(connection: Connection, site: str, from_ms: int, until_ms: int) -> list[Any]:
    """Those of a span of time, the earliest first, without their photos (`photo_type` says of one)."""
    columns = [column for column in refused_parcels.c if column.name != "photo"]
    span = (refused_parcels.c.at_ms >= from_ms, refused_parcels.c.at_ms < until_ms)
    query = select(*columns).where(refused_parcels.c.site == site, *span)
    return list(connection.execute(query.order_by(refused_parcels.c.at_ms)))


def refusal_photo(connection: Connection, site: str, refused: str) -> Photo | None:
    """The photo, or None where there is none (any more)."""
    mine = (refused_parcels.c.id == refused, refused_parcels.c.site == site)
    row = connection.execute(select(refused_parcels).where(*mine)).one_or_none()
    return Photo(row.photo_type, bytes(row.photo)) if row is not None and row.photo else None


def forget_photos(connection: Connection, now_ms: int) -> int:
    """Delete the photos that are old enough; how many. What was noted stays."""
    old = (refused_parcels.c.photo.is_not(None), refused_parcels.c.at_ms < now_ms - PHOTO_DAYS * _DAY_MS)
    gone = update(refused_parcels).where(*old).values(photo=None, photo_type=None)
    return len(connection.execute(gone.returning(refused_parcels.c.id)).all())
