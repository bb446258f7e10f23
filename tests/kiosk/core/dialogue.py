"""A conversation told step by step: what happens, what is then on the screen, asked and kept."""

from dataclasses import dataclass, field
from typing import TypeVar

from contract import messages as m
from kiosk.core import events as e
from kiosk.core.flow import advance
from kiosk.core.screens import Screen
from kiosk.core.state import Command, Record, Send, SetTimer, State

S = TypeVar("S")

CODE, TOKEN = "27483190", "C1" + "A" * 26


def parcel(item: str, compartment: int, label: str | None = None) -> m.VisitItem:
    return m.VisitItem(
        item=item, kind="parcel", compartment=compartment, state="ready", size="M", label=label
    )


SAMIRA = m.PersonName(person="p-1", name="Samira Haddad", flat="A 12")
SLIP = m.Slip(ticket=35, digits="35270946", token="C1" + "B" * 26)
PLACE, SHELF = parcel("i-1", 7), parcel("i-1", 101, "B4")
LABEL = "6A12345678901"


@dataclass
class Dialogue:
    """`heard` is the monotonic time of the next answer."""

    state: State = field(default_factory=lambda: State(run="run"))
    commands: list[Command] = field(default_factory=list)
    heard: int = 1_000_000
    last: list[Command] = field(default_factory=list)

    def on(self, *events: e.Event) -> "Dialogue":
        self.last = []
        for event in events:
            self.state, commands = advance(self.state, event)
            self.last += commands
        self.commands += self.last
        return self

    def answers(self, *bodies: m.AnswerBody, ask: str | None = None) -> "Dialogue":
        """The bridge answers the ask that is waited for, or another."""
        return self.on(*(e.Answered(ask or self.state.waiting, body, self.heard) for body in bodies))

    def door(self, item: m.VisitItem, *states: str, tries_left: int = 0, attempt: int = 1) -> "Dialogue":
        bodies = [
            m.Door(
                item=item.item,
                compartment=item.compartment,
                state=state,  # type: ignore[arg-type]
                attempt=attempt,
                tries_left=tries_left,
            )
            for state in states
        ]
        return self.answers(*bodies)

    def settled(self, item: m.VisitItem, stands: str, **more: object) -> "Dialogue":
        return self.answers(m.Settled(item=item.item, stands=stands, **more))  # type: ignore[arg-type]

    def waits(self, ms: int) -> "Dialogue":
        self.heard += ms
        return self

    def fires(self, slot: e.Slot) -> "Dialogue":
        """The newest timer of this slot ends."""
        serial = getattr(self.state, f"{slot}_timer")
        assert serial, f"no {slot} timer is alive on {self.state.screen}"
        return self.on(e.TimerFired(slot, serial))

    def shows(self, kind: type[S]) -> S:
        """The screen, which must be of this kind."""
        assert isinstance(self.state.screen, kind), self.state.screen
        return self.state.screen

    @property
    def screen(self) -> Screen:
        return self.state.screen

    @property
    def asks(self) -> list[m.AskBody]:
        return [one.body for one in self.commands if isinstance(one, Send)]

    @property
    def facts(self) -> list[m.Fact]:
        return [one.fact for one in self.commands if isinstance(one, Record)]

    def timer(self, slot: e.Slot) -> int | None:
        """How long the newest timer of this slot was set for by the last events, if it was."""
        delays = [one.delay_ms for one in self.last if isinstance(one, SetTimer) and one.slot == slot]
        return delays[-1] if delays else None


def at_open_door(*items: m.VisitItem) -> Dialogue:
    """Somebody's code was good and the first door stands open."""
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=items))
    return told.door(items[0], "intent", "pulsed", "opened")


def signed_in(
    *shelf: m.ShelfItem,
    rights: tuple[str, ...] = ("deposit", "collect"),
    told: Dialogue | None = None,
    staff: str = "staff-1",
) -> Dialogue:
    """Staff stands before the scan-a-label screen; these lie on the shelf."""
    told = (told or Dialogue()).on(e.StaffWanted(), e.PinGiven(12, "4711"))
    return told.answers(m.StaffGranted(visit="sv", staff=staff, initials="SB", rights=rights, shelf=shelf))


def with_person() -> Dialogue:
    """A label was scanned and its person chosen."""
    return signed_in().on(e.Scanned(LABEL), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))


def with_place(place: m.VisitItem = PLACE, shelf: bool = False, size: m.Size = "M") -> Dialogue:
    """The bridge has named its place; a door is under way already."""
    return with_person().on(e.SizeChosen(size, "i-1", shelf)).answers(m.Claimed(visit="sv", item=place))


def with_open_door(size: m.Size = "M") -> Dialogue:
    """Its door stands open."""
    return with_place(size=size).door(PLACE, "intent", "pulsed", "opened")


def put_away(size: m.Size = "M") -> Dialogue:
    """It lies behind its door, as the bridge says."""
    return with_open_door(size).door(PLACE, "closed").settled(PLACE, "left", pickup="pu-1", slip=SLIP)


def count(told: Dialogue) -> int:
    """How many parcels of this round lie at their place."""
    assert told.state.staff is not None
    return told.state.staff.pile.received


def sounds(told: Dialogue) -> str:
    """What the last scan sounded like."""
    return told.state.beep.kind


def stands(told: Dialogue) -> list[str]:
    """How those of this round stand."""
    assert told.state.staff is not None
    return [one.stands for one in told.state.staff.pile.parcels]
