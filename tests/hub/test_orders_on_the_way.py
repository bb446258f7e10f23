"""An order from the drop door over the partner to its person: what kiosks, lockers and people are told."""

from pathlib import Path

import pytest
from msgspec import UNSET
from sqlalchemy import select

from contract import messages as m
from contract.codec import decode
from hub.core.people_csv import PersonLine
from hub.core.photo import Photo
from hub.core.retention import Retention, before
from hub.store import erasure, expiry, feed, partners, redaction, remarks
from hub.store.chain_check import check
from hub.store.database import reading, writing
from hub.store.people import add_people
from hub.store.person_record import person_record
from hub.store.tables import ledger, outbox, service_orders
from tests.fakes.bags import SITE, give, partner, placed, staff, tagged, take
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.hub.test_rebuild import differences

DAY_MS = 86_400_000


def claim(purpose: str, compartment: int) -> m.ItemClaimed:
    return m.ItemClaimed(
        item="bag",
        kind="bag",
        person="amina",
        pickup="pickup",
        compartment=compartment,
        allocation=compartment,
        size="M",
        purpose=purpose,  # type: ignore[arg-type]
    )


def left(compartment: int) -> m.ItemLeft:
    return m.ItemLeft(item="bag", compartment=compartment, allocation=compartment, evidence="door")


OUT = m.ItemTakenOut(item="bag", compartment=3, allocation=3, staff="ines", why="relay", evidence="door")


def say(hub: LocalHub, device: LocalDevice, *facts: m.Fact) -> None:
    for fact in facts:
        hub.clock.advance(1_000)
        device.journal.append(fact)
    if device.uplink.welcomed:
        device.talk(hub)
    else:
        device.connect(hub)


def document(hub: LocalHub, audience: str, key: str) -> m.AnyDocument | None:
    with reading(hub.engine) as connection:
        live = feed.live_documents(connection, SITE, audience)
    documents = {one.key: bytes(one.body) for one in live if one.body is not UNSET}
    return decode(documents[key], m.AnyDocument) if key in documents else None  # type: ignore[arg-type]


def way(hub: LocalHub) -> str | None:
    tracked = document(hub, "kiosk", "tracked/bag")
    if not isinstance(tracked, m.Tracked):
        return None
    return "lost" if tracked.lost else tracked.state


def messages(hub: LocalHub) -> list[str]:
    with reading(hub.engine) as connection:
        return list(connection.execute(select(outbox.c.kind)).scalars())


