"""The paper ticket: how long it is kept, and who is there when, in the language of its person."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core.house import House
from tests.fakes.bridge import SLIP, STAFF_NUMBER, STAFF_PIN
from tests.fakes.house_screens import ALL, HOUSE, ITEM
from tests.fakes.kiosk import SITE
from tests.kiosk.web.conftest import Pages

PARIS = ZoneInfo("Europe/Paris")
COUNT = "Seuls comptent les jours où vous pouvez venir."


def at(local: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=PARIS).timestamp()) * 1000


def comes(day: int, begin: str, end: str, name: str = "Samia") -> m.Attendance:
    """On a day of December 2026: the 1st is a Tuesday."""
    return m.Attendance(
        name=name, from_ms=at(f"2026-12-{day:02} {begin}"), until_ms=at(f"2026-12-{day:02} {end}")
    )


def told(pages: Pages, language: str = "fr", **card: object) -> None:
    """What the hub tells: the site's card, and the language of who gets the ticket."""
    kept = pages.session.knows._documents.kept  # type: ignore[attr-defined]
    kept["site"] = structs.replace(SITE, **card)
    kept["person/p-2"] = m.PersonName(person="p-2", name="Jean-Luc Schmitt", language=language)


def ticket(pages: Pages, *marks: str) -> str:
    """A parcel, or what its marks say, is put away for p-2; their ticket."""
    pages.post("staff")
    pages.post("pin", number=str(STAFF_NUMBER), pin=STAFF_PIN)
    pages.post("scan", text="6A12345678901")
    pages.post("people", query="schmitt")
    pages.post("person", value="p-2")
    for mark in marks:
        pages.post("mark", value=mark)
    pages.post("size", value="M")
    item = next(ask.body.item for ask in pages.bridge.asks if isinstance(ask.body, m.Claim))
    pages.door("opens", item)
    pages.door("closes", item)
    pages.post("count")
    pages.post("enter", text="1")
    return paper(pages)


def paper(pages: Pages) -> str:
    printed = pages.text().split('<article class="slip"')[1].split("</article>")[0]
    return re.sub("</?(strong|span)[^>]*>", "", printed).replace("\xa0", " ")


def for_another(pages: Pages, item: m.StockItem = ITEM, house: House = HOUSE) -> str:
    """The ticket of whoever a thing is for now."""
    person = m.PersonName(person="p-2", name="Jean-Luc Schmitt")
    screen = h.NewOwner(item, person, "p", SLIP)
    pages.session._publish(replace(pages.session.seen.state, staff=ALL, house=house, screen=screen))
    return paper(pages)


@pytest.mark.parametrize(
    ("tongue", "said"),
    [
        ("fr", f"Gardé 7 jours. {COUNT}"),
        ("en", "Kept 7 days. Only the days when you can come count."),
        ("sq", "Ruhet 7 ditë. Numërohen vetëm ditët kur mund të vini."),
        ("ar", "يُحفظ لكم 7 أيام. لا تُحسب إلا الأيام التي يمكنكم القدوم فيها."),
    ],
)
def test_a_ticket_says_how_long_a_parcel_is_kept_in_the_language_of_its_person(
    pages: Pages, tongue: str, said: str
) -> None:
    told(pages, tongue, parcel_days=7)
    assert f"<p>{said}</p>" in ticket(pages)


def test_a_ticket_says_no_days_where_the_hub_said_none(pages: Pages) -> None:
    told(pages)
    assert COUNT not in ticket(pages)


def test_a_ticket_with_a_letter_says_no_days_they_may_be_others(pages: Pages) -> None:
    told(pages, parcel_days=7)
    assert COUNT not in ticket(pages, "letter")


def test_whoever_a_parcel_is_for_now_reads_how_long_it_is_kept(pages: Pages) -> None:
    told(pages, parcel_days=1)
    assert f"Gardé 1 jour. {COUNT}" in for_another(pages, structs.replace(ITEM, kind="parcel"))
    assert COUNT not in for_another(pages, structs.replace(ITEM, kind="registered_letter"))


WEEK = (
    *(comes(day, "09:00", "12:00") for day in (1, 2, 3)),
    *(comes(day, "14:30", "17:00") for day in (1, 2, 3)),
    comes(5, "10:00", "11:00", "Bilal"),
    comes(7, "09:00", "12:00"),
    comes(9, "18:00", "19:00"),
)


@pytest.mark.parametrize(
    ("tongue", "lines"),
    [
        ("fr", ("lundi 9 h", "mardi–jeudi 9 h–12 h + 14 h 30–17 h", "samedi 10 h–11 h")),
        ("en", ("Monday 9:00", "Tuesday–Thursday 9:00–12:00 + 14:30–17:00", "Saturday 10:00–11:00")),
        ("ar", ("الاثنين 9:00", "الثلاثاء–الخميس 9:00–12:00 + 14:30–17:00", "السبت 10:00–11:00")),
    ],
)
def test_a_ticket_says_who_comes_in_the_next_days_in_the_language_of_its_person(
    pages: Pages, tongue: str, lines: tuple[str, ...]
) -> None:
    pages.clock.set_wall(at("2026-12-01 10:00"), "synced")
    told(pages, tongue, attendance=WEEK)
    printed = ticket(pages)
    for said in (*lines, '<bdi lang="fr">Samia</bdi>', '<bdi lang="fr">Bilal</bdi>', SITE.phone):
        assert said in printed
    assert SITE.helper_hours not in printed
    assert "18" not in printed.partition("Samia")[2].partition("Bilal")[0], "that is more than a week ahead"


def test_a_ticket_has_the_words_of_the_card_where_nobody_is_named_or_the_clock_is_not_known(
    pages: Pages,
) -> None:
    told(pages, "en", attendance=())
    assert f'lang="fr"><bdi>{SITE.helper}</bdi><br><bdi>{SITE.helper_hours}</bdi>' in ticket(pages)
    told(pages, "en", attendance=WEEK)
    pages.clock.set_wall(0, "unknown")
    assert SITE.helper_hours in for_another(pages)
