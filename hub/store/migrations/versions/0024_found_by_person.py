"""All that is kept of one person is found without looking through what is everybody's."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = ("pickups", "outbox")


def upgrade() -> None:
    for table in _TABLES:
        op.create_index(f"ix_{table}_person", table, ["person"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_index(f"ix_{table}_person", table)
