"""The whole conversation: `advance(state, event) -> (state, commands)`.

Here is what holds on every screen: time running out, the bottom bar, leaving, and who an event is
for. Each screen has at most two timers: `idle` (nobody touches anything) and `step` (the screen goes
on by itself). Both follow from the state, are set again when it changes, and carry a serial, so that
a stale one ends nothing. A third, `help`, runs while a cry for help needs no second one; a fourth, `look`,
while the lockers are not asked again for a label that nobody here knew.
"""

from dataclasses import replace
from typing import Final

from contract.messages import (
    DropGranted,
    HelpAsked,
    NotWeighed,
    ReceiptChecked,
    Refused,
    ScanRefused,
    Settled,
    StaffGranted,
    Weighed,
)
from kiosk.core import (
    collect,
    deposit,
    drop,
    drop_heard,
    drop_steps,
    lookup,
    placing,
    proof,
    quotes,
    receiving,
    shelf,
    stock,
    weighing,
)
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.drop_events import DropWanted, LetterSaid, ProofWanted, QuoteReplied
from kiosk.core.relay_memory import noted, without
from kiosk.core.scans import classify
from kiosk.core.state import Command, Record, SetTimer, State, Step, leave, quiet, show

INPUT_IDLE_MS: Final = 45_000
DOOR_IDLE_MS: Final = 90_000
STAFF_IDLE_MS: Final = 60_000
WARNING_MS: Final = 20_000
THANKS_MS: Final = 4_000
KEPT_MS: Final = 8_000
HELP_QUIET_MS: Final = 60_000
"""Help is noted once in so long, however often somebody touches it."""
LOOK_QUIET_MS: Final = 3_000
"""The lockers are asked once in so long what lies where, however fast labels are scanned."""
DOOR_SILENT_MS: Final = 14_000
"""The bridge says after 8 s at the latest how an opening ended; it may wait 3 s for its turn."""
SETTLE_SILENT_MS: Final = 4_000
_OF_RECEIPTS: Final = (d.ReceiptSeen, d.ReceiptAsked, d.WordAsked, d.WordSeen)
TURN_MS: Final = 3_000
"""The bridge opens a door every 3 s at most."""


def advance(state: State, event: e.Event) -> Step:
    """What follows from an event. Pure: same state and event, same result."""
    after, commands = _decide(state, event)
    after = _in_service(_remembering(after, commands, event))
    moved = after.screen != state.screen or after.over != state.over
    timers: list[Command] = []
    if moved or isinstance(event, e.PersonEvent | e.RecordFailed):
        after = _set(after, "idle", idle_ms(after), timers)
    if after.screen != state.screen:
        after = _set(after, "step", step_ms(after.screen), timers)
    late = not isinstance(event, e.Scanned | e.LabelGiven | e.Entered)
    if not after.look_timer and (asked := lookup.asked(after, late=late)) is not None:
        after, sent = asked
        commands = (*commands, sent)
        after = _set(after, "look", LOOK_QUIET_MS, timers)
    return after, (*commands, *timers)


def idle_ms(state: State) -> int | None:
    """How long nobody may touch this screen; None where nobody has to."""
    if state.over == "still_there":
        return WARNING_MS
    match state.screen:
        case s.DoorOpen() | s.KeptBack(door_open=True) | s.Claiming(door_open=True) | h.AtDoor(step="open"):
            return DOOR_IDLE_MS
        case (
            h.Looking() | h.Noting() | h.AtDoor(moves=True) | r.BagsWanted() | r.SendingOut() | r.SealingIt()
        ):
            return None
        case d.Starting() | d.Sealing() | d.DropEnded() | d.ReceiptAsked():
            return None
        case s.Checking() | s.Opening() | s.DoorClosed() | s.Thanks() | s.KeptBack() | s.Claiming():
            return None
        case s.Start() | s.OutOfService() if not (state.over or _is_set(state)):
            return None
        case _:
            return STAFF_IDLE_MS if state.staff is not None else INPUT_IDLE_MS


def step_ms(screen: s.Screen) -> int | None:
    """After how long the screen goes on by itself; None where it does not."""
    match screen:
        case s.Thanks() | s.HandedOver() | d.DropEnded():
            return THANKS_MS
        case s.Opening() | h.AtDoor(step="opening"):
            return DOOR_SILENT_MS
        case s.DoorClosed() | h.AtDoor(step="closed", moves=True):
            return SETTLE_SILENT_MS
        case s.Placed(waits=True):
            return TURN_MS
        case s.KeptBack(door_open=False):
            return KEPT_MS
        case (
            s.CodeRefused(wait_seconds=wait) | s.SignIn(wait_seconds=wait) | d.WhoDrops(wait_seconds=wait)
        ) if wait:
            return wait * 1000
        case _:
            return None


