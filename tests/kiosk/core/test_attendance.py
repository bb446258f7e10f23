"""Who is there now, or comes next."""

from contract.messages import Attendance, SiteCard
from kiosk.core.attendance import There, week_ahead, who_is_there

HOUR = 3_600_000
NOW = 1_795_000_000_000


def there(name: str, begin: int, end: int) -> Attendance:
    return Attendance(name=name, from_ms=NOW + begin * HOUR, until_ms=NOW + end * HOUR)


def said(*attendance: Attendance, now_ms: int | None = NOW) -> tuple[There, ...]:
    return who_is_there(SiteCard(name="Borny", attendance=attendance), now_ms)


def test_who_is_there_is_named_who_stays_longest_first() -> None:
    found = said(there("Samia", -1, 1), there("Bilal", -2, 3), there("Nadia", 4, 5))
    assert [(one.name, one.now) for one in found] == [("Bilal", True), ("Samia", True)]


def test_no_more_are_named_than_a_screen_has_room_for_and_nobody_twice() -> None:
    many = [there(name, -1, hour) for hour, name in enumerate(("A", "B", "C", "C"), 1)]
    assert [one.name for one in said(*many)] == ["C", "B"]


def test_where_nobody_is_the_next_one_is_named() -> None:
    found = said(there("Nadia", 4, 5), there("Samia", 2, 3), there("Bilal", -3, 0))
    assert [(one.name, one.now, one.from_ms) for one in found] == [("Samia", False, NOW + 2 * HOUR)]


def test_nobody_is_named_by_a_clock_that_is_not_known_or_after_all_is_over() -> None:
    assert said(there("Samia", -1, 1), now_ms=None) == ()
    assert said(there("Samia", -2, 0)) == ()
    assert who_is_there(None, NOW) == ()


def test_a_paper_tells_of_seven_days_in_order_and_of_nobody_by_a_clock_that_is_not_known() -> None:
    later, over, here, soon = (
        there("Nadia", 7 * 24, 7 * 24 + 2),
        there("Bilal", -2, 0),
        there("Samia", -1, 1),
        there("Nadia", 7 * 24 - 1, 7 * 24 + 2),
    )
    card = SiteCard(name="Borny", attendance=(later, soon, over, here))
    assert week_ahead(card, NOW) == (here, soon)
    assert week_ahead(card, None) == week_ahead(None, NOW) == ()
