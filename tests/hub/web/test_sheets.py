"""Tables for a spreadsheet carry nothing it would calculate."""

import io
import zipfile

from hub.web.sheets import Euros, workbook


def test_no_text_becomes_a_formula_and_money_is_a_number() -> None:
    rows = [("=HYPERLINK(1)", Euros(1250)), ("+33 6", Euros(5)), ("@x\0", Euros(0)), ("http://a.b", Euros(1))]
    with zipfile.ZipFile(io.BytesIO(workbook("Comptes", ("Quoi", "Total"), rows))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
        assert not [name for name in book.namelist() if "rels" in name and "worksheets" in name], "no link"
    assert "<f>" not in sheet
    assert [f"<v>{value}</v>" in sheet for value in ("12.5", "0.05", "0", "0.01")] == [True] * 4
    assert [text in texts for text in ("=HYPERLINK(1)", "+33 6", "@x", "http://a.b")] == [True] * 4
