"""Hours, closures, days, extensions and beats: what the clock that stops is computed from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_REACH = sa.text(
    "type IN ('visit_opened', 'board_silent', 'board_back', 'doors_seen', 'door_not_opened', 'door_opened')"
)


def _site() -> sa.Column[str]:
    return sa.Column("site", sa.String(length=40), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _of_site(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["site"], ["sites.id"], name=f"fk_{table}_site_sites")


def upgrade() -> None:
    op.create_table(
        "calendars",
        _site(),
        _moment("since_ms"),
        sa.Column("always", sa.Boolean(), nullable=False),
        _of_site("calendars"),
        sa.PrimaryKeyConstraint("site", "since_ms", name="pk_calendars"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opening_hours",
        _site(),
        _moment("since_ms"),
        _number("weekday"),
        _number("opens_min"),
        _number("closes_min"),
        sa.PrimaryKeyConstraint("site", "since_ms", "weekday", "opens_min", name="pk_opening_hours"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.String(length=64), nullable=False),
        _site(),
        _moment("from_ms"),
        _moment("until_ms"),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=400), server_default="", nullable=False),
        _moment("created_ms"),
        _of_site("closures"),
        sa.PrimaryKeyConstraint("id", name="pk_closures"),
    )
    op.create_index("ix_closures_site_until_ms", "closures", ["site", "until_ms"], unique=False)
    op.create_table(
        "keeping_days",
        _site(),
        sa.Column("kind", sa.String(length=40), nullable=False),
        _moment("since_ms"),
        _number("days"),
        _of_site("keeping_days"),
        sa.PrimaryKeyConstraint("site", "kind", "since_ms", name="pk_keeping_days"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "extensions",
        sa.Column("item", sa.String(length=64), nullable=False),
        _number("number"),
        _number("days"),
        sa.Column("why", sa.String(length=40), nullable=False),
        _moment("at_ms"),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("item", "number", name="pk_extensions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "beats",
        sa.Column("device", sa.String(length=40), nullable=False),
        _moment("from_ms"),
        _moment("until_ms"),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_beats_device_devices"),
        sa.PrimaryKeyConstraint("device", "from_ms", name="pk_beats"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deadlines",
        sa.Column("item", sa.String(length=64), nullable=False),
        _site(),
        _number("left"),
        _moment("ends_ms", nullable=True),
        _moment("over_ms", nullable=True),
        _moment("changed_ms"),
        sa.PrimaryKeyConstraint("item", name="pk_deadlines"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deadlines_site", "deadlines", ["site"], unique=False)
    op.create_index("ix_deadlines_changed_ms", "deadlines", ["changed_ms"], unique=False)
    op.add_column("items", sa.Column("taken_by", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_ledger_reach",
        "ledger",
        ["site", "at_ms"],
        unique=False,
        sqlite_where=_REACH,
        postgresql_where=_REACH,
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_reach", "ledger")
    op.drop_column("items", "taken_by")
    tables = ("deadlines", "beats", "extensions", "keeping_days", "closures", "opening_hours", "calendars")
    for table in tables:
        op.drop_table(table)
