"""Dialogues: bags come back in any order, each gets its place at once."""

import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_back
from kiosk.core import relay_screens as r
from tests.kiosk.core.at_the_relay import (
    MANIFEST,
    PRESS,
    bags,
    coming_back,
    does,
    door,
    facts,
    put_in,
    scans,
    tag,
    told,
    why,
)
from tests.kiosk.core.dialogue import Dialogue, sounds

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


def test_a_shelf_place_is_confirmed_by_its_own_label() -> None:
    dialogue = scans(coming_back(), tag("a-1")).answers(m.Claimed(visit="sv", item=SHELF))
    dialogue.shows(h.NewPlace)
    scans(dialogue, "b4")
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
