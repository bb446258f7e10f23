"""Dialogues: somebody collects for somebody else, by a mandate with a code of its own."""

from typing import Any

import pytest
from msgspec.structs import replace

from contract import messages, pickup_code
from contract.messages import Proxy, Refused, VisitGranted
from locker_firmware_bridge.core import codes
from locker_firmware_bridge.core.happenings import FeedChanged
from tests.fakes.core_site import OTHER_KIOSK, SITE_KEY, FakeSite

NOW_MS = 1_795_000_000_000
DAY_MS = 86_400_000
PROXY = Proxy(
    proxy="proxy-1", person="p1", number=7, from_ms=NOW_MS - DAY_MS, until_ms=NOW_MS + DAY_MS, generation=2
)
NO = [Refused(why="code")]


def code(generation: int = 2, proxy: Proxy = PROXY) -> str:
    return pickup_code.proxy_code(SITE_KEY, proxy.number, proxy.proxy, generation)


def hub_gives(site: FakeSite, proxy: Proxy | None = PROXY, name: str = "proxy-1") -> None:
    site.happen(FeedChanged({f"proxy/{name}": proxy}))


@pytest.fixture
def site() -> FakeSite:
    site = FakeSite()
    site.wall_ms = NOW_MS
    site.deposit("i1")
    hub_gives(site)
    return site


def granted(site: FakeSite, digits: str, **how: Any) -> VisitGranted:
    answer = site.present(digits, **how)[0]
    assert isinstance(answer, VisitGranted), answer
    return answer


def test_a_mandates_code_opens_what_waits_and_its_facts_say_under_which_mandate(site: FakeSite) -> None:
    since = len(site.facts)
    visit = granted(site, code())
    assert visit.person is None
    site.opens_and_shuts()
    opened, intent, collected = (
        site.last(kind) for kind in (messages.VisitOpened, messages.DoorIntent, messages.ItemCollected)
    )
    assert (opened.proxy, intent.actor, intent.authority, collected.proxy) == (
        "proxy-1",
        "proxy-1",
        "code",
        "proxy-1",
    )
    assert site.kinds_of_facts(since)[-1] == "item_collected"
    site.wait(130_000)
    assert site.present(code()) == NO, "nothing waits any more"


def test_a_persons_own_visit_says_whose_it_is_and_names_no_mandate(site: FakeSite) -> None:
    assert granted(site, site.code_of("p1")).person == "p1"
    assert site.last(messages.VisitOpened).proxy is None
    site.opens_and_shuts()
    assert site.last(messages.ItemCollected).proxy is None


def test_its_qr_opens_as_well(site: FakeSite) -> None:
    token = pickup_code.token(SITE_KEY, "proxy-1", 2)
    assert isinstance(site.ask(messages.Present(token=token))[0], VisitGranted)


@pytest.mark.parametrize(("generation", "right"), [(1, False), (2, True), (3, True), (4, False)])
def test_the_present_generation_and_the_next_are_right(site: FakeSite, generation: int, right: bool) -> None:
    assert (site.present(code(generation)) != NO) is right


def test_the_next_once_used_the_one_before_is_dead_over_restarts(site: FakeSite) -> None:
    granted(site, code(3))
    site.ask(messages.LeaveVisit(visit=next(iter(site.site.visits))))
    site.reboot()
    hub_gives(site)
    assert site.present(code(2)) == NO
    granted(site, code(3))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PROXY, until_ms=NOW_MS),
        replace(PROXY, from_ms=NOW_MS + DAY_MS, until_ms=NOW_MS + 2 * DAY_MS),
        replace(PROXY, person="p2"),
        replace(PROXY, items=("i2",)),
        None,
    ],
    ids=["expired", "not yet", "nothing waits", "nothing of it waits", "revoked"],
)
def test_refused_as_any_wrong_code_whatever_is_wrong_and_counted_as_one(
    site: FakeSite, wrong: Proxy | None
) -> None:
    hub_gives(site, wrong)
    frames = len(site.frames)
    assert site.present(code()) == NO
    assert site.last(messages.CodeRefused).wrong_today == 1
    assert len(site.frames) == frames


