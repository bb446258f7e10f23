"""The real bridge: its process, real brokers, a simulated board that keeps its own log of every frame.

What counts is the board's log, not ours: no kill, start or stop may put a frame there.
"""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import messages
from contract.codec import encode
from contract.messages import Door, Refused, Settled, VisitGranted
from contract.pickup_code import typed_code
from tests.fakes.bridge_process import SiteUnderTest, site_under_test


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteUnderTest]:
    with site_under_test(tmp_path) as running:
        yield running


def intents(site: SiteUnderTest) -> list[int]:
    return [fact.compartment for fact in site.hub.facts if isinstance(fact, messages.DoorIntent)]


def test_a_parcel_is_put_in_and_collected_and_the_hub_hears_all_of_it(site: SiteUnderTest) -> None:
    slip = site.deposit("i1")
    ask = site.kiosk.ask(messages.Present(digits=slip.digits))
    site.kiosk.wait(ask, Door, state="opened")
    site.kiosk.wait_for_doors("open", 1)
    site.cabinet.control.close(1)
    assert site.kiosk.wait(ask, Settled) == Settled(item="i1", stands="collected")
    site.hub.wait_for("item_collected")
    tags = site.hub.tags()
    assert tags[tags.index("visit_opened") :] == [
        "visit_opened",
        "pickup_opened",
        "item_claimed",
        *("door_intent", "door_pulsed", "door_opened", "door_closed", "item_left"),
        "visit_ended",
        "visit_opened",
        *("door_intent", "door_pulsed", "door_opened", "door_closed", "item_collected"),
    ]
    assert site.cabinet.unlocks() == [(0, 1), (0, 1)]
    log = site.log_path.read_text()
    assert slip.digits not in log
    assert slip.token not in log


