"""Whose work a partner's desk is: that of the sites of who gave it, and of no other."""

import re
from collections.abc import Iterator
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


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PartnerScene]:
    """The laundry works at Borny, and there is another site, Metz."""
    monkeypatch.setattr(partner_access, "_hasher", QUICK)
    scene = PartnerScene(tmp_path)
    scene.accounts()
    scene.hub.site(METZ)
    with writing(scene.hub.engine) as connection:
        change_partner(connection, scene.laundry, Partner("Pressing Bellecroix", PHONE))
    yield scene
    scene.close()


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


@pytest.fixture
def laundry(desk: PartnerScene) -> FlaskClient:
    client = desk.app.test_client()
    assert enter(client, desk.access, desk.pin_of_laundry) == 302
    return client


def test_who_takes_a_partner_of_another_site_along_sees_nothing_of_that_site(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    all_of_borny(desk, laundry)
    mia = somebody(desk, "lead", METZ)
    theirs = f"/sites/{METZ}/partenaires"
    assert mia.post(f"{theirs}/{desk.laundry}/ici").status_code == 302
    for page in (theirs, f"{theirs}/{desk.laundry}", f"/sites/{METZ}/exporter/partenaires.csv"):
        text = mia.get(page).text
        assert "Pressing Bellecroix" in text
        assert PHONE not in text
    _access, phone = given(desk, mia, METZ)
    told = work(phone)
    assert [one["id"] for one in told["sites"]] == [METZ]
    assert [(one["site"], one["tag"]) for one in told["bags"]] == [(METZ, desk.tags[0])]
    assert (told["expected"], told["orders"], told["returns"]) == ([], [], [])
    assert phone.get(f"/partenaire/bordereaux/{BACK}").status_code == 404
    assert laundry.get(f"/partenaire/bordereaux/{BACK}").status_code == 200


def test_what_is_done_at_a_desk_concerns_no_site_but_its_own(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    all_of_borny(desk, laundry)
    mia = somebody(desk, "lead", METZ)
    mia.post(f"/sites/{METZ}/partenaires/{desk.laundry}/ici")
    _access, phone = given(desk, mia, METZ)
    before = len(own_facts(desk))
    refused = [
        deed("done", order="order-0"),
        deed("quote", order="order-0", cents=1),
        deed("count", order="order-0", pieces=1),
        deed("count", tag=desk.tags[2], pieces=1),
        deed("note", order="order-0", what="stain"),
        deed("close", manifest=ROUND, direction="out", tags=[], missing=list(desk.tags)),
    ]
    taken = [deed("scan", side="take", tag=tag, of=SITE, site=SITE, manifest=ROUND) for tag in desk.tags]
    answer = send(phone, *refused, *taken, deed("load", machine="M1", tags=list(desk.tags), of=SITE))
    assert answer["refused"] == [one["id"] for one in refused]
    assert {row.site for row, _fact in own_facts(desk)[before:]} == {METZ}
    assert sites_told(work(phone)) == {METZ}
    [story] = [one for one in work(laundry)["orders"] if one["order"] == "order-0"]
    assert story["state"] == "placed"


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


def test_a_desk_of_every_site_is_of_those_to_come_and_any_other_is_not(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    _access, phone = given(desk, somebody(desk, "lead", SITE), SITE)
    with writing(desk.hub.engine) as connection:
        works_at(connection, desk.laundry, METZ)
    all_of_borny(desk, laundry)
    assert sites_told(work(phone)) == {SITE}
    assert sites_told(work(laundry)) == {SITE, METZ}
    assert [one["id"] for one in work(laundry)["sites"]] == [SITE, METZ]


def test_where_the_partner_works_no_more_its_desk_is_still_closed(desk: PartnerScene) -> None:
    """What it has of the site is still to come back; and it works elsewhere."""
    lena = somebody(desk, "lead", SITE)
    access, phone = given(desk, lena, SITE)
    with writing(desk.hub.engine) as connection:
        works_at(connection, desk.laundry, METZ)
    lena.post(f"/sites/{SITE}/partenaires/{desk.laundry}/retirer")
    assert sites_told(work(phone)) == {SITE}
    assert access in lena.get(pages_of(SITE)).text
    assert lena.post(f"{pages_of(SITE)}/{access}/retirer").status_code == 302
    assert phone.get("/partenaire/travail").status_code == 401
