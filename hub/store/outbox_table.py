"""The table of messages to people: one row a message. Never a code, a number, an address or a name."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from hub.store.columns import Device, Id, Utc, Word, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("person", Id, nullable=False),
    Column("pickup", Id, nullable=False),
    Column("item", Id),  # what it is about, of the kinds that tell of one thing
    Column("kind", Word, nullable=False),  # hub.core.notices.Kind
    Column("channel", Word, nullable=False),  # sms | email | slip
    Column("state", Word, nullable=False),  # waiting | sent | failed | too_old | handed
    Column("items", Integer, nullable=False, server_default="0"),  # how many it told of, once it left
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("about_ms", Utc, nullable=False),  # when that happened which it tells: its age
    Column("next_ms", Utc),  # when it is looked at again; absent: a slip that waits to be handed over
    Column("error", String(200), nullable=False, server_default=""),
    Column("created_ms", Utc, nullable=False),
    Column("printed_ms", Utc),  # when the kiosk printed the slip
    Column("sent_ms", Utc),  # when a gateway took it, or the slip was handed over
    Column("changed_ms", Utc, nullable=False),
    Index(None, "pickup"),
    Index(None, "person"),
    Index(None, "changed_ms"),
    Index(
        "ix_outbox_next_ms",
        "next_ms",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
"""Truth of the hub, not of the ledger: a rebuild leaves it alone, so that nobody is told twice."""
