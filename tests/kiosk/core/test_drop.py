from dataclasses import replace
from typing import Literal

import msgspec
import pytest

from contract import bag_tag, receipt
from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import relay_events as re
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.catalogue import Offers
from kiosk.core.dropping import Drop
from kiosk.core.relay import tag_of
from kiosk.core.relay_memory import Memory, noted
from kiosk.core.state import Record, Send
from tests.fakes.services import BASKET, DAY_MS, HOUR_MS, NOW_MS, SERVICES, SHOES
from tests.kiosk.core.at_the_drop import (
    BIGGER,
    DOOR,
    NUMBER,
    OFFERS,
    SEALED,
    agreed,
    at_the_door,
    dropped,
    known,
    wanting,
)
from tests.kiosk.core.dialogue import CODE, SLIP, TOKEN, Dialogue

PLACED = m.OrderPlaced(
    order="order-1",
    number=NUMBER,
    item="item-1",
    kind="object",
    person="p-1",
    way="code",
    service="shoes",
    version=12,
    partner="partner-1",
    lines=(m.OrderLine(name="Cordonnerie", unit_cents=1200),),
    total_cents=1200,
    promised_ms=NOW_MS + 7 * HOUR_MS,
)
TAGGED_HERE = m.BagTagged(tag="SAC 00071", item="other", how="scanned")
TAGGED = m.BagTagged(tag=NUMBER, item="item-1", how="printed")
RECEIPT = "R1" + "5a" * 16 + "x" * 90
LEFT = m.Settled(item="item-1", stands="left", pickup="pu-1", slip=SLIP)
DROPPED = m.Settled(item="item-1", stands="dropped")
CANCELLED = m.OrderCancelled(order="order-1", why="given_up")


# --- who it is -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        (e.CodeTyped(CODE), m.StartDrop(digits=CODE)),
        (e.Scanned(TOKEN), m.StartDrop(token=TOKEN)),
        (e.Scanned("04A2B3C4"), m.StartDrop(badge="04A2B3C4")),
        (e.Scanned("EMP-0042"), m.StartDrop(badge="EMP-0042")),
        (ev.NoCard(), m.StartDrop()),
    ],
)
def test_badge_ticket_code_or_nothing_at_all(event: e.PersonEvent, asked: m.StartDrop) -> None:
    told = wanting().on(event)
    assert told.asks == [asked]
    told.shows(d.Starting)
    assert told.answers(m.DropGranted(visit="dv")).shows(d.Services) == d.Services()


def test_a_wrong_code_says_so_and_no_card_still_works_while_the_keypad_waits() -> None:
    told = wanting().on(e.CodeTyped(CODE)).answers(m.Refused(why="code", wait_seconds=15))
    assert told.shows(d.WhoDrops) == d.WhoDrops(refused=True, wait_seconds=15)
    assert told.on(e.CodeTyped(CODE)).asks == [m.StartDrop(digits=CODE)]
    assert told.on(ev.NoCard()).asks[-1] == m.StartDrop()
    told.answers(m.DropGranted(visit="dv")).on(ev.ServiceChosen("shoes", OFFERS), ev.Agreed(OFFERS))
    told.answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts[0].way == "none"  # type: ignore[attr-defined]


@pytest.mark.parametrize("length", [90, 900])
def test_a_receipt_says_nothing_of_who_somebody_is(length: int) -> None:
    told = wanting().on(e.Scanned("R1" + "5a" * 16 + "x" * length))
    assert (told.asks, told.facts, told.screen) == ([], [], d.WhoDrops(receipt=True))


def test_the_wait_ends_by_itself() -> None:
    told = wanting().on(e.CodeTyped(CODE)).answers(m.Refused(why="code", wait_seconds=15))
    assert told.timer("step") == 15_000
    assert told.fires("step").shows(d.WhoDrops) == d.WhoDrops(refused=True)


def test_a_code_of_a_wrong_length_is_not_even_asked() -> None:
    told = wanting().on(e.CodeTyped("1"))
    assert (told.asks, told.screen) == ([], d.WhoDrops(refused=True))


def test_what_is_granted_to_nobody_any_more_is_given_back() -> None:
    told = wanting().on(e.CodeTyped(CODE))
    ask = told.state.waiting
    told.on(e.Leave()).answers(m.DropGranted(visit="late"), ask=ask)
    assert told.asks[-1] == m.LeaveVisit(visit="late")
    told.shows(s.Start)


