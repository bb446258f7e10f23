"""A person is told when something waits for them: from the door's fact to a gateway, once, or on paper."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, update

from contract import messages as m
from contract.chain import GENESIS, hashes
from contract.codec import encode
from contract.messages import Batch
from hub.core.notices import APART_MS, BACK_OFF_MS, DAY_MS, GATHER_MS, MOST_TRIES
from hub.core.opening import Opening
from hub.core.people_csv import PersonLine
from hub.core.presence import Helper, Line
from hub.notify.attendance import card_words, week_words
from hub.store import folding, outbox
from hub.store.backup import backup, restore
from hub.store.database import reading, writing
from hub.store.outbox_site import outlook, tell_all
from hub.store.people import add_people, remove_person
from hub.store.presence import add_helper, add_lines, tell
from hub.store.reminders import due_reminders
from hub.store.tables import people
from tests.fakes.gateway import HttpGateway, MailServer
from tests.fakes.house import EMAIL, HOUR, PARIS, PHONE, House, at
from tests.fakes.hub_scene import SITE, Scene

# --- told once ---------------------------------------------------------------------------------


def test_a_parcel_is_told_by_text_message_with_its_code_which_is_kept_nowhere(
    house: House, gateway: HttpGateway, tmp_path: Path
) -> None:
    house.left("i1", 0, 3)
    house.telling.turn()
    assert gateway.got == [], "more may come in the next minutes"
    house.passes(GATHER_MS)
    [got] = gateway.got
    assert got["to"] == "+33612345678"
    assert house.code() in got["message"]
    assert "1 colis vous attend" in got["message"]
    assert house.states() == [("ready", "sms", "sent")]
    [row] = house.rows()
    assert (row.items, row.tries, row.sent_ms, row.error) == (1, 1, row.changed_ms, "")
    digits = house.code().replace(" ", "")
    kept = list((tmp_path / "hub").glob("hub.sqlite3*"))
    for form in (digits, digits[-6:], house.code()):
        assert not any(form.encode() in path.read_bytes() for path in kept)


def test_the_hours_of_those_who_are_shown_are_said_in_the_language_of_the_message(
    house: House, gateway: HttpGateway
) -> None:
    with writing(house.scene.hub.engine) as connection:
        who = add_helper(connection, SITE, house.clock.wall_ms(), name="Samia", shown=True)
        assert who is not None
        assert add_lines(connection, who, [Line(Opening(2, 540, 720))], house.clock.wall_ms())
        tell(connection, SITE, house.clock.wall_ms(), PARIS, card_words)
    house.knows(0, language="en")
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    [text] = gateway.texts()
    assert "Samia is there: Tuesday 9:00-12:00." in text
    lines = [Line(Opening(2, 540, 720)), Line(Opening(4, 840, 1020))]
    assert week_words(Helper("h", "Samia", lines=tuple(lines)), "ar", date(2026, 11, 23)) == (
        "الثلاثاء 9:00–12:00، الخميس 14:00–17:00"
    )


def test_who_has_no_hours_is_not_said_to_be_there_and_nobody_is_named_twice(
    house: House, gateway: HttpGateway
) -> None:
    today = date(2026, 11, 23)
    tuesdays, thursdays = (Line(Opening(day, 540, 720)) for day in (2, 4))
    samia = Helper("h1", "Samia", shown=True, lines=(tuesdays,))
    idle = Helper("h2", "Lea", shown=True)
    assert card_words([idle, samia], "fr", today) == ("Samia", "mardi 9 h–12 h")
    assert card_words([idle], "fr", today) == ("Lea", "")
    with writing(house.scene.hub.engine) as connection:
        for name, line in (("Lea", thursdays), ("Samia", tuesdays)):
            who = add_helper(connection, SITE, house.clock.wall_ms(), name=name, shown=True)
            assert who is not None
            assert add_lines(connection, who, [line], house.clock.wall_ms())
        tell(connection, SITE, house.clock.wall_ms(), PARIS, card_words)
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    [text] = gateway.texts()
    assert "Quelqu'un est là : Lea : jeudi 9 h-12 h; Samia : mardi 9 h-12 h." in text


def test_what_comes_within_minutes_is_told_together(house: House, gateway: HttpGateway) -> None:
    for place, item in enumerate(("i1", "i2", "i3"), 3):
        house.left(item, 0, place)
        house.passes(60_000)
    house.passes(GATHER_MS)
    [text] = gateway.texts()
    assert "3 colis vous attendent" in text


def test_what_comes_later_is_told_ten_minutes_after_the_first(house: House, gateway: HttpGateway) -> None:
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    house.left("i2", 0, 4)
    house.passes(APART_MS - 60_000)
    assert len(gateway.got) == 1
    house.passes(60_000)
    assert ["2 colis" in text for text in gateway.texts()] == [False, True]


def test_who_collects_at_once_hears_nothing(house: House, gateway: HttpGateway) -> None:
    house.left("i1", 0, 3)
    house.scene.collect("i1", 0, 3)
    house.passes(DAY_MS)
    assert gateway.got == []
    assert house.states() == [("ready", "sms", "too_old")]


def test_what_the_site_says_again_from_another_journal_is_not_told_again(
    house: House, gateway: HttpGateway
) -> None:
    house.left("i1", 0, 3)
    house.passes(GATHER_MS + APART_MS)
    held = house.scene.bridge.journal.read(0)
    assert held is not None
    head = hashes("again", GENESIS, 1, held.entries)[-1]
    again = Batch(journal="again", first=1, prev=GENESIS, head=head, entries=held.entries)
    assert house.scene.hub.ingest.handle("borny-bridge", "batch", encode(again)) != []
    house.passes(HOUR)
    assert len(house.rows()) == len(gateway.got) == 1


def test_a_rebuild_tells_nobody(house: House, gateway: HttpGateway) -> None:
    house.left("i1", 0, 3)
    before = house.rows()
    with writing(house.scene.hub.engine) as connection:
        folding.rebuild(connection)
    assert house.rows() == before


def test_what_is_heard_a_day_late_is_not_told(house: House, gateway: HttpGateway) -> None:
    house.scene.bridge.disconnect(house.scene.hub)
    house.left("i1", 0, 3)
    house.clock.advance(DAY_MS + HOUR)
    house.scene.bridge.connect(house.scene.hub)
    house.passes(HOUR)
    assert gateway.got == []
    assert house.states() == [("ready", "sms", "too_old")]


def test_at_night_a_message_waits_for_the_morning(house: House, gateway: HttpGateway) -> None:
    house.clock.advance(at("2026-11-23 20:59") - house.clock.wall_ms())
    house.left("i1", 0, 3)
    house.passes(at("2026-11-24 07:59") - house.clock.wall_ms(), HOUR // 4)
    assert gateway.got == []
    house.passes(2 * 60_000)
    assert len(gateway.got) == 1


@pytest.mark.parametrize(
    ("evening", "morning"),
    [("2026-10-24 23:30", "2026-10-25 08:00"), ("2026-03-28 23:30", "2026-03-29 08:00")],
)
def test_the_night_in_which_the_clocks_change_ends_at_eight_as_well(
    house: House, gateway: HttpGateway, evening: str, morning: str
) -> None:
    house.clock.set_wall(at(evening), "synced")
    house.left("i1", 0, 3)
    with writing(house.scene.hub.engine) as connection:
        told = tell_all(connection, SITE, frozenset({"sms"}), house.clock.wall_ms(), PARIS)
    assert (told.is_night, told.at_ms) == (True, at(morning))
    house.passes(at(morning) - house.clock.wall_ms() - 1_000, HOUR // 2)
    assert gateway.got == []
    house.passes(60_000)
    assert len(gateway.got) == 1


def test_thirty_people_told_at_once_are_told_within_two_looks_each_their_own_code(
    house: House, gateway: HttpGateway
) -> None:
    scene, neighbours = house.scene, range(5, 35)
    lines = [
        PersonLine(f"Voisin {number}", f"V{number}", phone=f"+336000{number:05d}") for number in neighbours
    ]
    with writing(scene.hub.engine) as connection:
        scene.people += add_people(connection, SITE, lines, house.clock.wall_ms())
    for number in neighbours:
        house.left(f"i{number}", number, 3)
    with writing(scene.hub.engine) as connection:
        told = tell_all(connection, SITE, frozenset({"sms"}), house.clock.wall_ms(), PARIS)
    assert (told.waiting, told.leaving, told.slips) == (30, 0, 0)
    house.telling.turn()
    house.telling.turn()
    assert {got["to"] for got in gateway.got} == {line.phone for line in lines}
    assert all(house.code(number) in " ".join(gateway.texts()) for number in neighbours)
    with reading(scene.hub.engine) as connection:
        after = outlook(connection, SITE, frozenset({"sms"}), house.clock.wall_ms(), PARIS)
    assert (after.waiting, after.leaving, after.slips) == (0, 0, 0)


# --- reminders ---------------------------------------------------------------------------------


def test_what_still_waits_is_told_again_after_two_and_five_days_and_never_once_collected(
    house: House, gateway: HttpGateway
) -> None:
    house.left("i1", 0, 3)
    house.left("i2", 1, 4)
    house.passes(GATHER_MS)
    house.passes(3 * DAY_MS, HOUR // 2)
    assert ["toujours" in text for text in gateway.texts()] == [False, True]
    house.scene.collect("i1", 0, 3)
    house.passes(5 * DAY_MS, HOUR // 2)
    assert len(gateway.got) == 2
    assert [row.person for row in house.rows() if row.kind == "reminder"].count(house.scene.people[1]) == 2


def test_looking_for_reminders_writes_nothing_and_asks_no_more_for_more_that_waits(house: House) -> None:
    asked: list[str] = []
    engine = house.scene.hub.engine

    def statements(due: int) -> list[str]:
        asked.clear()
        with writing(engine) as connection:  # which the listener hears: on SQLite others read
            found = due_reminders(connection, house.clock.wall_ms(), lambda _connection, _items: {})
        assert len(found) == due
        return list(asked)

    house.left("i0", 0, 3)
    house.clock.advance(2 * DAY_MS)
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, said, *_: asked.append(said))
    one = statements(1)
    for place in range(1, 5):
        house.left(f"i{place}", place, 3 + place)
    house.clock.advance(DAY_MS // 24)
    assert len(statements(1)) == len(one)
    house.clock.advance(2 * DAY_MS - DAY_MS // 24)
    assert len(statements(4)) == len(one) > 1
    assert not [said for said in one if not said.startswith(("SELECT", "BEGIN"))]


def test_of_a_site_that_is_offline_nobody_is_reminded(house: House, gateway: HttpGateway) -> None:
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    house.scene.bridge.disconnect(house.scene.hub)
    house.passes(2 * DAY_MS + HOUR, HOUR)
    assert len(gateway.got) == 1, "it may have been collected there"
    house.scene.bridge.connect(house.scene.hub)
    house.passes(HOUR)
    assert len(gateway.got) == 2


def test_after_a_restore_a_message_waits_for_what_happened_since_the_backup(
    house: House, gateway: HttpGateway, tmp_path: Path
) -> None:
    hub, bridge = house.scene.hub, house.scene.bridge
    house.left("i1", 0, 3)
    backup(hub.engine, tmp_path / "backup")
    house.passes(GATHER_MS)
    house.scene.collect("i1", 0, 3)
    house.clock.advance(HOUR)
    hub.stop()
    restore(tmp_path / "backup", hub.directory / "hub.sqlite3", house.clock.wall_ms())
    hub.start()
    house.open(gateway.address)
    house.telling.turn()
    bridge.disconnect(hub)
    bridge.connect(hub)
    house.passes(HOUR)
    assert len(gateway.got) == 1
    assert house.states() == [("ready", "sms", "too_old")]


# --- when it cannot be sent --------------------------------------------------------------------


def test_a_gateway_in_trouble_is_tried_with_pauses_then_a_slip_is_asked_for(
    house: House, gateway: HttpGateway
) -> None:
    gateway.status = 500
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    for tries, pause in enumerate(BACK_OFF_MS, 1):
        assert len(gateway.got) == tries
        assert house.untold() == []
        house.passes(pause)
    assert len(gateway.got) == MOST_TRIES
    assert house.states() == [("ready", "sms", "failed")]
    assert house.rows()[0].error == "the gateway could not take it (500)"
    assert house.untold() == [("i1", "failed")]
    house.passes(HOUR)
    assert len(gateway.got) == MOST_TRIES


def test_a_gateway_that_is_back_takes_the_message(house: House, gateway: HttpGateway) -> None:
    gateway.status = 503
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    gateway.status = 200
    house.passes(BACK_OFF_MS[0])
    assert house.states() == [("ready", "sms", "sent")]
    assert house.rows()[0].error == ""


@pytest.mark.parametrize("end", ["handed", "collected"])
def test_what_is_refused_is_asked_for_on_paper_until_it_is_handed_over_or_collected(
    house: House, gateway: HttpGateway, end: str
) -> None:
    gateway.status = 422
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    assert len(gateway.got) == 1
    assert house.untold() == [("i1", "failed")]
    if end == "handed":
        with writing(house.scene.hub.engine) as connection:
            outbox.hand_over(connection, SITE, "p-0", house.clock.wall_ms())
        assert house.states() == [("ready", "sms", "handed")]
    else:
        house.scene.collect("i1", 0, 3)
    assert house.untold() == []


def test_told_again_by_hand_and_taken_no_slip_is_asked_for(house: House, gateway: HttpGateway) -> None:
    gateway.status = 422
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    gateway.status = 200
    with writing(house.scene.hub.engine) as connection:
        outbox.tell_again(connection, SITE, house.scene.people[0], "p-0", house.clock.wall_ms())
    house.telling.turn()
    assert len(gateway.got) == 2
    assert house.untold() == []


def test_told_again_twice_by_hand_is_once(house: House, gateway: HttpGateway) -> None:
    house.left("i1", 0, 3)
    for _ in range(2):
        with writing(house.scene.hub.engine) as connection:
            outbox.tell_again(connection, SITE, house.scene.people[0], "p-0", house.clock.wall_ms())
        house.telling.turn()
    assert len(gateway.got) == 1
    house.passes(APART_MS)
    assert len(gateway.got) == 2


# --- other ways --------------------------------------------------------------------------------


def test_without_a_gateway_for_text_messages_it_is_told_by_e_mail(scene: Scene, mails: MailServer) -> None:
    house = House(scene, email=mails.address)
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    [mail] = mails.got
    assert mail.rcpt_tos == [EMAIL]
    assert house.states() == [("ready", "email", "sent")]


def test_without_any_gateway_all_is_paper(scene: Scene) -> None:
    house = House(scene)
    house.left("i1", 0, 3)
    assert house.untold() == [], "the kiosk may still print it"
    house.passes(GATHER_MS)
    assert house.states() == [("ready", "slip", "waiting")]
    assert house.untold() == [("i1", "waiting")]


def test_a_slip_the_kiosk_printed_is_not_asked_for_again(scene: Scene) -> None:
    house = House(scene)
    scene.deposit("i1", 0, 3)
    house.passes(GATHER_MS)
    assert house.states() == [("ready", "slip", "handed")]
    house.left("i2", 1, 4)
    house.passes(GATHER_MS)
    assert house.untold() == [("i2", "waiting")]
    scene.said(m.SlipShown(item="i2", pickup="p-1", how="screen"))
    assert house.untold() == [("i2", "waiting")]
    scene.said(m.SlipShown(item="i2", pickup="p-1", how="print"))
    assert house.untold() == []


def test_who_was_taken_off_the_list_meanwhile_is_not_written_to(house: House, gateway: HttpGateway) -> None:
    house.left("i1", 0, 3)
    with writing(house.scene.hub.engine) as connection:
        remove_person(connection, SITE, house.scene.people[0], house.clock.wall_ms())
    house.passes(GATHER_MS)
    assert gateway.got == []
    assert house.states() == [("ready", "slip", "waiting")]


def test_a_message_that_cannot_be_written_stands_in_nobodys_way(
    house: House, gateway: HttpGateway, caplog: pytest.LogCaptureFixture
) -> None:
    house.left("i1", 0, 3)
    key = house.scene.hub.directory / "keys" / "sites" / f"{SITE}.key"
    key.chmod(0o644)
    house.passes(GATHER_MS)
    [row] = house.rows()
    assert (row.state, row.tries, row.error) == ("waiting", 1, "a fault of the hub")
    assert "chmod 600" in caplog.text
    key.chmod(0o600)
    house.passes(BACK_OFF_MS[0])
    assert house.states() == [("ready", "sms", "sent")]


def test_an_account_of_another_site_hands_over_nothing(house: House, gateway: HttpGateway) -> None:
    gateway.status = 422
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    with writing(house.scene.hub.engine) as connection:
        outbox.hand_over(connection, "paris", "p-0", house.clock.wall_ms())
    assert house.states() == [("ready", "sms", "failed")]


def test_what_a_site_says_of_somebody_of_another_site_is_told_to_nobody(
    house: House, gateway: HttpGateway
) -> None:
    house.scene.hub.site("paris")
    with writing(house.scene.hub.engine) as connection:
        connection.execute(update(people).where(people.c.id == house.scene.people[0]).values(site="paris"))
    house.left("i1", 0, 3)
    house.passes(GATHER_MS)
    assert gateway.got == []
    assert house.states() == [("ready", "slip", "waiting")]


def test_a_gateway_that_hangs_holds_up_neither_the_mails_nor_a_whole_turn(
    scene: Scene, gateway: HttpGateway, mails: MailServer
) -> None:
    house = House(scene, gateway.address + "&rto=0.2", mails.address)
    gateway.hangs = True
    with writing(scene.hub.engine) as connection:
        for person in (1, 2):
            known = update(people).where(people.c.id == scene.people[person])
            connection.execute(known.values(phone=PHONE))
        known = update(people).where(people.c.id == scene.people[3])
        connection.execute(known.values(email=EMAIL))
    for person in range(4):
        house.left(f"i{person}", person, 3 + person)
    house.clock.advance(GATHER_MS)
    house.telling.turn()
    assert (len(gateway.got), len(mails.got)) == (1, 1)
    house.telling.turn()
    assert len(gateway.got) == 2, "the next one is not kept waiting by the first"


def test_a_hub_that_was_off_for_a_day_asks_for_slips_for_whom_it_did_not_tell(
    house: House, gateway: HttpGateway
) -> None:
    house.left("i1", 0, 3)
    house.clock.advance(DAY_MS + HOUR)
    house.telling.turn()
    assert gateway.got == []
    assert house.untold() == [("i1", "failed")]
