"""Dialogues: a bag is lost, or the hub's pages say that it is over; its person comes with the ticket."""

from typing import Literal

import pytest

from contract import messages
from contract.messages import Claimed, Refused, Settled, VisitGranted
from locker_firmware_bridge.core import endings
from locker_firmware_bridge.core.happenings import FeedChanged
from tests.fakes.core_site import FakeSite

HowEnded = Literal["returned", "lost", "destroyed", "misread"]


def away(site: FakeSite, item: str = "b1", person: str = "p1") -> messages.Slip:
    """A bag was taken out of its door and sent to a partner; the ticket its person has."""
    slip = site.deposit(item, person, kind="bag")
    visit = site.sign_in()
    site.ask(messages.TakeOut(visit=visit, item=item, why="relay"))
    site.wait(3_000)
    site.opens_and_shuts()
    site.ask(messages.Settle(visit=visit, item=item, outcome="sent_out", to="cobbler"))
    site.ask(messages.LeaveVisit(visit=visit))
    return slip


def told(site: FakeSite, how: HowEnded, item: str = "b1", allocation: int | None = None) -> messages.Ended:
    """The hub's word on the allocation we know, or on this one."""
    known = site.site.items[item]
    document = messages.Ended(
        item=item, compartment=known.compartment, allocation=allocation or known.allocation, how=how
    )
    site.happen(FeedChanged({f"ended/{item}": document}))
    return document


def lost(site: FakeSite, item: str = "b1") -> messages.AnswerBody:
    return site.ask(messages.Settle(visit=site.sign_in(), item=item, outcome="lost"))[-1]


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def granted(site: FakeSite, slip: messages.Slip) -> messages.VisitItem:
    answer = site.present(slip.digits)[0]
    assert isinstance(answer, VisitGranted), answer
    (item,) = answer.items
    return item


def test_given_up_as_lost_at_the_hub_it_is_away_no_more_and_its_ticket_tells_so(site: FakeSite) -> None:
    slip = away(site)
    told(site, "lost")
    assert site.last(messages.ItemEnded) == messages.ItemEnded(item="b1", how="lost")
    stock = site.ask(messages.TakeStock(visit=site.sign_in()))[-1]
    assert isinstance(stock, messages.Stock)
    assert (stock.away, stock.in_hand) == ((), ())
    frames = len(site.frames)
    assert granted(site, slip).lost
    assert len(site.frames) == frames, "no door opens for it"
    assert granted(site, slip).state == "away", "what a kiosk that knows no lost things understands"


@pytest.mark.parametrize("how", ["returned", "misread", "destroyed"])
def test_what_its_person_has_or_never_will_is_over_with_its_code(site: FakeSite, how: HowEnded) -> None:
    slip = away(site)
    told(site, how)
    assert "b1" not in site.site.items
    assert site.last(messages.PickupClosed).ticket == slip.ticket
    assert site.present(slip.digits) == [Refused(why="code")]


def test_the_other_things_of_that_person_keep_their_code(site: FakeSite) -> None:
    slip = site.deposit("parcel")
    away(site)
    told(site, "returned")
    assert granted(site, slip).item == "parcel"


def test_heard_again_at_each_start_it_is_obeyed_once(site: FakeSite) -> None:
    away(site)
    document = told(site, "lost")
    site.start()
    site.happen(FeedChanged({"ended/b1": document}, whole=True))
    assert site.kinds_of_facts().count("item_ended") == 1


def test_found_again_it_has_its_place_and_code_and_an_old_word_of_the_hub_takes_neither(
    site: FakeSite,
) -> None:
    slip = away(site)
    document = told(site, "lost")
    visit = site.sign_in()
    assert isinstance(site.claim(visit, "b1", kind="bag"), Claimed)
    site.happen(FeedChanged({"ended/b1": document}))
    site.ask(messages.OpenItem(visit=visit, item="b1"))
    site.wait(3_000)
    site.opens_and_shuts()
    site.ask(messages.LeaveVisit(visit=visit))
    site.start()
    site.happen(FeedChanged({"ended/b1": document}, whole=True))
    assert site.site.items["b1"].stage == "held"
    site.wait(3_000)
    seen = site.present(slip.digits)[0]
    assert isinstance(seen, VisitGranted)
    assert [(one.state, one.lost) for one in seen.items] == [("opening", False)]


def test_what_lies_behind_a_door_or_is_of_another_use_of_it_is_not_the_hub_s_to_end(site: FakeSite) -> None:
    site.deposit("b1", kind="bag")
    told(site, "returned")
    assert site.site.items["b1"].stage == "held"
    away(site, "b2", "p2")
    told(site, "returned", "b2", allocation=7)
    assert site.site.items["b2"].stage == "away"
    site.happen(FeedChanged({"ended/b3": messages.Ended(item="b3", compartment=1, allocation=1, how="lost")}))
    assert "item_ended" not in site.kinds_of_facts()


def test_a_bag_staff_looked_for_in_vain_is_told_to_who_comes_with_its_ticket(site: FakeSite) -> None:
    slip = away(site)
    assert lost(site) == Settled(item="b1", stands="lost")
    assert granted(site, slip).lost
    assert lost(site) == Refused(why="item"), "it is lost already"
    told(site, "returned")
    assert site.present(slip.digits) == [Refused(why="code")]


def test_a_parcel_that_is_lost_keeps_no_ticket_it_is_taken_in_anew(site: FakeSite) -> None:
    slip = site.deposit("parcel")
    lost(site, "parcel")
    assert site.present(slip.digits) == [Refused(why="code")]


def test_lost_things_are_remembered_so_far_and_no_further(
    site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "MOST_LOST", 1)
    first, second = away(site, "b1", "p1"), away(site, "b2", "p2")
    lost(site, "b1")
    site.start()
    lost(site, "b2")
    site.wait(3_000)
    assert site.present(first.digits) == [Refused(why="code")]
    assert granted(site, second).lost
    assert isinstance(site.claim(site.sign_in(), "b1", kind="bag"), Claimed), "and if it turns up after all?"
