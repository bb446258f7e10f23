"""Staff order for somebody on the telephone: for whom, what, and yes; the paper; and the no."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from contract.codec import decode_fact
from contract.receipt import Receipt, ReceiptLine, seal, word
from hub.core.catalogue import Names, Offer, Option
from hub.core.opening import Opening
from hub.core.promises import Lead
from hub.store import catalogue, partners
from hub.store.database import reading, writing
from hub.store.order_book import orders_under_way
from hub.store.partners import Partner
from hub.store.tables import audit, ledger
from hub.web.guard import zone
from tests.fakes.hub_scene import PEOPLE, SITE, Scene
from tests.hub.test_rebuild import differences

PAGE = f"/sites/{SITE}/commandes/nouvelle"
BASKET: Names = {"fr": "Panier de légumes", "en": "Vegetables"}
EVERY_DAY = tuple(Opening(day, 0, 1440) for day in range(1, 8))


@pytest.fixture
def basket(scene: Scene, concierge: FlaskClient) -> str:
    """A basket that comes every day at 17:00, with bread."""
    scene.connect()
    with scene.app.app_context(), writing(scene.hub.engine) as connection:
        farm = partners.add_partner(connection, Partner("La Ferme"), SITE, 0)
        partners.set_hours(connection, farm, EVERY_DAY)
        offer = Offer(
            partner=farm,
            name=BASKET,
            picture="basket",
            kind="basket",
            way="order",
            cents=1_500,
            leads=(Lead("comes", 1, 720, 1020, (1, 2, 3, 4, 5, 6, 7)),),
            options=(Option("", {"fr": "Pain"}, 320, 3),),
        )
        catalogue.add_service(connection, SITE, Offer(**{**vars(offer), "way": "drop"}), 0, zone())
        return catalogue.add_service(connection, SITE, offer, 0, zone())


def text_of(answer: Any) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return " ".join(plain.replace("\xa0", " ").replace("\u202f", " ").split())


def typed(page: Any) -> dict[str, str]:
    """What the last form of a page would send."""
    form = page.text[page.text.rindex("<form") :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def bread(scene: Scene) -> str:
    with reading(scene.hub.engine) as connection:
        services = catalogue.services_of(connection, SITE)
    return services[-1].offer.options[0].id


def agreed(scene: Scene, client: FlaskClient, service: str, bread_count: str = "2") -> Any:
    """The page that asks for the yes."""
    answers = {
        "person": scene.people[0],
        "service": service,
        "chosen": "yes",
        f"o_{bread(scene)}": bread_count,
    }
    return client.post(PAGE, data=answers)


def facts(scene: Scene) -> list[m.AnyFact]:
    with reading(scene.hub.engine) as connection:
        query = select(ledger.c.body).where(ledger.c.device == "hub.pages").order_by(ledger.c.seq)
        return [decode_fact(bytes(body)) for body in connection.execute(query).scalars()]


def test_one_question_after_the_other_then_it_is_ordered_once(
    scene: Scene, concierge: FlaskClient, basket: str
) -> None:
    assert PEOPLE[0].name in concierge.get(PAGE).text
    found = concierge.post(PAGE, data={"q": "benali"}).text
    assert PEOPLE[0].name in found
    assert PEOPLE[1].name not in found
    offered = text_of(concierge.post(PAGE, data={"person": scene.people[0]}))
    assert offered.count("Panier de légumes") == 1, "only what comes, nothing that is dropped"
    options = text_of(concierge.post(PAGE, data={"person": scene.people[0], "service": basket}))
    assert "Pain · 3,20 €" in options
    page = agreed(scene, concierge, basket)
    assert "2 × Pain 6,40 € À payer au partenaire 21,40 €" in text_of(page)
    assert "Sur place" in text_of(page)
    assert concierge.post(f"{PAGE}/oui", data=typed(page)).status_code == 302
    done = concierge.post(f"{PAGE}/oui", data=typed(page), follow_redirects=True)
    assert "21,40 €" in text_of(done)
    assert "Commandé au comptoir, avec Bilal" in text_of(done)
    [order] = facts(scene)
    assert isinstance(order, m.OrderPlaced)
    assert (order.way, order.person, order.staff, order.total_cents) == (
        "staff",
        scene.people[0],
        "account-concierge",
        2_140,
    )
    assert [(line.name, line.count) for line in order.lines] == [("Panier de légumes", 1), ("Pain", 2)]
    tracked = f"tracked/{order.item}"
    with reading(scene.hub.engine) as connection:
        told = connection.exec_driver_sql("SELECT body FROM feed WHERE key = ?", (tracked,)).scalar_one()
        [action] = connection.execute(select(audit.c.action).where(audit.c.subject == order.order)).scalars()
    assert b'"state":"ordered"' in bytes(told), "kiosks wait for it"
    assert action == "order_placed"
    assert differences(scene.hub) == []


def test_what_changed_meanwhile_is_read_out_again(scene: Scene, concierge: FlaskClient, basket: str) -> None:
    page = agreed(scene, concierge, basket)
    scene.clock.advance(24 * 3_600_000)
    later = concierge.post(f"{PAGE}/oui", data=typed(page))
    assert later.status_code == 422
    assert "Relisez à voix haute" in text_of(later)
    assert concierge.post(f"{PAGE}/oui", data=typed(later) | {"version": "7"}).status_code == 422
    with scene.app.app_context(), writing(scene.hub.engine) as connection:
        catalogue.remove_service(connection, SITE, basket, scene.clock.wall_ms(), zone())
    gone = concierge.post(f"{PAGE}/oui", data=typed(later), follow_redirects=True)
    assert "n’est plus proposé" in text_of(gone)
    assert facts(scene) == []


def test_nothing_strange_is_ordered(scene: Scene, concierge: FlaskClient, basket: str) -> None:
    form = typed(agreed(scene, concierge, basket, "9"))
    assert form[f"o_{bread(scene)}"] == "3", "no more than there may be"
    for change, status in (
        ({"person": "nobody"}, 404),
        ({"order": "x"}, 400),
        ({"promised_ms": "soon"}, 422),
        ({"version": "1e3"}, 422),
    ):
        assert concierge.post(f"{PAGE}/oui", data=form | change).status_code == status
    assert concierge.get("/sites/nowhere/commandes/nouvelle").status_code == 404
    assert facts(scene) == []


def test_its_receipt_is_sealed_and_it_is_cancelled_by_a_button(
    scene: Scene, concierge: FlaskClient, basket: str
) -> None:
    concierge.post(f"{PAGE}/oui", data=typed(agreed(scene, concierge, basket)))
    [order] = [fact for fact in facts(scene) if isinstance(fact, m.OrderPlaced)]
    paper = concierge.post(f"{PAGE}/{order.order}/recu")
    made = Receipt(
        number=order.number,
        order=order.order,
        site="Résidence borny",
        at_ms=scene.clock.wall_ms(),
        service="Panier de légumes",
        partner="La Ferme",
        lines=(ReceiptLine("Panier de légumes", 1, 1_500), ReceiptLine("Pain", 2, 320)),
        total_cents=2_140,
        promised_ms=order.promised_ms,
    )
    assert order.number in paper.text
    assert word(seal(scene.hub.keys.site_key(SITE), made)) in paper.text, "any kiosk of the site can check it"
    assert isinstance(facts(scene)[-1], m.ReceiptShown)
    where = f"/sites/{SITE}/commandes/{order.order}"
    assert "Imprimer le reçu" in concierge.get(where).text
    concierge.post(f"{where}/annuler", data={"why": "person"})
    assert "Imprimer le reçu" not in concierge.get(where).text
    with reading(scene.hub.engine) as connection:
        assert orders_under_way(connection, SITE) == []
    assert concierge.post(f"{PAGE}/nothing/recu").status_code == 404
