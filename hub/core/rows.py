"""The rows a fold works on: plain dictionaries by table and key, and which of them changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Row = dict[str, Any]
Key = str | tuple[str, int] | tuple[str, str]
TableName = Literal[
    "items",
    "doors",
    "pickups",
    "operations",
    "visits",
    "alarms",
    "service_orders",
    "quotes",
    "payments",
    "bags",
    "taggings",
    "scans",
    "counts",
    "loads",
    "manifests",
]

KEYS: Mapping[TableName, tuple[str, ...]] = {
    "items": ("id",),
    "doors": ("site", "compartment"),
    "pickups": ("id",),
    "operations": ("id",),
    "visits": ("id",),
    "alarms": ("event",),
    "service_orders": ("id",),
    "quotes": ("id",),
    "payments": ("id",),
    "bags": ("site", "id"),
    "taggings": ("event",),
    "scans": ("event", "tag"),
    "counts": ("event",),
    "loads": ("id",),
    "manifests": ("event",),
}
"""The primary key of each table of the fold."""

_COLUMNS: Mapping[TableName, str] = {
    "items": "kind person size carrier pickup compartment allocation purpose staff"
    " received_ms received_kiosk slip_ms said said_ms claimed_ms left_ms left_evidence kept_ms kept_why"
    " taken_ms taken_why taken_by moved_ms ended_ms ended_evidence proxy identity reassigned_ms",
    "doors": "size floor_cm column row label since_ms alarm alarm_ms alarm_why operation operation_state"
    " item unsure_ms",
    "pickups": "person ticket opened_ms closed_ms",
    "operations": "why allocation attempt purpose authority actor item visit order_id intent_ms pulsed_ms"
    " opened_ms closed_ms",
    "visits": "kiosk way pickup staff opened_ms ended_ms why",
    "alarms": "",
    "service_orders": "number item kind person way service version partner pay pieces weight_grams"
    " promised_ms staff placed_ms placed_event cancelled_ms cancelled_why quote quote_cents quote_accepted"
    " quote_ms quote_contrary_ms agreed_cents begun_ms ready ready_of ready_ms paid_ms"
    " receipt_ms receipt_word done_ms closed_ms closed_why",
    "quotes": "order_id cents by_kind by_id by_employer made_ms accepted answered_by answered_ms staff"
    " contrary_by contrary_ms contrary_staff",
    "payments": "order_id by_kind by_id by_employer",
    "bags": "item order_id promised_ms holder_kind holder_id holder_employer since_ms event"
    " before_kind before_id before_employer post next_post next_ms load manifest doubt asked_ms"
    " lone_kind lone_id lone_employer lone_ms pieces_person pieces_staff pieces_partner weight_grams"
    " begun_ms ended_ms ended_how",
    "taggings": "",
    "scans": "item holder_kind holder_id holder_employer other_kind other_id other_employer"
    " post manifest load note what",
    "counts": "pieces weight_grams who",
    "loads": "holder_kind holder_id holder_employer",
    "manifests": "by_kind by_id by_employer",
}
"""The columns that are empty at first."""

_FIRST: Mapping[TableName, Row] = {
    "items": {
        "state": "received",
        "label": "",
        "estimated": False,
        "named": True,
        "pieces": 1,
        "damaged": False,
        "heavy": False,
        "perishable": False,
    },
    "doors": {
        "declared": False,
        "kind": "lock",
        "state": "unknown",
        "estimated": False,
        "silent": False,
        "allocation": 0,
        "usable": "unchecked",
        "usable_why": "",
    },
    "pickups": {"generation": 1},
    "operations": {"state": "intent", "compartment": 0, "reason": "", "estimated": False},
    "visits": {},
    "alarms": {"device": "", "kind": "", "detail": "", "at_ms": 0, "estimated": False},
    "service_orders": {
        "state": "placed",
        "lines": "[]",
        "total_cents": 0,
        "anonymous": False,
        "estimated": False,
        "refused": False,
        "paid_cents": 0,
    },
    "quotes": {},
    "payments": {"cents": 0, "how": "", "at_ms": 0, "event": ""},
    "bags": {"state": "ordered", "tag": "", "questions": ""},
    "taggings": {"tag": "", "item": "", "how": "", "at_ms": 0, "estimated": False},
    "scans": {"bag": "", "side": "", "device": "", "at_ms": 0, "estimated": False},
    "counts": {"item": "", "by": "", "at_ms": 0, "estimated": False},
    "loads": {"machine": "", "tags": "[]", "at_ms": 0, "estimated": False, "event": ""},
    "manifests": {
        "manifest": "",
        "partner": "",
        "direction": "",
        "tags": "[]",
        "missing": "[]",
        "signed": False,
        "at_ms": 0,
        "estimated": False,
    },
}
"""The others, as they begin."""

_BLANK: Mapping[TableName, Row] = {
    table: dict.fromkeys(names.split()) | _FIRST[table] for table, names in _COLUMNS.items()
}


@dataclass
class Rows:
    """A working set. Rows not `put` before are taken to be absent from the database."""

    held: dict[TableName, dict[Key, Row]] = field(default_factory=lambda: {name: {} for name in KEYS})
    changed: dict[TableName, set[Key]] = field(default_factory=lambda: {name: set() for name in KEYS})
    gone: dict[TableName, set[Key]] = field(default_factory=lambda: {name: set() for name in KEYS})
    stale_bags: set[tuple[str, str]] = field(default_factory=set)
    """Site and id of bags to be computed anew (hub.core.bags)."""
    stale_orders: set[tuple[str, str]] = field(default_factory=set)
    """Site and id of orders whose money is to be counted anew (hub.core.order_rules)."""

    def put(self, table: TableName, rows: Iterable[Row]) -> None:
        """Add rows as the database has them; what is held already was read before, and may have changed."""
        key_columns = KEYS[table]
        held = self.held[table]
        for row in rows:
            held.setdefault(_key(row, key_columns), row)

    def touch(self, table: TableName, key: Key, site: str) -> Row:
        """The row to change; a blank one if there was none.

        A row of another site stays as it is: what that site's devices say of it is not believed (I12).
        """
        row = self.held[table].get(key)
        if row is None:
            row = self.held[table][key] = {**_BLANK[table], "site": site, **_named(table, key)}
        elif row["site"] != site:
            return dict(row)
        self.changed[table].add(key)
        return row

    def remove(self, table: TableName, key: Key) -> None:
        """Take a row out: nothing speaks of it any more."""
        self.held[table].pop(key, None)
        self.changed[table].discard(key)
        self.gone[table].add(key)

    def door(self, site: str, compartment: int) -> Row:
        """The row of a door."""
        return self.touch("doors", (site, compartment), site)

    def of(self, table: TableName) -> list[Row]:
        """The rows that changed."""
        held = self.held[table]
        return [held[key] for key in self.changed[table]]

    def keys_gone(self, table: TableName) -> list[tuple[str | int, ...]]:
        """The primary keys of the rows that are no more."""
        return [(key,) if isinstance(key, str) else key for key in self.gone[table]]


def is_blank(table: TableName, row: Row) -> bool:
    """Whether nothing was said of it."""
    return all(row[name] == value for name, value in _BLANK[table].items())


def _key(row: Row, columns: tuple[str, ...]) -> Key:
    return row[columns[0]] if len(columns) == 1 else (row[columns[0]], row[columns[1]])


def _named(table: TableName, key: Key) -> Row:
    columns = KEYS[table]
    return {columns[0]: key} if isinstance(key, str) else dict(zip(columns, key, strict=True))
