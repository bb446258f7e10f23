"""`lockers recognise`, as somebody at a terminal or another program calls it."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from locker_firmware_bridge.__main__ import main


def told(*arguments: str) -> object:
    result = CliRunner().invoke(main, ["recognise", *arguments])
    assert result.exit_code == 0
    assert result.output.count("\n") == 1
    return json.loads(result.output)


def test_a_label_is_told_as_one_json_object_with_the_fields_it_has() -> None:
    assert told("RB 123 456 785 FR") == {
        "carrier": "laposte",
        "number": "RB123456785FR",
        "valid": True,
        "service": "RB",
        "serial": "12345678",
        "country": "FR",
    }


@pytest.mark.parametrize(
    ("text", "carrier", "valid"),
    [
        ("6A12345678905", "colissimo", True),
        ("6A12345678901", "colissimo", False),
        ("12123456780101006623123454", "mondialrelay", True),
        ("XHAX4HDA", "gls", None),
        ("]C100340376612345678904", "sscc", True),
        ("HELLO", "unknown", None),
        ("", "unknown", None),
        ("-Q&é\"'(-è_çà(", "unknown", None),
        ("--carrier", "unknown", None),
    ],
)
def test_carrier_and_verdict_are_told_whatever_the_text(text: str, carrier: str, valid: bool | None) -> None:
    found = told(text)
    assert isinstance(found, dict)
    assert (found["carrier"], found["valid"]) == (carrier, valid)


def test_bytes_that_are_no_text_are_told_all_the_same() -> None:
    command = [sys.executable.encode(), b"-m", b"locker_firmware_bridge", b"recognise", b"AB\xff\xfe"]
    result = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert json.loads(result.stdout) == {"carrier": "unknown", "number": "AB??", "valid": None}
    assert result.stderr == b""
