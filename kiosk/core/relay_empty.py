"""The drop doors are emptied, one after the other: out, its tag, its pieces, the next one.

DropList -go on-> AtDoor (opens) -closed-> TagIt -tag scanned or printed-> CountIt -> the next door -> Emptied
A stuck door is passed over; "later" leaves a bag in hand without a tag. A tag scanned while the door still
stands open is heard.
"""

from dataclasses import replace

from contract import bag_tag
from contract import messages as m
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core.house_steps import open_door
from kiosk.core.relay import Bag
from kiosk.core.relay_screens import Heard
from kiosk.core.relay_steps import (
    about,
    bag_of,
    bag_or_why,
    dropped,
    hear,
    refused,
    stock_item,
    with_relay,
)
from kiosk.core.state import Record, State, Step, ask, quiet, show, sound

MOST_PIECES = 999


def begin(state: State) -> Step:
    """The list of what is there."""
    return show(with_relay(state, passed=frozenset(), total=len(dropped(state))), r.DropList())


def go_on(state: State) -> Step:
    """The next door, or the account."""
    left = next((one for one in dropped(state) if one.item not in state.relay.passed), None)
    staff = state.staff
    if left is None or left.compartment is None or staff is None:
        return stop(state)
    state = with_relay(replace(state, house=replace(state.house, doing="empty")), early="", heard=Heard())
    place, item = state.house.place(left.compartment), stock_item(state, left)
    if place is not None and place.label is not None:
        body = m.TakeOut(visit=staff.visit, item=left.item, why="relay")
        return ask(state, body, h.Noting(h.AtPlace(left.compartment)))
    return open_door(state, h.AtDoor(left.compartment, "relay", item))


def stop(state: State) -> Step:
    """What is left is left for later."""
    total = state.relay.total
    state = with_relay(replace(state, house=replace(state.house, doing="")), heard=Heard())
    return show(state, r.Emptied(total - len(dropped(state)), total))


def passed(state: State, item: str) -> Step:
    """This door is not for now; on to the next."""
    return go_on(with_relay(state, passed=state.relay.passed | {item}))


def in_hand(state: State, item: str, screen: h.HouseScreen) -> Step:
    """It is out of its door. What was scanned before the door closed is its tag."""
    bag = bag_of(state, item)
    if bag is None:
        return go_on(state)
    if isinstance(screen, h.AtDoor) and screen.said == "missing":
        return show(state, h.SureLost(stock_item(state, bag)))
    early, state = state.relay.early, with_relay(state, early="")
    state, _ = show(state, r.TagIt(item))
    return scanned(state, early, bag) if early else quiet(state)


def said(state: State, screen: h.AtDoor, answer: he.Answer) -> Step:
    """At a stuck door: the next one, or enough."""
    match answer, screen.item:
        case "skip", m.StockItem(item=item):
            return passed(state, item)
        case "stop", _:
            return stop(state)
        case _:
            return quiet(state)


def heard_early(state: State, screen: h.AtDoor, text: str) -> Step:
    """A tag, while its door is open: judged at once, noted when the bag is in hand."""
    bag = bag_of(state, screen.item.item) if screen.item is not None else None
    if bag is None or screen.step not in ("open", "closed"):
        return quiet(state)
    other, why, tag = bag_or_why(state, text)
    if why:
        return refused(state, why, tag)
    if other is not None and other.item != bag.item:
        return hear(quiet(state), "error", about("other_bag", other, tag))
    return hear(quiet(with_relay(state, early=text)), "ok", about("tagged", bag, tag))


# --- its tag -----------------------------------------------------------------------------------


def scanned(state: State, text: str, bag: Bag) -> Step:
    """A tag for this bag: its own again, a new one, or one that is on another bag.

    A label that is not ours is said once more: another kiosk may have heard it of another bag meanwhile.
    """
    other, why, tag = bag_or_why(state, text)
    if why:
        return refused(state, why, tag)
    if other is not None and other.item != bag.item:
        return hear(quiet(state), "error", about("other_bag", other, tag))
    known = tag == bag.tag == bag_tag.printed(bag.item)
    fresh = () if known else (Record(m.BagTagged(tag=tag, item=bag.item, how="scanned")),)
    after, commands = _tagged(state, bag)
    return hear((after, (*fresh, *commands)), "ok", Heard())


def printed(state: State, bag: Bag) -> Step:
    """The tag came out of the printer; now it has to be put on the bag."""
    tag = bag_tag.printed(bag.item)
    fact = () if tag == bag.tag else (Record(m.BagTagged(tag=tag, item=bag.item, how="printed")),)
    return replace(state, screen=r.TagIt(bag.item, printed=True)), fact


def right(state: State, bag: Bag) -> Step:
    """Its tag is on it, they say."""
    return _tagged(state, bag) if bag.tag else quiet(state)


def later(state: State) -> Step:
    """The bag stays in hand as it is."""
    return go_on(state)


def _tagged(state: State, bag: Bag) -> Step:
    if state.house.doing != "empty":
        return show(state, r.Giving())
    service = state.relay.service(bag.service)
    counted = bag.kind == "bag" or bag.said is not None or (service is not None and service.counted)
    return show(state, r.CountIt(bag.item)) if counted else go_on(state)


# --- its pieces ----------------------------------------------------------------------------------


def counted(state: State, bag: Bag, text: str) -> Step:
    """So many pieces; nothing typed means as many as were said."""
    if not text:
        return noted(state, bag, bag.pieces)
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PIECES:
        return sound(quiet(state), "error")
    if bag.said is not None and int(text) != bag.said:
        return sound(show(state, r.CountIt(bag.item, int(text), _grams(state))), "question")
    return noted(state, bag, int(text))


def noted(state: State, bag: Bag, pieces: int | None) -> Step:
    """It is written down beside what was said before, never in its place; so is what it weighs."""
    grams = _grams(state)
    if state.staff is None or (pieces is None and grams is None):
        return _after_count(state, ())
    fact = m.PiecesCounted(
        item=bag.item, by="staff", pieces=pieces, weight_grams=grams, who=state.staff.staff
    )
    return _after_count(state, (Record(fact),))


def again(state: State) -> Step:
    """The pieces are counted once more; its weight stays."""
    screen = state.screen
    return (
        show(state, r.CountIt(screen.item, grams=screen.grams))
        if isinstance(screen, r.CountIt)
        else quiet(state)
    )


def _grams(state: State) -> int | None:
    return state.screen.grams if isinstance(state.screen, r.CountIt) else None


def _after_count(state: State, facts: tuple[Record, ...]) -> Step:
    match state.house.doing:
        case "empty":
            after, commands = go_on(state)
        case _:
            after, commands = show(state, r.ComingBack())
    return after, (*facts, *commands)
