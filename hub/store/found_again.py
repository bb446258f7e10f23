"""What was looked for in vain, and was taken in anew since: its label came again at the same site.

Not every such label is the same parcel: the pieces of one delivery share a number and may come days apart,
and a square code of which only a digest is kept may be on every parcel of a shop. Those are lost still.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from hub.store.database import Connection
from hub.store.tables import items

_MOST: Final = 500
_later = items.alias("later")
_AGAIN: Final = (
    _later.c.label == items.c.label,
    _later.c.label != "",  # in the words of the index of labels
    _later.c.site == items.c.site,
    or_(items.c.pieces == 1, _later.c.pieces == 1),
    or_(~items.c.label.startswith("#"), _later.c.person == items.c.person),
    func.coalesce(_later.c.received_ms, _later.c.claimed_ms) > items.c.ended_ms,
)


def is_found_again() -> ColumnElement[bool]:
    """Of a row of `items` that is lost: whether it turned up."""
    return select(_later.c.id).where(*_AGAIN).exists()


def found_among(connection: Connection, lost: Iterable[str]) -> set[str]:
    """Those of these items that turned up."""
    query = select(items.c.id).where(items.c.id.in_(list(lost)[:_MOST]), items.c.state == "lost")
    return set(connection.scalars(query.where(is_found_again())))


def found_as(connection: Connection, item: str) -> str | None:
    """The item as which a lost one was taken in anew; None while nobody has found it."""
    query = select(_later.c.id).where(items.c.id == item, items.c.state == "lost", *_AGAIN)
    return connection.scalars(query.order_by(_later.c.claimed_ms).limit(1)).first()
