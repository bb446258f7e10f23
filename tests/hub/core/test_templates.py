"""Texts with fields: what is missing or unknown is named, what is filled in leaves no gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.notices import OLDEST_MS, Kind
from hub.core.templates import FIELDS, NEEDED, Fault, fault, fill, tidy


def test_every_kind_of_message_has_its_fields_and_what_it_needs_is_among_them() -> None:
    assert set(FIELDS) == set(NEEDED) == set(OLDEST_MS)
    assert all(set(NEEDED[kind]) <= set(FIELDS[kind]) for kind in FIELDS)


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("ready", "{site} : {nouvelle} {code}", None),
        ("ready", "  \n ", Fault("empty")),
        ("ready", "{site} {nouvelle} {code}" + "x" * 600, Fault("too_long")),
        ("ready", "{site} : {nouvelle} {prenom} {code}", Fault("unknown", "prenom")),
        ("ready", "{site} : {nouvelle} {Code}", Fault("unknown", "Code")),
        ("ready", "{site} : {nouvelle} {}{code}", Fault("unknown", "")),
        ("ready", "{site} : {nouvelle}", Fault("missing", "code")),
        ("ready", "{nouvelle} {code}", Fault("missing", "site")),
        ("ready", "{site} {nouvelle} {code} }", Fault("brace")),
        ("ready", "{site} {nouvelle} {code", Fault("brace")),
        ("ready", "{site} {nouvelle} {code\n}", Fault("brace")),
        ("ready", "{site} {nouvelle} {code}\x07", Fault("control")),
        ("ready", "{site} {nouvelle} {code}\u202e", Fault("control")),
        ("stuck", "{site} : {objet}", None),
        ("stuck", "{site} : {code}", Fault("unknown", "code")),
        ("moved", "{site} : {objet}", Fault("missing", "lieu")),
    ],
)
def test_what_is_wrong_with_a_text_is_named(kind: Kind, text: str, found: Fault | None) -> None:
    assert fault(kind, text) == found


def test_a_field_with_nothing_in_it_leaves_neither_line_nor_gap() -> None:
    values = {"site": "Borny", "code": "27 483 190", "delai": "", "presence": ""}
    text = "{site}\u00a0: bonjour {delai} !\nCode {code}.\n{presence}"
    assert fill(text, values) == ["Borny\u00a0: bonjour !", "Code 27 483 190."]


def test_what_is_filled_in_is_never_taken_for_a_field() -> None:
    assert fill("{site} {code}", {"site": "{code}", "code": "1"}) == ["{code} 1"]


def test_a_text_comes_from_a_form_with_plain_line_ends() -> None:
    assert tidy("  a \r\n b\r\n\r\n") == "a\nb"


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=80))
def test_a_text_that_is_taken_can_be_filled_in_and_leaves_no_field(kind: Kind, text: str) -> None:
    whole = text + "".join(f"{{{name}}}" for name in NEEDED[kind])
    if fault(kind, whole) is None:
        lines = fill(whole, dict.fromkeys(FIELDS[kind], "x"))
        assert lines
        assert not any("{" in line or "}" in line for line in lines)
