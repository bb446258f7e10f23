"""What somebody does to an order on these pages: facts of the hub's own journal.

Each looks and writes in one transaction; what is done already, or is no longer to be done, is refused.
"""

from typing import Final, Literal

from sqlalchemy import Connection

from contract import messages as m
from contract.ids import fresh_id
from hub.core.order_book import OVER, money
from hub.store.order_book import Order, order_of, payments_of
from hub.store.own_facts import OwnFact, append

Way = Literal["terminal", "link", "invoice", "cash", "employer"]
CancelWhy = Literal["person", "partner", "staff"]
Refusal = Literal["over", "paid", "too_much", "nothing", "answered"]

CANCELLING: Final[tuple[CancelWhy, ...]] = ("person", "partner", "staff")


class DeedError(ValueError):
    """What cannot be done any more; `why` says so."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def cancel(connection: Connection, site: str, order: str, why: CancelWhy, now_ms: int) -> bool:
    """The order is no more; False where there is none. Raises DeedError where it is over."""
    found = order_of(connection, site, order)
    if found is None:
        return False
    if found["state"] in OVER:
        raise DeedError("over")
    _tell(connection, site, fresh_id(now_ms), m.OrderCancelled(order=order, why=why), now_ms)
    return True


def note_payment(
    connection: Connection, site: str, order: str, payment: str, cents: int, how: Way, by: str, now_ms: int
) -> bool:
    """Somebody proved that the partner was paid; the same `payment` twice counts once.

    False where there is no such order. Raises DeedError.
    """
    found = order_of(connection, site, order)
    if found is None:
        return False
    if any(row.id == payment for row in payments_of(connection, [order]).get(order, ())):
        return True
    _hold_to_price(found, cents)
    fact = m.PaymentNoted(
        payment=payment, order=order, cents=cents, how=how, by=m.Holder(kind="staff", id=by)
    )
    _tell(connection, site, payment, fact, now_ms)
    return True


def _hold_to_price(order: Order, cents: int) -> None:
    open_cents = money(order).open_cents
    if not cents:
        raise DeedError("nothing")
    if not open_cents:
        raise DeedError("paid")
    if cents > open_cents:
        raise DeedError("too_much")


def answer_quote(
    connection: Connection, site: str, order: str, quote: str, *, accepted: bool, now_ms: int
) -> bool:
    """Their person said yes or no to the latest quote; False where there is no such order.

    Raises DeedError where another quote came meanwhile, or it was answered.
    """
    found = order_of(connection, site, order)
    if found is None:
        return False
    if found["state"] in OVER:
        raise DeedError("over")
    if found["quote"] != quote or found["quote_accepted"] is not None:
        raise DeedError("answered")
    fact = m.QuoteAnswered(quote=quote, order=order, accepted=accepted, by="staff")
    _tell(connection, site, fresh_id(now_ms), fact, now_ms)
    return True


def _tell(connection: Connection, site: str, event: str, fact: m.OrderFact, now_ms: int) -> None:
    append(connection, [OwnFact(event, site, now_ms, False, fact)], now_ms)
