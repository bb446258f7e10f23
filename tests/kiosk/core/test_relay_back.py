"""Dialogues: bags come back in any order, each gets its place at once."""

from dataclasses import replace

import pytest
from msgspec import structs

from contract import bag_tag
from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_back
from kiosk.core import relay_events as re
from kiosk.core import relay_screens as r
from kiosk.core.relay_memory import Given, Memory, Trace, noted
from kiosk.core.relay_steps import that
from kiosk.core.state import State
from tests.kiosk.core.at_the_relay import (
    MANIFEST,
    NINE_TWELVE,
    PRESS,
    SERVICES,
    STOCK,
    TOLD,
    bags,
    coming_back,
    does,
    door,
    facts,
    put_in,
    scans,
    stock,
    tag,
    told,
    why,
)
from tests.kiosk.core.dialogue import Dialogue, sounds
from tests.kiosk.core.in_the_house import place

TRACKED = tuple(one for one in TOLD if isinstance(one, m.Tracked))
SHELF = m.VisitItem(item="a-1", kind="bag", compartment=101, state="claimed", size="M", label="B4")


def at_its_door() -> Dialogue:
    """The first bag is scanned, its door stands open."""
    dialogue = scans(coming_back(), tag("a-1"))
    place = m.VisitItem(item="a-1", kind="bag", compartment=2, state="claimed", size="M")
    dialogue.answers(m.Claimed(visit="sv", item=place))
    return door(dialogue, "intent", "pulsed", "opened")


def test_a_scan_a_door_and_its_person_keeps_the_code() -> None:
    dialogue = scans(coming_back(), tag("a-1"))
    assert dialogue.asks[-1] == m.Claim(visit="sv", item="a-1", person="p-1", size="M", kind="bag")
    assert (why(dialogue), sounds(dialogue)) == ("back", "ok")
    put_in(dialogue, 2).shows(r.ComingBack)
    assert dialogue.state.relay.heard.where == "2"
    (scan,) = facts(dialogue, m.BagScanned)
    assert scan == m.BagScanned(
        tag=scan.tag,  # type: ignore[attr-defined]
        side="take",
        holder=m.Holder(kind="staff", id="staff-1"),
        other=m.Holder(kind="partner", id=PRESS),
        item="a-1",
        post="return",
        manifest=MANIFEST,
    )


def test_the_next_scan_is_heard_while_a_door_stands_open_and_its_door_follows() -> None:
    dialogue = scans(at_its_door(), tag("a-2"))
    assert (why(dialogue), sounds(dialogue)) == ("back", "ok")
    assert dialogue.shows(h.AtDoor).compartment == 2
    door(dialogue, "closed").answers(m.Settled(item="a-1", stands="left"))
    assert dialogue.asks[-1] == m.Claim(visit="sv", item="a-2", person="p-1", size="M", kind="bag")
    put_in(dialogue, 5).shows(r.ComingBack)
    assert dialogue.state.relay.placed == ("a-1", "a-2")


@pytest.mark.parametrize(
    ("text", "meant", "sound"),
    [
        (tag("h-1"), "not_left", "step"),
        (tag("d-1"), "behind", "step"),
        (tag("l-1"), "lies", "step"),
        ("NET-4711471", "unknown_back", "question"),
        ("B1AAAAAAAAAA", "misread", "error"),
    ],
)
def test_a_scan_out_of_step_is_one_line_and_no_dead_end(text: str, meant: str, sound: str) -> None:
    dialogue = scans(coming_back(), text)
    assert (why(dialogue), sounds(dialogue)) == (meant, sound)
    scans(dialogue, tag("a-1")).shows(h.Noting)


def test_scanned_twice_it_gets_one_place() -> None:
    dialogue = scans(at_its_door(), tag("a-1"), tag("a-2"), tag("a-2"))
    assert (why(dialogue), sounds(dialogue)) == ("twice", "step")
    assert len(facts(dialogue, m.BagScanned)) == 2


def test_an_unknown_bag_is_accepted_once_and_is_a_question() -> None:
    dialogue = scans(coming_back(), "NET-4711471", "NET-4711471")
    assert why(dialogue) == "twice"
    (scan,) = facts(dialogue, m.BagScanned)
    assert scan.item is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("label", ["b4", "]C0B4"])
