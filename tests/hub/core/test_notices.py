"""Whom to tell, when and how: the rules of messages, for any time and any order of things."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import messages as m
from hub.core import notices as n
from hub.core.addresses import is_address, takes_messages, telephone
from hub.core.fold import fold
from hub.core.rows import Rows
from hub.core.told import Told

PARIS = ZoneInfo("Europe/Paris")
NOON = int(datetime(2026, 11, 23, 12, tzinfo=PARIS).timestamp()) * 1000
HOUR, MINUTE = 3_600_000, 60_000
BOTH: frozenset[n.Channel] = frozenset({"sms", "email"})

MOMENTS = st.integers(min_value=1_700_000_000_000, max_value=2_000_000_000_000)
ZONES = st.sampled_from(["Europe/Paris", "Pacific/Apia", "America/St_Johns", "Atlantic/Azores", "UTC"])
CHANNELS: st.SearchStrategy[frozenset[n.Channel]] = st.frozensets(st.sampled_from(["sms", "email"]))


def notice(**changes: object) -> n.Notice:
    plain = {"kind": "ready", "about_ms": NOON, "tries": 0, "waiting": 1}
    return n.Notice(**(plain | {"phone": "06 12 34 56 78", "email": "a@example.org"} | changes))  # type: ignore[arg-type]


# --- the night ---------------------------------------------------------------------------------


@given(MOMENTS, ZONES)
def test_no_message_leaves_at_night_and_none_waits_longer_than_the_night(at_ms: int, zone: str) -> None:
    there = n.awake_ms(at_ms, ZoneInfo(zone))
    local = datetime.fromtimestamp(there // 1000, ZoneInfo(zone))
    assert n.QUIET_UNTIL <= local.time() < n.QUIET_FROM
    assert 0 <= there - at_ms <= 12 * HOUR, "eleven hours, and one when the clocks go back"
    assert n.awake_ms(there, ZoneInfo(zone)) == there


@pytest.mark.parametrize(
    ("local", "awake"),
    [
        ("2026-11-23 20:59:59", "2026-11-23 20:59:59"),
        ("2026-11-23 21:00:00", "2026-11-24 08:00:00"),
        ("2026-11-24 07:59:59", "2026-11-24 08:00:00"),
        ("2026-11-24 08:00:00", "2026-11-24 08:00:00"),
        ("2026-10-24 23:00:00", "2026-10-25 08:00:00"),  # the clocks go back
        ("2026-03-28 23:00:00", "2026-03-29 08:00:00"),  # and forth
        ("2026-12-31 22:00:00", "2027-01-01 08:00:00"),
    ],
)
def test_the_night_ends_at_eight_where_the_site_stands(local: str, awake: str) -> None:
    def ms(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()) * 1000

    assert n.awake_ms(ms(local), PARIS) == ms(awake)


# --- the way -----------------------------------------------------------------------------------


@given(CHANNELS, st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_a_message_leaves_only_by_a_way_there_is_and_to_an_address_that_is_one(
    ways: frozenset[n.Channel], phone: str | None, email: str | None
) -> None:
    match n.best_way(phone, email, ways):
        case n.Send("sms", number):
            assert "sms" in ways
            assert telephone(number) == number
        case n.Send("email", address):
            assert "email" in ways
            assert is_address(address)
            assert not (phone and "sms" in ways and (known := telephone(phone)) and takes_messages(known))
        case other:
            assert other == n.Slip()


def test_the_telephone_comes_first_then_e_mail_then_paper() -> None:
    phone, email = "06 12 34 56 78", "a@example.org"
    assert n.best_way(phone, email, BOTH) == n.Send("sms", "+33612345678")
    assert n.best_way("call me", email, BOTH) == n.Send("email", email)
    assert n.best_way("03 87 00 00 00", email, BOTH) == n.Send("email", email)
    assert n.best_way("03 87 00 00 00", None, BOTH) == n.Slip()
    assert n.best_way(phone, email, frozenset({"email"})) == n.Send("email", email)
    assert n.best_way(None, email, frozenset({"sms"})) == n.Slip()
    assert n.best_way(phone, email, frozenset()) == n.Slip()


# --- what becomes of a message -----------------------------------------------------------------


@given(
    st.sampled_from(sorted(n.OLDEST_MS)),
    st.integers(0, 10),
    st.integers(0, 5),
    st.integers(-HOUR, 72 * HOUR),
    CHANNELS,
)
def test_nothing_is_sent_that_is_too_old_or_collected_or_tried_too_often_or_at_night(
    kind: n.Kind, tries: int, waiting: int, age_ms: int, ways: frozenset[n.Channel]
) -> None:
    step = n.next_step(notice(kind=kind, tries=tries, waiting=waiting), ways, NOON + age_ms, PARIS)
    if isinstance(step, n.Send):
        assert waiting
        assert tries < n.MOST_TRIES
        assert age_ms <= n.OLDEST_MS[kind]
        assert n.awake_ms(NOON + age_ms, PARIS) == NOON + age_ms
        assert step.channel in ways
    if isinstance(step, n.GiveUp) and step.state == "failed":
        assert waiting, "a slip for what is gone would be made for nothing"


def test_a_message_that_grew_old_has_failed_if_it_was_tried_or_if_its_person_knows_of_nothing() -> None:
    late = NOON + 24 * HOUR + 1
    failed, too_old = (n.GiveUp(state, "too late to be of use") for state in ("failed", "too_old"))
    assert n.next_step(notice(tries=1), BOTH, late, PARIS) == failed
    assert n.next_step(notice(), BOTH, late, PARIS) == failed
    assert n.next_step(notice(kind="reminder", tries=1), BOTH, late, PARIS) == failed
    assert n.next_step(notice(kind="reminder"), BOTH, late, PARIS) == too_old
    assert n.next_step(notice(kind="stuck"), BOTH, late, PARIS) == too_old
    assert isinstance(n.next_step(notice(), BOTH, late - 1, PARIS), n.Send)


def test_what_paper_says_nothing_of_is_given_up_where_nothing_can_be_written() -> None:
    for kind in n.OLDEST_MS:
        step = n.next_step(notice(kind=kind, phone=None, email=None), BOTH, NOON, PARIS)
        quiet = n.GiveUp("failed", "nothing can be written to them")
        assert step == (n.Slip() if kind in ("ready", "reminder", *n.SPOKEN) else quiet)


def test_all_tries_are_made_before_a_message_is_too_old() -> None:
    at_ms = NOON
    for tries in range(1, n.MOST_TRIES):
        pause = n.back_off_ms(tries)
        assert pause >= n.back_off_ms(tries - 1)
        at_ms += pause
    assert at_ms - NOON < n.OLDEST_MS["reminder"]


def test_only_what_another_try_cannot_change_is_a_refusal() -> None:
    assert [code for code in (200, 400, 401, 403, 404, 408, 429, 500, 503, 550) if n.is_refusal(code)] == [
        400,
        404,
        550,
    ]
    assert not n.is_refusal(None)


# --- together and apart ------------------------------------------------------------------------


@given(st.lists(st.integers(1, 20 * MINUTE), min_size=1, max_size=40))
def test_ready_messages_are_ten_minutes_apart_and_none_waits_longer_than_that(gaps: list[int]) -> None:
    now, sent = NOON, list[int]()
    begun = due = None
    for gap in gaps:
        if due is not None and due <= now + gap:
            sent.append(due)
            begun = due = None
        now += gap
        begun = now if begun is None else begun
        due = n.due_ms(now, sent[-1] if sent else None, begun)
        assert now <= due <= now + n.APART_MS
        assert due <= max(begun + n.APART_MS, sent[-1] + n.APART_MS if sent else 0)
    assert all(after - before >= n.APART_MS for before, after in pairwise(sent))


@given(st.integers(0, 8 * 24 * 60))
def test_a_reminder_comes_after_two_and_after_five_days_for_half_a_day(minutes: int) -> None:
    due = n.reminder(NOON, NOON, None, NOON + minutes * MINUTE)
    hours = minutes / 60
    days = 2 if 48 <= hours <= 60 else 5 if 120 <= hours <= 132 else None
    assert due == (None if days is None else n.Reminder(f"reminder {days}", NOON + days * n.DAY_MS))


@given(st.integers(-1, 30), st.integers(24, 60 * 24))
def test_where_the_days_left_are_known_a_reminder_comes_three_days_and_one_before_the_end(
    left: int, hours: int
) -> None:
    now = NOON + hours * HOUR
    due = n.reminder(NOON, NOON, left, now)
    which = "reminder left 1" if left == 1 else "reminder left 3" if 2 <= left <= 3 else None
    assert due == (None if which is None else n.Reminder(which, now))


def test_what_ends_first_presses_most_and_what_is_over_least() -> None:
    over, soon, late = n.Left(0, NOON - HOUR), n.Left(1, NOON), n.Left(3, NOON + 48 * HOUR)
    assert n.fewest([late, over, soon]) == soon
    assert n.fewest([over]) == over
    assert n.fewest([]) is None


def test_nobody_is_reminded_of_what_was_told_today() -> None:
    due = NOON + 48 * HOUR
    for left in (None, 1):
        assert n.reminder(NOON, due - 24 * HOUR, left, due) is not None
        assert n.reminder(NOON, due - 24 * HOUR + 1, left, due) is None


# --- what came ---------------------------------------------------------------------------------


def told(*facts: m.AnyFact, site: str = "borny") -> list[Told]:
    at = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()) * 1000
    return [Told(f"e{place}", "bridge", site, at + place, False, fact) for place, fact in enumerate(facts)]


def claimed(item: str) -> m.ItemClaimed:
    return m.ItemClaimed(
        item=item, kind="parcel", person="amina", pickup="p", compartment=1, allocation=1, size="M"
    )


def lies(item: str) -> m.ItemLeft:
    return m.ItemLeft(item=item, compartment=1, allocation=1, evidence="door")


def test_things_that_came_together_are_one_piece_of_news_and_what_is_gone_again_is_none() -> None:
    gone = m.ItemCollected(item="c", compartment=1, allocation=1, operation="o")
    events = told(claimed("a"), lies("a"), claimed("b"), lies("b"))
    rows = Rows()
    fold(rows, events)
    assert n.arrivals(rows, events) == [n.Arrival("borny", "amina", "p", events[3].at_ms)]
    events = told(claimed("c"), lies("c"), gone)
    rows = Rows()
    fold(rows, events)
    assert n.arrivals(rows, events) == []


def test_what_another_site_says_of_an_item_is_no_news() -> None:
    rows = Rows()
    fold(rows, told(claimed("a"), lies("a")))
    assert n.arrivals(rows, told(lies("a"), site="paris")) == []