STEPS: dict[str, tuple[type[Any], dict[str, str]]] = {
    "intent": (Door, {"state": "intent"}),
    "pulsed": (Door, {"state": "pulsed"}),
    "opened": (Door, {"state": "opened"}),
    "closed": (Door, {"state": "opened"}),
    "collected": (Settled, {}),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_of_collecting_the_bridge_pulses_nothing_by_itself(
    site: SiteUnderTest, step: str
) -> None:
    slip = site.deposit("i1")
    ask = site.kiosk.ask(messages.Present(digits=slip.digits), ask="before")
    if step in ("closed", "collected"):
        site.kiosk.wait(ask, Door, state="opened")
        site.cabinet.control.close(1)
    kind, fields = STEPS[step]
    site.kiosk.wait(ask, kind, **fields)
    site.kill()
    comes_back_and_collects(site, slip, at_most_frames=2)
    assert site.hub.tags().count("item_collected") == 1


def test_a_brown_out_at_the_last_byte_of_the_frame_leaves_one_frame_and_a_good_code(
    site: SiteUnderTest,
) -> None:
    slip = site.deposit("i1")
    assert site.process is not None
    site.cabinet.control.kill_on_unlock(site.process.pid)
    site.kiosk.ask(messages.Present(digits=slip.digits), ask="before")
    assert site.process.wait(120) == -signal.SIGKILL
    site.kill()
    comes_back_and_collects(site, slip, at_most_frames=2)
    site.hub.wait_for("door_uncertain")


def comes_back_and_collects(site: SiteUnderTest, slip: messages.Slip, at_most_frames: int) -> None:
    """Start again: the old ask opens nothing, the code does, and each frame had its intent."""
    site.kiosk.doors.clear()  # the picture from before does not tell that the board was read anew
    site.launch()
    site.kiosk.wait_for_beat(other_than=site.kiosk.beat.session)
    site.kiosk.wait_for_doors("closed", 2)
    frames = site.cabinet.unlocks()
    assert len(frames) <= at_most_frames
    again = site.kiosk.ask(messages.Present(digits=slip.digits), ask="before")
    site.kiosk.wait(again, VisitGranted)
    if not site.cabinet.control.doors()[1].closed:
        site.cabinet.control.close(1)
    site.kiosk.wait_for_doors("closed", 1)
    assert site.cabinet.unlocks() == frames

    ask = site.kiosk.ask(messages.Present(digits=slip.digits))
    site.kiosk.wait(ask, Door, state="opened")
    assert site.cabinet.unlocks() == [*frames, (0, 1)]
    site.cabinet.control.close(1)
    assert site.kiosk.wait(ask, Settled).stands == "collected"
    site.hub.wait_for("item_collected")
    assert len(intents(site)) >= len(site.cabinet.unlocks())


def test_starting_stopping_and_killing_never_move_a_lock(site: SiteUnderTest) -> None:
    assert site.stop() == 0
    for _ in range(2):
        site.start()
        site.kill()
    site.start()
    assert site.cabinet.unlocks() == []


def test_two_asks_at_once_and_the_same_one_thrice_make_one_frame_each_door(site: SiteUnderTest) -> None:
    slip = site.deposit("i1")
    for _ in range(3):
        ask = site.kiosk.ask(messages.Present(digits=slip.digits), ask="same")
    site.kiosk.wait(ask, Door, state="opened")
    site.cabinet.control.close(1)
    site.kiosk.wait(ask, Settled)
    assert site.cabinet.unlocks() == [(0, 1)] * 2


def test_a_jammed_door_is_pulsed_twice_and_the_code_stays_right(site: SiteUnderTest) -> None:
    slip = site.deposit("i1")
    site.cabinet.control.fault(1, "jam")
    ask = site.kiosk.ask(messages.Present(digits=slip.digits))
    told = site.kiosk.wait(ask, Door, state="not_opened")
    assert told.tries_left == 3
    assert site.cabinet.unlocks()[1:] == [(0, 1)] * 2
    site.cabinet.control.fault(1, None)
    visit = site.kiosk.wait(ask, VisitGranted).visit
    ask = site.kiosk.ask(messages.OpenItem(visit=visit, item="i1"))
    site.kiosk.wait(ask, Door, state="opened")
    site.hub.wait_for("door_not_opened")


def test_bad_asks_are_refused_or_counted_and_the_next_good_one_is_answered(site: SiteUnderTest) -> None:
    slip = site.deposit("i1")
    for payload in (b"", b"{", b"\xff" * 100, b"[" * 5000, b'{"id":7}', b"null", b'{"id":"' + b"x" * 60_000):
        site.kiosk.send(payload)
    site.kiosk.send(b'{"id":"bad-1","session":"s","at_ms":1,"body":{"type":"open_all"}}')
    assert site.kiosk.wait("bad-1", Refused).why == "malformed"
    site.kiosk.send(b'{"id":"bad-2","at_ms":"now"}')
    assert site.kiosk.wait("bad-2", Refused).why == "malformed"
    ask = site.kiosk.ask(messages.Present(digits=slip.digits))
    site.kiosk.wait(ask, VisitGranted)


def test_a_retained_ask_is_not_heard(site: SiteUnderTest) -> None:
    slip = site.deposit("i1")
    site.kiosk.wait_for_beat()
    beat = site.kiosk.beat
    body = messages.Present(digits=slip.digits)
    site.kill()
    site.kiosk.send(
        encode(messages.Ask(id="r", session=beat.session, at_ms=beat.at_ms, body=body)), retain=True
    )
    site.start()
    ask = site.kiosk.ask(messages.Present(digits="00000000"))
    site.kiosk.wait(ask, Refused)
    assert site.kiosk.told("r") == []
    assert site.cabinet.unlocks() == [(0, 1)]


def test_the_hub_opens_a_door_with_a_nonce_once(site: SiteUnderTest) -> None:
    nonce = site.hub.nonce("o1")
    order = site.hub.order("o2", nonce, 5, 0)
    reply = site.hub.send(order)
    assert isinstance(reply, messages.OrderTaken)
    assert reply.refused is None
    site.kiosk.wait_for_doors("open", 5)
    assert site.cabinet.unlocks() == [(0, 5)]
    assert site.hub.send(order) == reply
    replayed = msgspec.structs.replace(order, order="o3")
    assert site.hub.send(replayed) == messages.OrderTaken(order="o3", refused="nonce")
    forged = msgspec.structs.replace(site.hub.order("o4", site.hub.nonce("n"), 6, 0), compartment=7)
    assert site.hub.send(forged) == messages.OrderTaken(order="o4", refused="signature")
    site.hub.wait_for("order_refused", 2)
    noted = site.hub.tags().count("compartment_checked")
    out = site.hub.out_of_service("o5", site.hub.nonce("n2"), 6, 0)
    assert site.hub.send(out) == messages.OrderTaken(order="o5")
    site.hub.wait_for("compartment_checked", noted + 1)
    assert site.cabinet.unlocks() == [(0, 5)]


def test_a_board_that_is_switched_off_is_told_and_comes_back(site: SiteUnderTest) -> None:
    slip = site.deposit("i1")
    site.cabinet.control.off()
    site.hub.wait_for("board_silent")
    site.kiosk.wait_for_doors("unknown", 1, 16)
    ask = site.kiosk.ask(messages.Present(digits=slip.digits))
    granted = site.kiosk.wait(ask, VisitGranted)
    assert granted.items[0].state == "blocked"
    site.cabinet.control.off(False)
    site.hub.wait_for("board_back")
    site.kiosk.wait_for_doors("closed", 1, 16)
    ask = site.kiosk.ask(messages.OpenItem(visit=granted.visit, item="i1"))
    site.kiosk.wait(ask, Door, state="opened")


def test_a_wiped_bridge_gets_back_from_the_hub_what_lies_where(tmp_path: Path) -> None:
    with site_under_test(tmp_path, known=True, started=False) as site:
        holding = messages.Holding(
            item="i9",
            kind="parcel",
            person="person-9",
            pickup="pickup-9",
            ticket=12,
            generation=2,
            compartment=3,
            allocation=7,
            size="S",
        )
        site.hub.documents["holding/i9"] = holding
        site.start()
        site.hub.wait_for("holding_adopted")
        visit = site.sign_in()
        ask = site.kiosk.ask(messages.Claim(visit=visit, item="new", person="person-1", size="S"))
        assert site.kiosk.wait(ask, messages.Full) == messages.Full(shelf=True)
        code = typed_code(site.site_key, 12, "pickup-9", 2)
        ask = site.kiosk.ask(messages.Present(digits=code))
        assert site.kiosk.wait(ask, Door, state="opened").compartment == 3
        assert site.cabinet.unlocks() == [(0, 3)]


def test_a_kiosk_is_told_when_the_bridge_is_gone(site: SiteUnderTest) -> None:
    assert site.kiosk.beat.online
    site.stop()
    site.kiosk.wait_for_silence()
    assert not site.kiosk.beat.online
