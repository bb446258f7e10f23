"""Orders that come to nothing are over, as lockers or staff tell; a service has several lead rules."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
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
    _rules_of_their_own()


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


_RULE = ("lead", "lead_days", "before_min", "ready_min", "weekdays")


def _rules_of_their_own() -> None:
    key = ("service", "place")
    op.create_table(
        "service_leads",
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("lead", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _RULE[1:4]),
        sa.Column("weekdays", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["service"], ["services.id"]),
        sa.PrimaryKeyConstraint(*key),
        sqlite_with_rowid=False,
    )
    services, leads = (
        _table("services", f"id {' '.join(_RULE)}"),
        _table("service_leads", " ".join((*key, *_RULE))),
    )
    ruled = sa.select(services.c.id, sa.literal(1), *(services.c[name] for name in _RULE))
    op.execute(sa.insert(leads).from_select([*key, *_RULE], ruled.where(services.c.lead != "none")))
    for name in _RULE:
        op.drop_column("services", name)


def _one_rule() -> None:
    op.add_column("services", sa.Column("lead", sa.String(length=40), server_default="none", nullable=False))
    for name in _RULE[1:4]:
        op.add_column("services", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("services", sa.Column("weekdays", sa.String(length=13), server_default="", nullable=False))
    services, leads = (
        _table("services", f"id {' '.join(_RULE)}"),
        _table("service_leads", f"service place {' '.join(_RULE)}"),
    )
    first = sa.and_(leads.c.service == services.c.id, leads.c.place == 1)
    values = {name: sa.select(leads.c[name]).where(first).scalar_subquery() for name in _RULE}
    ruled = sa.select(leads.c.service).where(first).correlate(services).exists()
    op.execute(sa.update(services).where(ruled).values(values))
    op.drop_table("service_leads")


def downgrade() -> None:
    _one_rule()
    op.drop_column("service_orders", "closed_why")
    op.drop_column("service_orders", "closed_ms")
