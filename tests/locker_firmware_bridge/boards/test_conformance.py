"""Every family of lock boards does what the bridge relies on, each at the end of a real line.

The bus is the real one; the boards are simulated by a program written from their manuals. What was sent is
counted in that program's own log, never in what the bus says about itself: an order that nobody may give
(all locks, a relay that stays on) fails `unlocks()` wherever it stands.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from locker_firmware_bridge.boards import (
    BoardBack,
    BoardSilent,
    DoorsRead,
    UnlockFailed,
    UnlockRefused,
    UnlockRequest,
    UnlockSent,
)
from locker_firmware_bridge.boards.simulated import DIALECTS
from locker_firmware_bridge.codecs import AS_DELIVERED, FAMILIES, Wiring
from tests.fakes.board_reports import Reports
from tests.fakes.lock_site import Model, Site, site_of
from tests.fakes.running_bus import BRISK, HASTY, LATE_MS, PATIENT, REPLY_MS
from tests.fakes.waiting import wait_until

RELAYS = [name for name, family in FAMILIES.items() if family.build_all_off is not None]
WITH_ITEMS = [name for name, family in FAMILIES.items() if family.has_items]
REFUSING = [name for name, dialect in DIALECTS.items() if dialect.refuse is not None]


@pytest.fixture(scope="module", params=FAMILIES)
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Boards that stay from test to test: to start a program for each costs more than the tests."""
    with site_of(request.param, tmp_path_factory.mktemp("boards")) as site:
        yield site


@pytest.fixture
def site(standing: Site) -> Site:
    """Everything shut, empty and sound, and nothing sent yet."""
    standing.cabinet.anew()
    return standing


@pytest.fixture
def reports() -> Reports:
    return Reports()


of_each_family = pytest.mark.parametrize("name", FAMILIES)


