"""The person of a thing is told what happens to it, each step once, and only while it is so."""

import pytest
from sqlalchemy import select

from contract import messages as m
from hub.core.notices import APART_MS, DAY_MS, GATHER_MS, Left
from hub.notify.ovh import OvhKeys, OvhSms
from hub.store import folding, outbox
from hub.store.alarms import open_alarms
from hub.store.database import reading, writing
from hub.store.message_texts import write_text
from hub.store.pages import kept_parcels
from hub.store.tables import incidents
from tests.fakes.gateway import HttpGateway
from tests.fakes.house import HOUR, PHONE, House, at
from tests.fakes.hub_scene import SITE, Scene
from tests.fakes.ovh import APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY, SERVICE, ovh_service

MINUTE = 60_000


@pytest.fixture
def house(scene: Scene, gateway: HttpGateway) -> House:
    """A parcel behind door 3 of whose arrival its person was told."""
    house = House(scene, gateway.address)
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    gateway.got.clear()
    return house


def test_a_stuck_door_is_told_at_once_that_nobody_is_to_blame_and_that_the_code_stays_good(
    house: House, gateway: HttpGateway
) -> None:
    house.scene.jam("i1", 0, 3)
    house.passes(MINUTE)
    [text] = gateway.texts()
    assert text == (
        "Résidence borny : la porte de votre colis est bloquée. Ce n'est pas votre faute."
        " Le concierge le sait. Votre code reste bon."
    )


def test_a_door_that_sticks_again_and_again_is_told_once_a_day(house: House, gateway: HttpGateway) -> None:
    for _ in range(3):
        house.scene.jam("i1", 0, 3)
        house.passes(5 * MINUTE)
    assert len(gateway.got) == 1
    house.passes(DAY_MS, HOUR)
    house.scene.jam("i1", 0, 3)
    house.passes(MINUTE)
    assert len([text for text in gateway.texts() if "bloquée" in text]) == 2


