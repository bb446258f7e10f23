"""Dialogues: the hub orders a door open."""

import pytest

from contract import messages
from contract.messages import OrderTaken, RemoteOpen
from locker_firmware_bridge.core.happenings import OrderCame, Welcomed
from locker_firmware_bridge.core.orders import MAX_NONCES, REFUSALS_PER_HOUR
from tests.fakes.core_site import SHELF, FakeSite


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def nonce(site: FakeSite) -> str:
    site.happen(OrderCame(messages.NonceAsked(order="asked")))
    given = site.replies[-1]
    assert isinstance(given, messages.NonceGiven)
    return given.nonce


def order(
    site: FakeSite, name: str, compartment: int = 2, *, signed: bool = True, **more: object
) -> OrderTaken:
    fields = {"nonce": more.pop("nonce", None) or nonce(site), "allocation": 0, **more}
    wish = RemoteOpen(
        order=name,
        compartment=compartment,
        actor="admin",
        reason="called",
        signature="0" * 128,
        **fields,  # type: ignore[arg-type]
    )
    site.happen(OrderCame(wish, signed))
    reply = site.replies[-1]
    assert isinstance(reply, OrderTaken)
    return reply


def test_a_signed_order_with_a_fresh_nonce_opens_the_door_and_says_why(site: FakeSite) -> None:
    reply = order(site, "o1")
    intent = site.last(messages.DoorIntent)
    assert (intent.operation, intent.order) == (reply.operation, "o1")
    assert (intent.purpose, intent.authority, intent.actor, intent.reason) == (
        "remote",
        "order",
        "admin",
        "called",
    )
    assert site.opens() == 2


@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("nonce", {"nonce": "f" * 32}),
        ("signature", {"signed": False}),
        ("unknown_door", {"compartment": 99}),
        ("unknown_door", {"compartment": SHELF}),
        ("generation", {"allocation": 1}),
    ],
)
def test_a_wrong_order_is_refused_and_written_down_and_no_frame_leaves(
    site: FakeSite, why: str, more: dict[str, object]
) -> None:
    assert order(site, "o1", **more).refused == why  # type: ignore[arg-type]
    assert site.last(messages.OrderRefused).why == why
    assert site.frames == []


def test_a_nonce_is_good_for_a_minute(site: FakeSite) -> None:
    given = nonce(site)
    site.wait(60_001)
    assert order(site, "o1", nonce=given).refused == "late"


def test_a_nonce_is_good_once_even_for_a_refused_order(site: FakeSite) -> None:
    given = nonce(site)
    assert order(site, "o1", nonce=given, signed=False).refused == "signature"
    assert order(site, "o2", nonce=given).refused == "nonce"


def test_a_nonce_dies_with_the_process_and_the_oldest_give_way(site: FakeSite) -> None:
    given = nonce(site)
    site.start()
    assert order(site, "o1", nonce=given).refused == "nonce"
    given = nonce(site)
    for _ in range(MAX_NONCES):
        nonce(site)
    assert order(site, "o2", nonce=given).refused == "nonce"


def test_the_same_order_again_gets_the_same_reply_and_no_second_pulse_even_after_a_restart(
    site: FakeSite,
) -> None:
    first = order(site, "o1")
    frames = len(site.frames)
    assert order(site, "o1") == first
    site.start()
    assert order(site, "o1") == first
    assert len(site.frames) == frames


def test_a_busy_door_is_refused(site: FakeSite) -> None:
    order(site, "o1")
    site.opens()
    assert order(site, "o2").refused == "busy"


def waits(site: FakeSite, name: str, compartment: int) -> RemoteOpen:
    """An order whose turn has not come: nothing is replied yet."""
    wish = RemoteOpen(
        order=name,
        compartment=compartment,
        nonce=nonce(site),
        allocation=site.site.slots[compartment].allocation,
        actor="admin",
        reason="called",
        signature="0" * 128,
    )
    replies = len(site.replies)
    site.happen(OrderCame(wish, True))
    assert site.replies[replies:] == []
    return wish


def test_an_order_for_another_door_waits_its_turn_and_is_told_taken_when_its_door_begins(
    site: FakeSite,
) -> None:
    order(site, "o1")
    wish = waits(site, "o2", compartment=3)
    assert len(site.frames) == 1
    site.happen(OrderCame(wish, True))
    assert site.last(messages.DoorIntent).order == "o1"
    site.wait(3_000)
    assert [frame.compartment for frame in site.frames] == [2, 3]
    intent = site.last(messages.DoorIntent)
    assert site.replies[-1] == OrderTaken(order=intent.order, operation=intent.operation)
    assert [reply.order for reply in site.replies if isinstance(reply, OrderTaken)] == ["o1", "o2"]


