"""One door: the table of its states, and what each event makes of them (design.md section 7).

    idle -begin-> intent -sent-> pulsed -sensor open-> open -closed-> idle
                                    |-3 s, shut-> one further intent and pulse, once
                                    '-8 s, shut-> not_opened -begin-> intent
    open -120 s-> left_open -closed-> idle
    a crash in any of them -> uncertain -begin-> intent

- A pulse says nothing about the door; only the sensor does. A door whose sensor is unknown is neither
  closed nor open: it gets no second pulse, and at the end of its time it is `uncertain`.
- A restart never pulses: it turns what was under way into `uncertain`, and the first reading is told.
- A door that is seen to open while nobody asked is `forced`; it stays in its state.
- Timers name the operation they belong to; one that comes late finds another and changes nothing.
- `Begin` while an operation is under way is not in the table: `NotInTableError`, nothing changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from contract import messages

Stage = Literal["idle", "intent", "pulsed", "open", "left_open", "not_opened", "uncertain"]
Timer = Literal["second_pulse", "give_up", "left_open", "unread"]
Outcome = Literal["closed", "not_opened", "uncertain"]

SECOND_PULSE_MS: Final = 3_000
GIVE_UP_MS: Final = 8_000
LEFT_OPEN_MS: Final = 120_000
UNREAD_MS: Final = 5_000
"""After a restart a door is read within this time, or told as unknown."""

UNDER_WAY: Final[frozenset[Stage]] = frozenset({"intent", "pulsed", "open", "left_open"})


class NotInTableError(Exception):
    """This event cannot happen in this state."""


class Operation(Struct, frozen=True, kw_only=True):
    """One opening of one door: who, why, and for what. Its id goes from the finger to the ledger."""

    id: str
    compartment: int
    allocation: int
    purpose: Literal["collect", "deposit", "remote", "inspect", "take_out"]
    authority: messages.Authority
    actor: str
    reason: str = ""
    item: str | None = None
    proxy: str | None = None
    """The mandate whose code was presented."""
    why: messages.TakenOutWhy | None = None
    """What it is taken out for."""
    visit: str | None = None
    order: str | None = None
    kiosk: str | None = None
    ask: str | None = None
    """Kiosk and ask the steps are told to."""
    begin_by_ms: int | None = None
    """Whose turn has not come by then is refused; None: it waits as long as its visit lasts."""


class Door(Struct, frozen=True, kw_only=True):
    """A door as it is known. `operation` is the last one; `attempt` counts its pulses."""

    compartment: int
    stage: Stage = "idle"
    seen: messages.DoorState = "unknown"
    operation: Operation | None = None
    attempt: int = 0
    opened_ms: int | None = None
    unread: bool = False
    """Cut short by a restart, and the sensor not read since."""

    @property
    def busy(self) -> bool:
        """Whether no other operation may begin now."""
        return self.stage in UNDER_WAY or self.unread


# --- events ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """Open it for this operation."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Sent:
    """The unlock frame left, or may have left (`surely` false) before the port broke."""

    operation: str
    attempt: int
    surely: bool = True


@dataclass(frozen=True, slots=True)
class NotSent:
    """No unlock frame left."""

    operation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the sensor says, changed or not."""

    state: messages.DoorState


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of this operation (None: of no operation) ran out."""

    timer: Timer
    operation: str | None


@dataclass(frozen=True, slots=True)
class Restart:
    """The bridge came up; what was under way was cut short."""


Event = Begin | Sent | NotSent | Seen | Due | Restart


# --- commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """Commit this fact."""

    fact: messages.Fact


@dataclass(frozen=True, slots=True)
class Pulse:
    """Once the intent noted with it is durable, send the unlock frame."""

    operation: Operation
    attempt: int


@dataclass(frozen=True, slots=True)
class Wake:
    """Say `Due(timer, operation)` after so long."""

    timer: Timer
    operation: str | None
    after_ms: int


