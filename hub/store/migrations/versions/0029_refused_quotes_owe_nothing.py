"""Where a quote was refused, and nothing was ever accepted or done before, nothing is due.

One that is open is asked also where some of the pieces are done.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("quote_ms", "begun_ms"):
        op.add_column("service_orders", sa.Column(name, sa.BigInteger()))
    op.add_column(
        "service_orders", sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute("UPDATE service_orders SET begun_ms = ready_ms WHERE ready_ms IS NOT NULL")
    op.execute(
        "UPDATE service_orders SET quote_ms = (SELECT made_ms FROM quotes WHERE id = service_orders.quote)"
        " WHERE quote IS NOT NULL"
    )
    op.execute(
        "UPDATE service_orders SET agreed_cents = 0, refused = TRUE"
        " WHERE quote_accepted = FALSE AND agreed_cents IS NULL"
        " AND (begun_ms IS NULL OR begun_ms >= quote_ms)"
    )
    op.execute(
        "UPDATE service_orders SET state = 'quoted'"
        " WHERE state = 'part_ready' AND quote IS NOT NULL AND quote_accepted IS NULL"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE service_orders SET state = 'part_ready' WHERE state = 'quoted' AND ready_ms IS NOT NULL"
    )
    op.execute("UPDATE service_orders SET agreed_cents = NULL WHERE refused")
    for column in ("begun_ms", "refused", "quote_ms"):
        op.drop_column("service_orders", column)
