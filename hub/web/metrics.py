"""`/metrics`, in the text form Prometheus reads: how the hub and its devices are. Never anything of a person.

It is there only where hub.toml has a token, which whoever reads it shows. The registry is the
application's own.
"""

from collections.abc import Iterator
from hmac import compare_digest
from typing import Final

from flask import Flask, Response, abort, g, request
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from hub.context import HubContext
from hub.store.database import reading
from hub.store.measures import Measures, measures
from hub.web.live import News

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_OF_DEVICE: Final = ("site", "device", "kind")


def install(app: Flask) -> None:
    """Add the endpoint where there is a token for it, and measure every request from its beginning."""
    context: HubContext = app.extensions["hub"]
    token = context.settings.metrics.token
    if not token:
        return
    registry = CollectorRegistry()
    seconds = Histogram(
        "conciergerie_request_seconds",
        "How long requests took, by endpoint; of a page that stays open, until it began.",
        ["endpoint"],
        registry=registry,
        buckets=_BUCKETS,
    )
    registry.register(_Standing(app, context))

    def begin() -> None:
        g.began_ms = context.clock.mono_ms()

    def end(response: Response) -> Response:
        took_ms = context.clock.mono_ms() - g.began_ms
        seconds.labels(request.endpoint or "none").observe(took_ms / 1000)
        return response

    def show() -> Response:
        if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
            abort(401)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    app.before_request(begin)
    app.after_request(end)
    app.add_url_rule("/metrics", "metrics", show)


class _Standing(Collector):
    """Asks the database when it is asked, and keeps nothing."""

    def __init__(self, app: Flask, context: HubContext) -> None:
        self._app, self._context = app, context

    def collect(self) -> Iterator[Metric]:
        """All families."""
        now_ms = self._context.clock.wall_ms()
        with reading(self._context.engine) as connection:
            found = measures(connection, now_ms)
        news: News = self._app.extensions["hub_news"]
        yield CounterMetricFamily("conciergerie_facts", "Facts in the ledger.", found.facts)
        for name, said, value in (
            ("quarantined_facts", "Facts that could not be read.", found.quarantined),
            ("losses", "Holes in journals, and journals that began anew.", found.losses),
            ("messages_waiting", "Messages to people that wait to leave.", found.messages_waiting),
            ("messages_failed_last_day", "Messages that failed.", found.messages_failed_last_day),
            ("database_bytes", "Size of the database.", found.database_bytes),
            ("open_pages", "Pages that follow the news.", news.streams),
        ):
            yield GaugeMetricFamily(f"conciergerie_{name}", said, value)
        yield from _labelled(found)
        yield from _devices(found, now_ms)

    def describe(self) -> Iterator[Metric]:
        """Nothing: the database is not asked before anybody asks us."""
        return iter(())


def _labelled(found: Measures) -> Iterator[Metric]:
    things = GaugeMetricFamily("conciergerie_things_to_do", "Open things to do.", labels=["tone"])
    for tone, number in found.things.items():
        things.add_metric([tone], number)
    doors = GaugeMetricFamily(
        "conciergerie_doors", "Doors by what is seen of them.", labels=["site", "state"]
    )
    for (site, state), number in found.doors.items():
        doors.add_metric([site, state], number)
    yield from (things, doors)


def _devices(found: Measures, now_ms: int) -> Iterator[Metric]:
    """What a machine cannot tell has no sample."""
    families = {
        name: GaugeMetricFamily(f"conciergerie_device_{name}", said, labels=_OF_DEVICE)
        for name, said in (
            ("online", "Whether a device is connected."),
            ("backlog", "Facts a device still keeps for the hub."),
            ("silent_seconds", "How long ago anything last came from a device."),
            ("celsius", "Temperature of its machine."),
            ("disk_free_percent", "Free share of its disk."),
            ("certificate_seconds", "How long its certificate is still good."),
        )
    }
    for one in found.devices:
        device, machine = one.device, one.machine
        values: dict[str, float | None] = {"online": device.online, "backlog": device.backlog}
        if device.exchange_ms is not None:
            values["silent_seconds"] = (now_ms - device.exchange_ms) / 1000
        if machine is not None:
            values |= {"celsius": machine.celsius, "disk_free_percent": machine.disk_free_percent}
        if machine is not None and machine.certificate_ends_ms is not None:
            values["certificate_seconds"] = (machine.certificate_ends_ms - now_ms) / 1000
        for name, value in values.items():
            if value is not None:
                families[name].add_metric([device.site, device.id, device.kind], float(value))
    yield from families.values()
