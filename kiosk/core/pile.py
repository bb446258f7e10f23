"""A carrier's pile: the parcel in hand, and those of this delivery that have a place already.

A parcel is in the pile from the moment the bridge names its place, and counts once the bridge says that it
lies there. Slips live here, in memory, until the round is ended or staff leave.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from contract.messages import ItemKind, PersonName, Size, Slip, Stock, VisitItem
from kiosk.core.scans import compared, number_of, plain_of
from kiosk.core.screens import Why

SIZES: Final[tuple[Size, ...]] = ("S", "M", "L", "XL")
MOST_PIECES: Final = 9
MOST_ASIDE: Final = 30
MOST_LABELS: Final = 300
"""Labels remembered over the rounds of this run of the kiosk; the oldest is forgotten first."""

Mark = Literal["damaged", "heavy", "perishable", "letter", "registered_letter"]
"""What staff say of a parcel besides its size; the last two are kinds, one of which it is."""
Stand = Literal["placed", "asked", "open", "shut", "left", "gone"]
"""A place is named; its door was asked for, seen open, seen shut; the bridge says that it lies there, that it
lies there no longer."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The parcel in hand. `unknown` is an id made for whoever it is for, when nobody knows who that is.

    `in_hand`: it was taken out again, and keeps its item; `was_for` is whom it was for then. `undoing`: on
    its way out. `refused`: why its carrier takes it back, until the bridge has noted that. `shown`: what was
    scanned, for the screen alone; it may be more than a number, and is kept nowhere. `said`: what the hub was
    last told of it (`saying`).
    """

    label: str = ""
    shown: str = field(default="", kw_only=True)
    carrier: str | None = None
    person: PersonName | None = None
    unknown: str = ""
    item: str | None = None
    size: Size = "M"
    kind: ItemKind = "parcel"
    damaged: bool = False
    heavy: bool = False
    perishable: bool = False
    piece: int = 1
    pieces: int = 1
    undoing: bool = False
    in_hand: bool = False
    was_for: str = ""
    refused: Why | None = None
    said: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Whom it is for, an id; empty as long as that is not known."""
        return self.person.person if self.person is not None else self.unknown

    @property
    def wants_shelf(self) -> bool:
        """Whether a place behind the counter comes first."""
        return bool(self.perishable or self.unknown or self.kind == "registered_letter")

    def marked(self, mark: Mark) -> "Draft":
        """With this mark, or without it if it was there."""
        match mark:
            case "damaged":
                return replace(self, damaged=not self.damaged)
            case "heavy":
                return replace(self, heavy=not self.heavy)
            case "perishable":
                return replace(self, perishable=not self.perishable)
            case "letter" | "registered_letter":
                return replace(self, kind="parcel" if self.kind == mark else mark)

    @property
    def saying(self) -> tuple[str, ...]:
        """What the hub learns from this kiosk alone, as long as it has no place: ids and words."""
        marks = {"damaged": self.damaged, "heavy": self.heavy, "perishable": self.perishable}
        named = ("named",) if self.person is not None else ()
        return (
            self.kind,
            str(self.pieces),
            self.owner,
            *named,
            *(mark for mark, is_so in marks.items() if is_so),
        )

    @property
    def told_something(self) -> bool:
        """Whether it was said of it what must not be forgotten: it is ours already, or it is special."""
        special = self.damaged or self.heavy or self.perishable or self.kind != "parcel"
        return not self.in_hand and (self.item is not None or bool(self.label and special))

    def is_same(self, other: "Draft") -> bool:
        """Whether both are one parcel: by its label, or where it has none by its item."""
        if self.label or other.label:
            return compared(self.label) == compared(other.label)
        return self.item is not None and self.item == other.item

    def found_aside(self, aside: "Draft") -> "Draft":
        """This one is the one that was put aside; whatever was said of it, now or then, is so."""
        return replace(
            aside,
            person=self.person,
            size=self.size,
            kind=aside.kind if self.kind == "parcel" else self.kind,
            damaged=self.damaged or aside.damaged,
            heavy=self.heavy or aside.heavy,
            perishable=self.perishable or aside.perishable,
            pieces=max(self.pieces, aside.pieces),
        )

    def afresh(self) -> "Draft":
        """Back in hand, its item spent: the next claim is a new one."""
        return replace(self, item=None, undoing=False)

    def larger(self) -> "Draft":
        """It did not fit: the next size is the likely one."""
        place = SIZES.index(self.size)
        return replace(self, size=SIZES[min(place + 1, len(SIZES) - 1)])

    def labelled(self, text: str) -> "Draft":
        """With what was scanned as its label."""
        return replace(self, label=number_of(text), shown=plain_of(text))

    def next_piece(self) -> "Draft":
        """The next piece of the same delivery, an item of its own."""
        return replace(self.afresh(), piece=self.piece + 1, in_hand=False)