def can_go_back(state: State) -> bool:
    """Whether "back" leads anywhere from here."""
    return bool(state.over) or _back(state)[0].screen != state.screen


def _in_service(state: State) -> State:
    """Out of service, it says so as soon as nobody is amid something, instead of asking what they want."""
    match state.screen:
        case s.Start() | s.Typing() if state.revoked:
            return replace(state, screen=s.OutOfService())
        case s.OutOfService() if not state.revoked:
            return replace(state, screen=s.Start())
        case _:
            return state


def _remembering(state: State, commands: tuple[Command, ...], event: e.Event) -> State:
    """What was written down of bags is known from now on."""
    memory, wall_ms = state.memory, event.wall_ms if isinstance(event, e.Scanned) else None
    for command in commands:
        if isinstance(command, Record):
            memory = noted(memory, command.fact, wall_ms)
    return state if memory is state.memory else replace(state, memory=memory)


def _decide(state: State, event: e.Event) -> Step:
    match event:
        case e.TimerFired():
            return _fired(state, event)
        case e.BridgeSeen(up):
            return replace(state, bridge_up=up), ()
        case e.RevocationSeen(revoked):
            return replace(state, revoked=revoked), ()
        case e.ScaleSeen(fitted):
            return replace(state, scale=fitted), ()
        case e.BagsOver(items):
            return replace(state, memory=without(state.memory, items)), ()
        case e.RecordFailed():
            return show(state, s.Refusal("disk"))
        case e.ScanDropped(why, length):
            state, _ = receiving.dropped(state)
            return state, (Record(ScanRefused(why=why, length=length)),)
        case e.NoAnswer(ask):
            return drop_heard.unanswered(state) if ask == state.waiting else quiet(state)
        case e.Answered():
            return _answered(state, event)
        case _:
            return _person(state, event)


def _fired(state: State, timer: e.TimerFired) -> Step:
    if timer.serial == state.idle_timer:
        return _idle(state)
    if timer.serial == state.help_timer:
        return replace(state, help_timer=0), ()
    if timer.serial == state.look_timer:
        return replace(state, look_timer=0), ()
    return _stepped(state) if timer.serial == state.step_timer else quiet(state)


def _answered(state: State, event: e.Answered) -> Step:
    """News from the door end "are you still there?": something moves."""
    state = deposit.answered_meanwhile(state, event)
    if isinstance(event.body, Refused) and event.body.why == "revoked":
        state = replace(state, revoked=True)
        if state.held is None:
            return leave(state)
    after, commands = _heard(state, event)
    if after.screen != state.screen and after.over == "still_there":
        after = replace(after, over="")
    return after, commands


def _heard(state: State, event: e.Answered) -> Step:
    match event.body:
        case ReceiptChecked() as checked:
            return proof.answered(state, event, checked)
        case Weighed() | NotWeighed():
            return weighing.answered(state, event)
        case Settled(item=item, stands="dropped") if item in dict(state.undoing):
            return drop_steps.taken_back(state, item)
        case StaffGranted():
            return deposit.answered(state, event)
        case DropGranted():
            return drop_heard.answered(state, event)
        case _ if _is_staff(state):
            return deposit.answered(state, event)
        case _ if state.drop is not None:
            return drop_heard.answered(state, event)
        case _:
            return collect.answered(state, event)


def _person(state: State, event: e.PersonEvent) -> Step:
    """Somebody did something. Whatever it is, they are still there."""
    if state.over == "still_there":
        state = replace(state, over="")
    match event:
        case e.Touched():
            return quiet(state)
        case e.Leave():
            return _leave(state, ends_round=state.staff is not None)
        case e.Show(over):
            return _show_over(state, over)
        case e.Speak(language):
            return replace(state, language=language, chosen=True, over=""), ()
        case e.Listen():
            return replace(state, listens=not state.listens), ()
        case e.Seat():
            return replace(state, seated=not state.seated), ()
        case e.Back():
            return (replace(state, over=""), ()) if state.over else _back(state)
        case e.StaffWanted():
            return show(replace(state, over=""), s.SignIn()) if _is_free(state) else quiet(state)
        case e.Scanned():
            return _scanned(state, event)
        case _ if _is_staff(state):
            return receiving.touched(state, event)
        case DropWanted() if _is_free(state):
            return drop.touched(state, event)
        case ProofWanted() | LetterSaid():
            return proof.touched(state, event)
        case QuoteReplied():
            return quotes.touched(state, event)
        case _ if state.drop is not None:
            return drop.touched(state, event)
        case _:
            return collect.touched(state, event)


