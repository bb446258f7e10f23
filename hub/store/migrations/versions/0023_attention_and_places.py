"""Who sees to what, who is there when, and what kind of place a site is."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_UNDER_WAY = sa.text("state NOT IN ('done', 'cancelled')")
_INDEXES: tuple[tuple[str, str, list[str], sa.TextClause | None], ...] = (
    ("ix_attention_marks_changed_ms", "attention_marks", ["changed_ms"], None),
    ("ix_duty_calls_key", "duty_calls", ["key"], None),
    ("ix_duty_calls_created_ms", "duty_calls", ["created_ms"], None),
    ("ix_duty_calls_waiting", "duty_calls", ["next_ms"], _WAITING),
    ("ix_helpers_site", "helpers", ["site"], None),
    ("ix_helper_hours_helper", "helper_hours", ["helper"], None),
    ("ix_absences_helper", "absences", ["helper"], None),
    ("ix_service_orders_promised", "service_orders", ["promised_ms"], _UNDER_WAY),
)


def upgrade() -> None:
    _attention()
    _presence()
    for column in (
        sa.Column("kind", sa.String(length=40), server_default="district", nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("cabinet", sa.String(length=40), server_default="", nullable=False),
        sa.Column("ready_ms", sa.BigInteger(), nullable=True),
    ):
        op.add_column("sites", column)
    op.execute("UPDATE sites SET ready_ms = created_ms")
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _attention() -> None:
    op.create_table(
        "attention_marks",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_cause", sa.String(length=120), server_default="", nullable=False),
        sa.Column("called_ms", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("taken_ms", sa.BigInteger(), nullable=True),
        sa.Column("off_by", sa.String(length=64), nullable=True),
        sa.Column("off_ms", sa.BigInteger(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("tone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("cause", sa.String(length=120), server_default="", nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attention_marks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "duty_calls",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("helper", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_calls")),
    )


def _presence() -> None:
    no = sa.text("FALSE")
    op.create_table(
        "helpers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), server_default="fr", nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("shown", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("lead", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("any_hour", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_helpers_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpers")),
    )
    op.create_table(
        "helper_hours",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("helper", sa.String(length=64), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_min", sa.Integer(), nullable=False),
        sa.Column("closes_min", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=True),
        sa.Column("last_day", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["helper"], ["helpers.id"], name=op.f("fk_helper_hours_helper_helpers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_hours")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("helper", sa.String(length=64), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["helper"], ["helpers.id"], name=op.f("fk_absences_helper_helpers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )


def downgrade() -> None:
    op.drop_index("ix_service_orders_promised", "service_orders")
    for table in ("absences", "helper_hours", "helpers", "duty_calls", "attention_marks"):
        op.drop_table(table)
    for column in ("ready_ms", "cabinet", "address", "kind"):
        op.drop_column("sites", column)
