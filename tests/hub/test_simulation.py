"""The simulation of the Games, small: the hub knows what its own book says, and would be found out if not."""

from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import update

import hub.__main__ as program
from hub.simulation.games import BEGIN_MS, play_day
from hub.simulation.plan import DAY, Games
from hub.simulation.stage import Stage
from hub.simulation.verdict import Verdict, compare
from hub.store.database import writing
from hub.store.tables import bags


def test_one_day_of_two_laundries_ends_with_every_bag_at_its_place(tmp_path: Path) -> None:
    command = ["simulate", "games", "--days", "1", "--laundries", "2", "--bags", "60", "--seed", "7"]
    written = tmp_path / "report.md"
    result = CliRunner().invoke(
        program.main, [*command, "--data", str(tmp_path / "data"), "--report", str(written)]
    )
    assert result.exit_code == 0, result.output
    assert "Every place and every alarm is the simulator's own" in result.output
    assert written.read_text() == result.output
    verified = CliRunner().invoke(program.main, ["verify", "--data", str(tmp_path / "data")])
    assert verified.exit_code == 0, verified.output


def test_a_bag_at_another_place_and_an_alarm_too_few_are_told(tmp_path: Path) -> None:
    stage, verdict = Stage(tmp_path, plan := Games(1, (40, 40), 3, BEGIN_MS), BEGIN_MS, 3), Verdict()
    plan.plan(0)
    play_day(stage, plan, BEGIN_MS)
    compare(stage, plan.bags, verdict)
    assert verdict.wrong == []
    some = plan.bags[0]
    plan.bags[1].alarms.append((BEGIN_MS, "counts"))
    with writing(stage.engine) as connection:
        connection.execute(update(bags).where(bags.c.id == some.id).values(holder_id="somebody"))
    compare(stage, plan.bags, verdict)
    stage.close()
    assert len(verdict.wrong) == 2
    assert some.id in verdict.wrong[0]
    assert "no alarm" in verdict.wrong[1]


def test_days_alike_have_the_same_bags_at_the_same_hours() -> None:
    plan, days = Games(2, (40, 60), 3, BEGIN_MS), []
    for day in range(2):
        plan.plan(day, 3)
        acts = plan.acts_until(BEGIN_MS + 9 * DAY)
        days.append([(act.at_ms - day * DAY, act.device, type(act.fact)) for act in acts])
    assert days[0] == days[1]
    assert len({bag.id for bag in plan.bags}) == len(plan.bags)
