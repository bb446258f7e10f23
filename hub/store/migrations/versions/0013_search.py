"""One search for people, labels and tickets, answered from indexes."""

import sqlalchemy as sa
from alembic import op

from hub.core.people_csv import likeness

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LABELLED = sa.text("label <> ''")


def upgrade() -> None:
    op.add_column("people", sa.Column("sought", sa.String(length=200), server_default="", nullable=False))
    _fill()
    op.create_index("ix_items_label", "items", ["label"], sqlite_where=_LABELLED, postgresql_where=_LABELLED)
    op.create_index("ix_pickups_ticket_opened_ms", "pickups", ["ticket", "opened_ms"])
    op.create_index("ix_service_orders_number", "service_orders", ["number"])


def downgrade() -> None:
    op.drop_index("ix_service_orders_number", "service_orders")
    op.drop_index("ix_pickups_ticket_opened_ms", "pickups")
    op.drop_index("ix_items_label", "items")
    op.drop_column("people", "sought")


def _fill() -> None:
    people = sa.table("people", *(sa.column(name) for name in ("id", "name", "flat", "sought")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(people.c.id, people.c.name, people.c.flat)).all():
        written = likeness(f"{row.name} {row.flat}")[:200]
        connection.execute(sa.update(people).where(people.c.id == row.id).values(sought=written))
