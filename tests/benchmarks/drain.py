"""A backlog goes up: 20,000 facts of a real journal to the real ingest, each in its process, over mosquitto.

The floor is a bare drain of the same rows: the same batches over a broker with the same limits, one in
flight, the receiver decodes them, inserts their rows with one commit a batch and answers.

Then once more with the hub killed a third of the way and the device at two thirds: nothing may be missing,
and nothing there twice.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from contract.clock import SystemClock
from contract.codec import encode
from contract.journal import Journal
from tests.benchmarks.bare import Exchange
from tests.benchmarks.bare_ledger import make_ledger
from tests.benchmarks.figures import Figure, at_least, seconds
from tests.benchmarks.hub_of_one import HubOfOne, hub_of_one
from tests.benchmarks.parcels import parcels
from tests.benchmarks.whole_site import bare_exchange
from tests.fakes.waiting import wait_until

FACTS = 20_000
ROUNDS = 3
_ACK_BYTES = 330
_PATIENCE_SECONDS = 120.0


def run() -> list[Figure]:
    """Rounds of both in turn, each with a backlog of its own; then the kills."""
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name,
        hub_of_one(Path(name)) as hub,
    ):
        ledger = make_ledger(Path(name) / "bare.sqlite3")
        measured: list[float] = []
        floor: list[float] = []
        with bare_exchange(Path(name) / "bare", keeps=str(ledger), answer_bytes=_ACK_BYTES) as bare:
            for seed in range(ROUNDS):
                batches = _new_backlog(hub, seed)
                floor.append(seconds(partial(_bare_drain, bare, batches)))
                measured.append(_drain(hub))
        kills = _drain_with_kills(hub)
    rate, bare_rate = (FACTS / sorted(times)[ROUNDS // 2] for times in (measured, floor))
    return [at_least(f"drain of {FACTS:,} facts to the hub", rate, bare_rate, 0.5, "facts/s"), kills]


def _new_backlog(hub: HubOfOne, seed: int) -> list[bytes]:
    """A new journal full of facts nobody has seen; its batches as they will be sent."""
    for old in hub.device.glob("journal.db*"):
        old.unlink()
    journal = Journal.open(hub.device / "journal.db", SystemClock())
    with journal.transaction() as transaction:
        for fact in parcels(FACTS, seed)[: FACTS - journal.last_seq]:
            transaction.append(fact)
    batches, after = [], 0
    while (batch := journal.read(after)) is not None:
        batches.append(encode(batch))
        after += len(batch.entries)
    journal.close()
    return batches


def _bare_drain(bare: Exchange, batches: list[bytes]) -> None:
    for batch in batches:
        bare.ask(batch)


def _drain(hub: HubOfOne) -> float:
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
    _new_backlog(hub, ROUNDS)
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
