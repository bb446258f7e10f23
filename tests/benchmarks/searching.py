"""The search box over a long history: a million items, three hundred people at each of a hundred sites.

The floor is one row read by its primary key from the same database. Beside the ratio the milliseconds count:
each search should be answered within 100.
"""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hub.core.people_csv import PersonLine
from hub.core.search import understand
from hub.store.bulk import insert_rows
from hub.store.database import Connection, Engine, open_database, reading, sqlite_url, writing
from hub.store.people import columns_of
from hub.store.search import found_items, found_orders, found_people
from hub.store.tables import items, people, pickups, sites
from tests.benchmarks.figures import Figure, percentile, timed_ms

SITES, PEOPLE, ITEMS = 100, 300, 1_000_000
TIMES = 200
MOST_MS = 100.0
TODAY = date(2026, 11, 27)
_NAMES = ("Benali", "Müller", "Nguyễn", "Krasniqi", "Diallo", "Schmitt", "Kouassi", "Da Silva", "Ferreira")


def run() -> list[Figure]:
    """Each way of searching, at p95."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        engine = open_database(sqlite_url(Path(directory) / "hub.sqlite3"))
        with writing(engine) as connection:
            _fill(connection)
        floor = _ms(
            engine,
            lambda connection: connection.exec_driver_sql("SELECT * FROM items WHERE id = 'i777777'").first(),
        )
        figures = [
            _figure(name, text, engine, floor)
            for name, text in (
                ("a name and a flat", "kouassi b12"),
                ("a flat", "A12"),
                ("a name nobody has", "zebulon"),
                ("a bar code", "6A0000777777"),
                ("the beginning of a bar code", "6A00007"),
                ("a ticket", "27"),
            )
        ]
        engine.dispose()
    return figures


def _figure(name: str, text: str, engine: Engine, floor: float) -> Figure:
    sought = understand(text, TODAY)
    taken = _ms(
        engine,
        lambda connection: (
            found_people(connection, sought),
            found_items(connection, sought, found_people(connection, sought)),
            found_orders(connection, sought),
        ),
    )
    ratio = f"{taken / floor:.0f}"
    bound = f"≤ {MOST_MS:g} ms"
    return Figure(
        f"search: {name}, p95", f"{taken:.3g} ms", f"{floor:.3g} ms", ratio, bound, taken <= MOST_MS
    )


def _ms(engine: Engine, ask: Any) -> float:
    def once() -> None:
        with reading(engine) as connection:
            ask(connection)

    return percentile(timed_ms(once, TIMES), 0.95)


def _fill(connection: Connection) -> None:
    names = [f"s{number}" for number in range(SITES)]
    insert_rows(connection, sites, ("id", "name", "created_ms"), [(name, name, 0) for name in names])
    lines = [
        (
            f"{site}-{number}",
            site,
            PersonLine(f"{_NAMES[number % 9]} {number}", f"{'ABCD'[number % 4]}{number % 40}"),
        )
        for site in names
        for number in range(PEOPLE)
    ]
    columns = ("id", "site", "created_ms", "name", "flat", "sought")
    insert_rows(
        connection,
        people,
        columns,
        [(one, site, 0, line.name, line.flat, columns_of(line)["sought"]) for one, site, line in lines],
    )
    persons = [one for one, _, _ in lines]
    held = (
        (f"p{number}", names[number % SITES], persons[number % len(persons)], 10 + number % 60, number)
        for number in range(ITEMS)
    )
    insert_rows(connection, pickups, ("id", "site", "person", "ticket", "opened_ms"), list(held))
    rows = (
        (
            f"i{number}",
            names[number % SITES],
            "collected",
            persons[number % len(persons)],
            f"6A{number:010d}",
            f"p{number}",
            number,
            number + 1,
        )
        for number in range(ITEMS)
    )
    fields = ("id", "site", "state", "person", "label", "pickup", "left_ms", "ended_ms")
    insert_rows(connection, items, fields, list(rows))