def test_the_language_of_the_person_is_gone_on_in() -> None:
    told = wanting().on(e.CodeTyped(CODE))
    told.on(e.Answered(told.state.waiting, m.DropGranted(visit="dv", person="p"), 1, language="ar"))
    assert told.state.language == "ar"


# --- the shortest way ------------------------------------------------------------------------------


def test_shoes_from_tile_to_receipt_in_three_touches_with_every_fact_before_the_door() -> None:
    told = known().on(ev.ServiceChosen("shoes", OFFERS))
    told.shows(d.Agree)
    told.on(ev.Agreed(OFFERS))
    claim = m.Claim(visit="dv", item="item-1", person="p-1", size="S", kind="object")
    assert told.asks[-1] == claim
    assert told.facts == []
    told.answers(m.Claimed(visit="dv", item=DOOR))
    order, tag, asked = told.last[:3]
    assert (order, tag) == (Record(PLACED), Record(TAGGED))
    assert isinstance(asked, Send)
    assert asked.body == m.OpenItem(visit="dv", item="item-1")
    assert told.shows(s.Opening).item == DOOR
    told.door(DOOR, "intent", "pulsed", "opened").shows(s.DoorOpen)
    told.door(DOOR, "closed").shows(s.DoorClosed)
    told.settled(DOOR, "left", pickup="pu-1", slip=SLIP).shows(d.Sealing)
    assert isinstance(told.asks[-1], m.SealReceipt)
    told.answers(SEALED).shows(d.DropReceipt)
    assert told.facts[-2:] == [
        m.ReceiptShown(order="order-1", how="screen", word=SEALED.word),
        m.SlipShown(item="item-1", pickup="pu-1", how="screen"),
    ]
    told.on(ev.GoOn()).shows(d.DropTicket)
    assert told.on(e.Leave()).asks[-1] == m.LeaveVisit(visit="dv")
    assert CANCELLED not in told.facts
    told.shows(s.Start)


def test_nothing_is_said_to_be_dropped_before_the_bridge_says_so() -> None:
    told = at_the_door().door(DOOR, "closed")
    assert told.timer("step") == 4_000
    told.fires("step").shows(s.Silent)
    told.settled(DOOR, "left", pickup="pu-1", slip=SLIP).answers(SEALED).shows(d.DropReceipt)


def test_the_receipt_has_every_field_a_mediator_wants() -> None:
    [seal] = [one for one in dropped().asks if isinstance(one, m.SealReceipt)]
    assert seal.receipt == receipt.Receipt(
        number=NUMBER,
        order="order-1",
        site="Conciergerie de Borny",
        at_ms=NOW_MS,
        service="Cordonnerie",
        partner="Cordonnerie Bellecroix",
        lines=(receipt.ReceiptLine("Cordonnerie", 1, 1200),),
        total_cents=1200,
        promised_ms=NOW_MS + 7 * HOUR_MS,
        place="3",
        tag=NUMBER,
    )


def test_without_a_seal_it_lies_there_all_the_same_and_a_late_one_is_shown() -> None:
    told = at_the_door().door(DOOR, "closed").settled(DOOR, "left", pickup="pu-1", slip=SLIP)
    told.on(e.NoAnswer(told.state.waiting)).shows(d.DropReceipt)
    assert m.ReceiptShown not in map(type, told.facts)
    told.answers(SEALED)
    assert told.state.drop is not None
    assert told.state.drop.seal == SEALED


def test_printing_is_a_fact_once() -> None:
    told = dropped().on(e.SlipsPrinted(), e.SlipsPrinted())
    printed = [one for one in told.facts if getattr(one, "how", "") == "print"]
    assert [type(one).__name__ for one in printed] == ["ReceiptShown", "SlipShown"]


def test_nobody_known_gets_an_id_of_their_own_and_a_ticket_of_their_own() -> None:
    told = dropped(person=None)
    [placed] = [one for one in told.facts if isinstance(one, m.OrderPlaced)]
    assert (placed.person, placed.anonymous, placed.way) == ("stranger-1", True, "none")
    [claimed] = [one for one in told.asks if isinstance(one, m.Claim)]
    assert claimed.person == "stranger-1"
    assert told.state.drop is not None
    assert told.state.drop.slip == SLIP


def test_whoever_is_not_known_drops_and_orders_under_the_id_the_bridge_made() -> None:
    granted = m.DropGranted(visit="dv", stranger="made-there")
    told = wanting().on(ev.NoCard()).answers(granted)
    told.on(ev.ServiceChosen("shoes", OFFERS), ev.Agreed(OFFERS)).answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts[0].person == "made-there"  # type: ignore[attr-defined]
    [claimed] = [one for one in told.asks if isinstance(one, m.Claim)]
    assert claimed.person == "made-there"


