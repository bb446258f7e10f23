"""Tables of the pages about lockers that the hub itself is the truth of. No fold."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from hub.store.columns import Device, Id, Utc, Word, metadata

move_asks = Table(
    "move_asks",
    metadata,
    Column("item", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("compartment", Integer, nullable=False),
    Column("allocation", Integer, nullable=False),  # while it lies there under this number, it is to be moved
    Column("reason", Word, nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_ms", Utc, nullable=False),
    Index(None, "site"),
)
"""What somebody at the site is asked to put to another place: hands do that, at the kiosk."""

cabinet_drawings = Table(
    "cabinet_drawings",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("places", Text, nullable=False),  # JSON: hub.core.cabinet_drawing.Places
    Column("changed_by", Id, nullable=False),
    Column("changed_ms", Utc, nullable=False),
)
"""The drawing of the lockers as somebody changes it, until the lockers declare it so."""
