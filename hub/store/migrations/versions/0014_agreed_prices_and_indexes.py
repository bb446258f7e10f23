"""The price agreed to, however many quotes came after it; and indexes for what was looked for everywhere."""

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
_UNDER_WAY = "state NOT IN ('done', 'cancelled')"
_INDEXES: tuple[tuple[str, str, list[str], str | None], ...] = (
    ("ix_service_orders_site_under_way", "service_orders", ["site", "placed_ms"], _UNDER_WAY),
    ("ix_service_orders_partner_under_way", "service_orders", ["partner"], _UNDER_WAY),
    (
        "ix_service_orders_share",
        "service_orders",
        ["placed_ms", "partner", "state", "total_cents", "agreed_cents"],
        None,
    ),
    ("ix_bags_holder_id", "bags", ["holder_id"], "ended_ms IS NULL"),
    ("ix_bags_tag", "bags", ["tag"], None),
    ("ix_bags_site_next_ms", "bags", ["site", "next_ms"], "next_ms IS NOT NULL"),
    ("ix_bags_site_asked_ms", "bags", ["site", "asked_ms"], "asked_ms IS NOT NULL"),
    ("ix_manifests_partner_at_ms", "manifests", ["partner", "at_ms"], None),
)


def upgrade() -> None:
    op.add_column("service_orders", sa.Column("agreed_cents", sa.Integer(), nullable=True))
    op.execute(_AGREED)
    for name, table, columns, condition in _INDEXES:
        where = None if condition is None else sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _columns, _condition in reversed(_INDEXES):
        op.drop_index(name, table)
    op.drop_column("service_orders", "agreed_cents")
