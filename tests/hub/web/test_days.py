"""Days that are left, more days, and returns, as the pages tell them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contract import messages as m
from hub.core.attention import IN_HAND_MS
from hub.core.opening import Opening
from hub.core.parcel_alarms import FRESH_MS
from hub.core.presence import Line
from hub.store.database import reading, writing
from hub.store.opening import set_days, set_hours
from hub.store.presence import add_helper, add_lines
from hub.store.tables import audit, extensions, items, outbox, people
from tests.fakes.hub_scene import ADMIN, SITE
from tests.fakes.quiet_site import QuietSite
from tests.hub.web.conftest import sign_in

PARCELS, RETURNS = f"/sites/{SITE}/colis", f"/sites/{SITE}/retours"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[QuietSite]:
    site = QuietSite(tmp_path)
    site.scene.accounts()
    site.scene.deposit("i1", 0, 3)
    yield site
    site.scene.close()


@pytest.fixture
def concierge(site: QuietSite) -> FlaskClient:
    return sign_in(site.scene.app.test_client(), ADMIN)


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ")


def go_back(site: QuietSite, item: str, person: int, door: int, carrier: str) -> None:
    site.scene.deposit(item, person, door, carrier)
    out = m.ItemTakenOut(
        item=item, compartment=door, allocation=1, staff=site.scene.member, why="return", evidence="door"
    )
    site.scene.told(out, m.ItemReturned(item=item, staff=site.scene.member))


def test_days_are_said_with_what_does_not_count(site: QuietSite, concierge: FlaskClient) -> None:
    site.days(2)
    for device in (site.scene.bridge, site.scene.kiosk):
        device.disconnect(site.scene.hub)
    site.days(3, there=False)
    for device in (site.scene.bridge, site.scene.kiosk):
        device.connect(site.scene.hub)
    for path in (PARCELS, "/colis/i1"):
        said = page(concierge, path)
        assert "Il reste 5 jours" in said
        assert "3 jours ne comptent pas : borne ou casiers hors ligne, du 4 au 6 novembre" in said
    assert "Jusqu’au mercredi 11 novembre à 18:00." in page(concierge, "/colis/i1")


def test_one_touch_gives_seven_days_once_and_says_by_whom(site: QuietSite, concierge: FlaskClient) -> None:
    site.days(7)
    assert "Le délai est passé" in page(concierge, "/colis/i1")
    assert "1 colis à rendre au transporteur" in page(concierge, "/")
    assert "Yasmina Benali" in page(concierge, RETURNS)
    for _ in range(2):
        answer = concierge.post("/colis/i1/delai", data={"why": "ill", "number": "1"})
        assert answer.status_code == 302
    told = page(concierge, "/colis/i1")
    assert "Il reste 7 jours" in told
    assert told.count("a donné 7 jours de plus : malade, ou à l’hôpital") == 1
    assert "Rien n’est à rendre." in page(concierge, RETURNS)
    assert "à rendre au transporteur" not in page(concierge, "/")
    with reading(site.scene.hub.engine) as connection:
        assert connection.execute(select(extensions.c.days, extensions.c.why)).all() == [(7, "ill")]
        [note] = connection.execute(select(audit).where(audit.c.action == "extended")).all()
    assert (note.account, note.subject, note.detail) == ("account-admin", "i1", "ill")


@pytest.mark.parametrize("typed", [{}, {"why": "war", "number": "1"}, {"why": "ill", "number": "²"}])
def test_more_days_need_a_reason(site: QuietSite, concierge: FlaskClient, typed: dict[str, str]) -> None:
    assert concierge.post("/colis/i1/delai", data=typed).status_code == 400


def test_what_left_or_never_was_gets_no_days(site: QuietSite, concierge: FlaskClient) -> None:
    site.scene.collect("i1", 0, 3)
    more = {"why": "ill", "number": "1"}
    assert concierge.post("/colis/i1/delai", data=more).location == "/colis/i1", "which says that it is over"
    assert concierge.post("/colis/nothing/delai", data=more).status_code == 404


def test_the_last_days_are_a_thing_to_do(site: QuietSite, concierge: FlaskClient) -> None:
    site.days(4)
    assert "bientôt en fin de délai" not in page(concierge, "/")
    site.days(1)
    assert "1 colis bientôt en fin de délai" in page(concierge, "/")


def test_what_went_back_stands_on_a_list_per_carrier_and_day(site: QuietSite, concierge: FlaskClient) -> None:
    go_back(site, "i2", 1, 10, "Colissimo")
    go_back(site, "i3", 2, 5, "Colissimo")
    go_back(site, "i4", 3, 7, "=DPD/Ü")
    said = page(concierge, RETURNS)
    assert "2 colis" in said
    sheet = page(concierge, f"{RETURNS}/2026-11-02?transporteur=Colissimo")
    assert ("6Ai2" in sheet, "6Ai3" in sheet, "6Ai4" in sheet) == (True, True, False)
    assert "2 colis en tout" in sheet
    assert sheet.count("nom, date, signature") == 2
    assert "Nguyễn" not in sheet, "the carrier needs no names"
    table = concierge.get(f"{RETURNS}/2026-11-02/liste.csv?transporteur=Colissimo")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = table.text.splitlines()
    assert lines[0].startswith("\ufeffN°;Numéro du transporteur;")
    assert lines[1].startswith("1;6Ai2;Colis;2026-11-02 09:")
    assert len(lines) == 3
    other = concierge.get(f"{RETURNS}/2026-11-02/liste.csv", query_string={"transporteur": "=DPD/Ü"})
    assert 'filename="retours-2026-11-02--DPD--.csv"' in other.headers["Content-Disposition"]


@pytest.mark.parametrize("before", ["", " ", "\uff1d", "\u00a0"])
def test_a_scanned_number_is_no_formula_in_a_spreadsheet(
    site: QuietSite, concierge: FlaskClient, before: str
) -> None:
    label = f'{before}=HYPERLINK("x")'
    site.scene.said(
        m.ParcelReceived(item="i5", person="x", staff=site.scene.member, size="M", label=label, carrier="DPD")
    )
    site.scene.told(m.ItemReturned(item="i5", staff=site.scene.member))
    table = concierge.get(f"{RETURNS}/2026-11-02/liste.csv?transporteur=DPD").text
    assert f"'{before}=HYPERLINK" in table


@pytest.mark.parametrize("day", ["2026-11-03", "demain", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_on_which_nothing_went_back_has_no_list(
    site: QuietSite, concierge: FlaskClient, day: str
) -> None:
    assert concierge.get(f"{RETURNS}/{day}").status_code == 404


def test_what_staff_have_in_hand_says_since_when_and_who(site: QuietSite, concierge: FlaskClient) -> None:
    taken = m.ItemTakenOut(
        item="i1", compartment=3, allocation=1, staff=site.scene.member, why="hand_over", evidence="door"
    )
    site.scene.told(taken)
    for path in (PARCELS, "/colis/i1"):
        assert "en main depuis 09:00 (SB)" in page(concierge, path)
    assert "Un colis est en main" not in page(concierge, "/")
    site.scene.clock.advance(IN_HAND_MS)
    assert "Un colis est en main (SB)" in page(concierge, "/")
    assert "porte 3" not in page(concierge, "/colis/i1").split("Détails")[1]


def test_what_must_stay_cool_is_a_card_after_hours_and_on_the_shelf_by_its_name(
    site: QuietSite, concierge: FlaskClient
) -> None:
    who, shelf = site.scene.people[1], 17
    site.scene.said(
        m.ParcelReceived(item="i6", person=who, staff=site.scene.member, size="M", label="", perishable=True)
    )
    site.scene.told(
        m.PickupOpened(pickup="p-6", person=who, ticket=66, generation=1),
        m.ItemClaimed(
            item="i6",
            kind="parcel",
            person=who,
            pickup="p-6",
            compartment=shelf,
            allocation=1,
            size="M",
            staff=site.scene.member,
            label="",
        ),
        m.ItemLeft(item="i6", compartment=shelf, allocation=1, evidence="shelf"),
    )
    story = page(concierge, "/colis/i6")
    assert "L’étagère B1 lui est réservée" in story
    assert "étagère B1" in story.split("Détails")[1]
    assert "à garder au frais attend" not in page(concierge, "/")
    site.scene.clock.advance(FRESH_MS)
    assert "Un colis à garder au frais attend depuis des heures" in page(concierge, "/")


def test_what_is_lost_is_an_alarm_until_somebody_saw_to_it(site: QuietSite, concierge: FlaskClient) -> None:
    site.scene.told(m.ItemLost(item="i1", staff=site.scene.member, compartment=3))
    todo = page(concierge, "/")
    assert "Un colis est introuvable" in todo
    assert 'href="/colis/i1"' in todo
    assert "introuvable" in page(concierge, PARCELS).split("Partis depuis hier")[1]
    event = todo.split('name="event" value="')[1].split('"')[0]
    concierge.post("/vu", data={"event": event})
    assert "Un colis est introuvable" not in page(concierge, "/")


def test_what_nobody_knows_the_name_of_says_so_everywhere(site: QuietSite, concierge: FlaskClient) -> None:
    site.scene.said(
        m.ParcelReceived(
            item="i5",
            person="made-for-it",
            staff=site.scene.member,
            size="M",
            named=False,
            pieces=2,
            damaged=True,
            heavy=True,
            perishable=True,
        )
    )
    listed = page(concierge, PARCELS)
    assert "Sans nom" in listed
    assert "2 cartons · abîmé · lourd · périssable" in listed
    assert "Colis, sans nom" in page(concierge, "/colis/i5")


def test_where_nobody_said_the_hours_the_pages_say_that_no_day_counts(tmp_path: Path) -> None:
    site = QuietSite(tmp_path, ())
    site.scene.accounts()
    site.scene.deposit("i1", 0, 3)
    site.days(9)
    client = sign_in(site.scene.app.test_client(), ADMIN)
    assert "D’ici là aucun jour ne compte" in page(client, PARCELS)
    assert "Il reste 7 jours" in page(client, PARCELS)
    site.scene.close()


# --- on paper ------------------------------------------------------------------------------------

COUNT = "Seuls comptent les jours où vous pouvez venir."


def paper(client: FlaskClient, item: str = "i1") -> str:
    """What is printed for its person."""
    answer = client.post(f"/colis/{item}/papier")
    assert answer.status_code == 200
    printed = answer.text.partition('<article class="slip')[2].partition("</article>")[0]
    return re.sub("</?strong>", "", printed).replace("\xa0", " ")


def test_a_paper_says_how_long_it_is_kept_then_how_many_days_are_left(
    site: QuietSite, concierge: FlaskClient
) -> None:
    assert f"<p>Gardé 7 jours. {COUNT}</p>" in paper(concierge)
    site.days(5)
    assert f"<p>Il vous reste 2 jours. {COUNT}</p>" in paper(concierge)
    site.days(1)
    assert f"<p>Il vous reste 1 jour. {COUNT}</p>" in paper(concierge)
    site.days(1)
    assert COUNT not in paper(concierge), "it goes back"
    assert concierge.post("/colis/i1/delai", data={"why": "ill", "number": "1"}).status_code == 302
    assert "Il vous reste 7 jours." in paper(concierge)


@pytest.mark.parametrize(
    ("tongue", "kept", "left"),
    [
        ("en", "Kept 7 days. Only the days when you can come count.", "You have 2 days left. Only"),
        ("sq", "Ruhet 7 ditë. Numërohen vetëm ditët kur mund të vini.", "Ju mbeten 2 ditë. Numërohen"),
        ("ar", "يُحفظ لكم 7 أيام. لا تُحسب إلا الأيام التي يمكنكم القدوم فيها.", "بقي لكم يومان. لا تُحسب"),
    ],
)
def test_a_paper_says_the_days_in_the_language_of_its_person(
    site: QuietSite, concierge: FlaskClient, tongue: str, kept: str, left: str
) -> None:
    with writing(site.scene.hub.engine) as connection:
        connection.execute(update(people).values(language=tongue))
    assert f"<p>{kept}</p>" in paper(concierge)
    site.days(5)
    assert f"<p>{left}" in paper(concierge)


def test_on_an_arabic_paper_the_hours_run_from_right_to_left_whatever_name_they_begin_with(
    site: QuietSite, concierge: FlaskClient
) -> None:
    with writing(site.scene.hub.engine) as connection:
        connection.execute(update(people).values(language="ar"))
        for name in ("Bilal", "Samia"):
            helper = add_helper(connection, SITE, now(site), name=name, shown=True)
            assert helper is not None
            add_lines(connection, helper, [Line(Opening(2, 540, 720))], now(site))
    hours = "Bilal: الثلاثاء 9:00–12:00; Samia: الثلاثاء 9:00–12:00"
    assert f'<bdi dir="rtl">{hours}</bdi>' in paper(concierge)


def test_of_several_things_the_fewest_days_are_said(site: QuietSite, concierge: FlaskClient) -> None:
    with writing(site.scene.hub.engine) as connection:
        set_days(connection, SITE, {"parcel": 7, "letter": 3, "registered_letter": 15}, now(site))
    site.scene.deposit("i2", 0, 4)
    with writing(site.scene.hub.engine) as connection:
        connection.execute(update(items).where(items.c.id == "i2").values(kind="letter"))
    assert "Gardé 3 jours." in paper(concierge)
    with writing(site.scene.hub.engine) as connection:
        connection.execute(update(items).values(kind="object"))
    assert COUNT not in paper(concierge), "nothing of it has a carrier"


def test_all_papers_at_once_say_the_days_too(site: QuietSite, concierge: FlaskClient) -> None:
    with writing(site.scene.hub.engine) as connection:
        connection.execute(update(outbox).values(state="waiting", channel="slip", next_ms=None))
    assert f"<strong>Gardé 7 jours.</strong> {COUNT}" in concierge.post(f"/sites/{SITE}/papiers").text


def test_where_no_day_counts_no_paper_says_any(site: QuietSite, concierge: FlaskClient) -> None:
    site.scene.clock.advance(1)
    with writing(site.scene.hub.engine) as connection:
        set_hours(connection, SITE, (), now(site))
    assert COUNT not in paper(concierge)


def now(site: QuietSite) -> int:
    return site.scene.clock.wall_ms()
