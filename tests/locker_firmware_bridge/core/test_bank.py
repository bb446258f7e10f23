"""The bank: which compartment, which ticket, whose turn."""

import pytest

from contract import pickup_code
from contract.messages import CabinetCompartment
from locker_firmware_bridge.core import bank
from locker_firmware_bridge.core.records import Caps, TicketUse


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
