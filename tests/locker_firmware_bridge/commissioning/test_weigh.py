"""`lockers weigh`: bytes typed by an installer, one JSON object a line, and a status."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from locker_firmware_bridge.__main__ import main


def weigh(protocol: str, text: str) -> Result:
    return CliRunner().invoke(main, ["weigh", "--protocol", protocol, text])


def typed(*sent: bytes) -> str:
    return b"".join(sent).hex(" ")


@pytest.mark.parametrize(
    ("protocol", "line", "said"),
    [
        ("mt-sics", b"S D       4.37 kg\r\n", {"value": "4.37", "unit": "kg", "stable": False}),
        ("mt-sics", b"S S     100.00 g\r\n", {"value": "100.00", "unit": "g", "stable": True}),
        ("and", b"ST,+00012.34 kg\r\n", {"value": "12.34", "unit": "kg", "stable": True}),
        ("and", b"US,-00000.05  g\r", {"value": "-0.05", "unit": "g", "stable": False}),
        ("st-gs", b"ST,GS,+00045.0kg\n", {"value": "45.0", "unit": "kg", "stable": True}),
        ("st-gs", b"ST,GS,    7.16,KG", {"value": "7.16", "unit": "kg", "stable": True}),
        ("adam", b"G +   2.00 kg\r\n", {"value": "2.00", "unit": "kg", "stable": None}),
        ("generic", b"W 0.00000001 kg\r\n", {"value": "0.00000001", "unit": "kg", "stable": True}),
    ],
)
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_weight_is_printed_as_it_was_shown(
    protocol: str, line: bytes, said: dict[str, str], case: Callable[[str], str]
) -> None:
    result = weigh(protocol, case(typed(line)))
    assert result.stdout == json.dumps(said) + "\n"
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("protocol", "line", "word"),
    [
        ("mt-sics", b"S I\r\n", "busy"),
        ("mt-sics", b"ES\r\n", "syntax error"),
        ("and", b"OL,+9999999E+19\r\n", "overload"),
        ("st-gs", b"UL,GS,--------,kg\r\n", "underload"),
        ("adam", b"N +   1.0", "check which protocol"),
        ("and", bytes(byte | 0x80 for byte in b"ST,+00012.34 kg"), "parity"),
    ],
)
def test_what_is_no_weight_is_an_error_in_words_and_status_1(protocol: str, line: bytes, word: str) -> None:
    result = weigh(protocol, typed(line))
    said = json.loads(result.stdout)
    assert list(said) == ["error"]
    assert word in said["error"]
    assert (result.exit_code, result.stderr) == (1, "")


def test_every_line_has_its_object_and_one_error_makes_the_status() -> None:
    lines = [b"S D      10.00 kg\r\n", b"\r\n", b"S +\r\n"] + [b"S S       4.35 kg\r\n"] * 40
    result = weigh("mt-sics", typed(*lines))
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(said) == 42
    assert [next(iter(each)) for each in said[:3]] == ["value", "error", "value"]
    assert result.exit_code == 1


@pytest.mark.parametrize("text", ["", "  ", "5", "53 2", "5 32 0", "0x53", "S S 4.35 kg", "53,20"])
def test_what_is_no_row_of_bytes_is_one_sentence_and_status_2(text: str) -> None:
    result = weigh("mt-sics", text)
    assert result.stdout == ""
    assert "no row of bytes" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.exit_code == 2


def test_bytes_without_a_line_are_said_to_have_none() -> None:
    result = weigh("generic", "0D 0A")
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "no line" in result.stderr


def test_a_protocol_nobody_speaks_is_refused() -> None:
    result = weigh("sics", "53")
    assert result.exit_code == 2
    assert "mt-sics" in result.stderr
