"""A partner's price is answered by its person alone, at the kiosk, with or without the hub."""

from typing import Any

import msgspec
import pytest

from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.quotes import open_to
from kiosk.core.relay_memory import Memory, noted
from tests.kiosk.core.at_the_drop import DOOR, IDS, OFFERS, wanting
from tests.kiosk.core.dialogue import CODE, TOKEN, Dialogue, parcel

AWAY = m.VisitItem(item="shoes", kind="object", compartment=3, state="away", size="S")
DROPPED = m.VisitItem(item="phone", kind="object", compartment=4, state="dropped", size="S")
QUOTED = m.Tracked(
    item="shoes", person="p-1", kind="object", state="away", order="o-1", quote="q-1", quote_cents=4_500
)
OTHER = m.Tracked(
    item="phone", person="p-1", kind="object", state="dropped", order="o-2", quote="q-2", quote_cents=9_000
)
BADGE = "0008154712"
YES = m.QuoteAnswered(quote="q-1", order="o-1", accepted=True, by="person")


def granted(
    told: Dialogue, *items: m.VisitItem, by: tuple[m.Tracked, ...] = (QUOTED,), **more: Any
) -> Dialogue:
    """The bridge knows the code, and the hub told of these."""
    visit = m.VisitGranted(visit="v", items=items, **{"person": "p-1"} | more)
    return told.on(e.Answered(told.state.waiting, visit, 1, told=by))


def presented(*items: m.VisitItem, by: tuple[m.Tracked, ...] = (QUOTED,), **more: Any) -> Dialogue:
    """A ticket was shown."""
    return granted(Dialogue().on(e.Scanned(TOKEN)), *(items or (AWAY,)), by=by, **more)


# --- who is asked ----------------------------------------------------------------------------------


def test_whoever_shows_the_ticket_of_what_is_away_is_asked_one_question() -> None:
    assert presented().screen == d.QuoteAsked(QUOTED)


def test_without_a_question_they_are_told_where_it_is() -> None:
    assert presented(by=()).screen == d.Elsewhere((AWAY,))


@pytest.mark.parametrize(
    "told",
    [
        msgspec.structs.replace(QUOTED, person="p-2"),
        msgspec.structs.replace(QUOTED, quote=None),
        msgspec.structs.replace(QUOTED, quote_cents=None),
        msgspec.structs.replace(QUOTED, order=None),
    ],
)
def test_nobody_is_asked_what_is_not_theirs_or_not_to_be_answered(told: m.Tracked) -> None:
    presented(by=(told,)).shows(d.Elsewhere)


def test_whoever_was_sent_with_a_mandate_is_not_asked() -> None:
    assert open_to(None, (msgspec.structs.replace(QUOTED, person=""),), Memory()) == ()
    presented(person=None).shows(d.Elsewhere)


def test_a_visit_that_is_over_answers_nothing() -> None:
    told = presented().answers(m.VisitOver(visit="v", why="timeout"))
    told.shows(s.Refusal)
    told.on(ev.QuoteReplied("yes")).shows(s.Refusal)
    assert YES not in told.facts


def test_no_answer_counts_where_nothing_was_asked() -> None:
    told = Dialogue().on(ev.QuoteReplied("yes"))
    assert (told.facts, told.screen) == ([], s.Start())


# --- what they say ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_yes_and_no_are_facts_and_then_they_are_told_where_it_is(answer: ev.QuoteWord) -> None:
    told = presented().on(ev.QuoteReplied(answer))
    assert told.screen == d.QuoteHeard(QUOTED, answer)
    assert told.facts[-1] == msgspec.structs.replace(YES, accepted=answer == "yes")
    told.on(ev.GoOn()).shows(d.Elsewhere)


def test_later_is_no_fact_and_the_question_comes_again() -> None:
    told = presented().on(ev.QuoteReplied("later"))
    assert told.screen == d.QuoteHeard(QUOTED, "later")
    assert not [one for one in told.facts if isinstance(one, m.QuoteAnswered)]
    told.on(ev.GoOn()).shows(d.Elsewhere)
    granted(told.on(e.Leave(), e.Scanned(TOKEN)), AWAY).shows(d.QuoteAsked)


def test_what_the_disk_refused_was_not_said() -> None:
    told = presented()
    told.on(e.RecordFailed()).shows(s.Refusal)
    assert told.state.memory.answered == ()


def test_answered_here_it_is_asked_no_more_though_the_hub_has_not_heard_of_it() -> None:
    told = presented().on(ev.QuoteReplied("yes"), e.Leave(), e.Scanned(TOKEN))
    granted(told, AWAY).shows(d.Elsewhere)
    assert noted(noted(Memory(), YES), YES).answered == ("q-1",), "nor after a restart"


