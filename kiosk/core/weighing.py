"""The weight of a bag, where there is a scale: asked for once, heard when it has settled, and never needed.

WeighIt -it lies there, at rest-> Agree, or TakeIt at the counter
WeighIt -it never rests, too heavy, nothing is heard-> WeighIt(why) -once more, or without-> ...
Staff may weigh what they count: the weight stands on CountIt until the pieces are said.

While nothing lies on the scale it is asked again, for as long as the screen is there.
"""

from dataclasses import replace

from contract import messages as m
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import relay_screens as r
from kiosk.core.dropping import Drop
from kiosk.core.state import State, Step, ask, quiet, show, sound


def wanted(state: State, drop: Drop) -> bool:
    """Whether this is a bag, and can be weighed here."""
    kind = drop.service.kind if drop.service is not None else "bag"
    return state.scale and not drop.is_order and kind == "bag"


def begin(state: State) -> Step:
    """What lies on the scale, or will in a moment?"""
    match state.screen:
        case r.CountIt(differs=None) as screen:
            return _ask(state, replace(screen, weighs=True, why="", grams=None))
        case _:
            return _ask(state, d.WeighIt())


def go_on(state: State) -> Step:
    """With a weight or without one."""
    return show(state, d.Agree() if state.staff is None else r.TakeIt())


def answered(state: State, event: e.Answered) -> Step:
    """The scale has settled, or not."""
    if event.ask != state.waiting:
        return quiet(state)
    match event.body, state.screen:
        case m.Weighed(grams=grams), d.WeighIt(why="") if state.drop is not None:
            return sound(go_on(replace(state, drop=replace(state.drop, grams=grams))), "ok")
        case m.Weighed(grams=grams), r.CountIt(weighs=True) as screen:
            return sound(show(state, replace(screen, weighs=False, grams=grams)), "ok")
        case m.NotWeighed(why="empty"), d.WeighIt(why="") | r.CountIt(weighs=True) as screen:
            return _ask(state, screen)
        case m.NotWeighed(why="none"), d.WeighIt():
            return go_on(state)
        case m.NotWeighed(why="moving" | "overload" | "busy" as why), _:
            return without(state, why)
        case _:
            return without(state)


def without(state: State, why: d.WeighWhy = "silent") -> Step:
    """No weight came."""
    match state.screen:
        case d.WeighIt(why=""):
            return sound(show(state, d.WeighIt(why)), "question")
        case r.CountIt(weighs=True) as screen:
            return sound(show(state, replace(screen, weighs=False, why=why)), "question")
        case _:
            return quiet(state)


def _ask(state: State, screen: d.WeighIt | r.CountIt) -> Step:
    return quiet(state) if state.held is None else ask(state, m.Weigh(visit=state.held), screen)
