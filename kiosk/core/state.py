"""The state of one conversation, and what it asks the outside to do."""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from contract.messages import AskBody, Fact, LeaveVisit, ShelfItem, Tracked, VisitItem
from kiosk.core.dropping import Drop
from kiosk.core.events import Slot
from kiosk.core.house import House
from kiosk.core.pile import Draft, Lain, Pile
from kiosk.core.relay import Relay
from kiosk.core.relay_memory import Memory
from kiosk.core.screens import Over, Screen, Start

ON_A_PAGE: Final = 4
"""So many of what lies on the shelf are shown at once."""

ON_THE_WAY: Final = ("dropped", "away")
"""It waits behind its door for the concierge to take it out, or a partner has it."""


@dataclass(frozen=True, slots=True)
class Record:
    """Commit this fact to the journal before the commands that follow.

    `needed`: what follows must not be done without it. Nobody is kept before the screen for another one.
    """

    fact: Fact
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Send:
    """Put this ask to the bridge; `ask` is its id for good."""

    ask: str
    body: AskBody


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire `TimerFired(slot, serial)` after `delay_ms`; a newer one of the slot replaces it."""

    slot: Slot
    serial: int
    delay_ms: int


Command = Record | Send | SetTimer


@dataclass(frozen=True, slots=True)
class Visit:
    """What one person may collect, and what has become of it so far (by item id)."""

    visit: str
    items: tuple[VisitItem, ...]
    done: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    sorry: bool = False
    """Whether they were told what nobody finds."""

    def find(self, item: str) -> VisitItem | None:
        """The item with this id, if it is of this visit."""
        return next((one for one in self.items if one.item == item), None)

    def next_door(self) -> VisitItem | None:
        """The first one behind a door that is neither in hand nor blocked."""
        behind_us = self.done | self.blocked
        return next((one for one in self.doors() if one.item not in behind_us), None)

    def elsewhere(self) -> tuple[VisitItem, ...]:
        """Those that are on their way, and not here to be collected."""
        return tuple(one for one in self.items if one.state in ON_THE_WAY and not one.lost)

    def lost(self) -> tuple[VisitItem, ...]:
        """Those that nobody finds."""
        return tuple(one for one in self.items if one.lost)

    def at_counter(self) -> tuple[VisitItem, ...]:
        """Those that the concierge hands over, and has not yet."""
        here = (one for one in self.items if one.state not in ON_THE_WAY)
        return tuple(one for one in here if by_hand(one) and one.item not in self.done)

    def doors(self) -> tuple[VisitItem, ...]:
        """All of this visit that the person takes out of a door."""
        return tuple(one for one in self.items if not by_hand(one) and one.state not in ON_THE_WAY)


def by_hand(item: VisitItem) -> bool:
    """Whether the concierge hands this over: it lies on a shelf, is in their hands, or must be signed for.

    A shelf place has a label, a door a number.
    """
    return item.label is not None or item.kind == "registered_letter" or item.state == "with_staff"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in at the kiosk. `shelf`: what they may hand over, if they may (`hands_over`)."""

    visit: str
    staff: str
    initials: str
    pile: Pile = field(default_factory=Pile)
    hands_over: bool = False
    shelf: tuple[ShelfItem, ...] = ()
    rights: tuple[str, ...] = ()
    employer: str | None = None

    def shelf_pages(self) -> tuple[tuple[ShelfItem, ...], ...]:
        """The shelf as it is shown, a screen at a time; one empty page when nothing lies there."""
        starts = range(0, max(len(self.shelf), 1), ON_A_PAGE)
        return tuple(self.shelf[start : start + ON_A_PAGE] for start in starts)


@dataclass(frozen=True, slots=True)
class Round:
    """A delivery that was left before its end, without names and slips, for the same staff to go on."""

    staff: str
    pile: Pile


@dataclass(frozen=True, slots=True)
class Beep:
    """What the last scan sounds like; `nth` tells it from the one before.

    `step`: a bag that is not where it should be on its way.
    """

    nth: int = 0
    kind: Literal["", "ok", "question", "error", "step"] = ""


