"""The lockers on the page, one door, and opening it from afar."""

import re

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import messages as m
from contract.bag_tag import printed
from hub.store.accounts import create_account
from hub.store.database import reading, writing
from hub.store.devices import exchanged, incident, presence
from hub.store.orders import became
from hub.store.tables import audit, orders
from tests.fakes.hub_scene import SITE, Scene

DOOR = "/sites/borny/casiers/3"
SURE = {"reason": "look_inside", "sure": "yes", "allocation": "0", "item": ""}


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.connect()
    return scene


def drawn(client: FlaskClient, compartment: int) -> str:
    """What a voice says of a door in the drawing."""
    page = client.get("/sites/borny/casiers").text
    found = re.search(rf'id="door-{compartment}"[^>]*aria-label="([^"]*)"', page)
    assert found
    return found[1]


def asked(scene: Scene) -> str:
    with reading(scene.hub.engine) as connection:
        return str(connection.execute(select(orders.c.id)).scalar_one())


def test_the_drawing_says_in_words_how_each_door_stands(lively: Scene, admin: FlaskClient) -> None:
    lively.deposit("i1", 0, 3)
    lively.told(m.DoorForced(compartment=5), m.BoardSilent(board="b1", compartments=(6,), why="no answer"))
    lively.told(m.CompartmentChecked(compartment=7, usable=False, actor="x", why="charnière"))
    assert drawn(admin, 1) == "Porte 1, Libre"
    assert drawn(admin, 3) == "Porte 3, Occupée"
    assert drawn(admin, 5) == "Porte 5, Forcée"
    assert drawn(admin, 6) == "Porte 6, Inconnue"
    assert drawn(admin, 7) == "Porte 7, Hors usage"
    assert drawn(admin, 17) == "Étagère B1, Libre"


def test_nobody_is_said_to_have_looked_behind_a_door_who_did_not(lively: Scene, admin: FlaskClient) -> None:
    lively.told(m.CompartmentChecked(compartment=9, usable=True, actor="first_start"))
    page = admin.get("/sites/borny/casiers/9").text
    assert "ces casiers sont neufs" in page
    assert page.count("a regardé") == 1  # SB, before
    lively.told(m.CompartmentChecked(compartment=3, usable=False, actor="borny-bridge"))
    assert "il faut regarder" in admin.get(DOOR).text
    lively.told(m.CompartmentChecked(compartment=3, usable=True, actor=lively.member))
    assert "SB a regardé derrière la porte 3" in admin.get(DOOR).text


def test_who_saw_it_in_its_place_is_in_its_story(lively: Scene, admin: FlaskClient) -> None:
    seen = m.CompartmentChecked(compartment=7, usable=True, actor=lively.member, item="i4")
    lively.deposit("i4", 0, 7)
    lively.told(seen)
    assert "SB a regardé derrière la porte 7 : il y est toujours" in admin.get("/colis/i4").text
    lively.told(msgspec.structs.replace(seen, compartment=17))
    assert "SB a regardé à l’étagère B1 : il y est toujours" in admin.get("/colis/i4").text


def test_lockers_that_never_spoke_are_not_invented(admin: FlaskClient) -> None:
    page = admin.get("/sites/borny/casiers").text
    assert "n’ont pas encore dit comment ils sont faits" in page
    assert "door-1" not in page


def test_a_door_says_what_lies_there_since_when_and_for_whom(lively: Scene, admin: FlaskClient) -> None:
    lively.deposit("i1", 0, 3)
    page = admin.get(DOOR).text
    assert "Colis, Yasmina Benali" in page
    assert "Le capteur voit la porte fermée" in page
    assert "La porte 3 s’est ouverte" in page


def test_the_connection_is_told_in_words(lively: Scene, admin: FlaskClient) -> None:
    lively.clock.advance(25_000)
    page = admin.get("/sites/borny/casiers").text.replace("\xa0", " ")
    assert "Borne en ligne, dernier échange il y a 20 s" in page
    lively.kiosk.disconnect(lively.hub)
    assert "Borne hors ligne depuis " in admin.get("/sites/borny/casiers").text


@pytest.mark.parametrize(
    "changed",
    [{"reason": ""}, {"sure": ""}, {"reason": "parce que"}]
    + [{"allocation": said} for said in ("", "x", "-1", "9" * 30)],
)
def test_no_door_is_opened_without_a_reason_a_confirmation_and_what_was_seen_behind_it(
    lively: Scene, admin: FlaskClient, changed: dict[str, str]
) -> None:
    assert admin.post(f"{DOOR}/ouvrir", data=SURE | changed).status_code == 400
    without_item = {field: said for field, said in SURE.items() if field != "item"}
    assert admin.post(f"{DOOR}/ouvrir", data=without_item).status_code == 400
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(orders)).all() == []


