"""How long a text is as SMS: its coding, and the parts a gateway counts (3GPP TS 23.038, 23.040). Pure."""

from dataclasses import dataclass
from typing import Final, Literal

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # an escape before each: two septets
_ONE_GSM, _PART_GSM = 160, 153
_ONE_UCS, _PART_UCS = 70, 67

_PLAINER: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "œ": "oe",
        "Œ": "OE",
        "ç": "c",
        **dict(zip("âêîôûëïÿáíóúÀÂÈÊËÎÏÔÙÛ", "aeioueiyaiouAAEEEIIOUU", strict=True)),
    }
)


@dataclass(frozen=True)
class Length:
    """`units` are septets (GSM-7) or 16-bit units (UCS-2)."""

    coding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def plainer(text: str) -> str:
    """The text in the cheap alphabet where that takes only typography and a few accents, else as it is."""
    plain = text.translate(_PLAINER)
    return plain if _is_gsm(plain) and length(plain).parts <= length(text).parts else text


def length(text: str) -> Length:
    """What a gateway will count."""
    if _is_gsm(text):
        sizes = [2 if mark in _EXTENDED else 1 for mark in text]
        return Length("GSM-7", sum(sizes), _parts(sizes, _ONE_GSM, _PART_GSM))
    sizes = [len(mark.encode("utf-16-le")) // 2 for mark in text]
    return Length("UCS-2", sum(sizes), _parts(sizes, _ONE_UCS, _PART_UCS))


def costly(text: str) -> list[str]:
    """The signs for which the cheap alphabet has nothing, each once, as they come."""
    return [mark for mark in dict.fromkeys(text.translate(_PLAINER)) if not _is_gsm(mark)]


def _is_gsm(text: str) -> bool:
    return all(mark in _BASIC or mark in _EXTENDED for mark in text)


def _parts(sizes: list[int], one: int, part: int) -> int:
    """No character is torn apart between two parts."""
    if sum(sizes) <= one:
        return 1
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > part:
            parts, filled = parts + 1, 0
        filled += size
    return parts
