"""The scale in service: whole grams, or why there are none, and never a kiosk that waits for ever."""

from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue

import pytest

from contract import messages
from contract.clock import SystemClock
from contract.messages import NotWeighed, Weighed
from locker_firmware_bridge.core.happenings import ScaleSaid
from locker_firmware_bridge.scales.protocols.answers import Unit
from locker_firmware_bridge.scales.scale import Scale, ScaleConfig
from locker_firmware_bridge.scales.settling import NotSettled, Reason, Weight
from locker_firmware_bridge.scales.simulated_scale import Break
from locker_firmware_bridge.scales.weigher import SILENT_MS, Weigher, judged, restless, told
from tests.fakes.bridge_process import SiteUnderTest, site_under_test
from tests.fakes.scale import simulated_scale


@pytest.mark.parametrize(
    ("value", "unit", "grams"),
    [("4.35", "kg", 4350), ("4350.4", "g", 4350), ("0.0205", "kg", 20), ("1.00", "lb", 454)],
)
def test_a_weight_is_told_in_whole_grams(value: str, unit: Unit, grams: int) -> None:
    assert told(Weight(Decimal(value), unit, "net", billable=True)) == Weighed(grams=grams)


@pytest.mark.parametrize(
    ("reason", "why"), [("busy", "moving"), ("underload", "silent"), ("fault", "silent"), ("empty", "empty")]
)
def test_why_there_is_none_is_told_in_the_words_of_the_contract(reason: Reason, why: str) -> None:
    said = told(NotSettled(reason, "no: try again"))
    assert isinstance(said, NotWeighed)
    assert said.why == why


def test_more_than_a_fact_can_say_is_an_overload() -> None:
    assert told(Weight(Decimal("1000.1"), "kg", "net", billable=True)) == NotWeighed(why="overload")


def test_a_scale_that_is_not_read_any_more_is_reported_as_silent() -> None:
    said: SimpleQueue[ScaleSaid] = SimpleQueue()
    scale = Scale(ScaleConfig("/dev/no-such-scale", "mt-sics"), SystemClock())
    Weigher(scale, said.put).weigh()  # nobody started it
    assert said.get(timeout=60) == ScaleSaid(NotWeighed(why="silent"))


def state_of(*said: Weighed | NotWeighed, silent_ms: int = 0, was_read: bool = True) -> str | None:
    """How a scale is of which this was heard, one weighing after the other."""
    count = 0
    for one in said:
        count = restless(count, one)
    return judged(silent_ms, count, was_read=was_read)


MOVING, GRAMS = NotWeighed(why="moving"), Weighed(grams=4_350)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], "good"),
        ([MOVING, MOVING], "good"),
        ([MOVING, MOVING, MOVING], "moving"),
        ([MOVING, MOVING, NotWeighed(why="overload"), NotWeighed(why="busy"), MOVING], "moving"),
        ([MOVING, MOVING, GRAMS, MOVING], "good"),
        ([MOVING, MOVING, MOVING, GRAMS], "good"),
        ([MOVING, MOVING, MOVING, NotWeighed(why="empty")], "good"),
    ],
)
def test_a_scale_that_came_to_no_rest_three_times_in_a_row_does_not_weigh(
    said: list[Weighed | NotWeighed], state: str
) -> None:
    assert state_of(*said) == state


def test_a_scale_is_silent_after_a_minute_whatever_it_did_before_and_unknown_until_then() -> None:
    assert state_of(silent_ms=SILENT_MS) == "good"
    assert state_of(silent_ms=SILENT_MS + 1) == "silent"
    assert state_of(MOVING, MOVING, MOVING, silent_ms=SILENT_MS + 1) == "silent"
    assert state_of(silent_ms=SILENT_MS, was_read=False) is None
    assert state_of(silent_ms=SILENT_MS + 1, was_read=False) == "silent"


def weighed(site: SiteUnderTest, body: messages.Weigh) -> int:
    """Ask, as a kiosk does, until something lies on it."""
    while True:
        answer = site.kiosk.wait(site.kiosk.ask(body), messages.Message)
        if isinstance(answer, Weighed):
            return answer.grams


def test_in_service_a_bag_is_weighed_and_no_door_waits_for_a_scale_that_never_settles(tmp_path: Path) -> None:
    with simulated_scale(tmp_path, "mt-sics") as scale:
        more = f'\n[scale]\nurl = "{scale.url}"\nprotocol = "mt-sics"\n'
        with site_under_test(tmp_path, more=more) as site:
            granted = site.kiosk.wait(site.kiosk.ask(messages.StartDrop()), messages.DropGranted)
            weigh = messages.Weigh(visit=granted.visit)
            scale.put("4.35")
            assert weighed(site, weigh) == 4350
            scale.broken(Break(moving=True))
            site.kiosk.ask(weigh)
            claim = messages.Claim(
                visit=granted.visit, item="b1", person=granted.stranger or "", size="S", kind="bag"
            )
            site.kiosk.wait(site.kiosk.ask(claim), messages.Claimed)
            opening = site.kiosk.ask(messages.OpenItem(visit=granted.visit, item="b1"))
            site.kiosk.wait(opening, messages.Door, state="opened")
