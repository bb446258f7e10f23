"""Messages about one thing, and the texts a site writes itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("moved_ms", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("item", sa.String(length=64), nullable=True))
    op.create_table(
        "message_texts",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_message_texts_site_sites")),
        sa.PrimaryKeyConstraint("site", "kind", "language", name=op.f("pk_message_texts")),
    )


def downgrade() -> None:
    op.drop_table("message_texts")
    op.drop_column("outbox", "item")
    op.drop_column("items", "moved_ms")
