"""Facts of every device, and the unions of all facts."""

from typing import Literal

from contract.messages.base import Count, Fact, Id, Text, Word
from contract.messages.facts_bridge import BridgeFact
from contract.messages.facts_kiosk import KioskFact
from contract.messages.facts_orders import OrderFact


class JournalOpened(Fact, frozen=True, kw_only=True, tag="journal_opened"):
    """The first entry of every journal: why there is a new one, and which it goes on from."""

    reason: Literal["new", "went_back", "chain_broken", "range_gone", "corrupt"]
    replaces: Id | None = None


class Hole(Fact, frozen=True, kw_only=True, tag="hole"):
    """Entries `first` to `last` of `journal` are gone for good; an alarm wherever it is read."""

    journal: Id
    first: Count
    last: Count
    why: Text


class ProcessStarted(Fact, frozen=True, kw_only=True, tag="process_started"):
    """A kiosk or bridge came up."""

    program: Word
    version: Word
    sqlite: Word


AnyFact = JournalOpened | Hole | ProcessStarted | BridgeFact | KioskFact | OrderFact
