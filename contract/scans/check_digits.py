"""Check digits of parcel numbers. Each takes the payload without its check digit and gives the digit.

ValueError: the payload has a character that its alphabet lacks.
"""

from collections.abc import Iterable
from itertools import cycle
from typing import Final

_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_MOD_37_36: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def s10(serial: str) -> str:
    """UPU S10, eight digits: 11 minus the weighted sum mod 11; 10 becomes 0, 11 becomes 5."""
    check = 11 - _weighted(serial, _S10_WEIGHTS) % 11
    return str({10: 0, 11: 5}.get(check, check))


def gs1(payload: str) -> str:
    """GS1 and Colissimo: weights 3, 1, 3... from the right, what is missing to the next ten."""
    return str(-_weighted(reversed(payload), cycle((3, 1))) % 10)


def gls(payload: str) -> str:
    """GLS: as GS1, with 1 added to the sum (paketda.de)."""
    return str(-(_weighted(reversed(payload), cycle((3, 1))) + 1) % 10)


def mondial_relay(payload: str) -> str | None:
    """Mondial Relay's X (over 14 digits) and Y (over 10): mod 11, weights 2 to 7 from the right.

    11 becomes 0. None where 10 comes out: the specification does not say what is printed then.
    """
    check = 11 - _weighted(reversed(payload), cycle(range(2, 8))) % 11
    return None if check == 10 else str(check % 11)


def ups(payload: str) -> str:
    """UPS, the 15 characters after `1Z`: letters are (ASCII - 3) mod 10, every second counts twice."""
    values = (int(one) if one.isdigit() else (ord(one) - 3) % 10 for one in payload)
    return str(-sum(value * weight for value, weight in zip(values, cycle((1, 2)), strict=False)) % 10)


def dpd(payload: str) -> str:
    """DPD: ISO 7064 mod 37,36, over 27 characters of the label or over 14 digits of the number."""
    check = 36
    for one in payload:
        check = (check + _MOD_37_36.index(one)) % 36 or 36
        check = check * 2 % 37
    return _MOD_37_36[(37 - check) % 36]


def _weighted(digits: Iterable[str], weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
