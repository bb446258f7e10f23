"""One thing a scanner read, or why it was dropped. The two ways in, bytes and keys, end here."""

from dataclasses import dataclass, field
from typing import Final, Literal

from contract import receipt
from contract.scans import aim
from contract.scans.settings_codes import is_settings_code

LONGEST: Final = 256
"""Characters, the AIM identifier counted; nothing on a parcel or a ticket comes near it."""
LONGEST_RECEIPT: Final = receipt.MOST_CHARACTERS + 3
"""The square of a receipt holds all that stands on it."""
GS: Final = "\x1d"
"""The separator of GS1 data, the only control character that may be inside a message."""

Why = Literal["control", "too_long", "encoding", "alt_keypad", "settings"]


@dataclass(frozen=True, slots=True)
class Message:
    """The text as printed, AIM identifier included. `ended`: an end key or mark came, not just silence."""

    text: str
    ended: bool = True


@dataclass(frozen=True, slots=True)
class Dropped:
    """What must not go on, and how many characters it had.

    `alt_keypad`: the scanner types Alt codes, which are not decoded; `settings`: a code that sets a
    scanner up; `encoding`: not ASCII. `heard` is its beginning, to find out at commissioning how a
    scanner is set; it is never shown with the value, so that it comes into no log.
    """

    why: Why
    length: int
    heard: str = field(default="", repr=False, compare=False)


def ceiling(beginning: str) -> int:
    """How many characters a message that begins so may have."""
    return LONGEST_RECEIPT if aim.split(beginning).text.startswith(receipt.PREFIX) else LONGEST


def judged(text: str, *, ended: bool = True) -> Message | Dropped:
    """A whole message, or why it is none. Never raises; `text` must not be empty."""
    fault = _fault_of(text)
    return Message(text, ended) if fault is None else Dropped(fault, len(text), text[:LONGEST])


def _fault_of(text: str) -> Why | None:
    inside = text.replace(GS, "") if aim.split(text).is_gs1 else text
    if len(text) > ceiling(text):
        return "too_long"
    if not text.isascii():
        return "encoding"
    if not inside.isprintable():
        return "control"
    return "settings" if is_settings_code(text) else None
