"""Words and photos of partners, under the id of the note or quote they are about."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from hub.core.photo import Photo
from hub.store.bulk import rows_where
from hub.store.tables import items, remarks, scans, service_orders

PHOTO_DAYS: Final = 90
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Remark:
    """What a partner wrote; `about` a note or a quote, of a bag (`tag`) or an order."""

    id: str
    site: str
    partner: str
    about: str
    at_ms: int
    what: str | None = None
    tag: str = ""
    order: str | None = None
    text: str = ""


def keep(connection: Connection, remark: Remark, photo: Photo | None) -> None:
    """Keep it, unless it is kept already: a telephone may send twice."""
    if connection.execute(select(remarks.c.id).where(remarks.c.id == remark.id)).first():
        return
    connection.execute(
        insert(remarks).values(
            id=remark.id,
            site=remark.site,
            partner=remark.partner,
            about=remark.about,
            what=remark.what,
            tag=remark.tag,
            order_id=remark.order,
            text=remark.text,
            photo=None if photo is None else photo.content,
            photo_type=None if photo is None else photo.media_type,
            at_ms=remark.at_ms,
        )
    )


def remarks_by_id(connection: Connection, ids: list[str]) -> dict[str, Any]:
    """Those of these notes and quotes that have words or a photo (`photo_type` says of one), by id."""
    columns = [column for column in remarks.c if column.name != "photo"]
    query = select(*columns).where(remarks.c.id.in_(ids))
    return {row.id: row for row in connection.execute(query)}


def latest_remarks(connection: Connection, site: str, most: int) -> list[Any]:
    """The latest of a site, without their photos."""
    columns = [column for column in remarks.c if column.name != "photo"]
    query = select(*columns).where(remarks.c.site == site).order_by(remarks.c.at_ms.desc(), remarks.c.id)
    return list(connection.execute(query.limit(most)))


def remark_photo(connection: Connection, site: str, remark: str) -> Photo | None:
    """The photo of one, if there is one still."""
    query = select(remarks.c.photo, remarks.c.photo_type).where(
        remarks.c.id == remark, remarks.c.site == site, remarks.c.photo.is_not(None)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Photo(row.photo_type, bytes(row.photo))


def remarks_of(connection: Connection, site: str, person: str) -> list[dict[str, Any]]:
    """All about somebody's orders and bags, with the photos, the earliest first."""
    here: dict[str, Any] = {"also": "site = ?", "also_values": (site,)}
    ordered = rows_where(connection, service_orders, "person", [person], **here)
    bags = {row["item"] for row in ordered if row["item"]}
    bags |= {row["id"] for row in rows_where(connection, items, "person", [person], **here)}
    notes = {row["note"] for row in rows_where(connection, scans, "bag", bags, **here) if row["note"]}
    found = rows_where(connection, remarks, "order_id", [row["id"] for row in ordered], **here)
    found += rows_where(connection, remarks, "id", notes - {row["id"] for row in found}, **here)
    return sorted(found, key=lambda row: (row["at_ms"], row["id"]))


def forget_remarks(connection: Connection, site: str, person: str) -> None:
    """None about their orders and bags are left; while the fold still says whose those are."""
    gone = [row["id"] for row in remarks_of(connection, site, person)]
    connection.execute(delete(remarks).where(remarks.c.id.in_(gone)))


def forget_photos(connection: Connection, now_ms: int) -> None:
    """Photos are kept as long as a complaint may take, words as long as the bag's own story."""
    old = (remarks.c.at_ms < now_ms - PHOTO_DAYS * _DAY_MS, remarks.c.photo.is_not(None))
    connection.execute(update(remarks).where(*old).values(photo=None, photo_type=None))
