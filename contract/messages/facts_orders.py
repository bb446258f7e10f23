"""Facts of orders and of the relay: what was ordered, who has it, what was done to it.

Kiosks write those of their screens; what a partner's page or the hub's pages say, the hub writes into a
journal of its own (design.md section 8). None bears a text that somebody typed: what partners and staff write
stays at the hub, under the id of the quote, note, payment or order it is about.
"""

from typing import Annotated, Literal

from msgspec import Meta

from contract.messages.base import (
    Cents,
    Count,
    Fact,
    Grams,
    Id,
    ItemKind,
    Label,
    Message,
    Pieces,
    WallMs,
    Word,
)


class Holder(Message, frozen=True, kw_only=True):
    """Who or what has something in custody. `employer`: whose people they are, where that matters."""

    kind: Literal["compartment", "shelf", "staff", "carrier", "partner", "load"]
    id: Id
    employer: Id | None = None


class OrderLine(Message, frozen=True, kw_only=True):
    """One line as it was shown: `option` is absent for the service itself."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    unit_cents: Cents
    count: Pieces = 1
    option: Id | None = None


class OrderPlaced(Fact, frozen=True, kw_only=True, tag="order_placed"):
    """Somebody ordered a service, with the lines and the price they saw.

    `number` is what stands on paper (contract.bag_tag). `item` is what is done: the bag that is dropped, or
    what will come. `anonymous`: nobody knows whose it is, and `person` is an id made for it alone. `pay`: to
    the partner, or by the employer; never to us. `version`: of the service's document as it was shown.
    """

    order: Id
    number: Word
    item: Id
    kind: ItemKind
    person: Id
    way: Literal["code", "badge", "none", "staff"]
    service: Id
    version: Count
    partner: Id
    lines: Annotated[tuple[OrderLine, ...], Meta(min_length=1, max_length=40)]
    total_cents: Cents
    pay: Literal["partner", "employer"] = "partner"
    pieces: Pieces | None = None
    weight_grams: Grams | None = None
    promised_ms: WallMs | None = None
    staff: Id | None = None
    anonymous: bool = False


class OrderCancelled(Fact, frozen=True, kw_only=True, tag="order_cancelled"):
    """The order is no more. `given_up`: its person never let go of what was to be dropped. `moved`: another
    goes on in its place, for the bag that is here.
    """

    order: Id
    why: Literal["given_up", "person", "partner", "staff", "quote", "moved"]
    staff: Id | None = None


class BagTagged(Fact, frozen=True, kw_only=True, tag="bag_tagged"):
    """From now on this tag is that item: scanned, or printed here (contract.bag_tag)."""

    tag: Label
    item: Id
    how: Literal["scanned", "printed"]


class PiecesCounted(Fact, frozen=True, kw_only=True, tag="pieces_counted"):
    """How many pieces somebody counted, and what a scale said: an added line, never an edit."""

    item: Id
    by: Literal["person", "staff", "partner"]
    pieces: Pieces | None = None
    weight_grams: Grams | None = None
    who: Id | None = None


class ReceiptShown(Fact, frozen=True, kw_only=True, tag="receipt_shown"):
    """The receipt with its check `word` was shown or printed: kiosks of the site know it by that word.

    `order`: as the receipt names it (contract.receipt); of what nothing was ordered for, the item.
    """

    order: Id
    how: Literal["screen", "print"]
    word: Word | None = None


class BagScanned(Fact, frozen=True, kw_only=True, tag="bag_scanned"):
    """One side of a hand-over: `holder` gave it away, or has it from now on (`take`).

    `other`: the other party, where it is known; given at the post `return` to nobody known,
    its person has it. `item` is absent where the scanner does not know the tag.
    `post` is the place on its route: `reception`, `run`, `wash`, `finish`, `return` or another.
    """

    tag: Label
    side: Literal["give", "take"]
    holder: Holder
    other: Holder | None = None
    item: Id | None = None
    post: Word | None = None
    manifest: Id | None = None
    load: Id | None = None


class LoadMade(Fact, frozen=True, kw_only=True, tag="load_made"):
    """These bags went through one machine together: what is missing in one is first sought in the others."""

    load: Id
    machine: Word
    tags: Annotated[tuple[Label, ...], Meta(min_length=1, max_length=60)]
    holder: Holder


class ManifestClosed(Fact, frozen=True, kw_only=True, tag="manifest_closed"):
    """A round between a site and a partner was counted: `tags` are there, `missing` should have been.

    `out`: to the partner. `signed`: the driver signed on the glass.
    """

    manifest: Id
    partner: Id
    direction: Literal["out", "in"]
    tags: Annotated[tuple[Label, ...], Meta(max_length=400)]
    missing: Annotated[tuple[Label, ...], Meta(max_length=400)] = ()
    by: Holder
    signed: bool = False


class BagNoted(Fact, frozen=True, kw_only=True, tag="bag_noted"):
    """Something about a bag that its person should know; the hub keeps words and photo of `note`."""

    note: Id
    tag: Label
    what: Literal["stain", "missing_piece", "damaged", "other"]
    by: Holder
    item: Id | None = None


class BagWrittenOff(Fact, frozen=True, kw_only=True, tag="bag_written_off"):
    """It will not come back, as staff say: lost for good, past repair, or its tag was misread and never was.

    Seen again, it is found.
    """

    tag: Label
    why: Literal["lost", "destroyed", "misread"]
    by: Holder
    item: Id | None = None


class QuoteMade(Fact, frozen=True, kw_only=True, tag="quote_made"):
    """The partner says what a repair would cost."""

    quote: Id
    order: Id
    cents: Cents
    by: Holder


class QuoteAnswered(Fact, frozen=True, kw_only=True, tag="quote_answered"):
    """Their person, or staff for them, said yes or no."""

    quote: Id
    order: Id
    accepted: bool
    by: Literal["person", "staff"]
    staff: Id | None = None


class WorkDone(Fact, frozen=True, kw_only=True, tag="work_done"):
    """The partner is done with `ready` pieces of `pieces`; with all of them where neither is told."""

    order: Id
    by: Holder
    ready: Pieces | None = None
    pieces: Pieces | None = None


class PaymentNoted(Fact, frozen=True, kw_only=True, tag="payment_noted"):
    """Proof that the partner was paid; the money never was ours."""

    payment: Id
    order: Id
    cents: Cents
    how: Literal["terminal", "link", "invoice", "cash", "employer"]
    by: Holder


OrderFact = (
    OrderPlaced
    | OrderCancelled
    | BagTagged
    | PiecesCounted
    | ReceiptShown
    | BagScanned
    | LoadMade
    | ManifestClosed
    | BagNoted
    | BagWrittenOff
    | QuoteMade
    | QuoteAnswered
    | WorkDone
    | PaymentNoted
)
