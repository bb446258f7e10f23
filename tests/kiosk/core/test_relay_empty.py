"""Dialogues: the drop doors are emptied, one after the other."""

from msgspec import structs

from contract import bag_tag
from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.flow import STAFF_IDLE_MS
from tests.kiosk.core.at_the_relay import (
    STOCK,
    TOLD,
    bags,
    does,
    door,
    emptying,
    facts,
    out_of_its_door,
    scans,
    stock,
    tag,
    why,
)
from tests.kiosk.core.dialogue import Dialogue, signed_in, sounds


def tagging() -> Dialogue:
    """The first bag is out."""
    told = out_of_its_door(emptying())
    assert told.shows(r.TagIt) == r.TagIt("d-1")
    return told


def test_from_door_to_door_with_tag_and_pieces_and_nothing_is_touched_but_the_doors() -> None:
    told = emptying()
    assert told.asks[-1] == m.TakeOut(visit="sv", item="d-1", why="relay")
    scans(out_of_its_door(told), tag("d-1")).shows(r.CountIt)
    told.on(e.Entered("6", (), "new"))
    assert told.asks[-1] == m.TakeOut(visit="sv", item="d-2", why="relay")
    scans(out_of_its_door(told), "NET-0021744")
    assert told.shows(r.Emptied) == r.Emptied(2, 2)
    assert facts(told, m.BagTagged) == [m.BagTagged(tag="NET-0021744", item="d-2", how="scanned")]
    assert facts(told, m.PiecesCounted) == [m.PiecesCounted(item="d-1", by="staff", pieces=6, who="staff-1")]


def test_a_tag_scanned_while_the_door_is_open_is_not_asked_for_again() -> None:
    told = scans(door(emptying(), "opened"), tag("d-1"))
    assert told.shows(h.AtDoor).step == "open"
    assert sounds(told) == "ok"
    door(told, "closed").answers(m.Settled(item="d-1", stands="in_hand")).shows(r.CountIt)


def test_enter_alone_says_as_many_pieces_as_were_said() -> None:
    told = scans(tagging(), tag("d-1")).on(e.Entered("", (), "new"))
    assert facts(told, m.PiecesCounted)[-1].pieces == 6  # type: ignore[attr-defined]


def test_another_count_is_said_and_written_down_beside_the_first() -> None:
    told = scans(tagging(), tag("d-1")).on(e.Entered("5", (), "new"))
    assert told.shows(r.CountIt) == r.CountIt("d-1", differs=5)
    assert sounds(told) == "question"
    assert facts(told, m.PiecesCounted) == []
    does(told, "recount").on(e.Entered("5", (), "new"))
    does(told, "differs").shows(h.AtDoor)
    assert facts(told, m.PiecesCounted) == [m.PiecesCounted(item="d-1", by="staff", pieces=5, who="staff-1")]
    (d_1,) = (one for one in told.state.memory.traces if one.item == "d-1")
    assert d_1.counted == 5


def test_a_count_of_nothing_or_of_letters_is_none() -> None:
    told = scans(tagging(), tag("d-1")).on(e.Entered("0", (), "new"))
    assert sounds(told) == "error"
    told.on(e.Entered("six", (), "new")).shows(r.CountIt)


def test_a_bag_without_a_tag_gets_one_printed() -> None:
    told = scans(tagging(), tag("d-1")).on(e.Entered("", (), "new"))
    out_of_its_door(told).on(e.SlipsPrinted())
    assert told.shows(r.TagIt) == r.TagIt("d-2", printed=True)
    printed = bag_tag.printed("d-2")
    assert facts(told, m.BagTagged) == [m.BagTagged(tag=printed, item="d-2", how="printed")]
    does(told, "right").shows(r.Emptied)


