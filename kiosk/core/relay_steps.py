"""What the guided work with bags is made of: where a bag is, what a scan is, what it sounds like."""

from dataclasses import replace
from typing import Final, Literal

import msgspec

from contract import messages as m
from contract import receipt
from kiosk.core import relay_screens as r
from kiosk.core.relay import At, Bag, Relay, bags, find, is_misread, tag_of
from kiosk.core.relay_screens import Heard
from kiosk.core.scans import Badge, ParcelLabel, Token, classify, plain_of
from kiosk.core.state import Staff, State, Step, ask, quiet, show, sound

_MANIFEST_DIGITS: Final = 32


def all_bags(state: State) -> tuple[Bag, ...]:
    """Every bag that is known, and where it is."""
    return bags(state.house.stock, state.relay, state.memory)


def bag_of(state: State, item: str) -> Bag | None:
    """The bag with this item id."""
    return next((one for one in all_bags(state) if one.item == item), None)


def that(state: State, *at: At) -> tuple[Bag, ...]:
    """The bags that are so."""
    return tuple(one for one in all_bags(state) if one.at in at)


def dropped(state: State) -> tuple[Bag, ...]:
    """What waits behind drop doors and goes to a partner, the lowest number first."""
    there = (one for one in that(state, "dropped") if not one.goes_back)
    return tuple(sorted(there, key=lambda one: one.compartment or 0))


def in_hand(state: State) -> tuple[Bag, ...]:
    """What is in hand, and does not go back to its person as it is."""
    return tuple(one for one in that(state, "in_hand") if not one.goes_back)


def to_return(state: State) -> tuple[Bag, ...]:
    """What goes back to its person, its order being no more: behind its door, or in hand."""
    here = (one for one in all_bags(state) if one.goes_back)
    return tuple(sorted(here, key=lambda one: (one.compartment is None, one.compartment or 0)))


def to_give(state: State, partner: str) -> tuple[Bag, ...]:
    """What is in hand for this partner."""
    return tuple(one for one in in_hand(state) if one.partner == partner and not one.returned)


def where_all_is(state: State, then: Literal["home", "empty", "out", "in"] = "home") -> Step:
    """Ask the bridge anew; then this goes on."""
    staff = state.staff
    if staff is None:
        return quiet(state)
    state = replace(state, house=replace(state.house, doing=""))
    return ask(state, m.TakeStock(visit=staff.visit), r.BagsWanted(then))


def with_relay(state: State, **changes: object) -> State:
    """The same, this having become of the relay."""
    return replace(state, relay=replace(state.relay, **changes))  # type: ignore[arg-type]


def hear(step: Step, kind: Literal["ok", "question", "error", "step"], heard: Heard) -> Step:
    """The same; what the last scan meant is said, and heard."""
    state, commands = step
    return sound((with_relay(state, heard=heard), commands), kind)


def about(why: r.Why, bag: Bag, tag: str = "") -> Heard:
    """A line about this bag."""
    return Heard(
        why,
        tag or bag.tag,
        bag.item,
        bag.where,
        bag.partner,
        bag.given.manifest if bag.given is not None else "",
        bag.given.wall_ms if bag.given is not None else None,
    )


def bag_or_why(state: State, text: str) -> tuple[Bag | None, r.Why, str]:
    """The bag whose tag was scanned; else why it is none, or nothing for a tag nobody knows; and the tag.

    A receipt names its bag, too. What was misread is told as it was read, a ticket or badge not at all.
    """
    told = receipt.from_text(text.strip())
    tag = tag_of(told[0].tag or told[0].number if told is not None else text)
    if (bag := find(all_bags(state), tag)) is not None and bag.at != "gone":
        return bag, "", tag
    if is_misread(text):
        return None, "misread", plain_of(text)
    if _is_manifest(tag):
        return None, "slip", tag
    match classify(text):
        case Token():
            return None, "ticket", ""
        case Badge():
            return None, "badge", ""
        case ParcelLabel(carrier=str()):
            return None, "label", tag
        case _:
            return bag, "", tag


def refused(state: State, why: r.Why, tag: str) -> Step:
    """What was scanned is no bag."""
    return hear(quiet(state), "error" if why == "misread" else "step", Heard(why, tag))


def me(staff: Staff) -> m.Holder:
    """Staff as a holder."""
    return m.Holder(kind="staff", id=staff.staff, employer=staff.employer)


def to_page(page: int, count: int, on_a_page: int) -> int:
    """The next page of a list, the first after the last."""
    return (page + 1) % max(1, -(-count // on_a_page))


def stock_item(state: State, bag: Bag) -> m.StockItem:
    """The item as the bridge has it, or would have it."""
    stock = state.house.stock
    held = (
        ()
        if stock is None
        else (*stock.in_hand, *stock.away, *(one.item for one in stock.places if one.item))
    )
    known = next((one for one in held if one.item == bag.item), None)
    return known or m.StockItem(
        item=bag.item, person=bag.person, kind=bag.kind, size=bag.size, stage="in_hand"
    )


def moved_to(state: State, item: m.StockItem, to: Literal["away", "in_hand"] | m.VisitItem) -> State:
    """It is there now, as far as we know until the bridge is asked again."""
    stock = state.house.stock
    if stock is None:
        return state
    stock = _without(stock, item.item)
    there = msgspec.structs.replace(item, dropped=False, stage=to if isinstance(to, str) else "held")
    if to == "away":
        stock = msgspec.structs.replace(stock, away=(*stock.away, there))
    elif to == "in_hand":
        stock = msgspec.structs.replace(stock, in_hand=(*stock.in_hand, there))
    elif isinstance(to, m.VisitItem):
        places = (
            msgspec.structs.replace(one, item=there) if one.compartment == to.compartment else one
            for one in stock.places
        )
        stock = msgspec.structs.replace(stock, places=tuple(places))
    return replace(state, house=replace(state.house, stock=stock))


def _without(stock: m.Stock, item: str) -> m.Stock:
    places = tuple(
        msgspec.structs.replace(one, item=None) if one.item is not None and one.item.item == item else one
        for one in stock.places
    )
    in_hand, away = (tuple(one for one in some if one.item != item) for some in (stock.in_hand, stock.away))
    return m.Stock(places=places, in_hand=in_hand, away=away)


def _is_manifest(tag: str) -> bool:
    return len(tag) == _MANIFEST_DIGITS and set(tag.lower()) <= set("0123456789abcdef")


def fresh_round(state: State) -> State:
    """Nothing is under way any more; what the hub told stays."""
    return replace(
        state, relay=Relay(state.relay.told, state.relay.services), house=replace(state.house, doing="")
    )


def home(state: State) -> Step:
    """Back to where all bags are counted."""
    return show(fresh_round(state), r.Bags())
