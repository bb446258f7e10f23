"""From facts to how things stand: every table of the hub that sites speak about.

Pure and repeatable: the same facts, in the order of each journal, give the same rows, however the
journals of different devices interleave. That holds because every column has one writer: the bridge
of a site writes what concerns doors and custody; what kiosks add (who received it, what was said on
the screen) stands only where the bridge is silent, or goes to columns of its own, where the earliest or
latest wins by time. What a bridge took over from the hub is the hub's word, not the bridge's: it ends or
revives nothing that a bridge saw end, and where it says otherwise that is an alarm under its own event.
"""

from collections.abc import Callable, Iterable
from typing import Any

from contract import messages as m
from hub.core import door_rules as doors
from hub.core import item_rules as items
from hub.core import order_rules as orders
from hub.core.rows import KEYS, Key, Rows, TableName
from hub.core.told import Told


def wanted(told: Iterable[Told]) -> dict[TableName, set[Key]]:
    """The rows a fold of these facts reads. Bring `doors` of `whole_sites` as well."""
    keys: dict[TableName, set[Key]] = {name: set() for name in KEYS}
    for event in told:
        fact = event.fact
        kind = type(fact)
        for table, field in _READS.get(kind, ()):
            value = getattr(fact, field)
            if value is not None:
                keys[table].add((event.site, value) if table == "doors" else value)
        if kind in _WHOLE_BOARDS:
            keys["doors"].update((event.site, compartment) for compartment in _compartments(fact))
    return keys


def whole_sites(told: Iterable[Told]) -> set[str]:
    """Sites of which all doors are read: their lockers were described anew."""
    return {event.site for event in told if isinstance(event.fact, m.CabinetDeclared)}


def fold(rows: Rows, told: Iterable[Told]) -> None:
    """Apply facts to `rows`, which hold what `wanted` and `whole_sites` asked for."""
    for event in told:
        rule = _RULES.get(type(event.fact))
        if rule is not None:
            rule(rows, event, event.fact)
        if type(event.fact) in orders.AT_DOORS:
            orders.at_a_door(rows, event, event.fact)
    rows.stale_bags |= {(row["site"], row["id"]) for row in rows.of("items") if orders.is_tracked(row)}


_ITEM: tuple[tuple[TableName, str], ...] = (("items", "item"), ("doors", "compartment"))
_STEP: tuple[tuple[TableName, str], ...] = (("operations", "operation"), ("doors", "compartment"))
_DOOR: tuple[tuple[TableName, str], ...] = (("doors", "compartment"),)
_PICKUP: tuple[tuple[TableName, str], ...] = (("pickups", "pickup"),)
_VISIT: tuple[tuple[TableName, str], ...] = (("visits", "visit"),)
_SAID: tuple[tuple[TableName, str], ...] = (("items", "item"),)
_ORDER: tuple[tuple[TableName, str], ...] = (("service_orders", "order"),)

_RULES: dict[Any, Callable[[Rows, Told, Any], None]] = {
    m.CabinetDeclared: doors.cabinet,
    m.DoorsSeen: doors.doors_seen,
    m.BoardSilent: doors.board_silent,
    m.BoardBack: doors.board_back,
    m.CompartmentChecked: doors.checked,
    m.DoorIntent: doors.intent,
    m.DoorPulsed: doors.pulsed,
    m.DoorOpened: doors.opened,
    m.DoorClosed: doors.closed,
    m.DoorNotOpened: doors.not_opened,
    m.DoorLeftOpen: doors.left_open,
    m.DoorForced: doors.forced,
    m.DoorUncertain: doors.uncertain,
    m.ItemClaimed: items.claimed,
    m.ItemLeft: items.left,
    m.ClaimDropped: items.dropped,
    m.ItemCollected: items.collected,
    m.ItemKept: items.kept,
    m.ItemTakenOut: items.taken_out,
    m.ItemReturned: items.returned,
    m.ItemSentOut: items.sent_out,
    m.ItemLost: items.lost,
    m.ItemReassigned: items.reassigned,
    m.ItemEnded: items.ended,
    m.HoldingAdopted: items.adopted,
    m.PickupOpened: items.pickup_opened,
    m.CodeRotated: items.rotated,
    m.PickupClosed: items.pickup_closed,
    m.VisitOpened: items.visit_opened,
    m.VisitEnded: items.visit_ended,
    m.ParcelReceived: items.received,
    m.ParcelRefused: items.refused,
    m.PersonSaid: items.said,
    m.SlipShown: items.slip_shown,
    m.JournalOpened: items.journal_opened,
    m.Hole: items.hole,
    m.HelpAsked: items.help_asked,
    m.OrderPlaced: orders.placed,
    m.OrderCancelled: orders.cancelled,
    m.ReceiptShown: orders.receipt,
    m.WorkDone: orders.work_done,
    m.QuoteMade: orders.quote_made,
    m.QuoteAnswered: orders.quote_answered,
    m.PaymentNoted: orders.payment,
    m.BagTagged: orders.tagged,
    m.PiecesCounted: orders.counted,
    m.BagScanned: orders.scanned,
    m.BagNoted: orders.noted,
    m.BagWrittenOff: orders.written_off,
    m.LoadMade: orders.load_made,
    m.ManifestClosed: orders.manifest_closed,
}
"""Facts that are not here (a wrong code, a process that started) change nothing but the ledger."""

_READS: dict[Any, tuple[tuple[TableName, str], ...]] = (
    dict.fromkeys(
        (
            m.ItemClaimed,
            m.ItemLeft,
            m.ClaimDropped,
            m.ItemCollected,
            m.ItemKept,
            m.ItemTakenOut,
            m.ItemLost,
            m.HoldingAdopted,
        ),
        _ITEM,
    )
    | dict.fromkeys(
        (m.DoorIntent, m.DoorPulsed, m.DoorOpened, m.DoorClosed, m.DoorNotOpened, m.DoorLeftOpen), _STEP
    )
    | {m.DoorUncertain: _STEP, m.DoorForced: _DOOR, m.CompartmentChecked: _DOOR}
    | dict.fromkeys((m.PickupOpened, m.CodeRotated, m.PickupClosed), _PICKUP)
    | dict.fromkeys((m.VisitOpened, m.VisitEnded), _VISIT)
    | dict.fromkeys((m.ParcelReceived, m.PersonSaid, m.SlipShown, m.ItemReturned, m.ItemReassigned), _SAID)
    | dict.fromkeys((m.ParcelRefused, m.ItemSentOut, m.ItemEnded), _SAID)
    | dict.fromkeys((m.OrderPlaced, m.OrderCancelled, m.ReceiptShown, m.WorkDone), _ORDER)
    | {m.QuoteMade: (("quotes", "quote"), *_ORDER), m.QuoteAnswered: (("quotes", "quote"), *_ORDER)}
    | {m.PaymentNoted: (("payments", "payment"), *_ORDER), m.LoadMade: (("loads", "load"),)}
)


_WHOLE_BOARDS = frozenset({m.DoorsSeen, m.BoardSilent, m.BoardBack, m.CabinetDeclared})
"""Facts that speak of many doors at once."""


def _compartments(fact: m.AnyFact) -> tuple[int, ...]:
    match fact:
        case m.DoorsSeen():
            return (*fact.open, *fact.closed)
        case m.BoardSilent() | m.BoardBack():
            return fact.compartments
        case m.CabinetDeclared():
            return tuple(place.compartment for place in fact.compartments)
    return ()