# --- questions -------------------------------------------------------------------------------------


def test_options_are_counted_up_to_their_most_and_down_to_none() -> None:
    told = known().on(ev.ServiceChosen("laundry", OFFERS))
    told.shows(d.Options)
    told.on(*[ev.OptionCounted("stain", more=True)] * 3)
    assert drop_of(told).count_of("stain") == 2
    assert drop_of(told).total_cents == 350 + 2 * 205
    told.on(*[ev.OptionCounted("stain", more=False)] * 3, ev.OptionCounted("nonsense", more=True))
    assert drop_of(told).total_cents == 350


def test_pieces_are_counted_by_the_person_and_the_count_is_a_fact() -> None:
    told = known().on(ev.ServiceChosen("laundry", OFFERS), ev.GoOn())
    told.shows(d.HowMany)
    told.on(e.MoreWanted(), ev.CountSaid(12)).shows(d.Agree)
    told.on(ev.Agreed(OFFERS)).answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts[1] == m.PiecesCounted(item="item-1", by="person", pieces=12)
    assert told.facts[0].pieces == 12  # type: ignore[attr-defined]


@pytest.mark.parametrize("pieces", [0, 100])
def test_a_count_that_cannot_be_is_not_heard(pieces: int) -> None:
    known().on(ev.ServiceChosen("laundry", OFFERS), ev.GoOn(), ev.CountSaid(pieces)).shows(d.HowMany)


def test_back_goes_question_by_question_and_out() -> None:
    told = known().on(e.MoreWanted())
    assert told.shows(d.Services).page == 1
    assert told.on(e.Back()).shows(d.Services).page == 0
    told.on(ev.ServiceChosen("laundry", OFFERS), ev.GoOn(), ev.CountSaid(2))
    for screen in (d.HowMany, d.Options, d.Services, s.Start):
        told.on(e.Back()).shows(screen)
    assert told.asks[-1] == m.LeaveVisit(visit="dv")
    assert told.facts == []


def test_pages_come_round() -> None:
    assert known().on(e.MoreWanted(), e.MoreWanted()).shows(d.Services).page == 0
    told = known().on(ev.ServiceChosen("laundry", OFFERS), e.MoreWanted())
    assert told.shows(d.Options).page == 1
    assert told.on(e.MoreWanted()).shows(d.Options).page == 0


def test_something_else_is_a_bag_without_an_order() -> None:
    told = (
        known().on(ev.ServiceChosen("", OFFERS), ev.Agreed(OFFERS)).answers(m.Claimed(visit="dv", item=DOOR))
    )
    assert told.asks[-2] == m.Claim(visit="dv", item="item-1", person="p-1", size="M", kind="bag")
    assert told.facts == [TAGGED]
    told.door(DOOR, "opened", "closed").settled(DOOR, "left", pickup="pu-1", slip=SLIP)
    assert told.asks[-1].receipt.order == "item-1"  # type: ignore[union-attr]
    told.answers(SEALED).shows(d.DropReceipt)
    assert m.ReceiptShown(order="item-1", how="screen", word=SEALED.word) in told.facts
    assert m.OrderPlaced not in map(type, told.facts)


def test_a_service_that_was_taken_away_meanwhile_is_not_ordered() -> None:
    without = replace(OFFERS, services=SERVICES[1:])
    told = known().on(ev.ServiceChosen("shoes", OFFERS), ev.Agreed(without))
    assert told.shows(d.Services).gone
    assert drop_of(told).offers == without
    assert known().on(ev.ServiceChosen("shoes", without)).shows(d.Services).gone


def test_a_price_that_changed_meanwhile_is_shown_before_anything_is_ordered() -> None:
    dearer = replace(OFFERS, services=(msgspec.structs.replace(SHOES, version=13, cents=1300),))
    told = known().on(ev.ServiceChosen("shoes", OFFERS), ev.Agreed(dearer))
    assert told.shows(d.Services).gone
    told.on(ev.ServiceChosen("shoes", dearer), ev.Agreed(dearer))
    assert drop_of(told).total_cents == 1300


