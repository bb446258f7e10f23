"""What the hub says of closures and returns, by the kiosk's own clock as far as it is to be believed."""

import pytest

from contract import messages as m
from kiosk.session import Session
from tests.fakes.bridge import FakeBridge
from tests.fakes.clock import FakeClock
from tests.fakes.kiosk import Facts, known, make_session

DAY_MS = 86_400_000

NOW = FakeClock().wall_ms()


def closed(from_days: int, until_days: int, why: str = "holiday", text: str = "") -> m.Closure:
    return m.Closure(
        from_ms=NOW + from_days * DAY_MS,
        until_ms=NOW + until_days * DAY_MS,
        why=why,  # type: ignore[arg-type]
        text=text,
    )


def kiosk(**documents: m.AnyDocument) -> tuple[Session, FakeClock]:
    clock, knowledge = FakeClock(), known()
    knowledge.kept.update({f"closure/{name}": one for name, one in documents.items()})
    return make_session(FakeBridge(clock), Facts(), clock, knowledge), clock


@pytest.mark.parametrize(
    ("from_days", "until_days", "is_closed"), [(-1, 1, True), (0, 1, True), (1, 2, False)]
)
def test_a_closure_counts_from_its_first_moment_on(from_days: int, until_days: int, is_closed: bool) -> None:
    session, _ = kiosk(a=closed(from_days, until_days))
    assert (session.knows.closure is not None) == is_closed


def test_a_closure_that_is_over_is_none_from_that_moment_on() -> None:
    assert kiosk(a=closed(-2, 0))[0].knows.closure is None


def test_of_several_the_one_that_ends_last_is_told() -> None:
    session, _ = kiosk(a=closed(-1, 1), b=closed(-1, 9, "works"), c=closed(3, 30))
    assert session.knows.closure is not None
    assert session.knows.closure.why == "works"


def test_a_clock_nobody_believes_tells_no_closure_and_no_date() -> None:
    session, clock = kiosk(a=closed(-1, 1))
    clock.set_wall(NOW, "unknown")
    assert session.knows.closure is None
    assert session.knows.today_ms is None
    clock.set_wall(NOW, "held")
    assert session.knows.closure is not None


def test_the_screen_is_drawn_anew_when_a_closure_begins_and_when_it_ends() -> None:
    session, clock = kiosk(a=closed(1, 2))
    session.tick()
    for _ in range(2):
        before = session.seen.revision
        clock.advance(DAY_MS)
        session.tick()
        assert session.seen.revision == before + 1
    before = session.seen.revision
    clock.advance(DAY_MS)
    session.tick()
    assert session.seen.revision == before


def test_what_is_due_back_is_known_from_the_feed() -> None:
    session, _ = kiosk()
    due = m.ReturnDue(item="i-1", carrier="UPS", label="1Z")
    session.knows._documents.kept["return/i-1"] = due  # type: ignore[attr-defined]
    assert session.knows.returns_due == (due,)
