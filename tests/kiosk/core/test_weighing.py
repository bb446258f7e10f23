"""Dialogues: a bag is put on the scale; and no drop is ever stopped by a scale."""

import pytest

from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from tests.kiosk.core.at_the_drop import DOOR, OFFERS, known
from tests.kiosk.core.at_the_relay import bags, does, facts, out_of_its_door, scans, stock, tag
from tests.kiosk.core.dialogue import Dialogue, sounds


def weighing(service: str = "laundry") -> Dialogue:
    """At a site with a scale, all else about a bag is said."""
    told = known().on(e.ScaleSeen(fitted=True), ev.ServiceChosen(service, OFFERS))
    return told.on(ev.GoOn(), ev.CountSaid(6)) if service == "laundry" else told


def counting() -> Dialogue:
    """Staff have a bag in hand whose pieces they count."""
    told = stock(does(bags().on(e.ScaleSeen(fitted=True)), "empty"))
    told = scans(out_of_its_door(does(told, "begin")), tag("d-1"))
    told.shows(r.CountIt)
    return told


def test_a_bag_on_the_scale_goes_on_by_itself_and_its_weight_is_ordered_and_on_the_receipt() -> None:
    told = weighing()
    assert told.shows(d.WeighIt) == d.WeighIt()
    assert told.asks[-1] == m.Weigh(visit="dv")
    told.answers(m.Weighed(grams=4350)).shows(d.Agree)
    assert sounds(told) == "ok"
    told.on(ev.Agreed(OFFERS)).answers(m.Claimed(visit="dv", item=DOOR))
    placed, counted = told.facts[:2]
    assert placed.weight_grams == 4350  # type: ignore[attr-defined]
    assert counted == m.PiecesCounted(item="item-1", by="person", pieces=6)
    told.door(DOOR, "opened", "closed").settled(DOOR, "left")
    seal = told.asks[-1]
    assert isinstance(seal, m.SealReceipt)
    assert seal.receipt.weight_grams == 4350


def test_something_else_is_weighed_too_and_its_weight_is_a_fact() -> None:
    told = weighing("").answers(m.Weighed(grams=900)).on(ev.Agreed(OFFERS))
    told.answers(m.Claimed(visit="dv", item=DOOR))
    assert m.PiecesCounted(item="item-1", by="person", weight_grams=900) in told.facts


def test_an_empty_scale_is_asked_again_and_nobody_before_it_goes_home() -> None:
    told = weighing()
    idle = told.state.idle_timer
    for _ in range(3):
        told.answers(m.NotWeighed(why="empty")).shows(d.WeighIt)
    assert told.asks[-4:] == [m.Weigh(visit="dv")] * 4
    assert told.state.idle_timer == idle, "no answer of the scale keeps the screen"
    told.fires("idle").answers(m.NotWeighed(why="empty"))
    assert told.state.over == "still_there"
    told.fires("idle").shows(s.Start)


@pytest.mark.parametrize("why", ["moving", "overload", "silent", "busy"])
def test_without_a_weight_it_is_said_and_the_drop_goes_on(why: d.WeighWhy) -> None:
    told = weighing().answers(m.NotWeighed(why=why))  # type: ignore[arg-type]
    assert told.shows(d.WeighIt) == d.WeighIt(why)
    asked = len(told.asks)
    Dialogue(told.state).on(ev.WeighWanted()).answers(m.Weighed(grams=1)).shows(d.Agree)
    told.on(ev.GoOn()).shows(d.Agree)
    assert len(told.asks) == asked, "it is not asked again by itself"
    told.on(ev.Agreed(OFFERS)).answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts[0].weight_grams is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [None, m.Refused(why="late"), m.Refused(why="disk")])
def test_a_bridge_that_does_not_answer_stops_no_drop(answer: m.Refused | None) -> None:
    told = weighing()
    told = told.answers(answer) if answer else told.on(e.NoAnswer(told.state.waiting))
    assert told.shows(d.WeighIt).why == "silent"


