"""Bags and orders, in staff mode: what is where, the doors emptied, given to a partner, taken back.

Parcels -bags-> BagsWanted -stock-> Bags
Bags -> DropList (kiosk.core.relay_empty) | Partners (relay_out) | ComingBack (relay_back)
A scan never ends anywhere: it counts, or one line says why not (relay_screens.Why).
"""

from dataclasses import replace

from contract import bag_tag
from kiosk.core import drop_events as ev
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import relay_back, relay_counter, relay_empty, relay_out, relay_return, weighing
from kiosk.core import relay_events as re
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.relay import At, Bag
from kiosk.core.relay_screens import Heard
from kiosk.core.relay_steps import (
    about,
    bag_of,
    bag_or_why,
    dropped,
    fresh_round,
    hear,
    home,
    refused,
    to_page,
    to_return,
    where_all_is,
)
from kiosk.core.scans import is_of_place
from kiosk.core.state import ON_A_PAGE, Staff, State, Step, quiet, show

_AT_HOME: dict[At, r.Why] = {
    "dropped": "behind",
    "in_hand": "in_hand",
    "away": "left",
    "ready": "lies",
    "ordered": "ordered",
    "lost": "lost",
    "gone": "collected",
}


def concerns(state: State, event: e.PersonEvent) -> bool:
    """Whether this belongs here."""
    if state.staff is None:
        return False
    if isinstance(event, re.RelayDo | re.PartnerChosen | re.BagChosen):
        return isinstance(state.screen, r.RelayScreen | s.Parcels | h.HouseScreen)
    return isinstance(state.screen, r.RelayScreen) or state.drop is not None


def may(staff: Staff | None) -> bool:
    """Whether these staff may take out and give away: the bridge asks again."""
    return staff is not None and "deposit" in staff.rights


# --- scanned ---------------------------------------------------------------------------------------


def hears(state: State, text: str) -> bool:
    """Whether a scan is a bag's tag here: always on these screens, and elsewhere if it is one of ours."""
    if isinstance(state.screen, h.HouseScreen):
        return state.house.doing in ("empty", "back")
    is_bag = isinstance(state.screen, s.Parcels) and bag_tag.is_ours(text.strip().upper())
    return isinstance(state.screen, r.RelayScreen) or is_bag or state.drop is not None


def scanned(state: State, event: e.Scanned) -> Step:
    """What this tag means on this screen."""
    return relay_counter.scanned(state, event) if state.drop is not None else _scanned(state, event.text)


def _scanned(state: State, text: str) -> Step:
    match state.screen:
        case r.GiveBack():
            return relay_return.scanned(state, text) or _looked_up(show(state, r.Bags())[0], text)
        case r.Partners() | r.Bags() | r.DropList() | r.Emptied() | r.SentOut() | s.Parcels():
            return _looked_up(state, text)
        case r.TagIt(item) if (bag := bag_of(state, item)) is not None:
            return _tag_scanned(state, text, bag)
        case r.CountIt() if state.house.doing != "empty":
            return relay_back.scanned(show(state, r.ComingBack())[0], text)
        case r.Giving() | r.MissingBags() | r.GivenCount():
            return relay_out.scanned(state, text)
        case r.ComingBack() | r.BackCount():
            return relay_back.scanned(show(state, r.ComingBack())[0], text)
        case h.AtDoor(why="relay") as door:
            return relay_empty.heard_early(state, door, text)
        case h.NewPlace(_, place) if is_of_place(text, place.label):
            return relay_back.lies_there(state)
        case _ if state.house.doing == "back":
            return relay_back.scanned(state, text)
        case _:
            return hear(quiet(state), "error", state.relay.heard)


def _tag_scanned(state: State, text: str, bag: Bag) -> Step:
    """In the round of the doors it is noted; while bags are given away it goes along as well."""
    manifest = state.relay.manifest
    after, commands = relay_empty.scanned(state, text, bag)
    if manifest and isinstance(after.screen, r.Giving):
        after, more = relay_out.give(after, bag, bag_or_why(state, text)[2])
        return after, (*commands, *more)
    return after, commands


