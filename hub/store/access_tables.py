"""Tables of who signs in to the pages, by what, and what they did there. No fold."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, text

from hub.store.columns import Device, Id, Serial, Utc, Word, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("password_hash", String(300), nullable=False),  # empty: none chosen yet, nobody signs in by it
    Column("role", Word, nullable=False),  # hub.core.rights.Role
    Column("employer", Id),  # of a client: whose reader they are
    Column("rights_ms", Utc, nullable=False, server_default="0"),  # since when role and sites are these
    Column("language", Word, nullable=False, server_default="fr"),
    Column("call_phone", String(40)),  # of who sees all sites: called for what belongs to none
    Column("call_email", String(200)),
    Column("call_any_hour", Boolean, nullable=False, server_default=text("FALSE")),
    Column("created_ms", Utc, nullable=False),
    Column("disabled_ms", Utc),
)

account_sites = Table(
    "account_sites",
    metadata,
    Column("account", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    sqlite_with_rowid=False,
)
"""The sites of an account whose role has a list of them."""

account_codes = Table(
    "account_codes",
    metadata,
    Column("account", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("code_sha256", String(64), nullable=False, unique=True),
    Column("made_by", Id, nullable=False),
    Column("expires_ms", Utc, nullable=False),
)
"""Codes by which somebody chooses their password, told once and good once."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of the cookie
    Column("account", Id, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("browser", Word, nullable=False, server_default=""),  # hub.core.browsers: `firefox linux`
    Column("created_ms", Utc, nullable=False),
    Column("seen_ms", Utc, nullable=False),
    Column("expires_ms", Utc, nullable=False),
    Column("revoked_ms", Utc),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", Id, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("credential", LargeBinary, nullable=False, unique=True),  # what the browser calls it
    Column("public_key", LargeBinary, nullable=False),
    Column("uses", BigInteger, nullable=False),  # as the key counts them; 0 for those that do not count
    Column("created_ms", Utc, nullable=False),
    Column("used_ms", Utc),
)

spent_challenges = Table(
    "spent_challenges",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("until_ms", Utc, nullable=False),
    sqlite_with_rowid=False,
)
"""What passkeys answered to already: an answer that was overheard opens nothing a second time."""

second_factors = Table(
    "second_factors",
    metadata,
    Column("account", Id, ForeignKey("accounts.id"), primary_key=True),
    Column("salt", String(64), nullable=False),  # the secret is made from it under a key file
    Column("since_ms", Utc, nullable=False),
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # a code is good once
    Column("wrong", BigInteger, nullable=False, server_default="0"),  # tries since the last right one
    Column("wait_until_ms", Utc),
)
"""Whose password is not enough."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("account", Id, ForeignKey("accounts.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Instead of a second factor that is lost: each good once, and gone then."""

tries = Table(
    "tries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("box", String(32), nullable=False),  # of a limit and who asked, under the hub's secret
    Column("at_ms", Utc, nullable=False),
    Column("until_ms", Utc, nullable=False, index=True),
    Index(None, "box", "at_ms"),
)
"""Guesses at the doors of the pages, for as long as they count. No name, no address."""

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True),  # one after the other, without a gap
    Column("at_ms", Utc, nullable=False),
    Column("account", Id),
    Column("action", Word, nullable=False),
    Column("site", Device),
    Column("subject", Id),
    Column("detail", String(400), nullable=False, server_default=""),
    Column("salt", String(32), nullable=False, server_default=""),  # empty: the detail was let go
    Column("seal", String(64), nullable=False, server_default=""),  # of the detail: hub.core.audit_chain
    Column("hash", String(64), nullable=False, server_default=""),  # of the row and the hash before it
    Index(None, "subject"),
    Index(None, "at_ms"),
)
"""Who did what on the hub. Never holds a code, a key or a name."""