def test_whoever_does_not_want_to_wait_goes_on_and_a_late_weight_is_nobody_s() -> None:
    told = weighing()
    asked = told.state.waiting
    told.on(ev.GoOn()).shows(d.Agree)
    told.answers(m.Weighed(grams=4350), ask=asked).shows(d.Agree)
    assert told.state.drop is not None
    assert told.state.drop.grams is None


def test_a_visit_that_is_over_is_over() -> None:
    assert weighing().answers(m.Refused(why="visit")).shows(s.Refusal).why == "visit"


@pytest.mark.parametrize("service", ["shoes", "basket"])
def test_only_bags_are_weighed(service: str) -> None:
    weighing(service).shows(d.Agree)


def test_without_a_scale_nothing_is_asked_and_a_scale_that_went_away_is_passed_over() -> None:
    known().on(ev.ServiceChosen("", OFFERS)).shows(d.Agree)
    weighing().answers(m.NotWeighed(why="none")).shows(d.Agree)


def test_back_from_the_scale_and_from_the_last_question_leads_to_the_count() -> None:
    weighing().on(e.Back()).shows(d.HowMany)
    told = weighing().answers(m.Weighed(grams=4350)).on(e.Back())
    told.shows(d.HowMany)
    told.on(ev.CountSaid(7)).shows(d.WeighIt)
    assert told.state.drop is not None
    assert told.state.drop.grams is None, "it is weighed anew"


def test_a_scale_outlives_the_conversation() -> None:
    assert weighing().on(e.Leave()).state.scale


# --- staff -----------------------------------------------------------------------------------------


def test_staff_weigh_what_they_count_and_both_are_one_fact() -> None:
    told = counting().on(ev.WeighWanted())
    assert told.asks[-1] == m.Weigh(visit="sv")
    told.answers(m.NotWeighed(why="empty")).answers(m.Weighed(grams=4310))
    assert told.shows(r.CountIt) == r.CountIt("d-1", grams=4310)
    told.on(e.Entered("5", (), "new"))
    assert told.shows(r.CountIt) == r.CountIt("d-1", differs=5, grams=4310)
    does(told, "recount").on(e.Entered("5", (), "new"))
    does(told, "differs")
    assert facts(told, m.PiecesCounted) == [
        m.PiecesCounted(item="d-1", by="staff", pieces=5, weight_grams=4310, who="staff-1")
    ]


def test_a_scale_that_never_settles_leaves_the_count_as_it_is() -> None:
    told = counting().on(ev.WeighWanted()).answers(m.NotWeighed(why="moving"))
    assert told.shows(r.CountIt) == r.CountIt("d-1", why="moving")
    told.on(ev.WeighWanted())
    told.on(e.NoAnswer(told.state.waiting))
    assert told.shows(r.CountIt).why == "silent"
    told.on(e.Entered("", (), "new"))
    assert facts(told, m.PiecesCounted) == [m.PiecesCounted(item="d-1", by="staff", pieces=6, who="staff-1")]


def test_counted_while_the_scale_is_still_asked_it_has_no_weight() -> None:
    told = counting().on(ev.WeighWanted())
    asked = told.state.waiting
    told.on(e.Entered("6", (), "new")).answers(m.Weighed(grams=1), ask=asked)
    assert facts(told, m.PiecesCounted)[-1].weight_grams is None  # type: ignore[attr-defined]


def test_at_the_counter_a_bag_is_weighed_in_the_concierge_s_hands() -> None:
    told = bags().on(e.ScaleSeen(fitted=True), ev.DropWanted(OFFERS, ("n-1", "o-1", "x-1")))
    told.on(e.UnknownSaid("x"), ev.ServiceChosen("", OFFERS)).shows(d.WeighIt)
    assert told.asks[-1] == m.Weigh(visit="sv")
    told.answers(m.Weighed(grams=2100)).shows(r.TakeIt)
    told.on(e.Back(), ev.ServiceChosen("", OFFERS)).answers(m.Refused(why="disk"))
    assert told.shows(d.WeighIt).why == "silent"
    told.on(ev.GoOn()).shows(r.TakeIt)
