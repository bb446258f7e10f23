"""The price agreed to, however many quotes came after it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_AGREED = (
    "UPDATE service_orders SET agreed_cents = (SELECT cents FROM quotes WHERE order_id = service_orders.id"
    " AND site = service_orders.site AND made_ms IS NOT NULL AND accepted"
    " ORDER BY made_ms DESC, id DESC LIMIT 1)"
)


def upgrade() -> None:
    op.add_column("service_orders", sa.Column("agreed_cents", sa.Integer(), nullable=True))
    op.execute(_AGREED)


def downgrade() -> None:
    op.drop_column("service_orders", "agreed_cents")
