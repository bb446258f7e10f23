"""Mandates, assignments, codes told by telephone, refused parcels; when an item became somebody else's."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_ms IS NULL")
_ROUNDS = sa.text("type IN ('parcel_refused', 'pile_counted')")


def upgrade() -> None:
    op.add_column("items", sa.Column("reassigned_ms", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_items_nameless",
        "items",
        ["site"],
        sqlite_where=sa.text("named = 0"),
        postgresql_where=sa.text("NOT named"),
    )
    op.create_index(
        "ix_ledger_rounds", "ledger", ["site", "at_ms"], sqlite_where=_ROUNDS, postgresql_where=_ROUNDS
    )
    _mandates()
    _assignments()
    _dictated_codes()
    _refused_parcels()


def downgrade() -> None:
    for table in ("refused_parcels", "dictated_codes", "assignments", "mandates"):
        op.drop_table(table)
    op.drop_index("ix_ledger_rounds", "ledger")
    op.drop_index("ix_items_nameless", "items")
    op.drop_column("items", "reassigned_ms")


def _mandates() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("items", sa.Text(), server_default="", nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_mandates_site_sites"),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_mandates_person_people"),
        sa.PrimaryKeyConstraint("id", name="pk_mandates"),
    )
    op.create_index("ix_mandates_person", "mandates", ["person"], unique=False)
    op.create_index(
        "uq_mandates_site_number",
        "mandates",
        ["site", "number"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_why", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("item", name="pk_assignments"),
    )


def _dictated_codes() -> None:
    op.create_table(
        "dictated_codes",
        sa.Column("pickup", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(length=64), nullable=False),
        sa.Column("told_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("spent_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("pickup", name="pk_dictated_codes"),
    )


def _refused_parcels() -> None:
    op.create_table(
        "refused_parcels",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=256), server_default="", nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=400), server_default="", nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.Column("photo_type", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_refused_parcels_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_refused_parcels"),
    )
    op.create_index("ix_refused_parcels_site_at_ms", "refused_parcels", ["site", "at_ms"], unique=False)