def test_a_shelf_place_has_nothing_to_open(lively: Scene, admin: FlaskClient) -> None:
    assert "ouvrir" not in admin.get("/sites/borny/casiers/17").text
    assert admin.post("/sites/borny/casiers/17/ouvrir", data=SURE).status_code == 404


def test_a_door_of_no_number_a_database_can_hold_does_not_exist(lively: Scene, admin: FlaskClient) -> None:
    door = f"/sites/borny/casiers/{'9' * 20}"
    assert admin.get(door).status_code == 404
    assert admin.post(f"{door}/ouvrir", data=SURE).status_code == 404


def test_a_wish_to_open_is_noted_with_who_and_why(lively: Scene, admin: FlaskClient) -> None:
    answer = admin.post(f"{DOOR}/ouvrir", data=SURE)
    assert answer.headers["Location"] == f"{DOOR}#ouverture"
    with reading(lively.hub.engine) as connection:
        order = connection.execute(select(orders)).one()
        note = connection.execute(select(audit)).one()
    assert (order.device, order.compartment, order.state) == ("borny-bridge", 3, "asked")
    assert (note.action, note.subject, note.account) == ("open_asked", order.id, order.actor)
    assert "On attend les casiers" in admin.get(DOOR).text


def on_the_page(page: str) -> dict[str, str]:
    """The form of a door's page, filled in."""
    form = page[page.index('id="ouvrir"') :]
    hidden = re.findall(r'<input type="hidden" name="(allocation|item)" value="([^"]*)">', form)
    agreed = {"consent": "present"} if 'name="consent"' in form else {}
    return SURE | dict(hidden[:2]) | agreed


def test_a_door_is_opened_for_what_was_seen_behind_it(lively: Scene, admin: FlaskClient) -> None:
    lively.deposit("i1", 0, 3)
    form = on_the_page(admin.get(DOOR).text)
    assert (form["allocation"], form["item"]) == ("1", "i1")
    assert admin.post(f"{DOOR}/ouvrir", data=form).status_code == 302
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(orders.c.allocation)).scalar_one() == 1


@pytest.mark.parametrize("then", ["put there", "taken away"])
def test_a_door_behind_which_something_changed_is_not_opened_but_shown_as_it_is_now(
    lively: Scene, admin: FlaskClient, then: str
) -> None:
    if then == "taken away":
        lively.deposit("i1", 0, 3)
    seen = on_the_page(admin.get(DOOR).text)
    if then == "taken away":
        lively.collect("i1", 0, 3)
    else:
        lively.deposit("i1", 0, 3)
    answer = admin.post(f"{DOOR}/ouvrir", data=seen)
    assert answer.status_code == 409
    assert "Rien n’a été fait" in answer.text
    assert ("Yasmina Benali" in answer.text) == (then == "put there")
    with reading(lively.hub.engine) as connection:
        assert connection.execute(select(orders)).all() == []
        assert connection.execute(select(audit)).all() == []
    assert admin.post(f"{DOOR}/ouvrir", data=on_the_page(answer.text)).status_code == 302


