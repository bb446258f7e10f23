"""The timers on a real hub: what is due goes, the rest stays, and the tables still equal the ledger."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, insert, select, update

import hub.__main__ as program
from contract import messages as m
from hub import housekeeping
from hub.core.people_csv import PersonLine
from hub.core.redaction import NOBODY
from hub.core.retention import Before, Retention
from hub.housekeeping import ClockDoubtedError, Housekeeping
from hub.store import audit, expiry
from hub.store.database import reading, writing
from hub.store.ledger import story_of_item
from hub.store.people import person_row, remove_person
from hub.store.staff import add_staff, remove_staff, staff_initials
from hub.store.tables import (
    accounts,
    device_state,
    items,
    ledger,
    orders,
    outbox,
    people,
    pickups,
    sessions,
    staff,
    visits,
)
from hub.store.tables import audit as audit_table
from hub.web.story import Names, tell
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.fakes.remembering_house import LABEL, House

DAY_MS = 86_400_000


def keeping(house: House, **policy: Any) -> Housekeeping:
    return Housekeeping(house.hub.engine, house.erased, house.hub.clock, Retention(**policy))


def days_pass(house: House, days: int) -> None:
    """Nobody says hello meanwhile: what was said of clocks is old news."""
    house.hub.clock.advance(days * DAY_MS)


def value(house: House, query: Any) -> Any:
    with reading(house.hub.engine) as connection:
        return connection.execute(query).scalar()


@pytest.fixture
def house(hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> House:
    return House(hub, bridge, kiosk)


@pytest.fixture
def over(house: House) -> House:
    """A parcel of Amina that came and went, one of Zoé that lies there, and a wrong code."""
    house.deposit("parcel", house.amina)
    house.kiosk.journal.append(m.PickupAsked(ask="ask", way="typed"))
    house.bridge.journal.append(
        m.CodeRefused(kiosk="borny-kiosk", way="typed", wrong_today=1, wait_seconds=0)
    )
    house.collect("parcel", house.amina)
    house.deposit("other", house.zoe, door=4, pickup="another", label="1Z999")
    house.talk()
    return house


def test_nothing_is_due_on_the_first_day_and_a_turn_says_nothing(over: House) -> None:
    assert keeping(over).due().total() == 0
    assert keeping(over).turn().total() == 0
    assert value(over, select(func.count()).select_from(audit_table)) == 0


def test_traces_of_codes_go_after_ninety_days_and_the_parcels_story_stays(over: House) -> None:
    days_pass(over, 91)
    with reading(over.hub.engine) as connection:
        before = len([tell(row, Names({}, {})) for row in story_of_item(connection, "borny", "parcel")])
    done = keeping(over).turn()
    assert done["traces of codes"] == 3
    assert done["parcels that left"] == 0
    bodies = over.bodies()
    assert b"code_refused" not in bodies
    assert b"pickup_asked" not in bodies
    assert value(over, select(visits.c.pickup)) is None
    assert LABEL.encode() in bodies
    with reading(over.hub.engine) as connection:
        assert len(list(story_of_item(connection, "borny", "parcel"))) == before
    over.all_is_well()
    assert keeping(over).turn().total() == 0, "what is done is due no more"


def test_whose_a_parcel_was_goes_after_thirteen_months_and_what_lies_there_is_not_touched(
    over: House,
) -> None:
    days_pass(over, 396)
    done = keeping(over).turn()
    assert (done["parcels that left"], done["tickets"]) == (1, 1)
    with reading(over.hub.engine) as connection:
        whose = connection.execute(
            select(items.c.id, items.c.person, items.c.label).order_by(items.c.id)
        ).all()
        tickets = connection.execute(select(pickups.c.person).order_by(pickups.c.id)).scalars().all()
    assert [tuple(row) for row in whose] == [("other", over.zoe, "1Z999"), ("parcel", NOBODY, "")]
    assert tickets == [over.zoe, NOBODY]
    bodies = over.bodies()
    assert LABEL.encode() not in bodies
    assert over.amina.encode() not in bodies
    assert b"1Z999" in bodies
    over.all_is_well()


def test_labels_of_refused_parcels_and_unreadable_facts_go_as_well(house: House) -> None:
    house.kiosk.journal.append(m.ParcelRefused(item="r1", staff="sb", why="damaged", label="RF1"))
    house.kiosk.journal.append(m.ParcelRefused(item="r2", staff="sb", why="damaged"))
    house.kiosk.journal.append(m.DoorForced(compartment=1))
    house.talk()
    days_pass(house, 396)
    done = keeping(house).turn()
    assert (done["refused parcels"], done["unreadable facts"]) == (2, 1)
    assert b"RF1" not in house.bodies()
    house.all_is_well()
    assert keeping(house).turn().total() == 0


def test_messages_go_but_for_what_still_lies_there(house: House) -> None:
    house.deposit("parcel", house.amina)
    house.deposit("other", house.zoe, door=4, pickup="another")
    house.talk()
    house.collect("parcel", house.amina)
    house.talk()
    days_pass(house, 91)
    assert keeping(house).turn()["messages"] == 1
    assert value(house, select(outbox.c.person)) == house.zoe


def test_what_people_of_the_team_did_and_who_they_were_goes(house: House) -> None:
    now_ms = house.hub.clock.wall_ms()
    key = house.hub.keys.site_key("borny")
    with writing(house.hub.engine) as connection:
        audit.note(connection, now_ms, "a", "person_added", subject="x")
        member, _ = add_staff(connection, "borny", key, initials="SB", number=7, now_ms=now_ms)
        stays, _ = add_staff(connection, "borny", key, initials="LM", number=8, now_ms=now_ms)
        remove_staff(connection, "borny", member, now_ms)
        row = {"id": "a", "name": "Samia", "password_hash": "x", "role": "admin", "created_ms": now_ms}
        connection.execute(insert(accounts).values(**row, disabled_ms=now_ms))
        token = {"token_hash": "t", "account": "a", "created_ms": now_ms, "seen_ms": now_ms}
        connection.execute(insert(sessions).values(**token, expires_ms=now_ms))
        order = {"id": "o", "site": "borny", "device": "borny-bridge", "compartment": 1, "allocation": 0}
        order |= {"actor": "a", "reason": "repair", "state": "taken", "asked_ms": now_ms}
        connection.execute(insert(orders).values(**order, changed_ms=now_ms))
    days_pass(house, 396)
    done = keeping(house).turn()
    names = ("audit", "staff who left", "closed accounts", "sessions", "remote openings")
    assert [done[name] for name in names] == [1, 1, 1, 1, 1]
    assert value(house, select(accounts.c.name)) == "erased-a"
    with reading(house.hub.engine) as connection:
        assert staff_initials(connection, "borny") == {member: "—", stays: "LM"}
        assert connection.execute(select(staff.c.pin_hash).where(staff.c.id == member)).scalar_one() == ""
        noted = connection.execute(select(audit_table.c.action, audit_table.c.detail)).one()
    assert noted.action == "let_go"
    assert "closed accounts 1" in noted.detail
    assert keeping(house).turn().total() == 0


def test_who_was_taken_off_the_list_is_erased_after_ninety_days(over: House) -> None:
    with writing(over.hub.engine) as connection:
        for person in (over.amina, over.zoe):
            remove_person(connection, "borny", person, over.hub.clock.wall_ms())
    days_pass(over, 91)
    assert keeping(over).turn()["people"] == 1
    names = select(people.c.name).order_by(people.c.name)
    with reading(over.hub.engine) as connection:
        assert connection.execute(names).scalars().all() == ["", "Zoé Müller"], "a parcel of hers lies there"
    assert [one.person for one in over.erased] == [over.amina]
    over.all_is_well()


def test_who_had_nothing_for_three_years_is_erased_and_forgetting_parcels_does_not_hasten_it(
    house: House,
) -> None:
    """Her last parcel is forgotten as hers after thirteen months; that she had one counts all the same."""
    days_pass(house, 800)
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.talk()
    days_pass(house, 400)
    assert keeping(house).turn()["people"] == 1
    with reading(house.hub.engine) as connection:
        assert person_row(connection, "borny", house.zoe) is None
        assert person_row(connection, "borny", house.amina) is not None
    days_pass(house, 696)
    assert keeping(house).turn()["people"] == 1


def test_a_hub_whose_clock_is_doubted_lets_nothing_go(over: House) -> None:
    days_pass(over, 400)
    now_ms = over.hub.clock.wall_ms()
    with writing(over.hub.engine) as connection:
        said = {"clock": "synced", "clock_off_ms": -400 * DAY_MS, "hello_ms": now_ms}
        connection.execute(update(device_state).values(**said))
    with pytest.raises(ClockDoubtedError, match="days apart"):
        keeping(over).turn()
    assert LABEL.encode() in over.bodies()
    with writing(over.hub.engine) as connection:
        connection.execute(update(device_state).values(clock="unknown"))
    assert keeping(over).turn().total() > 0


def test_cut_short_between_two_transactions_it_goes_on_where_it_was(
    house: House, bridge: LocalDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MOST_TOGETHER", 4)
    for number in range(10):
        bridge.journal.append(m.CodeRefused(kiosk="k", way="qr", wrong_today=number, wait_seconds=0))
    house.talk()
    days_pass(house, 91)
    now_ms = house.hub.clock.wall_ms()
    [traces, *_] = expiry.TIMERS
    with writing(house.hub.engine) as connection:  # as far as the one that was killed had come
        keys = expiry.due(connection, traces, Before(*[now_ms - 91 * DAY_MS + DAY_MS] * 6), 4)
        traces.end(connection, keys, now_ms)
    assert keeping(house).turn()["traces of codes"] == 6
    assert value(house, select(func.count()).where(ledger.c.redacted_ms.is_not(None))) == 10
    house.all_is_well()


# --- commands ----------------------------------------------------------------------------------


def run(house: House, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(program.main, [*arguments, "--data", str(house.hub.directory)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def test_the_command_says_what_is_due_and_then_does_it(house: House) -> None:
    """The fake hub lives in 2026, the command by this machine's clock: only what is years old is sure."""
    house.deposit("parcel", house.amina)
    house.collect("parcel", house.amina)
    house.talk()
    with writing(house.hub.engine) as connection:
        for column in ("at_ms", "received_ms"):
            connection.execute(update(ledger).values(**{column: 1}))
        connection.execute(update(items).values(ended_ms=1))
        connection.execute(update(device_state).values(hello_ms=1))
    code, dry = run(house, "retention", "--dry-run")
    assert code == 0
    assert "traces of codes: 1\n" in dry
    assert "parcels that left: 1\n" in dry
    assert LABEL.encode() in house.bodies()
    assert run(house, "retention") == (0, dry)
    assert LABEL.encode() not in house.bodies()
    assert re.search(r"traces of codes: 0\n", run(house, "retention", "--dry-run")[1])


