"""The drawing of a site's lockers as it is being changed on the hub's pages, beside the one they declare."""

from typing import Any

import msgspec
from sqlalchemy import delete, insert, select

from hub.core.cabinet_drawing import Place, Places, over
from hub.store.database import Connection
from hub.store.tables import cabinet_drawings, doors


def declared_places(connection: Connection, site: str) -> Places:
    """The places as the lockers say, by number."""
    columns = [doors.c[name] for name in Place.__struct_fields__]
    here = (doors.c.site == site, doors.c.declared, doors.c.column.is_not(None), doors.c.size.is_not(None))
    rows = connection.execute(select(*columns).where(*here).order_by(doors.c.compartment))
    return tuple(Place(**row._mapping) for row in rows)


_places = msgspec.json.Decoder(Places)


def drafted_places(connection: Connection, site: str) -> Places:
    """The places as somebody draws them; as declared where nobody does."""
    declared = declared_places(connection, site)
    row = draft_row(connection, site)
    return declared if row is None else over(declared, _places.decode(row.places))


def draft_row(connection: Connection, site: str) -> Any | None:
    """Who changed the draft last, and when; None: there is none."""
    return connection.execute(select(cabinet_drawings).where(cabinet_drawings.c.site == site)).one_or_none()


def keep_draft(connection: Connection, site: str, places: Places, account: str, now_ms: int) -> None:
    """Keep the draft; one that changes nothing is none."""
    drop_draft(connection, site)
    if places == declared_places(connection, site):
        return
    text = msgspec.json.encode(places).decode()
    row = {"site": site, "places": text, "changed_by": account, "changed_ms": now_ms}
    connection.execute(insert(cabinet_drawings).values(**row))


def drop_draft(connection: Connection, site: str) -> None:
    """What the lockers say is right."""
    connection.execute(delete(cabinet_drawings).where(cabinet_drawings.c.site == site))