def test_a_shelf_place_is_confirmed_by_its_own_label(label: str) -> None:
    dialogue = scans(coming_back(), tag("a-1")).answers(m.Claimed(visit="sv", item=SHELF))
    dialogue.shows(h.NewPlace)
    scans(dialogue, label)
    assert dialogue.asks[-1] == m.Settle(visit="sv", item="a-1", outcome="left")
    dialogue.answers(m.Settled(item="a-1", stands="left")).shows(r.ComingBack)
    assert dialogue.state.relay.heard.where == "B4"


def test_a_shelf_place_is_confirmed_by_touch_as_well() -> None:
    dialogue = scans(coming_back(), tag("a-1")).answers(m.Claimed(visit="sv", item=SHELF))
    dialogue.on(e.ShelfDone()).answers(m.Settled(item="a-1", stands="left")).shows(r.ComingBack)


def test_kept_in_hand_at_its_open_door_and_the_next_one_follows() -> None:
    dialogue = does(scans(at_its_door(), tag("a-2")), "keep")
    assert dialogue.asks[-1] == m.Settle(visit="sv", item="a-1", outcome="given_up")
    dialogue.answers(m.Settled(item="a-1", stands="in_hand"))
    assert isinstance(dialogue.asks[-1], m.Claim)
    assert "a-1" in {one.item for one in dialogue.state.house.in_hand}


def test_kept_in_hand_it_gets_a_place_when_it_is_scanned_again() -> None:
    dialogue = does(at_its_door(), "keep").answers(m.Settled(item="a-1", stands="in_hand"))
    scans(dialogue, tag("a-1"))
    assert isinstance(dialogue.asks[-1], m.Claim)
    assert len(facts(dialogue, m.BagScanned)) == 1


def test_no_room_offers_another_size_or_the_hand() -> None:
    dialogue = scans(coming_back(), tag("a-1")).answers(m.Full(sizes=("XL",), shelf=True))
    dialogue.shows(h.NoRoom)
    dialogue.on(e.SizeChosen("XL", "new"))
    assert isinstance(dialogue.asks[-1], m.Claim)
    put_in(dialogue, 9).shows(r.ComingBack)


def test_no_room_and_kept_in_hand() -> None:
    dialogue = scans(coming_back(), tag("a-1")).answers(m.Full(sizes=(), shelf=False))
    does(dialogue, "keep").shows(r.ComingBack)
    assert why(dialogue) == "kept"


def test_it_does_not_fit_and_a_larger_door_opens_at_once() -> None:
    dialogue = at_its_door().on(e.Bigger())
    dialogue.answers(m.Settled(item="a-1", stands="dropped")).shows(h.NoRoom)
    put_in(dialogue.on(e.SizeChosen("L", "new")), 8).shows(r.ComingBack)


def test_a_no_of_the_lockers_keeps_it_in_hand_and_goes_on() -> None:
    dialogue = scans(coming_back(), tag("a-1")).answers(m.Refused(why="tickets"))
    dialogue.shows(h.CannotDo)
    does(dialogue, "keep").shows(r.ComingBack)


def test_fewer_pieces_came_back_and_both_counts_stay() -> None:
    dialogue = does(put_in(scans(coming_back(), tag("a-1")), 2), "count")
    dialogue.shows(r.CountIt)
    dialogue.on(e.Entered("5", (), "new"))
    assert dialogue.shows(r.CountIt).differs == 5
    does(dialogue, "differs").shows(r.ComingBack)
    (counted,) = facts(dialogue, m.PiecesCounted)
    assert counted == m.PiecesCounted(item="a-1", by="staff", pieces=5, who="staff-1")


def test_the_end_says_what_came_and_what_its_partner_still_has() -> None:
    dialogue = does(put_in(scans(coming_back(), tag("a-1")), 2), "all")
    dialogue.shows(r.BackCount)
    assert [one.item for one in relay_back.still_there(dialogue.state)] == ["a-2"]
    does(dialogue, "done").shows(r.Bags)
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert (closed.direction, len(closed.tags)) == ("in", 1)  # type: ignore[attr-defined]


