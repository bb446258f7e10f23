"""Dialogues: the bridge comes up after a stop, a crash, a power cut, with its memory or without."""

import pytest
from msgspec.structs import replace

from contract import messages, pickup_code
from contract.messages import Door, Full, Refused, VisitGranted, VisitOver
from locker_firmware_bridge.core.happenings import FeedComplete, MemoryDoubted, Welcomed
from tests.fakes.core_site import SHELF, SITE_KEY, FakeSite

HOLDING = messages.Holding(
    item="i9",
    kind="parcel",
    person="p9",
    pickup="pickup-9",
    ticket=12,
    generation=2,
    compartment=3,
    allocation=7,
    size="S",
)
CODE = pickup_code.typed_code(SITE_KEY, 12, "pickup-9", 2)


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def complete(*holdings: messages.Holding, gone: tuple[str, ...] = (), generation: int = 1) -> FeedComplete:
    rotations = tuple(messages.Rotation(pickup=holding.pickup, generation=generation) for holding in holdings)
    return FeedComplete(holdings=holdings, gone=frozenset(gone), rotations=rotations)


def test_a_new_site_gives_nothing_out_until_the_hub_has_said_that_it_is_new() -> None:
    site = FakeSite(welcomed=False)
    visit = site.sign_in()
    assert site.claim(visit, "i1") == Full()
    site.happen(Welcomed(known=False))
    assert isinstance(site.claim(visit, "i1"), messages.Claimed)
    checked = [fact for fact in site.facts if isinstance(fact, messages.CompartmentChecked)]
    assert {fact.compartment for fact in checked} == set(site.places)
    assert {fact.actor for fact in checked} == {"first_start"}


def test_a_later_welcome_changes_nothing(site: FakeSite) -> None:
    since = len(site.facts)
    site.happen(Welcomed(known=False))
    site.happen(Welcomed(known=True))
    assert len(site.facts) == since


def test_a_lost_memory_is_taken_over_from_the_hub_and_the_rest_must_be_looked_at() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    assert site.claim(site.sign_in(), "i1") == Full()
    site.happen(complete(HOLDING))
    assert site.last(messages.HoldingAdopted).item == "i9"
    visit = site.sign_in()
    assert site.claim(visit, "i1") == Full(shelf=True)
    assert site.claim(visit, "i1", shelf=True).item.compartment == SHELF
    granted, door = site.present(CODE)
    assert isinstance(granted, VisitGranted)
    assert isinstance(door, Door)
    assert door.compartment == 3
    assert site.last(messages.DoorIntent).allocation == 7


def test_every_door_nobody_knows_anything_of_is_told_and_those_taken_over_are_not() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    site.happen(complete(HOLDING))
    checked = [fact for fact in site.facts if isinstance(fact, messages.CompartmentChecked)]
    assert {fact.compartment for fact in checked} == {1, 2, 4, 5, 6, 7, 8}
    assert {fact.usable for fact in checked} == {False}


def test_a_code_rotated_meanwhile_stays_dead_after_the_memory_was_lost() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    site.happen(complete(HOLDING, generation=4))
    assert site.present(CODE) == [Refused(why="code")]


def test_nothing_is_taken_over_twice_or_after_it_left() -> None:
    site = FakeSite(welcomed=False)
    site.happen(Welcomed(known=True))
    site.happen(complete(HOLDING))
    site.present(CODE)
    site.opens_and_shuts()
    site.wait(130_000)
    site.happen(MemoryDoubted("journal-2"))
    site.happen(complete(HOLDING))
    assert "i9" not in site.site.items
    assert site.present(CODE) == [Refused(why="code")]


def test_in_normal_times_the_sites_own_memory_overrules_the_feed(site: FakeSite) -> None:
    site.deposit("i1")
    site.happen(complete(HOLDING, gone=("i1",)))
    assert set(site.site.items) == {"i1"}


