"""What staff do about bags and orders."""

from dataclasses import dataclass
from typing import Literal

RelayTask = Literal[
    "home",
    "empty",
    "begin",
    "give_back",
    "out",
    "back",
    "print",
    "later",
    "right",
    "recount",
    "differs",
    "unreadable",
    "all",
    "more",
    "sign",
    "signed",
    "unsigned",
    "keep",
    "count",
    "missing",
    "done",
]


@dataclass(frozen=True, slots=True)
class RelayDo:
    """This is to be done; `fresh` is a new id, for a manifest that begins.

    `wall_ms`: when, where this kiosk's clock is known.
    """

    task: RelayTask
    fresh: str = ""
    wall_ms: int | None = None


@dataclass(frozen=True, slots=True)
class PartnerChosen:
    """Bags go to this partner (an id among those shown); `fresh` is a new id for the manifest."""

    partner: str
    fresh: str


@dataclass(frozen=True, slots=True)
class BagChosen:
    """This bag (an item's id among those shown)."""

    item: str


RelayEvent = RelayDo | PartnerChosen | BagChosen
