"""The partners' page: who may open it, and what was written there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    op.create_table(
        "partner_accesses",
        _text("id", 64),
        _text("partner", 64),
        _text("name", 40),
        _text("pin_hash", 200),
        sa.Column("wrong", sa.BigInteger(), server_default="0", nullable=False),
        _moment("locked_until_ms", nullable=True),
        _moment("created_ms"),
        _text("created_by", 64),
        _moment("used_ms", nullable=True),
        _moment("revoked_ms", nullable=True),
        _of("partner_accesses", "partner", "partners"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_accesses"),
    )
    op.create_index("ix_partner_accesses_partner", "partner_accesses", ["partner"], unique=False)
    op.create_table(
        "partner_sessions",
        _text("token_hash", 64),
        _text("access", 64),
        *(_moment(name) for name in ("created_ms", "seen_ms", "expires_ms")),
        _moment("revoked_ms", nullable=True),
        _of("partner_sessions", "access", "partner_accesses"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_partner_sessions"),
    )
    op.create_index("ix_partner_sessions_access", "partner_sessions", ["access"], unique=False)
    op.create_table(
        "remarks",
        _text("id", 64),
        _text("site", 40),
        _text("partner", 64),
        _text("about", 40),
        _text("what", 40, nullable=True),
        _text("tag", 256, default=""),
        _text("order_id", 64, nullable=True),
        _text("text", 400, default=""),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        _text("photo_type", 40, nullable=True),
        _moment("at_ms"),
        _of("remarks", "site", "sites"),
        _of("remarks", "partner", "partners"),
        sa.PrimaryKeyConstraint("id", name="pk_remarks"),
    )
    op.create_index("ix_remarks_site_at_ms", "remarks", ["site", "at_ms"], unique=False)
    op.create_index("ix_remarks_order_id", "remarks", ["order_id"], unique=False)


def downgrade() -> None:
    for table in ("remarks", "partner_sessions", "partner_accesses"):
        op.drop_table(table)
