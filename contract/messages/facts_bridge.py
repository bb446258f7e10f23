"""Facts of the bridge: doors, what lies behind them, codes and visits."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.messages.base import (
    Authority,
    Compartment,
    Count,
    DeviceId,
    DoorState,
    End,
    Fact,
    Generation,
    Id,
    Identity,
    ItemKind,
    Label,
    Message,
    Seconds,
    Size,
    TakenOutWhy,
    Text,
    Ticket,
    Word,
)


class CabinetCompartment(Message, frozen=True, kw_only=True):
    """One compartment as the installer described it. `column` and `row` count from 1, top left."""

    compartment: Compartment
    kind: Literal["lock", "shelf"]
    size: Size
    floor_cm: Annotated[int, Meta(ge=0, le=400)]
    column: Annotated[int, Meta(ge=1, le=200)]
    row: Annotated[int, Meta(ge=1, le=60)]
    label: Word | None = None


class CabinetDeclared(Fact, frozen=True, kw_only=True, tag="cabinet_declared"):
    """The lockers of the site, whenever their description changed."""

    compartments: Annotated[tuple[CabinetCompartment, ...], Meta(max_length=300)]


class DoorsSeen(Fact, frozen=True, kw_only=True, tag="doors_seen"):
    """How doors stood when the bridge first read them, at start or when a board came back."""

    open: tuple[Compartment, ...] = ()
    closed: tuple[Compartment, ...] = ()


class BoardSilent(Fact, frozen=True, kw_only=True, tag="board_silent"):
    """A lock board answers no more: its doors are unknown."""

    board: Word
    compartments: tuple[Compartment, ...]
    why: Text


class BoardBack(Fact, frozen=True, kw_only=True, tag="board_back"):
    """A silent lock board answers again."""

    board: Word
    compartments: tuple[Compartment, ...]


class PickupOpened(Fact, frozen=True, kw_only=True, tag="pickup_opened"):
    """A person has something waiting: one ticket number and one code for all of it."""

    pickup: Id
    person: Id
    ticket: Ticket
    generation: Generation


class CodeRotated(Fact, frozen=True, kw_only=True, tag="code_rotated"):
    """All codes of this pickup older than `generation` are dead."""

    pickup: Id
    generation: Generation
    why: Literal["hub", "next_used", "staff"]


class PickupClosed(Fact, frozen=True, kw_only=True, tag="pickup_closed"):
    """Everything was collected: ticket and code are spent."""

    pickup: Id
    ticket: Ticket


class ItemClaimed(Fact, frozen=True, kw_only=True, tag="item_claimed"):
    """A compartment was reserved for an item that is about to be put in.

    `drop`: its person drops it for the concierge, and does not collect it there. Taken in on a hub page, it
    bears the `order` and the account (`actor`); `named`: it is known whose it is.
    """

    item: Id
    kind: ItemKind
    person: Id
    pickup: Id
    compartment: Compartment
    allocation: Generation
    size: Size
    staff: Id | None = None
    label: Label = ""
    carrier: Word | None = None
    purpose: Literal["hold", "drop"] = "hold"
    order: Id | None = None
    actor: Id | None = None
    named: bool = True


class ItemLeft(Fact, frozen=True, kw_only=True, tag="item_left"):
    """The item lies there: the door was opened, then closed (or the shelf place was confirmed)."""

    item: Id
    compartment: Compartment
    allocation: Generation
    evidence: Literal["door", "shelf"]
    operation: Id | None = None


class ClaimDropped(Fact, frozen=True, kw_only=True, tag="claim_dropped"):
    """The deposit was given up; the compartment must be looked at if its door had been opened."""

    item: Id
    compartment: Compartment
    allocation: Generation
    why: Literal["given_up", "bigger", "not_opened", "timeout", "restart"]
    door_was_opened: bool


class VisitOpened(Fact, frozen=True, kw_only=True, tag="visit_opened"):
    """A person was recognised at a kiosk, by code or as staff; `proxy`: by the code of that mandate.

    `drops`: they came to drop something; `none`: without saying who they are.
    """

    visit: Id
    kiosk: DeviceId
    way: Literal["typed", "qr", "badge", "pin", "none"]
    pickup: Id | None = None
    staff: Id | None = None
    proxy: Id | None = None
    drops: bool = False


class VisitEnded(Fact, frozen=True, kw_only=True, tag="visit_ended"):
    """The conversation is over."""

    visit: Id
    why: Literal["done", "left", "timeout", "restart", "replaced"]


class CodeRefused(Fact, frozen=True, kw_only=True, tag="code_refused"):
    """A wrong code or PIN, without it. `wrong_today` counts against the budget."""

    kiosk: DeviceId
    way: Literal["typed", "qr", "badge", "pin"]
    wrong_today: Count
    wait_seconds: Seconds


class DoorIntent(Fact, frozen=True, kw_only=True, tag="door_intent"):
    """About to send an unlock frame; durable before the frame's first byte (I3, I18).

    `allocation` is 0 for a compartment that was never given to anything.
    """

    operation: Id
    compartment: Compartment
    allocation: Count
    attempt: Annotated[int, Meta(ge=1, le=20)]
    purpose: Literal["collect", "deposit", "remote", "inspect", "take_out"]
    authority: Authority
    actor: Id
    reason: Text = ""
    item: Id | None = None
    visit: Id | None = None
    order: Id | None = None


class DoorPulsed(Fact, frozen=True, kw_only=True, tag="door_pulsed"):
    """The unlock frame left the port. It says nothing about the door."""

    operation: Id
    compartment: Compartment
    attempt: Annotated[int, Meta(ge=1, le=20)]


class DoorOpened(Fact, frozen=True, kw_only=True, tag="door_opened"):
    """The sensor saw the door open in answer to this operation."""

    operation: Id
    compartment: Compartment


class DoorClosed(Fact, frozen=True, kw_only=True, tag="door_closed"):
    """The sensor saw the door close; `operation` is absent for a door no operation had opened."""

    compartment: Compartment
    operation: Id | None = None
    open_ms: Count | None = None


class DoorNotOpened(Fact, frozen=True, kw_only=True, tag="door_not_opened"):
    """Pulsed, and the sensor says shut: nothing was handed over, the code stays good."""

    operation: Id
    compartment: Compartment
    why: Literal["stayed_shut", "not_sent", "board_silent", "refused"]


class DoorLeftOpen(Fact, frozen=True, kw_only=True, tag="door_left_open"):
    """Open for too long; an alarm until it closes."""

    compartment: Compartment
    operation: Id | None = None


class DoorForced(Fact, frozen=True, kw_only=True, tag="door_forced"):
    """The door opened and nobody had asked; an alarm."""

    compartment: Compartment


class DoorUncertain(Fact, frozen=True, kw_only=True, tag="door_uncertain"):
    """An operation was cut short: what happened at the door is not known."""

    operation: Id
    compartment: Compartment
    why: Literal["restart", "board_silent"]
    seen: DoorState = "unknown"


class ItemCollected(Fact, frozen=True, kw_only=True, tag="item_collected"):
    """Opened, then closed, by the right code: the person has it.

    Evidence `staff`: `staff` say that they handed it over. `proxy`: it was received for the person under
    that mandate. `identity`: how staff made sure who receives it.
    """

    item: Id
    compartment: Compartment
    allocation: Generation
    operation: Id | None = None
    evidence: Literal["door", "staff"] = "door"
    staff: Id | None = None
    proxy: Id | None = None
    identity: Identity | None = None


class ItemTakenOut(Fact, frozen=True, kw_only=True, tag="item_taken_out"):
    """Staff have it in hand: its place is free, it is still in custody, and its person's code stays.

    Evidence `door`: opened, then closed, in `operation`; `shelf`: the staff said so.
    """

    item: Id
    compartment: Compartment
    allocation: Generation
    staff: Id
    why: TakenOutWhy
    evidence: Literal["door", "shelf"]
    operation: Id | None = None


class ItemReturned(Fact, frozen=True, kw_only=True, tag="item_returned"):
    """What staff had in hand went back to its carrier."""

    item: Id
    staff: Id


class ItemSentOut(Fact, frozen=True, kw_only=True, tag="item_sent_out"):
    """What staff had in hand went to a partner: away, still in custody, its person's code good."""

    item: Id
    staff: Id
    to: Id
    manifest: Id | None = None


