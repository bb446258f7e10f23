"""How a scale is; and what an older program did not tell kiosks and lockers of quotes and bags that ended."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _table(name: str, columns: str) -> Any:
    return sa.table(name, *(sa.column(column) for column in columns.split()))


_feed = sa.table(
    "feed",
    *map(sa.column, ("site", "audience", "key", "version", "changed_ms")),
    sa.column("body", sa.LargeBinary),
)
_heads = _table("feed_heads", "site audience version horizon")
_orders = _table("service_orders", "site item state quote quote_cents")
_bags = _table("bags", "site id ended_how")
_items = _table("items", "site id state pickup compartment allocation")


def upgrade() -> None:
    op.add_column("device_health", sa.Column("scale", sa.String(length=40), nullable=True))
    connection = op.get_bind()
    _quotes_asked(connection)
    _ended_without_a_door(connection)


def _quotes_asked(connection: sa.Connection) -> None:
    """Kiosks ask about a quote that its document names: those made before there was such a thing did not."""
    of_them = sa.and_(_feed.c.site == _orders.c.site, _feed.c.key == sa.literal("tracked/") + _orders.c.item)
    wanted = (_orders.c.state == "quoted", _feed.c.audience == "kiosk", _feed.c.body.is_not(None))
    query = sa.select(_feed.c.site, _feed.c.key, _feed.c.body, _orders.c.quote, _orders.c.quote_cents)
    for row in connection.execute(query.join(_orders, of_them).where(*wanted)).all():
        document = json.loads(bytes(row.body))
        if document.get("quote") != row.quote:
            _tell(
                connection,
                row.site,
                "kiosk",
                row.key,
                document | {"quote": row.quote, "quote_cents": row.quote_cents},
            )


def _ended_without_a_door(connection: sa.Connection) -> None:
    """Lockers went on holding the ticket of what the pages had given up, or said that its person has."""
    same = sa.and_(_bags.c.site == _items.c.site, _bags.c.id == _items.c.id)
    wanted = (
        _items.c.state.in_(("in_hand", "away")),
        _items.c.pickup.is_not(None),
        _bags.c.ended_how.in_(("returned", "lost", "destroyed", "misread")),
    )
    for row in connection.execute(
        sa.select(_items, _bags.c.ended_how).join(_bags, same).where(*wanted)
    ).all():
        where = {"compartment": row.compartment, "allocation": row.allocation}
        document = {"type": "ended", "item": row.id, **where, "how": row.ended_how}
        _tell(connection, row.site, "bridge", f"ended/{row.id}", document)


def _tell(connection: sa.Connection, site: str, audience: str, key: str, document: dict[str, Any]) -> None:
    """As the next version of that feed."""
    mine = (_heads.c.site == site, _heads.c.audience == audience)
    version = connection.execute(sa.select(_heads.c.version).where(*mine)).scalar()
    if version is None:
        version = 0
        connection.execute(sa.insert(_heads).values(site=site, audience=audience, version=0, horizon=0))
    place = {"site": site, "audience": audience, "key": key}
    connection.execute(sa.delete(_feed).where(*(_feed.c[name] == value for name, value in place.items())))
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    connection.execute(sa.insert(_feed).values(**place, version=version + 1, body=body, changed_ms=0))
    connection.execute(sa.update(_heads).where(*mine).values(version=version + 1))


def downgrade() -> None:
    op.drop_column("device_health", "scale")
