"""Prices as people write them, in cents: never a float. Pure."""

import re
from typing import Final, Literal

MOST_CENTS: Final = 500_000
"""Nothing a concierge desk passes on costs more."""

Fault = Literal["none", "not_a_price", "three_decimals", "negative", "too_much"]

_BLANKS: Final = re.compile(r"[\s\u00a0\u202f']+")
_PRICE: Final = re.compile(r"([0-9]{1,12})(?:[,.]([0-9]*))?")
_CURRENCY: Final = re.compile(r"(€|eur|euros?)$")


class PriceError(ValueError):
    """What was written is no price; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def cents_of(text: str, most: int = MOST_CENTS) -> int:
    """`12,50`, `12.50 €`, `12` or `1 250,00` in cents. Raises PriceError."""
    plain = _CURRENCY.sub("", _BLANKS.sub("", text.casefold()))
    if not plain:
        raise PriceError("none")
    if plain[0] in "-\u2212\u2013":
        raise PriceError("negative")
    found = _PRICE.fullmatch(plain)
    if found is None or not plain.isascii():
        raise PriceError("not_a_price")
    decimals = found[2] or ""
    if len(decimals) > 2:
        raise PriceError("three_decimals")
    cents = int(found[1]) * 100 + int(decimals.ljust(2, "0"))
    if cents > most:
        raise PriceError("too_much")
    return cents


def written(cents: int) -> str:
    """As a field of a form shows it: `12,50`."""
    return f"{cents // 100},{cents % 100:02}"
