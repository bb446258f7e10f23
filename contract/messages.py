"""Every message of the system, as frozen values.

Three kinds (design.md section 4): **facts** happened and are kept until the hub has them; **wishes**
die in seconds; **pictures** show how things stand, the newest wins. Unknown fields are ignored, so
that a newer sender is understood by an older reader. Times end in `_ms`; compartments bear the
number painted on the door, from 1.
"""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

DEVICE_PATTERN = r"^[a-z0-9-]{1,40}$"

DeviceId = Annotated[str, Meta(pattern=DEVICE_PATTERN)]
Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
"""An opaque identifier: a uuid in hex for whatever the system names itself."""
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, Meta(min_length=1, max_length=40)]
Text = Annotated[str, Meta(max_length=400)]
Label = Annotated[str, Meta(max_length=256)]
"""What a scanner read or a person typed: kept as it came."""
Count = Annotated[int, Meta(ge=0, le=2**53)]
Compartment = Annotated[int, Meta(ge=1, le=9999)]
Generation = Annotated[int, Meta(ge=1, le=2**31)]
Ticket = Annotated[int, Meta(ge=10, le=999)]
Seconds = Annotated[int, Meta(ge=0, le=86_400 * 400)]

ItemKind = Literal["parcel", "letter", "registered_letter", "bag", "object", "basket", "key"]
Size = Literal["S", "M", "L", "XL"]
DoorState = Literal["closed", "open", "unknown"]
Authority = Literal["code", "staff", "order"]
ClockQuality = Literal["synced", "held", "unknown"]


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Root of every message: immutable, keyword-only, defaults left out on the wire."""


# --- facts: the bridge -------------------------------------------------------------------------


class Fact(Message, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """Something that happened. It goes through the journal, and only there."""


class JournalOpened(Fact, frozen=True, tag="journal_opened"):
    """The first entry of every journal: why there is a new one, and which it goes on from."""

    reason: Literal["new", "went_back", "chain_broken", "range_gone", "corrupt"]
    replaces: Id | None = None


class Hole(Fact, frozen=True, tag="hole"):
    """Entries `first` to `last` of `journal` are gone for good; an alarm wherever it is read."""

    journal: Id
    first: Count
    last: Count
    why: Text


class ProcessStarted(Fact, frozen=True, tag="process_started"):
    """A kiosk or bridge came up."""

    program: Word
    version: Word
    sqlite: Word


class CabinetCompartment(Message, frozen=True):
    """One compartment as the installer described it. `column` and `row` count from 1, top left."""

    compartment: Compartment
    kind: Literal["lock", "shelf"]
    size: Size
    floor_cm: Annotated[int, Meta(ge=0, le=400)]
    column: Annotated[int, Meta(ge=1, le=200)]
    row: Annotated[int, Meta(ge=1, le=60)]
    label: Word | None = None


class CabinetDeclared(Fact, frozen=True, tag="cabinet_declared"):
    """The lockers of the site, whenever their description changed."""

    compartments: Annotated[tuple[CabinetCompartment, ...], Meta(max_length=300)]


class DoorsSeen(Fact, frozen=True, tag="doors_seen"):
    """How doors stood when the bridge first read them, at start or when a board came back."""

    open: tuple[Compartment, ...] = ()
    closed: tuple[Compartment, ...] = ()


class BoardSilent(Fact, frozen=True, tag="board_silent"):
    """A lock board answers no more: its doors are unknown."""

    board: Word
    compartments: tuple[Compartment, ...]
    why: Text


class BoardBack(Fact, frozen=True, tag="board_back"):
    """A silent lock board answers again."""

    board: Word
    compartments: tuple[Compartment, ...]


class PickupOpened(Fact, frozen=True, tag="pickup_opened"):
    """A person has something waiting: one ticket number and one code for all of it."""

    pickup: Id
    person: Id
    ticket: Ticket
    generation: Generation


class CodeRotated(Fact, frozen=True, tag="code_rotated"):
    """All codes of this pickup older than `generation` are dead."""

    pickup: Id
    generation: Generation
    why: Literal["hub", "next_used", "staff"]


class PickupClosed(Fact, frozen=True, tag="pickup_closed"):
    """Everything was collected: ticket and code are spent."""

    pickup: Id
    ticket: Ticket


class ItemClaimed(Fact, frozen=True, tag="item_claimed"):
    """A compartment was reserved for an item that is about to be put in."""

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


class ItemLeft(Fact, frozen=True, tag="item_left"):
    """The item lies there: the door was opened, then closed (or the shelf place was confirmed)."""

    item: Id
    compartment: Compartment
    allocation: Generation
    evidence: Literal["door", "shelf"]
    operation: Id | None = None


class ClaimDropped(Fact, frozen=True, tag="claim_dropped"):
    """The deposit was given up; the compartment must be looked at if its door had been opened."""

    item: Id
    compartment: Compartment
    allocation: Generation
    why: Literal["given_up", "bigger", "not_opened", "timeout", "restart"]
    door_was_opened: bool


class VisitOpened(Fact, frozen=True, tag="visit_opened"):
    """A person was recognised at a kiosk, by code or as staff."""

    visit: Id
    kiosk: DeviceId
    way: Literal["typed", "qr", "badge", "pin"]
    pickup: Id | None = None
    staff: Id | None = None


class VisitEnded(Fact, frozen=True, tag="visit_ended"):
    """The conversation is over."""

    visit: Id
    why: Literal["done", "left", "timeout", "restart", "replaced"]


class CodeRefused(Fact, frozen=True, tag="code_refused"):
    """A wrong code or PIN, without it. `wrong_today` counts against the budget."""

    kiosk: DeviceId
    way: Literal["typed", "qr", "badge", "pin"]
    wrong_today: Count
    wait_seconds: Seconds


class DoorIntent(Fact, frozen=True, tag="door_intent"):
    """About to send an unlock frame; durable before the frame's first byte (I3, I18)."""

    operation: Id
    compartment: Compartment
    allocation: Generation
    attempt: Annotated[int, Meta(ge=1, le=20)]
    purpose: Literal["collect", "deposit", "remote", "inspect"]
    authority: Authority
    actor: Id
    reason: Text = ""
    item: Id | None = None
    visit: Id | None = None
    order: Id | None = None


