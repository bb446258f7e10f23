"""Orders from the first tap to the person's hands; what bridges saw of a dropped bag."""

from itertools import permutations
from typing import Any, Literal

import pytest

from contract import messages as m
from hub.core.rows import Row
from tests.fakes.bags import HOUR_MS, SITE, give, partner, placed, staff, tagged, take, told
from tests.hub.core.test_custody import at_minutes, bag, tables

At = tuple[float, m.AnyFact]


def order(*facts: At) -> Row:
    return at_minutes(*facts).held["service_orders"]["order"]


def quote(name: str, cents: int) -> m.QuoteMade:
    return m.QuoteMade(quote=name, order="order", cents=cents, by=partner())


def answer(name: str, accepted: bool, by: Literal["person", "staff"] = "person") -> m.QuoteAnswered:
    return m.QuoteAnswered(quote=name, order="order", accepted=accepted, by=by)


def done(ready: int | None = None, pieces: int | None = None) -> m.WorkDone:
    return m.WorkDone(order="order", by=partner(), ready=ready, pieces=pieces)


def paid(payment: str, cents: int) -> m.PaymentNoted:
    return m.PaymentNoted(payment=payment, order="order", cents=cents, how="terminal", by=partner())


def test_an_order_has_its_lines_and_its_price_to_the_cent() -> None:
    row = order((0, placed(total_cents=1_550)))
    assert (row["state"], row["total_cents"]) == ("placed", 1_550)
    assert row["lines"] == '[{"name":"Linge","unit_cents":900}]'


def test_a_quote_waits_for_its_answer_and_the_latest_counts() -> None:
    row = order((0, placed()), (1, quote("q1", 4_200)))
    assert (row["state"], row["quote_cents"], row["quote_accepted"]) == ("quoted", 4_200, None)
    assert order((0, placed()), (1, quote("q1", 4_200)), (2, answer("q1", True)))["state"] == "placed"
    row = order((0, placed()), (1, quote("q1", 4_200)), (2, answer("q1", False)), (3, quote("q2", 3_000)))
    assert (row["state"], row["quote"], row["quote_cents"]) == ("quoted", "q2", 3_000)


def test_the_price_is_that_of_the_latest_accepted_quote() -> None:
    yes = ((0, placed()), (1, quote("q1", 4_500)), (2, answer("q1", True)))
    assert order(*yes)["agreed_cents"] == 4_500
    no = order(*yes, (3, quote("q2", 6_000)), (4, answer("q2", False)))
    assert (no["quote_cents"], no["quote_accepted"], no["agreed_cents"]) == (6_000, False, 4_500)
    assert order(*yes, (3, quote("q2", 6_000)))["agreed_cents"] == 4_500, "not answered yet"
    assert order(*yes, (3, quote("q2", 6_000)), (4, answer("q2", True)))["agreed_cents"] == 6_000


def test_refused_and_never_accepted_it_is_not_done_and_owes_nothing_until_another_price_is_asked() -> None:
    no = ((0, placed()), (1, quote("q1", 4_500)), (2, answer("q1", False)))
    assert order(*no)["agreed_cents"] == 0
    assert order(*no, (3, quote("q2", 3_000)))["agreed_cents"] is None
    assert order(*no, (3, quote("q2", 3_000)), (4, answer("q2", True)))["agreed_cents"] == 3_000


def test_what_was_done_before_the_quote_is_paid_whatever_is_answered() -> None:
    asked: tuple[At, ...] = ((0, placed()), (2, quote("q1", 8_000)), (3, answer("q1", False)))
    for come in permutations((*asked, (1, done(2, 5)))):
        row = order(*come)
        assert (row["agreed_cents"], row["refused"], row["state"]) == (None, False, "part_ready")
    for come in permutations((*asked, (4, done()))):
        row = order(*come)
        assert (row["agreed_cents"], row["refused"], row["state"]) == (0, True, "ready"), (
            "given back as it is"
        )


