"""Lists of people as caretakers, landlords and spreadsheets write them.

UTF-8 or Latin-1, `;` or `,` or tabs, headings in French or English in any order. A line that cannot
be taken is refused by itself, with the reason; the others are taken.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from hub.core.addresses import is_address, telephone
from hub.core.csv_out import written

MOST_LINES: Final = 20_000
MOST_BYTES: Final = 5_000_000
_LINES_OF_ONE: Final = 10
"""A quoted cell may run over so many lines; a quote that ends later was never meant to begin there."""

Reason = Literal[
    "name_missing",
    "duplicate",
    "too_long",
    "bad_phone",
    "bad_email",
    "bad_number",
    "bad_language",
    "control",
    "hidden_sign",
]


class ListError(ValueError):
    """A list that cannot be read at all: `why` is `empty`, `no_name_column` or `too_large`."""

    def __init__(self, why: Literal["empty", "no_name_column", "too_large"]) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class PersonLine:
    """A person as written down. `phone` is E.164 (`+33612345678`); `reach_cm` is how high they reach,
    `carry_grams` what they can carry.
    """

    name: str
    flat: str = ""
    language: str = "fr"
    phone: str | None = None
    email: str | None = None
    reach_cm: int | None = None
    carry_grams: int | None = None


@dataclass(frozen=True)
class RefusedLine:
    """A line of the file (the heading is line 1), what is wrong, and in which column."""

    line: int
    reason: Reason
    column: str
    text: str


@dataclass(frozen=True)
class Report:
    """What came of a list."""

    accepted: tuple[PersonLine, ...]
    refused: tuple[RefusedLine, ...]


class _RefusedError(Exception):
    def __init__(self, reason: Reason, column: str) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.column = column


_Row = tuple[int, list[str], bool]
"""The number of its (last) line, its cells, and whether it could be taken apart."""

_HEADINGS: Final = {
    "name": ("nom", "name", "nom complet", "full name", "nom et prenom", "nom prenom", "last name"),
    "first": ("prenom", "first name", "firstname"),
    "flat": ("appartement", "appt", "apt", "logement", "flat", "apartment", "porte", "lot"),
    "language": ("langue", "language"),
    "phone": ("telephone", "tel", "phone", "mobile", "portable"),
    "email": ("email", "e-mail", "courriel", "mail"),
    "reach": ("hauteur", "hauteur cm", "hauteur max", "reach", "reach cm", "reach_cm"),
    "carry": ("poids", "poids kg", "poids max", "carry", "carry kg"),
}
_COLUMNS: Final = {heading: column for column, headings in _HEADINGS.items() for heading in headings}
_LANGUAGES: Final = {
    "francais": "fr",
    "french": "fr",
    "anglais": "en",
    "english": "en",
    "arabe": "ar",
    "arabic": "ar",
    "العربية": "ar",
    "albanais": "sq",
    "albanian": "sq",
    "shqip": "sq",
}
_LANGUAGE = re.compile(r"^[a-z]{2,3}$")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_HIDING: Final = frozenset({"Cf", "Zl", "Zp", "Co", "Cs"})
"""Categories of signs nobody sees: they turn the writing round, join, or have no width."""
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that are drawn as nothing."""


