"""What somebody says of a bag on these pages: a fact of the hub's own journal."""

from typing import Any, Final

from contract import messages as m
from contract.ids import fresh_id
from hub.store.database import Connection
from hub.store.own_facts import OwnFact, append
from hub.store.whereabouts import bag_row

_AT_DOORS: Final = ("compartment", "shelf")


def may_be_settled(bag: Any) -> bool:
    """Whether a row of `bags` is with somebody or lost; what lies at a door leaves it there."""
    return bag.state == "lost" or (bag.state in ("held", "given") and bag.holder_kind not in _AT_DOORS)


def settle(connection: Connection, site: str, bag: str, by: str, now_ms: int) -> bool:
    """Its person has it, as the account `by` says, though nobody scanned that; False: it is so already.

    Raises LookupError where there is no such bag.
    """
    found = bag_row(connection, site, bag)
    if found is None:
        raise LookupError(bag)
    if not may_be_settled(found):
        return False
    fact = m.BagScanned(
        tag="" if found.item else found.tag,  # its tag may be another bag's by now: only its id is its own
        item=found.item,
        side="give",
        holder=m.Holder(kind="staff", id=by),
        post="return",
    )
    append(connection, [OwnFact(fresh_id(now_ms), site, now_ms, False, fact)], now_ms)
    return True
