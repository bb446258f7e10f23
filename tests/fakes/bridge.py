"""A bridge that speaks the contract and moves no metal: it knows who may collect what.

It is the kiosk's wire. Answers gather in `outbox`; `deliver` gives them to the kiosk, in their order
or in any other a test wants. The same ask id gets the same answers again, as from the real one.
Doors move when a test says so, or by themselves with `auto_open`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from contract import topics
from contract.clock import Clock
from contract.codec import decode, encode
from contract.messages import (
    Answer,
    AnswerBody,
    Ask,
    CabinetCompartment,
    Claim,
    Claimed,
    Door,
    DoorPicture,
    Doors,
    DropGranted,
    Full,
    LeaveVisit,
    OpenItem,
    Presence,
    Present,
    Refused,
    Sealed,
    SealReceipt,
    Settle,
    Settled,
    ShelfItem,
    SignIn,
    Size,
    Slip,
    StaffGranted,
    StartDrop,
    Stock,
    StockItem,
    StockPlace,
    TakeOut,
    TakeStock,
    VisitGranted,
    VisitItem,
    Weigh,
    Weighed,
)
from contract.receipt import word

KIOSK, BRIDGE = "kiosk-borny", "bridge-borny"
GOOD_CODE, GOOD_TOKEN = "27483190", "C1ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TWO_CODE, SHELF_CODE = "31225577", "44000111"
STAFF_NUMBER, STAFF_PIN, STAFF_BADGE = 12, "4711", "0008154711"
SLIP = Slip(ticket=35, digits="35270946", token="C1ZYXWVUTSRQPONMLKJIHGFEDCBA")
_LAYOUT: tuple[tuple[Size, ...], ...] = (
    ("S", "S", "S", "M", "L"),
    ("S", "S", "M", "L"),
    ("M", "M", "L", "L"),
    ("M", "L", "XL"),
)


def cabinet() -> tuple[CabinetCompartment, ...]:
    """16 doors in four columns, and a shelf place."""
    doors, number = [], 0
    for column, sizes in enumerate(_LAYOUT, 1):
        for row, size in enumerate(sizes, 1):
            number += 1
            floor_cm = 30 + 160 * (len(sizes) - row) // len(sizes)
            doors.append(
                CabinetCompartment(
                    compartment=number, kind="lock", size=size, floor_cm=floor_cm, column=column, row=row
                )
            )
    shelf = CabinetCompartment(
        compartment=101, kind="shelf", size="XL", floor_cm=100, column=5, row=1, label="B4"
    )
    return (*doors, shelf)


def parcel(item: str, compartment: int, label: str | None = None, size: Size = "M") -> VisitItem:
    """A parcel that waits."""
    return VisitItem(item=item, kind="parcel", compartment=compartment, state="ready", size=size, label=label)


@dataclass
class FakeBridge:
    """See the module. `cut`: nothing leaves the kiosk. `deaf`: it leaves, and is lost."""

    clock: Clock
    session_id: str = "bridge-run-1"
    auto_open: bool = False
    cut: bool = False
    deaf: bool = False
    wait_seconds: int = 0
    shelf: tuple[ShelfItem, ...] = ()
    scale: bool = False
    """Whether it has a scale; what lies there, a test says (`weighs`)."""
    pickups: dict[str, tuple[VisitItem, ...]] = field(default_factory=dict)
    free: dict[Size, int] = field(default_factory=lambda: {"S": 1, "M": 4, "L": 9, "XL": 16})
    jammed: set[int] = field(default_factory=set)
    asks: list[Ask] = field(default_factory=list)
    outbox: list[tuple[str, bytes]] = field(default_factory=list)
    on_out: Callable[[str, bytes], None] | None = None
    said: dict[str, list[AnswerBody]] = field(default_factory=dict)
    visit: tuple[VisitItem, ...] = ()
    person: str | None = None
    settled: set[str] = field(default_factory=set)
    taking_out: set[str] = field(default_factory=set)
    door_ask: dict[str, str] = field(default_factory=dict)
    weigh_ask: str = ""

    def __post_init__(self) -> None:
        if not self.pickups:
            first = parcel("parcel-1", 8)
            self.pickups = {
                GOOD_CODE: (first,),
                GOOD_TOKEN: (first,),
                TWO_CODE: (parcel("parcel-2", 5, size="L"), parcel("parcel-3", 10)),
                SHELF_CODE: (parcel("parcel-4", 101, label="B4"),),
            }

    # --- the wire --------------------------------------------------------------------------------

    def publish(self, topic: str, payload: bytes) -> bool:
        """The kiosk puts an ask."""
        if self.cut:
            return False
        assert topic == topics.ask(BRIDGE, KIOSK)
        ask = decode(payload, Ask)
        self.asks.append(ask)
        if self.deaf:
            return True
        if ask.id in self.said:
            for n, body in enumerate(self.said[ask.id]):
                self._out(ask.id, n, body)
        else:
            self._answer(ask)
        return True

    def beat(self, online: bool = True) -> None:
        """Say that we are here (or, as the broker says our will, that we are not)."""
        self._send(*self.presence(online))

    def presence(self, online: bool = True) -> tuple[str, bytes]:
        """Topic and payload of a beat."""
        presence = Presence(online=online, session=self.session_id, at_ms=self.clock.mono_ms())
        return topics.lan_presence(BRIDGE), encode(presence)

    def picture(self, *open_doors: int) -> None:
        """All doors, closed but for these."""
        lockers = cabinet()
        doors = tuple(
            DoorPicture(
                compartment=one.compartment, state="open" if one.compartment in open_doors else "closed"
            )
            for one in lockers
            if one.kind == "lock"
        )
        picture = Doors(session=self.session_id, doors=doors, cabinet=lockers, scale=self.scale)
        self._send(topics.doors(BRIDGE), encode(picture))

    def deliver(self, give: Callable[[str, bytes], None]) -> None:
        """Hand over what is in the outbox, until nothing new comes."""
        while self.outbox:
            give(*self.outbox.pop(0))

    def say(self, ask: str, *bodies: AnswerBody) -> None:
        """The next answers to an ask."""
        said = self.said.setdefault(ask, [])
        for body in bodies:
            said.append(body)
            self._out(ask, len(said) - 1, body)

    # --- doors -----------------------------------------------------------------------------------

    def opens(self, item: str) -> None:
        """The sensor sees the door of this item open."""
        self.say(self.door_ask[item], self._door(item, "opened"))

    def closes(self, item: str) -> None:
        """The sensor sees it close: collected, or left where it is a deposit."""
        ask = self.door_ask[item]
        self.say(ask, self._door(item, "closed"))
        if item in self.settled:
            return
        if item in self.taking_out:
            self.taking_out.discard(item)
            self.say(ask, Settled(item=item, stands="in_hand"))
            return
        self.settled.add(item)
        if self._is_deposit(item):
            self.say(ask, Settled(item=item, stands="left", pickup="pickup-9", slip=SLIP))
        else:
            self.say(ask, Settled(item=item, stands="collected", remaining=self._remaining()))

    def weighs(self, grams: int) -> None:
        """Something was put on the scale, and lies still."""
        self.say(self.weigh_ask, Weighed(grams=grams))

    def stays_shut(self, item: str, tries_left: int = 2) -> None:
        """Pulsed twice, 8 s, still shut."""
        door = Door(
            item=item, compartment=self._where(item), state="not_opened", attempt=2, tries_left=tries_left
        )
        self.say(self.door_ask[item], door)

    # --- answers ---------------------------------------------------------------------------------

    def _answer(self, ask: Ask) -> None:
        match ask.body:
            case Present(digits=digits, token=token):
                self._present(ask.id, self.pickups.get(digits or token or ""))
            case OpenItem(item=item):
                self._begin(ask.id, item)
            case Claim(item=item, size=size, shelf=shelf):
                self._claim(ask.id, item, size, shelf)
            case Settle(item=item, outcome=outcome):
                self._settle(ask.id, item, outcome)
            case SignIn(badge=badge, number=number, pin=pin):
                self._sign_in(ask.id, badge == STAFF_BADGE or (number, pin) == (STAFF_NUMBER, STAFF_PIN))
            case TakeOut(item=item):
                self._take_out(ask.id, item)
            case TakeStock():
                self.say(ask.id, self._stock())
            case SealReceipt(receipt=receipt):
                self.say(ask.id, Sealed(order=receipt.order, seal="5a" * 16, word=word("5a" * 16)))
            case Weigh():
                self.weigh_ask = ask.id
            case StartDrop():
                self.say(ask.id, DropGranted(visit="visit-1"))
            case LeaveVisit():
                self.visit = ()

    def _stock(self) -> Stock:
        """The shelf; of doors nobody asks here (tests.fakes.real_house)."""
        return Stock(
            places=tuple(
                StockPlace(
                    compartment=place,
                    allocation=1,
                    door="unknown",
                    usable=True,
                    label=one.label,
                    item=StockItem(
                        item=one.item,
                        person=one.person,
                        kind=one.kind,
                        size="M",
                        stage="held",
                        mark=one.mark,
                    ),
                )
                for place, one in enumerate(self.shelf, 101)
            )
        )

    def _present(self, ask: str, items: tuple[VisitItem, ...] | None) -> None:
        if items is None:
            self.say(ask, Refused(why="code", wait_seconds=self.wait_seconds))
            return
        self.visit = tuple(one for one in items if one.item not in self.settled) or items
        self.say(ask, VisitGranted(visit="visit-1", items=self.visit, person=self.person))
        if self.visit[0].label is None:
            self._begin(ask, self.visit[0].item)

    def _begin(self, ask: str, item: str) -> None:
        self.door_ask[item] = ask
        self.settled.discard(item)
        self.say(ask, self._door(item, "intent"), self._door(item, "pulsed"))
        if self._where(item) in self.jammed:
            self.stays_shut(item)
        elif self.auto_open:
            self.opens(item)

    def _claim(self, ask: str, item: str, size: Size, shelf: bool) -> None:
        if item in self.settled:
            self.say(ask, Refused(why="item"))
            return
        if shelf:
            self._lay(parcel(item, 101, label="B4"))
        elif size in self.free:
            self._lay(parcel(item, self.free[size], size=size))
        else:
            self.say(ask, Full(sizes=tuple(self.free), shelf=True))
            return
        self.say(ask, Claimed(visit="staff-visit-1", item=self.visit[-1]))

    def _lay(self, place: VisitItem) -> None:
        self.visit = (*(one for one in self.visit if one.item != place.item), place)

    def _take_out(self, ask: str, item: str) -> None:
        """A door opens and, shut again, its parcel is in hand; from the shelf it is so at once."""
        place = next((one for one in self.visit if one.item == item), None)
        if place is None or item not in self.settled:
            self.say(ask, Refused(why="item"))
        elif place.label is not None:
            self.settled.discard(item)
            self.say(ask, Settled(item=item, stands="in_hand"))
        else:
            self.taking_out.add(item)
            self._begin(ask, item)

    def _settle(self, ask: str, item: str, outcome: str) -> None:
        self.settled.add(item)
        match outcome:
            case "left":
                self.say(ask, Settled(item=item, stands="left", pickup="pickup-9", slip=SLIP))
            case "bigger" | "given_up":
                self.say(ask, Settled(item=item, stands="dropped"))
            case "taken":
                self.shelf = tuple(one for one in self.shelf if one.item != item)
                self.say(ask, Settled(item=item, stands="collected"))
            case _:
                self.say(ask, Settled(item=item, stands="kept", remaining=self._remaining()))

    def _sign_in(self, ask: str, good: bool) -> None:
        granted = StaffGranted(
            visit="staff-visit-1",
            staff="staff-1",
            initials="SB",
            rights=("deposit", "collect"),
            shelf=self.shelf,
        )
        self.say(ask, granted if good else Refused(why="code", wait_seconds=self.wait_seconds))

    def _door(self, item: str, state: str) -> Door:
        return Door(item=item, compartment=self._where(item), state=state)  # type: ignore[arg-type]

    def _where(self, item: str) -> int:
        return next(one.compartment for one in self.visit if one.item == item)

    def _is_deposit(self, item: str) -> bool:
        return any(isinstance(ask.body, Claim) and ask.body.item == item for ask in self.asks)

    def _remaining(self) -> int:
        return sum(one.item not in self.settled for one in self.visit)

    def _out(self, ask: str, n: int, body: AnswerBody) -> None:
        answer = Answer(ask=ask, session=self.session_id, n=n, body=body)
        self._send(topics.answer(KIOSK, BRIDGE), encode(answer))

    def _send(self, topic: str, payload: bytes) -> None:
        if self.on_out is not None:
            self.on_out(topic, payload)
        else:
            self.outbox.append((topic, payload))


def kinds(asks: Iterable[Ask]) -> list[str]:
    """What was asked, by name."""
    return [type(ask.body).__name__ for ask in asks]
