"""What reception, hand-over and staff say of an item."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FLAGS = ("damaged", "heavy", "perishable")


def upgrade() -> None:
    op.add_column("items", sa.Column("named", sa.Boolean(), server_default=sa.text("TRUE"), nullable=False))
    op.add_column("items", sa.Column("pieces", sa.Integer(), server_default="1", nullable=False))
    for flag in _FLAGS:
        column: sa.Column[bool] = sa.Column(
            flag, sa.Boolean(), server_default=sa.text("FALSE"), nullable=False
        )
        op.add_column("items", column)
    op.add_column("items", sa.Column("taken_ms", sa.BigInteger(), nullable=True))
    op.add_column("items", sa.Column("taken_why", sa.String(length=40), nullable=True))
    op.add_column("items", sa.Column("proxy", sa.String(length=64), nullable=True))
    op.add_column("items", sa.Column("identity", sa.String(length=40), nullable=True))


def downgrade() -> None:
    for column in ("identity", "proxy", "taken_why", "taken_ms", *reversed(_FLAGS), "pieces", "named"):
        op.drop_column("items", column)