@dataclass(frozen=True, slots=True)
class Lying:
    """One of the pile at its place."""

    draft: Draft
    place: VisitItem
    stands: Stand = "placed"
    pickup: str | None = None
    slip: Slip | None = None

    @property
    def legible(self) -> str:
        """Its label, as long as it is one that says something to somebody."""
        return "" if self.draft.label.startswith("#") else self.draft.label

    @property
    def where(self) -> str:
        """What stands on its door or place."""
        return str(self.place.label or self.place.compartment)


@dataclass(frozen=True, slots=True)
class Lain:
    """The label of a parcel put away since the kiosk started, and where; it says nothing of whose it is.

    `where` is empty once it lies there no longer.
    """

    item: str
    label: str
    where: str


@dataclass(frozen=True, slots=True)
class Pile:
    """What became of this delivery so far. `size` is that of the last parcel.

    `cut`: the bridge gave their place up before they lay there; they are to be scanned once more. `doubted`:
    under way when staff left, until the bridge says what became of them (item ids). `aside`: put aside
    without a place; scanned again, each is the same parcel, and what goes bad still goes behind no door.
    One without a label is known again by whom it is for.
    `counted`: against the carrier's slip; another count stands in place of that one.
    """

    parcels: tuple[Lying, ...] = ()
    refused: int = 0
    size: Size = "M"
    cut: tuple[Lying, ...] = ()
    doubted: frozenset[str] = frozenset()
    aside: tuple[Draft, ...] = ()
    counted: bool = False

    @property
    def received(self) -> int:
        """How many were put away, as the bridge says, whatever became of them since."""
        return sum(one.stands in ("left", "gone") for one in self.parcels)

    @property
    def begun(self) -> bool:
        """Whether anything was done yet."""
        return bool(self.parcels or self.refused or self.cut)

    def tally(self) -> tuple[object, ...]:
        """What counts of it: another one means that something was put away, refused, taken back, counted."""
        lies = tuple((one.place.item, one.stands in ("left", "gone")) for one in self.parcels)
        return lies, tuple(one.place.item for one in self.cut), self.refused, self.aside, self.counted

    def find(self, item: str | None) -> Lying | None:
        """The one with this item id."""
        return next((one for one in self.parcels if one.place.item == item), None)

    def last(self) -> Lying | None:
        """The newest one that lies somewhere, or is said to; none that an earlier visit left under way."""
        known = (one for one in reversed(self.parcels) if one.place.item not in self.doubted)
        return next((one for one in known if one.stands not in ("placed", "gone")), None)

    def with_label(self, label: str) -> Lying | None:
        """The one that bears this label, scanned or typed, and is there still."""
        wanted = compared(label)
        there = (one for one in self.parcels if one.draft.label and one.stands != "gone")
        return next((one for one in there if compared(one.draft.label) == wanted), None)

    def put_aside(self, draft: Draft | None) -> "Pile":
        """That one has no place and is not put away now; nothing changes where nothing was said of it."""
        had_place = draft is not None and draft.item in {one.place.item for one in (*self.parcels, *self.cut)}
        if draft is None or not draft.told_something or had_place:
            return self
        return replace(self, aside=(*self.without_aside(draft).aside, draft)[-MOST_ASIDE:])

    def aside_with(self, label: str) -> Draft | None:
        """The one that was put aside and bears this label."""
        wanted = compared(label)
        return next((one for one in self.aside if compared(one.label) == wanted), None)

    def unlabelled_aside(self) -> tuple[Draft, ...]:
        """Those that were put aside and have no label, the last one first."""
        return tuple(one for one in reversed(self.aside) if not one.label)

    def without_aside(self, draft: Draft) -> "Pile":
        """That one is in hand again, or was refused."""
        return replace(self, aside=tuple(one for one in self.aside if not one.is_same(draft)))

    def open_besides(self, item: str | None) -> Lying | None:
        """One whose door stands open, other than that of `item`."""
        return next((one for one in self.parcels if one.stands == "open" and one.place.item != item), None)

    def unsettled(self) -> tuple[Lying, ...]:
        """Those that the bridge has not yet said to lie at their place."""
        return tuple(one for one in self.parcels if one.stands not in ("left", "gone"))

    def slips(self) -> tuple[Lying, ...]:
        """The newest slip for each person, in the order they came: one code opens all that waits."""
        there = (one for one in self.parcels if one.stands != "gone")
        newest = {one.draft.owner: one for one in there if one.slip is not None and one.draft.person}
        return tuple(newest.values())

    def only_parcels(self, owner: str) -> bool:
        """Whether all that was put away for somebody is parcels: letters may be kept another while."""
        theirs = (one.draft for one in self.parcels if one.stands != "gone" and one.draft.owner == owner)
        return all(draft.kind == "parcel" for draft in theirs)

    def carrier(self) -> str | None:
        """Whose delivery it is, if all labels say the same."""
        known = {one.draft.carrier for one in self.parcels}
        return known.pop() if len(known) == 1 else None

    def ended(self) -> "Pile":
        """The next delivery begins; what was put aside is on the counter still."""
        return Pile(size=self.size, aside=self.aside)

    def put(self, draft: Draft, place: VisitItem) -> "Pile":
        """A place was named for a parcel, perhaps a second one after a smaller one."""
        others = tuple(one for one in self.parcels if one.place.item != place.item)
        label = compared(draft.label)
        cut = tuple(one for one in self.cut if compared(one.draft.label) != label)
        return replace(self, parcels=(*others, Lying(draft, place)), size=draft.size, cut=cut)

    def without(self, item: str | None) -> "Pile":
        """It is not there any more."""
        return replace(self, parcels=tuple(one for one in self.parcels if one.place.item != item))

    def stood(self, item: str, stands: Stand) -> "Pile":
        """It stands so now; what lies there goes on lying there."""
        return self._changed(
            item, lambda one: one if one.stands in ("left", "gone") else replace(one, stands=stands)
        )

    def left(self, item: str, pickup: str | None, slip: Slip | None) -> "Pile":
        """The bridge says that it lies there."""
        return self._changed(item, lambda one: replace(one, stands="left", pickup=pickup, slip=slip))

    def gone(self, item: str) -> "Pile":
        """What lay there does no longer: in hand, handed over, returned or lost."""
        return self._changed(
            item, lambda one: replace(one, stands="gone", slip=None) if one.stands == "left" else one
        )

    def moved(self, item: str, place: VisitItem) -> "Pile":
        """It lies elsewhere now; its code is the same."""
        return self._changed(item, lambda one: replace(one, stands="left", place=place))

    def reassigned(self, item: str, person: PersonName) -> "Pile":
        """It is for somebody else; the slip of the one before opens it no longer."""
        return self._changed(
            item, lambda one: replace(one, draft=replace(one.draft, person=person, unknown=""), slip=None)
        )

    def cut_off(self, items: Iterable[str]) -> "Pile":
        """The bridge gave up the places of these before they lay there; what was in hand is so again."""
        gone = frozenset(items)
        cut = tuple(one for one in self.parcels if one.place.item in gone and not one.draft.in_hand)
        rest = tuple(one for one in self.parcels if one.place.item not in gone)
        return replace(self, parcels=rest, cut=(*self.cut, *cut), doubted=self.doubted - gone)

    def interrupted(self, *, restart: bool) -> "Pile":
        """The visit is over. A door under way goes on, but not over a restart of the bridge."""
        return self.cut_off(one.place.item for one in self.unsettled() if restart or one.stands == "placed")

    def resumed(self) -> "Pile":
        """Its staff are back: what was under way is doubted until the bridge has said what lies where."""
        return replace(self, doubted=frozenset(one.place.item for one in self.unsettled()))

    def checked(self, stock: Stock) -> "Pile":
        """What the bridge says of those that are doubted; what it knows no more is cut off."""
        lying = {place.item.item: (place.item.stage, place.door) for place in stock.places if place.item}
        pile = self._found_again({item for item, (stage, _) in lying.items() if stage == "held"})
        for item in (one.place.item for one in self.unsettled() if one.place.item in self.doubted):
            stage, door = lying.get(item, ("", "closed"))
            if stage == "held":
                pile = pile.left(item, None, None)
            elif stage == "claimed":
                pile = pile.stood(item, "open" if door == "open" else "shut")
            else:
                pile = pile.cut_off((item,))
        return pile

    def _found_again(self, held: set[str]) -> "Pile":
        """What was cut off and lies there after all counts: the bridge's word was lost with its restart."""
        back = tuple(replace(one, stands="left") for one in self.cut if one.place.item in held)
        cut = tuple(one for one in self.cut if one.place.item not in held)
        return replace(self, parcels=(*self.parcels, *back), cut=cut)

    def without_persons(self) -> "Pile":
        """What may be kept when nobody is signed in: ids, and neither names nor codes."""
        parcels, cut = (tuple(map(_without_person, some)) for some in (self.parcels, self.cut))
        return replace(self, parcels=parcels, cut=cut, aside=tuple(map(_nameless, self.aside)))

    def owners(self) -> tuple[str, ...]:
        """Whom what was kept without names is for: ids, each once."""
        drafts = (*(one.draft for one in self.parcels), *self.aside)
        return tuple(dict.fromkeys(one.was_for for one in drafts if one.was_for))

    def with_persons(self, people: Iterable[PersonName]) -> "Pile":
        """Its staff are back: the names once more, by the ids that were kept."""
        known = {one.person: one for one in people}
        named = (
            replace(one, draft=replace(one.draft, person=known.get(one.draft.was_for)))
            for one in self.parcels
        )
        aside = tuple(replace(one, person=known.get(one.was_for), was_for="") for one in self.aside)
        return replace(self, parcels=tuple(named), aside=aside)

    def _changed(self, item: str, change: Callable[[Lying], Lying]) -> "Pile":
        parcels = tuple(change(one) if one.place.item == item else one for one in self.parcels)
        return replace(self, parcels=parcels)


def _without_person(one: Lying) -> Lying:
    return replace(one, draft=_nameless(one.draft), slip=None)


def _nameless(draft: Draft) -> Draft:
    return replace(draft, person=None, shown="", was_for=draft.owner or draft.was_for)
