"""What hangs on a port is told truly, and no order is ever sent to find it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from locker_firmware_bridge.__main__ import main
from locker_firmware_bridge.codecs.kerong import CU16
from locker_firmware_bridge.commissioning import probing
from tests.fakes.cabinet import simulated_cabinet
from tests.fakes.clock import FakeClock


def probe(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["probe", "--wait-ms", "60", *arguments])


def test_boards_are_named_with_their_speed_and_what_to_write(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, boards=(0, 3)) as cabinet:
        told = probe(cabinet.url, "--family", "cu16")
        assert told.exit_code == 0
        assert "cu16 board 0 at 19200 baud: 16 locks, 16 with bit 1 and 0 with bit 0" in told.output
        assert "cu16 board 3 at 19200 baud" in told.output
        assert f'[[bus]]\nname = "bus-1"\nurl = "{cabinet.url}"\n' in told.output
        assert '[[bus.board]]\nfamily = "cu16"\naddress = 3\nlocks = 16\n' in told.output
        assert cabinet.unlocks() == []


def test_an_echo_is_told_and_written(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path) as cabinet:
        cabinet.control.echo()
        told = probe(cabinet.url, "--family", "cu16")
        assert "The adapter returns what it is sent" in told.output
        assert "echo = true" in told.output


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("off", "Nothing answers at 19200 baud in cu16"),
        ("corrupt", "Something answers at 19200 baud that cannot be read"),
        ("echo only", "Only our own questions come back"),
    ],
)
def test_a_line_without_a_board_that_can_be_read_says_what_to_look_at(
    tmp_path: Path, fault: str, told: str
) -> None:
    with simulated_cabinet(tmp_path) as cabinet:
        if fault == "corrupt":
            cabinet.control.corrupt()
        else:
            cabinet.control.off()
        if fault == "echo only":
            cabinet.control.echo()
        both = ("--baud", "19200", "--board", "0", "--board", "1", "--wait-ms", "300")
        result = probe(cabinet.url, "--family", "cu16", *both)
        assert result.exit_code == 1
        assert told in result.output


def test_a_port_that_is_not_there_is_said_and_the_others_are_asked(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path) as cabinet:
        told = probe("/dev/not-there", cabinet.url, "--family", "cu16", "--board", "0")
        assert "cannot open /dev/not-there" in told.output
        assert "cu16 board 0" in told.output
        assert told.exit_code == 0


def test_a_board_that_answers_with_another_number_is_named(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, options=["--answers-as=4"]) as cabinet:
        told = probe(cabinet.url, "--family", "cu16", "--baud", "19200")
        assert told.exit_code == 1
        assert "cu16: number 0 was asked, and number 4 answered: set each board's own number" in told.output


def test_an_echo_in_front_of_an_answer_is_told_where_every_board_answers(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path) as cabinet:
        cabinet.control.echo()
        told = probe(cabinet.url, "--family", "cu16", "--board", "0")
        assert "echo = true" in told.output


class SlowBoard:
    """A `Port` with one CU16, whose answers take `late_ms` of a clock that moves while somebody listens."""

    def __init__(self, board: int, late_ms: int, clock: FakeClock) -> None:
        self._question, self._late_ms, self._clock = CU16.status(board, 16), late_ms, clock
        words = bytes((0x02, board << 4, 0x35, 0xFF, 0xFF, 0, 0, 0x03))
        self._answer = words + bytes((sum(words) & 0xFF,))
        self._due_ms: list[int] = []

    def write(self, frame: bytes) -> None:
        if frame == self._question:
            self._due_ms.append(self._clock.mono_ms() + self._late_ms)

    def read(self) -> bytes:
        if received := self._arrived():
            return received
        self._clock.advance(10)
        return self._arrived()

    def drop_input(self) -> None:
        self._arrived()

    def close(self) -> None: ...

    def _arrived(self) -> bytes:
        there = [due_ms for due_ms in self._due_ms if due_ms <= self._clock.mono_ms()]
        self._due_ms = self._due_ms[len(there) :]
        return self._answer * len(there)


@pytest.mark.parametrize(("board", "late_ms"), [(0, 250), (9, 250), (0, 500), (5, 500)])
def test_a_board_that_takes_its_time_is_found_and_called_no_other(board: int, late_ms: int) -> None:
    clock = FakeClock()
    slow = SlowBoard(board, late_ms, clock)
    found = probing.probe(
        "slow", lambda _url, _baud: slow, clock, families=("cu16",), bauds=(19200,), wait_ms=60
    )
    assert [(one.board, one.locks) for one in found.boards] == [(board, 16)]
    assert found.strangers == ()


@pytest.mark.parametrize(
    ("family", "options", "told"),
    [
        ("cu16", ["--baud=9600"], "cu16 board 1 at 9600 baud: 16 locks"),
        ("cu48", ["--pace"], "cu48 board 1 at 19200 baud: 48 locks"),
        ("cu48b", ["--polarity=reversed"], "48 locks, 0 with bit 1 and 48 with bit 0"),
        ("0x8a", ["--baud=9600", "--feedback=opening"], "0x8a board 1 at 9600 baud: 24 locks, 0 with bit 1"),
        ("waveshare", ["--baud=9600"], "waveshare board 1 at 9600 baud: 8 locks"),
        ("n4d8b08", ["--baud=9600"], "n4d8b08 board 1 at 9600 baud: 8 locks"),
        ("wkly", ["--baud=9600"], "wkly board 1 at 9600 baud: 24 locks"),
    ],
)
def test_every_family_is_found_at_its_speed_however_it_is_wired(
    tmp_path: Path, family: str, options: list[str], told: str
) -> None:
    locks = int(told.split(" locks")[0].split()[-1])
    with simulated_cabinet(tmp_path, locks, boards=(1,), options=[f"--family={family}", *options]) as cabinet:
        both = ("--board", "0", "--board", "1")
        result = probe(cabinet.url, "--family", family, *both, "--wait-ms", "300")  # a starved one is late
        assert told in result.output
        assert f'family = "{family}"' in result.output
        assert cabinet.unlocks() == []
