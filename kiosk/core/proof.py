"""A receipt is checked: by its square or by its word, without anybody signing in and without the hub.

The word is looked for among what is on its way; the number that stands beside it is compared by eye.
"""

from dataclasses import replace
from typing import Final

import msgspec

from contract import bag_tag
from contract import messages as m
from contract.receipt import CONSONANTS, PREFIX, VOWELS, from_text
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.relay_memory import Memory
from kiosk.core.scans import plain_of
from kiosk.core.state import Record, State, Step, ask, quiet, show

_SEAL_DIGITS: Final = 32
_WORD_LETTERS: Final = 8
_HEXADECIMAL: Final = frozenset("0123456789abcdef")


def is_receipt(text: str) -> bool:
    """Whether a scan has the form of a receipt, whole or damaged."""
    plain = plain_of(text)
    seal = plain[len(PREFIX) : len(PREFIX) + _SEAL_DIGITS]
    return plain.startswith(PREFIX) and len(seal) == _SEAL_DIGITS and set(seal) <= _HEXADECIMAL


def scanned(state: State, text: str) -> Step:
    """Ask the bridge, which has the key; where nobody is doing anything else."""
    if not _may_begin(state):
        return quiet(state)
    read = from_text(plain_of(text))
    if read is None:
        return show(state, d.ReceiptSeen(None, genuine=False))
    receipt, seal = read
    return ask(state, m.CheckReceipt(receipt=receipt, seal=seal), d.ReceiptAsked(receipt, seal))


def touched(state: State, event: ev.ProofEvent) -> Step:
    """The word, letter by letter: it has no other letters than those that may come next."""
    match event, state.screen:
        case ev.ProofWanted(), _ if _may_begin(state):
            return show(replace(state, over=""), d.WordAsked())
        case ev.LetterSaid(""), d.WordAsked(letters):
            return show(state, d.WordAsked(letters[:-1]))
        case ev.LetterSaid(letter, tracked), d.WordAsked(letters) if letter in may_follow(letters):
            screen = _with(letters + letter, tracked, state.memory)
            return _told(state, screen, screen.found if isinstance(screen, d.WordSeen) else None)
        case _:
            return quiet(state)


def may_follow(letters: str) -> tuple[str, ...]:
    """The letters that may come next: a word is made of syllables."""
    return tuple(VOWELS if len(letters) % 2 else CONSONANTS)


def _with(letters: str, tracked: tuple[m.Tracked, ...], memory: Memory) -> d.WordAsked | d.WordSeen:
    """What was dropped here is known here before the hub tells it."""
    if len(letters) < _WORD_LETTERS:
        return d.WordAsked(letters)
    word = f"{letters[:4]}-{letters[4:]}"
    found = next((one for one in tracked if one.word == word), None) or memory.with_word(word)
    if found is not None and found.number is None:  # nothing was ordered: on its paper stands its own number
        found = msgspec.structs.replace(found, number=bag_tag.printed(found.item))
    return d.WordSeen(word, found)


def answered(state: State, event: e.Answered, body: m.ReceiptChecked) -> Step:
    """As it was sealed here, or not."""
    if event.ask != state.waiting or not isinstance(state.screen, d.ReceiptAsked):
        return quiet(state)
    receipt = state.screen.receipt
    told = (one for one in event.told if isinstance(one, m.Tracked))
    found = next((one for one in told if receipt.order in (one.order, one.item)), None)
    found = found if body.genuine else None
    return _told(state, d.ReceiptSeen(receipt, body.genuine, found), found)


def _told(state: State, screen: d.DropScreen, found: m.Tracked | None) -> Step:
    """Who comes for what nobody finds wants an answer: whoever is on duty hears of it."""
    after, _ = show(state, screen)
    if found is None or not found.lost:
        return after, ()
    return after, (Record(m.HelpAsked(screen=type(screen).__name__, item=found.item), needed=False),)


def _may_begin(state: State) -> bool:
    idle = isinstance(
        state.screen,
        s.Start | s.Typing | s.CodeRefused | s.Thanks | d.ReceiptSeen | d.WordAsked | d.WordSeen,
    )
    return idle and state.visit is None and state.staff is None
