"""A HID scanner's key events to text: `start`, `add`, `take_out`, `time_out`, `flush`.

Key codes come from the device itself, so no desktop layout is in the way. A message ends with ENTER,
the keypad's ENTER or TAB, or when nothing is pressed for 100 ms.

    pressed with             means
    nothing, Shift, AltGr    what the scanner's keyboard prints there; Caps Lock inverts letters
    Ctrl                     a control character (Ctrl-] is GS; Ctrl-M, Ctrl-J, Ctrl-I end the message)
    Alt, digits of the       an Alt code: never decoded, because the code page is the host's; the
    keypad                   message is dropped as `alt_keypad`
    Alt or Meta, other keys, a hotkey of some host: the message is dropped as `control`
    or a key that prints
    nothing (F1, Escape)
"""

from dataclasses import dataclass, replace
from typing import Final

from contract.scans.keyboards import KEYBOARDS, KEYPAD_DIGITS, Layout, Level, mark
from contract.scans.message import LONGEST, Dropped, Message, ceiling, judged

SILENCE_MS: Final = 100
"""After this long without a key the caller calls `time_out`."""
MOST_ENDED: Final = 64
"""Messages kept until they are taken out; beyond it the oldest is forgotten."""

RELEASED, PRESSED = 0, 1  # 2 is the kernel's own repeat: no scanner holds a key, so it prints nothing

_SHIFT: Final = frozenset({42, 54})
_CTRL: Final = frozenset({29, 97})
_ALT: Final = frozenset({56})
_ALT_GR: Final = frozenset({100})
_META: Final = frozenset({125, 126})
_MODIFIERS: Final = _SHIFT | _CTRL | _ALT | _ALT_GR | _META
_CAPS_LOCK: Final = 58
_SILENT: Final = frozenset({69, 70})  # Num Lock, Scroll Lock: scanners press them, nothing is meant
_ENDS: Final = frozenset({15, 28, 96})
_NO_MARK: Final = "\x1b"  # stands for a key that prints nothing


@dataclass(frozen=True, slots=True)
class Keys:
    """What was typed since the last end. `length` also counts what was too much to keep."""

    layout: Layout
    held: frozenset[int] = frozenset()
    caps: bool = False
    typed: str = ""
    length: int = 0
    alt_digits: int = 0
    ended: tuple[Message | Dropped, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether silence would end something."""
        return bool(self.length or self.alt_digits)


def start(layout: Layout) -> Keys:
    """Nothing typed yet, on a scanner that pretends to be this keyboard."""
    return Keys(layout)


def add(keys: Keys, code: int, value: int) -> Keys:
    """Hear one EV_KEY event. Codes nobody knows are keys that print nothing."""
    if code in _MODIFIERS:
        held = keys.held - {code} if value == RELEASED else keys.held | {code}
        return replace(keys, held=held)
    if value != PRESSED or code in _SILENT:
        return keys
    if code == _CAPS_LOCK:
        return replace(keys, caps=not keys.caps)
    if code in _ENDS:
        return _end(keys, ended=True)
    return _press(keys, code)


def take_out(keys: Keys) -> tuple[tuple[Message | Dropped, ...], Keys]:
    """Every message that has ended."""
    return keys.ended, replace(keys, ended=()) if keys.ended else keys


def time_out(keys: Keys) -> tuple[tuple[Message | Dropped, ...], Keys]:
    """Nothing was pressed for a while: what is left is a message too, with no key at its end."""
    return take_out(_end(keys, ended=False))


def flush(keys: Keys) -> Keys:
    """Forget everything: events were lost, so nothing is known of the keys that are down either."""
    return Keys(keys.layout)


def _press(keys: Keys, code: int) -> Keys:
    if keys.held & _ALT and code in KEYPAD_DIGITS:
        return replace(keys, alt_digits=keys.alt_digits + 1)
    if keys.held & (_ALT | _META):
        return _type(keys, _NO_MARK)
    printed = mark(keys.layout, code, _level(keys, code))
    if keys.held & _CTRL:
        printed = _control(printed)
        if printed in ("\r", "\n", "\t"):
            return _end(keys, ended=True)
    return _type(keys, printed or _NO_MARK)


def _type(keys: Keys, printed: str) -> Keys:
    has_room = keys.length < LONGEST or keys.length < ceiling(keys.typed)
    typed = keys.typed + printed if has_room else keys.typed
    return replace(keys, typed=typed, length=keys.length + 1)


def _level(keys: Keys, code: int) -> Level:
    if keys.held & _ALT_GR:
        return 2
    marks = KEYBOARDS[keys.layout].get(code, "")
    inverted = keys.caps and marks[:1].isalpha() and marks[:1].upper() == marks[1:2]
    return 1 if bool(keys.held & _SHIFT) != inverted else 0


def _control(printed: str) -> str:
    """Ctrl and a letter, as terminals have it; empty where there is no such character."""
    upper = printed.upper()
    return chr(ord(upper) - 64) if upper and "@" < upper <= "_" else ""


def _end(keys: Keys, *, ended: bool) -> Keys:
    if not keys.waiting:
        return keys
    done = (*keys.ended, _judged(keys, ended))[-MOST_ENDED:]
    return replace(keys, typed="", length=0, alt_digits=0, ended=done)


def _judged(keys: Keys, ended: bool) -> Message | Dropped:
    if keys.alt_digits:
        return Dropped("alt_keypad", keys.length + keys.alt_digits)
    if keys.length > ceiling(keys.typed):
        return Dropped("too_long", keys.length)
    return judged(keys.typed, ended=ended)