class ItemLost(Fact, frozen=True, kw_only=True, tag="item_lost"):
    """Staff looked for it where it should lie, or where it was last held, and it is not there."""

    item: Id
    staff: Id
    compartment: Compartment | None = None


class ItemReassigned(Fact, frozen=True, kw_only=True, tag="item_reassigned"):
    """It is for somebody else than was thought (`before`): only their code opens its door from now on.

    `staff` is absent where the hub's pages said so (feed document `assignment/<item>`).
    """

    item: Id
    person: Id
    pickup: Id
    before: Id
    staff: Id | None = None


class ItemEnded(Fact, frozen=True, kw_only=True, tag="item_ended"):
    """What staff or a partner had is over, as the hub's pages say (feed document `ended/<item>`)."""

    item: Id
    how: End


class ItemKept(Fact, frozen=True, kw_only=True, tag="item_kept"):
    """The person says it is not in their hands: it stays in, or comes back into, custody."""

    item: Id
    compartment: Compartment
    allocation: Generation
    why: Literal["too_high", "too_heavy", "empty", "wrong", "missing"]


class CompartmentChecked(Fact, frozen=True, kw_only=True, tag="compartment_checked"):
    """Somebody looked: the compartment is empty and may be used (or it may not).

    `item`: it is not empty, this item was seen to lie there still. Said on a hub page, it bears the `order`
    and the account (`actor`).
    """

    compartment: Compartment
    usable: bool
    actor: Id
    why: Text = ""
    item: Id | None = None
    order: Id | None = None


