"""What follows from the bridge's answers while staff work with bags."""

from collections.abc import Iterable

from contract import messages as m
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import relay_back, relay_counter, relay_empty, relay_out, relay_return, weighing
from kiosk.core import relay_screens as r
from kiosk.core.collect import reason
from kiosk.core.house_steps import with_stock
from kiosk.core.relay_steps import moved_to, with_relay
from kiosk.core.state import State, Step, show


def told(state: State, documents: Iterable[m.Tracked | m.Service]) -> State:
    """What the hub tells of bags and partners comes with the stock."""
    all_of = tuple(documents)
    return with_relay(
        state,
        told=tuple(one for one in all_of if isinstance(one, m.Tracked)),
        services=tuple(one for one in all_of if isinstance(one, m.Service)),
    )


def answered(state: State, event: e.Answered) -> Step | None:
    """What follows from the bridge's answer; None where it is not about this."""
    if event.ask != state.waiting:
        return None
    match event.body, state.screen:
        case m.Stock() as stock, r.BagsWanted(then):
            return _begin(with_stock(state, stock), then)
        case m.Settled(item=item, stands="sent_out"), r.SendingOut() as screen:
            return relay_out.sent(state, item, screen)
        case m.Sealed() as seal, r.SealingIt():
            return relay_counter.sealed(state, seal)
        case m.Refused(), r.SealingIt():
            return relay_counter.sealed(state, None)
        case m.Refused(), d.WeighIt() | r.CountIt():
            return weighing.without(state)
        case m.Refused(why=why), r.SendingOut():
            return relay_out.not_sent(state, why)
        case m.Refused(why=why), r.BagsWanted():
            return show(state, h.CannotDo(reason(why)))
        case body, _ if state.house.doing == "back":
            return _back(state, body)
        case body, _ if state.house.doing == "empty":
            return _empty(state, body)
        case body, _ if state.house.doing == "give_back":
            return relay_return.answered(state, body)
        case _:
            return None


def _begin(state: State, then: str) -> Step:
    match then:
        case "empty":
            return relay_empty.begin(state)
        case "out":
            return show(state, r.Partners())
        case _:
            return show(state, r.Bags())


def _empty(state: State, body: m.AnswerBody) -> Step | None:
    match body, state.screen:
        case m.Settled(item=item, stands="in_hand"), h.AtDoor() | h.Noting() as screen:
            thing = next((one.item for one in state.house.places if one.item and one.item.item == item), None)
            state = moved_to(state, thing, "in_hand") if thing is not None else state
            return relay_empty.in_hand(state, item, screen)
        case m.Settled(item=item, stands="lost"), _:
            return relay_empty.passed(state, item)
        case _:
            return None


def _back(state: State, body: m.AnswerBody) -> Step | None:
    match body, state.screen:
        case m.Claimed(item=place), h.Noting(h.InHand(item)):
            return relay_back.claimed(state, item, place)
        case m.Settled(stands="left"), h.AtDoor(item=m.StockItem() as put, place=m.VisitItem() as place):
            return relay_back.placed(state, put, place)
        case m.Settled(stands="left"), h.Noting(then=h.PutAway(put, place)):
            return relay_back.placed(state, put, place)
        case m.Settled(stands="dropped" | "in_hand"), h.Noting(h.InHand(item)):
            return relay_back.kept(state, item)
        case _:
            return None
