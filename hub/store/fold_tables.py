"""The tables that `hub.core.fold` computes from the ledger, and nobody writes otherwise."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, text

from hub.store.columns import Device, Id, Utc, Word, metadata

items = Table(
    "items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    # received | claimed | waiting | brought (a drop that lies there) | kept | in_hand | away (at a partner)
    # | collected | dropped | returned | lost | gone
    Column("state", Word, nullable=False),
    Column("kind", Word),
    Column("person", Id),
    Column("size", String(2)),
    Column("label", String(256), nullable=False, server_default=""),
    Column("carrier", Word),
    Column("pickup", Id),
    Column("compartment", Integer),
    Column("allocation", Integer),
    Column("purpose", Word),  # hold | drop (for the concierge: its person does not collect it there)
    Column("staff", Id),
    Column("received_ms", Utc),  # the kiosk's column group
    Column("received_kiosk", Device),
    Column("named", Boolean, nullable=False, server_default=text("TRUE")),  # false: person made for it alone
    Column("pieces", Integer, nullable=False, server_default="1"),
    Column("damaged", Boolean, nullable=False, server_default=text("FALSE")),
    Column("heavy", Boolean, nullable=False, server_default=text("FALSE")),
    Column("perishable", Boolean, nullable=False, server_default=text("FALSE")),
    Column("slip_ms", Utc),
    Column("said", Word),
    Column("said_ms", Utc),
    Column("claimed_ms", Utc),  # the bridge's column group
    Column("left_ms", Utc),
    Column("left_evidence", Word),
    Column("kept_ms", Utc),
    Column("kept_why", Word),
    Column("taken_ms", Utc),  # since when staff have it in hand
    Column("taken_why", Word),
    Column("taken_by", Id),
    Column("moved_ms", Utc),  # when it was last put to another place
    Column("ended_ms", Utc),  # collected, dropped, returned, lost or gone
    Column("ended_evidence", Word),
    Column("proxy", Id),  # the mandate under which it was received
    Column("identity", Word),  # known | document
    Column("reassigned_ms", Utc),  # when it turned out to be somebody else's
    Column("estimated", Boolean, nullable=False, server_default=text("FALSE")),  # of the latest bridge time
    Index(None, "site", "ended_ms"),
    Index(
        "ix_items_pickup",
        "pickup",
        sqlite_where=text("ended_ms IS NULL"),
        postgresql_where=text("ended_ms IS NULL"),
    ),
    Index(
        "ix_items_here",  # few beside all that ever was
        "site",
        "state",
        sqlite_where=text("ended_ms IS NULL"),
        postgresql_where=text("ended_ms IS NULL"),
    ),
    Index(
        "ix_items_nameless",  # few there are, and every first page looks for them
        "site",
        sqlite_where=text("named = 0"),
        postgresql_where=text("NOT named"),
    ),
    Index(
        "ix_items_label",
        "label",
        sqlite_where=text("label <> ''"),
        postgresql_where=text("label <> ''"),
    ),
    sqlite_with_rowid=False,
)

IS_SOMEBODYS = items.c.named | items.c.reassigned_ms.is_not(None)
"""Whether anybody knows whose it is: else it lies under a person made for it alone."""
IS_NOBODYS = ~items.c.named & items.c.reassigned_ms.is_(None)
"""The other way round, in the words of `ix_items_nameless`: SQLite uses it for no others."""

doors = Table(
    "doors",
    metadata,
    Column("site", Device, primary_key=True),
    Column("compartment", Integer, primary_key=True),
    Column("declared", Boolean, nullable=False, server_default=text("FALSE")),  # in the present cabinet
    Column("kind", Word, nullable=False, server_default="lock"),  # lock | shelf
    Column("size", String(2)),
    Column("floor_cm", Integer),
    Column("column", Integer),
    Column("row", Integer),
    Column("label", Word),
    Column("state", Word, nullable=False, server_default="unknown"),  # closed | open | unknown
    Column("since_ms", Utc),
    Column("estimated", Boolean, nullable=False, server_default=text("FALSE")),
    Column("silent", Boolean, nullable=False, server_default=text("FALSE")),  # its board answers no more
    Column("alarm", Word),  # jammed | left_open | forced | uncertain
    Column("alarm_ms", Utc),
    Column("alarm_why", Word),
    Column("operation", Id),  # the last one
    Column("operation_state", Word),
    Column("item", Id),  # what lies there, or is being put there
    Column("allocation", Integer, nullable=False, server_default="0"),  # the last given
    Column("usable", Word, nullable=False, server_default="unchecked"),  # usable | unchecked | out
    Column("usable_why", String(400), nullable=False, server_default=""),
    Column("unsure_ms", Utc),  # since when its item may have left: an opening to take it out was cut short
    sqlite_with_rowid=False,
)

pickups = Table(
    "pickups",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("person", Id),
    Column("ticket", Integer),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("opened_ms", Utc),
    Column("closed_ms", Utc),
    Index(None, "ticket", "opened_ms"),
    Index(None, "person"),
    sqlite_with_rowid=False,
)

operations = Table(
    "operations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("compartment", Integer, nullable=False),
    # intent | pulsed | opened | closed | not_opened | left_open | uncertain
    Column("state", Word, nullable=False),
    Column("why", Word),
    Column("allocation", Integer),
    Column("attempt", Integer),
    Column("purpose", Word),
    Column("authority", Word),
    Column("actor", Id),
    Column("reason", String(400), nullable=False, server_default=""),
    Column("item", Id, index=True),
    Column("visit", Id),
    Column("order_id", Id),
    Column("intent_ms", Utc),
    Column("pulsed_ms", Utc),
    Column("opened_ms", Utc),
    Column("closed_ms", Utc),
    Column("estimated", Boolean, nullable=False, server_default=text("FALSE")),
    Index(None, "site", "compartment", "intent_ms"),
    Index(
        "ix_operations_order_id",
        "order_id",
        sqlite_where=text("order_id IS NOT NULL"),
        postgresql_where=text("order_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

visits = Table(
    "visits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("kiosk", Device),
    Column("way", Word),
    Column("pickup", Id),
    Column("staff", Id),
    Column("opened_ms", Utc),
    Column("ended_ms", Utc),
    Column("why", Word),
    Index(None, "pickup"),
    sqlite_with_rowid=False,
)

alarms = Table(
    "alarms",
    metadata,
    Column("event", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("device", Device, nullable=False),
    # hole | went_back | chain_broken | range_gone | corrupt | help | adopted_ended | lost (detail: door/item)
    # | lost_asked (detail: /item)
    Column("kind", Word, nullable=False),
    Column("detail", String(400), nullable=False, server_default=""),
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Index(None, "site"),
    Index(None, "kind"),  # a child presses for help a thousand times; a loss is looked for among them
    sqlite_with_rowid=False,
)
"""Facts that are alarms by themselves. Somebody saw it: a row in `dismissals`."""

FOLD: tuple[Table, ...] = (items, doors, pickups, operations, visits, alarms)
"""Doors, what lies behind them and who came for it; orders and bags are in hub.store.order_tables."""
