"""Orders whose person never let go of the thing, as its lockers told, are over; and what is lost for good."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NOTHING = "event load manifest doubt post next_post next_ms asked_ms lone_kind lone_id lone_employer lone_ms"
_PARTY = ("kind", "id", "employer")


def _table(name: str, columns: str) -> Any:
    return sa.table(name, *(sa.column(column) for column in columns.split()))


_items = _table("items", "id site purpose state compartment ended_ms")
_orders = _table("service_orders", "site item state done_ms closed_ms closed_why")
_parties = " ".join(f"{name}_{part}" for name in ("holder", "before") for part in _PARTY)
_bags = _table("bags", f"id site state questions since_ms ended_ms ended_how {_parties} {_NOTHING}")


def upgrade() -> None:
    op.add_column("service_orders", sa.Column("closed_ms", sa.BigInteger(), nullable=True))
    op.add_column("service_orders", sa.Column("closed_why", sa.String(length=40), nullable=True))
    _end_bags()
    _close_orders()


def _end_bags() -> None:
    there = sa.cast(_items.c.compartment, sa.String(20))
    behind = sa.and_(_bags.c.holder_kind == "compartment", _bags.c.holder_id == there)
    dropped = (
        sa.select(_items.c.ended_ms)
        .where(_items.c.id == _bags.c.id, _items.c.site == _bags.c.site)
        .where(_items.c.purpose == "drop", _items.c.state == "dropped")
        .where(sa.or_(_bags.c.holder_kind.is_(None), behind))
        .correlate(_bags)
    )
    values: dict[str, Any] = {"state": "ended", "ended_how": "given_up", "questions": ""}
    values |= dict.fromkeys(("since_ms", "ended_ms"), dropped.scalar_subquery())
    values |= dict.fromkeys(_NOTHING.split(), None)
    for part in _PARTY:
        values |= {f"before_{part}": _bags.c[f"holder_{part}"], f"holder_{part}": None}
    op.execute(sa.update(_bags).where(_bags.c.ended_ms.is_(None), dropped.exists()).values(values))


def _close_orders() -> None:
    mine = (_bags.c.site == _orders.c.site, _bags.c.id == _orders.c.item, _bags.c.ended_how == "given_up")
    ended = sa.select(_bags.c.ended_ms).where(*mine).correlate(_orders)
    values = {"state": "cancelled", "closed_why": "given_up", "closed_ms": ended.scalar_subquery()}
    op.execute(sa.update(_orders).where(ended.exists()).values(**values, done_ms=None))


def downgrade() -> None:
    op.drop_column("service_orders", "closed_why")
    op.drop_column("service_orders", "closed_ms")
