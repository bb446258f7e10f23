"""What is forgotten, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FLEETING = (
    "redacted_ms IS NULL AND type IN"
    " ('code_refused', 'pickup_asked', 'visit_opened', 'parcel_refused', 'item_reassigned')"
)


def upgrade() -> None:
    op.add_column("people", sa.Column("last_item_ms", sa.BigInteger(), nullable=True))
    op.add_column("people", sa.Column("erased_ms", sa.BigInteger(), nullable=True))
    op.add_column("ledger", sa.Column("redacted_ms", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_ledger_fleeting",
        "ledger",
        ["type", "at_ms"],
        unique=False,
        sqlite_where=sa.text(_FLEETING),
        postgresql_where=sa.text(_FLEETING),
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_fleeting", table_name="ledger")
    op.drop_column("ledger", "redacted_ms")
    op.drop_column("people", "erased_ms")
    op.drop_column("people", "last_item_ms")
