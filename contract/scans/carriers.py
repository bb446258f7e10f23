"""Whose parcel it is, told from the text of its label alone, and whether its check digit fits.

Nothing is ever rejected: what no rule knows is `unknown`, its text kept. The forms and their sources
stand in the functions below. Where two carriers share a form:

- two letters, nine digits, two letters: the last two decide. FR is La Poste, another country is a post
  abroad (`upu`), no country at all is Chronopost, which has letters of its own there (TS, VF, JF). A
  Chronopost number that ends on FR cannot be told from La Poste's and goes as La Poste's.
- digit, letter, eleven digits: 1H 1K 1L 2L 3C is a lettre suivie, any other product code a Colissimo.
- 12 digits are GLS if GLS's check digit fits; else unknown, because Mondial Relay numbers of 12 digits
  circulate too. 11 digits are a GLS number whose check digit was left off.
- 15 characters are DPD's number with its check character, if that fits; else unknown.
- 20 digits from 00 are a GS1 logistic unit by `]C1` or `(00)`; bare, only if the check digit fits.
- 8 or 10 digits are a Mondial Relay number, unconfirmed (`valid` None). Eight digits may as well be one
  of our own pickup codes, and ten a badge: who expects those looks for them first (kiosk.core.scans).
- 8 letters and digits are a GLS Track-ID only if both are there: a word or a number is none.
- numbers of digits alone are none of a carrier's where the AIM identifier says EAN or UPC, Interleaved
  2 of 5 (but Mondial Relay's 26) or other GS1 data: those are articles and outer cartons.
"""

import re
from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from contract.scans import aim, check_digits
from contract.scans.aim import Split
from contract.scans.countries import COUNTRIES

Carrier = Literal[
    "colissimo",
    "laposte",
    "upu",
    "chronopost",
    "mondialrelay",
    "dpd",
    "gls",
    "ups",
    "sscc",
    "amazon",
    "dhl",
    "unknown",
]


class Recognised(Struct, frozen=True, omit_defaults=True):
    """What a label says. Only the fields its form has are set; they are as printed, not looked up.

    `number` is the text without AIM identifier, spaces and dots, in upper case; of a GS1 label the SSCC.
    `valid` is whether the check digit fits, None where the form has none (or its rule is not known).
    `postcode` and `country` are the addressee's; of an S10 number, `country` is where it was posted.
    """

    carrier: Carrier
    number: str
    valid: bool | None
    product: str | None = None
    service: str | None = None
    serial: str | None = None
    country: str | None = None
    postcode: str | None = None
    customer: str | None = None
    weight_g: int | None = None
    shipment: str | None = None
    parcel: int | None = None
    """Which of the shipment's `parcels` this is, from 1."""
    parcels: int | None = None
    agency: str | None = None
    sscc: str | None = None


_Reader = Callable[[re.Match[str]], Recognised | None]

_GAPS: Final = str.maketrans("", "", " .\t\u00a0\u202f")
_LETTRE_SUIVIE: Final = frozenset({"1H", "1K", "1L", "2L", "3C"})
_FIVE_DIGIT_POSTCODES: Final = frozenset({"250", "276"})  # France, Germany


def recognise(text: str) -> Recognised:
    """Name the carrier of whatever was scanned or typed. Never raises."""
    split = aim.split(text.strip())
    number = normalised(split.text)
    for form, symbologies, read in _FORMS:
        if symbologies(split) and (match := form.fullmatch(number)) and (found := read(match)):
            return found
    return Recognised("unknown", number, None)


def normalised(text: str) -> str:
    """Spaces and dots removed, upper case: as numbers are compared."""
    return text.strip().translate(_GAPS).upper()


def _s10(match: re.Match[str]) -> Recognised:
    """UPU S10: service, eight digits, check, country."""
    service, serial, check, ending = match.groups()
    carrier: Carrier = "laposte" if ending == "FR" else "upu" if ending in COUNTRIES else "chronopost"
    return Recognised(
        carrier,
        match[0],
        check_digits.s10(serial) == check,
        service=service,
        serial=serial,
        country=None if carrier == "chronopost" else ending,
    )


def _colissimo(match: re.Match[str]) -> Recognised:
    """La Poste, "CDCFR Colissimo Access F", July 2013: the product code is not in the sum."""
    product, serial, check = match.groups()
    if product in _LETTRE_SUIVIE:
        return Recognised("laposte", match[0], None, product=product, serial=serial + check)
    valid = check_digits.gs1(serial) == check
    return Recognised("colissimo", match[0], valid, product=product, serial=serial)


def _colissimo_routing(match: re.Match[str]) -> Recognised:
    """The second bar code of a Colissimo: 24 characters, the check over the 15 digits before it."""
    product, postcode, customer, weight = match.group(1, 2, 3, 4)
    valid = check_digits.gs1(match[0][8:23]) == match[0][23]
    return Recognised(
        "colissimo",
        match[0],
        valid,
        product=product,
        postcode=postcode,
        customer=customer,
        weight_g=int(weight) * 10,
    )


def _mondial_relay(match: re.Match[str]) -> Recognised:
    """Mondial Relay, "Labels specifications" 2.x: brand, shipment, parcel, parcels, X, agency..., Y."""
    customer, shipment, parcel, parcels, x, agency, service, run, y = match.groups()
    first = check_digits.mondial_relay(customer + shipment + parcel + parcels)
    second = check_digits.mondial_relay(agency + service + run)
    return Recognised(
        "mondialrelay",
        match[0],
        _all_fit((first, x), (second, y)),
        customer=customer,
        shipment=shipment,
        parcel=int(parcel),
        parcels=int(parcels),
        agency=agency,
        service=service,
    )


