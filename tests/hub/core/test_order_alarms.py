"""Orders late before they are late."""

from hub.core.order_alarms import LATEST_MS, SOONEST_MS, Promised, order_things

HOUR = 3_600_000
NOW = 1_795_000_000_000


def promised(left_hours: float, time_hours: float, order: str = "o1", site: str = "borny") -> Promised:
    end = NOW + int(left_hours * HOUR)
    return Promised(site, order, f"N{order}", end - int(time_hours * HOUR), end)


def kinds(*orders: Promised) -> list[tuple[str, str | None, int]]:
    return [(thing.kind, thing.item, thing.count) for thing in order_things(orders, NOW)]


def test_an_order_is_looked_at_in_the_last_quarter_of_its_time() -> None:
    assert kinds(promised(2.1, 8)) == []
    assert kinds(promised(2, 8)) == [("order_soon", "o1", 0)]
    assert kinds(promised(0, 8)) == [("order_late", "o1", 0)]


def test_an_hour_before_at_least_and_a_day_at_most() -> None:
    assert promised(1, 1).look_ms == NOW + HOUR - SOONEST_MS
    assert promised(24, 24 * 30).look_ms == NOW + 24 * HOUR - LATEST_MS


def test_many_of_a_site_are_one_card() -> None:
    many = [promised(0, 8, f"o{n}") for n in range(4)]
    elsewhere = promised(0, 8, "o9", "paris")
    assert kinds(*many, elsewhere) == [("order_late", None, 4), ("order_late", "o9", 0)]