class DoorPulsed(Fact, frozen=True, tag="door_pulsed"):
    """The unlock frame left the port. It says nothing about the door."""

    operation: Id
    compartment: Compartment
    attempt: Annotated[int, Meta(ge=1, le=20)]


class DoorOpened(Fact, frozen=True, tag="door_opened"):
    """The sensor saw the door open in answer to this operation."""

    operation: Id
    compartment: Compartment


class DoorClosed(Fact, frozen=True, tag="door_closed"):
    """The sensor saw the door close; `operation` is absent for a door no operation had opened."""

    compartment: Compartment
    operation: Id | None = None
    open_ms: Count | None = None


class DoorNotOpened(Fact, frozen=True, tag="door_not_opened"):
    """Pulsed, and the sensor says shut: nothing was handed over, the code stays good."""

    operation: Id
    compartment: Compartment
    why: Literal["stayed_shut", "not_sent", "board_silent", "refused"]


class DoorLeftOpen(Fact, frozen=True, tag="door_left_open"):
    """Open for too long; an alarm until it closes."""

    compartment: Compartment
    operation: Id | None = None


class DoorForced(Fact, frozen=True, tag="door_forced"):
    """The door opened and nobody had asked; an alarm."""

    compartment: Compartment


class DoorUncertain(Fact, frozen=True, tag="door_uncertain"):
    """An operation was cut short: what happened at the door is not known."""

    operation: Id
    compartment: Compartment
    why: Literal["restart", "board_silent"]
    seen: DoorState = "unknown"


class ItemCollected(Fact, frozen=True, tag="item_collected"):
    """Opened, then closed, by the right code: the person has it."""

    item: Id
    compartment: Compartment
    allocation: Generation
    operation: Id | None = None
    evidence: Literal["door", "staff"] = "door"


class ItemKept(Fact, frozen=True, tag="item_kept"):
    """The person says it is not in their hands: it stays in, or comes back into, custody."""

    item: Id
    compartment: Compartment
    allocation: Generation
    why: Literal["too_high", "too_heavy", "empty", "wrong", "missing"]


class CompartmentChecked(Fact, frozen=True, tag="compartment_checked"):
    """Somebody looked: the compartment is empty and may be used (or it may not)."""

    compartment: Compartment
    usable: bool
    actor: Id
    why: Text = ""


class OrderRefused(Fact, frozen=True, tag="order_refused"):
    """A wish of the hub that was not carried out, and why; no frame was sent."""

    order: Id
    why: Literal[
        "late", "nonce", "signature", "generation", "unknown_door", "busy", "cap", "malformed", "disk"
    ]
    compartment: Compartment | None = None
    actor: Id | None = None


class HoldingAdopted(Fact, frozen=True, tag="holding_adopted"):
    """After its memory was lost, the bridge took over from the hub what lies where."""

    item: Id
    compartment: Compartment
    allocation: Generation
    gone: bool = False


# --- facts: the kiosk --------------------------------------------------------------------------