def test_what_cannot_be_ready_in_time_any_more_is_shown_before_it_is_ordered() -> None:
    later = replace(OFFERS, now_ms=NOW_MS + 2 * HOUR_MS)
    told = known().on(ev.ServiceChosen("shoes", OFFERS), ev.Agreed(later))
    assert told.shows(d.Agree).note == "later"
    assert told.asks[-1:] == [m.StartDrop(digits=CODE)]
    told.on(ev.Agreed(later)).answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts[0].promised_ms == NOW_MS + 3 * DAY_MS  # type: ignore[attr-defined]


def test_promises_worked_out_anew_are_no_change_of_the_service() -> None:
    [first, *more] = SHOES.promises
    again = replace(OFFERS, services=(msgspec.structs.replace(SHOES, promises=(*more, first)),))
    assert known().on(ev.ServiceChosen("shoes", OFFERS), ev.Agreed(again)).shows(s.Claiming)


def test_without_a_clock_nothing_is_promised_and_the_drop_goes_on() -> None:
    clockless = Offers(SERVICES[:1], site="Borny")
    told = known(offers=clockless).on(ev.ServiceChosen("shoes", clockless), ev.Agreed(clockless))
    told.answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts[0].promised_ms is None  # type: ignore[attr-defined]


# --- tags ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("NET-0021744", "NET-0021744"),
        (bag_tag.scanned(bag_tag.printed("old")), bag_tag.printed("old")),
        ("]C0" + bag_tag.scanned(bag_tag.printed("old")), bag_tag.printed("old")),
    ],
)
def test_a_tag_of_its_own_is_kept_and_is_the_yes(text: str, tag: str) -> None:
    told = known().on(ev.ServiceChosen("shoes", OFFERS), e.Scanned(text, offers=OFFERS))
    told.answers(m.Claimed(visit="dv", item=DOOR))
    assert told.facts == [PLACED, m.BagTagged(tag=tag, item="item-1", how="scanned")]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("B1" + "A" * 10, "misread"),
        (TOKEN, "not_a_tag"),
        (CODE, "not_a_tag"),
        ("04A2B3C4", "not_a_tag"),
        (RECEIPT, "not_a_tag"),
        ("NET-0021744", "in_use"),
        ("net-002 1744", "in_use"),
        ("LINGE 12", "in_use"),
        ("SAC 00071", "in_use"),
    ],
)
def test_what_is_no_tag_of_this_bag_says_so_and_orders_nothing(text: str, note: str) -> None:
    """Tags that are on their way: as the hub keeps them, and as this kiosk has written them down itself."""
    offers = replace(OFFERS, tags=frozenset({"NET-0021744", tag_of("LINGE 12")}))
    here = m.BagScanned(
        tag="SAC 00071",
        side="take",
        holder=m.Holder(kind="staff", id="s"),
        item="other",
        post="reception",
    )
    begun = known()
    begun.state = replace(begun.state, memory=noted(noted(Memory(), TAGGED_HERE), here))
    told = begun.on(ev.ServiceChosen("shoes", OFFERS), e.Scanned(text, offers=offers))
    assert told.shows(d.Agree).note == note
    assert told.facts == []


def test_a_tag_is_kept_as_staff_will_find_it_and_no_name_that_it_bears() -> None:
    told = known().on(ev.ServiceChosen("shoes", OFFERS), e.Scanned("Samira Haddad", offers=OFFERS))
    told.answers(m.Claimed(visit="dv", item=DOOR))
    [tagged] = [one for one in told.facts if isinstance(one, m.BagTagged)]
    assert tagged.tag == tag_of("Samira Haddad")
    assert "Samira" not in repr((told.facts, told.asks))


def test_a_tag_that_came_back_may_be_on_another_bag() -> None:
    given = m.BagScanned(
        tag="SAC 00071",
        side="give",
        holder=m.Holder(kind="staff", id="s"),
        other=m.Holder(kind="partner", id="partner-1"),
        item="other",
        manifest="f" * 32,
    )
    back = msgspec.structs.replace(given, side="take", manifest=None)
    told = known().on(ev.ServiceChosen("shoes", OFFERS))
    away = noted(noted(Memory(), TAGGED_HERE), given)
    for memory, screen in ((away, d.Agree), (noted(away, back), s.Claiming)):
        here = Dialogue(replace(told.state, memory=memory))
        here.on(e.Scanned("SAC 00071", offers=OFFERS)).shows(screen)


# --- what comes, without a door --------------------------------------------------------------------


