"""How a site stands, and one change of it in the making."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract import messages, pickup_code
from locker_firmware_bridge.core import door, happenings
from locker_firmware_bridge.core.door import Door, Operation
from locker_firmware_bridge.core.happenings import Do, Happened
from locker_firmware_bridge.core.orders import Nonces
from locker_firmware_bridge.core.records import (
    Assigned,
    Budget,
    Caps,
    Item,
    Pickup,
    ProxyUse,
    Run,
    Said,
    Slot,
    Spent,
    Taken,
    TicketUse,
    Visit,
    Wall,
)

REMEMBERED_ASKS: Final = 256
REMEMBERED_ORDERS: Final = 64
_WITH_SLIP: Final = ("left", "reassigned")

Change = tuple[str, str]
"""Kind and key of a record that changed."""


@dataclass(frozen=True)
class Rules:
    """What does not change while the bridge runs. `places` by number: the doors and shelf places."""

    bridge: str
    session: str
    site_key: bytes = field(repr=False)
    places: Mapping[int, messages.CabinetCompartment]
    scale: bool = False
    """Whether there is a scale."""
    scale_kiosk: str = ""
    """The kiosk it stands beside; empty where it is near all of them."""


class Site(Struct, frozen=True):
    """All the bridge knows. What a restart forgets is marked; the rest is in `store`."""

    rules: Rules
    run: Run = msgspec.field(default_factory=Run)
    codes: Budget = msgspec.field(default_factory=Budget)
    pins: Budget = msgspec.field(default_factory=Budget)
    caps: Caps = msgspec.field(default_factory=Caps)
    wall: Wall = msgspec.field(default_factory=Wall)
    slots: Mapping[int, Slot] = msgspec.field(default_factory=dict)
    doors: Mapping[int, Door] = msgspec.field(default_factory=dict)
    items: Mapping[str, Item] = msgspec.field(default_factory=dict)
    pickups: Mapping[str, Pickup] = msgspec.field(default_factory=dict)
    visits: Mapping[str, Visit] = msgspec.field(default_factory=dict)
    asks: Mapping[str, Said] = msgspec.field(default_factory=dict)
    orders: Mapping[str, Taken] = msgspec.field(default_factory=dict)
    tickets: Mapping[int, TicketUse] = msgspec.field(default_factory=dict)
    spent: Mapping[str, Spent] = msgspec.field(default_factory=dict)
    assigned: Mapping[str, Assigned] = msgspec.field(default_factory=dict)
    proxy_uses: Mapping[str, ProxyUse] = msgspec.field(default_factory=dict)
    # forgotten at a restart:
    nonces: Nonces = msgspec.field(default_factory=lambda: Nonces({}))
    waiting: tuple[Operation, ...] = ()
    staff: Mapping[str, messages.StaffCredential] = msgspec.field(default_factory=dict)
    reach: Mapping[str, messages.PersonReach] = msgspec.field(default_factory=dict)
    badges: Mapping[str, messages.PersonBadge] = msgspec.field(default_factory=dict)
    proxies: Mapping[str, messages.Proxy] = msgspec.field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    """Kiosks that are out of service: nothing begins for them."""
    assignments: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Item and person, as the hub's pages say and not yet done."""
    weighing: tuple[str, str] | None = None
    """Kiosk and ask that wait for the scale to settle."""
    scan_again_ms: int = 0
    """Until then a wrong QR or badge is refused without being noted."""
    refusals_ms: tuple[int, ...] = ()
    """When orders were refused, and noted, within the last hour."""

    def is_lock(self, compartment: int) -> bool:
        """Whether this number is a door of ours (and not a shelf place, or of an older cabinet)."""
        place = self.rules.places.get(compartment)
        return place is not None and place.kind == "lock"

    def items_of(self, pickup: str) -> list[Item]:
        """What waits, or was just collected, under one code."""
        return [item for item in self.items.values() if item.pickup == pickup]


@dataclass(frozen=True)
class Decision:
    """What came of something: the site then, facts and records to commit in one go, then what to do."""

    site: Site
    facts: tuple[messages.Fact, ...] = ()
    changes: Mapping[Change, Struct | None] = field(default_factory=dict)
    then: tuple[Do, ...] = ()


