"""Whether a batch continues what the hub has of a journal (design.md section 5, invariant I7)."""

from typing import Literal, NamedTuple

from contract.chain import hashes
from contract.messages import Batch, Entry


class Link(NamedTuple):
    """An entry in its place in the chain."""

    seq: int
    prev: str
    hash: str
    entry: Entry


class Verdict(NamedTuple):
    """What to do with a batch.

    `next`: take `fresh`. `known`: all of it is here. `gap`: something before it is missing. `fork`: the
    device's chain is not the one we hold. `damaged`: its content is not what its head says.
    """

    kind: Literal["next", "known", "gap", "fork", "damaged"]
    fresh: tuple[Link, ...] = ()


def judge(batch: Batch, cursor: int, head: str) -> Verdict:
    """Compare a batch with what is held: everything up to `cursor`, whose hash is `head`."""
    if batch.first > cursor + 1:
        return Verdict("gap")
    if batch.first + len(batch.entries) - 1 <= cursor:
        return Verdict("known")
    chain = _chain(batch)
    if chain[-1].hash != batch.head:
        return Verdict("damaged")
    fresh = chain[cursor + 1 - batch.first :]
    return Verdict("next", fresh) if fresh[0].prev == head else Verdict("fork")


def _chain(batch: Batch) -> tuple[Link, ...]:
    after = hashes(batch.journal, batch.prev, batch.first, batch.entries)
    before = (batch.prev, *after)
    return tuple(map(Link, range(batch.first, batch.first + len(after)), before, after, batch.entries))
