"""What a fact is about: the one word under which the ledger finds it again.

A fact at a door belongs to its operation, else to the compartment; a fact about an item to the item;
so on to visit, pickup, order and ask. `hub.store.ledger` follows the operations, visits and pickup
of an item to tell its whole story.
"""

from typing import Any, get_args

from contract import messages as m

_FIELDS = ("operation", "item", "visit", "pickup", "order", "ask")
_ITEM_FIRST = (
    *(m.ItemLeft, m.ItemCollected, m.ItemTakenOut, m.OrderPlaced, m.PersonSaid, m.SlipShown),
    m.CompartmentChecked,  # of a door, whoever had it said
)

_NAMED_BY: dict[Any, tuple[str, ...]] = {
    kind: ("item",)
    if kind in _ITEM_FIRST
    else tuple(field for field in _FIELDS if field in kind.__struct_fields__)
    for kind in get_args(m.AnyFact)
}


def subject(fact: m.AnyFact) -> str:
    """The id the fact is found by; `door/<compartment>` for doors that no operation moved, or empty."""
    for field in _NAMED_BY[type(fact)]:
        value: str | None = getattr(fact, field)
        if value is not None:
            return value
    compartment: int | None = getattr(fact, "compartment", None)
    return "" if compartment is None else door_subject(compartment)


def door_subject(compartment: int) -> str:
    """How a fact about a door alone is found; the ledger's column `site` says whose door."""
    return f"door/{compartment}"