def test_a_door_that_sticks_at_night_is_told_in_the_morning_if_it_sticks_still(
    house: House, gateway: HttpGateway
) -> None:
    house.clock.advance(at("2026-11-23 22:00") - house.clock.wall_ms())
    house.scene.jam("i1", 0, 3)
    house.passes(at("2026-11-24 07:59") - house.clock.wall_ms(), HOUR // 2)
    assert gateway.got == []
    house.passes(2 * MINUTE)
    assert len(gateway.got) == 1


def test_a_door_that_was_mended_in_the_night_is_told_to_nobody(house: House, gateway: HttpGateway) -> None:
    house.clock.advance(at("2026-11-23 22:00") - house.clock.wall_ms())
    house.scene.jam("i1", 0, 3)
    house.scene.told(m.DoorOpened(operation="j-i1", compartment=3))
    house.passes(12 * HOUR, HOUR // 2)
    assert gateway.got == []
    assert house.states()[-1] == ("stuck", "sms", "too_old")


def test_a_stuck_door_heard_of_two_days_later_helps_nobody(house: House, gateway: HttpGateway) -> None:
    house.scene.bridge.disconnect(house.scene.hub)
    house.scene.jam("i1", 0, 3)
    house.clock.advance(2 * DAY_MS)
    house.scene.bridge.connect(house.scene.hub)
    house.passes(MINUTE)
    assert "stuck" not in [row.kind for row in house.rows()]


def looked_at(house: House, operation: str = "r1") -> None:
    """The concierge opens door 3 from afar, looks, and shuts it."""
    house.scene.told(
        m.DoorIntent(
            operation=operation,
            compartment=3,
            allocation=1,
            attempt=1,
            purpose="remote",
            authority="order",
            actor="account",
            item="i1",
        ),
        m.DoorPulsed(operation=operation, compartment=3, attempt=1),
        m.DoorOpened(operation=operation, compartment=3),
        m.DoorClosed(operation=operation, compartment=3),
    )


def told_besides(gateway: HttpGateway) -> list[str]:
    """What was told but that the door was opened from the desk."""
    return [text for text in gateway.texts() if "nous avons ouvert" not in text]


def test_a_door_that_opens_again_is_told_to_who_heard_that_it_was_stuck(
    house: House, gateway: HttpGateway
) -> None:
    looked_at(house, "r0")
    house.passes(MINUTE)
    assert told_besides(gateway) == [], "nobody knew of anything wrong"
    house.scene.jam("i1", 0, 3)
    house.passes(MINUTE)
    looked_at(house)
    house.passes(APART_MS)
    assert "s'ouvre de nouveau" in gateway.texts()[-1]
    assert house.code() in gateway.texts()[-1]
    looked_at(house, "r2")
    house.passes(APART_MS)
    assert len(told_besides(gateway)) == 2


def test_a_door_opened_from_afar_to_move_what_lies_there_is_not_told_to_open_again(
    house: House, gateway: HttpGateway
) -> None:
    house.scene.jam("i1", 0, 3)
    house.passes(MINUTE)
    looked_at(house)
    house.moved("i1", 0, 3, 4)
    house.passes(2 * APART_MS)
    sent = [row.kind for row in house.rows() if row.state == "sent"]
    assert sent == ["ready", "stuck", "opened", "moved"]


def test_another_place_is_told_with_the_same_code(house: House, gateway: HttpGateway) -> None:
    house.moved("i1", 0, 3, 17)
    house.passes(GATHER_MS)
    [text] = gateway.texts()
    assert "votre colis a changé de place, à présent à l'accueil" in text
    assert f"Votre code ne change pas : {house.code()}" in text
    assert [row.kind for row in house.rows()] == ["ready", "moved"], "no second arrival"


def test_who_knows_of_nothing_yet_hears_that_it_waits_wherever_it_was_put(
    scene: Scene, gateway: HttpGateway
) -> None:
    house = House(scene, gateway.address)
    house.left("i1", 0, 3)
    house.moved("i1", 0, 3, 17)
    house.passes(GATHER_MS + MINUTE)
    [text] = gateway.texts()
    assert "1 colis vous attend à l'accueil" in text


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("too_high", "nous mettons votre colis là où c'est facile pour vous"),
        ("too_heavy", "nous mettons votre colis là où c'est facile pour vous"),
        ("empty", "la porte était vide. C'est noté"),
        ("missing", "il manquait quelque chose"),
        ("wrong", "ce n'était pas à vous. Merci de l'avoir dit"),
    ],
)
def test_an_answer_at_the_kiosk_is_told_what_follows(
    house: House, gateway: HttpGateway, why: str, said: str
) -> None:
    house.kept("i1", 3, why)
    house.passes(MINUTE)
    [text] = gateway.texts()
    assert said in text


def test_the_whole_jam_is_told_step_by_step(house: House, gateway: HttpGateway) -> None:
    house.scene.jam("i1", 0, 3)
    house.passes(10 * MINUTE)
    house.moved("i1", 0, 3, 4)
    house.passes(10 * MINUTE)
    house.kept("i1", 4, "too_high")
    house.passes(10 * MINUTE)
    assert [(row.kind, row.state) for row in house.rows()] == [
        ("ready", "sent"),
        ("stuck", "sent"),
        ("moved", "sent"),
        ("kept_reach", "sent"),
    ]


def is_told_to_the_other(house: House, gateway: HttpGateway) -> None:
    """Staff say whose it is, and whose it is has its code."""
    other = house.scene.people[1]
    house.scene.told(
        m.PickupOpened(pickup="p-1", person=other, ticket=21, generation=1),
        m.ItemReassigned(
            item="i1", person=other, pickup="p-1", before=house.scene.people[0], staff=house.scene.member
        ),
    )
    house.passes(GATHER_MS)
    [got] = [got for got in gateway.got if got["to"] == "+33712345678"]
    assert house.code(1) in got["message"]


def test_what_turns_out_to_be_for_somebody_else_is_told_to_them(house: House, gateway: HttpGateway) -> None:
    house.knows(1, phone="07 12 34 56 78")
    is_told_to_the_other(house, gateway)


