"""Where a bag is, who had it and what is not clear, from the scans of both sides."""

from collections.abc import Iterable
from typing import Any

import pytest

from contract import messages as m
from hub.core import bags, custody
from hub.core.fold import fold
from hub.core.order_rules import settle_money
from hub.core.rows import Row, Rows
from hub.core.told import Told
from tests.fakes.bags import HOUR_MS, SITE, give, partner, placed, staff, tagged, take, told

DESK, RUNNER, WASHER, FINISHER = (staff(name) for name in ("desk", "runner", "washer", "finisher"))
MINUTE_MS = 60_000


def tables(*events: Told) -> Rows:
    rows = Rows()
    fold(rows, events)
    settle_money(rows)
    bags.settle(rows, bags.assign(rows))
    return rows


def at_minutes(*facts: tuple[float, m.AnyFact]) -> Rows:
    return tables(*(told(fact, round(minute * MINUTE_MS)) for minute, fact in facts))


def bag(rows: Rows, name: str = "bag") -> Row:
    return rows.held["bags"][SITE, name]


def place(row: Row) -> tuple[str, str | None, str | None]:
    return row["state"], row["holder_id"], row["before_id"]


def questions(rows: Rows, name: str = "bag") -> dict[custody.Question, int]:
    """What is asked of its way: nothing was ordered for most of these."""
    asked = bags.questions_of(bag(rows, name))
    return {kind: since_ms for kind, since_ms in asked.items() if kind != "no_order"}


def test_both_sides_scan_and_the_bag_is_where_the_receiver_is() -> None:
    rows = at_minutes(
        (0, tagged()),
        (0, take(DESK, post="reception")),
        (9, give(DESK, post="reception")),
        (10, take(RUNNER, post="run")),
    )
    assert place(bag(rows)) == ("held", "runner", "desk")
    assert bag(rows)["since_ms"] == 10 * MINUTE_MS
    assert bag(rows)["post"] == "run"
    assert questions(rows) == {}


def test_the_receiver_may_scan_first() -> None:
    rows = at_minutes((0, tagged()), (0, take(DESK)), (9, take(RUNNER)), (12, give(DESK)))
    assert place(bag(rows)) == ("held", "runner", "desk")
    assert questions(rows) == {}


def test_a_giver_alone_is_believed_and_the_receiver_is_asked() -> None:
    rows = at_minutes((0, tagged()), (0, take(DESK)), (9, give(DESK, RUNNER)))
    assert place(bag(rows)) == ("held", "runner", "desk")
    assert questions(rows) == {"lone": 9 * MINUTE_MS}
    assert bag(rows)["lone_id"] == "runner"


def test_who_takes_it_off_its_round_again_asks_nobody_who_never_got_it() -> None:
    round_: dict[str, Any] = {"post": "run", "manifest": "m1"}
    there = ((0, tagged()), (0, take(DESK)), (9, give(DESK, partner(), **round_)))
    back = at_minutes(*there, (9.1, take(DESK, **round_)))
    assert (place(bag(back)), questions(back)) == (("held", "desk", None), {})
    other = at_minutes(*there, (90, take(DESK, partner(), post="return", manifest="m2")))
    assert set(questions(other)) == {"lone"}, "brought back by somebody who never said that they had it"


def test_who_gives_it_to_nobody_known_is_asked_themselves() -> None:
    rows = at_minutes((0, tagged()), (0, take(DESK)), (9, give(DESK)))
    assert place(bag(rows)) == ("given", "desk", None)
    assert bag(rows)["lone_id"] == "desk"
    assert questions(rows) == {"lone": 9 * MINUTE_MS}


def test_a_receiver_alone_has_it_and_the_giver_is_asked_until_they_answer() -> None:
    alone = ((0, tagged()), (0, take(DESK)), (9, take(RUNNER)))
    rows = at_minutes(*alone)
    assert place(bag(rows)) == ("held", "runner", "desk")
    assert (questions(rows), bag(rows)["lone_id"]) == ({"lone": 9 * MINUTE_MS}, "desk")
    assert questions(at_minutes(*alone, (90, give(DESK)))) == {}


def test_whatever_is_seen_later_answers_a_lone_side() -> None:
    rows = at_minutes(
        (0, tagged()),
        (0, take(DESK)),
        (9, give(DESK, RUNNER)),
        (60, give(RUNNER, WASHER)),
        (61, take(WASHER)),
    )
    assert place(bag(rows)) == ("held", "washer", "runner")
    assert questions(rows) == {}


