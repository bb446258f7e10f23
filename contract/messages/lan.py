"""Wishes of a kiosk and the bridge's answers, on the site broker."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.messages.base import (
    Compartment,
    Count,
    DoorState,
    Grams,
    Id,
    Identity,
    ItemKind,
    Label,
    Mark,
    Message,
    Seconds,
    Size,
    TakenOutWhy,
    Text,
    Ticket,
    Word,
)
from contract.receipt import Receipt


class Present(Message, frozen=True, kw_only=True, tag_field="type", tag="present"):
    """A code: typed `digits` or a QR's `token`. Recognised, the first door opens at once."""

    digits: Annotated[str, Meta(pattern=r"^[0-9]{1,12}\Z")] | None = None
    token: Annotated[str, Meta(max_length=64)] | None = None


class OpenItem(Message, frozen=True, kw_only=True, tag_field="type", tag="open"):
    """Open the door behind which this item of this visit lies (or, claimed, is to be put)."""

    visit: Id
    item: Id


class StartDrop(Message, frozen=True, kw_only=True, tag_field="type", tag="start_drop"):
    """Somebody comes to drop something, known by code or badge, or (nothing given) by nothing at all."""

    digits: Annotated[str, Meta(pattern=r"^[0-9]{1,12}\Z")] | None = None
    token: Annotated[str, Meta(max_length=64)] | None = None
    badge: Label | None = None


class Claim(Message, frozen=True, kw_only=True, tag_field="type", tag="claim"):
    """Staff, or who drops it: find a compartment of at least this size for an item; nothing opens yet.

    Who drops something without being known does so under the id of `DropGranted.stranger`.

    What staff have in hand is claimed a place again, and keeps its code. Perishable goods get a shelf place
    only; for heavy ones (more than 10 kg) a low door is looked for, and none for who cannot carry them.
    """

    visit: Id
    item: Id
    person: Id
    size: Size
    kind: ItemKind = "parcel"
    label: Label = ""
    carrier: Word | None = None
    shelf: bool = False
    heavy: bool = False
    perishable: bool = False


class Settle(Message, frozen=True, kw_only=True, tag_field="type", tag="settle"):
    """What became of an item, as the person or staff says.

    `left`: a shelf place is confirmed. `taken`: it is in hand. `bigger`, `given_up`: end a deposit.
    `returned`: what staff had in hand is the carrier's again. `sent_out`: it went to a partner (`to`), maybe
    on a `manifest`. `lost`: it is not where it should be. `in_hand`: of an item that is `unsure`, staff have
    had it in hand since its door was cut short. The others keep the item in custody and call the concierge.
    `taken` from staff may say how they made sure who receives it (`identity`, required for a registered
    letter) and under which mandate (`proxy`).
    """

    visit: Id
    item: Id
    outcome: Literal[
        "left",
        "taken",
        "bigger",
        "given_up",
        "too_high",
        "too_heavy",
        "empty",
        "wrong",
        "missing",
        "returned",
        "sent_out",
        "lost",
        "in_hand",
    ]
    identity: Identity | None = None
    proxy: Id | None = None
    to: Id | None = None
    manifest: Id | None = None


class TakeOut(Message, frozen=True, kw_only=True, tag_field="type", tag="take_out"):
    """Staff: open the door behind which this item lies, to take it out; from a shelf it is in hand at once.

    Rights: `deposit` to undo or to give it to a partner, `collect` to hand over, `inspect` to move or
    return it.
    """

    visit: Id
    item: Id
    why: TakenOutWhy


class Inspect(Message, frozen=True, kw_only=True, tag_field="type", tag="inspect"):
    """Staff with the right `inspect`: open this door to see what is behind it."""

    visit: Id
    compartment: Compartment


class Check(Message, frozen=True, kw_only=True, tag_field="type", tag="check"):
    """Staff with the right `inspect` say whether a compartment without a known item may be used.

    `item`, with `usable`: they saw that this item still lies there; its compartment stays as it is.
    """

    visit: Id
    compartment: Compartment
    usable: bool
    why: Text = ""
    item: Id | None = None


class TakeStock(Message, frozen=True, kw_only=True, tag_field="type", tag="take_stock"):
    """Staff: what lies where?"""

    visit: Id


class Reassign(Message, frozen=True, kw_only=True, tag_field="type", tag="reassign"):
    """Staff with the right `deposit`: this item is for somebody else."""

    visit: Id
    item: Id
    person: Id


class SignIn(Message, frozen=True, kw_only=True, tag_field="type", tag="sign_in"):
    """Staff, by badge or by staff number and PIN. Somebody else's badge begins a drop: `DropGranted`."""

    badge: Label | None = None
    number: Annotated[int, Meta(ge=1, le=999_999)] | None = None
    pin: Annotated[str, Meta(pattern=r"^[0-9]{4,12}\Z")] | None = None