def test_what_was_not_for_whoever_came_is_told_to_whose_it_is(house: House, gateway: HttpGateway) -> None:
    house.knows(1, phone="07 12 34 56 78")
    house.kept("i1", 3, "wrong")
    house.passes(10 * MINUTE)
    is_told_to_the_other(house, gateway)
    with reading(house.scene.hub.engine) as connection:
        assert kept_parcels(connection) == []


def test_what_went_back_is_told_without_a_code_though_its_pickup_is_closed(
    house: House, gateway: HttpGateway
) -> None:
    house.returned("i1", 0, 3)
    house.passes(MINUTE)
    [text] = gateway.texts()
    assert "votre colis est reparti avec le transporteur" in text
    assert house.code() not in text


def test_who_cannot_be_written_to_is_to_be_told_by_word_of_mouth_that_it_went_back(
    scene: Scene, gateway: HttpGateway
) -> None:
    house = House(scene, gateway.address)
    house.left("i2", 1, 4)
    house.passes(GATHER_MS)
    house.returned("i2", 1, 4)
    house.passes(MINUTE)
    with reading(scene.hub.engine) as connection:
        [one] = outbox.untold(connection)
    assert (one.item, one.spoken) == ("i2", True)
    with writing(scene.hub.engine) as connection:
        outbox.said(connection, SITE, "i2", None, house.clock.wall_ms())
        assert outbox.untold(connection) == []


def test_nothing_is_asked_of_the_concierge_for_a_step_that_cannot_be_written(
    scene: Scene, gateway: HttpGateway
) -> None:
    house = House(scene, gateway.address)
    scene.deposit("i2", 1, 4)
    house.passes(GATHER_MS)
    scene.jam("i2", 1, 4)
    house.passes(MINUTE)
    assert house.states() == [("ready", "slip", "handed"), ("stuck", "slip", "failed")]
    assert house.untold() == []


def test_a_rebuild_tells_no_step_again(house: House) -> None:
    house.scene.jam("i1", 0, 3)
    house.moved("i1", 0, 3, 4)
    before = house.rows()
    with writing(house.scene.hub.engine) as connection:
        folding.rebuild(connection)
    assert house.rows() == before


def test_a_site_says_it_in_its_own_words(house: House, gateway: HttpGateway) -> None:
    with writing(house.scene.hub.engine) as connection:
        write_text(connection, SITE, "stuck", "fr", "{site} : on s’occupe de {objet} !", 1)
        write_text(connection, SITE, "stuck", "en", "{site}: nobody reads this", 1)
    house.scene.jam("i1", 0, 3)
    house.passes(MINUTE)
    assert gateway.texts() == ["Résidence borny : on s'occupe de votre colis !"]


# --- days left ---------------------------------------------------------------------------------


def test_where_days_left_are_known_reminders_count_from_the_end_and_say_so(
    house: House, gateway: HttpGateway
) -> None:
    left = {"days": 14}

    def days_left(_connection: object, items: object) -> dict[str, Left]:
        assert items in (["i1"], [])
        day, _ = divmod(house.clock.wall_ms() - at("2026-11-23 19:00"), DAY_MS)
        return {"i1": Left(left["days"], at("2026-11-23 19:00") + (day + left["days"]) * DAY_MS)}

    house.sends(house.telling._gateways, days_left)
    house.passes(6 * DAY_MS, HOUR)
    assert gateway.got == [], "two and five days have passed, and nothing presses"
    for days in (4, 3, 2, 1, 0):
        left["days"] = days
        house.passes(DAY_MS, HOUR)
    assert ["Il vous reste 3 jours." in text for text in gateway.texts()] == [True, False]
    assert "C'est le dernier jour." in gateway.texts()[1]


def test_in_the_evening_before_the_last_day_it_is_not_called_today(
    house: House, gateway: HttpGateway
) -> None:
    last = at("2026-11-26 19:00")
    house.sends(house.telling._gateways, lambda _connection, _items: {"i1": Left(1, last)})
    house.passes(at("2026-11-25 19:30") - house.clock.wall_ms(), HOUR)
    assert "Il vous reste 1 jour." in gateway.texts()[-1]


