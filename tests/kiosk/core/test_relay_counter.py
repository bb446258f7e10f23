"""Dialogues: somebody brings a bag to the counter, and it goes its way without a drop door."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from contract import bag_tag
from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import relay_events as re
from kiosk.core import relay_out
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.catalogue import Offers
from kiosk.core.flow import can_go_back
from kiosk.core.relay_steps import bag_of
from tests.fakes.services import BASKET, HOUR_MS, LAUNDRY, NOW_MS, SHOES
from tests.kiosk.core.at_the_relay import MANIFEST, STOCK, bags, does, facts, put_in, scans, stock, tag, why
from tests.kiosk.core.dialogue import SAMIRA, Dialogue, sounds

OFFERS = Offers((SHOES, LAUNDRY, BASKET), site="Borny", now_ms=NOW_MS)
SEALED = m.Sealed(order="o-1", seal="d5a30ab783050e46bc386d08ced9d7d2", word="FIBO-BERA")
NOTHING = m.Stock(places=())
LONE = m.Tracked(item="h-1", person="p-1", kind="bag", state="in_hand", tag=bag_tag.printed("h-1"))


def begun() -> Dialogue:
    told = bags(NOTHING, (LAUNDRY, SHOES)).on(ev.DropWanted(OFFERS, ("n-1", "o-1", "nobody-1")))
    told.shows(r.WhoBrings)
    return told


def asked_what() -> Dialogue:
    """It is Samira's."""
    told = begun().on(e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))
    told.shows(d.Services)
    return told


def to_be_taken() -> Dialogue:
    """Her laundry, twelve pieces."""
    told = asked_what().on(ev.ServiceChosen("laundry", OFFERS), ev.GoOn(), ev.CountSaid(12))
    told.shows(r.TakeIt)
    return told


def scans_tag(told: Dialogue, offers: Offers) -> Dialogue:
    """A bag's own tag, at the moment of these offers."""
    return told.on(e.Scanned("NET-0021744", offers=offers))


def taken_in(told: Dialogue | None = None) -> Dialogue:
    told = (told or to_be_taken()).on(ev.Agreed(OFFERS))
    told.shows(r.SealingIt)
    told.answers(SEALED).shows(r.TakenIn)
    return told


def test_what_is_taken_is_written_down_before_the_receipt_is_sealed() -> None:
    told = taken_in()
    order, *rest = facts(told, m.OrderPlaced)
    assert isinstance(order, m.OrderPlaced)
    assert (order.person, order.way, order.staff, order.pieces) == ("p-1", "staff", "staff-1", 12)
    assert (order.anonymous, order.total_cents, rest) == (False, 350, [])
    assert [fact.by for fact in facts(told, m.PiecesCounted)] == ["person", "staff"]  # type: ignore[attr-defined]
    printed = bag_tag.printed("n-1")
    assert facts(told, m.BagTagged) == [m.BagTagged(tag=printed, item="n-1", how="printed")]
    assert facts(told, m.BagScanned) == [
        m.BagScanned(
            tag=printed,
            side="take",
            holder=m.Holder(kind="staff", id="staff-1"),
            item="n-1",
            post="reception",
        )
    ]
    assert facts(told, m.ReceiptShown) == [m.ReceiptShown(order="o-1", how="screen", word="FIBO-BERA")]


def test_the_tag_on_the_bag_is_a_yes_and_stays_its_tag() -> None:
    told = scans_tag(to_be_taken(), OFFERS)
    assert sounds(told) == "ok"
    told.answers(SEALED).shows(r.TakenIn)
    assert facts(told, m.BagTagged) == [m.BagTagged(tag="NET-0021744", item="n-1", how="scanned")]


@pytest.mark.parametrize(
    "services", [(SHOES,), (SHOES, msgspec.structs.replace(LAUNDRY, version=4, cents=400))]
)
@pytest.mark.parametrize("says_yes", [scans_tag, lambda told, offers: told.on(ev.Agreed(offers))])
def test_what_was_removed_or_repriced_meanwhile_is_not_taken(
    services: tuple[m.Service, ...], says_yes: Callable[[Dialogue, Offers], Dialogue]
) -> None:
    told = says_yes(to_be_taken(), replace(OFFERS, services=services))
    assert told.shows(d.Services).gone
    assert facts(told, m.OrderPlaced) == []


@pytest.mark.parametrize("says_yes", [scans_tag, lambda told, offers: told.on(ev.Agreed(offers))])
def test_what_is_ready_later_meanwhile_is_shown_before_it_is_taken(
    says_yes: Callable[[Dialogue, Offers], Dialogue],
) -> None:
    late = replace(OFFERS, now_ms=NOW_MS + 2 * HOUR_MS)
    told = says_yes(to_be_taken(), late)
    assert told.shows(r.TakeIt).later
    assert facts(told, m.OrderPlaced) == []
    says_yes(told, late).shows(r.SealingIt)


@pytest.mark.parametrize(("text", "meant"), [("B1AAAAAAAAAA", "misread"), ("C1" + "A" * 26, "ticket")])
def test_what_is_no_tag_takes_nothing(text: str, meant: str) -> None:
    told = scans(to_be_taken(), text)
    assert why(told) == meant
    told.shows(r.TakeIt)
    assert facts(told, m.OrderPlaced) == []


def test_a_tag_that_is_on_another_bag_takes_nothing() -> None:
    told = bags().on(ev.DropWanted(OFFERS, ("n-1", "o-1", "nobody-1")), e.UnknownSaid("x"))
    told.on(ev.ServiceChosen("shoes", OFFERS)).shows(r.TakeIt)
    assert why(scans(told, tag("h-1"))) == "other_bag"