def test_where_the_clock_is_not_known_no_mandate_is_good_and_the_persons_own_code_is(site: FakeSite) -> None:
    site.wall_ms = None
    assert site.present(code()) == NO
    granted(site, site.code_of("p1"))


def test_a_clock_set_back_brings_no_mandate_back_to_life(site: FakeSite) -> None:
    site.wall_ms = NOW_MS + 2 * DAY_MS
    assert site.present(code()) == NO
    site.wall_ms = NOW_MS
    assert site.present(code()) == NO
    site.reboot()
    hub_gives(site)
    site.wall_ms = NOW_MS
    assert site.present(code()) == NO


def test_one_wrong_reading_of_an_unset_clock_does_not_end_all_mandates(site: FakeSite) -> None:
    site.deposit("i2", "p3")
    site.wall_ms = NOW_MS + 400 * DAY_MS
    assert site.present(code()) == NO
    site.wall_ms = NOW_MS
    granted(site, code())


def test_it_ends_with_its_time_though_nobody_says_so(site: FakeSite) -> None:
    site.wait(DAY_MS - 60_000)
    granted(site, code())
    site.wait(700_000)
    assert site.present(code()) == NO


def test_revoked_its_running_visit_ends_and_opens_nothing_more(site: FakeSite) -> None:
    site.deposit("i2")
    visit = granted(site, code()).visit
    site.opens_and_shuts()
    hub_gives(site, None)
    assert site.last(messages.VisitOver).visit == visit
    frames = len(site.frames)
    site.wait(3_000)
    assert site.ask(messages.OpenItem(visit=visit, item="i2")) == [Refused(why="visit")]
    assert len(site.frames) == frames


def test_revoked_while_it_waits_its_turn_the_door_stays_shut(site: FakeSite) -> None:
    site.deposit("i2", "p2")
    granted(site, site.code_of("p2"), kiosk=OTHER_KIOSK)
    frames = len(site.frames)
    granted(site, code())
    hub_gives(site, None)
    site.wait(10_000)
    assert len({frame.operation for frame in site.frames[frames:]} - {site.frames[frames - 1].operation}) == 0


def test_revoked_it_stays_so_though_an_older_hub_gives_it_again(site: FakeSite) -> None:
    hub_gives(site, None)
    hub_gives(site)
    assert site.present(code()) == NO
    site.reboot()
    hub_gives(site)
    assert site.present(code()) == NO


def test_what_was_revoked_while_the_bridge_was_down_is_not_among_all_that_there_is(site: FakeSite) -> None:
    granted(site, code(3))
    site.start()
    site.happen(FeedChanged({}, whole=True))
    hub_gives(site)
    assert site.present(code(3)) == NO


def test_for_some_items_only_it_shows_and_opens_no_other(site: FakeSite) -> None:
    site.deposit("i2")
    hub_gives(site, replace(PROXY, items=("i2",)))
    visit = granted(site, code())
    assert [one.item for one in visit.items] == ["i2"]
    site.opens_and_shuts()
    site.wait(3_000)
    frames = len(site.frames)
    assert site.ask(messages.OpenItem(visit=visit.visit, item="i1")) == [Refused(why="item")]
    body = messages.Settle(visit=visit.visit, item="i1", outcome="missing")
    assert site.ask(body) == [Refused(why="item")]
    assert len(site.frames) == frames
    assert site.last(messages.Settled).remaining == 0


def test_a_registered_letter_stays_with_staff(site: FakeSite) -> None:
    site.deposit("i2", "p2", kind="registered_letter")
    hub_gives(site, replace(PROXY, person="p2"))
    frames = len(site.frames)
    assert [one.state for one in granted(site, code()).items] == ["blocked"]
    site.wait(10_000)
    assert len(site.frames) == frames


