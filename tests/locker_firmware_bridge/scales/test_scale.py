"""A scale on a real pseudo-terminal, in every protocol and every way it can fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from contract.clock import SystemClock
from locker_firmware_bridge.boards.errors import PortLostError
from locker_firmware_bridge.boards.port import Port
from locker_firmware_bridge.scales.protocols import PROTOCOLS
from locker_firmware_bridge.scales.scale import Scale, ScaleConfig, Timings
from locker_firmware_bridge.scales.settling import NotSettled, Reason, Rules, Weight
from locker_firmware_bridge.scales.simulated_scale import Break
from tests.fakes.port import FakePort
from tests.fakes.scale import SimulatedScale, simulated_scale

BRISK = Timings(poll_ms=40, gap_ms=30, silence_ms=300, reopen_ms=50)
RULES = Rules(patience_ms=20_000, spacing_ms=20, silence_ms=1500)
HASTY = replace(RULES, patience_ms=400)
PATIENCE_TRIES = 50
STREAM = "--stream-ms=30"
WAYS = [("mt-sics", ()), ("and", ()), ("adam", ()), ("st-gs", (STREAM,)), ("generic", (STREAM,))]
LOADS = {"st-gs": "gross", "adam": "net"}

every_way = pytest.mark.parametrize(("protocol", "options"), WAYS, ids=[name for name, _ in WAYS])


@contextmanager
def reading(url: str, protocol: str, ask: bytes | None = None) -> Iterator[Scale]:
    """A pseudo-terminal knows no parity, so that even A&D is read 8N1 here."""
    scale = Scale(ScaleConfig(url, protocol, framing="8N1", ask=ask), SystemClock(), timings=BRISK)
    scale.start()
    try:
        yield scale
    finally:
        scale.stop(timeout_seconds=5)


@contextmanager
def scale_on_a_line(tmp_path: Path, protocol: str, *options: str) -> Iterator[tuple[SimulatedScale, Scale]]:
    with (
        simulated_scale(tmp_path, protocol, *options) as simulated,
        reading(simulated.url, protocol) as scale,
    ):
        yield simulated, scale


def refused(told: Weight | NotSettled) -> Reason:
    assert isinstance(told, NotSettled), told
    assert ":" in told.why
    return told.reason


def refused_at_last(scale: Scale, reason: Reason) -> str:
    """Why it says no in the end, in words; amid other work it may first say what was, or nothing."""
    for _ in range(PATIENCE_TRIES):
        told = scale.weigh(HASTY)
        if refused(told) == reason:
            break
    assert isinstance(told, NotSettled)
    assert told.reason == reason
    return told.why


def value(told: Weight | NotSettled) -> str:
    assert isinstance(told, Weight), told
    return str(told.value)


@every_way
def test_a_weight_is_what_the_scale_shows_at_rest(
    tmp_path: Path, protocol: str, options: tuple[str, ...]
) -> None:
    with scale_on_a_line(tmp_path, protocol, *options) as (simulated, scale):
        simulated.put("12.30", settle_ms=250)
        told = scale.weigh(RULES)
        simulated.put("-0.05", settle_ms=100)
        below_nothing = scale.weigh(RULES)
    assert isinstance(told, Weight)
    assert (told.unit, told.load) == ("kg", LOADS.get(protocol, "unknown"))
    assert told.billable is (protocol in ("mt-sics", "and", "st-gs"))
    if protocol != "adam":  # it does not say that it moves
        assert (value(told), value(below_nothing)) == ("12.30", "-0.05")


@every_way
def test_a_load_that_never_rests_is_no_weight(
    tmp_path: Path, protocol: str, options: tuple[str, ...]
) -> None:
    with scale_on_a_line(tmp_path, protocol, *options) as (simulated, scale):
        simulated.put("12.30")
        simulated.broken(Break(moving=True))
        refused_at_last(scale, "moving")
        simulated.broken()
        assert value(scale.weigh(RULES)) == "12.30"


def reasons(protocol: str) -> tuple[Reason, Reason]:
    return ("silent", "silent") if protocol == "adam" else ("overload", "underload")


@every_way
def test_too_much_or_less_than_nothing_is_said_where_the_protocol_has_a_word_for_it(
    tmp_path: Path, protocol: str, options: tuple[str, ...]
) -> None:
    with scale_on_a_line(tmp_path, protocol, *options) as (simulated, scale):
        over, under = reasons(protocol)
        simulated.broken(Break(overload=True))
        refused_at_last(scale, over)
        simulated.broken(Break(underload=True))
        refused_at_last(scale, under)


@every_way
def test_a_silent_scale_is_given_up_and_weighs_again_when_it_is_back(
    tmp_path: Path, protocol: str, options: tuple[str, ...]
) -> None:
    with scale_on_a_line(tmp_path, protocol, *options) as (simulated, scale):
        simulated.put("1.00")
        simulated.broken(Break(silent=True))
        refused_at_last(scale, "silent")
        simulated.broken()
        assert value(scale.weigh(RULES)) == "1.00"


@every_way
def test_lines_cut_short_are_a_fault_of_the_line(
    tmp_path: Path, protocol: str, options: tuple[str, ...]
) -> None:
    with scale_on_a_line(tmp_path, protocol, *options) as (simulated, scale):
        simulated.put("1.00")
        simulated.broken(Break(cut=True))
        assert refused(scale.weigh(HASTY)) in ("fault", "silent")
        simulated.broken()
        assert value(scale.weigh(RULES)) == "1.00"


@every_way
def test_noise_never_makes_another_weight(tmp_path: Path, protocol: str, options: tuple[str, ...]) -> None:
    with scale_on_a_line(tmp_path, protocol, *options) as (simulated, scale):
        simulated.put("31.40")
        for seed in range(1, 4):
            simulated.broken(Break(noise=seed))
            told = scale.weigh(replace(RULES, patience_ms=600))
            assert isinstance(told, NotSettled) or value(told) == "31.40"


def test_a_scale_asked_with_what_it_does_not_know_says_so(tmp_path: Path) -> None:
    with (
        simulated_scale(tmp_path, "mt-sics") as simulated,
        reading(simulated.url, "mt-sics", ask=b"Q\r\n") as scale,
    ):
        assert "syntax error" in refused_at_last(scale, "fault")


def test_a_scale_that_may_be_asked_or_streams_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with simulated_scale(tmp_path, "st-gs") as simulated:
        with reading(simulated.url, "st-gs") as scale:
            assert refused(scale.weigh(HASTY)) == "silent"
        with reading(simulated.url, "st-gs", ask=b"READ\r\n") as scale:
            assert value(scale.weigh(RULES)) == "0.00"


def test_what_a_stream_said_before_is_no_weight_now(tmp_path: Path) -> None:
    with scale_on_a_line(tmp_path, "st-gs", "--stream-ms=5") as (simulated, scale):
        simulated.put("1.00")
        assert value(scale.weigh(RULES)) == "1.00"
        for load in ("2.00", "3.00", "4.00"):
            simulated.put(load, settle_ms=100)
            assert value(scale.weigh(replace(RULES, spacing_ms=60))) == load


def test_several_may_weigh_at_once(tmp_path: Path) -> None:
    told: SimpleQueue[Weight | NotSettled] = SimpleQueue()
    with scale_on_a_line(tmp_path, "mt-sics") as (simulated, scale):
        simulated.put("7.16", settle_ms=100)
        threads = [Thread(target=lambda: told.put(scale.weigh(RULES))) for _ in range(3)]
        for thread in threads:
            thread.start()
        assert [value(told.get(timeout=30)) for _ in threads] == ["7.16"] * 3


def test_a_scale_unplugged_while_it_weighs_is_said_to_be_gone_and_read_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    with simulated_scale(tmp_path, "and") as simulated, reading(simulated.url, "and") as scale:
        assert value(scale.weigh(RULES)) == "0.00"
        simulated.unplug()
        told = scale.weigh(HASTY)
        assert isinstance(told, NotSettled)
        assert (told.reason, simulated.url in told.why) == ("silent", True)
        with simulated_scale(tmp_path, "and") as again:
            again.put("4.35")
            assert value(scale.weigh(RULES)) == "4.35"


def test_a_port_that_stays_silent_is_opened_again_and_nothing_but_the_question_is_ever_sent() -> None:
    opened: SimpleQueue[tuple[str, int, str]] = SimpleQueue()
    ports: list[FakePort] = []

    def opener(url: str, baud: int, framing: str) -> Port:
        opened.put((url, baud, framing))
        ports.append(FakePort())
        return ports[-1]

    scale = Scale(ScaleConfig("/dev/scale", "and"), SystemClock(), timings=BRISK, opener=opener)
    scale.start()
    assert [opened.get(timeout=30) for _ in range(3)] == [("/dev/scale", 2400, "7E1")] * 3
    scale.stop(timeout_seconds=5)
    assert all(port.closed for port in ports)
    assert {frame for port in ports for frame in port.written} == {b"Q\r\n"}


def test_stopping_ends_whoever_weighs_and_afterwards_nobody_waits(tmp_path: Path) -> None:
    told: SimpleQueue[Weight | NotSettled] = SimpleQueue()
    with simulated_scale(tmp_path, "mt-sics") as simulated:
        simulated.broken(Break(moving=True))
        with reading(simulated.url, "mt-sics") as scale:
            Thread(target=lambda: told.put(scale.weigh(RULES))).start()
            refused_at_last(scale, "moving")
        assert refused(told.get(timeout=30)) == "silent"
        assert refused(scale.weigh(RULES)) == "silent"


def test_a_fault_of_ours_ends_the_thread_and_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr("threading.excepthook", lambda what: failed.put(what.exc_type.__name__))

    def opener(url: str, baud: int, framing: str) -> Port:
        raise ZeroDivisionError

    scale = Scale(ScaleConfig("/dev/scale", "and"), SystemClock(), opener=opener)
    scale.start()
    assert failed.get(timeout=30) == "ZeroDivisionError"
    assert refused(scale.weigh(RULES)) == "silent"


def test_a_scale_that_was_never_started_keeps_nobody_waiting() -> None:
    scale = Scale(ScaleConfig("/dev/scale", "and"), SystemClock())
    assert refused(scale.weigh(RULES)) == "silent"
    scale.stop(timeout_seconds=0)


def test_a_protocol_nobody_speaks_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=", ".join(PROTOCOLS)):
        Scale(ScaleConfig("/dev/scale", "sics"), SystemClock())


def test_a_write_that_breaks_is_a_port_lost() -> None:
    def opener(url: str, baud: int, framing: str) -> Port:
        port = FakePort()
        port.breaks_at = lambda frame: True
        return port

    scale = Scale(ScaleConfig("/dev/scale", "adam"), SystemClock(), timings=BRISK, opener=opener)
    scale.start()
    told = scale.weigh(HASTY)
    scale.stop(timeout_seconds=5)
    assert told == NotSettled("silent", str(PortLostError("pulled out")))
