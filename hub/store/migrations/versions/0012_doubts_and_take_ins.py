"""What is in doubt behind a door, and what is taken in on the hub's pages."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("doors", sa.Column("unsure_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "take_ins",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("size", sa.String(length=2), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=256), nullable=False),
        sa.Column("compartment", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_take_ins_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_ins")),
    )
    op.create_index("ix_take_ins_state", "take_ins", ["state"], unique=False)
    op.create_index(op.f("ix_take_ins_site_item"), "take_ins", ["site", "item"], unique=False)


def downgrade() -> None:
    op.drop_table("take_ins")
    op.drop_column("doors", "unsure_ms")
