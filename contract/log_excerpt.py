"""The last lines of a log, for whoever asks from afar: fit for one message, and without what must stay here.

Our programs log no code, key or name (I15). What a library or an error's text might still bear is taken
out here: whatever the device knows to be a secret or a name, and whatever looks like one.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

MOST_LINES: Final = 200
MOST_LETTERS: Final = 1_000
MOST_BYTES: Final = 40 * 1024
"""Of all lines together, as they travel: far enough below the ceiling of a message."""
LEFT_OUT: Final = "[…]"

_SHORTEST_NAME: Final = 3
_LONGEST_WORD: Final = 32
_LONG_WORD: Final = 16
_MANY_DIGITS: Final = 8
_SHORTEST_CODE: Final = 6
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[\w-]+")
_SPACED = re.compile(r"(?<!\w)\d{1,3}(?: \d{2,3}){2,}(?!\w)")
"""A code or a telephone number as people write them."""
_HEAD: Final = ("at", "level", "from", "text")


def excerpt(lines: Iterable[str], hidden: Iterable[str]) -> tuple[str, ...]:
    """The last of these JSON lines (contract.json_log) in words, the oldest first.

    `hidden`: secrets and names that are left out wherever they stand, names also word by word.
    """
    clean = _cleaner(hidden)
    kept: list[str] = []
    room = MOST_BYTES
    for line in reversed(list(lines)[-MOST_LINES:]):
        said = _in_words(line, clean)[:MOST_LETTERS]
        room -= len(msgspec.json.encode(said)) + 1
        if room < 0:
            break
        kept.append(said)
    return tuple(reversed(kept))


def _in_words(line: str, clean: Callable[[str], str]) -> str:
    """`2026-11-23 14:02:11 warning contract.link broker lost device=borny-borne`."""
    try:
        fields = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:
        return clean(line)
    at, *head = (str(fields.pop(name, "")) for name in _HEAD)
    rest = (f"{name}={value}" for name, value in fields.items() if name != "error")
    error = str(fields.get("error", ""))[-MOST_LETTERS // 2 :]  # what went wrong stands last
    return " ".join(filter(None, (at[:19], *map(clean, (*head, *rest)), clean(error).replace("\n", " | "))))


def _cleaner(hidden: Iterable[str]) -> Callable[[str], str]:
    whole = {text.strip().casefold() for text in hidden}
    words = {word for text in whole for word in _WORD.findall(text)}
    known = {word for word in whole | words if len(word) >= _SHORTEST_NAME}

    def of_word(found: re.Match[str]) -> str:
        word = found[0]
        return LEFT_OUT if word.casefold() in known or _looks_secret(word) else word

    return lambda text: _WORD.sub(of_word, _SPACED.sub(LEFT_OUT, text))


def _looks_secret(word: str) -> bool:
    """Codes, PINs, numbers of parcels and telephones, keys, passwords, squares; ids lead to nobody here."""
    if _ID.fullmatch(word) or word.startswith("usb-"):  # the name of a port, with its serial number
        return False
    digits = sum(map(str.isdecimal, word))
    if digits >= _MANY_DIGITS or (word.isdecimal() and digits >= _SHORTEST_CODE):
        return True
    mixed = word != word.lower() and (digits > 0 or word.isupper())
    return len(word) > _LONGEST_WORD or (len(word) >= _LONG_WORD and mixed)