def test_one_scan_done_twice_is_one_and_what_both_devices_tell_of_it_as_well() -> None:
    rows = at_minutes(
        (0, tagged()),
        (0, take(DESK)),
        (9, give(DESK, partner())),
        (9.5, give(DESK, partner())),
        (10, take(partner())),
        (13, give(DESK, partner())),
    )
    assert place(bag(rows)) == ("held", "pressing", "desk")
    assert questions(rows) == {}


@pytest.mark.parametrize("seconds", [(600, 630, 660, 670, 700, 710), range(600, 2400, 300)])
def test_handed_back_and_forth_quickly_is_no_repeat(seconds: Iterable[int]) -> None:
    sides = (give(DESK), take(RUNNER), give(RUNNER), take(DESK), give(DESK), take(RUNNER))
    scans = [(at / 60, scan) for at, scan in zip(seconds, sides, strict=True)]
    rows = at_minutes((0, tagged()), (0, take(DESK)), *scans)
    assert place(bag(rows)) == ("held", "runner", "desk")
    assert questions(rows) == {}


def test_taken_again_from_another_or_when_it_was_found_is_no_repeat() -> None:
    rows = at_minutes((0, tagged()), (0, take(DESK)), (0.5, take(RUNNER)), (1, take(DESK)))
    assert place(bag(rows)) == ("held", "desk", "runner")
    closed = m.ManifestClosed(
        manifest="m1", partner="pressing", direction="in", tags=(), missing=("NET-1",), by=RUNNER
    )
    found = at_minutes((0, tagged()), (0, take(DESK)), (0.5, closed), (1, take(DESK)))
    assert questions(found) == {}


def test_a_scan_done_twice_stays_one_when_the_other_side_comes_between() -> None:
    rows = at_minutes(
        (0, tagged()),
        (0, take(DESK)),
        (9, give(DESK)),
        (9.1, take(RUNNER)),
        (9.2, give(DESK)),
        (9.3, take(RUNNER)),
    )
    assert place(bag(rows)) == ("held", "runner", "desk")
    assert questions(rows) == {}


def test_given_at_the_last_post_to_nobody_its_person_has_it_and_nothing_is_asked() -> None:
    rows = at_minutes(
        (0, tagged()),
        (0, take(DESK)),
        (9, take(RUNNER)),
        (60, take(DESK, post="return")),
        (70, give(DESK, post="return")),
    )
    row = bag(rows)
    assert (row["state"], row["ended_ms"], row["ended_how"]) == ("ended", 70 * MINUTE_MS, "returned")
    assert row["next_post"] is None
    assert questions(rows) == {}


def test_seen_after_its_end_is_a_question_with_its_place() -> None:
    rows = at_minutes((0, tagged()), (10, give(DESK, post="return")), (300, take(RUNNER, post="run")))
    assert place(bag(rows)) == ("held", "runner", None)
    assert questions(rows)["after_end"] == 300 * MINUTE_MS


def test_the_last_post_told_by_a_clock_that_is_late_does_not_open_it_again() -> None:
    rows = at_minutes(
        (0, tagged()), (10, give(DESK, post="return")), (12, take(DESK, FINISHER, post="return"))
    )
    assert bag(rows)["state"] == "ended"
    assert questions(rows) == {}


def test_backwards_is_a_question_until_it_is_as_far_as_it_was() -> None:
    there = (
        (0, tagged()),
        (0, take(WASHER, post="wash")),
        (5, take(DESK, WASHER, post="reception")),
        (6, give(WASHER)),
    )
    rows = at_minutes(*there)
    assert questions(rows) == {"backwards": 5 * MINUTE_MS}
    assert bag(rows)["next_post"] == "run"
    again = at_minutes(*there, (20, give(DESK)), (21, take(WASHER, post="wash")))
    assert questions(again) == {}


