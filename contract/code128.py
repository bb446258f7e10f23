"""Bar codes for paper and screens: Code 128, character set B (ISO/IEC 15417), for letters and digits.

Each character is three bars and three gaps of one to four modules, eleven modules in all; the stop has one
bar more. Ten modules on each side stay white.
"""

from collections.abc import Iterator
from typing import Final

QUIET_MODULES: Final = 10
_START_B, _STOP = 104, 106
_WIDTHS: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 "
    "112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 "
    "311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_PATTERNS: Final = tuple(_WIDTHS.split())
"""By value, from 0; widths of bar, gap, bar..."""


def bars(text: str) -> Iterator[tuple[int, int]]:
    """Every black bar: where it begins and how wide it is, in modules from the left of the quiet zone.

    Raises ValueError for a character that set B has not.
    """
    at = QUIET_MODULES
    for value in _values(text):
        for place, width in enumerate(map(int, _PATTERNS[value])):
            if place % 2 == 0:
                yield at, width
            at += width


def modules(text: str) -> int:
    """How wide all of it is, quiet zones included."""
    return 2 * QUIET_MODULES + 11 * (len(text) + 2) + 13


def _values(text: str) -> list[int]:
    data = [ord(character) - 32 for character in text]
    if not all(0 <= value <= 95 for value in data):
        raise ValueError("a bar code of set B has letters, digits and marks of ASCII only")
    check = (_START_B + sum(place * value for place, value in enumerate(data, 1))) % 103
    return [_START_B, *data, check, _STOP]
