"""A second person for an occupied door, doors in and out of service, things to be moved, drawings."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("deed", sa.String(length=40), server_default="open", nullable=False))
    op.add_column("orders", sa.Column("item", sa.String(length=64), nullable=True))
    op.add_column("orders", sa.Column("consent", sa.String(length=40), nullable=True))
    op.add_column("orders", sa.Column("confirmed_by", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_orders_changed_ms"), "orders", ["changed_ms"], unique=False)
    op.create_table(
        "move_asks",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("compartment", sa.Integer(), nullable=False),
        sa.Column("allocation", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_move_asks_site_sites")),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_move_asks")),
    )
    op.create_table(
        "cabinet_drawings",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_cabinet_drawings_site_sites")),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_cabinet_drawings")),
    )
    op.create_index(op.f("ix_move_asks_site"), "move_asks", ["site"], unique=False)


def downgrade() -> None:
    op.drop_table("cabinet_drawings")
    op.drop_table("move_asks")
    op.drop_index(op.f("ix_orders_changed_ms"), "orders")
    for column in ("confirmed_by", "consent", "item", "deed"):
        op.drop_column("orders", column)
