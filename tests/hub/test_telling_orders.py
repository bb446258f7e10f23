"""Who dropped something is told that we have it, what a repair costs, and that it is back."""

import pytest
from msgspec import structs

from contract import bag_tag
from contract import messages as m
from hub.core.notices import GATHER_MS
from hub.store.database import writing
from hub.store.outbox import untold
from hub.store.outbox_steps import to_be_said
from hub.store.own_facts import OwnFact, append
from tests.fakes.gateway import HttpGateway
from tests.fakes.house import House, at
from tests.fakes.hub_scene import SITE, Scene

MINUTE = 60_000
PARTNER = m.Holder(kind="partner", id="cobbler")


@pytest.fixture
def house(scene: Scene, gateway: HttpGateway) -> House:
    return House(scene, gateway.address)


def ordered(house: House, *, anonymous: bool = False) -> m.OrderPlaced:
    return m.OrderPlaced(
        order="o1",
        number=bag_tag.printed("shoes"),
        item="shoes",
        kind="object",
        person=house.scene.people[0],
        way="code",
        service="soles",
        version=1,
        partner="cobbler",
        lines=(m.OrderLine(name="Talons", unit_cents=1_200),),
        total_cents=1_200,
        promised_ms=at("2026-11-26 17:00"),
        anonymous=anonymous,
    )


def dropped(house: House) -> None:
    scene = house.scene
    scene.told(
        m.PickupOpened(pickup="p-0", person=scene.people[0], ticket=20, generation=1),
        m.ItemClaimed(
            item="shoes",
            kind="object",
            person=scene.people[0],
            pickup="p-0",
            compartment=5,
            allocation=1,
            size="S",
            purpose="drop",
        ),
        m.ItemLeft(item="shoes", compartment=5, allocation=1, evidence="door"),
    )


def quoted(house: House) -> None:
    quote = m.QuoteMade(quote="q1", order="o1", cents=4_200, by=PARTNER)
    now_ms = house.clock.wall_ms()
    with writing(house.scene.hub.engine) as connection:
        append(connection, [OwnFact("e-quote", SITE, now_ms, False, quote)], now_ms)


@pytest.mark.parametrize("kiosk_first", [True, False])
def test_a_drop_is_told_once_with_number_promise_price_and_code_whoever_spoke_first(
    house: House, gateway: HttpGateway, *, kiosk_first: bool
) -> None:
    if kiosk_first:
        house.scene.said(ordered(house))
    dropped(house)
    if not kiosk_first:
        house.scene.said(ordered(house))
    house.passes(GATHER_MS + 2 * MINUTE)
    [text] = gateway.texts()
    assert text.startswith("Résidence borny : nous avons bien ce que vous avez déposé.")
    for words in (bag_tag.printed("shoes"), "jeudi 26 novembre 17:00", "12,00 €", "Votre code"):
        assert words in text
    assert "vous attend" not in text, "it does not wait for them"


def test_a_drop_without_an_order_is_told_to_nobody_by_message(house: House, gateway: HttpGateway) -> None:
    dropped(house)
    house.passes(GATHER_MS + MINUTE)
    assert gateway.got == []


def test_the_price_of_a_repair_is_told_until_it_is_answered(house: House, gateway: HttpGateway) -> None:
    house.scene.said(ordered(house))
    dropped(house)
    house.passes(GATHER_MS + MINUTE)
    gateway.got.clear()
    quoted(house)
    house.passes(MINUTE)
    [text] = gateway.texts()
    assert "42,00 €" in text
    assert "Rien n'est fait avant" in text


def test_a_price_that_cannot_be_written_is_to_be_said(house: House, gateway: HttpGateway) -> None:
    scene = house.scene
    with writing(scene.hub.engine) as connection:
        connection.exec_driver_sql("UPDATE people SET phone = NULL, email = NULL")
    scene.said(ordered(house))
    dropped(house)
    quoted(house)
    house.passes(MINUTE)
    with writing(scene.hub.engine) as connection:
        [one] = [one for one in untold(connection, SITE) if one.spoken]
    assert one.asked
    assert one.item == "shoes"
    assert gateway.got == []
    scene.said(m.QuoteAnswered(quote="q1", order="o1", accepted=True, by="person"))
    with writing(scene.hub.engine) as connection:
        assert [one for one in untold(connection, SITE) if one.spoken] == [], "they know, having answered"


def test_what_is_lost_for_good_is_told_unless_it_is_found(house: House, gateway: HttpGateway) -> None:
    def tell(event: str, fact: m.OrderFact) -> None:
        now_ms = house.clock.wall_ms()
        with writing(house.scene.hub.engine) as connection:
            append(connection, [OwnFact(event, SITE, now_ms, False, fact)], now_ms)

    house.scene.said(ordered(house))
    dropped(house)
    house.passes(GATHER_MS + MINUTE)
    gateway.got.clear()
    tell("taken", m.BagScanned(tag="", item="shoes", side="take", holder=PARTNER))
    off = m.BagWrittenOff(tag="", item="shoes", why="lost", by=m.Holder(kind="staff", id="samia"))
    tell("misread", structs.replace(off, why="misread"))
    house.passes(MINUTE)
    assert gateway.got == []
    tell("found", m.BagScanned(tag="", item="shoes", side="take", holder=PARTNER))
    tell("off", off)
    house.passes(MINUTE)
    [text] = gateway.texts()
    for words in (bag_tag.printed("shoes"), "ne reviendra pas"):
        assert words in text


def test_what_was_left_at_the_counter_has_its_person_told_or_spoken_to_all_the_same(
    house: House, gateway: HttpGateway
) -> None:
    """It never lay behind a door: no ticket is theirs, and their order says who they are."""
    house.scene.said(ordered(house), m.BagTagged(tag="NET-1", item="shoes", how="scanned"))
    quoted(house)
    house.passes(MINUTE)
    [text] = gateway.texts()
    assert "42,00 €" in text
    gateway.got.clear()
    with writing(house.scene.hub.engine) as connection:
        connection.exec_driver_sql("UPDATE people SET phone = NULL, email = NULL")
    off = m.BagWrittenOff(tag="", item="shoes", why="destroyed", by=PARTNER)
    now_ms = house.clock.wall_ms()
    with writing(house.scene.hub.engine) as connection:
        append(connection, [OwnFact("off", SITE, now_ms, False, off)], now_ms)
    house.passes(MINUTE)
    assert gateway.got == []
    with writing(house.scene.hub.engine) as connection:
        [one] = [one for one in untold(connection, SITE) if one.spoken]
        assert (one.item, one.asked) == ("shoes", False)
        assert to_be_said(connection, "o1")


def test_what_came_back_from_the_partner_is_told_as_anything_that_waits(
    house: House, gateway: HttpGateway
) -> None:
    scene = house.scene
    scene.said(ordered(house))
    dropped(house)
    house.passes(GATHER_MS + MINUTE)
    gateway.got.clear()
    scene.told(
        m.ItemTakenOut(
            item="shoes", compartment=5, allocation=1, staff=scene.member, why="relay", evidence="door"
        ),
        m.ItemSentOut(item="shoes", staff=scene.member, to="cobbler"),
        m.ItemClaimed(
            item="shoes",
            kind="object",
            person=scene.people[0],
            pickup="p-0",
            compartment=6,
            allocation=1,
            size="S",
            staff=scene.member,
        ),
        m.ItemLeft(item="shoes", compartment=6, allocation=1, evidence="door"),
    )
    house.passes(GATHER_MS + 12 * MINUTE)
    [text] = gateway.texts()
    assert "vous attend" in text
