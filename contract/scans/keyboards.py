"""What the keys of two keyboards print: Linux key codes (input-event-codes.h) by position.

A wedge sends positions; the text depends on the keyboard it pretends to be. US and French (AZERTY, as
Linux and Windows have it) are all that scanners in France are delivered with.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

Layout = Literal["us", "fr"]
Level = Literal[0, 1, 2]
"""0 plain, 1 with Shift, 2 with AltGr."""
Keyboard = Mapping[int, str]
"""By key code: one character a level; a keyboard without AltGr has two."""

DIGIT_ROW: Final = range(2, 12)
"""KEY_1 to KEY_0."""
KEYPAD_DIGITS: Final[Mapping[int, str]] = MappingProxyType(
    {82: "0", 79: "1", 80: "2", 81: "3", 75: "4", 76: "5", 77: "6", 71: "7", 72: "8", 73: "9"}
)
_KEYPAD: Final = {55: "**", 74: "--", 78: "++", 83: "..", 98: "//"}


def _rows(rows: Mapping[int, tuple[str, ...]]) -> Keyboard:
    """Each row begins at a key code and has its levels as strings of the same length."""
    keys = {
        first + place: "".join(marks)
        for first, levels in rows.items()
        for place, marks in enumerate(zip(*levels, strict=True))
    }
    keypad = {code: digit * 2 for code, digit in KEYPAD_DIGITS.items()}
    return MappingProxyType(keys | {57: "  "} | _KEYPAD | keypad)


KEYBOARDS: Final[Mapping[Layout, Keyboard]] = MappingProxyType(
    {
        "us": _rows(
            {
                2: ("1234567890-=", "!@#$%^&*()_+"),
                16: ("qwertyuiop[]", "QWERTYUIOP{}"),
                30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
                43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
                86: ("<", ">"),
            }
        ),
        "fr": _rows(
            {
                2: ("&", "1"),
                3: ("é\"'(-è_çà)=", "234567890°+", "~#{[|`\\^@]}"),
                16: ("azertyuiop^$", "AZERTYUIOP¨£"),
                30: ("qsdfghjklmù²", "QSDFGHJKLM%²"),
                43: ("*wxcvbn,;:!", "µWXCVBN?./§"),
                86: ("<", ">"),
            }
        ),
    }
)


def mark(layout: Layout, code: int, level: Level) -> str:
    """What this key prints; empty where it prints nothing. Without a third level AltGr changes nothing."""
    marks = KEYBOARDS[layout].get(code, "")
    return marks[level if level < len(marks) else 0] if marks else ""


def misread(text: str, typed_on: Layout, read_on: Layout) -> str | None:
    """What appears when one keyboard's keys are read as another's; None: a mark has no key there."""
    keys = _KEYS[typed_on]
    if any(one not in keys for one in text):
        return None
    return "".join(mark(read_on, *keys[one]) for one in text)


def on_digit_row(text: str, layout: Layout) -> bool:
    """Whether all of it is typed with the keys of the digits."""
    keys = _KEYS[layout]
    return all(one in keys and keys[one][0] in DIGIT_ROW for one in text)


def _inverted(keyboard: Keyboard) -> Iterator[tuple[str, tuple[int, Level]]]:
    levels: tuple[Level, ...] = (0, 1, 2)
    for code, marks in keyboard.items():
        yield from ((one, (code, level)) for one, level in zip(marks, levels, strict=False))


_KEYS: Final[Mapping[Layout, Mapping[str, tuple[int, Level]]]] = MappingProxyType(
    {layout: dict(reversed(tuple(_inverted(keyboard)))) for layout, keyboard in KEYBOARDS.items()}
)
"""The key of each character; where two have it, the first of the rows, never the keypad."""
