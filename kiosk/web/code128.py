"""A bar code that every scanner reads: Code 128, code set B, drawn as SVG."""

from typing import Final

from markupsafe import Markup

QUIET: Final = 10
"""Modules of white on either side; scanners need them."""
_START_B, _STOP = 104, 106
# Widths of bars and spaces, by value, as in ISO/IEC 15417, table 1.
_ALL: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
_WIDTHS: Final = (*(_ALL[at : at + 6] for at in range(0, len(_ALL), 6)), "2331112")


def values(text: str) -> list[int]:
    """The symbol's values, start, check and stop included. `text` is printable ASCII."""
    if not text or not all(" " <= mark <= "~" for mark in text):
        raise ValueError("code set B has printable ASCII only")
    data = [ord(mark) - 32 for mark in text]
    check = (_START_B + sum(place * value for place, value in enumerate(data, 1))) % 103
    return [_START_B, *data, check, _STOP]


def drawn(text: str) -> Markup:
    """The bars, one unit wide each, 30 high; as wide as its box."""
    at, bars = QUIET, []
    for value in values(text):
        for place, width in enumerate(map(int, _WIDTHS[value])):
            if place % 2 == 0:
                bars.append(f"M{at} 0h{width}v30h-{width}z")
            at += width
    path = "".join(bars)
    return Markup(  # noqa: S704 - nothing but numbers
        f'<svg class="bars" viewBox="0 0 {at + QUIET} 30" preserveAspectRatio="none" aria-hidden="true">'
        f'<path fill="#fff" d="M0 0h{at + QUIET}v30H0z"/><path fill="#000" d="{path}"/></svg>'
    )
