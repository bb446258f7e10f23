"""Bags on the pages: what is to be seen to, whose hand-overs, and the way of one bag."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from contract import bag_tag
from contract import messages as m
from contract.scans.labels import number_of
from hub.core import bags
from hub.core.catalogue import Offer
from hub.store import their_orders
from hub.store.catalogue import add_service
from hub.store.database import reading, writing
from hub.store.own_facts import OwnFact, append
from hub.store.partners import Partner, add_partner
from hub.store.staff import set_employer
from hub.store.tables import doors
from hub.store.whereabouts import where_all
from hub.web.guard import zone
from tests.fakes.bags import HOUR_MS, SITE, give, placed, staff, tagged, take
from tests.fakes.hub_scene import PEOPLE, Scene
from tests.hub.test_rebuild import differences

BAGS = "/sites/borny/sacs"
DESK, WASHER = staff("desk", "la-conciergerie"), staff("washer", "villette-emploi")


@pytest.fixture
def relay(scene: Scene) -> Scene:
    """A bag that is washing and will be late, and one of which only the giver scanned."""
    scene.connect()
    promised_ms = scene.clock.wall_ms() + 8 * HOUR_MS
    scene.told(placed(promised_ms=promised_ms), tagged(), tagged("lone-bag", "NET-2"))
    scene.told(take(DESK, post="reception"), take(DESK, post="reception", tag="NET-2"))
    scene.told(give(DESK, post="run"), take(WASHER, post="wash"))
    scene.told(m.LoadMade(load="drum", machine="M3", tags=("NET-1", "NET-7"), holder=WASHER))
    scene.told(give(DESK, WASHER, post="run", tag="NET-2"))
    scene.clock.advance(7 * HOUR_MS)
    return scene


def seen(client: FlaskClient, address: str = "/", *, follow_redirects: bool = False) -> str:
    """A page, its narrow and hard spaces as anybody types them."""
    return (
        client.get(address, follow_redirects=follow_redirects)
        .text.replace("\u00a0", " ")
        .replace("\u202f", " ")
    )


def told(client: FlaskClient, bag: str) -> str:
    """What the page of a bag says, on one line."""
    return " ".join(re.sub("<[^>]+>", " ", seen(client, f"{BAGS}/{bag}")).split())


def test_the_first_page_says_what_to_do_and_where_to_look_first(relay: Scene, admin: FlaskClient) -> None:
    page = seen(admin)
    assert "Le sac NET-1 va être en retard" in page
    assert "Cherchez d’abord dans les sacs de la même machine : NET-7." in page
    assert "Sac NET-2 : un seul côté a scanné le passage" in page


def test_what_somebody_saw_to_is_off_the_page(relay: Scene, admin: FlaskClient) -> None:
    page = seen(admin)
    card = page[page.index("Sac NET-2 : un seul côté") :]
    event = card[card.index('name="event" value="') :].split('"')[3]
    assert admin.post("/vu", data={"event": event}).status_code == 302
    assert "Sac NET-2 : un seul côté" not in seen(admin)
    assert "Le sac NET-1 va être en retard" in seen(admin)


def test_each_employer_sees_the_hand_overs_of_its_own_people(relay: Scene, admin: FlaskClient) -> None:
    everybody = admin.get(BAGS).text
    assert "villette-emploi" in everybody
    assert everybody.count("l’a pris") == 3
    assert admin.get(f"{BAGS}?employeur=villette-emploi").text.count("l’a pris") == 1
    assert admin.get(f"{BAGS}?employeur=la-conciergerie").text.count("l’a pris") == 2


def test_what_lockers_saw_somebody_take_out_is_their_employers_too(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    with writing(scene.hub.engine) as connection:
        set_employer(connection, SITE, scene.member, "villette-emploi", 0)
    place = {"item": "lone", "compartment": 3, "allocation": 1}
    claimed = m.ItemClaimed(kind="bag", person="amina", pickup="p1", size="M", purpose="drop", **place)  # type: ignore[arg-type]
    scene.told(claimed, m.ItemLeft(evidence="door", **place), tagged("lone", "NET-9"))  # type: ignore[arg-type]
    scene.told(m.ItemTakenOut(why="move", staff=scene.member, evidence="door", **place))  # type: ignore[arg-type]
    assert "l’a sorti" in admin.get(f"{BAGS}?employeur=villette-emploi").text
    assert "l’a sorti" not in admin.get(f"{BAGS}?employeur=la-conciergerie").text
    assert "?employeur=villette-emploi" in admin.get(BAGS).text


def test_the_page_of_something_dropped_leads_to_its_bag_and_names_no_door_once_it_is_away(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    place = {"item": "bag", "compartment": 3, "allocation": 1}
    claimed = m.ItemClaimed(kind="bag", person=None, pickup="p1", size="L", purpose="drop", **place)  # type: ignore[arg-type]
    scene.told(claimed, m.ItemLeft(evidence="door", **place), tagged("bag", "NET-9"))  # type: ignore[arg-type]
    to_the_bag, to_the_door = f"/sites/{SITE}/sacs/bag", f"/sites/{SITE}/casiers/3"
    page = admin.get("/colis/bag").text
    assert to_the_bag in page
    assert to_the_door in page
    taken = m.ItemTakenOut(why="relay", staff=scene.member, evidence="door", **place)  # type: ignore[arg-type]
    scene.told(taken, m.ItemSentOut(item="bag", staff=scene.member, to="partner"))
    page = admin.get("/colis/bag").text
    assert "chez un partenaire" in page
    assert to_the_bag in page
    assert to_the_door not in page.split("Détails")[1]
    assert "jamais existé" not in admin.get(f"{BAGS}/bag").text, "its person has a ticket for it"
    assert admin.post(f"{BAGS}/bag/perdu", data={"why": "misread"}).status_code == 400


def test_one_bag_says_where_it_is_who_had_it_and_what_comes_next(relay: Scene, admin: FlaskClient) -> None:
    page = admin.get(f"{BAGS}?etiquette=NET-1", follow_redirects=True).text
    for words in ("washer", "desk", "Qui l’avait avant", "la finition", "NET-7", "l’a mis en machine"):
        assert words in page
    assert "Aucun sac de ce site" in admin.get(f"{BAGS}?etiquette=nothing").text
    assert admin.get(f"{BAGS}/no-such-bag").status_code == 404


def test_a_bag_is_found_by_its_tag_however_it_is_written(relay: Scene, admin: FlaskClient) -> None:
    mine = bag_tag.printed("typed")
    relay.told(tagged("typed", mine), tagged("named", number_of("LINGE DUPONT")))
    for typed in (mine, bag_tag.scanned(mine), mine.lower().replace("-", " "), "LINGE DUPONT"):
        answer = admin.get(BAGS, query_string={"etiquette": typed})
        assert answer.status_code == 302, typed


def test_whoever_has_a_bag_is_named_in_the_file_and_on_the_pages_also_a_place_without_a_door(
    relay: Scene, admin: FlaskClient
) -> None:
    with writing(relay.hub.engine) as connection:
        laundry = add_partner(connection, Partner("Pressing des Îles"), SITE, 0)
        shelf = insert(doors).values(site=SITE, compartment=101, kind="shelf", label="A1")
        connection.execute(shelf)
    relay.told(placed(order="o2", item="out"), tagged("out", "NET-0042"), placed(order="o3", item="here"))
    relay.told(take(m.Holder(kind="partner", id=laundry), tag="NET-0042"))
    relay.told(tagged("here", "NET-0043"), take(m.Holder(kind="compartment", id="101"), tag="NET-0043"))
    file = admin.get(f"/sites/{SITE}/exporter/sacs.csv").text
    assert "NET-0042;en route;Pressing des Îles;" in file
    assert "NET-0043;en route;étagère A1;" in file
    assert "sur l’étagère A1" in admin.get(f"/sites/{SITE}/commandes/o3").text


def test_counts_that_differ_stand_on_the_bags_page_with_or_without_an_order(
    relay: Scene, admin: FlaskClient
) -> None:
    relay.told(tagged("mine", "NET-0044"), m.PiecesCounted(item="mine", by="person", pieces=6))
    relay.told(m.PiecesCounted(item="mine", by="staff", pieces=5, weight_grams=4350))
    page = admin.get(f"{BAGS}/mine").text
    for words in (
        "les comptes diffèrent",
        "6 par la personne",
        "5 par l’équipe",
        "4,35",
        "n’a pas de commande",
    ):
        assert words in page


def test_a_bag_nobody_knows_is_known_at_sites_by_name_and_only_at_those_one_sees(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    scene.connect()
    scene.told(take(DESK, tag="NET-9"))
    scene.hub.site("metz")
    with writing(scene.hub.engine) as connection:
        append(connection, [OwnFact("far", "metz", 0, False, tagged("far", "NET-9"))], 0)
    page = f"{BAGS}?etiquette=NET-9"
    assert "connue à : Résidence metz<" in seen(admin, page, follow_redirects=True)
    assert "connue à" not in seen(concierge, page, follow_redirects=True)


def test_a_bag_whose_tag_is_used_again_ends_when_somebody_says_that_it_was_handed_out(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    scene.told(placed("monday", "first"), tagged("monday"), take(DESK))
    scene.told(placed("tuesday", "second"), tagged("tuesday"), take(DESK))
    assert "L’étiquette NET-1 est sur deux sacs" in seen(admin)
    assert "Oui, il a été remis" in seen(admin, f"{BAGS}/monday")
    noted = admin.post(f"{BAGS}/monday/remis", follow_redirects=True).text
    assert "C’est noté." in noted
    assert "Oui, il a été remis" not in noted
    assert "Oui, il a été remis" in seen(admin, f"{BAGS}/tuesday")
    assert "est sur deux sacs" not in seen(admin)
    with reading(scene.hub.engine) as connection:
        assert where_all(connection) == {
            (SITE, "monday"): ("ended", None),
            (SITE, "tuesday"): ("held", "desk"),
        }
        [held] = their_orders.held(connection, SITE, "amina")
        assert held.id == "tuesday"
    assert differences(scene.hub) == []


def test_a_lost_bag_and_one_nobody_knows_end_too_and_what_lies_behind_a_door_does_not(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    scene.told(
        m.PickupOpened(pickup="pickup", person="amina", ticket=27, generation=1),
        m.ItemClaimed(
            item="bag",
            kind="bag",
            person="amina",
            pickup="pickup",
            compartment=3,
            allocation=3,
            size="M",
            purpose="drop",
        ),
        m.ItemLeft(item="bag", compartment=3, allocation=3, evidence="door"),
        take(DESK, tag="NOBODYS"),
    )
    unknown_bag = bags.unknown("NOBODYS")
    assert "cherche. On ne sait pas à qui il est : personne n’est prévenu." in told(admin, unknown_bag)
    assert "Oui, il a été remis" not in seen(admin, f"{BAGS}/bag")
    admin.post(f"{BAGS}/bag/remis")
    with reading(scene.hub.engine) as connection:
        assert where_all(connection)[SITE, "bag"] == ("held", "3")
    scene.told(m.ItemLost(item="bag", staff="desk", compartment=3))
    assert seen(admin).count("a été cherché sans être trouvé") == 1
    assert "est introuvable" not in seen(admin), "one thing, one card"
    scene.clock.advance(1_000)
    for bag in ("bag", unknown_bag):
        assert admin.post(f"{BAGS}/{bag}/remis").status_code == 302
    with reading(scene.hub.engine) as connection:
        assert where_all(connection) == {(SITE, "bag"): ("ended", None), (SITE, unknown_bag): ("ended", None)}
    assert "sans être trouvé" not in seen(admin), "nobody looks for it any more"
    assert admin.post(f"{BAGS}/no-such-bag/remis").status_code == 404
    assert differences(scene.hub) == []


def test_a_bag_that_will_not_come_back_is_closed_by_a_button_and_its_order_says_so(
    relay: Scene, admin: FlaskClient
) -> None:
    assert admin.post(f"{BAGS}/bag/perdu", data={"why": "spite"}).status_code == 400
    assert admin.post(f"{BAGS}/no-such-bag/perdu", data={"why": "lost"}).status_code == 404
    assert "Le sac NET-1 va être en retard" in seen(admin)
    assert "sa commande n’a plus lieu. La personne est prévenue." in told(admin, "bag")
    assert "jamais existé" in seen(admin, f"{BAGS}/bag")
    noted = admin.post(f"{BAGS}/bag/perdu", data={"why": "lost"}, follow_redirects=True).text
    for words in ("C’est noté.", "ne reviendra pas", "a cessé de chercher"):
        assert words in noted
    assert "Il ne reviendra pas…" not in noted
    assert "NET-1" not in seen(admin), "no alarm is left"
    order = seen(admin, "/sites/borny/commandes/order")
    for words in ("perdu pour de bon", "Il est perdu : personne ne le retrouve", "0,00 €"):
        assert words in order
    assert admin.post(f"{BAGS}/bag/perdu", data={"why": "lost"}).status_code == 302
    relay.told(take(DESK))
    assert "gardé" not in seen(admin, f"{BAGS}/bag")
    with reading(relay.hub.engine) as connection:
        assert where_all(connection)[SITE, "bag"] == ("held", "desk"), "it was found"
    assert differences(relay.hub) == []


# --- perhaps it lies behind a door -----------------------------------------------------------------


@pytest.mark.parametrize("there", ["yes", "no"])
def test_a_drop_that_was_cut_short_is_a_card_that_says_whose_and_is_answered(
    scene: Scene, admin: FlaskClient, there: str
) -> None:
    scene.connect()
    scene.told(placed(person=scene.people[0]), tagged())
    scene.told(
        m.ItemClaimed(
            item="bag",
            kind="bag",
            person=scene.people[0],
            pickup="p",
            compartment=3,
            allocation=1,
            size="M",
            purpose="drop",
        ),
        m.ClaimDropped(item="bag", compartment=3, allocation=1, why="restart", door_was_opened=True),
    )
    card = seen(admin)
    assert f"Peut-être derrière la porte 3 : Linge · {PEOPLE[0].name} · 1FX2Y-EQNVF" in card
    assert "Dire si c’est là…" in card
    assert "Peut-être derrière la porte 3" in seen(admin, f"/sites/{SITE}/commandes/order")
    assert admin.post(f"{BAGS}/bag/derriere-la-porte", data={"there": "?"}).status_code == 400
    for _ in range(2):
        assert admin.post(f"{BAGS}/bag/derriere-la-porte", data={"there": there}).status_code == 302
    assert "Peut-être derrière" not in seen(admin)
    state, _, _ = orders(scene)["order"]
    assert state == ("placed" if there == "yes" else "cancelled")
    with reading(scene.hub.engine) as connection:
        assert where_all(connection)[SITE, "bag"][0] == ("held" if there == "yes" else "ended")
    assert differences(scene.hub) == []


# --- a bag without an order gets one ---------------------------------------------------------------


def orders(scene: Scene) -> dict[str, tuple[str, str | None, str]]:
    """State, number and item of each order."""
    with reading(scene.hub.engine) as connection:
        rows = connection.exec_driver_sql("SELECT id, state, number, item FROM service_orders").all()
    return {row.id: (row.state, row.number, row.item) for row in rows}


def test_a_tag_that_nobody_knew_is_the_bag_of_an_order_that_waited_for_it(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    scene.told(placed(order="o1", item="i1"), take(DESK, post="reception", tag="NET-9"))
    bag = bags.unknown("NET-9")
    assert "Pour quelle commande ?" in told(admin, bag)
    assert admin.post(f"{BAGS}/{bag}/commande", data={"order": "o2"}).location.endswith(bag)
    answer = admin.post(f"{BAGS}/{bag}/commande", data={"order": "o1"})
    assert answer.location == f"/sites/{SITE}/commandes/o1"
    page = told(admin, "i1")
    assert "desk l’a pris" in page, "what was seen of it before is its story"
    assert "Pour quelle commande ?" not in page
    assert admin.get(f"{BAGS}/{bag}").status_code == 404
    assert differences(scene.hub) == []


def test_a_known_bag_gets_the_order_that_waits_with_its_number_and_the_word_of_its_receipt(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    scene.told(placed(order="o1", item="i1"), m.ReceiptShown(order="o1", how="print", word="FIBO-BERA"))
    scene.told(tagged("lone", "NET-9"), take(DESK, post="reception", tag="NET-9", item="lone"))
    assert "n’a pas de commande" in told(admin, "lone")
    moved = admin.post(f"{BAGS}/lone/commande", data={"order": "o1"})
    fresh = moved.location.rpartition("/")[2]
    assert orders(scene) == {
        "o1": ("cancelled", "1FX2Y-EQNVF", "i1"),
        fresh: ("placed", "1FX2Y-EQNVF", "lone"),
    }
    assert "n’a pas de commande" not in told(admin, "lone")
    assert "desk l’a pris" in told(admin, "lone")
    with reading(scene.hub.engine) as connection:
        document = connection.exec_driver_sql("SELECT body FROM feed WHERE key = 'tracked/lone'").scalar_one()
    assert b"FIBO-BERA" in bytes(document)
    assert admin.post(f"{BAGS}/lone/commande", data={"order": fresh}).location.endswith("/lone"), "once"
    assert differences(scene.hub) == []


def test_what_the_lockers_hold_for_somebody_gets_no_order_of_somebody_else(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    theirs, others = scene.people[:2]
    scene.told(placed(order="o1", item="i1", person=others), placed(order="o2", item="i2", person=theirs))
    place = {"item": "lone", "compartment": 3, "allocation": 1}
    claimed = m.ItemClaimed(kind="bag", person=theirs, pickup="p1", size="M", purpose="drop", **place)  # type: ignore[arg-type]
    scene.told(claimed, m.ItemLeft(evidence="door", **place))  # type: ignore[arg-type]
    scene.told(tagged("lone", "NET-9"))
    assert 'value="o2"' in admin.get(f"{BAGS}/lone").text
    assert 'value="o1"' not in admin.get(f"{BAGS}/lone").text
    assert admin.post(f"{BAGS}/lone/commande", data={"order": "o1"}).location.endswith("/lone")
    assert orders(scene)["o1"] == ("placed", "1FX2Y-EQNVF", "i1")


def test_an_order_is_made_for_a_bag_that_is_here(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    service = offered(scene)
    scene.told(take(DESK, post="reception", tag="NET-9"))
    bag = bags.unknown("NET-9")
    page = f"/sites/{SITE}/commandes/nouvelle?sac={bag}"
    assert "Pour le sac NET-9" in seen(admin, page)
    agreed = admin.post(page, data={"person": scene.people[0], "service": service}).text
    form = agreed[agreed.rindex("<form") :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    address = re.findall(r'action="([^"]+)"', form)[0]
    for _ in range(2):
        assert admin.post(address, data=fields).location == f"/sites/{SITE}/commandes/{fields['order']}"
    ((state, _, item),) = orders(scene).values()
    assert state == "placed"
    assert "desk l’a pris" in told(admin, item)
    assert admin.get(page).status_code == 404
    assert differences(scene.hub) == []


def offered(scene: Scene) -> str:
    """A laundry where bags are dropped."""
    with scene.app.app_context(), writing(scene.hub.engine) as connection:
        laundry = add_partner(connection, Partner("Pressing des Îles"), SITE, 0)
        name = {"fr": "Pressing"}
        offer = Offer(partner=laundry, name=name, picture="shirt", kind="bag", way="drop", cents=900)
        return add_service(connection, SITE, offer, 0, zone())
