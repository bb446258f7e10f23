"""What other programs may ask and are told: tokens, webhooks, calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _sites() -> sa.Column[str]:
    return sa.Column("sites", sa.Text(), server_default="", nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        _text("id", 64),
        _text("name", 80),
        _text("token_hash", 64),
        _text("scopes", 300),
        _sites(),
        _moment("created_ms"),
        _text("created_by", 64),
        _moment("expires_ms"),
        _moment("used_ms", nullable=True),
        _moment("revoked_ms", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    op.create_table(
        "webhooks",
        _text("id", 64),
        _text("address", 500),
        _text("kinds", 300),
        _sites(),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _moment("created_ms"),
        _text("created_by", 64),
        *(_moment(name, nullable=True) for name in ("failing_ms", "disabled_ms", "removed_ms")),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    _deliveries()
    op.create_table(
        "calendar_links",
        _text("id", 64),
        _text("site", 40),
        _text("name", 80),
        _text("token_hash", 64),
        _moment("created_ms"),
        _text("created_by", 64),
        _moment("used_ms", nullable=True),
        _moment("revoked_ms", nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_calendar_links_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_links"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_links_token_hash"),
    )
    op.create_index("ix_calendar_links_site", "calendar_links", ["site"])


def _deliveries() -> None:
    table, waiting = "webhook_deliveries", sa.text("state = 'waiting'")
    op.create_table(
        table,
        _text("id", 64),
        _text("webhook", 64),
        _text("kind", 40),
        _text("subject", 120),
        sa.Column("body", sa.Text(), nullable=False),
        _text("state", 40),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _moment("next_ms", nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        _text("why", 40, nullable=True),
        _moment("created_ms"),
        _moment("changed_ms"),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name=f"fk_{table}_webhook_webhooks"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("webhook", "kind", "subject", name=f"uq_{table}_webhook_kind_subject"),
    )
    op.create_index(f"ix_{table}_webhook_created_ms", table, ["webhook", "created_ms"])
    op.create_index(f"ix_{table}_changed_ms", table, ["changed_ms"])
    op.create_index(
        f"ix_{table}_waiting",
        table,
        ["webhook", "created_ms"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    for table in ("calendar_links", "webhook_deliveries", "webhooks", "api_tokens"):
        op.drop_table(table)
