"""`kiosk scanner`, as an installer types it."""

import os
import pty
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract.scans.layout import TEST_CODE
from contract.scans.message import Dropped, Message
from kiosk.__main__ import main
from kiosk.scanner_check import check, drawing
from tests.fakes.clock import FakeClock
from tests.fakes.scanner import FakeScanner


class Hand:
    """Somebody with a scanner on the port that kiosk.toml names."""

    def __init__(self, directory: Path) -> None:
        self._end, self._kiosk = pty.openpty()
        tty.setraw(self._kiosk)
        (directory / "kiosk.toml").write_text(f'[scanner]\nurl = "{os.ttyname(self._kiosk)}"\n')
        self._tired = threading.Event()
        self._thread: threading.Thread | None = None

    def scans(self, text: str) -> None:
        """The same code every tenth of a second, until it is put down."""

        def scan() -> None:
            while not self._tired.wait(0.1):
                os.write(self._end, text.encode() + b"\r")

        self._thread = threading.Thread(target=scan, daemon=True)
        self._thread.start()

    def puts_it_down(self) -> None:
        self._tired.set()
        if self._thread is not None:
            self._thread.join(30)
        os.close(self._end)
        os.close(self._kiosk)


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    here = Hand(tmp_path)
    yield here
    here.puts_it_down()


def asked(directory: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["scanner", "--device", str(directory), *options])


def test_a_scanner_that_sends_the_test_code_as_printed_is_set_up_well(tmp_path: Path, hand: Hand) -> None:
    hand.scans("]Q1" + TEST_CODE)
    result = asked(tmp_path)
    assert result.exit_code == 0
    assert TEST_CODE in result.output
    assert "set up well" in result.output


def test_any_other_is_told_what_to_set(tmp_path: Path, hand: Hand) -> None:
    hand.scans("XX" + TEST_CODE)
    result = asked(tmp_path)
    assert result.exit_code == 1
    assert "Take its prefix away" in result.output


def test_where_nothing_is_scanned_it_says_so(tmp_path: Path, hand: Hand) -> None:
    result = asked(tmp_path, "--seconds", "1")
    assert result.exit_code == 1
    assert "Nothing was read" in result.output


def test_without_a_scanner_in_the_settings_or_on_the_plug_it_says_so(tmp_path: Path) -> None:
    assert "no [scanner]" in asked(tmp_path).output
    (tmp_path / "kiosk.toml").write_text('[scanner]\nhid = "/dev/input/by-id/none"\n')
    assert "no scanner at /dev/input/by-id/none" in asked(tmp_path).output
    (tmp_path / "kiosk.toml").write_text("[scanner]\n")
    assert "Write url" in asked(tmp_path).output


def test_the_first_thing_that_is_read_decides_even_if_it_was_dropped() -> None:
    plug = FakeScanner()
    plug.reads(Dropped("alt_keypad", 12), Message(TEST_CODE))
    assert "country layout" in check(plug.open, FakeClock(), 60).remedy
    assert plug.closed == 1


def test_the_drawing_is_square_and_has_nothing_but_blocks() -> None:
    rows = drawing(TEST_CODE).splitlines()
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == (len(rows[0]) + 1) // 2
    assert set("".join(rows)) <= set("█▀▄ ")