class SealReceipt(Message, frozen=True, kw_only=True, tag_field="type", tag="seal_receipt"):
    """Make this receipt one that can be checked: of what was left in this visit or ordered; for staff any."""

    visit: Id
    receipt: Receipt


class CheckReceipt(Message, frozen=True, kw_only=True, tag_field="type", tag="check_receipt"):
    """Is this receipt as it was sealed here?"""

    receipt: Receipt
    seal: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class Weigh(Message, frozen=True, kw_only=True, tag_field="type", tag="weigh"):
    """Who drops something, or staff: what lies on the scale of the site, once it is at rest?"""

    visit: Id


class LeaveVisit(Message, frozen=True, kw_only=True, tag_field="type", tag="leave"):
    """The conversation is over; the screen was wiped."""

    visit: Id


AskBody = (
    Present
    | OpenItem
    | Claim
    | Settle
    | SignIn
    | TakeOut
    | Inspect
    | Check
    | TakeStock
    | Reassign
    | StartDrop
    | SealReceipt
    | CheckReceipt
    | Weigh
    | LeaveVisit
)


class Ask(Message, frozen=True, kw_only=True):
    """A kiosk asks its bridge. Same `id`, same answer, no second pulse.

    `session` and `at_ms` echo the bridge's last beat (plus the time since), so that an ask that
    hung somewhere for more than seconds is refused by the bridge's own clock.
    """

    id: Id
    session: Id
    at_ms: Count
    body: AskBody


class VisitItem(Message, frozen=True, kw_only=True):
    """One item of a visit and where it lies; `number` on the door or `label` of the shelf place.

    `with_staff`: they have it in hand, whatever place is named. `dropped`: it waits for them behind
    its door, which does not open for this, or in their hands, to be sent on. `away`: a partner has it.
    `lost`: nobody finds it, whatever `state` says to a kiosk that does not know of that.
    """

    item: Id
    kind: ItemKind
    compartment: Compartment
    state: Literal[
        "ready", "claimed", "opening", "open", "collected", "left", "blocked", "with_staff", "dropped", "away"
    ]
    size: Size
    label: Word | None = None
    lost: bool = False


class VisitGranted(Message, frozen=True, kw_only=True, tag_field="type", tag="visit"):
    """A person may collect these, lowest door first.

    `person` tells in whose language to go on; it is absent for the bearer of a mandate.
    """

    visit: Id
    items: tuple[VisitItem, ...]
    person: Id | None = None


class ShelfItem(Message, frozen=True, kw_only=True):
    """Something that lies on a shelf until staff hand it over; `label` is its place's, `mark` its own."""

    item: Id
    person: Id
    kind: ItemKind
    label: Word
    mark: Mark = ""


class StaffGranted(Message, frozen=True, kw_only=True, tag_field="type", tag="staff"):
    """Staff signed in. `shelf` is what they may hand over, by place; empty without the right `collect`."""

    visit: Id
    staff: Id
    initials: Word
    rights: tuple[str, ...]
    employer: Id | None = None
    shelf: Annotated[tuple[ShelfItem, ...], Meta(max_length=100)] = ()


class DropGranted(Message, frozen=True, kw_only=True, tag_field="type", tag="drop"):
    """Something may be dropped in this visit; `person` where they are known.

    Else `stranger`: the id the bridge made for them, under which they drop and order in this visit.
    `waits`: so many doors their code opens, where they showed it.
    """

    visit: Id
    person: Id | None = None
    stranger: Id | None = None
    waits: Count = 0


class Refused(Message, frozen=True, kw_only=True, tag_field="type", tag="refused"):
    """No. `code` is the same for wrong, spent, foreign and revoked codes; `wait_seconds` slows down.

    `revoked`: the kiosk itself is out of service; what is under way at a door goes on. A kiosk of an earlier
    version does not know this one, and says that it got no answer.
    """

    why: Literal[
        "code",
        "late",
        "visit",
        "item",
        "rights",
        "busy",
        "cap",
        "blocked",
        "disk",
        "tickets",
        "malformed",
        "revoked",
    ]
    wait_seconds: Seconds = 0


class Claimed(Message, frozen=True, kw_only=True, tag_field="type", tag="claimed"):
    """A compartment is reserved for the item; `alternatives` says which sizes are free besides."""

    visit: Id
    item: VisitItem


class Full(Message, frozen=True, kw_only=True, tag_field="type", tag="full"):
    """No compartment fits. `sizes` have a free one; `shelf` says whether a shelf place is free."""

    sizes: tuple[Size, ...] = ()
    shelf: bool = False


