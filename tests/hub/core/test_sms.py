"""What a text costs as SMS, counted as gateways do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.sms import Length, length, plainer

MOON = "\U0001f319"


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", Length("GSM-7", 0, 1)),
        ("a" * 160, Length("GSM-7", 160, 1)),
        ("a" * 161, Length("GSM-7", 161, 2)),
        ("a" * 306, Length("GSM-7", 306, 2)),
        ("a" * 307, Length("GSM-7", 307, 3)),
        ("€" * 80, Length("GSM-7", 160, 1)),
        ("€" * 77, Length("GSM-7", 154, 1)),
        ("a" + "€" * 153, Length("GSM-7", 307, 3)),  # an escape is not torn from its sign
        ("éèàùÉ", Length("GSM-7", 5, 1)),
        ("ê", Length("UCS-2", 1, 1)),
        ("ê" * 70, Length("UCS-2", 70, 1)),
        ("ê" * 71, Length("UCS-2", 71, 2)),
        (MOON * 35, Length("UCS-2", 70, 1)),
        (MOON * 67, Length("UCS-2", 134, 3)),  # 33 pairs a part
    ],
)
def test_a_text_is_counted_as_a_gateway_does(text: str, counted: Length) -> None:
    assert length(text) == counted


def test_typography_is_given_up_for_the_cheap_alphabet() -> None:
    assert plainer("L’hôte\u00a0: «\u202fç’est prêt\u202f»…") == "L'hote : \" c'est pret \"..."
    assert length(plainer("à l’accueil")).coding == "GSM-7"


def test_where_the_cheap_alphabet_cannot_help_nothing_is_given_up() -> None:
    assert plainer("Nguyễn, l’hôte") == "Nguyễn, l’hôte"


@given(st.text(alphabet="aé’…«œê\u00a0€ễ", max_size=200))
def test_plainer_words_never_cost_more_parts(text: str) -> None:
    assert length(plainer(text)).parts <= length(text).parts


@given(st.text())
def test_parts_hold_all_that_is_sent(text: str) -> None:
    counted = length(text)
    one, part = (160, 153) if counted.coding == "GSM-7" else (70, 67)
    assert counted.units <= (one if counted.parts == 1 else part * counted.parts)
