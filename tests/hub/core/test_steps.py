"""Which facts give reason to tell the person of a thing what happened to it."""

from datetime import UTC, datetime

import pytest

from contract import messages as m
from hub.core.fold import fold
from hub.core.notices import Kind, arrivals
from hub.core.rows import Rows
from hub.core.steps import Step, concerns, steps, still_so
from hub.core.told import Told

AT = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()) * 1000


def told(*facts: m.AnyFact, site: str = "borny") -> list[Told]:
    return [Told(f"e{place}", "bridge", site, AT + place, False, fact) for place, fact in enumerate(facts)]


def after(*facts: m.AnyFact, site: str = "borny") -> list[Step]:
    rows, events = Rows(), told(*facts, site=site)
    fold(rows, events)
    return steps(rows, events)


def claimed(compartment: int = 1, allocation: int = 1) -> m.ItemClaimed:
    return m.ItemClaimed(
        item="i",
        kind="parcel",
        person="amina",
        pickup="p",
        compartment=compartment,
        allocation=allocation,
        size="M",
    )


def lies(compartment: int = 1, allocation: int = 1) -> m.ItemLeft:
    return m.ItemLeft(item="i", compartment=compartment, allocation=allocation, evidence="door")


def intent(authority: str = "code", item: str | None = "i") -> m.DoorIntent:
    return m.DoorIntent(
        operation="o",
        compartment=1,
        allocation=1,
        attempt=1,
        purpose="collect" if authority == "code" else "remote",
        authority=authority,  # type: ignore[arg-type]
        actor="p",
        item=item,
    )


def shut(why: str = "stayed_shut") -> m.DoorNotOpened:
    return m.DoorNotOpened(operation="o", compartment=1, why=why)  # type: ignore[arg-type]


def reassigned(person: str = "mai", before: str = "amina") -> m.ItemReassigned:
    return m.ItemReassigned(item="i", person=person, pickup=f"p-{person}", before=before)


def test_who_had_it_is_told_that_it_is_not_theirs_each_of_them() -> None:
    found = after(claimed(), lies(), reassigned(), reassigned("arber", "mai"))
    assert [(one.kind, one.item, one.person) for one in found] == [
        ("not_yours", "i", "amina"),
        ("not_yours", "i", "mai"),
    ]
    assert after(claimed(), lies(), reassigned("amina")) == [], "nobody else's"


@pytest.mark.parametrize("kind", ["stuck", "mended", "moved", "opened", "kept_wrong"])
def test_what_is_told_of_a_thing_is_told_to_whose_it_is(kind: Kind) -> None:
    assert concerns(kind, "mai", "mai")
    assert not concerns(kind, "mai", "amina")
    assert not concerns("not_yours", "mai", "mai")
    assert concerns("not_yours", "mai", "amina")


def taken_out(why: str) -> m.ItemTakenOut:
    return m.ItemTakenOut(
        item="i",
        compartment=1,
        allocation=1,
        staff="s",
        why=why,  # type: ignore[arg-type]
        evidence="door",
    )


def test_a_door_that_stays_shut_before_its_person_is_told_and_others_are_not() -> None:
    assert after(claimed(), lies(), intent(), shut()) == [Step("stuck", "borny", "i", AT + 3)]
    assert after(claimed(), lies(), intent("order"), shut()) == []
    assert after(claimed(), lies(), intent(), shut("board_silent")) == []


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("too_high", "kept_reach"),
        ("too_heavy", "kept_reach"),
        ("empty", "kept_empty"),
        ("missing", "kept_missing"),
        ("wrong", "kept_wrong"),
    ],
)
def test_each_answer_at_the_kiosk_is_told_what_follows(why: str, kind: Kind) -> None:
    kept = m.ItemKept(item="i", compartment=1, allocation=1, why=why)  # type: ignore[arg-type]
    assert after(claimed(), lies(), kept) == [Step(kind, "borny", "i", AT + 2)]


