"""Dialogues: a person collects."""

import pytest

from contract import messages
from contract.messages import Door, Refused, Settled, VisitGranted
from locker_firmware_bridge.core import happenings as core
from locker_firmware_bridge.core.happenings import FeedChanged, UnlockNotSent
from tests.fakes.core_site import KIOSK, OTHER_KIOSK, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def steps(site: FakeSite, ask: str) -> list[str]:
    """What an ask was answered, in a word each."""
    words = []
    for tell in site.told:
        if tell.ask == ask:
            body = tell.body
            words.append(body.state if isinstance(body, Door) else type(body).__name__)
    return words


def test_a_right_code_opens_the_door_at_once_and_closing_it_is_collecting(site: FakeSite) -> None:
    slip = site.deposit("i1")
    since = len(site.facts)
    granted, intent = site.present(slip.digits, ask="a")
    assert isinstance(granted, VisitGranted)
    assert isinstance(intent, Door)
    assert [item.item for item in granted.items] == ["i1"]
    site.opens_and_shuts()
    assert steps(site, "a") == ["VisitGranted", "intent", "pulsed", "opened", "closed", "Settled"]
    assert site.told[-1].body == Settled(item="i1", stands="collected", remaining=0)
    assert site.kinds_of_facts(since) == [
        "visit_opened",
        "door_intent",
        "door_pulsed",
        "door_opened",
        "door_closed",
        "item_collected",
    ]


def test_visit_and_intent_are_one_commit_and_the_frame_is_the_first_thing_done(site: FakeSite) -> None:
    slip = site.deposit("i1")
    body = messages.Present(digits=slip.digits)
    ask = messages.Ask(id="a", session=site.session, at_ms=site.now_ms, body=body)
    decision = site.happen(core.AskCame(KIOSK, ask))
    assert [str(fact.__struct_config__.tag) for fact in decision.facts] == ["visit_opened", "door_intent"]
    assert isinstance(decision.then[0], core.Unlock)


def test_a_qr_opens_as_well_and_next_generation_counts_and_kills_the_old(site: FakeSite) -> None:
    slip = site.deposit("i1")
    (granted, _) = site.ask(messages.Present(token=slip.token))
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()
    slip = site.deposit("i2", "p2")
    newer = site.code_of("p2", later=1)
    assert isinstance(site.present(newer)[0], VisitGranted)
    assert site.last(messages.CodeRotated).why == "next_used"
    assert site.present(slip.digits) == [Refused(why="code")]


def test_a_rotation_of_the_hub_kills_the_code_on_the_slip(site: FakeSite) -> None:
    slip = site.deposit("i1")
    pickup = next(iter(site.site.pickups))
    site.happen(FeedChanged({f"rotation/{pickup}": messages.Rotation(pickup=pickup, generation=3)}))
    assert site.present(slip.digits) == [Refused(why="code")]
    assert isinstance(site.present(site.code_of("p1"))[0], VisitGranted)


def test_several_items_open_from_the_ground_up_and_the_next_only_after_the_close(site: FakeSite) -> None:
    site.deposit("high", size="S")
    slip = site.deposit("low", size="XL")
    granted, door = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert isinstance(door, Door)
    assert [item.item for item in granted.items] == ["low", "high"]
    assert door.item == "low"
    number = site.opens()
    visit = granted.visit
    assert site.ask(messages.OpenItem(visit=visit, item="high")) == [Refused(why="busy")]
    site.wait(5_000)
    site.shut(number)
    assert site.told[-1].body == Settled(item="low", stands="collected", remaining=1)
    (door,) = site.ask(messages.OpenItem(visit=visit, item="high"))
    assert isinstance(door, Door)
    assert door.item == "high"


def test_the_next_door_waits_three_seconds_after_the_last_and_is_not_refused(site: FakeSite) -> None:
    site.deposit("high", size="S")
    slip = site.deposit("low", size="XL")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    number = site.opens()
    site.shut(number)
    frames = len(site.frames)
    assert site.ask(messages.OpenItem(visit=granted.visit, item="high"), ask="next") == []
    site.wait(2_900)
    assert len(site.frames) == frames
    site.wait(200)
    assert len(site.frames) == frames + 1
    assert steps(site, "next") == ["intent"]


