"""The catalogue of a site, as a concierge writes it: one form, and at the kiosk at once."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract.messages import Service
from hub.core.catalogue import Listed
from hub.core.promises import Lead
from hub.store import partners
from hub.store.accounts import create_account
from hub.store.catalogue import services_of
from hub.store.database import reading, writing
from hub.store.partners import Partner
from hub.store.sites import create_site
from hub.store.tables import audit
from tests.fakes.hub_scene import SITE, Scene

PAGE = f"/sites/{SITE}/services"
PARTNERS = f"/sites/{SITE}/partenaires"
WHOLE_WEEK = {"days": list("1234567"), "opens": "08:00", "closes": "19:00"}
SHIRTS = {
    "name_fr": "Pressing",
    "name_en": "Dry cleaning",
    "picture": "shirt",
    "kind": "bag",
    "size": "L",
    "way": "drop",
    "price": "4,50",
    "pay": "partner",
    "counted": "yes",
    "lead": "days",
    "lead_days": "0",
    "before": "10:00",
    "ready": "18:00",
    "version": "0",
    "rows": "2",
    "o0_name_fr": "Cintre",
    "o0_price": "0,50",
    "o0_most": "9",
}


@pytest.fixture
def partner(scene: Scene, concierge: FlaskClient) -> str:
    """A partner of this site, as the pages make one."""
    added = concierge.post(f"{PARTNERS}/ajouter", data={"name": "Pressing du Centre"})
    name = re.search(r"/partenaires/([0-9a-f]+)", added.location)
    assert name
    assert concierge.post(f"{PARTNERS}/{name[1]}/ouverture", data=WHOLE_WEEK).status_code == 302
    return name[1]


def offered(scene: Scene) -> list[Listed]:
    with reading(scene.hub.engine) as connection:
        return services_of(connection, SITE)


def whys(page: str) -> list[str]:
    return [html.unescape(text).replace("\xa0", " ") for text in re.findall(r"data-why[^>]*>([^<]+)<", page)]


def alarms(page: str) -> str:
    return " ".join(re.findall(r'role="alert">(.*?)</div>', page, re.DOTALL)).replace("\xa0", " ")


def save(client: FlaskClient, partner: str, path: str = "ajouter", **changes: Any) -> Any:
    data = SHIRTS | {"partner": partner} | changes
    return client.post(f"{PAGE}/{path}", data={name: value for name, value in data.items() if value != ""})


def test_a_service_is_written_in_one_form_and_stands_at_the_kiosk(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    scene.connect()
    assert save(concierge, partner).location == PAGE
    scene.tick()
    [seen] = scene.kiosk.feed.documents("service/").values()
    assert isinstance(seen, Service)
    assert {said.language: said.text for said in seen.name} == {"fr": "Pressing", "en": "Dry cleaning"}
    assert (seen.cents, seen.counted, seen.options[0].unit_cents, seen.options[0].most) == (450, True, 50, 9)
    assert seen.size == "L"
    page = concierge.get(PAGE).text.replace("\xa0", " ").replace("\u202f", " ")
    assert "4,50 €" in page
    assert "Déposé avant demain 10:00, prêt demain 18:00" in page


def test_of_two_rules_the_kiosk_is_told_the_soonest_and_the_form_keeps_both(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    """In before 10:00, out by 18:00; else the next day at 12:00."""
    otherwise = {"lead_2": "days", "lead_days_2": "1", "before_2": "19:00", "ready_2": "12:00"}
    form = SHIRTS | otherwise | {"partner": partner, "lead_3": "none"}
    assert concierge.post(f"{PAGE}/ajouter", data=form).status_code == 302
    [listed] = offered(scene)
    assert listed.offer.leads == (Lead("days", 0, 600, 1080), Lead("days", 1, 1140, 720))
    page = concierge.get(f"{PAGE}/{listed.id}").text
    assert page.count('value="days" checked') == 2
    assert 'name="lead_3" value="none" checked' in page
    told = html.unescape(page[page.index("Ce que la borne promet") :])
    assert re.search(r"19:00.+12:00.+10:00.+18:00", told, re.DOTALL) or re.search(
        r"10:00.+18:00.+19:00.+12:00", told, re.DOTALL
    )
    once = concierge.post(f"{PAGE}/{listed.id}", data=SHIRTS | {"partner": partner, "version": "1"})
    assert once.status_code == 302
    assert len(offered(scene)[0].offer.leads) == 1


def test_it_is_changed_moved_and_taken_off(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    save(concierge, partner)
    save(concierge, partner, name_fr="Retouches", picture="needle")
    first, second = offered(scene)
    shown = concierge.get(f"{PAGE}/{first.id}").text
    assert 'value="Cintre"' in shown
    assert 'value="4,50"' in shown
    assert re.search(r'name="size" value="L" checked', shown)
    option = first.offer.options[0].id
    assert save(concierge, partner, first.id, version="1", o0_id=option, price="5").status_code == 302
    assert concierge.post(f"{PAGE}/{second.id}/deplacer", data={"way": "up"}).status_code == 302
    moved = offered(scene)
    assert [one.id for one in moved] == [second.id, first.id]
    assert (moved[1].offer.cents, moved[1].offer.options[0].id) == (500, option)
    assert concierge.post(f"{PAGE}/{second.id}/deplacer", data={"way": "away"}).status_code == 400
    assert concierge.post(f"{PAGE}/{second.id}/retirer").status_code == 302
    assert concierge.post(f"{PAGE}/{second.id}/retirer").status_code == 404
    assert [one.id for one in offered(scene)] == [first.id]
    with reading(scene.hub.engine) as connection:
        done = set(connection.execute(select(audit.c.action)).scalars())
    assert {"service_added", "service_changed", "service_removed"} <= done


FAULTS: list[tuple[dict[str, str], str]] = [
    ({"price": "12,505"}, "deux chiffres au plus après la virgule"),
    ({"price": "-1"}, "pas sous zéro"),
    ({"price": "gratuit"}, "en chiffres seulement"),
    ({"price": "60000"}, "la virgule est-elle à sa place"),
    ({"price": ""}, "Écrivez un prix"),
    ({"name_fr": ""}, "Écrivez un nom"),
    ({"name_fr": "\u200b "}, "Écrivez un nom"),
    ({"name_fr": "x" * 61}, "60 lettres au plus"),
    ({"o0_name_fr": ""}, "Écrivez un nom"),
    ({"o0_price": "0,555"}, "deux chiffres au plus après la virgule"),
    ({"o0_most": "100"}, "de 1 à 99"),
    ({"lead_days": "x"}, "30 au plus"),
    ({"before": "25:00"}, "au plus 24:00"),
    ({"lead": "van", "lead_days": "1"}, "au moins un jour"),
    ({"lead_2": "days", "lead_days_2": "x", "before_2": "18:00", "ready_2": "12:00"}, "30 au plus"),
    ({"lead_2": "days", "lead_days_2": "1", "before_2": "25:00", "ready_2": "12:00"}, "au plus 24:00"),
    ({"from_day": "2026-12-20", "until_day": "2026-12-01"}, "La fin est avant le début"),
    ({"until_day": "demain"}, "jour du calendrier"),
    ({"partner": "nobody"}, "ne travaille pas ici"),
    ({"partner": ""}, "Choisissez un partenaire"),
]


def test_what_cannot_be_is_refused_in_words_and_stays_to_be_mended(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    for changes, said in FAULTS:
        answer = save(concierge, **{"partner": partner, **changes})
        assert answer.status_code == 422, changes
        assert [said in why for why in whys(answer.text)] == [True], changes
        assert "pas encore enregistré" in alarms(answer.text)
        assert 'value="Dry cleaning"' in answer.text
    assert offered(scene) == []


def test_a_partner_of_another_site_is_refused(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    with writing(scene.hub.engine) as connection:
        create_site(connection, "paris", "Paris", 0)
        other = partners.add_partner(connection, Partner("Ailleurs"), "paris", 0)
    answer = save(concierge, other)
    assert answer.status_code == 422
    assert "ne travaille pas ici" in whys(answer.text)[0]
    assert concierge.get(f"{PARTNERS}/{other}").status_code == 404
    assert "Ailleurs" in concierge.get(PARTNERS).text, "it can be asked to work here too"
    assert concierge.post(f"{PARTNERS}/{other}/ici").status_code == 302
    assert save(concierge, other).status_code == 302


def test_thirty_one_options_are_too_many_and_none_is_lost_on_the_way(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    many = {f"o{number}_name_fr": f"Option {number}" for number in range(31)}
    many |= {f"o{number}_price": "1" for number in range(31)}
    answer = save(concierge, partner, rows="31", **many)
    assert answer.status_code == 422
    assert "30 options au plus" in alarms(answer.text)
    assert 'value="Option 30"' in answer.text
    assert save(concierge, partner, rows="31", o30_gone="yes", **many).status_code == 302
    assert len(offered(scene)[0].offer.options) == 30


def test_an_option_that_was_taken_away_meanwhile_does_not_come_back_by_an_old_form(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    save(concierge, partner)
    [listed] = offered(scene)
    old = {"version": "1", "o0_id": listed.offer.options[0].id}
    assert save(concierge, partner, listed.id, **old, o0_gone="yes").status_code == 302
    answer = save(concierge, partner, listed.id, **old)
    assert answer.status_code == 422
    assert "entre-temps" in alarms(answer.text)
    assert offered(scene)[0].offer.options == ()


def test_a_form_sent_twice_counts_once(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    for _ in range(2):
        assert save(concierge, partner, new="a" * 32).status_code == 302
    [listed] = offered(scene)
    for _ in range(2):
        assert save(concierge, partner, listed.id, version="1", price="5").status_code == 302
    [listed] = offered(scene)
    assert (listed.version, listed.offer.cents, len(listed.offer.options)) == (2, 500, 1)
    again = concierge.post(f"{PARTNERS}/ajouter", data={"name": "PRESSING du centre"})
    assert again.status_code == 422
    assert "déjà dans la liste" in whys(again.text)[0]


def test_more_lines_are_given_without_saving(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    answer = save(concierge, partner, more="yes")
    assert answer.status_code == 200
    assert 'name="o3_price"' in answer.text
    assert offered(scene) == []


def test_a_campaign_is_over_after_its_last_day(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    save(concierge, partner, from_day="2026-11-20", until_day="2026-11-20")
    assert "Le 20 novembre" in concierge.get(PAGE).text
    scene.clock.advance(2 * 86_400_000 + 43_200_000)
    assert "terminé, n’est plus à la borne" in concierge.get(PAGE).text


def test_without_a_partner_there_is_first_one_to_write_down(scene: Scene, concierge: FlaskClient) -> None:
    assert "Ajouter un partenaire" in concierge.get(PAGE).text
    assert concierge.get(f"{PAGE}/ajouter").location == f"{PARTNERS}/ajouter"


def test_other_sites_and_services_are_not_there(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    assert concierge.get(PAGE.replace(SITE, "nowhere")).status_code == 404
    assert concierge.get(f"{PAGE}/nothing").status_code == 404
    assert concierge.post(f"{PAGE}/nothing/retirer").status_code == 404
    assert concierge.post(f"{PAGE}/nothing/deplacer", data={"way": "up"}).status_code == 404


# --- partners ------------------------------------------------------------------------------------


def promises(scene: Scene) -> int:
    scene.tick()
    [seen] = scene.kiosk.feed.documents("service/").values()
    assert isinstance(seen, Service)
    return len(seen.promises)


def test_hours_and_closed_days_of_a_partner_change_what_the_kiosk_promises(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    scene.connect()
    save(concierge, partner)
    assert promises(scene) == 35
    gone = {"weekday": "7", "opens_min": "480"}
    assert concierge.post(f"{PARTNERS}/{partner}/ouverture/retirer", data=gone).status_code == 302
    assert promises(scene) == 30
    holiday = {"from_day": "2026-11-30", "until_day": "2026-12-02"}
    assert concierge.post(f"{PARTNERS}/{partner}/fermetures", data=holiday).status_code == 302
    assert promises(scene) == 27
    page = concierge.get(f"{PARTNERS}/{partner}").text
    assert "Du 30 novembre au 2 décembre" in page
    again = concierge.post(f"{PARTNERS}/{partner}/fermetures", data={"from_day": "2026-12-01"})
    assert again.status_code == 422
    closure = re.search(r"fermetures/([0-9a-f]+)/fin", page)
    assert closure
    assert concierge.post(f"{PARTNERS}/{partner}/fermetures/{closure[1]}/fin").status_code == 302
    assert promises(scene) == 30


def test_a_partner_that_leaves_takes_its_services_along(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    scene.connect()
    save(concierge, partner)
    concierge.post(f"{PARTNERS}/{partner}", data={"name": "Pressing", "phone": "03 87 00 00 00"})
    assert concierge.post(f"{PARTNERS}/{partner}/retirer").status_code == 302
    scene.tick()
    assert scene.kiosk.feed.documents("service/") == {}
    assert offered(scene) == []
    assert concierge.post(f"{PARTNERS}/{partner}/retirer").status_code == 404
    with reading(scene.hub.engine) as connection:
        assert partners.partner_row(connection, partner) is None
        assert partners.partner_names(connection)[partner] == "Pressing"


def test_what_other_sites_live_by_too_is_changed_by_who_sees_all_of_them(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    concierge.post(f"{PARTNERS}/{partner}", data={"name": "Pressing du Centre", "phone": "03 87 00 00 00"})
    concierge.post(f"{PARTNERS}/{partner}/fermetures", data={"from_day": "2026-12-01"})
    closure = re.search(r"fermetures/([0-9a-f]+)/fin", concierge.get(f"{PARTNERS}/{partner}").text)
    assert closure
    scene.hub.site("metz")
    with writing(scene.hub.engine) as connection:
        partners.works_at(connection, partner, "metz")
        lead = create_account(connection, "Lena", None, "lead", 0, sites=(SITE,))
        both = create_account(connection, "Bo", None, "concierge", 0, sites=(SITE, "metz"))
    sunday = {"weekday": "7", "opens_min": "480"}
    changes = {
        "": {"name": "Volé"},
        "/ouverture": WHOLE_WEEK,
        "/ouverture/retirer": sunday,
        "/fermetures": {"from_day": "2026-12-05"},
        f"/fermetures/{closure[1]}/fin": {},
    }
    for who in (concierge, scene.browser(lead)):
        asked = {path: who.post(f"{PARTNERS}/{partner}{path}", data=data) for path, data in changes.items()}
        assert {path: answer.status_code for path, answer in asked.items()} == dict.fromkeys(changes, 403)
    page = concierge.get(f"{PARTNERS}/{partner}").text
    assert "travaille aussi pour d’autres lieux" in page
    assert "+33387000000" not in page
    forms = re.findall(r'<form[^>]+action="([^"]*partenaires[^"]*)"', page)
    assert forms == [f"{PARTNERS}/{partner}/retirer"]
    assert save(concierge, partner).status_code == 302, "their services are still chosen here"
    browser = scene.browser(both)
    assert "travaille aussi" not in browser.get(f"{PARTNERS}/{partner}").text
    assert browser.post(f"{PARTNERS}/{partner}", data={"name": "Pressing"}).status_code == 302
    assert concierge.post(f"{PARTNERS}/{partner}/retirer").status_code == 302, "from here, and from here only"
    with reading(scene.hub.engine) as connection:
        assert partners.sites_of(connection, partner) == ["metz"]


PARTNER_FAULTS: list[tuple[dict[str, str], str]] = [
    ({"name": ""}, "Écrivez un nom"),
    ({"name": "x" * 81}, "80 lettres au plus"),
    ({"phone": "12"}, "06 12 34 56 78"),
    ({"email": "nobody"}, "name@example.org"),
    ({"proof_day": "2027-01-01"}, "jour à venir"),
    ({"proof_day": "2026-02-30"}, "jour du calendrier"),
]


def test_a_faulty_partner_is_refused_in_words(scene: Scene, concierge: FlaskClient) -> None:
    for changes, said in PARTNER_FAULTS:
        answer = concierge.post(f"{PARTNERS}/ajouter", data={"name": "Atelier", "ess": "yes"} | changes)
        assert answer.status_code == 422, changes
        shown = [why.replace("nom@exemple.org", "name@example.org") for why in whys(answer.text)]
        assert [said in why for why in shown] == [True], changes
        assert "checked" in answer.text
    with reading(scene.hub.engine) as connection:
        assert partners.all_partners(connection) == []


def test_the_social_economy_needs_its_paper(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    data = {"name": "Atelier", "ess": "yes"}
    concierge.post(f"{PARTNERS}/{partner}", data=data)
    assert "justificatif manquant" in concierge.get(PARTNERS).text
    concierge.post(f"{PARTNERS}/{partner}", data=data | {"proof_day": "2025-03-01"})
    page = concierge.get(PARTNERS).text
    assert "justificatif manquant" not in page
    assert "économie sociale" in page
