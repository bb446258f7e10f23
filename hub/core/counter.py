"""An order taken at the counter for somebody who is not there: its lines, and what is promised. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contract import bag_tag
from contract.messages import OrderLine, OrderPlaced, Promise
from hub.core.catalogue import Listed, Names

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Wanted:
    """What was chosen: `order` is made with the form, so that what is sent twice is one order.

    `counts`: how often each option, by its id. `version` and `promised_ms` are what the page showed.
    `item`: the bag that is here already, and is what the order is for. `anonymous`: nobody knows whose it is.
    """

    order: str
    person: str
    service: str
    version: int
    counts: Mapping[str, int]
    promised_ms: int | None
    item: str | None = None
    anonymous: bool = False


class ChangedError(ValueError):
    """It is not offered as it was shown: another price, gone, or ready at another time."""


def is_orderable(listed: Listed, now_ms: int, *, for_a_bag: bool = False) -> bool:
    """Whether it is offered now: what comes for whoever orders it, or what is done to a bag."""
    begun = listed.offer.from_ms is None or listed.offer.from_ms <= now_ms
    return (listed.offer.way == "drop") == for_a_bag and begun and not listed.over(now_ms)


def lines(listed: Listed, counts: Mapping[str, int], home: str) -> tuple[OrderLine, ...]:
    """The service and what was added, in the words of the place: whoever does the work reads them."""
    first = OrderLine(name=_said(listed.offer.name, home, listed.id), unit_cents=listed.offer.cents)
    added = (
        OrderLine(
            name=_said(one.name, home, one.id),
            unit_cents=one.cents,
            count=min(counts[one.id], one.most),
            option=one.id,
        )
        for one in listed.offer.options
        if counts.get(one.id, 0) > 0
    )
    return (first, *added)


def total_cents(order: Iterable[OrderLine]) -> int:
    """What is to be paid to the partner, or by the employer."""
    return sum(one.unit_cents * one.count for one in order)


def placed(wanted: Wanted, listed: Listed, promise: Promise | None, home: str, account: str) -> OrderPlaced:
    """The fact of it. Raises ChangedError."""
    promised_ms = None if promise is None else promise.ready_ms
    if listed.version != wanted.version or promised_ms != wanted.promised_ms:
        raise ChangedError(listed.id)
    offer, item = listed.offer, wanted.item or item_of(wanted.order)
    agreed = lines(listed, wanted.counts, home)
    return OrderPlaced(
        order=wanted.order,
        number=bag_tag.printed(item),
        item=item,
        kind=offer.kind,  # type: ignore[arg-type]
        person=wanted.person,
        way="staff",
        service=listed.id,
        version=listed.version,
        partner=offer.partner,
        lines=agreed,
        total_cents=total_cents(agreed),
        pay=offer.pay,  # type: ignore[arg-type]
        promised_ms=promised_ms,
        staff=account,
        anonymous=wanted.anonymous,
    )


def item_of(order: str) -> str:
    """The id of what will come for this order."""
    return hashlib.sha256(f"item\0{order}".encode()).hexdigest()[:32]


def _said(names: Names, home: str, otherwise: str) -> str:
    found = names.get(home) or next((text for text in names.values() if text), "")
    return (found or otherwise)[:_LONGEST_NAME]
