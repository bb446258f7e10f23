"""The table of a door: every state with every event."""

from typing import get_args

import pytest
from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import door
from locker_firmware_bridge.core.door import Begin, Door, Due, NotSent, Operation, Restart, Seen, Sent, Stage

NOW_MS = 100_000
OPERATION = Operation(
    id="op", compartment=7, allocation=3, purpose="collect", authority="code", actor="p1", reason="code"
)
OTHER = replace(OPERATION, id="other")
EVENTS: dict[str, door.Event] = {
    "begin": Begin(OTHER),
    "sent": Sent("op", 1),
    "sent stale": Sent("old", 1),
    "not sent": NotSent("op", 1),
    "not sent stale": NotSent("old", 1),
    "closed": Seen("closed"),
    "open": Seen("open"),
    "unknown": Seen("unknown"),
    "second pulse": Due("second_pulse", "op"),
    "give up": Due("give_up", "op"),
    "left open": Due("left_open", "op"),
    "left open unasked": Due("left_open", None),
    "unread": Due("unread", "op"),
    "stale timer": Due("give_up", "old"),
    "restart": Restart(),
}
"""What can happen; the door was last seen closed, or open where it is open."""

TABLE: dict[Stage, dict[str, str]] = {
    "idle": {"begin": "intent +door_intent", "open": "idle +door_forced", "sent": "idle +door_pulsed"},
    "intent": {
        "begin": "!",
        "sent": "pulsed +door_pulsed",
        "not sent": "not_opened +door_not_opened",
        "open": "open +door_opened",
        "give up": "not_opened +door_not_opened",
        "restart": "uncertain",
    },
    "pulsed": {
        "begin": "!",
        "sent": "pulsed +door_pulsed",
        "open": "open +door_opened",
        "second pulse": "intent +door_intent",
        "give up": "not_opened +door_not_opened",
        "restart": "uncertain",
    },
    "open": {
        "begin": "!",
        "sent": "open +door_pulsed",
        "closed": "idle +door_closed",
        "left open": "left_open +door_left_open",
        "restart": "uncertain",
    },
    "left_open": {
        "begin": "!",
        "sent": "left_open +door_pulsed",
        "closed": "idle +door_closed",
        "restart": "uncertain",
    },
    "not_opened": {
        "begin": "intent +door_intent",
        "open": "not_opened +door_forced",
        "sent": "not_opened +door_pulsed",
    },
    "uncertain": {
        "begin": "intent +door_intent",
        "open": "uncertain +door_forced",
        "sent": "uncertain +door_pulsed",
    },
}
"""What is not named changes no state and notes nothing; `!` cannot happen."""


def at(stage: Stage, **more: object) -> Door:
    seen = "open" if stage in ("open", "left_open") else "closed"
    state = Door(compartment=7, stage=stage, seen=seen, operation=OPERATION, attempt=1)  # type: ignore[arg-type]
    return replace(state, **more)


def facts(commands: tuple[door.Command, ...]) -> list[messages.Fact]:
    return [command.fact for command in commands if isinstance(command, door.Note)]


def tags(commands: tuple[door.Command, ...]) -> list[str]:
    return [str(fact.__struct_config__.tag) for fact in facts(commands)]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_state_answers_every_event_as_the_table_says(stage: Stage, event: str) -> None:
    expected = TABLE[stage].get(event, stage)
    if expected == "!":
        with pytest.raises(door.NotInTableError, match="door 7"):
            door.advance(at(stage), EVENTS[event], NOW_MS)
        return
    now, commands = door.advance(at(stage), EVENTS[event], NOW_MS)
    wanted, _, fact = expected.partition(" +")
    assert now.stage == wanted
    assert tags(commands) == ([fact] if fact else [])


@pytest.mark.parametrize("stage", get_args(Stage))
def test_only_a_beginning_and_one_second_time_ever_pulse(stage: Stage) -> None:
    for name, event in EVENTS.items():
        if name == "begin" and stage in door.UNDER_WAY:
            continue
        _, commands = door.advance(at(stage), event, NOW_MS)
        pulses = [command for command in commands if isinstance(command, door.Pulse)]
        may = name == "begin" or (name == "second pulse" and stage == "pulsed")
        assert len(pulses) == (1 if may else 0), name


def test_the_intent_comes_before_the_pulse_and_says_who_and_why() -> None:
    _, (note, pulse, *_) = door.advance(at("idle"), Begin(OTHER), NOW_MS)
    assert isinstance(note, door.Note)
    assert isinstance(pulse, door.Pulse)
    intent = note.fact
    assert isinstance(intent, messages.DoorIntent)
    assert (intent.actor, intent.authority, intent.reason, intent.attempt) == ("p1", "code", "code", 1)


