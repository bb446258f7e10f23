"""A backlog goes up: 20,000 facts of a real journal to the real ingest, each in its process, over mosquitto.

The floor is a bare drain of the same rows: read from the journal's file without a check, encoded into
batches as large, sent over a broker with the same limits, one in flight; the receiver decodes them, inserts
their rows with one commit a batch and answers. For information also beside batches encoded beforehand.

Then once more with the hub killed a third of the way and the device at two thirds: nothing may be missing,
and nothing there twice.
"""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from msgspec import Raw

from contract.chain import GENESIS
from contract.clock import SystemClock
from contract.codec import encode
from contract.journal import Journal
from contract.messages import Batch, Entry
from tests.benchmarks.bare import Exchange
from tests.benchmarks.bare_ledger import make_ledger
from tests.benchmarks.figures import Figure, at_least, information, seconds
from tests.benchmarks.hub_of_one import HubOfOne, hub_of_one
from tests.benchmarks.parcels import parcels
from tests.benchmarks.whole_site import bare_exchange
from tests.fakes.waiting import wait_until

FACTS = 20_000
ROUNDS = 3
_ACK_BYTES = 330
_PATIENCE_SECONDS = 120.0
_ROWS = "SELECT id, boot, mono_ms, wall_ms, clock, body FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"


def run() -> list[Figure]:
    """Rounds of both in turn, each with a backlog of its own; then the kills."""
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name,
        hub_of_one(Path(name)) as hub,
    ):
        ledger = make_ledger(Path(name) / "bare.sqlite3")
        measured: list[float] = []
        floor: list[float] = []
        encoded: list[float] = []
        with bare_exchange(Path(name) / "bare", keeps=str(ledger), answer_bytes=_ACK_BYTES) as bare:
            for seed in range(ROUNDS):
                payloads = [encode(batch) for batch in new_backlog(hub, ROUNDS + seed)]
                encoded.append(seconds(partial(_send, bare, payloads)))
                sizes = [len(batch.entries) for batch in new_backlog(hub, seed)]
                floor.append(seconds(partial(_bare_drain, bare, hub.device / "journal.db", sizes)))
                measured.append(drain(hub))
        kills = _drain_with_kills(hub)
    rate, bare_rate, encoded_rate = (
        FACTS / sorted(times)[ROUNDS // 2] for times in (measured, floor, encoded)
    )
    return [
        at_least(f"drain of {FACTS:,} facts to the hub", rate, bare_rate, 0.5, "facts/s"),
        information("the same, beside batches encoded beforehand", rate, encoded_rate, "facts/s"),
        kills,
    ]


def new_backlog(hub: HubOfOne, seed: int) -> list[Batch]:
    """A new journal full of facts nobody has seen; its batches as they will be sent."""
    for old in hub.device.glob("journal.db*"):
        old.unlink()
    journal = Journal.open(hub.device / "journal.db", SystemClock())
    with journal.transaction() as transaction:
        for fact in parcels(FACTS, seed)[: FACTS - journal.last_seq]:
            transaction.append(fact)
    batches: list[Batch] = []
    after = 0
    while (batch := journal.read(after)) is not None:
        batches.append(batch)
        after += len(batch.entries)
    journal.close()
    return batches


def _send(bare: Exchange, payloads: list[bytes]) -> None:
    for payload in payloads:
        bare.ask(payload)


def _bare_drain(bare: Exchange, path: Path, sizes: list[int]) -> None:
    after = 0
    with closing(sqlite3.connect(path)) as journal:
        for size in sizes:
            rows = journal.execute(_ROWS, (after, size)).fetchall()
            entries = tuple(
                Entry(id=event, boot=boot, mono_ms=mono_ms, wall_ms=wall_ms, clock=clock, body=Raw(body))
                for event, boot, mono_ms, wall_ms, clock, body in rows
            )
            batch = Batch(journal="0" * 32, first=after + 1, prev=GENESIS, head=GENESIS, entries=entries)
            bare.ask(encode(batch))
            after += size


def drain(hub: HubOfOne) -> float:
    """Seconds from the welcome to the last acknowledgement."""
    before = hub.count()
    with _device(hub) as device:
        moments = [_moment(device, word) for word in ("welcomed", "drained")]
    if hub.count() - before != FACTS:
        raise AssertionError(f"{hub.count() - before} of {FACTS} facts in the ledger")
    return (moments[1] - moments[0]) / 1e9


def _moment(device: "subprocess.Popen[str]", word: str) -> int:
    said = device.stdout.readline().split() if device.stdout else []
    if not said or said[0] != word:
        raise RuntimeError(f"the device ended before it was {word}")
    return int(said[1])


@contextmanager
def _device(hub: HubOfOne) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.benchmarks.draining", str(hub.device)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _drain_with_kills(hub: HubOfOne) -> Figure:
    """SIGKILL for the hub, then for the device, and count."""
    new_backlog(hub, ROUNDS * 2)
    before = hub.count()
    with _device(hub) as device:
        wait_until(lambda: hub.count() - before > FACTS // 3, _PATIENCE_SECONDS)
        hub.kill()
        at_hub = hub.count() - before
        hub.start()
        wait_until(lambda: hub.count() - before > FACTS * 2 // 3, _PATIENCE_SECONDS)
        device.kill()
    at_device = hub.count() - before
    with _device(hub) as device:
        _moment(device, "welcomed")
        _moment(device, "drained")
    came, wanted = hub.events()[before:], _events(hub.device / "journal.db")
    return Figure(
        f"the same, hub killed at {at_hub:,}, device at {at_device:,}",
        f"{len(came):,} facts, {len(set(came)):,} different",
        f"{len(wanted):,} in the journal",
        "",
        "all, once, in order",
        came == wanted and max(at_hub, at_device) < FACTS,
    )


def _events(path: Path) -> list[str]:
    """The event ids of a journal, in its order."""
    journal = Journal.open(path, SystemClock())
    found: list[str] = []
    while (batch := journal.read(len(found))) is not None:
        found += [entry.id for entry in batch.entries]
    journal.close()
    return found
