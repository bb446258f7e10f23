"""How accounts that see all sites are called for what belongs to none of them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("call_phone", sa.String(length=40), nullable=True))
    op.add_column("accounts", sa.Column("call_email", sa.String(length=200), nullable=True))
    op.add_column(
        "accounts",
        sa.Column("call_any_hour", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
    )


def downgrade() -> None:
    for name in ("call_any_hour", "call_email", "call_phone"):
        op.drop_column("accounts", name)
