"""The one search box, and what it leads to."""

from datetime import date

from flask.testing import FlaskClient

from contract import bag_tag
from contract import messages as m
from hub.core.people_csv import PersonLine
from hub.core.search import understand
from hub.store.accounts import create_account
from hub.store.database import reading, writing
from hub.store.people import add_people
from hub.store.search import MOST_FOUND, found_people
from tests.fakes.hub_scene import SITE, Scene

TODAY = date(2026, 11, 27)


def found(client: FlaskClient, words: str) -> str:
    answer = client.post("/recherche", data={"q": words})
    assert answer.status_code == 200
    return answer.text


def ordered(scene: Scene, item: str) -> m.OrderPlaced:
    """A shirt for the first person."""
    return m.OrderPlaced(
        order="o1",
        number=bag_tag.printed(item),
        item=item,
        kind="bag",
        person=scene.people[0],
        way="code",
        service="s1",
        version=1,
        partner="p1",
        lines=(m.OrderLine(name="Chemise", unit_cents=250),),
        total_cents=250,
    )


def test_a_parcel_is_found_by_the_beginning_of_its_bar_code_in_any_writing_and_by_its_ticket(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.said(
        m.ParcelReceived(item="i9", person=scene.people[1], staff=scene.member, size="M", label="xw00451")
    )
    assert 'href="/colis/i9"' in found(admin, "XW004")
    assert 'href="/colis/i9"' in found(admin, "xw 00451")
    assert 'href="/colis/i9"' not in found(admin, "W00451")
    with scene.hub.engine.connect() as connection:
        ticket = connection.exec_driver_sql("SELECT ticket FROM pickups").scalar_one()
    page = found(admin, str(ticket))
    assert 'href="/colis/i1"' in page
    assert f"ticket {ticket}" in page


def test_people_are_found_without_accents_and_by_their_flat_until_they_are_off_the_list(
    scene: Scene, admin: FlaskClient
) -> None:
    for words in ("benali", "BÉNALI yas", "b12"):
        assert f"/personnes/{scene.people[0]}" in found(admin, words)
    admin.post(f"/sites/borny/personnes/{scene.people[0]}/retirer")
    assert f"/personnes/{scene.people[0]}" not in found(admin, "benali")


def test_who_lives_in_a_flat_is_not_lost_among_those_whose_name_and_flat_bear_its_letter_and_number(
    scene: Scene,
) -> None:
    crowd = [PersonLine(f"Adam {n} Zoé", f"B-{n}-202") for n in range(MOST_FOUND + 5)]
    taller = [PersonLine(f"Adam {n}", f"A202{n}") for n in range(MOST_FOUND + 5)]
    with writing(scene.hub.engine) as connection:
        add_people(connection, SITE, [*crowd, *taller, PersonLine("Zoé Weber", "Bât. A-202")], 0)
        add_people(connection, SITE, [PersonLine("Zoé Ziegler", "A202")], 0)
    for words in ("A202", "a-202", "A 202", "zoe a202"):
        with reading(scene.hub.engine) as connection:
            found = found_people(connection, understand(words, TODAY))
        assert [one.flat for one in found][:2] == ["A202", "Bât. A-202"], words
        assert not any(one.flat.startswith("B-") for one in found), words


def test_letters_and_digits_are_looked_for_apart_where_nobody_has_them_together(
    scene: Scene, admin: FlaskClient
) -> None:
    with writing(scene.hub.engine) as connection:
        add_people(connection, SITE, [PersonLine("Zoé Weber", "C-3-777")], 0)
    assert "Zoé Weber" in found(admin, "C777")


def test_a_name_is_found_that_was_written_in_one_or_apart(scene: Scene, admin: FlaskClient) -> None:
    with writing(scene.hub.engine) as connection:
        people = [PersonLine("Samira El Ouardi", "B1"), PersonLine("Jean-Marie Kuntz", "B2")]
        add_people(connection, SITE, people, 0)
    for words, name in (("elouardi", "Samira El Ouardi"), ("jeanmarie", "Jean-Marie Kuntz")):
        assert name in found(admin, words)
    assert "Rien n’a été trouvé" in found(admin, "kuntzjean"), "as it stands there, and not in any order"


def test_who_is_found_is_shown_with_what_is_here_for_them(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    assert 'href="/colis/i1"' in found(admin, "benali")
    assert 'href="/colis/i1"' not in found(admin, "schmitt")


def test_a_bag_is_found_by_its_tag_and_an_order_by_its_number(scene: Scene, admin: FlaskClient) -> None:
    scene.connect()
    scene.deposit("i1", 0, 3)
    order = ordered(scene, "i1")
    number = order.number
    scene.said(order, m.BagTagged(tag="NET-0021744", item="i1", how="scanned"))
    for words in ("net-0021744", number.lower(), bag_tag.scanned(number)):
        assert 'href="/colis/i1"' in found(admin, words), words


def test_an_order_for_which_nothing_was_handed_over_yet_is_found_by_its_number_at_its_site_alone(
    scene: Scene, admin: FlaskClient
) -> None:
    scene.connect()
    order = ordered(scene, "i2")
    scene.said(order)
    page = found(admin, order.number.lower())
    assert 'href="/sites/borny/commandes/o1"' in page
    assert "Chemise" in page
    assert "Yasmina Benali" in page
    scene.hub.site("metz")
    with writing(scene.hub.engine) as connection:
        elsewhere = create_account(connection, "Lucie", None, "lead", 0, sites=["metz"])
    assert "Rien n’a été trouvé" in found(scene.browser(elsewhere), order.number)


def test_signs_that_a_database_takes_for_anything_are_looked_for_as_they_are(
    scene: Scene, admin: FlaskClient
) -> None:
    assert "/personnes/" not in found(admin, "%%").split("<main")[1]
    assert "/personnes/" not in found(admin, "b__").split("<main")[1]


def test_a_day_leads_to_what_came_and_went(scene: Scene, admin: FlaskClient) -> None:
    assert "/sites/borny/colis/registre?jour=" in found(admin, "01/01")


def test_what_is_typed_is_in_no_address_and_too_little_is_told(scene: Scene, admin: FlaskClient) -> None:
    assert "au moins deux" in found(admin, "b")
    assert "Rien n’a été trouvé" in found(admin, "zzzz")
    assert "au moins deux" not in admin.get("/recherche?q=benali").text


def test_nobody_searches_who_has_not_signed_in(scene: Scene, stranger: FlaskClient) -> None:
    assert stranger.post("/recherche", data={"q": "benali"}).status_code in (302, 401, 403)