def test_the_same_ask_again_gets_the_same_answers_and_no_second_pulse(site: FakeSite) -> None:
    slip = site.deposit("i1")
    first = site.present(slip.digits, ask="a")
    frames = len(site.frames)
    assert site.present(slip.digits, ask="a") == first
    assert len(site.frames) == frames


def test_an_ask_that_became_an_intent_is_never_pulsed_again_even_after_a_restart(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits, ask="a")
    frames = len(site.frames)
    site.start()
    again = site.present(slip.digits, ask="a")
    assert len(site.frames) == frames
    assert [type(body).__name__ for body in again[:2]] == ["VisitGranted", "Door"]
    assert isinstance(again[-1], Door)
    assert again[-1].state == "uncertain"


def test_a_door_still_shut_after_three_seconds_is_pulsed_once_more_then_given_up(site: FakeSite) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits, ask="a")
    frames = len(site.frames)
    site.sent()
    site.wait(2_999)
    assert len(site.frames) == frames
    site.wait(1)
    assert len(site.frames) == frames + 1
    site.sent()
    site.wait(5_000)
    assert len(site.frames) == frames + 1
    assert steps(site, "a") == ["VisitGranted", "intent", "pulsed", "intent", "pulsed", "not_opened"]
    assert site.last(messages.DoorNotOpened).why == "stayed_shut"
    assert site.site.items["i1"].stage == "held"
    assert isinstance(granted, VisitGranted)
    assert site.ask(messages.OpenItem(visit=granted.visit, item="i1"))
    site.opens_and_shuts()
    assert site.last(Settled).stands == "collected"


