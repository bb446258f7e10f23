"""Doors that need somebody. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from hub.core.sight import Door, door_word
from hub.core.things import Thing, Tone

_DOOR_TONES: Final[dict[str, Tone]] = {
    "blocked": "alarm",
    "left_open": "alarm",
    "forced": "alarm",
    "unchecked": "warn",
}
_OF_A_DOOR: Final = frozenset(_DOOR_TONES) | {"unsure"}


def door_things(doors: Iterable[Door]) -> Iterable[Thing]:
    """A card for each door with a worry; one for all doors a board is silent about."""
    silent: dict[str, list[Door]] = {}
    for door in doors:
        if door.silent:
            silent.setdefault(door.site, []).append(door)
        elif (word := door_word(door)) in _DOOR_TONES:
            since = door.alarm_ms if door.alarm else door.unsure_ms or door.since_ms
            kind = "unsure" if word == "unchecked" and door.unsure_ms else word
            yield Thing(_DOOR_TONES[word], kind, door.site, since, (door.compartment,), door.item)
    for site, dark in silent.items():
        numbers = tuple(sorted(door.compartment for door in dark))
        since = min((door.since_ms for door in dark if door.since_ms), default=None)
        yield Thing("alarm", "silent", site, since, numbers)


def hidden_by(silent: Thing) -> set[str]:
    """The keys of all that may be so of the doors a board is silent about."""
    each = [replace(silent, compartments=(number,)) for number in silent.compartments]
    return {replace(door, kind=kind).key for door in each for kind in _OF_A_DOOR}
