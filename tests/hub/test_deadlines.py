"""The clock that stops, with a real hub and devices that come and go: D2 of the product."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete

from contract import messages as m
from contract.codec import decode
from hub.core.deadlines import Stop
from hub.core.notices import Arrival
from hub.core.opening import OpeningError
from hub.store import audit
from hub.store.database import reading, writing
from hub.store.deadlines import days_left, endings, extend
from hub.store.feed import live_documents
from hub.store.opening import add_closure, closures_of, days_kept, end_closure, hours_of, set_days, set_hours
from hub.store.outbox import add, said
from hub.store.tables import deadlines as deadlines_table
from hub.store.tables import outbox
from tests.fakes.hub_scene import SITE
from tests.fakes.quiet_site import EVERY_DAY, QuietSite, at


@pytest.fixture
def site(tmp_path: Path) -> Iterator[QuietSite]:
    site = QuietSite(tmp_path)
    site.scene.deposit("i1", 0, 3)
    yield site
    site.scene.close()


def line(site: QuietSite, *, up: bool) -> None:
    for device in (site.scene.bridge, site.scene.kiosk):
        (device.connect if up else device.disconnect)(site.scene.hub)


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_seven_days_offline_use_no_day_and_nothing_is_listed_for_its_carrier(site: QuietSite) -> None:
    site.days(1)
    assert site.deadline("i1").left == 6
    line(site, up=False)
    site.days(7, there=False)
    line(site, up=True)
    site.settled()
    found = site.deadline("i1")
    assert (found.used, found.left) == (1, 6)
    assert found.stops == (Stop("offline", day("2026-11-03"), day("2026-11-09"), 7),)
    assert site.told("return/") == []
    site.days(6)
    assert site.deadline("i1").over_ms == at("2026-11-15 18:00")
    assert site.told("return/") == ["return/i1"]


def test_days_on_which_somebody_came_though_the_line_was_cut_do_count(site: QuietSite) -> None:
    line(site, up=False)
    for hour in (10, 11, 12):
        site.until(f"2026-11-03 {hour}:00")
        visit = m.VisitOpened(visit=f"v{hour}", kiosk="borny-kiosk", way="typed", pickup="p-9")
        site.scene.told(visit, talk=False)
    site.until("2026-11-05 19:00")
    assert site.deadline("i1").used == 0
    line(site, up=True)
    found = site.deadline("i1")
    assert found.used == 1
    assert [(stop.reason, stop.first) for stop in found.stops] == [
        ("offline", day("2026-11-02")),
        ("offline", day("2026-11-04")),
    ]


def test_a_kiosk_that_is_away_alone_stops_the_clock_as_well(site: QuietSite) -> None:
    site.scene.kiosk.disconnect(site.scene.hub)
    for hour in range(9, 18):
        for minute in range(0, 60, 9):
            site.until(f"2026-11-03 {hour:02}:{minute:02}")
            site.scene.bridge.talk(site.scene.hub)
    site.until("2026-11-03 19:00")
    assert site.deadline("i1").used == 0


def test_a_closure_of_a_month_freezes_and_kiosks_are_told_of_it_while_it_lasts(site: QuietSite) -> None:
    site.days(2)
    with writing(site.scene.hub.engine) as connection:
        span = (at("2026-11-04 00:00"), at("2026-12-04 00:00"))
        closure = add_closure(connection, SITE, span, "works", "Ascenseur", site.scene.clock.wall_ms())
    assert site.told("closure/") == [f"closure/{closure}"]
    site.days(30)
    found = site.deadline("i1")
    assert (site.today, found.used, found.left) == (day("2026-12-03"), 2, 5)
    assert found.stops[-1] == Stop("closed", day("2026-11-04"), day("2026-12-03"), 30, "works", "Ascenseur")
    assert site.told("closure/") == [f"closure/{closure}"]
    site.days(5)
    assert site.told("closure/") == []
    assert site.told("return/") == ["return/i1"]


def test_what_is_not_told_to_anybody_has_all_its_days(site: QuietSite) -> None:
    site.scene.told(
        m.PickupOpened(pickup="p-1", person=site.scene.people[1], ticket=31, generation=1),
        m.ItemClaimed(
            item="i2",
            kind="parcel",
            person=site.scene.people[1],
            pickup="p-1",
            compartment=5,
            allocation=1,
            size="M",
        ),
        m.ItemLeft(item="i2", compartment=5, allocation=1, evidence="door"),
    )
    site.scene.said(m.SlipShown(item="i2", pickup="p-1", how="screen"))
    site.days(9)
    found = site.deadline("i2")
    assert (found.used, found.told, [stop.reason for stop in found.stops]) == (0, False, ["untold"])
    with writing(site.scene.hub.engine) as connection:
        audit.note(connection, site.scene.clock.wall_ms(), "a", "slip_handed", site=SITE, subject="i2")
    site.days(1)
    assert site.deadline("i2").used == 1
    assert site.told("return/") == ["return/i1"]


def test_that_another_thing_went_back_tells_nobody_of_what_still_waits(site: QuietSite) -> None:
    person = site.scene.people[1]
    site.scene.told(m.PickupOpened(pickup="p-1", person=person, ticket=31, generation=1))
    for item, door in (("i2", 5), ("i3", 7)):
        place = {"item": item, "compartment": door, "allocation": 1}
        claimed = m.ItemClaimed(kind="parcel", person=person, pickup="p-1", size="M", **place)  # type: ignore[arg-type]
        site.scene.told(claimed, m.ItemLeft(evidence="door", **place))  # type: ignore[arg-type]
    now_ms = site.scene.clock.wall_ms() + 1_000
    gone = Arrival(SITE, person, "p-1", now_ms, "returned", "i9")
    moved = replace(gone, kind="moved", item="i3")
    with writing(site.scene.hub.engine) as connection:
        connection.execute(delete(outbox))
        add(connection, gone, now_ms, channel="slip", next_ms=None)
        assert said(connection, SITE, "i9", person, now_ms)
        add(connection, moved, now_ms, channel="sms", state="sent", sent_ms=now_ms)
    site.days(2)
    assert (site.deadline("i2").used, site.deadline("i2").told) == (0, False)
    assert (site.deadline("i3").used, site.deadline("i3").told) == (2, True)


def test_who_comes_twice_for_what_is_too_heavy_loses_no_day_by_coming_again(site: QuietSite) -> None:
    site.days(1)
    too_heavy = m.ItemKept(item="i1", compartment=3, allocation=1, why="too_heavy")
    site.scene.told(too_heavy)
    site.days(4)
    assert (site.deadline("i1").used, site.deadline("i1").left) == (1, 6)
    site.scene.told(too_heavy)
    site.settled()
    assert (site.deadline("i1").used, site.deadline("i1").left) == (1, 6)
    site.days(2)
    site.scene.told(too_heavy, m.ItemLeft(item="i1", compartment=3, allocation=1, evidence="door"))
    site.scene.said(m.SlipShown(item="i1", pickup="p-0", how="print"))
    site.days(1)
    assert site.deadline("i1").used == 1


def reassigned(site: QuietSite) -> None:
    other = site.scene.people[1]
    site.scene.told(
        m.PickupOpened(pickup="p-1", person=other, ticket=31, generation=1),
        m.ItemReassigned(item="i1", person=other, pickup="p-1", before=site.scene.people[0], staff="s"),
    )


@pytest.mark.parametrize(("why", "used"), [("wrong", 3), ("missing", 0)])
def test_what_turned_out_to_be_somebody_elses_waits_for_them_until_they_come_in_vain_too(
    site: QuietSite, why: str, used: int
) -> None:
    site.days(1)
    site.scene.told(m.ItemKept(item="i1", compartment=3, allocation=1, why=why))  # type: ignore[arg-type]
    site.days(1)
    reassigned(site)
    site.scene.said(m.SlipShown(item="i1", pickup="p-1", how="print"))
    site.days(3)
    assert site.deadline("i1").used == used
    for _ in range(2):
        site.scene.told(m.ItemKept(item="i1", compartment=3, allocation=1, why="too_heavy"))
        site.days(2)
        assert site.deadline("i1").used == used


def test_what_is_kept_costs_no_day_once_staff_have_it_in_hand_either(site: QuietSite) -> None:
    site.days(1)
    site.scene.told(m.ItemKept(item="i1", compartment=3, allocation=1, why="too_high"))
    site.days(3)
    assert site.deadline("i1").used == 1
    taken = m.ItemTakenOut(
        item="i1", compartment=3, allocation=1, why="hand_over", staff="s", evidence="door"
    )
    site.scene.told(taken)
    assert site.deadline("i1").used == 1
    site.days(2)
    assert site.deadline("i1").used == 1


def test_what_was_told_to_somebody_else_is_not_told_to_whose_it_is(site: QuietSite) -> None:
    site.days(3)
    assert site.deadline("i1").used == 3
    site.scene.told(
        m.PickupOpened(pickup="p-1", person=site.scene.people[1], ticket=31, generation=1),
        m.ItemReassigned(
            item="i1", person=site.scene.people[1], pickup="p-1", before=site.scene.people[0], staff="s"
        ),
    )
    assert (site.deadline("i1").used, site.deadline("i1").told) == (0, False)
    site.days(2)
    assert (site.deadline("i1").used, site.deadline("i1").left) == (0, 7)
    site.scene.said(m.SlipShown(item="i1", pickup="p-1", how="print"))
    site.days(1)
    assert (site.deadline("i1").used, site.deadline("i1").told) == (1, True)


def test_more_days_take_it_off_the_carriers_list_at_once_and_are_given_once(site: QuietSite) -> None:
    site.days(8)
    assert site.told("return/") == ["return/i1"]
    with reading(site.scene.hub.engine) as connection:
        assert [(one.kind, one.site, one.count) for one in endings(connection)] == [("due", SITE, 1)]
    with writing(site.scene.hub.engine) as connection:
        now_ms = site.scene.clock.wall_ms()
        assert extend(connection, "i1", "ill", 1, "account-admin", now_ms)
        assert not extend(connection, "i1", "ill", 1, "account-admin", now_ms)
        assert not extend(connection, "i1", "ill", 3, "account-admin", now_ms)
    site.settled()
    assert site.told("return/") == []
    assert (site.deadline("i1").left, site.written()[0].left) == (7, 7)
    site.days(5)
    with reading(site.scene.hub.engine) as connection:
        assert [(one.kind, one.count) for one in endings(connection)] == [("near", 1)]
        left = days_left(connection, ["i1", "i0"])
        assert {item: one.days for item, one in left.items()} == {"i1": 2}
        assert left["i1"].ends_ms == site.deadline("i1").ends_ms


def test_what_is_collected_leaves_the_carriers_list_with_the_fact(site: QuietSite) -> None:
    site.days(8)
    site.scene.collect("i1", 0, 3)
    assert site.told("return/") == []
    with reading(site.scene.hub.engine) as connection:
        assert endings(connection) == []
    site.settled()
    assert site.written() == []


def test_what_goes_back_stays_on_the_list_until_its_carrier_has_it(site: QuietSite) -> None:
    site.days(8)
    taken = m.ItemTakenOut(
        item="i1", compartment=3, allocation=1, staff=site.scene.member, why="return", evidence="shelf"
    )
    site.scene.told(taken)
    site.settled()
    with reading(site.scene.hub.engine) as connection:
        [document] = [
            one for one in live_documents(connection, SITE, "kiosk") if one.key.startswith("return/")
        ]
    due = decode(bytes(document.body), m.ReturnDue)  # type: ignore[arg-type]
    assert due == m.ReturnDue(item="i1", carrier="Colissimo", label="6Ai1")
    site.scene.told(m.ItemReturned(item="i1", staff=site.scene.member))
    assert site.told("return/") == []


def test_the_hub_looks_by_itself(site: QuietSite) -> None:
    site.days(8)
    with writing(site.scene.hub.engine) as connection:
        connection.execute(delete(deadlines_table))
    for _ in range(3):
        site.scene.hub.ingest.tick()
    assert [row.item for row in site.written()] == ["i1"]


def test_while_a_stuck_door_is_not_repaired_no_day_counts(site: QuietSite) -> None:
    site.days(1)
    site.scene.jam("i1", 0, 3)
    site.days(3)
    found = site.deadline("i1")
    assert (found.used, [(stop.reason, stop.count) for stop in found.stops]) == (1, [("door", 3)])


def test_a_hub_that_was_off_knows_of_nobody_meanwhile(site: QuietSite) -> None:
    site.days(1)
    site.scene.hub.stop()
    site.until("2026-11-05 10:00")
    site.scene.hub.start()
    line(site, up=True)
    site.until("2026-11-05 19:00")
    assert site.deadline("i1").used == 1


def test_fewer_days_shorten_nothing_that_lies_there_and_more_are_for_all(site: QuietSite) -> None:
    with writing(site.scene.hub.engine) as connection:
        set_days(connection, SITE, {"parcel": 3}, site.scene.clock.wall_ms())
        assert days_kept(connection, SITE) == {"parcel": 3, "letter": 7, "registered_letter": 15}
    assert site.deadline("i1").days == 7
    site.scene.deposit("i2", 1, 10)
    assert site.deadline("i2").days == 3
    site.scene.clock.advance(1000)
    with writing(site.scene.hub.engine) as connection:
        set_days(connection, SITE, {"parcel": 10}, site.scene.clock.wall_ms())
    assert (site.deadline("i1").days, site.deadline("i2").days) == (10, 10)


def test_what_no_carrier_brought_has_no_deadline(site: QuietSite) -> None:
    site.scene.told(
        m.ItemClaimed(
            item="bag", kind="bag", person="x", pickup="p-9", compartment=6, allocation=1, size="M"
        ),
        m.ItemLeft(item="bag", compartment=6, allocation=1, evidence="door"),
    )
    with pytest.raises(KeyError):
        site.deadline("bag")


def test_what_only_staff_hand_out_waits_for_the_hours_of_the_counter(site: QuietSite) -> None:
    with writing(site.scene.hub.engine) as connection:
        set_hours(connection, SITE, EVERY_DAY[:1], site.scene.clock.wall_ms(), always=True)
    site.scene.deposit("shelf", 1, 17)
    site.days(3)
    site.until("2026-11-05 00:00")
    assert site.deadline("i1").used == 3
    assert site.deadline("shelf").used == 1, "somebody is there on Mondays only"


def test_hours_that_change_leave_the_days_before_as_they_were(site: QuietSite) -> None:
    site.days(2)
    with writing(site.scene.hub.engine) as connection:
        set_hours(connection, SITE, (), site.scene.clock.wall_ms(), always=True)
        assert [(one.always, one.weekly) for one in hours_of(connection, SITE)] == [
            (False, EVERY_DAY),
            (True, ()),
        ]
    assert site.deadline("i1").used == 1, "today is not over any more"
    site.until("2026-11-04 00:00")
    assert site.deadline("i1").used == 2


def test_a_closure_is_taken_back_or_ended_and_never_over_another(site: QuietSite) -> None:
    engine, now_ms = site.scene.hub.engine, site.scene.clock.wall_ms()
    hour = 3_600_000
    with writing(engine) as connection:
        running = add_closure(connection, SITE, (now_ms - hour, now_ms + hour), "other", "", now_ms)
        coming = add_closure(connection, SITE, (now_ms + hour, now_ms + 2 * hour), "holiday", "", now_ms)
        with pytest.raises(OpeningError):
            add_closure(connection, SITE, (now_ms, now_ms + hour), "works", "", now_ms)
    assert len(site.told("closure/")) == 2
    with writing(engine) as connection:
        assert end_closure(connection, SITE, running, now_ms)
        assert end_closure(connection, SITE, coming, now_ms)
        assert not end_closure(connection, SITE, running, now_ms)
        assert not end_closure(connection, "paris", coming, now_ms)
        left = closures_of(connection, SITE, 0)
    assert [(one.id, one.until_ms) for one in left] == [(running, now_ms)]
    assert site.told("closure/") == []
