"""What a site offers reaches its kiosks, and stays true while days go by."""

from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from contract import look
from contract.credential import badge_hash
from contract.messages import AnyFact, OrderCancelled, PersonBadge, Service
from hub.core.catalogue import PICTURES, Offer, Option
from hub.core.opening import Opening
from hub.core.promises import Lead
from hub.store import catalogue, partners
from hub.store.catalogue import ChangedMeanwhileError, StrangePartnerError
from hub.store.database import reading, writing
from hub.store.opening import add_closure
from hub.store.partners import Partner
from hub.store.people import BadgeTakenError, add_people, remove_person, set_badge
from hub.store.staff import add_staff
from hub.store.tables import metadata
from kiosk.core.catalogue import offered as for_people
from tests.fakes.bags import placed
from tests.fakes.clock import FakeClock
from tests.fakes.hub_scene import PEOPLE
from tests.fakes.local_hub import LocalDevice, LocalHub

PARIS = ZoneInfo("Europe/Paris")
HOUR_MS = 3_600_000
EVERY_DAY = tuple(Opening(day, 480, 1140) for day in range(1, 8))


def shirts(partner: str, **more: object) -> Offer:
    plain = {"name": {"fr": "Pressing"}, "picture": "shirt", "kind": "bag", "way": "drop", "cents": 450}
    return Offer(partner=partner, leads=(Lead("days", 0, 600, 1080),), **(plain | more))  # type: ignore[arg-type]


@pytest.fixture
def partner(hub: LocalHub) -> str:
    with writing(hub.engine) as connection:
        new = partners.add_partner(connection, Partner("Pressing du Centre"), "borny", hub.clock.wall_ms())
        partners.set_hours(connection, new, EVERY_DAY)
    return new


def add(hub: LocalHub, offer: Offer) -> str:
    with writing(hub.engine) as connection:
        return catalogue.add_service(connection, "borny", offer, hub.clock.wall_ms(), PARIS)


def change(hub: LocalHub, service: str, version: int, offer: Offer) -> None:
    with writing(hub.engine) as connection:
        now_ms = hub.clock.wall_ms()
        catalogue.change_service(connection, "borny", service, version, offer, now_ms, PARIS)


def offered(kiosk: LocalDevice) -> list[Service]:
    found = kiosk.feed.documents("service/").values()
    return sorted((one for one in found if isinstance(one, Service)), key=lambda one: one.place)


def hear(hub: LocalHub, kiosk: LocalDevice, ticks: int = 1) -> None:
    for _ in range(ticks):
        kiosk.hear(hub.ingest.tick())


def test_the_schema_knows_no_commission() -> None:
    named = [f"{table.name}_{column.name}" for table in metadata.sorted_tables for column in table.columns]
    named += [name for kind in get_args(AnyFact) for name in kind.__struct_fields__]
    words = {word for name in named for word in name.split("_")}
    assert words & {"commission", "commissions", "margin", "fee", "fees", "percent", "rate"} == set()
    assert {"orders", "cents", "partner"} <= words


def test_every_picture_is_a_drawing_of_the_look() -> None:
    assert set(PICTURES) == set(look.PICTURES)


def test_a_service_is_at_the_kiosk_with_the_next_tick_and_its_change_too(
    hub: LocalHub, kiosk: LocalDevice, partner: str
) -> None:
    kiosk.connect(hub)
    option = Option("", {"fr": "Cintre"}, 50, 9)
    service = add(hub, shirts(partner, options=(option,), counted=True))
    hear(hub, kiosk)
    [seen] = offered(kiosk)
    assert (seen.service, seen.version, seen.cents, seen.partner_name) == (
        service,
        1,
        450,
        "Pressing du Centre",
    )
    assert [(one.name[0].text, one.unit_cents, one.most) for one in seen.options] == [("Cintre", 50, 9)]
    assert len(seen.promises) == 35
    change(hub, service, 1, shirts(partner, cents=500))
    hear(hub, kiosk)
    assert [(one.version, one.cents, one.options) for one in offered(kiosk)] == [(2, 500, ())]


def test_two_people_who_change_the_same_service_do_not_undo_each_other(hub: LocalHub, partner: str) -> None:
    service = add(hub, shirts(partner))
    change(hub, service, 1, shirts(partner, cents=500))
    with pytest.raises(ChangedMeanwhileError):
        change(hub, service, 1, shirts(partner, cents=600))
    with writing(hub.engine) as connection:
        assert catalogue.remove_service(connection, "borny", service, hub.clock.wall_ms(), PARIS)
    with pytest.raises(ChangedMeanwhileError):
        change(hub, service, 2, shirts(partner))


