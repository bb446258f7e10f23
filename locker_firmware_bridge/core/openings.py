"""Openings: one door at a time takes its turn, and what a door does is told and written down."""

from typing import Final, Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import bank, custody, door, replies, visits
from locker_firmware_bridge.core.door import Operation
from locker_firmware_bridge.core.happenings import DoorTimer, TurnTimer
from locker_firmware_bridge.core.records import Visit
from locker_firmware_bridge.core.state import Draft, fresh_door

MAX_WAITING: Final = 2
"""A kiosk waits eight seconds for an answer: so many turns fit in."""
_OPEN_WATCH_MS: Final = door.LEFT_OPEN_MS + 60_000
_SHUT_WATCH_MS: Final = 1_000

Outcome = Literal["begun", "waits", "crowded"]


def request(draft: Draft, operation: Operation) -> Outcome:
    """Open this door now, or when its turn comes; `crowded`: too many wait already, or it comes too late."""
    ahead = len(draft.site.waiting)
    if ahead >= MAX_WAITING or _comes_too_late(draft, operation, ahead):
        return "crowded"
    turn_ms = bank.turn_ms(draft.site.caps)
    if turn_ms <= draft.now_ms and not ahead:
        _begin(draft, operation)
        return "begun"
    draft.forget_after_restart(waiting=(*draft.site.waiting, operation))
    draft.wake(TurnTimer(), turn_ms)
    return "waits"


def _begin(draft: Draft, operation: Operation) -> None:
    """Its turn has come: the intent, and with it the reply to the order it is, if any."""
    happen(draft, operation.compartment, door.Begin(operation))
    if operation.order is not None:
        draft.put(caps=bank.opened_remotely(draft.site.caps, draft.now_ms))
        replies.taken(draft, operation.order, operation.id)
    if operation.authority == "visitor":
        draft.put(caps=bank.opened_for_visitor(draft.site.caps, draft.now_ms))


def _comes_too_late(draft: Draft, operation: Operation, ahead: int) -> bool:
    """Whether its turn cannot come in time behind so many others."""
    soonest_ms = max(bank.turn_ms(draft.site.caps), draft.now_ms) + ahead * bank.BETWEEN_DOORS_MS
    return operation.begin_by_ms is not None and soonest_ms > operation.begin_by_ms


def open_in_visit(draft: Draft, visit: Visit, operation: Operation) -> None:
    """Open a door for a visit, or say that too many others wait."""
    if operation.item is not None:
        draft.put_visit(visits.opened_once_more(visit, operation.item, draft.now_ms))
    if request(draft, operation) == "crowded":
        draft.put_visit(visit)  # no try was used
        wait_seconds = MAX_WAITING * bank.BETWEEN_DOORS_MS // 1000
        draft.tell(operation.kiosk, operation.ask, messages.Refused(why="cap", wait_seconds=wait_seconds))


def next_turn(draft: Draft) -> None:
    """The next door that waits, if it may still be opened."""
    _refuse_the_late(draft)
    if not draft.site.waiting:
        return
    turn_ms = bank.turn_ms(draft.site.caps)
    if turn_ms > draft.now_ms:
        draft.wake(TurnTimer(), turn_ms)
        return
    operation, *others = draft.site.waiting
    draft.forget_after_restart(waiting=tuple(others))
    if not draft.room:
        _refuse(draft, operation, "disk")
    elif operation.kiosk in draft.site.revoked:
        _refuse(draft, operation, "revoked")
    elif _is_void(draft, operation):
        _refuse(draft, operation, "busy")
    elif _is_too_often(draft, operation):
        _refuse(draft, operation, "cap")
    else:
        _begin(draft, operation)
    draft.wake(TurnTimer(), bank.turn_ms(draft.site.caps))


def _refuse_the_late(draft: Draft) -> None:
    """A second pulse or a slow port put the turns off: whoever cannot begin in time is told so now."""
    kept: tuple[Operation, ...] = ()
    for operation in draft.site.waiting:
        if _comes_too_late(draft, operation, len(kept)):
            _refuse(draft, operation, "busy")
        else:
            kept = (*kept, operation)
    draft.forget_after_restart(waiting=kept)


def _refuse(draft: Draft, operation: Operation, why: Literal["disk", "busy", "cap", "revoked"]) -> None:
    """Its turn does not come: whoever asked is told, person or hub."""
    draft.tell(operation.kiosk, operation.ask, messages.Refused(why=why))
    if operation.order is not None and why != "revoked":  # no kiosk has a part in an order
        replies.refuse(draft, operation.order, operation.compartment, operation.actor, why)


