"""The feed's way down: pages, and the documents in them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, UnsetType

from contract.messages.base import (
    Cents,
    Compartment,
    Count,
    DeviceId,
    End,
    Generation,
    Id,
    ItemKind,
    Label,
    Message,
    Pieces,
    ProxyNumber,
    Size,
    Text,
    Ticket,
    WallMs,
    Word,
)


class Document(Message, frozen=True, kw_only=True):
    """One key of the feed; `body` absent (UNSET) is a tombstone."""

    key: Annotated[str, Meta(min_length=1, max_length=128)]
    version: Count
    body: Raw | UnsetType = UNSET


class FeedPage(Message, frozen=True, kw_only=True, tag_field="type", tag="feed"):
    """Changes after version `after`, up to `through`.

    `snapshot` pages replace everything: the first has `after` 0, and only `last` makes them count.
    `hello` echoes the id of the hello this page answers; a snapshot that answers the last one counts
    whatever its version, because the hub may have been put back to an older copy.
    """

    timeline: Id
    after: Count
    through: Count
    hello: Id | None = None
    documents: Annotated[tuple[Document, ...], Meta(max_length=500)] = ()
    snapshot: bool = False
    last: bool = True


class PersonReach(Message, frozen=True, kw_only=True, tag_field="type", tag="person_reach"):
    """For the bridge: what this person can reach and carry. Key `person/<id>`."""

    person: Id
    reach_cm: Annotated[int, Meta(ge=0, le=400)] | None = None
    carry_grams: Count | None = None


class StaffCredential(Message, frozen=True, kw_only=True, tag_field="type", tag="staff_credential"):
    """For the bridge: who may sign in at a kiosk. Key `staff/<id>`. See contract.credential."""

    staff: Id
    initials: Word
    number: Annotated[int, Meta(ge=1, le=999_999)]
    pin_salt: Annotated[str, Meta(max_length=64)]
    pin_hash: Annotated[str, Meta(max_length=128)]
    badge_hash: Annotated[str, Meta(max_length=128)] | None = None
    rights: tuple[Literal["deposit", "collect", "inspect"], ...] = ("deposit",)
    employer: Id | None = None


class PersonBadge(Message, frozen=True, kw_only=True, tag_field="type", tag="person_badge"):
    """For the bridge: by this badge a person is known who drops something. Key `badge/<person>`."""

    person: Id
    badge_hash: Annotated[str, Meta(max_length=128)]


class Rotation(Message, frozen=True, kw_only=True, tag_field="type", tag="rotation"):
    """For the bridge: the code generation of a pickup is at least this. Key `rotation/<pickup>`."""

    pickup: Id
    generation: Generation


class Holding(Message, frozen=True, kw_only=True, tag_field="type", tag="holding"):
    """For a bridge that lost its memory: what the hub knows to lie at the site. Key `holding/<item>`.

    The tombstone of this key means: that item has left. `anonymous`: nobody has said whose it is.
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
    dropped: bool = False
    anonymous: bool = False


class PersonName(Message, frozen=True, kw_only=True, tag_field="type", tag="person_name"):
    """For kiosks, in staff mode: whom a parcel may be for. Key `person/<id>`."""

    person: Id
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    flat: Annotated[str, Meta(max_length=40)] = ""
    language: Word = "fr"


class Proxy(Message, frozen=True, kw_only=True, tag_field="type", tag="proxy"):
    """For the bridge: a mandate to collect for somebody, with a code of its own. Key `proxy/<proxy>`.

    Good from `from_ms` up to `until_ms` (hub wall clock, refused where the bridge's clock is not known), for
    `items` only, or for all that waits for `person` where there are none. Its tombstone revokes it at once.
    Who the mandate is given to, only the hub knows. See contract.pickup_code for `number`.
    """

    proxy: Id
    person: Id
    number: ProxyNumber
    from_ms: WallMs
    until_ms: WallMs
    generation: Generation = 1
    items: Annotated[tuple[Id, ...], Meta(max_length=100)] = ()


class RevokedDevice(Message, frozen=True, kw_only=True, tag_field="type", tag="revoked_device"):
    """This kiosk is out of service, for good. Key `revoked/<device>`.

    For the bridge of its site, which begins nothing more for it; and for the kiosk itself, whose last page of
    the feed holds this and nothing else.
    """

    device: DeviceId


class Assignment(Message, frozen=True, kw_only=True, tag_field="type", tag="assignment"):
    """For the bridge: the hub's pages say whose this item is. Key `assignment/<item>`."""

    item: Id
    person: Id


class Ended(Message, frozen=True, kw_only=True, tag_field="type", tag="ended"):
    """For the bridge: what staff or a partner had is over, in this allocation. Key `ended/<item>`.

    The lockers' answer is the fact `item_ended`; found again, it is claimed anew, in another allocation.
    """

    item: Id
    compartment: Compartment
    allocation: Generation
    how: End


class ReturnDue(Message, frozen=True, kw_only=True, tag_field="type", tag="return_due"):
    """For kiosks, in staff mode: this item goes back to its carrier. Key `return/<item>`."""

    item: Id
    carrier: Word | None = None
    label: Label = ""


class Expected(Message, frozen=True, kw_only=True, tag_field="type", tag="expected"):
    """For kiosks, in staff mode: who a parcel with this label is for. Key `expected/<id>`."""

    label: Label
    person: Id
    carrier: Word | None = None