def test_an_order_whose_door_became_busy_while_it_waited_is_refused_in_a_fact(site: FakeSite) -> None:
    order(site, "o1")
    waits(site, "o2", compartment=3)
    waits(site, "o3", compartment=3)
    site.wait(3_000)
    site.wait(3_000)
    assert site.replies[-1] == OrderTaken(order="o3", refused="busy")
    assert (site.last(messages.OrderRefused).order, site.last(messages.OrderRefused).why) == ("o3", "busy")


def test_an_order_whose_turn_cannot_come_within_six_seconds_is_refused_then_and_not_opened_later(
    site: FakeSite,
) -> None:
    order(site, "o1")
    waits(site, "o2", compartment=3)
    waits(site, "o3", compartment=4)
    assert order(site, "o4", compartment=6).refused == "busy"
    site.wait(2_000)
    site.opens()  # the port was busy, the frame left only now: all turns come later
    site.wait(1_000)
    assert site.replies[-1] == OrderTaken(order="o3", refused="busy")
    site.wait(60_000)
    assert {frame.compartment for frame in site.frames} == {2, 3}
    assert not site.site.waiting


def test_an_order_that_waited_dies_with_the_bridge_untold_and_opens_nothing(site: FakeSite) -> None:
    order(site, "o1")
    wish = waits(site, "o2", compartment=3)
    replies, frames = len(site.replies), len(site.frames)
    site.start()
    site.wait(60_000)
    assert site.replies[replies:] == []
    assert len(site.frames) == frames
    site.happen(OrderCame(wish, True))
    assert site.replies[-1] == OrderTaken(order="o2", refused="nonce")


def test_without_room_when_its_turn_comes_an_order_is_refused(site: FakeSite) -> None:
    order(site, "o1")
    waits(site, "o2", compartment=3)
    site.room = False
    site.wait(3_000)
    assert site.replies[-1] == OrderTaken(order="o2", refused="disk")


def test_the_cap_counts_what_began_and_is_looked_at_again_when_the_turn_comes(site: FakeSite) -> None:
    for number in range(18):
        assert open_and_shut(site, f"o{number}").refused is None
    order(site, "nineteenth")
    waits(site, "twentieth", compartment=3)
    waits(site, "too-many", compartment=4)
    site.wait(6_000)
    assert site.replies[-1] == OrderTaken(order="too-many", refused="cap")


def open_and_shut(site: FakeSite, name: str) -> OrderTaken:
    frames = len(site.frames)
    reply = order(site, name)
    site.wait(3_000)
    if len(site.frames) > frames:
        site.opens_and_shuts()
    return reply


def test_a_hostile_hub_opens_twenty_doors_an_hour_and_no_more_restarts_and_reboots_included(
    site: FakeSite,
) -> None:
    taken = [open_and_shut(site, f"o{number}").refused for number in range(25)]
    assert taken == [None] * 20 + ["cap"] * 5
    site.start()
    assert open_and_shut(site, "again").refused == "cap"
    site.reboot()
    assert open_and_shut(site, "and-again").refused == "cap"
    site.wait(3_600_000)
    assert open_and_shut(site, "later").refused is None


def test_custody_does_not_change_by_a_remote_opening(site: FakeSite) -> None:
    site.deposit("i1", size="M")
    assert order(site, "o1", allocation=1).refused is None
    site.opens_and_shuts()
    assert site.site.items["i1"].stage == "held"
    assert site.last(messages.DoorIntent).item == "i1"


def test_a_door_that_must_be_looked_at_is_free_once_opened_by_order_and_shut_by_hand() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    assert order(site, "o1", allocation=4).refused is None
    site.opens_and_shuts()
    checked = site.last(messages.CompartmentChecked)
    assert (checked.compartment, checked.usable, checked.actor) == (2, True, "admin")
    assert site.site.slots[2].allocation == 4


def test_without_room_on_the_disk_an_order_is_refused(site: FakeSite) -> None:
    given = nonce(site)
    site.room = False
    assert order(site, "o1", nonce=given).refused == "disk"
    assert site.frames == []


def test_invented_orders_are_all_refused_and_fill_no_disk(site: FakeSite) -> None:
    for number in range(REFUSALS_PER_HOUR + 40):
        assert order(site, f"o{number}", nonce="f" * 32).refused == "nonce"
    assert site.kinds_of_facts().count("order_refused") == REFUSALS_PER_HOUR
    site.wait(3_600_000)
    order(site, "later", nonce="f" * 32)
    assert site.last(messages.OrderRefused).order == "later"
    assert site.frames == []


def test_without_room_on_the_disk_a_wrong_order_writes_nothing(site: FakeSite) -> None:
    facts, records = len(site.facts), dict(site.records)
    site.room = False
    assert order(site, "o1", nonce="f" * 32).refused == "nonce"
    assert (len(site.facts), site.records) == (facts, records)
