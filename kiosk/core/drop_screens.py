"""The screens of somebody who drops something, orders, or has a receipt checked."""

from dataclasses import dataclass
from typing import Literal

from contract.messages import Size, Tracked, VisitItem
from contract.receipt import Receipt
from kiosk.core.drop_events import QuoteWord

AgreeNote = Literal["", "misread", "in_use", "not_a_tag", "later"]
"""What the last scan of a tag left to say; `later`: what the screen promised cannot be kept any more."""

WeighWhy = Literal["", "moving", "overload", "silent", "busy"]
"""Why there is no weight; empty where it is waited for."""


@dataclass(frozen=True, slots=True)
class WhoDrops:
    """Who are you? By badge, ticket or code, or without any of them. `receipt`: that was shown instead."""

    refused: bool = False
    wait_seconds: int = 0
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class Starting:
    """The bridge is asked whether something may be dropped."""


@dataclass(frozen=True, slots=True)
class CollectOrDrop:
    """Do they come to collect, or to drop? `waits`: behind so many doors, as far as their code told."""

    waits: int = 0


@dataclass(frozen=True, slots=True)
class Services:
    """What is it about? `gone`: what was chosen is not offered any more. `page` counts from 0."""

    page: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What besides? With the running total."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many pieces are in it?"""

    page: int = 0


@dataclass(frozen=True, slots=True)
class WeighIt:
    """The bag is to be put on the scale; or there is no weight, and why."""

    why: WeighWhy = ""


@dataclass(frozen=True, slots=True)
class Agree:
    """All that will be written down, before it is: the bag's own tag may be scanned now."""

    note: AgreeNote = ""


@dataclass(frozen=True, slots=True)
class NoDoor:
    """No door is free, or no `bigger` one. `free`: smaller sizes of which one is."""

    bigger: bool = False
    free: tuple[Size, ...] = ()


@dataclass(frozen=True, slots=True)
class Sealing:
    """It is behind its door, or ordered; the receipt is being made."""


@dataclass(frozen=True, slots=True)
class DropReceipt:
    """It is done: the receipt."""

    printed: bool = False


@dataclass(frozen=True, slots=True)
class DropTicket:
    """The code that opens the door once it is ready."""

    printed: bool = False


@dataclass(frozen=True, slots=True)
class DropEnded:
    """It was given up."""


@dataclass(frozen=True, slots=True)
class ReceiptAsked:
    """A receipt is with the bridge, to be checked against the `seal` it bears."""

    receipt: Receipt
    seal: str


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """What the receipt says, and whether it is as it was made. None: it cannot even be read.

    `found`: what the hub tells of the thing, while it is on its way.
    """

    receipt: Receipt | None
    genuine: bool
    found: Tracked | None = None


@dataclass(frozen=True, slots=True)
class WordAsked:
    """The check word of a receipt without its square: the `letters` so far."""

    letters: str = ""


@dataclass(frozen=True, slots=True)
class WordSeen:
    """Which receipt of what is on its way has this word, if any."""

    word: str
    found: Tracked | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """These are not here to collect yet: with a partner, or waiting for the concierge behind a door."""

    items: tuple[VisitItem, ...]
    done: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody finds these: that is said plainly, and who answers for it. `done` is the thing just in hand."""

    items: tuple[VisitItem, ...]
    done: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class QuoteAsked:
    """The partner names a price: yes, no, or later? `done` is the thing just in hand."""

    asked: Tracked
    done: VisitItem | None = None


@dataclass(frozen=True, slots=True)
class QuoteHeard:
    """What they said is written down; "later" leaves the question open."""

    asked: Tracked
    answer: QuoteWord
    done: VisitItem | None = None


DropScreen = (
    WhoDrops
    | Starting
    | CollectOrDrop
    | Services
    | Options
    | HowMany
    | WeighIt
    | Agree
    | NoDoor
    | Sealing
    | DropReceipt
    | DropTicket
    | DropEnded
    | ReceiptAsked
    | ReceiptSeen
    | WordAsked
    | WordSeen
    | Elsewhere
    | Lost
    | QuoteAsked
    | QuoteHeard
)
