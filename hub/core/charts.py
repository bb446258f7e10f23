"""Charts of bars as geometry: what a template draws as SVG, in the units of its `viewBox`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360
"""As wide as a telephone: letters have their own size there, and are larger on a desk."""
HEIGHT: Final = 190
_LEFT, _TOP, _RIGHT, _BOTTOM = 34, 14, 6, 24
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """One bar; `label` stands under it where there is room, `told` is what it says."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    told: str


@dataclass(frozen=True)
class Mark:
    """A line across, and the number beside it."""

    y: float
    value: int


@dataclass(frozen=True)
class Chart:
    """Bars over a scale. `limit` is a line that no bar goes beyond, where there is one."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    limit: Mark | None
    left: float
    right: float
    ground: float
    width: int = WIDTH
    height: int = HEIGHT


def bars(
    values: Sequence[int], labels: Sequence[str], told: Sequence[str], limit: int | None = None
) -> Chart:
    """One bar a value, each as long as it is large; `labels` and `told` one a bar, a label may be empty."""
    marks = scale(max([*values, limit or 0, 1]))
    ground, high = float(HEIGHT - _BOTTOM), HEIGHT - _BOTTOM - _TOP

    def level(value: int) -> float:
        return round(ground - high * value / marks[-1], 1)

    step = (WIDTH - _LEFT - _RIGHT) / max(len(values), 1)
    gap = min(step * 0.25, 4)
    drawn = [
        Bar(
            x=round(_LEFT + number * step + gap / 2, 1),
            y=level(value),
            width=round(step - gap, 1),
            height=round(ground - level(value), 1),
            middle=round(_LEFT + (number + 0.5) * step, 1),
            label=label,
            told=said,
        )
        for number, (value, label, said) in enumerate(zip(values, labels, told, strict=True))
    ]
    return Chart(
        bars=tuple(drawn),
        marks=tuple(Mark(level(value), value) for value in marks),
        limit=None if limit is None else Mark(level(limit), limit),
        left=_LEFT,
        right=WIDTH - _RIGHT,
        ground=ground,
    )


def scale(most: int) -> tuple[int, ...]:
    """Round numbers from 0 to at least `most`, four steps or fewer."""
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit * 4 >= most:
                size = step * unit
                return tuple(range(0, -(-most // size) * size + 1, size))
        unit *= 10