def test_a_basket_is_ordered_without_a_door() -> None:
    told = agreed("basket")
    placed, seal = told.facts[0], told.asks[-1]
    assert isinstance(placed, m.OrderPlaced)
    assert (placed.service, placed.pay, placed.total_cents) == ("basket", "employer", 1050)
    assert [type(one) for one in told.facts] == [m.OrderPlaced]
    assert isinstance(seal, m.SealReceipt)
    assert (seal.receipt.place, seal.receipt.tag) == ("", "")
    told.answers(SEALED).shows(d.DropReceipt)
    told.on(ev.GoOn()).shows(s.Start)
    assert not [one for one in told.asks if isinstance(one, m.Claim)]
    assert CANCELLED not in told.facts


def test_a_bag_that_left_at_another_kiosk_is_not_on_its_way_any_more() -> None:
    given = m.BagScanned(
        tag="SAC 00071",
        side="give",
        holder=m.Holder(kind="staff", id="s"),
        other=m.Holder(kind="partner", id="partner-1"),
        item="other",
        manifest="f" * 32,
    )
    told = known().on(ev.ServiceChosen("shoes", OFFERS))
    told.state = replace(told.state, memory=noted(noted(Memory(), TAGGED_HERE), given))
    told.on(e.Scanned("SAC 00071", offers=OFFERS)).shows(d.Agree)
    told.on(e.BagsOver(frozenset({"other"})), e.Scanned("SAC 00071", offers=OFFERS)).shows(s.Claiming)


def test_what_is_ordered_has_no_tag() -> None:
    told = known().on(ev.ServiceChosen("basket", OFFERS), e.Scanned("NET-0021744", offers=OFFERS))
    assert (told.facts, told.screen) == ([], d.Agree())
    assert BASKET.way == "order"


# --- the door --------------------------------------------------------------------------------------


def test_bigger_waits_for_the_door_to_shut_and_asks_for_the_next_size() -> None:
    told = at_the_door().on(e.Bigger())
    assert told.asks[-1:] == [m.Settle(visit="dv", item="item-1", outcome="bigger")]
    assert told.settled(DOOR, "dropped").shows(s.Claiming).door_open
    told.door(DOOR, "closed")
    assert told.asks[-1:] == [m.Claim(visit="dv", item="item-1", person="p-1", size="M", kind="object")]
    facts = told.facts
    told.answers(m.Claimed(visit="dv", item=BIGGER)).door(BIGGER, "intent", "pulsed", "opened")
    assert told.shows(s.DoorOpen).item == BIGGER
    assert told.facts == facts
    told.door(BIGGER, "closed").settled(BIGGER, "left", pickup="pu-1", slip=SLIP)
    assert told.asks[-1].receipt.place == "9"  # type: ignore[union-attr]


def test_the_size_its_service_needs_is_asked_for_first() -> None:
    large = msgspec.structs.replace(SHOES, size="L")
    offers = replace(OFFERS, services=(large, *SERVICES[1:]))
    told = agreed(offers=offers)
    assert told.asks[-1].size == "L"  # type: ignore[union-attr]
    told = known(offers=offers).on(ev.ServiceChosen("shoes", offers), e.Back())
    told.on(ev.ServiceChosen("", offers), ev.Agreed(offers))
    assert told.asks[-1].size == "M", "a bag of whatever it is"  # type: ignore[union-attr]


def test_bigger_than_a_door_that_was_already_large() -> None:
    told = at_the_door().on(e.Bigger("L")).door(DOOR, "closed").settled(DOOR, "dropped")
    assert told.asks[-1].size == "XL"  # type: ignore[union-attr]


def test_no_bigger_door_leaves_a_way_out_and_leaving_cancels() -> None:
    told = at_the_door().on(e.Bigger()).settled(DOOR, "dropped").door(DOOR, "closed").answers(m.Full())
    assert told.shows(d.NoDoor).bigger
    assert told.on(ev.GoOn()).asks[-1].size == "M"  # type: ignore[union-attr]
    told.answers(m.Full(sizes=("S",)))
    assert told.on(ev.GoOn()).asks[-1].size == "S", "the largest there is"  # type: ignore[union-attr]
    told.answers(m.Full()).on(e.Leave())
    assert told.facts[-1] == CANCELLED


def test_no_door_at_all_orders_nothing() -> None:
    told = agreed().answers(m.Full())
    assert not told.shows(d.NoDoor).bigger
    assert told.on(e.Leave()).facts == []


def test_enough_lies_here_of_people_nobody_knows() -> None:
    told = wanting().on(ev.NoCard()).answers(m.Refused(why="cap", wait_seconds=600))
    told.shows(d.NoDoor)
    assert told.on(ev.GoOn()).asks == [m.StartDrop(), m.StartDrop()]


