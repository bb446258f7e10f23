"""Dialogues: staff take something out, put it elsewhere, hand it over, give it back, or miss it."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import messages
from contract.messages import Claimed, Door, Refused, Settled, VisitGranted
from locker_firmware_bridge.core.happenings import FeedChanged
from tests.fakes.core_site import SHELF, STAFF, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def take_out(site: FakeSite, visit: str, item: str, why: Any = "move") -> list[messages.AnswerBody]:
    return site.ask(messages.TakeOut(visit=visit, item=item, why=why))


def settle(site: FakeSite, visit: str, item: str, outcome: Any, **more: Any) -> messages.AnswerBody:
    return site.ask(messages.Settle(visit=visit, item=item, outcome=outcome, **more))[-1]


def in_hand(site: FakeSite, item: str = "i1", why: Any = "move") -> str:
    """Staff take an item out of its door; the visit."""
    visit = site.sign_in()
    take_out(site, visit, item, why)
    site.wait(3_000)
    site.opens_and_shuts()
    assert site.site.items[item].stage == "in_hand"
    return visit


def on_the_shelf(site: FakeSite, item: str = "i1", **more: Any) -> str:
    visit = site.sign_in()
    site.claim(visit, item, shelf=True, **more)
    assert settle(site, visit, item, "left") != Refused(why="item")
    return visit


def put(site: FakeSite, visit: str, item: str) -> Settled:
    """What was claimed is put behind its door; what staff are told."""
    site.ask(messages.OpenItem(visit=visit, item=item))
    site.wait(3_000)
    site.opens_and_shuts()
    settled = site.told[-1].body
    assert isinstance(settled, Settled)
    return settled


def test_a_door_opened_and_closed_puts_the_item_in_hand_and_frees_its_place(site: FakeSite) -> None:
    site.deposit("i1")
    visit, since = site.sign_in(), len(site.facts)
    (door,) = take_out(site, visit, "i1")
    assert isinstance(door, Door)
    site.opens_and_shuts()
    assert site.kinds_of_facts(since) == [
        "door_intent",
        "door_pulsed",
        "door_opened",
        "door_closed",
        "item_taken_out",
    ]
    intent, taken = site.last(messages.DoorIntent), site.last(messages.ItemTakenOut)
    assert (intent.purpose, intent.authority, intent.actor) == ("take_out", "staff", "staff-1")
    assert (taken.why, taken.evidence, taken.operation) == ("move", "door", intent.operation)
    assert site.told[-1].body == Settled(item="i1", stands="in_hand", pickup=site.site.items["i1"].pickup)
    assert site.claim(visit, "i2", person="p2").item.compartment == 1


def test_what_is_in_hand_opens_to_no_code_and_the_other_things_under_that_code_do(site: FakeSite) -> None:
    site.deposit("i1")
    slip = site.deposit("i2")
    in_hand(site)
    frames = len(site.frames)
    granted, door = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert isinstance(door, Door)
    assert door.item == "i2"
    assert {one.item: one.state for one in granted.items} == {"i1": "with_staff", "i2": "opening"}
    site.wait(3_000)
    site.opens_and_shuts()
    assert site.ask(messages.OpenItem(visit=granted.visit, item="i1")) == [Refused(why="item")]
    assert len(site.frames) == frames + 1


def test_the_code_of_what_is_in_hand_alone_is_known_and_opens_nothing(site: FakeSite) -> None:
    slip = site.deposit("i1")
    in_hand(site)
    frames = len(site.frames)
    (granted,) = site.present(slip.digits)
    assert isinstance(granted, VisitGranted)
    assert [one.state for one in granted.items] == ["with_staff"]
    site.wait(10_000)
    assert len(site.frames) == frames


@pytest.mark.parametrize("way", ["stays_shut", "silent"])
def test_a_door_that_was_not_seen_to_open_leaves_the_item_where_it_lies(site: FakeSite, way: str) -> None:
    slip = site.deposit("i1")
    visit = site.sign_in()
    take_out(site, visit, "i1")
    site.sent()
    if way == "silent":
        site.silence()
    site.wait(3_000)
    if way == "stays_shut":
        site.sent()
    site.wait(6_000)
    site.read()
    assert site.site.items["i1"].stage == "held"
    assert "item_taken_out" not in site.kinds_of_facts()
    site.present(slip.digits)
    site.wait(3_000)
    site.opens_and_shuts()
    assert site.kinds_of_facts().count("item_collected") == 1


def test_from_a_shelf_it_is_in_hand_at_once(site: FakeSite) -> None:
    visit = on_the_shelf(site)
    assert isinstance(take_out(site, visit, "i1")[0], Settled)
    assert site.last(messages.ItemTakenOut).evidence == "shelf"
    assert isinstance(site.claim(visit, "i2", shelf=True), Claimed)
    assert site.frames == []


@pytest.mark.parametrize(
    ("why", "right"),
    [("undo", "deposit"), ("hand_over", "collect"), ("move", "inspect"), ("return", "inspect")],
)
def test_each_reason_wants_its_right(site: FakeSite, why: str, right: str) -> None:
    site.deposit("i1")
    frames = len(site.frames)
    others = tuple(one for one in STAFF.rights if one != right)
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=others)}))
    assert take_out(site, site.sign_in(), "i1", why) == [Refused(why="rights")]
    assert len(site.frames) == frames
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=(right,))}))
    assert isinstance(take_out(site, site.sign_in(), "i1", why)[0], Door)


def test_a_person_takes_nothing_out_and_looks_at_nothing(site: FakeSite) -> None:
    slip = site.deposit("i1")
    granted = site.present(slip.digits)[0]
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()
    visit = granted.visit
    for body in (
        messages.TakeOut(visit=visit, item="i1", why="hand_over"),
        messages.Inspect(visit=visit, compartment=2),
        messages.Check(visit=visit, compartment=2, usable=False),
        messages.TakeStock(visit=visit),
        messages.Reassign(visit=visit, item="i1", person="p2"),
    ):
        assert site.ask(body) == [Refused(why="rights")]
    for outcome in ("returned", "lost", "given_up"):
        assert settle(site, visit, "i1", outcome) == Refused(why="item")


def test_one_door_at_a_time_is_opened_in_a_visit_of_staff(site: FakeSite) -> None:
    site.deposit("i1")
    site.deposit("i2")
    visit = site.sign_in()
    take_out(site, visit, "i1")
    site.opens()
    assert take_out(site, visit, "i2") == [Refused(why="busy")]
    assert site.ask(messages.Inspect(visit=visit, compartment=3)) == [Refused(why="busy")]
    assert site.ask(messages.OpenItem(visit=visit, item="i2")) == [Refused(why="busy")]


def test_a_door_that_staff_take_from_opens_to_no_code_meanwhile(site: FakeSite) -> None:
    slip = site.deposit("i1")
    take_out(site, site.sign_in(), "i1")
    site.opens()
    frames = len(site.frames)
    (granted,) = site.present(slip.digits, kiosk="kiosk-2")
    assert isinstance(granted, VisitGranted)
    opened = site.ask(messages.OpenItem(visit=granted.visit, item="i1"), kiosk="kiosk-2")
    assert opened == [Refused(why="busy")]
    site.shut(1)
    assert len(site.frames) == frames
    assert site.site.items["i1"].stage == "in_hand"


def test_staff_who_leave_with_the_door_open_have_it_in_hand_when_it_closes(site: FakeSite) -> None:
    site.deposit("i1")
    visit = site.sign_in()
    take_out(site, visit, "i1")
    number = site.opens()
    site.ask(messages.LeaveVisit(visit=visit))
    site.shut(number)
    assert site.last(messages.ItemTakenOut).staff == "staff-1"


def test_a_restart_with_the_door_open_leaves_the_item_where_it_was_known_to_lie(site: FakeSite) -> None:
    site.deposit("i1")
    take_out(site, site.sign_in(), "i1")
    site.opens()
    site.start()
    site.shut(1)
    assert site.site.items["i1"].stage == "held"
    assert site.last(messages.DoorUncertain).compartment == 1


# --- elsewhere, under the same code -------------------------------------------------------------


def test_moved_it_has_a_new_place_the_same_code_and_the_old_place_opens_for_it_never_again(
    site: FakeSite,
) -> None:
    slip = site.deposit("i1")
    visit = in_hand(site)
    claimed = site.claim(visit, "i1", size="M")
    assert claimed.item.compartment == 2
    settled = put(site, visit, "i1")
    assert (settled.stands, settled.slip) == ("left", slip)
    assert "pickup_closed" not in site.kinds_of_facts()
    site.ask(messages.LeaveVisit(visit=visit))
    site.wait(3_000)
    site.present(slip.digits)
    assert site.opens_and_shuts() == 2
    site.wait(200_000)
    assert site.present(slip.digits) == [Refused(why="code")]


def test_where_no_other_fits_it_is_put_back_behind_the_same_door_as_a_new_use(site: FakeSite) -> None:
    site.deposit("i1")
    for number in range(2, 9):
        site.deposit(f"i{number}", f"p{number}")
    visit = in_hand(site)
    site.claim(visit, "i1")
    put(site, visit, "i1")
    claims = [one for one in site.facts if isinstance(one, messages.ItemClaimed) and one.item == "i1"]
    assert [(claim.compartment, claim.allocation) for claim in claims] == [(1, 1), (1, 2)]


@pytest.mark.parametrize("way", ["given_up", "bigger", "left", "timeout", "restart", "reboot", "not_opened"])
def test_a_new_place_that_comes_to_nothing_leaves_it_in_hand(site: FakeSite, way: str) -> None:
    slip = site.deposit("i1")
    visit = in_hand(site, why="return")
    site.claim(visit, "i1", size="M")
    match way:
        case "given_up" | "bigger":
            assert settle(site, visit, "i1", way) == Settled(
                item="i1", stands="in_hand", pickup=site.site.items["i1"].pickup
            )
        case "left":
            site.ask(messages.LeaveVisit(visit=visit))
        case "timeout":
            site.wait(700_000)
        case "restart":
            site.start()
        case "reboot":
            site.reboot()
        case "not_opened":
            site.ask(messages.OpenItem(visit=visit, item="i1"))
            site.wait(3_000)
            site.sent()
            site.ask(messages.LeaveVisit(visit=visit))
            site.wait(20_000)
    assert site.kinds_of_facts()[-2:] != ["claim_dropped", "pickup_closed"]
    assert site.site.items["i1"].stage == "in_hand"
    taken = site.last(messages.ItemTakenOut)
    assert (taken.staff, taken.why, taken.compartment) == ("staff-1", "return", 2)
    assert site.site.slots[2].usable
    assert isinstance(site.claim(site.sign_in(), "i1", size="M"), Claimed)
    assert site.code_of("p1") == slip.digits


def test_given_up_with_the_new_door_open_it_is_in_hand_and_the_door_must_be_looked_at(site: FakeSite) -> None:
    site.deposit("i1")
    visit = in_hand(site)
    site.claim(visit, "i1", size="M")
    site.ask(messages.OpenItem(visit=visit, item="i1"))
    site.wait(3_000)
    number = site.opens()
    settle(site, visit, "i1", "given_up")
    site.shut(number)
    assert site.site.items["i1"].stage == "in_hand"
    assert site.last(Settled).stands == "in_hand", "nothing is told of it when that door shuts"
    assert not site.site.slots[number].usable
    assert site.kinds_of_facts().count("item_left") == 1


def test_given_up_while_its_turn_is_awaited_the_door_stays_shut(site: FakeSite) -> None:
    site.deposit("i1")
    visit = site.sign_in()
    take_out(site, visit, "i1")
    site.opens()
    site.shut(1)
    site.claim(visit, "i1", size="M")
    frames = len(site.frames)
    site.ask(messages.OpenItem(visit=visit, item="i1"))
    assert len(site.frames) == frames, "it waits: a lock moved just now"
    settle(site, visit, "i1", "given_up")
    site.wait(10_000)
    assert len(site.frames) == frames
    assert site.site.items["i1"].stage == "in_hand"


def test_put_in_by_mistake_after_a_move_it_is_undone_into_the_hand(site: FakeSite) -> None:
    site.deposit("i1")
    visit = in_hand(site)
    site.claim(visit, "i1", size="M")
    put(site, visit, "i1")
    assert settle(site, visit, "i1", "given_up") == Settled(
        item="i1", stands="in_hand", pickup=site.site.items["i1"].pickup
    )
    assert not site.site.slots[2].usable


def test_what_is_in_hand_keeps_its_person_and_what_it_is(site: FakeSite) -> None:
    site.deposit("i1", kind="registered_letter")
    visit = in_hand(site)
    assert site.claim(visit, "i1", person="p2") == Refused(why="item")
    site.claim(visit, "i1", kind="parcel")
    put(site, visit, "i1")
    assert site.site.items["i1"].kind == "registered_letter"


def test_two_staff_cannot_both_find_a_place_for_it(site: FakeSite) -> None:
    site.deposit("i1")
    visit = in_hand(site)
    other = site.sign_in(kiosk="kiosk-2")
    site.claim(visit, "i1")
    claim = messages.Claim(visit=other, item="i1", person="p1", size="S")
    assert site.ask(claim, kiosk="kiosk-2") == [Refused(why="item")]


def test_too_high_it_is_moved_lower_and_too_heavy_lowest(site: FakeSite) -> None:
    slip = site.deposit("i1")  # at 150 cm
    granted = site.present(slip.digits)[0]
    assert isinstance(granted, VisitGranted)
    number = site.opens()
    settle(site, granted.visit, "i1", "too_high")
    site.shut(number)
    visit = in_hand(site)
    assert site.claim(visit, "i1").item.compartment == 2
    put(site, visit, "i1")
    granted = site.present(slip.digits)[0]
    assert isinstance(granted, VisitGranted)
    site.wait(3_000)
    number = site.opens()
    settle(site, granted.visit, "i1", "too_heavy")
    site.shut(number)
    visit = in_hand(site)
    assert site.claim(visit, "i1").item.compartment == 4


# --- where it ends -------------------------------------------------------------------------------


def test_returned_to_the_carrier_it_is_over_and_its_code_with_it(site: FakeSite) -> None:
    slip = site.deposit("i1")
    visit = in_hand(site, why="return")
    assert settle(site, visit, "i1", "returned") == Settled(item="i1", stands="returned")
    assert site.kinds_of_facts()[-2:] == ["item_returned", "pickup_closed"]
    assert site.present(slip.digits) == [Refused(why="code")]
    assert site.claim(site.sign_in(), "i1") == Refused(why="item")


def test_nothing_is_returned_that_was_not_taken_out(site: FakeSite) -> None:
    site.deposit("i1")
    visit = site.sign_in()
    assert settle(site, visit, "i1", "returned") == Refused(why="item")
    take_out(site, visit, "i1")
    site.opens()
    assert settle(site, visit, "i1", "returned") == Refused(why="item")
    assert "item_returned" not in site.kinds_of_facts()


def test_from_the_hand_it_is_handed_over_with_who_and_how(site: FakeSite) -> None:
    site.deposit("i1")
    visit = in_hand(site, why="hand_over")
    assert settle(site, visit, "i1", "taken", identity="known") == Settled(item="i1", stands="collected")
    collected = site.last(messages.ItemCollected)
    assert (collected.evidence, collected.staff, collected.identity) == ("staff", "staff-1", "known")
    assert site.site.items == {}
    assert site.site.pickups == {}


def test_a_registered_letter_is_handed_over_only_to_somebody_made_sure_of(site: FakeSite) -> None:
    visit = on_the_shelf(site, kind="registered_letter")
    assert settle(site, visit, "i1", "taken") == Refused(why="item")
    assert isinstance(settle(site, visit, "i1", "taken", identity="document"), Settled)
    assert site.last(messages.ItemCollected).identity == "document"


def test_lost_behind_a_door_it_is_over_and_the_door_waits_for_a_look(site: FakeSite) -> None:
    slip = site.deposit("i1")
    visit = site.sign_in()
    assert settle(site, visit, "i1", "lost") == Settled(item="i1", stands="lost")
    lost = site.last(messages.ItemLost)
    assert (lost.staff, lost.compartment) == ("staff-1", 1)
    assert not site.site.slots[1].usable
    assert not site.last(messages.CompartmentChecked).usable
    assert site.present(slip.digits) == [Refused(why="code")]


def test_lost_from_the_shelf_or_the_hand_no_door_is_closed_for_it(site: FakeSite) -> None:
    visit = on_the_shelf(site)
    settle(site, visit, "i1", "lost")
    assert site.site.slots[SHELF].usable
    site.deposit("i2")
    visit = in_hand(site, "i2")
    settle(site, visit, "i2", "lost")
    assert site.last(messages.ItemLost) == messages.ItemLost(item="i2", staff="staff-1")
    assert site.site.slots[1].usable


def test_lost_just_after_it_was_collected_or_never_put_in(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    visit = site.sign_in()
    assert settle(site, visit, "i1", "lost") == Settled(item="i1", stands="lost")
    site.claim(visit, "i2")
    assert settle(site, visit, "i2", "lost") == Refused(why="item")


def test_nothing_is_said_lost_while_its_door_moves(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens()
    visit = site.sign_in(kiosk="kiosk-2")
    body = messages.Settle(visit=visit, item="i1", outcome="lost")
    assert site.ask(body, kiosk="kiosk-2") == [Refused(why="busy")]
