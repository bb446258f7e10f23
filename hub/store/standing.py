"""How things stand at all sites: what the first page shows, those on duty are called for, and is counted."""

from hub.core.attention import IN_HAND_MS, Thing, things_to_do
from hub.core.device_alarms import device_things
from hub.core.parcel_alarms import FRESH_MS, fresh_thing
from hub.store.alarms import open_alarms, unreadable_facts
from hub.store.assignments import nameless_count
from hub.store.bag_alarms import open_worries
from hub.store.database import Connection
from hub.store.deadlines import endings
from hub.store.door_wishes import waiting_wishes
from hub.store.doubles import doubles, strays
from hub.store.fleet import standings
from hub.store.moves import to_be_moved
from hub.store.order_alarms import promised_soon
from hub.store.outbox import untold
from hub.store.pages import (
    fresh_parcels,
    kept_parcels,
    parcels_in_hand,
    site_devices,
    worrying_doors,
)
from hub.store.register import differing_piles

PILE_MS = 7 * 86_400_000
"""An old count helps nobody any more."""


def things_now(connection: Connection, now_ms: int) -> list[Thing]:
    """All that somebody should do, whoever sees to it, the pressing things first."""
    return things_to_do(
        worrying_doors(connection),
        kept_parcels(connection),
        site_devices(connection),
        open_alarms(connection),
        unreadable_facts(connection),
        now_ms,
        untold(connection),
        parcels_in_hand(connection, now_ms - IN_HAND_MS),
        endings(connection),
        nameless_count(connection),
        differing_piles(connection, now_ms - PILE_MS),
        doubles(connection),
        open_worries(connection, now_ms),
        promised_soon(connection, now_ms),
        strays(connection),
        more=[
            *device_things(standings(connection), now_ms),
            *waiting_wishes(connection, now_ms),
            *to_be_moved(connection),
            *map(fresh_thing, fresh_parcels(connection, now_ms - FRESH_MS)),
        ],
    )
