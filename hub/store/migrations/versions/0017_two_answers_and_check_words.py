"""A quote that was answered twice, and the check word of a receipt, so that a kiosk knows it again."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NEW: tuple[tuple[str, str, sa.types.TypeEngine[str] | sa.types.TypeEngine[int]], ...] = (
    ("quotes", "contrary_by", sa.String(40)),
    ("quotes", "contrary_ms", sa.BigInteger()),
    ("quotes", "contrary_staff", sa.String(64)),
    ("service_orders", "quote_contrary_ms", sa.BigInteger()),
    ("service_orders", "receipt_word", sa.String(40)),
)


def upgrade() -> None:
    for table, name, kind in _NEW:
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for table, name, _kind in reversed(_NEW):
        op.drop_column(table, name)
