"""Tables of the clock that stops: a site's hours, closures and days, extensions, and who was there when.

Truth of the hub, not of the ledger: a rebuild leaves them alone. `deadlines` alone is computed, from all of
them and from the ledger, by hub.store.deadlines, and may be emptied at any time.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from hub.store.columns import Device, Id, Utc, Word, metadata

calendars = Table(
    "calendars",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("since_ms", Utc, primary_key=True),
    Column("always", Boolean, nullable=False),  # reachable day and night
    sqlite_with_rowid=False,
)
"""Each version of a site's hours, from when it holds. The older ones say how days were that are over."""

opening_hours = Table(
    "opening_hours",
    metadata,
    Column("site", Device, primary_key=True),
    Column("since_ms", Utc, primary_key=True),
    Column("weekday", Integer, primary_key=True),  # 1 Monday to 7 Sunday
    Column("opens_min", Integer, primary_key=True),
    Column("closes_min", Integer, nullable=False),  # beyond 1440: after midnight
    sqlite_with_rowid=False,
)

closures = Table(
    "closures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("from_ms", Utc, nullable=False),
    Column("until_ms", Utc, nullable=False),
    Column("why", Word, nullable=False),  # holiday | works | other
    Column("text", String(400), nullable=False, server_default=""),
    Column("created_ms", Utc, nullable=False),
    Index(None, "site", "until_ms"),
)

keeping_days = Table(
    "keeping_days",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("kind", Word, primary_key=True),  # parcel | letter | registered_letter
    Column("since_ms", Utc, primary_key=True),
    Column("days", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many days each kind is kept; where a site says nothing, hub.core.deadlines.DAYS."""

extensions = Table(
    "extensions",
    metadata,
    Column("item", Id, primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1: a form sent twice gives once
    Column("days", Integer, nullable=False),
    Column("why", Word, nullable=False),
    Column("at_ms", Utc, nullable=False),
    Column("account", Id, nullable=False),
    sqlite_with_rowid=False,
)

beats = Table(
    "beats",
    metadata,
    Column("device", Device, ForeignKey("devices.id"), primary_key=True),
    Column("from_ms", Utc, primary_key=True),
    Column("until_ms", Utc, nullable=False),
    sqlite_with_rowid=False,
)
"""When each device said its hello again and again, without a silence longer than hub.core.reach says."""

deadlines = Table(
    "deadlines",
    metadata,
    Column("item", Id, primary_key=True),
    Column("site", Device, nullable=False, index=True),
    Column("left", Integer, nullable=False),
    Column("ends_ms", Utc),
    Column("over_ms", Utc),  # since when it is due to go back
    Column("changed_ms", Utc, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""How things stood when they were last computed, for pages and messages that cannot compute all of it."""