@pytest.mark.parametrize(("person", "owner"), [("p-1", ("p-1", False)), ("", ("p-1", True))])
def test_the_tag_of_a_bag_without_an_order_says_what_is_ordered_for(
    person: str, owner: tuple[str, bool]
) -> None:
    here = m.Stock(places=(), in_hand=(STOCK.in_hand[0],))
    told = bags(here, (LAUNDRY, SHOES, LONE)).on(ev.DropWanted(OFFERS, ("n-1", "o-1", "nobody-1")))
    told.on(e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1") if person else e.UnknownSaid("x"))
    told.on(ev.ServiceChosen("shoes", OFFERS)).shows(r.TakeIt)
    assert sounds(told.on(e.Scanned(tag("h-1"), offers=OFFERS))) == "ok"
    (order,) = facts(told, m.OrderPlaced)
    assert isinstance(order, m.OrderPlaced)
    assert (order.item, order.number) == ("h-1", bag_tag.printed("h-1"))
    assert (order.person, order.anonymous) == owner


def test_a_bag_that_lockers_hold_for_another_is_not_what_is_ordered_for() -> None:
    here = m.Stock(places=(), in_hand=(msgspec.structs.replace(STOCK.in_hand[0], person="p-2"),))
    told = bags(here, (LAUNDRY, SHOES, msgspec.structs.replace(LONE, person="p-2")))
    told.on(ev.DropWanted(OFFERS, ("n-1", "o-1", "nobody-1")))
    told.on(e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"), ev.ServiceChosen("shoes", OFFERS))
    assert why(scans(told, tag("h-1"))) == "other_bag"


def test_without_a_name_it_is_somebodys_of_whom_nobody_knows() -> None:
    told = begun().on(e.UnknownSaid("x"), ev.ServiceChosen("shoes", OFFERS))
    (order,) = facts(taken_in(told), m.OrderPlaced)
    assert (order.person, order.anonymous) == ("nobody-1", True)  # type: ignore[attr-defined]


def test_enter_takes_the_first_name_and_nobody_is_none() -> None:
    told = begun().on(e.Entered("", (), "new"))
    told.shows(r.WhoBrings)
    told.on(e.PeopleFound("sam", (SAMIRA,)), e.Entered("sam", (), "new")).shows(d.Services)


def test_something_else_has_no_order_and_no_price() -> None:
    told = taken_in(asked_what().on(ev.ServiceChosen("", OFFERS)))
    assert facts(told, m.OrderPlaced) == []
    assert [fact.post for fact in facts(told, m.BagScanned)] == ["reception"]  # type: ignore[attr-defined]


def test_what_only_has_to_come_is_ordered_and_nothing_is_in_hand() -> None:
    told = taken_in(asked_what().on(ev.ServiceChosen("basket", OFFERS)))
    assert len(facts(told, m.OrderPlaced)) == 1
    assert facts(told, m.BagScanned) == []


def test_silent_lockers_leave_the_receipt_without_a_check_word_and_nothing_is_lost() -> None:
    told = to_be_taken().on(ev.Agreed(OFFERS))
    told.on(e.NoAnswer(told.state.waiting)).shows(r.TakenIn)
    assert told.state.drop is not None
    assert told.state.drop.seal is None
    assert facts(told, m.ReceiptShown) == []


def test_it_goes_to_its_partner_and_comes_back_to_a_door_with_a_code() -> None:
    told = does(taken_in(), "done")
    stock(told, NOTHING, (LAUNDRY, SHOES)).shows(r.Bags)
    stock(does(told, "out"), NOTHING, (LAUNDRY, SHOES))
    told.on(re.PartnerChosen("partner-2", MANIFEST))
    scans(told, tag("n-1"))
    assert why(told) == "counted"
    asks = len(told.asks)
    does(told, "all", "sign", "signed").shows(r.SentOut)
    assert len(told.asks) == asks, "the bridge never had it"
    stock(does(told, "done", "home"), NOTHING, (LAUNDRY, SHOES))
    bag = bag_of(told.state, "n-1")
    assert bag is not None
    assert bag.at == "away"
    assert relay_out.partners(told.state) == ()
    put_in(scans(does(told, "back"), tag("n-1")), 5).shows(r.ComingBack)
    claim = next(body for body in told.asks if isinstance(body, m.Claim))
    assert (claim.item, claim.person, claim.kind) == ("n-1", "p-1", "bag")


def test_back_goes_one_question_back_and_then_to_the_bags() -> None:
    told = to_be_taken()
    for kind in (d.HowMany, d.Options, d.Services, r.WhoBrings):
        assert can_go_back(told.state)
        told.on(e.Back()).shows(kind)
    stock(told.on(e.Back()), STOCK).shows(r.Bags)
    assert told.state.drop is None


def test_leaving_before_the_yes_leaves_nothing() -> None:
    told = to_be_taken().on(e.Leave())
    told.shows(s.Start)
    assert facts(told, m.OrderPlaced) == facts(told, m.OrderCancelled) == []


def test_leaving_after_it_cancels_nothing() -> None:
    told = taken_in().on(e.Leave())
    assert facts(told, m.OrderCancelled) == []


def test_printed_it_is_a_fact_once() -> None:
    told = taken_in().on(e.SlipsPrinted())
    assert told.shows(r.TakenIn).printed
    assert [fact.how for fact in facts(told, m.ReceiptShown)] == ["screen", "print"]  # type: ignore[attr-defined]
