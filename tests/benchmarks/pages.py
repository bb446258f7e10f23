"""Every page of the hub after years at a hundred sites (tests.benchmarks.long_history), for an administrator.

The floor is the page to sign in: the same guard and templates, and next to no question to the database.
"""

from typing import Any, Final

from flask import Flask
from sqlalchemy import insert, select

from hub.config import HubSettings
from hub.context import ERASED, HubContext
from hub.store import audit
from hub.store.database import reading, writing
from hub.store.erased_list import ErasedList
from hub.store.sessions import start_session
from hub.store.tables import accounts, devices, items, people
from hub.web import create_app
from tests.benchmarks.figures import Figure, percentile, timed_ms
from tests.benchmarks.long_history import long_history
from tests.fakes.local_hub import LocalHub

TIMES = 30
MOST_MS = 100.0
NOT_PAGES: Final = {"static", "look", "partner", "entrance", "device_deeds", "api"}
"""Blueprints and endpoints that have no page of an account's."""
_SITE: Final = "site-1"


def run() -> list[Figure]:
    """Each page at p95, the slowest first."""
    with long_history() as hub:
        app, client = _signed_in(hub)
        _busy_day(hub)
        floor = _p95(client, "/connexion")
        taken = {name: _p95(client, path) for name, path in _paths(app, hub).items()}
    slowest = sorted(taken.items(), key=lambda pair: -pair[1])
    return [
        Figure(
            f"page {name}, p95",
            f"{ms:.3g} ms",
            f"{floor:.3g} ms",
            f"{ms / floor:.1f}",
            f"≤ {MOST_MS:g} ms",
            ms <= MOST_MS,
        )
        for name, ms in slowest
    ]


def _signed_in(hub: LocalHub) -> tuple[Flask, Any]:
    erased = ErasedList(hub.directory / ERASED)
    context = HubContext(hub.engine, hub.keys, hub.clock, HubSettings(), erased, hub.directory)
    app = create_app(context)
    with writing(hub.engine) as connection:
        account = {"id": "bench", "name": "bench", "password_hash": "-", "role": "admin", "created_ms": 0}
        if connection.execute(select(accounts).where(accounts.c.id == "bench")).first() is None:
            connection.execute(insert(accounts).values(**account))
        token = start_session(connection, "bench", hub.clock.wall_ms())
    client = app.test_client()
    client.set_cookie("conciergerie", token)
    return app, client


def _busy_day(hub: LocalHub) -> None:
    """As many deeds as the page that lists them shows."""
    with writing(hub.engine) as connection:
        for number in range(audit.MOST_DEEDS):
            now_ms, detail = hub.clock.wall_ms(), f"{number % 20}: door_stuck"
            audit.note(connection, now_ms, "bench", "open_asked", site=_SITE, detail=detail)


def _paths(app: Flask, hub: LocalHub) -> dict[str, str]:
    """An address for every page whose arguments the history has something for."""
    with reading(hub.engine) as connection:
        here = select(items.c.id).where(items.c.site == _SITE, items.c.ended_ms.is_(None)).limit(1)
        item = connection.execute(here).scalar_one()
        person = connection.execute(select(people.c.id).where(people.c.site == _SITE).limit(1)).scalar_one()
        device = connection.execute(select(devices.c.id).where(devices.c.site == _SITE).limit(1)).scalar_one()
    known = {"site": _SITE, "item": item, "person": person, "compartment": 3, "language": "fr"}
    known["device"] = device
    paths: dict[str, str] = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            is_page = "GET" in (rule.methods or ()) and not rule.endpoint.endswith("stream")
            if (
                is_page
                and rule.endpoint.partition(".")[0] not in NOT_PAGES
                and known.keys() >= rule.arguments
            ):
                wanted = {name: known[name] for name in rule.arguments}
                paths[rule.endpoint] = str(app.url_map.bind("localhost").build(rule.endpoint, wanted))
    return paths


def _p95(client: Any, path: str) -> float:
    def once() -> None:
        answer = client.get(path)
        assert answer.status_code < 400, f"{path}: {answer.status}"
        answer.get_data()

    return percentile(timed_ms(once, TIMES), 0.95)
