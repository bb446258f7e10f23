"""What is drawn, step by step, through the addresses a browser uses."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

import kiosk.web
from contract import messages as m
from kiosk.core import events as e
from kiosk.core.pile import Draft
from kiosk.core.screens import PickSize, Refusal
from kiosk.web.pages import MOST_STREAMS
from kiosk.web.render import qr_of
from tests.fakes.bridge import GOOD_CODE, GOOD_TOKEN, SHELF_CODE, SLIP, STAFF_NUMBER, STAFF_PIN, TWO_CODE
from tests.fakes.kiosk import PEOPLE, SITE
from tests.kiosk.web.conftest import ORIGIN, Pages


def sign_in(pages: Pages) -> None:
    pages.post("staff")
    pages.post("pin", number=str(STAFF_NUMBER), pin=STAFF_PIN)


def deposit(pages: Pages) -> str:
    """From the staff's first screen to its place; returns the item's id."""
    pages.post("scan", text="6A12345678901")
    pages.post("people", query="schmitt")
    pages.post("person", value="p-2")
    pages.post("size", value="M")
    item = next(ask.body.item for ask in pages.bridge.asks if isinstance(ask.body, m.Claim))
    pages.door("opens", item)
    pages.door("closes", item)
    return item


def end_round(pages: Pages, announced: str = "1") -> None:
    """To the slips."""
    pages.post("count")
    pages.post("enter", text=announced)


def test_the_start_screen_has_three_choices_and_a_live_keypad(pages: Pages) -> None:
    text = pages.client.get("/", base_url=ORIGIN).get_data(as_text=True)
    for words in ("Retirer", "Déposer", "Autre", 'data-keypad="code"', 'data-lengths="10 8 8 8 8 8 8 9 9 9"'):
        assert words in text


def test_a_collection_in_french(pages: Pages) -> None:
    assert pages.post("code", digits=GOOD_CODE) == 200
    assert "La porte s’ouvre" in pages.text()
    assert "à mi-hauteur, au milieu" in pages.text()
    pages.door("opens", "parcel-1")
    assert "Prenez, puis fermez la porte." in pages.text()
    pages.clock.advance(4_000)
    pages.door("closes", "parcel-1")
    assert "Merci" in pages.text()


def test_a_collection_in_english(pages: Pages) -> None:
    pages.post("show", value="languages")
    assert "English" in pages.text()
    pages.post("speak", value="en")
    pages.post("scan", text=GOOD_TOKEN)
    assert "The door opens…" in pages.text()
    assert 'lang="en"' in pages.text()


def test_the_second_of_two_says_so(pages: Pages) -> None:
    pages.post("code", digits=TWO_CODE)
    pages.door("opens", "parcel-2")
    assert "1 sur 2" in pages.text()
    pages.clock.advance(4_000)
    pages.door("closes", "parcel-2")
    assert "2 sur 2" in pages.text()
    assert "Ouvrir la porte suivante" in pages.text()


def test_what_waits_at_the_counter_names_place_and_helper(pages: Pages) -> None:
    pages.post("code", digits=SHELF_CODE)
    assert "B4" in pages.text()
    assert "Samia" in pages.text()


def test_a_refused_code_is_never_shown_again_nor_how_close_it_was(pages: Pages) -> None:
    pages.post("code", digits="27483191")
    assert "Ce code n’ouvre rien ici." in pages.text()
    assert "27483191" not in pages.text()


def test_a_wait_is_counted_down_and_takes_the_keypad_away(pages: Pages) -> None:
    pages.bridge.wait_seconds = 15
    pages.post("code", digits="27483191")
    assert "<span data-countdown>15</span>" in pages.text()
    assert "data-keypad" not in pages.text()


def test_a_blocked_door_is_not_the_persons_fault(pages: Pages) -> None:
    pages.bridge.jammed.add(8)
    pages.post("code", digits=GOOD_CODE)
    assert "La porte est bloquée." in pages.text()
    assert "Ce n’est pas votre faute." in pages.text()
    assert "Réessayer" in pages.text()


def test_a_blocked_door_says_where_to_go_and_claims_of_nobody_that_they_know(pages: Pages) -> None:
    pages.bridge.jammed.add(8)
    pages.post("code", digits=GOOD_CODE)
    text = " ".join(pages.text().replace("\xa0", " ").split())
    assert "Allez au comptoir, ou appelez : <strong" in text
    assert "03 87 00 00 00" in text
    assert "Samia" in text
    assert "prévenu" not in text
    pages.session.knows._documents.kept.pop("site")  # type: ignore[attr-defined]
    assert "Allez au comptoir." in pages.text()


def test_the_places_own_words_stay_in_its_own_language(pages: Pages) -> None:
    pages.post("speak", value="en")
    pages.post("show", value="help")
    text = pages.text()
    assert "Who can help?" in text
    assert re.search(r'<strong lang="fr"[^>]*><bdi>Samia</bdi></strong>', text)
    assert re.search(r'<strong class="site" lang="fr">', text)


def test_help_names_who_and_when_and_is_kept(pages: Pages) -> None:
    pages.post("show", value="help")
    assert "Samia" in pages.text()
    assert pages.facts.kept == [m.HelpAsked(screen="Start")]


def test_help_says_who_is_there_now_and_until_when(pages: Pages) -> None:
    now = pages.session.knows.today_ms
    assert now is not None
    here = m.Attendance(name="Bilal", from_ms=now - 1000, until_ms=now + 1000)
    pages.session.knows._documents.kept["site"] = structs.replace(SITE, attendance=(here,))  # type: ignore[attr-defined]
    pages.post("show", value="help")
    assert re.search(r"<bdi>Bilal</bdi></strong> <br>Là maintenant, jusqu’à", pages.text())
    later = structs.replace(here, from_ms=now + 1000, until_ms=now + 2000)
    pages.session.knows._documents.kept["site"] = structs.replace(SITE, attendance=(later,))  # type: ignore[attr-defined]
    pages.session.redraw()
    assert re.search(r"<bdi>Bilal</bdi></strong> <br>De retour", pages.text())


def test_help_without_a_name_says_what_to_do_now(pages: Pages) -> None:
    knowledge = pages.session.knows._documents
    knowledge.kept.pop("site")  # type: ignore[attr-defined]
    pages.post("show", value="help")
    assert "Allez au comptoir" in pages.text()


def test_a_round_ends_with_its_count_and_slips_with_code_drawings_and_qr(pages: Pages) -> None:
    sign_in(pages)
    item = deposit(pages)
    assert "C’est rangé." in pages.text()
    assert qr_of(SLIP.token) not in pages.text()
    end_round(pages, "3")
    text = pages.text()
    for words in ("Le compte n’est pas bon.", "Il manque 2 colis", "Jean-Luc Schmitt", "Imprimer 1 ticket"):
        assert words in text
    assert re.findall(r'<span class="code-digit">(\d)', text)[:8] == list(SLIP.digits)
    assert text.count(qr_of(SLIP.token)) == 1, "on paper alone"
    assert pages.post("printed") == 200
    assert pages.facts.kept[-1] == m.SlipShown(item=item, pickup="pickup-9", how="print")
    pages.post("next")
    assert "Jean-Luc Schmitt" not in pages.text()


def test_a_page_posts_no_mark_reason_or_number_of_pieces_that_is_none(pages: Pages) -> None:
    sign_in(pages)
    for action, value in (("mark", "gold"), ("refuse", "mood"), ("pieces", "x"), ("pieces", "12")):
        assert pages.post(action, value=value) == 400
    assert pages.post("enter", text="x" * 301) == 400
    assert pages.post("enter") == 400


def test_keys_stand_on_what_they_do_and_enter_on_what_is_likely(pages: Pages) -> None:
    sign_in(pages)
    pages.post("scan", text="6A12345678901")
    assert 'data-key="F2"' in pages.text()
    pages.post("people", query="fatima")
    assert re.findall(r'value="(p-\d)"[^>]*data-key="([^"]+)"', pages.text()) == [
        ("p-3", "Enter 1"),
        ("p-4", "2"),
    ]
    assert "C 27" in pages.text()
    pages.post("person", value="p-4")
    assert re.search(r'value="M"[^>]* data-key="Enter 2 M"', pages.text())


@pytest.mark.parametrize("query", ["a", "2", "27", "c 2"])
def test_a_digit_after_one_of_a_flat_is_more_of_the_flat_and_chooses_nobody(pages: Pages, query: str) -> None:
    sign_in(pages)
    pages.post("scan", text="6A12345678901")
    pages.post("people", query=query)
    assert re.findall(r'value="p-\d"[^>]*data-key="([^"]+)"', pages.text()) == ["Enter"]


def test_an_unknown_name_is_said_to_be_identified(pages: Pages) -> None:
    sign_in(pages)
    pages.post("scan", text="6A12345678901")
    pages.post("unknown")
    assert "À identifier" in pages.text()


def test_every_scan_of_staff_has_a_beep_and_a_residents_has_none(pages: Pages) -> None:
    pages.post("scan", text="HELLO-42")
    assert "data-beep" not in pages.text()
    pages.post("leave")
    sign_in(pages)
    pages.post("scan", text=GOOD_TOKEN)
    assert 'data-beep="error" data-beep-nth="1"' in pages.text()
    assert "C’est un ticket de retrait" in pages.text()


def test_the_paper_ticket_speaks_the_language_of_its_person(pages: Pages) -> None:
    theirs = m.PersonName(person="p-2", name="Jean-Luc Schmitt", language="en")
    pages.session.knows._documents.kept["person/p-2"] = theirs  # type: ignore[attr-defined]
    sign_in(pages)
    deposit(pages)
    end_round(pages)
    text = pages.text()
    assert '<article class="slip" lang="en" dir="ltr">' in text
    assert "Something is waiting for you. Your code:" in text
    assert "Imprimer 1 ticket" in text


def test_an_arabic_ticket_runs_from_right_to_left_and_its_numbers_do_not(pages: Pages) -> None:
    theirs = m.PersonName(person="p-2", name="Jean-Luc Schmitt", flat="B 3", language="ar")
    pages.session.knows._documents.kept["person/p-2"] = theirs  # type: ignore[attr-defined]
    sign_in(pages)
    deposit(pages)
    end_round(pages)
    slip = pages.text().split('<article class="slip" lang="ar" dir="rtl">')[1]
    for words in ("شيء في انتظاركم", 'class="code" dir="ltr"', '<bdi dir="ltr">03 87 00 00 00</bdi>'):
        assert words in slip
    assert "<bdi>Jean-Luc Schmitt</bdi>" in slip


def test_arabic_runs_from_right_to_left_and_keys_and_codes_do_not(pages: Pages) -> None:
    pages.post("show", value="languages")
    for name in ("Français", "English", "العربية", "Shqip"):
        assert name in pages.text()
    pages.post("speak", value="ar")
    text = pages.text()
    assert 'lang="ar" dir="rtl"' in text
    assert 'data-keypad="code" dir="ltr"' in text
    assert '<div class="slots" dir="ltr"' in text
    assert re.search(r'data-turns [^>]*><use href="/look/icons.svg#arrow-left"', text)


def test_the_style_sheet_knows_no_left_and_no_right() -> None:
    css = (Path(kiosk.web.__file__).parent / "static/kiosk.css").read_text()
    sides = r"[\s;{](?:(?:margin|padding|border|inset)-)?(?:left|right)\s*:|text-align: (?:left|right)"
    assert re.findall(sides, css) == []
    four = re.findall(r"(?:margin|padding|inset): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+);", css)
    assert [values for values in four if values[1] != values[3]] == []


def test_a_site_offers_the_languages_of_its_card_in_its_order(pages: Pages) -> None:
    card = m.SiteCard(name="Borny", languages=("sq", "xx", "fr"))
    pages.session.knows._documents.kept["site"] = card  # type: ignore[attr-defined]
    pages.post("show", value="languages")
    assert re.findall(r'name="value" value="(\w+)" lang=', pages.text()) == ["sq", "fr"]


def test_the_qr_goes_with_the_ticket(pages: Pages) -> None:
    sign_in(pages)
    deposit(pages)
    end_round(pages)
    assert qr_of(SLIP.token) in pages.text()
    pages.post("leave")
    assert qr_of(SLIP.token) not in pages.text()


def test_nobody_sees_names_without_signing_in(pages: Pages) -> None:
    assert pages.post("people", query="schmitt") == 200
    assert "Schmitt" not in pages.text()
    assert "Schmitt" not in pages.client.get("/", base_url=ORIGIN).get_data(as_text=True)


def test_a_name_with_markup_is_only_a_name(pages: Pages) -> None:
    pages.session.knows._documents.kept["person/p-9"] = m.PersonName(person="p-9", name="<b>Zoé</b>")  # type: ignore[attr-defined]
    sign_in(pages)
    pages.post("scan", text="<script>alert(1)</script>")
    pages.post("people", query="<b>zoe")
    assert "<script>alert" not in pages.text()
    assert "<b>Zo" not in pages.text()
    assert "&lt;b&gt;Zoé" in pages.text()


def test_what_lies_on_the_shelf_is_handed_over_by_name_and_place(pages: Pages) -> None:
    lying = m.ShelfItem(item="i-1", person="p-6", kind="parcel", label="B4")
    unknown = m.ShelfItem(item="i-2", person="p-0", kind="parcel", label="B5")
    pages.bridge.shelf = (lying, unknown)
    pages.post("shelf-list")
    assert "Müller" not in pages.text()
    sign_in(pages)
    assert "Remettre un colis de l’étagère (2)" in pages.text()
    pages.post("shelf-list")
    for words in ("B4", "Élodie Müller", "B 11", "B5", "Nom inconnu ici", "Remis"):
        assert words in pages.text()
    pages.post("hand-over", value="i-1")
    assert "Remis à Élodie Müller\u202f?" in pages.text()
    pages.post("handed-over")
    assert "C’est noté." in pages.text()
    assert pages.bridge.asks[-1].body == m.Settle(visit="staff-visit-1", item="i-1", outcome="taken")
    pages.clock.advance(4_000)
    pages.session.tick()
    assert "Élodie Müller" not in pages.text()
    pages.post("leave")
    assert "Nom inconnu" not in pages.text()


def test_staff_are_told_what_to_do_and_not_to_ask_the_concierge(pages: Pages) -> None:
    pages.bridge.shelf = (m.ShelfItem(item="i-1", person="p-6", kind="parcel", label="B4"),)
    sign_in(pages)
    pages.post("shelf-list")
    pages.post("hand-over", value="i-1")
    pages.bridge.deaf = True
    pages.post("handed-over")
    pages.session.handle(e.Answered(pages.session.seen.state.waiting, m.Refused(why="item"), 0))
    assert 'data-screen="refusal"' in pages.text()
    assert "Quelqu’un l’a retiré ou déplacé." in pages.text()
    assert "concierge" not in pages.text()


def test_the_live_screen_is_pushed_at_once_and_at_every_change(pages: Pages) -> None:
    answer = pages.client.get("/live", base_url=ORIGIN, buffered=False)
    stream = iter(answer.response)
    assert 'data-screen="start"' in as_text(next(stream))
    pages.session.handle(e.TypingBegan())
    assert 'data-screen="typing"' in as_text(next(stream))
    answer.close()


def as_text(piece: object) -> str:
    return piece.decode() if isinstance(piece, bytes) else str(piece)


def test_only_so_many_may_listen_and_a_place_is_free_again_after(pages: Pages) -> None:
    streams = [pages.client.get("/live", base_url=ORIGIN, buffered=False) for _ in range(MOST_STREAMS)]
    assert pages.client.get("/live", base_url=ORIGIN).status_code == 503
    streams.pop().close()
    again = pages.client.get("/live", base_url=ORIGIN, buffered=False)
    assert again.status_code == 200
    for stream in (*streams, again):
        stream.close()


def test_a_silent_bridge_is_said_on_the_start_screen(pages: Pages) -> None:
    pages.bridge.beat(online=False)
    pages.bridge.deliver(pages.session.read)
    assert "Les casiers ne répondent pas en ce moment." in pages.text()


def test_without_room_staff_are_told_what_to_do_with_what_they_hold(pages: Pages) -> None:
    sign_in(pages)
    full = replace(pages.session.seen.state, screen=Refusal("disk"))
    pages.session._publish(full)
    assert "Gardez-le au comptoir" in pages.text()
    assert "votre code reste bon" not in pages.text()
    pages.session._publish(replace(full, staff=None))
    assert "votre code reste bon" in pages.text()


def test_no_door_for_something_heavy_says_that_it_is_its_weight_and_where_to_put_it(pages: Pages) -> None:
    sign_in(pages)
    heavy = Draft("6A12345678901", person=PEOPLE[0], heavy=True)
    nowhere = replace(pages.session.seen.state, screen=PickSize(free=()), draft=heavy)
    pages.session._publish(nowhere)
    assert "Aucune porte assez basse, ou trop lourd pour la personne\u00a0: étagère (5)." in pages.text()
    pages.session._publish(replace(nowhere, screen=PickSize(free=("S",), shelf=False)))
    assert "Aucune porte basse de cette taille n’est libre pour un colis lourd." in pages.text()
    pages.session._publish(replace(nowhere, screen=PickSize(free=("S",)), draft=replace(heavy, heavy=False)))
    assert "Il n’y a plus de porte libre de cette taille." in pages.text()