class Draft:
    """One decision in the making. Lives within one `advance`; the site in it is replaced, not changed."""

    def __init__(self, site: Site, happened: Happened) -> None:
        self.site = site
        self.now_ms = happened.now_ms
        self.room = happened.room
        self.wall_ms, self.synced = happened.wall_ms, happened.synced
        self._fresh = list(happened.fresh)
        self._facts: list[messages.Fact] = []
        self._changes: dict[Change, Struct | None] = {}
        self._first: list[Do] = []
        self._then: list[Do] = []

    def decision(self) -> Decision:
        """Done. Unlocks come first: a person is waiting at the door.

        Answers alone are no reason to write: they are remembered by the next commit of their ask.
        """
        worth_it = self._facts or any(kind != "asks" for kind, _ in self._changes)
        changes = self._changes if worth_it else {}
        return Decision(self.site, tuple(self._facts), changes, (*self._first, *self._then))

    def fresh(self) -> str:
        """A new random id."""
        return self._fresh.pop()

    @property
    def fresh_left(self) -> int:
        """How many new ids this event still has."""
        return len(self._fresh)

    # --- facts and what follows them -----------------------------------------------------------

    def note(self, *facts: messages.Fact) -> None:
        """Commit these facts."""
        self._facts += facts

    def unlock(self, operation: Operation, attempt: int) -> None:
        """Once all is durable, send the frame."""
        self._first.append(happenings.Unlock(operation.compartment, operation.id, attempt))

    def watch(self, compartment: int, until_ms: int) -> None:
        """Look often at this door."""
        self._then.append(happenings.Watch(compartment, until_ms))

    def calm(self, until_ms: int) -> None:
        """No door is expected to move after that."""
        self._then.append(happenings.Calm(until_ms))

    def wake(self, timer: happenings.Timer, at_ms: int) -> None:
        """Come back at this time."""
        self._then.append(happenings.SetTimer(timer, at_ms))

    def weigh(self) -> None:
        """Begin to weigh."""
        self._then.append(happenings.Weigh())

    def show_doors(self) -> None:
        """The picture changed."""
        if happenings.ShowDoors() not in self._then:
            self._then.append(happenings.ShowDoors())

    def tell_hub(self, reply: messages.Reply) -> None:
        """Reply to an order."""
        self._then.append(happenings.TellHub(reply))

    def hear(self, kiosk: str, ask: str) -> None:
        """This ask is taken up: the same one again only gets the same answers."""
        self._put("asks", ask, Said(kiosk=kiosk))
        self._forget_beyond("asks", REMEMBERED_ASKS)

    def tell(self, kiosk: str | None, ask: str | None, *bodies: messages.AnswerBody) -> None:
        """Answer an ask once more. A code goes out, and is not remembered."""
        if kiosk is None or ask is None:
            return
        for body in bodies:
            said = self.site.asks.get(ask, Said(kiosk=kiosk))
            kept = replace(body, slip=None) if isinstance(body, messages.Settled) else body
            self._then.append(happenings.Tell(kiosk, ask, len(said.bodies), self._with_slip(body)))
            self._put("asks", ask, replace(said, bodies=(*said.bodies, kept)))

    def refuse(self, kiosk: str, ask: str, why: messages.Refused) -> None:
        """Say no to an ask that was not taken up: nothing is remembered."""
        self.show(kiosk, ask, why)

    def show(self, kiosk: str, ask: str, body: messages.AnswerBody) -> None:
        """Answer an ask that may be asked anew at any time: nothing is remembered."""
        self._then.append(happenings.Tell(kiosk, ask, 0, body))

    def repeat(self, kiosk: str, ask: str) -> None:
        """The same ask again: the same answers."""
        for n, body in enumerate(self.site.asks[ask].bodies):
            self._then.append(happenings.Tell(kiosk, ask, n, self._with_slip(body)))

    def _with_slip(self, body: messages.AnswerBody) -> messages.AnswerBody:
        if not isinstance(body, messages.Settled) or body.stands not in _WITH_SLIP or body.pickup is None:
            return body
        pickup = self.site.pickups.get(body.pickup)
        return body if pickup is None else replace(body, slip=slip(self.site.rules.site_key, pickup))

    # --- records -------------------------------------------------------------------------------

    def put_slot(self, slot: Slot) -> None:
        """Remember a compartment."""
        self._put("slots", slot.compartment, slot)

    def put_item(self, item: Item) -> None:
        """Remember an item."""
        self._put("items", item.item, item)

    def drop_item(self, item: str) -> None:
        """Forget an item that is over, for good."""
        self._drop("items", item)
        self._put("spent", item, Spent())
        if item in self.site.assigned:
            self._drop("assigned", item)

    def withdraw_item(self, item: str) -> None:
        """Forget a claim that will be made anew, for another compartment."""
        self._drop("items", item)

    def put_pickup(self, pickup: Pickup) -> None:
        """Remember a pickup."""
        self._put("pickups", pickup.pickup, pickup)

    def drop_pickup(self, pickup: str) -> None:
        """Forget a pickup that is over: its code is never right again."""
        self._drop("pickups", pickup)
        self._put("spent", pickup, Spent())

    def put_visit(self, visit: Visit) -> None:
        """Remember a visit."""
        self._put("visits", visit.visit, visit)

    def drop_visit(self, visit: str) -> None:
        """Forget a visit that is over."""
        self._drop("visits", visit)

    def put_assigned(self, item: str, person: str) -> None:
        """The hub's word on whose this item is was heard."""
        self._put("assigned", item, Assigned(person=person))

    def drop_assigned(self, item: str) -> None:
        """The hub says no more whose this item is."""
        self._drop("assigned", item)

    def put_proxy_use(self, proxy: str, generation: int) -> None:
        """This code of a mandate was used: older ones are dead."""
        self._put("proxy_uses", proxy, ProxyUse(generation=generation))

    def drop_proxy(self, proxy: str) -> None:
        """A mandate was revoked: its code is never right again, whatever a feed says."""
        self._put("spent", proxy, Spent())
        if proxy in self.site.proxy_uses:
            self._drop("proxy_uses", proxy)

    def put_ticket(self, ticket: int) -> None:
        """Note that a ticket number was given out, after all others."""
        latest = max((use.serial for use in self.site.tickets.values()), default=0)
        self._put("tickets", ticket, TicketUse(serial=latest + 1))

    def put_order(self, taken: messages.OrderTaken) -> None:
        """Remember what was replied to an order."""
        self._put("orders", taken.order, Taken(reply=taken))
        self._forget_beyond("orders", REMEMBERED_ORDERS)

    def put_door(self, now: Door) -> None:
        """A door moved on. Idle doors, and what sensors say, are not written: they are read anew."""
        before = self.site.doors.get(now.compartment)
        if now == before:
            return
        if before is None or before.seen != now.seen:
            self.show_doors()
        old, new = None if before is None else _to_keep(before), _to_keep(now)
        self.site = replace(self.site, doors={**self.site.doors, now.compartment: now})
        if old != new:
            self._changes["doors", str(now.compartment)] = new

    def put(self, **one: Run | Budget | Caps | Wall) -> None:
        """Replace `run`, `codes`, `pins`, `caps` or `wall`."""
        self.site = replace(self.site, **one)
        self._changes |= {("one", name): record for name, record in one.items()}

    def forget_after_restart(self, **some: Any) -> None:
        """Replace what is not written: `nonces`, `waiting`, what the feed brings, the two floods' times."""
        self.site = replace(self.site, **some)

    def _put(self, kind: str, key: str | int, record: Struct) -> None:
        table = dict(getattr(self.site, kind))
        table.pop(key, None)  # the latest comes last
        table[key] = record
        self._replace(kind, table)
        self._changes[kind, str(key)] = record

    def _drop(self, kind: str, key: str | int) -> None:
        table = dict(getattr(self.site, kind))
        table.pop(key, None)
        self._replace(kind, table)
        self._changes[kind, str(key)] = None

    def _replace(self, kind: str, value: Any) -> None:
        self.site = replace(self.site, **{kind: value})

    def _forget_beyond(self, kind: str, most: int) -> None:
        table: Mapping[str, Struct] = getattr(self.site, kind)
        for key in list(table)[: max(0, len(table) - most)]:
            self._drop(kind, key)


def slip(site_key: bytes, pickup: Pickup) -> messages.Slip:
    """What goes on the ticket."""
    return messages.Slip(
        ticket=pickup.ticket,
        digits=pickup_code.typed_code(site_key, pickup.ticket, pickup.pickup, pickup.generation),
        token=pickup_code.token(site_key, pickup.pickup, pickup.generation),
    )


def _to_keep(now: Door) -> Door | None:
    return None if now.stage == "idle" else replace(now, seen="unknown", opened_ms=None)


def fresh_door(compartment: int) -> Door:
    """A door nothing is known of."""
    return door.Door(compartment=compartment)
