"""Whose work a partner's desk is: that of the sites of who gave it, and of no other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from contract import messages as m
from hub.core.rights import Role
from hub.store import partner_access
from hub.store.accounts import create_account
from hub.store.database import writing
from hub.store.own_facts import OwnFact, append
from hub.store.partners import Partner, change_partner, works_at
from tests.fakes.hub_scene import QUICK, SITE
from tests.fakes.partner_scene import ROUND, PartnerScene
from tests.hub.web.test_partner import deed, enter, own_facts, send, work

METZ = "metz"
PHONE = "+33387000000"
BACK = "e" * 32


@pytest.fixture(scope="module", autouse=True)
def quick_pins() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partner_access, "_hasher", QUICK)
        yield


@contextmanager
def two_sites(directory: Path) -> Iterator[PartnerScene]:
    """The laundry works at Borny, and there is another site, Metz."""
    scene = PartnerScene(directory)
    scene.accounts()
    scene.hub.site(METZ)
    with writing(scene.hub.engine) as connection:
        change_partner(connection, scene.laundry, Partner("Pressing Bellecroix", PHONE))
    yield scene
    scene.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PartnerScene]:
    with two_sites(tmp_path) as scene:
        yield scene


@dataclass(frozen=True)
class Taken:
    """Mia leads Metz alone; she took the laundry of Borny along, and gave it a desk (`phone`)."""

    scene: PartnerScene
    mia: FlaskClient
    phone: FlaskClient
    laundry: FlaskClient


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    with two_sites(tmp_path_factory.mktemp("taken")) as scene:
        laundry = at_every_site(scene)
        all_of_borny(scene, laundry)
        mia = somebody(scene, "lead", METZ)
        assert mia.post(f"/sites/{METZ}/partenaires/{scene.laundry}/ici").status_code == 302
        yield Taken(scene, mia, given(scene, mia, METZ)[1], laundry)


def somebody(scene: PartnerScene, role: Role, *sites: str) -> FlaskClient:
    with writing(scene.hub.engine) as connection:
        account = create_account(connection, f"{role} of {sites}", None, role, 0, sites=sites)
    return scene.browser(account)


def pages_of(site: str) -> str:
    return f"/sites/{site}/pages-des-partenaires"


def given(scene: PartnerScene, who: FlaskClient, site: str) -> tuple[str, FlaskClient]:
    """The address of a desk of the laundry that they give at this site, and a telephone signed in at it."""
    page = who.post(pages_of(site), data={"partner": scene.laundry, "name": "Nouvel atelier"}).text
    access, pin = re.search(r"/partenaire/(\w+)", page), re.search(r'class="secret">(\d+)', page)
    assert access
    assert pin
    phone = scene.app.test_client()
    assert enter(phone, access[1], pin[1]) == 302
    return access[1], phone


def sites_told(told: Any) -> set[str]:
    return {one["site"] for kind in ("expected", "bags", "orders") for one in told[kind]}


def all_of_borny(scene: PartnerScene, laundry: FlaskClient) -> None:
    """A bag is at the laundry, another was given back, and one number is a bag of Metz as well."""
    first, second, _ = scene.tags
    send(laundry, deed("scan", side="take", tag=first, manifest=ROUND, age_ms=9_000))
    send(laundry, deed("scan", side="give", tag=second, manifest=BACK, age_ms=8_000))
    send(laundry, deed("close", manifest=BACK, direction="in", tags=[second], age_ms=7_000))
    by, now_ms = m.Holder(kind="partner", id=scene.laundry), scene.clock.wall_ms()
    facts: tuple[m.OrderFact, ...] = (
        m.BagTagged(tag=first, item="twin", how="printed"),
        m.BagScanned(tag=first, side="take", holder=by, item="twin", manifest=ROUND),
    )
    with writing(scene.hub.engine) as connection:
        own = [OwnFact(f"twin-{n}", METZ, now_ms, False, fact) for n, fact in enumerate(facts)]
        append(connection, own, now_ms)


def at_every_site(scene: PartnerScene) -> FlaskClient:
    """The desk that an administrator gave."""
    client = scene.app.test_client()
    assert enter(client, scene.access, scene.pin_of_laundry) == 302
    return client


def test_who_takes_a_partner_of_another_site_along_sees_nothing_of_that_site(taken: Taken) -> None:
    partner, tag = taken.scene.laundry, taken.scene.tags[0]
    theirs = f"/sites/{METZ}/partenaires"
    for page in (theirs, f"{theirs}/{partner}", f"/sites/{METZ}/exporter/partenaires.csv"):
        text = taken.mia.get(page).text
        assert "Pressing Bellecroix" in text
        assert PHONE not in text
    told = work(taken.phone)
    assert [one["id"] for one in told["sites"]] == [METZ]
    assert (METZ, tag) in {(one["site"], one["tag"]) for one in told["bags"]}
    assert sites_told(told) == {METZ}
    assert (told["expected"], told["orders"], told["returns"]) == ([], [], [])
    slip = f"/partenaire/bordereaux/{BACK}"
    assert (taken.phone.get(slip).status_code, taken.laundry.get(slip).status_code) == (404, 200)


def test_what_is_done_at_a_desk_concerns_no_site_but_its_own(taken: Taken) -> None:
    tags, before = taken.scene.tags, len(own_facts(taken.scene))
    refused = [
        deed("done", order="order-0"),
        deed("quote", order="order-0", cents=1),
        deed("count", order="order-0", pieces=1),
        deed("count", tag=tags[2], pieces=1),
        deed("note", order="order-0", what="stain"),
        deed("close", manifest=ROUND, direction="out", tags=[], missing=list(tags)),
    ]
    scans = [deed("scan", side="take", tag=tag, of=SITE, site=SITE, manifest=ROUND) for tag in tags]
    load = deed("load", machine="M1", tags=list(tags), of=SITE)
    assert send(taken.phone, *refused, *scans, load)["refused"] == [one["id"] for one in refused]
    assert {row.site for row, _fact in own_facts(taken.scene)[before:]} == {METZ}
    [order] = [one for one in work(taken.laundry)["orders"] if one["order"] == "order-0"]
    assert (order["state"], order["counts"]["here"]) == ("placed", None)


def test_a_desk_is_seen_to_by_who_sees_all_of_its_sites(desk: PartnerScene) -> None:
    """The others are told that there is one, and nothing else."""
    mia, lena = somebody(desk, "lead", METZ), somebody(desk, "lead", SITE)
    both = somebody(desk, "lead", SITE, METZ)
    mia.post(f"/sites/{METZ}/partenaires/{desk.laundry}/ici")
    of_borny, _phone = given(desk, lena, SITE)
    of_both, told = given(desk, both, SITE)
    assert [one["id"] for one in work(told)["sites"]] == [SITE, METZ]
    seen = {
        (who, site): {
            one for one in (desk.access, of_borny, of_both) if one in client.get(pages_of(site)).text
        }
        for who, client, site in (
            ("mia", mia, METZ),
            ("lena", lena, SITE),
            ("both", both, SITE),
            ("both", both, METZ),
            ("admin", desk.browser("account-admin"), METZ),
        )
    }
    assert seen == {
        ("mia", METZ): set(),
        ("lena", SITE): {of_borny},
        ("both", SITE): {of_borny, of_both},
        ("both", METZ): {of_both},
        ("admin", METZ): {desk.access, of_both},
    }
    assert "a une page, suivie par qui s’occupe de tous ses lieux" in mia.get(pages_of(METZ)).text
    for access in (desk.access, of_borny, of_both):
        for deed_ in ("code", "retirer"):
            assert mia.post(f"{pages_of(METZ)}/{access}/{deed_}").status_code == 404
    assert lena.post(f"{pages_of(SITE)}/{of_both}/retirer").status_code == 404
    assert work(told)["sites"]
    assert both.post(f"{pages_of(METZ)}/{of_both}/retirer").status_code == 302
    assert told.get("/partenaire/travail").status_code == 401


def test_a_desk_of_every_site_is_of_those_to_come_and_any_other_stays_what_it_was(
    desk: PartnerScene,
) -> None:
    """Also where the partner works no more: what it has of there is still to come back."""
    lena, laundry = somebody(desk, "lead", SITE), at_every_site(desk)
    access, phone = given(desk, lena, SITE)
    with writing(desk.hub.engine) as connection:
        works_at(connection, desk.laundry, METZ)
    all_of_borny(desk, laundry)
    assert sites_told(work(phone)) == {SITE}
    assert sites_told(work(laundry)) == {SITE, METZ}
    assert [one["id"] for one in work(laundry)["sites"]] == [SITE, METZ]
    lena.post(f"/sites/{SITE}/partenaires/{desk.laundry}/retirer")
    assert sites_told(work(phone)) == {SITE}
    assert access in lena.get(pages_of(SITE)).text
    assert lena.post(f"{pages_of(SITE)}/{access}/retirer").status_code == 302
    assert phone.get("/partenaire/travail").status_code == 401
