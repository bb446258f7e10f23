"""Dialogues: a kiosk is out of service. Nothing begins for it, and what is under way is finished."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from contract import messages
from contract.messages import Door, DropGranted, Refused, RevokedDevice, Settled, VisitGranted
from locker_firmware_bridge.core.happenings import FeedChanged
from tests.fakes.core_site import BADGE, KIOSK, NUMBER, OTHER_KIOSK, PIN, FakeSite

NO = [Refused(why="revoked")]


def hub_revokes(site: FakeSite, kiosk: str = KIOSK, *, again: bool = False) -> None:
    """Or (`again`) a hub that was put back to an older copy knows nothing of it."""
    site.happen(FeedChanged({f"revoked/{kiosk}": None if again else RevokedDevice(device=kiosk)}))


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.deposit("i1")
    site.deposit("i2")
    return site


def test_a_right_code_opens_nothing_at_a_revoked_kiosk_and_stays_good_at_the_next(site: FakeSite) -> None:
    hub_revokes(site)
    since, frames = len(site.facts), len(site.frames)
    assert site.present(site.code_of("p1")) == NO
    assert site.ask(messages.SignIn(badge=BADGE)) == NO
    assert site.ask(messages.SignIn(number=NUMBER, pin=PIN)) == NO
    assert site.ask(messages.StartDrop()) == NO
    assert (len(site.facts), len(site.frames)) == (since, frames)
    assert isinstance(site.present(site.code_of("p1"), kiosk=OTHER_KIOSK)[0], VisitGranted)
    assert len(site.frames) == frames + 1


def test_guessing_at_a_revoked_kiosk_tells_nothing_and_uses_up_nobody_s_tries(site: FakeSite) -> None:
    hub_revokes(site)
    before = site.site.codes
    assert site.present("00000000") == site.present(site.code_of("p1")) == NO
    assert site.site.codes == before


def test_a_door_that_is_open_is_closed_and_collected_and_the_next_stays_shut(site: FakeSite) -> None:
    (granted, *_) = site.present(site.code_of("p1"))
    assert isinstance(granted, VisitGranted)
    number, frames = site.opens(), len(site.frames)
    hub_revokes(site)
    site.wait(3_000)
    site.shut(number)
    assert site.last(Settled).stands == "collected"
    [waits] = [one.item for one in granted.items if one.item != site.last(Settled).item]
    assert site.ask(messages.OpenItem(visit=granted.visit, item=waits)) == NO
    assert len(site.frames) == frames
    assert site.ask(messages.LeaveVisit(visit=granted.visit))[-1] != NO[0]
    assert isinstance(site.present(site.code_of("p1"), kiosk=OTHER_KIOSK)[0], VisitGranted)


def test_a_door_that_sticks_is_tried_a_second_time_by_itself(site: FakeSite) -> None:
    site.present(site.code_of("p1"))
    site.sent()
    frames = len(site.frames)
    hub_revokes(site)
    site.wait(4_000)
    assert [one.attempt for one in site.frames[frames:]] == [2]


def test_whoever_waits_for_their_turn_is_told_and_their_door_stays_shut(site: FakeSite) -> None:
    site.deposit("i3", "p2")
    site.present(site.code_of("p1"), kiosk=OTHER_KIOSK)
    site.present(site.code_of("p2"), ask="in-turn")
    frames = len(site.frames)
    hub_revokes(site)
    site.wait(3_000)
    assert [one.body for one in site.told if one.ask == "in-turn"][-1] == NO[0]
    assert [one.attempt for one in site.frames[frames:]] == []


def test_what_was_just_dropped_gets_its_ticket(site: FakeSite) -> None:
    (granted,) = site.ask(messages.StartDrop())
    assert isinstance(granted, DropGranted)
    site.claim(granted.visit, "shoes", granted.stranger or "")
    site.ask(messages.OpenItem(visit=granted.visit, item="shoes"))
    site.wait(3_000)
    number = site.opens()
    hub_revokes(site)
    site.wait(3_000)
    site.shut(number)
    left = site.last(Settled)
    assert (left.item, left.stands, left.slip is not None) == ("shoes", "left", True)
    assert site.claim(granted.visit, "more", granted.stranger or "") == NO[0]


def test_it_is_known_after_a_restart_from_the_replica_and_undone_with_the_hub(site: FakeSite) -> None:
    hub_revokes(site)
    site.start()
    hub_revokes(site)  # the replica is read at the start
    assert site.present(site.code_of("p1")) == NO
    hub_revokes(site, again=True)
    assert isinstance(site.present(site.code_of("p1"))[0], VisitGranted)


ASKS = st.sampled_from(
    [
        "present",
        "token",
        "sign_in",
        "drop",
        "open",
        "claim",
        "take_out",
        "inspect",
        "settle",
        "weigh",
        "stock",
    ]
)


def asked(site: FakeSite, what: str, visit: str) -> Any:
    match what:
        case "present":
            return messages.Present(digits=site.code_of("p1"))
        case "token":
            return messages.Present(token="0" * 26)
        case "sign_in":
            return messages.SignIn(badge=BADGE)
        case "drop":
            return messages.StartDrop()
        case "open":
            return messages.OpenItem(visit=visit, item="i1")
        case "claim":
            return messages.Claim(visit=visit, item="i9", person="p1", size="S")
        case "take_out":
            return messages.TakeOut(visit=visit, item="i1", why="move")
        case "inspect":
            return messages.Inspect(visit=visit, compartment=2)
        case "settle":
            return messages.Settle(visit=visit, item="i1", outcome="bigger")
        case "weigh":
            return messages.Weigh(visit=visit)
        case _:
            return messages.TakeStock(visit=visit)


@settings(max_examples=60)
@given(st.booleans(), st.lists(st.tuples(ASKS, st.sampled_from([0, 500, 3_000, 130_000])), max_size=12))
def test_a_revoked_kiosks_ask_never_opens_a_door(staff: bool, script: list[tuple[str, int]]) -> None:
    site = FakeSite()
    site.deposit("i1")
    if staff:
        visit = site.sign_in()
    else:
        site.present(site.code_of("p1"))
        site.opens_and_shuts()
        visit = next(iter(site.site.visits))
    hub_revokes(site)
    frames = len(site.frames)
    for what, later_ms in script:
        if what == "present" and not site.site.pickups:
            continue
        answers = site.ask(asked(site, what, visit))
        assert not any(isinstance(one, Door | VisitGranted | messages.Claimed) for one in answers)
        site.wait(later_ms)
    assert len(site.frames) == frames
