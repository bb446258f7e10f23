"""A name for each device, how its machine is, and the excerpts of logs that were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("name", sa.String(80), nullable=False, server_default=""))
    op.create_table(
        "device_health",
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("told_ms", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.String(64), nullable=False),
        sa.Column("booted_ms", sa.BigInteger(), nullable=False),
        sa.Column("celsius", sa.Integer(), nullable=True),
        sa.Column("under_voltage", sa.String(40), nullable=True),
        sa.Column("disk_free_pct", sa.Integer(), nullable=True),
        sa.Column("memory_free_pct", sa.Integer(), nullable=True),
        sa.Column("certificate_ends_ms", sa.BigInteger(), nullable=True),
        sa.Column("journal_bytes", sa.BigInteger(), nullable=True),
        sa.Column("backlog", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("behind_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_device_health_device_devices"),
        sa.PrimaryKeyConstraint("device", name="pk_device_health"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_wishes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("why", sa.String(40), nullable=True),
        sa.Column("lines", sa.Text(), nullable=True),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_log_wishes_device_devices"),
        sa.PrimaryKeyConstraint("id", name="pk_log_wishes"),
    )
    op.create_index("ix_log_wishes_device_asked_ms", "log_wishes", ["device", "asked_ms"])
    op.create_index("ix_alarms_kind", "alarms", ["kind"])


def downgrade() -> None:
    op.drop_index("ix_alarms_kind", "alarms")
    op.drop_table("log_wishes")
    op.drop_table("device_health")
    op.drop_column("devices", "name")
