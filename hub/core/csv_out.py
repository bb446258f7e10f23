"""Tables on their way into a spreadsheet: what a French one opens, and nothing it would calculate."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_PIECE: Final = 32 * 1024
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_bytes(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, semicolons, lines that end on CR LF. What begins like a formula gets a `'`."""
    return b"".join(csv_lines(heading, rows))


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same as it is read, some rows at a time."""
    text = io.StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if text.tell() > _PIECE:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    """What was written so far; it begins anew."""
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with; a NUL, which ends a text for some, is left out."""
    plain = cell.replace("\0", "")
    return f"'{plain}" if plain.lstrip(" \u00a0\u202f").startswith(_FORMULA) else plain


def written(cell: str) -> str:
    """What stood in the cell before `harmless`: a list that was taken out is read in again as it was."""
    plain = cell.removeprefix("'")
    return plain if cell != plain and harmless(plain) == cell else cell