def test_a_tag_nobody_knows_is_a_bag_until_somebody_says_whose_it_is() -> None:
    found = take(WASHER, tag="NET-9")
    rows = at_minutes((5, found))
    [row] = rows.held["bags"].values()
    assert row["item"] is None
    assert (row["tag"], row["holder_id"]) == ("NET-9", "washer")
    assert bags.questions_of(row) == {"unknown": 5 * MINUTE_MS}
    known = at_minutes((5, found), (30, tagged("lost-and-found", "NET-9")))
    [row] = known.held["bags"].values()
    assert (row["id"], row["item"], row["holder_id"]) == ("lost-and-found", "lost-and-found", "washer")
    assert bags.questions_of(row) == {"no_order": 30 * MINUTE_MS}


def test_a_bag_without_an_order_is_a_question_until_there_is_one_or_its_person_has_it() -> None:
    dropped = at_minutes((5, tagged()), (6, take(DESK)))
    assert bags.questions_of(bag(dropped)) == {"no_order": 5 * MINUTE_MS}
    ordered = at_minutes((5, tagged()), (6, take(DESK)), (9, placed()))
    returned = at_minutes((5, tagged()), (6, take(DESK)), (9, give(DESK, post="return")))
    assert bags.questions_of(bag(ordered)) == bags.questions_of(bag(returned)) == {}


def test_a_tag_that_is_used_again_begins_another_bag() -> None:
    rows = at_minutes(
        (0, tagged("monday")),
        (1, take(DESK)),
        (100, give(DESK, post="return")),
        (1440, tagged("tuesday")),
        (1441, take(RUNNER)),
    )
    assert bag(rows, "monday")["state"] == "ended"
    assert place(bag(rows, "tuesday")) == ("held", "runner", None)
    assert questions(rows, "monday") == questions(rows, "tuesday") == {}


def test_a_tag_on_two_bags_is_a_question_about_the_first() -> None:
    rows = at_minutes((0, tagged("first")), (1, take(DESK)), (50, tagged("second")), (51, take(DESK)))
    assert questions(rows, "first") == {"twice": 50 * MINUTE_MS}
    assert questions(rows, "second") == {}
    other_label = (52, tagged("second", "NET-2"))
    sorted_out = (
        (0, tagged("first")),
        (1, take(DESK)),
        (50, tagged("second")),
        other_label,
        (53, tagged("first")),
    )
    rows = at_minutes(*sorted_out, (54, take(RUNNER, item="first")))
    assert (questions(rows, "first").get("twice"), questions(rows, "second").get("twice")) == (None, None)
    assert bag(rows, "first")["holder_id"] == "runner"


def test_who_names_an_item_knows_its_tag_and_who_names_an_old_one_does_not() -> None:
    skewed = at_minutes(
        (0, tagged("monday")), (1440, tagged("tuesday")), (1439, take(RUNNER, item="tuesday"))
    )
    assert bag(skewed, "tuesday")["holder_id"] == "runner"
    stale = at_minutes((0, tagged("monday")), (1440, tagged("tuesday")), (1450, take(RUNNER, item="monday")))
    assert bag(stale, "tuesday")["holder_id"] == "runner"
    wrong_clock = tables(
        told(tagged("monday"), 0),
        told(tagged("tuesday"), 1440 * MINUTE_MS),
        told(take(RUNNER, item="monday"), 1500 * MINUTE_MS, estimated=True),
    )
    assert bag(wrong_clock, "monday")["holder_id"] == "runner"
    assert bag(wrong_clock, "monday")["doubt"] == "clock"


def test_two_at_one_moment_are_kept_and_the_tie_is_told() -> None:
    rows = tables(
        told(tagged(), 0),
        told(take(DESK), 5, event="a"),
        told(take(RUNNER), 5, event="b"),
    )
    assert (bag(rows)["holder_id"], bag(rows)["doubt"]) == ("runner", "tie")


def test_counts_that_differ_are_a_question_also_after_the_end() -> None:
    def count(by: str, pieces: int) -> m.PiecesCounted:
        return m.PiecesCounted(item="bag", by=by, pieces=pieces)  # type: ignore[arg-type]

    agreed = at_minutes((0, placed(pieces=6)), (1, count("staff", 6)))
    assert questions(agreed) == {}
    rows = at_minutes(
        (0, placed(pieces=6)),
        (1, count("staff", 6)),
        (99, count("partner", 5)),
        (100, give(DESK, post="return")),
    )
    assert questions(rows) == {"counts": 99 * MINUTE_MS}
    assert [bag(rows)[f"pieces_{side}"] for side in ("person", "staff", "partner")] == [6, 6, 5]
    found = at_minutes((0, placed(pieces=6)), (99, count("partner", 5)), (120, count("partner", 6)))
    assert questions(found) == {}
    lost = m.BagWrittenOff(tag="NET-1", item="bag", why="lost", by=DESK)
    disputed = ((0, tagged()), (1, placed(pieces=6)), (99, count("partner", 5)))
    assert "counts" in questions(at_minutes(*disputed))
    assert questions(at_minutes(*disputed, (100, lost))) == {}, "nobody can count what is gone"


