"""Remote orders: sent once to a bridge that is there, signed, or dead; nothing opens later."""

from typing import Literal

import pytest
from sqlalchemy import select

from contract import topics
from contract.codec import decode, encode
from contract.messages import (
    CabinetCompartment,
    CabinetDeclared,
    DoorIntent,
    NonceAsked,
    NonceGiven,
    OrderRefused,
    OrderTaken,
    Presence,
    RemoteOpen,
)
from contract.order import is_signed
from hub.orders import LIFETIME_MS, SENT_LIFETIME_MS
from hub.store.database import reading, writing
from hub.store.door_wishes import Seen, wish_open
from hub.store.tables import incidents, orders
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub

NONCE = "ab" * 16


@pytest.fixture
def online(hub: LocalHub, bridge: LocalDevice) -> LocalDevice:
    """The bridge, connected, with door 7 declared."""
    place = CabinetCompartment(compartment=7, kind="lock", size="M", floor_cm=80, column=1, row=1)
    bridge.journal.append(CabinetDeclared(compartments=(place,)))
    bridge.connect(hub)
    return bridge


def wish(hub: LocalHub, reason: str = "bloquée") -> str:
    with writing(hub.engine) as connection:
        order = wish_open(connection, "borny", 7, Seen(0, None), "account-1", reason, hub.clock.wall_ms())
    assert order is not None
    return order


def state(hub: LocalHub, order: str) -> tuple[str, str | None, str | None]:
    with reading(hub.engine) as connection:
        row = connection.execute(select(orders).where(orders.c.id == order)).one()
    return row.state, row.why, row.operation


def sent(answers: list[tuple[str, bytes]]) -> list[NonceAsked | RemoteOpen]:
    assert all(topic == topics.down("borny-bridge", "order") for topic, _ in answers)
    return [decode(payload, NonceAsked | RemoteOpen) for _, payload in answers]  # type: ignore[arg-type]


def reply(hub: LocalHub, message: NonceGiven | OrderTaken, device: str = "borny-bridge") -> list[object]:
    return list(sent(hub.ingest.handle(device, "reply", encode(message))))


def test_a_wish_asks_for_a_nonce_is_signed_with_it_and_sent_once(hub: LocalHub, online: LocalDevice) -> None:
    order = wish(hub)
    assert sent(hub.ingest.tick()) == [NonceAsked(order=order)]
    assert hub.ingest.tick() == []
    [signed] = reply(hub, NonceGiven(order=order, nonce=NONCE))
    assert isinstance(signed, RemoteOpen)
    assert (signed.compartment, signed.allocation, signed.actor, signed.nonce) == (7, 0, "account-1", NONCE)
    assert is_signed(hub.keys.order_public_key(), "borny-bridge", signed)
    assert not is_signed(hub.keys.order_public_key(), "paris-bridge", signed)
    assert reply(hub, NonceGiven(order=order, nonce="cd" * 16)) == []
    assert state(hub, order) == ("sent", None, None)
    assert reply(hub, OrderTaken(order=order, operation="operation-1")) == []
    assert state(hub, order) == ("taken", None, "operation-1")
    assert online.orders


def test_the_bridge_may_refuse(hub: LocalHub, online: LocalDevice) -> None:
    order = wish(hub)
    hub.ingest.tick()
    reply(hub, NonceGiven(order=order, nonce=NONCE))
    reply(hub, OrderTaken(order=order, refused="cap"))
    assert state(hub, order) == ("refused", "cap", None)


def test_a_bridge_that_is_not_there_is_sent_nothing_now_or_later(hub: LocalHub, online: LocalDevice) -> None:
    online.disconnect(hub)
    order = wish(hub)
    assert hub.ingest.tick() == []
    assert state(hub, order) == ("dead", "offline", None)
    online.connect(hub)
    assert hub.ingest.tick() == []


