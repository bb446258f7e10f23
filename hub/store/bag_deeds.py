"""What somebody says of a bag on these pages: a fact of the hub's own journal."""

from typing import Any, Final, Literal

from sqlalchemy import select

from contract import messages as m
from contract.ids import fresh_id
from hub.core.bags import questions_of
from hub.store.database import Connection
from hub.store.dismissals import dismiss
from hub.store.own_facts import OwnFact, append
from hub.store.tables import scans
from hub.store.whereabouts import bag_row

Why = Literal["lost", "destroyed", "misread"]
_AT_DOORS: Final = ("compartment", "shelf")


def may_be_settled(bag: Any) -> bool:
    """Whether a row of `bags` is with somebody, or lost, and may end here; at a door it ends there."""
    return bag.state == "lost" or (bag.state in ("held", "given") and bag.holder_kind not in _AT_DOORS)


def settle(connection: Connection, site: str, bag: str, by: str, now_ms: int) -> bool:
    """Its person has it, as the account `by` says, though nobody scanned that; False: it is so already.

    Raises LookupError where there is no such bag.
    """
    found = _found(connection, site, bag)
    if not may_be_settled(found):
        return False
    _tell(connection, site, m.BagScanned(**_named(found, by), side="give", post="return"), now_ms)
    _look_no_more(connection, found, by, now_ms)
    return True


def write_off(connection: Connection, site: str, bag: str, why: Why, by: str, now_ms: int) -> bool:
    """It will not come back, as the account `by` says; False: it ended, or lies at a door.

    Raises LookupError where there is no such bag.
    """
    found = _found(connection, site, bag)
    if not may_be_settled(found):
        return False
    about = _named(found, by)
    fact = m.BagWrittenOff(tag=about["tag"], item=about["item"], why=why, by=about["holder"])
    _tell(connection, site, fact, now_ms)
    _look_no_more(connection, found, by, now_ms)
    return True


def found_there(connection: Connection, site: str, bag: str, by: str, now_ms: int) -> bool:
    """It lay behind the door where its lockers were cut short, and the account `by` has it now.

    False where that is not asked. Raises LookupError where there is no such bag.
    """
    found = _found(connection, site, bag)
    if "unsure" not in questions_of(found._asdict()):
        return False
    door = m.Holder(kind="compartment", id=found.before_id) if found.before_id else None
    fact = m.BagScanned(**_named(found, by), side="take", other=door, post="reception")
    _tell(connection, site, fact, now_ms)
    return True


def not_there(connection: Connection, site: str, bag: str, by: str, now_ms: int) -> bool:
    """Nothing lay behind that door: its order is no more. False where that is not asked.

    Raises LookupError where there is no such bag.
    """
    found = _found(connection, site, bag)
    if "unsure" not in questions_of(found._asdict()):
        return False
    if found.order_id:
        fact: m.OrderFact = m.OrderCancelled(order=found.order_id, why="given_up", staff=by)
    else:
        about = _named(found, by)
        fact = m.BagWrittenOff(tag=about["tag"], item=about["item"], why="misread", by=about["holder"])
    _tell(connection, site, fact, now_ms)
    return True


def _found(connection: Connection, site: str, bag: str) -> Any:
    found = bag_row(connection, site, bag)
    if found is None:
        raise LookupError(bag)
    return found


def _named(found: Any, by: str) -> dict[str, Any]:
    """Which bag: its tag may be another one's by now, its id is its own."""
    holder = m.Holder(kind="staff", id=by)
    return {"tag": "" if found.item else found.tag, "item": found.item, "holder": holder}


def _look_no_more(connection: Connection, found: Any, by: str, now_ms: int) -> None:
    """Whoever looked for it in vain raised an alarm, which is over."""
    vain = (scans.c.site == found.site, scans.c.bag == found.id, scans.c.side == "lost")
    for event in connection.execute(select(scans.c.event).where(*vain)).scalars().all():
        dismiss(connection, event, by, now_ms)


def _tell(connection: Connection, site: str, fact: m.OrderFact, now_ms: int) -> None:
    append(connection, [OwnFact(fresh_id(now_ms), site, now_ms, False, fact)], now_ms)