def test_a_free_repair_that_was_accepted_is_not_refused_with_a_dearer_one() -> None:
    free = ((0, placed()), (1, quote("q1", 0)), (2, answer("q1", True)))
    row = order(*free, (3, quote("q2", 8_000)), (4, answer("q2", False)))
    assert (row["agreed_cents"], row["refused"]) == (0, False)


def test_of_two_answers_the_first_by_time_stands_whichever_comes_first_and_staff_see_the_other() -> None:
    said = ((5, answer("q1", True)), (9, answer("q1", False, "staff")), (7, answer("q1", True, "staff")))
    for come in permutations(said):
        rows = at_minutes((0, placed()), (1, quote("q1", 4_200)), *come)
        stands, row = rows.held["quotes"]["q1"], rows.held["service_orders"]["order"]
        assert (stands["accepted"], stands["answered_by"], stands["answered_ms"]) == (True, "person", 300_000)
        assert (stands["contrary_by"], stands["contrary_ms"]) == ("staff", 540_000)
        assert (row["agreed_cents"], row["quote_contrary_ms"]) == (4_200, 540_000)
        assert bag(rows)["questions"] == "quote@540000"


def test_the_same_answer_at_two_places_is_no_contradiction() -> None:
    rows = at_minutes(
        (0, placed()), (1, quote("q1", 4_200)), (3, answer("q1", False)), (2, answer("q1", False))
    )
    stands = rows.held["quotes"]["q1"]
    assert (stands["accepted"], stands["answered_ms"], stands["contrary_ms"]) == (False, 120_000, None)
    assert bag(rows)["questions"] == ""


def test_of_two_answers_in_the_same_moment_no_stands() -> None:
    for come in permutations(((2, answer("q1", True)), (2, answer("q1", False)))):
        assert order((0, placed()), (1, quote("q1", 4_200)), *come)["quote_accepted"] is False


def test_the_word_on_the_latest_receipt_is_the_one_that_counts() -> None:
    first = m.ReceiptShown(order="order", how="screen", word="FIBO-BERA")
    second = m.ReceiptShown(order="order", how="print", word="ZUMA-LIRE")
    for come in permutations(((1, first), (2, second))):
        assert order((0, placed()), *come)["receipt_word"] == "ZUMA-LIRE"
    assert order((1, m.ReceiptShown(order="order", how="print")), (2, placed()))["receipt_word"] is None


def test_parts_are_ready_before_the_others() -> None:
    assert order((0, placed(pieces=3)), (1, done(1, 3)))["state"] == "part_ready"
    assert order((0, placed(pieces=3)), (1, done(1)))["state"] == "part_ready"
    assert order((0, placed(pieces=3)), (1, done(1, 3)), (9, done(3, 3)))["state"] == "ready"
    assert order((0, placed()), (1, done()))["state"] == "ready"
    assert order((0, placed(pieces=3)), (1, done(1, 3)), (2, quote("q1", 900)))["state"] == "quoted"
    assert order((0, placed(pieces=3)), (1, quote("q1", 900)), (2, done(3, 3)))["state"] == "ready"


def test_payments_add_up_and_one_told_twice_counts_once() -> None:
    row = order((0, placed()), (1, paid("p1", 500)), (2, paid("p1", 500)), (3, paid("p2", 400)))
    assert (row["paid_cents"], row["paid_ms"]) == (900, 180_000)


def test_cancelled_stays_cancelled() -> None:
    assert (
        order((0, placed()), (5, m.OrderCancelled(order="order", why="person")), (6, done()))["state"]
        == "cancelled"
    )


def claim(purpose: Any, compartment: int = 3, kind: Any = "bag") -> m.ItemClaimed:
    return m.ItemClaimed(
        item="bag",
        kind=kind,
        person="amina",
        pickup="pickup",
        compartment=compartment,
        allocation=1,
        size="M",
        purpose=purpose,
    )


def left(compartment: int = 3) -> m.ItemLeft:
    return m.ItemLeft(item="bag", compartment=compartment, allocation=1, evidence="door")


OUT = m.ItemTakenOut(item="bag", compartment=3, allocation=1, staff="ines", why="relay", evidence="door")
SENT = m.ItemSentOut(item="bag", staff="ines", to="pressing", manifest="m1")
COLLECTED = m.ItemCollected(item="bag", compartment=7, allocation=1)


