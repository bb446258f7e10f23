"""Dropping as a browser sees it: prices, days and numbers in the person's language, and what is printed."""

import re
from dataclasses import replace

import pytest

from contract import bag_tag
from contract import messages as m
from contract.receipt import MOST_CHARACTERS, to_text
from kiosk.core import drop_screens as d
from kiosk.core import screens as s
from kiosk.core.dropping import receipt
from kiosk.core.state import State
from kiosk.web.drop_words import moment
from kiosk.web.render import bar_code, qr_of, receipt_qr, tag_text
from tests.fakes.bridge import SLIP
from tests.fakes.drop_screens import SEAL, drop_states
from tests.fakes.kiosk import Known
from tests.fakes.services import DAY_MS, HOUR_MS, NOW_MS
from tests.kiosk.web.conftest import Pages


def states_of(pages: Pages, screen: type[object]) -> list[State]:
    return [one for one in drop_states(pages.session.seen.state) if isinstance(one.screen, screen)]


def drawn(pages: Pages, state: State) -> str:
    """Its page, with every blank a plain one."""
    pages.session._publish(state)
    return re.sub(r"[\u00a0\u202f]", " ", pages.text())


@pytest.mark.parametrize(
    ("language", "price", "ready"),
    [
        ("fr", "21,60 €", "demain"),
        ("en", "€21.60", "tomorrow"),
        ("ar", "21.60 €", "غدًا"),
        ("sq", "21,60 €", "nesër"),
    ],
)
def test_prices_and_days_are_those_of_the_language_and_digits_run_left_to_right(
    pages: Pages, language: str, price: str, ready: str
) -> None:
    text = drawn(pages, replace(states_of(pages, d.Agree)[0], language=language))
    assert re.search(rf'<bdi class="price" dir="ltr"[^>]*>{price}</bdi>', text)
    assert ready in text


def test_days_are_told_by_the_calendar_of_the_place_not_by_hours(pages: Pages) -> None:
    with pages.client.application.app_context():
        late = NOW_MS - NOW_MS % DAY_MS + 23 * HOUR_MS  # 23 h UTC is midnight in Paris
        assert [moment(at, NOW_MS).days for at in (NOW_MS, late - 1, late, late + DAY_MS)] == [0, 0, 1, 2]
        assert (moment(late, None).days, moment(late, None).hour) == (None, 0)


def test_a_bag_is_weighed_by_the_pages_and_its_weight_is_written_as_the_language_does(pages: Pages) -> None:
    pages.bridge.scale = True
    pages.bridge.picture()
    for action, fields in (("drop", {}), ("no-card", {}), ("service", {"value": ""})):
        assert pages.post(action, **fields) == 200
    assert "Posez le sac sur la balance." in pages.text()
    pages.bridge.say(pages.bridge.weigh_ask, m.NotWeighed(why="moving"))
    pages.bridge.deliver(pages.session.read)
    assert "Continuer sans le poids" in pages.text()
    assert pages.post("weigh") == 200
    pages.bridge.weighs(4350)
    pages.bridge.deliver(pages.session.read)
    assert re.search(r'<bdi class="weight" dir="ltr"[^>]*>4,35 kg</bdi>', pages.text())


def test_far_days_have_their_date(pages: Pages) -> None:
    text = drawn(pages, states_of(pages, d.Services)[1])
    assert "jeudi 17 décembre" in re.sub(r"<[^>]*>|\s+", " ", text).replace("  ", " ")


def test_who_drops_is_asked_from_the_start_screen(pages: Pages) -> None:
    assert pages.post("drop") == 200
    text = pages.text()
    assert "Qui êtes-vous" in text
    assert "Sans carte" in text


def test_what_is_dropped_without_a_tag_gets_one_on_paper_as_bars_and_as_a_square(pages: Pages) -> None:
    state = states_of(pages, s.DoorOpen)[0]
    assert state.drop is not None
    text, number = drawn(pages, state), state.drop.number
    assert bag_tag.scanned(number) == tag_text(number) == "B1" + number.replace("-", "")
    tag = text[text.index('class="slip tag"') :]
    assert number in tag
    assert str(bar_code(tag_text(number))) in tag
    assert str(qr_of(tag_text(number))) in tag
    assert 'class="slip tag"' not in drawn(pages, states_of(pages, s.DoorOpen)[2])