@dataclass(frozen=True, slots=True)
class Step:
    """Tell whoever asked how far it is."""

    operation: Operation
    state: Literal["intent", "pulsed", "opened", "closed", "not_opened", "left_open", "uncertain"]
    attempt: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The operation is over."""

    operation: Operation
    outcome: Outcome


Command = Note | Pulse | Wake | Step | Ended
Result = tuple[Door, tuple[Command, ...]]


def advance(door: Door, event: Event, now_ms: int) -> Result:
    """What `event` makes of `door`; raises NotInTableError and changes nothing if it cannot be."""
    rule = _TABLE.get((door.stage, type(event)))
    if rule is None or (isinstance(event, Begin) and door.unread):
        raise NotInTableError(f"{type(event).__name__} at door {door.compartment}, {door.stage}")
    return rule(door, event, now_ms)


# --- the rules ---------------------------------------------------------------------------------


def _begin(door: Door, event: Begin, _now_ms: int) -> Result:
    fresh = replace(door, operation=event.operation, attempt=0, opened_ms=None)
    return _intend(fresh, event.operation, (Wake("give_up", event.operation.id, GIVE_UP_MS),))


def _intend(door: Door, operation: Operation, more: tuple[Command, ...] = ()) -> Result:
    attempt = door.attempt + 1
    intent = messages.DoorIntent(
        operation=operation.id,
        compartment=operation.compartment,
        allocation=operation.allocation,
        attempt=attempt,
        purpose=operation.purpose,
        authority=operation.authority,
        actor=operation.actor,
        reason=operation.reason,
        item=operation.item,
        visit=operation.visit,
        order=operation.order,
    )
    now = replace(door, stage="intent", attempt=attempt)
    return now, (Note(intent), Pulse(operation, attempt), Step(operation, "intent", attempt), *more)


def _sent(door: Door, event: Sent, _now_ms: int) -> Result:
    operation = _current(door, event.operation)
    if operation is None or event.attempt != door.attempt:
        return door, ()
    commands: tuple[Command, ...] = _pulsed(operation, event)
    if door.stage != "intent":
        return door, commands
    commands += (Step(operation, "pulsed", door.attempt),)
    if door.attempt == 1:
        commands += (
            Wake("second_pulse", operation.id, SECOND_PULSE_MS),
            Wake("give_up", operation.id, GIVE_UP_MS),
        )
    return replace(door, stage="pulsed"), commands


def _pulsed(operation: Operation, event: Sent) -> tuple[Command, ...]:
    if not event.surely:
        return ()
    fact = messages.DoorPulsed(
        operation=operation.id, compartment=operation.compartment, attempt=event.attempt
    )
    return (Note(fact),)


def _not_sent(door: Door, event: NotSent, _now_ms: int) -> Result:
    operation = _current(door, event.operation)
    if operation is None or event.attempt != door.attempt:
        return door, ()
    if door.attempt > 1:  # the first pulse went out: its time still runs
        return replace(door, stage="pulsed"), ()
    return _not_opened(door, operation, "not_sent")


def _second_pulse_or_end(door: Door, event: Due, _now_ms: int) -> Result:
    operation = _current(door, event.operation)
    if operation is None:
        return door, ()
    if event.timer == "give_up":
        return _give_up(door, operation)
    again = event.timer == "second_pulse" and door.stage == "pulsed" and door.attempt == 1
    if again and door.seen == "closed":
        return _intend(door, operation)
    return door, ()


def _give_up(door: Door, operation: Operation) -> Result:
    match door.seen:
        case "closed":
            return _not_opened(door, operation, "stayed_shut")
        case "open":
            return _opened(door, operation)
        case _:
            return _uncertain(door, operation, "board_silent")


def _left_open(door: Door, event: Due, _now_ms: int) -> Result:
    operation = _current(door, event.operation)
    if operation is None or event.timer != "left_open":
        return door, ()
    if door.seen != "open":
        return _uncertain(door, operation, "board_silent")
    fact = messages.DoorLeftOpen(compartment=door.compartment, operation=operation.id)
    return replace(door, stage="left_open"), (Note(fact), Step(operation, "left_open", door.attempt))


def _unasked_left_open(door: Door, event: Due, now_ms: int) -> Result:
    if event.timer == "unread" and door.unread:
        return _first_reading(door, now_ms)
    if event.timer == "left_open" and event.operation is None and door.seen == "open":
        return door, (Note(messages.DoorLeftOpen(compartment=door.compartment)),)
    return door, ()


def _seen_while_asked(door: Door, event: Seen, now_ms: int) -> Result:
    seen = replace(door, seen=event.state)
    if event.state == "open" and door.operation is not None:
        return _opened(replace(seen, opened_ms=now_ms), door.operation)
    return seen, ()


def _opened(door: Door, operation: Operation) -> Result:
    fact = messages.DoorOpened(operation=operation.id, compartment=door.compartment)
    return replace(door, stage="open"), (
        Note(fact),
        Step(operation, "opened", door.attempt),
        Wake("left_open", operation.id, LEFT_OPEN_MS),
    )


def _seen_while_open(door: Door, event: Seen, now_ms: int) -> Result:
    seen = replace(door, seen=event.state)
    if event.state != "closed" or door.operation is None:
        return seen, ()
    open_ms = None if door.opened_ms is None else max(0, now_ms - door.opened_ms)
    fact = messages.DoorClosed(compartment=door.compartment, operation=door.operation.id, open_ms=open_ms)
    return replace(seen, stage="idle", opened_ms=None), (
        Note(fact),
        Step(door.operation, "closed", door.attempt),
        Ended(door.operation, "closed"),
    )


def _seen_unasked(door: Door, event: Seen, now_ms: int) -> Result:
    seen = replace(door, seen=event.state)
    if door.unread:
        return _first_reading(seen, now_ms)
    match door.seen, event.state:
        case "closed", "open":
            forced = messages.DoorForced(compartment=door.compartment)
            return replace(seen, opened_ms=now_ms), (Note(forced), Wake("left_open", None, LEFT_OPEN_MS))
        case "open", "closed":
            open_ms = None if door.opened_ms is None else max(0, now_ms - door.opened_ms)
            closed = messages.DoorClosed(compartment=door.compartment, open_ms=open_ms)
            return replace(seen, opened_ms=None), (Note(closed),)
    return seen, ()


def _first_reading(door: Door, _now_ms: int) -> Result:
    read = replace(door, unread=False)
    return read, () if door.operation is None else _told_uncertain(read, door.operation, "restart")


def _restart(door: Door, _event: Restart, _now_ms: int) -> Result:
    """The sensor's last word is old: it is read anew."""
    if door.stage not in UNDER_WAY and not door.unread:
        return replace(door, seen="unknown", opened_ms=None), ()
    cut = replace(door, stage="uncertain", seen="unknown", opened_ms=None, unread=True)
    operation = None if door.operation is None else door.operation.id
    return cut, (Wake("unread", operation, UNREAD_MS),)


