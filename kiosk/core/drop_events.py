"""What somebody does who drops something or orders."""

from dataclasses import dataclass, field
from typing import Literal

from contract.messages import Tracked
from kiosk.core.catalogue import Offers


@dataclass(frozen=True, slots=True)
class DropWanted:
    """ "Drop off". `ids` are new ones: of the item, of the order, and of who is not known."""

    offers: Offers = field(default_factory=Offers)
    ids: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class NoCard:
    """Neither badge nor ticket nor code."""


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    """This service (an id among those shown), or none of them. `offers`: what is offered now."""

    service: str
    offers: Offers = field(default_factory=Offers)


@dataclass(frozen=True, slots=True)
class OptionCounted:
    """One more of this option, or one less."""

    option: str
    more: bool


@dataclass(frozen=True, slots=True)
class CountSaid:
    """So many pieces."""

    pieces: int


@dataclass(frozen=True, slots=True)
class GoOn:
    """On to the next question."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Yes: this is ordered, or dropped, without a tag of its own."""

    offers: Offers = field(default_factory=Offers)


@dataclass(frozen=True, slots=True)
class WeighWanted:
    """The bag lies on the scale; or it is weighed once more."""


@dataclass(frozen=True, slots=True)
class ProofWanted:
    """A receipt is to be checked by its word."""


@dataclass(frozen=True, slots=True)
class LetterSaid:
    """The next letter of the word; empty takes the last one back. `tracked`: what is on its way."""

    letter: str
    tracked: tuple[Tracked, ...] = ()


QuoteWord = Literal["yes", "no", "later"]


@dataclass(frozen=True, slots=True)
class QuoteReplied:
    """What its person says to the partner's price."""

    answer: QuoteWord


ProofEvent = ProofWanted | LetterSaid
DropEvent = (
    DropWanted
    | NoCard
    | ServiceChosen
    | OptionCounted
    | CountSaid
    | GoOn
    | Agreed
    | WeighWanted
    | QuoteReplied
    | ProofEvent
)