def _scanned(state: State, event: e.Scanned) -> Step:
    scan = classify(event.text)
    if state.staff is not None:
        return receiving.scanned(state, scan, event)
    if state.drop is not None:
        after, commands = drop.scanned(state, scan, event)
    elif proof.is_receipt(event.text):
        after, commands = proof.scanned(state, event.text)
    else:
        after, commands = collect.scanned(state, scan)
    return (replace(after, over=""), commands) if after.screen != state.screen else (after, commands)


def _is_staff(state: State) -> bool:
    return state.staff is not None or isinstance(state.screen, s.SignIn)


def _is_free(state: State) -> bool:
    return state.visit is None and state.staff is None and isinstance(state.screen, s.Start | s.Typing)


def _is_set(state: State) -> bool:
    """Whether somebody made the screen theirs: it must not stay so for the next person."""
    return state.seated or state.listens or state.language != state.home_language


def _show_over(state: State, over: s.Over) -> Step:
    after = replace(state, over=over)
    if over != "help" or state.help_timer:
        return after, ()
    fact = HelpAsked(screen=type(state.screen).__name__, visit=state.held)
    timers: list[Command] = []
    after = _set(after, "help", HELP_QUIET_MS, timers)
    return after, (Record(fact), *timers)


def _back(state: State) -> Step:
    if state.staff is not None:
        return receiving.back(state)
    if state.drop is not None or isinstance(state.screen, _OF_RECEIPTS):
        return drop.back(state)
    return collect.back(state)


def _leave(state: State, *, ends_round: bool = False) -> Step:
    state, first = stock.give_back(state) or (
        placing.released(state) if state.drop is None else drop_steps.released(state)
    )
    state, commands = leave(state, ends_round=ends_round)
    return state, (*first, *commands)


def _idle(state: State) -> Step:
    """Nobody touched anything. Staff are asked before an open door and amid a delivery, which is kept.

    Who counted it and went has ended it: the next one's count corrects nothing.
    """
    nobody = isinstance(state.screen, s.Start | s.OutOfService) or state.over == "still_there"
    amid = state.staff is not None and (state.staff.pile.begun or bool(state.relay.manifest))
    if nobody or (state.staff is not None and not amid and idle_ms(state) != DOOR_IDLE_MS):
        return _leave(state, ends_round=state.staff is not None and isinstance(state.screen, s.Counted))
    return replace(state, over="still_there"), ()


def _stepped(state: State) -> Step:
    match state.screen:
        case s.Thanks() | d.DropEnded():
            return leave(state)
        case s.HandedOver():
            return shelf.go_on(state)
        case s.Opening() | h.AtDoor():
            return show(state, s.Silent())
        case s.DoorClosed(item) if state.staff is None and state.drop is None:
            return collect.go_on(state, item)
        case s.DoorClosed():
            return show(state, s.Silent())
        case s.Placed():
            return deposit.go_on(state)
        case s.KeptBack(told=True):
            return collect.go_on(state, None)
        case s.KeptBack():
            return show(state, s.Silent())
        case s.CodeRefused():
            return show(state, s.CodeRefused())
        case s.SignIn(refused=refused):
            return show(state, s.SignIn(refused=refused))
        case d.WhoDrops(refused=refused):
            return show(state, d.WhoDrops(refused=refused))
        case _:
            return quiet(state)


def _set(state: State, slot: e.Slot, delay_ms: int | None, timers: list[Command]) -> State:
    """The slot's timer anew; serial 0 means that none is alive."""
    serial = 0
    if delay_ms is not None:
        serial = state.timers + 1
        timers.append(SetTimer(slot, serial, delay_ms))
        state = replace(state, timers=serial)
    match slot:
        case "idle":
            return replace(state, idle_timer=serial)
        case "step":
            return replace(state, step_timer=serial)
        case "help":
            return replace(state, help_timer=serial)
        case "look":
            return replace(state, look_timer=serial)
