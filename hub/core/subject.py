"""What a fact is about: the one word under which the ledger finds it again.

A fact at a door belongs to its operation, else to the compartment; a fact about an item to the item;
so on to visit, pickup, order and ask. `hub.store.ledger` follows the operations, visits and pickup
of an item to tell its whole story.
"""

from contract.messages import AnyFact

_FIELDS = ("operation", "item", "visit", "pickup", "order", "ask")
_ITEM_FIRST = frozenset({"ItemLeft", "ItemCollected", "PersonSaid", "SlipShown"})


def subject(fact: AnyFact) -> str:
    """The id the fact is found by; `door/<compartment>` for doors that no operation moved, or empty."""
    if type(fact).__name__ in _ITEM_FIRST:
        return str(fact.item)  # type: ignore[union-attr]
    for field in _FIELDS:
        value = getattr(fact, field, None)
        if value is not None:
            return str(value)
    compartment = getattr(fact, "compartment", None)
    return "" if compartment is None else door_subject(compartment)


def door_subject(compartment: int) -> str:
    """How a fact about a door alone is found; the ledger's column `site` says whose door."""
    return f"door/{compartment}"