class Door(Message, frozen=True, kw_only=True, tag_field="type", tag="door"):
    """One step at a door, as the sensor saw it; several follow one ask that opens.

    `item` is absent where a door is opened to look behind it.
    """

    item: Id | None = None
    compartment: Compartment
    state: Literal["intent", "pulsed", "opened", "closed", "not_opened", "left_open", "uncertain"]
    attempt: Annotated[int, Meta(ge=0, le=20)] = 1
    tries_left: Annotated[int, Meta(ge=0, le=20)] = 0


class Slip(Message, frozen=True, kw_only=True):
    """What goes on the ticket. Lives on the screen and on paper, is never stored nor logged."""

    ticket: Ticket
    digits: Annotated[str, Meta(pattern=r"^[0-9]{8,9}\Z")]
    token: Annotated[str, Meta(max_length=64)]


class Settled(Message, frozen=True, kw_only=True, tag_field="type", tag="settled"):
    """How the item stands now. `remaining` items of the visit are still to come."""

    item: Id
    stands: Literal[
        "collected", "left", "kept", "dropped", "in_hand", "returned", "sent_out", "lost", "reassigned"
    ]
    remaining: Count = 0
    pickup: Id | None = None
    slip: Slip | None = None


class StockItem(Message, frozen=True, kw_only=True):
    """Something held for somebody; `dropped`: by its person, for the concierge to take out.

    `unsure`: it was being taken out when its door was cut short, and nobody has looked since whether it is
    still there. `ticket`: the number its person has on paper, of what is dropped or in hand. `mark`: what a
    scan of its label is known by; left out where a message has no room for all of them.
    """

    item: Id
    person: Id
    kind: ItemKind
    size: Size
    stage: Literal["claimed", "held", "collected", "in_hand", "away"]
    dropped: bool = False
    unsure: bool = False
    ticket: Ticket | None = None
    mark: Mark = ""


class StockPlace(Message, frozen=True, kw_only=True):
    """One compartment, how its door stands, and what lies there as far as is known.

    `usable` false: it is given to nothing until somebody has looked; `out`: nor then, but once staff, who
    took it out of service, say that it works again.
    """

    compartment: Compartment
    allocation: Count
    door: DoorState
    usable: bool
    label: Word | None = None
    item: StockItem | None = None
    out: bool = False


class Stock(Message, frozen=True, kw_only=True, tag_field="type", tag="stock"):
    """All places of the site in their order, what staff have in hand, and what partners have."""

    places: Annotated[tuple[StockPlace, ...], Meta(max_length=300)]
    in_hand: Annotated[tuple[StockItem, ...], Meta(max_length=500)] = ()
    away: Annotated[tuple[StockItem, ...], Meta(max_length=500)] = ()


class Sealed(Message, frozen=True, kw_only=True, tag_field="type", tag="sealed"):
    """The receipt's seal and the check word made of it (contract.receipt)."""

    order: Id
    seal: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
    word: Word


class ReceiptChecked(Message, frozen=True, kw_only=True, tag_field="type", tag="receipt_checked"):
    """Whether nothing on the receipt was changed."""

    genuine: bool


class Weighed(Message, frozen=True, kw_only=True, tag_field="type", tag="weighed"):
    """What the scale showed at rest."""

    grams: Grams


class NotWeighed(Message, frozen=True, kw_only=True, tag_field="type", tag="not_weighed"):
    """There is no weight, which stops nothing. `none`: there is no scale.

    `empty`: nothing lies on it, as yet. `moving`: what lies on it does not come to rest. `silent`: the scale
    says nothing that could be read. `busy`: something is weighed at another kiosk.
    """

    why: Literal["none", "empty", "moving", "overload", "silent", "busy"]


class Checked(Message, frozen=True, kw_only=True, tag_field="type", tag="checked"):
    """What stands now about a compartment somebody looked into."""

    compartment: Compartment
    usable: bool


class VisitOver(Message, frozen=True, kw_only=True, tag_field="type", tag="over"):
    """The bridge ended the visit."""

    visit: Id
    why: Literal["done", "left", "timeout", "restart", "replaced"]


AnswerBody = (
    VisitGranted
    | StaffGranted
    | DropGranted
    | Refused
    | Claimed
    | Full
    | Door
    | Settled
    | Stock
    | Checked
    | Sealed
    | ReceiptChecked
    | Weighed
    | NotWeighed
    | VisitOver
)


class Answer(Message, frozen=True, kw_only=True):
    """The `n`-th answer (from 0) to an ask; bodies after the first report what happens at a door."""

    ask: Id
    session: Id
    n: Count
    body: AnswerBody
