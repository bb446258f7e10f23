from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Answer, Door, LeaveVisit, Present, Refused, Settled
from kiosk.core.asks import AGAIN_MS, GIVE_UP_MS, MOMENT_MS, REMEMBERED, STREAM_MS, Asks

BODY = Present(digits="27483190")


def answer(n: int, ask: str = "a") -> Answer:
    return Answer(ask=ask, session="s", n=n, body=Door(item=f"i-{n}", compartment=1, state="intent"))


def items(bodies: object) -> list[str]:
    assert isinstance(bodies, list)
    return [body.item for body in bodies]


def test_an_ask_is_put_at_once_and_again_every_second_under_its_own_id() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    assert asks.due(0) == [("a", BODY)]
    asks.sent("a", 0)
    assert asks.due(AGAIN_MS - 1) == []
    assert asks.due(AGAIN_MS) == [("a", BODY)]


def test_an_ask_that_could_not_leave_stays_due() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    assert asks.due(0) == asks.due(100) == [("a", BODY)]


def test_after_8_seconds_it_is_given_up_once_and_put_no_more() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    assert asks.given_up(GIVE_UP_MS - 1) == []
    assert asks.given_up(GIVE_UP_MS) == ["a"]
    assert asks.given_up(GIVE_UP_MS + 1) == []
    assert asks.due(GIVE_UP_MS + 5_000) == []


def test_an_answer_is_a_moment_away_from_when_its_ask_left_until_it_comes_or_takes_too_long() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    assert asks.moment_ms(0) is None
    asks.sent("a", 0)
    assert asks.moment_ms(MOMENT_MS - 1) == MOMENT_MS
    assert asks.moment_ms(MOMENT_MS) is None
    asks.answered(answer(0), 1)
    assert asks.moment_ms(1) is None


def test_a_late_answer_still_counts() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    asks.given_up(GIVE_UP_MS)
    assert items(asks.answered(answer(0), GIVE_UP_MS + 1)) == ["i-0"]


@given(st.permutations(range(6)), st.lists(st.integers(0, 5)))
def test_answers_come_once_each_and_in_order_however_the_line_mixes_them(
    order: list[int], repeats: list[int]
) -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    told = [item for n in (*order, *repeats) for item in items(asks.answered(answer(n), 1))]
    assert told == [f"i-{n}" for n in range(6)]


def test_a_missing_answer_is_asked_for_again_and_in_the_end_done_without() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    asks.sent("a", 0)
    assert items(asks.answered(answer(0), 10)) == ["i-0"]
    assert asks.answered(answer(2), 20) == []
    assert asks.due(AGAIN_MS) == [("a", BODY)]
    assert asks.overdue(20 + GIVE_UP_MS - 1) == []
    assert [ask for ask, _ in asks.overdue(20 + GIVE_UP_MS)] == ["a"]
    assert items(asks.answered(answer(3), 30 + GIVE_UP_MS)) == ["i-3"]


def test_an_answer_to_nobodys_ask_is_nothing() -> None:
    assert Asks().answered(answer(0), 0) == []


def test_only_so_many_asks_are_remembered() -> None:
    asks = Asks()
    for number in range(REMEMBERED + 3):
        asks.put(f"a-{number}", LeaveVisit(visit="v"), 0)
    assert len(asks.due(0)) == REMEMBERED
    assert asks.answered(answer(0, "a-0"), 0) == []


def test_when_the_line_is_back_nothing_waits_for_its_second() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    asks.sent("a", 0)
    asks.hurry()
    assert asks.due(1) == [("a", BODY)]


def test_it_is_known_when_something_is_due_next() -> None:
    asks = Asks()
    assert asks.next_ms(0) is None
    asks.put("a", BODY, 0)
    asks.sent("a", 0)
    assert asks.next_ms(10) == AGAIN_MS
    asks.answered(answer(0), 20)
    assert asks.next_ms(30) is None


def test_with_the_line_back_an_ask_whose_door_is_under_way_is_put_once_more() -> None:
    asks = Asks()
    asks.put("a", BODY, 0)
    asks.sent("a", 0)
    asks.answered(answer(0), 10)
    assert asks.due(20_000) == []
    asks.hurry()
    assert asks.due(20_000) == [("a", BODY)]
    asks.sent("a", 20_000)
    assert asks.due(30_000) == []
    assert items(asks.answered(answer(0), 20_010) + asks.answered(answer(1), 20_010)) == ["i-1"]
    assert asks.given_up(40_000) == []


def test_what_is_settled_refused_or_long_ago_is_not_put_again_when_the_line_is_back() -> None:
    asks = Asks()
    for name, body in (("settled", Settled(item="i", stands="collected")), ("refused", Refused(why="code"))):
        asks.put(name, BODY, 0)
        asks.answered(Answer(ask=name, session="s", n=0, body=body), 10)
    asks.put("a", BODY, 0)
    asks.answered(answer(0), 10)
    asks.hurry()
    assert [ask for ask, _ in asks.due(STREAM_MS)] == []
    assert [ask for ask, _ in asks.due(STREAM_MS - 1)] == ["a"]
