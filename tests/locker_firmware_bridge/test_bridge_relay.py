"""The loop with a real disk: what is in hand, whose it is, and who was sent outlive the process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract import messages as m
from contract.pickup_code import proxy_code
from tests.fakes.bridge_loop import LoopUnderTest
from tests.fakes.core_site import SITE_KEY

NO = m.Refused(why="code")
MANDATE = m.Proxy(
    proxy="proxy-1", person="p1", number=12, from_ms=1_794_000_000_000, until_ms=1_796_000_000_000
)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[LoopUnderTest]:
    running = LoopUnderTest(tmp_path)
    running.welcome()
    yield running
    running.stop()


def present(loop: LoopUnderTest, generation: int = 1) -> m.AnswerBody:
    """Who was sent types their code; the first answer."""
    digits = proxy_code(SITE_KEY, MANDATE.number, MANDATE.proxy, generation)
    return loop.answers(loop.ask(m.Present(digits=digits)))[0]


def leave(loop: LoopUnderTest, answer: m.AnswerBody) -> None:
    assert isinstance(answer, m.VisitGranted)
    loop.wait(3_000)
    loop.sent_unlock()
    loop.wait(10_000)
    loop.ask(m.LeaveVisit(visit=answer.visit))


def test_what_is_in_hand_is_there_after_a_kill_and_put_elsewhere_under_its_code(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    visit = loop.sign_in()
    ask = loop.ask(m.TakeOut(visit=visit, item="i1", why="move"))
    loop.wait(3_000)
    loop.door_obeys()
    settled = loop.answers(ask)[-1]
    assert isinstance(settled, m.Settled)
    assert settled.stands == "in_hand"
    loop.restart()
    visit = loop.sign_in()
    (stock,) = loop.answers(loop.ask(m.TakeStock(visit=visit)))
    assert isinstance(stock, m.Stock)
    assert [one.item for one in stock.in_hand] == ["i1"]
    loop.ask(m.Claim(visit=visit, item="i1", person="p1", size="S", shelf=True))
    settled = loop.answers(loop.ask(m.Settle(visit=visit, item="i1", outcome="left")))[-1]
    assert isinstance(settled, m.Settled)
    assert settled.slip == slip


def test_a_mandate_is_good_while_the_clock_is_known_and_not_otherwise(loop: LoopUnderTest) -> None:
    loop.deposit()
    loop.feed_document("proxy/proxy-1", MANDATE)
    now_ms = loop.clock.wall_ms()
    loop.clock.set_wall(now_ms, "unknown")
    assert present(loop) == NO
    loop.clock.set_wall(now_ms, "held")
    leave(loop, present(loop))
    loop.clock.set_wall(MANDATE.until_ms + 120_000, "synced")
    assert present(loop) == NO
    loop.clock.set_wall(now_ms, "held")
    loop.restart()
    assert present(loop) == NO, "set back"
    loop.clock.set_wall(now_ms, "synced")
    leave(loop, present(loop))


def test_a_mandate_lives_on_the_disk_and_so_does_its_end(loop: LoopUnderTest) -> None:
    loop.deposit()
    loop.feed_document("proxy/proxy-1", MANDATE)
    loop.restart()
    leave(loop, present(loop, generation=2))
    loop.restart()
    assert present(loop, generation=1) == NO
    loop.feed_document("proxy/proxy-1", None)
    loop.restart()
    loop.feed_document("proxy/proxy-1", MANDATE)  # a hub put back to an older copy
    assert present(loop, generation=2) == NO


def test_a_lost_replica_revokes_nobody(loop: LoopUnderTest) -> None:
    loop.deposit()
    loop.feed_document("proxy/proxy-1", MANDATE)
    leave(loop, present(loop, generation=2))
    loop.stop()
    for part in loop.directory.glob("feed.sqlite3*"):
        part.unlink()
    loop.start()
    assert present(loop, generation=2) == NO
    loop.feed_document("proxy/proxy-1", MANDATE)
    assert isinstance(present(loop, generation=2), m.VisitGranted)


def test_what_the_hub_said_of_an_item_is_done_once_though_every_start_reads_it(loop: LoopUnderTest) -> None:
    loop.deposit()
    loop.feed_document("assignment/i1", m.Assignment(item="i1", person="p2"))
    assert loop.tags().count("item_reassigned") == 1
    visit = loop.sign_in()
    loop.ask(m.Reassign(visit=visit, item="i1", person="p3"))
    loop.restart()
    loop.wait(3_000)
    said = [fact.person for fact in loop.facts() if isinstance(fact, m.ItemReassigned)]
    assert said == ["p2", "p3"]


def test_an_assignment_that_came_while_the_bridge_was_down_is_done_at_its_start(loop: LoopUnderTest) -> None:
    loop.deposit()
    loop.feed_document("assignment/i1", m.Assignment(item="i1", person="p2"))
    loop.feed_document("assignment/i2", m.Assignment(item="i2", person="p4"))
    loop.restart()
    loop.deposit("i2")
    said = {fact.item: fact.person for fact in loop.facts() if isinstance(fact, m.ItemReassigned)}
    assert said == {"i1": "p2", "i2": "p4"}


def test_what_ended_on_the_hub_s_pages_is_over_once_and_for_all_starts(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    visit = loop.sign_in()
    loop.ask(m.TakeOut(visit=visit, item="i1", why="move"))
    loop.wait(3_000)
    loop.door_obeys()
    (place,) = (fact for fact in loop.facts() if isinstance(fact, m.ItemTakenOut))
    word = m.Ended(item="i1", compartment=place.compartment, allocation=place.allocation, how="returned")
    loop.feed_document("ended/i1", word)
    loop.restart()
    assert loop.tags().count("item_ended") == 1
    assert loop.answers(loop.ask(m.Present(digits=slip.digits))) == [NO]