class OrderRefused(Fact, frozen=True, kw_only=True, tag="order_refused"):
    """A wish of the hub that was not carried out, and why; no frame was sent, nothing was put anywhere.

    `taken`: something lies at that place; `full`: no shelf place fits; `item`: it is known already;
    `tickets`: all ticket numbers are out.
    """

    order: Id
    why: Literal[
        "late",
        "nonce",
        "signature",
        "generation",
        "unknown_door",
        "busy",
        "cap",
        "malformed",
        "disk",
        "taken",
        "full",
        "item",
        "tickets",
    ]
    compartment: Compartment | None = None
    actor: Id | None = None


class HoldingAdopted(Fact, frozen=True, kw_only=True, tag="holding_adopted"):
    """After its memory was lost, the bridge took over from the hub what lies where."""

    item: Id
    compartment: Compartment
    allocation: Generation
    gone: bool = False


BridgeFact = (
    CabinetDeclared
    | DoorsSeen
    | BoardSilent
    | BoardBack
    | PickupOpened
    | CodeRotated
    | PickupClosed
    | ItemClaimed
    | ItemLeft
    | ClaimDropped
    | VisitOpened
    | VisitEnded
    | CodeRefused
    | DoorIntent
    | DoorPulsed
    | DoorOpened
    | DoorClosed
    | DoorNotOpened
    | DoorLeftOpen
    | DoorForced
    | DoorUncertain
    | ItemCollected
    | ItemKept
    | ItemTakenOut
    | ItemReturned
    | ItemSentOut
    | ItemLost
    | ItemReassigned
    | ItemEnded
    | CompartmentChecked
    | OrderRefused
    | HoldingAdopted
)