def promised(item: str, at_ms: int | None) -> m.Tracked:
    return structs.replace(told(item, "away"), promised_ms=at_ms)


@pytest.mark.parametrize(
    ("a_1", "a_2", "lacks"),
    [(5, 4, True), (5, 5, True), (5, 6, False), (None, 5, False), (5, None, False), (None, None, False)],
)
def test_what_was_promised_no_later_than_what_came_is_missing(
    a_1: int | None, a_2: int | None, lacks: bool
) -> None:
    known = (*SERVICES, promised("a-1", a_1), promised("a-2", a_2))
    dialogue = does(bags(told_of=known), "back")
    dialogue = does(put_in(scans(dialogue, tag("a-1")), 2), "all")
    assert [one.item for one in relay_back.missing(dialogue.state)] == (["a-2"] if lacks else [])
    does(dialogue, "missing")
    closed = facts(dialogue, m.ManifestClosed)
    if not lacks:
        assert closed == [], "nothing is missing that nobody knows to be"
        return
    (one,) = closed
    assert one.missing == (bag_tag.printed("a-2"),)  # type: ignore[attr-defined]
    dialogue.shows(r.Bags)


def test_before_anything_came_all_that_partners_have_is_there() -> None:
    dialogue = does(coming_back(), "all")
    assert [one.item for one in relay_back.still_there(dialogue.state)] == ["a-1", "a-2"]
    assert relay_back.missing(dialogue.state) == ()


def test_a_bag_without_an_order_is_with_whom_it_was_given_to() -> None:
    memory = Memory(traces=(Trace("a-1", given=Given("m-1", PRESS)), Trace("a-2", given=Given("m-1", PRESS))))
    known = tuple(structs.replace(one, partner=None) if one.item == "a-2" else one for one in TRACKED)
    dialogue = does(bags(told_of=(*SERVICES, *known), state=State(run="run", memory=memory)), "back")
    dialogue = does(put_in(scans(dialogue, tag("a-1")), 2), "all")
    assert [one.item for one in relay_back.missing(dialogue.state)] == ["a-2"]
    does(dialogue, "missing")
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert closed.missing == (bag_tag.printed("a-2"),)  # type: ignore[attr-defined]
    dialogue = scans(does(dialogue, "back"), tag("a-2"))
    scan = facts(dialogue, m.BagScanned)[-1]
    assert scan.other == m.Holder(kind="partner", id=PRESS)  # type: ignore[attr-defined]


def test_where_nothing_is_promised_what_went_with_it_on_one_slip_is_missing() -> None:
    memory = Memory(
        traces=tuple(Trace(item, given=Given(slip, PRESS)) for item, slip in (("a-1", "m-1"), ("a-2", "m-1")))
    )
    dialogue = does(bags(state=State(run="run", memory=memory)), "back")
    dialogue = does(put_in(scans(dialogue, tag("a-1")), 2), "all")
    assert [one.item for one in relay_back.missing(dialogue.state)] == ["a-2"]
    does(dialogue, "more").shows(r.ComingBack)
    dialogue = does(put_in(scans(dialogue, tag("a-2")), 5), "all")
    assert relay_back.missing(dialogue.state) == ()


def test_what_its_partner_brings_later_is_not_missing() -> None:
    known = (*SERVICES, promised("a-1", 5), promised("a-2", 5))
    dialogue = does(put_in(scans(does(bags(told_of=known), "back"), tag("a-1")), 2), "all", "done")
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert closed.missing == ()  # type: ignore[attr-defined]


def test_a_bag_that_was_written_down_as_lost_comes_back_as_any_other_and_is_in_no_list_before() -> None:
    lost = structs.replace(told("b-9", "away"), lost=True)
    dialogue = does(bags(told_of=(*SERVICES, lost)), "back")
    assert [one.item for one in that(dialogue.state, "away")] == ["a-1", "a-2"]
    scans(dialogue, tag("b-9"))
    assert (why(dialogue), sounds(dialogue)) == ("back", "ok")
    assert dialogue.asks[-1] == m.Claim(visit="sv", item="b-9", person="p-1", size="M", kind="bag")