class Closure(Message, frozen=True, kw_only=True, tag_field="type", tag="closure"):
    """For kiosks: the place is closed from `from_ms` to `until_ms` (hub wall clock). Key `closure/<id>`."""

    from_ms: WallMs
    until_ms: WallMs
    why: Literal["holiday", "works", "other"]
    text: Text = ""


class Recording(Message, frozen=True, kw_only=True, tag_field="type", tag="recording"):
    """For kiosks: a prompt spoken by somebody of the place. Key `voice/<language>/<prompt>`.

    `prompt` names a sentence of the catalogue (kiosk.voice); `audio` is one short file of `media_type`.
    """

    prompt: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    language: Word
    media_type: Literal["audio/ogg", "audio/webm", "audio/mpeg", "audio/mp4", "audio/wav"]
    audio: Annotated[bytes, Meta(min_length=1, max_length=30_000)]


class Said(Message, frozen=True, kw_only=True):
    """A sentence in one language."""

    language: Word
    text: Text


Words = Annotated[tuple[Said, ...], Meta(max_length=12)]
"""The same sentence in several languages."""


class Promise(Message, frozen=True, kw_only=True):
    """Dropped before `before_ms`, ready by `ready_ms` (hub wall clock)."""

    before_ms: WallMs
    ready_ms: WallMs


class ServiceOption(Message, frozen=True, kw_only=True):
    """What may be added to a service, up to `most` times."""

    option: Id
    name: Words
    unit_cents: Cents
    most: Pieces = 1


class Service(Message, frozen=True, kw_only=True, tag_field="type", tag="service"):
    """For kiosks: a service of this site, at its partner's price. Key `service/<id>`.

    `drop`: its person drops something; `order`: it comes, and they collect it. `picture` names a drawing of
    the look. `promises`, the earliest first, are worked out by the hub from the partner's calendar for the
    time a site may be offline: a kiosk takes the first whose `before_ms` is not over, and promises nothing
    where its clock is not known. Offered from `from_ms` to `until_ms` where those are told.
    """

    service: Id
    version: Count
    name: Words
    picture: Word
    kind: ItemKind
    way: Literal["drop", "order"]
    partner: Id
    partner_name: Annotated[str, Meta(min_length=1, max_length=80)]
    cents: Cents
    about: Words = ()
    options: Annotated[tuple[ServiceOption, ...], Meta(max_length=30)] = ()
    promises: Annotated[tuple[Promise, ...], Meta(max_length=120)] = ()
    pay: Literal["partner", "employer"] = "partner"
    quoted: bool = False
    """Its price is only known when the partner has seen it."""
    perishable: bool = False
    counted: bool = False
    """Pieces are counted when it is dropped."""
    size: Size | None = None
    """How large the door is that is asked for first."""
    place: Count = 0
    from_ms: WallMs | None = None
    until_ms: WallMs | None = None


class Tracked(Message, frozen=True, kw_only=True, tag_field="type", tag="tracked"):
    """For kiosks: something on its way through the relay, or ordered and to come. Key `tracked/<item>`.

    `word`: the check word of its receipt (contract.receipt). `quote`: what its partner would do it for
    (`quote_cents`), to which nobody has said yes or no yet; `agreed_cents`: what they pay all the same if
    they say no now: a price they said yes to before, or that of what is partly done. `cancelled`: its order
    is no more: it goes back to its person as it is. `lost`: nobody finds it, whatever `state` says to a
    kiosk that does not know that.
    """

    item: Id
    person: Id
    kind: ItemKind
    state: Literal["ordered", "dropped", "in_hand", "away", "ready"]
    tag: Label = ""
    number: Word | None = None
    order: Id | None = None
    service: Id | None = None
    partner: Id | None = None
    pieces: Pieces | None = None
    promised_ms: WallMs | None = None
    word: Word | None = None
    quote: Id | None = None
    quote_cents: Cents | None = None
    agreed_cents: Cents | None = None
    cancelled: bool = False
    lost: bool = False


class Attendance(Message, frozen=True, kw_only=True):
    """Somebody, by first name, is there from one moment to another (hub wall clock)."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    from_ms: WallMs
    until_ms: WallMs


class SiteCard(Message, frozen=True, kw_only=True, tag_field="type", tag="site"):
    """For kiosks: what to call the place and who helps there. Key `site`.

    `kind`: what place it is; `attendance`: who is there in the next two weeks, in order, of those who agree
    that it is said. `parcel_days`: how many days a parcel that comes now is kept, where the hub says.
    """

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    helper: Annotated[str, Meta(max_length=80)] = ""
    helper_hours: Annotated[str, Meta(max_length=200)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    languages: tuple[Word, ...] = ("fr", "en")
    kind: Literal["district", "company", "shared", "care"] = "district"
    attendance: Annotated[tuple[Attendance, ...], Meta(max_length=80)] = ()
    parcel_days: Annotated[int, Meta(ge=1, le=400)] | None = None


AnyDocument = (
    PersonReach
    | StaffCredential
    | Rotation
    | Holding
    | Proxy
    | RevokedDevice
    | Assignment
    | Ended
    | PersonName
    | ReturnDue
    | Expected
    | Closure
    | Recording
    | PersonBadge
    | Service
    | Tracked
    | SiteCard
)