class PickupAsked(Fact, frozen=True, tag="pickup_asked"):
    """Somebody presented a code here (never which one)."""

    ask: Id
    way: Literal["typed", "qr"]


class ParcelReceived(Fact, frozen=True, tag="parcel_received"):
    """Staff took a parcel in charge at this kiosk."""

    item: Id
    person: Id
    staff: Id
    size: Size
    kind: ItemKind = "parcel"
    label: Label = ""
    carrier: Word | None = None


class PersonSaid(Fact, frozen=True, tag="person_said"):
    """What somebody answered on the screen about an item."""

    visit: Id
    item: Id
    said: Literal["have_it", "missing", "too_high", "too_heavy", "empty", "wrong", "help"]


class SlipShown(Fact, frozen=True, tag="slip_shown"):
    """The ticket with the code was shown or printed for the person (never what it says)."""

    item: Id
    pickup: Id
    how: Literal["screen", "print"]


class HelpAsked(Fact, frozen=True, tag="help_asked"):
    """Somebody touched Help."""

    screen: Word
    visit: Id | None = None


class ScanRefused(Fact, frozen=True, tag="scan_refused"):
    """A scan that no label has: control characters, or far too long. Its text is not kept."""

    why: Literal["control", "too_long", "encoding"]
    length: Count


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
    | CompartmentChecked
    | OrderRefused
    | HoldingAdopted
)
KioskFact = PickupAsked | ParcelReceived | PersonSaid | SlipShown | HelpAsked | ScanRefused
AnyFact = JournalOpened | Hole | ProcessStarted | BridgeFact | KioskFact


# --- the journal's way up ----------------------------------------------------------------------


class Entry(Message, frozen=True, array_like=True):
    """One journal entry; an array on the wire. `body` is kept byte for byte: the chain is over it.

    Its sequence number is its place in the batch, its hash what both ends compute (contract.chain).
    """

    id: Id
    boot: Id
    mono_ms: Count
    wall_ms: int
    clock: ClockQuality
    body: Raw


class FeedPosition(Message, frozen=True):
    """How far a device has read the hub's feed: version `version` of timeline `timeline`.

    `digest` (contract.feed) is over all documents held; where it differs the hub sends a snapshot.
    """

    timeline: Id | None = None
    version: Count = 0
    digest: Hash | None = None


class Hello(Message, frozen=True, tag_field="type", tag="hello"):
    """What a device says first at every connection to the hub, and about every 40 s from then on.

    It heals whatever a broker lost; `id` is echoed, so that an answer out of the past is known as such.
    """

    id: Id
    journal: Id
    last_seq: Count
    last_hash: Hash
    feed: FeedPosition
    boot: Id
    mono_ms: Count
    wall_ms: int
    clock: ClockQuality
    program: Word
    version: Word
    first_kept: Count = 1


class Batch(Message, frozen=True, tag_field="type", tag="batch"):
    """Consecutive entries of `journal`, the first with sequence number `first`.

    `prev` is the chain's hash before the first, `head` its hash after the last.
    """

    journal: Id
    first: Annotated[int, Meta(ge=1, le=2**53)]
    prev: Hash
    head: Hash
    entries: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=500)]


class Welcome(Message, frozen=True, tag_field="type", tag="welcome"):
    """The hub's answer to `hello`: it has `journal` up to `cursor`, whose hash is `head`.

    `known` says that the hub has had another journal of this device before; `feed_version` how far the
    device's feed goes at this moment, so that it can tell when it has all of it.
    """

    hello: Id
    timeline: Id
    journal: Id
    cursor: Count
    head: Hash
    safe_prune: Count
    hub_wall_ms: int
    feed_version: Count = 0
    known: bool = False


class Ack(Message, frozen=True, tag_field="type", tag="ack"):
    """Committed: everything of `journal` up to `through`, whose hash is `head`."""

    timeline: Id
    journal: Id
    through: Count
    head: Hash
    safe_prune: Count
    quarantined: Count = 0
    broken: bool = False


# --- the feed's way down -----------------------------------------------------------------------


class Document(Message, frozen=True):
    """One key of the feed; `body` absent is a tombstone."""

    key: Annotated[str, Meta(min_length=1, max_length=128)]
    version: Count
    body: Raw | None = None


class FeedPage(Message, frozen=True, tag_field="type", tag="feed"):
    """Changes after version `after`, up to `through`.

    `snapshot` pages replace everything: the first has `after` 0, and only `last` makes them count.
    """

    timeline: Id
    after: Count
    through: Count
    documents: Annotated[tuple[Document, ...], Meta(max_length=500)] = ()
    snapshot: bool = False
    last: bool = True