def test_a_partner_of_another_site_does_nothing_here(hub: LocalHub, partner: str) -> None:
    with writing(hub.engine) as connection:
        other = partners.add_partner(connection, Partner("Ailleurs"), "paris", hub.clock.wall_ms())
    with pytest.raises(StrangePartnerError):
        add(hub, shirts(other))
    service = add(hub, shirts(partner))
    with pytest.raises(StrangePartnerError):
        change(hub, service, 1, shirts(other))


def test_promises_move_on_with_the_days_and_with_what_is_closed(
    hub: LocalHub, kiosk: LocalDevice, clock: FakeClock, partner: str
) -> None:
    kiosk.connect(hub)
    add(hub, shirts(partner))
    hear(hub, kiosk)
    before = offered(kiosk)[0].promises
    clock.advance(24 * HOUR_MS)
    hear(hub, kiosk, 3)
    after = offered(kiosk)[0].promises
    assert after[:-1] == before[1:], "a day is over, and a new one is promised"
    version = kiosk.feed.position
    clock.advance(HOUR_MS // 4)
    hear(hub, kiosk, 3)
    assert kiosk.feed.position == version, "nothing new is not told"
    now_ms, (_, second, *_rest) = clock.wall_ms(), after
    midnight = second.before_ms - 10 * HOUR_MS
    with writing(hub.engine) as connection:
        add_closure(connection, "borny", (midnight, midnight + 24 * HOUR_MS), "works", "", now_ms)
        catalogue.tell(connection, "borny", now_ms, PARIS)
    hear(hub, kiosk)
    assert second not in offered(kiosk)[0].promises


def test_what_is_removed_or_over_leaves_the_kiosk(
    hub: LocalHub, kiosk: LocalDevice, clock: FakeClock, partner: str
) -> None:
    kiosk.connect(hub)
    kept = add(hub, shirts(partner))
    gone = add(hub, shirts(partner))
    market = add(hub, shirts(partner, until_ms=clock.wall_ms() + HOUR_MS))
    with writing(hub.engine) as connection:
        catalogue.move_service(connection, "borny", market, -1, clock.wall_ms(), PARIS)
        catalogue.remove_service(connection, "borny", gone, clock.wall_ms(), PARIS)
    hear(hub, kiosk)
    assert [one.service for one in offered(kiosk)] == [kept, market]
    clock.advance(2 * HOUR_MS)
    hear(hub, kiosk, 3)
    assert [one.service for one in offered(kiosk)] == [kept]
    with reading(hub.engine) as connection:
        assert [one.id for one in catalogue.services_of(connection, "borny")] == [kept, market]
        assert set(catalogue.service_names(connection, "borny")) == {kept, gone, market}


def test_what_is_offered_no_more_keeps_its_name_at_the_kiosk_while_somebody_waits_for_it(
    hub: LocalHub, kiosk: LocalDevice, clock: FakeClock, partner: str
) -> None:
    service = add(hub, shirts(partner))
    kiosk.journal.append(placed(service=service, partner=partner))
    kiosk.connect(hub)
    with writing(hub.engine) as connection:
        catalogue.remove_service(connection, "borny", service, clock.wall_ms(), PARIS)
    hear(hub, kiosk)
    [known] = offered(kiosk)
    assert (known.service, known.partner_name) == (service, "Pressing du Centre")
    assert for_people(offered(kiosk), None) == for_people(offered(kiosk), clock.wall_ms()) == ()
    kiosk.journal.append(OrderCancelled(order="order", why="person"))
    kiosk.talk(hub)
    clock.advance(2 * HOUR_MS)
    hear(hub, kiosk, 3)
    assert offered(kiosk) == []


def test_the_lockers_know_somebody_by_their_badge_and_never_the_badge(
    hub: LocalHub, bridge: LocalDevice, clock: FakeClock
) -> None:
    bridge.connect(hub)
    key = hub.keys.site_key("borny")
    with writing(hub.engine) as connection:
        one, other = add_people(connection, "borny", PEOPLE[:2], clock.wall_ms())
        assert set_badge(connection, "borny", key, one, "04a1b2c3", clock.wall_ms())
        add_staff(connection, "borny", key, initials="SB", number=1, now_ms=clock.wall_ms(), badge="77")
    for taken in ("04A1B2C3", "77"):
        with pytest.raises(BadgeTakenError), writing(hub.engine) as connection:
            set_badge(connection, "borny", key, other, taken, clock.wall_ms())
    bridge.hear(hub.ingest.tick())
    [badge] = bridge.feed.documents("badge/").values()
    assert badge == PersonBadge(person=one, badge_hash=badge_hash(key, "04A1B2C3"))
    with writing(hub.engine) as connection:
        assert remove_person(connection, "borny", one, clock.wall_ms())
        assert set_badge(connection, "borny", key, other, "04a1b2c3", clock.wall_ms())
    bridge.hear(hub.ingest.tick())
    assert list(bridge.feed.documents("badge/")) == [f"badge/{other}"]
