"""Who was told of a parcel that is somebody else's is told so, once, and only who was told."""

import pytest
from sqlalchemy import select

from contract import messages as m
from hub.core.notices import GATHER_MS, Channel
from hub.notify.gateways import Answer, AppriseGateways
from hub.notify.texts import Text
from hub.store import erasure, folding, not_theirs, outbox
from hub.store.assignments import ask_assignment
from hub.store.database import reading, writing
from hub.store.first_notice import first_notices
from hub.store.outbox_steps import are_to_be_told
from hub.store.tables import items
from tests.fakes.gateway import HttpGateway
from tests.fakes.house import HOUR, House, at
from tests.fakes.hub_scene import SITE, Scene

MINUTE = 60_000
HERS, OTHERS = "+33612345678", "+33712345678"
IN_VAIN = "Résidence borny : le colis annoncé n'était pas pour vous. Inutile de venir. Excusez-nous."


@pytest.fixture
def house(scene: Scene, gateway: HttpGateway) -> House:
    """A parcel behind door 3, of which nobody was told yet, and somebody else it may be for."""
    house = House(scene, gateway.address)
    house.knows(1, phone="07 12 34 56 78", language="fr")
    house.left("i1", 0, 3)
    return house


def goes_over(
    house: House, item: str, before: int, to: int, *, alone: bool = True, by_page: bool = False, part: int = 0
) -> None:
    """Staff say at the kiosk, or on its page, whose it is; `alone`: nothing is left under the code it had.

    `part` tells apart the pickups of a person who had nothing waiting in between.
    """
    people, scene = house.scene.people, house.scene
    if by_page:
        with writing(scene.hub.engine) as connection:
            ask_assignment(connection, SITE, item, people[to], "account", house.clock.wall_ms())
    pickup, ticket = f"p-{to}" + (f"-{part}" if part else ""), 20 + to + 10 * part
    scene.told(
        m.PickupOpened(pickup=pickup, person=people[to], ticket=ticket, generation=1),
        m.ItemReassigned(
            item=item,
            person=people[to],
            pickup=pickup,
            before=people[before],
            staff=None if by_page else scene.member,
        ),
        *([m.PickupClosed(pickup=f"p-{before}", ticket=20 + before)] if alone else []),
    )


def heard(gateway: HttpGateway, number: str) -> list[str]:
    return [got["message"] for got in gateway.got if got["to"] == number]


@pytest.mark.parametrize("by_page", [False, True])
def test_who_was_told_in_vain_is_told_so_without_a_code_or_whose_it_is(
    house: House, gateway: HttpGateway, by_page: bool
) -> None:
    house.passes(GATHER_MS)
    assert house.code() in heard(gateway, HERS)[0]
    goes_over(house, "i1", 0, 1, by_page=by_page)
    house.passes(GATHER_MS + MINUTE)
    assert heard(gateway, HERS)[1:] == [IN_VAIN]
    assert [house.code(1) in text for text in heard(gateway, OTHERS)] == [True]


def test_a_message_that_is_just_leaving_tells_them_as_well(house: House, gateway: HttpGateway) -> None:
    class Meanwhile(AppriseGateways):
        """Before the first answer is noted, staff say that it is somebody else's."""

        first = True

        def send(self, channel: Channel, to: str, text: Text) -> Answer:
            answer = super().send(channel, to, text)
            if self.first:
                self.first = False
                goes_over(house, "i1", 0, 1)
            return answer

    house.sends(Meanwhile(gateway.address, "", "hub@example.org"))
    house.passes(2 * GATHER_MS + MINUTE)
    assert house.code() in heard(gateway, HERS)[0]
    assert heard(gateway, HERS)[1:] == [IN_VAIN]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Résidence borny: the parcel we told you of was not for you. There is no need to come."),
        ("ar", "الطرد الذي أخبرناكم به لم يكن لكم (Résidence borny)."),
        ("sq", "Résidence borny: pakoja e njoftuar nuk ishte për ju. Nuk ka nevojë të vini."),
    ],
)
def test_it_is_told_in_their_language(house: House, gateway: HttpGateway, language: str, said: str) -> None:
    house.knows(0, language=language)
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    house.passes(GATHER_MS)
    assert said.replace("ë", "e") in heard(gateway, HERS)[-1].replace("ë", "e")


def test_who_was_told_of_nothing_yet_hears_nothing(house: House, gateway: HttpGateway) -> None:
    goes_over(house, "i1", 0, 1)
    house.passes(HOUR)
    assert heard(gateway, HERS) == []
    assert len(heard(gateway, OTHERS)) == 1
    assert [row.kind for row in house.rows() if row.person == house.scene.people[0]] == ["ready"]


