"""Mandates as the hub keeps them, and as the lockers hear of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contract.messages import Proxy
from contract.pickup_code import PROXY_NUMBERS, proxy_code, split_typed
from hub.core.documents import comes_first
from hub.store.backup import backup, restore
from hub.store.database import reading, writing
from hub.store.mandates import (
    NoNumberError,
    Wanted,
    end_mandate,
    give_mandate,
    mandate_row,
    renew_code,
)
from hub.store.people import remove_person
from hub.store.tables import mandates
from tests.fakes.hub_scene import SITE, Scene

HOUR_MS = 3_600_000


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    scene.connect()
    yield scene
    scene.close()


def give(scene: Scene, person: int = 0, *, hours: int = 24, items: tuple[str, ...] = ()) -> str:
    now = scene.clock.wall_ms()
    wanted = Wanted("Paul Roux", now, now + hours * HOUR_MS, items)
    with writing(scene.hub.engine) as connection:
        return give_mandate(connection, SITE, scene.people[person], wanted, "account-admin", now)


def end(scene: Scene, mandate: str) -> bool:
    with writing(scene.hub.engine) as connection:
        return end_mandate(connection, SITE, mandate, "revoked", scene.clock.wall_ms())


def kept(scene: Scene, mandate: str) -> Any:
    with reading(scene.hub.engine) as connection:
        return connection.execute(select(mandates).where(mandates.c.id == mandate)).one()


def heard(scene: Scene) -> dict[str, Proxy]:
    """The mandates in the bridge's replica, by their ids."""
    scene.tick()
    documents = scene.bridge.feed.documents("proxy/").values()
    return {one.proxy: one for one in documents if isinstance(one, Proxy)}


def test_the_lockers_hear_of_a_mandate_without_any_name(scene: Scene, tmp_path: Path) -> None:
    mandate = give(scene, items=("i1", "i2"))
    [proxy] = heard(scene).values()
    assert (proxy.proxy, proxy.person, proxy.number) == (mandate, scene.people[0], 1)
    assert (proxy.generation, proxy.items) == (1, ("i1", "i2"))
    assert proxy.until_ms - proxy.from_ms == 24 * HOUR_MS
    for path in (tmp_path / "bridge").iterdir():
        assert b"Roux" not in path.read_bytes()
    assert scene.kiosk.feed.documents("proxy/") == {}


def test_taken_back_it_is_gone_at_once_and_for_good(scene: Scene) -> None:
    mandate = give(scene)
    assert list(heard(scene)) == [mandate]
    assert end(scene, mandate)
    assert heard(scene) == {}
    assert scene.bridge.feed.is_gone(f"proxy/{mandate}")
    assert not end(scene, mandate)
    with writing(scene.hub.engine) as connection:
        assert not renew_code(connection, SITE, mandate, scene.clock.wall_ms())
    assert heard(scene) == {}


def test_when_its_time_is_over_the_hub_ends_it_by_itself(scene: Scene) -> None:
    short, longer = give(scene, hours=1), give(scene, 1, hours=3)
    assert set(heard(scene)) == {short, longer}
    scene.clock.advance(2 * HOUR_MS)
    assert list(heard(scene)) == [longer]
    assert kept(scene, short).ended_why == "expired"


def test_a_new_code_makes_the_older_one_void(scene: Scene) -> None:
    mandate = give(scene)
    with writing(scene.hub.engine) as connection:
        assert renew_code(connection, SITE, mandate, scene.clock.wall_ms())
    assert heard(scene)[mandate].generation == 2
    key = scene.hub.keys.site_key(SITE)
    assert proxy_code(key, 1, mandate, 1) != proxy_code(key, 1, mandate, 2)
    assert split_typed(proxy_code(key, 1, mandate, 2)).is_proxy


def test_nobody_collects_for_somebody_who_is_off_the_list(scene: Scene) -> None:
    mine = [give(scene), give(scene)]
    other = give(scene, 1)
    with writing(scene.hub.engine) as connection:
        assert remove_person(connection, SITE, scene.people[0], scene.clock.wall_ms())
    assert list(heard(scene)) == [other]
    assert {kept(scene, mandate).ended_why for mandate in mine} == {"person_removed"}


def test_a_number_that_was_given_back_is_not_the_next_to_be_given(scene: Scene) -> None:
    end(scene, give(scene))
    scene.clock.advance(1000)
    assert kept(scene, give(scene)).number == 2


def test_when_all_numbers_are_given_out_the_next_waits_for_one(scene: Scene) -> None:
    now = scene.clock.wall_ms()
    wanted = Wanted("Paul Roux", now, now + HOUR_MS)
    with writing(scene.hub.engine) as connection:

        def given(step: int) -> str:
            return give_mandate(connection, SITE, scene.people[0], wanted, "a", now + step)

        made = [given(step) for step in PROXY_NUMBERS]
        with pytest.raises(NoNumberError):
            given(1000)
        end_mandate(connection, SITE, made[499], "revoked", now)
        again = mandate_row(connection, SITE, scene.people[0], given(1001))
    assert again is not None
    assert again.number == 500


def test_who_gave_it_and_where_is_part_of_what_it_is(scene: Scene) -> None:
    mandate = give(scene)
    with reading(scene.hub.engine) as connection:
        assert mandate_row(connection, SITE, scene.people[1], mandate) is None
        assert mandate_row(connection, "paris", scene.people[0], mandate) is None


def test_mandates_and_assignments_take_rights_away_and_are_told_first() -> None:
    assert comes_first("proxy/a", is_tombstone=False)
    assert comes_first("assignment/a", is_tombstone=False)
    assert not comes_first("expected/a", is_tombstone=False)


def test_a_hub_that_was_put_back_to_an_older_copy_revives_no_code_taken_back_since(
    scene: Scene, tmp_path: Path
) -> None:
    taken_back, kept_on = give(scene), give(scene, 1)
    backup(scene.hub.engine, tmp_path / "backup")
    with writing(scene.hub.engine) as connection:
        renew_code(connection, SITE, taken_back, scene.clock.wall_ms())
    end(scene, taken_back)
    assert list(heard(scene)) == [kept_on]
    scene.bridge.disconnect(scene.hub)
    scene.kiosk.disconnect(scene.hub)
    scene.hub.stop()
    restore(tmp_path / "backup", scene.hub.directory / "hub.sqlite3", scene.clock.wall_ms())
    scene.hub.start()
    scene.bridge.connect(scene.hub)
    told = heard(scene)
    assert set(told) == {taken_back, kept_on}
    assert all(proxy.generation > 1_000 for proxy in told.values())