class PersonReach(Message, frozen=True, tag_field="type", tag="person_reach"):
    """For the bridge: what this person can reach and carry. Key `person/<id>`."""

    person: Id
    reach_cm: Annotated[int, Meta(ge=0, le=400)] | None = None
    carry_grams: Count | None = None


class StaffCredential(Message, frozen=True, tag_field="type", tag="staff_credential"):
    """For the bridge: who may sign in at a kiosk. Key `staff/<id>`. See contract.credential."""

    staff: Id
    initials: Word
    number: Annotated[int, Meta(ge=1, le=999_999)]
    pin_salt: Annotated[str, Meta(max_length=64)]
    pin_hash: Annotated[str, Meta(max_length=128)]
    badge_hash: Annotated[str, Meta(max_length=128)] | None = None
    rights: tuple[Literal["deposit", "collect", "inspect"], ...] = ("deposit",)


class Rotation(Message, frozen=True, tag_field="type", tag="rotation"):
    """For the bridge: the code generation of a pickup is at least this. Key `rotation/<pickup>`."""

    pickup: Id
    generation: Generation


class Holding(Message, frozen=True, tag_field="type", tag="holding"):
    """For a bridge that lost its memory: what the hub knows to lie at the site. Key `holding/<item>`.

    The tombstone of this key means: that item has left.
    """

    item: Id
    kind: ItemKind
    person: Id
    pickup: Id
    ticket: Ticket
    generation: Generation
    compartment: Compartment
    allocation: Generation
    size: Size


class PersonName(Message, frozen=True, tag_field="type", tag="person_name"):
    """For kiosks, in staff mode: whom a parcel may be for. Key `person/<id>`."""

    person: Id
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    flat: Annotated[str, Meta(max_length=40)] = ""
    language: Word = "fr"


class SiteCard(Message, frozen=True, tag_field="type", tag="site"):
    """For kiosks: what to call the place and who helps there. Key `site`."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    helper: Annotated[str, Meta(max_length=80)] = ""
    helper_hours: Annotated[str, Meta(max_length=200)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    languages: tuple[Word, ...] = ("fr", "en")


AnyDocument = PersonReach | StaffCredential | Rotation | Holding | PersonName | SiteCard


# --- wishes of the hub -------------------------------------------------------------------------


class NonceAsked(Message, frozen=True, tag_field="type", tag="nonce_asked"):
    """The hub would like to give an order; the bridge answers with a nonce of its own."""

    order: Id


class RemoteOpen(Message, frozen=True, tag_field="type", tag="remote_open"):
    """Open a door, once. `signature`: Ed25519 by the hub's order key over `order_bytes` (contract.order)."""

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
    compartment: Compartment
    allocation: Count
    actor: Id
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}$")]


Order = NonceAsked | RemoteOpen


class NonceGiven(Message, frozen=True, tag_field="type", tag="nonce_given"):
    """A nonce: good once, for 60 s of the bridge's monotonic clock."""

    order: Id
    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]


class OrderTaken(Message, frozen=True, tag_field="type", tag="order_taken"):
    """The bridge carries the order out (`refused` absent) or does not. The outcome is a fact."""

    order: Id
    operation: Id | None = None
    refused: Word | None = None


Reply = NonceGiven | OrderTaken


# --- wishes of a kiosk, on the site broker ------------------------------------------------------


class Present(Message, frozen=True, tag_field="type", tag="present"):
    """A code: typed `digits` or a QR's `token`. Recognised, the first door opens at once."""

    digits: Annotated[str, Meta(pattern=r"^[0-9]{1,12}$")] | None = None
    token: Annotated[str, Meta(max_length=64)] | None = None


class OpenItem(Message, frozen=True, tag_field="type", tag="open"):
    """Open the door behind which this item of this visit lies (or, claimed, is to be put)."""

    visit: Id
    item: Id


class Claim(Message, frozen=True, tag_field="type", tag="claim"):
    """Staff: find a compartment of at least this size for an item; nothing opens yet."""

    visit: Id
    item: Id
    person: Id
    size: Size
    kind: ItemKind = "parcel"
    label: Label = ""
    carrier: Word | None = None
    shelf: bool = False


class Settle(Message, frozen=True, tag_field="type", tag="settle"):
    """What became of an item, as the person or staff says.

    `left`: a shelf place is confirmed. `taken`: it is in hand. `bigger`, `given_up`: end a deposit.
    The others keep the item in custody and call the concierge.
    """

    visit: Id
    item: Id
    outcome: Literal[
        "left", "taken", "bigger", "given_up", "too_high", "too_heavy", "empty", "wrong", "missing"
    ]


