"""What staff do who keep order in the house."""

from dataclasses import dataclass
from typing import Literal

from contract.messages import ReturnDue

Task = Literal[
    "places",
    "hands",
    "hand_over",
    "move",
    "put",
    "shelf",
    "return",
    "wrong",
    "somebody_else",
    "lost",
    "look",
    "out",
    "tour",
    "returns",
    "receive",
    "go_on",
    "missing",
    "give_all",
]
Answer = Literal["yes", "no", "skip", "stop", "known", "document", "empty", "something", "damaged", "have"]
OutWhy = Literal["damaged", "lock", "dirty", "other"]


@dataclass(frozen=True, slots=True)
class StockWanted:
    """What is here? `due` is what the hub says goes back to its carrier."""

    due: tuple[ReturnDue, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceChosen:
    """This place."""

    compartment: int


@dataclass(frozen=True, slots=True)
class ItemChosen:
    """This one of what is in hand (an id among those shown)."""

    item: str


@dataclass(frozen=True, slots=True)
class CarrierChosen:
    """What goes back to this carrier; empty for those without one."""

    carrier: str


@dataclass(frozen=True, slots=True)
class OutBecause:
    """The door is out of service, and why."""

    why: OutWhy


@dataclass(frozen=True, slots=True)
class Do:
    """This is to be done with what the screen shows."""

    task: Task


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to what the screen asks."""

    answer: Answer


HouseEvent = StockWanted | PlaceChosen | ItemChosen | CarrierChosen | OutBecause | Do | Said