def only(names: list[str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("standing", names, indirect=True)


def open_now(*locks: int) -> Callable[[DoorsRead], bool]:
    return lambda read: read.open == frozenset(locks)


# --- what doors say ----------------------------------------------------------------------------


def test_every_door_is_told_at_start_and_again_and_again(site: Site, reports: Reports) -> None:
    site.cabinet.control.force(site.lock, board=site.board.board)
    with site.bus(reports):
        first = reports.wait_for(DoorsRead)
        assert first.closed == site.model.every - {site.lock}
        assert first.open == {site.lock}
        assert first.items == frozenset()
        reports.wait_for(DoorsRead, lambda read: read.mono_ms >= first.mono_ms + BRISK.refresh_ms)


def test_a_forced_door_is_seen_without_any_frame(site: Site, reports: Reports) -> None:
    with site.bus(reports):
        reports.wait_for(DoorsRead, open_now())
        site.cabinet.control.force(1, board=site.board.board)
        reports.wait_for(DoorsRead, open_now(1))
    assert site.cabinet.unlocks() == []


@only(WITH_ITEMS)
def test_items_are_told_where_there_is_a_sensor_and_not_otherwise(site: Site, reports: Reports) -> None:
    seeing = replace(site.board, has_item_sensor=True)
    with site.bus(reports, seeing):
        reports.wait_for(DoorsRead)
        site.cabinet.control.put(site.lock, board=seeing.board)
        reports.wait_for(DoorsRead, lambda read: read.items == {site.lock})
    reports.forget()
    with site.bus(reports):
        assert reports.wait_for(DoorsRead).items == frozenset()


@of_each_family
def test_contacts_the_other_way_round_are_a_matter_of_configuration(
    name: str, tmp_path: Path, reports: Reports
) -> None:
    with site_of(name, tmp_path, "--polarity=reversed") as site:
        site.cabinet.control.force(site.lock, board=site.board.board)
        with site.bus(reports, replace(site.board, wiring=Wiring(hook_closed_bit=0))):
            assert reports.wait_for(DoorsRead).open == {site.lock}
        reports.forget()
        with site.bus(reports):
            assert reports.wait_for(DoorsRead).closed == {site.lock}


@pytest.mark.parametrize(
    ("name", "size", "locks", "told"), [("0x8a", 8, 32, 24), ("0x8a", 32, 50, 32), ("wkly", 12, 24, 12)]
)
def test_a_status_shorter_than_the_doors_leaves_the_others_unknown(
    name: str, size: int, locks: int, told: int, tmp_path: Path, reports: Reports
) -> None:
    with site_of(name, tmp_path, locks=size) as site, site.bus(reports, replace(site.board, locks=locks)):
        read = reports.wait_for(DoorsRead)
    assert read.closed | read.open == frozenset(range(1, told + 1))
    assert read.closed == frozenset(range(1, size + 1))


def test_relays_with_fewer_inputs_than_doors_tell_of_none_and_it_is_said(
    tmp_path: Path, reports: Reports
) -> None:
    with (
        site_of("waveshare", tmp_path, locks=8) as site,
        site.bus(reports, replace(site.board, locks=16)),
    ):
        assert "no such address" in reports.wait_for(BoardSilent).why
    assert reports.of(DoorsRead) == []


@pytest.mark.parametrize("echo", [False, True])
def test_the_echo_before_an_0x8a_status_is_no_part_of_it(
    echo: bool, tmp_path: Path, reports: Reports
) -> None:
    with site_of("0x8a", tmp_path, "--order=lsb") as site:
        site.cabinet.control.echo()
        site.cabinet.control.force(site.lock, board=site.board.board)
        wired = replace(site.board, wiring=Wiring(status_order="lsb"), echo=echo)
        with site.bus(reports, wired):
            assert reports.wait_for(DoorsRead).open == {site.lock}


@pytest.mark.parametrize(
    ("options", "wiring"),
    [
        (["--order=lsb"], Wiring(status_order="lsb")),
        (["--feedback=opening"], Wiring(hook_closed_bit=0)),
        (["--reports=82"], Wiring(report_heads=frozenset({0x82}))),
        (["--reports=81"], Wiring(report_heads=frozenset({0x81}))),
        (["--reports=82"], AS_DELIVERED),
    ],
)
def test_what_makers_of_0x8a_boards_do_differently_is_a_matter_of_configuration(
    options: list[str], wiring: Wiring, tmp_path: Path, reports: Reports
) -> None:
    with site_of("0x8a", tmp_path, *options) as site:
        with site.bus(reports, replace(site.board, wiring=wiring)) as bus:
            reports.wait_for(DoorsRead, open_now())
            site.unlock(bus)
            reports.wait_for(DoorsRead, open_now(site.lock))
            site.cabinet.control.close(site.lock, board=site.board.board)
            site.cabinet.control.force(1, board=site.board.board)
            reports.wait_for(DoorsRead, open_now(1))
        assert all(read.open <= {1, site.lock} for read in reports.of(DoorsRead))
        assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


# --- unlocking ---------------------------------------------------------------------------------


def test_an_unlock_is_one_frame_and_its_door_is_seen_to_open_and_to_close(
    site: Site, reports: Reports
) -> None:
    with site.bus(reports) as bus:
        reports.wait_for(DoorsRead, open_now())
        site.unlock(bus)
        sent = reports.wait_for(UnlockSent)
        opened = reports.wait_for(DoorsRead, open_now(site.lock))
        assert (sent.operation, sent.board, sent.lock) == ("op", site.board.board, site.lock)
        assert opened.mono_ms >= sent.mono_ms + site.model.pulse_ms
        reports.forget()
        site.cabinet.control.close(site.lock, board=site.board.board)
        reports.wait_for(DoorsRead, open_now())
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]
    assert site.cabinet.moves() == [(site.lock, "open"), (site.lock, "closed")]


def test_doors_not_seen_to_open_stay_closed_in_every_report_and_are_pulsed_once_each(
    site: Site, reports: Reports
) -> None:
    site.cabinet.control.fault(1, "jam", site.board.board)
    site.cabinet.control.fault(site.lock, "dead_sensor", site.board.board)
    with site.bus(reports) as bus:
        site.unlock(bus, 1, operation="jam")
        site.unlock(bus, operation="dead")
        sent = reports.wait_for(UnlockSent, lambda sent: sent.operation == "dead")
        over_ms = sent.mono_ms + site.model.pulse_ms
        reports.wait_for(DoorsRead, lambda read: read.mono_ms > over_ms + BRISK.refresh_ms)
    assert all(read.closed == site.model.every for read in reports.of(DoorsRead))
    assert site.cabinet.unlocks() == [(site.board.board, 1), (site.board.board, site.lock)]
    assert site.cabinet.moves() == [(1, "jammed"), (site.lock, "open")]


def test_a_door_left_open_stays_open_in_every_report(site: Site, reports: Reports) -> None:
    site.cabinet.control.fault(site.lock, "left_open", site.board.board)
    site.cabinet.control.auto_close(10)
    with site.bus(reports) as bus:
        site.unlock(bus)
        opened = reports.wait_for(DoorsRead, open_now(site.lock))
        wait_until(lambda: (site.lock, "left_open") in site.cabinet.moves())
        later = reports.wait_for(DoorsRead, lambda read: read.mono_ms > opened.mono_ms + BRISK.refresh_ms)
        assert later.open == {site.lock}


def test_two_locks_are_never_energised_at_once(site: Site, reports: Reports) -> None:
    one, other = site.board, site.model.config(2)
    asked = [(one.board, 1), (other.board, site.lock)]
    with site.bus(reports, one, other) as bus:
        for board, lock in asked:
            bus.unlock(UnlockRequest(f"{board}-{lock}", board, lock))
        wait_until(lambda: len(site.cabinet.moves()) == 2)
    sent_ms = [sent.mono_ms for sent in reports.of(UnlockSent)]
    assert site.cabinet.unlocks() == asked
    assert sent_ms[1] - sent_ms[0] >= site.model.pulse_ms + BRISK.pulse_gap_ms


def test_a_lock_that_was_just_energised_must_cool_first(site: Site, reports: Reports) -> None:
    with site.bus(reports, timings=replace(BRISK, unlock_max_wait_ms=60_000)) as bus:
        site.unlock(bus)
        site.unlock(bus, operation="again")
        failed = reports.wait_for(UnlockFailed)
        assert (failed.operation, failed.maybe_sent) == ("again", False)
        assert "must cool" in failed.why
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


@only(REFUSING)
def test_a_no_of_the_board_is_told_and_its_door_stays_shut(site: Site, reports: Reports) -> None:
    with site.bus(reports) as bus:
        reports.wait_for(DoorsRead)
        site.cabinet.control.refuse(board=site.board.board)
        site.unlock(bus)
        refused = reports.wait_for(UnlockRefused)
        assert refused.operation == "op"
        assert f"board {site.board.board}" in refused.why
    assert (len(reports.of(UnlockSent)), site.cabinet.moves()) == (1, [])
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


# --- boards that fail --------------------------------------------------------------------------


def test_a_board_that_does_not_answer_is_silent_once_and_comes_back_with_its_doors(
    site: Site, reports: Reports
) -> None:
    hand, number = site.cabinet.control, site.board.board
    with site.bus(reports):
        reports.wait_for(DoorsRead)
        hand.silent(board=number)
        assert f"board {number} does not answer" in reports.wait_for(BoardSilent).why
        hand.force(site.lock, board=number)
        hand.healthy(board=number)
        reports.wait_for(DoorsRead, open_now(site.lock))
    said = [type(report) for report in reports.all()]
    assert said.count(BoardSilent) == 1
    assert said[said.index(BoardSilent) :][:3] == [BoardSilent, BoardBack, DoorsRead]


def test_a_late_answer_answers_neither_the_next_question_nor_another_board(
    site: Site, reports: Reports
) -> None:
    late, other = site.board, site.model.config(2)
    site.cabinet.control.force(site.lock, board=late.board)
    site.cabinet.control.late(LATE_MS, board=late.board)
    with site.bus(reports, late, other, timings=PATIENT):
        assert "does not answer" in reports.wait_for(BoardSilent).why
        reports.wait_for(DoorsRead)
        assert {read.board for read in reports.of(DoorsRead)} == {other.board}
        assert all(read.closed == site.model.every for read in reports.of(DoorsRead))
        site.cabinet.control.healthy(board=late.board)
        reports.wait_for(DoorsRead, lambda read: read.board == late.board and read.open == {site.lock})


def test_two_spoiled_answers_are_asked_for_again(site: Site, reports: Reports) -> None:
    site.cabinet.control.corrupt(2, board=site.board.board)
    with site.bus(reports, timings=replace(BRISK, reply_ms=1_000)):
        assert reports.wait_for(DoorsRead).closed == site.model.every
    assert reports.of(BoardSilent) == []


def test_a_board_whose_every_answer_is_spoiled_is_silent_and_says_what_came(
    site: Site, reports: Reports
) -> None:
    site.cabinet.control.corrupt(board=site.board.board)
    # a starved board answers late, and what is late says nothing of what came
    with site.bus(reports, timings=replace(HASTY, reply_ms=1_000)):
        assert "what cannot be read" in reports.wait_for(BoardSilent).why
    assert reports.of(DoorsRead) == []


def test_noise_before_every_answer_hides_nothing(site: Site, reports: Reports) -> None:
    site.cabinet.control.noise(seed=42, board=site.board.board)
    with site.bus(reports) as bus:
        site.unlock(bus)
        reports.wait_for(DoorsRead, open_now(site.lock))
    assert all(read.open in (frozenset(), {site.lock}) for read in reports.of(DoorsRead))
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


@pytest.mark.parametrize("told", [True, False])
def test_an_echoing_adapter_changes_nothing(site: Site, reports: Reports, told: bool) -> None:
    site.cabinet.control.echo(board=site.board.board)
    site.cabinet.control.force(1, board=site.board.board)
    with site.bus(reports, replace(site.board, echo=told)) as bus:
        reports.wait_for(DoorsRead)
        site.unlock(bus)
        reports.wait_for(DoorsRead, open_now(1, site.lock))
    assert all(read.open in ({1}, {1, site.lock}) for read in reports.of(DoorsRead))
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


def test_an_unlock_for_a_number_that_no_board_has_opens_nothing(site: Site, reports: Reports) -> None:
    number = site.model.stranger
    with site.bus(reports, replace(site.board, board=number)) as bus:
        bus.unlock(UnlockRequest("op", number, 1))
        reports.wait_for(UnlockSent)
        wait_until(lambda: site.cabinet.unlocks() == [(number, 1)])
    assert (reports.of(DoorsRead), site.cabinet.moves()) == ([], [])


@of_each_family
def test_a_board_that_answers_with_anothers_number_is_not_believed(
    name: str, tmp_path: Path, reports: Reports
) -> None:
    model = Model(name)
    first = model.config(0)
    with (
        site_of(name, tmp_path, f"--answers-as={model.stranger}") as site,
        site.bus(reports, first, timings=HASTY),
    ):
        assert "board" in reports.wait_for(BoardSilent).why
    assert reports.of(DoorsRead) == []


def test_dead_boards_delay_a_living_one_by_no_more_than_one_time_out(site: Site, reports: Reports) -> None:
    boards = [site.model.config(place) for place in range(3)]
    dead = {boards[0].board, boards[2].board}
    for number in dead:
        site.cabinet.control.off(board=number)
    with site.bus(reports, *boards, timings=replace(BRISK, idle_poll_ms=REPLY_MS, settle_ms=10)):
        wait_until(lambda: {silent.board for silent in reports.of(BoardSilent)} == dead)
        seen = len(site.cabinet.log())

        def asked() -> list[int]:
            return [line["board"] for line in site.cabinet.log()[seen:] if line["kind"] == "frame_in"]

        wait_until(lambda: sum(number in dead for number in asked()) >= 3)
    assert all(not {one, next_one} <= dead for one, next_one in pairwise(asked()))
    assert {silent.board for silent in reports.of(BoardSilent)} == dead


# --- beginning, ending, beginning again --------------------------------------------------------


def test_starting_and_stopping_send_no_unlock_and_relays_are_switched_off_once_each_time(
    site: Site, reports: Reports
) -> None:
    expected = ["all_off"] if site.model.name in RELAYS else []
    for times in (1, 2):
        reports.forget()
        with site.bus(reports):
            wait_until(lambda: len(reports.of(DoorsRead)) > 1)
        assert site.orders() == times * expected


@only(RELAYS)
def test_relays_are_switched_off_once_more_when_their_board_comes_back(site: Site, reports: Reports) -> None:
    """On a busy machine it may be silent, and come back, of its own accord, too."""
    with site.bus(reports):
        reports.wait_for(DoorsRead)
        site.cabinet.control.off(board=site.board.board)
        reports.wait_for(BoardSilent)
        site.cabinet.control.healthy(board=site.board.board)
        reports.wait_for(BoardBack)
        before = len(reports.of(DoorsRead))
        wait_until(lambda: len(reports.of(DoorsRead)) > before + 1)
    orders, was_silent = site.orders(), len(reports.of(BoardSilent))
    assert set(orders) == {"all_off"}
    assert 1 + len(reports.of(BoardBack)) <= len(orders) <= 1 + was_silent


def test_a_port_plugged_in_again_is_read_again_without_any_unlock(site: Site, reports: Reports) -> None:
    with site.bus(reports) as bus:
        site.unlock(bus, operation="before")
        reports.wait_for(DoorsRead, open_now(site.lock))
        site.cabinet.stop()
        reports.wait_for(BoardSilent)
        site.unlock(bus, 1, operation="between")
        assert reports.wait_for(UnlockFailed).operation == "between"
        reports.forget()
        site.cabinet.start()
        reports.wait_for(BoardBack)
        reports.wait_for(DoorsRead, open_now(site.lock))
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


def test_a_process_killed_at_its_unlock_leaves_one_frame_and_the_next_adds_none(
    site: Site, reports: Reports
) -> None:
    told = (site.model.name, site.board.board, site.model.locks, site.model.pulse_ms, site.lock)
    command = [sys.executable, "-c", OPENS_ONE_LOCK, site.cabinet.url, *map(str, told)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as program:
        site.cabinet.control.kill_on_unlock(program.pid)
        program.communicate("go\n", timeout=60)
    assert program.returncode == -signal.SIGKILL
    wait_until(site.cabinet.moves)
    with site.bus(reports):
        reports.wait_for(DoorsRead, open_now(site.lock))
    assert site.cabinet.unlocks() == [(site.board.board, site.lock)]


OPENS_ONE_LOCK = """
import queue, sys
from contract.clock import SystemClock
from locker_firmware_bridge.boards import BoardConfig, DoorsRead, UnlockRequest
from locker_firmware_bridge.boards.bus import Bus

url, family, *numbers = sys.argv[1:]
board, locks, pulse_ms, lock = map(int, numbers)
reports = queue.Queue()
bus = Bus("bus", url, [BoardConfig(family, board, locks, pulse_ms=pulse_ms)], reports.put, SystemClock())
bus.start()
assert isinstance(reports.get(), DoorsRead)
sys.stdin.readline()
bus.unlock(UnlockRequest("op", board, lock))
while True:
    reports.get()
"""


@of_each_family
def test_a_board_as_delivered_is_read_at_its_own_speed_and_pace_and_at_no_other(
    name: str, tmp_path: Path, reports: Reports
) -> None:
    right = FAMILIES[name].baud
    with site_of(name, tmp_path, f"--baud={right}", "--pace") as site:
        with site.bus(reports, timings=HASTY, baud=2 * right):
            reports.wait_for(BoardSilent)
        assert (reports.of(DoorsRead), site.cabinet.log()) == ([], [])
        reports.forget()
        with site.bus(reports, timings=replace(BRISK, reply_ms=None)) as bus:
            reports.wait_for(DoorsRead, open_now())
            site.unlock(bus)
            reports.wait_for(DoorsRead, open_now(site.lock))
        assert site.cabinet.unlocks() == [(site.board.board, site.lock)]