def test_no_ticket_number_left_is_no_door() -> None:
    agreed().answers(m.Refused(why="tickets")).shows(d.NoDoor)


def test_given_up_cancels_the_order_and_tells_the_bridge() -> None:
    told = at_the_door().on(e.Undo())
    assert told.asks[-1] == m.Settle(visit="dv", item="item-1", outcome="given_up")
    assert CANCELLED not in told.facts, "the bridge has not said yet whether it lies there"
    told.settled(DOOR, "dropped").shows(s.Claiming)
    assert told.last[0] == Record(CANCELLED, needed=False)
    told.door(DOOR, "closed").shows(d.DropEnded)
    told.fires("step").shows(s.Start)
    assert told.facts.count(CANCELLED) == 1


@pytest.mark.parametrize("touch", [e.Undo(), e.Bigger()])
def test_leaving_before_the_bridge_has_taken_it_back_leaves_it_to_the_bridge(touch: e.PersonEvent) -> None:
    """The line may be cut: behind the door that is shut meanwhile, the thing lies there, and is ordered."""
    told = at_the_door().on(touch)
    settle = told.state.waiting
    told.on(e.NoAnswer(settle)) if isinstance(touch, e.Undo) else told
    told.on(e.Leave()).shows(s.Start)
    assert CANCELLED not in told.facts
    later = Dialogue(told.state).on(e.StaffWanted(), e.Answered(settle, LEFT, 1_000_000))
    later.shows(s.SignIn)
    assert CANCELLED not in later.facts
    later.answers(DROPPED, ask=settle).answers(DROPPED, ask=settle).shows(s.SignIn)
    assert later.facts.count(CANCELLED) == 1, "it says so once"


def test_what_was_left_after_all_is_taken_out_by_staff_as_anything_else() -> None:
    told = at_the_door().on(e.Undo(), e.Leave()).on(e.StaffWanted(), e.PinGiven(12, "4711"))
    rights = ("deposit", "collect", "inspect")
    told.answers(m.StaffGranted(visit="sv", staff="st", initials="SB", rights=rights))
    thing = m.StockItem(item="item-1", person="p-1", kind="object", size="S", stage="held", dropped=True)
    place = m.StockPlace(compartment=3, allocation=1, door="closed", usable=True, item=thing)
    told.on(re.RelayDo("home")).answers(m.Stock(places=(place,)))
    told.on(re.RelayDo("empty")).answers(m.Stock(places=(place,))).on(re.RelayDo("begin"))
    told.answers(m.Settled(item="item-1", stands="in_hand")).shows(r.TagIt)
    assert CANCELLED not in told.facts


def test_given_up_in_a_visit_that_the_bridge_has_ended_is_the_bridge_s_to_tell() -> None:
    told = at_the_door().on(e.Undo())
    settle = told.state.waiting
    told.answers(m.VisitOver(visit="dv", why="timeout"), ask="another").on(e.Leave())
    assert CANCELLED not in told.facts
    assert told.answers(DROPPED, ask=settle).facts.count(CANCELLED) == 1


@pytest.mark.parametrize(("touch", "screen"), [(e.Bigger(), s.Claiming), (e.Undo(), d.DropEnded)])
def test_no_receipt_stays_of_what_was_taken_back_where_that_was_heard_last(
    touch: e.PersonEvent, screen: type[s.Screen]
) -> None:
    told = at_the_door()
    opened = told.state.waiting
    told.on(touch)
    settle = told.state.waiting
    told.on(e.NoAnswer(settle)).shows(s.Silent)
    told.answers(LEFT, ask=opened).shows(d.Sealing)
    told.answers(m.Settled(item="item-1", stands="dropped"), ask=settle)
    told.shows(screen)
    assert told.facts.count(CANCELLED) == (screen is d.DropEnded)
    assert not drop_of(told).left


@pytest.mark.parametrize("touch", [e.Bigger(), e.Undo()])
def test_that_it_lies_there_comes_too_late_once_its_place_is_given_back(touch: e.PersonEvent) -> None:
    told = at_the_door()
    opened = told.state.waiting
    told.on(touch).door(DOOR, "closed")
    told.answers(LEFT, ask=opened)
    told.shows(s.Claiming)
    told.settled(DOOR, "dropped")
    if isinstance(touch, e.Bigger):
        assert isinstance(told.asks[-1], m.Claim)
        told.answers(m.Claimed(visit="dv", item=BIGGER)).shows(s.Opening)
    else:
        told.shows(d.DropEnded)
        assert told.facts.count(CANCELLED) == 1
    assert not [one for one in told.asks if isinstance(one, m.SealReceipt)]


