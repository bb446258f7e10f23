"""What orders come to: what each owes its partner, and how much of the work goes to the social economy. Pure.

The price is the partner's, to the cent, and goes to the partner whole: nothing is added and nothing kept.
What was paid is what somebody proved; the money never was ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from contract.messages import OrderLine

_lines = msgspec.json.Decoder(tuple[OrderLine, ...])

OVER: Final = frozenset({"done", "cancelled"})
"""States of an order that nobody waits for any more."""
ESS_GOAL_PERCENT: Final = 80
"""So much of the work the network gives to the social economy."""


@dataclass(frozen=True)
class Money:
    """What an order comes to, and what of it was proved to be paid, in cents."""

    due_cents: int = 0
    paid_cents: int = 0

    @property
    def open_cents(self) -> int:
        """What the partner still waits for."""
        return max(0, self.due_cents - self.paid_cents)

    def __add__(self, other: "Money") -> "Money":
        """Both together; open amounts are those of each, so add `open_cents` one by one."""
        return Money(self.due_cents + other.due_cents, self.paid_cents + other.paid_cents)


def money(order: Mapping[str, Any]) -> Money:
    """Of a row of `service_orders`: what was agreed is its price; refused or cancelled, it owes nothing."""
    if order["state"] == "cancelled":
        return Money(0, order["paid_cents"])
    agreed = order["agreed_cents"]
    return Money(order["total_cents"] if agreed is None else agreed, order["paid_cents"])


@dataclass(frozen=True)
class Account:
    """What a partner did: how many orders, what they come to, what was paid, what is open."""

    partner: str
    orders: int
    money: Money
    open_cents: int


def accounts(orders: Iterable[Mapping[str, Any]]) -> list[Account]:
    """By partner, the one with the most first; cancelled orders count only for what was paid."""
    held: dict[str, list[Mapping[str, Any]]] = {}
    for order in orders:
        held.setdefault(order["partner"] or "", []).append(order)
    found = [_account(partner, theirs) for partner, theirs in held.items()]
    return sorted(found, key=lambda one: (-one.money.due_cents, one.partner))


def _account(partner: str, orders: list[Mapping[str, Any]]) -> Account:
    each = [money(order) for order in orders]
    live = sum(order["state"] != "cancelled" for order in orders)
    return Account(partner, live, sum(each, Money()), sum(one.open_cents for one in each))


def lines_of(order: Mapping[str, Any]) -> tuple[OrderLine, ...]:
    """What was ordered, as it was shown."""
    return _lines.decode(order["lines"])


def title_of(order: Mapping[str, Any]) -> str:
    """The service, as it was called when it was ordered; empty where nothing was."""
    return next((line.name for line in lines_of(order)), "")


def is_refused(order: Mapping[str, Any]) -> bool:
    """Whether its person refused what the partner asked: it goes back without work, and nothing is due."""
    return bool(order["refused"])


def lies_ready(order: Mapping[str, Any]) -> bool:
    """Whether it lies there for its person, whatever its partner said."""
    return order["item_state"] == "waiting" and order["state"] not in OVER


def is_late(order: Mapping[str, Any], now_ms: int) -> bool:
    """Whether it was promised for before, and its person still waits for the partner."""
    waits = order["state"] not in OVER and order["state"] != "ready" and not lies_ready(order)
    return waits and order["promised_ms"] is not None and order["promised_ms"] < now_ms


def pressing_first(orders: Iterable[Mapping[str, Any]], now_ms: int) -> list[Mapping[str, Any]]:
    """Late ones first, the latest of them at the top; then by what was promised; at last what is ready."""
    return sorted(
        orders,
        key=lambda order: (
            not is_late(order, now_ms),
            order["state"] == "ready" or lies_ready(order),
            order["promised_ms"] is None,
            order["promised_ms"] or 0,
            order["placed_ms"] or 0,
        ),
    )


@dataclass(frozen=True)
class Share:
    """A part of a whole; `percent` is rounded down, so that nothing under the goal looks like it."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """None where there is nothing yet."""
        return self.part * 100 // self.whole if self.whole else None

    @property
    def under(self) -> bool:
        """Whether it is less than the network wants."""
        return self.percent is not None and self.percent < ESS_GOAL_PERCENT


@dataclass(frozen=True)
class EssShare:
    """How much goes to the social economy: of partners, of orders, of euros (cents)."""

    partners: Share
    orders: Share
    cents: Share

    @property
    def under(self) -> bool:
        """Whether any of them is under the goal."""
        return any(one.under for one in (self.partners, self.orders, self.cents))


@dataclass(frozen=True)
class Work:
    """How many orders a partner has that are not cancelled, and what they come to."""

    partner: str
    orders: int
    due_cents: int


def ess_share(proved: Mapping[str, bool], found: Iterable[Work]) -> EssShare:
    """`proved` says of each partner whether a paper proves that it is of the social economy."""
    known = list(found)
    theirs = [one for one in known if proved.get(one.partner)]
    return EssShare(
        Share(sum(proved.values()), len(proved)),
        Share(sum(one.orders for one in theirs), sum(one.orders for one in known)),
        Share(sum(one.due_cents for one in theirs), sum(one.due_cents for one in known)),
    )
