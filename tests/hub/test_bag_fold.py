"""Bags are the same in whatever order, how often and in what pieces their facts arrive."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from contract import messages as m
from hub.core.told import Told
from hub.store import folding
from hub.store.database import Engine, open_database, writing
from hub.store.tables import FOLD, bags, service_orders
from tests.fakes.bags import HOUR_MS, give, partner, placed, staff, tagged, take, told

PEOPLE = tuple(staff(name, f"{name}-employer") for name in ("desk", "runner", "washer"))
TAGS = ("NET-1", "NET-2")
ITEMS = ("one", "two", "three")
POSTS = (None, "reception", "run", "wash", "return")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = open_database("sqlite://")
    yield engine
    engine.dispose()


ORDERS = st.sampled_from(("a", "b"))
QUOTES = st.sampled_from(("q", "r"))
HOLDERS = st.sampled_from((*PEOPLE, partner()))
BY = st.just(partner())


def scanned(make: Callable[..., m.BagScanned]) -> st.SearchStrategy[m.BagScanned]:
    others = st.one_of(st.none(), st.none(), HOLDERS)
    items = st.sampled_from((None, None, *ITEMS))
    fields = {"tag": st.sampled_from(TAGS), "item": items, "post": st.sampled_from(POSTS)}
    return st.builds(make, HOLDERS, others, **fields)


FACTS: st.SearchStrategy[m.AnyFact] = st.one_of(
    scanned(give),
    scanned(take),
    scanned(take),
    st.builds(tagged, st.sampled_from(ITEMS), st.sampled_from(TAGS)),
    st.builds(placed, st.sampled_from(ITEMS), order=ORDERS, promised_ms=st.just(10 * HOUR_MS)),
    st.builds(
        m.BagWrittenOff,
        tag=st.sampled_from(TAGS),
        item=st.sampled_from((None, *ITEMS)),
        why=st.sampled_from(("lost", "misread")),
        by=HOLDERS,
    ),
    st.builds(
        m.ReceiptShown,
        order=st.one_of(ORDERS, st.sampled_from(ITEMS)),
        how=st.just("print"),
        word=st.sampled_from((None, "BADE", "FILO")),
    ),
    st.builds(m.OrderCancelled, order=ORDERS, why=st.sampled_from(("person", "staff", "given_up", "moved"))),
    st.builds(
        m.PiecesCounted,
        item=st.sampled_from(ITEMS),
        by=st.sampled_from(("person", "staff", "partner")),
        pieces=st.integers(1, 3),
    ),
    st.builds(
        m.LoadMade,
        load=st.sampled_from(("l", "m")),
        machine=st.just("M1"),
        tags=st.just(TAGS),
        holder=HOLDERS,
    ),
    st.builds(
        m.ManifestClosed,
        manifest=st.just("m1"),
        partner=st.just("pressing"),
        direction=st.just("in"),
        tags=st.just(("NET-1",)),
        missing=st.just(("NET-2",)),
        by=HOLDERS,
    ),
    st.builds(m.QuoteMade, quote=QUOTES, order=ORDERS, cents=st.integers(0, 3), by=BY),
    st.builds(m.QuoteAnswered, quote=QUOTES, order=ORDERS, accepted=st.booleans(), by=st.just("person")),
    st.builds(m.WorkDone, order=ORDERS, by=BY, ready=st.sampled_from((None, 1, 2)), pieces=st.just(2)),
    st.builds(
        m.PaymentNoted,
        payment=st.sampled_from(("p", "r")),
        order=ORDERS,
        cents=st.integers(0, 3),
        how=st.just("cash"),
        by=BY,
    ),
)


def of_the_lockers(item: str, compartment: int) -> st.SearchStrategy[m.AnyFact]:
    """What the bridge tells of a drop, in the order of its journal."""
    where: dict[str, Any] = {"item": item, "compartment": compartment, "allocation": 1}
    return st.one_of(
        st.builds(
            m.ItemClaimed,
            kind=st.just("bag"),
            person=st.just("amina"),
            pickup=st.just("pickup"),
            size=st.just("M"),
            purpose=st.sampled_from(("drop", "drop", "hold")),
            **{name: st.just(value) for name, value in where.items()},
        ),
        st.just(m.ItemLeft(evidence="door", **where)),
        st.just(m.ClaimDropped(why="timeout", door_was_opened=True, **where)),
        st.just(m.ClaimDropped(why="restart", door_was_opened=True, **where)),
    )


LOCKERS = st.lists(st.one_of(of_the_lockers("one", 1), of_the_lockers("two", 2)), max_size=8)


@st.composite
def days(draw: st.DrawFn) -> list[Told]:
    facts = draw(st.lists(st.tuples(FACTS, st.integers(0, 40), st.booleans()), min_size=1, max_size=25))
    return [
        told(fact, minutes * 20 * 60_000, event=f"event-{number:02}", estimated=estimated and number % 5 == 0)
        for number, (fact, minutes, estimated) in enumerate(facts)
    ]


def tables_after(engine: Engine, batches: Sequence[Sequence[Told]]) -> dict[str, list[Any]]:
    with writing(engine) as connection:
        for table in FOLD:
            connection.execute(delete(table))
        for batch in batches:
            folding.fold_facts(connection, batch)
        found = {}
        for table in FOLD:
            keys = list(table.primary_key.columns)
            found[table.name] = [tuple(row) for row in connection.execute(select(table).order_by(*keys))]
        return found


def test_a_refusal_stands_when_something_else_of_the_order_comes_later(engine: Engine) -> None:
    said: tuple[m.AnyFact, ...] = (
        placed("one", order="a"),
        m.QuoteMade(quote="q", order="a", cents=4_500, by=partner()),
        m.QuoteAnswered(quote="q", order="a", accepted=False, by="person"),
    )
    paid = m.PaymentNoted(payment="p", order="a", cents=1, how="cash", by=partner())
    first = [told(fact, number, event=f"e{number}") for number, fact in enumerate(said)]
    tables_after(engine, [first, [told(paid, 9, event="e9")]])
    with writing(engine) as connection:
        row = connection.execute(select(service_orders)).one()
    assert (row.refused, row.agreed_cents, row.paid_cents) == (True, 0, 1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=days(), data=st.data())
def test_any_order_any_doubling_and_any_cut_give_the_same_rows(
    engine: Engine, facts: list[Told], data: st.DataObject
) -> None:
    expected = tables_after(engine, [facts])
    doubled = facts + data.draw(st.lists(st.sampled_from(facts), max_size=5))
    shuffled = data.draw(st.permutations(doubled))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=6)))
    pieces = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    assert tables_after(engine, pieces) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=days(), bridge=LOCKERS, data=st.data())
def test_what_lockers_tell_gives_the_same_rows_wherever_it_comes_among_the_rest(
    engine: Engine, facts: list[Told], bridge: list[m.AnyFact], data: st.DataObject
) -> None:
    """One journal keeps its order; what other devices said comes before, between or after."""
    journal = [told(fact, n * HOUR_MS, event=f"bridge-{n}") for n, fact in enumerate(bridge)]
    expected = tables_after(engine, [[*facts, *journal]])
    mixed = data.draw(st.permutations(facts))
    places = sorted(data.draw(st.integers(0, len(mixed))) for _ in journal)
    for place, fact in reversed(list(zip(places, journal, strict=True))):
        mixed.insert(place, fact)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(mixed)), max_size=6)))
    pieces = [mixed[a:b] for a, b in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
    assert tables_after(engine, pieces) == expected


def test_of_two_taggings_at_one_moment_the_first_has_what_was_scanned_before(engine: Engine) -> None:
    scan = told(take(PEOPLE[0], tag="BOX"), 0, event="scan")
    first, second = (told(tagged(item, "BOX"), HOUR_MS, event=item) for item in ITEMS[:2])
    assert tables_after(engine, [[scan], [second], [first]]) == tables_after(engine, [[scan, first, second]])


def test_a_tag_used_every_day_for_a_year_costs_no_more_than_on_its_second_day(engine: Engine) -> None:
    def day(number: int) -> list[Told]:
        start = number * 24 * HOUR_MS
        facts = (
            tagged(f"bag-{number}"),
            take(PEOPLE[0]),
            give(PEOPLE[0]),
            take(PEOPLE[1]),
            give(PEOPLE[1], post="return"),
        )
        return [told(facts[at], start + at * 60_000, event=f"{number}-{at}") for at in range(len(facts))]

    tables_after(engine, [])
    read: list[int] = []
    for number in range(365):
        with writing(engine) as connection:
            rows = folding.fold_facts(connection, day(number))
            read.append(sum(len(held) for held in rows.held.values()))
    assert max(read[2:]) == read[2]


def test_a_tag_used_again_leaves_the_bag_alone_that_had_it_and_has_ended(engine: Engine) -> None:
    ended = [told(tagged("old"), 0), told(give(PEOPLE[0], post="return"), 60_000)]
    tables_after(engine, [ended])
    with writing(engine) as connection:
        rows = folding.fold_facts(connection, [told(tagged("new"), HOUR_MS)])
    assert [row["id"] for row in rows.of("bags")] == ["new"]


def test_a_tag_nobody_knows_scanned_for_ever_reads_only_the_latest(engine: Engine) -> None:
    tables_after(engine, [])
    for number in range(200):
        scan = told(take(PEOPLE[number % 3], tag="BOX"), number * HOUR_MS, event=f"scan-{number:03}")
        with writing(engine) as connection:
            rows = folding.fold_facts(connection, [scan])
    assert len(rows.held["scans"]) <= 66
    with writing(engine) as connection:
        assert connection.execute(select(bags.c.holder_id)).scalar_one() == "runner"
