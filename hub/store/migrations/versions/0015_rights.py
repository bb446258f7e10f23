"""Roles at named sites, passkeys and second factors, and a chain through what people did."""

import json
import secrets

import sqlalchemy as sa
from alembic import op

from hub.core.audit_chain import GENESIS, Deed, hash_of, seal_of

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NEW = ("account_codes", "passkeys", "spent_challenges", "second_factors", "recovery_codes", "account_sites")


def _text(name: str, length: int, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _count(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=default, nullable=False)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=f"fk_{table}_account_accounts")


def upgrade() -> None:
    op.add_column("accounts", _text("employer", 64, nullable=True))
    op.add_column("accounts", sa.Column("rights_ms", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sessions", _text("browser", 40, default=""))
    _sites_of_accounts()
    _ways_in()
    for column in (
        _text("salt", 32, default=""),
        _text("seal", 64, default=""),
        _text("hash", 64, default=""),
    ):
        op.add_column("audit", column)
    op.create_index("ix_audit_at_ms", "audit", ["at_ms"])
    _chain()


def downgrade() -> None:
    op.drop_index("ix_audit_at_ms", "audit")
    for column in ("hash", "seal", "salt"):
        op.drop_column("audit", column)
    op.execute("DELETE FROM settings WHERE key IN ('audit_begin', 'audit_end')")
    for table in _NEW:
        op.drop_table(table)
    op.drop_column("sessions", "browser")
    op.drop_column("accounts", "rights_ms")
    op.drop_column("accounts", "employer")


def _sites_of_accounts() -> None:
    """Until now a concierge saw every site there was."""
    op.create_table(
        "account_sites",
        _text("account", 64),
        _text("site", 40),
        _of_account("account_sites"),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_account_sites_site_sites"),
        sa.PrimaryKeyConstraint("account", "site", name="pk_account_sites"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO account_sites (account, site) SELECT accounts.id, sites.id FROM accounts, sites"
        " WHERE accounts.role = 'concierge'"
    )


def _ways_in() -> None:
    op.create_table(
        "account_codes",
        _text("account", 64),
        _text("code_sha256", 64),
        _text("made_by", 64),
        _moment("expires_ms"),
        _of_account("account_codes"),
        sa.PrimaryKeyConstraint("account", name="pk_account_codes"),
        sa.UniqueConstraint("code_sha256", name="uq_account_codes_code_sha256"),
    )
    op.create_table(
        "passkeys",
        _text("id", 64),
        _text("account", 64),
        _text("name", 60),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        _count("uses"),
        _moment("created_ms"),
        _moment("used_ms", nullable=True),
        _of_account("passkeys"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential", name="uq_passkeys_credential"),
    )
    op.create_index("ix_passkeys_account", "passkeys", ["account"])
    op.create_table(
        "spent_challenges",
        _text("sha256", 64),
        _moment("until_ms"),
        sa.PrimaryKeyConstraint("sha256", name="pk_spent_challenges"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "second_factors",
        _text("account", 64),
        _text("salt", 64),
        _moment("since_ms"),
        _count("last_step", "0"),
        _count("wrong", "0"),
        _moment("wait_until_ms", nullable=True),
        _of_account("second_factors"),
        sa.PrimaryKeyConstraint("account", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        _text("sha256", 64),
        _text("account", 64),
        _of_account("recovery_codes"),
        sa.PrimaryKeyConstraint("sha256", name="pk_recovery_codes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recovery_codes_account", "recovery_codes", ["account"])


def _chain() -> None:
    """What was noted before is chained as it stands, numbered from 1 without a gap."""
    names = ("id", "at_ms", "account", "action", "site", "subject", "detail", "salt", "seal", "hash")
    audit = sa.table("audit", *(sa.column(name) for name in names))
    connection = op.get_bind()
    last = GENESIS
    rows = connection.execute(sa.select(audit).order_by(audit.c.id)).all()
    for number, row in enumerate(rows, 1):
        salt = secrets.token_hex(16)
        seal = seal_of(salt, row.detail)
        deed = Deed(number, row.at_ms, row.account, row.action, row.site, row.subject, seal)
        last = hash_of(last, deed)
        values = {"id": number, "salt": salt, "seal": seal, "hash": last}
        connection.execute(sa.update(audit).where(audit.c.id == row.id).values(values))
    if rows:
        end = json.dumps({"id": len(rows), "hash": last}, separators=(",", ":"))
        settings = sa.table("settings", sa.column("key"), sa.column("value"))
        connection.execute(sa.insert(settings).values(key="audit_end", value=end))
