"""What the API says and takes, as values. The OpenAPI document is made from these (hub.web.api.openapi).

Docstrings and descriptions stand in that document. Fields come after those there are, with a default:
programs that know fewer go on.
"""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Raw, Struct

from contract.messages.base import ItemKind
from hub.core.sight import DoorWord

T = TypeVar("T")

Id = Annotated[str, Meta(pattern="^[A-Za-z0-9._:-]{1,64}$")]
Limit = Annotated[int, Meta(le=500, ge=1, description="At most so many")]
IdCursor = Annotated[
    str,
    Meta(pattern="^[A-Za-z0-9._:-]{1,64}$", description="`next` of the page before; nothing for the first"),
]
MarkCursor = Annotated[
    str,
    Meta(
        pattern="^[0-9]{1,15}[.][A-Za-z0-9._:-]{0,64}$",
        description="`next` of the page before; nothing for the first",
    ),
]
When = Annotated[datetime | None, Meta(description="UTC; null where nobody knows")]


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class ById(Struct, frozen=True, forbid_unknown_fields=True):
    """A list in the order of its ids."""

    limit: Limit = 100
    after: IdCursor | None = None


class OpenOrEnded(Struct, frozen=True, forbid_unknown_fields=True):
    """What is here or under way, or what ended."""

    state: Literal["open", "ended"] = "open"
    limit: Limit = 100
    after: MarkCursor | None = None


class WhichItems(OpenOrEnded, frozen=True, forbid_unknown_fields=True):
    """Items here, items that left, or those with a number."""

    label: (
        Annotated[
            str, Meta(min_length=1, max_length=256, description="The number on the label, as it was scanned")
        ]
        | None
    ) = None


class AfterPosition(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to go on in the ledger."""

    limit: Limit = 200
    after: Annotated[int, Meta(ge=0, le=2**53, description="`next` of the page before; 0 for all")] = 0


class Page(Struct, Generic[T], frozen=True):
    """Some of a list. `next` is what to send as `after` to get more; null at the end."""

    items: list[T]
    next: str | None = None


class Site(Struct, frozen=True, kw_only=True):
    """A place with lockers or a counter."""

    id: Id
    name: str
    languages: list[str]


class Door(Struct, frozen=True, kw_only=True):
    """One compartment, as its sensor sees it. Doors are never opened through this API."""

    compartment: int
    kind: Literal["lock", "shelf"]
    label: Annotated[str | None, Meta(description="What is painted on it, where that is no number")]
    size: str | None
    column: int | None
    row: int | None
    state: Annotated[DoorWord, Meta(description="One word for door and content, alarms first")]
    sensor: Literal["closed", "open", "unknown"]
    since: When
    alarm: str | None
    item: Annotated[Id | None, Meta(description="What lies there; only with read:items")] = None


class Lockers(Struct, frozen=True, kw_only=True):
    """The lockers of a site now. `connected` is false where the last that was heard may be old."""

    site: Id
    connected: bool
    doors: list[Door]


class Device(Struct, frozen=True, kw_only=True):
    """A kiosk or a bridge in service. `backlog` counts the facts it still keeps for the hub."""

    id: Id
    kind: Literal["kiosk", "bridge"]
    online: bool
    since: When
    last_exchange: When
    program: str | None
    version: str | None
    clock: str | None
    backlog: int


class Item(Struct, frozen=True, kw_only=True):
    """Anything held for somebody: a parcel, a letter, a bag."""

    id: Id
    site: Id
    state: Annotated[
        str,
        Meta(
            description="received, claimed, waiting, brought, kept, in_hand, away, collected, dropped,"
            " returned, lost or gone; more may come"
        ),
    ]
    kind: str | None
    size: str | None
    carrier: str | None
    compartment: int | None
    place: str | None
    pieces: int
    damaged: bool
    heavy: bool
    perishable: bool
    received: When
    stored: When
    ended: When
    person: Annotated[Id | None, Meta(description="Whose it is; only with read:people")] = None
    label: Annotated[str | None, Meta(description="Its carrier's number; only with read:people")] = None


class Person(Struct, frozen=True, kw_only=True):
    """Somebody on a site's list. Numbers, addresses and limits stay on the hub."""

    id: Id
    name: str
    flat: str
    language: str


class Order(Struct, frozen=True, kw_only=True):
    """An order of a service, priced by its partner to the cent."""

    id: Id
    site: Id
    number: str | None
    state: Annotated[
        str, Meta(description="placed, quoted, part_ready, ready, done or cancelled; more may come")
    ]
    kind: str | None
    item: Id | None
    service: Id | None
    partner: Id | None
    price_cents: Annotated[int, Meta(description="What was agreed last; all of it goes to the partner")]
    paid_cents: int
    pay: Annotated[str | None, Meta(description="Who pays the partner: partner (its person), employer")]
    pieces: int | None
    placed: When
    promised: When
    ready: When
    done: When
    person: Annotated[Id | None, Meta(description="Whose it is; only with read:people")] = None


class Option(Struct, frozen=True):
    """Something that may be added to a service."""

    id: Id
    name: dict[str, str]
    cents: int
    most: int


class Service(Struct, frozen=True, kw_only=True):
    """What a site offers. Names by language."""

    id: Id
    partner: Id
    partner_name: str
    name: dict[str, str]
    about: dict[str, str]
    kind: ItemKind
    way: Literal["drop", "order"]
    cents: int
    pay: Literal["partner", "employer"]
    quoted: bool
    options: list[Option]


class NewExpected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parcel on its way to a site. A kiosk that scans its number then proposes whose it is."""

    label: Annotated[
        str,
        Meta(
            pattern="^[!-~]{4,256}$",
            description="The number on its label. Announced again, it is the same parcel",
        ),
    ]
    carrier: Annotated[str, Meta(pattern="^[A-Za-z0-9 .&-]{1,40}$")] | None = None
    person: Annotated[Id, Meta(description="Of the site's list, where it is known")] | None = None
    day: Annotated[date, Meta(description="When it should come, by the calendar there")] | None = None


class Expected(Struct, frozen=True, kw_only=True):
    """A parcel that was announced. `item` is what it became, once it came."""

    id: Id
    site: Id
    carrier: str | None
    expected: When
    created: When
    closed: When
    item: Id | None
    person: Annotated[Id | None, Meta(description="Only with read:people")] = None
    label: Annotated[str | None, Meta(description="Only with read:people, or to whoever announced it")] = None


class Fact(Struct, frozen=True, kw_only=True):
    """One fact of the ledger, in the order in which the hub heard of it."""

    position: int
    event: Id
    device: Id
    site: Id
    type: str
    at: When
    estimated: Annotated[bool, Meta(description="The device's clock could not be checked")]
    received: When
    body: Annotated[
        Raw,
        Meta(
            description="As the device said it. Without read:people it tells of nobody; null where it cannot"
            " be read, or is kept no more"
        ),
    ]


class About(Struct, frozen=True, omit_defaults=True):
    """Which thing, where. A test tells of nothing."""

    site: Id | None = None
    item: Id | None = None
    order: Id | None = None
    device: Id | None = None
    compartment: int | None = None
    alarm: Annotated[str | None, Meta(description="jammed, left_open, forced or uncertain")] = None


class Happened(Struct, frozen=True):
    """What a webhook is told."""

    type: str
    timestamp: datetime
    data: About


class Facts(Struct, frozen=True):
    """Some facts. Go on after `next` as long as there is `more`: a page may be empty before the end."""

    facts: list[Fact]
    next: int
    more: bool
