"""Orders as the pages show them, what is done to them there, and what they come to."""

import csv
import html
import io
import re
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient

from contract import messages as m
from contract.bag_tag import printed
from hub.store import partners
from hub.store.database import reading, writing
from hub.store.order_book import order_of
from hub.store.partners import Partner
from tests.fakes.hub_scene import PEOPLE, SITE, Scene

PAGE = f"/sites/{SITE}/commandes"
MONEY = f"/sites/{SITE}/comptes"
HOUR_MS = 3_600_000
PAYMENT = "0" * 32


@pytest.fixture
def partner(scene: Scene, concierge: FlaskClient) -> str:
    scene.connect()
    with writing(scene.hub.engine) as connection:
        return partners.add_partner(connection, Partner("Cordonnerie Bellecroix"), SITE, 0)


def place(scene: Scene, partner: str, order: str, **more: Any) -> None:
    """Somebody ordered at the kiosk."""
    plain: dict[str, Any] = {
        "person": scene.people[0],
        "way": "code",
        "service": "shoes",
        "version": 1,
        "kind": "object",
        "partner": partner,
        "lines": (m.OrderLine(name="Cordonnerie", unit_cents=1200),),
        "total_cents": 1200,
        "promised_ms": scene.clock.wall_ms() + 8 * HOUR_MS,
        "item": f"i-{order}",
        "number": printed(f"i-{order}"),
    }
    scene.said(m.OrderPlaced(order=order, **(plain | more)))


def text_of(answer: Any) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return " ".join(plain.replace("\xa0", " ").replace("\u202f", " ").split())


def state(scene: Scene, order: str) -> Any:
    with reading(scene.hub.engine) as connection:
        return order_of(connection, SITE, order)


def test_late_orders_come_first_and_where_it_is_is_said(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "soon", promised_ms=scene.clock.wall_ms() + 30 * HOUR_MS)
    place(scene, partner, "late", lines=(m.OrderLine(name="Retouches", unit_cents=800),), total_cents=800)
    tag = printed("i-late")
    hands = m.Holder(kind="partner", id=partner)
    scene.said(
        m.BagTagged(tag=tag, item="i-late", how="printed"),
        m.BagScanned(tag=tag, side="take", holder=hands, item="i-late", post="wash"),
    )
    scene.clock.advance(9 * HOUR_MS)
    page = text_of(concierge.get(PAGE))
    assert page.index("Retouches") < page.index("Cordonnerie ")
    assert "1 commande est en retard" in page
    assert "Chez Cordonnerie Bellecroix" in page
    assert PEOPLE[0].name in page
    assert "Pas encore déposé" in page
    bag = concierge.get(f"/sites/{SITE}/sacs/i-late")
    assert "Cordonnerie Bellecroix" in text_of(bag), "no id is read to anybody"
    assert f"Quoi Retouches Pour {PEOPLE[0].name}" in text_of(bag)
    assert f"{PAGE}/late" in bag.text