def test_when_the_time_is_over_nobody_is_reminded_any_more(house: House, gateway: HttpGateway) -> None:
    over = at("2026-11-24 19:00")
    house.sends(house.telling._gateways, lambda _connection, _items: {"i1": Left(0, over)})
    house.passes(7 * DAY_MS, HOUR)
    assert gateway.got == []


# --- the account at a gateway ------------------------------------------------------------------


def test_an_account_that_is_used_up_is_a_thing_to_do_until_a_message_leaves_again(
    scene: Scene,
) -> None:
    house = House(scene)
    with ovh_service(house.clock.wall_ms() // 1000) as ovh:
        keys = OvhKeys(APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY)
        house.sends(OvhSms(keys, SERVICE, "", ovh.address, house.clock))
        ovh.status, ovh.said = 402, {"message": "Not enough credits"}
        house.left("i1", 0, 3)
        house.passes(GATHER_MS)

        def noticed() -> list[str]:
            with reading(scene.hub.engine) as connection:
                return [alarm.kind for alarm in open_alarms(connection)]

        assert noticed() == ["sms_credit"]
        ovh.status, ovh.said = 200, None
        ovh.hour = house.clock.wall_ms() // 1000 + 60
        house.passes(MINUTE)
        assert noticed() == []
        assert house.states() == [("ready", "sms", "sent")]
        assert ovh.jobs[-1]["receivers"] == ["+33612345678"]
    with reading(scene.hub.engine) as connection:
        [row] = connection.execute(select(incidents)).all()
    assert PHONE.replace(" ", "")[1:] not in row.detail


# --- in the person's language ------------------------------------------------------------------


def test_an_arabic_message_has_its_code_from_left_to_right_in_latin_digits(
    house: House, gateway: HttpGateway
) -> None:
    house.knows(0, language="ar")
    house.left("i2", 0, 4)
    house.passes(11 * MINUTE)
    [text] = gateway.texts()
    assert f"\u200e{house.code()}" in text
    assert text.startswith("ينتظركم طردان")


def opened_from_afar(house: House, operation: str, item: str | None, compartment: int) -> None:
    intent = m.DoorIntent(
        operation=operation,
        compartment=compartment,
        allocation=1,
        attempt=1,
        purpose="remote",
        authority="order",
        actor="account-admin",
        reason="look_inside",
        item=item,
        order=f"order-{operation}",
    )
    house.scene.told(intent, m.DoorPulsed(operation=operation, compartment=compartment, attempt=1))
    house.passes(MINUTE)
    house.scene.told(
        m.DoorOpened(operation=operation, compartment=compartment),
        m.DoorClosed(operation=operation, compartment=compartment, open_ms=4_000),
    )
    house.passes(MINUTE)


def test_whose_door_was_opened_from_the_desk_is_told_each_time_and_not_before_the_sensor_saw_it(
    house: House, gateway: HttpGateway
) -> None:
    opened_from_afar(house, "r1", "i1", 3)
    [text] = gateway.texts()
    assert "nous avons ouvert la porte de votre colis, sans votre code" in text
    assert house.code() not in text
    opened_from_afar(house, "r2", "i1", 3)
    assert len(gateway.got) == 1, "tried again at once, it is one opening"
    house.passes(APART_MS)
    opened_from_afar(house, "r3", "i1", 3)
    assert len(gateway.got) == 2


def test_the_opening_of_an_empty_door_is_told_to_nobody(house: House, gateway: HttpGateway) -> None:
    opened_from_afar(house, "r1", None, 5)
    assert gateway.got == []


def test_who_cannot_be_written_to_is_to_be_told_that_their_door_was_opened(
    scene: Scene, gateway: HttpGateway
) -> None:
    house = House(scene, gateway.address)
    house.left("i2", 1, 4)
    house.passes(GATHER_MS)
    opened_from_afar(house, "r1", "i2", 4)
    with reading(scene.hub.engine) as connection:
        [one] = [one for one in outbox.untold(connection) if one.spoken]
    assert (one.item, one.opened) == ("i2", True)
