"""Tables of the partners' page: who may open it, and what was written there. No fold."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, text

from hub.store.columns import Device, Id, Utc, Word, metadata

partner_accesses = Table(
    "partner_accesses",
    metadata,
    Column("id", Id, primary_key=True),  # the address of its page; the PIN is what opens it
    Column("partner", Id, ForeignKey("partners.id"), nullable=False, index=True),
    Column("name", String(40), nullable=False),  # of the place or machine, never a person's
    Column("pin_hash", String(200), nullable=False),  # argon2id
    Column("wrong", BigInteger, nullable=False, server_default="0"),  # tries since the last right one
    Column("locked_until_ms", Utc),
    Column("created_ms", Utc, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("used_ms", Utc),
    Column("revoked_ms", Utc),
    Column("everywhere", Boolean, nullable=False, server_default=text("FALSE")),
)
"""Desks of partners: one address and one PIN each. `everywhere`: of every site, those to come included."""

partner_access_sites = Table(
    "partner_access_sites",
    metadata,
    Column("access", Id, ForeignKey("partner_accesses.id"), primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""The sites whose work a desk is told, and may do, where it is not of every site."""

partner_sessions = Table(
    "partner_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("access", Id, ForeignKey("partner_accesses.id"), nullable=False, index=True),
    Column("created_ms", Utc, nullable=False),
    Column("seen_ms", Utc, nullable=False),
    Column("expires_ms", Utc, nullable=False),
    Column("revoked_ms", Utc),
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Id, primary_key=True),  # the note or quote of the fact
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("partner", Id, ForeignKey("partners.id"), nullable=False),
    Column("about", Word, nullable=False),  # note | quote
    Column("what", Word),  # of a note: stain | missing_piece | damaged | other
    Column("tag", String(256), nullable=False, server_default=""),
    Column("order_id", Id),
    Column("text", String(400), nullable=False, server_default=""),
    Column("photo", LargeBinary),  # without what the camera wrote into it; forgotten after 90 days
    Column("photo_type", Word),
    Column("at_ms", Utc, nullable=False),
    Index(None, "site", "at_ms"),
    Index(None, "order_id"),
    Index(
        "ix_remarks_photos",  # those that are forgotten one day, among ever more without one
        "at_ms",
        sqlite_where=text("photo IS NOT NULL"),
        postgresql_where=text("photo IS NOT NULL"),
    ),
)
"""Words and photos of partners: what no fact may bear."""