def test_who_was_told_of_another_one_only_hears_nothing(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    house.left("i2", 0, 4)
    goes_over(house, "i2", 0, 1, alone=False)
    house.passes(HOUR)
    assert "not_yours" not in [row.kind for row in house.rows()]


def test_what_waits_yet_under_the_same_code_is_not_called_off(house: House, gateway: HttpGateway) -> None:
    house.left("i2", 0, 4)
    house.passes(GATHER_MS)
    goes_over(house, "i2", 0, 1, alone=False)
    house.passes(GATHER_MS)
    assert heard(gateway, HERS)[1:] == [
        "Résidence borny : un des colis annoncés n'était pas pour vous."
        " Le reste vous attend toujours, et votre code reste bon. Excusez-nous."
    ]


def test_several_at_once_are_one_message(house: House, gateway: HttpGateway) -> None:
    house.left("i2", 0, 4)
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1, alone=False)
    house.passes(MINUTE)
    goes_over(house, "i2", 0, 1)
    house.passes(HOUR)
    assert heard(gateway, HERS)[1:] == [
        "Résidence borny : les colis annoncés n'étaient pas pour vous. Inutile de venir. Excusez-nous."
    ]
    assert [row.state for row in house.rows() if row.kind == "not_yours"] == ["sent", "too_old"]