def test_from_the_drop_door_to_the_partner_and_back_to_its_person() -> None:
    drop = ((0, placed()), (0, claim("drop")), (1, tagged()), (2, left()))
    dropped = at_minutes(*drop)
    assert dropped.held["items"]["bag"]["state"] == "brought"
    assert (bag(dropped)["holder_kind"], bag(dropped)["holder_id"]) == ("compartment", "3")
    assert (bag(dropped)["post"], bag(dropped)["next_post"]) == (None, "run")
    away = (*drop, (60, OUT), (61, SENT))
    sent = at_minutes(*away)
    assert sent.held["items"]["bag"]["state"] == "away"
    assert (bag(sent)["holder_id"], bag(sent)["lone_id"], bag(sent)["manifest"]) == (
        "pressing",
        "pressing",
        "m1",
    )
    back = (*away, (300, claim("hold", 7)), (301, left(7)))
    there = at_minutes(*back)
    assert there.held["items"]["bag"]["state"] == "waiting"
    assert (bag(there)["holder_id"], bag(there)["next_post"], bag(there)["questions"]) == ("7", None, "")
    gone = at_minutes(*back, (400, COLLECTED))
    assert (bag(gone)["ended_how"], gone.held["service_orders"]["order"]["state"]) == ("collected", "done")


def dropped(why: Any = "given_up", compartment: int = 3) -> m.ClaimDropped:
    return m.ClaimDropped(
        item="bag", compartment=compartment, allocation=1, why=why, door_was_opened=why != "not_opened"
    )


@pytest.mark.parametrize("order_at", [0, 9])
def test_an_order_of_what_was_never_left_is_over_whoever_spoke_first(order_at: float) -> None:
    """Its kiosk may be gone before it can say so; its lockers tell."""
    placed_late = at_minutes((1, claim("drop")), (2, dropped("timeout")), (order_at, placed()), (9, tagged()))
    over = placed_late.held["service_orders"]["order"]
    assert (over["state"], over["closed_why"], over["closed_ms"]) == ("cancelled", "given_up", 120_000)
    assert over["cancelled_ms"] is None, "nobody said so"
    assert (bag(placed_late)["state"], bag(placed_late)["ended_how"]) == ("ended", "given_up")
    assert bag(placed_late)["next_ms"] is None, "nothing will be late"


def test_what_was_dropped_while_the_lockers_were_cut_short_is_a_question_until_somebody_looked() -> None:
    cut = ((0, placed()), (0, tagged()), (0, claim("drop")), (2, dropped("restart")))
    rows = at_minutes(*cut)
    assert rows.held["service_orders"]["order"]["state"] == "placed", "perhaps it lies there"
    assert (bag(rows)["state"], bag(rows)["questions"]) == ("ordered", "unsure@120000")
    assert (bag(rows)["before_kind"], bag(rows)["before_id"]) == ("compartment", "3")
    found = at_minutes(*cut, (9, take(staff("ines"), m.Holder(kind="compartment", id="3"))))
    assert (bag(found)["holder_id"], bag(found)["questions"]) == ("ines", "")
    assert found.held["service_orders"]["order"]["state"] == "placed"
    empty = at_minutes(*cut, (9, m.OrderCancelled(order="order", why="given_up")))
    assert (bag(empty)["state"], bag(empty)["questions"]) == ("ended", "")
    assert empty.held["service_orders"]["order"]["state"] == "cancelled"
    again = at_minutes(*cut, (9, claim("drop", 5)), (10, left(5)), (11, dropped("given_up", 5)))
    assert bag(again)["state"] == "ended", "another door was claimed since"


def test_a_door_that_never_opened_asks_nothing_after_a_restart() -> None:
    shut = m.ClaimDropped(item="bag", compartment=3, allocation=1, why="restart", door_was_opened=False)
    assert order((0, placed()), (0, claim("drop")), (2, shut))["state"] == "cancelled"


