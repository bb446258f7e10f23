"""What the bridge remembers: one frozen record a thing, kept by `store` under its kind and key.

Times are monotonic milliseconds of the boot named in `Run`; after a reboot none of them is compared,
they are stamped anew so that no wait, budget or cap is ever shortened.
"""

from typing import Literal

from msgspec import Struct

from contract import messages


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Root of what is remembered."""


class Run(Record, frozen=True):
    """About the bridge itself.

    `memory`: whether it knows what lies where. `new`: it never did, and the hub was not asked yet. `lost`:
    the hub knows this device, its memory is to be taken over. `doubted`: the disk went back in time;
    `journal` is the journal that was last thought of so.
    """

    boot: str = ""
    journal: str = ""
    memory: Literal["new", "lost", "doubted", "good"] = "new"
    declared: tuple[messages.CabinetCompartment, ...] = ()


class Slot(Record, frozen=True):
    """What is known of a compartment. `allocation` numbers its uses: 0 is none yet.

    `usable` is false until somebody, or the hub's memory, has said that it is empty.
    """

    compartment: int
    allocation: int = 0
    usable: bool = False
    item: str | None = None
    said_empty: bool = False
    """Staff said that nothing is inside while its door was still open."""
    out_of_service: bool = False
    """Staff took it out of use: no door that closes, and no hub, makes it usable again; staff do."""
    by_visitor: bool = False
    """Somebody unknown had its door opened and let nothing be known of what is inside."""
    visitor_item: str = ""
    """What they had said they would put in: it may have gone behind a bigger door since."""


class Item(Record, frozen=True):
    """Something held, or about to be held, for a person.

    `claimed`: a place is reserved. `held`: it lies there. `collected`: the person took it at
    `collected_ms`, and may open the door again for a short grace. `in_hand`: staff took it out; `away`: a
    partner has it; `lost`: nobody finds it. Of these three `compartment` and `allocation` are the last, maybe
    something else's by now.
    """

    item: str
    kind: messages.ItemKind
    person: str
    pickup: str
    compartment: int
    allocation: int
    size: messages.Size
    stage: Literal["claimed", "held", "collected", "in_hand", "away", "lost"]
    collected_ms: int = 0
    opened: bool = False
    """Whether its door was opened since it was claimed."""
    kept_in: str | None = None
    """The operation in which the person said that it is not in their hands."""
    holder: str | None = None
    """Staff who have, or last had, it in hand: a claim that comes to nothing leaves it there again."""
    taken_why: messages.TakenOutWhy = "move"
    """What they took it out for."""
    partner: str | None = None
    """Who has it, or had it last, of the partners."""
    dropped_by: str | None = None
    """The person who put it there, for staff to take out: no code opens its door."""
    anonymous: bool = False
    """Whoever dropped it did not say who they are."""
    by_badge: bool = False
    """Whoever dropped it showed a badge only, which others may have read: no code of other things is told."""
    left_ms: int = 0
    """When the door was last shut on what is dropped: for a short grace it opens to who dropped it."""
    heavy: bool = False
    perishable: bool = False
    unsure: bool = False
    """It was being taken out when its door was cut short: until somebody looks, it may have left."""
    mark: str = ""
    """What a scan of its label is known by; nothing of what the hub told: it tells no label."""
    below_cm: int | None = None
    """Its next place must be lower than this: the person said that the last was too high."""

    @property
    def dropped(self) -> bool:
        """Whether its person put it there, or is about to, for staff to take out."""
        return self.dropped_by is not None

    @property
    def has_place(self) -> bool:
        """Whether its compartment is its own: neither staff nor a partner have it in hand, nor is it lost."""
        return self.stage not in ("in_hand", "away", "lost")

    @property
    def with_staff(self) -> bool:
        """Whether staff have it in hand, a new place found or not."""
        return self.stage == "in_hand" or (self.stage == "claimed" and self.holder is not None)

    @property
    def waits(self) -> bool:
        """Whether it was put in once, so that its person's code is good."""
        return self.stage != "claimed" or self.holder is not None


class Pickup(Record, frozen=True):
    """One ticket and one code for all that waits for one person."""

    pickup: str
    person: str
    ticket: int
    generation: int = 1


class Visit(Record, frozen=True):
    """A conversation at a kiosk: of a person (`pickup`), whom they sent (`proxy` too), or staff (`staff`).

    Or of somebody who drops something (`drops`): `person` if known, and `pickup` if they showed its code.
    """

    visit: str
    kiosk: str
    ask: str
    """The ask it began with; its end is told under it."""
    pickup: str | None = None
    proxy: str | None = None
    only: tuple[str, ...] = ()
    """The items a mandate is for; none: all that waits."""
    staff: str | None = None
    rights: tuple[str, ...] = ()
    openings: dict[str, int] = {}
    """How often each item's door was asked to open."""
    drops: bool = False
    person: str | None = None
    stranger: str | None = None
    """The id that stands for who drops something and is not known: made for this visit, and nobody's else."""
    items: tuple[str, ...] = ()
    """Of staff and who drops something: what was claimed in this visit."""
    kept: tuple[str, ...] = ()
    """Items the person said are not in their hands."""
    quiet_since_ms: int = 0

    @property
    def anonymous(self) -> bool:
        """Whether somebody drops something who does not say who they are."""
        return self.drops and self.person is None

    @property
    def by_badge(self) -> bool:
        """Whether somebody drops something whose badge alone was shown."""
        return self.drops and self.person is not None and self.pickup is None

    @property
    def collects(self) -> bool:
        """Whether it is for what waits under a code."""
        return self.pickup is not None and not self.drops


class Said(Record, frozen=True):
    """All answers to one ask so far, so that the same ask gets the same answers."""

    kiosk: str
    bodies: tuple[messages.AnswerBody, ...] = ()


class Taken(Record, frozen=True):
    """What was replied to an order, so that the same order gets the same reply."""

    reply: messages.OrderTaken


class Budget(Record, frozen=True):
    """Wrong tries: a bucket that drains slowly. Before `until_ms` no try is looked at."""

    level: float = 0.0
    at_ms: int = 0
    until_ms: int = 0


class Caps(Record, frozen=True):
    """When a lock was last energised, and when the hub, and visitors, had doors opened within the hour."""

    pulse_ms: int | None = None
    remote_ms: tuple[int, ...] = ()
    visitor_ms: tuple[int, ...] = ()


class TicketUse(Record, frozen=True):
    """When a ticket number was last given out: the higher `serial`, the later."""

    serial: int


class Spent(Record, frozen=True):
    """A pickup, item or mandate that is over: no feed brings it back."""


class ProxyUse(Record, frozen=True):
    """The latest generation of a mandate's code that was used: older ones are dead."""

    generation: int


class Wall(Record, frozen=True):
    """The latest wall time a clock that was known told: set back, it brings no mandate back to life."""

    latest_ms: int = 0


class Assigned(Record, frozen=True):
    """Whose the hub said last that an item is: that is done once, though it is read again at each start."""

    person: str
