"""Every table of the hub, in one place.

Four kinds. The **ledger** holds what sites said, byte for byte, and is the truth. The **fold** tables
(`FOLD`) are computed from it by `hub.core.fold` and from nothing else, so that they can be rebuilt.
**Hub truth** (people, staff, accounts, orders) is written here and nowhere else. **Wire state**
(journals, feed, presence) says how far each device is.

Tables that are read by their key have no rowid on SQLite: one tree to write instead of two.

All times are whole milliseconds since 1970 UTC (`Utc`), so that SQLite and PostgreSQL keep the same
value; `at_ms` of a ledger row is the corrected time of design.md section 9.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.core.reach import TELLING
from hub.store.access_tables import account_codes as account_codes
from hub.store.access_tables import account_sites as account_sites
from hub.store.access_tables import accounts as accounts
from hub.store.access_tables import audit as audit
from hub.store.access_tables import passkeys as passkeys
from hub.store.access_tables import recovery_codes as recovery_codes
from hub.store.access_tables import second_factors as second_factors
from hub.store.access_tables import sessions as sessions
from hub.store.access_tables import spent_challenges as spent_challenges
from hub.store.access_tables import tries as tries
from hub.store.api_tables import api_tokens as api_tokens
from hub.store.api_tables import calendar_links as calendar_links
from hub.store.api_tables import webhook_deliveries as webhook_deliveries
from hub.store.api_tables import webhooks as webhooks
from hub.store.attention_tables import attention_marks as attention_marks
from hub.store.attention_tables import duty_calls as duty_calls
from hub.store.calendar_tables import beats as beats
from hub.store.calendar_tables import calendars as calendars
from hub.store.calendar_tables import closures as closures
from hub.store.calendar_tables import deadlines as deadlines
from hub.store.calendar_tables import extensions as extensions
from hub.store.calendar_tables import keeping_days as keeping_days
from hub.store.calendar_tables import opening_hours as opening_hours
from hub.store.catalogue_tables import employers as employers
from hub.store.catalogue_tables import partner_closures as partner_closures
from hub.store.catalogue_tables import partner_hours as partner_hours
from hub.store.catalogue_tables import partner_sites as partner_sites
from hub.store.catalogue_tables import partners as partners
from hub.store.catalogue_tables import service_leads as service_leads
from hub.store.catalogue_tables import service_options as service_options
from hub.store.catalogue_tables import services as services
from hub.store.catalogue_tables import sponsor_contracts as sponsor_contracts
from hub.store.columns import Device, Id, Serial, Utc, Word
from hub.store.columns import metadata as metadata
from hub.store.device_tables import device_health as device_health
from hub.store.device_tables import log_wishes as log_wishes
from hub.store.fold_tables import FOLD as FOLD_OF_SITES
from hub.store.fold_tables import alarms as alarms
from hub.store.fold_tables import doors as doors
from hub.store.fold_tables import items as items
from hub.store.fold_tables import operations as operations
from hub.store.fold_tables import pickups as pickups
from hub.store.fold_tables import visits as visits
from hub.store.locker_tables import cabinet_drawings as cabinet_drawings
from hub.store.locker_tables import move_asks as move_asks
from hub.store.order_tables import FOLD_OF_ORDERS as FOLD_OF_ORDERS
from hub.store.order_tables import bags as bags
from hub.store.order_tables import counts as counts
from hub.store.order_tables import loads as loads
from hub.store.order_tables import manifests as manifests
from hub.store.order_tables import payments as payments
from hub.store.order_tables import quotes as quotes
from hub.store.order_tables import scans as scans
from hub.store.order_tables import service_orders as service_orders
from hub.store.order_tables import taggings as taggings
from hub.store.outbox_table import outbox as outbox
from hub.store.partner_tables import partner_access_sites as partner_access_sites
from hub.store.partner_tables import partner_accesses as partner_accesses
from hub.store.partner_tables import partner_sessions as partner_sessions
from hub.store.partner_tables import remarks as remarks
from hub.store.presence_tables import absences as absences
from hub.store.presence_tables import helper_hours as helper_hours
from hub.store.presence_tables import helpers as helpers
from hub.store.relay_tables import assignments as assignments
from hub.store.relay_tables import dictated_codes as dictated_codes
from hub.store.relay_tables import mandates as mandates
from hub.store.relay_tables import refused_parcels as refused_parcels
from hub.store.relay_tables import take_ins as take_ins

FOLD = (*FOLD_OF_SITES, *FOLD_OF_ORDERS)
"""What `hub.core.fold` computes from the ledger: equal to a rebuild at any time (I2)."""

# --- the hub itself ----------------------------------------------------------------------------

timelines = Table(
    "timelines",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("timeline", Id, nullable=False, unique=True),
    Column("since_ms", Utc, nullable=False),
    Column("why", Word, nullable=False),  # first | restore | went_back
)
"""The last row is the present timeline; every restore adds one."""

settings = Table(
    "settings",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", Text, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("device", Device, primary_key=True),  # "" stands for all strangers together
    Column("kind", Word, primary_key=True),  # malformed | oversized | stranger | revoked | broken | ...
    Column("count", BigInteger, nullable=False),
    Column("detail", String(400), nullable=False, server_default=""),
    Column("first_ms", Utc, nullable=False),
    Column("last_ms", Utc, nullable=False),
    Column("closed_ms", Utc),
)
"""What the hub noticed by itself and no fact can say. Never holds a payload."""

# --- places and people -------------------------------------------------------------------------

sites = Table(
    "sites",
    metadata,
    Column("id", Device, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("helper", String(80), nullable=False, server_default=""),
    Column("helper_hours", String(200), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("languages", String(200), nullable=False, server_default="fr,en"),  # comma-separated
    Column("kind", Word, nullable=False, server_default="district"),  # hub.core.places.KINDS
    Column("address", String(200), nullable=False, server_default=""),
    Column("cabinet", Word, nullable=False, server_default=""),  # what lockers it gets: hub.core.places
    Column("ready_ms", Utc),  # since when it is set up; absent: somebody is at it
    Column("created_ms", Utc, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("flat", String(40), nullable=False, server_default=""),
    Column(
        "sought", String(200), nullable=False, server_default=""
    ),  # name and flat: hub.core.people_csv.likeness
    Column("language", Word, nullable=False, server_default="fr"),
    Column("reach_cm", Integer),
    Column("carry_grams", Integer),
    Column("phone", String(40)),
    Column("email", String(200)),
    Column("badge_hash", String(128)),  # contract.credential
    Column("created_ms", Utc, nullable=False),
    Column("removed_ms", Utc),
    Column("last_item_ms", Utc),  # when the last of those items left that are no longer known as theirs
    Column("erased_ms", Utc),  # since when nothing is kept of them but the id
    Index(None, "site", "name"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("language", Word, primary_key=True),
    Column("prompt", Word, primary_key=True),  # contract.prompts
    Column("media_type", Word, nullable=False),
    Column("audio", LargeBinary, nullable=False),
    Column("recorded_ms", Utc, nullable=False),
    Column("recorded_by", Id, nullable=False),
)
"""What people of a site recorded for its kiosks, one short file a prompt and language."""

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("initials", Word, nullable=False),
    Column("number", Integer, nullable=False),
    Column("pin_salt", String(64), nullable=False),
    Column("pin_hash", String(128), nullable=False),
    Column("badge_hash", String(128)),
    Column("rights", String(200), nullable=False, server_default="deposit"),  # comma-separated
    Column("employer", Id),
    Column("created_ms", Utc, nullable=False),
    Column("removed_ms", Utc),
    Index(
        "uq_staff_site_number",
        "site",
        "number",
        unique=True,
        sqlite_where=text("removed_ms IS NULL"),
        postgresql_where=text("removed_ms IS NULL"),
    ),
)
"""Who may sign in at a kiosk (contract.credential); not the accounts of these pages."""

message_texts = Table(
    "message_texts",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("kind", Word, primary_key=True),  # hub.core.notices.Kind
    Column("language", Word, primary_key=True),
    Column("text", String(600), nullable=False),
    Column("changed_ms", Utc, nullable=False),
)
"""Texts of messages a site wrote itself; what is not here is said as the catalogue has it."""

expected_parcels = Table(
    "expected_parcels",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False, index=True),
    Column("person", Id, ForeignKey("people.id")),
    Column("carrier", Word),
    Column("label", String(256), nullable=False, server_default=""),  # the carrier's tracking number
    Column("note", String(400), nullable=False, server_default=""),
    Column("expected_ms", Utc),
    Column("created_ms", Utc, nullable=False),
    Column("created_by", Id),
    Column("closed_ms", Utc),
    Column("item", Id),  # what it became, once known
    Index(
        "ix_expected_parcels_open",  # few beside all that ever were
        "site",
        sqlite_where=text("closed_ms IS NULL"),
        postgresql_where=text("closed_ms IS NULL"),
    ),
)

orders = Table(
    "orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False),
    Column("device", Device, nullable=False),  # the bridge it is for
    Column("compartment", Integer, nullable=False),
    Column("allocation", Integer, nullable=False),  # 0: nothing was ever put there
    Column("actor", Id, nullable=False),
    Column("reason", String(200), nullable=False),  # a word of these pages, chosen by a button
    Column("deed", Word, nullable=False, server_default="open"),  # open | out | in (hub.store.door_wishes)
    Column("item", Id),  # what lay there, and was seen to, when it was wished
    Column("consent", Word),  # present | phone | second; none: nothing lay there
    Column("confirmed_by", Id),  # the second account
    # waits (for a second account) | asked | nonce | sent | taken | done | refused | dead
    Column("state", Word, nullable=False),
    # refused: the bridge's word; dead: offline | silent | restart | late | replaced | overtaken | lapsed
    Column("why", Word),
    Column("operation", Id),
    Column("asked_ms", Utc, nullable=False),
    Column("changed_ms", Utc, nullable=False),
    Index("ix_orders_state", "state"),
    Index(None, "changed_ms"),
    Index(None, "site", "compartment"),
)
"""What the pages wish of a door. A wish lives for seconds, once nobody else has to agree; its outcome is the
fact that comes back (of an opening by operations.order_id).
"""

rotations = Table(
    "rotations",
    metadata,
    Column("pickup", Id, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("asked_ms", Utc, nullable=False),
    Column("actor", Id),
)
"""Pickups whose code the hub had changed: the generation is at least this."""

# --- devices and how far they are --------------------------------------------------------------

devices = Table(
    "devices",
    metadata,
    Column("id", Device, primary_key=True),
    Column("site", Device, ForeignKey("sites.id"), nullable=False, index=True),
    Column("kind", Word, nullable=False),  # kiosk | bridge
    Column("enrolled_ms", Utc, nullable=False),
    Column("revoked_ms", Utc),
    Column("name", String(80), nullable=False, server_default=""),  # what people call it
)

device_state = Table(
    "device_state",
    metadata,
    Column("device", Device, ForeignKey("devices.id"), primary_key=True),
    Column("online", Boolean, nullable=False, server_default=text("FALSE")),
    Column("presence_session", Id),
    Column("presence_ms", Utc),  # when `online` last changed
    Column("exchange_ms", Utc),  # when anything last came from it
    Column("hello_ms", Utc),
    Column("program", Word),
    Column("version", Word),
    Column("clock", Word),
    Column("clock_off_ms", BigInteger),  # its wall clock minus ours, at hello
    Column("journal", Id),
    Column("last_seq", BigInteger, nullable=False, server_default="0"),  # what it said to hold
    Column("through", BigInteger, nullable=False, server_default="0"),  # what we have; backlog = difference
    Column("feed_version", BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)

boots = Table(
    "boots",
    metadata,
    Column("device", Device, ForeignKey("devices.id"), primary_key=True),
    Column("boot", Id, primary_key=True),
    Column("offset_ms", BigInteger, nullable=False),  # hub wall clock minus the device's monotonic one
    Column("hello_ms", Utc, nullable=False),
    sqlite_with_rowid=False,
)

journals = Table(
    "journals",
    metadata,
    Column("device", Device, primary_key=True),  # of `devices`, or hub.store.own_facts.DEVICE
    Column("journal", Id, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    Column("safe_prune", BigInteger, nullable=False, server_default="0"),
    Column("last_at_ms", Utc, nullable=False, server_default="0"),
    Column("first_seen_ms", Utc, nullable=False),
    sqlite_with_rowid=False,
)

TELLS_REACH = text("type IN ({})".format(", ".join(f"'{tag}'" for tag in TELLING)))
"""Said word for word by the index and by whoever wants it used (hub.store.deadlines)."""
FLEETING = (
    "redacted_ms IS NULL AND type IN"
    " ('code_refused', 'pickup_asked', 'visit_opened', 'parcel_refused', 'item_reassigned')"
)
"""Facts that are looked for by their age, or by a person they no longer are about (hub.store.expiry)."""
ROUND_FACTS = "type IN ('parcel_refused', 'pile_counted')"
"""Which facts tell of the carriers' rounds: word for word in index and queries, or the index is of no use."""

