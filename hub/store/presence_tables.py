"""Who helps at a site and when. Whoever is taken off the list is gone from here at once."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, text

from hub.store.columns import Device, Id, Utc, Word, metadata

_FALSE = text("FALSE")

helpers = Table(
    "helpers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False, index=True),
    Column("name", String(40), nullable=False),  # a first name
    Column("language", Word, nullable=False, server_default="fr"),
    Column("phone", String(40)),
    Column("email", String(200)),
    Column("shown", Boolean, nullable=False, server_default=_FALSE),  # they agree that kiosks say the name
    Column("lead", Boolean, nullable=False, server_default=_FALSE),
    Column("any_hour", Boolean, nullable=False, server_default=_FALSE),
    Column("created_ms", Utc, nullable=False),
)

helper_hours = Table(
    "helper_hours",
    metadata,
    Column("id", Id, primary_key=True),
    Column("helper", Id, ForeignKey("helpers.id"), nullable=False, index=True),
    Column("weekday", Integer, nullable=False),  # 1 Monday to 7 Sunday
    Column("opens_min", Integer, nullable=False),
    Column("closes_min", Integer, nullable=False),  # beyond 1440: after midnight
    Column("first_day", String(10)),  # 2026-12-01; absent: always
    Column("last_day", String(10)),
)

absences = Table(
    "absences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("helper", Id, ForeignKey("helpers.id"), nullable=False, index=True),
    Column("from_ms", Utc, nullable=False),
    Column("until_ms", Utc, nullable=False),
)
"""Days on which somebody does not come. Never why."""