def test_somebody_is_exported_and_erased_by_command(house: House, tmp_path: Path) -> None:
    code, printed = run(house, "person", "export", house.amina)
    assert code == 0
    assert "Benchekroun" in printed
    house.deposit("parcel", house.amina)
    house.talk()
    code, said = run(house, "person", "erase", house.amina)
    assert (code, "hand them over" in said) == (1, True)
    house.collect("parcel", house.amina)
    house.talk()
    assert run(house, "person", "erase", house.amina)[0] == 0
    code, said = run(house, "person", "export", house.amina)
    assert (code, "nobody has this id" in said) == (1, True)
    assert [one.person for one in house.erased] == [house.amina]


def test_a_restore_erases_again_and_says_so(house: House, tmp_path: Path) -> None:
    assert run(house, "backup", str(tmp_path / "copy"))[0] == 0
    house.erase(house.amina)
    house.hub.stop()
    code, said = run(house, "restore", str(tmp_path / "copy"))
    assert code == 0
    assert "1 people erased since the backup were erased again" in said
    house.hub.start()
    with reading(house.hub.engine) as connection:
        assert person_row(connection, "borny", house.amina) is None


def test_a_person_line_says_all_that_is_ever_kept() -> None:
    """`hub.store.erasure` empties the row column by column: a new one must be thought of there."""
    kept = {column.name for column in people.columns}
    emptied = {"name", "flat", "sought", "language", "phone", "email", "badge_hash", "reach_cm"}
    emptied |= {"carry_grams", "last_item_ms"}
    assert set(PersonLine.__dataclass_fields__) <= emptied
    assert kept == emptied | {"id", "site", "created_ms", "removed_ms", "erased_ms"}
