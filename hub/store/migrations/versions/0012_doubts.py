"""Since when nobody knows whether what was being taken out of a door is still behind it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("doors", sa.Column("unsure_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("doors", "unsure_ms")
