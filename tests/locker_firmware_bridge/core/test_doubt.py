"""Dialogues: something was being taken out when its door was cut short. Has it left?"""

from typing import Any

import pytest

from contract import messages
from contract.messages import Checked, Refused, Settled
from tests.fakes.core_site import FakeSite


@pytest.fixture
def site() -> FakeSite:
    """Behind door 1 lies `i1`; it was being taken out by staff, and the power went at the open door."""
    site = FakeSite()
    site.deposit("i1")
    cut_short(site)
    return site


def cut_short(site: FakeSite, *, why: Any = "move") -> None:
    site.ask(messages.TakeOut(visit=site.sign_in(), item="i1", why=why))
    site.opens()
    site.really[1] = "closed"
    site.start()
    site.wait(3_000)


def stock_item(site: FakeSite) -> messages.StockItem | None:
    (stock,) = site.ask(messages.TakeStock(visit=site.sign_in()))
    assert isinstance(stock, messages.Stock)
    return stock.places[0].item


def looked(site: FakeSite, item: str = "i1", *, compartment: int = 1, **how: Any) -> messages.AnswerBody:
    body = messages.Check(visit=site.sign_in(**how), compartment=compartment, usable=True, item=item)
    return site.ask(body)[-1]


def test_it_stays_in_custody_with_its_code_and_is_to_be_looked_at() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    since = len(site.facts)
    cut_short(site)
    item = stock_item(site)
    assert item is not None
    assert (item.stage, item.unsure) == ("held", True)
    told = site.kinds_of_facts(since)
    assert "door_uncertain" in told
    assert not {"item_taken_out", "item_collected", "code_rotated", "pickup_closed"} & set(told)
    site.present(slip.digits)
    site.opens_and_shuts()
    assert site.last(messages.ItemCollected).item == "i1"


def test_the_doubt_outlives_restarts(site: FakeSite) -> None:
    site.start()
    site.reboot()
    assert site.site.items["i1"].unsure


def test_seen_to_lie_there_all_is_as_before(site: FakeSite) -> None:
    before = site.site.slots[1]
    assert looked(site) == Checked(compartment=1, usable=True)
    told = site.last(messages.CompartmentChecked)
    assert (told.item, told.usable, told.actor) == ("i1", True, "staff-1")
    assert site.site.slots[1] == before
    item = stock_item(site)
    assert item is not None
    assert not item.unsure


def test_seen_there_in_a_compartment_out_of_service_it_stays_out_of_service(site: FakeSite) -> None:
    site.ask(messages.Check(visit=site.sign_in(), compartment=1, usable=False, why="lock"))
    assert looked(site) == Checked(compartment=1, usable=False)
    assert site.site.slots[1].out_of_service


@pytest.mark.parametrize(("item", "compartment"), [("i9", 1), ("i1", 2), ("i2", 1)])
def test_what_is_said_of_another_thing_or_place_is_refused(
    site: FakeSite, item: str, compartment: int
) -> None:
    site.deposit("i2", "p2", size="M")
    assert looked(site, item, compartment=compartment) == Refused(why="item")
    assert site.site.items["i1"].unsure


def test_staff_who_had_it_in_hand_have_it_in_hand_and_the_place_is_free(site: FakeSite) -> None:
    visit = site.sign_in()
    said = site.ask(messages.Settle(visit=visit, item="i1", outcome="in_hand"))[-1]
    assert isinstance(said, Settled)
    assert said.stands == "in_hand"
    taken = site.last(messages.ItemTakenOut)
    assert (taken.compartment, taken.staff, taken.evidence) == (1, "staff-1", "shelf")
    item = site.site.items["i1"]
    assert (item.stage, item.holder, item.unsure) == ("in_hand", "staff-1", False)
    assert site.site.slots[1].item is None
    assert site.claim(visit, "i1").item.compartment != 1  # not where it was just taken out of


def test_that_is_said_only_of_what_is_in_doubt(site: FakeSite) -> None:
    looked(site)
    body = messages.Settle(visit=site.sign_in(), item="i1", outcome="in_hand")
    assert site.ask(body)[-1] == Refused(why="item")


def test_nothing_is_said_of_it_while_its_door_moves(site: FakeSite) -> None:
    visit = site.sign_in()
    site.ask(messages.Inspect(visit=visit, compartment=1))
    settle = messages.Settle(visit=visit, item="i1", outcome="in_hand")
    assert site.ask(settle)[-1] == Refused(why="busy")
    assert looked(site) == Refused(why="busy")
    site.opens_and_shuts()
    assert site.site.items["i1"].unsure, "a look alone says nothing"
    assert looked(site) == Checked(compartment=1, usable=True)


def test_lost_it_is_gone_and_its_place_is_given_to_nothing(site: FakeSite) -> None:
    site.ask(messages.Settle(visit=site.sign_in(), item="i1", outcome="lost"))
    assert "i1" not in site.site.items
    assert not site.site.slots[1].usable


def test_taken_out_once_more_there_is_no_doubt_left(site: FakeSite) -> None:
    site.ask(messages.TakeOut(visit=site.sign_in(), item="i1", why="move"))
    site.opens_and_shuts()
    assert (site.site.items["i1"].stage, site.site.items["i1"].unsure) == ("in_hand", False)


def test_cut_short_while_its_person_collects_it_is_in_doubt_as_well() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens()
    site.silence()
    site.wait(300_000)
    assert site.last(messages.DoorUncertain).why == "board_silent"
    assert site.site.items["i1"].unsure


def test_a_door_that_stayed_shut_leaves_no_doubt() -> None:
    site = FakeSite()
    site.deposit("i1")
    site.ask(messages.TakeOut(visit=site.sign_in(), item="i1", why="move"))
    site.sent()
    site.wait(3_000)
    site.sent()
    site.wait(10_000)
    assert site.last(messages.DoorNotOpened).why == "stayed_shut"
    assert not site.site.items["i1"].unsure
