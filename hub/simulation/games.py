"""`hub simulate games`: days of the Games' laundries in minutes, and whether the hub knew the truth."""

import gc
import sys
import tempfile
from pathlib import Path
from typing import Final

import click

from contract.clock import SystemClock
from hub.ingest import collect_seldom
from hub.simulation.plan import DAY, HOUR, MINUTE, Games
from hub.simulation.stage import Stage
from hub.simulation.verdict import Day, Verdict, compare, cpu_seconds, nothing_is_lost, report

BEGIN_MS: Final = 1_785_110_400_000
"""Midnight of 27 July 2026, UTC."""
BAGS: Final = (3_600, 6_000)
EVENING_MS: Final = 23 * HOUR + 40 * MINUTE
"""Everybody is reached then, and the hub is held against the book."""
STEP_MS: Final = 5 * MINUTE


@click.group()
def simulate() -> None:
    """Play what a great day would be, and check what the hub makes of it."""


@simulate.command()
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 60))
@click.option("--laundries", default=12, show_default=True, type=click.IntRange(1, 40))
@click.option("--bags", default=None, type=click.IntRange(1, 20_000), help="A day; 3600 to 6000 by lot else.")
@click.option("--seed", default=2024, show_default=True, help="The same seed, the same days.")
@click.option("--alike", is_flag=True, help="The same day again and again: what it costs more is history's.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the data in this new directory.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report there, too.")
def games(
    days: int,
    laundries: int,
    bags: int | None,
    seed: int,
    alike: bool,
    data: Path | None,
    report_file: Path | None,
) -> None:
    """The laundries of the Games: bags, scans by both sides, cut networks, losses; ends with a report.

    Journals, uplinks, ingest, ledger and fold are the real ones; wire and clocks are simulated. Exits 1 where
    the hub does not know what is true.
    """
    collect_seldom()
    with tempfile.TemporaryDirectory(dir=_fast_disk()) as scratch:
        directory = data or Path(scratch)
        directory.mkdir(parents=True, exist_ok=True)
        plan = Games(laundries, (bags, bags) if bags else BAGS, seed, BEGIN_MS)
        costs, verdict = run(directory, plan, days, seed, alike=alike)
    text = report(costs, verdict)
    click.echo(text)
    if report_file is not None:
        report_file.write_text(text + "\n")
    if verdict.wrong:
        sys.exit(1)


def run(
    directory: Path, plan: Games, days: int, seed: int, *, alike: bool = False
) -> tuple[list[Day], Verdict]:
    """Play `days`; what each cost, and the verdict of all evenings. `alike`: all have the same lots."""
    stage, verdict, costs = Stage(directory, plan, BEGIN_MS, seed), Verdict(), list[Day]()
    watch = SystemClock()
    try:
        for number in range(days):
            plan.plan(number, seed if alike else None)
            if alike:
                stage.chance.seed(seed)
            _set_the_book_apart()
            told, cpu, begun_ms = stage.told, cpu_seconds(), watch.mono_ms()
            play_day(stage, plan, BEGIN_MS + number * DAY)
            seconds = (watch.mono_ms() - begun_ms) / 1000
            costs.append(Day(stage.told - told, cpu_seconds() - cpu, max(seconds, 0.001)))
            compare(stage, plan.bags, verdict)
        nothing_is_lost(stage, directory, verdict)
    finally:
        stage.close()
    return costs, verdict


def play_day(stage: Stage, plan: Games, begin_ms: int) -> None:
    """One day from midnight to the evening, when all are reached and have told everything."""
    stage.draw_outages(begin_ms)
    for now_ms in range(begin_ms + STEP_MS, begin_ms + EVENING_MS, STEP_MS):
        stage.play(plan.acts_until(now_ms), now_ms)
    evening_ms = begin_ms + EVENING_MS
    while stage.time.now_ms < evening_ms or stage.backlog:
        stage.play(plan.acts_until(evening_ms), max(evening_ms, stage.time.now_ms + MINUTE), everybody=True)


def _set_the_book_apart() -> None:
    """What the simulator knows grows from day to day: the hub's garbage is not looked for in it."""
    gc.collect()
    gc.freeze()


def _fast_disk() -> str | None:
    """Memory, where there is any: what is measured is the work, not the disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