@pytest.mark.parametrize("touch", [e.Bigger(), e.Undo()])
@pytest.mark.parametrize(
    "answer", [m.Refused(why="item"), LEFT, m.VisitOver(visit="dv", why="restart"), None]
)
def test_it_lies_there_after_all_where_its_place_was_not_taken_back(
    touch: e.PersonEvent, answer: m.AnswerBody | None
) -> None:
    told = at_the_door()
    opened = told.state.waiting
    told.on(touch).answers(LEFT, ask=opened)
    left = Dialogue(told.state).on(e.Leave())
    assert (left.asks, left.facts) == ([m.LeaveVisit(visit="dv")], [])
    if answer is None:
        told.on(e.NoAnswer(told.state.waiting))
    else:
        told.answers(answer)
    if told.state.held:
        told.shows(d.Sealing)
        told.answers(SEALED)
    told.shows(d.DropReceipt)
    assert drop_of(told).left
    assert CANCELLED not in told.on(e.Leave()).facts


def test_whoever_leaves_before_an_open_door_has_perhaps_put_it_in() -> None:
    told = at_the_door().fires("idle").fires("idle")
    assert told.asks[-1] == m.LeaveVisit(visit="dv")
    assert CANCELLED not in told.facts


def test_whoever_leaves_before_lockers_that_say_nothing_has_perhaps_put_it_in() -> None:
    told = agreed().answers(m.Claimed(visit="dv", item=DOOR))
    for last in (told, told.door(DOOR, "opened", "closed").fires("step")):
        silent = Dialogue(last.state).on(e.Leave())
        assert silent.asks == [m.LeaveVisit(visit="dv")]
        assert silent.facts == []


def test_whoever_leaves_before_a_stuck_door_has_not() -> None:
    told = agreed().answers(m.Claimed(visit="dv", item=DOOR)).door(DOOR, "not_opened").on(e.Leave())
    assert told.facts[-1] == CANCELLED
    assert told.asks[-2:] == [
        m.Settle(visit="dv", item="item-1", outcome="given_up"),
        m.LeaveVisit(visit="dv"),
    ]


def test_just_after_the_door_opens_again_for_what_was_forgotten() -> None:
    told = dropped()
    kept = list(told.facts)
    told.on(e.OpenDoor())
    assert told.asks[-1:] == [m.OpenItem(visit="dv", item="item-1")]
    told.door(DOOR, "intent", "pulsed", "opened", "closed").settled(DOOR, "left", pickup="pu-1", slip=SLIP)
    told.shows(d.DropReceipt)
    assert told.facts == kept


def test_what_was_dropped_may_be_taken_back_at_once_and_the_order_is_no_more() -> None:
    told = dropped().on(e.OpenDoor()).door(DOOR, "intent", "pulsed", "opened").on(e.Undo())
    told.settled(DOOR, "dropped").door(DOOR, "closed").shows(d.DropEnded)
    assert told.facts[-1] == CANCELLED


def test_what_does_not_fit_after_all_gets_another_door_and_another_receipt() -> None:
    told = dropped().on(e.OpenDoor()).door(DOOR, "intent", "pulsed", "opened").on(e.Bigger())
    told.settled(DOOR, "dropped").door(DOOR, "closed").answers(m.Claimed(visit="dv", item=BIGGER))
    told.door(BIGGER, "opened", "closed").settled(BIGGER, "left", pickup="pu-1", slip=SLIP)
    assert told.asks[-1].receipt.place == "9"  # type: ignore[union-attr]
    assert [type(one) for one in told.facts].count(m.OrderPlaced) == 1


def test_later_the_door_stays_shut_and_the_receipt_stays() -> None:
    dropped().on(e.OpenDoor()).answers(m.Refused(why="item")).shows(d.DropReceipt)


def test_a_stuck_door_may_be_tried_again_or_another_one_found() -> None:
    told = agreed().answers(m.Claimed(visit="dv", item=DOOR)).door(DOOR, "intent", "pulsed")
    told.door(DOOR, "not_opened", tries_left=2)
    assert told.shows(s.Blocked).tries_left == 2
    assert told.on(e.OpenDoor()).asks[-1] == m.OpenItem(visit="dv", item="item-1")
    told.door(DOOR, "not_opened").on(e.Bigger()).settled(DOOR, "dropped")
    assert told.asks[-1].size == "S"  # type: ignore[union-attr]


