"""The loop: commit first, then do; refuse what is late or malformed; go on whatever comes."""

import queue
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import messages, topics
from contract import order as signing
from contract.codec import encode
from contract.database import StorageError
from contract.messages import Door, Doors, Presence, Refused, Settled, VisitGranted
from locker_firmware_bridge.boards import BoardBack, BoardSilent, UnlockFailed
from locker_firmware_bridge.bridge import HEARD_MOST, Event, Heard, hand_over
from locker_firmware_bridge.core.state import Rules
from locker_firmware_bridge.store import Store
from tests.fakes.bridge_loop import FillingJournal, LoopUnderTest
from tests.fakes.core_site import BRIDGE, KIOSK, SITE_KEY


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[LoopUnderTest]:
    running = LoopUnderTest(tmp_path)
    running.welcome()
    yield running
    running.stop()


def test_the_intent_is_on_the_disk_before_the_bus_hears_of_the_unlock(loop: LoopUnderTest) -> None:
    loop.deposit()
    (before,) = loop.boards.durable_before
    intent = before[-1]
    assert isinstance(intent, messages.DoorIntent)
    assert loop.boards.unlocks[0].operation == f"{intent.operation}.1"


def test_success_is_told_only_when_it_is_on_the_disk(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    ask = loop.ask(messages.Present(digits=slip.digits))
    loop.wait(3_000)
    loop.door_obeys()
    assert loop.answers(ask)[-1] == Settled(item="i1", stands="collected")
    assert isinstance(loop.durable_at_answers[-1][-1], messages.ItemCollected)


def test_what_was_committed_is_all_there_after_a_kill(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    ask = loop.ask(messages.Present(digits=slip.digits), "a")
    loop.wait(3_000)
    loop.door_obeys()
    before = loop.answers(ask)
    loop.restart()
    loop.sent.clear()
    loop.ask(messages.Present(digits=slip.digits), "a")
    again = loop.answers("a")
    assert again[: len(before)] == before
    assert [type(body).__name__ for body in again[len(before) :]] == ["VisitOver"]
    assert loop.boards.unlocks == []
    assert loop.tags().count("item_collected") == 1


def test_the_slip_is_nowhere_on_the_disk(loop: LoopUnderTest, tmp_path: Path) -> None:
    slip = loop.deposit()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert slip.digits.encode() not in written
    assert slip.token.encode() not in written


def test_the_bridge_beats_every_two_seconds_with_its_time(loop: LoopUnderTest) -> None:
    loop.sent.clear()
    loop.wait(10_000)
    beats = loop.pictures(Presence)
    assert len(beats) == 5
    assert {beat.session for beat in beats} == {"session-1"}
    assert [late.at_ms - early.at_ms for early, late in pairwise(beats)] == [2_000] * 4


def test_the_picture_of_the_doors_is_shown_at_every_change_and_only_then(loop: LoopUnderTest) -> None:
    loop.sent.clear()
    loop.read()
    assert loop.pictures(Doors) == []
    loop.move(3, "open")
    (picture,) = loop.pictures(Doors)
    assert {door.compartment: door.state for door in picture.doors}[3] == "open"
    assert len(picture.cabinet) == 9


def test_beat_and_picture_are_said_again_when_the_site_broker_is_back(loop: LoopUnderTest) -> None:
    loop.sent.clear()
    loop.bridge.step("up")
    assert len(loop.pictures(Presence)) == 1
    assert len(loop.pictures(Doors)) == 1


def test_an_answer_that_could_not_leave_is_sent_at_the_next_connection_unless_too_old(
    loop: LoopUnderTest,
) -> None:
    loop.online = False
    old = loop.ask(messages.Present(digits="10000000"))
    loop.wait(9_000)
    young = loop.ask(messages.Present(digits="10000000"))
    loop.wait(2_000)
    loop.online = True
    loop.bridge.step("up")
    assert loop.answers(young) == [Refused(why="code")]
    assert loop.answers(old) == []


def test_a_nearly_full_disk_refuses_what_would_begin_and_lets_end_what_runs(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    ask = loop.ask(messages.Present(digits=slip.digits))
    loop.journal.nearly_full = True
    loop.wait(3_000)  # it is looked at with each beat
    assert loop.answers(loop.ask(messages.Present(digits=slip.digits))) == [Refused(why="disk")]
    loop.door_obeys()
    assert loop.answers(ask)[-1] == Settled(item="i1", stands="collected")


def test_a_full_disk_opens_nothing_and_what_happened_meanwhile_is_written_when_there_is_room(
    loop: LoopUnderTest,
) -> None:
    slip = loop.deposit()
    ask = loop.ask(messages.Present(digits=slip.digits))
    loop.wait(3_000)
    frames, since = len(loop.boards.unlocks), len(loop.tags())
    loop.journal.full = True
    loop.door_obeys()
    refused = loop.ask(messages.Present(digits=slip.digits))
    assert loop.answers(refused) == [Refused(why="disk")]
    assert loop.tags()[since:] == []
    loop.journal.full = False
    loop.wait(2_000)
    assert loop.tags()[since:] == ["door_pulsed", "door_opened", "door_closed", "item_collected"]
    assert loop.answers(ask)[-1] == Settled(item="i1", stands="collected")
    assert len(loop.boards.unlocks) == frames


def test_a_fault_of_ours_in_one_event_does_not_end_the_loop(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    loop.boards.broken = True
    loop.ask(messages.Present(digits=slip.digits))
    loop.wait(3_000)
    assert loop.bridge.failures == 1
    loop.boards.broken = False
    loop.wait(10_000)
    ask = loop.ask(messages.Present(digits=slip.digits))
    assert isinstance(loop.answers(ask)[0], VisitGranted)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"\x00\xff", b'{"id":"a b"}', b'{"id":"' + b"x" * 70 + b'"}', b"[" * 3000, b'"a"'],
)
def test_bytes_that_are_no_ask_are_counted(loop: LoopUnderTest, payload: bytes) -> None:
    loop.sent.clear()
    loop.bridge.step(Heard(topics.ask(BRIDGE, KIOSK), payload))
    assert loop.bridge.failures == 1
    assert loop.sent == []


def test_an_ask_whose_id_can_be_read_is_told_that_it_is_malformed(loop: LoopUnderTest) -> None:
    loop.bridge.step(Heard(topics.ask(BRIDGE, KIOSK), b'{"id":"a1","body":{"type":"open_all"}}'))
    assert loop.answers("a1") == [Refused(why="malformed")]


@pytest.mark.parametrize("topic", ["conciergerie/1/lan/x/doors", "other", "conciergerie/1/lan/B/ask/K"])
def test_what_comes_by_another_topic_is_counted(loop: LoopUnderTest, topic: str) -> None:
    loop.bridge.step(Heard(topic, b"{}"))
    assert loop.bridge.failures == 1


def test_a_retained_ask_is_not_heard(loop: LoopUnderTest) -> None:
    ask = messages.Ask(
        id="r",
        session=loop.session,
        at_ms=loop.clock.mono_ms(),
        body=messages.Present(digits="10000000"),
    )
    loop.bridge.step(Heard(topics.ask(BRIDGE, KIOSK), encode(ask), retained=True))
    assert loop.answers("r") == []


def test_an_order_with_a_broken_signature_is_refused(loop: LoopUnderTest) -> None:
    loop.bridge.step(messages.NonceAsked(order="n"))
    given = loop.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    order = messages.RemoteOpen(
        order="o",
        nonce=given.nonce,
        compartment=1,
        allocation=0,
        actor="admin",
        reason="why",
        signature="0" * 128,
    )
    loop.bridge.step(order)
    assert loop.replies[-1] == messages.OrderTaken(order="o", refused="signature")
    assert loop.boards.unlocks == []


def test_what_was_taken_in_without_the_hubs_signature_is_noted_nowhere(loop: LoopUnderTest) -> None:
    loop.bridge.step(messages.NonceAsked(order="n"))
    given = loop.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    wish = messages.TakeIn(
        order="o",
        nonce=given.nonce,
        item="i1",
        person="p1",
        kind="parcel",
        size="S",
        actor="admin",
        signature="0" * 128,
    )
    loop.bridge.step(wish)
    assert loop.replies[-1] == messages.OrderTaken(order="o", refused="signature")
    assert "item_claimed" not in loop.tags()


def test_a_door_is_taken_out_of_service_by_the_hubs_own_key_alone(loop: LoopUnderTest) -> None:
    loop.bridge.step(messages.NonceAsked(order="n"))
    given = loop.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    wish = messages.SetUse(
        order="o",
        nonce=given.nonce,
        compartment=1,
        allocation=0,
        usable=False,
        actor="admin",
        reason="lock",
        signature="0" * 128,
    )
    stranger = Ed25519PrivateKey.generate()
    forged = msgspec.structs.replace(wish, signature=signing.sign(stranger, BRIDGE, wish))
    loop.bridge.step(forged)
    assert loop.replies[-1] == messages.OrderTaken(order="o", refused="signature")
    assert loop.tags()[-1] == "order_refused"


def test_a_silent_board_is_told_and_its_doors_are_unknown_until_read(loop: LoopUnderTest) -> None:
    loop.bridge.step(BoardSilent("main", 0, "no reply"))
    assert {door.state for door in loop.pictures(Doors)[-1].doors} == {"unknown"}
    loop.bridge.step(BoardBack("main", 0))
    loop.read()
    assert {door.state for door in loop.pictures(Doors)[-1].doors} == {"closed"}
    assert loop.tags()[-3:] == ["board_silent", "board_back", "doors_seen"]


def test_an_unlock_the_bus_could_not_send_is_not_opened(loop: LoopUnderTest) -> None:
    slip = loop.deposit()
    ask = loop.ask(messages.Present(digits=slip.digits))
    loop.wait(3_000)
    name = loop.boards.unlocks[-1].operation
    loop.bridge.step(UnlockFailed(name, "the port is not open"))
    told = loop.answers(ask)[-1]
    assert isinstance(told, Door)
    assert told.state == "not_opened"


def test_locks_nobody_described_are_nobodys_doors(loop: LoopUnderTest) -> None:
    loop.closed = loop.closed | {14}
    loop.read()
    assert loop.bridge.failures == 0


def test_a_bridge_that_starts_on_a_full_disk_refuses_and_begins_when_there_is_room(
    loop: LoopUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = loop.deposit()
    monkeypatch.setattr(FillingJournal, "full", True)
    loop.restart()
    assert loop.answers(loop.ask(messages.Present(digits=slip.digits))) == [Refused(why="disk")]
    monkeypatch.setattr(FillingJournal, "full", False)
    loop.wait(2_000)
    assert "process_started" in loop.tags()[-4:]
    ask = loop.ask(messages.Present(digits=slip.digits))
    assert isinstance(loop.answers(ask)[0], VisitGranted)
    assert len(loop.boards.unlocks) == 1


def test_what_is_spent_is_forgotten_after_four_hundred_days_by_a_right_clock_only(
    loop: LoopUnderTest,
) -> None:
    slip = loop.deposit()
    loop.ask(messages.Present(digits=slip.digits))
    loop.wait(3_000)
    loop.door_obeys()
    loop.wait(125_000)
    rules = Rules(BRIDGE, "s", SITE_KEY, {})
    later_ms = loop.clock.wall_ms() + 401 * 86_400_000
    loop.clock.set_wall(later_ms, "held")
    assert "i1" in Store(loop.journal).load(rules).spent
    loop.clock.set_wall(later_ms, "synced")
    assert Store(loop.journal).load(rules).spent == {}


def test_a_disk_that_failed_ends_the_run_so_that_it_is_started_again(loop: LoopUnderTest) -> None:
    loop.inbox.put("broken")
    with pytest.raises(StorageError, match="cannot be used"):
        loop.bridge.run()


def test_told_to_stop_the_loop_ends(loop: LoopUnderTest) -> None:
    loop.inbox.put("stop")
    frames = len(loop.boards.unlocks)
    loop.bridge.run()
    assert len(loop.boards.unlocks) == frames


def test_a_kiosk_that_floods_fills_a_bounded_inbox_and_what_was_waiting_is_kept() -> None:
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    for number in range(HEARD_MOST + 50):
        hand_over(inbox, Heard(topics.ask(BRIDGE, KIOSK), str(number).encode()))
    assert inbox.qsize() == HEARD_MOST
    first = inbox.get_nowait()
    assert isinstance(first, Heard)
    assert first.payload == b"0"
    inbox.put("stop")  # what does not come from the broker is never dropped
    assert inbox.qsize() == HEARD_MOST
