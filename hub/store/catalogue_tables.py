"""Tables of the catalogue: who does the work, what a site offers, and who pays for the place. No fold.

A price is what its partner asks, to the cent, and goes to the partner whole. Who sponsors a site does so by
a contract of its own, apart from every order. Names in several languages are JSON, `{"fr": "Pressing"}`.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from hub.store.columns import Device, Id, Utc, Word, metadata

employers = Table(
    "employers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), index=True),  # absent: of every site
    Column("name", String(80), nullable=False),
    Column("created_ms", Utc, nullable=False),
    Column("removed_ms", Utc),
)
"""Whose people work at a site: each sees the hand-overs of its own."""

partners = Table(
    "partners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("phone", String(40)),
    Column("email", String(200)),
    Column("ess", Boolean, nullable=False, server_default=text("FALSE")),  # of the social economy
    Column("ess_proof_ms", Utc),  # the day of the paper that proves it
    Column("created_ms", Utc, nullable=False),
    Column("removed_ms", Utc),
)
"""Who does the work, in the whole network."""

partner_sites = Table(
    "partner_sites",
    metadata,
    Column("partner", Id, ForeignKey("partners.id"), primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""At which sites a partner works."""

partner_hours = Table(
    "partner_hours",
    metadata,
    Column("partner", Id, ForeignKey("partners.id"), primary_key=True),
    Column("weekday", Integer, primary_key=True),  # 1 Monday to 7 Sunday
    Column("opens_min", Integer, primary_key=True),
    Column("closes_min", Integer, nullable=False),  # beyond 1440: after midnight
    sqlite_with_rowid=False,
)

partner_closures = Table(
    "partner_closures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("partner", Id, ForeignKey("partners.id"), nullable=False),
    Column("from_ms", Utc, nullable=False),
    Column("until_ms", Utc, nullable=False),
    Index(None, "partner", "until_ms"),
)

services = Table(
    "services",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("partner", Id, ForeignKey("partners.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),  # by language
    Column("about", Text, nullable=False, server_default="{}"),  # by language
    Column("picture", Word, nullable=False),
    Column("kind", Word, nullable=False),  # contract.messages.ItemKind
    Column("way", Word, nullable=False),  # drop | order
    Column("cents", Integer, nullable=False),
    Column("pay", Word, nullable=False),  # partner | employer
    Column("quoted", Boolean, nullable=False),
    Column("perishable", Boolean, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("size", Word, nullable=False, server_default="S"),  # contract.messages.Size
    Column("place", Integer, nullable=False),  # in the list, from 1
    Column("from_ms", Utc),
    Column("until_ms", Utc),
    Column("version", Integer, nullable=False),
    Column("created_ms", Utc, nullable=False),
    Column("removed_ms", Utc),
    Index(None, "site", "place"),
)

service_leads = Table(
    "service_leads",
    metadata,
    Column("service", Id, ForeignKey("services.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("lead", Word, nullable=False),  # hub.core.promises: days | van | comes
    Column("lead_days", Integer, nullable=False),
    Column("before_min", Integer, nullable=False),
    Column("ready_min", Integer, nullable=False),
    Column("weekdays", String(13), nullable=False),  # 1,3,5
    sqlite_with_rowid=False,
)
"""When a service is ready: of several rules the soonest counts."""

service_options = Table(
    "service_options",
    metadata,
    Column("service", Id, ForeignKey("services.id"), primary_key=True),
    Column("id", Id, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("name", Text, nullable=False),  # by language
    Column("cents", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    sqlite_with_rowid=False,
)

sponsor_contracts = Table(
    "sponsor_contracts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False, index=True),
    Column("sponsor", String(120), nullable=False),
    Column("monthly_cents", Integer, nullable=False),
    Column("from_ms", Utc, nullable=False),
    Column("until_ms", Utc),
    Column("created_ms", Utc, nullable=False),
)
"""Who pays so that a site is there. Apart from orders, whose money never passes here."""
