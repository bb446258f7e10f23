"""Figures for a monitor, in Prometheus' text format (version 0.0.4). Pure; nobody's name or id is in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

TEXT: Final = "text/plain; version=0.0.4"

Sample = tuple[Mapping[str, str], int | float]


def exposition(figures: Mapping[str, Any], now_ms: int) -> str:
    """All of them; `figures` as hub.store.api_reads gives them."""
    devices, doors = figures["devices"], figures["doors"]
    return "".join(
        (
            _gauge(
                "device_online", "1 while it is heard of", (_device(row, int(row.online)) for row in devices)
            ),
            _gauge(
                "device_silence_seconds",
                "Since anything last came from it",
                (
                    _device(row, max(now_ms - row.exchange_ms, 0) / 1000)
                    for row in devices
                    if row.exchange_ms is not None
                ),
            ),
            _gauge(
                "device_backlog_facts",
                "Facts it still keeps for the hub",
                (_device(row, max(row.last_seq - row.through, 0)) for row in devices),
            ),
            _gauge("doors", "Doors by what their sensor sees", _by_state(doors)),
            _gauge("doors_alarmed", "Doors with an alarm", _alarmed(doors)),
            _counter("facts_total", "Position of the last fact", figures["position"]),
            _gauge("messages_waiting", "Messages to people that wait", [({}, figures["waiting"])]),
            _gauge("api_tokens", "Tokens that were not revoked", [({}, figures["tokens"])]),
            _gauge(
                "webhooks_disabled",
                "Webhooks given up for long failure",
                [({}, figures["webhooks_disabled"])],
            ),
        )
    )


def _device(row: Any, value: float) -> Sample:
    return {"site": row.site, "device": row.id, "kind": row.kind}, value


def _by_state(doors: Iterable[Any]) -> Iterable[Sample]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in doors:
        counts[row.site, row.state] += row.number
    return [({"site": site, "state": state}, number) for (site, state), number in sorted(counts.items())]


def _alarmed(doors: Iterable[Any]) -> Iterable[Sample]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in doors:
        if row.alarm:
            counts[row.site, row.alarm] += row.number
    return [({"site": site, "alarm": alarm}, number) for (site, alarm), number in sorted(counts.items())]


def _gauge(name: str, about: str, samples: Iterable[Sample]) -> str:
    return _family(name, "gauge", about, samples)


def _counter(name: str, about: str, value: int) -> str:
    return _family(name, "counter", about, [({}, value)])


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> str:
    full = f"conciergerie_{name}"
    lines = [
        f"{full}{_labels(labels)} {value:g}\n"
        if isinstance(value, float)
        else f"{full}{_labels(labels)} {value}\n"
        for labels, value in samples
    ]
    return f"# HELP {full} {about}\n# TYPE {full} {kind}\n" + "".join(lines)


def _labels(labels: Mapping[str, str]) -> str:
    said = ",".join(f'{name}="{_plain(value)}"' for name, value in labels.items())
    return f"{{{said}}}" if said else ""


def _plain(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
