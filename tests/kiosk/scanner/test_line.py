"""A scanner on a serial port: a pseudo-terminal is the scanner's end of the cable."""

import os
import pty
import select
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from contract.clock import SystemClock
from contract.scans import ssi
from contract.scans.message import Dropped, Message
from contract.scans.triggers import TRIGGERS, TriggerName
from kiosk.scanner.line import START_EVERY_MS, SerialLine
from kiosk.scanner.source import ScannerBusyError, ScannerError, ScannerLostError, ScannerNotFoundError
from tests.fakes.clock import FakeClock
from tests.fakes.pty_input import wait_for_input

OK = bytes.fromhex("02 00 00 01 00 33 31")


class Plugged:
    """The scanner's end, and the kiosk's."""

    def __init__(self, scanner: int, kiosk: int, clock: FakeClock) -> None:
        self.scanner, self.kiosk, self.path, self.clock = scanner, kiosk, os.ttyname(kiosk), clock

    def line(self, trigger: TriggerName = "none") -> SerialLine:
        return SerialLine(self.path, 9600, TRIGGERS[trigger], self.clock)

    def sends(self, data: bytes) -> None:
        count = len(data)
        while data:
            data = data[os.write(self.scanner, data) :]
        wait_for_input(self.kiosk, count)

    def was_sent(self, count: int) -> bytes:
        """So many bytes of what the kiosk sent."""
        came = b""
        while len(came) < count and select.select([self.scanner], [], [], 30)[0]:
            came += os.read(self.scanner, count - len(came))
        return came


@pytest.fixture
def plugged() -> Iterator[Plugged]:
    scanner, kiosk = pty.openpty()
    tty.setraw(kiosk)
    try:
        yield Plugged(scanner, kiosk, FakeClock())
    finally:
        os.close(kiosk)
        with suppress(OSError):
            os.close(scanner)


@contextmanager
def closing(line: SerialLine) -> Iterator[SerialLine]:
    try:
        yield line
    finally:
        line.close()


def heard(line: SerialLine, count: int) -> list[Message | Dropped]:
    """The next so many, however they arrive."""
    found: list[Message | Dropped] = []
    for _ in range(200):
        found += line.listen()
        if len(found) >= count:
            return found
    raise AssertionError(f"only {found}")


def test_codes_are_read_by_their_ends_and_the_last_by_silence(plugged: Plugged) -> None:
    with closing(plugged.line()) as line:
        plugged.sends(b"]C06A12345678905\r\n1Z5R89390357567127\rABC")
        assert heard(line, 3) == [
            Message("]C06A12345678905"),
            Message("1Z5R89390357567127"),
            Message("ABC", ended=False),
        ]


def test_one_byte_at_a_time_is_one_code(plugged: Plugged) -> None:
    with closing(plugged.line()) as line:
        found: list[Message | Dropped] = []
        for byte in b"6A12345678905\r":
            plugged.sends(bytes((byte,)))
            found += line.listen()
        assert found == [Message("6A12345678905")]


def test_ten_kilobytes_and_control_characters_are_dropped_and_the_next_code_is_read(plugged: Plugged) -> None:
    with closing(plugged.line()) as line:
        sent = b"9" * 10_240 + b"\r\x16M\r@FACDEF\r" + b"\xff\xfe\r6A12345678905\r"
        found: list[Message | Dropped] = []
        for at in range(0, len(sent), 1024):
            plugged.sends(sent[at : at + 1024])
            found += line.listen()
        found += heard(line, 5 - len(found))
        assert found == [
            Dropped("too_long", 10_240),
            Dropped("control", 2),
            Dropped("settings", 7),
            Dropped("encoding", 2),
            Message("6A12345678905"),
        ]


def test_what_was_scanned_before_anybody_listened_is_not_read(plugged: Plugged) -> None:
    plugged.sends(b"OLD-CODE\rHALF-A-CO")
    with closing(plugged.line()) as line:
        plugged.sends(b"NEW\r")
        assert heard(line, 1) == [Message("NEW")]


def test_a_scanner_without_a_trigger_is_sent_nothing(plugged: Plugged) -> None:
    with closing(plugged.line()) as line:
        plugged.sends(b"ABC\r")
        heard(line, 1)
    assert select.select([plugged.scanner], [], [], 0)[0] == []


@pytest.mark.parametrize("name", ["honeywell", "datalogic", "ssi", "newland"])
def test_one_with_a_trigger_is_started_again_after_each_code_and_stopped_at_the_end(
    plugged: Plugged, name: TriggerName
) -> None:
    trigger = TRIGGERS[name]
    start = trigger.wake + trigger.start
    with closing(plugged.line(name)) as line:
        assert plugged.was_sent(len(start)) == start
        plugged.sends(b"6A12345678905\r")
        heard(line, 1)
        assert plugged.was_sent(len(start)) == start
    assert plugged.was_sent(len(trigger.stop)) == trigger.stop


def test_it_is_started_again_when_nothing_was_scanned_for_a_while(plugged: Plugged) -> None:
    with closing(plugged.line("honeywell")) as line:
        assert plugged.was_sent(3) == b"\x16T\r"
        assert line.listen() == ()
        plugged.clock.advance(START_EVERY_MS)
        assert line.listen() == ()
        assert plugged.was_sent(3) == b"\x16T\r"


def test_a_newland_scanners_replies_are_no_codes(plugged: Plugged) -> None:
    with closing(plugged.line("newland")) as line:
        plugged.sends(OK + b"6A12345678905\r" + OK)
        assert heard(line, 1) == [Message("6A12345678905")]
        plugged.sends(OK[:3])
        assert heard(line, 1) == [Dropped("control", 1)]  # cut off: 02, and zeros left out


def test_a_zebras_packets_are_codes_and_are_acknowledged(plugged: Plugged) -> None:
    packet = ssi.build(ssi.Packet(ssi.DECODE_DATA, ssi.SCANNER, data=b"\x036A12345678905"))
    accepted = ssi.build(ssi.Packet(ssi.ACK, ssi.SCANNER))
    start = b"\0" + TRIGGERS["ssi"].start
    with closing(plugged.line("ssi")) as line:
        assert plugged.was_sent(len(start)) == start
        for byte in accepted + packet:
            plugged.sends(bytes((byte,)))
        assert heard(line, 1) == [Message("6A12345678905")]
        assert plugged.was_sent(6) == ssi.build(ssi.Packet(ssi.ACK))


def test_a_scanner_that_is_pulled_out_is_gone_and_can_still_be_closed(plugged: Plugged) -> None:
    line = plugged.line("honeywell")
    os.close(plugged.scanner)
    with pytest.raises(ScannerLostError, match="check its plug"):
        heard(line, 1)
    line.close()


def test_it_is_ours_alone(plugged: Plugged) -> None:
    with closing(plugged.line()), pytest.raises(ScannerBusyError, match="another program"):
        plugged.line()
    plugged.line().close()


@pytest.mark.parametrize("url", ["/dev/serial/by-id/none", "nonsense://x", "socket://127.0.0.1:1", "."])
def test_what_cannot_be_opened_is_an_error_that_names_it(url: str) -> None:
    with pytest.raises(ScannerError, match=url.replace(".", r"\.")):
        SerialLine(url, 9600, TRIGGERS["none"], SystemClock())


def test_a_missing_one_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(ScannerNotFoundError, match="check its name and its plug"):
        SerialLine(str(tmp_path / "gone"), 9600, TRIGGERS["none"], SystemClock())
