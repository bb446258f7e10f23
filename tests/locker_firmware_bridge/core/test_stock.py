"""Dialogues: staff look what lies where, look behind doors, and say what may be used."""

import pytest
from msgspec.structs import replace

from contract import messages
from contract.codec import CEILING, decode, encode
from contract.messages import CabinetCompartment, Checked, Door, Refused, Stock, StockItem, StockPlace
from locker_firmware_bridge.core import stock
from locker_firmware_bridge.core.happenings import FeedChanged, OrderCame
from locker_firmware_bridge.core.records import Item, Slot
from locker_firmware_bridge.core.state import Rules, Site
from tests.fakes.core_site import BADGE, SHELF, STAFF, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def take_stock(site: FakeSite) -> Stock:
    (found,) = site.ask(messages.TakeStock(visit=site.sign_in()))
    assert isinstance(found, Stock)
    return found


def check(site: FakeSite, compartment: int, *, usable: bool) -> messages.AnswerBody:
    visit = site.sign_in()
    return site.ask(messages.Check(visit=visit, compartment=compartment, usable=usable, why="seen"))[-1]


def test_all_places_in_their_order_with_what_lies_there_and_what_is_in_hand(site: FakeSite) -> None:
    site.deposit("i1")
    site.deposit("i2", "p2", size="M")
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item="i1", why="move"))
    site.opens_and_shuts()
    found = take_stock(site)
    assert [place.compartment for place in found.places] == [1, 2, 3, 4, 5, 6, 7, 8, SHELF]
    assert found.places[1] == StockPlace(
        compartment=2,
        allocation=1,
        door="closed",
        usable=True,
        item=StockItem(item="i2", person="p2", kind="parcel", size="M", stage="held"),
    )
    assert found.places[-1] == StockPlace(
        compartment=SHELF, allocation=0, door="unknown", usable=True, label="A1"
    )
    assert [one.item for one in found.in_hand] == ["i1"]


def test_what_lies_somewhere_is_known_by_its_label_wherever_it_is_moved(site: FakeSite) -> None:
    site.deposit("i1", label="6A12345678901")
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item="i1", why="move"))
    site.opens_and_shuts()
    assert [one.mark for one in take_stock(site).in_hand] == ["6A12345678901"]
    visit = site.sign_in()
    site.claim(visit, "i1", "p1", "S", shelf=True)
    site.ask(messages.Settle(visit=visit, item="i1", outcome="left"))
    granted = site.ask(messages.SignIn(badge=BADGE))[-1]
    assert isinstance(granted, messages.StaffGranted)
    assert [(one.label, one.mark) for one in granted.shelf] == [("A1", "6A12345678901")]


def test_what_staff_took_out_of_service_is_told_so_until_they_put_it_back(site: FakeSite) -> None:
    check(site, 1, usable=False)
    assert [(one.usable, one.out) for one in take_stock(site).places[:2]] == [(False, True), (True, False)]
    check(site, 1, usable=True)
    assert not take_stock(site).places[0].out


def test_stock_is_taken_anew_each_time_and_kept_nowhere(site: FakeSite) -> None:
    site.deposit("i1")
    body = messages.TakeStock(visit=site.sign_in())
    before = site.ask(body, ask="stock")
    site.push_open(3)
    after = site.ask(body, ask="stock")
    assert before != after
    assert not any(b'"stock"' in record for record in site.records.values())


def a_full_site(label: str, kind: messages.ItemKind = "parcel", first: int = 1, mark: str = "6" * 40) -> Site:
    """300 places, something behind each, and a hundred things in hand."""
    places = {
        number: CabinetCompartment(
            compartment=number, kind="lock", size="XL", floor_cm=50, column=1, row=1, label=label or None
        )
        for number in range(first, first + 300)
    }

    def item(number: int) -> Item:
        return Item(
            item=f"{number:032x}",
            kind=kind,
            person=f"{number:032x}",
            pickup="p",
            compartment=number,
            allocation=9_999,
            size="XL",
            stage="held" if number in places else "in_hand",
        )

    items = [replace(item(number), mark=mark) for number in range(first, first + 400)]
    slots = {
        number: Slot(compartment=number, allocation=9_999, usable=True, item=f"{number:032x}")
        for number in places
    }
    return Site(
        Rules("bridge-1", "s", bytes(32), places), slots=slots, items={one.item: one for one in items}
    )


@pytest.mark.parametrize("label", ["", "B4", "x" * 40])
def test_a_full_site_of_three_hundred_places_fits_into_one_message(label: str) -> None:
    found = stock.stock_of(a_full_site(label))
    answer = messages.Answer(ask="a" * 64, session="s" * 64, n=0, body=found)
    assert len(encode(answer)) <= CEILING
    assert len(found.places) == 300
    assert all(place.item is not None for place in found.places)


@pytest.mark.parametrize(("in_hand", "away"), [(400, 0), (0, 400), (140, 250)])
def test_all_bags_of_a_day_are_told_that_a_message_can_bear(site: FakeSite, in_hand: int, away: int) -> None:
    """A bag that is not told is never sent out to its partner."""

    def bag(number: int) -> Item:
        return Item(
            item=f"{number:032x}",
            kind="bag",
            person=f"{number:032x}",
            pickup="p",
            compartment=1,
            allocation=1,
            size="S",
            stage="in_hand" if number < in_hand else "away",
        )

    bags = {one.item: one for one in map(bag, range(in_hand + away))}
    found = stock.stock_of(replace(site.site, items=bags))
    answer = messages.Answer(ask="a" * 64, session="s" * 64, n=0, body=found)
    assert decode(encode(answer), messages.Answer) == answer
    assert (len(found.in_hand), len(found.away)) == (in_hand, away)


