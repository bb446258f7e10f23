"""Orders, bags on their way, and the hub's own journal, whose device is none that was enrolled."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bags",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("tag", sa.String(length=256), server_default="", nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("promised_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("holder_kind", sa.String(length=40), nullable=True),
        sa.Column("holder_id", sa.String(length=64), nullable=True),
        sa.Column("holder_employer", sa.String(length=64), nullable=True),
        sa.Column("since_ms", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.String(length=64), nullable=True),
        sa.Column("before_kind", sa.String(length=40), nullable=True),
        sa.Column("before_id", sa.String(length=64), nullable=True),
        sa.Column("before_employer", sa.String(length=64), nullable=True),
        sa.Column("post", sa.String(length=40), nullable=True),
        sa.Column("next_post", sa.String(length=40), nullable=True),
        sa.Column("next_ms", sa.BigInteger(), nullable=True),
        sa.Column("load", sa.String(length=64), nullable=True),
        sa.Column("manifest", sa.String(length=64), nullable=True),
        sa.Column("doubt", sa.String(length=40), nullable=True),
        sa.Column("questions", sa.String(length=240), server_default="", nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=True),
        sa.Column("lone_kind", sa.String(length=40), nullable=True),
        sa.Column("lone_id", sa.String(length=64), nullable=True),
        sa.Column("lone_employer", sa.String(length=64), nullable=True),
        sa.Column("lone_ms", sa.BigInteger(), nullable=True),
        sa.Column("pieces_person", sa.Integer(), nullable=True),
        sa.Column("pieces_staff", sa.Integer(), nullable=True),
        sa.Column("pieces_partner", sa.Integer(), nullable=True),
        sa.Column("weight_grams", sa.Integer(), nullable=True),
        sa.Column("begun_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_how", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name="pk_bags"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_bags_asked_ms",
        "bags",
        ["asked_ms"],
        unique=False,
        sqlite_where=sa.text("asked_ms IS NOT NULL"),
        postgresql_where=sa.text("asked_ms IS NOT NULL"),
    )
    op.create_index(
        "ix_bags_next_ms",
        "bags",
        ["next_ms"],
        unique=False,
        sqlite_where=sa.text("next_ms IS NOT NULL"),
        postgresql_where=sa.text("next_ms IS NOT NULL"),
    )
    op.create_index(
        "ix_bags_open",
        "bags",
        ["site", "holder_kind", "holder_id"],
        unique=False,
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    )
    op.create_index("ix_bags_site_tag", "bags", ["site", "tag"], unique=False)
    op.create_table(
        "counts",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("weight_grams", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(length=64), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_counts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_counts_item", "counts", ["item"], unique=False)
    op.create_table(
        "loads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("machine", sa.String(length=40), nullable=False),
        sa.Column("holder_kind", sa.String(length=40), nullable=True),
        sa.Column("holder_id", sa.String(length=64), nullable=True),
        sa.Column("holder_employer", sa.String(length=64), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loads"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_loads_site_at_ms", "loads", ["site", "at_ms"], unique=False)
    op.create_table(
        "manifests",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=64), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.String(length=64), nullable=True),
        sa.Column("by_employer", sa.String(length=64), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_manifests"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_manifests_manifest", "manifests", ["manifest"], unique=False)
    op.create_index("ix_manifests_site_at_ms", "manifests", ["site", "at_ms"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("by_kind", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.String(length=64), nullable=True),
        sa.Column("by_employer", sa.String(length=64), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_payments_order_id", "payments", ["order_id"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("cents", sa.Integer(), nullable=True),
        sa.Column("by_kind", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.String(length=64), nullable=True),
        sa.Column("by_employer", sa.String(length=64), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("staff", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_quotes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_quotes_order_id", "quotes", ["order_id"], unique=False)
    op.create_table(
        "scans",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=256), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("bag", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("holder_kind", sa.String(length=40), nullable=True),
        sa.Column("holder_id", sa.String(length=64), nullable=True),
        sa.Column("holder_employer", sa.String(length=64), nullable=True),
        sa.Column("other_kind", sa.String(length=40), nullable=True),
        sa.Column("other_id", sa.String(length=64), nullable=True),
        sa.Column("other_employer", sa.String(length=64), nullable=True),
        sa.Column("post", sa.String(length=40), nullable=True),
        sa.Column("manifest", sa.String(length=64), nullable=True),
        sa.Column("load", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=64), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=True),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", "tag", name="pk_scans"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_scans_item",
        "scans",
        ["item"],
        unique=False,
        sqlite_where=sa.text("item IS NOT NULL"),
        postgresql_where=sa.text("item IS NOT NULL"),
    )
    op.create_index(
        "ix_scans_load",
        "scans",
        ["load"],
        unique=False,
        sqlite_where=sa.text("load IS NOT NULL"),
        postgresql_where=sa.text("load IS NOT NULL"),
    )
    op.create_index(
        "ix_scans_manifest",
        "scans",
        ["manifest"],
        unique=False,
        sqlite_where=sa.text("manifest IS NOT NULL"),
        postgresql_where=sa.text("manifest IS NOT NULL"),
    )
    op.create_index("ix_scans_site_at_ms", "scans", ["site", "at_ms"], unique=False)
    op.create_index("ix_scans_site_bag_at_ms", "scans", ["site", "bag", "at_ms"], unique=False)
    op.create_index("ix_scans_site_tag_at_ms", "scans", ["site", "tag", "at_ms"], unique=False)
    op.create_table(
        "service_orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("way", sa.String(length=40), nullable=True),
        sa.Column("service", sa.String(length=64), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("partner", sa.String(length=64), nullable=True),
        sa.Column("lines", sa.Text(), server_default="[]", nullable=False),
        sa.Column("total_cents", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pay", sa.String(length=40), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("weight_grams", sa.Integer(), nullable=True),
        sa.Column("promised_ms", sa.BigInteger(), nullable=True),
        sa.Column("staff", sa.String(length=64), nullable=True),
        sa.Column("anonymous", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.Column("placed_ms", sa.BigInteger(), nullable=True),
        sa.Column("placed_event", sa.String(length=64), nullable=True),
        sa.Column("estimated", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_why", sa.String(length=40), nullable=True),
        sa.Column("quote", sa.String(length=64), nullable=True),
        sa.Column("quote_cents", sa.Integer(), nullable=True),
        sa.Column("quote_accepted", sa.Boolean(), nullable=True),
        sa.Column("ready", sa.Integer(), nullable=True),
        sa.Column("ready_of", sa.Integer(), nullable=True),
        sa.Column("ready_ms", sa.BigInteger(), nullable=True),
        sa.Column("paid_cents", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paid_ms", sa.BigInteger(), nullable=True),
        sa.Column("receipt_ms", sa.BigInteger(), nullable=True),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_service_orders"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_service_orders_item", "service_orders", ["item"], unique=False)
    op.create_index(
        "ix_service_orders_partner_placed_ms", "service_orders", ["partner", "placed_ms"], unique=False
    )
    op.create_index("ix_service_orders_person", "service_orders", ["person"], unique=False)
    op.create_index("ix_service_orders_site_placed_ms", "service_orders", ["site", "placed_ms"], unique=False)
    op.create_table(
        "taggings",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("tag", sa.String(length=256), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_taggings"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_taggings_item", "taggings", ["item"], unique=False)
    op.create_index("ix_taggings_site_tag_at_ms", "taggings", ["site", "tag", "at_ms"], unique=False)
    op.create_index("ix_taggings_tag", "taggings", ["tag"], unique=False)
    op.create_index(
        "ix_feed_live",
        "feed",
        ["site", "audience", "key"],
        unique=False,
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.add_column("items", sa.Column("purpose", sa.String(length=40), nullable=True))
    with op.batch_alter_table("journals", table_kwargs={"sqlite_with_rowid": False}) as journals:
        journals.drop_constraint("fk_journals_device_devices", type_="foreignkey")


def downgrade() -> None:

    op.execute("DELETE FROM journals WHERE device NOT IN (SELECT id FROM devices)")
    with op.batch_alter_table("journals", table_kwargs={"sqlite_with_rowid": False}) as journals:
        journals.create_foreign_key("fk_journals_device_devices", "devices", ["device"], ["id"])
    op.drop_column("items", "purpose")
    op.drop_index(
        "ix_feed_live",
        table_name="feed",
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.drop_index("ix_taggings_tag", table_name="taggings")
    op.drop_index("ix_taggings_site_tag_at_ms", table_name="taggings")
    op.drop_index("ix_taggings_item", table_name="taggings")
    op.drop_table("taggings")
    op.drop_index("ix_service_orders_site_placed_ms", table_name="service_orders")
    op.drop_index("ix_service_orders_person", table_name="service_orders")
    op.drop_index("ix_service_orders_partner_placed_ms", table_name="service_orders")
    op.drop_index("ix_service_orders_item", table_name="service_orders")
    op.drop_table("service_orders")
    op.drop_index("ix_scans_site_tag_at_ms", table_name="scans")
    op.drop_index("ix_scans_site_bag_at_ms", table_name="scans")
    op.drop_index("ix_scans_site_at_ms", table_name="scans")
    op.drop_index(
        "ix_scans_manifest",
        table_name="scans",
        sqlite_where=sa.text("manifest IS NOT NULL"),
        postgresql_where=sa.text("manifest IS NOT NULL"),
    )
    op.drop_index(
        "ix_scans_load",
        table_name="scans",
        sqlite_where=sa.text("load IS NOT NULL"),
        postgresql_where=sa.text("load IS NOT NULL"),
    )
    op.drop_index(
        "ix_scans_item",
        table_name="scans",
        sqlite_where=sa.text("item IS NOT NULL"),
        postgresql_where=sa.text("item IS NOT NULL"),
    )
    op.drop_table("scans")
    op.drop_index("ix_quotes_order_id", table_name="quotes")
    op.drop_table("quotes")
    op.drop_index("ix_payments_order_id", table_name="payments")
    op.drop_table("payments")
    op.drop_index("ix_manifests_site_at_ms", table_name="manifests")
    op.drop_index("ix_manifests_manifest", table_name="manifests")
    op.drop_table("manifests")
    op.drop_index("ix_loads_site_at_ms", table_name="loads")
    op.drop_table("loads")
    op.drop_index("ix_counts_item", table_name="counts")
    op.drop_table("counts")
    op.drop_index("ix_bags_site_tag", table_name="bags")
    op.drop_index(
        "ix_bags_open",
        table_name="bags",
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    )
    op.drop_index(
        "ix_bags_next_ms",
        table_name="bags",
        sqlite_where=sa.text("next_ms IS NOT NULL"),
        postgresql_where=sa.text("next_ms IS NOT NULL"),
    )
    op.drop_index(
        "ix_bags_asked_ms",
        table_name="bags",
        sqlite_where=sa.text("asked_ms IS NOT NULL"),
        postgresql_where=sa.text("asked_ms IS NOT NULL"),
    )
    op.drop_table("bags")
