"""Dialogues: an order was cancelled while its bag lies here: it goes back to its person."""

import msgspec

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_events as re
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.relay_steps import to_return
from tests.kiosk.core.at_the_relay import (
    SERVICES,
    STOCK,
    bags,
    does,
    door,
    facts,
    out_of_its_door,
    put_in,
    scans,
    stock,
    tag,
    told,
    why,
)
from tests.kiosk.core.dialogue import Dialogue


def cancelled(name: str, state: str) -> m.Tracked:
    return msgspec.structs.replace(told(name, state), cancelled=True)


TOLD: tuple[m.Tracked | m.Service, ...] = (
    *SERVICES,
    cancelled("d-1", "dropped"),
    cancelled("h-1", "in_hand"),
    told("h-2", "in_hand"),
    cancelled("a-1", "away"),
)


def at_the_list() -> Dialogue:
    dialogue = does(bags(STOCK, TOLD), "give_back")
    dialogue.shows(r.GiveBack)
    return dialogue


def test_behind_its_door_and_in_hand_it_is_to_be_given_back_and_with_its_partner_not_yet() -> None:
    assert [one.item for one in to_return(at_the_list().state)] == ["d-1", "h-1"]
    at_the_list().on(e.MoreWanted(), e.Back()).shows(r.Bags)
    does(bags(), "give_back").shows(r.Bags)


def test_out_of_its_door_it_is_put_behind_another_under_the_same_code() -> None:
    dialogue = at_the_list().on(re.BagChosen("d-1"))
    assert dialogue.asks[-1] == m.TakeOut(visit="sv", item="d-1", why="relay")
    out_of_its_door(dialogue)
    assert dialogue.shows(h.InHand).item.item == "d-1"
    dialogue.on(he.Do("put"))
    assert isinstance(dialogue.asks[-1], m.Claim)
    dialogue.answers(
        m.Claimed(
            visit="sv", item=m.VisitItem(item="d-1", kind="bag", compartment=2, state="claimed", size="M")
        )
    )
    dialogue.shows(h.NewPlace)


def test_its_tag_chooses_it_and_another_tells_where_that_bag_is() -> None:
    assert scans(at_the_list(), tag("d-1")).asks[-1] == m.TakeOut(visit="sv", item="d-1", why="relay")
    other = scans(at_the_list(), tag("h-2"))
    other.shows(r.Bags)
    assert why(other) == "in_hand"


def test_from_the_hand_it_is_handed_over() -> None:
    dialogue = at_the_list().on(re.BagChosen("h-1"))
    assert dialogue.shows(h.InHand).item.item == "h-1"
    dialogue.on(he.Do("hand_over")).shows(h.HandTo)


def test_one_that_is_not_behind_its_door_is_looked_for() -> None:
    dialogue = door(at_the_list().on(re.BagChosen("d-1")), "opened").on(he.Do("missing"))
    door(dialogue, "closed").answers(m.Settled(item="d-1", stands="in_hand")).shows(h.SureLost)


def test_at_a_stuck_door_it_stays_to_be_given_back() -> None:
    dialogue = door(at_the_list().on(re.BagChosen("d-1")), "not_opened").on(e.Back())
    dialogue.shows(h.Looking)
    nothing = at_the_list().on(re.BagChosen("h-2"))
    nothing.shows(r.GiveBack)


def test_the_round_of_the_doors_passes_it_over_and_no_partner_gets_it() -> None:
    dialogue = stock(does(bags(STOCK, TOLD), "empty"), STOCK, TOLD)
    does(dialogue, "begin")
    assert dialogue.shows(h.AtDoor).compartment == 3
    out = stock(does(bags(STOCK, TOLD), "out"), STOCK, TOLD).on(re.PartnerChosen("press", "f" * 32))
    out.shows(r.Giving)
    assert why(scans(out, tag("h-1"))) == "cancelled"
    assert facts(out, m.BagScanned) == []
    assert why(scans(out, tag("h-2"))) == "counted"


def test_a_scan_says_that_it_goes_back_and_from_where() -> None:
    dialogue = scans(bags(STOCK, TOLD), tag("d-1"))
    assert (why(dialogue), dialogue.state.relay.heard.where) == ("cancelled", "1")


def test_away_when_it_was_cancelled_it_comes_back_as_any_other() -> None:
    dialogue = scans(does(bags(STOCK, TOLD), "back"), tag("a-1"))
    put_in(dialogue, 2).shows(r.ComingBack)
    dialogue.on(e.Leave()).shows(s.Start)
