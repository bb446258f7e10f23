"""Who comes to drop something, and what else there is for them: a question, or something that waits."""

from dataclasses import replace

from contract import messages as m
from contract.pickup_code import typed_length
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import quotes
from kiosk.core import screens as s
from kiosk.core.dropping import Drop, Way
from kiosk.core.state import State, Step, ask, leave, quiet, show, sound


def begun(wanted: ev.DropWanted | None, way: Way = "none") -> Drop | None:
    """What somebody is about to drop; None where nobody is."""
    if wanted is None:
        return None
    item, order, stranger = wanted.ids
    return Drop(item=item, order=order, stranger=stranger, offers=wanted.offers, way=way)


def typed(state: State, drop: Drop, digits: str) -> Step:
    """A code, if it has the form of one."""
    if not (digits.isascii() and digits.isdigit() and len(digits) == typed_length(digits[0])):
        return show(state, d.WhoDrops(refused=True))
    return start(state, drop, m.StartDrop(digits=digits))


def start(state: State, drop: Drop, body: m.StartDrop) -> Step:
    """The bridge is asked who that is."""
    known = replace(drop, way="badge" if body.badge is not None else "code")
    return ask(replace(state, drop=known, over=""), body, d.Starting())


def receipt_shown(state: State) -> Step:
    """A receipt proves what was dropped, and not who they are."""
    if not isinstance(state.screen, d.WhoDrops) or state.screen.wait_seconds:
        return sound(quiet(state), "error")
    return sound(show(state, d.WhoDrops(receipt=True)), "question")


def what_next(state: State, drop: Drop) -> Step:
    """Before anything is dropped: a partner waits for their answer, or something waits for them."""
    if state.quotes:
        return quotes.next_one(state)
    if drop.waits is not None:
        return show(replace(state, drop=replace(drop, waits=None)), d.CollectOrDrop(drop.waits))
    return show(state, d.Services())


def collects(state: State) -> Step:
    """They came to collect: their ticket is shown once more, and how they like the screen stays."""
    wiped, commands = leave(state)
    return replace(
        wiped,
        screen=s.Typing(),
        language=state.language,
        chosen=state.chosen,
        listens=state.listens,
        seated=state.seated,
    ), commands