class SignIn(Message, frozen=True, tag_field="type", tag="sign_in"):
    """Staff, by badge or by staff number and PIN."""

    badge: Label | None = None
    number: Annotated[int, Meta(ge=1, le=999_999)] | None = None
    pin: Annotated[str, Meta(pattern=r"^[0-9]{4,12}$")] | None = None


class LeaveVisit(Message, frozen=True, tag_field="type", tag="leave"):
    """The conversation is over; the screen was wiped."""

    visit: Id


AskBody = Present | OpenItem | Claim | Settle | SignIn | LeaveVisit


class Ask(Message, frozen=True):
    """A kiosk asks its bridge. Same `id`, same answer, no second pulse.

    `session` and `at_ms` echo the bridge's last beat (plus the time since), so that an ask that
    hung somewhere for more than seconds is refused by the bridge's own clock.
    """

    id: Id
    session: Id
    at_ms: Count
    body: AskBody


class VisitItem(Message, frozen=True):
    """One item of a visit and where it lies; `number` on the door or `label` of the shelf place."""

    item: Id
    kind: ItemKind
    compartment: Compartment
    state: Literal["ready", "claimed", "opening", "open", "collected", "left", "blocked"]
    size: Size
    label: Word | None = None


class VisitGranted(Message, frozen=True, tag_field="type", tag="visit"):
    """A person may collect these, lowest door first."""

    visit: Id
    items: tuple[VisitItem, ...]


class StaffGranted(Message, frozen=True, tag_field="type", tag="staff"):
    """Staff signed in."""

    visit: Id
    staff: Id
    initials: Word
    rights: tuple[str, ...]


class Refused(Message, frozen=True, tag_field="type", tag="refused"):
    """No. `code` is the same for wrong, spent, foreign and revoked codes; `wait_seconds` slows down."""

    why: Literal[
        "code", "late", "visit", "item", "rights", "busy", "cap", "blocked", "disk", "tickets", "malformed"
    ]
    wait_seconds: Seconds = 0


class Claimed(Message, frozen=True, tag_field="type", tag="claimed"):
    """A compartment is reserved for the item; `alternatives` says which sizes are free besides."""

    visit: Id
    item: VisitItem


class Full(Message, frozen=True, tag_field="type", tag="full"):
    """No compartment fits. `sizes` have a free one; `shelf` says whether a shelf place is free."""

    sizes: tuple[Size, ...] = ()
    shelf: bool = False


class Door(Message, frozen=True, tag_field="type", tag="door"):
    """One step at a door, as the sensor saw it; several follow one `open` or `present`."""

    item: Id
    compartment: Compartment
    state: Literal["intent", "pulsed", "opened", "closed", "not_opened", "left_open", "uncertain"]
    attempt: int = 1
    tries_left: int = 0


class Slip(Message, frozen=True):
    """What goes on the ticket. Lives on the screen and on paper, is never stored nor logged."""

    ticket: Ticket
    digits: Annotated[str, Meta(pattern=r"^[0-9]{8,9}$")]
    token: Annotated[str, Meta(max_length=64)]


class Settled(Message, frozen=True, tag_field="type", tag="settled"):
    """How the item stands now. `remaining` items of the visit are still to come."""

    item: Id
    stands: Literal["collected", "left", "kept", "dropped"]
    remaining: Count = 0
    pickup: Id | None = None
    slip: Slip | None = None


class VisitOver(Message, frozen=True, tag_field="type", tag="over"):
    """The bridge ended the visit."""

    visit: Id
    why: Literal["done", "left", "timeout", "restart", "replaced"]


AnswerBody = VisitGranted | StaffGranted | Refused | Claimed | Full | Door | Settled | VisitOver


class Answer(Message, frozen=True):
    """The `n`-th answer (from 0) to an ask; bodies after the first report what happens at a door."""

    ask: Id
    session: Id
    n: Count
    body: AnswerBody


# --- pictures ----------------------------------------------------------------------------------


class Presence(Message, frozen=True):
    """Retained, and the last will. `session` numbers the connection a death belongs to.

    It decides nothing but when to send. On the site broker the bridge's is also its beat: `at_ms`
    is its monotonic time, republished every few seconds.
    """

    online: bool
    session: Id
    at_ms: Count = 0


class DoorPicture(Message, frozen=True):
    """One door now."""

    compartment: Compartment
    state: DoorState


class Doors(Message, frozen=True):
    """All doors of the site now (retained on the site broker), with the cabinet to draw them."""

    session: Id
    doors: tuple[DoorPicture, ...]
    cabinet: tuple[CabinetCompartment, ...]
