"""Dialogues: what goes back to its carrier, door by door, and the driver's signature."""

import pytest

from contract import messages as m
from contract.scans.carriers import recognise
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.scans import number_of
from tests.kiosk.core.dialogue import Dialogue
from tests.kiosk.core.in_the_house import (
    DUE,
    HELD,
    ONE,
    STOCK,
    asked,
    does,
    door,
    here,
    place,
    says,
    taken_out,
    thing,
)


def carriers(stock: m.Stock = STOCK, due: tuple[m.ReturnDue, ...] = DUE) -> Dialogue:
    told = does(here(stock, due=due), "returns")
    told.shows(h.Carriers)
    return told


def begun(stock: m.Stock = STOCK, due: tuple[m.ReturnDue, ...] = DUE) -> Dialogue:
    """The first door of Colissimo's opens."""
    return carriers(stock, due).on(he.CarrierChosen("Colissimo"))


def in_hand(told: Dialogue, item: str) -> Dialogue:
    return told.answers(m.Settled(item=item, stands="in_hand"))


def came(told: Dialogue) -> dict[str, str]:
    found = told.state.house.round
    assert found is not None
    return {one.item.item: one.came for one in found.lines}


def both_taken() -> Dialogue:
    told = begun()
    says(taken_out(told), "yes")
    says(taken_out(told), "yes").shows(h.ReturnCount)
    return told


def test_only_what_is_due_and_here_is_offered_by_carrier() -> None:
    rounds = carriers().state.house.rounds()
    assert [(one.carrier, [line.item.item for line in one.lines]) for one in rounds] == [
        ("Colissimo", ["i-1", "i-2"])
    ]


def test_a_nameless_carrier_comes_last_and_can_be_chosen() -> None:
    due = (m.ReturnDue(item="i-2"), m.ReturnDue(item="i-1", carrier="UPS"))
    told = carriers(due=due)
    assert [one.carrier for one in told.state.house.rounds()] == ["UPS", None]
    told.on(he.CarrierChosen(""))
    assert asked(told) == m.TakeOut(visit="sv", item="i-2", why="return")


def test_a_carrier_nobody_offered_is_none() -> None:
    carriers().on(he.CarrierChosen("DHL")).shows(h.Carriers)


def test_from_the_lowest_door_to_the_drivers_signature() -> None:
    told = begun()
    assert asked(told) == m.TakeOut(visit="sv", item="i-1", why="return")
    assert taken_out(told).shows(h.RightOne) == h.RightOne(ONE)
    told.on(e.Scanned("6A1"))
    assert asked(told) == m.TakeOut(visit="sv", item="i-2", why="return")
    says(taken_out(told), "yes")
    assert told.shows(h.ReturnCount) == h.ReturnCount()
    assert came(told) == {"i-1": "taken", "i-2": "taken"}
    does(told, "give_all")
    for item in ("i-1", "i-2"):
        assert asked(told) == m.Settle(visit="sv", item=item, outcome="returned")
        told.answers(m.Settled(item=item, stands="returned"))
    assert told.shows(h.ReturnCount).given
    assert came(told) == {"i-1": "given", "i-2": "given"}
    does(told, "give_all").shows(h.ReturnCount)
    assert sum(isinstance(body, m.Settle) for body in told.asks) == 2


def test_a_label_scanned_while_the_door_is_open_needs_no_second_yes() -> None:
    told = begun()
    door(told, "opened").on(e.Scanned("6a 1"))
    assert told.shows(h.AtDoor).said == "yes"
    assert told.state.beep.kind == "ok"
    in_hand(door(told, "closed"), "i-1")
    assert came(told)["i-1"] == "taken"
    assert told.shows(h.AtDoor).compartment == 3


def test_another_label_is_said_and_the_right_one_still_counts() -> None:
    told = begun()
    door(told, "opened").on(e.Scanned("1Z999AA10123456784"))
    assert told.shows(h.AtDoor).said == "other"
    assert told.state.beep.kind == "error"
    in_hand(door(told, "closed"), "i-1")
    assert told.shows(h.RightOne) == h.RightOne(ONE, wrong=True)
    told.on(e.Scanned("X")).shows(h.RightOne)
    told.on(e.Scanned("6A1"))
    assert came(told)["i-1"] == "taken"


def test_without_a_label_only_a_yes_counts() -> None:
    told = taken_out(begun(due=(m.ReturnDue(item="i-1", carrier="Colissimo"),)))
    assert told.on(e.Scanned("6A1")).shows(h.RightOne).wrong
    says(told, "yes").shows(h.ReturnCount)


def test_one_that_is_not_there_is_lost_only_after_a_second_yes() -> None:
    told = begun()
    door(told, "opened")
    does(told, "missing")
    in_hand(door(told, "closed"), "i-1")
    assert told.shows(h.SureLost).item.item == "i-1"
    says(told, "no").shows(h.RightOne)
    says(says(told, "no"), "yes")
    assert asked(told) == m.Settle(visit="sv", item="i-1", outcome="lost")
    told.answers(m.Settled(item="i-1", stands="lost"))
    assert came(told)["i-1"] == "missing"
    assert told.shows(h.AtDoor).compartment == 3


