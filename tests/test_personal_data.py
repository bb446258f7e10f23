"""Where personal data lie is written down, column by column and field by field, and stays true."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from contract import messages as m
from hub.core.retention import Retention
from hub.store.expiry import TIMERS
from hub.store.tables import metadata

DOCS = Path(__file__).resolve().parent.parent / "docs"
GUIDE = DOCS / "donnees-personnelles.md"
CLASSES = ("personal", "id", "text", "none")
FACTS = {kind.__struct_config__.tag: kind for kind in get_args(m.AnyFact)}
DOCUMENTS = {kind.__struct_config__.tag: kind for kind in get_args(m.AnyDocument)}

TEXTS_OF_FACTS = {
    "hole": "why",  # the device's program
    "board_silent": "why",  # the driver's words
    "door_intent": "reason",  # the bridge's words, or a key of hub.web.lockers.reasons
    "compartment_checked": "why",  # a key: nobody types it
}
"""The free texts that go up with facts, and who writes them. None is typed by anybody."""


@cache
def register() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((DOCS / "donnees-personnelles.toml").read_text())


def sorted_out(place: str, name: str) -> list[str]:
    return [word for kind in CLASSES for word in register()[place].get(name, {}).get(kind, "").split()]


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_column_is_classified_once(name: str) -> None:
    assert sorted(sorted_out("tables", name)) == sorted(metadata.tables[name].columns.keys())


@pytest.mark.parametrize("name", sorted({**FACTS, **DOCUMENTS}))
def test_every_field_of_facts_and_documents_is_classified_once(name: str) -> None:
    kind: Any = {**FACTS, **DOCUMENTS}[name]
    assert sorted(sorted_out("messages", name)) == sorted(kind.__struct_fields__)


def test_the_register_names_nothing_that_is_gone_and_no_other_class() -> None:
    assert set(register()["tables"]) == set(metadata.tables)
    assert set(register()["messages"]) == {*FACTS, *DOCUMENTS}
    assert {kind for place in register().values() for row in place.values() for kind in row} <= set(CLASSES)


def test_no_fact_says_anything_of_a_person_but_ids_and_a_parcels_number() -> None:
    assert [name for name in FACTS if "personal" in register()["messages"][name]] == []
    texts = {name: register()["messages"][name].get("text") for name in FACTS}
    assert {name: text for name, text in texts.items() if text} == TEXTS_OF_FACTS


def test_the_guide_speaks_of_every_table_that_says_something_of_somebody() -> None:
    """And of the files beside the database."""
    guide = GUIDE.read_text()
    telling = [
        name
        for name, row in register()["tables"].items()
        if {"personal", "text"} & set(row) or "person" in row.get("id", "").split()
    ]
    missing = [
        name
        for name in (*telling, "erased.jsonl", "feed.sqlite3", "journal.sqlite3")
        if f"`{name}`" not in guide
    ]
    assert missing == []


def test_the_guide_names_every_period_and_its_days() -> None:
    guide = GUIDE.read_text()
    for name in Retention.__struct_fields__:
        days = getattr(Retention(), name)
        if isinstance(days, int):
            assert re.search(rf"`{name}`[^\n]*\b{days}\b", guide), name
    assert len(TIMERS) == 21, "a new timer must be told in the guide"
