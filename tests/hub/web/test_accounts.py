"""Accounts: invited with a code, changed, shut out; and what each of these ends at once."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub.core.scopes import Scope
from hub.store.account_care import CODE_MS
from hub.store.accounts import create_account
from hub.store.api_tokens import make_token
from hub.store.calendar_links import make_link
from hub.store.database import reading, writing
from hub.store.employers import add_employer
from hub.store.programs_made import Made, made_by
from hub.store.tables import account_codes, accounts, audit, employers
from hub.store.webhooks import add_webhook, webhook_row
from tests.fakes.hub_scene import ADMIN, CONCIERGE, PASSWORD, SITE, Scene

FRESH = "encore une phrase facile"
READS = frozenset[Scope]({"read:sites"})
EMPLOYERS = ((SITE, "La Poste"), ("paris", "Mairie de Paris"), (None, "Villette Emploi"))
CONCIERGES = "/acces/account-concierge"


def told_code(page: str) -> str:
    found = re.search(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2}", page)
    assert found is not None
    return found[0]


def invite(client: FlaskClient, name: str = "Nadia", role: str = "concierge", *sites: str) -> str:
    form = {"name": name, "role": role, "sites": list(sites or (SITE,))}
    answer = client.post("/acces", data=form)
    assert answer.status_code == 200, answer.text
    return told_code(answer.text)


def opens(client: FlaskClient, code: str, password: str = FRESH) -> int:
    form = {"code": code, "password": password, "again": password}
    return client.post("/bienvenue", data=form).status_code


def signs_in(scene: Scene, name: str, password: str) -> int:
    form = {"name": name, "password": password}
    return scene.app.test_client().post("/connexion", data=form).status_code


@pytest.fixture
def lead(scene: Scene, admin: FlaskClient) -> FlaskClient:
    """Leads SITE and one more."""
    scene.hub.site("metz", "paris")
    with writing(scene.hub.engine) as connection:
        account = create_account(connection, "Lucie", None, "lead", 0, sites=[SITE, "metz"])
    return scene.browser(account)


def test_a_form_proposes_the_employers_of_ones_own_sites_and_no_other(
    scene: Scene, admin: FlaskClient, lead: FlaskClient
) -> None:
    with writing(scene.hub.engine) as connection:
        here, paris, every = (add_employer(connection, site, name, 0) for site, name in EMPLOYERS)
    named = {name for _site, name in EMPLOYERS}
    proposed = {
        client: {name for name in named if name in client.get("/acces").text} for client in (lead, admin)
    }
    assert proposed == {lead: named - {"Mairie de Paris"}, admin: named}
    form = {"name": "Nadia", "role": "client", "sites": [SITE]}
    answers = [lead.post("/acces", data=form | {"employer": one}).status_code for one in (paris, here)]
    assert answers == [422, 200]
    edited = lead.get(CONCIERGES).text
    assert "La Poste" in edited
    assert "Mairie de Paris" not in edited
    assert lead.post(CONCIERGES, data=form | {"name": "Bilal", "employer": every}).status_code == 302


def test_who_is_invited_comes_in_with_the_code_once_and_then_with_their_password(
    scene: Scene, admin: FlaskClient
) -> None:
    code = invite(admin)
    assert signs_in(scene, "Nadia", "") == signs_in(scene, "Nadia", code) == 401
    guest = scene.app.test_client()
    assert opens(guest, code.lower().replace("-", " ")) == 302
    assert guest.get(f"/sites/{SITE}/colis").status_code == 200
    assert opens(scene.app.test_client(), code) == 422
    assert signs_in(scene, "Nadia", FRESH) == 302
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit.c.action, audit.c.site)).all()
        kept = str(connection.execute(select(account_codes)).all()) + str(noted)
    came_in = ("signed_in", None)
    assert noted == [("account_invited", SITE), ("account_opened", None), came_in, came_in]
    assert code not in kept


def test_a_code_that_is_old_or_was_replaced_opens_nothing_and_a_short_password_spends_none(
    scene: Scene, admin: FlaskClient
) -> None:
    first = invite(admin)
    with reading(scene.hub.engine) as connection:
        nadia = connection.execute(select(accounts.c.id).where(accounts.c.name == "Nadia")).scalar_one()
    second = told_code(admin.post(f"/acces/{nadia}/code").text)
    guest = scene.app.test_client()
    assert opens(guest, first) == opens(guest, second, "court") == 422
    scene.clock.advance(CODE_MS)
    assert opens(guest, second) == 422
    admin.post("/connexion", data={"name": ADMIN, "password": PASSWORD})
    assert opens(guest, told_code(admin.post(f"/acces/{nadia}/code").text)) == 302


def test_a_password_that_is_the_name_alone_is_refused_in_words_and_spends_no_code(
    scene: Scene, admin: FlaskClient
) -> None:
    code, guest = invite(admin), scene.app.test_client()
    form = {"code": code, "password": " nadia  NADIA", "again": " nadia  NADIA"}
    answer = guest.post("/bienvenue", data=form)
    assert answer.status_code == 422
    assert "C’est seulement votre nom" in answer.text
    stranger = guest.post("/bienvenue", data=form | {"code": "AAAA-AAAA-AAAA"})
    assert "C’est seulement votre nom" not in stranger.text, "whose code it is, only the code tells"
    assert opens(guest, code) == 302


def test_a_code_is_guessed_slowly(scene: Scene, admin: FlaskClient) -> None:
    guest = scene.app.test_client()
    assert [opens(guest, "AAAA-AAAA-AAAA") for _ in range(11)] == [422] * 10 + [429]


def test_a_closed_account_is_out_at_once_and_its_open_pages_end(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    assert ends(concierge, lambda: admin.post(f"{CONCIERGES}/fermer"))
    assert concierge.get("/").status_code == 302
    assert signs_in(scene, CONCIERGE, PASSWORD) == 401
    assert opens(scene.app.test_client(), told_code(admin.post(f"{CONCIERGES}/code").text)) == 302
    assert signs_in(scene, CONCIERGE, FRESH) == 302


def test_what_a_closed_account_gave_to_programs_ends_with_it_or_is_somebodys_who_knows(
    scene: Scene, admin: FlaskClient
) -> None:
    with writing(scene.hub.engine) as connection:
        zoe = create_account(connection, "Zoé", PASSWORD, "admin", 0)
        given = [make_token(connection, name, READS, [], 2**50, zoe, 0) for name in ("Départ", "Tableau")]
        hook = add_webhook(connection, "https://example.org/zoe", ["door"], [], zoe, 0)
        link, secret = make_link(connection, SITE, "Agenda de Zoé", zoe, 0)
    page = admin.get(f"/acces/{zoe}/fermer").text
    for said in ("Départ", "Tableau", "https://example.org/zoe", "Agenda de Zoé", "badge pour la borne"):
        assert said in page
    assert f'href="/acces/{zoe}/fermer"' in admin.get("/acces").text, "the page comes before the deed"
    assert admin.post(f"/acces/{zoe}/fermer", data={"keep": [given[1][0]]}).status_code == 302
    asks = [ask(scene, said) for _, said in given]
    assert asks == [401, 200]
    assert scene.app.test_client().get(f"/agenda/{secret}.ics").status_code == 404
    with reading(scene.hub.engine) as connection:
        assert webhook_row(connection, hook) is None
        assert made_by(connection, "account-admin", 0) == [Made("token", given[1][0], "Tableau")]
        noted = connection.execute(select(audit.c.action, audit.c.subject)).all()
    assert {("token_revoked", given[0][0]), ("token_given", given[1][0]), ("webhook_removed", hook)} < set(
        noted
    )
    assert ("calendar_revoked", link) in noted


def ask(scene: Scene, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return scene.app.test_client().get("/api/1/sites", headers=bearer).status_code


def test_an_open_page_ends_when_what_its_reader_may_see_changes(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    scene.hub.site("metz")
    form = {"name": CONCIERGE, "role": "concierge", "sites": "metz"}
    assert ends(concierge, lambda: admin.post(CONCIERGES, data=form))
    assert concierge.get(f"/sites/{SITE}/colis").status_code == 404
    assert concierge.get("/sites/metz/colis").status_code == 200


def ends(client: FlaskClient, deed: Callable[[], TestResponse]) -> bool:
    """Whether an open first page ends when that is done, and tells nothing more before."""
    answer = client.get("/flux", buffered=False)
    parts = iter(answer.iter_encoded())
    assert b"data:" in next(parts)
    assert deed().status_code == 302
    rest = list(parts)
    answer.close()
    return all(part.startswith(b"event: beat") for part in rest)


@pytest.mark.parametrize("deed", ["fermer", "code"])
def test_nobody_locks_the_last_administrator_out(scene: Scene, admin: FlaskClient, deed: str) -> None:
    invite(admin, "Une autre", "admin")  # who has no password yet is no administrator yet
    answer = admin.post(f"/acces/account-admin/{deed}")
    assert answer.status_code == 422
    assert "seul administrateur" in answer.text
    assert admin.get("/").status_code == 200
    form = {"name": ADMIN, "role": "concierge", "sites": SITE}
    assert admin.post("/acces/account-admin", data=form).status_code == 422
    assert opens(scene.app.test_client(), invite(admin, "Une troisième", "admin")) == 302
    assert admin.post("/acces/account-admin/fermer").status_code == 302
    assert admin.get("/").status_code == 302


def test_a_faulty_form_says_what_is_wrong_and_makes_no_account(scene: Scene, admin: FlaskClient) -> None:
    faulty: list[tuple[dict[str, object], str]] = [
        ({"name": ""}, "Écrivez un nom"),
        ({"name": CONCIERGE}, "déjà ce nom"),
        ({"name": CONCIERGE.upper()}, "déjà ce nom"),
        ({"name": f"{CONCIERGE}\u200b"}, "déjà ce nom"),
        ({"name": f"\u202e\x00{CONCIERGE}"}, "déjà ce nom"),
        ({"name": "\u200b\x00"}, "Écrivez un nom"),
        ({"name": f"{CONCIERGE}\u3164"}, "personne ne voit"),
        ({"name": "x" * 121}, "Écrivez un nom"),
        ({"role": "king"}, "Choisissez ce que"),
        ({"role": "lead", "sites": []}, "Choisissez au moins un site"),
        ({"sites": ["ailleurs"]}, "Choisissez au moins un site"),
    ]
    for changed, why in faulty:
        answer = admin.post("/acces", data={"name": "Nadia", "role": "concierge", "sites": [SITE]} | changed)
        assert answer.status_code == 422
        assert why in answer.text
    with reading(scene.hub.engine) as connection:
        assert len(connection.execute(select(accounts)).all()) == 2


def test_a_lead_looks_after_those_below_at_their_sites_and_sees_no_others(
    scene: Scene, lead: FlaskClient
) -> None:
    page = lead.get("/acces").text
    assert CONCIERGE in page
    assert ADMIN not in page
    assert "Résidence paris" not in page
    for form in (
        {"name": "Chef", "role": "lead", "sites": [SITE]},
        {"name": "Chef", "role": "admin"},
        {"name": "Chef", "role": "concierge", "sites": ["paris"]},
    ):
        assert lead.post("/acces", data=form).status_code == 422
    assert lead.get("/acces/account-admin").status_code == 404
    assert lead.post("/acces/account-admin/code").status_code == 404
    assert opens(scene.app.test_client(), invite(lead, "Omar", "concierge", SITE, "metz")) == 302
    with writing(scene.hub.engine) as connection:
        elsewhere = create_account(connection, "Ailleurs", None, "concierge", 0, sites=[SITE, "paris"])
    assert lead.post(f"/acces/{elsewhere}/fermer").status_code == 404
    assert lead.post(f"{CONCIERGES}/fermer").status_code == 302


def test_a_lead_has_the_team_in_hand_and_a_concierge_has_not(
    scene: Scene, lead: FlaskClient, concierge: FlaskClient
) -> None:
    member = f"/sites/{SITE}/equipe/{scene.member}"
    assert concierge.post(f"{member}/code").status_code == 403
    answer = lead.post(f"{member}/code")
    assert answer.status_code == 200
    assert re.search(r"\b\d{6}\b", answer.text)
    assert 'name="initials"' in lead.get(f"/sites/{SITE}/equipe").text


def test_what_is_of_every_site_is_changed_by_who_sees_them_all(
    scene: Scene, admin: FlaskClient, lead: FlaskClient
) -> None:
    where = f"/sites/{SITE}/financeurs/employeurs"
    for client, name in ((admin, "Le réseau"), (lead, "Les régies")):
        assert client.post(where, data={"employer": name, "everywhere": "yes"}).status_code == 302
    page = lead.get(f"/sites/{SITE}/financeurs").text
    assert page.count("/retirer") == 1
    with reading(scene.hub.engine) as connection:
        of = {row.name: row for row in connection.execute(select(employers))}
    assert (of["Le réseau"].site, of["Les régies"].site) == (None, SITE)
    assert lead.post(f"{where}/{of['Le réseau'].id}/retirer").status_code == 404
    assert admin.post(f"{where}/{of['Le réseau'].id}/retirer").status_code == 302


def test_who_sees_some_sites_finds_and_is_told_of_nothing_elsewhere(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    scene.hub.site("metz")
    scene.connect()
    scene.deposit("I1", 0, 3)
    scene.jam("I1", 0, 3)
    shown = "Benali", "/colis/I1"
    for client, seen in ((concierge, True), (admin, True)):
        page = client.post("/recherche", data={"q": "benali"}).text
        assert all((one in page) is seen for one in shown)
        assert ("6AI1</bdi>" in client.post("/recherche", data={"q": "6AI1"}).text) is seen
        assert ('id="thing-blocked' in client.get("/").text) is seen
    admin.post(CONCIERGES, data={"name": CONCIERGE, "role": "concierge", "sites": "metz"})
    for words in ("benali", "6AI1", "20"):
        assert not any(one in concierge.post("/recherche", data={"q": words}).text for one in shown)
    for client, seen in ((admin, True), (concierge, False)):  # open pages share what is the same for both
        answer = client.get("/flux", buffered=False)
        assert (b"thing-blocked" in next(iter(answer.iter_encoded()))) is seen
        answer.close()
    page = concierge.get("/").text
    assert "thing-blocked" not in page
    assert SITE not in page
    assert concierge.get("/colis/I1").status_code == 404


def test_an_alarm_is_seen_to_only_where_it_is_ones_own(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    scene.hub.site("metz")
    admin.post(CONCIERGES, data={"name": CONCIERGE, "role": "concierge", "sites": "metz"})
    for event in ("revoked:borny-kiosk", "stranger:", "e-nobody-knows"):
        assert concierge.post("/vu", data={"event": event}).status_code == 404
        assert admin.post("/vu", data={"event": event}).status_code == 302


def test_a_client_reads_figures_and_no_name(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    client = scene.app.test_client()
    assert opens(client, invite(admin, "Karim", "client")) == 302
    assert client.get("/").headers["Location"] == f"/sites/{SITE}/suivi"
    page = client.get(f"/sites/{SITE}/suivi").text
    assert "Occupée <b>1</b>" in page
    assert "Benali" not in page
    assert re.findall(r'href="([^"]*/casiers[^"]*)"', page) == [f"/sites/{SITE}/casiers/chiffres"]
    assert client.get(f"/sites/{SITE}/casiers/chiffres").status_code == 200
    assert "/recherche" not in page