def test_what_was_taken_out_to_be_moved_and_lies_again_has_moved_and_is_no_new_arrival() -> None:
    facts = (claimed(), lies(), taken_out("move"), claimed(7, 2), lies(7, 2))
    rows, events = Rows(), told(*facts)
    fold(rows, events)
    assert steps(rows, events) == [Step("moved", "borny", "i", AT + 4)]
    assert arrivals(rows, events[2:]) == []


def test_it_has_moved_though_the_facts_come_in_two_batches() -> None:
    rows = Rows()
    events = told(claimed(), lies(), taken_out("move"), claimed(7, 2), lies(7, 2))
    fold(rows, events[:3])
    fold(rows, events[3:])
    assert [step.kind for step in steps(rows, events[3:])] == ["moved"]


@pytest.mark.parametrize("why", ["undo", "return", "hand_over"])
def test_what_was_taken_out_for_another_reason_and_lies_again_has_arrived(why: str) -> None:
    rows, events = Rows(), told(claimed(), lies(), taken_out(why), claimed(7, 2), lies(7, 2))
    fold(rows, events)
    assert steps(rows, events) == []
    assert [one.pickup for one in arrivals(rows, events[2:])] == ["p"]


def test_what_went_back_with_its_carrier_is_told() -> None:
    facts = (claimed(), lies(), taken_out("return"), m.ItemReturned(item="i", staff="s"))
    assert after(*facts) == [Step("returned", "borny", "i", AT + 3)]


def test_what_turns_out_to_be_for_somebody_else_has_arrived_for_them() -> None:
    rows = Rows()
    again = m.ItemReassigned(item="i", person="bilal", pickup="q", before="amina", staff="s")
    events = told(claimed(), lies(), again)
    fold(rows, events)
    assert [(one.person, one.pickup, one.at_ms) for one in arrivals(rows, events[2:])] == [
        ("bilal", "q", AT + 2)
    ]


def test_a_thing_in_hand_that_is_for_somebody_else_has_not_arrived_yet() -> None:
    rows = Rows()
    again = m.ItemReassigned(item="i", person="bilal", pickup="q", before="amina", staff="s")
    events = told(claimed(), lies(), taken_out("move"), again)
    fold(rows, events)
    assert arrivals(rows, events[2:]) == []


def test_a_door_that_staff_had_opened_and_that_closed_again_is_mended_for_what_lies_behind_it() -> None:
    closed = m.DoorClosed(operation="o", compartment=1)
    assert after(claimed(), lies(), intent("order"), closed) == [Step("mended", "borny", "i", AT + 3)]
    assert after(claimed(), lies(), intent(), closed) == [], "its person opened it"
    assert after(claimed(), lies(), m.DoorClosed(compartment=1)) == []


def test_what_is_told_is_told_only_while_it_is_so() -> None:
    waiting = {"state": "waiting", "kept_why": None, "moved_ms": None}
    assert still_so("stuck", waiting, "jammed", 5)
    assert not still_so("stuck", waiting, None, 5)
    assert not still_so("stuck", {"state": "collected", "kept_why": None}, "jammed", 5)
    assert still_so("kept_empty", {"state": "kept", "kept_why": "empty"}, None, 5)
    assert not still_so("kept_empty", {"state": "kept", "kept_why": "wrong"}, None, 5)
    assert not still_so("kept_empty", waiting, None, 5)
    gone = {"state": "returned", "kept_why": None, "named": True, "reassigned_ms": None}
    assert still_so("returned", gone, None, 5)
    assert not still_so("returned", gone | {"named": False}, None, 5), "nobody knows whom to tell"
    assert still_so("returned", gone | {"named": False, "reassigned_ms": 3}, None, 5)
    assert still_so("moved", waiting, None, 5)
    assert still_so("mended", waiting, None, 5)
    assert still_so("mended", waiting | {"moved_ms": 4}, None, 5)
    assert not still_so("mended", waiting | {"moved_ms": 6}, None, 5)
    assert not still_so("mended", waiting, "jammed", 5)
