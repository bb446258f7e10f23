"""The bank of compartments: which one fits, which ticket is next, and how often locks may move."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from msgspec.structs import replace

from contract import messages, pickup_code
from contract.messages import CabinetCompartment, Size
from locker_firmware_bridge.core.records import Caps, Slot, TicketUse

BETWEEN_DOORS_MS: Final = 3_000
"""At most one door in this time, whatever anybody asks; so one lock is energised at a time."""
REMOTE_PER_HOUR: Final = 20
VISITOR_PER_HOUR: Final = 12
"""So many doors open in an hour for those who do not say who they are."""
GOOD_HEIGHT_CM: Final = range(60, 141)
HEAVY_GRAMS: Final = 10_000
"""What is heavy is heavier than this; who carries less is not sent to a door with it."""
_HEAVY_HIGHEST_CM: Final = 100
_HOUR_MS: Final = 3_600_000
_SIZES: Final[tuple[Size, ...]] = get_args(Size)
_BEST_HEIGHT_CM: Final = 100


# --- which compartment -------------------------------------------------------------------------


def holds(place: CabinetCompartment, size: Size) -> bool:
    """Whether something of this size goes in."""
    return _SIZES.index(place.size) >= _SIZES.index(size)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a door must be like for this thing and this person; None: no limit is known."""

    reach_cm: int | None = None
    carry_grams: int | None = None
    below_cm: int | None = None
    heavy: bool = False
    perishable: bool = False


def suitable(doors: Iterable[CabinetCompartment], needs: Needs) -> list[CabinetCompartment]:
    """Those of these doors that may be used for it: none for what goes bad, or cannot be carried off."""
    cannot_carry = needs.heavy and needs.carry_grams is not None and needs.carry_grams < HEAVY_GRAMS
    if needs.perishable or cannot_carry:
        return []
    return [door for door in doors if _is_low_enough(door, needs)]


def _is_low_enough(door: CabinetCompartment, needs: Needs) -> bool:
    if needs.reach_cm is not None and door.floor_cm > needs.reach_cm:
        return False
    if needs.below_cm is not None and door.floor_cm >= needs.below_cm:
        return False
    return not needs.heavy or door.floor_cm <= _HEAVY_HIGHEST_CM


def choose(suited: Iterable[CabinetCompartment], size: Size, needs: Needs) -> CabinetCompartment | None:
    """The smallest that fits, at a good height before others; for heavy things the lowest. None: none."""
    fitting = [place for place in suited if holds(place, size)]
    return min(fitting, key=_low if needs.heavy else _pleasant, default=None)


def choose_shelf(places: Iterable[CabinetCompartment], size: Size) -> CabinetCompartment | None:
    """The smallest shelf place it fits on, or None."""
    return min((place for place in places if holds(place, size)), key=_pleasant, default=None)


def sizes_of(suited: Iterable[CabinetCompartment]) -> tuple[Size, ...]:
    """Sizes of these free compartments, small to large."""
    there = {place.size for place in suited}
    return tuple(size for size in _SIZES if size in there)


def _pleasant(place: CabinetCompartment) -> tuple[int, int, int, int]:
    return (
        _SIZES.index(place.size),
        place.floor_cm not in GOOD_HEIGHT_CM,
        abs(place.floor_cm - _BEST_HEIGHT_CM),
        place.compartment,
    )


def _low(place: CabinetCompartment) -> tuple[int, int, int, int]:
    return place.floor_cm, _SIZES.index(place.size), 0, place.compartment


def is_free(slot: Slot) -> bool:
    """Whether something may be put there, as far as memory goes."""
    return slot.usable and not slot.out_of_service and slot.item is None


def claimed(slot: Slot, item: str) -> Slot:
    """The slot reserved for an item: a new use, with a number of its own."""
    return replace(slot, item=item, allocation=slot.allocation + 1, by_visitor=False, visitor_item="")


# --- which ticket ------------------------------------------------------------------------------


def next_ticket(taken: Collection[int], uses: Mapping[int, TicketUse]) -> int | None:
    """The free ticket used longest ago, short numbers first; None: all are out."""
    free = [ticket for ticket in pickup_code.tickets() if ticket not in taken]

    def turn(ticket: int) -> tuple[bool, int, int]:
        use = uses.get(ticket)
        return _is_long(ticket), 0 if use is None else use.serial, ticket

    return min(free, key=turn, default=None)


def _is_long(ticket: int) -> bool:
    return ticket in pickup_code.LONG_TICKETS


# --- how often locks may move ------------------------------------------------------------------


def turn_ms(caps: Caps) -> int:
    """From when the next lock may be energised."""
    return 0 if caps.pulse_ms is None else caps.pulse_ms + BETWEEN_DOORS_MS


def pulsed(caps: Caps, now_ms: int) -> Caps:
    """A lock is energised now."""
    return replace(caps, pulse_ms=now_ms)


def may_open_remotely(caps: Caps, now_ms: int) -> bool:
    """Whether the hub may have another door opened in this hour."""
    return len(within_the_hour(caps.remote_ms, now_ms)) < REMOTE_PER_HOUR


def opened_remotely(caps: Caps, now_ms: int) -> Caps:
    """The hub had a door opened."""
    return replace(caps, remote_ms=(*within_the_hour(caps.remote_ms, now_ms), now_ms))


def visitor_wait_seconds(caps: Caps, now_ms: int) -> int:
    """How long until a door may open again for somebody unknown; 0: it may now."""
    recent = within_the_hour(caps.visitor_ms, now_ms)
    if len(recent) < VISITOR_PER_HOUR:
        return 0
    return math.ceil((recent[-VISITOR_PER_HOUR] + _HOUR_MS - now_ms) / 1000)


def opened_for_visitor(caps: Caps, now_ms: int) -> Caps:
    """Somebody unknown had a door opened."""
    return replace(caps, visitor_ms=(*within_the_hour(caps.visitor_ms, now_ms), now_ms))


def after_reboot(caps: Caps, now_ms: int) -> Caps:
    """Nobody knows how long the machine was off: all of it counts as just now."""
    return Caps(
        pulse_ms=None if caps.pulse_ms is None else now_ms,
        remote_ms=(now_ms,) * len(caps.remote_ms),
        visitor_ms=(now_ms,) * len(caps.visitor_ms),
    )


def within_the_hour(times_ms: tuple[int, ...], now_ms: int) -> tuple[int, ...]:
    """Those of these moments that are less than an hour ago."""
    return tuple(then for then in times_ms if now_ms - then < _HOUR_MS)


# --- how high, which first ---------------------------------------------------------------------


def low_first(place: CabinetCompartment) -> tuple[int, int]:
    """Sorting key of doors: from the ground up, then by number."""
    return place.floor_cm, place.compartment


def by_door(items: Iterable[messages.VisitItem], cabinet: Mapping[int, CabinetCompartment]) -> list[str]:
    """Ids of these items, low doors first."""
    known = [item for item in items if item.compartment in cabinet]
    return [item.item for item in sorted(known, key=lambda item: low_first(cabinet[item.compartment]))]