def test_a_rotation_of_the_hub_ends_the_visit_that_began_with_the_dead_code(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.deposit("i2", size="M")
    site.present(slip.digits)
    site.opens_and_shuts()
    visit, frames = site.last(messages.VisitGranted).visit, len(site.frames)
    pickup = next(iter(site.site.pickups))
    site.happen(FeedChanged({f"rotation/{pickup}": messages.Rotation(pickup=pickup, generation=2)}))
    for item in ("i1", "i2"):
        assert site.ask(messages.OpenItem(visit=visit, item=item)) == [Refused(why="visit")]
    site.wait(3_000)
    assert len(site.frames) == frames


def test_a_jammed_door_may_be_asked_three_times_more_in_a_visit_and_the_code_stays_good(
    site: FakeSite,
) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    left = []
    for _ in range(4):
        site.sent()
        site.wait(3_000)
        site.sent()
        site.wait(5_000)
        left.append(site.last(Door).tries_left)
        answer = site.ask(messages.OpenItem(visit=granted.visit, item="i1"))
    assert left == [3, 2, 1, 0]
    assert answer == [Refused(why="blocked")]
    assert isinstance(site.present(slip.digits)[0], VisitGranted)


def test_a_frame_that_could_not_be_sent_opened_nothing_and_the_code_stays_good(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits, ask="a")
    frame = site.frames[-1]
    site.happen(UnlockNotSent(frame.compartment, frame.operation, frame.attempt))
    assert steps(site, "a") == ["VisitGranted", "intent", "not_opened"]
    assert site.last(messages.DoorNotOpened).why == "not_sent"


def test_within_two_minutes_the_same_code_opens_again_and_collecting_is_told_once(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(110_000)
    _, door = site.present(slip.digits)
    assert isinstance(door, Door)
    site.opens_and_shuts()
    assert site.kinds_of_facts().count("item_collected") == 1


def test_after_the_grace_the_code_is_spent_and_the_compartment_free(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    number = site.opens_and_shuts()
    site.wait(120_000)
    assert site.kinds_of_facts()[-1] == "pickup_closed"
    assert site.present(slip.digits) == [Refused(why="code")]
    assert site.site.slots[number].item is None
    frames = len(site.frames)
    site.wait(600_000)
    assert len(site.frames) == frames


def test_a_grace_that_ends_with_the_door_open_ends_when_it_closes(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(115_000)
    site.present(slip.digits)
    number = site.opens()
    site.wait(20_000)
    assert site.site.slots[number].item == "i1"
    site.shut(number)
    site.wait(10_000)
    assert site.site.slots[number].item is None


@pytest.mark.parametrize("outcome", ["too_high", "too_heavy", "empty", "wrong"])
def test_what_the_person_cannot_take_stays_in_custody_and_is_not_collected(
    site: FakeSite, outcome: str
) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits, ask="a")
    assert isinstance(granted, VisitGranted)
    number = site.opens()
    said = messages.Settle(visit=granted.visit, item="i1", outcome=outcome)  # type: ignore[arg-type]
    assert site.ask(said) == [Settled(item="i1", stands="kept")]
    site.shut(number)
    assert site.told[-1].body == Settled(item="i1", stands="kept")
    assert "item_collected" not in site.kinds_of_facts()
    assert site.last(messages.ItemKept).why == outcome
    site.wait(600_000)
    assert isinstance(site.present(slip.digits)[0], VisitGranted)


def test_something_missing_after_the_close_brings_the_item_back_into_custody(site: FakeSite) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()
    said = messages.Settle(visit=granted.visit, item="i1", outcome="missing")
    assert site.ask(said) == [Settled(item="i1", stands="kept")]
    site.wait(200_000)
    assert site.site.items["i1"].stage == "held"
    site.present(slip.digits)
    site.opens_and_shuts()
    assert site.kinds_of_facts().count("item_collected") == 2


def test_have_it_confirms_and_commits_nothing_new(site: FakeSite) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()
    since = len(site.facts)
    said = messages.Settle(visit=granted.visit, item="i1", outcome="taken")
    assert site.ask(said) == [Settled(item="i1", stands="collected")]
    assert site.kinds_of_facts(since) == []


def test_a_door_left_open_is_an_alarm_and_still_collected_when_it_closes(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits, ask="a")
    number = site.opens()
    site.wait(120_000)
    assert site.kinds_of_facts()[-1] == "door_left_open"
    site.shut(number)
    assert steps(site, "a")[-3:] == ["left_open", "closed", "Settled"]


def test_the_same_code_elsewhere_takes_over_the_open_door_without_a_pulse(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    number = site.opens()
    frames = len(site.frames)
    _, door = site.present(slip.digits, kiosk=OTHER_KIOSK, ask="b")
    assert isinstance(door, Door)
    assert door.state == "opened"
    assert len(site.frames) == frames
    site.shut(number)
    assert steps(site, "b") == ["VisitGranted", "opened", "closed", "Settled"]
    assert site.last(messages.VisitEnded).why == "replaced"


def test_a_visit_belongs_to_its_kiosk(site: FakeSite) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    stolen = messages.OpenItem(visit=granted.visit, item="i1")
    assert site.ask(stolen, kiosk=OTHER_KIOSK) == [Refused(why="visit")]


def test_another_persons_item_is_not_of_this_visit(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.deposit("i2", "p2", size="M")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()
    assert site.ask(messages.OpenItem(visit=granted.visit, item="i2")) == [Refused(why="item")]


def test_behind_a_silent_board_nothing_is_pulsed_and_the_item_is_blocked(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.silence()
    frames = len(site.frames)
    (granted,) = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert granted.items[0].state == "blocked"
    assert len(site.frames) == frames


def test_a_registered_letter_is_not_opened_by_a_code(site: FakeSite) -> None:
    slip = site.deposit("i1", kind="registered_letter")
    frames = len(site.frames)
    (granted,) = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert granted.items[0].state == "blocked"
    assert len(site.frames) == frames


@pytest.mark.parametrize("late_ms", [10_001, -10_001])
def test_an_ask_out_of_time_is_refused(site: FakeSite, late_ms: int) -> None:
    slip = site.deposit("i1")
    frames = len(site.frames)
    assert site.present(slip.digits, late_ms=late_ms) == [Refused(why="late")]
    assert len(site.frames) == frames


def test_an_ask_for_another_run_of_the_bridge_is_refused(site: FakeSite) -> None:
    slip = site.deposit("i1")
    old = site.session
    site.start()
    site.session, now = old, site.session
    assert site.present(slip.digits) == [Refused(why="late")]
    site.session = now
    assert isinstance(site.present(slip.digits)[0], VisitGranted)


def test_without_room_on_the_disk_nothing_begins_and_all_works_again_with_room(site: FakeSite) -> None:
    slip = site.deposit("i1")
    since, frames = len(site.facts), len(site.frames)
    site.room = False
    assert site.present(slip.digits) == [Refused(why="disk")]
    assert (len(site.facts), len(site.frames)) == (since, frames)
    site.room = True
    assert isinstance(site.present(slip.digits)[0], VisitGranted)


def test_a_quiet_visit_ends_but_not_while_its_door_is_open(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    number = site.opens()
    site.wait(200_000)
    assert "visit_ended" not in site.kinds_of_facts()[-2:]
    site.shut(number)
    site.wait(60_000)
    assert site.last(messages.VisitEnded).why == "timeout"


def test_leaving_ends_the_visit(site: FakeSite) -> None:
    slip = site.deposit("i1")
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()
    (over,) = site.ask(messages.LeaveVisit(visit=granted.visit))
    assert over == messages.VisitOver(visit=granted.visit, why="done")


def test_when_too_many_wait_for_their_turn_one_more_is_told_to_come_back(site: FakeSite) -> None:
    codes = [site.deposit(f"i{person}", f"p{person}", size="S").digits for person in range(2)]
    codes += [site.deposit(f"i{person}", f"p{person}", size="M").digits for person in range(2, 4)]
    frames = len(site.frames)
    for place, code in enumerate(codes):
        site.present(code, kiosk=f"kiosk-{place}", ask=f"a{place}")
    assert steps(site, "a0") == ["VisitGranted", "intent"]
    assert steps(site, "a1") == steps(site, "a2") == ["VisitGranted"]
    assert steps(site, "a3") == ["VisitGranted", "Refused"]
    assert site.told[-1].body == Refused(why="cap", wait_seconds=6)
    site.wait(6_000)
    assert len(site.frames) == frames + 3
    visit = next(one for one in site.site.visits.values() if one.kiosk == "kiosk-3")
    assert visit.openings == {}


def test_a_code_shown_again_while_its_door_waits_for_its_turn_keeps_its_place(site: FakeSite) -> None:
    first, second = site.deposit("i1").digits, site.deposit("i2", "p2").digits
    site.present(first, kiosk=OTHER_KIOSK)
    frames = len(site.frames)
    site.present(second, ask="a")
    site.present(second, ask="b")
    site.wait(3_000)
    assert len(site.frames) == frames + 1
    assert (steps(site, "a"), steps(site, "b")) == (
        ["VisitGranted", "VisitOver"],
        ["VisitGranted", "intent"],
    )


def test_a_turn_whose_person_left_is_given_to_the_next(site: FakeSite) -> None:
    codes = [site.deposit(f"i{person}", f"p{person}").digits for person in range(2)]
    codes.append(site.deposit("i2", "p2", size="M").digits)
    for place, code in enumerate(codes):
        site.present(code, kiosk=f"kiosk-{place}")
    frames = len(site.frames)
    gone = next(one for one in site.site.visits.values() if one.kiosk == "kiosk-1")
    site.ask(messages.LeaveVisit(visit=gone.visit), kiosk="kiosk-1")
    site.wait(3_000)
    assert len(site.frames) == frames + 1
    assert site.frames[-1].compartment == site.site.items["i2"].compartment


def test_without_room_when_the_turn_comes_the_door_stays_shut(site: FakeSite) -> None:
    codes = [site.deposit(f"i{person}", f"p{person}").digits for person in range(2)]
    site.present(codes[0], kiosk=OTHER_KIOSK)
    frames = len(site.frames)
    site.present(codes[1], ask="a")
    site.room = False
    site.wait(3_000)
    assert len(site.frames) == frames
    assert steps(site, "a") == ["VisitGranted", "Refused"]