def test_said_back_at_once_nobody_hears_that_it_is_not_theirs(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    goes_over(house, "i1", 1, 0, part=1)
    house.passes(HOUR)
    texts = heard(gateway, HERS)
    assert IN_VAIN not in texts
    assert "1 colis vous attend" in texts[-1], "under a code of its own: the one before is spent"
    assert heard(gateway, OTHERS) == []


def test_said_back_later_both_hear_it_once(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    house.passes(15 * MINUTE)
    goes_over(house, "i1", 1, 0, part=1)
    house.passes(HOUR)
    assert [text == IN_VAIN for text in heard(gateway, HERS)] == [False, True, False]
    assert [text == IN_VAIN for text in heard(gateway, OTHERS)] == [False, True]


def test_told_again_that_it_waits_they_are_told_again_that_it_is_not_theirs(
    house: House, gateway: HttpGateway
) -> None:
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    house.passes(15 * MINUTE)
    goes_over(house, "i1", 1, 0, part=1)
    house.passes(15 * MINUTE)
    goes_over(house, "i1", 0, 1, part=2, alone=False)
    house.passes(15 * MINUTE)
    assert [text == IN_VAIN for text in heard(gateway, HERS)] == [False, True, False, True]


def test_to_a_third_one_tells_the_first_but_not_who_knew_of_nothing(
    house: House, gateway: HttpGateway
) -> None:
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    goes_over(house, "i1", 1, 2)
    house.passes(HOUR)
    assert heard(gateway, HERS)[1:] == [IN_VAIN]
    assert heard(gateway, OTHERS) == []


def test_both_heard_of_in_one_go_tell_the_first_as_well(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    house.scene.bridge.disconnect(house.scene.hub)
    goes_over(house, "i1", 0, 1)
    goes_over(house, "i1", 1, 2)
    house.scene.bridge.connect(house.scene.hub)
    house.passes(HOUR)
    assert heard(gateway, HERS)[1:] == [IN_VAIN]
    assert heard(gateway, OTHERS) == []


def test_at_night_it_waits_for_the_morning(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    house.clock.advance(at("2026-11-23 22:00") - house.clock.wall_ms())
    goes_over(house, "i1", 0, 1)
    house.passes(at("2026-11-24 07:59") - house.clock.wall_ms(), HOUR // 2)
    assert len(heard(gateway, HERS)) == 1
    house.passes(2 * MINUTE)
    assert heard(gateway, HERS)[1:] == [IN_VAIN]


def test_what_still_waited_to_tell_them_of_it_is_not_told(house: House, gateway: HttpGateway) -> None:
    """That its door is stuck, at night: in the morning that is somebody else's door."""
    house.passes(GATHER_MS)
    house.clock.advance(at("2026-11-23 22:00") - house.clock.wall_ms())
    house.scene.jam("i1", 0, 3)
    goes_over(house, "i1", 0, 1)
    house.passes(12 * HOUR, HOUR // 2)
    assert heard(gateway, HERS)[1:] == [IN_VAIN]
    assert ("stuck", "sms", "too_old") in house.states()


def cards(house: House) -> list[tuple[str, bool]]:
    with reading(house.scene.hub.engine) as connection:
        return [(one.item, one.misled) for one in outbox.untold(connection) if one.spoken]


def test_who_has_a_paper_only_is_to_be_told_by_word_of_mouth(house: House, gateway: HttpGateway) -> None:
    house.knows(0, phone=None, email=None)
    house.passes(GATHER_MS)
    scene = house.scene
    with writing(scene.hub.engine) as connection:
        outbox.hand_over(connection, SITE, "p-0", house.clock.wall_ms())
    goes_over(house, "i1", 0, 1)
    assert cards(house) == []
    house.passes(GATHER_MS)
    assert cards(house) == [("i1", True)]
    with reading(scene.hub.engine) as connection:
        about = not_theirs.messages_about(connection, SITE, "i1", "p-1")
        assert [row.kind for row in about if row.person == scene.people[0]] == ["not_yours"]
        assert are_to_be_told(connection, [row.id for row in about]) == [scene.people[0]]
    with writing(scene.hub.engine) as connection:
        outbox.said(connection, SITE, "i1", scene.people[2], house.clock.wall_ms())
    assert cards(house) == [("i1", True)], "somebody else was told"
    with writing(scene.hub.engine) as connection:
        outbox.said(connection, SITE, "i1", scene.people[0], house.clock.wall_ms())
    assert cards(house) == []


def test_who_is_told_that_it_is_not_theirs_leaves_the_paper_of_the_other_to_be_given(house: House) -> None:
    for number in (0, 1):
        house.knows(number, phone=None, email=None)
    house.passes(GATHER_MS)
    scene = house.scene
    with writing(scene.hub.engine) as connection:
        outbox.hand_over(connection, SITE, "p-0", house.clock.wall_ms())
    goes_over(house, "i1", 0, 1)
    house.passes(GATHER_MS)
    with writing(scene.hub.engine) as connection:
        outbox.said(connection, SITE, "i1", None, house.clock.wall_ms())
        [left] = outbox.untold(connection)
    assert (left.item, left.spoken) == ("i1", False)


def test_paper_that_still_lies_at_the_desk_told_nobody(house: House, gateway: HttpGateway) -> None:
    house.knows(0, phone=None, email=None)
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    house.passes(GATHER_MS)
    assert cards(house) == []


def test_paper_printed_at_the_kiosk_tells_who_can_be_told_by_nothing_else(house: House) -> None:
    for item, person, door in (("i5", 2, 5), ("i1", 0, 3)):
        house.left(item, person, door)
        house.scene.said(m.SlipShown(item=item, pickup=f"p-{person}", how="print"))
        goes_over(house, item, person, 1)
    house.passes(GATHER_MS)
    assert cards(house) == [("i5", True)]
    assert [row.item for row in house.rows() if row.kind == "not_yours"] == ["i5"]


def test_it_is_nothing_to_say_any_more_when_it_is_theirs_again(house: House, gateway: HttpGateway) -> None:
    house.knows(0, phone=None, email=None)
    house.passes(GATHER_MS)
    with writing(house.scene.hub.engine) as connection:
        outbox.hand_over(connection, SITE, "p-0", house.clock.wall_ms())
    goes_over(house, "i1", 0, 1)
    house.passes(GATHER_MS)
    goes_over(house, "i1", 1, 0, part=1)
    assert cards(house) == []


def test_a_message_that_is_refused_becomes_a_thing_to_say(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    house.knows(0, email=None)
    gateway.status = 422
    goes_over(house, "i1", 0, 1)
    house.passes(GATHER_MS)
    assert ("i1", True) in cards(house)
    assert ("not_yours", "sms", "failed") in house.states()


def test_what_had_no_name_was_told_to_nobody(house: House, gateway: HttpGateway) -> None:
    scene = house.scene
    scene.nameless("u1", 5)
    house.passes(GATHER_MS)
    scene.told(
        m.PickupOpened(pickup="p-1", person=scene.people[1], ticket=21, generation=1),
        m.ItemReassigned(item="u1", person=scene.people[1], pickup="p-1", before="made-for-u1"),
    )
    house.passes(GATHER_MS)
    assert "not_yours" not in [row.kind for row in house.rows()]


def test_that_something_is_not_theirs_tells_of_nothing_that_waits(house: House, gateway: HttpGateway) -> None:
    """Days count from when they were told of what lies there."""
    house.passes(GATHER_MS)
    house.left("i2", 0, 4)
    gateway.status = 422
    house.passes(15 * MINUTE)
    gateway.status = 200
    goes_over(house, "i1", 0, 1, alone=False)
    house.passes(GATHER_MS)
    with reading(house.scene.hub.engine) as connection:
        lying = connection.execute(select(items).where(items.c.id == "i2")).all()
        assert first_notices(connection, lying) == {}


def test_a_rebuild_tells_nobody_again(house: House) -> None:
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    house.passes(GATHER_MS)
    before = house.rows()
    with writing(house.scene.hub.engine) as connection:
        folding.rebuild(connection)
    house.passes(HOUR)
    assert [row.id for row in house.rows()] == [row.id for row in before]


def test_who_is_erased_leaves_no_message_of_it(house: House, gateway: HttpGateway) -> None:
    house.passes(GATHER_MS)
    goes_over(house, "i1", 0, 1)
    with writing(house.scene.hub.engine) as connection:
        erasure.erase(connection, SITE, house.scene.people[0], house.clock.wall_ms())
    house.passes(HOUR)
    assert IN_VAIN not in heard(gateway, HERS)
    assert house.scene.people[0] not in [row.person for row in house.rows()]
