"""Dialogues: something is for somebody else, as staff or the hub's pages say."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import messages, pickup_code
from contract.messages import Assignment, Refused, Settled, VisitGranted
from locker_firmware_bridge.core.happenings import FeedChanged, FeedComplete, MemoryDoubted
from locker_firmware_bridge.core.records import Pickup
from tests.fakes.core_site import SITE_KEY, STAFF, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def reassign(site: FakeSite, visit: str, item: str, person: str, **how: Any) -> messages.AnswerBody:
    return site.ask(messages.Reassign(visit=visit, item=item, person=person), **how)[-1]


def hub_says(site: FakeSite, item: str, person: str | None) -> None:
    document = None if person is None else Assignment(item=item, person=person)
    site.happen(FeedChanged({f"assignment/{item}": document}))
    site.wait(0)


def test_only_the_code_of_whom_it_is_for_opens_its_door(site: FakeSite) -> None:
    former = site.deposit("i1")
    settled = reassign(site, site.sign_in(), "i1", "p2")
    assert isinstance(settled, Settled)
    assert settled.stands == "reassigned"
    assert settled.slip is not None
    assert site.last(messages.ItemReassigned) == messages.ItemReassigned(
        item="i1", person="p2", pickup=site.site.items["i1"].pickup, before="p1", staff="staff-1"
    )
    assert site.kinds_of_facts()[-3:] == ["pickup_opened", "item_reassigned", "pickup_closed"]
    assert site.present(former.digits) == [Refused(why="code")]
    assert isinstance(site.present(settled.slip.digits)[0], VisitGranted)
    assert site.opens_and_shuts() == 1
    assert "item_collected" in site.kinds_of_facts()


def test_it_joins_what_waits_for_them_and_leaves_the_rest_of_the_former_person_alone(site: FakeSite) -> None:
    former = site.deposit("i1")
    site.deposit("i2")
    other = site.deposit("i3", "p2")
    settled = reassign(site, site.sign_in(), "i1", "p2")
    assert isinstance(settled, Settled)
    assert settled.slip == other
    granted = site.present(former.digits)[0]
    assert isinstance(granted, VisitGranted)
    assert [one.item for one in granted.items] == ["i2"]


def test_said_twice_it_stays_said_and_is_noted_once(site: FakeSite) -> None:
    site.deposit("i1")
    visit = site.sign_in()
    assert reassign(site, visit, "i1", "p2") == reassign(site, visit, "i1", "p2")
    assert site.kinds_of_facts().count("item_reassigned") == 1


def test_a_running_visit_of_the_former_person_loses_it(site: FakeSite) -> None:
    former = site.deposit("i1")
    site.deposit("i2")
    granted = site.present(former.digits)[0]
    assert isinstance(granted, VisitGranted)
    site.opens_and_shuts()  # the lower number first: i1 is collected, and brought back
    site.ask(messages.Settle(visit=granted.visit, item="i1", outcome="wrong"))
    visit = site.sign_in(kiosk="kiosk-2")
    reassign(site, visit, "i1", "p2", kiosk="kiosk-2")
    frames = len(site.frames)
    site.wait(3_000)
    assert site.ask(messages.OpenItem(visit=granted.visit, item="i1")) == [Refused(why="item")]
    assert len(site.frames) == frames


def test_the_visit_of_somebody_with_nothing_left_ends(site: FakeSite) -> None:
    former = site.deposit("i1")
    granted = site.present(former.digits)[0]
    assert isinstance(granted, VisitGranted)
    site.sent()
    site.wait(3_000)
    site.sent()
    site.wait(6_000)
    assert isinstance(reassign(site, site.sign_in(kiosk="kiosk-2"), "i1", "p2", kiosk="kiosk-2"), Settled)
    assert granted.visit not in site.site.visits


def test_not_while_somebody_is_at_its_door_or_about_to(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.start()  # a lock moved just now: the next waits its turn
    site.present(slip.digits)
    visit = site.sign_in(kiosk="kiosk-2")
    assert reassign(site, visit, "i1", "p2", kiosk="kiosk-2") == Refused(why="busy")
    site.wait(3_000)
    site.opens()
    assert reassign(site, visit, "i1", "p2", kiosk="kiosk-2") == Refused(why="busy")
    site.shut(1)
    assert reassign(site, visit, "i1", "p2", kiosk="kiosk-2") == Refused(why="item")


def test_what_is_claimed_or_in_hand_can_be_for_somebody_else_too(site: FakeSite) -> None:
    visit = site.sign_in()
    site.claim(visit, "i1")
    assert isinstance(reassign(site, visit, "i1", "p2"), Settled)
    site.ask(messages.OpenItem(visit=visit, item="i1"))
    site.opens_and_shuts()
    assert site.last(Settled).slip.digits == site.code_of("p2")
    site.ask(messages.TakeOut(visit=visit, item="i1", why="move"))
    site.wait(3_000)
    site.opens_and_shuts()
    assert isinstance(reassign(site, visit, "i1", "p3"), Settled)
    assert isinstance(site.claim(visit, "i1", person="p3"), messages.Claimed)


def test_it_wants_the_right_and_something_that_is_there(site: FakeSite) -> None:
    site.deposit("i1")
    assert reassign(site, site.sign_in(), "i9", "p2") == Refused(why="item")
    site.happen(FeedChanged({"staff/staff-1": replace(STAFF, rights=("collect", "inspect"))}))
    assert reassign(site, site.sign_in(), "i1", "p2") == Refused(why="rights")


def test_without_a_free_ticket_it_stays_whose_it_is(site: FakeSite) -> None:
    site.deposit("i1")
    taken = {
        f"k{one}": Pickup(pickup=f"k{one}", person=f"q{one}", ticket=one) for one in pickup_code.tickets()
    }
    site.site = replace(site.site, pickups={**site.site.pickups, **taken})
    assert reassign(site, site.sign_in(), "i1", "p2") == Refused(why="tickets")
    assert site.site.items["i1"].person == "p1"


# --- the hub's pages -----------------------------------------------------------------------------


def test_the_hub_says_whose_it_is_and_nobody_of_the_staff_did(site: FakeSite) -> None:
    former = site.deposit("i1")
    hub_says(site, "i1", "p2")
    assert site.last(messages.ItemReassigned).staff is None
    assert site.present(former.digits) == [Refused(why="code")]
    assert isinstance(site.present(site.code_of("p2"))[0], VisitGranted)


def test_a_document_is_obeyed_once_and_staff_may_know_better_over_restarts(site: FakeSite) -> None:
    site.deposit("i1")
    hub_says(site, "i1", "p2")
    reassign(site, site.sign_in(), "i1", "p3")
    for _ in range(2):
        site.start()
        hub_says(site, "i1", "p2")
    assert site.site.items["i1"].person == "p3"
    hub_says(site, "i1", "p1")
    assert site.site.items["i1"].person == "p1"


def test_a_document_that_says_what_is_known_already_counts_as_heard(site: FakeSite) -> None:
    site.deposit("i1")
    hub_says(site, "i1", "p1")
    assert "item_reassigned" not in site.kinds_of_facts()
    reassign(site, site.sign_in(), "i1", "p2")
    site.start()
    hub_says(site, "i1", "p1")
    assert site.site.items["i1"].person == "p2"


def test_taken_back_and_said_again_it_is_news(site: FakeSite) -> None:
    site.deposit("i1")
    hub_says(site, "i1", "p2")
    reassign(site, site.sign_in(), "i1", "p3")
    hub_says(site, "i1", None)
    hub_says(site, "i1", "p2")
    assert site.site.items["i1"].person == "p2"


def test_at_an_open_door_it_waits_and_what_is_collected_meanwhile_is_gone(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens()
    hub_says(site, "i1", "p2")
    assert site.site.items["i1"].person == "p1"
    site.shut(1)
    site.wait(200_000)
    assert "item_reassigned" not in site.kinds_of_facts()
    assert site.site.items == {}
    assert site.site.assignments == {}


def test_at_a_door_that_stays_shut_it_waits_and_is_done_then(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.sent()
    hub_says(site, "i1", "p2")
    site.wait(3_000)
    site.sent()
    assert site.site.items["i1"].person == "p1"
    site.wait(10_000)
    assert site.site.items["i1"].person == "p2"


def test_what_still_waits_at_a_door_is_overtaken_by_the_hub_and_by_staff(site: FakeSite) -> None:
    for last in ("hub", "staff"):
        item = f"i-{last}"
        slip = site.deposit(item)
        hub_says(site, item, "p1")
        site.present(slip.digits)
        site.sent()
        hub_says(site, item, "p2")
        if last == "hub":
            hub_says(site, item, "p1")
        site.wait(3_000)
        site.sent()
        site.wait(5_000)
        if last == "staff":
            reassign(site, site.sign_in(), item, "p3")
        site.wait(10_000)
        assert site.site.items[item].person == {"hub": "p1", "staff": "p3"}[last]
        site.ask(messages.LeaveVisit(visit=next(iter(site.site.visits))))
        site.wait(3_000)


def test_ahead_of_the_kiosk_it_waits_until_the_item_is_claimed(site: FakeSite) -> None:
    hub_says(site, "i1", "p2")
    slip = site.deposit("i1", "p1")
    assert slip.digits == site.code_of("p2")
    assert site.site.assignments == {}


def test_more_than_one_event_has_ids_for_are_done_one_after_the_other(site: FakeSite) -> None:
    visit = site.sign_in()
    for number in range(7):
        site.claim(visit, f"i{number}", size="S")
    documents = {
        f"assignment/i{number}": Assignment(item=f"i{number}", person=f"q{number}") for number in range(7)
    }
    site.happen(FeedChanged(documents))
    site.wait(10_000)
    assert [site.site.items[f"i{number}"].person for number in range(7)] == [
        f"q{number}" for number in range(7)
    ]


def test_a_disk_that_went_back_lets_the_hub_say_whose_it_is_and_where(site: FakeSite) -> None:
    former = site.deposit("i1")
    site.happen(MemoryDoubted("journal-2"))
    holding = messages.Holding(
        item="i1",
        kind="parcel",
        person="p2",
        pickup="pickup-2",
        ticket=33,
        generation=1,
        compartment=6,
        allocation=3,
        size="S",
    )
    site.happen(FeedComplete(holdings=(holding,), gone=frozenset()))
    assert site.present(former.digits) == [Refused(why="code")]
    assert site.site.slots[1].item is None
    site.present(pickup_code.typed_code(SITE_KEY, 33, "pickup-2", 1))
    assert site.opens_and_shuts() == 6


def test_what_staff_took_out_in_the_time_a_disk_forgot_they_put_somewhere_again(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.start(went_back=True)
    site.happen(FeedComplete(holdings=(), gone=frozenset({"i1"})))
    assert site.present(slip.digits) == [Refused(why="code")]
    assert isinstance(site.claim(site.sign_in(), "i1", shelf=True), messages.Claimed)


def test_what_staff_have_in_hand_is_not_let_go_because_the_hub_sees_it_nowhere(site: FakeSite) -> None:
    slip = site.deposit("i1")
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item="i1", why="move"))
    site.opens_and_shuts()
    site.start(went_back=True)
    site.happen(FeedComplete(holdings=(), gone=frozenset({"i1"})))
    assert site.site.items["i1"].stage == "in_hand"
    visit = site.sign_in()
    assert isinstance(site.claim(visit, "i1", shelf=True), messages.Claimed)
    assert site.code_of("p1") == slip.digits
