"""What a program may ask of the API: a scope for each kind of thing, read or written. Pure."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from hub.core.rights import Right, Role, may

Scope = Literal[
    "read:sites",
    "read:lockers",
    "read:devices",
    "read:items",
    "read:people",
    "read:orders",
    "read:catalogue",
    "read:expected",
    "write:expected",
    "read:facts",
]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
"""In the order in which they are offered. No scope opens a door."""

PERSONAL: Final[frozenset[Scope]] = frozenset({"read:people"})
"""With these, answers say who: names, whose an item is, numbers on labels."""


_ASKS: Final[Mapping[Scope, Right]] = {
    "read:sites": "counts",
    "read:lockers": "counts",
    "read:devices": "see",
    "read:items": "see",
    "read:people": "see",
    "read:orders": "see",
    "read:catalogue": "see",
    "read:expected": "see",
    "write:expected": "work",
    "read:facts": "programs",
}
"""By which right whoever gave a token may do the same on the pages."""


def still_good(scopes: frozenset[Scope], role: Role) -> frozenset[Scope]:
    """Those a program has yet whose token was given by an account that has this role now."""
    return frozenset(scope for scope in scopes if may(role, _ASKS[scope]))


def scopes_of(text: str) -> frozenset[Scope]:
    """Those of a column or form; words that are none are left out."""
    words = set(text.split(","))
    return frozenset(scope for scope in SCOPES if scope in words)


def column(scopes: frozenset[Scope]) -> str:
    """As they are kept."""
    return ",".join(scope for scope in SCOPES if scope in scopes)
