"""The ledger's chains: right as they come, whatever a device went through; each forgery is named."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, delete, insert, select, text, update

import hub.__main__ as program
from contract.messages import DoorForced, PickupAsked
from hub.store.chain_check import Verdict, check
from hub.store.database import reading, writing
from hub.store.redaction import forget_traces
from hub.store.tables import ledger
from tests.fakes.clock import FakeClock
from tests.fakes.local_hub import LocalDevice, LocalHub


@pytest.fixture
def told(hub: LocalHub, bridge: LocalDevice, kiosk: LocalDevice) -> LocalHub:
    """Five facts of lockers, four of a kiosk: each begins with the opening of its journal."""
    for number in range(1, 5):
        bridge.journal.append(DoorForced(compartment=number))
    for number in range(3):
        kiosk.journal.append(PickupAsked(ask=f"ask-{number}", way="qr"))
    bridge.connect(hub)
    kiosk.connect(hub)
    return hub


def verdict(hub: LocalHub) -> Verdict:
    with reading(hub.engine) as connection:
        return check(connection)


def verify(hub: LocalHub) -> tuple[int, str]:
    result = CliRunner().invoke(program.main, ["ledger", "--verify", "--data", str(hub.directory)])
    return result.exit_code, result.output


def test_what_came_holds(told: LocalHub) -> None:
    assert verdict(told) == Verdict(facts=9)
    assert verify(told) == (0, "9 facts, every link holds; 0 redacted\n")


def test_redacted_facts_hold_by_their_hash(told: LocalHub) -> None:
    with writing(told.engine) as connection:
        asked = connection.execute(select(ledger.c.position).where(ledger.c.type == "pickup_asked")).scalars()
        forget_traces(connection, asked.all(), 1)
    assert verdict(told) == Verdict(facts=9, redacted=3)


def test_a_device_that_told_all_of_it_again_leaves_gaps_that_are_no_fault(
    told: LocalHub, bridge: LocalDevice
) -> None:
    bridge.journal.begin_again("chain_broken")
    bridge.journal.append(DoorForced(compartment=9))
    bridge.connect(told)
    found = verdict(told)
    assert (found.broken, found.facts) == ("", 11)
    assert found.again == 5


def test_an_id_that_stood_for_another_fact_holds(
    told: LocalHub, bridge: LocalDevice, tmp_path: Path, clock: FakeClock
) -> None:
    known = bridge.journal.append(DoorForced(compartment=8))
    bridge.talk(told)
    other = LocalDevice("paris-bridge", tmp_path / "paris", clock)
    with other.journal.transaction() as transaction:
        transaction.append(DoorForced(compartment=1), event_id=known.id)
    other.connect(told)
    other.stop()
    assert verdict(told).broken == ""


ROW = ledger.c.position == 3


def changed(connection: Connection) -> None:
    body = connection.execute(select(ledger.c.body).where(ROW)).scalar_one()
    connection.execute(update(ledger).where(ROW).values(body=re.sub(rb"\d", b"7", bytes(body))))


def written_as_text(connection: Connection) -> None:
    connection.execute(text("UPDATE ledger SET body = 'nothing' WHERE position = 3"))


def left_out(connection: Connection) -> None:
    connection.execute(delete(ledger).where(ROW))


def cut_off(connection: Connection) -> None:
    connection.execute(delete(ledger).where(ledger.c.device == "borny-bridge", ledger.c.seq >= 4))


def taken_out_whole(connection: Connection) -> None:
    connection.execute(delete(ledger).where(ledger.c.device == "borny-bridge"))


def another_time(connection: Connection) -> None:
    connection.execute(update(ledger).where(ROW).values(wall_ms=ledger.c.wall_ms + 1))


def another_hash_and_redacted(connection: Connection) -> None:
    connection.execute(update(ledger).where(ROW).values(hash=b"\x01" * 32, redacted_ms=1))


def twice(connection: Connection) -> None:
    row = dict(connection.execute(select(ledger).where(ROW)).one()._mapping)
    connection.execute(insert(ledger).values(**(row | {"position": None, "event": "again"})))


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        (changed, r"borny-bridge, journal \w+, fact 3 \(position 3\): it is not what its device wrote"),
        (written_as_text, r"fact 3 .*: it is not what its device wrote"),
        (left_out, r"fact 4 .*: 1 before it are not there"),
        (cut_off, r"borny-bridge, journal \w+: facts 4 to 5 are not there"),
        (taken_out_whole, r"borny-bridge, journal \w+: facts 1 to 5 are not there"),
        (another_time, r"fact 3 .*: it is not what its device wrote"),
        (another_hash_and_redacted, r"fact 4 .*: it does not follow the one before it"),
        (twice, r"fact 3 .*: it stands there twice"),
    ],
)
def test_the_first_link_that_does_not_hold_is_named(
    told: LocalHub, forged: Callable[[Connection], None], said: str
) -> None:
    with writing(told.engine) as connection:
        forged(connection)
    code, output = verify(told)
    assert code == 1
    assert re.search(f"^broken: .*{said}" if not said.startswith("borny") else f"^broken: {said}", output)


def test_the_command_wants_to_know_which(told: LocalHub) -> None:
    result = CliRunner().invoke(program.main, ["ledger", "--data", str(told.directory)])
    assert result.exit_code == 2
    assert "--jsonl or --verify" in result.output
