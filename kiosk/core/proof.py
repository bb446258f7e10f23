"""A receipt is checked: by its square, without anybody signing in and without the hub."""

from typing import Final

from contract import messages as m
from contract.receipt import PREFIX, from_text
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.scans import plain_of
from kiosk.core.state import State, Step, ask, quiet, show

_SEAL_DIGITS: Final = 32
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


def answered(state: State, event: e.Answered, body: m.ReceiptChecked) -> Step:
    """As it was sealed here, or not."""
    if event.ask != state.waiting or not isinstance(state.screen, d.ReceiptAsked):
        return quiet(state)
    return show(state, d.ReceiptSeen(state.screen.receipt, body.genuine))


def _may_begin(state: State) -> bool:
    idle = isinstance(state.screen, s.Start | s.Typing | s.CodeRefused | s.Thanks | d.ReceiptSeen)
    return idle and state.visit is None and state.staff is None