def test_an_order_tells_its_whole_story(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    place(scene, partner, "o", pieces=3, weight_grams=4350)
    at_desk = m.Holder(kind="staff", id=scene.member)
    scene.said(
        m.BagTagged(tag=printed("i-o"), item="i-o", how="printed"),
        m.ReceiptShown(order="o", how="print"),
        m.BagScanned(tag=printed("i-o"), side="take", holder=at_desk, item="i-o", post="reception"),
        m.PiecesCounted(item="i-o", by="staff", pieces=2, weight_grams=4305, who=scene.member),
        m.BagNoted(note="n", tag=printed("i-o"), what="stain", by=at_desk, item="i-o"),
        m.QuoteMade(quote="q", order="o", cents=4500, by=m.Holder(kind="partner", id=partner)),
        m.WorkDone(order="o", by=m.Holder(kind="partner", id=partner), ready=1, pieces=3),
    )
    page = text_of(concierge.get(f"{PAGE}/o"))
    for words in (
        "Commandé à la borne, avec le code",
        "Le reçu a été montré",
        "Scanné à l’arrivée : entre les mains de SB · l’accueil",
        "Compté par l’équipe : 2 pièces, 4,305 kg",
        "Poids 4,305 kg",
        "Noté : une tache",
        "Devis du partenaire : 45,00 €",
        "Le partenaire en a fini 1 sur 3",
        "3 par la personne, 2 par l’équipe",
        "elles diffèrent",
        "À payer au partenaire 12,00 €",
    ):
        assert words in page, words


def test_a_quote_is_answered_once_and_is_the_price_then(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "o", total_cents=0, lines=(m.OrderLine(name="Téléphone", unit_cents=0),))
    scene.said(m.QuoteMade(quote="q", order="o", cents=4500, by=m.Holder(kind="partner", id=partner)))
    assert "Le partenaire demande 45,00 €" in text_of(concierge.get(f"{PAGE}/o"))
    stale = concierge.post(f"{PAGE}/o/devis", data={"quote": "older", "answer": "yes"})
    assert stale.status_code == 422
    assert "un autre est arrivé" in text_of(stale)
    assert concierge.post(f"{PAGE}/o/devis", data={"quote": "q", "answer": "maybe"}).status_code == 400
    assert concierge.post(f"{PAGE}/o/devis", data={"quote": "q", "answer": "yes"}).status_code == 302
    assert concierge.post(f"{PAGE}/o/devis", data={"quote": "q", "answer": "no"}).status_code == 422
    page = text_of(concierge.get(f"{PAGE}/o"))
    assert "À payer au partenaire 45,00 €" in page
    assert "Devis accepté au comptoir" in page


def test_what_was_refused_owes_nothing_on_the_page_in_the_accounts_and_for_programs(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "o")
    scene.said(m.QuoteMade(quote="q", order="o", cents=4500, by=m.Holder(kind="partner", id=partner)))
    assert concierge.post(f"{PAGE}/o/devis", data={"quote": "q", "answer": "no"}).status_code == 302
    page = text_of(concierge.get(f"{PAGE}/o"))
    assert "Devis refusé : cela revient sans travail 0,00 €" in page
    assert "À payer au partenaire 0,00 €" in page
    assert "Noter un paiement" not in page
    assert "devis refusé" in text_of(concierge.get(PAGE))
    assert "12,00 €" not in text_of(concierge.get(f"/sites/{SITE}/comptes/{partner}"))


def test_yes_at_the_kiosk_and_no_at_the_counter_are_both_told_and_the_first_stands(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "o", total_cents=0, lines=(m.OrderLine(name="Téléphone", unit_cents=0),))
    scene.said(m.QuoteMade(quote="q", order="o", cents=4500, by=m.Holder(kind="partner", id=partner)))
    scene.clock.advance(HOUR_MS)
    assert concierge.post(f"{PAGE}/o/devis", data={"quote": "q", "answer": "no"}).status_code == 302
    assert "on a dit oui et non" not in text_of(concierge.get(f"{PAGE}/o"))
    scene.clock.advance(-HOUR_MS // 2)  # said before, and heard of later: the site was offline
    scene.said(m.QuoteAnswered(quote="q", order="o", accepted=True, by="person"))
    scene.clock.advance(HOUR_MS)
    page = text_of(concierge.get(f"{PAGE}/o"))
    assert "À ce devis, on a dit oui et non. La première réponse compte : oui." in page
    assert "Devis accepté par la personne" in page
    assert "Devis refusé au comptoir : c’est la première réponse qui compte" in page
    assert "À payer au partenaire 45,00 €" in page
    assert "on a dit oui et non" in text_of(concierge.get(f"/sites/{SITE}/sacs/i-o"))
    assert "on a dit oui et non" in text_of(concierge.get("/"))


def test_what_cannot_be_written_is_said_from_the_page_of_the_order(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    """What was left at the counter has no page among the parcels."""
    place(scene, partner, "o")
    scene.said(m.QuoteMade(quote="q", order="o", cents=4500, by=m.Holder(kind="partner", id=partner)))
    assert "C’est dit" not in concierge.get(f"{PAGE}/o").text
    with writing(scene.hub.engine) as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_ms = NULL, channel = 'slip'")
    lead = concierge.get("/colis/i-o")
    assert (lead.status_code, lead.location) == (302, f"{PAGE}/o")
    assert "C’est dit" in concierge.get(f"{PAGE}/o").text
    assert "C’est dit" not in concierge.post("/colis/i-o/dit", follow_redirects=True).text
    assert concierge.post("/colis/nothing/dit").status_code == 404


def test_a_payment_is_noted_once_however_often_it_is_sent(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "o")
    part = {"payment": PAYMENT, "cents": "5", "how": "terminal"}
    for _ in range(2):
        assert concierge.post(f"{PAGE}/o/paiement", data=part).status_code == 302
    assert state(scene, "o")["paid_cents"] == 500
    rest = part | {"payment": "1" * 32}
    for cents, said in (
        ("7,001", "deux chiffres au plus"),
        ("-7", "pas sous zéro"),
        ("0", "combien a été payé"),
        ("7,01", "reste à payer"),
    ):
        answer = concierge.post(f"{PAGE}/o/paiement", data=rest | {"cents": cents})
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert concierge.post(f"{PAGE}/o/paiement", data=rest | {"how": "us"}).status_code == 400
    assert concierge.post(f"{PAGE}/o/paiement", data=rest | {"payment": "x"}).status_code == 400
    assert concierge.post(f"{PAGE}/o/paiement", data=rest | {"cents": "7"}).status_code == 302
    assert concierge.post(f"{PAGE}/o/paiement", data=part | {"payment": "2" * 32}).status_code == 422
    assert "tout est payé" in text_of(concierge.get(f"{PAGE}/o"))
    assert concierge.post(f"{PAGE}/nothing/paiement", data=rest).status_code == 404


def test_a_cancelled_order_is_over_and_owes_nothing(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "o")
    assert concierge.post(f"{PAGE}/o/annuler", data={"why": "spite"}).status_code == 400
    assert concierge.post(f"{PAGE}/o/annuler", data={"why": "partner"}).status_code == 302
    again = concierge.post(f"{PAGE}/o/annuler", data={"why": "person"})
    assert again.status_code == 422
    assert "déjà terminée" in text_of(again)
    page = text_of(concierge.get(f"{PAGE}/o"))
    assert "Annulée : le partenaire ne peut pas le faire" in page
    assert "À payer au partenaire 0,00 €" in page
    assert "Noter un paiement" not in page


def test_a_nameless_order_names_nobody_and_other_sites_see_nothing(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "o", anonymous=True, person="made-for-it", way="none")
    page = concierge.get(f"{PAGE}/o")
    assert "sans nom, avec un ticket" in text_of(page)
    assert "/personnes/made" not in page.text
    assert concierge.get(f"{PAGE}/nothing").status_code == 404
    assert concierge.get("/sites/nowhere/commandes/o").status_code == 404
    assert concierge.post("/sites/nowhere/commandes/o/annuler", data={"why": "person"}).status_code == 404


def test_what_nobody_has_seen_yet_is_late_as_an_order_and_not_as_a_bag_to_look_for(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "basket", kind="basket", way="none")
    scene.clock.advance(7 * HOUR_MS)
    soon = text_of(concierge.get("/maintenant"))
    assert "demandez au partenaire" in soon
    about = f"Cordonnerie · {PEOPLE[0].name}"
    assert f"La commande {printed('i-basket')} n’est pas encore prête : {about}" in soon
    scene.clock.advance(2 * HOUR_MS)
    late = text_of(concierge.get("/maintenant"))
    assert f"La commande {printed('i-basket')} est en retard : {about}" in late
    assert "sac" not in late.lower()


def test_what_came_back_and_waits_for_its_person_is_no_late_order(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    for order in ("back", "away"):
        place(scene, partner, order, kind="bag")
    scene.deposit("i-back", 0, 5)
    scene.clock.advance(9 * HOUR_MS)
    late = text_of(concierge.get("/maintenant"))
    assert f"La commande {printed('i-away')} est en retard" in late
    assert printed("i-back") not in late
    found = text_of(concierge.post("/recherche", data={"q": printed("i-back")}))
    for seen in (text_of(concierge.get(f"{PAGE}/back")), found):
        assert "prêt" in seen
        assert "en retard" not in seen
    assert "en retard" in text_of(concierge.get(f"{PAGE}/away"))


def test_a_late_order_without_a_name_says_what_it_is_and_names_nobody(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "basket", kind="basket", way="none", anonymous=True)
    scene.clock.advance(9 * HOUR_MS)
    late = text_of(concierge.get("/maintenant"))
    assert f"La commande {printed('i-basket')} est en retard : Cordonnerie" in late
    assert PEOPLE[0].name not in late


def test_what_is_ready_or_waits_for_an_answer_and_nobody_has_seen_is_late_once_its_promise_broke(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    hands = m.Holder(kind="partner", id=partner)
    for order in ("made", "asked"):
        place(scene, partner, order, kind="basket", way="none")
    scene.said(
        m.WorkDone(order="made", by=hands),
        m.QuoteMade(quote="q", order="asked", cents=900, by=hands),
    )
    assert (state(scene, "made")["state"], state(scene, "asked")["state"]) == ("ready", "quoted")
    scene.clock.advance(7 * HOUR_MS)
    assert "demandez au partenaire" not in text_of(concierge.get("/maintenant")), "it is ready"
    for hours in (2, 98):
        scene.clock.advance(hours * HOUR_MS)
        late = text_of(concierge.get("/maintenant"))
        for order in ("made", "asked"):
            assert f"La commande {printed(f'i-{order}')} est en retard" in late, (order, hours)


def test_the_accounts_of_a_month_by_partner_and_for_a_spreadsheet(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    place(scene, partner, "one", kind="bag", weight_grams=12_350)
    scene.said(m.PiecesCounted(item="i-one", by="staff", pieces=6, weight_grams=12_040))
    place(scene, partner, "two", lines=(m.OrderLine(name="=CMD()", unit_cents=800),), total_cents=800)
    place(scene, partner, "gone", total_cents=9900)
    concierge.post(f"{PAGE}/gone/annuler", data={"why": "person"})
    concierge.post(f"{PAGE}/one/paiement", data={"payment": PAYMENT, "cents": "12", "how": "terminal"})
    page = text_of(concierge.get(MONEY))
    assert "Cordonnerie Bellecroix 2 20,00 € 12,00 € 8,00 €" in page
    assert "Gardé par nous 0,00 €" in page
    assert "Moins que les 80 % voulus" in page
    detail = text_of(concierge.get(f"{MONEY}/{partner}"))
    assert "12,00 € payés au terminal du partenaire" in detail
    assert "8,00 € à payer" in detail
    sheet = concierge.get(f"{MONEY}/export.csv?partenaire={partner}")
    rows = list(csv.reader(io.StringIO(sheet.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][5] == "Poids (kg)"
    assert [row[5:9] for row in rows[1:]] == [
        ["12,040", "12,00", "12,00", "0,00"],
        ["", "8,00", "0,00", "8,00"],
        ["", *["0,00"] * 3],
    ]
    assert rows[2][3] == "'=CMD()"
    assert PEOPLE[0].name not in sheet.text
    book = zipfile.ZipFile(io.BytesIO(concierge.get(f"{MONEY}/export.xlsx").data))
    sheet1 = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet1
    assert "<v>12.04</v>" in sheet1, "a weight can be added up"
    for path in (f"{MONEY}/nobody", f"{MONEY}/export.csv?partenaire=nobody", f"{MONEY}/export.pdf"):
        assert concierge.get(path).status_code == 404


def test_another_month_has_other_accounts(scene: Scene, concierge: FlaskClient, partner: str) -> None:
    place(scene, partner, "one")
    assert "Aucune commande ce mois-ci" in text_of(concierge.get(f"{MONEY}?mois=2026-10"))
    for odd in ("2026-13", "x", "", "2999-01", "2026-11"):
        assert "Cordonnerie Bellecroix" in text_of(concierge.get(f"{MONEY}?mois={odd}"))


def test_the_share_of_the_social_economy_counts_partners_with_their_paper(
    scene: Scene, concierge: FlaskClient, partner: str
) -> None:
    paper = f"/sites/{SITE}/partenaires/{partner}"
    place(scene, partner, "one")
    concierge.post(paper, data={"name": "Cordonnerie", "ess": "yes"})
    assert "Moins que les 80 % voulus" in text_of(concierge.get(MONEY))
    concierge.post(paper, data={"name": "Cordonnerie", "ess": "yes", "proof_day": "2025-01-01"})
    page = text_of(concierge.get(MONEY))
    assert "Moins que" not in page
    assert page.count("100 %") >= 3
