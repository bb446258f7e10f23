"""Orders that staff take on these pages, and their receipts: facts of the hub's own journal."""

from collections.abc import Sequence
from datetime import tzinfo

from sqlalchemy import Connection

from contract import messages as m
from contract.ids import fresh_id
from contract.messages import Promise
from hub.core.catalogue import Listed
from hub.core.counter import ChangedError, Wanted, is_orderable, placed
from hub.store.catalogue import live_promises, service_of, services_of
from hub.store.order_book import order_of
from hub.store.own_facts import OwnFact, append


def orderable(connection: Connection, site: str, now_ms: int, *, for_a_bag: bool = False) -> list[Listed]:
    """What may be ordered there now, in the order of the catalogue: what comes, or what is done to a bag."""
    found = services_of(connection, site)
    return [one for one in found if is_orderable(one, now_ms, for_a_bag=for_a_bag)]


def promise_of(
    connection: Connection, site: str, listed: Listed, now_ms: int, zone: tzinfo
) -> Promise | None:
    """What its partner promises who orders now."""
    return next(iter(live_promises(connection, site, listed.offer, now_ms, zone)), None)


def place_order(
    connection: Connection, site: str, wanted: Wanted, home: str, account: str, now_ms: int, zone: tzinfo
) -> bool:
    """Order it, for the bag `wanted.item` if there is one; False where it is ordered already.

    Raises ChangedError.
    """
    if order_of(connection, site, wanted.order) is not None:
        return False
    listed = service_of(connection, site, wanted.service)
    if listed is None or not is_orderable(listed, now_ms, for_a_bag=wanted.item is not None):
        raise ChangedError(wanted.service)
    promise = promise_of(connection, site, listed, now_ms, zone)
    _tell(connection, site, wanted.order, [placed(wanted, listed, promise, home, account)], now_ms)
    return True


def receipt_printed(connection: Connection, site: str, order: str, word: str, now_ms: int) -> None:
    """Its receipt was printed, with this check word."""
    _tell(connection, site, fresh_id(now_ms), [m.ReceiptShown(order=order, how="print", word=word)], now_ms)


def _tell(connection: Connection, site: str, event: str, facts: Sequence[m.OrderFact], now_ms: int) -> None:
    append(connection, [OwnFact(event, site, now_ms, False, fact) for fact in facts], now_ms)
