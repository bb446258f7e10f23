"""What a benchmark gives back, and how it is printed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured quantity. `bound` is what issue or design ask for, in words; `holds` whether it does."""

    name: str
    value: str
    floor: str
    ratio: str
    bound: str
    holds: bool


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of them lie."""
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def percentiles(measured: Sequence[float], floor: Sequence[float], share: float) -> tuple[float, float]:
    """The same percentile of both, each sorted."""
    return percentile(measured, share), percentile(floor, share)


def timed_ms(work: Callable[[], object], times: int) -> list[float]:
    """How long each of `times` calls took, in milliseconds, sorted."""
    found = []
    for _ in range(times):
        began = time.perf_counter_ns()
        work()
        found.append((time.perf_counter_ns() - began) / 1e6)
    return sorted(found)


def seconds(work: Callable[[], object]) -> float:
    """How long one call took."""
    began = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began) / 1e9


def at_most(name: str, value: float, floor: float, most: float, unit: str) -> Figure:
    """A figure that should stay below `most` times its floor."""
    ratio = value / floor
    return Figure(
        name, f"{value:.3g} {unit}", f"{floor:.3g} {unit}", f"{ratio:.2f}", f"≤ {most:g}", ratio <= most
    )


def at_least(name: str, value: float, floor: float, least: float, unit: str) -> Figure:
    """A rate that should reach `least` times its floor's."""
    ratio = value / floor
    return Figure(
        name, f"{value:,.0f} {unit}", f"{floor:,.0f} {unit}", f"{ratio:.2f}", f"≥ {least:g}", ratio >= least
    )


def information(name: str, value: float, floor: float, unit: str) -> Figure:
    """A figure nobody asked for, that explains another."""
    return Figure(name, f"{value:.3g} {unit}", f"{floor:.3g} {unit}", f"{value / floor:.2f}", "-", True)


HEAD = "| what | measured | floor | ratio | asked | holds |\n| --- | --- | --- | --- | --- | --- |"
"""The head of a Markdown table."""


def row(f: Figure) -> str:
    """A line of it."""
    return f"| {f.name} | {f.value} | {f.floor} | {f.ratio} | {f.bound} | {'yes' if f.holds else 'no'} |"
