"""Where a quote was refused and none ever accepted, nothing is done and nothing is due.

One that is open is asked also where some of the pieces are done.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE service_orders SET agreed_cents = 0 WHERE quote_accepted = FALSE AND agreed_cents IS NULL"
    )
    op.execute(
        "UPDATE service_orders SET state = 'quoted'"
        " WHERE state = 'part_ready' AND quote IS NOT NULL AND quote_accepted IS NULL"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE service_orders SET state = 'part_ready' WHERE state = 'quoted' AND ready_ms IS NOT NULL"
    )
    op.execute(
        "UPDATE service_orders SET agreed_cents = NULL WHERE quote_accepted = FALSE AND agreed_cents = 0"
    )
