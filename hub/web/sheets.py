"""Tables for a spreadsheet, as CSV and as XLSX: what is text stays text, whatever it begins with."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import Response, stream_with_context

from hub.core.csv_out import csv_lines
from hub.core.prices import written

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Euros:
    """A cell with money in it."""

    cents: int


@dataclass(frozen=True)
class Kilos:
    """A cell with a weight in it."""

    grams: int


Cell = str | Euros | Kilos


def sheet_answer(
    kind: str, title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]], name: str
) -> Response:
    """The table as `name`.csv or `name`.xlsx."""
    if kind == "csv":
        return csv_answer(heading, rows, name)
    return xlsx_answer(title, heading, rows, name)


def csv_answer(heading: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> Response:
    """The table as `name`.csv, read while it is sent."""
    texts = ([_text(cell) for cell in row] for row in rows)
    lines = stream_with_context(csv_lines(heading, texts))
    return _attached(lines, "text/csv", f"{name}.csv")


def xlsx_answer(title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> Response:
    """The table as `name`.xlsx, money and weights as numbers that can be added up."""
    return _attached(workbook(title, heading, rows), _XLSX, f"{name}.xlsx")


def workbook(title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet. No text becomes a formula, a link or a number."""
    import xlsxwriter  # a workbook is asked for seldom, and a hub's commands start often

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        euros = book.add_format({"num_format": '#,##0.00 "€"'})
        kilos = book.add_format({"num_format": "#,##0.000"})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(heading):
            sheet.write_string(0, column, text, bold)
            sheet.set_column(column, column, 18)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, Euros):
                    sheet.write_number(number, column, Decimal(cell.cents) / 100, euros)
                elif isinstance(cell, Kilos):
                    sheet.write_number(number, column, Decimal(cell.grams) / 1000, kilos)
                else:
                    sheet.write_string(number, column, cell.replace("\0", ""))
    return held.getvalue()


def _text(cell: Cell) -> str:
    match cell:
        case Euros(cents):
            return written(cents)
        case Kilos(grams):
            return f"{grams // 1000},{grams % 1000:03}"
        case _:
            return cell


def _attached(content: bytes | Iterator[bytes], kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
