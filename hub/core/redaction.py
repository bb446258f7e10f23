"""What is left of a fact once nobody may learn from it whom it was about.

A fact bears no name: it bears the opaque id of a person, and the number on a parcel's label, which its
carrier can follow to a name. `unnamed` takes both out and leaves what a door or a parcel did, so that the
tables can still be folded from what remains. A trace (who tried which code when) is not reduced but dropped:
`is_trace` names them; of a visit its place and its end stay.
"""

from functools import cache
from typing import Any, Final

from msgspec import structs

from contract import messages as m

NOBODY: Final = "erased"
"""Stands where a person's id stood. No person has it: ids of people are uuids."""

NAMING: Final = (
    "item_claimed",
    "item_collected",
    "item_reassigned",
    "order_placed",
    "parcel_received",
    "parcel_refused",
)
"""Types of facts under an item's id that say whose it is or bear its label."""

TRACES: Final = ("code_refused", "pickup_asked", "visit_opened")
"""Types of facts that say who tried a code when."""

_PEOPLE: Final = ("person", "before")


def unnamed(fact: m.AnyFact, whom: str | None = None) -> m.AnyFact:
    """The same fact about nobody, its label blank.

    With `whom` that person alone is taken out; the others and the label stay.
    """
    changes: dict[str, Any] = {
        field: NOBODY for field in persons_in(fact) if whom is None or getattr(fact, field) == whom
    }
    if whom is None:
        if getattr(fact, "label", ""):
            changes["label"] = ""
        if getattr(fact, "proxy", None) is not None:
            changes["proxy"] = None
    return structs.replace(fact, **changes) if changes else fact


def persons_in(fact: m.AnyFact) -> tuple[str, ...]:
    """The fields of a fact that hold the id of a person; of an opening by code that is its actor."""
    if isinstance(fact, m.DoorIntent):
        return ("actor",) if fact.authority == "code" else ()
    return tuple(field for field in _people_fields(type(fact)) if getattr(fact, field) is not None)


@cache
def _people_fields(kind: type[m.AnyFact]) -> tuple[str, ...]:
    return tuple(field for field in _PEOPLE if field in kind.__struct_fields__)


def people_of(fact: m.AnyFact) -> set[str]:
    """The ids of the people a fact is about."""
    return {getattr(fact, field) for field in persons_in(fact)} - {NOBODY}


def without_trace(fact: m.AnyFact) -> m.AnyFact | None:
    """A trace without who it was; None where nothing worth keeping remains."""
    if isinstance(fact, m.VisitOpened):
        return structs.replace(fact, pickup=None, staff=None, proxy=None)
    return None


_DOERS: Final = ("staff", "actor", "who")


def impersonal(fact: m.AnyFact) -> m.AnyFact | None:
    """What programs are told that may not know people: neither whose it was nor who of the staff did it.

    None where nothing worth telling remains.
    """
    left = without_trace(fact) if _tag(fact) in TRACES else fact
    if left is None:
        return None
    plain = unnamed(left)
    changes: dict[str, Any] = {field: NOBODY for field in _DOERS if getattr(plain, field, None) is not None}
    if isinstance(plain, m.ReceiptShown) and plain.word is not None:
        changes["word"] = None  # only whoever has the paper knows it
    for field in plain.__struct_fields__:
        holder = getattr(plain, field)
        if isinstance(holder, m.Holder) and holder.kind == "staff":
            changes[field] = structs.replace(holder, id=NOBODY)
    return structs.replace(plain, **changes) if changes else plain


def _tag(fact: m.AnyFact) -> str:
    return str(fact.__struct_config__.tag)
