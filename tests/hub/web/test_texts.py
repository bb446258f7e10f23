"""A site writes its messages itself: what is wrong is said, and how long they are."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.core.opening import Opening
from hub.core.presence import Line
from hub.core.templates import FIELDS
from hub.notify.texts import default
from hub.store.database import reading, writing
from hub.store.message_texts import own_text
from hub.store.presence import add_helper, add_lines
from hub.store.sites import change_site
from hub.store.tables import audit
from tests.fakes.hub_scene import SITE, Scene

PAGE = f"/sites/{SITE}/messages"
OWN = "{site} : {nouvelle}\nCode : {code}. Bonne journée !"


def kept(scene: Scene) -> str | None:
    with reading(scene.hub.engine) as connection:
        return own_text(connection, SITE, "ready", "fr")


def test_every_message_is_shown_as_it_is_read_in_each_language(admin: FlaskClient, scene: Scene) -> None:
    page = admin.get(PAGE).text
    assert page.count('class="bubble"') == len(FIELDS)
    assert "2 colis vous attendent aux casiers. Votre code : 27 483 190" in page.replace("\u00a0", " ")
    arabic = admin.get(f"{PAGE}?langue=ar").text
    assert 'lang="ar" dir="rtl">ينتظركم طردان' in arabic
    assert "kodi" in admin.get(f"{PAGE}?langue=sq").text.lower()
    assert admin.get(f"{PAGE}?langue=xx").status_code == 404


@pytest.mark.parametrize(
    ("tongue", "hours"),
    [
        ("fr", "mardi de 9 h à 12 h"),
        ("en", "Monday-Friday 9:00-12:00 + 14:00-17:00"),
        ("ar", "الاثنين-الجمعة"),
        ("sq", "premte 9:00"),
    ],
)
def test_hours_of_the_example_are_in_the_language_of_the_message(
    admin: FlaskClient, scene: Scene, tongue: str, hours: str
) -> None:
    with writing(scene.hub.engine) as connection:
        change_site(connection, SITE, 0, helper="Samia", helper_hours="mardi de 9 h à 12 h")
    for page in (
        admin.get(PAGE, query_string={"langue": tongue}).text,
        admin.get(f"{PAGE}/ready/{tongue}").text,
        admin.post(f"{PAGE}/ready/{tongue}/apercu", data={"text": default("ready", tongue)}).text,
    ):
        assert hours in page.replace("–", "-")
        assert ("mardi" in page) == (tongue == "fr")
        assert "Samia" in page


def test_hours_of_who_is_listed_are_in_the_language_of_the_message(admin: FlaskClient, scene: Scene) -> None:
    with writing(scene.hub.engine) as connection:
        change_site(connection, SITE, 0, helper="Samia", helper_hours="mardi 9 h–12 h")
        new = add_helper(connection, SITE, scene.clock.wall_ms(), name="Samia", shown=True)
        assert new is not None
        add_lines(connection, new, [Line(Opening(2, 540, 720))], scene.clock.wall_ms())
    page = admin.get(f"{PAGE}?langue=en").text
    assert "Tuesday 9:00-12:00" in page
    assert "mardi" not in page


def test_a_text_is_changed_and_taken_back(admin: FlaskClient, scene: Scene) -> None:
    answer = admin.post(f"{PAGE}/ready/fr", data={"text": OWN.replace("\n", "\r\n")})
    assert answer.location == f"{PAGE}?langue=fr#ready"
    assert kept(scene) == OWN
    assert "Bonne journée !" in admin.get(PAGE).text
    assert "votre texte" in admin.get(PAGE).text
    admin.post(f"{PAGE}/ready/fr/origine")
    assert kept(scene) is None
    assert "Bonne journée !" not in admin.get(PAGE).text
    with reading(scene.hub.engine) as connection:
        noted = connection.execute(select(audit.c.action, audit.c.detail).order_by(audit.c.id)).all()
    assert [tuple(row) for row in noted] == [("text_changed", "ready fr"), ("text_restored", "ready fr")]


def test_the_usual_text_saved_as_it_is_stays_the_catalogues(admin: FlaskClient, scene: Scene) -> None:
    admin.post(f"{PAGE}/ready/fr", data={"text": default("ready", "fr")})
    assert kept(scene) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Le texte est vide."),
        ("{site} {nouvelle} {code} {prenom}", "Ce message n’a pas de {prenom}."),
        ("{site} {nouvelle}", "Il manque {code}\u00a0: sans lui, personne ne lit «\u00a027 483 190\u00a0»."),
        ("{site} {nouvelle} {code} {", "Une accolade { ou } est seule."),
        ("{site} {nouvelle} {code} \u202e", "signes illisibles"),
        ("{site} {nouvelle} {code} <script>alert(1)</script>{x}", "Ce message n’a pas de {x}."),
    ],
)
def test_a_text_that_nobody_could_use_is_refused_with_what_to_write(
    admin: FlaskClient, scene: Scene, text: str, said: str
) -> None:
    answer = admin.post(f"{PAGE}/ready/fr", data={"text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert" not in answer.text
    assert kept(scene) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{site} : {nouvelle} {code}", "1 SMS"),
        ("{site} : {nouvelle} {code} " + "x" * 150, "2 SMS"),
        ("{site} : {nouvelle} {code} à l’été, forêt", "1 SMS"),
        ("{site} : {nouvelle} {code} ☕", "Avec «\u00a0☕\u00a0», un SMS contient 70 signes"),
        ("{site} : {nouvelle}", "Il manque {code}"),
    ],
)
def test_while_it_is_written_its_length_is_shown(admin: FlaskClient, text: str, said: str) -> None:
    seen = admin.post(f"{PAGE}/ready/fr/apercu", data={"text": text})
    assert seen.status_code == 200
    assert said in seen.text
    assert "<html" not in seen.text


@pytest.mark.parametrize("address", ["nothing/fr", "ready/xx"])
def test_what_is_no_message_has_no_text(admin: FlaskClient, address: str) -> None:
    assert admin.get(f"{PAGE}/{address}").status_code == 404
    for more in ("", "/apercu", "/origine"):
        assert admin.post(f"{PAGE}/{address}{more}").status_code == 404


def test_a_stranger_writes_nothing(stranger: FlaskClient, scene: Scene) -> None:
    assert stranger.post(f"{PAGE}/ready/fr", data={"text": OWN}).status_code == 401
    assert kept(scene) is None