def _is_too_often(draft: Draft, operation: Operation) -> bool:
    """Whether too many doors were opened for the hub, or for somebody unknown, since it was asked for."""
    if operation.authority == "visitor":
        return bank.visitor_wait_seconds(draft.site.caps, draft.now_ms) > 0
    return operation.order is not None and not bank.may_open_remotely(draft.site.caps, draft.now_ms)


def _is_void(draft: Draft, operation: Operation) -> bool:
    """Whether, since it was asked for, visit or use of the compartment ended or the door became busy."""
    site = draft.site
    if operation.visit is not None and operation.visit not in site.visits:
        return True
    if operation.item is not None and not visits.concerns(operation, site.items.get(operation.item)):
        return True
    slot, now = site.slots.get(operation.compartment), site.doors.get(operation.compartment)
    return slot is None or slot.allocation != operation.allocation or now is None or now.busy


def timer_due(draft: Draft, due: DoorTimer) -> None:
    """A door's timer ran out; its second pulse waits until no other lock was energised just now."""
    turn_ms = bank.turn_ms(draft.site.caps)
    if due.timer == "second_pulse" and turn_ms > draft.now_ms and _is_current(draft, due):
        draft.wake(due, turn_ms)
        return
    happen(draft, due.compartment, door.Due(due.timer, due.operation))


def sent(draft: Draft, compartment: int, event: door.Sent) -> None:
    """The frame left, later than its intent if the port was busy: the next door's turn counts from now."""
    draft.put(caps=bank.pulsed(draft.site.caps, draft.now_ms))
    happen(draft, compartment, event)


def _is_current(draft: Draft, due: DoorTimer) -> bool:
    now = draft.site.doors.get(due.compartment)
    return now is not None and now.operation is not None and now.operation.id == due.operation


def happen(draft: Draft, compartment: int, event: door.Event) -> None:
    """Let an event happen at a door, and do what follows."""
    before = draft.site.doors.get(compartment) or fresh_door(compartment)
    now, commands = door.advance(before, event, draft.now_ms)
    draft.put_door(now)
    for command in commands:
        _follow(draft, compartment, command)


def _follow(draft: Draft, compartment: int, command: door.Command) -> None:
    match command:
        case door.Note(fact):
            draft.note(fact)
        case door.Pulse(operation, attempt):
            draft.put(caps=bank.pulsed(draft.site.caps, draft.now_ms))
            draft.unlock(operation, attempt)
            draft.watch(compartment, draft.now_ms + door.GIVE_UP_MS)
        case door.Wake(timer, name, after_ms):
            draft.wake(DoorTimer(compartment, timer, name), draft.now_ms + after_ms)
        case door.Step():
            _tell(draft, command)
        case door.Ended(operation, outcome):
            custody.ended(draft, operation, outcome)
            if not any(other.busy for other in draft.site.doors.values()):
                draft.calm(draft.now_ms + _SHUT_WATCH_MS)


def _tell(draft: Draft, step: door.Step) -> None:
    operation = step.operation
    if step.state == "opened":
        custody.opened(draft, operation)
        draft.watch(operation.compartment, draft.now_ms + _OPEN_WATCH_MS)
    visit = draft.site.visits.get(operation.visit or "")
    told = messages.Door(
        item=operation.item,
        compartment=operation.compartment,
        state=step.state,
        attempt=step.attempt,
        tries_left=visits.tries_left(visit, operation.item),
    )
    draft.tell(operation.kiosk, operation.ask, told)


def join(
    draft: Draft,
    operation: Operation,
    kiosk: str,
    ask: str,
    visit: str,
    *,
    by: tuple[str, str | None] | None = None,
) -> None:
    """Somebody comes back to a door that is already under way: the steps are told to them from now on.

    `by`: whose operation it is from now on, and under which mandate.
    """
    actor, proxy = by or (operation.actor, operation.proxy)
    joined = replace(operation, kiosk=kiosk, ask=ask, visit=visit, actor=actor, proxy=proxy)
    if operation in draft.site.waiting:
        waiting = tuple(joined if other is operation else other for other in draft.site.waiting)
        draft.forget_after_restart(waiting=waiting)
        return
    now = draft.site.doors[operation.compartment]
    draft.put_door(replace(now, operation=joined))
    stage = now.stage
    if stage in ("intent", "pulsed", "open", "left_open"):
        state: Literal["intent", "pulsed", "opened", "left_open"] = "opened" if stage == "open" else stage
        _tell_now(draft, joined, state, now.attempt)


def _tell_now(
    draft: Draft,
    operation: Operation,
    state: Literal["intent", "pulsed", "opened", "left_open"],
    attempt: int,
) -> None:
    told = messages.Door(item=operation.item, compartment=operation.compartment, state=state, attempt=attempt)
    draft.tell(operation.kiosk, operation.ask, told)
