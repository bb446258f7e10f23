"""What a site offers: a service of a partner, as it is written down and as kiosks are told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from contract.messages import Size
from hub.core.promises import Lead

Picture = Literal["shirt", "bag", "needle", "shoes", "phone", "basket", "tray", "gift"]
PICTURES: Final[tuple[Picture, ...]] = get_args(Picture)
"""Drawings of the look."""
Kind = Literal["bag", "object", "basket"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SIZES: Final[tuple[Size, ...]] = get_args(Size)
Way = Literal["drop", "order"]
Pay = Literal["partner", "employer"]

MOST_OPTIONS: Final = 30
MOST_SERVICES: Final = 100
LONGEST_NAME: Final = 60
LONGEST_ABOUT: Final = 200
MOST_OF_ONE: Final = 99
"""How many times an option may be taken."""

Names = Mapping[str, str]
"""A text by language; the one of the place is there."""


@dataclass(frozen=True)
class Option:
    """What may be added, up to `most` times, at `cents` each."""

    id: str
    name: Names
    cents: int
    most: int = 1


@dataclass(frozen=True)
class Offer:
    """A service of a site. `leads` say when it is ready: none where nobody can say before it was seen.

    `quoted`: its price is known when the partner has seen it; `counted`: pieces are counted at the drop;
    `size`: of the door that opens first. Offered from `from_ms` to `until_ms` where they are told.
    """

    partner: str
    name: Names
    picture: str
    kind: str
    way: str
    cents: int
    about: Names = field(default_factory=dict)
    pay: str = "partner"
    quoted: bool = False
    perishable: bool = False
    counted: bool = False
    size: str = "S"
    leads: tuple[Lead, ...] = ()
    from_ms: int | None = None
    until_ms: int | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Listed:
    """An offer with its place in the list; `version` grows with each change a person can see."""

    id: str
    version: int
    place: int
    partner_name: str
    offer: Offer

    def over(self, now_ms: int) -> bool:
        """Whether its campaign has ended."""
        return self.offer.until_ms is not None and self.offer.until_ms <= now_ms
