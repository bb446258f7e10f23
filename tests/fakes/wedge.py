"""A scanner that types: the key events of a text, on the keyboard that it pretends to be."""

from contract.scans.keyboards import KEYBOARDS, Layout

Press = tuple[int, int]
"""Key code; 1 pressed, 0 released, 2 repeated by the kernel."""

TAB, ENTER, CTRL, SHIFT, RIGHT_SHIFT, ALT, CAPS_LOCK, KEYPAD_ENTER, ALT_GR = (
    15,
    28,
    29,
    42,
    54,
    56,
    58,
    96,
    100,
)
_HOLDING: tuple[int | None, ...] = (None, SHIFT, ALT_GR)


def press(code: int) -> tuple[Press, Press]:
    """One key, down and up."""
    return (code, 1), (code, 0)


def typed(text: str, layout: Layout) -> list[Press]:
    """All events of a text, without an end."""
    return [one for mark in text for one in _of(mark, layout)]


def _of(mark: str, layout: Layout) -> list[Press]:
    for code, marks in KEYBOARDS[layout].items():
        if mark in marks:
            holding = _HOLDING[marks.index(mark)]
            return [*press(code)] if holding is None else [(holding, 1), *press(code), (holding, 0)]
    raise AssertionError(f"no key prints {mark!r}")
