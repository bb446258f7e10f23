"""What the pages say and the site answers: whose an item is, what is expected, a code told by telephone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contract import messages as m
from hub.store.assignments import (
    ask_assignment,
    assignment_of,
    nameless_count,
    nameless_parcels,
    withdraw_assignment,
)
from hub.store.database import reading, writing
from hub.store.dictated import LASTS_MS, note_dictated
from hub.store.expected import add_expected, open_expected
from hub.store.outbox import messages_of, untold
from hub.store.reminders import due_reminders
from hub.store.sites import code_generation, once_generation, rotate_code
from hub.store.tables import dictated_codes, expected_parcels, pickups
from tests.fakes.hub_scene import SITE, Scene
from tests.fakes.local_hub import LocalDevice

DAY_MS = 86_400_000


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.connect()
    yield scene
    scene.close()


# --- whose it is --------------------------------------------------------------------------------


def ask(scene: Scene, item: str, person: int) -> None:
    with writing(scene.hub.engine) as connection:
        now = scene.clock.wall_ms()
        ask_assignment(connection, SITE, item, scene.people[person], "account-admin", now)
    scene.tick()


def wish(scene: Scene, item: str) -> str | None:
    """Whom the bridge was told the item is for."""
    document = scene.bridge.feed.documents(f"assignment/{item}").get(f"assignment/{item}")
    return document.person if isinstance(document, m.Assignment) else None


def nameless(scene: Scene) -> list[str]:
    with reading(scene.hub.engine) as connection:
        return [parcel.id for parcel in nameless_parcels(connection, SITE)]


def reassigned(scene: Scene, item: str, person: int, staff: str | None = None) -> m.ItemReassigned:
    return m.ItemReassigned(
        item=item, person=scene.people[person], pickup=f"p-{person}", before=f"made-for-{item}", staff=staff
    )


def test_an_item_of_nobody_is_asked_for_and_is_somebodys_when_the_lockers_say_so(scene: Scene) -> None:
    scene.nameless("u1", 5)
    assert nameless(scene) == ["u1"]
    ask(scene, "u1", 2)
    assert wish(scene, "u1") == scene.people[2]
    assert nameless(scene) == ["u1"]
    scene.told(
        m.PickupOpened(pickup="p-2", person=scene.people[2], ticket=22, generation=1),
        reassigned(scene, "u1", 2),
    )
    scene.tick()
    assert nameless(scene) == []
    assert wish(scene, "u1") is None
    assert scene.bridge.feed.is_gone("assignment/u1")


def test_only_the_person_it_turns_out_to_be_for_is_told(scene: Scene) -> None:
    scene.nameless("u1", 5)
    with writing(scene.hub.engine) as connection:
        scene.clock.advance(3 * DAY_MS)
        assert due_reminders(connection, scene.clock.wall_ms(), lambda _connection, _items: {}) == []
        assert messages_of(connection, SITE, "p-u1") == []
    scene.told(
        m.PickupOpened(pickup="p-2", person=scene.people[2], ticket=22, generation=1),
        reassigned(scene, "u1", 2),
    )
    with reading(scene.hub.engine) as connection:
        [message] = messages_of(connection, SITE, "p-2")
        assert message.person == scene.people[2]
        assert untold(connection) == []


def test_what_leaves_meanwhile_is_waited_for_no_more(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    ask(scene, "i1", 1)
    scene.collect("i1", 0, 3)
    scene.tick()
    assert wish(scene, "i1") is None
    with reading(scene.hub.engine) as connection:
        assert assignment_of(connection, SITE, "i1") is None


def test_what_staff_say_at_a_kiosk_later_stands_before_what_was_asked(scene: Scene) -> None:
    scene.nameless("u1", 5)
    ask(scene, "u1", 2)
    scene.told(reassigned(scene, "u1", 3, staff=scene.member))
    scene.tick()
    assert wish(scene, "u1") is None


def test_what_was_said_before_it_was_asked_answers_nothing(scene: Scene) -> None:
    scene.nameless("u1", 5)
    scene.told(reassigned(scene, "u1", 3, staff=scene.member), talk=False)
    scene.clock.advance(60_000)
    ask(scene, "u1", 2)
    scene.bridge.talk(scene.hub)
    scene.tick()
    assert wish(scene, "u1") == scene.people[2]


def test_a_wish_taken_back_is_gone_and_another_takes_its_place(scene: Scene) -> None:
    scene.nameless("u1", 5)
    ask(scene, "u1", 2)
    ask(scene, "u1", 3)
    assert wish(scene, "u1") == scene.people[3]
    with writing(scene.hub.engine) as connection:
        assert withdraw_assignment(connection, SITE, "u1", scene.clock.wall_ms())
        assert not withdraw_assignment(connection, SITE, "u1", scene.clock.wall_ms())
    scene.tick()
    assert wish(scene, "u1") is None


def test_another_sites_bridge_answers_no_wish_of_this_site(scene: Scene, tmp_path: Path) -> None:
    scene.nameless("u1", 5)
    ask(scene, "u1", 2)
    scene.hub.site("paris")
    scene.hub.enrol("paris-bridge", "paris", "bridge")
    stranger = LocalDevice("paris-bridge", tmp_path / "paris", scene.clock)
    stranger.journal.append(reassigned(scene, "u1", 2))
    stranger.connect(scene.hub)
    scene.tick()
    stranger.stop()
    assert wish(scene, "u1") == scene.people[2]
    assert nameless(scene) == ["u1"]


def test_nameless_parcels_are_counted_by_site_since_they_came(scene: Scene) -> None:
    scene.nameless("u1", 5)
    scene.nameless("u2", 6)
    with reading(scene.hub.engine) as connection:
        [there] = nameless_count(connection)
    assert there.site == SITE
    assert len(there.since_ms) == 2
    assert there.since_ms == tuple(sorted(there.since_ms))


# --- what is expected ---------------------------------------------------------------------------


def expect(scene: Scene, label: str, person: int | None = 0) -> str:
    who = None if person is None else scene.people[person]
    values: dict[str, Any] = {"carrier": "Colissimo", "note": "", "expected_ms": None, "account": "a"}
    with writing(scene.hub.engine) as connection:
        made = add_expected(connection, SITE, person=who, label=label, now_ms=scene.clock.wall_ms(), **values)
    scene.tick()
    return made


def received(scene: Scene, label: str) -> m.ParcelReceived:
    return m.ParcelReceived(
        item="i7", person=scene.people[0], staff=scene.member, size="M", label=label, carrier="Colissimo"
    )


@pytest.mark.parametrize(
    ("announced", "scanned"),
    [
        ("6A18365204578", "6A18365204578"),
        ("6A 18365 20457 8", "6A18365204578"),
        ("6a18365204578", "6A18365204578"),
        ("6A18365204578", "]C06A18365204578"),
        ("COMMANDE-77", "COMMANDE-77"),
    ],
)
def test_a_kiosk_knows_whose_a_number_is_until_it_is_received(
    scene: Scene, announced: str, scanned: str
) -> None:
    expected = expect(scene, announced)
    told = scene.kiosk.feed.documents("expected/")[f"expected/{expected}"]
    assert isinstance(told, m.Expected)
    assert told.person == scene.people[0]
    assert told.label == announced.replace(" ", "").upper()
    scene.said(received(scene, scanned))
    scene.tick()
    assert scene.kiosk.feed.documents("expected/") == {}
    with reading(scene.hub.engine) as connection:
        assert open_expected(connection, SITE) == []
        assert connection.execute(select(expected_parcels.c.item)).scalar_one() == "i7"


def test_another_number_or_another_sites_leaves_it_expected(scene: Scene) -> None:
    expect(scene, "6A18365204578")
    expect(scene, "")
    scene.said(received(scene, "6A18365204579"), received(scene, ""))
    scene.tick()
    assert len(scene.kiosk.feed.documents("expected/")) == 1
    with reading(scene.hub.engine) as connection:
        assert len(open_expected(connection, SITE)) == 2


def test_what_is_for_nobody_yet_is_proposed_to_nobody_and_closes_all_the_same(scene: Scene) -> None:
    expect(scene, "6A18365204578", person=None)
    assert scene.kiosk.feed.documents("expected/") == {}
    scene.said(received(scene, "6A18365204578"))
    with reading(scene.hub.engine) as connection:
        assert open_expected(connection, SITE) == []


# --- a code told by telephone -------------------------------------------------------------------


def dictate(scene: Scene, pickup: str = "p-0", generation: int = 2) -> None:
    with writing(scene.hub.engine) as connection:
        note_dictated(connection, SITE, pickup, generation, "account-admin", scene.clock.wall_ms())


def used(generation: int = 2) -> m.CodeRotated:
    return m.CodeRotated(pickup="p-0", generation=generation, why="next_used")


def rotation(scene: Scene) -> int | None:
    document = scene.bridge.feed.documents("rotation/").get("rotation/p-0")
    return document.generation if isinstance(document, m.Rotation) else None


def dictated(scene: Scene) -> Any:
    with reading(scene.hub.engine) as connection:
        return connection.execute(select(dictated_codes)).one()


def take(scene: Scene, item: str, compartment: int) -> m.ItemCollected:
    return m.ItemCollected(item=item, compartment=compartment, allocation=1)


def test_a_told_code_that_left_something_behind_is_changed_and_the_person_told_anew(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 0, 4)
    dictate(scene)
    scene.told(used(), take(scene, "i1", 3))
    scene.tick(60)
    assert rotation(scene) is None  # its coming may still last
    with reading(scene.hub.engine) as connection:
        before = len(messages_of(connection, SITE, "p-0"))
    scene.tick(LASTS_MS // 1000)
    assert rotation(scene) == 3
    assert dictated(scene).spent_ms is not None
    with reading(scene.hub.engine) as connection:
        assert code_generation(connection, "p-0") == 3
        messages = messages_of(connection, SITE, "p-0")
    assert len(messages) >= before
    assert messages[-1].state == "waiting"
    scene.told(m.CodeRotated(pickup="p-0", generation=3, why="hub"))
    scene.tick(LASTS_MS // 1000)
    assert rotation(scene) == 3


def test_a_told_code_that_took_everything_is_spent_by_itself(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    dictate(scene)
    scene.told(used(), take(scene, "i1", 3), m.PickupClosed(pickup="p-0", ticket=20))
    scene.tick(LASTS_MS // 1000 + 60)
    assert rotation(scene) is None
    assert dictated(scene).spent_ms is not None


def test_a_told_code_stays_good_while_nothing_was_taken_with_it(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    dictate(scene)
    scene.told(used())
    scene.jam("i1", 0, 3)
    scene.tick(3 * LASTS_MS // 1000)
    assert rotation(scene) is None
    scene.told(take(scene, "i1", 3), m.PickupClosed(pickup="p-0", ticket=20))
    scene.tick(60)
    assert rotation(scene) is None


def test_what_was_used_offline_is_reconciled_when_the_line_is_back(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 0, 4)
    scene.bridge.disconnect(scene.hub)
    dictate(scene)
    scene.told(used(), take(scene, "i1", 3), talk=False)
    scene.tick(2 * LASTS_MS // 1000)
    assert dictated(scene).used_ms is None
    scene.bridge.connect(scene.hub)
    scene.tick(60)
    assert rotation(scene) == 3
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(pickups.c.generation)).scalar_one() == 2


def test_a_code_that_was_not_told_here_is_nobodys_to_change(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 0, 4)
    scene.told(used(), take(scene, "i1", 3))
    scene.tick(2 * LASTS_MS // 1000)
    assert rotation(scene) is None


def visited(visit: str) -> m.VisitOpened:
    return m.VisitOpened(visit=visit, kiosk="borny-kiosk", way="typed", pickup="p-0")


def test_a_told_code_that_a_change_made_the_present_one_is_good_once_as_well(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 0, 4)
    dictate(scene)
    scene.told(visited("v-1"), m.CodeRotated(pickup="p-0", generation=2, why="hub"))
    assert dictated(scene).used_ms is None  # that coming had the code before
    scene.tick(LASTS_MS // 1000)
    scene.told(visited("v-2"), take(scene, "i1", 3))
    assert dictated(scene).used_ms is not None
    scene.tick(60)
    assert rotation(scene) is None
    scene.tick(LASTS_MS // 1000)
    assert rotation(scene) == 3


def test_a_coming_of_staff_or_of_somebody_with_a_mandate_uses_up_no_told_code(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    dictate(scene)
    scene.told(m.CodeRotated(pickup="p-0", generation=2, why="hub"))
    staff = m.VisitOpened(visit="v-1", kiosk="borny-kiosk", way="pin", pickup="p-0", staff=scene.member)
    mandate = m.VisitOpened(visit="v-2", kiosk="borny-kiosk", way="typed", pickup="p-0", proxy="x-1")
    scene.told(staff, mandate)
    assert dictated(scene).used_ms is None


def test_a_change_goes_past_a_code_that_was_told_and_never_back(scene: Scene) -> None:
    scene.deposit("i1", 0, 3)
    dictate(scene)
    with writing(scene.hub.engine) as connection:
        now = scene.clock.wall_ms()
        assert [rotate_code(connection, "p-0", "a", now) for _ in range(2)] == [3, 3]
        assert once_generation(connection, "p-0", online=False) == 2
        assert once_generation(connection, "p-0", online=True) == 4
        note_dictated(connection, SITE, "p-0", 4, "a", now)
        assert rotate_code(connection, "p-0", "a", now) == 5
        note_dictated(connection, SITE, "p-0", 2, "a", now)
        assert rotate_code(connection, "p-0", "a", now) == 5