ledger = Table(
    "ledger",
    metadata,
    Column("position", Serial, primary_key=True),
    Column("event", Id, nullable=False, unique=True),
    Column("device", Device, nullable=False),
    Column("site", Device, nullable=False),
    Column("journal", Id, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("prev", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("boot", Id, nullable=False),
    Column("mono_ms", BigInteger, nullable=False),
    Column("wall_ms", BigInteger, nullable=False),
    Column("clock", String(8), nullable=False),
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("received_ms", Utc, nullable=False),
    Column("type", Word, nullable=False),
    Column("ref", Id, nullable=False),  # what the fact is about: see hub.core.subject
    Column("body", LargeBinary, nullable=False),
    Column("quarantine", String(200)),  # why the body could not be read; its bytes are kept
    Column("redacted_ms", Utc),  # since when `body` is less than what `hash` was made over
    Index("ix_ledger_ref", "ref"),
    Index(
        "ix_ledger_fleeting",
        "type",
        "at_ms",
        sqlite_where=text(FLEETING),
        postgresql_where=text(FLEETING),
    ),
    Index(
        "ix_ledger_quarantine",
        "position",
        sqlite_where=text("quarantine IS NOT NULL"),
        postgresql_where=text("quarantine IS NOT NULL"),
    ),
    Index("ix_ledger_reach", "site", "at_ms", sqlite_where=TELLS_REACH, postgresql_where=TELLS_REACH),
    Index(
        "ix_ledger_rounds",  # what was counted and refused, day by day
        "site",
        "at_ms",
        sqlite_where=text(ROUND_FACTS),
        postgresql_where=text(ROUND_FACTS),
    ),
    sqlite_autoincrement=True,
)
"""Raw facts in the order of arrival; per journal that is the order of its sequence numbers."""

feed_heads = Table(
    "feed_heads",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("audience", Word, primary_key=True),  # kiosk | bridge
    Column("version", BigInteger, nullable=False),
    Column("horizon", BigInteger, nullable=False, server_default="0"),  # tombstones up to here are gone
)

feed = Table(
    "feed",
    metadata,
    Column("site", Device, ForeignKey("sites.id"), primary_key=True),
    Column("audience", Word, primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary),  # absent: a tombstone
    Column("changed_ms", Utc, nullable=False),
    UniqueConstraint("site", "audience", "version"),
    Index(
        "ix_feed_live",  # what is so now, among ever more that is no more
        "site",
        "audience",
        "key",
        sqlite_where=text("body IS NOT NULL"),
        postgresql_where=text("body IS NOT NULL"),
    ),
    Index(
        "ix_feed_tombstones",
        "changed_ms",
        sqlite_where=text("body IS NULL"),
        postgresql_where=text("body IS NULL"),
    ),
    sqlite_with_rowid=False,
)

dismissals = Table(
    "dismissals",
    metadata,
    Column("event", Id, primary_key=True),
    Column("account", Id, nullable=False),
    Column("at_ms", Utc, nullable=False),
)
"""Alarms somebody has seen to."""
