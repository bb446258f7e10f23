"""Under which word the ledger finds a fact again."""

from pathlib import Path
from typing import get_args

import pytest

import contract
from contract import messages as m
from contract.codec import decode_fact
from hub.core.subject import subject


@pytest.mark.parametrize(
    ("fact", "found_by"),
    [
        (m.DoorOpened(operation="op", compartment=3), "op"),
        (m.DoorClosed(operation="op", compartment=3), "op"),
        (m.DoorClosed(compartment=3), "door/3"),
        (m.DoorForced(compartment=3), "door/3"),
        (m.ItemLeft(item="i", compartment=3, allocation=1, evidence="door", operation="op"), "i"),
        (m.SlipShown(item="i", pickup="p", how="print"), "i"),
        (m.PersonSaid(visit="v", item="i", said="empty"), "i"),
        (m.VisitEnded(visit="v", why="done"), "v"),
        (m.PickupClosed(pickup="p", ticket=27), "p"),
        (m.OrderRefused(order="o", why="late", compartment=3), "o"),
        (m.PickupAsked(ask="a", way="qr"), "a"),
        (m.DoorsSeen(open=(1,)), ""),
    ],
)
def test_a_fact_is_found_by_what_it_is_about(fact: m.AnyFact, found_by: str) -> None:
    assert subject(fact) == found_by


def test_every_kind_of_fact_can_be_looked_up() -> None:
    examples = Path(contract.__file__).parent / "examples"
    kinds = {kind.__struct_config__.tag: kind for kind in get_args(m.AnyFact)}
    facts = [decode_fact((examples / f"{tag}.json").read_bytes()) for tag in kinds]
    assert all(len(subject(fact)) <= 64 for fact in facts)