@dataclass(frozen=True, slots=True)
class Sought:
    """What was scanned last and nobody here knew; kept nowhere.

    `ask`: whether the lockers know it by now; `late`: that was not asked right with the scan.
    """

    text: str
    ask: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """One conversation. `run` begins the ids of this run's asks; `waiting` is the ask that counts.

    `chosen`: the language was chosen by touch, and nothing else changes it. `listens`: every screen is said
    aloud. `memory`: what was written down here of bags; ids and tags only. `quotes`: what whoever stands here
    is still to be asked. `undoing`: item and order of what was given up by who has left; the bridge has not
    said yet whether it took it back.
    """

    run: str
    home_language: str = "fr"
    language: str = "fr"
    chosen: bool = False
    listens: bool = False
    seated: bool = False
    screen: Screen = field(default_factory=Start)
    over: Over = ""
    bridge_up: bool = True
    revoked: bool = False
    """Whether this kiosk is out of service: what was begun is finished, and nothing begins any more."""
    scale: bool = False
    """Whether bags can be weighed here."""
    visit: Visit | None = None
    staff: Staff | None = None
    drop: Drop | None = None
    quotes: tuple[Tracked, ...] = ()
    draft: Draft | None = None
    house: House = field(default_factory=House)
    relay: Relay = field(default_factory=Relay)
    memory: Memory = field(default_factory=Memory)
    lain: tuple[Lain, ...] = ()
    undoing: tuple[tuple[str, str], ...] = ()
    round: Round | None = None
    sought: Sought | None = None
    beep: Beep = field(default_factory=Beep)
    waiting: str = ""
    asks: int = 0
    timers: int = 0
    idle_timer: int = 0
    step_timer: int = 0
    help_timer: int = 0
    look_timer: int = 0

    @property
    def held(self) -> str | None:
        """The visit that the bridge knows of."""
        held = self.visit or self.staff or self.drop
        return held.visit or None if held is not None else None

    def kept_round(self) -> Round | None:
        """What is kept of the delivery when staff mode ends by itself."""
        if self.staff is None:
            return self.round
        pile = self.staff.pile.put_aside(self.draft)
        return Round(self.staff.staff, pile.without_persons()) if pile.begun else self._with_aside(pile)

    def put_aside(self) -> Round | None:
        """What is kept of a delivery that its staff ended: what has no place yet is on the counter still."""
        return None if self.staff is None else self._with_aside(self.staff.pile.put_aside(self.draft).ended())

    def _with_aside(self, pile: Pile) -> Round | None:
        """A colleague, who was called away, finds both: their delivery, and what was put aside."""
        if self.staff is None or not pile.aside:
            return self.round
        kept = pile.without_persons()
        if self.round is None:
            return Round(self.staff.staff, kept)
        return replace(self.round, pile=replace(self.round.pile, aside=kept.aside))


Step = tuple[State, tuple[Command, ...]]


def quiet(state: State) -> Step:
    """Nothing to do."""
    return state, ()


def show(state: State, screen: Screen) -> Step:
    """Only the screen changes."""
    return replace(state, screen=screen), ()


def sound(step: Step, kind: Literal["ok", "question", "error", "step"]) -> Step:
    """The same, and a beep."""
    state, commands = step
    return replace(state, beep=Beep(state.beep.nth + 1, kind)), commands


def ask(state: State, body: AskBody, screen: Screen, *facts: Fact) -> Step:
    """Put an ask, whose answer is now waited for, after these facts are committed."""
    state, sent = post(state, body)
    return replace(state, screen=screen, waiting=sent.ask), (*map(Record, facts), sent)


def post(state: State, body: AskBody) -> tuple[State, Send]:
    """Put an ask whose answer nobody waits for."""
    number = state.asks + 1
    return replace(state, asks=number), Send(f"{state.run}.{number}", body)


def leave(state: State, *, ends_round: bool = False) -> Step:
    """End the conversation: nothing of the person stays. A delivery that was begun waits for its staff."""
    commands: tuple[Command, ...] = ()
    if state.held is not None:
        state, sent = post(state, LeaveVisit(visit=state.held))
        commands = (sent,)
    wiped = State(
        run=state.run,
        home_language=state.home_language,
        language=state.home_language,
        bridge_up=state.bridge_up,
        revoked=state.revoked,
        scale=state.scale,
        lain=state.lain,
        undoing=state.undoing,
        memory=state.memory,
        beep=state.beep,
        round=state.put_aside() if ends_round else state.kept_round(),
        asks=state.asks,
        timers=state.timers,
    )
    return wiped, commands
