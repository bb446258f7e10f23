"""The bank: which compartment, which ticket, whose turn."""

from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import pickup_code
from contract.messages import CabinetCompartment, Size
from locker_firmware_bridge.core import bank
from locker_firmware_bridge.core.records import Caps, Slot, TicketUse


def place(number: int, size: str, floor_cm: int) -> CabinetCompartment:
    return CabinetCompartment(
        compartment=number,
        kind="lock",
        size=size,  # type: ignore[arg-type]
        floor_cm=floor_cm,
        column=number,
        row=1,
    )


PLACES = [
    place(1, "S", 170),
    place(2, "S", 100),
    place(3, "S", 20),
    place(4, "M", 90),
    place(5, "XL", 0),
]


@pytest.mark.parametrize(
    ("size", "reach_cm", "number"),
    [
        ("S", None, 2),
        ("S", 60, 3),
        ("S", 0, 5),
        ("M", None, 4),
        ("M", 80, 5),
        ("L", None, 5),
    ],
)
def test_the_smallest_that_fits_and_is_reached_at_a_good_height(
    size: str, reach_cm: int | None, number: int
) -> None:
    needs = bank.Needs(reach_cm=reach_cm)
    chosen = bank.choose(bank.suitable(PLACES, needs), size, needs)  # type: ignore[arg-type]
    assert chosen is not None
    assert chosen.compartment == number


def test_nothing_fits_when_all_is_too_small_or_too_high() -> None:
    assert bank.choose(PLACES[:4], "XL", bank.Needs()) is None
    assert bank.suitable(PLACES[:2], bank.Needs(reach_cm=50)) == []


def test_heavy_things_go_as_low_as_they_fit_and_never_high() -> None:
    heavy = bank.Needs(heavy=True)
    assert [place.compartment for place in bank.suitable(PLACES, heavy)] == [2, 3, 4, 5]
    chosen = {size: bank.choose(bank.suitable(PLACES[:4], heavy), size, heavy) for size in ("S", "M")}
    assert {size: place and place.compartment for size, place in chosen.items()} == {"S": 3, "M": 4}


@pytest.mark.parametrize(
    ("needs", "doors"),
    [
        (bank.Needs(perishable=True), []),
        (bank.Needs(heavy=True, carry_grams=9_999), []),
        (bank.Needs(heavy=True, carry_grams=10_000), [2, 3, 4, 5]),
        (bank.Needs(carry_grams=500), [1, 2, 3, 4, 5]),
        (bank.Needs(below_cm=100), [3, 4, 5]),
        (bank.Needs(below_cm=100, reach_cm=50), [3, 5]),
    ],
)
def test_what_goes_bad_is_too_heavy_or_was_too_high_gets_no_such_door(
    needs: bank.Needs, doors: list[int]
) -> None:
    assert [place.compartment for place in bank.suitable(PLACES, needs)] == doors


def test_a_door_at_a_good_height_comes_before_one_that_is_not_and_nearer_to_the_middle_before_farther() -> (
    None
):
    doors = [place(1, "S", 141), place(2, "S", 59), place(3, "S", 140), place(4, "S", 60), place(5, "S", 72)]
    order = []
    while doors:
        chosen = bank.choose(doors, "S", bank.Needs())
        assert chosen is not None
        order.append(chosen.compartment)
        doors.remove(chosen)
    assert order == [5, 3, 4, 1, 2]


def test_what_is_out_of_service_taken_or_to_be_looked_at_is_not_free_and_each_use_has_its_number() -> None:
    assert bank.is_free(Slot(compartment=1, usable=True))
    for taken in (
        Slot(compartment=1, usable=False),
        Slot(compartment=1, usable=True, out_of_service=True),
        Slot(compartment=1, usable=True, item="i1"),
    ):
        assert not bank.is_free(taken)
    first = bank.claimed(Slot(compartment=1), "i1")
    assert bank.claimed(first, "i2").allocation == first.allocation + 1


# --- what holds of any lockers and anybody -------------------------------------------------------