def drop(hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> None:
    say(hub, kiosk, placed(pieces=6), tagged())
    say(hub, bridge, m.PickupOpened(pickup="pickup", person="amina", ticket=27, generation=1))
    say(hub, bridge, claim("drop", 3), left(3))


def test_kiosks_know_at_every_step_how_far_it_is_and_its_person_is_told_at_the_right_one(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    drop(hub, bridge, kiosk)
    tracked = document(hub, "kiosk", "tracked/bag")
    assert isinstance(tracked, m.Tracked)
    assert (tracked.state, tracked.person, tracked.tag, tracked.pieces) == ("dropped", "amina", "NET-1", 6)
    assert tracked.word is None
    say(hub, kiosk, m.ReceiptShown(order="order", how="print", word="FIBO-BERA"))
    tracked = document(hub, "kiosk", "tracked/bag")
    assert isinstance(tracked, m.Tracked)
    assert tracked.word == "FIBO-BERA", "another kiosk of the site knows the receipt by it"
    holding = document(hub, "bridge", "holding/bag")
    assert isinstance(holding, m.Holding)
    assert holding.dropped
    say(hub, bridge, OUT)
    assert way(hub) == "in_hand"
    say(hub, bridge, m.ItemSentOut(item="bag", staff="ines", to="pressing"))
    say(hub, kiosk, take(partner()))
    assert way(hub) == "away"
    assert messages(hub) == ["brought"], "nothing waits for anybody yet"
    say(hub, kiosk, give(partner()), take(staff("ines")))
    say(hub, bridge, claim("hold", 7), left(7))
    assert (way(hub), messages(hub)) == ("ready", ["brought", "ready"])
    say(hub, bridge, m.ItemCollected(item="bag", compartment=7, allocation=7))
    assert way(hub) is None
    assert differences(hub) == []


@pytest.mark.parametrize("first", ["receipt", "lockers"])
def test_the_receipt_of_what_nothing_was_ordered_for_is_known_by_its_word_also_once_there_is_an_order(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice, first: str
) -> None:
    dropped = (
        m.PickupOpened(pickup="pickup", person="amina", ticket=27, generation=1),
        claim("drop", 3),
        left(3),
    )
    shown = m.ReceiptShown(order="bag", how="screen", word="FIBO-BERA")
    if first == "lockers":
        say(hub, bridge, *dropped)
    say(hub, kiosk, tagged(), shown)
    if first == "receipt":
        say(hub, bridge, *dropped)
        say(hub, kiosk, m.PiecesCounted(item="bag", by="staff", pieces=3))
    for facts in ((), (placed(),)):
        say(hub, kiosk, *facts)
        tracked = document(hub, "kiosk", "tracked/bag")
        assert isinstance(tracked, m.Tracked)
        assert tracked.word == "FIBO-BERA"
    assert differences(hub) == []


def test_an_order_that_is_cancelled_while_its_bag_lies_here_is_a_task_for_the_kiosk(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    drop(hub, bridge, kiosk)
    say(hub, kiosk, m.OrderCancelled(order="order", why="staff"))
    tracked = document(hub, "kiosk", "tracked/bag")
    assert isinstance(tracked, m.Tracked)
    assert (tracked.state, tracked.cancelled, tracked.number) == ("dropped", True, "1FX2Y-EQNVF")
    say(hub, bridge, OUT)
    say(hub, bridge, claim("hold", 7), left(7))
    assert way(hub) == "ready", "it waits for its person"
    say(hub, bridge, m.ItemCollected(item="bag", compartment=7, allocation=7))
    assert way(hub) is None


def test_lockers_are_told_whether_it_is_known_whose_a_dropped_thing_is(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    drop(hub, bridge, kiosk)
    unknown = document(hub, "bridge", "holding/bag")
    assert isinstance(unknown, m.Holding)
    assert (unknown.dropped, unknown.anonymous) == (True, True)
    with writing(hub.engine) as connection:
        [zoe] = add_people(connection, SITE, [PersonLine(name="Zoé")], hub.clock.wall_ms())
    say(hub, bridge, m.ItemReassigned(item="bag", person=zoe, pickup="pickup", before="amina"))
    known = document(hub, "bridge", "holding/bag")
    assert isinstance(known, m.Holding)
    assert (known.person, known.anonymous) == (zoe, False)


def test_a_lost_bag_is_not_ready_and_holds_nobody_back_until_it_is_seen_again(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    drop(hub, bridge, kiosk)
    say(hub, kiosk, take(staff("ines"), post="reception"))
    say(hub, bridge, claim("hold", 7), left(7))
    assert way(hub) == "ready"
    say(hub, bridge, m.ItemLost(item="bag", staff="ines", compartment=7))
    assert way(hub) == "lost"
    with reading(hub.engine) as connection:
        assert erasure.still_here(connection, SITE, "amina") == []
    say(hub, kiosk, take(staff("ines")))
    assert way(hub) == "in_hand"
    with reading(hub.engine) as connection:
        assert [row.id for row in erasure.still_here(connection, SITE, "amina")] == ["bag"]
    assert differences(hub) == []


def test_a_scan_that_names_an_item_of_another_site_brings_nobody_into_the_feed_there(
    hub: LocalHub, bridge: LocalDevice, tmp_path: Path
) -> None:
    say(hub, bridge, m.PickupOpened(pickup="pickup", person="amina", ticket=27, generation=1))
    say(hub, bridge, claim("drop", 3), left(3))
    hub.enrol("paris-kiosk", "paris", "kiosk")
    elsewhere = LocalDevice("paris-kiosk", tmp_path / "paris-kiosk", hub.clock)
    say(hub, elsewhere, take(staff("ines"), item="bag"))
    elsewhere.stop()
    with reading(hub.engine) as connection:
        there = feed.live_documents(connection, "paris", "kiosk")
    assert not any(b"amina" in bytes(one.body) for one in there if one.body is not UNSET)
    assert way(hub) == "dropped"


def test_of_an_erased_person_no_order_says_anything_and_the_chain_holds(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    say(hub, kiosk, placed(), tagged(), take(staff("ines")))
    with writing(hub.engine) as connection:
        assert [row.id for row in erasure.still_here(connection, SITE, "amina")] == ["bag"]
    say(hub, kiosk, give(staff("ines"), post="return"))
    with writing(hub.engine) as connection:
        assert erasure.still_here(connection, SITE, "amina") == []
        erasure.erase(connection, SITE, "amina", hub.clock.wall_ms())
        assert connection.execute(select(service_orders.c.person)).scalar_one() == "erased"
        bodies = [bytes(body) for body in connection.execute(select(ledger.c.body)).scalars()]
        assert not any(b"amina" in body for body in bodies)
        assert check(connection).broken == ""
    assert differences(hub) == []


def test_of_an_erased_person_no_order_stands_in_the_feed_and_no_remark_is_kept(
    hub: LocalHub, kiosk: LocalDevice
) -> None:
    say(hub, kiosk, placed(), placed("other", "later", person="zoe"), tagged())
    say(hub, kiosk, m.BagNoted(note="n1", tag="NET-1", by=partner(), what="stain"))
    with writing(hub.engine) as connection:
        add = partners.add_partner(connection, partners.Partner("Pressing"), SITE, 0)
        for name, order in (("n1", None), ("q1", "order"), ("q2", "later")):
            about = remarks.Remark(name, SITE, add, "note", 1, order=order, text=f"said of {name}")
            remarks.keep(connection, about, Photo("image/png", b"png"))
    with reading(hub.engine) as connection:
        told = person_record(connection, SITE, "amina")["remarks"]
        assert [row["text"] for row in told] == ["said of n1", "said of q1"]
        assert told[0]["photo"] == "data:image/png;base64,cG5n"
    assert document(hub, "kiosk", "tracked/bag") is not None
    with writing(hub.engine) as connection:
        erasure.erase(connection, SITE, "amina", hub.clock.wall_ms())
    assert document(hub, "kiosk", "tracked/bag") is None
    assert document(hub, "kiosk", "tracked/other") is not None
    with reading(hub.engine) as connection:
        assert [row.id for row in remarks.latest_remarks(connection, SITE, 9)] == ["q2"]
    assert differences(hub) == []


def test_who_an_order_was_thought_to_be_of_is_forgotten_and_the_bag_stays_known(
    hub: LocalHub, kiosk: LocalDevice
) -> None:
    say(hub, kiosk, placed(), tagged(), take(partner()))
    with writing(hub.engine) as connection:
        redaction.forget_former_owner(connection, ["bag"], "amina", hub.clock.wall_ms())
    tracked = document(hub, "kiosk", "tracked/bag")
    assert isinstance(tracked, m.Tracked)
    assert (tracked.person, tracked.state, tracked.number) == ("erased", "away", "1FX2Y-EQNVF")


def test_an_order_that_is_over_is_forgotten_in_its_time(hub: LocalHub, kiosk: LocalDevice) -> None:
    timer = next(timer for timer in expiry.TIMERS if timer.name == "orders that are over")

    def due(after_days: int) -> list[str]:
        now_ms = hub.clock.wall_ms() + after_days * DAY_MS
        with reading(hub.engine) as connection:
            return expiry.due(connection, timer, before(Retention(), now_ms), 10)

    say(hub, kiosk, placed(), tagged(), take(staff("ines")))
    assert due(400) == [], "somebody has it"
    say(hub, kiosk, give(staff("ines"), post="return"))
    assert due(390) == []
    assert due(400) == ["bag"]
    with writing(hub.engine) as connection:
        timer.end(connection, ["bag"], hub.clock.wall_ms())
    assert due(400) == []
    assert differences(hub) == []


def quoted(hub: LocalHub) -> tuple[str | None, int | None, int | None]:
    tracked = document(hub, "kiosk", "tracked/bag")
    assert isinstance(tracked, m.Tracked)
    return tracked.quote, tracked.quote_cents, tracked.agreed_cents


def test_kiosks_know_of_a_quote_until_it_is_answered_and_the_word_of_the_receipt(
    hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice
) -> None:
    drop(hub, bridge, kiosk)
    say(hub, kiosk, m.ReceiptShown(order="order", how="screen", word="FIBO-BERA"))
    tracked = document(hub, "kiosk", "tracked/bag")
    assert isinstance(tracked, m.Tracked)
    assert (tracked.word, tracked.quote) == ("FIBO-BERA", None)
    say(hub, kiosk, m.QuoteMade(quote="q-1", order="order", cents=4_500, by=partner()))
    assert quoted(hub) == ("q-1", 4_500, None)
    say(hub, kiosk, m.QuoteAnswered(quote="q-1", order="order", accepted=False, by="person"))
    assert quoted(hub) == (None, None, None)
    say(hub, kiosk, m.QuoteMade(quote="q-2", order="order", cents=3_000, by=partner()))
    assert quoted(hub) == ("q-2", 3_000, None), "refused before, there is no price yet"
    say(hub, kiosk, m.QuoteAnswered(quote="q-2", order="order", accepted=True, by="person"))
    say(hub, kiosk, m.QuoteMade(quote="q-3", order="order", cents=3_900, by=partner()))
    assert quoted(hub) == ("q-3", 3_900, 3_000), "said yes to, it stands whatever is said now"
    say(hub, kiosk, m.WorkDone(order="order", by=partner()))
    assert quoted(hub) == (None, None, None), "nobody is asked about what is done"
    assert differences(hub) == []
