"""Tables of the postal relay that the hub itself is the truth of: mandates, wishes, refusals. No fold."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from hub.store.columns import Device, Id, Utc, Word, metadata

mandates = Table(
    "mandates",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("person", Id, ForeignKey("people.id"), nullable=False),  # who gives it
    Column("number", Integer, nullable=False),  # first part of its code, unique among those that live
    Column("name", String(120), nullable=False),  # who bears it; never leaves the hub
    Column("items", Text, nullable=False, server_default=""),  # ids with commas between; empty: everything
    Column("from_ms", Utc, nullable=False),
    Column("until_ms", Utc, nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("created_ms", Utc, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("ended_ms", Utc),
    Column("ended_why", Word),  # revoked | expired | person_removed
    Index(None, "person"),
    Index(
        "uq_mandates_site_number",
        "site",
        "number",
        unique=True,
        sqlite_where=text("ended_ms IS NULL"),
        postgresql_where=text("ended_ms IS NULL"),
    ),
)
"""Who may collect for whom, as it was said at the counter."""

assignments = Table(
    "assignments",
    metadata,
    Column("item", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("person", Id, nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_ms", Utc, nullable=False),
    Column("done_ms", Utc),
    Column("done_why", Word),  # reassigned | ended | withdrawn
)
"""Whose an item is, as these pages say; the lockers' answer is the fact ItemReassigned."""

dictated_codes = Table(
    "dictated_codes",
    metadata,
    Column("pickup", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("told_by", Id, nullable=False),
    Column("told_ms", Utc, nullable=False),
    Column("used_ms", Utc),  # when the lockers took it
    Column("spent_ms", Utc),  # when the hub had it changed, or nothing waited any more
)
"""The last code told by telephone for a pickup, good for one coming (hub.store.dictated). Never the code."""

take_ins = Table(
    "take_ins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("device", Device, nullable=False),  # the bridge it is for
    Column("item", Id, nullable=False),
    Column("person", Id, nullable=False),
    Column("named", Boolean, nullable=False),  # else `person` was made for it alone
    Column("kind", Word, nullable=False),
    Column("size", String(2), nullable=False),
    Column("carrier", Word),
    Column("label", String(256), nullable=False),
    Column("compartment", Integer),  # the shelf place; none: the lockers choose
    Column("actor", Id, nullable=False),
    Column("state", Word, nullable=False),  # as of the table `orders`
    Column("why", Word),
    Column("asked_ms", Utc, nullable=False),
    Column("changed_ms", Utc, nullable=False),
    Index("ix_take_ins_state", "state"),
    Index(None, "site", "item"),
)
"""What was taken in on these pages, as a wish to the lockers: forgotten a day later (hub.store.take_ins)."""

refused_parcels = Table(
    "refused_parcels",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("at_ms", Utc, nullable=False),
    Column("account", Id, nullable=False),
    Column("why", Word, nullable=False),  # damaged | stranger | too_big | no_room | perishable | other
    Column("label", String(256), nullable=False, server_default=""),
    Column("carrier", Word),
    Column("note", String(400), nullable=False, server_default=""),
    Column("photo", LargeBinary),  # without what the camera wrote into it; forgotten after 90 days
    Column("photo_type", Word),
    Index(None, "site", "at_ms"),
    Index(
        "ix_refused_parcels_photos",  # those that are forgotten one day, among ever more without one
        "at_ms",
        sqlite_where=text("photo IS NOT NULL"),
        postgresql_where=text("photo IS NOT NULL"),
    ),
)
"""What was not taken from its carrier, noted on these pages; the kiosks' refusals are facts."""
