"""Labels of every carrier of the table: published numbers, worked examples, and what is nobody's."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans import check_digits
from contract.scans.carriers import Carrier, Recognised, recognise


def other(digit: str) -> str:
    """A check digit that does not fit."""
    return str((int(digit) + 1) % 10)


@pytest.mark.parametrize(
    "text",
    ["RB123456785FR", "RB000000014FR", "RB999999995FR", "XR123456785TS", "RB123456785GB", "RB123456785CV"],
)
def test_the_check_digit_of_an_s10_number_fits(text: str) -> None:
    assert recognise(text).valid is True
    assert recognise(f"{text[:10]}{other(text[10])}{text[11:]}").valid is False


@pytest.mark.parametrize(
    ("ending", "carrier", "country"),
    [
        ("FR", "laposte", "FR"),
        ("GB", "upu", "GB"),
        ("CN", "upu", "CN"),
        *((one, "chronopost", None) for one in ("TS", "VF", "JF")),
    ],
)
def test_the_last_two_letters_say_who_posted_it(ending: str, carrier: Carrier, country: str | None) -> None:
    assert recognise(f"RB123456785{ending}") == Recognised(
        carrier, f"RB123456785{ending}", True, service="RB", serial="12345678", country=country
    )


@pytest.mark.parametrize("text", ["9L20524752032", "9L00000100014", "6A12345678905"])
def test_a_colissimo_has_a_product_code_and_a_check_digit(text: str) -> None:
    assert recognise(text) == Recognised("colissimo", text, True, product=text[:2], serial=text[2:12])
    assert recognise(text[:-1] + other(text[-1])).valid is False


SEEN = "5K 5W 6A 6C 6G 6H 6M 6Q 6R 6W 7A 7Q 7R 8L 8N 8P 8Q 8R 8V 9L 9V 9W 4X"


@pytest.mark.parametrize("product", SEEN.split())
def test_any_digit_and_letter_is_a_product_of_colissimo(product: str) -> None:
    assert recognise(f"{product}12345678905").carrier == "colissimo"


@pytest.mark.parametrize("product", ["1H", "1K", "1L", "2L", "3C"])
def test_a_lettre_suivie_is_told_by_its_product_code_and_has_no_check_digit(product: str) -> None:
    assert recognise(f"{product}12345678901") == Recognised(
        "laposte", f"{product}12345678901", None, product=product, serial="12345678901"
    )


def test_the_routing_label_of_a_colissimo_says_where_to_and_how_heavy() -> None:
    text = "9L 1 72240 900001 0860 0000 3 7"
    assert recognise(text) == Recognised(
        "colissimo",
        "9L1722409000010860000037",
        True,
        product="9L",
        postcode="72240",
        customer="900001",
        weight_g=8600,
    )
    assert recognise(text[:-1] + "8").valid is False
    assert recognise("9L1AD1009000010860000037").postcode == "AD100"


def test_a_mondial_relay_label_says_shipment_parcel_and_agency() -> None:
    assert recognise("12123456780101006623123454") == Recognised(
        "mondialrelay",
        "12123456780101006623123454",
        True,
        service="3",
        customer="12",
        shipment="12345678",
        parcel=1,
        parcels=1,
        agency="0662",
    )


@pytest.mark.parametrize("text", ["12123456780101106623123454", "12123456780101006623123455"])
def test_a_mondial_relay_label_has_two_check_digits(text: str) -> None:
    assert recognise(text).valid is False


def test_a_check_digit_that_the_specification_leaves_open_is_not_held_against_a_label() -> None:
    open_run = next(run for run in range(99_999) if check_digits.mondial_relay(f"06623{run:05d}") is None)
    label = f"12123456780101006623{open_run:05d}"
    assert recognise(label + "0").valid is True
    assert recognise(label + "7").valid is None


@pytest.mark.parametrize("text", ["12345678", "1234567890"])
def test_a_short_number_is_mondial_relays_but_unconfirmed(text: str) -> None:
    assert recognise(text) == Recognised("mondialrelay", text, None, shipment=text)


def test_a_dpd_label_has_28_characters() -> None:
    text = "0081 827 0998 0000 0200 33 350 276 C"
    found = Recognised(
        "dpd",
        "008182709980000020033350276C",
        True,
        service="350",
        country="276",
        postcode="81827",
        shipment="09980000020033",
    )
    assert recognise(text) == recognise("%" + text) == found
    assert recognise(text[:-1] + "A").valid is False
    assert recognise(text[:-1]).valid is None


@pytest.mark.parametrize(("text", "valid"), [("01015026003653", None), ("01015026003653c", True)])
def test_a_dpd_number_has_14_digits_and_perhaps_its_check_character(text: str, valid: bool | None) -> None:
    assert recognise(text) == Recognised("dpd", text.upper(), valid, shipment="01015026003653")


def test_15_characters_whose_check_does_not_fit_are_nobodys() -> None:
    assert recognise("01015026003653D") == Recognised("unknown", "01015026003653D", None)


def test_twelve_digits_are_gls_if_the_check_digit_fits_and_eleven_leave_it_off() -> None:
    check = check_digits.gls("12345678901")
    fits = "12345678901" + check
    assert recognise(fits) == Recognised("gls", fits, True, serial="12345678901")
    assert recognise("12345678901" + other(check)).carrier == "unknown"
    assert recognise("12345678901") == Recognised("gls", "12345678901", None, serial="12345678901")


def test_a_gls_track_id_has_letters_and_digits() -> None:
    assert recognise("xhax4hda") == Recognised("gls", "XHAX4HDA", None, serial="XHAX4HDA")
    assert recognise("BONJOURS").carrier == "unknown"


@pytest.mark.parametrize(
    "text", ["1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591", "1Z8V92A70367203024"]
)
def test_a_ups_number_has_a_shipper_a_service_and_a_check_digit(text: str) -> None:
    assert recognise(text) == Recognised(
        "ups", text, True, customer=text[2:8], service=text[8:10], serial=text[10:17]
    )
    assert recognise(text[:-1] + other(text[-1])).valid is False
    assert recognise(text[:-1] + "X").valid is False


@pytest.mark.parametrize(
    "text",
    [
        "(00)340376612345678904",
        "(00) 3 4037661 234567890 4",
        "]C100340376612345678904",
        "]C10034037661234567890442057000",
        "]C1(00)340376612345678904(420)57000",
        "00340376612345678904",
    ],
)
def test_a_logistic_unit_is_known_by_its_sscc(text: str) -> None:
    assert recognise(text) == Recognised("sscc", "340376612345678904", True, sscc="340376612345678904")


def test_a_wrong_sscc_is_one_only_where_gs1_says_so() -> None:
    assert recognise("(00)340376612345678905").valid is False
    assert recognise("]C100340376612345678905").valid is False
    assert recognise("00340376612345678905").carrier == "unknown"


@pytest.mark.parametrize(
    ("text", "carrier", "serial"),
    [
        ("TBA123456789012", "amazon", "123456789012"),
        ("JD014600006281230704", "dhl", "014600006281230704"),
        ("JJD1410302937991", "dhl", "1410302937991"),
    ],
)
def test_amazon_and_dhl_have_prefixes_of_their_own(text: str, carrier: Carrier, serial: str) -> None:
    assert recognise(text) == Recognised(carrier, text, None, serial=serial)


@pytest.mark.parametrize(
    "text", ["]E4" + "12345670", "]E0" + "123456789012", "]I1" + "12345678901234", "]d2" + "01123456789012"]
)
def test_an_article_or_a_carton_is_no_parcel(text: str) -> None:
    assert recognise(text) == Recognised("unknown", text[3:], None)


def test_mondial_relay_may_print_interleaved_2_of_5() -> None:
    assert recognise("]I012123456780101006623123454").carrier == "mondialrelay"


@pytest.mark.parametrize(
    "text", ["", "   ", "HELLO-42", "13 digits: 1234567890123", "C1" + "A2" * 13, "]C1", "RB12345678FR"]
)
def test_what_no_rule_knows_is_kept_as_unknown(text: str) -> None:
    found = recognise(text)
    assert (found.carrier, found.valid) == ("unknown", None)
    assert found.number == text.removeprefix("]C1").replace(" ", "").upper()


@pytest.mark.parametrize(
    "text", ["rb 123 456 785 fr", " RB.123.456.785.FR ", "]C0RB123456785FR\r", "RB\u00a0123456785\u202fFR"]
)
def test_spaces_dots_case_and_identifier_make_no_difference(text: str) -> None:
    assert recognise(text).number == "RB123456785FR"


def test_only_the_fields_of_the_form_are_told_and_the_verdict_always_is() -> None:
    told = msgspec.json.decode(msgspec.json.encode(recognise("XHAX4HDA")))
    assert told == {"carrier": "gls", "number": "XHAX4HDA", "valid": None, "serial": "XHAX4HDA"}


@given(st.text(max_size=300))
def test_anything_at_all_is_recognised_as_something(text: str) -> None:
    found = recognise(text)
    assert found.valid is None or found.carrier != "unknown"
    assert recognise(found.number).carrier in (found.carrier, "unknown")


@given(st.from_regex(r"(\]C1)?[0-9A-Z ().]{0,30}", fullmatch=True))
def test_anything_that_looks_like_a_number_is_recognised_as_something(text: str) -> None:
    found = recognise(text)
    assert set(found.number).isdisjoint(" .")