def _looked_up(state: State, text: str) -> Step:
    """Where is it now? A line says so."""
    if isinstance(state.screen, s.Parcels):
        state, _ = home(state)
    bag, why, tag = bag_or_why(state, text)
    if why:
        return refused(state, why, tag)
    if bag is None:
        return hear(quiet(state), "question", Heard("nobody", tag))
    meant = "cancelled" if bag.goes_back else _AT_HOME[bag.at]
    return hear(quiet(state), "ok", about(meant, bag, tag))


def unreadable(state: State) -> Step:
    """The scanner read what no tag has."""
    return hear(quiet(state), "error", Heard("unreadable"))


# --- touched ---------------------------------------------------------------------------------------


def touched(state: State, event: e.PersonEvent) -> Step:
    """What staff did about bags."""
    match event, state.screen:
        case re.RelayDo("done"), r.TakenIn():
            return relay_counter.done(state)
        case _ if state.drop is not None:
            return relay_counter.touched(state, event)
        case ev.DropWanted() as wanted, r.Bags():
            return relay_counter.begin(state, wanted)
        case re.RelayDo("home"), _ if may(state.staff):
            return where_all_is(fresh_round(state))
        case re.RelayDo(task, fresh) as event, _:
            return _do(state, task, fresh, event.wall_ms)
        case re.PartnerChosen(partner, fresh), r.Partners():
            return relay_out.choose(state, partner, fresh)
        case re.BagChosen(item), r.MissingBags():
            return relay_out.by_hand(state, item)
        case re.BagChosen(item), r.GiveBack():
            return relay_return.choose(state, item)
        case e.Entered(text), _:
            return _entered(state, text)
        case e.LabelGiven(text), _ if text:
            return _scanned(state, text)
        case e.SlipsPrinted(), r.TagIt(item) if (bag := bag_of(state, item)) is not None:
            return relay_empty.printed(state, bag)
        case e.Undo(), r.Giving():
            return relay_out.undo(state)
        case e.Undo(), r.TagIt(item) if state.house.held(item) is not None:
            return show(fresh_round(state), h.InHand(state.house.held(item)))  # type: ignore[arg-type]
        case ev.WeighWanted(), r.CountIt(differs=None) if state.scale:
            return weighing.begin(state)
        case e.MoreWanted(), screen:
            return _turned(state, screen)
        case _:
            return quiet(state)


def _do(state: State, task: re.RelayTask, fresh: str, wall_ms: int | None) -> Step:
    match task, state.screen:
        case "empty", r.Bags() | r.SentOut():
            return where_all_is(state, "empty")
        case "out", r.Bags() | r.Emptied() | r.SentOut():
            return where_all_is(state, "out")
        case "back", r.Bags():
            return relay_back.begin(state, fresh, wall_ms)
        case "give_back", r.Bags() if to_return(state):
            return show(state, r.GiveBack())
        case "begin", r.DropList():
            return relay_empty.go_on(state)
        case (("later" | "right" | "recount" | "differs"), r.TagIt(item) | r.CountIt(item)):
            return _with_bag(state, task, item)
        case (("unreadable" | "all" | "more" | "sign" | "signed" | "unsigned"), _):
            return _giving(state, task)
        case (("keep" | "count" | "all" | "missing" | "done"), _):
            return _coming_back(state, task)
        case _:
            return quiet(state)


def _with_bag(state: State, task: str, item: str) -> Step:
    bag = bag_of(state, item)
    match task, state.screen:
        case "later", _ if state.house.doing == "empty":
            return relay_empty.later(state)
        case "right", r.TagIt() if bag is not None:
            return _tag_scanned(state, bag.tag, bag) if bag.tag else quiet(state)
        case "recount", r.CountIt():
            return relay_empty.again(state)
        case "differs", r.CountIt(differs=int(pieces)) if bag is not None:
            return relay_empty.noted(state, bag, pieces)
        case _:
            return quiet(state)


