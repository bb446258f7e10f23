"""Whether the hub knows what is true: every bag at its place, the right alarms only, nothing lost."""

import resource
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hub.core.bag_alarms import Worry
from hub.simulation.plan import Bag
from hub.simulation.stage import Stage
from hub.store import chain_check, folding
from hub.store.bag_alarms import open_worries
from hub.store.database import reading, sqlite_url
from hub.store.whereabouts import where_all

_EVERY_BAG: Final = 10**9


@dataclass
class Day:
    """What a day cost: facts told, processor seconds, real seconds."""

    facts: int
    cpu_seconds: float
    seconds: float


@dataclass
class Verdict:
    """What was compared, and every difference in words."""

    bags: int = 0
    alarms: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def compare(stage: Stage, truth: Iterable[Bag], verdict: Verdict) -> None:
    """Hold the hub's bags and alarms against the book, at this moment of the simulation."""
    now_ms = stage.time.now_ms
    known = {(bag.site, bag.id): bag for bag in truth if bag.places[0][0] <= now_ms}
    with reading(stage.engine) as connection:
        rows = where_all(connection)
        worries = open_worries(connection, now_ms, most=_EVERY_BAG)
    expected = {key: bag.at(now_ms) for key, bag in known.items()}
    for key in sorted(expected.keys() | rows.keys()):
        if expected.get(key) != rows.get(key):
            verdict.wrong.append(f"{key}: {rows.get(key)} and not {expected.get(key)}")
    right = {(*key, kind) for key, bag in known.items() for kind in bag.alarms_at(now_ms)}
    found = {(worry.site, worry.bag, worry.kind) for worry in worries}
    verdict.wrong += [f"no alarm: {each}" for each in sorted(right - found)]
    verdict.wrong += [f"a false alarm: {each}" for each in sorted(found - right)]
    verdict.wrong += _too_late(known, worries)
    verdict.bags, verdict.alarms = len(expected), Counter(kind for _, _, kind in found)


def _too_late(known: dict[tuple[str, str], Bag], worries: Iterable[Worry]) -> list[str]:
    """An alarm that tells of a broken promise came too late."""
    late = [worry for worry in worries if worry.kind == "late" and (worry.site, worry.bag) in known]
    promised = {worry: known[worry.site, worry.bag].promised_ms for worry in late}
    return [
        f"after the promise: {worry.bag}"
        for worry in late
        if (by_ms := promised[worry]) is not None and worry.since_ms >= by_ms
    ]


def nothing_is_lost(stage: Stage, directory: Path, verdict: Verdict) -> None:
    """Every fact is in the ledger once, the chains hold, and the tables are what the ledger gives."""
    with reading(stage.engine) as connection:
        chains = chain_check.check(connection)
    held = chains.facts - len(stage.devices)  # each journal begins with a fact of its own
    if held != stage.told or stage.backlog:
        verdict.wrong.append(f"{stage.told} facts were told, {held} are here, {stage.backlog} on their way")
    if chains.broken:
        verdict.wrong.append(chains.broken)
    verdict.wrong += folding.differences(stage.engine, sqlite_url(directory / "again.sqlite3"))


def resident_mb() -> int:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def cpu_seconds() -> float:
    """Processor time of this process until now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def report(days: list[Day], verdict: Verdict) -> str:
    """What the run says of itself, as a table and a verdict."""
    lines = ["| day | facts | seconds | facts a second | CPU ms a fact | times faster than life |"]
    lines.append("|---|---|---|---|---|---|")
    for number, day in enumerate(days, 1):
        facts = max(day.facts, 1)
        rate, cost, faster = facts / day.seconds, 1000 * day.cpu_seconds / facts, 86_400 / day.seconds
        lines.append(
            f"| {number} | {day.facts:,} | {day.seconds:.1f} | {rate:,.0f} | {cost:.3f} | {faster:,.0f} |"
        )
    lines += ["", f"{verdict.bags:,} bags, each at its place; memory at most {resident_mb()} MB."]
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(verdict.alarms.items()))
    lines.append(f"Alarms that stand at the end: {told or 'none'}.")
    if verdict.wrong:
        lines += [f"NOT RIGHT, {len(verdict.wrong)} times:", *verdict.wrong[:20]]
    else:
        lines.append("Every place and every alarm is the simulator's own; every fact is in the ledger, once.")
    return "\n".join(lines)
