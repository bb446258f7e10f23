"""What reaches the site, and what it may want done: the words between the loop and the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contract import messages
from locker_firmware_bridge.core import door

# --- timers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoorTimer:
    """A timer of one operation at one door (`operation` None: of the door itself)."""

    compartment: int
    timer: door.Timer
    operation: str | None


@dataclass(frozen=True, slots=True)
class TurnTimer:
    """The next door that waits may be opened."""


@dataclass(frozen=True, slots=True)
class VisitTimer:
    """A visit may have been quiet for too long."""

    visit: str


@dataclass(frozen=True, slots=True)
class GraceTimer:
    """The time in which a collected item's door could be opened again is over."""

    item: str


@dataclass(frozen=True, slots=True)
class AssignTimer:
    """What the hub said of whose something is may be done now."""


Timer = DoorTimer | TurnTimer | VisitTimer | GraceTimer | AssignTimer

# --- what happens ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The bridge came up. `boot` names the machine's present boot; `began` is the fact to begin with.

    `went_back`: the journal in use was opened because the disk had gone back in time.
    """

    boot: str
    began: messages.ProcessStarted
    journal: str = ""
    went_back: bool = False


@dataclass(frozen=True, slots=True)
class AskCame:
    """A kiosk asks."""

    kiosk: str
    ask: messages.Ask


@dataclass(frozen=True, slots=True)
class OrderCame:
    """The hub asks. `signed`: whether a remote opening bears the hub's signature."""

    order: messages.Order
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """The sensors of one board, by compartment."""

    closed: frozenset[int]
    open: frozenset[int]


@dataclass(frozen=True, slots=True)
class Silent:
    """A board cannot be read any more."""

    board: str
    compartments: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Back:
    """A silent board answers again."""

    board: str
    compartments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnlockSent:
    """An unlock frame left the port."""

    compartment: int
    operation: str
    attempt: int
    surely: bool = True


@dataclass(frozen=True, slots=True)
class UnlockNotSent:
    """An unlock frame did not leave."""

    compartment: int
    operation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer ran out."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class FeedChanged:
    """Documents of the hub by key; None: gone. `whole`: these are all there are."""

    documents: Mapping[str, messages.AnyDocument | None]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The hub answered. `known`: it had another journal of this device before."""

    known: bool


@dataclass(frozen=True, slots=True)
class MemoryDoubted:
    """The hub knows more of our past than we do: our disk went back, and `journal` was opened."""

    journal: str


@dataclass(frozen=True, slots=True)
class FeedComplete:
    """The replica holds all the hub knows: what lies here, which of our items are gone, which codes dead."""

    holdings: tuple[messages.Holding, ...]
    gone: frozenset[str]
    rotations: tuple[messages.Rotation, ...] = ()
    assignments: tuple[messages.Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ScaleSaid:
    """The weighing under way is over: a weight at rest, or why there is none."""

    said: messages.Weighed | messages.NotWeighed


What = (
    Started
    | AskCame
    | OrderCame
    | Read
    | Silent
    | Back
    | UnlockSent
    | UnlockNotSent
    | TimerDue
    | FeedChanged
    | Welcomed
    | MemoryDoubted
    | FeedComplete
    | ScaleSaid
)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened at `now_ms` (monotonic).

    `fresh` are random ids (32 hex digits) for what comes into being; `room` whether the disk has room
    for an operation to the end; `wall_ms` what the wall clock says, if it is known and anybody asks, and
    `synced` whether the network set it.
    """

    what: What
    now_ms: int
    fresh: tuple[str, ...] = ()
    room: bool = True
    wall_ms: int | None = None
    synced: bool = False


# --- what to do, once the facts are durable ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unlock:
    """Send one unlock frame."""

    compartment: int
    operation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Watch:
    """This door will move: look often until then."""

    compartment: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Calm:
    """No door is expected to move after this time."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Answer a kiosk: the `n`-th answer to this ask."""

    kiosk: str
    ask: str
    n: int
    body: messages.AnswerBody = field(repr=False)  # may bear a code


@dataclass(frozen=True, slots=True)
class TellHub:
    """Reply to an order."""

    reply: messages.Reply = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShowDoors:
    """The picture of the doors changed."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Say `TimerDue(timer)` at this time; the same timer set again replaces itself."""

    timer: Timer
    at_ms: int


@dataclass(frozen=True, slots=True)
class Weigh:
    """Begin to weigh; `ScaleSaid` follows, whatever comes of it."""


Do = Unlock | Watch | Calm | Tell | TellHub | ShowDoors | SetTimer | Weigh
