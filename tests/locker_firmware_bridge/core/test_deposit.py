"""Dialogues: staff put things in and hand them out."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import messages
from contract.messages import Claimed, Door, Full, Refused, Settled, StaffGranted, VisitGranted
from locker_firmware_bridge.core.happenings import FeedChanged
from tests.fakes.core_site import BADGE, NUMBER, PIN, SHELF, STAFF, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def settle(site: FakeSite, visit: str, item: str, outcome: Any) -> messages.AnswerBody:
    return site.ask(messages.Settle(visit=visit, item=item, outcome=outcome))[-1]


def open_claimed(site: FakeSite, visit: str, item: str) -> None:
    site.ask(messages.OpenItem(visit=visit, item=item))
    site.wait(3_000)


def test_staff_sign_in_by_badge_and_by_pin(site: FakeSite) -> None:
    for body in (messages.SignIn(badge=" 04a2b3 "), messages.SignIn(number=NUMBER, pin=PIN)):
        (granted,) = site.ask(body)
        assert isinstance(granted, StaffGranted)
        assert (granted.staff, granted.initials, granted.rights) == ("staff-1", "SB", STAFF.rights)


@pytest.mark.parametrize(
    "body",
    [
        messages.SignIn(badge="other"),
        messages.SignIn(number=NUMBER, pin="0000"),
        messages.SignIn(number=8, pin=PIN),
    ],
)
def test_a_stranger_is_refused_without_saying_why(site: FakeSite, body: messages.SignIn) -> None:
    assert site.ask(body) == [Refused(why="code")]
    assert site.kinds_of_facts()[-1] == "code_refused"


def test_staff_whom_the_hub_took_away_cannot_sign_in_any_more(site: FakeSite) -> None:
    site.happen(FeedChanged({"staff/staff-1": None}))
    assert site.ask(messages.SignIn(number=NUMBER, pin=PIN)) == [Refused(why="code")]


def test_badges_are_looked_at_once_a_second_after_a_wrong_one_so_that_none_is_found_by_trying(
    site: FakeSite,
) -> None:
    tried = [site.ask(messages.SignIn(badge=f"{number:010d}")) for number in range(50)]
    assert site.ask(messages.SignIn(badge=BADGE)) == [Refused(why="code", wait_seconds=1)]
    assert tried[1:] == [[Refused(why="code", wait_seconds=1)]] * 49
    site.wait(1_000)
    (granted,) = site.ask(messages.SignIn(badge=BADGE))
    assert isinstance(granted, StaffGranted)


def test_wrong_pins_slow_pins_down_and_leave_codes_alone(site: FakeSite) -> None:
    slip = site.deposit("i1")
    for _ in range(14):
        site.ask(messages.SignIn(number=NUMBER, pin="0000"))
    assert site.ask(messages.SignIn(number=NUMBER, pin=PIN)) == [Refused(why="code", wait_seconds=15)]
    assert isinstance(site.present(slip.digits)[0], VisitGranted)


def test_a_deposit_goes_from_claim_to_slip_and_its_facts_in_order(site: FakeSite) -> None:
    visit = site.sign_in()
    since = len(site.facts)
    claimed = site.claim(visit, "i1", label="1Z 999", carrier="ups")
    assert isinstance(claimed, Claimed)
    assert claimed.item.compartment == 1
    open_claimed(site, visit, "i1")
    site.opens_and_shuts()
    settled = site.told[-1].body
    assert isinstance(settled, Settled)
    assert settled.slip is not None
    assert settled.slip.digits == site.code_of("p1")
    assert site.kinds_of_facts(since) == [
        "pickup_opened",
        "item_claimed",
        "door_intent",
        "door_pulsed",
        "door_opened",
        "door_closed",
        "item_left",
    ]


def test_no_code_is_ever_written_down(site: FakeSite) -> None:
    slip = site.deposit("i1")
    written = b"".join(site.records.values())
    assert slip.digits.encode() not in written
    assert slip.digits[2:].encode() not in written
    assert slip.token.encode() not in written


def test_the_slip_is_told_again_when_the_ask_is(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    body = messages.OpenItem(visit=visit, item="i1")
    site.ask(body, ask="o")
    site.opens_and_shuts()
    assert site.last(Settled).slip is not None
    assert site.ask(body, ask="o")[-1] == site.last(Settled)


def test_a_second_item_joins_the_first_under_the_same_code(site: FakeSite) -> None:
    first, second = site.deposit("i1"), site.deposit("i2")
    assert first == second
    assert site.kinds_of_facts().count("pickup_opened") == 1


def test_the_smallest_door_that_fits_and_can_be_reached_is_taken(site: FakeSite) -> None:
    visit = site.sign_in()
    assert site.claim(visit, "i1", size="M").item.compartment == 2
    site.happen(FeedChanged({"person/p2": messages.PersonReach(person="p2", reach_cm=60)}))
    assert site.claim(visit, "i2", person="p2", size="S").item.compartment == 3


def test_full_says_which_sizes_are_free_and_whether_the_shelf_is(site: FakeSite) -> None:
    visit = site.sign_in()
    for place in range(2):
        site.claim(visit, f"i{place}", size="XL")
    assert site.claim(visit, "more", size="XL") == Full(sizes=("S", "M", "L"), shelf=True)


def test_perishables_lie_on_the_shelf_and_nowhere_else_when_they_are_moved_as_well(site: FakeSite) -> None:
    visit = site.sign_in()
    assert site.claim(visit, "i1", perishable=True) == Full(shelf=True)
    assert site.claim(visit, "i1", perishable=True, shelf=True).item.compartment == SHELF
    assert site.claim(visit, "i2", perishable=True) == Full()
    settle(site, visit, "i1", "left")
    site.ask(messages.TakeOut(visit=visit, item="i1", why="move"))
    assert site.claim(visit, "i1") == Full(shelf=True), "whatever is said of it now"


def test_heavy_things_go_low_and_to_no_door_for_who_cannot_carry_them(site: FakeSite) -> None:
    visit = site.sign_in()
    assert site.claim(visit, "i1", heavy=True).item.compartment == 4
    site.happen(FeedChanged({"person/p2": messages.PersonReach(person="p2", carry_grams=5_000)}))
    assert site.claim(visit, "i2", person="p2", heavy=True) == Full(shelf=True)
    assert site.claim(visit, "i2", person="p2", heavy=True, shelf=True).item.compartment == SHELF
    assert site.claim(visit, "i3", person="p2").item.compartment == 1


def test_an_open_or_unknown_door_is_not_given_out(site: FakeSite) -> None:
    site.push_open(1)
    visit = site.sign_in()
    assert site.claim(visit, "i1").item.compartment == 5
    site.silence()
    assert site.claim(visit, "i2") == Full(shelf=True)


def stays_shut(site: FakeSite, visit: str, item: str) -> None:
    """It is pulsed twice, and the sensor sees nothing."""
    open_claimed(site, visit, item)
    site.sent()
    site.wait(3_000)
    site.sent()
    site.wait(6_000)
    assert site.last(messages.DoorNotOpened).why == "stayed_shut"


def test_a_door_that_stayed_shut_is_given_out_last_until_it_was_seen_open(site: FakeSite) -> None:
    visit = site.sign_in()
    assert site.claim(visit, "i1").item.compartment == 1
    stays_shut(site, visit, "i1")
    settle(site, visit, "i1", "given_up")
    others = [site.claim(visit, f"o{number}").item.compartment for number in range(7)]
    assert 1 not in others
    assert site.claim(visit, "last").item.compartment == 1, "there is no other"
    site.wait(3_000)
    open_claimed(site, visit, "last")
    site.opens_and_shuts()
    for number in range(7):
        settle(site, visit, f"o{number}", "given_up")
    site.ask(messages.TakeOut(visit=visit, item="last", why="hand_over"))
    site.wait(3_000)
    site.opens_and_shuts()
    settle(site, visit, "last", "taken")
    assert site.claim(visit, "again").item.compartment == 1


def test_a_claim_again_gets_the_same_place(site: FakeSite) -> None:
    visit = site.sign_in()
    assert site.claim(visit, "i1") == site.claim(visit, "i1")
    assert site.kinds_of_facts().count("item_claimed") == 1


def test_an_item_that_left_cannot_be_claimed_again(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(130_000)
    assert site.claim(site.sign_in(), "i1") == Refused(why="item")


@pytest.mark.parametrize(
    "now", [None, replace(STAFF, rights=("deposit",)), replace(STAFF, pin_hash="0" * 64)]
)
def test_staff_taken_away_or_changed_while_signed_in_open_nothing_more(
    site: FakeSite, now: messages.StaffCredential | None
) -> None:
    site.deposit("i1")
    visit, frames = site.sign_in(), len(site.frames)
    site.claim(visit, "i2")
    site.happen(FeedChanged({"staff/staff-1": now}))
    assert site.last(messages.VisitOver).visit == visit
    assert site.last(messages.ClaimDropped).item == "i2"
    for item in ("i1", "i2"):
        assert site.ask(messages.OpenItem(visit=visit, item=item)) == [Refused(why="visit")]
    assert len(site.frames) == frames


def test_staff_told_of_again_unchanged_go_on(site: FakeSite) -> None:
    visit = site.sign_in()
    site.happen(FeedChanged({"staff/staff-1": STAFF}))
    assert isinstance(site.claim(visit, "i1"), Claimed)


def test_staff_without_the_right_put_nothing_in(site: FakeSite) -> None:
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=("inspect",))}))
    assert site.claim(site.sign_in(), "i1") == Refused(why="rights")


def test_each_use_of_a_compartment_has_its_own_number(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(130_000)
    site.deposit("i2", "p2")
    claims = [fact for fact in site.facts if isinstance(fact, messages.ItemClaimed)]
    assert [(claim.compartment, claim.allocation) for claim in claims] == [(1, 1), (1, 2)]


def test_a_ticket_is_not_given_again_while_another_is_longer_unused(site: FakeSite) -> None:
    tickets = []
    for turn in range(3):
        slip = site.deposit(f"i{turn}", f"p{turn}")
        tickets.append(slip.ticket)
        site.present(slip.digits)
        site.opens_and_shuts()
        site.wait(130_000)
    assert tickets == [10, 11, 12]


def test_bigger_said_while_the_door_is_open_frees_it_when_it_closes(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    number = site.opens()
    assert settle(site, visit, "i1", "bigger") == Settled(item="i1", stands="dropped")
    dropped = site.last(messages.ClaimDropped)
    assert (dropped.why, dropped.door_was_opened) == ("bigger", True)
    assert not site.site.slots[number].usable
    site.shut(number)
    assert site.last(messages.CompartmentChecked).usable
    assert site.site.slots[number].usable
    assert "item_left" not in site.kinds_of_facts()
    assert site.claim(visit, "i1", size="M").item.compartment == 2
    assert site.last(messages.ItemClaimed).item == "i1"


def test_the_old_door_shut_late_says_nothing_of_the_bigger_one(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    number = site.opens()
    settle(site, visit, "i1", "bigger")
    bigger = site.claim(visit, "i1", size="M").item.compartment
    site.wait(4_000)
    assert site.ask(messages.OpenItem(visit=visit, item="i1")) == [messages.Refused(why="busy")]
    site.shut(number)
    assert "item_left" not in site.kinds_of_facts()
    assert site.site.items["i1"].stage == "claimed"
    assert site.site.slots[number].usable
    open_claimed(site, visit, "i1")
    assert site.opens_and_shuts() == bigger
    assert site.last(messages.ItemLeft).compartment == bigger


def test_a_bigger_place_is_free_again_when_its_staff_leave_with_the_old_door_open(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    number = site.opens()
    settle(site, visit, "i1", "bigger")
    bigger = site.claim(visit, "i1", size="M").item.compartment
    site.ask(messages.LeaveVisit(visit=visit))
    site.shut(number)
    assert "i1" not in site.site.items
    assert site.site.slots[bigger].usable
    assert "item_left" not in site.kinds_of_facts()


@pytest.mark.parametrize("outcome", ["bigger", "empty"])
def test_a_compartment_that_was_shut_on_an_item_must_be_looked_at_whatever_is_said_after_the_close(
    site: FakeSite, outcome: str
) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    number = site.opens_and_shuts()
    assert settle(site, visit, "i1", outcome) == Settled(item="i1", stands="dropped")
    assert not site.site.slots[number].usable
    assert "i1" not in site.site.items
    assert site.claim(visit, "i2").item.compartment != number
    site.reboot()
    assert not site.site.slots[number].usable


def test_a_word_said_before_the_door_opened_again_frees_nothing(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    site.opens_and_shuts()
    open_claimed(site, visit, "i1")
    settle(site, visit, "i1", "bigger")
    number = site.opens_and_shuts()
    assert not site.site.slots[number].usable


@pytest.mark.parametrize("outcome", ["bigger", "empty"])
def test_a_door_opened_again_to_take_the_item_out_frees_its_compartment_when_it_closes(
    site: FakeSite, outcome: str
) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    site.opens_and_shuts()
    open_claimed(site, visit, "i1")
    number = site.opens()
    settle(site, visit, "i1", outcome)
    assert not site.site.slots[number].usable
    site.shut(number)
    assert site.last(messages.CompartmentChecked).usable
    assert site.site.slots[number].usable


def test_given_up_before_the_door_opened_leaves_it_free(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    settle(site, visit, "i1", "given_up")
    assert site.site.slots[1].usable
    assert site.kinds_of_facts()[-2:] == ["claim_dropped", "pickup_closed"]


def test_given_up_after_the_door_opened_must_be_looked_at(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    number = site.opens_and_shuts()
    settle(site, visit, "i1", "given_up")
    assert not site.site.slots[number].usable


def test_leaving_drops_what_was_only_claimed(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    site.ask(messages.LeaveVisit(visit=visit))
    assert site.last(messages.ClaimDropped).why == "given_up"


def test_leaving_with_the_door_open_still_records_what_was_left(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    number = site.opens()
    site.ask(messages.LeaveVisit(visit=visit))
    site.shut(number)
    assert site.kinds_of_facts()[-1] == "item_left"


def test_a_door_that_stays_shut_after_staff_left_drops_the_claim(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    open_claimed(site, visit, "i1")
    site.sent()
    site.ask(messages.LeaveVisit(visit=visit))
    site.wait(3_000)
    site.sent()
    site.wait(6_000)
    assert site.last(messages.ClaimDropped).why == "not_opened"


def test_a_shelf_place_is_confirmed_by_word_and_handed_out_by_staff(site: FakeSite) -> None:
    visit = site.sign_in()
    claimed = site.claim(visit, "i1", size="XL", shelf=True)
    assert (claimed.item.compartment, claimed.item.label) == (SHELF, "A1")
    left = settle(site, visit, "i1", "left")
    assert isinstance(left, Settled)
    assert left.slip is not None
    assert site.last(messages.ItemLeft).evidence == "shelf"
    frames = len(site.frames)
    (granted,) = site.present(left.slip.digits)
    assert isinstance(granted, VisitGranted)
    assert granted.items[0].label == "A1"
    assert len(site.frames) == frames
    visit = site.sign_in()
    assert settle(site, visit, "i1", "taken") == Settled(item="i1", stands="collected")
    collected = site.last(messages.ItemCollected)
    assert (collected.evidence, collected.staff) == ("staff", "staff-1")
    assert site.kinds_of_facts()[-1] == "pickup_closed"
    assert shelf_seen(site) == ()


def shelf_seen(site: FakeSite) -> tuple[messages.ShelfItem, ...]:
    (granted,) = site.ask(messages.SignIn(badge=BADGE))
    assert isinstance(granted, StaffGranted)
    return granted.shelf


def test_who_signs_in_to_hand_over_is_told_what_lies_on_the_shelf(site: FakeSite) -> None:
    site.deposit("behind-a-door")
    visit = site.sign_in()
    site.claim(visit, "i1", "p2", shelf=True)
    assert shelf_seen(site) == (), "only claimed, and given back with the visit before"
    visit = site.sign_in()
    site.claim(visit, "i2", "p2", kind="letter", shelf=True)
    settle(site, visit, "i2", "left")
    assert shelf_seen(site) == (messages.ShelfItem(item="i2", person="p2", kind="letter", label="A1"),)
    site.reboot()
    assert [one.item for one in shelf_seen(site)] == ["i2"]


def test_who_may_not_hand_over_is_told_nothing_of_the_shelf_and_refused(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1", shelf=True)
    settle(site, visit, "i1", "left")
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=("deposit", "inspect"))}))
    assert shelf_seen(site) == ()
    assert settle(site, site.sign_in(), "i1", "taken") == Refused(why="rights")


def test_what_was_handed_over_is_not_handed_over_twice(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1", shelf=True)
    settle(site, visit, "i1", "left")
    taken = messages.Settle(visit=visit, item="i1", outcome="taken")
    first = site.ask(taken, ask="again")
    assert site.ask(taken, ask="again") == first == [Settled(item="i1", stands="collected")]
    assert settle(site, visit, "i1", "taken") == Refused(why="item")
    assert site.kinds_of_facts().count("item_collected") == 1
    assert isinstance(site.claim(visit, "i2", shelf=True), Claimed), "the place is free again"


def test_a_door_is_never_left_by_word(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    assert settle(site, visit, "i1", "left") == Refused(why="item")


def test_staff_look_behind_a_door_without_collecting(site: FakeSite) -> None:
    site.deposit("i1")
    visit = site.sign_in()
    (door,) = site.ask(messages.OpenItem(visit=visit, item="i1"))
    assert isinstance(door, Door)
    site.opens_and_shuts()
    intent = site.last(messages.DoorIntent)
    assert (intent.purpose, intent.authority, intent.actor) == ("inspect", "staff", "staff-1")
    assert "item_collected" not in site.kinds_of_facts()


def test_a_kiosk_has_one_conversation_and_the_one_before_ends(site: FakeSite) -> None:
    first = site.sign_in()
    site.claim(first, "i1")
    second = site.sign_in()
    assert list(site.site.visits) == [second]
    assert site.last(messages.VisitEnded) == messages.VisitEnded(visit=first, why="replaced")
    assert site.last(messages.ClaimDropped).item == "i1"


def test_a_door_whose_compartment_was_given_to_another_use_is_not_opened(site: FakeSite) -> None:
    slip = site.deposit("i1")
    slot = site.site.slots[1]
    newer = {**site.site.slots, 1: replace(slot, allocation=slot.allocation + 1)}
    site.site = replace(site.site, slots=newer)
    frames = len(site.frames)
    (granted,) = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert granted.items[0].state == "blocked"
    visit = site.sign_in()
    assert site.ask(messages.OpenItem(visit=visit, item="i1")) == [Refused(why="blocked")]
    assert len(site.frames) == frames
