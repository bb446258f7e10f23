"""What somebody should do now: one thing a card, the pressing ones first.

Each subject has its rules in a module of its own; here they come together.
"""

from collections.abc import Iterable

from hub.core.bag_alarms import Worry, bag_things
from hub.core.door_alarms import door_things
from hub.core.fact_alarms import Alarm as Alarm
from hub.core.fact_alarms import alarm_things, unreadable_things
from hub.core.order_alarms import Promised, order_things
from hub.core.parcel_alarms import (
    IN_HAND_MS as IN_HAND_MS,
)
from hub.core.parcel_alarms import NAMELESS_MS as NAMELESS_MS
from hub.core.parcel_alarms import Double as Double
from hub.core.parcel_alarms import Ending as Ending
from hub.core.parcel_alarms import Nameless as Nameless
from hub.core.parcel_alarms import Pile as Pile
from hub.core.parcel_alarms import Stray as Stray
from hub.core.parcel_alarms import Untold as Untold
from hub.core.parcel_alarms import (
    double_thing,
    ending_thing,
    in_hand_thing,
    kept_thing,
    nameless_thing,
    pile_thing,
    stray_things,
    untold_things,
)
from hub.core.sight import QUIET_MS, Device, Door, Parcel
from hub.core.things import RANK
from hub.core.things import Thing as Thing
from hub.core.things import Tone as Tone


def things_to_do(
    doors: Iterable[Door],
    kept: Iterable[Parcel],
    devices: Iterable[Device],
    alarms: Iterable[Alarm],
    unreadable: Iterable[Alarm],
    now_ms: int,
    untold: Iterable[Untold] = (),
    in_hand: Iterable[Parcel] = (),
    endings: Iterable[Ending] = (),
    nameless: Iterable[Nameless] = (),
    piles: Iterable[Pile] = (),
    doubles: Iterable[Double] = (),
    bags: Iterable[Worry] = (),
    promised: Iterable[Promised] = (),
    strays: Iterable[Stray] = (),
    more: Iterable[Thing] = (),
) -> list[Thing]:
    """All of it, pressing things first, then the longest standing. `now_ms` is the hub's wall clock.

    `more`: what other rules found (hub.core.device_alarms), and what somebody asks of somebody else.
    """
    things = [
        *door_things(doors),
        *(kept_thing(parcel) for parcel in kept),
        *(thing for device in devices if (thing := _device(device, now_ms))),
        *alarm_things(alarms),
        *unreadable_things(list(unreadable)),
        *untold_things(list(untold)),
        *map(in_hand_thing, in_hand),
        *map(ending_thing, endings),
        *(thing for one in nameless if (thing := nameless_thing(one, now_ms))),
        *(pile_thing(pile) for pile in piles if pile.differs),
        *map(double_thing, doubles),
        *(thing for stray in strays for thing in stray_things(stray)),
        *bag_things(list(bags)),
        *order_things(promised, now_ms),
        *more,
    ]
    return sorted(things, key=lambda thing: (RANK[thing.tone], thing.since_ms or 0))


def dark_sites(sites: Iterable[str], devices: Iterable[Device]) -> dict[str, int | None]:
    """Sites that nothing is heard of now, and since when; None where nothing ever was."""
    there: dict[str, list[Device]] = {site: [] for site in sites}
    for device in devices:
        there.setdefault(device.site, []).append(device)
    return {
        site: max((_gone_since(one) for one in mine), default=0) or None
        for site, mine in there.items()
        if not any(device.online for device in mine)
    }


def _gone_since(device: Device) -> int:
    return max(device.presence_ms or 0, device.exchange_ms) if device.exchange_ms else 0


def _device(device: Device, now_ms: int) -> Thing | None:
    if device.online:
        return None
    if device.exchange_ms is None:
        return Thing("info", "never", device.site, device=device.id, detail=device.kind, called=device.name)
    since = _gone_since(device)
    if now_ms - since < QUIET_MS:
        return None
    return Thing(
        "warn", "offline", device.site, since, device=device.id, detail=device.kind, called=device.name
    )
