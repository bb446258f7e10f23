"""What is still expected is found without all that ever was: every first page looks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_expected_parcels_open",
        "expected_parcels",
        ["site"],
        sqlite_where=sa.text("closed_ms IS NULL"),
        postgresql_where=sa.text("closed_ms IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_expected_parcels_open", "expected_parcels")
