"""Ports: what cannot be opened is said by name, and a network gateway is a port like any other."""

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from locker_firmware_bridge.boards import BoardConfig, BoardSilent, DoorsRead, UnlockRequest
from locker_firmware_bridge.boards.errors import BoardError, PortBusyError, PortLostError, PortNotFoundError
from locker_firmware_bridge.boards.port import SerialPort, open_port
from tests.fakes.board_reports import Reports
from tests.fakes.cabinet import simulated_cabinet
from tests.fakes.pty_input import wait_for_input
from tests.fakes.rfc2217_gateway import rfc2217_gateway
from tests.fakes.running_bus import running

ALL_CLOSED = bytes.fromhex("02 00 35 FF FF 00 00 03 38")


@contextmanager
def bare_line() -> Iterator[tuple[int, int, str]]:
    """A pseudo-terminal: the board's end, and ours with its path."""
    board_end, our_end = pty.openpty()
    try:
        yield board_end, our_end, os.ttyname(our_end)
    finally:
        os.close(our_end)
        with suppress(OSError):
            os.close(board_end)


@pytest.mark.parametrize("url", ["/dev/serial/by-id/none", "nonsense://x", "socket://127.0.0.1:1", "."])
def test_what_cannot_be_opened_is_an_error_that_names_it(url: str) -> None:
    with pytest.raises(BoardError, match=url.replace(".", r"\.")):
        open_port(url, 19200)


def test_a_missing_device_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(PortNotFoundError, match="check its name, plug and power"):
        open_port(str(tmp_path / "gone"), 19200)


def test_a_port_is_ours_alone_until_it_is_closed() -> None:
    with bare_line() as (_, _, path):
        port = open_port(path, 19200)
        with pytest.raises(PortBusyError, match="another program"):
            open_port(path, 19200)
        port.close()
        open_port(path, 19200).close()


def test_opening_and_closing_sends_no_byte() -> None:
    with bare_line() as (board_end, _, path):
        os.set_blocking(board_end, False)
        open_port(path, 19200).close()
        with pytest.raises(BlockingIOError):
            os.read(board_end, 1)


def test_what_came_before_is_dropped_and_what_comes_after_is_read() -> None:
    with bare_line() as (board_end, our_end, path):
        port = open_port(path, 19200)
        os.write(board_end, b"old")
        wait_for_input(our_end, len(b"old"))
        port.drop_input()
        assert port.read() == b""
        os.write(board_end, ALL_CLOSED)
        wait_for_input(our_end, len(ALL_CLOSED))
        assert port.read() == ALL_CLOSED
        port.write(b"\x02\x03\x00\xff")
        assert os.read(board_end, 10) == b"\x02\x03\x00\xff"
        port.close()


def test_a_port_pulled_out_is_lost_whatever_is_done_to_it_and_can_still_be_closed() -> None:
    with bare_line() as (board_end, _, path):
        port = open_port(path, 19200)
        os.close(board_end)
        with pytest.raises(PortLostError, match="check its plug"):
            port.read()
        with pytest.raises(PortLostError, match="check its plug"):
            port.write(b"x")
        port.close()
        with pytest.raises(PortLostError, match="check its plug"):
            port.drop_input()


@pytest.mark.parametrize(
    ("framing", "asked"), [("8N1", (8, "N", 1)), ("7E1", (7, "E", 1)), ("7O2", (7, "O", 2))]
)
def test_a_port_speaks_with_the_framing_of_the_manual(framing: str, asked: tuple[int, str, int]) -> None:
    port = open_port("loop://", 2400, framing)
    assert isinstance(port, SerialPort)
    line = port._line  # no line that a test can have - loop, pseudo-terminal, socket - knows parity
    assert (line.bytesize, line.parity, line.stopbits) == asked
    assert line.baudrate == 2400
    port.close()


@pytest.mark.parametrize("framing", ["9N1", "8X1", "8N", "7E1 ", "even", ""])
def test_a_framing_that_is_none_opens_no_port(framing: str) -> None:
    with pytest.raises(BoardError, match="cannot open loop://"):
        open_port("loop://", 2400, framing)


def test_boards_behind_a_network_gateway_are_read_and_silent_when_it_goes(tmp_path: Path) -> None:
    reports = Reports()
    with simulated_cabinet(tmp_path, options=["--listen=127.0.0.1:0"]) as gateway:
        url = Path(gateway.url).read_text().strip()
        with running(url, reports, BoardConfig("cu16", 0, 16)):
            assert reports.wait_for(DoorsRead).open == frozenset()
            gateway.control.force(3)
            reports.wait_for(DoorsRead, lambda read: read.open == {3})
            gateway.stop()
            reports.wait_for(BoardSilent, lambda silent: url in silent.why)


# pyserial's own thread calls
@pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")
def test_boards_behind_an_rfc_2217_gateway_are_read_opened_and_silent_when_it_goes(tmp_path: Path) -> None:
    reports = Reports()
    with (
        simulated_cabinet(tmp_path) as cabinet,
        rfc2217_gateway(cabinet.url) as gateway,
        running(gateway.url, reports, BoardConfig("cu16", 0, 16)) as bus,
    ):
        assert reports.wait_for(DoorsRead).open == frozenset()
        assert gateway.line.baudrate == 19200
        cabinet.control.force(3)
        reports.wait_for(DoorsRead, lambda read: read.open == {3})
        bus.unlock(UnlockRequest("op", 0, 5))
        reports.wait_for(DoorsRead, lambda read: 5 in read.open)
        assert cabinet.unlocks() == [(0, 5)]
        gateway.hang_up()
        reports.wait_for(BoardSilent, lambda silent: gateway.url in silent.why)
