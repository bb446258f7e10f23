"""The screens of the relay: drop doors emptied, bags given to a partner, bags that come back."""

from dataclasses import dataclass
from typing import Literal

from contract.messages import PersonName
from kiosk.core.drop_screens import WeighWhy

Why = Literal[
    "",
    "tagged",
    "counted",
    "back",
    "unknown",
    "no_order",
    "unknown_back",
    "twice",
    "other_partner",
    "left",
    "behind",
    "lies",
    "not_left",
    "in_hand",
    "collected",
    "ordered",
    "lost",
    "nobody",
    "misread",
    "other_bag",
    "label",
    "ticket",
    "slip",
    "badge",
    "unreadable",
    "taken_back",
    "cancelled",
    "in_place",
    "kept",
]
"""What the last scan or touch meant."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The last scan, and why it counted or not; the rest is what its line says more, where that is known."""

    why: Why = ""
    tag: str = ""
    item: str = ""
    where: str = ""
    partner: str = ""
    manifest: str = ""
    wall_ms: int | None = None


@dataclass(frozen=True, slots=True)
class BagsWanted:
    """The bridge is asked where everything is; `then` goes on by itself."""

    then: Literal["home", "empty", "out", "in"] = "home"


@dataclass(frozen=True, slots=True)
class Bags:
    """What lies behind drop doors, what is in hand, what partners have; a scan tells where a bag is."""


@dataclass(frozen=True, slots=True)
class DropList:
    """What was dropped, door by door; `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What goes back to its person, its order being no more: which one now? `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class TagIt:
    """Out of its door: its tag is scanned, or one printed."""

    item: str
    printed: bool = False


@dataclass(frozen=True, slots=True)
class CountIt:
    """How many pieces are in it? `differs`: so many were counted, and another number was said.

    `grams`: as it was weighed. `weighs`: the scale is being asked. `why`: it was, and there is no weight.
    """

    item: str
    differs: int | None = None
    grams: int | None = None
    weighs: bool = False
    why: WeighWhy = ""


@dataclass(frozen=True, slots=True)
class Emptied:
    """All drop doors were seen to, or somebody stopped: so many of so many are in hand."""

    taken: int
    total: int


@dataclass(frozen=True, slots=True)
class Partners:
    """To which partner? `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Giving:
    """Bags are scanned out, one beep a bag."""


@dataclass(frozen=True, slots=True)
class MissingBags:
    """Which one has a tag that cannot be read? `page` counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class GivenCount:
    """So many of so many, and which are missing, before the van leaves."""


@dataclass(frozen=True, slots=True)
class SignHere:
    """The driver signs on the glass; what was drawn is kept nowhere."""


@dataclass(frozen=True, slots=True)
class SendingOut:
    """The bridge notes, one after the other, that they are away."""

    signed: bool


@dataclass(frozen=True, slots=True)
class SentOut:
    """The driver has them; `missing` did not come along."""

    manifest: str
    partner: str
    missing: int = 0


@dataclass(frozen=True, slots=True)
class ComingBack:
    """Bags of a return are scanned in any order; each gets its place at once."""


@dataclass(frozen=True, slots=True)
class BackCount:
    """What came back, what should have come too, and what its partner still has."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class WhoBrings:
    """At the counter: whose is it? `matches` are the people who fit `query`."""

    query: str = ""
    matches: tuple[PersonName, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeIt:
    """At the counter: all that will be written down, before it is; the bag's own tag may be scanned now.

    `later`: what the screen promised cannot be kept any more.
    """

    later: bool = False


@dataclass(frozen=True, slots=True)
class SealingIt:
    """At the counter: it is taken in, the receipt is being made."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """At the counter: it is ours; receipt and tag are printed."""

    printed: bool = False


RelayScreen = (
    BagsWanted
    | Bags
    | DropList
    | GiveBack
    | TagIt
    | CountIt
    | Emptied
    | Partners
    | Giving
    | MissingBags
    | GivenCount
    | SignHere
    | SendingOut
    | SentOut
    | ComingBack
    | BackCount
    | WhoBrings
    | TakeIt
    | SealingIt
    | TakenIn
)
