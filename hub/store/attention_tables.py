"""What people said of things to do, and who was called for them. No fold: a rebuild leaves it alone."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from hub.store.columns import Device, Id, Utc, Word, metadata

attention_marks = Table(
    "attention_marks",
    metadata,
    Column("key", Id, primary_key=True),  # hub.core.things.Thing.key
    Column("site", Device, nullable=False),
    Column("first_ms", Utc, nullable=False),  # since when the hub sees it, of this cause
    Column("seen_cause", String(120), nullable=False, server_default=""),
    Column("called_ms", Utc),  # when somebody was last called for it
    Column("taken_by", Id),
    Column("taken_ms", Utc),
    Column("off_by", Id),
    Column("off_ms", Utc),
    Column("until_ms", Utc),
    Column("why", Word),  # hub.core.marks.Why
    Column("tone", Word, nullable=False, server_default=""),  # tone, cause and count when it was put off
    Column("cause", String(120), nullable=False, server_default=""),
    Column("count", Integer, nullable=False, server_default="0"),
    Column("changed_ms", Utc, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""One row for each thing that is marked, or is an alarm; gone with the thing."""

duty_calls = Table(
    "duty_calls",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Id, nullable=False, index=True),
    Column("site", Device, nullable=False),
    Column("helper", Id, nullable=False),  # of no site: an account
    Column("kind", Word, nullable=False),
    Column("channel", Word, nullable=False),  # sms | email
    Column("state", String(10), nullable=False),  # waiting | sent | failed | over
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_ms", Utc),
    Column("created_ms", Utc, nullable=False, index=True),
    Column("sent_ms", Utc),
    Index(
        "ix_duty_calls_waiting",
        "next_ms",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
"""Messages to those on duty. Never a text, a number or an address."""
