"""An index of what is here: every first page asks for it, beside years of what has left."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_HERE = sa.text("ended_ms IS NULL")


def upgrade() -> None:
    op.create_index("ix_items_here", "items", ["site", "state"], sqlite_where=_HERE, postgresql_where=_HERE)


def downgrade() -> None:
    op.drop_index("ix_items_here", "items")
