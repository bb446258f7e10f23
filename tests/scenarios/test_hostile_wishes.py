"""Wishes nobody may have: replayed, forged, for another use of the door, kept, too late, or plain rubbish.

What is late by the bridge's own minute is tried with a clock that moves (tests/locker_firmware_bridge).
"""

from collections.abc import Iterator

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import enrolment, topics
from contract import messages as m
from contract.order import sign
from deploy.demo.plan import BRIDGE, DESK, KIOSK
from hub.keys import Keys
from tests.fakes.broker_admin import BrokerAdmin, broker_admin
from tests.fakes.mqtt import BareClient
from tests.fakes.site import PROGRAMS, Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently

MEGABYTE = b"x" * 1_000_000
RUBBISH = (
    b"",
    b"\xff" * 100,
    b"{",
    b"[" * 60_000,
    b'{"id":"a","session":"s","at_ms":1,"body":{"type":"open_all"}}',
    b'{"id":"a","session":7,"at_ms":"now","body":{}}',
    b'{"id":"' + b"x" * 60_000 + b'"}',
)


@pytest.fixture(scope="module")
def site(seed: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    with opened_site(seed, tmp_path_factory.mktemp("hostile"), parcels=2) as running:
        yield running


@pytest.fixture(scope="module")
def admin(site: WholeSite) -> Iterator[BrokerAdmin]:
    with broker_admin(site) as one:
        yield one


def signed(
    site: WholeSite, order: str, nonce: str, door: int, ahead: int = 0, bridge: str = BRIDGE
) -> m.RemoteOpen:
    """An order with the hub's true signature; `ahead`: for a later use of the compartment."""
    unsigned = m.RemoteOpen(
        order=order,
        nonce=nonce,
        compartment=door,
        allocation=1 + ahead,
        actor="somebody",
        reason="repair",
        signature="0" * 128,
    )
    key = Keys(site.plan.hub / "keys").order_key()
    return msgspec.structs.replace(unsigned, signature=sign(key, bridge, unsigned))


def refuses(site: WholeSite, admin: BrokerAdmin, order: m.RemoteOpen, why: str) -> None:
    """The bridge answers no, the ledger has it, and no frame is sent."""
    frames = len(site.frames())
    admin.say(order)
    assert admin.reply_to(order.order).refused == why
    site.wait_for_fact("order_refused", order=order.order, why=why)
    assert len(site.frames()) == frames


def test_an_order_opens_its_door_once_however_often_it_is_said_again(
    site: WholeSite, admin: BrokerAdmin
) -> None:
    door, frames, mark = site.slips[0].door, len(site.frames()), site.mark()
    order = site.pages().ask_to_open(door)
    true = admin.next_open()
    assert true.order == order
    site.wait_for_fact("door_opened", mark, compartment=door)
    site.hands.close(door)
    site.wait_for_fact("door_closed", mark, compartment=door)
    assert len(site.frames()) == frames + 1

    admin.say(true)
    assert admin.reply_to(order).refused is None, "the same order gets the same answer"
    refuses(site, admin, msgspec.structs.replace(true, order="replayed"), "nonce")
    assert len(site.frames()) == frames + 1
    assert site.facts("door_intent", order=order)[0].authority == "order"


def test_a_signature_that_is_not_the_hubs_or_is_for_another_bridge_is_refused(
    site: WholeSite, admin: BrokerAdmin
) -> None:
    door = site.slips[0].door
    forged = signed(site, "forged", admin.nonce("forged"), door)
    own_key = Ed25519PrivateKey.generate()
    forged = msgspec.structs.replace(forged, signature=sign(own_key, BRIDGE, forged))
    refuses(site, admin, forged, "signature")
    elsewhere = signed(site, "elsewhere", admin.nonce("elsewhere"), door, bridge="another-bridge")
    refuses(site, admin, elsewhere, "signature")
    changed = signed(site, "changed", admin.nonce("changed"), door)
    refuses(site, admin, msgspec.structs.replace(changed, compartment=door + 1), "signature")


def test_an_order_for_another_use_of_the_compartment_is_refused(site: WholeSite, admin: BrokerAdmin) -> None:
    order = signed(site, "other-use", admin.nonce("other-use"), site.slips[0].door, ahead=1)
    refuses(site, admin, order, "generation")


def test_a_retained_order_opens_nothing_now_nor_when_the_bridge_comes_back(
    site: WholeSite, admin: BrokerAdmin
) -> None:
    frames = len(site.frames())
    stale = signed(site, "retained", "0" * 32, site.slips[0].door)
    admin.say(stale, retain=True)
    site.wait_for_fact("order_refused", order="retained", why="nonce")
    fresh = signed(site, "kept-for-later", admin.nonce("kept-for-later"), site.slips[0].door)
    site.line.cut()
    admin.say(fresh, retain=True)
    site.line.join()
    admin.nonce("is-back")  # whatever the broker had kept was handed over before this
    assert site.facts("order_refused", order="kept-for-later") == []
    assert len(site.frames()) == frames
    admin.forget_retained()


def test_an_order_asked_for_while_the_line_is_dead_dies_and_nothing_opens_at_reconnect(
    site: WholeSite, admin: BrokerAdmin
) -> None:
    door, frames = site.slips[0].door, len(site.frames())
    pages = site.pages()
    site.line.cut("swallow")
    order = pages.ask_to_open(door)
    patiently(lambda: f'data-tone="warn" id="order-{order}"' in pages.door(door))
    assert site.hub_rows("SELECT state FROM orders WHERE id = ?", order) == [("dead",)]
    site.line.join()
    admin.nonce("is-back-again")
    assert len(site.frames()) == frames
    assert site.facts("door_intent", order=order) == []


def test_a_kiosk_that_says_rubbish_breaks_nothing_and_the_next_honest_ask_is_answered(
    site: WholeSite,
) -> None:
    frames, running = len(site.frames()), [site.pid(name) for name in PROGRAMS]
    who = enrolment.read(site.plan.device(DESK))
    ask = topics.ask(BRIDGE, who.device)
    client = BareClient(who.site_broker.port, who.device, who.password)
    assert client.connect()
    client.publish(*((ask, payload) for payload in RUBBISH))
    client.publish((topics.ask("another-bridge", who.device), RUBBISH[4]))
    client.publish((topics.ask(BRIDGE, KIOSK), RUBBISH[4]))
    client.publish((ask, RUBBISH[4]), retain=True)
    client.publish((ask, MEGABYTE))
    patiently(client.disconnected.is_set)
    client.leave()

    slip = site.slips[1]
    person = site.person(slip)
    person.collect()
    site.wait_for_fact("item_collected", item=site.item_behind(slip.door))
    assert person.asked == 1
    assert len(site.frames()) == frames + 1
    assert [site.pid(name) for name in PROGRAMS] == running
