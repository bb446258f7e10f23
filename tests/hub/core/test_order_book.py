"""What orders come to, to the cent, and nothing of it is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.order_book import (
    Account,
    Money,
    Share,
    Work,
    accounts,
    ess_share,
    is_late,
    money,
    pressing_first,
)


def order(**more: Any) -> dict[str, Any]:
    plain = {"id": "o", "partner": "p", "state": "placed", "total_cents": 1200, "paid_cents": 0}
    quotes = {"quote_cents": None, "quote_accepted": None, "agreed_cents": None}
    return plain | quotes | {"promised_ms": 100, "placed_ms": 1, "item_state": None} | more


@pytest.mark.parametrize(
    ("changes", "due", "open_cents"),
    [
        ({}, 1200, 1200),
        ({"paid_cents": 500}, 1200, 700),
        ({"paid_cents": 2000}, 1200, 0),
        ({"quote_cents": 4500, "quote_accepted": True, "agreed_cents": 4500}, 4500, 4500),
        ({"quote_cents": 6000, "quote_accepted": False, "agreed_cents": 4500}, 4500, 4500),
        ({"quote_cents": 6000, "quote_accepted": None, "agreed_cents": 4500}, 4500, 4500),
        ({"quote_cents": 4500, "quote_accepted": False, "agreed_cents": 0}, 0, 0),
        ({"quote_cents": 4500, "quote_accepted": None}, 1200, 1200),
        ({"quote_cents": 0, "quote_accepted": True, "agreed_cents": 0}, 0, 0),
        ({"state": "cancelled"}, 0, 0),
    ],
)
def test_an_order_owes_its_price_and_what_is_proved_to_be_paid_is_off(
    changes: dict[str, Any], due: int, open_cents: int
) -> None:
    found = money(order(**changes))
    assert (found.due_cents, found.open_cents) == (due, open_cents)


def test_what_one_paid_too_much_does_not_pay_for_another() -> None:
    [account] = accounts([order(paid_cents=2000), order(), order(state="cancelled")])
    assert account == Account("p", 2, Money(2400, 2000), 1200)


def test_late_ones_come_first_and_ready_ones_last() -> None:
    late, soon, ready, never = (
        order(id="late", promised_ms=10),
        order(id="soon", promised_ms=90),
        order(id="ready", promised_ms=5, state="ready"),
        order(id="never", promised_ms=None),
    )
    assert [one["id"] for one in pressing_first([ready, never, soon, late], 50)] == [
        "late",
        "soon",
        "never",
        "ready",
    ]
    assert not is_late(order(state="done", promised_ms=1), 50)


def test_under_eighty_percent_is_said_and_eighty_is_enough() -> None:
    assert (Share(8, 10).percent, Share(8, 10).under) == (80, False)
    assert (Share(799, 1000).percent, Share(799, 1000).under) == (79, True)
    assert (Share(0, 0).percent, Share(0, 0).under) == (None, False)
    found = [Work("a", 9, 900), Work("b", 1, 600)]
    share = ess_share({"a": True, "b": False, "c": True}, found)
    assert [one.percent for one in (share.partners, share.orders, share.cents)] == [66, 90, 60]
    assert share.under


@given(
    st.lists(
        st.builds(
            order,
            partner=st.sampled_from("abc"),
            state=st.sampled_from(["placed", "ready", "done", "cancelled"]),
            total_cents=st.integers(0, 10_000),
            paid_cents=st.integers(0, 10_000),
            agreed_cents=st.none() | st.integers(0, 10_000),
        )
    )
)
def test_every_cent_is_in_exactly_one_account(orders: list[dict[str, Any]]) -> None:
    found = accounts(orders)
    each = [money(one) for one in orders]
    assert sum(one.money.due_cents for one in found) == sum(one.due_cents for one in each)
    assert sum(one.money.paid_cents for one in found) == sum(one.paid_cents for one in each)
    assert sum(one.open_cents for one in found) == sum(one.open_cents for one in each)
    assert sum(one.orders for one in found) == sum(one["state"] != "cancelled" for one in orders)
