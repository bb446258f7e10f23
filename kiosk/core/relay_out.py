"""Bags go to a partner: one beep a bag, the count before the van leaves, the driver's sign, then away.

Partners -one-> Giving -tags scanned-> GivenCount -> SignHere -> SendingOut (bag by bag) -> SentOut
Every scan is written down at once. Whoever stops, or whose light goes out, goes on with the same manifest:
it is open as long as it was not closed, and what is away already is not sent again.
"""

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core.collect import reason
from kiosk.core.relay import Bag
from kiosk.core.relay_screens import Heard
from kiosk.core.relay_steps import (
    about,
    bag_or_why,
    hear,
    in_hand,
    me,
    moved_to,
    refused,
    stock_item,
    that,
    to_give,
    with_relay,
)
from kiosk.core.state import Record, State, Step, ask, quiet, show, sound

MOST_TAGS = 400
POST = "run"


def partners(state: State) -> tuple[tuple[str, int], ...]:
    """To whom something can be given, and how many bags are in hand for them; the most first.

    A bag without an order may go to anybody: then all partners are there.
    """
    ids = {one.partner for one in in_hand(state) if one.partner and not one.returned}
    ids |= state.memory.open_partners()
    if any(not one.partner for one in in_hand(state)):
        ids |= {one.partner for one in state.relay.services}
    counts = {one: len(to_give(state, one)) for one in ids}
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], state.relay.partner_name(one[0]), one[0])))


def given(state: State) -> tuple[Bag, ...]:
    """What was scanned out on the manifest under way."""
    return tuple(one for one in that(state, "in_hand", "away") if one.on(state.relay.manifest))


def missing(state: State) -> tuple[Bag, ...]:
    """What is in hand for this partner and was not scanned."""
    return tuple(one for one in to_give(state, state.relay.partner) if not one.on(state.relay.manifest))


def strange(state: State) -> tuple[str, ...]:
    """The unknown tags that go along."""
    return state.memory.strange_on(state.relay.manifest)


def choose(state: State, partner: str, fresh: str) -> Step:
    """On with this partner's manifest, or with a new one."""
    if partner not in dict(partners(state)):
        return quiet(state)
    manifest = state.memory.open_manifest(partner) or fresh
    return show(with_relay(state, partner=partner, manifest=manifest, heard=Heard()), r.Giving())


# --- one beep a bag ------------------------------------------------------------------------------


def scanned(state: State, text: str) -> Step:
    """A tag: it goes along, or one line says why not."""
    state, _ = show(state, r.Giving())
    bag, why, tag = bag_or_why(state, text)
    if why:
        return refused(state, why, tag)
    if bag is None or bag.at == "gone":
        twice = tag in strange(state)
        return hear(quiet(state), "step", Heard("twice", tag)) if twice else _unknown(state, tag)
    return _judged(state, bag, tag)


def _judged(state: State, bag: Bag, tag: str) -> Step:
    match bag.at:
        case "in_hand" if bag.goes_back:
            return hear(quiet(state), "step", about("cancelled", bag, tag))
        case "in_hand" | "away" if bag.on(state.relay.manifest):
            return hear(quiet(state), "step", about("twice", bag, tag))
        case "in_hand" if not bag.partner:
            return hear(give(state, bag, tag), "question", about("no_order", bag, tag))
        case "in_hand" if bag.partner != state.relay.partner:
            return hear(quiet(state), "step", about("other_partner", bag, tag))
        case "in_hand":
            return hear(give(state, bag, tag), "ok", about("counted", bag, tag))
        case _:
            return hear(quiet(state), "step", about(_STEPS[bag.at], bag, tag))


_STEPS: dict[str, r.Why] = {
    "away": "left",
    "dropped": "behind",
    "ready": "lies",
    "ordered": "ordered",
    "lost": "lost",
}


def _unknown(state: State, tag: str) -> Step:
    return hear(_scan(state, "give", tag, None), "question", Heard("unknown", tag))


def give(state: State, bag: Bag, tag: str) -> Step:
    """It goes along; written down at once."""
    return _scan(state, "give", tag, bag.item)


def by_hand(state: State, item: str) -> Step:
    """One whose tag cannot be read was touched; one without a tag gets one first."""
    bag = next((one for one in missing(state) if one.item == item), None)
    if bag is None:
        return quiet(state)
    if not bag.tag:
        return show(state, r.TagIt(item))
    return hear(show_giving(give(state, bag, bag.tag)), "ok", about("counted", bag))


def show_giving(step: Step) -> Step:
    """Back to scanning."""
    state, commands = step
    return show(state, r.Giving())[0], commands


def undo(state: State) -> Step:
    """The last one stays here after all."""
    heard = state.relay.heard
    if heard.why == "unknown" and heard.tag in strange(state):
        return hear(_scan(state, "take", heard.tag, None), "ok", Heard("taken_back", heard.tag))
    order = [one.item for one in state.memory.traces]
    last = max(
        (one for one in given(state) if one.at == "in_hand"),
        key=lambda one: order.index(one.item),
        default=None,
    )
    if last is None:
        return sound(quiet(state), "error")
    return hear(_scan(state, "take", last.label, last.item), "ok", about("taken_back", last))


def _scan(state: State, side: str, tag: str, item: str | None) -> Step:
    if state.staff is None:
        return quiet(state)
    fact = m.BagScanned(
        tag=tag,
        side=side,  # type: ignore[arg-type]
        holder=me(state.staff),
        other=m.Holder(kind="partner", id=state.relay.partner) if side == "give" else None,
        item=item,
        post=POST,
        manifest=state.relay.manifest,
    )
    return state, (Record(fact),)


# --- before the van leaves -------------------------------------------------------------------------


def send(state: State, signed: bool) -> Step:
    """The bridge is told, one after the other; what is away already is passed over."""
    waits = next((one for one in given(state) if one.at == "in_hand" and one.held), None)
    if waits is None or state.staff is None:
        return _close(state, signed)
    body = m.Settle(
        visit=state.staff.visit,
        item=waits.item,
        outcome="sent_out",
        to=state.relay.partner,
        manifest=state.relay.manifest,
    )
    return ask(state, body, r.SendingOut(signed))


def sent(state: State, item: str, screen: r.SendingOut) -> Step:
    """One is away; the next."""
    bag = next((one for one in given(state) if one.item == item), None)
    if bag is not None:
        state = moved_to(state, stock_item(state, bag), "away")
    return send(state, screen.signed)


def not_sent(state: State, why: str) -> Step:
    """The bridge said no: counted once more, nothing is lost."""
    return show(state, h.CannotDo(reason(why), r.GivenCount()))


def _close(state: State, signed: bool) -> Step:
    here, left = given(state), missing(state)
    if state.staff is None or not (here or strange(state)):
        return quiet(state)
    fact = m.ManifestClosed(
        manifest=state.relay.manifest,
        partner=state.relay.partner,
        direction="out",
        tags=(*(one.label for one in here), *strange(state))[:MOST_TAGS],
        missing=tuple(one.label for one in left)[:MOST_TAGS],
        by=me(state.staff),
        signed=signed,
    )
    closed = r.SentOut(state.relay.manifest, state.relay.partner, len(left))
    return show(with_relay(state, heard=Heard()), closed)[0], (Record(fact),)
