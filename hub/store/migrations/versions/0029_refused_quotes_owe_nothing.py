"""Where a quote was refused and none ever accepted, nothing is done and nothing is due."""

from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE service_orders SET agreed_cents = 0 WHERE quote_accepted = FALSE AND agreed_cents IS NULL"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE service_orders SET agreed_cents = NULL WHERE quote_accepted = FALSE AND agreed_cents = 0"
    )