def test_a_disk_that_went_back_lets_go_of_what_the_hub_knows_to_have_left(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.deposit("i2", "p2")
    site.happen(MemoryDoubted("journal-2"))
    site.happen(complete(HOLDING, gone=("i1",)))
    assert site.present(slip.digits) == [Refused(why="code")]
    assert set(site.site.items) == {"i2", "i9"}
    gone = [fact.item for fact in site.facts if isinstance(fact, messages.HoldingAdopted) and fact.gone]
    assert gone == ["i1"]
    assert site.claim(site.sign_in(), "i3") == Full(shelf=True)


def test_what_changed_places_in_the_time_a_disk_forgot_lies_where_the_hub_knows_it(site: FakeSite) -> None:
    site.deposit("i1")
    site.deposit("i2", "p2", size="M")
    first, second = site.site.items["i1"], site.site.items["i2"]
    site.happen(MemoryDoubted("journal-2"))
    site.happen(
        complete(
            *(
                replace(
                    HOLDING,
                    item=item.item,
                    person=item.person,
                    pickup=item.pickup,
                    ticket=site.site.pickups[item.pickup].ticket,
                    generation=1,
                    compartment=other.compartment,
                    allocation=2,
                )
                for item, other in ((first, second), (second, first))
            )
        )
    )
    found = {name: (item.compartment, item.allocation) for name, item in site.site.items.items()}
    assert found == {"i1": (2, 2), "i2": (1, 2)}
    assert {number: site.site.slots[number].item for number in (1, 2)} == {1: "i2", 2: "i1"}


def test_a_doubt_cut_short_by_a_crash_is_taken_up_again_once(site: FakeSite) -> None:
    site.start(went_back=True)
    memories = [site.site.run.memory]
    site.happen(complete())
    memories.append(site.site.run.memory)
    site.start(went_back=True)
    memories.append(site.site.run.memory)
    assert memories == ["doubted", "good", "good"]


def test_an_opening_cut_short_is_told_with_what_the_sensor_says_and_the_code_stays_right(
    site: FakeSite,
) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits, ask="a")
    frames = len(site.frames)
    site.sent()
    site.really[1] = "open"
    site.start()
    assert len(site.frames) == frames
    assert site.last(messages.DoorUncertain).seen == "open"
    assert [tell.body for tell in site.told if tell.ask == "a"][-1] == Door(
        item="i1", compartment=1, state="uncertain"
    )
    site.shut(1)
    assert site.site.items["i1"].stage == "held"
    site.wait(3_000)
    site.present(slip.digits)
    site.opens_and_shuts()
    assert site.kinds_of_facts().count("item_collected") == 1


def test_a_restart_ends_visits_and_says_so_under_their_ask(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits, ask="a")
    site.opens_and_shuts()
    visit = next(iter(site.site.visits))
    site.start()
    assert site.last(messages.VisitEnded).why == "restart"
    assert VisitOver(visit=visit, why="restart") in [tell.body for tell in site.told if tell.ask == "a"]
    assert site.ask(messages.LeaveVisit(visit=visit)) == [Refused(why="visit")]


def test_a_claim_that_was_not_opened_is_free_after_a_restart_and_an_opened_one_is_not(
    site: FakeSite,
) -> None:
    visit = site.sign_in()
    site.claim(visit, "never", size="M")
    site.claim(visit, "opened", size="S")
    site.ask(messages.OpenItem(visit=visit, item="opened"))
    site.opens()
    site.start()
    dropped = {fact.item: fact for fact in site.facts if isinstance(fact, messages.ClaimDropped)}
    assert {item: fact.door_was_opened for item, fact in dropped.items()} == {
        "never": False,
        "opened": True,
    }
    assert (site.site.slots[2].usable, site.site.slots[1].usable) == (True, False)


def test_the_grace_goes_on_over_a_restart_and_is_over_after_a_reboot(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    site.start()
    site.wait(5_000)
    assert isinstance(site.present(slip.digits)[0], VisitGranted)
    site.opens_and_shuts()
    site.reboot()
    site.wait(0)
    assert site.present(slip.digits) == [Refused(why="code")]


def test_after_a_restart_no_door_opens_before_its_turn(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.deposit("i2", "p2", size="M")
    site.present(slip.digits)
    site.start()
    frames = len(site.frames)
    site.present(site.code_of("p2"))
    assert len(site.frames) == frames
    site.wait(3_000)
    assert len(site.frames) == frames + 1


def test_the_cabinet_is_declared_when_it_changed_and_only_then(site: FakeSite) -> None:
    site.start()
    assert site.kinds_of_facts().count("cabinet_declared") == 1
    new = max(number for number in site.places if number != SHELF) + 1
    site.places[new] = messages.CabinetCompartment(
        compartment=new, kind="lock", size="XL", floor_cm=5, column=3, row=1
    )
    site.really[new] = "closed"
    site.start()
    assert site.kinds_of_facts().count("cabinet_declared") == 2
    assert not site.site.slots[new].usable


def test_doors_are_told_once_as_they_stand_at_the_start(site: FakeSite) -> None:
    site.really[4] = "open"
    since = len(site.facts)
    site.start()
    site.read()
    seen = [fact for fact in site.facts[since:] if isinstance(fact, messages.DoorsSeen)]
    assert seen == [messages.DoorsSeen(open=(4,), closed=(1, 2, 3, 5, 6, 7, 8))]


def test_what_is_spent_stays_spent_over_restarts(site: FakeSite) -> None:
    slip = site.deposit("i1")
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(130_000)
    site.start()
    site.reboot()
    assert site.present(slip.digits) == [Refused(why="code")]


def test_a_code_that_is_spent_here_is_not_brought_back_under_another_item(site: FakeSite) -> None:
    slip = site.deposit("i1")
    pickup = next(iter(site.site.pickups))
    site.present(slip.digits)
    site.opens_and_shuts()
    site.wait(130_000)
    site.happen(MemoryDoubted("journal-2"))
    site.happen(complete(replace(HOLDING, pickup=pickup, ticket=slip.ticket, generation=1)))
    assert site.present(slip.digits) == [Refused(why="code")]
