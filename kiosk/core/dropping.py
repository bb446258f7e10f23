"""What somebody drops or orders, as far as they have said it; the facts and the receipt it makes."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from contract import bag_tag
from contract import messages as m
from contract.receipt import Receipt, ReceiptLine
from kiosk.core.catalogue import Offers, lines, promise, said, total_cents

Way = Literal["code", "badge", "none"]
MOST_PIECES: Final = 99
_LARGER: Final[dict[m.Size, m.Size]] = {"S": "M", "M": "L", "L": "XL"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was said yes to: it does not change any more. `tag` is on the bag."""

    at_ms: int | None
    tag: str
    how: Literal["scanned", "printed"]
    lines: tuple[m.OrderLine, ...] = ()
    promised_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """`service` None: something else. `counts`: how often each option was chosen, by its id.

    `person` is empty while nobody is known: then `stranger`, an id made for this alone, stands for them.
    `told`: its facts are in the journal. `freed`: the bridge has taken its place back. `left`: it lies there.
    `undone`: its person gave it up, and the bridge has not taken it back. `late`: that it lies
    there came when its place was being given back already. `waits`: they are to be asked what they come
    for, and so many doors would open to their code. `grams`: as it was weighed here. `unknown`: they did
    not say who they are.
    """

    item: str
    order: str
    stranger: str
    offers: Offers
    visit: str = ""
    person: str = ""
    way: Way = "none"
    service: m.Service | None = None
    counts: tuple[tuple[str, int], ...] = ()
    pieces: int | None = None
    grams: int | None = None
    size: m.Size = "S"
    agreed: Agreement | None = None
    place: m.VisitItem | None = None
    told: bool = False
    freed: bool = False
    left: bool = False
    undone: bool = False
    late: m.Settled | None = None
    pickup: str | None = None
    slip: m.Slip | None = None
    seal: m.Sealed | None = None
    waits: int | None = None
    unknown: bool = False

    @property
    def on_offer(self) -> Offers:
        """What they may choose of."""
        return self.offers.for_a_stranger() if self.unknown else self.offers

    @property
    def number(self) -> str:
        """What stands on the receipt, and on the bag that has no tag of its own."""
        return bag_tag.printed(self.item)

    @property
    def is_order(self) -> bool:
        """Whether it comes, so that nothing is dropped."""
        return self.service is not None and self.service.way == "order"

    @property
    def total_cents(self) -> int:
        """What is to be paid to the partner, or by the employer."""
        return total_cents(self.lines())

    @property
    def ready_ms(self) -> int | None:
        """What can be promised at the moment of `offers`."""
        found = promise(self.service, self.offers.now_ms) if self.service is not None else None
        return found.ready_ms if found is not None else None

    def count_of(self, option: str) -> int:
        """How often this option was chosen."""
        return dict(self.counts).get(option, 0)

    def lines(self, *languages: str) -> tuple[m.OrderLine, ...]:
        """What is ordered, in the first of these languages that it has."""
        return lines(self.service, dict(self.counts), *languages) if self.service is not None else ()

    def counted(self, option: m.ServiceOption, more: bool) -> "Drop":
        """One more or one less, from none to as many as there may be."""
        now = min(max(self.count_of(option.option) + (1 if more else -1), 0), option.most)
        return replace(self, counts=tuple(sorted({**dict(self.counts), option.option: now}.items())))

    def larger(self, than: m.Size | None) -> "Drop":
        """Looking for a bigger door than that one; `than`: how large it is, where it was given for less."""
        sizes: tuple[m.Size, ...] = ("S", "M", "L", "XL")
        held = max(self.size, than or self.size, key=sizes.index)
        return replace(self, size=_LARGER.get(held, "XL"))

    def seen_again(self, offers: Offers) -> "Drop | None":
        """The same at a later moment; None if its service is not offered any more, or has changed."""
        if self.service is None:
            return replace(self, offers=offers)
        found = offers.find(self.service.service)
        if found is None or found.version != self.service.version:
            return None
        return replace(self, offers=offers, service=found)

    def agree(self, offers: Offers, home: str, tag: str = "") -> "Drop":
        """Said yes to at this moment, with this tag of its own, or the printed one.

        Whoever does the work reads the words of the place, whatever the language of the screen: order and
        receipt bear those.
        """
        fresh = replace(self, offers=offers)
        agreed = Agreement(
            at_ms=offers.now_ms,
            tag=tag or self.number,
            how="scanned" if tag else "printed",
            lines=fresh.lines(home),
            promised_ms=fresh.ready_ms,
        )
        return replace(fresh, agreed=agreed)


def first_size(service: m.Service | None) -> m.Size:
    """The door that is asked for first: as its service says, else as a bag or a pair of shoes needs it."""
    if service is not None and service.size is not None:
        return service.size
    return "M" if service is None or service.kind == "bag" else "S"


def facts(drop: Drop) -> tuple[m.Fact, ...]:
    """What goes into the journal before the door is asked for: the order, the count, the tag."""
    agreed = drop.agreed
    if agreed is None:
        return ()
    known: list[m.Fact] = [] if drop.service is None else [_order(drop, drop.service, agreed)]
    grams = drop.grams if drop.service is None else None  # an order bears its weight itself
    if drop.pieces is not None or grams is not None:
        known.append(m.PiecesCounted(item=drop.item, by="person", pieces=drop.pieces, weight_grams=grams))
    if not drop.is_order:
        known.append(m.BagTagged(tag=agreed.tag, item=drop.item, how=agreed.how))
    return tuple(known)


def _order(drop: Drop, service: m.Service, agreed: Agreement) -> m.OrderPlaced:
    return m.OrderPlaced(
        order=drop.order,
        number=drop.number,
        item=drop.item,
        kind=service.kind,
        person=drop.person or drop.stranger,
        way=drop.way,
        service=service.service,
        version=service.version,
        partner=service.partner,
        lines=agreed.lines,
        total_cents=total_cents(agreed.lines),
        pay=service.pay,
        pieces=drop.pieces,
        weight_grams=drop.grams,
        promised_ms=agreed.promised_ms,
        anonymous=not drop.person,
    )


def receipt(drop: Drop, home: str) -> Receipt | None:
    """Every field a mediator would ask for; None before anything was agreed.

    Something without a service has a receipt under its own id.
    """
    agreed, service = drop.agreed, drop.service
    if agreed is None:
        return None
    return Receipt(
        number=drop.number,
        order=drop.order if service is not None else drop.item,
        site=drop.offers.site,
        at_ms=agreed.at_ms,
        service=said(service.name, home)[:80] if service is not None else "",
        partner=service.partner_name if service is not None else "",
        lines=tuple(ReceiptLine(one.name, one.count, one.unit_cents) for one in agreed.lines),
        total_cents=total_cents(agreed.lines),
        pieces=drop.pieces,
        weight_grams=drop.grams,
        promised_ms=agreed.promised_ms,
        place=str(drop.place.label or drop.place.compartment) if drop.place is not None else "",
        tag="" if drop.is_order else agreed.tag,
    )