def _all_fit(*pairs: tuple[str | None, str]) -> bool | None:
    """False as soon as one differs; a digit that the specification leaves open proves it only as 0."""
    if any(wanted is not None and wanted != found for wanted, found in pairs):
        return False
    return None if any(wanted is None and found != "0" for wanted, found in pairs) else True


def _mondial_relay_number(match: re.Match[str]) -> Recognised:
    return Recognised("mondialrelay", match[0], None, shipment=match[0])


def _dpd_label(match: re.Match[str]) -> Recognised:
    """DPD's label: postcode (7), number (14), service (3), country (3), and a check that may be absent."""
    postcode, shipment, service, country, check = match.groups()
    number = match[0].removeprefix("%")
    return Recognised(
        "dpd",
        number,
        check_digits.dpd(number[:27]) == check if check else None,
        service=service,
        country=country,
        postcode=postcode[2:] if country in _FIVE_DIGIT_POSTCODES else postcode,
        shipment=shipment,
    )


def _dpd_number(match: re.Match[str]) -> Recognised | None:
    """The number people type, 14 digits; below the bar code it has its check character (paketda.de)."""
    shipment, check = match.groups()
    if check and check_digits.dpd(shipment) != check:
        return None
    return Recognised("dpd", match[0], True if check else None, shipment=shipment)


def _gls_number(match: re.Match[str]) -> Recognised | None:
    """GLS: 11 digits, and a check digit that is sometimes left off."""
    serial, check = match.groups()
    if check and check_digits.gls(serial) != check:
        return None
    return Recognised("gls", match[0], True if check else None, serial=serial)


def _gls_track_id(match: re.Match[str]) -> Recognised:
    return Recognised("gls", match[0], None, serial=match[0])


def _ups(match: re.Match[str]) -> Recognised:
    """UPS: `1Z`, shipper (6), service (2), package (7), check."""
    customer, service, serial, check = match.groups()
    valid = check_digits.ups(customer + service + serial) == check
    return Recognised("ups", match[0], valid, customer=customer, service=service, serial=serial)


def _logistic_unit(match: re.Match[str]) -> Recognised:
    """GS1 General Specifications, AI 00."""
    sscc = match[1]
    return Recognised("sscc", sscc, check_digits.gs1(sscc[:-1]) == sscc[-1], sscc=sscc)


def _bare_logistic_unit(match: re.Match[str]) -> Recognised | None:
    found = _logistic_unit(match)
    return found if found.valid else None


def _amazon(match: re.Match[str]) -> Recognised:
    return Recognised("amazon", match[0], None, serial=match[1])


def _dhl(match: re.Match[str]) -> Recognised:
    return Recognised("dhl", match[0], None, serial=match[1])


def _any(_: Split) -> bool:
    return True


def _gs1(split: Split) -> bool:
    return split.is_gs1


def _no_article(split: Split) -> bool:
    """Neither an article's code nor other GS1 data."""
    return not split.is_gs1 and split.identifier[:1] != "E"


def _no_carton(split: Split) -> bool:
    """Nor an outer carton's, which is Interleaved 2 of 5."""
    return _no_article(split) and split.identifier[:1] != "I"


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[Split], bool], _Reader], ...]] = tuple(
    (re.compile(form, re.DOTALL), symbologies, read)
    for form, symbologies, read in (
        (r"00([0-9]{18}).*", _gs1, _logistic_unit),
        (r"\(00\)([0-9]{18})(?:\(.*)?", _any, _logistic_unit),
        (r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})", _any, _s10),
        (r"([0-9][A-Z])([0-9]{10})([0-9])", _any, _colissimo),
        (r"([0-9][A-Z])1([0-9]{5}|AD[0-9]{3})([0-9]{6})([0-9]{4})00[0-9]0[0-9]{2}", _any, _colissimo_routing),
        (r"1Z([0-9A-Z]{6})([0-9A-Z]{2})([0-9A-Z]{7})([0-9A-Z])", _any, _ups),
        (r"TBA([0-9]{12})", _any, _amazon),
        (r"J?JD([0-9]{13,20})", _any, _dhl),
        (
            r"([0-9]{2})([0-9]{8})([0-9]{2})([0-9]{2})([0-9])([0-9]{4})([0-9])([0-9]{5})([0-9])",
            _no_article,
            _mondial_relay,
        ),
        (r"%?([0-9A-Z]{7})([0-9]{14})([0-9]{3})([0-9]{3})([0-9A-Z])?", _no_carton, _dpd_label),
        (r"([0-9]{14})([0-9A-Z])?", _no_carton, _dpd_number),
        (r"([0-9]{11})([0-9])?", _no_carton, _gls_number),
        (r"00([0-9]{18})", _no_carton, _bare_logistic_unit),
        (r"[0-9]{8}|[0-9]{10}", _no_carton, _mondial_relay_number),
        (r"(?=.*[A-Z])(?=.*[0-9])[0-9A-Z]{8}", _any, _gls_track_id),
    )
)
"""Form, what the AIM identifier may say, reader; the first that fits and reads wins. Forms without a
letter or a prefix of their own come last."""
