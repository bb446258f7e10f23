"""What a message says, and how short it is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deploy.catalogues import compile_stale
from hub.core.notices import Channel, Kind
from hub.core.sms import length
from hub.notify.texts import Ordered, Waiting, Where, grouped, write


@pytest.fixture(scope="module", autouse=True)
def french() -> None:
    compile_stale()


def waiting(
    kind: Kind = "ready",
    count: int = 1,
    *,
    parcels: bool = True,
    where: Where = "lockers",
    helper: str = "Samia",
) -> Waiting:
    hours = "lun-ven 9h-12h, jeu 14h-19h"
    return Waiting(kind, "Résidence Borny", count, parcels, where, "27483190", helper, hours)


def sms(about: Waiting, language: str = "fr") -> str:
    return write(about, "sms", language).body


def test_a_french_text_message_says_who_what_where_the_code_and_until_when() -> None:
    assert sms(waiting()) == (
        "Résidence Borny : 1 colis vous attend aux casiers. Votre code : 27 483 190."
        " Samia est là : lun-ven 9h-12h, jeu 14h-19h."
    )


def test_what_was_brought_is_told_with_all_that_its_receipt_says_of_it() -> None:
    when = datetime(2026, 12, 3, 18, tzinfo=UTC)
    order = Ordered("K7Q2M-4XD9T", when, 1_550, pieces=4, grams=1_250, word="badu-kile", what="Pressing")
    assert sms(replace(waiting("brought"), order=order)) == (
        "Résidence Borny : nous avons bien ce que vous avez déposé. Quoi : Pressing."
        " Numéro : K7Q2M-4XD9T. Pièces : 4. Poids : 1,25 kg. Disponible : jeudi 3 décembre 18:00."
        " A payer au partenaire : 15,50 €."
        " Mot de controle : badu-kile. Votre code pour le retirer : 27 483 190."
    )
    unweighed = sms(replace(waiting("brought"), order=Ordered("K7Q2M-4XD9T", None, 0)))
    assert "Pièces" not in unweighed
    assert "Poids" not in unweighed
    assert "Mot" not in unweighed
    assert "Quoi" not in unweighed


def test_several_things_a_reminder_and_other_places_have_their_words() -> None:
    assert "3 colis vous attendent aux casiers." in sms(waiting(count=3))
    assert "2 objets vous attendent à l'accueil." in sms(waiting(count=2, parcels=False, where="counter"))
    assert "1 colis vous attend toujours à la conciergerie." in sms(waiting("reminder", where="both"))
    assert "Quelqu'un est là : lun-ven" in sms(waiting(helper=""))


def test_an_english_text_message() -> None:
    assert sms(waiting(count=2), "en").startswith(
        "Résidence Borny: 2 parcels are waiting for you in the lockers. Your code: 27 483 190. Samia"
    )


def test_a_language_without_words_is_written_in_french() -> None:
    assert sms(waiting(), "pl") == sms(waiting(), "fr")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["ready", "reminder"])
def test_a_text_message_is_one_part_in_the_cheap_alphabet(language: str, kind: Kind) -> None:
    counted = length(sms(waiting(kind, 12), language))
    assert (counted.coding, counted.parts) == ("GSM-7", 1)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_the_code_never_stands_in_a_subject(channel: Channel) -> None:
    text = write(waiting(), channel, "fr")
    assert "483" not in text.title
    assert "27 483 190" in text.body


def test_an_e_mail_has_a_line_for_each_thing() -> None:
    text = write(waiting(), "email", "fr")
    assert text.title == "Résidence Borny\u00a0: 1 colis vous attend aux casiers"
    assert text.body.splitlines() == [
        "Résidence Borny\u00a0: 1 colis vous attend aux casiers.",
        "",
        "Votre code\u00a0: 27 483 190.",
        "Samia est là\u00a0: lun-ven 9h-12h, jeu 14h-19h.",
        "Tapez ce code à l’écran. Il ouvre tout ce qui vous attend.",
    ]


@pytest.mark.parametrize(("digits", "read"), [("27483190", "27 483 190"), ("701483190", "701 483 190")])
def test_a_code_is_written_in_groups(digits: str, read: str) -> None:
    assert grouped(digits) == read