def test_of_more_than_a_message_can_bear_the_last_is_left_out_and_nothing_is_said_empty() -> None:
    found = stock.stock_of(a_full_site("x" * 40, kind="registered_letter", first=9_700))
    assert len(encode(messages.Answer(ask="a" * 64, session="s" * 64, n=0, body=found))) <= CEILING
    assert 280 < len(found.places) <= 300
    assert all(place.item is not None for place in found.places)


def test_a_look_opens_any_door_and_collects_nothing(site: FakeSite) -> None:
    slip = site.deposit("i1")
    visit = site.sign_in()
    for number in (1, 8):
        (door,) = site.ask(messages.Inspect(visit=visit, compartment=number))
        assert door == Door(compartment=number, state="intent")
        assert site.opens_and_shuts() == number
        told = [tell.body for tell in site.told[-2:]]
        assert told == [Door(compartment=number, state=state) for state in ("opened", "closed")]
        site.wait(3_000)
    intents = [fact for fact in site.facts if isinstance(fact, messages.DoorIntent)][-2:]
    assert [(one.purpose, one.authority, one.allocation) for one in intents] == [
        ("inspect", "staff", 1),
        ("inspect", "staff", 0),
    ]
    assert site.site.items["i1"].stage == "held"
    site.present(slip.digits)
    site.opens_and_shuts()
    assert site.kinds_of_facts().count("item_collected") == 1


def test_no_look_behind_a_shelf_a_busy_door_or_one_that_is_not_there(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens()
    visit = site.sign_in(kiosk="kiosk-2")

    def inspect(number: int) -> list[messages.AnswerBody]:
        return site.ask(messages.Inspect(visit=visit, compartment=number), kiosk="kiosk-2")

    assert inspect(SHELF) == [Refused(why="item")]
    assert inspect(77) == [Refused(why="item")]
    assert inspect(1) == [Refused(why="busy")]
    site.silence()
    assert inspect(2) == [Refused(why="blocked")]


def test_without_the_right_nobody_looks_checks_or_says_lost(site: FakeSite) -> None:
    site.deposit("i1")
    frames = len(site.frames)
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=("deposit", "collect"))}))
    visit = site.sign_in()
    for body in (
        messages.Inspect(visit=visit, compartment=1),
        messages.Check(visit=visit, compartment=1, usable=False),
        messages.Settle(visit=visit, item="i1", outcome="lost"),
        messages.Settle(visit=visit, item="i1", outcome="returned"),
    ):
        assert site.ask(body) == [Refused(why="rights")]
    assert len(site.frames) == frames


def test_a_compartment_is_fit_for_use_only_empty_and_shut(site: FakeSite) -> None:
    site.deposit("i1")
    assert check(site, 1, usable=True) == Refused(why="item")
    site.push_open(2)
    assert check(site, 2, usable=True) == Refused(why="blocked")
    site.shut(2)
    assert check(site, 2, usable=True) == Checked(compartment=2, usable=True)
    assert check(site, 77, usable=True) == Refused(why="item")
    assert site.last(messages.CompartmentChecked) == messages.CompartmentChecked(
        compartment=2, usable=True, actor="staff-1", why="seen"
    )


def test_out_of_service_it_is_given_to_nothing_until_staff_say_otherwise(site: FakeSite) -> None:
    assert check(site, 1, usable=False) == Checked(compartment=1, usable=False)
    site.reboot()
    assert site.claim(site.sign_in(), "i1").item.compartment == 5
    assert not take_stock(site).places[0].usable
    check(site, 1, usable=True)
    assert site.claim(site.sign_in(), "i2").item.compartment == 1


def test_a_remote_opening_puts_nothing_back_into_service(site: FakeSite) -> None:
    check(site, 1, usable=False)
    site.happen(OrderCame(messages.NonceAsked(order="asked")))
    given = site.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    order = messages.RemoteOpen(
        order="o1",
        nonce=given.nonce,
        compartment=1,
        allocation=0,
        actor="admin",
        reason="called",
        signature="0" * 128,
    )
    site.happen(OrderCame(order, signed=True))
    assert site.opens_and_shuts() == 1
    assert not take_stock(site).places[0].usable


def test_out_of_service_with_something_in_it_that_is_still_collected_and_nothing_follows(
    site: FakeSite,
) -> None:
    slip = site.deposit("i1")
    assert check(site, 1, usable=False) == Checked(compartment=1, usable=False)
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(130_000)
    assert "item_collected" in site.kinds_of_facts()
    assert site.claim(site.sign_in(), "i2").item.compartment == 5


def test_what_was_lost_is_looked_for_and_its_compartment_used_again(site: FakeSite) -> None:
    site.deposit("i1")
    visit = site.sign_in()
    site.ask(messages.Settle(visit=visit, item="i1", outcome="lost"))
    assert not take_stock(site).places[0].usable
    assert check(site, 1, usable=True) == Checked(compartment=1, usable=True)
    assert site.claim(site.sign_in(), "i2").item.compartment == 1
