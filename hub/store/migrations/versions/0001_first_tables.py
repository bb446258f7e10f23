"""First tables: ledger, fold, people, wire state (see hub.store.tables)."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=40), server_default="fr", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "alarms",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=400), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_alarms"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alarms_site", "alarms", ["site"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.String(length=400), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"], unique=False)
    op.create_table(
        "dismissals",
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_dismissals"),
    )
    op.create_table(
        "doors",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("compartment", sa.Integer(), nullable=False),
        sa.Column("declared", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.Column("kind", sa.String(length=40), server_default="lock", nullable=False),
        sa.Column("size", sa.String(length=2), nullable=True),
        sa.Column("floor_cm", sa.Integer(), nullable=True),
        sa.Column("column", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=40), server_default="unknown", nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.Column("silent", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.Column("alarm", sa.String(length=40), nullable=True),
        sa.Column("alarm_ms", sa.BigInteger(), nullable=True),
        sa.Column("alarm_why", sa.String(length=40), nullable=True),
        sa.Column("operation", sa.String(length=64), nullable=True),
        sa.Column("operation_state", sa.String(length=40), nullable=True),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("allocation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("usable", sa.String(length=40), server_default="unchecked", nullable=False),
        sa.Column("usable_why", sa.String(length=400), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("site", "compartment", name="pk_doors"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incidents",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(length=400), server_default="", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("device", "kind", name="pk_incidents"),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("size", sa.String(length=2), nullable=True),
        sa.Column("label", sa.String(length=256), server_default="", nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=True),
        sa.Column("pickup", sa.String(length=64), nullable=True),
        sa.Column("compartment", sa.Integer(), nullable=True),
        sa.Column("allocation", sa.Integer(), nullable=True),
        sa.Column("staff", sa.String(length=64), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_kiosk", sa.String(length=40), nullable=True),
        sa.Column("slip_ms", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.String(length=40), nullable=True),
        sa.Column("said_ms", sa.BigInteger(), nullable=True),
        sa.Column("claimed_ms", sa.BigInteger(), nullable=True),
        sa.Column("left_ms", sa.BigInteger(), nullable=True),
        sa.Column("left_evidence", sa.String(length=40), nullable=True),
        sa.Column("kept_ms", sa.BigInteger(), nullable=True),
        sa.Column("kept_why", sa.String(length=40), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_evidence", sa.String(length=40), nullable=True),
        sa.Column("estimated", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_items_pickup",
        "items",
        ["pickup"],
        unique=False,
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    )
    op.create_index("ix_items_site_ended_ms", "items", ["site", "ended_ms"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("journal", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("boot", sa.String(length=64), nullable=False),
        sa.Column("mono_ms", sa.BigInteger(), nullable=False),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(length=8), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("quarantine", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_ledger"),
        sa.UniqueConstraint("event", name="uq_ledger_event"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_ledger_quarantine",
        "ledger",
        ["position"],
        unique=False,
        sqlite_where=sa.text("quarantine IS NOT NULL"),
        postgresql_where=sa.text("quarantine IS NOT NULL"),
    )
    op.create_index("ix_ledger_ref", "ledger", ["ref"], unique=False)
    op.create_table(
        "operations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("compartment", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("allocation", sa.Integer(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=True),
        sa.Column("authority", sa.String(length=40), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("visit", sa.String(length=64), nullable=True),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("intent_ms", sa.BigInteger(), nullable=True),
        sa.Column("pulsed_ms", sa.BigInteger(), nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_operations"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_operations_item", "operations", ["item"], unique=False)
    op.create_index(
        "ix_operations_order_id",
        "operations",
        ["order_id"],
        unique=False,
        sqlite_where=sa.text("order_id IS NOT NULL"),
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_index(
        "ix_operations_site_compartment_intent_ms",
        "operations",
        ["site", "compartment", "intent_ms"],
        unique=False,
    )
    op.create_table(
        "pickups",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pickups"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rotations",
        sa.Column("pickup", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("pickup", name="pk_rotations"),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("helper", sa.String(length=80), server_default="", nullable=False),
        sa.Column("helper_hours", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("languages", sa.String(length=200), server_default="fr,en", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
    )
    op.create_table(
        "timelines",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("timeline", sa.String(length=64), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_timelines"),
        sa.UniqueConstraint("timeline", name="uq_timelines_timeline"),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("kiosk", sa.String(length=40), nullable=True),
        sa.Column("way", sa.String(length=40), nullable=True),
        sa.Column("pickup", sa.String(length=64), nullable=True),
        sa.Column("staff", sa.String(length=64), nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_devices_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
    )
    op.create_index("ix_devices_site", "devices", ["site"], unique=False)
    op.create_table(
        "feed",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_feed_site_sites"),
        sa.PrimaryKeyConstraint("site", "audience", "key", name="pk_feed"),
        sa.UniqueConstraint("site", "audience", "version", name="uq_feed_site_audience_version"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_heads",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("horizon", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_feed_heads_site_sites"),
        sa.PrimaryKeyConstraint("site", "audience", name="pk_feed_heads"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("compartment", sa.Integer(), nullable=False),
        sa.Column("allocation", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("operation", sa.String(length=64), nullable=True),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_orders_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    op.create_index("ix_orders_site_compartment", "orders", ["site", "compartment"], unique=False)
    op.create_index("ix_orders_state", "orders", ["state"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("flat", sa.String(length=40), server_default="", nullable=False),
        sa.Column("language", sa.String(length=40), server_default="fr", nullable=False),
        sa.Column("reach_cm", sa.Integer(), nullable=True),
        sa.Column("carry_grams", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("removed_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_people_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_site_name", "people", ["site", "name"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_sessions_account_accounts"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("initials", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pin_salt", sa.String(length=64), nullable=False),
        sa.Column("pin_hash", sa.String(length=128), nullable=False),
        sa.Column("badge_hash", sa.String(length=128), nullable=True),
        sa.Column("rights", sa.String(length=200), server_default="deposit", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("removed_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_staff_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
    )
    op.create_index(
        "uq_staff_site_number",
        "staff",
        ["site", "number"],
        unique=True,
        sqlite_where=sa.text("removed_ms IS NULL"),
        postgresql_where=sa.text("removed_ms IS NULL"),
    )
    op.create_table(
        "boots",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("boot", sa.String(length=64), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("hello_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_boots_device_devices"),
        sa.PrimaryKeyConstraint("device", "boot", name="pk_boots"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device_state",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("online", sa.Boolean(), server_default=sa.text("FALSE"), nullable=False),
        sa.Column("presence_session", sa.String(length=64), nullable=True),
        sa.Column("presence_ms", sa.BigInteger(), nullable=True),
        sa.Column("exchange_ms", sa.BigInteger(), nullable=True),
        sa.Column("hello_ms", sa.BigInteger(), nullable=True),
        sa.Column("program", sa.String(length=40), nullable=True),
        sa.Column("version", sa.String(length=40), nullable=True),
        sa.Column("clock", sa.String(length=40), nullable=True),
        sa.Column("clock_off_ms", sa.BigInteger(), nullable=True),
        sa.Column("journal", sa.String(length=64), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("through", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("feed_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_device_state_device_devices"),
        sa.PrimaryKeyConstraint("device", name="pk_device_state"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "expected_parcels",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("carrier", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=256), server_default="", nullable=False),
        sa.Column("note", sa.String(length=400), server_default="", nullable=False),
        sa.Column("expected_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name="fk_expected_parcels_person_people"),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_expected_parcels_site_sites"),
        sa.PrimaryKeyConstraint("id", name="pk_expected_parcels"),
    )
    op.create_index("ix_expected_parcels_site", "expected_parcels", ["site"], unique=False)
    op.create_table(
        "journals",
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("journal", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("safe_prune", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_seen_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_journals_device_devices"),
        sa.PrimaryKeyConstraint("device", "journal", name="pk_journals"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("journals")
    op.drop_table("expected_parcels")
    op.drop_table("device_state")
    op.drop_table("boots")
    op.drop_table("staff")
    op.drop_table("sessions")
    op.drop_table("people")
    op.drop_table("orders")
    op.drop_table("feed_heads")
    op.drop_table("feed")
    op.drop_table("devices")
    op.drop_table("visits")
    op.drop_table("timelines")
    op.drop_table("sites")
    op.drop_table("settings")
    op.drop_table("rotations")
    op.drop_table("pickups")
    op.drop_table("operations")
    op.drop_table("ledger")
    op.drop_table("items")
    op.drop_table("incidents")
    op.drop_table("doors")
    op.drop_table("dismissals")
    op.drop_table("audit")
    op.drop_table("alarms")
    op.drop_table("accounts")
