"""Against the standard's own rules and a published example, and read back bar by bar."""

import pytest

from contract import bag_tag, code128


def test_every_pattern_is_another_one_of_eleven_modules_with_an_even_sum_of_bars() -> None:
    *patterns, stop = code128._PATTERNS
    assert len(set(patterns)) == len(patterns) == 106
    assert all(sum(map(int, one)) == 11 for one in patterns)
    assert all(sum(map(int, one[::2])) % 2 == 0 for one in patterns)
    assert stop == "2331112"


def test_the_check_character_of_a_published_example() -> None:
    assert code128._values("Wikipedia")[-2] == 88


def test_a_tag_read_back_bar_by_bar_is_the_tag() -> None:
    text = bag_tag.scanned(bag_tag.printed("item-1"))
    width = code128.modules(text)
    line = [False] * width
    for at, wide in code128.bars(text):
        line[at : at + wide] = [True] * wide
    assert not any(line[:10])
    assert not any(line[-10:])
    assert line[10]
    assert line[-11]
    assert read(line[10:-10]) == text


def read(line: list[bool]) -> str:
    """What a reader makes of the modules."""
    values = []
    for start in range(0, len(line) - 13, 11):
        runs, cell = [], line[start : start + 11]
        for before, now in zip([None, *cell], cell, strict=False):
            runs.append(0) if before is not now else None
            runs[-1] += 1
        values.append(code128._PATTERNS.index("".join(map(str, runs))))
    start_b, *data, _check = values
    assert start_b == 104
    return "".join(chr(value + 32) for value in data)


def test_what_it_cannot_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        list(code128.bars("é"))