def test_a_misread_tag_and_one_of_another_bag_are_not_taken() -> None:
    told = tagging()
    good = tag("d-1")
    scans(told, good[:-1] + ("2" if good[-1] != "2" else "3")).shows(r.TagIt)
    assert (why(told), sounds(told)) == ("misread", "error")
    scans(told, tag("h-1")).shows(r.TagIt)
    assert (why(told), sounds(told)) == ("other_bag", "error")
    assert facts(told, m.BagTagged) == []


def test_a_label_that_is_not_ours_is_said_once_more_for_another_kiosk_may_have_it_on_another_bag() -> None:
    label = "NET-0021744"
    labelled = tuple(
        structs.replace(one, tag=label) if isinstance(one, m.Tracked) and one.item == "d-1" else one
        for one in TOLD
    )
    told = stock(does(bags(told_of=labelled), "empty"), documents=labelled)
    does(told, "begin")
    scans(out_of_its_door(told), label).shows(r.CountIt)
    assert facts(told, m.BagTagged) == [m.BagTagged(tag=label, item="d-1", how="scanned")]


def test_later_leaves_it_in_hand_as_it_is() -> None:
    told = does(tagging(), "later")
    assert told.shows(h.AtDoor).compartment == 3
    assert "d-1" in {one.item for one in told.state.house.in_hand}


def test_undo_puts_it_away_again_with_the_same_code() -> None:
    told = tagging().on(e.Undo())
    assert told.shows(h.InHand).item.item == "d-1"
    told.on(he.Do("put"))
    assert isinstance(told.asks[-1], m.Claim)


def test_a_stuck_door_is_passed_over_and_counted_as_left() -> None:
    told = door(emptying(), "not_opened").on(he.Said("skip"))
    assert told.shows(h.AtDoor).compartment == 3
    door(told, "not_opened").on(he.Said("skip"))
    assert told.shows(r.Emptied) == r.Emptied(0, 2)


def test_what_is_not_behind_its_door_is_looked_for() -> None:
    told = door(emptying(), "opened").on(he.Do("missing"))
    door(told, "closed").answers(m.Settled(item="d-1", stands="in_hand")).shows(h.SureLost)
    told.on(he.Said("yes"))
    assert told.asks[-1] == m.Settle(visit="sv", item="d-1", outcome="lost")
    told.answers(m.Settled(item="d-1", stands="lost"))
    assert told.shows(h.AtDoor).compartment == 3


def test_a_no_of_the_lockers_ends_nothing() -> None:
    told = emptying().answers(m.Refused(why="busy"))
    told.shows(h.CannotDo)
    told.on(he.Said("skip"))
    assert told.shows(h.AtDoor).compartment == 3
    told.answers(m.Refused(why="item")).shows(h.CannotDo)
    told.on(he.Do("go_on")).shows(r.Emptied)


def test_stopped_it_goes_on_with_what_is_left() -> None:
    told = tagging().on(e.Back())
    assert told.shows(r.Emptied) == r.Emptied(1, 2)
    does(told, "done").shows(r.Bags)


def test_without_the_right_to_deposit_there_are_no_bags() -> None:
    told = does(signed_in(rights=("collect",)), "home")
    told.shows(s.Parcels)


def test_nothing_dropped_is_said() -> None:
    empty = m.Stock(places=STOCK.places[1:2])
    told = stock(does(bags(empty), "empty"), empty)
    told.shows(r.DropList)
    does(told, "begin")
    assert told.shows(r.Emptied) == r.Emptied(0, 0)


def test_a_scan_anywhere_says_where_a_bag_is() -> None:
    told = bags()
    for name, meant in {"d-1": "behind", "h-1": "in_hand", "a-1": "left", "l-1": "lies"}.items():
        assert why(scans(told, tag(name))) == meant
    assert told.state.relay.heard.where == "4"
    assert why(scans(told, "NET-9999999")) == "nobody"
    at_parcels = scans(signed_in(), tag("a-1"))
    at_parcels.shows(r.Bags)


def test_nobody_touches_anything_and_staff_are_signed_out() -> None:
    assert bags().timer("idle") == STAFF_IDLE_MS
