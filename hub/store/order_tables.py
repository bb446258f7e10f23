"""What `hub.core.fold` computes of orders and of bags on their way: nobody writes these otherwise.

`bags` says where each bag is now, and follows from `taggings`, `scans`, `counts` and `service_orders` alone,
whatever order they arrived in. JSON columns are encoded by `hub.core.order_rules`.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from hub.store.columns import Device, Id, Utc, Word, metadata

_FALSE = text("FALSE")
_Label = String(256)


def _party(name: str) -> tuple[Column[Any], ...]:
    """A `Holder` of the contract: kind, id, and whose people they are."""
    return Column(f"{name}_kind", Word), Column(f"{name}_id", Id), Column(f"{name}_employer", Id)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_UNDER_WAY = "state NOT IN ('done', 'cancelled')"  # hub.core.order_book.OVER

service_orders = Table(
    "service_orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    # placed | quoted (to be answered) | part_ready | ready | done (its person has it) | cancelled
    Column("state", Word, nullable=False),
    Column("number", Word),
    Column("item", Id, index=True),
    Column("kind", Word),
    Column("person", Id, index=True),
    Column("way", Word),
    Column("service", Id),
    Column("version", BigInteger),
    Column("partner", Id),
    Column("lines", Text, nullable=False, server_default="[]"),  # JSON: contract.messages.OrderLine
    Column("total_cents", Integer, nullable=False, server_default="0"),
    Column("pay", Word),  # partner | employer: never to us
    Column("pieces", Integer),  # what was said at the order
    Column("weight_grams", Integer),
    Column("promised_ms", Utc),
    Column("staff", Id),
    Column("anonymous", Boolean, nullable=False, server_default=_FALSE),
    Column("placed_ms", Utc),
    Column("placed_event", Id),
    Column("estimated", Boolean, nullable=False, server_default=_FALSE),
    Column("cancelled_ms", Utc),
    Column("cancelled_why", Word),
    Column("quote", Id),  # the latest
    Column("quote_cents", Integer),
    Column("quote_accepted", Boolean),  # unknown: not answered
    Column("quote_ms", Utc),  # when it was made
    Column("quote_contrary_ms", Utc),  # when the opposite was said as well
    Column("agreed_cents", Integer),  # of the latest that was accepted: the price; 0 where `refused`
    # nothing was ever accepted or done, and the latest was refused: it goes back as it came, nothing is due
    Column("refused", Boolean, nullable=False, server_default=_FALSE),
    Column("begun_ms", Utc),  # when the partner first said that some of it is done
    Column("ready", Integer),  # pieces that are done
    Column("ready_of", Integer),
    Column("ready_ms", Utc),
    Column("paid_cents", Integer, nullable=False, server_default="0"),
    Column("paid_ms", Utc),
    Column("receipt_ms", Utc),  # when a receipt was last shown or printed
    Column("receipt_word", Word),  # its check word (contract.receipt)
    Column("done_ms", Utc),
    Column("closed_ms", Utc),  # nobody has its bag, nor will: it is cancelled by what became of that
    Column("closed_why", Word),  # given_up (never dropped, or taken back) | lost | destroyed | misread
    Index(None, "site", "placed_ms"),
    Index(None, "partner", "placed_ms"),
    Index("ix_service_orders_site_under_way", "site", "placed_ms", **_where(_UNDER_WAY)),
    Index("ix_service_orders_partner_under_way", "partner", **_where(_UNDER_WAY)),
    Index("ix_service_orders_promised", "promised_ms", **_where(_UNDER_WAY)),  # what may soon be late
    # all that the share of the social economy is computed from
    Index("ix_service_orders_share", "placed_ms", "partner", "state", "total_cents", "agreed_cents"),
    Index(None, "number"),
    sqlite_with_rowid=False,
)
"""Orders of a service. (`orders` are remote openings of doors.)"""

IS_UNDER_WAY = text(f"service_orders.{_UNDER_WAY}")
"""In the words of the `under_way` indexes: SQLite uses them for no others."""

quotes = Table(
    "quotes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("order_id", Id, index=True),
    Column("cents", Integer),
    *_party("by"),
    Column("made_ms", Utc),
    Column("accepted", Boolean),  # the first answer, and who gave it
    Column("answered_by", Word),  # person | staff
    Column("answered_ms", Utc),
    Column("staff", Id),
    Column("contrary_by", Word),  # the first one that says otherwise
    Column("contrary_ms", Utc),
    Column("contrary_staff", Id),
    sqlite_with_rowid=False,
)

payments = Table(
    "payments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("order_id", Id, index=True),
    Column("cents", Integer, nullable=False),
    Column("how", Word, nullable=False),
    *_party("by"),
    Column("at_ms", Utc, nullable=False),
    Column("event", Id, nullable=False),
    sqlite_with_rowid=False,
)

bags = Table(
    "bags",
    metadata,
    Column("site", Device, primary_key=True),
    Column("id", Id, primary_key=True),  # the item; for a tag nobody knows: hub.core.bags.unknown
    Column("item", Id),  # absent: its tag was never given to anything here
    Column("tag", _Label, nullable=False, server_default=""),
    Column("order_id", Id),
    Column("promised_ms", Utc),
    # ordered (not seen yet) | held | given (by its holder, to nobody known) | lost | ended
    Column("state", Word, nullable=False),
    *_party("holder"),
    Column("since_ms", Utc),
    Column("event", Id),  # the fact that says so
    *_party("before"),
    Column("post", Word),  # the last on its route
    Column("next_post", Word),
    Column("next_ms", Utc),  # when it must be scanned there, so that the promise can be kept
    Column("load", Id),  # the last machine's
    Column("manifest", Id),
    Column("doubt", Word),  # clock | tie: of what decides where it is
    # `kind@since_ms`, comma-separated: see hub.core.custody.Question
    Column("questions", String(240), nullable=False, server_default=""),
    Column("asked_ms", Utc),  # since when the oldest of them stands
    *_party("lone"),  # who is to say that they have, or gave, it
    Column("lone_ms", Utc),
    Column("pieces_person", Integer),  # the latest count of each
    Column("pieces_staff", Integer),
    Column("pieces_partner", Integer),
    Column("weight_grams", Integer),
    Column("begun_ms", Utc),
    Column("ended_ms", Utc),
    Column("ended_how", Word),  # collected | returned; or as closed_why of orders
    Index(None, "site", "tag"),
    Index("ix_bags_open", "site", "holder_kind", "holder_id", **_where("ended_ms IS NULL")),
    Index("ix_bags_holder_id", "holder_id", **_where("ended_ms IS NULL")),  # at whichever site
    Index(None, "tag"),
    Index("ix_bags_site_next_ms", "site", "next_ms", **_where("next_ms IS NOT NULL")),
    Index("ix_bags_site_asked_ms", "site", "asked_ms", **_where("asked_ms IS NOT NULL")),
    Index("ix_bags_next_ms", "next_ms", **_where("next_ms IS NOT NULL")),
    Index("ix_bags_asked_ms", "asked_ms", **_where("asked_ms IS NOT NULL")),
    sqlite_with_rowid=False,
)
"""Where each bag is: one row an item, or a tag nobody knows, as its site sees it."""

taggings = Table(
    "taggings",
    metadata,
    Column("event", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("tag", _Label, nullable=False),
    Column("item", Id, nullable=False, index=True),
    Column("how", Word, nullable=False),
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Index(None, "site", "tag", "at_ms"),
    Index(None, "tag"),
    sqlite_with_rowid=False,
)
"""From when on a tag is which item: a tag that is used again begins anew."""

scans = Table(
    "scans",
    metadata,
    Column("event", Id, primary_key=True),
    Column("tag", _Label, primary_key=True),  # a load has many; empty for what a bridge saw of an item
    Column("site", Device, nullable=False),
    Column("bag", Id, nullable=False),  # of `bags`
    Column("item", Id),  # as the scanner said
    # give | take | load | missing | note | written_off
    # of bridges: left | out | sent | collected | kept | lost
    Column("side", Word, nullable=False),
    *_party("holder"),
    *_party("other"),
    Column("post", Word),
    Column("manifest", Id),
    Column("load", Id),
    Column("note", Id),
    Column(
        "what", Word
    ),  # a note: stain | missing_piece | damaged | other; a place: hold | drop; why written off
    Column("device", Device, nullable=False),
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Index(None, "site", "tag", "at_ms"),
    Index(None, "site", "bag", "at_ms"),
    Index(None, "site", "at_ms"),
    Index(None, "item", **_where("item IS NOT NULL")),
    Index(None, "manifest", **_where("manifest IS NOT NULL")),
    Index(None, "load", **_where("load IS NOT NULL")),
    sqlite_with_rowid=False,
)
"""What was seen of bags, one row a fact and tag."""

counts = Table(
    "counts",
    metadata,
    Column("event", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("item", Id, nullable=False, index=True),
    Column("by", Word, nullable=False),  # person | staff | partner
    Column("pieces", Integer),
    Column("weight_grams", Integer),
    Column("who", Id),
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""Counts and weights: an added line each, never an edit."""

loads = Table(
    "loads",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", Device, nullable=False),
    Column("machine", Word, nullable=False),
    *_party("holder"),
    Column("tags", Text, nullable=False),  # JSON
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("event", Id, nullable=False),
    Index(None, "site", "at_ms"),
    sqlite_with_rowid=False,
)

manifests = Table(
    "manifests",
    metadata,
    Column("event", Id, primary_key=True),  # closed twice, it has two rows
    Column("manifest", Id, nullable=False, index=True),
    Column("site", Device, nullable=False),
    Column("partner", Id, nullable=False),
    Column("direction", Word, nullable=False),  # out: to the partner | in
    Column("tags", Text, nullable=False),  # JSON
    Column("missing", Text, nullable=False),  # JSON
    *_party("by"),
    Column("signed", Boolean, nullable=False),
    Column("at_ms", Utc, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Index(None, "site", "at_ms"),
    Index(None, "partner", "at_ms"),
    sqlite_with_rowid=False,
)

FOLD_OF_ORDERS: tuple[Table, ...] = (
    service_orders,
    quotes,
    payments,
    bags,
    taggings,
    scans,
    counts,
    loads,
    manifests,
)