def test_missing_at_a_manifest_until_it_is_seen_again() -> None:
    closed = m.ManifestClosed(
        manifest="m1", partner="pressing", direction="in", tags=(), missing=("NET-1",), by=DESK
    )
    rows = at_minutes((0, tagged()), (1, take(partner())), (60, closed))
    assert questions(rows) == {"missing": 60 * MINUTE_MS}
    assert bag(rows)["holder_id"] == "pressing"
    assert questions(
        at_minutes((0, tagged()), (1, take(partner())), (60, closed), (70, take(DESK, partner())))
    )["lone"]
    twice = at_minutes((0, tagged()), (1, take(partner())), (60, closed), (61, closed))
    assert len(twice.held["manifests"]) == 2


def test_who_gives_up_looking_for_it_is_not_who_had_it() -> None:
    given_up = m.BagWrittenOff(tag="NET-1", item="bag", why="lost", by=DESK)
    there = ((0, tagged()), (1, give(DESK, partner())), (2, take(partner())))
    assert place(bag(at_minutes(*there, (60, given_up)))) == ("ended", None, "pressing")
    lost = m.ManifestClosed(
        manifest="m1", partner="pressing", direction="in", tags=(), missing=("NET-1",), by=RUNNER
    )
    assert place(bag(at_minutes(*there, (50, lost), (60, given_up)))) == ("ended", None, "pressing")
    never_seen = at_minutes((0, tagged()), (60, given_up))
    assert place(bag(never_seen)) == ("ended", None, None)
    found = at_minutes(*there, (60, given_up), (70, take(DESK)))
    assert place(bag(found))[:2] == ("held", "desk")


def test_a_load_keeps_bags_together() -> None:
    load = m.LoadMade(load="drum-1", machine="M3", tags=("NET-1", "NET-2"), holder=WASHER)
    rows = at_minutes((0, tagged()), (0, tagged("other", "NET-2")), (1, take(WASHER, post="wash")), (5, load))
    assert [bag(rows, name)["load"] for name in ("bag", "other")] == ["drum-1", "drum-1"]
    assert bag(rows)["post"] == "wash"
    assert bag(rows, "other")["next_post"] == "finish"


@pytest.mark.parametrize(
    ("hours", "post", "due"),
    [(8, "reception", 1), (8, "run", 3), (8, "wash", 6), (8, "finish", 7.5), (24, "wash", 20)],
)
def test_each_post_has_its_time_before_the_promise(hours: int, post: str, due: float) -> None:
    rows = at_minutes((0, placed(promised_ms=hours * HOUR_MS)), (0, tagged()), (1, take(DESK, post=post)))
    assert bag(rows)["next_ms"] == due * HOUR_MS


def test_what_a_partner_has_is_expected_back_and_nothing_is_once_it_is_there() -> None:
    order = placed(promised_ms=10 * HOUR_MS)
    away = ((0, order), (0, tagged()), (1, take(DESK)), (2, give(DESK, partner())), (3, take(partner())))
    rows = at_minutes(*away)
    assert (bag(rows)["next_post"], bag(rows)["next_ms"]) == ("return", 9.5 * HOUR_MS)
    back = at_minutes(*away, (300, give(partner())), (301, take(DESK)))
    assert (bag(back)["next_post"], bag(back)["next_ms"]) == (None, None)


def test_an_ordered_basket_is_expected_from_its_partner() -> None:
    rows = at_minutes((0, placed(kind="basket", promised_ms=10 * HOUR_MS)))
    assert (bag(rows)["state"], bag(rows)["next_post"]) == ("ordered", "return")
    gone = at_minutes(
        (0, placed(kind="basket", promised_ms=10 * HOUR_MS)),
        (1, m.OrderCancelled(order="order", why="person")),
    )
    assert bag(gone)["next_ms"] is None
