"""Counts of partners, what they give back and what is missing, and what they send after a restore."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from hub.store.backup import backup, restore
from hub.store.bag_deeds import write_off
from hub.store.database import reading, writing
from hub.store.tables import bags
from kiosk.web.relay_view import slip_name
from tests.fakes.hub_scene import SITE
from tests.fakes.partner_scene import NET, ROUND, PartnerScene
from tests.hub.test_rebuild import differences
from tests.hub.web.conftest import sign_in
from tests.hub.web.test_partner import deed, enter, own_facts, send, work

BACK = "e" * 32


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PartnerScene]:
    scene = PartnerScene(tmp_path)
    scene.accounts()
    yield scene
    scene.close()


@pytest.fixture
def laundry(desk: PartnerScene) -> FlaskClient:
    client = desk.app.test_client()
    assert enter(client, desk.access, desk.pin_of_laundry) == 302
    return client


def text(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True).replace("\u00a0", " ").replace("\u202f", " ")


def row(scene: PartnerScene, tag: str) -> Any:
    with reading(scene.hub.engine) as connection:
        return connection.execute(select(bags).where(bags.c.tag == tag)).one()


def test_a_partners_count_is_an_added_line_that_both_sides_see(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    first, second, _third = desk.tags
    send(laundry, deed("count", tag=first, of="borny", pieces=4), deed("count", order="order-1", pieces=3))
    desk.clock.advance(1_000)
    send(laundry, deed("count", tag=second, of="borny", pieces=5))
    unknown = deed("count", tag=NET, of="borny", pieces=4)
    assert send(laundry, unknown)["refused"] == [unknown["id"]]
    counts = {order["tag"]: order["counts"] for order in work(laundry)["orders"]}
    assert (counts[first], counts[second]) == ({"desk": 4, "here": 4}, {"desk": 4, "here": 5})
    assert "counts@" not in row(desk, first).questions
    assert "counts@" in row(desk, second).questions
    page = text(sign_in(desk.app.test_client(), "Bilal"), "/sites/borny/commandes/order-1")
    for words in (
        "Compté par le partenaire : 3 pièces",
        "Compté par le partenaire : 5 pièces",
        "elles diffèrent",
    ):
        assert words in page
    assert differences(desk.hub) == []


def test_what_should_go_back_and_does_not_is_asked_about_and_stands_on_the_slip(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    first, second, third = desk.tags
    send(laundry, *(deed("scan", side="take", tag=tag, manifest=ROUND, age_ms=9_000) for tag in desk.tags))
    send(laundry, deed("close", manifest=ROUND, direction="out", tags=list(desk.tags)))
    assert [bag["due"] for bag in work(laundry)["bags"]] == [False] * 3
    send(laundry, deed("done", order="order-0"), deed("done", order="order-1"))
    assert {bag["tag"] for bag in work(laundry)["bags"] if bag["due"]} == {first, second}
    send(laundry, deed("scan", side="give", tag=first, manifest=BACK, of="borny"))
    send(laundry, deed("close", manifest=BACK, direction="in", tags=[first], missing=[second], of="borny"))
    assert row(desk, second).questions.startswith("missing@")
    assert row(desk, third).questions == ""
    [told] = work(laundry)["returns"]
    assert (told["manifest"], told["bags"]) == (BACK, 1)
    concierge = sign_in(desk.app.test_client(), "Bilal")
    for paper in (
        laundry.get(f"/partenaire/bordereaux/{BACK}"),
        concierge.get(f"/sites/borny/sacs/bordereaux/{BACK}"),
    ):
        page = paper.get_data(as_text=True)
        assert f'<bdi dir="ltr">{slip_name(BACK)}</bdi>' in page, "as kiosks call it"
        assert page.index(first) < page.index("Devrait être avec") < page.index(second)
        assert third not in page
        assert "<svg" in page
    assert "Retour de Pressing Bellecroix" in text(concierge, "/sites/borny/sacs/bordereaux")
    desk.said(
        m.BagScanned(tag=second, side="take", holder=m.Holder(kind="staff", id=desk.member), item="bag-1")
    )
    assert "missing" not in row(desk, second).questions, "it has come"


def test_a_slip_says_what_the_other_side_did_not_find(desk: PartnerScene, laundry: FlaskClient) -> None:
    first, second, third = desk.tags
    concierge = sign_in(desk.app.test_client(), "Bilal")
    listed = "/sites/borny/sacs/bordereaux"
    assert "pas encore comptée" in text(concierge, listed)
    send(laundry, deed("close", manifest=ROUND, direction="out", tags=[first, third], missing=[second]))
    assert "1 manquant" in text(concierge, listed)
    page = text(concierge, f"{listed}/{ROUND}")
    assert page.index(second) < page.index("pas trouvé à l’arrivée") < page.index(third)
    assert concierge.get(f"{listed}/nothing").status_code == 404
    assert laundry.get(f"/partenaire/bordereaux/{'f' * 32}").status_code == 404
    other = desk.app.test_client()
    assert other.get(f"/partenaire/bordereaux/{ROUND}").status_code == 401


def test_much_at_once_is_read_only_where_it_is_one_thing_with_a_photo(laundry: FlaskClient) -> None:
    many = [deed("note", tag="a", what="other", text="x" * 400) for _ in range(1_300)]
    answer = laundry.post("/partenaire/envoi", json={"deeds": many})
    assert answer.status_code == 413, "it is not even read"
    one = deed("note", tag="a", what="other", photo="A" * 800_000)
    assert send(laundry, one)["done"] == [one["id"]]


def test_what_a_restore_lost_is_sent_again_and_counts_once(
    desk: PartnerScene, laundry: FlaskClient, tmp_path: Path
) -> None:
    """The page keeps what was acknowledged for some days (tests/browser/test_partner.py)."""
    first, second, _third = desk.tags
    before = deed("scan", side="take", tag=first, manifest=ROUND)
    after = deed("scan", side="take", tag=second, manifest=ROUND)
    acknowledged = send(laundry, before)["timeline"]
    assert work(laundry)["timeline"] == acknowledged
    backup(desk.hub.engine, tmp_path / "backup")
    send(laundry, after)
    desk.hub.stop()
    restore(tmp_path / "backup", desk.hub.directory / "hub.sqlite3", desk.clock.wall_ms())
    desk.hub.start()
    assert laundry.get("/partenaire/travail").status_code == 401, "a restore signs partners out"
    enter(laundry, desk.access, desk.pin_of_laundry)
    assert work(laundry)["timeline"] != acknowledged
    assert len(own_facts(desk)) == 1
    again = send(laundry, before, after)
    assert again["done"] == [before["id"], after["id"]]
    assert again["timeline"] == work(laundry)["timeline"]
    assert len(own_facts(desk)) == 2


def test_a_round_of_which_all_was_given_up_is_expected_no_more(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    assert [one["manifest"] for one in work(laundry)["expected"]] == [ROUND]
    for left, tag in enumerate(reversed(desk.tags)):
        assert len(work(laundry)["expected"]) == 1, left
        with writing(desk.hub.engine) as connection:
            bag = connection.execute(select(bags.c.id).where(bags.c.tag == tag)).scalar_one()
            assert write_off(connection, SITE, bag, "lost", "samia", desk.clock.wall_ms())
    assert work(laundry)["expected"] == []


def test_a_tag_that_is_used_again_after_its_bag_was_given_up_is_expected_with_its_new_round(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    tag = desk.tags[0]
    with writing(desk.hub.engine) as connection:
        assert write_off(connection, SITE, "bag-0", "lost", "samia", desk.clock.wall_ms())
    desk.clock.advance(60_000)
    desk.said(m.BagTagged(tag=tag, item="another", how="scanned"))
    desk.leaves(BACK, desk.laundry, (tag,))
    assert [one["manifest"] for one in work(laundry)["expected"]] == [ROUND, BACK]