def likeness(text: str) -> str:
    """Text without case, accents and doubled blanks: what two ways of writing one name share."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def read_list(raw: bytes, known: Iterable[tuple[str, str]] = ()) -> Report:
    """Read a list; `known` are the (likeness of) name and flat of people already there.

    Raises ListError where nothing of it can be used.
    """
    rows = _rows(raw)
    columns = [_COLUMNS.get(likeness(heading).replace("(", "").replace(")", "")) for heading in rows[0][1]]
    if "name" not in columns:
        raise ListError("no_name_column")
    seen, accepted, refused = set(known), list[PersonLine](), list[RefusedLine]()
    for number, cells, is_whole in rows[1:]:
        fields = {
            column: written(cell.strip()).strip()
            for column, cell in zip(columns, cells, strict=False)
            if column
        }
        if not any(cell.strip() for cell in cells):
            continue
        try:
            if not is_whole:
                raise _RefusedError("control", "name")
            person = checked(fields)
            who = (likeness(person.name), likeness(person.flat))
            if who in seen:
                raise _RefusedError("duplicate", "name")
        except _RefusedError as error:
            refused.append(RefusedLine(number, error.reason, error.column, _shown(";".join(cells)[:120])))
            continue
        seen.add(who)
        accepted.append(person)
    return Report(tuple(accepted), tuple(refused))


def faults(fields: dict[str, str]) -> tuple[PersonLine | None, dict[str, Reason]]:
    """Check the fields of one form: the person, or what is wrong by column."""
    if hidden := {column: why for column, text in fields.items() if (why := unread(text))}:
        return None, hidden
    try:
        return checked(fields), {}
    except _RefusedError as error:
        return None, {error.column: error.reason}


def checked(fields: dict[str, str]) -> PersonLine:
    """A person from texts by column: name, first, flat, language, phone, email, reach (cm), carry (kg)."""
    for column, text in fields.items():
        if why := unread(text):
            raise _RefusedError(why, column)
    name = " ".join(f"{fields.get('first', '')} {fields.get('name', '')}".split())
    if not name:
        raise _RefusedError("name_missing", "name")
    return PersonLine(
        name=_short(name, 120, "name"),
        flat=_short(fields.get("flat", ""), 40, "flat"),
        language=_language(fields.get("language", "")),
        phone=_phone(fields.get("phone", "")),
        email=_email(fields.get("email", "")),
        reach_cm=_number(fields.get("reach", ""), "reach", 1, 0, 400),
        carry_grams=_number(fields.get("carry", ""), "carry", 1000, 0, 200_000),
    )


def unread(text: str) -> Reason | None:
    """Whether it holds signs that two people would not read alike: one name may not pass for another."""
    reasons = {_sign_reason(sign) for sign in text}
    return "control" if "control" in reasons else "hidden_sign" if "hidden_sign" in reasons else None


def _sign_reason(sign: str) -> Reason | None:
    category = unicodedata.category(sign)
    if category == "Cc":
        return "control"
    return "hidden_sign" if category in _HIDING or sign in _BLANK else None


def _shown(text: str) -> str:
    """The text with what cannot be seen spelled out, as `<U+202E>`; tabs stand between cells."""
    hidden = {sign for sign in text if _sign_reason(sign) and sign != "\t"}
    return "".join(f"<U+{ord(sign):04X}>" if sign in hidden else sign for sign in text)


def _rows(raw: bytes) -> list[_Row]:
    """The rows from the heading on."""
    if len(raw) > MOST_BYTES:
        raise ListError("too_large")
    lines = _LINE_END.split(_decoded(raw))  # not at signs that only some programs take for a line's end
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise ListError("empty")
    delimiter = max(";,\t", key=lines[first].count)
    rows: list[_Row] = []
    while first < len(lines):
        cells, used = _row(lines[first : first + _LINES_OF_ONE], delimiter)
        rows.append((first + max(used, 1), cells, used > 0))
        first += max(used, 1)
    if len(rows) > MOST_LINES:
        raise ListError("too_large")
    return rows


def _row(lines: list[str], delimiter: str) -> tuple[list[str], int]:
    """The cells of the first row of these lines, and how many lines it takes; 0: its quote never ends."""
    reader = csv.reader([*lines, ""], delimiter=delimiter)
    try:
        cells = next(reader)
    except csv.Error:
        return [lines[0]], 0
    return (cells, reader.line_num) if reader.line_num <= len(lines) else ([lines[0]], 0)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what spreadsheets call Latin-1


def _short(text: str, most: int, column: str) -> str:
    if len(text) > most:
        raise _RefusedError("too_long", column)
    return text


def _language(text: str) -> str:
    word = likeness(text)
    code = _LANGUAGES.get(word, word) or "fr"
    if not _LANGUAGE.match(code):
        raise _RefusedError("bad_language", "language")
    return code


def _phone(text: str) -> str | None:
    number = telephone(text)
    if text and number is None:
        raise _RefusedError("bad_phone", "phone")
    return number


def _email(text: str) -> str | None:
    if text and (len(text) > 200 or not is_address(text)):
        raise _RefusedError("bad_email", "email")
    return text or None


def _number(text: str, column: str, unit: int, least: int, most: int) -> int | None:
    plain = text.replace(",", ".").removesuffix("cm").removesuffix("kg").strip()
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", plain):
        raise _RefusedError("bad_number", column)
    value = round(float(plain) * unit)
    if not least <= value <= most:
        raise _RefusedError("bad_number", column)
    return value
