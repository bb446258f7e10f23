"""Dialogues: somebody drops something, known or not; staff empty the door, send it out, and get it back."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import credential, messages, pickup_code
from contract.messages import Claimed, Door, DropGranted, Full, Refused, Settled, StaffGranted, VisitGranted
from locker_firmware_bridge.core import bank, codes, drops, visits
from locker_firmware_bridge.core.happenings import FeedChanged, FeedComplete, MemoryDoubted, Silent, Welcomed
from tests.fakes.core_site import KIOSK, OTHER_KIOSK, SITE_KEY, STAFF, FakeSite

CARD = "77E0"


OF_P1 = messages.PersonBadge(person="p1", badge_hash=credential.badge_hash(SITE_KEY, CARD))


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.happen(FeedChanged({"badge/p1": OF_P1}))
    return site


def start(site: FakeSite, *, kiosk: str = KIOSK, **how: Any) -> str:
    """A drop visit by code, badge or nothing."""
    (granted,) = site.ask(messages.StartDrop(**how), kiosk=kiosk)
    assert isinstance(granted, DropGranted), granted
    return granted.visit


def stranger_of(site: FakeSite, visit: str) -> str:
    """Who drops something in this visit without being known."""
    stranger = site.site.visits[visit].stranger
    assert stranger is not None
    return stranger


def open_item(site: FakeSite, visit: str, item: str, **how: Any) -> list[messages.AnswerBody]:
    return site.ask(messages.OpenItem(visit=visit, item=item), **how)


def settle(site: FakeSite, visit: str, item: str, outcome: Any, **more: Any) -> messages.AnswerBody:
    return site.ask(messages.Settle(visit=visit, item=item, outcome=outcome, **more))[-1]


def drop(site: FakeSite, item: str = "b1", person: str = "", *, leave: bool = True, **how: Any) -> Settled:
    """Something is dropped, from the first tap to the closed door; what they are told."""
    visit = start(site, **how)
    claimed = site.claim(visit, item, person or stranger_of(site, visit), kind="bag")
    assert isinstance(claimed, Claimed), claimed
    (door,) = open_item(site, visit, item)
    assert isinstance(door, Door), door
    site.wait(3_000)
    site.opens_and_shuts()
    settled = site.told[-1].body
    assert isinstance(settled, Settled)
    if leave:
        site.ask(messages.LeaveVisit(visit=visit))
        site.wait(3_000)
    return settled


def relayed(site: FakeSite, item: str = "b1") -> str:
    """Staff empty the drop door and send it out; the visit."""
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item=item, why="relay"))
    site.wait(3_000)
    site.opens_and_shuts()
    assert settle(site, visit, item, "sent_out", to="cobbler") == Settled(
        item=item, stands="sent_out", pickup=site.site.items[item].pickup
    )
    return visit


def put_back(site: FakeSite, visit: str, item: str = "b1") -> Settled:
    """What came back from the partner is put behind a door."""
    assert isinstance(site.claim(visit, item, site.site.items[item].person), Claimed)
    open_item(site, visit, item)
    site.wait(3_000)
    site.opens_and_shuts()
    settled = site.told[-1].body
    assert isinstance(settled, Settled)
    return settled


def stage_of(site: FakeSite, item: str = "b1") -> str:
    return site.site.items[item].stage


# --- who it is ---------------------------------------------------------------------------------


def test_without_a_card_the_smallest_free_door_at_a_good_height_takes_it(site: FakeSite) -> None:
    since = len(site.facts)
    settled = drop(site)
    assert site.kinds_of_facts(since) == [
        "visit_opened",
        "pickup_opened",
        "item_claimed",
        "door_intent",
        "door_pulsed",
        "door_opened",
        "door_closed",
        "item_left",
        "visit_ended",
    ]
    nameless = site.site.items["b1"].person
    opened, claimed = site.last(messages.VisitOpened), site.last(messages.ItemClaimed)
    assert (opened.way, opened.drops, opened.pickup, opened.staff) == ("none", True, None, None)
    assert (claimed.purpose, claimed.staff, claimed.person, claimed.kind) == ("drop", None, nameless, "bag")
    intent = site.last(messages.DoorIntent)
    assert (intent.purpose, intent.authority, intent.actor) == ("deposit", "visitor", nameless)
    assert intent.compartment == 1
    assert settled.stands == "left"
    assert settled.slip is not None
    assert settled.slip.digits == site.code_of(nameless)


def test_by_code_it_is_dropped_under_the_same_code_and_nothing_that_waits_opens(site: FakeSite) -> None:
    slip = site.deposit("i1")
    frames = len(site.frames)
    (granted,) = site.ask(messages.StartDrop(digits=slip.digits))
    assert isinstance(granted, DropGranted)
    assert granted.person == "p1"
    site.wait(10_000)
    assert open_item(site, granted.visit, "i1") == [Refused(why="item")]
    assert settle(site, granted.visit, "i1", "missing") == Refused(why="item")
    assert len(site.frames) == frames
    site.claim(granted.visit, "b1", "p1")
    open_item(site, granted.visit, "b1")
    site.opens_and_shuts()
    intent, opened = site.last(messages.DoorIntent), site.last(messages.VisitOpened)
    assert (intent.authority, intent.actor, intent.item) == ("code", "p1", "b1")
    assert (opened.way, opened.pickup) == ("typed", site.site.items["i1"].pickup)
    assert site.last(Settled).slip == slip


def test_only_who_showed_the_code_is_told_that_something_would_open_to_it(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.deposit("i2", person="p1")
    site.wait(10_000)
    (by_code,) = site.ask(messages.StartDrop(digits=slip.digits))
    assert isinstance(by_code, DropGranted)
    assert (by_code.person, by_code.waits) == ("p1", 2)
    (by_badge,) = site.ask(messages.StartDrop(badge=CARD))
    assert isinstance(by_badge, DropGranted)
    assert (by_badge.person, by_badge.waits) == ("p1", 0)


def test_whose_bag_is_away_is_known_by_their_ticket_and_is_told_so_at_collecting_and_dropping(
    site: FakeSite,
) -> None:
    slip = drop(site).slip
    assert slip is not None
    relayed(site)
    nameless = site.site.items["b1"].person
    for code in (messages.Present(digits=slip.digits), messages.Present(token=slip.token)):
        (granted,) = site.ask(code)
        assert isinstance(granted, VisitGranted)
        assert (granted.person, [one.state for one in granted.items]) == (nameless, ["away"])
    (dropping,) = site.ask(messages.StartDrop(digits=slip.digits))
    assert isinstance(dropping, DropGranted)
    assert (dropping.person, dropping.waits) == (nameless, 0)
    assert isinstance(site.present(f"{int(slip.digits) ^ 1:08}")[0], Refused)


def test_what_staff_are_about_to_send_on_does_not_wait_for_its_person_at_the_counter(site: FakeSite) -> None:
    slip = drop(site).slip
    assert slip is not None
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item="b1", why="relay"))
    site.wait(3_000)
    site.opens_and_shuts()
    (granted,) = site.present(slip.digits, kiosk=OTHER_KIOSK)
    assert isinstance(granted, VisitGranted)
    assert [one.state for one in granted.items] == ["dropped"]


def test_a_residents_badge_where_staff_sign_in_begins_a_drop_and_slows_nobody_down(site: FakeSite) -> None:
    (granted,) = site.ask(messages.SignIn(badge=CARD))
    assert granted == DropGranted(visit=site.last(messages.VisitOpened).visit, person="p1")
    assert site.site.pins.level == 0
    (staff,) = site.ask(messages.SignIn(badge="04A2B3"))
    assert isinstance(staff, StaffGranted)
    assert site.ask(messages.SignIn(badge="77E1")) == [Refused(why="code")]


def test_a_badge_names_its_person_and_a_wrong_one_slows_scans_down(site: FakeSite) -> None:
    (granted,) = site.ask(messages.StartDrop(badge=" 77e0 "))
    assert granted == DropGranted(visit=site.last(messages.VisitOpened).visit, person="p1")
    assert site.last(messages.VisitOpened).way == "badge"
    assert site.ask(messages.StartDrop(badge="77E1")) == [Refused(why="code")]
    assert site.last(messages.CodeRefused).way == "badge"
    assert site.ask(messages.StartDrop(badge=CARD)) == [Refused(why="code", wait_seconds=1)], (
        "not even a right one"
    )
    assert site.ask(messages.SignIn(badge="04A2B3")) == [Refused(why="code", wait_seconds=1)], (
        "staff's neither"
    )
    site.wait(codes.SCAN_EVERY_MS)
    start(site, badge=CARD)
    site.happen(FeedChanged({"badge/p1": None}))
    assert site.ask(messages.StartDrop(badge=CARD)) == [Refused(why="code")]


def test_a_badge_tells_no_code_of_what_else_waits(site: FakeSite) -> None:
    """A badge's number is no secret: alone, it opens nobody's parcels."""
    slip = site.deposit("i1")
    assert drop(site, "b1", "p1", leave=False, badge=CARD) == Settled(item="b1", stands="left")
    visit = site.last(messages.VisitOpened).visit
    assert settle(site, visit, "b1", "left") == Settled(item="b1", stands="left"), "nor by asking again"
    assert drop(site, "b2", "p1", digits=slip.digits).slip == slip, "whoever has it already is shown it"


def test_by_badge_the_code_made_for_this_alone_is_told(site: FakeSite) -> None:
    settled = drop(site, "b1", "p1", leave=False, badge=CARD)
    assert settled.slip is not None
    assert settled.slip.digits == site.code_of("p1")


def test_wrong_badges_slow_down_as_wrong_pins_do(site: FakeSite) -> None:
    for number in range(codes.WRONG_PER_DAY):
        assert site.ask(messages.StartDrop(badge=f"{number:010d}")) == [Refused(why="code")]
        site.wait(codes.SCAN_EVERY_MS)
    wait = Refused(why="code", wait_seconds=15)
    assert site.ask(messages.StartDrop(badge="0000002000")) == [wait]
    assert site.ask(messages.StartDrop(badge=CARD)) == [wait], "not even a right one"
    assert site.ask(messages.SignIn(badge="04A2B3")) == [wait], "staff's neither"
    site.wait(15_000)
    start(site, badge=CARD)


def test_staffs_badge_is_no_persons_and_the_other_way_round(site: FakeSite) -> None:
    assert site.ask(messages.StartDrop(badge="04A2B3")) == [Refused(why="code")]
    site.wait(codes.SCAN_EVERY_MS)
    assert not isinstance(site.ask(messages.SignIn(badge=CARD))[0], StaffGranted)
    assert site.site.visits[site.last(messages.VisitOpened).visit].rights == ()


def test_a_wrong_code_is_told_and_counted_as_at_the_keypad_for_collecting(site: FakeSite) -> None:
    slip = site.deposit("i1")
    wrong = slip.digits[:-1] + str((int(slip.digits[-1]) + 1) % 10)
    for _ in range(codes.WRONG_PER_DAY):
        assert site.ask(messages.StartDrop(digits=wrong)) == [Refused(why="code")]
    (refused,) = site.ask(messages.StartDrop(digits=wrong))
    assert isinstance(refused, Refused)
    assert refused.wait_seconds > 0
    assert site.present(slip.digits) == [refused], "one budget for both"
    assert site.ask(messages.StartDrop(digits=slip.digits)) == [refused]


def test_the_code_of_a_mandate_is_for_collecting_only(site: FakeSite) -> None:
    site.deposit("i1")
    proxy = messages.Proxy(proxy="m1", person="p1", number=4, from_ms=0, until_ms=2**52)
    site.happen(FeedChanged({"proxy/m1": proxy}))
    code = pickup_code.proxy_code(SITE_KEY, 4, "m1", 1)
    assert site.ask(messages.StartDrop(digits=code)) == [Refused(why="code")]
    assert isinstance(site.present(code)[0], VisitGranted)


def test_the_renewed_code_counts_and_kills_the_one_before(site: FakeSite) -> None:
    slip = site.deposit("i1")
    start(site, digits=site.code_of("p1", later=1))
    assert site.last(messages.CodeRotated).why == "next_used"
    assert site.ask(messages.StartDrop(digits=slip.digits)) == [Refused(why="code")]


def test_staff_are_told_whose_people_they_are(site: FakeSite) -> None:
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, employer="structure-3")}))
    (granted,) = site.ask(messages.SignIn(badge="04A2B3"))
    assert isinstance(granted, StaffGranted)
    assert granted.employer == "structure-3"


# --- what may be claimed -----------------------------------------------------------------------


def test_nobody_drops_under_another_name(site: FakeSite) -> None:
    """Nor under that of a resident whom nothing here is known of yet: their parcels get the same code."""
    site.deposit("i1", person="p2")
    visit = start(site, badge=CARD)
    assert site.claim(visit, "b1", "p2") == Refused(why="item")
    visit = start(site)
    stranger = stranger_of(site, visit)
    nameless = start(site)
    for somebody in ("p1", "p2", "p3", stranger):
        assert site.claim(nameless, "b1", somebody) == Refused(why="item")
    assert isinstance(site.claim(nameless, "b1", stranger_of(site, nameless)), Claimed)


def test_what_is_here_or_was_once_is_not_claimed_again(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.deposit("i2")
    visit = start(site, digits=slip.digits)
    assert site.claim(visit, "i2", "p1") == Refused(why="item")
    site.present(slip.digits)
    site.wait(3_000)
    site.opens_and_shuts()
    site.wait(visits.GRACE_MS)
    assert site.claim(start(site, badge=CARD), "i1", "p1") == Refused(why="item")


def test_one_thing_at_a_time_and_several_one_after_the_other(site: FakeSite) -> None:
    visit = start(site)
    first = site.claim(visit, "b1", stranger_of(site, visit))
    assert site.claim(visit, "b1", stranger_of(site, visit)) == first, "asked again, it keeps its place"
    assert site.claim(visit, "b2", stranger_of(site, visit)) == Refused(why="busy")
    open_item(site, visit, "b1")
    site.opens_and_shuts()
    assert isinstance(site.claim(visit, "b2", stranger_of(site, visit)), Claimed)
    site.claim(visit, "b2", stranger_of(site, visit))
    settle(site, visit, "b2", "bigger")
    assert isinstance(site.claim(visit, "b3", stranger_of(site, visit)), Claimed)


@pytest.mark.parametrize("more", [{"shelf": True}, {"perishable": True}])
def test_nothing_goes_on_the_shelf_without_staff(site: FakeSite, more: dict[str, Any]) -> None:
    visit = start(site, badge=CARD)
    assert site.claim(visit, "b1", "p1", **more) == Refused(why="rights")


def test_a_person_drops_within_their_reach_and_full_does_not_offer_the_shelf(site: FakeSite) -> None:
    site.happen(FeedChanged({"person/p1": messages.PersonReach(person="p1", reach_cm=60)}))
    visit = start(site, badge=CARD)
    claimed = site.claim(visit, "b1", "p1", "S")
    assert site.places[claimed.item.compartment].floor_cm <= 60
    full = FakeSite(columns=1)
    for number in range(1, 4):
        full.deposit(f"i{number}", size="S")
    full.deposit("i4", size="XL")
    visit = start(full)
    assert full.claim(visit, "b1", stranger_of(full, visit)) == Full(sizes=(), shelf=False)


@pytest.mark.parametrize(
    "body",
    [
        messages.TakeOut(visit="?", item="i1", why="relay"),
        messages.Inspect(visit="?", compartment=1),
        messages.Check(visit="?", compartment=1, usable=True),
        messages.TakeStock(visit="?"),
        messages.Reassign(visit="?", item="i1", person="p1"),
    ],
)
def test_what_staff_may_do_is_refused(site: FakeSite, body: Any) -> None:
    site.deposit("i1", person="p2")
    frames = len(site.frames)
    assert site.ask(replace(body, visit=start(site))) == [Refused(why="rights")]
    site.wait(10_000)
    assert len(site.frames) == frames


# --- the door ----------------------------------------------------------------------------------


def test_forgot_something_within_the_grace_the_same_person_opens_it_again(site: FakeSite) -> None:
    left = drop(site, leave=False)
    visit = site.last(messages.VisitOpened).visit
    site.wait(60_000)
    (door,) = open_item(site, visit, "b1")
    assert isinstance(door, Door)
    site.opens_and_shuts()
    assert site.told[-1].body == left
    assert site.kinds_of_facts().count("item_left") == 1
    site.wait(visits.GRACE_MS - 10_000)
    assert isinstance(open_item(site, visit, "b1")[0], Door), "the grace counts from the last closing"
    site.opens_and_shuts()
    site.wait(visits.GRACE_MS)
    assert open_item(site, visit, "b1") == [Refused(why="item")]


def test_what_was_left_is_not_given_up_behind_a_door_that_stayed_shut(site: FakeSite) -> None:
    drop(site, leave=False)
    visit = site.last(messages.VisitOpened).visit
    site.wait(50_000)
    assert settle(site, visit, "b1", "given_up") == Refused(why="blocked")
    site.ask(messages.LeaveVisit(visit=visit))
    assert stage_of(site) == "held"
    assert "claim_dropped" not in site.kinds_of_facts()


@pytest.mark.parametrize("silent", [False, True])
def test_what_was_left_is_given_up_at_its_door_once_that_opened_again(site: FakeSite, silent: bool) -> None:
    drop(site, leave=False)
    visit = site.last(messages.VisitOpened).visit
    open_item(site, visit, "b1")
    assert settle(site, visit, "b1", "given_up") == Refused(why="blocked"), "not yet"
    number = site.opens()
    if silent:
        site.happen(Silent(board="b", compartments=(number,), why="no answer"))
        site.wait(8_000)
    assert settle(site, visit, "b1", "given_up") == Settled(item="b1", stands="dropped")
    assert not site.site.slots[number].usable, "somebody has to look"


def test_after_the_visit_what_was_dropped_opens_to_staff_only(site: FakeSite) -> None:
    settled = drop(site)
    assert settled.slip is not None
    frames = len(site.frames)
    (granted,) = site.present(settled.slip.digits)
    assert isinstance(granted, VisitGranted)
    assert [one.state for one in granted.items] == ["dropped"]
    site.wait(10_000)
    assert open_item(site, granted.visit, "b1") == [Refused(why="item")]
    for outcome in ("taken", "missing", "too_high"):
        assert settle(site, granted.visit, "b1", outcome) == Refused(why="item")
    assert open_item(site, start(site, digits=settled.slip.digits), "b1") == [Refused(why="item")]
    assert "code_refused" not in site.kinds_of_facts()
    assert len(site.frames) == frames


def test_what_waits_opens_while_what_was_dropped_stays_shut(site: FakeSite) -> None:
    slip = site.deposit("i1")
    drop(site, "b1", "p1", badge=CARD)
    granted, door = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert {one.item: one.state for one in granted.items} == {"i1": "opening", "b1": "dropped"}
    assert isinstance(door, Door)
    assert door.item == "i1"
    site.opens_and_shuts()
    assert site.last(Settled).remaining == 0


def test_too_small_another_door_opens_once_the_first_is_shut(site: FakeSite) -> None:
    visit = start(site, badge=CARD)
    site.claim(visit, "b1", "p1")
    open_item(site, visit, "b1")
    site.opens()
    assert settle(site, visit, "b1", "bigger") == Settled(item="b1", stands="dropped")
    bigger = site.claim(visit, "b1", "p1", "L")
    assert open_item(site, visit, "b1") == [Refused(why="busy")]
    site.shut(1)
    site.wait(3_000)
    open_item(site, visit, "b1")
    assert site.opens_and_shuts() == bigger.item.compartment
    assert site.last(Settled).stands == "left"
    assert site.site.slots[1].usable, "who is known is believed, as staff are"


@pytest.mark.parametrize("outcome", ["bigger", "empty", "given_up"])
def test_who_is_unknown_is_not_believed_on_what_is_inside(site: FakeSite, outcome: str) -> None:
    visit = start(site)
    site.claim(visit, "b1", stranger_of(site, visit))
    open_item(site, visit, "b1")
    number = site.opens()
    settle(site, visit, "b1", outcome)
    site.shut(number)
    assert not site.site.slots[number].usable
    assert site.last(messages.ClaimDropped).door_was_opened
    staff = site.sign_in(kiosk=OTHER_KIOSK)
    site.ask(messages.Check(visit=staff, compartment=number, usable=True), kiosk=OTHER_KIOSK)
    assert site.claim(visit, "b2", stranger_of(site, visit)).item.compartment == number


def test_a_door_that_was_never_opened_is_free_again(site: FakeSite) -> None:
    visit = start(site)
    site.claim(visit, "b1", stranger_of(site, visit))
    assert settle(site, visit, "b1", "given_up") == Settled(item="b1", stands="dropped")
    assert site.site.slots[1].usable
    assert site.site.pickups == {}


def test_gone_with_the_door_open_it_is_left_when_the_door_shuts(site: FakeSite) -> None:
    visit = start(site)
    site.claim(visit, "b1", stranger_of(site, visit))
    open_item(site, visit, "b1")
    number = site.opens()
    site.ask(messages.LeaveVisit(visit=visit))
    site.shut(number)
    assert (site.site.items["b1"].stage, site.site.items["b1"].dropped) == ("held", True)


def test_a_jam_is_told_and_tried_again(site: FakeSite) -> None:
    visit = start(site)
    site.claim(visit, "b1", stranger_of(site, visit))
    open_item(site, visit, "b1")
    site.sent()
    site.wait(3_000)
    site.sent()
    site.wait(8_000)
    assert site.last(Door).state == "not_opened"
    open_item(site, visit, "b1")
    site.opens_and_shuts()
    assert site.last(Settled).stands == "left"


def test_what_the_hub_says_of_whose_it_is_gives_nobody_elses_code_away(site: FakeSite) -> None:
    slip = site.deposit("i1", person="p2")
    site.happen(FeedChanged({"assignment/b1": messages.Assignment(item="b1", person="p2")}))
    settled = drop(site, leave=False)
    assert site.site.items["b1"].person == "p2"
    assert (settled.stands, settled.pickup, settled.slip) == ("left", None, None)
    visit = site.last(messages.VisitOpened).visit
    assert open_item(site, visit, "b1") == [Refused(why="item")]
    assert settle(site, visit, "b1", "left") == Refused(why="item")
    (granted, _) = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert {one.item: one.state for one in granted.items} == {"i1": "opening", "b1": "dropped"}


# --- not too much of it ------------------------------------------------------------------------


def test_four_things_nobody_said_whose_wait_at_most(site: FakeSite) -> None:
    for number in range(drops.UNKNOWN_MOST):
        drop(site, f"b{number}")
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")]
    drop(site, "mine", "p1", badge=CARD)
    site.start()
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")], "over a restart"
    visit = site.sign_in(kiosk=OTHER_KIOSK)
    site.ask(messages.TakeOut(visit=visit, item="b0", why="relay"), kiosk=OTHER_KIOSK)
    site.opens_and_shuts()
    drop(site, "b9")


def test_two_at_two_screens_do_not_get_the_last_place_both(site: FakeSite) -> None:
    for number in range(drops.UNKNOWN_MOST - 1):
        drop(site, f"b{number}")
    one, other = start(site), start(site, kiosk=OTHER_KIOSK)
    assert isinstance(site.claim(one, "b8", stranger_of(site, one)), Claimed)
    body = messages.Claim(visit=other, item="b9", person=stranger_of(site, other), size="S")
    assert site.ask(body, kiosk=OTHER_KIOSK) == [Refused(why="cap")]


def test_doors_left_in_doubt_count_until_somebody_has_looked(site: FakeSite) -> None:
    for number in range(drops.UNKNOWN_MOST):
        visit = start(site)
        site.claim(visit, f"b{number}", stranger_of(site, visit))
        open_item(site, visit, f"b{number}")
        site.wait(3_000)
        site.opens()
        settle(site, visit, f"b{number}", "given_up")
        site.shut(site.frames[-1].compartment)
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")]
    staff = site.sign_in(kiosk=OTHER_KIOSK)
    site.ask(messages.Check(visit=staff, compartment=1, usable=False), kiosk=OTHER_KIOSK)
    start(site)


def too_small(site: FakeSite, visit: str, item: str, *sizes: messages.Size) -> None:
    """Doors of these sizes open, one after the other, and each is too small."""
    for size in sizes:
        claimed = site.claim(visit, item, stranger_of(site, visit), size)
        assert isinstance(claimed, Claimed), claimed
        site.wait(3_000)
        open_item(site, visit, item)
        number = site.opens()
        settle(site, visit, item, "bigger")
        site.shut(number)


def test_what_asked_for_a_bigger_door_is_one_thing_and_so_are_its_doors_after_a_restart() -> None:
    site = FakeSite(columns=4)
    visit = start(site)
    too_small(site, visit, "b0", "S", "M", "L")
    assert isinstance(site.claim(visit, "b0", stranger_of(site, visit), "XL"), Claimed)
    site.wait(3_000)
    open_item(site, visit, "b0")
    site.opens_and_shuts()
    site.start()
    for number in range(1, drops.UNKNOWN_MOST):
        drop(site, f"b{number}")
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")], "four things lie here"
    staff = site.sign_in(kiosk=OTHER_KIOSK)
    site.ask(messages.TakeOut(visit=staff, item="b0", why="relay"), kiosk=OTHER_KIOSK)
    site.opens_and_shuts()
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")], "behind its doors somebody must look"


def test_the_fourth_thing_still_finds_a_bigger_door(site: FakeSite) -> None:
    for number in range(drops.UNKNOWN_MOST - 1):
        drop(site, f"b{number}")
    visit = start(site)
    too_small(site, visit, "b9", "M")
    assert isinstance(site.claim(visit, "b9", stranger_of(site, visit), "L"), Claimed)


def test_eight_doors_in_doubt_are_enough_however_few_things_they_are_of() -> None:
    site = FakeSite(columns=4)
    for item in ("b0", "b1"):
        visit = start(site)
        too_small(site, visit, item, "S", "M", "L", "XL")
        site.wait(3_000)
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")]


def test_twelve_doors_an_hour_open_for_who_is_unknown(site: FakeSite) -> None:
    for round_ in range(bank.VISITOR_PER_HOUR // visits.MAX_OPENINGS):
        visit = start(site)
        site.claim(visit, f"b{round_}", stranger_of(site, visit))
        for _ in range(visits.MAX_OPENINGS):
            site.wait(3_000)
            open_item(site, visit, f"b{round_}")
            site.opens_and_shuts()
    (refused,) = site.ask(messages.StartDrop())
    assert isinstance(refused, Refused)
    assert refused.why == "cap"
    assert 3_400 < refused.wait_seconds <= 3_600
    site.reboot()
    (after,) = site.ask(messages.StartDrop())
    assert isinstance(after, Refused)
    assert after.wait_seconds == 3_600, "nobody knows how long it was off"
    site.happen(FeedChanged({"badge/p1": OF_P1}))
    site.wait(3_000)
    drop(site, "mine", "p1", badge=CARD)
    site.wait(3_600_000)
    start(site)


def test_the_cap_holds_for_doors_that_wait_for_their_turn(site: FakeSite) -> None:
    visit = start(site)
    site.claim(visit, "b1", stranger_of(site, visit))
    full = replace(
        site.site.caps, pulse_ms=site.now_ms, visitor_ms=(site.now_ms,) * (bank.VISITOR_PER_HOUR - 1)
    )
    site.site = replace(site.site, caps=full)
    assert open_item(site, visit, "b1") == []
    caps = replace(full, visitor_ms=(site.now_ms,) * bank.VISITOR_PER_HOUR)
    site.site = replace(site.site, caps=caps)
    site.wait(3_000)
    assert site.told[-1].body == Refused(why="cap")
    assert site.frames == []


# --- the relay ---------------------------------------------------------------------------------


def test_emptied_sent_out_and_claimed_again_it_is_collected_with_the_same_code(site: FakeSite) -> None:
    slip = drop(site).slip
    assert slip is not None
    visit = relayed(site)
    taken, sent = site.last(messages.ItemTakenOut), site.last(messages.ItemSentOut)
    assert (taken.why, taken.evidence) == ("relay", "door")
    assert sent == messages.ItemSentOut(item="b1", staff="staff-1", to="cobbler")
    (granted,) = site.present(slip.digits, kiosk=OTHER_KIOSK)
    assert isinstance(granted, VisitGranted)
    assert [one.state for one in granted.items] == ["away"]
    assert settle(site, visit, "b1", "returned") == Refused(why="item")
    back = put_back(site, visit)
    assert (back.stands, back.slip) == ("left", slip)
    assert site.last(messages.ItemClaimed).purpose == "hold"
    assert not site.site.items["b1"].dropped
    site.ask(messages.LeaveVisit(visit=visit))
    site.wait(3_000)
    site.present(slip.digits)
    site.opens_and_shuts()
    assert site.last(messages.ItemCollected).item == "b1"
    site.wait(visits.GRACE_MS)
    assert site.kinds_of_facts()[-1] == "pickup_closed"


def test_sent_out_twice_stays_said_once_and_to_another_it_is_refused(site: FakeSite) -> None:
    drop(site)
    visit = relayed(site)
    again = settle(site, visit, "b1", "sent_out", to="cobbler")
    assert again == Settled(item="b1", stands="sent_out", pickup=site.site.items["b1"].pickup)
    assert site.kinds_of_facts().count("item_sent_out") == 1
    assert settle(site, visit, "b1", "sent_out", to="laundry") == Refused(why="item")
    assert settle(site, visit, "b1", "sent_out") == Refused(why="malformed")


def test_only_what_is_in_hand_is_sent_out_and_by_whom_may_deposit(site: FakeSite) -> None:
    drop(site)
    visit = site.sign_in()
    assert settle(site, visit, "b1", "sent_out", to="cobbler") == Refused(why="item")
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=("collect", "inspect"))}))
    visit = site.sign_in()
    assert site.ask(messages.TakeOut(visit=visit, item="b1", why="relay")) == [Refused(why="rights")]
    assert settle(site, visit, "b1", "sent_out", to="cobbler") == Refused(why="rights")


def test_what_is_away_has_no_place_and_may_be_lost_but_not_handed_over(site: FakeSite) -> None:
    drop(site)
    visit = relayed(site)
    number = site.site.items["b1"].compartment
    assert settle(site, visit, "b1", "taken") == Refused(why="item")
    assert open_item(site, visit, "b1") == [Refused(why="rights")]
    assert site.ask(messages.TakeOut(visit=visit, item="b1", why="move")) == [Refused(why="item")]
    assert site.claim(visit, "i1", "p2").item.compartment == number, "its place is free"
    assert settle(site, visit, "b1", "lost") == Settled(item="b1", stands="lost")
    assert site.last(messages.ItemLost).compartment is None
    assert site.site.slots[number].usable


def test_a_place_given_up_leaves_it_in_the_hand_of_who_asked_for_it(site: FakeSite) -> None:
    drop(site)
    visit = relayed(site)
    site.claim(visit, "b1", site.site.items["b1"].person)
    assert settle(site, visit, "b1", "given_up").stands == "in_hand"  # type: ignore[union-attr]
    assert site.last(messages.ItemTakenOut).staff == "staff-1"
    assert settle(site, visit, "b1", "sent_out", to="laundry").stands == "sent_out"  # type: ignore[union-attr]


def test_stock_tells_what_was_dropped_and_what_is_away(site: FakeSite) -> None:
    drop(site, "b1")
    drop(site, "b2")
    relayed(site, "b2")
    (stock,) = site.ask(messages.TakeStock(visit=site.sign_in()))
    assert isinstance(stock, messages.Stock)
    lying = [place.item for place in stock.places if place.item is not None]
    assert [(item.item, item.dropped) for item in lying] == [("b1", True)]
    assert lying[0].ticket == site.site.pickups[site.site.items["b1"].pickup].ticket
    assert [(item.item, item.stage, item.dropped) for item in stock.away] == [("b2", "away", False)]


def test_staff_hand_back_what_was_dropped(site: FakeSite) -> None:
    drop(site)
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item="b1", why="hand_over"))
    site.opens_and_shuts()
    assert settle(site, visit, "b1", "taken").stands == "collected"  # type: ignore[union-attr]
    assert site.site.items == {}


# --- cut short ---------------------------------------------------------------------------------


def test_cut_short_at_each_step_it_is_where_it_was(site: FakeSite) -> None:
    slip = drop(site).slip
    assert slip is not None
    site.start()
    assert (site.site.items["b1"].stage, site.site.items["b1"].dropped) == ("held", True)
    relayed(site)
    site.start()
    assert stage_of(site) == "away"
    visit = site.sign_in()
    site.claim(visit, "b1", site.site.items["b1"].person)
    site.start()
    assert stage_of(site) == "in_hand"
    put_back(site, site.sign_in())
    site.reboot()
    site.present(slip.digits)
    site.wait(3_000)
    site.opens_and_shuts()
    assert site.last(messages.ItemCollected).item == "b1"


def test_a_restart_while_something_is_dropped_has_the_compartment_looked_at(site: FakeSite) -> None:
    visit = start(site)
    site.claim(visit, "b1", stranger_of(site, visit))
    open_item(site, visit, "b1")
    number = site.opens()
    site.start()
    site.shut(number)
    dropped = site.last(messages.ClaimDropped)
    assert (dropped.why, dropped.door_was_opened) == ("restart", True)
    assert not site.site.slots[number].usable
    assert "b1" not in site.site.items
    assert open_item(site, visit, "b1") == [Refused(why="visit")]


def test_asked_again_each_step_gives_the_same_answer_and_no_second_frame(site: FakeSite) -> None:
    (granted,) = site.ask(messages.StartDrop(), ask="a1")
    assert isinstance(granted, DropGranted)
    assert site.ask(messages.StartDrop(), ask="a1") == [granted]
    assert granted.stranger is not None
    body = messages.Claim(visit=granted.visit, item="b1", person=granted.stranger, size="S")
    assert site.ask(body, ask="a2") == site.ask(body, ask="a2")
    site.ask(messages.OpenItem(visit=granted.visit, item="b1"), ask="a3")
    site.opens_and_shuts()
    frames, facts = len(site.frames), len(site.facts)
    again = site.ask(messages.OpenItem(visit=granted.visit, item="b1"), ask="a3")
    assert again[-1] == site.last(Settled)
    assert (len(site.frames), len(site.facts)) == (frames, facts)


HOLDING = messages.Holding(
    item="b1",
    kind="bag",
    person="anon-1",
    pickup="k1",
    ticket=12,
    generation=1,
    compartment=2,
    allocation=5,
    size="S",
    dropped=True,
)


def test_a_new_memory_knows_which_drops_nobody_said_whose_they_are() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    holdings = [
        replace(HOLDING, item=f"b{number}", compartment=number, pickup=f"k{number}", ticket=10 + number)
        for number in range(1, 6)
    ]
    strangers = (*(replace(one, anonymous=True) for one in holdings[:4]), holdings[4])
    site.happen(FeedComplete(holdings=strangers, gone=frozenset()))
    assert site.ask(messages.StartDrop()) == [Refused(why="cap")]
    assert [item.anonymous for item in site.site.items.values()] == [True] * 4 + [False]


def test_a_new_memory_takes_over_what_was_dropped_as_dropped() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    site.happen(FeedComplete(holdings=(HOLDING,), gone=frozenset()))
    (granted,) = site.present(pickup_code.typed_code(SITE_KEY, 12, "k1", 1))
    assert isinstance(granted, VisitGranted)
    assert [one.state for one in granted.items] == ["dropped"]
    relayed(site)


def test_what_is_away_is_not_gone_when_the_disk_went_back(site: FakeSite) -> None:
    """Its holding has a tombstone since it was taken out: that says nothing of where it is."""
    slip = drop(site).slip
    assert slip is not None
    relayed(site)
    site.happen(MemoryDoubted("another"))
    site.happen(FeedComplete(holdings=(), gone=frozenset({"b1"})))
    assert site.site.items["b1"].stage == "away"
    (granted,) = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert [one.state for one in granted.items] == ["away"]