def test_silence_kills_an_order_and_a_late_nonce_wakes_nothing(
    hub: LocalHub, online: LocalDevice, clock: FakeClock
) -> None:
    order = wish(hub)
    hub.ingest.tick()
    for _ in range(LIFETIME_MS // 1_000):
        clock.advance(1_000)
        hub.ingest.tick()
    assert state(hub, order) == ("dead", "silent", None)
    assert reply(hub, NonceGiven(order=order, nonce=NONCE)) == []
    assert state(hub, order) == ("dead", "silent", None)


def sent_to(hub: LocalHub) -> str:
    """An order the bridge was told and has not answered."""
    order = wish(hub)
    hub.ingest.tick()
    reply(hub, NonceGiven(order=order, nonce=NONCE))
    assert state(hub, order) == ("sent", None, None)
    return order


def intend(bridge: LocalDevice, order: str, operation: str) -> None:
    """The bridge writes down that the door of an order begins."""
    intent = DoorIntent(
        operation=operation,
        compartment=7,
        allocation=1,
        attempt=1,
        purpose="remote",
        authority="order",
        actor="account-1",
        order=order,
    )
    bridge.journal.append(intent)


def begins(bridge: LocalDevice, hub: LocalHub, order: str, operation: str) -> None:
    """And the hub hears of it."""
    intend(bridge, order, operation)
    bridge.talk(hub)


def pass_seconds(hub: LocalHub, clock: FakeClock, seconds: int) -> None:
    for _ in range(seconds):
        clock.advance(1_000)
        hub.ingest.tick()


def test_an_order_that_was_sent_and_is_not_told_of_within_twenty_seconds_is_dead(
    hub: LocalHub, online: LocalDevice, clock: FakeClock
) -> None:
    order = sent_to(hub)
    pass_seconds(hub, clock, SENT_LIFETIME_MS // 1_000 - 1)
    assert state(hub, order) == ("sent", None, None)
    pass_seconds(hub, clock, 1)
    assert state(hub, order) == ("dead", "late", None)
    assert reply(hub, OrderTaken(order=order, operation="operation-1")) == []
    assert state(hub, order) == ("dead", "late", None)


def test_a_fact_in_time_keeps_an_order_alive_whose_reply_was_lost_and_a_late_one_brings_it_back(
    hub: LocalHub, online: LocalDevice, clock: FakeClock
) -> None:
    in_time, late = sent_to(hub), sent_to(hub)
    begins(online, hub, in_time, "operation-1")
    pass_seconds(hub, clock, 30)
    assert state(hub, in_time) == ("taken", None, "operation-1")
    assert state(hub, late) == ("dead", "late", None)
    begins(online, hub, late, "operation-2")
    assert state(hub, late) == ("taken", None, "operation-2")


def test_a_nonce_in_the_last_moment_before_the_tick_is_too_late_as_well(
    hub: LocalHub, online: LocalDevice, clock: FakeClock
) -> None:
    order = wish(hub)
    hub.ingest.tick()
    clock.advance(LIFETIME_MS)
    assert reply(hub, NonceGiven(order=order, nonce=NONCE)) == []
    hub.ingest.tick()
    assert state(hub, order)[0] == "dead"


def test_a_hub_that_slept_does_not_act_on_what_it_finds(
    hub: LocalHub, online: LocalDevice, clock: FakeClock
) -> None:
    order = wish(hub)
    clock.advance(60_000)
    assert hub.ingest.tick() == []
    assert state(hub, order) == ("dead", "late", None)


def test_a_restart_kills_every_order(hub: LocalHub, online: LocalDevice) -> None:
    asked, waiting = wish(hub), wish(hub)
    hub.ingest.tick()
    unseen = wish(hub)
    hub.stop()
    hub.start()
    assert [state(hub, order) for order in (asked, waiting, unseen)] == [("dead", "restart", None)] * 3
    hub.ingest.handle("borny-bridge", "presence", encode(Presence(online=True, session="s")))
    assert hub.ingest.tick() == []
    assert reply(hub, NonceGiven(order=asked, nonce=NONCE)) == []


def test_another_device_cannot_answer_for_the_bridge(hub: LocalHub, online: LocalDevice) -> None:
    order = wish(hub)
    hub.ingest.tick()
    assert reply(hub, NonceGiven(order=order, nonce=NONCE), "paris-bridge") == []
    assert state(hub, order) == ("nonce", None, None)


def test_the_facts_that_come_back_have_the_last_word(hub: LocalHub, online: LocalDevice) -> None:
    carried_out, refused = wish(hub), wish(hub)
    online.disconnect(hub)
    hub.ingest.tick()
    intend(online, carried_out, "operation-1")
    online.journal.append(OrderRefused(order=refused, why="late"))
    online.connect(hub)
    assert state(hub, carried_out) == ("taken", None, "operation-1")
    assert state(hub, refused) == ("refused", "late", None)


def noticed(hub: LocalHub) -> list[tuple[str, str, int, str]]:
    with reading(hub.engine) as connection:
        rows = connection.execute(select(incidents)).all()
    return [(row.device, row.kind, row._mapping["count"], row.detail) for row in rows]


@pytest.mark.parametrize("why", ["signature", "nonce"])
def test_an_order_that_nobody_asked_for_here_is_noticed(
    hub: LocalHub, online: LocalDevice, why: Literal["signature", "nonce"]
) -> None:
    online.journal.append(OrderRefused(order="forged", why=why, compartment=7, actor="somebody"))
    online.journal.append(OrderRefused(order="forged-again", why=why, compartment=8, actor="somebody"))
    online.talk(hub)
    assert noticed(hub) == [("borny-bridge", "forged_order", 2, "door 8")]


def test_an_order_of_ours_that_is_refused_is_no_forgery(hub: LocalHub, online: LocalDevice) -> None:
    online.journal.append(OrderRefused(order=wish(hub), why="nonce", compartment=7))
    online.journal.append(OrderRefused(order="forgotten-since", why="late", compartment=7))
    online.talk(hub)
    assert noticed(hub) == []
