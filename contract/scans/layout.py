"""Is the scanner set up right? The test code of commissioning, and mending text of a wrong keyboard.

The test code has every character that a wrong keyboard changes. It must come back verbatim, an AIM
identifier in front allowed; if not, `verdict` says what to set.
"""

from dataclasses import dataclass
from typing import Final

from contract.scans import aim
from contract.scans.carriers import recognise
from contract.scans.keyboards import Layout, misread, on_digit_row
from contract.scans.message import Dropped, Message

TEST_CODE: Final = "AMQWZ-0123456789]"
SHORTEST_MENDED: Final = 4
"""Fewer characters are nobody's number, whatever keys they come from."""
_SHORTEST_PART: Final = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the scanner may be used; else what is wrong with it, and what to do. Whole sentences."""

    fits: bool
    why: str = ""
    remedy: str = ""


_FITS: Final = Verdict(True)
_NO_SUFFIX: Final = Verdict(
    False,
    "The code came back whole, but nothing marks its end.",
    "Set the scanner's suffix to CR (Enter).",
)
_FRENCH: Final = Verdict(
    False,
    "The scanner types on a French keyboard, and is read as a US one.",
    'Scan its maker\'s "US keyboard" code, or set layout = "fr".',
)
_US: Final = Verdict(
    False,
    "The scanner types on a US keyboard, and is read as a French one.",
    'Set layout = "us".',
)
_CAPS: Final = Verdict(
    False,
    "Capitals and small letters are exchanged.",
    "Turn Caps Lock off, and set the scanner to ignore it.",
)
_AROUND: Final = Verdict(
    False,
    "The scanner adds characters before or after the code.",
    "Take its prefix away (an AIM identifier may stay) and leave CR (Enter) as its only suffix.",
)
_SHORTENED: Final = Verdict(
    False,
    "A part of the code is missing.",
    "Set the scanner to send all characters and check digits; if it types, let it type more slowly.",
)
_OTHER: Final = Verdict(
    False,
    "What came back is not the test code.",
    "Scan the test code alone. If it was, give the scanner its factory settings and the US keyboard.",
)
_ALT_KEYPAD: Final = Verdict(
    False,
    "The scanner types Alt codes on the keypad.",
    "Set the scanner to a country layout (US keyboard) and switch its Alt mode off.",
)


def verdict(text: str, *, ended: bool = True) -> Verdict:
    """Judge what came when the test code was scanned. `ended`: by an end mark, not just by silence."""
    if aim.split(text).text == TEST_CODE:
        return _FITS if ended else _NO_SUFFIX
    if text.count(TEST_CODE) > 1:
        return _NO_SUFFIX
    if _typed_on("fr", "us", text):
        return _FRENCH
    if _typed_on("us", "fr", text):
        return _US
    if aim.split(text).text.lower() == TEST_CODE.lower():
        return _CAPS
    if TEST_CODE in text:
        return _AROUND
    return _SHORTENED if len(text) >= _SHORTEST_PART and text in TEST_CODE else _OTHER


def verdict_of(heard: Message | Dropped) -> Verdict:
    """The same for what a framer or the keys took out."""
    match heard:
        case Message(text, ended):
            return verdict(text, ended=ended)
        case Dropped("alt_keypad"):
            return _ALT_KEYPAD
        case Dropped(_, _, text):
            return verdict(text)


def mended(text: str) -> str | None:
    """What was printed, if `text` was typed on one keyboard and read as the other; None: not certain.

    Certain is only what becomes plain digits from nothing but keys of the digit row, or a number whose
    check digit fits; and only if one of the two directions does. Text that is right stays (None).
    """
    if len(text) < SHORTEST_MENDED or recognise(text).valid:
        return None
    found = [
        candidate
        for shown_on, sent_on in _DIRECTIONS
        if (candidate := misread(text, shown_on, sent_on)) and _is_certain(text, candidate, shown_on)
    ]
    return found[0] if len(found) == 1 else None


_DIRECTIONS: Final[tuple[tuple[Layout, Layout], ...]] = (("fr", "us"), ("us", "fr"))


def _is_certain(text: str, candidate: str, shown_on: Layout) -> bool:
    digits = candidate.isdigit() and on_digit_row(text, shown_on)
    return digits or recognise(candidate).valid is True


def _typed_on(scanner: Layout, read_as: Layout, text: str) -> bool:
    wrong = misread(TEST_CODE, scanner, read_as)
    return wrong is not None and wrong.lower() in text.lower()


REMEDIES: Final[dict[str, str]] = {
    "control": "control characters or hotkeys in a code: switch function-key and control modes off",
    "too_long": "a code longer than any label: set the scanner's suffix to CR (Enter)",
    "encoding": "characters no label has: set the scanner to 8 data bits, or to the keyboard of `layout`",
    "alt_keypad": "the scanner types Alt codes: set it to a country layout",
    "settings": "a code that sets a scanner up: lock the scanner's settings",
}
"""What to look at when messages are dropped, by `Dropped.why`; for the log."""