def test_a_second_pulse_is_never_followed_by_a_third() -> None:
    now, _ = door.advance(at("pulsed"), Due("second_pulse", "op"), NOW_MS)
    now, _ = door.advance(now, Sent("op", 2), NOW_MS)
    again, commands = door.advance(now, Due("second_pulse", "op"), NOW_MS)
    assert (again, commands) == (now, ())


@pytest.mark.parametrize("seen", ["open", "unknown"])
def test_a_door_not_known_to_be_shut_gets_no_second_pulse(seen: messages.DoorState) -> None:
    _, commands = door.advance(at("pulsed", seen=seen), Due("second_pulse", "op"), NOW_MS)
    assert commands == ()


def test_a_second_pulse_that_could_not_leave_lets_the_first_one_run_out() -> None:
    now, _ = door.advance(at("intent", attempt=2), NotSent("op", 2), NOW_MS)
    assert now.stage == "pulsed"


@pytest.mark.parametrize(
    ("stage", "timer"), [("intent", "give_up"), ("pulsed", "give_up"), ("open", "left_open")]
)
def test_an_unknown_door_is_neither_shut_nor_open_when_its_time_is_over(
    stage: Stage, timer: door.Timer
) -> None:
    now, commands = door.advance(at(stage, seen="unknown"), Due(timer, "op"), NOW_MS)
    assert now.stage == "uncertain"
    assert facts(commands) == [messages.DoorUncertain(operation="op", compartment=7, why="board_silent")]


def test_an_open_door_whose_board_falls_silent_is_still_closed_by_the_next_reading() -> None:
    now, _ = door.advance(at("open", opened_ms=90_000), Seen("unknown"), NOW_MS)
    assert now.stage == "open"
    now, commands = door.advance(now, Seen("closed"), NOW_MS)
    assert facts(commands) == [messages.DoorClosed(compartment=7, operation="op", open_ms=10_000)]


def test_a_frame_that_may_have_left_is_watched_and_not_told_as_sent() -> None:
    now, commands = door.advance(at("intent"), Sent("op", 1, surely=False), NOW_MS)
    assert now.stage == "pulsed"
    assert facts(commands) == []


def test_a_door_open_already_counts_as_opened_only_when_read_after_the_pulse() -> None:
    now, _ = door.advance(at("idle", seen="open"), Begin(OTHER), NOW_MS)
    now, _ = door.advance(now, Sent("other", 1), NOW_MS)
    assert now.stage == "pulsed"
    now, _ = door.advance(now, Seen("open"), NOW_MS)
    assert now.stage == "open"


@pytest.mark.parametrize("seen", get_args(messages.DoorState))
def test_after_a_restart_the_first_reading_is_told_and_nothing_else_happens(seen: messages.DoorState) -> None:
    now, commands = door.advance(at("pulsed"), Restart(), NOW_MS)
    assert [type(command) for command in commands] == [door.Wake]
    with pytest.raises(door.NotInTableError):
        door.advance(now, Begin(OTHER), NOW_MS)
    now, commands = door.advance(now, Seen(seen), NOW_MS)
    uncertain = messages.DoorUncertain(operation="op", compartment=7, why="restart", seen=seen)
    assert facts(commands) == [uncertain]
    assert now.stage == "uncertain"
    door.advance(now, Begin(OTHER), NOW_MS)


def test_a_door_not_read_in_time_after_a_restart_is_told_as_unknown() -> None:
    now, _ = door.advance(at("open"), Restart(), NOW_MS)
    now, commands = door.advance(now, Due("unread", "op"), NOW_MS)
    assert [fact.seen for fact in facts(commands) if isinstance(fact, messages.DoorUncertain)] == ["unknown"]


def test_a_restart_cut_short_again_is_told_once() -> None:
    now, _ = door.advance(at("pulsed"), Restart(), NOW_MS)
    now, _ = door.advance(now, Restart(), NOW_MS)
    now, commands = door.advance(now, Seen("closed"), NOW_MS)
    assert tags(commands) == ["door_uncertain"]
    _, commands = door.advance(now, Seen("closed"), NOW_MS)
    assert commands == ()


def test_a_forced_door_that_stays_open_is_told_and_its_closing_too() -> None:
    now, commands = door.advance(at("idle"), Seen("open"), NOW_MS)
    assert door.Wake("left_open", None, door.LEFT_OPEN_MS) in commands
    now, commands = door.advance(now, Due("left_open", None), NOW_MS + door.LEFT_OPEN_MS)
    assert tags(commands) == ["door_left_open"]
    now, commands = door.advance(now, Seen("closed"), NOW_MS + 130_000)
    assert facts(commands) == [messages.DoorClosed(compartment=7, open_ms=130_000)]


def test_a_door_read_for_the_first_time_was_not_forced() -> None:
    _, commands = door.advance(at("idle", seen="unknown"), Seen("open"), NOW_MS)
    assert commands == ()