def _giving(state: State, task: str) -> Step:
    match task, state.screen:
        case "unreadable", r.Giving() if relay_out.missing(state):
            return show(state, r.MissingBags())
        case "all", r.Giving():
            return show(state, r.GivenCount())
        case "more", r.GivenCount():
            return show(state, r.Giving())
        case "sign", r.GivenCount() if relay_out.given(state) or relay_out.strange(state):
            return show(state, r.SignHere())
        case (("signed" | "unsigned"), r.SignHere()):
            return relay_out.send(state, task == "signed")
        case _:
            return _coming_back(state, task)


def _coming_back(state: State, task: str) -> Step:
    match task, state.screen:
        case "keep", _ if state.house.doing == "back":
            return relay_back.keep(state)
        case "count", r.ComingBack() if (bag := bag_of(state, state.relay.heard.item)) is not None:
            return show(state, r.CountIt(bag.item))
        case "all", r.ComingBack():
            return show(state, r.BackCount())
        case "more", r.BackCount():
            return show(state, r.ComingBack())
        case "missing", r.BackCount() if lacks := relay_back.missing(state):
            return relay_back.close(state, lacks)
        case "done", r.BackCount():
            return relay_back.close(state)
        case "done", r.SentOut() | r.Emptied():
            return home(state)
        case _:
            return quiet(state)


def _entered(state: State, text: str) -> Step:
    """Enter: a tag that was typed, a count, or the main thing of the screen."""
    match state.screen:
        case r.CountIt(item, differs=None) if (bag := bag_of(state, item)) is not None:
            return relay_empty.counted(state, bag, text)
        case r.Giving() | r.ComingBack() if not text:
            return _giving(state, "all")
        case _ if text:
            return _scanned(state, text)
        case _:
            return quiet(state)


def _turned(state: State, screen: s.Screen) -> Step:
    match screen:
        case r.DropList(page):
            count = len(dropped(state))
        case r.GiveBack(page):
            count = len(to_return(state))
        case r.Partners(page):
            count = len(relay_out.partners(state))
        case r.MissingBags(page):
            count = len(relay_out.missing(state))
        case r.BackCount(page):
            count = len(relay_back.still_there(state))
        case _:
            return quiet(state)
    return show(state, replace(screen, page=to_page(page, count, ON_A_PAGE)))


# --- back ------------------------------------------------------------------------------------------


def back(state: State) -> Step:
    """One step back; what was scanned stays scanned."""
    match state.screen:
        case _ if state.drop is not None:
            return relay_counter.back(state)
        case r.Bags():
            return show(fresh_round(state), s.Parcels())
        case r.BagsWanted() | r.SendingOut():
            return quiet(state)
        case r.TagIt() | r.CountIt() if state.house.doing == "empty":
            return _back_in_round(state)
        case r.TagIt() | r.MissingBags() | r.GivenCount():
            return show(state, r.Giving())
        case r.SignHere():
            return show(state, r.GivenCount())
        case r.Giving():
            return where_all_is(fresh_round(state), "out")
        case r.CountIt() | r.BackCount():
            return show(state, r.ComingBack())
        case r.ComingBack() if state.relay.back or state.relay.strange:
            return show(state, r.BackCount())
        case _:
            return home(state)


def _back_in_round(state: State) -> Step:
    match state.screen:
        case r.CountIt(differs=int()):
            return relay_empty.again(state)
        case r.CountIt(item):
            return show(state, r.TagIt(item))
        case _:
            return relay_empty.stop(state)


def left(state: State) -> Step:
    """Back from a place or a door that this work had come to."""
    match state.screen:
        case h.NewPlace() | h.NoRoom():
            return relay_back.keep(state)
        case _ if state.house.doing == "empty":
            return relay_empty.stop(state)
        case _:
            return relay_back.go_on(state)
