"""Openings by the hour, doors taken by the day, failures by door; and the bars they are drawn with."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.core.charts import HEIGHT, WIDTH, bars, scale
from hub.core.door_figures import DoorFigures, Opening, Stay, by_door, by_hour, fullest, last_days

PARIS = ZoneInfo("Europe/Paris")


def at(when: str, zone: ZoneInfo = PARIS) -> int:
    return int(datetime.fromisoformat(when).replace(tzinfo=zone).timestamp()) * 1000


def test_the_last_days_end_with_today_where_the_site_stands() -> None:
    late = int(datetime(2026, 11, 23, 23, 30, tzinfo=UTC).timestamp()) * 1000
    assert last_days(late, 3, PARIS) == [date(2026, 11, day) for day in (22, 23, 24)]


def test_hours_are_those_of_the_place_before_and_after_the_clocks_change() -> None:
    winter, summer = at("2026-10-26 09:30"), at("2026-10-24 09:30")
    hours = by_hour([Opening(winter, 1, False), Opening(summer, 2, False), Opening(winter, 3, True)], PARIS)
    assert hours[9] == 2, "a door that stayed shut did not open"
    assert sum(hours) == 2


def test_the_door_that_fails_most_comes_first() -> None:
    asked = (
        [Opening(0, 1, False)] * 9 + [Opening(0, 2, True), Opening(0, 2, False)] + [Opening(0, 3, True)] * 3
    )
    assert by_door(asked) == [DoorFigures(3, 3, 3), DoorFigures(2, 2, 1), DoorFigures(1, 9, 0)]
    assert by_door(asked)[1].share == 50


def test_a_day_is_as_full_as_its_fullest_moment() -> None:
    days = [date(2026, 11, day) for day in (20, 21, 22, 23)]
    stays = [
        Stay(at("2026-11-01 10:00"), None),
        Stay(at("2026-11-20 10:00"), at("2026-11-21 09:00")),
        Stay(at("2026-11-21 09:00"), at("2026-11-21 12:00")),
        Stay(at("2026-11-21 08:00"), at("2026-11-21 08:30")),
        Stay(at("2026-11-23 08:00"), at("2026-11-23 07:00")),  # a clock that went back
    ]
    assert fullest(stays, days, PARIS) == (2, 3, 1, 1)
    assert fullest([], days, PARIS) == (0, 0, 0, 0)
    assert fullest(stays, [], PARIS) == ()


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (1, (0, 1)),
        (4, (0, 1, 2, 3, 4)),
        (7, (0, 2, 4, 6, 8)),
        (30, (0, 10, 20, 30)),
        (1234, (0, 500, 1000, 1500)),
    ],
)
def test_a_scale_has_round_numbers_and_few_of_them(most: int, marks: tuple[int, ...]) -> None:
    assert scale(most) == marks


@pytest.mark.parametrize("count", [1, 7, 24, 90])
def test_bars_stand_side_by_side_on_the_ground_within_the_drawing(count: int) -> None:
    values = list(range(count))
    chart = bars(values, [""] * count, [""] * count, limit=count)
    assert [bar.x for bar in chart.bars] == sorted({bar.x for bar in chart.bars})
    for bar, after in zip(chart.bars, chart.bars[1:], strict=False):
        assert bar.x + bar.width <= after.x + 0.11
    for bar in chart.bars:
        assert 0 <= bar.x <= WIDTH - bar.width
        assert 0 <= bar.y <= HEIGHT
        assert bar.y + bar.height == pytest.approx(chart.ground)
    assert chart.limit is not None
    assert all(chart.limit.y <= bar.y for bar in chart.bars)


def test_no_bars_are_a_drawing_too() -> None:
    assert bars([], [], []).bars == ()
