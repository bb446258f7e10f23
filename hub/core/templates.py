"""Texts of messages with fields in braces, `{code}`: which fields a text must have and may have. Pure.

The fields have the same names in every language. A text of several lines is one line after the other by
e-mail and one text by SMS; what is empty (nobody knows the hours) leaves no gap.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hub.core.notices import Kind

Field = Literal[
    "site",
    "nouvelle",
    "code",
    "delai",
    "presence",
    "objet",
    "lieu",
    "qui",
    "quoi",
    "numero",
    "compte",
    "promesse",
    "prix",
    "mot",
    "erreur",
    "suite",
]

MOST_LETTERS: Final = 600

_TOLD: Final[tuple[Field, ...]] = ("site", "nouvelle", "code", "delai", "presence", "qui")
_STEP: Final[tuple[Field, ...]] = ("site", "objet", "qui", "presence")
FIELDS: Final[dict[Kind, tuple[Field, ...]]] = {
    "ready": _TOLD,
    "reminder": _TOLD,
    "stuck": _STEP,
    "mended": ("site", "objet", "code", "qui", "presence"),
    "moved": ("site", "objet", "lieu", "code", "qui", "presence"),
    "kept_reach": _STEP,
    "kept_empty": _STEP,
    "kept_missing": _STEP,
    "kept_wrong": _STEP,
    "returned": _STEP,
    "opened": _STEP,
    "not_yours": ("site", "erreur", "suite", "qui", "presence"),
    "brought": ("site", "quoi", "numero", "compte", "promesse", "prix", "mot", "code", "qui", "presence"),
    "quoted": ("site", "objet", "numero", "prix", "qui", "presence"),
    "lost": ("site", "objet", "numero", "qui", "presence"),
}
"""The fields a text of this kind may have, in the order in which they are offered."""
NEEDED: Final[dict[Kind, tuple[Field, ...]]] = dict.fromkeys(FIELDS, ("site",)) | {
    "ready": ("site", "nouvelle", "code"),
    "reminder": ("site", "nouvelle", "code"),
    "moved": ("site", "lieu"),
    "brought": ("site", "numero"),
    "quoted": ("site", "prix"),
    "not_yours": ("site", "erreur", "suite"),
}
"""Without these nobody would know what to do."""

LEFT_TO_RIGHT: Final = "\u200e"
"""A mark nobody sees: the digits after it run from left to right."""
_HIDING: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_HARMLESS: Final = frozenset("\n\u200c\u200d\u200e\u200f")
"""Line ends, joiners that some writings need, and marks for the direction of what is beside them."""

_MARK: Final = re.compile(r"\{([^{}\n]*)\}")
_BLANKS: Final = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text; `field` is the one it is about, as it was written."""

    why: Literal["empty", "too_long", "brace", "unknown", "missing", "control"]
    field: str = ""


def fault(kind: Kind, text: str) -> Fault | None:
    """The first thing wrong with a text for this kind of message; None for a good one."""
    if not text.strip():
        return Fault("empty")
    if len(text) > MOST_LETTERS:
        return Fault("too_long")
    if any(unicodedata.category(mark) in _HIDING and mark not in _HARMLESS for mark in text):
        return Fault("control")
    found = _MARK.findall(text)
    unknown = next((name for name in found if name not in FIELDS[kind]), None)
    if unknown is not None:
        return Fault("unknown", unknown)
    if "{" in _MARK.sub("", text) or "}" in _MARK.sub("", text):
        return Fault("brace")
    missing = next((name for name in NEEDED[kind] if name not in found), None)
    return Fault("missing", missing) if missing else None


def fill(text: str, values: Mapping[str, str]) -> list[str]:
    """The lines of a text with its values put in; a line of which nothing is left is none."""
    filled = _MARK.sub(lambda mark: values.get(mark[1], ""), text)
    lines = (_BLANKS.sub(_first, line).strip() for line in filled.split("\n"))
    return [line for line in lines if line]


def _first(blanks: re.Match[str]) -> str:
    """A run of blanks as one: the narrow or unbroken one that may be among them stands before a colon."""
    return blanks[0] if len(blanks[0]) == 1 else " "


def tidy(text: str) -> str:
    """A text as a form brings it, with plain line ends and no empty lines at its end."""
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n")).strip()