def _not_opened(door: Door, operation: Operation, why: Literal["stayed_shut", "not_sent"]) -> Result:
    fact = messages.DoorNotOpened(operation=operation.id, compartment=door.compartment, why=why)
    return replace(door, stage="not_opened"), (
        Note(fact),
        Step(operation, "not_opened", door.attempt),
        Ended(operation, "not_opened"),
    )


def _uncertain(door: Door, operation: Operation, why: Literal["restart", "board_silent"]) -> Result:
    now = replace(door, stage="uncertain", opened_ms=None)
    return now, _told_uncertain(now, operation, why)


def _told_uncertain(
    door: Door, operation: Operation, why: Literal["restart", "board_silent"]
) -> tuple[Command, ...]:
    fact = messages.DoorUncertain(
        operation=operation.id, compartment=door.compartment, why=why, seen=door.seen
    )
    return Note(fact), Step(operation, "uncertain", door.attempt), Ended(operation, "uncertain")


def _ignore(door: Door, _event: Event, _now_ms: int) -> Result:
    return door, ()


def _current(door: Door, operation: str | None) -> Operation | None:
    """The door's operation if it is the one meant; else the event is stale."""
    return door.operation if door.operation is not None and door.operation.id == operation else None


_Rule = Callable[[Door, Any, int], Result]
_TABLE: Final[Mapping[tuple[Stage, type[Any]], _Rule]] = {
    ("idle", Begin): _begin,
    ("not_opened", Begin): _begin,
    ("uncertain", Begin): _begin,
    ("intent", NotSent): _not_sent,
    ("intent", Seen): _seen_while_asked,
    ("pulsed", Seen): _seen_while_asked,
    ("open", Seen): _seen_while_open,
    ("left_open", Seen): _seen_while_open,
    ("idle", Seen): _seen_unasked,
    ("not_opened", Seen): _seen_unasked,
    ("uncertain", Seen): _seen_unasked,
    ("intent", Due): _second_pulse_or_end,
    ("pulsed", Due): _second_pulse_or_end,
    ("open", Due): _left_open,
    ("idle", Due): _unasked_left_open,
    ("not_opened", Due): _unasked_left_open,
    ("uncertain", Due): _unasked_left_open,
    ("left_open", Due): _ignore,
    **{(stage, Restart): _restart for stage in get_args(Stage)},
    # one rule: a frame that left is told, even if the door was quicker or its time was over
    **{(stage, Sent): _sent for stage in get_args(Stage)},
    **{(stage, NotSent): _ignore for stage in get_args(Stage) if stage != "intent"},
}
