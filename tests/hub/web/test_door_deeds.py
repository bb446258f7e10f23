"""What is wished of a door on its page: two people for an occupied one, tests, service, another place."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from contract.codec import decode, encode
from contract.order import is_signed
from hub.store.account_care import change_account, close_account, invite
from hub.store.accounts import set_sites
from hub.store.audit import note
from hub.store.database import Connection, reading, writing
from hub.store.door_wishes import CONFIRM_MS, ONE_HAND_MS, Seen, wish_open
from hub.store.orders import became
from hub.store.tables import audit, move_asks, orders
from tests.fakes.hub_scene import Scene

SITE = "/sites/borny"
DOOR = f"{SITE}/casiers/3"
OPEN = {"reason": "code_trouble", "sure": "yes", "allocation": "1", "item": "i1"}
FREE = {"allocation": "0", "item": ""}


@pytest.fixture
def lively(scene: Scene) -> Scene:
    """A parcel behind door 3; the hub is awake."""
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.hub.ingest.tick()
    return scene


def rows(scene: Scene, table: Any = orders) -> list[Any]:
    with reading(scene.hub.engine) as connection:
        return list(connection.execute(select(table)))


def notes(scene: Scene) -> list[tuple[str, str, str]]:
    return [(row.action, row.account, row.detail) for row in rows(scene, audit)]


def sent(scene: Scene) -> m.RemoteOpen | m.SetUse:
    """The order as the bridge gets it, once it has given its nonce."""
    [asked] = [said for topic, said in scene.hub.ingest.tick() if topic.endswith("/down/order")]
    order = decode(asked, m.NonceAsked).order
    given = encode(m.NonceGiven(order=order, nonce="ab" * 16))
    [(_, signed)] = scene.hub.ingest.handle("borny-bridge", "reply", given)
    return decode(signed, m.RemoteOpen | m.SetUse)  # type: ignore[arg-type]


def carried_out(scene: Scene, order: m.RemoteOpen, *then: m.Fact) -> None:
    """The bridge begins, and `then` happens at the door."""
    intent = m.DoorIntent(
        operation=f"op-{order.order}",
        compartment=order.compartment,
        allocation=order.allocation,
        attempt=1,
        purpose="remote",
        authority="order",
        actor=order.actor,
        reason=order.reason,
        order=order.order,
    )
    scene.told(intent, *then)


# --- two people for an occupied door -------------------------------------------------------------


def test_alone_nobody_opens_an_occupied_door(lively: Scene, admin: FlaskClient) -> None:
    assert admin.post(f"{DOOR}/ouvrir", data=OPEN).status_code == 400
    assert admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "nobody"}).status_code == 400
    assert rows(lively) == []
    assert lively.hub.ingest.tick() == []


@pytest.mark.parametrize(("consent", "said"), [("present", "était là"), ("phone", "au téléphone")])
def test_its_person_agrees_and_who_says_so_stands_in_the_audit(
    lively: Scene, admin: FlaskClient, consent: str, said: str
) -> None:
    assert admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": consent}).status_code == 302
    order = sent(lively)
    assert isinstance(order, m.RemoteOpen)
    assert (order.reason, order.allocation) == ("code_trouble", 1)
    assert notes(lively) == [("open_asked", "account-admin", f"3: code_trouble, {consent}")]
    assert said in admin.get(DOOR).text
    by = f"op-{order.order}"
    carried_out(
        lively, order, m.DoorOpened(operation=by, compartment=3), m.DoorClosed(operation=by, compartment=3)
    )
    assert "D’ici là, il compte comme dedans" in admin.get(DOOR).text, "no sensor sees what was taken"


def test_a_colleague_agrees_on_their_own_screen_and_only_then_it_is_sent(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    [wish] = rows(lively)
    assert lively.hub.ingest.tick() == [], "nothing is sent while one person alone wants it"
    agree = f"{SITE}/casiers/accords/{wish.id}"
    assert admin.post(agree, data={"answer": "yes"}).status_code == 403, "not their own"
    assert "D’accord" not in admin.get(DOOR).text
    first = concierge.get("/").text
    assert "il faut l’accord d’une deuxième personne" in first
    assert f'href="{DOOR}#ouverture"' in first
    assert "D’accord\N{NO-BREAK SPACE}: ouvrir la porte 3" in concierge.get(DOOR).text
    assert concierge.post(agree, data={"answer": "yes"}).status_code == 302
    order = sent(lively)
    assert order.actor == "account-admin"
    assert is_signed(lively.hub.keys.order_public_key(), "borny-bridge", order)
    assert [(action, who) for action, who, _ in notes(lively)] == [
        ("open_asked", "account-admin"),
        ("open_agreed", "account-concierge"),
    ]
    assert "Bilal était d’accord" in admin.get(DOOR).text
    assert "deuxième personne" not in admin.get("/").text
    concierge.post(agree, data={"answer": "yes"})
    assert lively.hub.ingest.tick() == [], "agreed to once, sent once"


def test_what_somebody_asked_opens_nothing_once_they_may_not_any_more(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.hub.site("metz")
    who, now_ms = "account-concierge", lively.clock.wall_ms()
    deeds: list[Callable[[Connection], object]] = [
        lambda connection: change_account(connection, who, "Bilal", "concierge", ["metz"], None, now_ms),
        lambda connection: change_account(connection, who, "Bilal", "client", ["borny"], None, now_ms),
        lambda connection: invite(connection, who, "somebody", now_ms),
        lambda connection: close_account(connection, who, now_ms),
    ]
    for number, deed in enumerate(deeds, 1):
        with writing(lively.hub.engine) as connection:
            change_account(connection, who, "Bilal", "concierge", ["borny"], None, now_ms)
            order = wish_open(connection, "borny", 3, Seen(1, "i1"), who, "code_trouble", now_ms, "second")
            deed(connection)
        assert [(row.state, row.why) for row in rows(lively)] == [("dead", "lapsed")] * number
    assert "n’en a plus le droit" in admin.get(DOOR).text
    admin.post(f"{SITE}/casiers/accords/{order}", data={"answer": "yes"})
    assert lively.hub.ingest.tick() == []


def test_who_asked_is_looked_at_again_when_somebody_agrees(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    concierge.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    [wish] = rows(lively)
    with writing(lively.hub.engine) as connection:
        set_sites(connection, "account-concierge", [])
    admin.post(f"{SITE}/casiers/accords/{wish.id}", data={"answer": "yes"})
    assert [(row.state, row.why) for row in rows(lively)] == [("dead", "lapsed")]


def test_nobody_is_both_people_by_an_account_they_gave_the_code_of(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    page = admin.post("/acces", data={"name": "Nadia", "role": "concierge", "sites": ["borny"]}).text
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)[0]
    other = lively.browser()
    phrase = "encore une phrase facile"
    other.post("/bienvenue", data={"code": code, "password": phrase, "again": phrase})
    for asks, agrees in ((admin, other), (other, admin)):
        asks.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
        [wish] = [row for row in rows(lively) if row.state == "waits"]
        address = f"{SITE}/casiers/accords/{wish.id}"
        refused = agrees.post(address, data={"answer": "yes"})
        assert refused.status_code == 403
        assert "a reçu son code de l’autre" in refused.text
    assert concierge.post(address, data={"answer": "yes"}).status_code == 302, "somebody else may"
    assert {row.state for row in rows(lively)} == {"dead", "asked"}


def test_after_thirty_days_who_was_invited_is_a_colleague_like_any_other(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    with writing(lively.hub.engine) as connection:
        at_ms = lively.clock.wall_ms() - ONE_HAND_MS - 1
        note(connection, at_ms, "account-admin", "account_code", subject="account-concierge")
    admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    [wish] = rows(lively)
    assert concierge.post(f"{SITE}/casiers/accords/{wish.id}", data={"answer": "yes"}).status_code == 302
    assert [row.state for row in rows(lively)] == ["asked"]


def test_after_ten_minutes_nobody_agrees_to_it_any_more(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    [wish] = rows(lively)
    lively.clock.advance(CONFIRM_MS)
    concierge.post(f"{SITE}/casiers/accords/{wish.id}", data={"answer": "yes"})
    lively.hub.ingest.tick()
    lively.hub.ingest.tick()
    assert [row.state for row in rows(lively)] == ["waits"]
    page = concierge.get(DOOR).text
    assert "aucun collègue n’a dit oui à temps" in page
    assert "ouvrir la porte 3</button>" not in page
    assert "deuxième personne" not in concierge.get("/").text


def test_what_was_agreed_to_is_not_opened_once_something_else_lies_there(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    [wish] = rows(lively)
    lively.collect("i1", 0, 3)
    concierge.post(f"{SITE}/casiers/accords/{wish.id}", data={"answer": "yes"})
    assert [row.state for row in rows(lively)] == ["dead"]
    assert "autre chose est derrière cette porte maintenant" in concierge.get(DOOR).text


def test_who_asked_takes_it_back_and_a_new_wish_replaces_an_old_one(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    [wish] = rows(lively)
    address = f"{SITE}/casiers/accords/{wish.id}"
    concierge.post(address, data={"answer": "no"})
    assert [row.state for row in rows(lively)] == ["waits"], "not theirs to take back"
    admin.post(address, data={"answer": "no"})
    assert "demande annulée" in admin.get(DOOR).text
    for _ in range(2):
        admin.post(f"{DOOR}/ouvrir", data=OPEN | {"consent": "second"})
    assert [row.state for row in rows(lively)].count("waits") == 1
    assert admin.post(f"{SITE}/casiers/accords/nothing", data={"answer": "yes"}).status_code == 404
    assert admin.post(f"/sites/nowhere/casiers/accords/{wish.id}").status_code == 404


# --- the test of a door --------------------------------------------------------------------------


def test_a_test_passes_on_what_the_sensor_saw_and_ends_the_card_of_a_jam(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.jam("i1", 0, 3)
    lively.collect("i1", 0, 3)
    jam = m.DoorIntent(
        operation="stuck",
        compartment=5,
        allocation=0,
        attempt=1,
        purpose="inspect",
        authority="staff",
        actor=lively.member,
    )
    lively.told(jam, m.DoorNotOpened(operation="stuck", compartment=5, why="stayed_shut"))
    assert "La porte 5 ne s’est pas ouverte" in admin.get("/").text
    lively.hub.ingest.tick()
    admin.post(f"{SITE}/casiers/5/essai", data=FREE | {"sure": "yes"})
    order = sent(lively)
    assert isinstance(order, m.RemoteOpen)
    assert order.reason == "test"
    carried_out(lively, order, m.DoorPulsed(operation=f"op-{order.order}", compartment=5, attempt=1))
    assert "Essai réussi" not in admin.get(f"{SITE}/casiers/5").text
    lively.told(m.DoorOpened(operation=f"op-{order.order}", compartment=5))
    assert "l’essai finit quand le capteur le voit" in admin.get(f"{SITE}/casiers/5").text
    lively.told(m.DoorClosed(operation=f"op-{order.order}", compartment=5, open_ms=4000))
    page = admin.get(f"{SITE}/casiers/5").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Essai réussi : ouverte en 1,0 s, refermée 1,0 s plus tard" in page
    assert "La porte 5 ne s’est pas ouverte" not in admin.get("/").text


def test_a_test_fails_when_the_door_stays_shut(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{SITE}/casiers/5/essai", data=FREE | {"sure": "yes"})
    order = sent(lively)
    assert isinstance(order, m.RemoteOpen)
    shut = m.DoorNotOpened(operation=f"op-{order.order}", compartment=5, why="stayed_shut")
    carried_out(lively, order, shut)
    assert "Essai raté" in admin.get(f"{SITE}/casiers/5").text
    assert "La porte 5 ne s’est pas ouverte" in admin.get("/").text


def test_an_occupied_door_is_not_tested(lively: Scene, admin: FlaskClient) -> None:
    assert 'id="essai"' not in admin.get(DOOR).text
    assert admin.post(f"{DOOR}/essai", data={**OPEN}).status_code == 400
    assert admin.post(f"{SITE}/casiers/5/essai", data=FREE).status_code == 400, "nobody stands there"
    assert rows(lively) == []


# --- out of service, and back --------------------------------------------------------------------


def test_out_of_service_and_back_are_done_once_the_lockers_have_noted_it(
    lively: Scene, admin: FlaskClient
) -> None:
    door = f"{SITE}/casiers/5"
    admin.post(f"{door}/service", data=FREE | {"reason": "lock"})
    order = sent(lively)
    assert isinstance(order, m.SetUse)
    assert (order.compartment, order.usable, order.reason) == (5, False, "lock")
    lively.hub.ingest.handle("borny-bridge", "reply", encode(m.OrderTaken(order=order.order)))
    assert "elle n’est pas encore notée" in admin.get(door).text
    noted: Any = {"compartment": 5, "actor": order.actor, "order": order.order}
    lively.told(m.CompartmentChecked(usable=False, why="lock", **noted))
    page = admin.get(door).text
    assert "Les casiers l’ont mise hors service" in page
    assert "La serrure ne tient pas" in page
    assert "Samia a mis la porte 5 hors service" in page, "in the door’s own history"
    assert "Remettre en service…" in admin.get(f"{door}/maintenant").text, "open pages offer it at once"
    lively.hub.ingest.tick()
    assert admin.post(f"{door}/service", data=FREE | {"usable": "yes"}).status_code == 400
    admin.post(f"{door}/service", data=FREE | {"usable": "yes", "looked": "yes"})
    back = sent(lively)
    assert isinstance(back, m.SetUse)
    assert back.usable
    lively.told(m.CompartmentChecked(usable=True, why=back.reason, **noted | {"order": back.order}))
    assert "Les casiers s’en servent de nouveau" in admin.get(door).text
    assert [action for action, *_ in notes(lively)] == ["service_out_asked", "service_in_asked"]


def test_what_holds_something_goes_out_of_service_and_never_back_before_it_is_empty(
    lively: Scene, admin: FlaskClient
) -> None:
    seen = {"allocation": "1", "item": "i1"}
    assert admin.post(f"{DOOR}/service", data=seen | {"reason": "damaged"}).status_code == 302
    answer = admin.post(f"{DOOR}/service", data=seen | {"usable": "yes", "looked": "yes"})
    assert answer.status_code == 409
    assert admin.post(f"{DOOR}/service", data=seen | {"reason": "words"}).status_code == 400


def test_offline_nothing_is_done_and_the_page_says_so(lively: Scene, admin: FlaskClient) -> None:
    lively.bridge.disconnect(lively.hub)
    admin.post(f"{SITE}/casiers/5/service", data=FREE | {"reason": "dirty"})
    assert lively.hub.ingest.tick() == []
    assert "Non exécuté (hors ligne)" in admin.get(f"{SITE}/casiers/5").text


def test_a_refusal_of_the_lockers_is_said_and_a_later_fact_has_the_last_word(
    lively: Scene, admin: FlaskClient
) -> None:
    admin.post(f"{SITE}/casiers/5/service", data=FREE | {"reason": "dirty"})
    [wish] = rows(lively)
    with writing(lively.hub.engine) as connection:
        became(connection, wish.id, "refused", lively.clock.wall_ms(), why="busy")
    assert "une porte bouge, ou est ouverte" in admin.get(f"{SITE}/casiers/5").text
    lively.told(m.CompartmentChecked(compartment=5, usable=False, actor=wish.actor, order=wish.id))
    lively.told(m.OrderRefused(order=wish.id, why="busy", compartment=5))
    assert [row.state for row in rows(lively)] == ["done"]


# --- another place -------------------------------------------------------------------------------


def test_another_place_is_a_card_for_whoever_is_there_until_it_lies_elsewhere(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    page = admin.get(DOOR).text
    free = re.search(r"assez grandes\xa0:\s*<b>([^<]*)</b>", page)
    assert free
    assert free[1].split(", ")[0] == "10", "of its size, and nothing lies there"
    seen = {"allocation": "1", "item": "i1"}
    assert admin.post(f"{DOOR}/deplacer", data=seen | {"reason": "stuck"}).status_code == 302
    first = concierge.get("/").text
    assert "À déplacer\N{NO-BREAK SPACE}: ce qui est derrière la porte 3" in first
    assert "La porte coince" in first
    assert "Samia a demandé une autre place" in admin.get("/colis/i1").text
    moved: Any = {"item": "i1", "compartment": 3, "allocation": 1}
    lively.told(m.ItemTakenOut(staff=lively.member, why="move", evidence="door", operation="t1", **moved))
    assert "À déplacer" not in concierge.get("/").text
    assert len(rows(lively, move_asks)) == 1


def test_nothing_is_moved_that_is_not_there_any_more(lively: Scene, admin: FlaskClient) -> None:
    lively.collect("i1", 0, 3)
    seen = {"allocation": "1", "item": "i1", "reason": "stuck"}
    assert admin.post(f"{DOOR}/deplacer", data=seen).status_code == 409
    assert rows(lively, move_asks) == []


# --- the page ------------------------------------------------------------------------------------


def test_a_stuck_door_offers_what_helps_in_its_order(lively: Scene, admin: FlaskClient) -> None:
    lively.jam("i1", 0, 3)
    page = admin.get(DOOR).text
    places = [page.index(f'id="{deed}"') for deed in ("reessayer", "ouvrir", "deplacer", "hors-service")]
    assert places == sorted(places)
    assert 'id="reessayer"' not in admin.get(f"{SITE}/casiers/5").text


def test_the_page_says_by_which_evidence_it_is_known(lively: Scene, admin: FlaskClient) -> None:
    assert "Le capteur a vu la porte s’ouvrir, puis se fermer dessus" in admin.get(DOOR).text
    assert "En 90 jours\N{NO-BREAK SPACE}: ordres d’ouverture 1, restée fermée 0." in admin.get(DOOR).text
    assert "Rien n’y a été posé" in admin.get(f"{SITE}/casiers/5").text
