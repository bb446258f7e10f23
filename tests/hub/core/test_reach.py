"""When somebody could have come, as far as the site's devices tell."""

from contract import messages as m
from hub.core.reach import PROOF_MS, Beats, Said, door_troubles, reachable
from hub.core.spans import NEVER

VISIT = m.VisitOpened(visit="v", kiosk="borny-kiosk", way="typed", pickup="p")


def silent(*compartments: int) -> m.BoardSilent:
    return m.BoardSilent(board="main", compartments=compartments, why="no answer")


def stuck(compartment: int, why: str = "stayed_shut") -> m.DoorNotOpened:
    return m.DoorNotOpened(operation="o", compartment=compartment, why=why)  # type: ignore[arg-type]


def told(*facts: m.AnyFact) -> list[Said]:
    return [Said(100 * number, False, fact) for number, fact in enumerate(facts, 1)]


def test_lockers_and_a_kiosk_must_both_have_been_there() -> None:
    beats = [
        Beats("bridge", (0, 100)),
        Beats("kiosk", (50, 80)),
        Beats("kiosk", (70, 200)),
        Beats("bridge", (150, 300)),
    ]
    assert reachable(beats, []) == ((50, 100), (150, 200))
    assert reachable(reversed(beats), []) == reachable(beats, [])
    assert reachable([Beats("bridge", (0, 100))], []) == ()


def test_a_visit_proves_that_it_worked_though_the_line_was_cut() -> None:
    at_ms = 10 * PROOF_MS
    assert reachable([], [Said(at_ms, False, VISIT)]) == ((at_ms - PROOF_MS, at_ms + PROOF_MS),)


def test_a_visit_at_an_hour_nobody_is_sure_of_proves_nothing() -> None:
    assert reachable([], [Said(10 * PROOF_MS, True, VISIT)]) == ()


def test_a_silent_board_keeps_its_doors_shut_until_it_is_heard_again() -> None:
    back = m.BoardBack(board="main", compartments=(1, 2))
    assert door_troubles(told(silent(1, 2), silent(1, 2), back)) == {1: ((100, 300),), 2: ((100, 300),)}
    assert door_troubles(told(silent(1))) == {1: ((100, NEVER),)}
    assert door_troubles(told(silent(1), m.DoorsSeen(closed=(1,)))) == {1: ((100, 200),)}


def test_a_stuck_door_stays_so_until_it_opens_and_a_board_that_answers_repairs_nothing() -> None:
    opened = m.DoorOpened(operation="p", compartment=3)
    facts = told(stuck(3), silent(3), m.DoorsSeen(closed=(3,)), opened)
    assert door_troubles(facts) == {3: ((100, 400),)}
    assert door_troubles(told(stuck(3, "not_sent"))) == {}
