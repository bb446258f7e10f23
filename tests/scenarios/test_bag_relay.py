"""D11: bags of twelve sites without network, shuffled and doubled; D12: one event is altered.

Here with fewer bags; `hub simulate games` plays them all.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

import hub.__main__ as program
from hub.core.bags import questions_of
from hub.simulation.games import BEGIN_MS
from hub.simulation.plan import DAY, FAULTS, HOUR, Games
from hub.simulation.stage import Stage
from hub.simulation.verdict import Verdict, compare, nothing_is_lost
from hub.store.bag_alarms import open_worries
from hub.store.database import reading, writing
from hub.store.tables import bags, ledger

BAGS = 360


@dataclass(frozen=True)
class Played:
    """A day that was played, and where the hub's data are."""

    stage: Stage
    plan: Games
    directory: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Ten times as much goes wrong as in the great simulation."""
    directory = tmp_path_factory.mktemp("relay")
    plan = Games(12, (BAGS, BAGS), 11, BEGIN_MS, {fault: 10 * share for fault, share in FAULTS.items()})
    plan.plan(0)
    stage = Stage(directory, plan, BEGIN_MS, 11)
    a_day_without_network(stage, plan)
    yield Played(stage, plan, directory)
    stage.close()


def a_day_without_network(stage: Stage, plan: Games) -> None:
    """Devices are known to the hub, lose it for the day, and come back one after the other."""
    stage.play([], BEGIN_MS, everybody=True)
    names = list(stage.devices)
    for device in stage.devices.values():
        device.away = ((BEGIN_MS, BEGIN_MS + DAY),)
    stage.play(plan.acts_until(BEGIN_MS + 23 * HOUR), BEGIN_MS + 23 * HOUR)
    random.Random(5).shuffle(names)
    now_ms = BEGIN_MS + 23 * HOUR
    for name in names:
        stage.devices[name].away = ()
        now_ms += 60_000
        stage.play([], now_ms)
    while stage.backlog:
        now_ms += 60_000
        stage.play([], now_ms)


def test_twelve_offline_sites_shuffled_and_doubled_give_one_true_place_a_bag_and_the_right_alarms(
    played: Played, tmp_path: Path
) -> None:
    verdict = Verdict()
    compare(played.stage, played.plan.bags, verdict)
    nothing_is_lost(played.stage, tmp_path, verdict)
    assert verdict.wrong == []
    assert verdict.bags >= BAGS
    assert {"late", "lone", "unknown", "missing", "counts"} <= set(verdict.alarms)


def test_a_bag_that_will_be_late_is_told_before_its_promise_with_the_bags_to_search_first(
    played: Played,
) -> None:
    with reading(played.stage.engine) as connection:
        worries = open_worries(connection, played.stage.time.now_ms + DAY)
        rows = {row.id: row for row in connection.execute(select(bags))}
    late = [worry for worry in worries if worry.kind == "late"]
    assert late
    for worry in late:
        assert worry.since_ms < rows[worry.bag].promised_ms
        assert questions_of(rows[worry.bag]._asdict()).get("unknown") is None
    sought = [worry for worry in late if worry.load]
    assert sought
    assert all(1 <= len(worry.beside) <= 3 and worry.tag not in worry.beside for worry in sought)


def test_one_altered_event_is_named_as_the_first_broken_link(played: Played) -> None:
    verify = ["verify", "--data", str(played.directory)]
    assert CliRunner().invoke(program.main, verify).exit_code == 0
    counted = select(ledger).where(ledger.c.type == "pieces_counted").order_by(ledger.c.position).limit(1)
    with writing(played.stage.engine) as connection:
        row = connection.execute(counted).one()
        mine = update(ledger).where(ledger.c.position == row.position)
        connection.execute(mine.values(body=bytes(row.body).replace(b'"pieces":', b'"pieces":1')))
    result = CliRunner().invoke(program.main, verify)
    with writing(played.stage.engine) as connection:
        connection.execute(mine.values(body=row.body))
    assert result.exit_code == 1
    assert f"broken: {row.device}, journal {row.journal}, fact {row.seq} " in result.output
