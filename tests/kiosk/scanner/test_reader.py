"""The scanner over the days: unplugged, plugged in, held still, and much too fast."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from contract.scans.message import Dropped, Message
from kiosk.scanner.reader import MOST_WAITING, Scanner
from kiosk.scanner.source import ScannerNotFoundError
from tests.fakes.clock import FakeClock
from tests.fakes.scanner import FakeScanner
from tests.fakes.waiting import wait_until


@dataclass
class Desk:
    """A scanner before a kiosk that takes what it reads, or is busy."""

    plug: FakeScanner = field(default_factory=FakeScanner)
    clock: FakeClock = field(default_factory=FakeClock)
    taken: list[Message | Dropped] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)
    stumbles: bool = False

    def __post_init__(self) -> None:
        self.free.set()
        self.scanner = Scanner(
            self.plug.open, self.take, self.clock, first_wait_seconds=0.01, pace_seconds=0.001
        )

    def take(self, one: Message | Dropped) -> None:
        self.free.wait(30)
        self.taken.append(one)
        if self.stumbles:
            raise RuntimeError("no such luck")

    def texts(self) -> list[str]:
        return [one.text for one in self.taken if isinstance(one, Message)]


@pytest.fixture
def desk() -> Iterator[Desk]:
    here = Desk()
    yield here
    here.free.set()
    here.scanner.stop()
    assert here.plug.opened == here.plug.closed


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "kiosk.scanner.reader"]


def test_what_is_read_is_handed_over_in_order(desk: Desk) -> None:
    desk.scanner.start()
    desk.plug.reads("A", "B")
    desk.plug.reads("C")
    wait_until(lambda: desk.texts() == ["A", "B", "C"])


def test_a_code_held_before_the_scanner_counts_once_in_two_seconds(desk: Desk) -> None:
    desk.scanner.start()
    desk.plug.reads("A", "A", "A")
    wait_until(lambda: desk.scanner.dropped["repeated"] == 2)
    desk.clock.advance(2_000)
    desk.plug.reads("A")
    wait_until(lambda: desk.texts() == ["A", "A"])


def test_one_that_is_absent_is_one_line_in_the_log_and_is_found_when_it_comes(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.plug.refuses = ScannerNotFoundError("no scanner at here: check its name and its plug")
    desk.scanner.start()
    wait_until(lambda: len(lines(caplog)) == 1)
    desk.plug.is_plugged_in()
    desk.plug.reads("A")
    wait_until(lambda: desk.texts() == ["A"])
    assert lines(caplog) == [
        "no scanner at here: check its name and its plug; it is looked for again and again",
        "the scanner is there",
    ]


def test_one_that_is_pulled_out_is_given_back_and_taken_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk.scanner.start()
    desk.plug.reads("A")
    wait_until(lambda: desk.texts() == ["A"])
    desk.plug.is_pulled_out()
    wait_until(lambda: desk.plug.closed == 1)
    desk.plug.is_plugged_in()
    desk.plug.reads("B")
    wait_until(lambda: desk.texts() == ["A", "B"])
    assert [line.split(":")[0] for line in lines(caplog)] == [
        "the scanner is there",
        "the scanner at here is gone",
        "the scanner is there",
    ]


def test_a_thousand_codes_in_a_second_are_bounded_and_counted_and_the_next_one_passes(desk: Desk) -> None:
    desk.free.clear()
    desk.scanner.start()
    desk.plug.reads(*(f"CODE-{number}" for number in range(1_000)))
    wait_until(lambda: desk.scanner.dropped["too_fast"] >= 1_000 - MOST_WAITING - 1)
    desk.free.set()
    wait_until(lambda: len(desk.taken) + desk.scanner.dropped["too_fast"] == 1_000)
    assert len(desk.taken) <= MOST_WAITING + 1
    desk.plug.reads("AFTERWARDS")
    wait_until(lambda: desk.texts()[-1] == "AFTERWARDS")


def test_what_is_no_label_is_told_once_in_two_seconds_and_counted_each_time(desk: Desk) -> None:
    desk.scanner.start()
    desk.plug.reads(*[Dropped("control", 5)] * 50, Dropped("too_long", 10_240), "A")
    wait_until(lambda: desk.texts() == ["A"])
    assert desk.taken == [Dropped("control", 5), Dropped("too_long", 10_240), Message("A")]
    assert desk.scanner.dropped == {"control": 50, "repeated": 49, "too_long": 1}


def test_the_log_says_once_a_minute_what_to_look_at_and_never_what_was_scanned(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.scanner.start()
    desk.plug.reads(*[Dropped("alt_keypad", 5, "SECRET")] * 9)
    wait_until(lambda: desk.scanner.dropped["alt_keypad"] == 9)
    desk.clock.advance(60_000)
    desk.plug.reads(Dropped("settings", 7, "SECRET"))
    wait_until(lambda: len(lines(caplog)) == 2)
    assert "country layout" in lines(caplog)[0]
    assert "settings" in lines(caplog)[1]
    assert "SECRET" not in caplog.text


def test_a_scan_that_cannot_be_handed_over_is_not_the_last(desk: Desk) -> None:
    desk.stumbles = True
    desk.scanner.start()
    desk.plug.reads("A", "B")
    wait_until(lambda: desk.texts() == ["A", "B"])


def test_it_may_be_stopped_twice_and_before_it_began(desk: Desk) -> None:
    desk.scanner.stop()
    desk.scanner.stop()
    assert desk.plug.opened == 0
