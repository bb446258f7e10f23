"""Tables on their way into a spreadsheet: what a French one opens, and nothing it would calculate."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, semicolons, lines that end on CR LF. What begins like a formula gets a `'`."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with; a NUL, which ends a text for some, is left out."""
    plain = cell.replace("\0", "")
    return f"'{plain}" if plain.lstrip(" \u00a0\u202f").startswith(_FORMULA) else plain
