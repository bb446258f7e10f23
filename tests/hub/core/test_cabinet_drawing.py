"""The drawing of the lockers, changed step by step; and the file that comes of it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.cabinet_drawing import (
    MOST_COLUMNS,
    MOST_ROWS,
    Place,
    Places,
    Step,
    as_file,
    changes,
    doubtful_heights,
    label_taken,
    measured,
    over,
    stepped,
)


def places(*columns: str) -> Places:
    """A column of doors each, named by their numbers, from the top."""
    return tuple(
        Place(compartment=int(door), kind="lock", size="M", floor_cm=80, column=column, row=row)
        for column, doors in enumerate(columns, 1)
        for row, door in enumerate(doors, 1)
    )


def drawn(now: Places) -> list[str]:
    """The columns, as `places` takes them."""
    ordered = sorted(now, key=lambda one: (one.column, one.row))
    return [
        "".join(str(one.compartment) for one in ordered if one.column == column)
        for column in sorted({one.column for one in now})
    ]


@pytest.mark.parametrize(
    ("number", "step", "target", "then"),
    [
        (2, "up", None, ["213", "45"]),
        (1, "up", None, ["123", "45"]),
        (3, "down", None, ["123", "45"]),
        (4, "down", None, ["123", "54"]),
        (2, "right", None, ["13", "425"]),
        (3, "right", None, ["12", "453"]),
        (4, "left", None, ["4123", "5"]),
        (4, "right", None, ["123", "5", "4"]),
        (3, "left", None, ["3", "12", "45"]),
        (1, "above", 5, ["23", "415"]),
        (1, "below", 5, ["23", "451"]),
        (1, "below", 3, ["231", "45"]),
        (3, "above", 1, ["312", "45"]),
        (1, "swap", 5, ["523", "41"]),
        (1, "swap", 1, ["123", "45"]),
        (1, "above", 9, ["123", "45"]),
        (9, "up", None, ["123", "45"]),
    ],
)
def test_a_place_goes_one_step_or_beside_another(
    number: int, step: Step, target: int | None, then: list[str]
) -> None:
    assert drawn(stepped(places("123", "45"), number, step, target)) == then


def test_alone_in_the_outermost_column_it_stays_there() -> None:
    now = places("1", "2")
    assert stepped(now, 1, "left") == now
    assert stepped(now, 2, "right") == now
    assert drawn(stepped(now, 1, "right")) == ["12"]


STEPS = st.tuples(
    st.integers(1, 9),
    st.sampled_from(["up", "down", "left", "right", "above", "below", "swap"]),
    st.integers(1, 9),
)


@given(st.lists(STEPS, max_size=40))
def test_whatever_is_done_no_place_is_lost_nor_drawn_on_another(steps: list[tuple[int, Step, int]]) -> None:
    now = places("123", "45", "6789")
    for number, step, target in steps:
        now = stepped(now, number, step, target)
    assert sorted(one.compartment for one in now) == list(range(1, 10))
    assert len({(one.column, one.row) for one in now}) == 9
    assert all(1 <= one.column <= MOST_COLUMNS and 1 <= one.row <= MOST_ROWS for one in now)


def test_a_column_as_long_as_a_drawing_may_have_takes_no_more() -> None:
    full = tuple(
        Place(
            compartment=number,
            kind="lock",
            size="S",
            floor_cm=0,
            column=1 + (number > 60),
            row=(number - 1) % 60 + 1,
        )
        for number in range(1, 62)
    )
    assert stepped(full, 61, "left") == full


def cabinet() -> Places:
    """Two columns as they were measured, and a shelf of two places at one height."""
    columns = ((155, 112, 56, 13), (159, 85, 13))
    doors = [
        (row, column, floor)
        for column, floors in enumerate(columns, 1)
        for row, floor in enumerate(floors, 1)
    ]
    locks = [
        Place(compartment=number, kind="lock", size="M", floor_cm=floor, column=column, row=row)
        for number, (row, column, floor) in enumerate(doors, 1)
    ]
    shelves = [
        Place(compartment=100 + row, kind="shelf", size="L", floor_cm=100, column=3, row=row, label=f"A{row}")
        for row in (1, 2)
    ]
    return (*locks, *shelves)


@pytest.mark.parametrize(
    ("number", "step", "target", "then"),
    [
        (1, "below", 4, {1}),
        (4, "above", 1, {4}),
        (1, "swap", 4, {1, 4}),
        (1, "down", None, {1, 2}),
        (1, "above", 7, {1, 6}),
        (4, "right", None, {4, 7}),
        (2, "above", 6, set()),
        (101, "below", 102, set()),
        (101, "above", 4, {3, 101}),
    ],
)
def test_a_place_whose_height_does_not_fit_where_it_is_drawn_is_to_be_measured(
    number: int, step: Step, target: int | None, then: set[int]
) -> None:
    assert doubtful_heights(cabinet()) == frozenset()
    assert doubtful_heights(stepped(cabinet(), number, step, target)) == then


def test_measured_again_nothing_is_doubtful() -> None:
    moved = stepped(cabinet(), 1, "below", 4)
    assert doubtful_heights(measured(moved, 1, "M", 5, None)) == frozenset()
    assert doubtful_heights(()) == frozenset()


def test_only_what_is_otherwise_is_told() -> None:
    declared = places("12")
    drafted = measured(stepped(declared, 1, "down"), 1, "XL", 5, None)
    first, second = changes(declared, drafted)
    assert (first.now.compartment, first.fields) == (1, ("size", "floor_cm", "row"))
    assert (second.now.compartment, second.fields) == (2, ("row",))
    assert changes(declared, declared) == []


def test_places_that_came_or_went_since_are_as_the_lockers_say() -> None:
    drafted = stepped(places("123"), 1, "down")
    assert [one.compartment for one in over(places("1", "4"), drafted)] == [1, 4]


def test_the_file_says_it_as_the_lockers_read_it() -> None:
    shelf = Place(
        compartment=101, kind="shelf", size="L", floor_cm=90, column=3, row=1, label='B "1"\\\x7f é'
    )
    found = tomllib.loads(as_file((*places("1"), shelf)))["place"]
    assert found[0] == {"number": 1, "size": "M", "floor_cm": 80, "column": 1, "row": 1}
    assert found[1]["label"] == shelf.label
    assert label_taken((shelf,), 1, 'b "1"\\\x7f É'), "scanned, it is the same"
    assert not label_taken((shelf,), 101, shelf.label or "")
