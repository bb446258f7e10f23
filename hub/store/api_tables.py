"""Tables of what other programs may ask and are told: tokens, webhooks, calendars. No fold.

No secret is in them: of a token its digest, and what signs a webhook is made from a key file (hub.keys).
Columns with several words in them hold them with commas between; no word in `sites` means every site.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store.columns import Device, Id, Utc, Word, metadata

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),  # of the program it is for
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256
    Column("scopes", String(300), nullable=False),  # hub.core.scopes
    Column("sites", Text, nullable=False, server_default=""),
    Column("created_ms", Utc, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("expires_ms", Utc, nullable=False),
    Column("used_ms", Utc),
    Column("revoked_ms", Utc),
)
"""Programs that may ask the API, each with what it may see and until when."""

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", String(500), nullable=False),
    Column("kinds", String(300), nullable=False),  # hub.core.webhooks
    Column("sites", Text, nullable=False, server_default=""),
    Column("generation", Integer, nullable=False, server_default="1"),  # of the secret that signs
    Column("position", BigInteger, nullable=False),  # the last fact that was looked at for it
    Column("created_ms", Utc, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("failing_ms", Utc),  # since when nothing gets through
    Column("disabled_ms", Utc),  # since when nothing is sent, because nothing got through for so long
    Column("removed_ms", Utc),
)
"""Who is told of what happens."""

IS_WAITING = text("state = 'waiting'")
"""In the words of the index: SQLite uses it for no others."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Id, primary_key=True),  # the `webhook-id`, the same at every try
    Column("webhook", Id, ForeignKey("webhooks.id"), nullable=False),
    Column("kind", Word, nullable=False),
    Column("subject", String(120), nullable=False),  # what it tells of: told once
    Column("body", Text, nullable=False),  # as it is sent: ids only
    Column("state", Word, nullable=False),  # waiting | sent | failed
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_ms", Utc),
    Column("status", Integer),  # of the last answer
    Column("why", Word),  # hub.core.webhooks.Why, of the last try that failed
    Column("created_ms", Utc, nullable=False),
    Column("changed_ms", Utc, nullable=False),
    UniqueConstraint("webhook", "kind", "subject"),
    Index(None, "webhook", "created_ms"),
    Index(None, "changed_ms"),
    Index(
        "ix_webhook_deliveries_waiting",
        "webhook",
        "created_ms",
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    ),
)
"""What was or is to be told, one row each; forgotten after a month."""

calendar_links = Table(
    "calendar_links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False, index=True),
    Column("name", String(80), nullable=False),  # for whom or what it is
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256
    Column("created_ms", Utc, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("used_ms", Utc),
    Column("revoked_ms", Utc),
)
"""Addresses under which a calendar program reads a site's dates."""