def test_a_stuck_door_is_noted_and_passed_or_tried_again() -> None:
    told = door(begun(), "not_opened", tries_left=1)
    does(told, "go_on")
    assert asked(told) == m.TakeOut(visit="sv", item="i-1", why="return")
    says(door(told, "not_opened"), "skip")
    assert came(told)["i-1"] == "stuck"
    assert says(door(told, "not_opened"), "stop").shows(h.ReturnCount) == h.ReturnCount()


@pytest.mark.parametrize("why", ["busy", "cap", "blocked"])
def test_a_refused_door_can_be_passed(why: str) -> None:
    told = says(begun().answers(m.Refused(why=why)), "skip")  # type: ignore[arg-type]
    assert came(told)["i-1"] == "skipped"
    assert told.shows(h.AtDoor).compartment == 3


def test_the_shelf_needs_no_door() -> None:
    told = begun(due=(m.ReturnDue(item="i-3", carrier="Colissimo", label="RK1"),))
    told.shows(h.Noting)
    in_hand(told, "i-3").shows(h.RightOne)
    told.on(e.Scanned("RK1")).shows(h.ReturnCount)


def test_what_is_in_hand_already_is_counted_as_it_is() -> None:
    due = (m.ReturnDue(item="i-4", carrier="Colissimo", label="6A4"), DUE[0])
    told = begun(m.Stock(places=(place(1, ONE),), in_hand=(HELD,)), due)
    assert asked(told) == m.TakeOut(visit="sv", item="i-1", why="return")
    assert says(taken_out(told), "yes").shows(h.ReturnCount) == h.ReturnCount()
    assert came(told) == {"i-4": "taken", "i-1": "taken"}


def test_what_the_driver_does_not_take_stays_in_hand_and_is_shown() -> None:
    told = does(both_taken(), "go_on")
    stock = m.Stock(places=(), in_hand=(thing("i-1", stage="in_hand"), thing("i-2", stage="in_hand")))
    told.answers(stock).shows(h.WhatIsHere)
    assert len(told.state.house.in_hand) == 2
    assert not any(isinstance(body, m.Settle) for body in told.asks)


def test_after_one_carrier_the_next_is_offered() -> None:
    due = (DUE[0], m.ReturnDue(item="i-2", carrier="UPS"))
    told = begun(due=due)
    does(says(taken_out(told), "yes"), "give_all").answers(m.Settled(item="i-1", stands="returned"))
    left = m.Stock(places=STOCK.places[1:])
    assert does(told, "go_on").answers(left).shows(h.Carriers) == h.Carriers()
    assert [one.carrier for one in told.state.house.rounds()] == ["UPS"]


def test_a_refusal_in_the_middle_of_giving_goes_on_where_it_was() -> None:
    told = does(both_taken(), "give_all").answers(m.Settled(item="i-1", stands="returned"))
    told.answers(m.Refused(why="disk")).shows(h.CannotDo)
    does(told, "go_on").shows(h.ReturnCount)
    does(told, "give_all")
    assert asked(told) == m.Settle(visit="sv", item="i-2", outcome="returned")


def test_a_visit_that_ends_in_the_middle_leaves_what_is_out_in_hand() -> None:
    told = says(taken_out(begun()), "yes").answers(m.VisitOver(visit="sv", why="timeout"))
    told.shows(s.Refusal)
    stock = m.Stock(places=STOCK.places[1:], in_hand=(thing("i-1", stage="in_hand"),))
    again = begun(stock)
    assert came(again) == {"i-1": "taken", "i-2": ""}


def test_without_the_right_there_are_no_returns() -> None:
    does(here(rights=("deposit", "collect"), due=DUE), "returns").shows(h.WhatIsHere)


def test_a_label_that_is_no_number_is_recognised_by_its_digest() -> None:
    label = "Mme Schwartz, 12 rue des Lilas"
    told = taken_out(begun(due=(m.ReturnDue(item="i-1", carrier="Colissimo", label=number_of(label)),)))
    assert number_of(label).startswith("#")
    assert told.on(e.Scanned("M. Amrani, 3 rue des Lilas")).shows(h.RightOne).wrong
    told.on(e.Scanned(f" {label}")).shows(h.ReturnCount)
    assert came(told) == {"i-1": "taken"}


def test_a_carriers_bar_code_is_recognised_by_the_number_in_it() -> None:
    scanned = "]C100376130321109103420"
    number = recognise(scanned).number
    assert number not in ("", scanned)
    told = taken_out(begun(due=(m.ReturnDue(item="i-1", carrier="Colissimo", label=number),)))
    told.on(e.Scanned(scanned)).shows(h.ReturnCount)