def test_a_busy_door_is_asked_again() -> None:
    told = agreed().answers(m.Claimed(visit="dv", item=DOOR)).answers(m.Refused(why="busy"))
    assert told.shows(s.Refusal).item == DOOR
    assert told.on(e.OpenDoor()).asks[-1] == m.OpenItem(visit="dv", item="item-1")


def test_a_place_that_comes_too_late_is_given_back() -> None:
    told = agreed()
    claim = told.state.waiting
    told.on(e.NoAnswer(claim)).shows(s.Silent)
    told.answers(m.Claimed(visit="dv", item=DOOR), ask=claim).shows(s.Opening)
    told = agreed()
    claim = told.state.waiting
    told.on(e.RecordFailed()).answers(m.Claimed(visit="dv", item=DOOR), ask=claim)
    assert told.asks[-1] == m.Settle(visit="dv", item="item-1", outcome="given_up")
    assert told.facts == []


def test_the_bridge_ended_the_visit() -> None:
    told = agreed().answers(m.VisitOver(visit="dv", why="restart"))
    assert told.shows(s.Refusal).why == "visit"
    assert told.facts == []
    assert told.on(e.Leave()).asks[-1] != m.LeaveVisit(visit="dv")
    told = dropped().answers(m.VisitOver(visit="dv", why="timeout"))
    told.shows(d.DropReceipt)


@pytest.mark.parametrize("why", ["restart", "timeout"])
def test_what_became_of_a_door_that_moved_is_for_its_bridge_to_say(
    why: Literal["restart", "timeout"],
) -> None:
    for told in (
        at_the_door(),
        at_the_door().settled(DOOR, "dropped"),
    ):  # as a bridge says it when it begins anew
        told.answers(m.VisitOver(visit="dv", why=why))
        assert told.shows(s.Refusal).why == "visit"
        assert CANCELLED not in told.on(e.Leave()).facts


def test_what_was_left_when_its_visit_was_over_has_a_receipt_without_a_seal() -> None:
    told = at_the_door().answers(m.VisitOver(visit="dv", why="timeout")).answers(LEFT)
    told.shows(d.DropReceipt)
    assert drop_of(told).left
    told.on(e.OpenDoor())
    assert not [one for one in told.last if isinstance(one, Send)], "no visit is left to ask in"


def test_an_order_without_a_door_stays_when_the_visit_is_over() -> None:
    told = agreed("basket").answers(m.VisitOver(visit="dv", why="restart"))
    told.shows(d.DropReceipt)
    assert CANCELLED not in told.facts


@pytest.mark.parametrize("answer", [m.Refused(why="disk"), None])
def test_back_from_a_bigger_door_that_nobody_finds_cancels(answer: m.Refused | None) -> None:
    told = at_the_door().on(e.Bigger()).settled(DOOR, "dropped").door(DOOR, "closed")
    told = told.answers(answer) if answer is not None else told.on(e.NoAnswer(told.state.waiting))
    told.on(e.Back()).shows(s.Start)
    assert told.facts.count(CANCELLED) == 1
    assert told.asks[-1] == m.LeaveVisit(visit="dv")


def test_nobody_there_is_asked_and_then_everything_is_wiped() -> None:
    told = known().on(ev.ServiceChosen("shoes", OFFERS))
    assert told.timer("idle") == 45_000
    told.fires("idle")
    assert told.state.over == "still_there"
    told.fires("idle").shows(s.Start)
    assert told.state.drop is None


def test_a_full_disk_opens_no_door() -> None:
    told = agreed().on(e.RecordFailed())
    assert told.shows(s.Refusal).why == "disk"
    assert told.on(e.RecordFailed()).timer("idle") == 45_000, "the screen does not stay for ever"


def drop_of(told: Dialogue) -> Drop:
    """What is known of it so far."""
    assert told.state.drop is not None
    return told.state.drop


def test_who_does_not_say_who_they_are_is_offered_nothing_that_an_employer_pays() -> None:
    nobody, badge = known(person=None), known()
    assert BASKET not in drop_of(nobody).on_offer.services
    assert BASKET in drop_of(badge).on_offer.services
    assert nobody.on(ev.ServiceChosen("basket", OFFERS)).shows(d.Services).gone
    badge.on(ev.ServiceChosen("basket", OFFERS)).shows(d.Agree)