def test_a_lost_bag_that_is_looked_up_or_given_away_is_told_to_be_lost() -> None:
    lost = structs.replace(told("b-9", "away"), lost=True)
    dialogue = bags(told_of=(*SERVICES, told("h-1", "in_hand"), lost))
    scans(dialogue, tag("b-9"))
    assert why(dialogue) == "lost"
    dialogue = stock(does(dialogue, "out"), documents=(*SERVICES, told("h-1", "in_hand"), lost))
    dialogue.on(re.PartnerChosen(PRESS, MANIFEST))
    scans(dialogue, tag("b-9"))
    assert (why(dialogue), sounds(dialogue)) == ("lost", "step")


def test_a_return_of_nothing_is_no_manifest() -> None:
    dialogue = does(coming_back(), "all", "done")
    assert facts(dialogue, m.ManifestClosed) == []


def test_an_order_that_comes_for_the_first_time_gets_a_place_as_well() -> None:
    dialogue = does(bags(told_of=(told("o-1", "ordered"),)), "back")
    scans(dialogue, tag("o-1"))
    assert dialogue.asks[-1] == m.Claim(visit="sv", item="o-1", person="p-1", size="M", kind="bag")


def test_a_stuck_door_offers_another_one() -> None:
    dialogue = at_its_door()
    dialogue = scans(coming_back(), tag("a-1"))
    place = m.VisitItem(item="a-1", kind="bag", compartment=2, state="claimed", size="M")
    dialogue.answers(m.Claimed(visit="sv", item=place))
    door(dialogue, "not_opened").on(he.Do("go_on"))
    assert isinstance(dialogue.asks[-1], m.OpenItem)


def test_back_from_the_scan_leads_to_the_count_and_from_there_to_the_scan() -> None:
    dialogue = put_in(scans(coming_back(), tag("a-1")), 2).on(e.Back())
    dialogue.shows(r.BackCount)
    dialogue.on(e.Back()).shows(r.ComingBack)


def test_after_a_restart_a_return_goes_on_where_it_was_and_is_closed_as_one() -> None:
    before = put_in(scans(coming_back(), tag("a-1")), 2)
    scans(before, "NET-4711471", tag("a-2"))
    memory = Memory()
    for fact in before.facts:
        memory = noted(memory, fact, NINE_TWELVE)
    here = structs.replace(STOCK.away[0], stage="held")
    hand = structs.replace(STOCK.away[1], stage="in_hand")
    now = m.Stock(places=(place(2, here),), in_hand=(hand,))
    cut = bags(now, state=replace(Dialogue().state, memory=memory))
    does(cut, "back", fresh="another").shows(r.ComingBack)
    assert (cut.state.relay.manifest, cut.state.relay.back) == (MANIFEST, ("a-1", "a-2"))
    assert (cut.state.relay.placed, cut.state.relay.strange) == (("a-1",), ("NET-4711471",))
    assert why(scans(cut, "NET-4711471")) == "twice"
    for when in (NINE_TWELVE + 3 * 3_600_000, None):
        later = bags(now, state=replace(Dialogue().state, memory=memory))
        does(later, "back", fresh="another", wall_ms=when)
        assert later.state.relay.manifest == "another", "another van"
    closed = m.ManifestClosed(
        manifest=MANIFEST, partner=PRESS, direction="in", tags=(), by=m.Holder(kind="staff", id="staff-1")
    )
    assert noted(memory, closed).coming_back is None
    fresh = bags(now, state=replace(Dialogue().state, memory=noted(memory, closed)))
    does(fresh, "back", fresh="another").shows(r.ComingBack)
    assert (fresh.state.relay.manifest, fresh.state.relay.back) == ("another", ())


def test_a_return_of_which_nothing_is_here_any_more_does_not_go_on() -> None:
    memory = Memory()
    for fact in scans(coming_back(), tag("a-1")).facts:
        memory = noted(memory, fact, NINE_TWELVE)
    gone = bags(m.Stock(places=()), (), state=replace(Dialogue().state, memory=memory))
    assert does(gone, "back", fresh="another").state.relay.manifest == "another"
