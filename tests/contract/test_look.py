"""The look is data: what is in it is listed, unchanged, legible and drawn without inline styles."""

import hashlib
import json
import re
import tomllib
from itertools import product
from typing import Any

import jinja2
import pytest

from contract import look
from contract.messages import CabinetCompartment

LISTED = tomllib.loads((look.STATIC.parent / "vendored.toml").read_text())
CSS = (look.STATIC / "tokens.css").read_text()

TEXT_ON_GROUND = [
    *product(("ink", "ink-soft"), ("paper", "surface", "sunk")),
    ("ink", "steel"),
    ("main", "surface"),
    ("main", "paper"),
    ("on-main", "main"),
    ("on-main", "main-deep"),
    ("on-warmth", "warmth"),
    ("on-plate", "plate"),
    ("on-danger", "danger"),
    ("on-info", "info"),
    ("on-ok", "ok"),
    ("on-warn", "warn"),
    ("on-alarm", "alarm"),
    ("on-alarm", "surface"),
]


def colours(block: str) -> dict[str, str]:
    """The colour tokens set in one block of the style sheet."""
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def themes() -> dict[str, dict[str, str]]:
    """Light, dark by the system's wish, dark by choice, each with all its colours."""
    light = re.search(r"\n:root \{(.*?)\n\}", CSS, re.DOTALL)
    wished = re.search(r":root:not\(\[data-theme=\"light\"\]\) \{(.*?)\n  \}", CSS, re.DOTALL)
    chosen = re.search(r":root\[data-theme=\"dark\"\] \{(.*?)\n\}", CSS, re.DOTALL)
    assert light
    assert wished
    assert chosen
    return {"light": colours(light[1]), "wished": colours(wished[1]), "chosen": colours(chosen[1])}


def luminance(colour: str) -> float:
    """WCAG relative luminance of #rrggbb."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def environment() -> jinja2.Environment:
    """Jinja as kiosk and hub set it up."""
    return jinja2.Environment(loader=jinja2.FileSystemLoader(look.TEMPLATES), autoescape=True)


def render(template: str, macro: str, *args: Any, **kwargs: Any) -> str:
    """What one macro draws."""
    module: Any = environment().get_template(template).module
    return str(getattr(module, macro)(*args, **kwargs))


def place(compartment: int, column: int, row: int, **other: Any) -> CabinetCompartment:
    """One compartment of a small cabinet."""
    described: dict[str, Any] = {"kind": "lock", "size": "M", "floor_cm": 20} | other
    return CabinetCompartment(compartment=compartment, column=column, row=row, **described)


CABINET = [
    place(1, 1, 1),
    place(2, 1, 2, size="XL"),
    place(3, 2, 1, kind="shelf", label="B<4"),
]


@pytest.mark.parametrize("entry", LISTED["vendored"], ids=lambda entry: str(entry["file"]))
def test_what_others_made_is_unchanged_and_licensed(entry: dict[str, str]) -> None:
    content = (look.STATIC / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert (look.STATIC.parent / "licences" / entry["licence_text"]).stat().st_size > 200
    assert all(entry[field] for field in ("name", "version", "licence", "package"))


def test_no_static_file_is_unlisted() -> None:
    listed = {look.STATIC / entry["file"] for entry in LISTED["vendored"]}
    for pattern in LISTED["own"]:
        listed.update(look.STATIC.glob(pattern))
    assert {path for path in look.STATIC.rglob("*") if path.is_file()} == listed


@pytest.mark.parametrize("theme", ["light", "wished", "chosen"])
def test_every_text_has_a_contrast_of_seven(theme: str) -> None:
    tokens = themes()[theme]
    faint = {
        (text, ground): round(contrast(tokens[text], tokens[ground]), 2)
        for text, ground in TEXT_ON_GROUND
        if contrast(tokens[text], tokens[ground]) < 7
    }
    assert faint == {}
    assert contrast(tokens["line"], tokens["surface"]) >= 3


def test_dark_is_the_same_by_wish_and_by_choice() -> None:
    assert themes()["wished"] == themes()["chosen"]
    assert themes()["wished"].keys() == themes()["light"].keys()


def test_the_style_sheet_knows_no_left_and_no_right() -> None:
    physical = r"[\s;{](?:margin|padding|border|inset)-(?:left|right)\b|[\s;{](?:left|right|width|height)\s*:"
    assert re.findall(physical, CSS) == []


def test_the_ten_digits_have_ten_drawings_names_and_colours() -> None:
    digits = json.loads((look.STATIC / "digits.json").read_text())
    assert list(digits) == list("0123456789")
    for key in ("fr", "en", "ar", "sq", "colour"):
        assert len({digit[key] for digit in digits.values()}) == 10
    drawings = re.findall(
        r'<symbol id="digit-(\d)".*?fill="(#\w+)"', (look.STATIC / "digits.svg").read_text()
    )
    assert drawings == [(number, digit["colour"]) for number, digit in digits.items()]


@pytest.mark.parametrize(
    ("digits", "groups"), [("27483190", ["27", "483", "190"]), ("715648302", ["715", "648", "302"])]
)
def test_a_code_is_read_in_groups_of_three_from_the_end(digits: str, groups: list[str]) -> None:
    drawn = render("look/code.html", "code", digits)
    assert ["".join(re.findall(r">(\d)<", part)) for part in drawn.split("code-group")[1:]] == groups
    assert 'dir="ltr"' in drawn
    assert f'aria-label="{" ".join(digits)}"' in drawn


def test_a_door_says_its_number_and_state_to_eye_and_ear() -> None:
    drawn = render(
        "look/lockers.html",
        "lockers",
        CABINET,
        {1: "blocked", 2: "occupied"},
        link=lambda compartment: f"/casiers/{compartment}",
        labels={"door": "Porte", "shelf": "Place", "blocked": "Bloquée", "occupied": "Occupée"},
    )
    assert 'aria-label="Porte 1, Bloquée"' in drawn
    assert 'aria-label="Place B&lt;4"' in drawn
    assert 'href="/casiers/2"' in drawn
    assert "icons.svg#lock" in drawn
    assert ">Occupée</text>" in drawn


def test_the_sought_door_stands_out_and_the_others_step_back() -> None:
    drawn = render("look/lockers.html", "lockers", CABINET, {}, highlight=[2], labels={})
    assert len(re.findall(r"data-highlight", drawn)) == 1
    assert len(re.findall(r"data-quiet", drawn)) == 2


@pytest.mark.parametrize("state", ["free", "open", "left_open", "unknown", "unusable"])
def test_the_drawing_needs_no_inline_style_or_script(state: str) -> None:
    drawn = render("look/lockers.html", "lockers", CABINET, {1: state}, labels={})
    assert not re.search(r"\sstyle=|\son\w+=|<script", drawn)


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (look.STATIC / "icons.svg").read_text()))
    marks = environment().get_template("look/lockers.html").module.marks  # type: ignore[attr-defined]
    assert set(marks.values()) | {"key"} | set(look.PICTURES.values()) <= sprite
