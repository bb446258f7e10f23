"""Dialogues: a hub page takes a compartment out of service, or says that it may be used again."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import messages
from contract.messages import OrderTaken, SetUse
from locker_firmware_bridge.core.happenings import OrderCame
from tests.fakes.core_site import SHELF, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def nonce(site: FakeSite) -> str:
    site.happen(OrderCame(messages.NonceAsked(order="asked")))
    given = site.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    return given.nonce


def wish(site: FakeSite, usable: bool, name: str = "o1", compartment: int = 2, **more: Any) -> SetUse:
    fields: dict[str, Any] = {
        "nonce": more.pop("nonce", None) or nonce(site),
        "allocation": site.site.slots[compartment].allocation if compartment in site.site.slots else 0,
        "reason": "seen_empty" if usable else "lock",
    }
    signature = "0" * 128
    return SetUse(
        order=name,
        compartment=compartment,
        usable=usable,
        actor="admin",
        signature=signature,
        **fields | more,
    )


def order(site: FakeSite, usable: bool, name: str = "o1", *, signed: bool = True, **more: Any) -> OrderTaken:
    site.happen(OrderCame(wish(site, usable, name, **more), signed))
    reply = site.replies[-1]
    assert isinstance(reply, OrderTaken)
    assert reply.order == name
    return reply


def test_out_of_service_nothing_is_put_there_until_somebody_has_looked_and_no_lock_moves(
    site: FakeSite,
) -> None:
    visit = site.sign_in()
    taken = site.claim(visit, "i1").item.compartment
    site.ask(messages.Settle(visit=visit, item="i1", outcome="given_up"))
    assert order(site, False, compartment=taken) == OrderTaken(order="o1")
    checked = site.last(messages.CompartmentChecked)
    assert (checked.compartment, checked.usable, checked.why) == (taken, False, "lock")
    assert (checked.actor, checked.order) == ("admin", "o1")
    assert site.claim(visit, "i2").item.compartment != taken
    site.start()
    assert site.site.slots[taken].out_of_service, "a restart does not mend it"
    assert order(site, True, "o2", compartment=taken).refused is None
    assert site.last(messages.CompartmentChecked).usable
    assert site.frames == []


def test_what_lies_there_can_be_collected_still_and_nothing_comes_after_it(site: FakeSite) -> None:
    slip = site.deposit("i1")
    door = site.site.items["i1"].compartment
    assert order(site, False, compartment=door).refused is None
    assert order(site, True, "o2", compartment=door).refused == "taken"
    site.wait(10_000)
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(130_000)
    assert site.last(messages.ItemCollected).item == "i1"
    assert not site.site.slots[door].usable or site.site.slots[door].out_of_service


@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("nonce", {"nonce": "f" * 32}),
        ("signature", {"signed": False}),
        ("unknown_door", {"compartment": 99}),
        ("generation", {"allocation": 9}),
    ],
)
def test_a_wrong_order_is_refused_and_nothing_is_noted_but_that(
    site: FakeSite, why: str, more: dict[str, Any]
) -> None:
    before, since = site.site.slots, len(site.facts)
    assert order(site, False, **more).refused == why
    assert site.kinds_of_facts(since) == ["order_refused"]
    assert site.site.slots == before


def test_a_nonce_is_good_for_a_minute_and_for_one_order_of_any_kind(site: FakeSite) -> None:
    given = nonce(site)
    site.wait(60_001)
    assert order(site, False, nonce=given).refused == "late"
    again = nonce(site)
    assert order(site, False, "o2", nonce=again).refused is None
    assert order(site, True, "o3", nonce=again).refused == "nonce"


def test_a_place_whose_door_stands_open_is_not_usable_yet(site: FakeSite) -> None:
    site.push_open(2)
    assert order(site, True).refused == "busy"
    site.shut(2)
    assert order(site, True, "o2").refused is None


def test_a_shelf_place_goes_out_of_service_as_well(site: FakeSite) -> None:
    assert order(site, False, compartment=SHELF).refused is None
    assert site.last(messages.CompartmentChecked).compartment == SHELF


def test_the_same_order_again_gets_the_same_reply_and_one_fact_even_after_a_restart(site: FakeSite) -> None:
    asked = wish(site, False)
    site.happen(OrderCame(asked, True))
    site.start()
    since = len(site.facts)
    site.happen(OrderCame(replace(asked, usable=True), True))
    assert site.replies[-1] == OrderTaken(order="o1")
    assert site.kinds_of_facts(since) == []
