"""A parcel is taken in from a telephone: label, person, place; the lockers note it, or it is not done."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from contract.codec import decode, encode
from contract.order import is_signed
from hub.orders import LIFETIME_MS
from hub.store.database import reading, writing
from hub.store.tables import audit, expected_parcels, items, take_ins
from hub.store.take_ins import forget
from tests.fakes.hub_scene import Scene

PAGE = "/sites/borny/colis/recevoir"
LABEL = "6A12345678905"
B1, B2 = 17, 18
ITEM = "0123456789abcdef0123456789abcdef"
NONCE = "ab" * 16


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    return scene


def ask(scene: Scene, client: FlaskClient, **fields: str) -> str:
    """Ask the lockers to note it; the address of what comes of it."""
    scene.hub.ingest.tick()  # it is awake: what waits for a hub that slept is dead
    form = {"label": LABEL, "carrier": "Colissimo", "person": scene.people[0], "item": ITEM}
    answer = client.post(
        f"{PAGE}/poser", data=form | {"kind": "parcel", "size": "M", "place": str(B1)} | fields
    )
    assert answer.status_code == 302
    return answer.location


def sent(scene: Scene) -> m.TakeIn:
    """The order as the bridge gets it."""
    [asked] = [said for topic, said in scene.hub.ingest.tick() if topic.endswith("/down/order")]
    order = decode(asked, m.NonceAsked).order
    given = encode(m.NonceGiven(order=order, nonce=NONCE))
    [(_, order_bytes)] = scene.hub.ingest.handle("borny-bridge", "reply", given)
    return decode(order_bytes, m.TakeIn)


def replies(scene: Scene, order: str, refused: str | None = None) -> None:
    """Some time after it was asked: a page that is open hears of changes by when they were."""
    scene.clock.advance(50)
    scene.hub.ingest.handle("borny-bridge", "reply", encode(m.OrderTaken(order=order, refused=refused)))


def noted(scene: Scene, order: m.TakeIn, compartment: int = B1) -> None:
    """The lockers did it, and say so."""
    scene.told(
        m.PickupOpened(pickup="p-0", person=order.person, ticket=20, generation=1),
        m.ItemClaimed(
            item=order.item,
            kind=order.kind,
            person=order.person,
            pickup="p-0",
            compartment=compartment,
            allocation=1,
            size=order.size,
            label=order.label,
            carrier=order.carrier,
            order=order.order,
            actor=order.actor,
            named=order.named,
        ),
        m.ItemLeft(item=order.item, compartment=compartment, allocation=1, evidence="shelf"),
    )


def rows(scene: Scene, table: Any) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(table)))


# --- label, person, place ------------------------------------------------------------------------


def test_from_the_label_the_carrier_is_known_and_the_person_is_asked_for(
    lively: Scene, admin: FlaskClient
) -> None:
    assert "data-camera" in admin.get(PAGE).text
    page = admin.post(PAGE, data={"label": LABEL, "read": "yes"}).text
    assert "Pour qui est-ce" in page
    assert 'name="carrier" value="Colissimo"' in page
    assert f'value="{lively.people[0]}"' in page


def test_homonyms_are_told_apart_by_their_flat(lively: Scene, admin: FlaskClient) -> None:
    for flat in ("E5", "F6"):
        admin.post(
            "/sites/borny/personnes/ajouter", data={"name": "Zoé Müller", "flat": flat, "language": "fr"}
        )
    page = admin.post(PAGE, data={"label": LABEL, "q": "muller"}).text
    found = re.findall(r'<span class="fill">([^<]+)</span>.*?</svg> (\w+)</span>', page, re.DOTALL)
    assert found == [("Zoé Müller", "E5"), ("Zoé Müller", "F6")]
    assert "muller" in page, "what was typed is still there"


def test_who_was_announced_with_this_number_is_proposed_first(lively: Scene, admin: FlaskClient) -> None:
    admin.post("/sites/borny/colis", data={"person": lively.people[2], "label": "6A 1234 5678 905"})
    page = admin.post(PAGE, data={"label": LABEL, "read": "yes"}).text
    assert page.index("annoncé avec ce numéro") < page.index('type="search"')
    assert page.count(f'value="{lively.people[2]}"') == 1


def test_what_is_here_already_is_said_with_its_place(lively: Scene, admin: FlaskClient) -> None:
    lively.deposit("12345", 0, 3)
    answer = admin.post(PAGE, data={"label": "6a 12345", "read": "yes"})
    assert answer.status_code == 422
    assert "Ce colis est déjà ici\u00a0: 3" in answer.text
    assert 'href="/colis/12345"' in answer.text


def test_what_is_no_label_is_refused_in_words(lively: Scene, admin: FlaskClient) -> None:
    for label in ("x" * 300, "a\x07b"):
        answer = admin.post(PAGE, data={"label": label, "read": "yes"})
        assert answer.status_code == 422
        assert "pas une étiquette lisible" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "6A\0123"},
        {"label": "9" * 257},
        {"carrier": "Colis\x07simo"},
        {"place": "0000199999"},
        {"place": "00001" + "9" * 300},
        {"place": "0"},
    ],
)
def test_who_leaves_out_the_first_step_is_asked_the_same(
    lively: Scene, admin: FlaskClient, wrong: dict[str, str]
) -> None:
    form = {"label": LABEL, "carrier": "Colissimo", "person": lively.people[0], "item": ITEM}
    answer = admin.post(
        f"{PAGE}/poser", data=form | {"kind": "parcel", "size": "M", "place": str(B1)} | wrong
    )
    assert answer.status_code == 400
    assert rows(lively, take_ins) == []


def test_free_shelf_places_are_offered_and_those_taken_are_not(lively: Scene, admin: FlaskClient) -> None:
    def offered() -> list[str]:
        page = admin.post(PAGE, data={"label": LABEL, "person": lively.people[0]}).text
        return re.findall(r'name="place" value="(\d*)"', page)

    assert offered() == ["", str(B1), str(B2)]
    ask(lively, admin)
    noted(lively, sent(lively))
    assert offered() == ["", str(B2)]


# --- the wish ------------------------------------------------------------------------------------


def test_it_is_done_only_when_the_lockers_say_so(lively: Scene, admin: FlaskClient) -> None:
    address = ask(lively, admin)
    assert "On attend les casiers" in admin.get(address).text
    order = sent(lively)
    assert (order.compartment, order.person, order.size) == (B1, lively.people[0], "M")
    assert (order.label, order.carrier, order.actor) == (LABEL, "Colissimo", "account-admin")
    assert is_signed(lively.hub.keys.order_public_key(), "borny-bridge", order)
    replies(lively, order.order)
    assert "C’est noté" not in admin.get(address).text, "a reply is no fact"
    noted(lively, order)
    page = admin.get(address + "/maintenant").text
    assert "C’est noté\u00a0: place B1" in page
    assert f"/colis/{order.item}" in page
    story = admin.get(f"/colis/{order.item}").text
    assert "Samia l’a reçu depuis un téléphone" in story
    [row] = rows(lively, items)
    assert (row.state, row.named, row.received_ms is not None) == ("waiting", True, True)


def test_its_person_is_told_as_of_any_other_thing(lively: Scene, admin: FlaskClient) -> None:
    ask(lively, admin)
    noted(lively, sent(lively))
    assert "Yasmina Benali" in admin.get("/sites/borny/colis").text
    assert "Dire le code" in admin.get(f"/colis/{ITEM}").text


def test_a_form_sent_twice_asks_for_one_thing(lively: Scene, admin: FlaskClient) -> None:
    assert ask(lively, admin) == ask(lively, admin)
    assert len(rows(lively, take_ins)) == 1
    assert [row.action for row in rows(lively, audit)].count("take_in_asked") == 1


def test_with_the_site_offline_it_is_not_done_and_nothing_stays_behind(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.hub.ingest.lost_broker()
    address = ask(lively, admin)
    assert lively.hub.ingest.tick() == []
    page = admin.get(address).text
    assert "Non exécuté (hors ligne)" in page
    assert "Rien n’a été noté" in page
    assert rows(lively, items) == []
    assert [row.state for row in rows(lively, take_ins)] == ["dead"]
    lively.tick(3600)
    assert rows(lively, items) == []


def test_a_bridge_that_says_nothing_is_waited_for_some_seconds_only(
    lively: Scene, admin: FlaskClient
) -> None:
    address = ask(lively, admin)
    lively.hub.ingest.tick()
    lively.clock.advance(LIFETIME_MS)
    assert lively.hub.ingest.tick() == []
    assert "Non exécuté\u00a0: pas de réponse à temps" in admin.get(address).text


def test_a_refusal_is_told_in_words_and_can_be_tried_with_another_place(
    lively: Scene, admin: FlaskClient
) -> None:
    told = {"taken": "autre chose est posé", "full": "aucune place", "item": "déjà noté", "tickets": "ticket"}
    asked: dict[str, str] = {}
    for why, words in told.items():
        address = ask(lively, admin, **asked)
        replies(lively, sent(lively).order, why)
        page = admin.get(address).text
        assert words in page
        asked = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert "Où le posez-vous" in admin.post(PAGE, data=asked).text
        asked |= {"place": str(B2)}
    assert {row.item for row in rows(lively, take_ins)} == {ITEM}, "the same thing: it is not noted twice"


def test_without_a_name_it_is_to_be_identified(lively: Scene, admin: FlaskClient) -> None:
    page = admin.post(PAGE, data={"label": LABEL, "nameless": "yes"}).text
    assert "À identifier" in page
    ask(lively, admin, person="")
    order = sent(lively)
    assert not order.named
    assert order.person not in lively.people
    noted(lively, order)
    assert LABEL in admin.get("/sites/borny/colis/a-identifier").text


def test_a_name_typed_for_a_number_never_leaves_this_page(lively: Scene, admin: FlaskClient) -> None:
    ask(lively, admin, label="Yasmina Benali")
    assert sent(lively).label.startswith("#")


def test_a_form_that_is_none_of_ours_is_refused(lively: Scene, admin: FlaskClient) -> None:
    form = {"label": LABEL, "person": lively.people[0], "item": ITEM, "kind": "parcel", "size": "M"}
    for wrong in ({"size": "XXL"}, {"kind": "basket"}, {"place": "0"}, {"place": "²"}, {"carrier": "a\0b"}):
        assert admin.post(f"{PAGE}/poser", data=form | wrong).status_code == 400, wrong
    assert rows(lively, take_ins) == []


def test_a_person_of_nowhere_is_refused(lively: Scene, admin: FlaskClient) -> None:
    assert admin.post(PAGE, data={"label": LABEL, "person": "nobody"}).status_code == 404
    form = {"label": LABEL, "person": "nobody", "kind": "parcel", "size": "M"}
    assert admin.post(f"{PAGE}/poser", data=form).status_code == 404


def test_for_a_door_it_is_announced_to_the_kiosk_once(lively: Scene, admin: FlaskClient) -> None:
    form = {"label": LABEL, "person": lively.people[1], "carrier": "Colissimo", "kind": "parcel", "size": "M"}
    for _ in range(2):
        answer = admin.post(f"{PAGE}/annoncer", data=form)
        assert answer.status_code == 302
    [row] = rows(lively, expected_parcels)
    assert (row.label, row.person, row.carrier) == (LABEL, lively.people[1], "Colissimo")
    assert "Annoncé" in admin.get(answer.location).text


def test_what_was_announced_is_off_the_list_once_it_is_noted(lively: Scene, admin: FlaskClient) -> None:
    admin.post("/sites/borny/colis", data={"person": lively.people[0], "label": LABEL})
    ask(lively, admin)
    noted(lively, sent(lively))
    [row] = rows(lively, expected_parcels)
    assert row.item == ITEM


def test_a_wish_is_forgotten_a_day_later(lively: Scene, admin: FlaskClient) -> None:
    ask(lively, admin)
    lively.clock.advance(86_400_001)
    with writing(lively.hub.engine) as connection:
        assert forget(connection, lively.clock.wall_ms()) == 1
    assert rows(lively, take_ins) == []


def test_a_stranger_sees_nothing_of_it(lively: Scene, admin: FlaskClient) -> None:
    address = ask(lively, admin)
    for path in (PAGE, address):
        assert lively.app.test_client().get(path).status_code == 302
