"""Who sees to a thing, and what may wait until when."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.marks import HOUR_MS, TAKEN_MS, Mark, choices, is_put_off, is_taken, sorted_out, tomorrow_ms
from hub.core.things import Thing

PARIS = ZoneInfo("Europe/Paris")
NOW = int(datetime(2026, 11, 23, 9, 30, tzinfo=PARIS).timestamp()) * 1000
JAM = Thing("alarm", "blocked", "borny", NOW - 60_000, (3,), "i1")
SLIPS = Thing("info", "papers", "borny", NOW - 9_000, count=4)


def off(thing: Thing, hours: int = 5) -> Mark:
    return Mark(
        thing.key,
        off_by="a",
        off_ms=NOW,
        until_ms=NOW + hours * HOUR_MS,
        why="called",
        tone=thing.tone,
        cause=thing.cause,
        count=thing.count,
    )


def test_a_thing_keeps_its_key_whatever_of_it_changes_but_what_it_is_about() -> None:
    assert replace(JAM, since_ms=NOW, item="i2", tone="warn").key == JAM.key
    assert replace(JAM, compartments=(4,)).key != JAM.key
    assert replace(JAM, site="paris").key != JAM.key
    assert replace(JAM, kind="forced").key != JAM.key
    cry = Thing("warn", "help", "borny", NOW, device="k1", event="e1", count=1)
    again = replace(cry, event="e2", since_ms=NOW + 1, count=2)
    assert again.key == cry.key
    assert again.cause != cry.cause


def test_every_thing_of_a_page_has_a_key_of_its_own() -> None:
    many = [
        JAM,
        replace(JAM, compartments=(4,)),
        SLIPS,
        replace(SLIPS, site="paris"),
        Thing("warn", "kept", "borny", NOW, (3,), "i1"),
        Thing("warn", "kept", "borny", NOW, (3,), "i2"),
        Thing("alarm", "hole", "borny", NOW, device="d1", event="e1"),
        Thing("alarm", "hole", "borny", NOW, device="d2", event="e2"),
        Thing("warn", "offline", "borny", NOW, device="d1"),
        Thing("warn", "offline", "borny", NOW, device="d2"),
        Thing("alarm", "silent", "borny", NOW, (1, 2)),
        Thing("warn", "bag_lone", "borny", NOW, item="b1", event="bag-1"),
        Thing("warn", "bag_lone", "borny", NOW, count=9),
    ]
    assert len({thing.key for thing in many}) == len(many)


def test_put_off_it_waits_until_its_time() -> None:
    assert is_put_off(JAM, off(JAM), NOW + 5 * HOUR_MS - 1)
    assert not is_put_off(JAM, off(JAM), NOW + 5 * HOUR_MS)
    assert not is_put_off(JAM, Mark(JAM.key), NOW)
    assert not is_put_off(JAM, None, NOW)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (replace(SLIPS, tone="info"), replace(SLIPS, tone="warn")),
        (SLIPS, replace(SLIPS, count=5)),
        (JAM, replace(JAM, since_ms=NOW + 60_000)),
    ],
    ids=["its tone rises", "there is more of it", "it happened again"],
)
def test_what_gets_worse_comes_back_before_its_time(before: Thing, after: Thing) -> None:
    assert is_put_off(before, off(before), NOW + 1)
    assert not is_put_off(after, off(before), NOW + 1)


@pytest.mark.parametrize(
    "better",
    [replace(SLIPS, count=3), replace(SLIPS, since_ms=NOW), replace(SLIPS, tone="info")],
)
def test_what_gets_better_still_waits(better: Thing) -> None:
    assert is_put_off(better, off(replace(SLIPS, tone="info")), NOW + 1)


@pytest.mark.parametrize("kind", ["forced", "left_open"])
def test_a_door_anybody_can_reach_into_is_never_out_of_sight_for_more_than_an_hour(kind: str) -> None:
    door = replace(JAM, kind=kind)
    assert is_put_off(door, off(door), NOW + HOUR_MS - 1)
    assert not is_put_off(door, off(door), NOW + HOUR_MS), "whatever the mark says"
    assert set(choices(door, NOW, PARIS, None)) == {"hour"}


def test_the_choices_are_an_hour_the_afternoon_and_the_next_opening() -> None:
    opens = NOW + 30 * HOUR_MS
    assert choices(JAM, NOW, PARIS, opens) == {
        "hour": NOW + HOUR_MS,
        "afternoon": NOW + 4 * HOUR_MS + HOUR_MS // 2,
        "tomorrow": opens,
    }
    late = NOW + 4 * HOUR_MS
    assert "afternoon" not in choices(JAM, late, PARIS, opens), "it is afternoon"
    eight = int(datetime(2026, 11, 24, 8, tzinfo=PARIS).timestamp()) * 1000
    assert choices(JAM, NOW, PARIS, None)["tomorrow"] == eight, "nobody said when it opens"
    assert tomorrow_ms(NOW, PARIS) == eight - 8 * HOUR_MS


def test_whoever_took_a_thing_and_forgot_it_has_it_no_more_after_a_working_day() -> None:
    taken = Mark(JAM.key, taken_by="a", taken_ms=NOW)
    assert is_taken(taken, NOW + TAKEN_MS - 1)
    assert not is_taken(taken, NOW + TAKEN_MS)
    assert not is_taken(None, NOW)


def test_what_waits_stands_apart_the_soonest_first_and_the_rest_keeps_its_order() -> None:
    door = replace(JAM, compartments=(4,))
    marks = {SLIPS.key: off(SLIPS, 5), JAM.key: off(JAM, 2)}
    now, later = sorted_out([JAM, door, SLIPS], marks, NOW)
    assert [one.thing for one in now] == [door]
    assert [one.thing for one in later] == [JAM, SLIPS]