def test_staff_hand_over_under_a_mandate_that_is_good_for_it_and_no_other(site: FakeSite) -> None:
    visit = site.sign_in()
    body = messages.Settle(visit=visit, item="i1", outcome="taken", identity="document", proxy="proxy-1")
    other = replace(PROXY, proxy="other")
    for wrong in (replace(other, person="p2"), replace(other, until_ms=NOW_MS), None):
        hub_gives(site, wrong, "other")
        assert site.ask(replace(body, proxy="other")) == [Refused(why="item")]
    assert site.ask(body)[-1] == messages.Settled(item="i1", stands="collected")
    assert site.last(messages.ItemCollected).proxy == "proxy-1"


def test_who_bears_a_mandate_and_the_person_are_not_at_two_doors_at_once(site: FakeSite) -> None:
    first = granted(site, code())
    site.opens()
    second = granted(site, site.code_of("p1"), kiosk=OTHER_KIOSK)
    assert list(site.site.visits) == [second.visit]
    assert site.last(messages.VisitEnded).visit == first.visit
    assert len({frame.compartment for frame in site.frames}) == 1


def test_sent_for_one_thing_they_wait_until_the_other_door_is_shut(site: FakeSite) -> None:
    site.deposit("i2")
    hub_gives(site, replace(PROXY, items=("i2",)))
    granted(site, site.code_of("p1"))
    number, frames = site.opens(), len(site.frames)
    visit = granted(site, code(), kiosk=OTHER_KIOSK)
    site.wait(4_000)
    body = messages.OpenItem(visit=visit.visit, item="i2")
    assert site.ask(body, kiosk=OTHER_KIOSK) == [Refused(why="busy")]
    assert len(site.frames) == frames
    site.shut(number)
    assert site.last(messages.ItemCollected).proxy is None
    site.ask(body, kiosk=OTHER_KIOSK)
    site.opens_and_shuts()
    assert site.last(messages.ItemCollected).proxy == "proxy-1"


def test_whoever_showed_a_code_last_is_who_stands_at_the_door(site: FakeSite) -> None:
    other = replace(PROXY, proxy="proxy-2", number=8)
    hub_gives(site, other, "proxy-2")
    site.deposit("i2", "p2")
    granted(site, site.code_of("p2"), kiosk="kiosk-3")
    granted(site, code())  # waits its turn
    granted(site, code(proxy=other), kiosk=OTHER_KIOSK)
    hub_gives(site, None)
    site.wait(3_000)
    site.opens_and_shuts()
    intent, collected = site.last(messages.DoorIntent), site.last(messages.ItemCollected)
    assert (intent.actor, collected.item, collected.proxy) == ("proxy-2", "i1", "proxy-2")


def test_a_code_of_a_mandate_is_no_code_of_a_ticket_with_the_same_number() -> None:
    keys = [codes.Key("a", 70, 1, is_proxy=True), codes.Key("b", 70, 1)]
    digits = f"0070{pickup_code.proof(SITE_KEY, 'b', 1)}"
    assert codes.recognise_digits(SITE_KEY, keys, digits) is None


@pytest.mark.parametrize("digits", ["0007000000", "0008000000", "0000000000", code(1), code(5)])
def test_the_same_work_is_done_whatever_is_wrong(
    site: FakeSite, digits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = []
    real = pickup_code.proof

    def counted(site_key: bytes, owner: str, generation: int) -> str:
        computed.append(generation)
        return real(site_key, owner, generation)

    monkeypatch.setattr(pickup_code, "proof", counted)
    assert site.present(digits) == NO
    assert len(computed) == 2


def test_no_code_of_a_mandate_is_ever_written_down(site: FakeSite) -> None:
    granted(site, code(3))
    written = b"".join(site.records.values())
    assert code(3).encode() not in written
    assert code(3)[4:].encode() not in written
