"""Codes told by telephone, good for one coming.

Told is the next code: the lockers take it even offline, and its first use kills the one before. From then on
it is the pickup's code, for as long as that coming lasts: doors open one after the other, and a power cut
or a stuck door does not shut anybody out. "Once" ends it in one of two ways: everything was taken, and the
lockers close the pickup; or something was taken and something stays, and then, `LASTS_MS` after the first
use, the hub has the code changed and the person told anew. A code that opened nothing is not used up.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, select, update

from contract.messages import CodeRotated, VisitOpened
from hub.core.told import Told
from hub.store.bulk import rows_where, upsert_rows
from hub.store.database import Connection
from hub.store.outbox import tell_again, waiting_items
from hub.store.sites import pickup_row, rotate_code
from hub.store.tables import dictated_codes, items, pickups

LASTS_MS = 15 * 60_000
"""Longer than a coming takes, grace and a stuck door included."""
_NEW_CODE: Final = (CodeRotated, VisitOpened)
_PRESENT = (
    select(pickups.c.generation).where(pickups.c.id == dictated_codes.c.pickup).correlate(dictated_codes)
).scalar_subquery()
"""The generation the lockers last spoke of."""


def note_dictated(
    connection: Connection, site: str, pickup: str, generation: int, account: str, now_ms: int
) -> None:
    """The code of this generation was told. Told twice, it is the same code, and still good once."""
    row = {"pickup": pickup, "site": site, "generation": generation, "told_by": account, "told_ms": now_ms}
    upsert_rows(connection, dictated_codes, [{**row, "used_ms": None, "spent_ms": None}])


def told_ahead(connection: Connection, pickup: str) -> bool:
    """Whether a code was told that the lockers have not taken yet: they take it as long as they hear of no
    change.
    """
    ahead = (dictated_codes.c.pickup == pickup, dictated_codes.c.generation > _PRESENT)
    return connection.execute(select(dictated_codes.c.pickup).where(*ahead)).first() is not None


def note_used(connection: Connection, told: Sequence[Told]) -> None:
    """The lockers took the code that was told: as the next one, or, where a change asked for here made it
    the present one meanwhile, as that.
    """
    pickups_of = {event.fact.pickup for event in told if isinstance(event.fact, _NEW_CODE)}
    waited_for = rows_where(connection, dictated_codes, "pickup", pickups_of - {None}, also="used_ms IS NULL")
    if not waited_for:
        return  # nearly always: one question a batch
    awaited = {row["pickup"] for row in waited_for}
    rotated_at = {
        event.fact.pickup: place for place, event in enumerate(told) if isinstance(event.fact, CodeRotated)
    }
    for place, event in enumerate(told):
        match event.fact:
            case CodeRotated(pickup=pickup, generation=generation, why="next_used") if pickup in awaited:
                _used(connection, event, pickup, dictated_codes.c.generation == generation)
            case VisitOpened(pickup=str(pickup), staff=None, proxy=None) if (
                pickup in awaited and place > rotated_at.get(pickup, -1)
            ):
                _used(connection, event, pickup, dictated_codes.c.generation == _PRESENT)


def _used(connection: Connection, event: Told, pickup: str, which: ColumnElement[bool]) -> None:
    mine = (dictated_codes.c.pickup == pickup, dictated_codes.c.site == event.site)
    this = (*mine, which, dictated_codes.c.used_ms.is_(None))
    connection.execute(update(dictated_codes).where(*this).values(used_ms=event.at_ms))


def change_used_codes(connection: Connection, now_ms: int) -> int:
    """Have the codes changed that served and are still the code of something; how many."""
    served = exists().where(
        items.c.site == dictated_codes.c.site,  # by the index of what ended there since
        items.c.pickup == dictated_codes.c.pickup,
        items.c.state == "collected",
        items.c.ended_ms >= dictated_codes.c.used_ms,
    )
    due = (dictated_codes.c.spent_ms.is_(None), dictated_codes.c.used_ms <= now_ms - LASTS_MS)
    rows = connection.execute(select(dictated_codes).where(*due, served)).all()
    return sum(_change(connection, row, now_ms) for row in rows)


def _change(connection: Connection, row: Any, now_ms: int) -> bool:
    mine = dictated_codes.c.pickup == row.pickup
    connection.execute(update(dictated_codes).where(mine).values(spent_ms=now_ms))
    pickup = pickup_row(connection, row.pickup)
    if pickup is None or pickup.generation != row.generation:
        return False
    if rotate_code(connection, row.pickup, row.told_by, now_ms) is None:
        return False
    if pickup.person and waiting_items(connection, row.site, row.pickup):
        tell_again(connection, row.site, pickup.person, row.pickup, now_ms)
    return True
