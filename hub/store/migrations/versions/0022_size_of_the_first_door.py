"""The size of the door that a service asks for first: the smallest is too small for a bag."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("services", sa.Column("size", sa.String(40), nullable=False, server_default="S"))
    op.execute("UPDATE services SET size = 'M' WHERE kind = 'bag'")


def downgrade() -> None:
    op.drop_column("services", "size")
