"""Dialogues: something was taken in on a hub page and put on a shelf place."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import messages
from contract.messages import OrderTaken, TakeIn
from locker_firmware_bridge.core.happenings import OrderCame
from locker_firmware_bridge.core.records import Pickup
from tests.fakes.core_site import SHELF, FakeSite

OTHER_SHELF = 90
LARGE = 91


@pytest.fixture
def site() -> FakeSite:
    """With two more shelf places, S and L."""
    site = FakeSite()
    for number, size in ((OTHER_SHELF, "S"), (LARGE, "L")):
        site.places[number] = messages.CabinetCompartment(
            compartment=number,
            kind="shelf",
            size=size,  # type: ignore[arg-type]
            floor_cm=90,
            column=number,
            row=1,
            label=f"B{number}",
        )
    site.start()
    return site


def nonce(site: FakeSite) -> str:
    site.happen(OrderCame(messages.NonceAsked(order="asked")))
    given = site.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    return given.nonce


def wish(site: FakeSite, name: str = "o1", item: str = "i1", **more: Any) -> TakeIn:
    fields: dict[str, Any] = {"person": "p1", "kind": "parcel", "size": "S", "label": "6A1"}
    fields |= {"carrier": "Colissimo", "nonce": more.pop("nonce", None) or nonce(site)}
    return TakeIn(order=name, item=item, actor="admin", signature="0" * 128, **fields | more)


def take_in(
    site: FakeSite, name: str = "o1", item: str = "i1", *, signed: bool = True, **more: Any
) -> OrderTaken:
    site.happen(OrderCame(wish(site, name, item, **more), signed))
    reply = site.replies[-1]
    assert isinstance(reply, OrderTaken)
    assert reply.order == name
    return reply


def test_it_lies_on_the_place_that_was_chosen_and_its_person_has_a_code(site: FakeSite) -> None:
    since = len(site.facts)
    assert take_in(site, compartment=SHELF) == OrderTaken(order="o1")
    assert site.kinds_of_facts(since) == ["pickup_opened", "item_claimed", "item_left"]
    claimed = site.last(messages.ItemClaimed)
    assert (claimed.order, claimed.actor, claimed.staff, claimed.named) == ("o1", "admin", None, True)
    assert (claimed.label, claimed.carrier, claimed.person) == ("6A1", "Colissimo", "p1")
    left = site.last(messages.ItemLeft)
    assert (left.compartment, left.evidence, left.operation) == (SHELF, "shelf", None)
    (stock,) = site.ask(messages.TakeStock(visit=site.sign_in()))
    assert isinstance(stock, messages.Stock)
    assert [(one.item.item, one.item.mark) for one in stock.places if one.item is not None] == [("i1", "6A1")]
    granted = site.present(site.code_of("p1"))[0]
    assert isinstance(granted, messages.VisitGranted)
    assert [one.item for one in granted.items] == ["i1"]
    assert site.frames == [], "no lock has moved"


def test_it_is_handed_over_at_the_counter_like_any_other_thing(site: FakeSite) -> None:
    take_in(site)
    body = messages.Settle(visit=site.sign_in(), item="i1", outcome="taken")
    assert isinstance(site.ask(body)[-1], messages.Settled)
    assert site.last(messages.ItemCollected).evidence == "staff"
    assert take_in(site, "o2", "i1").refused == "item", "what is over comes back by no order"


def test_without_a_place_the_smallest_that_fits_is_taken_until_there_is_none(site: FakeSite) -> None:
    places = []
    for number in range(4):
        reply = take_in(site, f"o{number}", f"i{number}", size="S")
        places.append(site.last(messages.ItemLeft).compartment if reply.refused is None else reply.refused)
    assert places[0] == OTHER_SHELF
    assert places[-1] == "full"
    assert len(set(places)) == 4


@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("nonce", {"nonce": "f" * 32}),
        ("signature", {"signed": False}),
        ("unknown_door", {"compartment": 99}),
        ("unknown_door", {"compartment": 2}),  # a door with a lock
    ],
)
def test_a_wrong_order_is_refused_and_nothing_is_noted_but_that(
    site: FakeSite, why: str, more: dict[str, Any]
) -> None:
    before, since = site.site, len(site.facts)
    assert take_in(site, **more).refused == why
    assert site.kinds_of_facts(since) == ["order_refused"]
    assert site.last(messages.OrderRefused).why == why
    now = site.site
    assert (now.items, now.slots, now.pickups) == (before.items, before.slots, before.pickups)


def test_where_something_lies_by_now_nothing_else_is_noted(site: FakeSite) -> None:
    take_in(site, compartment=SHELF)
    assert take_in(site, "o2", "i2", compartment=SHELF).refused == "taken"
    assert site.site.slots[SHELF].item == "i1"


def test_what_lies_there_already_is_not_put_a_second_time(site: FakeSite) -> None:
    take_in(site, compartment=SHELF)
    assert take_in(site, "o2", compartment=LARGE).refused == "item"
    assert site.site.slots[LARGE].item is None


def test_the_same_order_again_gets_the_same_reply_over_a_restart_and_changes_nothing(site: FakeSite) -> None:
    order = wish(site)
    site.happen(OrderCame(order, True))
    since = len(site.facts)
    site.happen(OrderCame(order, True))
    site.start()
    site.happen(OrderCame(order, True))
    assert [reply for reply in site.replies if isinstance(reply, OrderTaken)] == [OrderTaken(order="o1")] * 3
    assert "item_left" not in site.kinds_of_facts(since)


def test_too_late_or_with_a_used_nonce_it_is_refused(site: FakeSite) -> None:
    old = nonce(site)
    site.wait(60_001)
    assert take_in(site, nonce=old).refused == "late"
    used = nonce(site)
    assert take_in(site, "o2", nonce=used).refused is None
    assert take_in(site, "o3", "i3", nonce=used).refused == "nonce"


def test_without_room_on_the_disk_nothing_is_noted(site: FakeSite) -> None:
    given = nonce(site)
    site.room = False
    since = len(site.facts)
    assert take_in(site, nonce=given).refused == "disk"
    assert site.kinds_of_facts(since) == []


def test_with_all_tickets_out_it_is_said(site: FakeSite) -> None:
    pickups = {f"k{n}": Pickup(pickup=f"k{n}", person=f"k{n}", ticket=n) for n in range(10, 1000)}
    site.site = replace(site.site, pickups=pickups)
    assert take_in(site).refused == "tickets"
    assert site.site.items == {}