def test_a_bigger_door_is_no_end_of_the_order() -> None:
    between = ((0, placed()), (0, claim("drop")), (1, dropped("bigger")))
    assert order(*between)["state"] == "cancelled", "unless another door is claimed"
    bigger = (*between, (1, claim("drop", 5)))
    assert order(*bigger)["state"] == "placed"
    there = at_minutes(*bigger, (2, left(5)))
    assert (bag(there)["holder_id"], there.held["service_orders"]["order"]["state"]) == ("5", "placed")


def test_what_was_taken_back_at_once_is_with_nobody_and_what_turns_up_later_is_there_again() -> None:
    back = ((0, placed()), (0, tagged()), (0, claim("drop")), (1, left()), (2, dropped()))
    rows = at_minutes(*back)
    assert (bag(rows)["state"], bag(rows)["holder_id"], bag(rows)["before_id"]) == ("ended", None, "3")
    assert rows.held["service_orders"]["order"]["state"] == "cancelled"
    found = at_minutes(*back, (60, take(staff("ines"))))
    assert (bag(found)["state"], bag(found)["holder_id"]) == ("held", "ines")
    assert found.held["service_orders"]["order"]["state"] == "placed", "it lay behind that door after all"


def test_a_claim_given_up_on_the_way_back_ends_no_order() -> None:
    away = ((0, placed()), (0, claim("drop")), (1, left()), (60, OUT), (61, SENT), (300, claim("hold", 7)))
    assert order(*away, (301, dropped("given_up", 7)))["state"] == "placed"


OFF = m.BagWrittenOff(tag="NET-1", item="bag", why="lost", by=staff("desk"))


def test_lost_for_good_its_order_says_so_and_found_again_it_goes_on() -> None:
    gone = ((0, placed(promised_ms=HOUR_MS)), (0, tagged()), (1, take(staff("ines"))), (60, OFF))
    rows = at_minutes(*gone, (61, OFF), (62, m.ItemLost(item="bag", staff="ines")))
    assert (bag(rows)["state"], bag(rows)["ended_how"], bag(rows)["ended_ms"]) == ("ended", "lost", 3_600_000)
    assert (bag(rows)["questions"], bag(rows)["next_ms"]) == ("", None), "no alarm is left"
    over = rows.held["service_orders"]["order"]
    assert (over["state"], over["closed_why"], over["done_ms"]) == ("cancelled", "lost", None)
    found = at_minutes(*gone, (70, take(staff("zoe"), post="return")))
    assert (bag(found)["holder_id"], bag(found)["questions"]) == ("zoe", "")
    assert found.held["service_orders"]["order"]["state"] == "placed"


def test_what_its_person_has_cannot_be_lost() -> None:
    given = ((0, placed()), (0, tagged()), (1, give(staff("ines"), post="return")), (60, OFF))
    rows = at_minutes(*given)
    assert (bag(rows)["ended_how"], rows.held["service_orders"]["order"]["state"]) == ("returned", "done")


def test_parcels_are_no_bags() -> None:
    rows = at_minutes((0, claim("hold", kind="parcel")), (1, left()), (2, OUT))
    assert not rows.held["bags"]
    assert not rows.held["scans"]


def test_another_site_changes_nothing_here() -> None:
    rows = tables(
        told(placed(), 1),
        told(tagged(), 2),
        told(m.OrderCancelled(order="order", why="staff"), 3, site="paris"),
        told(m.BagScanned(tag="NET-1", side="take", holder=staff("far")), 4, site="paris"),
    )
    assert rows.held["service_orders"]["order"]["state"] == "placed"
    assert bag(rows)["holder_id"] is None
    assert {key[0] for key in rows.held["bags"]} == {SITE, "paris"}


def test_two_orders_for_one_bag_are_a_question_until_one_is_cancelled() -> None:
    facts: tuple[At, ...] = ((0, placed()), (1, tagged()), (2, placed(order="other")))
    for come in permutations(facts):
        assert bag(at_minutes(*come))["questions"] == "ordered@120000"
    cancelled = m.OrderCancelled(order="other", why="staff")
    assert bag(at_minutes(*facts, (3, cancelled)))["questions"] == ""
