"""What is left of a fact: nothing that leads to a person, and all the tables are folded from."""

import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, structs

from contract import messages as m
from contract.codec import decode_fact
from hub.core.fold import fold
from hub.core.redaction import NAMING, NOBODY, impersonal, people_of, persons_in, unnamed, without_trace
from hub.core.rows import Rows
from hub.core.told import Told

REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLES = REPOSITORY / "contract" / "examples"
LABEL = "6A98765432109"
STORY: tuple[m.AnyFact, ...] = (
    m.ParcelReceived(item="i", person="amina", staff="sb", size="M", label=LABEL, carrier="La Poste"),
    m.PickupOpened(pickup="p", person="amina", ticket=27, generation=1),
    m.ItemClaimed(
        item="i",
        kind="parcel",
        person="amina",
        pickup="p",
        compartment=3,
        allocation=1,
        size="M",
        label=LABEL,
    ),
    m.ItemLeft(item="i", compartment=3, allocation=1, evidence="door"),
    m.ItemReassigned(item="i", person="zoe", pickup="p", before="amina"),
    m.DoorIntent(
        operation="o",
        compartment=3,
        allocation=1,
        attempt=1,
        purpose="collect",
        authority="code",
        actor="zoe",
        item="i",
        visit="v",
    ),
    m.ItemCollected(item="i", compartment=3, allocation=1, operation="o", proxy="mandate"),
    m.PickupClosed(pickup="p", ticket=27),
)


def folded(facts: tuple[m.AnyFact, ...]) -> Rows:
    rows = Rows()
    fold(rows, [Told(f"e{n}", "bridge", "borny", 1000 * n, False, fact) for n, fact in enumerate(facts)])
    return rows


def test_a_whole_story_names_nobody_and_no_label_and_still_folds_to_the_same_end() -> None:
    bare = tuple(unnamed(fact) for fact in STORY)
    written = b"".join(json.encode(fact) for fact in bare)
    for secret in ("amina", "zoe", LABEL, "mandate"):
        assert secret.encode() not in written
    full, left = folded(STORY).held, folded(bare).held
    whose = {"person": NOBODY, "label": "", "proxy": None}
    assert left["items"]["i"] == {**full["items"]["i"], **whose}
    assert left["pickups"]["p"] == {**full["pickups"]["p"], "person": NOBODY}
    assert left["operations"]["o"] == {**full["operations"]["o"], "actor": NOBODY}
    assert left["doors"] == full["doors"]


def blank(table: str, row: dict[str, object]) -> dict[str, object]:
    """What `hub.store.redaction` makes of a row of the fold."""
    named = {name: NOBODY for name in ("person",) if row.get(name) is not None}
    match table:
        case "items":
            return row | named | {"label": "", "proxy": None}
        case "operations" if row["authority"] == "code":
            return row | {"actor": NOBODY}
    return row | named


@given(st.lists(st.sampled_from(STORY), max_size=20))
def test_in_any_order_and_number_facts_about_nobody_fold_to_the_rows_about_nobody(
    facts: list[m.AnyFact],
) -> None:
    full, left = folded(tuple(facts)).held, folded(tuple(unnamed(fact) for fact in facts)).held
    for table, rows in full.items():
        assert left[table] == {key: blank(table, row) for key, row in rows.items()}


def test_of_one_person_only_that_one_is_taken_out_and_the_label_stays() -> None:
    bare = [unnamed(fact, "amina") for fact in STORY]
    written = b"".join(json.encode(fact) for fact in bare)
    assert b"amina" not in written
    assert written.count(b"zoe") == 2
    assert written.count(LABEL.encode()) == 2


def test_what_is_taken_out_once_has_nothing_more_to_take_out() -> None:
    for fact in STORY:
        once = unnamed(fact)
        assert unnamed(once) == once
        assert people_of(once) == set()
        assert decode_fact(json.encode(once)) == once


def test_staff_are_no_residents() -> None:
    by_staff = structs.replace(STORY[5], authority="staff", actor="sb")
    assert persons_in(by_staff) == ()
    assert unnamed(by_staff) == by_staff


def test_every_fact_that_has_a_person_or_a_label_is_known_as_such() -> None:
    """A new fact with such a field must be found by `hub.store.redaction`, or nobody takes it out."""
    found = {
        kind.__struct_config__.tag
        for kind in get_args(m.AnyFact)
        if {"person", "before", "label", "proxy"} & set(kind.__struct_fields__)
    }
    elsewhere = {"pickup_opened", "visit_opened"}  # found by their pickup, and as a trace
    assert found == {*NAMING, *elsewhere}


@pytest.mark.parametrize(
    ("fact", "left"),
    [
        (m.CodeRefused(kiosk="k", way="typed", wrong_today=3, wait_seconds=1), None),
        (m.PickupAsked(ask="a", way="qr"), None),
        (
            m.VisitOpened(visit="v", kiosk="k", way="qr", pickup="p", proxy="x"),
            m.VisitOpened(visit="v", kiosk="k", way="qr"),
        ),
    ],
)
def test_a_trace_keeps_at_most_its_place(fact: m.AnyFact, left: m.AnyFact | None) -> None:
    assert without_trace(fact) == left


TELLING_NOBODY = {
    *("item", "operation", "order", "pickup", "visit", "ticket", "number", "manifest", "load", "ask", "to"),
    *("tag", "tags", "missing", "note", "quote", "payment"),
}
"""Ids of facts that lead to a thing; `to` is a partner's."""
REGISTER = tomllib.loads((REPOSITORY / "docs" / "donnees-personnelles.toml").read_text())["messages"]


@pytest.mark.parametrize("kind", sorted(get_args(m.AnyFact), key=str), ids=lambda kind: kind.__name__)
def test_what_other_programs_are_told_says_who_of_no_fact_there_is(kind: Any) -> None:
    """A new field that leads to somebody must be taken out, or named above."""
    tag = kind.__struct_config__.tag
    plain = impersonal(decode_fact((EXAMPLES / f"{tag}.json").read_bytes()))
    for field in REGISTER[tag].get("id", "").split() if plain else ():
        value = getattr(plain, field)
        if isinstance(value, m.Holder):
            assert value.kind != "staff" or value.id == NOBODY, field
        elif field not in TELLING_NOBODY:
            assert value in (None, "", NOBODY), field
