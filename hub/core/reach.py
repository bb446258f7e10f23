"""When somebody could have collected at a site: from what its devices said. Pure.

A day is only counted against a person where the hub *knows* that they could come:

- the lockers and a kiosk both said their hello, one after the other at most `BEAT_GAP_MS` apart; or
- somebody was recognised at a kiosk (`visit_opened`, its time not estimated): offline or not, half an hour
  around that moment everything worked.

Everything else is doubt, and doubt counts for the person. See docs/adr/0009-the-clock-that-stops.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from contract import messages as m
from hub.core.spans import NEVER, Span, Spans, both, joined

BEAT_GAP_MS: Final = 10 * 60_000
"""Devices say hello about every 40 s (contract.uplink); longer silence is absence."""
PROOF_MS: Final = 30 * 60_000
"""How long before and after a visit the place is taken to have worked."""

TELLING: Final = (
    "visit_opened",
    "board_silent",
    "board_back",
    "doors_seen",
    "door_not_opened",
    "door_opened",
)
"""The tags of the facts this module reads."""


@dataclass(frozen=True)
class Beats:
    """A device of this kind (`kiosk` or `bridge`) said hello all that time."""

    kind: str
    span: Span


class Said(NamedTuple):
    """A fact of the site's bridge and when it happened."""

    at_ms: int
    estimated: bool
    fact: m.AnyFact


def reachable(beats: Iterable[Beats], said: Iterable[Said]) -> Spans:
    """When kiosk and lockers worked together, as far as is known."""
    heard = list(beats)
    bridges = [one.span for one in heard if one.kind == "bridge"]
    kiosks = [one.span for one in heard if one.kind == "kiosk"]
    proofs = [
        (one.at_ms - PROOF_MS, one.at_ms + PROOF_MS)
        for one in said
        if isinstance(one.fact, m.VisitOpened) and not one.estimated
    ]
    return joined([*both(bridges, kiosks), *proofs])


def door_troubles(said: Iterable[Said]) -> Mapping[int, Spans]:
    """By compartment, when its door could not open: its board was silent, or it was stuck.

    `said` in the order of its journal. A trouble that is not over lasts.
    """
    since: dict[_Trouble, int] = {}
    troubles: dict[int, list[Span]] = {}
    for one in said:
        for begun in _begins(one.fact):
            since.setdefault(begun, one.at_ms)
        for ended in _ends(one.fact):
            if ended in since:
                troubles.setdefault(ended[1], []).append((since.pop(ended), one.at_ms))
    for (_, compartment), at_ms in since.items():
        troubles.setdefault(compartment, []).append((at_ms, NEVER))
    return {compartment: joined(spans) for compartment, spans in troubles.items()}


_Trouble = tuple[str, int]
"""What, and at which compartment. A board that answers again makes no stuck door open."""


def _begins(fact: m.AnyFact) -> Iterable[_Trouble]:
    match fact:
        case m.BoardSilent(compartments=compartments):
            return [("silent", compartment) for compartment in compartments]
        case m.DoorNotOpened(compartment=compartment, why="stayed_shut"):
            return [("stuck", compartment)]
    return ()


def _ends(fact: m.AnyFact) -> Iterable[_Trouble]:
    match fact:
        case m.BoardBack(compartments=compartments):
            return [("silent", compartment) for compartment in compartments]
        case m.DoorsSeen():
            return [("silent", compartment) for compartment in (*fact.open, *fact.closed)]
        case m.DoorOpened(compartment=compartment):
            return [("silent", compartment), ("stuck", compartment)]
    return ()