def test_a_tag_of_another_make_keeps_its_bars_and_what_bars_cannot_say_has_none() -> None:
    assert tag_text("NET-0021744") == "NET-0021744"
    assert bar_code("é") == ""


def test_the_receipt_on_paper_has_the_square_that_proves_it_and_the_ticket_comes_with_it(
    pages: Pages,
) -> None:
    state = states_of(pages, d.DropReceipt)[0]
    assert state.drop is not None
    made = receipt(state.drop, "fr")
    assert made is not None
    text = drawn(pages, state)
    paper = text[text.index('class="slip receipt"') :]
    assert "demain" not in paper, "it is read on another day"
    for words in (
        SEAL.word,
        made.number,
        "vendredi",
        "27 novembre",
        "2026",
        "NET-0021744",
        "Pressing du Saulcy",
        "Conciergerie de Borny",
    ):
        assert words in paper
    assert str(receipt_qr(made, SEAL.seal)) in paper
    assert str(qr_of(SLIP.token)) in paper


@pytest.mark.parametrize(("options", "characters"), [(27, range(2_332, 2_901)), (39, range(2_901, 9_000))])
def test_a_long_receipt_is_drawn_as_full_as_a_square_can_be_and_a_longer_one_without(
    pages: Pages, options: int, characters: range
) -> None:
    state = states_of(pages, d.DropReceipt)[0]
    assert state.drop is not None
    assert state.drop.agreed is not None
    line = m.OrderLine(name="Chemise repassée à la main, sur cintre, en trois jours", unit_cents=150)
    long = replace(state.drop, agreed=replace(state.drop.agreed, lines=(line,) * options))
    made = receipt(long, "fr")
    assert made is not None
    assert len(to_text(made, SEAL.seal)) in characters
    text = drawn(pages, replace(state, drop=long))
    assert SEAL.word in text
    assert ("Code QR du reçu" in text) is (max(characters) <= MOST_CHARACTERS)


def test_what_is_with_a_partner_is_said_in_words(pages: Pages) -> None:
    text = drawn(pages, states_of(pages, d.Elsewhere)[1])
    assert "C’est chez le partenaire" in text
    assert "Cordonnerie Bellecroix" in text
    assert "Il attend ici. Le concierge va l’envoyer." in text
    assert "Votre panier" in text


def test_what_nobody_finds_is_said_kindly_with_who_answers_for_it_and_when(pages: Pages) -> None:
    text = drawn(pages, states_of(pages, d.Lost)[0])
    assert "Nous ne le trouvons pas." in text
    assert "Nous sommes désolés." in text
    assert "Ce n’est pas votre faute." in text
    assert "Cordonnerie" in text
    assert "Votre venue est notée. Gardez votre ticket." in text
    site = pages.session.knows.site
    assert site is not None
    assert site.attendance[0].name in text
    assert "Là maintenant, jusqu’à" in text


def test_of_a_cancelled_order_nothing_is_promised_any_more(pages: Pages) -> None:
    text = drawn(pages, states_of(pages, d.Elsewhere)[2])
    assert "La commande est annulée. Demandez-le au concierge." in text
    assert "Nous vous dirons quand c’est prêt." not in text


def test_a_catalogue_is_at_the_kiosk_as_soon_as_the_hub_has_told_it_and_stays_without_it(
    pages: Pages,
) -> None:
    known = pages.session.knows._documents
    assert isinstance(known, Known)
    assert [one.service for one in pages.session.knows.offers.services][:2] == ["shoes", "laundry"]
    known.kept = {key: body for key, body in known.kept.items() if not isinstance(body, m.Service)}
    assert pages.session.knows.offers.services == ()


def test_only_a_receipt_may_be_a_long_scan(pages: Pages) -> None:
    made = receipt(states_of(pages, d.DropReceipt)[0].drop, "fr")  # type: ignore[arg-type]
    assert made is not None
    text = to_text(made, SEAL.seal)
    assert len(text) > 300
    assert pages.post("scan", text=text) == 200
    assert isinstance(pages.session.seen.state.screen, d.ReceiptAsked)
    assert pages.post("scan", text="6A" + "1" * 300) == 400


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("service", {"value": "x" * 65}),
        ("count-said", {"value": "x"}),
        ("count-said", {"value": "100"}),
        ("more-of", {}),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(pages: Pages, action: str, fields: dict[str, str]) -> None:
    pages.post("drop")
    assert pages.post(action, **fields) == 400
