"""Guesses are counted over restarts; indexes for what went through a whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_OF_SOME = (
    ("ix_refused_parcels_photos", "refused_parcels", "at_ms", "photo IS NOT NULL"),
    ("ix_remarks_photos", "remarks", "at_ms", "photo IS NOT NULL"),
    ("ix_feed_tombstones", "feed", "changed_ms", "body IS NULL"),
)


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("box", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tries"),
    )
    op.create_index("ix_tries_until_ms", "tries", ["until_ms"])
    op.create_index("ix_tries_box_at_ms", "tries", ["box", "at_ms"])
    op.create_index("ix_visits_pickup", "visits", ["pickup"])
    for name, table, column, where in _OF_SOME:
        some = sa.text(where)
        op.create_index(name, table, [column], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for name, table, _, _ in _OF_SOME:
        op.drop_index(name, table_name=table)
    op.drop_index("ix_visits_pickup", table_name="visits")
    op.drop_table("tries")
