"""The simulated boards' line: its speed, its pace, a gateway; what was ordered, wired and set otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.clock import SystemClock
from locker_firmware_bridge.boards.port import Port, open_port
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.waiting import wait_until

ASK = bytes.fromhex("02 00 30 03 35")
ALL_CLOSED = bytes.fromhex("02 00 35 FF FF 00 00 03 38")
ASK_8A, UNLOCK_8A = bytes.fromhex("80 01 00 33 B2"), bytes.fromhex("8A 01 01 11 9B")
RELAY_1_ON, ALL_OFF = bytes.fromhex("01 05 00 00 FF 00 8C 3A"), bytes.fromhex("01 05 00 FF 00 00 FD FA")
FLASH_1_700 = bytes.fromhex("01 05 02 00 00 07 8D B0")
ASK_RELAYS = bytes.fromhex("01 01 00 00 00 08 3D CC")


@contextmanager
def opened(url: str, baud: int) -> Iterator[Port]:
    port = open_port(url, baud)
    try:
        yield port
    finally:
        port.close()


def hear(line: Port, length: int) -> bytes:
    """So many bytes from the line."""
    heard = bytearray()

    def enough() -> bool:
        heard.extend(line.read())
        return len(heard) >= length

    wait_until(enough)
    return bytes(heard)


def say_and_hear(line: Port, question: bytes, length: int) -> bytes:
    line.write(question)
    return hear(line, length)


@contextmanager
def cabinet_with(tmp_path: Path, *options: str, locks: int = 8) -> Iterator[SimulatedCabinet]:
    with simulated_cabinet(tmp_path, locks, boards=(1,), options=options) as cabinet:
        yield cabinet


def test_a_board_understands_its_own_speed_and_at_another_says_garbage(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, options=["--baud=19200"], log_status=True) as cabinet:
        with opened(cabinet.url, 9600) as wrong:
            wrong.write(ASK)
            cabinet.control.echo()
            heard = say_and_hear(wrong, ASK, len(ASK))
        cabinet.control.healthy()
        with opened(cabinet.url, 19200) as right:
            assert say_and_hear(right, ASK, 9) == ALL_CLOSED
    assert ASK not in heard
    assert [line["what"] for line in cabinet.log()] == ["status", "status"]


def test_a_paced_answer_is_not_whole_before_its_bytes_could_have_passed(tmp_path: Path) -> None:
    clock, byte_ms = SystemClock(), 1000 * 10 / 1200
    with (
        simulated_cabinet(tmp_path, options=["--baud=1200", "--pace"]) as cabinet,
        opened(cabinet.url, 1200) as line,
    ):
        asked_ms = clock.mono_ms()
        assert say_and_hear(line, ASK, 9) == ALL_CLOSED
        assert clock.mono_ms() - asked_ms >= int((len(ASK) + 9) * byte_ms)


def test_a_gateway_says_where_it_listens_and_whoever_comes_last_has_the_line(tmp_path: Path) -> None:
    with simulated_cabinet(tmp_path, options=["--listen=127.0.0.1:0"]) as cabinet:
        url = Path(cabinet.url).read_text().strip()
        assert url.startswith("socket://127.0.0.1:")
        with opened(url, 19200) as first, opened(url, 19200) as second:
            assert say_and_hear(second, ASK, 9) == ALL_CLOSED
            first.close()
            assert say_and_hear(second, ASK, 9) == ALL_CLOSED
        with opened(url, 19200) as third:
            assert say_and_hear(third, ASK, 9) == ALL_CLOSED


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        (["--family=0x8a"], "80 01 00 00 FF 33 4D"),
        (["--family=0x8a", "--order=lsb"], "80 01 FF 00 00 33 4D"),
        (["--family=0x8a", "--polarity=reversed"], "80 01 00 00 00 33 B2"),
        (["--family=0x8a", "--feedback=opening"], "80 01 00 00 00 33 B2"),
        (["--family=0x8a", "--feedback=opening", "--polarity=reversed"], "80 01 00 00 FF 33 4D"),
        (["--family=0x8a", "--answers-as=2"], "80 02 00 00 FF 33 4E"),
    ],
)
def test_boards_may_be_wired_and_set_otherwise(tmp_path: Path, options: list[str], answer: str) -> None:
    expected = bytes.fromhex(answer)
    with cabinet_with(tmp_path, *options) as cabinet, opened(cabinet.url, 9600) as line:
        assert say_and_hear(line, ASK_8A, len(expected)) == expected


def test_an_unlock_is_answered_when_its_pulse_is_over_and_a_change_is_told_by_itself(tmp_path: Path) -> None:
    options = ["--family=0x8a", "--reports=82", "--pulse=120"]
    with cabinet_with(tmp_path, *options) as cabinet, opened(cabinet.url, 9600) as line:
        line.write(UNLOCK_8A)
        assert hear(line, 10) == bytes.fromhex("82 01 01 00 82  8A 01 01 00 8A")
        cabinet.control.close(1)
        assert hear(line, 5) == bytes.fromhex("82 01 01 11 93")


def test_a_pulse_too_short_for_the_latch_opens_nothing(tmp_path: Path) -> None:
    with cabinet_with(tmp_path, "--family=0x8a", "--pulse=20") as cabinet:
        with opened(cabinet.url, 9600) as line:
            assert say_and_hear(line, UNLOCK_8A, 5) == UNLOCK_8A
            assert say_and_hear(line, ASK_8A, 7) == bytes.fromhex("80 01 00 00 FF 33 4D")
        assert cabinet.moves() == []


def test_a_relay_stays_on_until_all_are_switched_off_and_a_flash_ends_by_itself(tmp_path: Path) -> None:
    with cabinet_with(tmp_path, "--family=waveshare") as cabinet, opened(cabinet.url, 9600) as line:
        assert say_and_hear(line, RELAY_1_ON, 8) == RELAY_1_ON
        wait_until(cabinet.moves)
        assert say_and_hear(line, ASK_RELAYS, 6) == bytes.fromhex("01 01 01 01 90 48")
        assert say_and_hear(line, ALL_OFF, 8) == ALL_OFF
        assert say_and_hear(line, ASK_RELAYS, 6)[3] == 0
        assert say_and_hear(line, FLASH_1_700, 8) == FLASH_1_700
        wait_until(lambda: say_and_hear(line, ASK_RELAYS, 6)[3] == 0)
        assert [order["what"] for order in cabinet.orders()] == ["hold", "all_off", "unlock"]
        with pytest.raises(AssertionError, match="hold"):
            cabinet.unlocks()


def test_begun_anew_nothing_that_was_planned_happens(tmp_path: Path) -> None:
    with cabinet_with(tmp_path, "--family=0x8a") as cabinet, opened(cabinet.url, 9600) as line:
        cabinet.control.fault(2, "jam")
        cabinet.control.force(3)
        line.write(UNLOCK_8A)
        wait_until(cabinet.unlocks)
        cabinet.control.anew()
        line.drop_input()
        assert say_and_hear(line, ASK_8A, 7) == bytes.fromhex("80 01 00 00 FF 33 4D")
        assert cabinet.control.doors()[2].fault is None
    assert cabinet.moves() == [(3, "open")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--family=cu99"], "cu99"),
        (["--board=10"], "10 is not from 0 to 9"),
        (["--locks=17"], "17 is not from 1 to 16"),
        (["--answers-as=10"], "10 is not from 0 to 9"),
        (["--listen=nowhere"], "HOST:PORT"),
    ],
)
def test_what_no_board_of_the_family_has_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    with simulated_cabinet(tmp_path, options=options, started=False) as cabinet:
        assert cabinet.fails() == 2
    assert words in capfd.readouterr().err