def test_a_new_price_for_the_same_order_is_asked_again() -> None:
    told = presented().on(ev.QuoteReplied("no"), e.Leave(), e.Scanned(TOKEN))
    again = msgspec.structs.replace(QUOTED, quote="q-9", quote_cents=3_000)
    assert granted(told, AWAY, by=(again,)).screen == d.QuoteAsked(again)


def test_two_questions_come_one_after_the_other() -> None:
    told = presented(AWAY, DROPPED, by=(QUOTED, OTHER)).on(ev.QuoteReplied("yes"), ev.GoOn())
    assert told.screen == d.QuoteAsked(OTHER)
    told.on(ev.QuoteReplied("no"), ev.GoOn())
    assert told.shows(d.Elsewhere).items == (AWAY, DROPPED)


# --- beside doors ----------------------------------------------------------------------------------


def test_what_is_ready_comes_first_and_is_not_forgotten() -> None:
    ready = parcel("i-1", 7)
    told = presented(ready, AWAY).door(ready, "intent", "pulsed", "opened").waits(5_000).door(ready, "closed")
    told.settled(ready, "collected")
    assert told.screen == d.QuoteAsked(QUOTED, ready)
    told.on(ev.QuoteReplied("yes"), ev.GoOn())
    assert told.shows(d.Elsewhere) == d.Elsewhere((AWAY,), ready)


def test_a_stuck_door_comes_before_the_question() -> None:
    stuck = m.VisitItem(item="i-1", kind="parcel", compartment=7, state="blocked", size="M")
    presented(stuck, AWAY).shows(s.Blocked)


def test_back_leads_out_and_nothing_is_said() -> None:
    told = presented().on(e.Back())
    told.shows(s.Start)
    assert told.asks[-1] == m.LeaveVisit(visit="v")
    assert told.state.quotes == ()


# --- whoever comes to drop something ---------------------------------------------------------------


def dropping(*told: m.Tracked, waits: int = 0, person: str | None = "p-1") -> Dialogue:
    dialogue = wanting().on(e.CodeTyped(CODE))
    body = m.DropGranted(visit="dv", person=person, waits=waits)
    return dialogue.on(e.Answered(dialogue.state.waiting, body, 1, told=told))


def test_by_badge_or_code_they_are_asked_before_they_drop_something_else() -> None:
    told = dropping(QUOTED)
    assert told.screen == d.QuoteAsked(QUOTED)
    told.on(ev.QuoteReplied("yes"))
    assert told.facts[-1] == YES
    told.on(ev.GoOn()).shows(d.Services)


def test_without_a_name_nobody_is_asked() -> None:
    dropping(QUOTED, person=None).shows(d.Services)


def test_whoever_came_to_collect_and_touched_the_wrong_key_is_asked_and_led_there() -> None:
    told = dropping(waits=2).on(e.Speak("ar"))
    assert told.screen == d.CollectOrDrop(2)
    told.on(e.TypingBegan()).shows(s.Typing)
    assert told.asks[-1] == m.LeaveVisit(visit="dv")
    assert (told.state.drop, told.state.language) == (None, "ar")
    told.on(e.Scanned(TOKEN)).shows(s.Checking)


def test_a_residents_badge_on_the_start_screen_asks_what_they_come_for_and_signs_nobody_in() -> None:
    told = Dialogue().on(e.Scanned(BADGE))
    assert told.asks == [m.SignIn(badge=BADGE)]
    body, begins = m.DropGranted(visit="dv", person="p-1"), ev.DropWanted(OFFERS, IDS)
    told.on(e.Answered(told.state.waiting, body, 1, told=(QUOTED,), begins=begins))
    told.shows(d.QuoteAsked)
    told.on(ev.QuoteReplied("yes"), ev.GoOn())
    assert told.screen == d.CollectOrDrop()
    assert told.state.staff is None
    told.on(ev.GoOn(), ev.ServiceChosen("shoes", OFFERS), ev.Agreed(OFFERS))
    assert told.asks[-1] == m.Claim(visit="dv", item="item-1", person="p-1", size="S", kind="object")
    told.answers(m.Claimed(visit="dv", item=DOOR))
    assert [one.way for one in told.facts if isinstance(one, m.OrderPlaced)] == ["badge"]


def test_whoever_did_come_to_drop_goes_on_and_is_asked_once() -> None:
    told = dropping(QUOTED, waits=1).on(ev.QuoteReplied("later"), ev.GoOn())
    told.shows(d.CollectOrDrop)
    told.on(ev.GoOn()).shows(d.Services)
    dropping(waits=1).on(e.Back()).shows(s.Start)
