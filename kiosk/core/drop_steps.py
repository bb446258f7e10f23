"""What every part of a drop is made of: a door is asked for, a receipt sealed, something given up."""

from dataclasses import replace
from typing import Final

from contract import messages as m
from kiosk.core import drop_screens as d
from kiosk.core import screens as s
from kiosk.core.catalogue import Offers
from kiosk.core.dropping import Drop, receipt
from kiosk.core.state import Record, State, Step, ask, post, quiet, show

MOST_UNDOING: Final = 8


def released(state: State) -> Step:
    """Before somebody leaves: a place that nothing was put into is free again, and its order is no more.

    A door that is open, or may be (nothing is heard of it), is left to its sensor: perhaps the thing lies
    there, and only the door was not shut, or only the word of it did not come. The bridge then decides; so it
    does where it was given up, or a bigger door wanted, and the answer to that has not come.
    """
    drop = state.drop
    if drop is None or drop.left or drop.is_order:
        return quiet(state)
    if drop.undone or drop.late is not None or not drop.visit:
        return until_told(state, drop), ()
    if drop.place is None or drop.freed:
        return state, cancelled(drop)
    match state.screen:
        case s.Opening() | s.DoorOpen() | s.DoorClosed() | s.Silent():
            return quiet(state)
    state, sent = post(state, m.Settle(visit=drop.visit, item=drop.item, outcome="given_up"))
    if isinstance(state.screen, s.Claiming):
        return until_told(state, drop), (sent,)
    return state, (*cancelled(drop), sent)


def until_told(state: State, drop: Drop) -> State:
    """Whether its order is no more, the bridge says when they are gone: the thing may lie there."""
    if drop.service is None or not drop.told:
        return state
    return replace(state, undoing=(*state.undoing, (drop.item, drop.order))[-MOST_UNDOING:])


def taken_back(state: State, item: str) -> Step:
    """The bridge says that it took back what was given up by who has left."""
    order = dict(state.undoing)[item]
    state = replace(state, undoing=tuple(one for one in state.undoing if one[0] != item))
    return state, (Record(m.OrderCancelled(order=order, why="given_up"), needed=False),)


def cancelled(drop: Drop) -> tuple[Record, ...]:
    """The fact that its person did not drop it after all."""
    if drop.service is None or not drop.told:
        return ()
    return (Record(m.OrderCancelled(order=drop.order, why="given_up"), needed=False),)


def claim(state: State, drop: Drop) -> Step:
    """Ask for the smallest door that may do for it."""
    body = m.Claim(
        visit=drop.visit,
        item=drop.item,
        person=drop.person or drop.stranger,
        size=drop.size,
        kind=drop.service.kind if drop.service is not None else "bag",
    )
    drop = replace(drop, place=None, freed=False, late=None)
    return ask(replace(state, drop=drop), body, s.Claiming())


def seal(state: State, drop: Drop, *kept: m.Fact) -> Step:
    """Have the receipt sealed, after these facts are committed."""
    made = receipt(drop, state.home_language)
    if made is None:
        return quiet(state)
    body = m.SealReceipt(visit=drop.visit, receipt=made)
    return ask(replace(state, drop=drop), body, d.Sealing(), *kept)


def gone(state: State, drop: Drop, offers: Offers) -> Step:
    """What was chosen is not offered so any more: another choice."""
    again = replace(drop, offers=offers, service=None, counts=(), pieces=None, grams=None)
    return show(replace(state, drop=again), d.Services(gone=True))


def shown(drop: Drop, how: str) -> tuple[Record, ...]:
    """That the receipt with its check word, and the ticket, were shown or printed; never what they say."""
    kept: list[Record] = []
    if drop.seal is not None:
        about = drop.order if drop.service is not None else drop.item
        kept.append(Record(m.ReceiptShown(order=about, how=how, word=drop.seal.word)))  # type: ignore[arg-type]
    if drop.slip is not None and drop.pickup is not None:
        kept.append(Record(m.SlipShown(item=drop.item, pickup=drop.pickup, how=how)))  # type: ignore[arg-type]
    return tuple(kept)