def test_a_wish_nobody_answered_is_told_as_not_carried_out(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{DOOR}/ouvrir", data=SURE)
    lively.clock.advance(41_000)
    assert "pas de réponse à temps" in admin.get(DOOR).text


@pytest.mark.parametrize(
    ("state", "why", "said"),
    [
        ("dead", "offline", "Non exécuté (hors ligne)"),
        ("dead", "silent", "pas de réponse à temps"),
        ("refused", "cap", "trop de portes en peu de temps"),
        ("taken", None, "la porte n’a pas encore répondu"),
    ],
)
def test_what_became_of_a_wish_is_said_in_words(
    lively: Scene, admin: FlaskClient, state: str, why: str | None, said: str
) -> None:
    admin.post(f"{DOOR}/ouvrir", data=SURE)
    with writing(lively.hub.engine) as connection:
        became(connection, asked(lively), state, lively.clock.wall_ms(), why=why)
    assert said in admin.get(DOOR).text


def test_the_outcome_shown_is_what_the_sensor_saw(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{DOOR}/ouvrir", data=SURE)
    order = asked(lively)
    with writing(lively.hub.engine) as connection:
        became(connection, order, "taken", lively.clock.wall_ms())
    intent = m.DoorIntent(
        operation="r1",
        compartment=3,
        allocation=1,
        attempt=1,
        purpose="remote",
        authority="order",
        actor="x",
        reason="look_inside",
        order=order,
    )
    lively.told(intent, m.DoorPulsed(operation="r1", compartment=3, attempt=1))
    assert "la porte n’a pas encore répondu" in admin.get(DOOR).text
    lively.told(m.DoorNotOpened(operation="r1", compartment=3, why="stayed_shut"))
    page = admin.get(DOOR).text
    assert "<b>La porte ne s’est pas ouverte</b>" in page
    assert "<b>La porte s’est ouverte</b>" not in page


def test_what_presses_stands_first_and_leads_to_the_door(lively: Scene, admin: FlaskClient) -> None:
    lively.deposit("i1", 0, 3)
    lively.told(m.ItemKept(item="i1", compartment=3, allocation=1, why="too_heavy"))
    lively.told(m.DoorForced(compartment=5))
    page = admin.get("/").text
    assert page.index("La porte 5 s’est ouverte sans") < page.index("un colis est gardé derrière la porte 3")
    assert 'href="/sites/borny/casiers/5"' in page
    assert 'href="/colis/i1"' in page


def test_who_looked_for_what_was_said_not_to_be_there_says_so_and_said_again_it_is_a_card_again(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.deposit("i1", 0, 3)
    for why in ("empty", "missing", "empty"):
        lively.told(m.ItemKept(item="i1", compartment=3, allocation=1, why=why))
        [event] = re.findall(r'name="event" value="(kept-[0-9a-f]{40})"', admin.get("/maintenant").text)
        assert admin.post("/vu", data={"event": event}).status_code == 302
        assert "un colis est gardé" not in admin.get("/maintenant").text
        lively.clock.advance(60_000)
    assert "gardé" in admin.get("/colis/i1").text
    lively.told(m.ItemKept(item="i1", compartment=3, allocation=1, why="too_high"))
    assert 'name="event"' not in admin.get("/maintenant").text, "that is over once it lies elsewhere"


def test_with_nothing_to_do_the_page_says_so_and_since_when(lively: Scene, admin: FlaskClient) -> None:
    lively.clock.advance(180_000)
    page = admin.get("/").text.replace("\xa0", " ")
    assert "Tout va bien" in page
    assert "Dernières nouvelles : il y a 3 min" in page


def test_the_last_news_are_those_of_ones_own_sites(lively: Scene, admin: FlaskClient) -> None:
    lively.hub.site("metz")
    lively.hub.enrol("metz-bridge", "metz", "bridge")
    now_ms = lively.clock.wall_ms()
    with writing(lively.hub.engine) as connection:
        exchanged(connection, "metz-bridge", 1, now_ms)
        presence(connection, "metz-bridge", True, "s", now_ms)
        lucie = create_account(connection, "Lucie", None, "concierge", now_ms, sites=["metz"])
    lively.clock.advance(7_200_000)
    lively.bridge.talk(lively.hub)
    lively.told(m.DoorForced(compartment=5))
    page = lively.browser(lucie).get("/").text.replace("\xa0", " ")
    assert "Dernières nouvelles : il y a 2 h" in page


def test_with_nothing_to_do_but_no_device_there_the_page_says_what_is_known(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.kiosk.disconnect(lively.hub)
    assert "Tout va bien" in admin.get("/").text
    lively.bridge.disconnect(lively.hub)
    page = admin.get("/").text
    assert "Tout va bien" not in page
    assert "Rien à faire." in page
    assert "Le site est hors ligne depuis " in page


def test_an_alarm_that_was_seen_to_leaves_the_page(lively: Scene, admin: FlaskClient) -> None:
    lively.said(m.HelpAsked(screen="start"))
    page = admin.get("/").text
    event = re.search(r'name="event" value="([^"]+)"', page)
    assert event
    assert admin.post("/vu", data={"event": event[1]}).status_code == 302
    assert "demande de l’aide" not in admin.get("/").text
    assert admin.post("/vu", data={"event": "inconnu"}).status_code == 302


def test_who_comes_for_what_is_lost_is_one_card_that_leads_to_the_bag(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.said(*[m.HelpAsked(screen="Lost", visit="v", item="bag")] * 3, m.HelpAsked(screen="Start"))
    page = admin.get("/").text
    said = "Quelqu’un est venu à la borne pour un objet introuvable"
    assert page.count(said) == 1
    assert "Quelqu’un demande de l’aide à la borne" in page
    card = page[page.index('id="thing-lost_asked-') :]
    assert 'href="/sites/borny/sacs/bag"' in card
    assert "dernière fois" in card
    event = re.search(r'name="event" value="([^"]+)"', card)
    assert event
    admin.post("/vu", data={"event": event[1]})
    page = admin.get("/").text
    assert said not in page
    assert "Quelqu’un demande de l’aide à la borne" in page


def test_who_came_for_what_was_lost_and_has_it_now_is_a_card_no_more(
    lively: Scene, admin: FlaskClient
) -> None:
    said = "Quelqu’un est venu à la borne pour un objet introuvable"
    tag = printed("bag")
    hands = m.Holder(kind="staff", id=lively.member)
    lively.said(
        m.BagTagged(tag=tag, item="bag", how="printed"),
        m.BagScanned(tag=tag, side="take", holder=hands, item="bag", post="return"),
        m.HelpAsked(screen="Lost", visit="v", item="bag"),
        m.HelpAsked(screen="Lost", visit="v", item="other"),
    )
    assert admin.get("/").text.count(said) == 2, "found, but its person has it not yet"
    admin.post(f"/sites/{SITE}/sacs/bag/remis")
    assert admin.get("/").text.count(said) == 1


def test_what_a_device_lost_is_one_card_and_seen_to_at_once(lively: Scene, admin: FlaskClient) -> None:
    lively.told(
        m.JournalOpened(reason="chain_broken", replaces="j"),
        m.Hole(journal="j", first=1, last=3, why="chain_broken"),
    )
    with writing(lively.hub.engine) as connection:
        incident(connection, "borny-bridge", "new_journal", lively.clock.wall_ms())
    page = admin.get("/").text
    assert "a perdu la mémoire" not in page
    assert page.count("Une partie des notes d’un appareil est perdue") == 1
    event = re.search(r'name="event" value="([^"]+)"', page[page.index('id="thing-hole-') :])
    assert event
    admin.post("/vu", data={"event": event[1]})
    page = admin.get("/").text
    assert "a perdu la mémoire" not in page
    assert "est perdue" not in page


def test_an_order_nobody_asked_for_here_is_a_card_that_leads_to_the_door(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.told(m.OrderRefused(order="forged", why="signature", compartment=3, actor="somebody"))
    card = admin.get("/").text.partition('id="thing-forged_order-')[2].partition("</article>")[0]
    assert "Quelqu’un a voulu ouvrir la porte 3 à distance, sans passer par ces pages" in card
    assert "aucune porte ne s’est ouverte" in card
    assert "/sites/borny/casiers/3" in card
    event = re.search(r'name="event" value="([^"]+)"', card)
    assert event
    admin.post("/vu", data={"event": event[1]})
    assert 'id="thing-forged_order-' not in admin.get("/").text


def test_a_card_that_leads_nowhere_has_one_main_action_all_the_same(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.said(m.HelpAsked(screen="start"))

    def main() -> list[str]:
        card = admin.get("/").text.partition('id="thing-help-')[2].partition("</article>")[0]
        return re.findall(r'btn-main"[^>]*>.*?</svg> ([^<]+)<', card)

    assert main() == ["Je m’en occupe"]
    [key] = re.findall(r"/a-faire/(\w+)/prendre", admin.get("/").text)
    admin.post(f"/a-faire/{key}/prendre")
    assert main() == ["C’est vu"]


def test_help_asked_for_five_hundred_times_is_one_card_and_buries_no_loss(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.told(m.Hole(journal="j", first=1, last=3, why="disk"))
    lively.said(*[m.HelpAsked(screen="start")] * 501)
    page = admin.get("/").text
    assert "On a demandé de l’aide 501 fois à la borne" in page
    assert page.count('id="thing-help-') == 1
    assert page.index("Une partie des notes d’un appareil est perdue") < page.index("501 fois")
    help_card = page[page.index('id="thing-help-') :]
    assert "dernière fois" in help_card
    event = re.search(r'name="event" value="([^"]+)"', help_card)
    assert event
    lively.said(m.HelpAsked(screen="start"))
    admin.post("/vu", data={"event": event[1]})
    page = admin.get("/").text
    assert "Quelqu’un demande de l’aide à la borne" in page, "the one that came since was not seen"
    assert "Une partie des notes d’un appareil est perdue" in page
