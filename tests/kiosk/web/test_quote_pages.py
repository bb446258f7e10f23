"""A partner's price and a receipt, from the ticket in the reader to the words on the screen."""

import re

import msgspec

from contract import messages as m
from contract.receipt import to_text
from kiosk.core import drop_screens as d
from tests.fakes.drop_screens import AWAY, QUOTED, SEAL, drop_states
from tests.fakes.kiosk import Known
from tests.kiosk.web.conftest import Pages

CODE = "27483190"


def plain(pages: Pages) -> str:
    return " ".join(re.sub(r"<[^>]*>|[\u00a0\u202f]", " ", pages.text()).split())


def quoted(pages: Pages) -> None:
    """Their shoes are with the cobbler, who named a price; the lockers know them by their ticket."""
    known = pages.session.knows._documents
    assert isinstance(known, Known)
    known.kept["tracked/away-1"] = QUOTED
    pages.bridge.pickups[CODE] = (AWAY,)
    pages.bridge.person = "p-1"


def test_a_ticket_whose_thing_is_away_leads_to_the_price_and_the_answer_is_kept(pages: Pages) -> None:
    quoted(pages)
    assert pages.post("code", digits=CODE) == 200
    text = plain(pages)
    for words in ("Réparer à ce prix ?", "Cordonnerie", "48,50 €", "Oui, réparer", "Non, rendre tel quel"):
        assert words in text
    assert pages.post("quote", value="maybe") == 400
    assert pages.post("quote", value="yes") == 200
    assert "Vous avez dit oui" in plain(pages)
    answer = m.QuoteAnswered(quote="quote-1", order="order-1", accepted=True, by="person")
    assert pages.facts.of(m.QuoteAnswered) == [answer]
    assert pages.post("go-on") == 200
    assert "C’est chez le partenaire" in plain(pages)


def test_no_gives_it_back_and_costs_nothing_unless_another_price_was_accepted_before(pages: Pages) -> None:
    quoted(pages)
    pages.post("code", digits=CODE)
    assert "Sans votre oui, rien n’est fait." in plain(pages)
    pages.post("quote", value="no")
    assert "On vous le rend tel quel. Vous ne payez rien." in plain(pages)
    assert "48,50 €" not in plain(pages)


def test_a_price_accepted_before_stays_and_both_screens_say_so(pages: Pages) -> None:
    quoted(pages)
    known = pages.session.knows._documents
    assert isinstance(known, Known)
    known.kept["tracked/away-1"] = msgspec.structs.replace(QUOTED, agreed_cents=3_000)
    pages.post("code", digits=CODE)
    asked = plain(pages)
    assert "Vous avez déjà dit oui à : 30,00 €" in asked
    assert "Non, garder le prix d’avant" in asked
    pages.post("quote", value="no")
    assert "Le prix accepté avant reste le même." in plain(pages)
    assert "30,00 €" in plain(pages)


def test_another_person_s_ticket_asks_nothing(pages: Pages) -> None:
    quoted(pages)
    pages.bridge.person = "p-2"
    pages.post("code", digits=CODE)
    assert "Réparer à ce prix" not in plain(pages)


def test_what_cannot_be_kept_is_not_said_to_be_answered(pages: Pages) -> None:
    quoted(pages)
    pages.post("code", digits=CODE)
    pages.facts.full = True
    pages.post("quote", value="no")
    assert "Vous avez dit non" not in plain(pages)
    pages.facts.full = False
    pages.post("leave")
    pages.post("code", digits=CODE)
    assert "Réparer à ce prix" in plain(pages)


def test_a_receipt_of_another_place_is_not_called_changed(pages: Pages) -> None:
    seen = [
        one.screen for one in drop_states(pages.session.seen.state) if isinstance(one.screen, d.ReceiptSeen)
    ]
    made = seen[0].receipt
    assert made is not None
    for site, words in (
        (
            "Conciergerie de Sablon",
            "Ce reçu vient d’un autre lieu. On ne peut le vérifier que là-bas : Conciergerie de Sablon",
        ),
        (made.site, "Ce reçu a été modifié. Ne vous y fiez pas."),
    ):
        pages.post("scan", text=to_text(msgspec.structs.replace(made, site=site), SEAL.seal))
        ask = pages.bridge.asks[-1]
        assert isinstance(ask.body, m.CheckReceipt)
        pages.bridge.say(ask.id, m.ReceiptChecked(genuine=False))
        pages.bridge.deliver(pages.session.read)
        assert words in plain(pages)
