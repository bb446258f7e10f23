"""A partner's quote is answered by its person, at the kiosk, whether or not the hub can be heard.

Asked is nobody but whom the bridge named in the visit it granted: one question for each open quote, after the
doors that open, before anything else. Answered here it is asked here no more, whatever the hub knows of it.
"""

from collections.abc import Iterable
from dataclasses import replace

from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core.relay_memory import Memory
from kiosk.core.state import Record, State, Step, quiet, show


def open_to(
    person: str | None, told: Iterable[m.Tracked | m.Service], memory: Memory
) -> tuple[m.Tracked, ...]:
    """What this person is to be asked, by what the hub told; nobody is asked who is not named."""
    theirs = (one for one in told if isinstance(one, m.Tracked) and person is not None)
    return tuple(
        one
        for one in theirs
        if one.person == person
        and one.order is not None
        and one.quote is not None
        and one.quote_cents is not None
        and one.quote not in memory.answered
    )


def next_one(state: State, done: m.VisitItem | None = None) -> Step:
    """The next question; `done` is the thing just in hand."""
    return show(state, d.QuoteAsked(state.quotes[0], done))


def touched(state: State, event: ev.QuoteReplied) -> Step:
    """Yes or no is a fact before it is shown; "later" leaves the question open."""
    if not isinstance(state.screen, d.QuoteAsked):
        return quiet(state)
    asked, done = state.screen.asked, state.screen.done
    rest = tuple(one for one in state.quotes if one.quote != asked.quote)
    after = replace(state, quotes=rest, screen=d.QuoteHeard(asked, event.answer, done))
    if event.answer == "later" or asked.quote is None or asked.order is None:
        return after, ()
    accepted = event.answer == "yes"
    fact = m.QuoteAnswered(quote=asked.quote, order=asked.order, accepted=accepted, by="person")
    return after, (Record(fact),)
