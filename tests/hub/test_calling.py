"""Webhooks from the fact to the receiver: told once, tried again, given up with a card."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from sqlalchemy import select

from contract import bag_tag
from contract import messages as m
from hub.calling import INCIDENT, Calling
from hub.core.rights import Role
from hub.core.sight import QUIET_MS
from hub.core.webhooks import GIVE_UP_MS, KINDS, MOST_TRIES, secret_text
from hub.notify.hooks import HookCaller
from hub.store import webhooks
from hub.store.account_care import change_account
from hub.store.accounts import create_account
from hub.store.alarms import open_alarms
from hub.store.database import reading, writing
from hub.store.own_facts import OwnFact, append
from hub.store.tables import webhook_deliveries
from hub.web.api.shapes import Happened
from tests.fakes.hook_receiver import HookReceiver, is_signed_by
from tests.fakes.hub_scene import SITE, Scene

DAY_MS = 86_400_000


@dataclass
class Line:
    """A hub, its webhook and who is told."""

    scene: Scene
    receiver: HookReceiver
    calling: Calling
    hook: str

    def kinds(self) -> list[str]:
        return [json.loads(told.body)["type"] for told in self.receiver.told]

    def states(self) -> list[str]:
        with reading(self.scene.hub.engine) as connection:
            return list(connection.execute(select(webhook_deliveries.c.state)).scalars())

    def again(self) -> Calling:
        """The same hub, started anew."""
        hub = self.scene.hub
        self.calling = Calling(hub.engine, hub.keys, self.scene.clock, HookCaller(lambda _: True))
        return self.calling

    def passes(self, ms: int) -> None:
        self.scene.clock.advance(ms)
        self.calling.turn()


@pytest.fixture
def line(scene: Scene) -> Iterator[Line]:
    receiver = HookReceiver()
    scene.accounts()
    scene.connect()
    with writing(scene.hub.engine) as connection:
        now_ms = scene.clock.wall_ms()
        hook = webhooks.add_webhook(connection, receiver.address, KINDS, [], "account-admin", now_ms)
    calling = Calling(scene.hub.engine, scene.hub.keys, scene.clock, HookCaller(lambda _: True))
    yield Line(scene, receiver, calling, hook)
    receiver.close()


def test_what_happens_is_told_once_signed_and_by_ids(line: Line) -> None:
    line.scene.deposit("i1", 0, 3)
    line.calling.turn()
    line.scene.collect("i1", 0, 3)
    line.scene.told(m.DoorForced(compartment=7))
    for _ in range(3):
        line.calling.turn()
    line.again().turn()
    assert line.kinds() == ["parcel.received", "parcel.collected", "door.alarm"]
    secret = secret_text(line.scene.hub.keys.webhook_secret(line.hook, 1))
    assert all(is_signed_by(told, secret) for told in line.receiver.told)
    assert len({told.headers["webhook-id"] for told in line.receiver.told}) == 3
    assert json.loads(line.receiver.told[0].body)["data"] == {"site": SITE, "item": "i1"}
    for told in line.receiver.told:  # and each is as the document says
        happened = msgspec.json.decode(told.body, type=Happened)
        assert msgspec.json.decode(msgspec.json.encode(happened)) == json.loads(told.body)


def test_an_order_is_told_when_all_of_it_is_ready_and_a_drop_is_no_parcel(line: Line) -> None:
    scene, cobbler = line.scene, m.Holder(kind="partner", id="cobbler")
    scene.said(
        m.OrderPlaced(
            order="o1",
            number=bag_tag.printed("shoes"),
            item="shoes",
            kind="object",
            person=scene.people[0],
            way="none",
            service="soles",
            version=1,
            partner="cobbler",
            lines=(m.OrderLine(name="Talons", unit_cents=1_200),),
            total_cents=1_200,
            pieces=2,
            anonymous=True,
        )
    )
    scene.told(
        m.ItemClaimed(
            item="shoes",
            kind="object",
            person=scene.people[0],
            pickup="p-0",
            compartment=5,
            allocation=1,
            size="S",
            purpose="drop",
        ),
        m.ItemLeft(item="shoes", compartment=5, allocation=1, evidence="door"),
    )
    done = [m.WorkDone(order="o1", by=cobbler, ready=1, pieces=2), m.WorkDone(order="o1", by=cobbler)]
    for number, fact in enumerate(done):
        now_ms = scene.clock.wall_ms()
        with writing(scene.hub.engine) as connection:
            append(connection, [OwnFact(f"e{number}", SITE, now_ms, False, fact)], now_ms)
        line.passes(1_000)
        assert line.kinds() == ["order.ready"] * number
    assert json.loads(line.receiver.told[0].body)["data"] == {"site": SITE, "order": "o1"}


def test_a_device_that_went_is_told_once_and_again_when_it_goes_again(line: Line) -> None:
    kiosk = line.scene.kiosk
    for _ in range(2):
        line.scene.clock.advance(1000)
        kiosk.disconnect(line.scene.hub)
        line.passes(QUIET_MS // 2)
        told = len(line.receiver.told)
        line.passes(QUIET_MS)
        line.passes(QUIET_MS)
        line.again().turn()
        assert len(line.receiver.told) == told + 1
        kiosk.connect(line.scene.hub)
    assert line.kinds() == ["device.offline"] * 2


def test_what_was_not_taken_is_tried_again_the_same_and_the_others_wait_behind_it(line: Line) -> None:
    line.receiver.status = 503
    line.scene.deposit("i1", 0, 3)
    line.scene.deposit("i2", 1, 4)
    line.calling.turn()
    line.calling.turn()
    assert len(line.receiver.told) == 1
    line.passes(6_000)
    assert len(line.receiver.told) == 2
    line.receiver.status = 200
    line.passes(60_000)
    line.passes(1_000)
    first, second, third, other = line.receiver.told
    assert first.body == second.body == third.body
    assert len({told.headers["webhook-id"] for told in (first, second, third)}) == 1
    assert first.headers["webhook-timestamp"] != third.headers["webhook-timestamp"]
    assert json.loads(other.body)["data"]["item"] == "i2"
    assert line.states() == ["sent", "sent"]


def test_who_asks_for_a_test_waits_for_no_later_try(line: Line) -> None:
    line.receiver.status = 500
    line.scene.deposit("i1", 0, 3)
    line.calling.turn()
    for _ in range(4):
        line.passes(DAY_MS // 6)  # hours until the next one by itself
    line.receiver.status = 204
    with writing(line.scene.hub.engine) as connection:
        webhooks.send_test(connection, line.hook, line.scene.clock.wall_ms())
    line.calling.turn()
    line.calling.turn()
    assert line.kinds()[-2:] == ["parcel.received", "test"]
    assert line.states() == ["sent", "sent"]


def test_asking_for_tests_again_and_again_gives_nothing_up_sooner(line: Line) -> None:
    line.receiver.status = 500
    line.scene.deposit("i1", 0, 3)
    line.calling.turn()
    for _ in range(MOST_TRIES):
        with writing(line.scene.hub.engine) as connection:
            webhooks.send_test(connection, line.hook, line.scene.clock.wall_ms())
        line.passes(1_000)
    assert set(line.states()) == {"waiting"}


def test_a_message_is_given_up_after_a_day_and_a_webhook_after_five_with_a_card(line: Line) -> None:
    line.receiver.status = 500
    line.scene.deposit("i1", 0, 3)
    line.calling.turn()
    for _ in range(MOST_TRIES):
        line.passes(DAY_MS // 2)
    assert line.states() == ["failed"]
    assert len(line.receiver.told) == MOST_TRIES
    line.passes(GIVE_UP_MS)
    line.scene.deposit("i2", 1, 4)
    line.calling.turn()
    with reading(line.scene.hub.engine) as connection:
        assert webhooks.any_disabled(connection)
        assert INCIDENT in {alarm.kind for alarm in open_alarms(connection)}
    told = len(line.receiver.told)
    line.scene.deposit("i3", 2, 5)
    line.passes(DAY_MS)
    assert len(line.receiver.told) == told


def test_one_that_says_it_is_gone_is_told_no_more(line: Line) -> None:
    line.receiver.status = 410
    line.scene.deposit("i1", 0, 3)
    line.calling.turn()
    line.passes(DAY_MS)
    assert len(line.receiver.told) == 1


def test_what_happened_before_it_was_added_is_not_told(line: Line) -> None:
    line.scene.deposit("i1", 0, 3)
    with writing(line.scene.hub.engine) as connection:
        webhooks.remove_webhook(connection, line.hook, line.scene.clock.wall_ms())
        kinds = ["door.alarm", "parcel.received"]
        webhooks.add_webhook(connection, line.receiver.address, kinds, ["paris"], "account-admin", 0)
    line.scene.deposit("i2", 1, 4)
    line.calling.turn()
    assert line.receiver.told == []


def test_it_is_told_no_more_than_the_account_that_had_it_told_may_see(line: Line) -> None:
    line.scene.hub.site("paris")
    changes: list[tuple[Role, list[str]]] = [
        ("concierge", ["paris"]),
        ("client", [SITE]),
        ("concierge", [SITE]),
    ]
    with writing(line.scene.hub.engine) as connection:
        create_account(connection, "Une autre", "x", "admin", 0)
    for number, (role, sites) in enumerate(changes):
        with writing(line.scene.hub.engine) as connection:
            change_account(connection, "account-admin", "Samia", role, sites, None, number)
        line.scene.deposit(f"i{number}", number, 3 + number)
        line.calling.turn()
    assert [json.loads(told.body)["data"]["item"] for told in line.receiver.told] == ["i2"]


def test_deliveries_are_forgotten_after_a_month(line: Line) -> None:
    line.scene.deposit("i1", 0, 3)
    line.calling.turn()
    line.passes(webhooks.KEPT_MS + DAY_MS)
    assert line.states() == []
