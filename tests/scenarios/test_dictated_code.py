"""A code read out by telephone while the line is cut: it opens once, and guessing opens nothing (D4)."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from contract import messages as m
from contract.pickup_code import tickets, typed_code
from tests.fakes.at_the_kiosk import Slip
from tests.fakes.bridge_loop import LoopUnderTest
from tests.fakes.core_site import SITE_KEY
from tests.fakes.site import Seeded, opened_site

RANDOM_CODES = 1_000


def test_with_the_line_cut_the_code_the_hub_tells_opens_the_door_and_kills_the_one_that_was_lost(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path, parcels=1) as site:
        (lost,) = site.slips
        item = site.item_behind(lost.door)
        site.line.cut()
        dictated = Slip(lost.door, site.pages().tell_next_code(item))
        assert dictated.digits != lost.digits

        person = site.person(dictated)
        person.collect()
        assert person.has_it
        assert person.asked == 1
        site.person(lost).type_code()
        site.screen.wait_for("code_refused")
        assert [frame.door for frame in site.frames()] == [lost.door]
        assert site.moves(lost.door) == ["open", "closed"]

        site.line.join()
        site.wait_for_fact("item_collected", item=item)
        site.wait_for_fact("code_rotated", why="next_used")
        assert site.frames_without_intent() == []


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[LoopUnderTest]:
    running = LoopUnderTest(tmp_path)
    running.welcome()
    yield running
    running.stop()


def refused(loop: LoopUnderTest, digits: str) -> bool:
    """Type a code once the keypad looks at codes again; whether it was told no, and no lock moved."""
    unlocks = len(loop.boards.unlocks)
    answer = loop.answers(loop.ask(m.Present(digits=digits)))[0]
    if isinstance(answer, m.Refused) and answer.wait_seconds:
        loop.clock.advance(answer.wait_seconds * 1_000)
        loop.bridge.step(None)
    return answer == m.Refused(why="code", wait_seconds=getattr(answer, "wait_seconds", 0)) and (
        len(loop.boards.unlocks) == unlocks
    )


def test_a_thousand_random_codes_are_refused_the_dictated_one_opens_once_and_its_second_try_is_refused(
    loop: LoopUnderTest,
) -> None:
    """At each try's own time: by the slow-down, a week of typing without a pause."""
    slip = loop.deposit()
    opened = next(fact for fact in loop.facts() if isinstance(fact, m.PickupOpened))
    dictated = typed_code(SITE_KEY, slip.ticket, opened.pickup, opened.generation + 1)
    chance, numbers = Random(4), tickets()
    codes = (f"{chance.choice(numbers)}{chance.randrange(10**6):06d}" for _ in range(RANDOM_CODES))
    began_ms = loop.clock.mono_ms()
    for digits in codes:
        assert digits not in (slip.digits, dictated)
        assert refused(loop, digits)
    assert loop.clock.mono_ms() - began_ms > 5 * 86_400_000

    ask = loop.ask(m.Present(digits=dictated))
    assert isinstance(loop.answers(ask)[0], m.VisitGranted)
    loop.door_obeys()
    assert loop.answers(ask)[-1] == m.Settled(item="i1", stands="collected")
    loop.wait(130_000)
    assert refused(loop, dictated)
    assert refused(loop, slip.digits)
    assert loop.tags().count("item_collected") == 1