SIZES = get_args(Size)
heights = st.integers(0, 200)
cabinets = st.lists(st.tuples(st.sampled_from(SIZES), heights), max_size=12).map(
    lambda doors: [place(number, size, floor_cm) for number, (size, floor_cm) in enumerate(doors, 1)]
)
anybody = st.builds(
    bank.Needs,
    reach_cm=st.none() | heights,
    carry_grams=st.none() | st.integers(0, 30_000),
    below_cm=st.none() | heights,
    heavy=st.booleans(),
    perishable=st.booleans(),
)


def chosen_of(doors: list[CabinetCompartment], size: Size, needs: bank.Needs) -> CabinetCompartment | None:
    return bank.choose(bank.suitable(doors, needs), size, needs)


def may_be_used(door: CabinetCompartment, size: Size, needs: bank.Needs) -> bool:
    """The rule as people say it: it goes in, they get at it, and it is not carried off from high up."""
    return (
        SIZES.index(door.size) >= SIZES.index(size)
        and (needs.reach_cm is None or door.floor_cm <= needs.reach_cm)
        and (needs.below_cm is None or door.floor_cm < needs.below_cm)
        and not (needs.heavy and door.floor_cm > 100)
        and not (needs.heavy and needs.carry_grams is not None and needs.carry_grams < 10_000)
        and not needs.perishable
    )


@given(cabinets, st.sampled_from(SIZES), anybody)
def test_a_door_is_found_where_one_may_be_used_and_it_is_one_of_those(
    doors: list[CabinetCompartment], size: Size, needs: bank.Needs
) -> None:
    usable = [door for door in doors if may_be_used(door, size, needs)]
    chosen = chosen_of(doors, size, needs)
    assert (chosen is None) == (not usable)
    assert chosen is None or chosen in usable


@given(cabinets, st.sampled_from(SIZES), anybody)
def test_no_larger_door_is_wasted_and_what_is_heavy_lies_as_low_as_it_may(
    doors: list[CabinetCompartment], size: Size, needs: bank.Needs
) -> None:
    chosen = chosen_of(doors, size, needs)
    if chosen is None:
        return
    usable = [door for door in doors if may_be_used(door, size, needs)]
    if needs.heavy:
        assert chosen.floor_cm == min(door.floor_cm for door in usable)
    else:
        assert SIZES.index(chosen.size) == min(SIZES.index(door.size) for door in usable)


@given(cabinets, st.sampled_from(SIZES), anybody, st.randoms(use_true_random=False))
def test_the_order_of_the_doors_makes_no_difference(
    doors: list[CabinetCompartment], size: Size, needs: bank.Needs, chance: Random
) -> None:
    mixed = list(doors)
    chance.shuffle(mixed)
    assert chosen_of(mixed, size, needs) == chosen_of(doors, size, needs)


# --- tickets, and how often ----------------------------------------------------------------------


def test_tickets_are_short_while_there_are_short_ones_and_the_longest_unused_comes_first() -> None:
    short = list(pickup_code.SHORT_TICKETS)
    assert bank.next_ticket([], {}) == 10
    assert bank.next_ticket([10, 11], {}) == 12
    assert bank.next_ticket(short, {}) == 700
    uses = {ticket: TicketUse(serial=serial) for serial, ticket in enumerate(reversed(short), 1)}
    assert bank.next_ticket([], uses) == 69
    assert bank.next_ticket(pickup_code.tickets(), {}) is None


def test_the_hour_of_remote_doors_slides() -> None:
    caps = Caps()
    for minute in range(20):
        assert bank.may_open_remotely(caps, minute * 60_000)
        caps = bank.opened_remotely(caps, minute * 60_000)
    assert not bank.may_open_remotely(caps, 3_599_999)
    caps_later = bank.opened_remotely(caps, 3_600_000)
    assert not bank.may_open_remotely(caps_later, 3_600_001)
    assert bank.may_open_remotely(caps_later, 3_660_000)


def test_a_reboot_counts_all_as_just_now() -> None:
    caps = bank.after_reboot(Caps(pulse_ms=900_000_000, remote_ms=(1, 2)), 5_000)
    assert caps == Caps(pulse_ms=5_000, remote_ms=(5_000, 5_000))
    assert bank.after_reboot(Caps(), 5_000) == Caps()
