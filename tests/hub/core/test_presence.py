"""Who is at a site and when, and whom an alarm calls."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.duty import AGAIN_MS, APART_MS, WAIT_MS, Seen, is_due, news, to_call
from hub.core.marks import HOUR_MS, Mark
from hub.core.opening import Hours, Opening, next_opening
from hub.core.presence import Coming, Helper, Line, coming, is_there
from hub.core.things import Thing

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()) * 1000


TUESDAY = Line(Opening(2, 9 * 60, 12 * 60))
SAMIA = Helper("h1", "Samia", shown=True, phone="0612345678", lines=(TUESDAY,))
NIGHT = Helper("h2", "Bilal", shown=True, email="b@example.org", lines=(Line(Opening(1, 20 * 60, 26 * 60)),))
LEAD = Helper("h3", "Nadia", lead=True, phone="0698765432")
JAM = Thing("alarm", "blocked", "borny", 0, (3,))


@pytest.mark.parametrize(
    ("when", "there"),
    [
        ("2026-11-24 08:59", False),
        ("2026-11-24 09:00", True),
        ("2026-11-24 11:59", True),
        ("2026-11-24 12:00", False),
        ("2026-11-25 10:00", False),
    ],
)
def test_somebody_is_there_in_their_hours(when: str, there: bool) -> None:
    assert is_there(SAMIA, at(when), PARIS, ()) is there


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    assert is_there(NIGHT, at("2026-11-24 01:59"), PARIS, ())
    assert not is_there(NIGHT, at("2026-11-24 02:00"), PARIS, ())


def test_absences_closures_and_dates_are_taken_off() -> None:
    ten = at("2026-11-24 10:00")
    away = replace(SAMIA, absences=((at("2026-11-24 00:00"), at("2026-11-25 00:00")),))
    assert not is_there(away, ten, PARIS, ())
    assert not is_there(SAMIA, ten, PARIS, [(ten - 1, ten + 1)])
    later = replace(SAMIA, lines=(replace(TUESDAY, first=date(2026, 11, 25)),))
    over = replace(SAMIA, lines=(replace(TUESDAY, last=date(2026, 11, 23)),))
    assert not is_there(later, ten, PARIS, ())
    assert not is_there(over, ten, PARIS, ())


def test_kiosks_hear_of_two_weeks_from_the_start_of_today_of_those_who_agree() -> None:
    hidden = replace(LEAD, lines=(TUESDAY,))
    found = coming([SAMIA, NIGHT, hidden], at("2026-11-24 11:00"), PARIS, ())
    assert found[:2] == (
        Coming("Bilal", at("2026-11-24 00:00"), at("2026-11-24 02:00")),
        Coming("Samia", at("2026-11-24 09:00"), at("2026-11-24 12:00")),
    )
    assert {one.name for one in found} == {"Samia", "Bilal"}
    assert found == coming([SAMIA, NIGHT, hidden], at("2026-11-24 23:00"), PARIS, ()), "one word a day"
    assert found[-1].from_ms < at("2026-12-08 00:00")


def test_the_next_opening_passes_over_closed_days_and_what_only_lockers_keep() -> None:
    hours = [Hours(0, always=True, weekly=(Opening(1, 540, 720), Opening(3, 540, 720)))]
    tuesday = at("2026-11-24 00:00")
    assert next_opening(hours, (), tuesday, PARIS) == at("2026-11-25 09:00")
    closed = [(at("2026-11-25 00:00"), at("2026-11-26 00:00"))]
    assert next_opening(hours, closed, tuesday, PARIS) == at("2026-11-30 09:00")
    assert next_opening([], (), tuesday, PARIS) is None


# --- whom an alarm calls ---------------------------------------------------------------------------


def called(when: str, *helpers: Helper) -> list[str]:
    return [one.name for one in to_call(helpers, at(when), PARIS, ())]


def test_who_is_there_is_called_and_where_nobody_is_whoever_leads_but_not_at_night() -> None:
    assert called("2026-11-24 10:00", SAMIA, NIGHT, LEAD) == ["Samia"]
    assert called("2026-11-24 13:00", SAMIA, NIGHT, LEAD) == ["Nadia"]
    assert called("2026-11-24 23:00", SAMIA, NIGHT, LEAD) == []
    assert called("2026-11-24 23:00", SAMIA, replace(LEAD, any_hour=True)) == ["Nadia"]


def test_who_leads_and_has_hours_is_left_alone_outside_them() -> None:
    assert called("2026-11-24 13:00", replace(LEAD, lines=(TUESDAY,))) == []


def test_who_cannot_be_reached_stands_in_nobodys_way() -> None:
    assert called("2026-11-24 10:00", replace(SAMIA, phone=None), LEAD) == ["Nadia"]


def test_an_alarm_calls_after_two_minutes_once_and_again_after_half_an_hour() -> None:
    seen = Seen(0, JAM.cause)
    assert not is_due(JAM, None, seen, WAIT_MS - 1)
    assert is_due(JAM, None, seen, WAIT_MS)
    told = replace(seen, called_ms=WAIT_MS)
    assert not is_due(JAM, None, told, WAIT_MS + AGAIN_MS - 1)
    assert is_due(JAM, None, told, WAIT_MS + AGAIN_MS)


def test_what_happens_again_and_again_calls_every_ten_minutes_at_most() -> None:
    told = Seen(0, "then", called_ms=WAIT_MS)
    [(_, begins)] = news([JAM], {JAM.key: told}).again
    assert begins, "a call for what was is no call for what is"
    again = Seen(WAIT_MS + 1, JAM.cause, called_ms=WAIT_MS)
    assert not is_due(JAM, None, again, WAIT_MS + APART_MS - 1)
    assert is_due(JAM, None, again, WAIT_MS + APART_MS)
    [(_, begins)] = news([JAM], {JAM.key: replace(again, cause="once more")}).again
    assert not begins, "or nobody would ever be called"


def test_what_somebody_took_or_put_off_and_what_is_no_alarm_calls_nobody() -> None:
    seen = Seen(0, JAM.cause)
    assert not is_due(JAM, Mark(JAM.key, taken_by="a", taken_ms=1), seen, WAIT_MS)
    later = Mark(JAM.key, off_ms=1, until_ms=HOUR_MS, tone="alarm", cause=JAM.cause)
    assert not is_due(JAM, later, seen, WAIT_MS)
    assert is_due(JAM, later, seen, HOUR_MS)
    assert not is_due(replace(JAM, tone="warn"), None, seen, WAIT_MS)
    assert is_due(replace(JAM, site=""), None, seen, WAIT_MS), "of no site as well"


def test_what_is_new_gone_and_happened_again_is_told_apart() -> None:
    other, soft = replace(JAM, compartments=(4,)), replace(JAM, kind="kept", tone="warn")
    known = {JAM.key: Seen(0, "another time"), "gone": Seen(0, "")}
    found = news([JAM, other, soft], known)
    assert (found.gone, found.fresh, found.again) == (("gone",), (other,), ((JAM, False),))
    assert not news([JAM], {JAM.key: Seen(0, JAM.cause)})


def test_what_a_silent_board_hides_is_not_over() -> None:
    silent = Thing("alarm", "silent", "borny", 0, (3, 4))
    known = {JAM.key: Seen(0, JAM.cause), silent.key: Seen(0, silent.cause)}
    assert news([silent], known).gone == (), "who sees to a door goes on doing so when the board is back"
    assert set(news([], known).gone) == {JAM.key, silent.key}


def test_one_silent_board_hides_nothing_but_its_own_doors() -> None:
    silent = Thing("alarm", "silent", "borny", 0, (3, 4))
    over = [
        replace(JAM, site="metz"),
        replace(JAM, compartments=(5,)),
        Thing("alarm", "bag_late", "borny", 0, item="bag", event="bag-1"),
        Thing("warn", "order_late", "borny", 0, item="o1"),
        Thing("warn", "help", "borny", 0, device="kiosk"),
        Thing("warn", "door_second", "borny", 0, (3,)),
    ]
    known = {one.key: Seen(0, one.cause) for one in [JAM, silent, *over]}
    assert set(news([silent], known).gone) == {one.key for one in over}
