"""Every screen of staff who work with bags, each in a moment that shows most of it."""

from dataclasses import replace

import msgspec

from contract import bag_tag
from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.catalogue import Offers
from kiosk.core.dropping import Drop
from kiosk.core.house import House
from kiosk.core.relay import Relay
from kiosk.core.relay_memory import Given, Memory, Trace
from kiosk.core.state import Staff, State
from tests.fakes.bridge import cabinet, parcel
from tests.fakes.kiosk import PEOPLE
from tests.fakes.services import BASKET, LAUNDRY, NOW_MS
from tests.fakes.services import SHOES as SHOES_SERVICE

STAFF = Staff("sv", "st", "SB", hands_over=True, rights=("deposit", "collect", "inspect"))
PRESS, SHOES, MANIFEST = "press", "cobbler", "7a3e5c1d9b8f4062ae4c6d8f0b1a2c3e"
NINE_TWELVE = 1_795_767_120_000


def _service(name: str, kind: m.ItemKind, partner: str, partner_name: str, **said: str) -> m.Service:
    return m.Service(
        service=name,
        version=1,
        name=tuple(m.Said(language=tongue, text=text) for tongue, text in said.items()),
        picture="shirt",
        kind=kind,
        way="drop",
        partner=partner,
        partner_name=partner_name,
        cents=900,
        counted=kind == "bag",
    )


SERVICES = (
    _service(
        "s-1",
        "bag",
        PRESS,
        "Blanchisserie du Sablon",
        fr="Pressing",
        en="Laundry",
        ar="مصبغة",
        sq="Lavanderi",
    ),
    _service(
        "s-2",
        "object",
        SHOES,
        "Cordonnerie Bellecroix",
        fr="Cordonnerie",
        en="Shoe repair",
        ar="تصليح الأحذية",
        sq="Këpucar",
    ),
)


def _item(number: int, stage: str, *, dropped: bool = False) -> m.StockItem:
    return m.StockItem(
        item=f"b-{number}",
        person=PEOPLE[number % len(PEOPLE)].person,
        kind="object" if number % 5 == 4 else "bag",
        size="M",
        stage=stage,  # type: ignore[arg-type]
        dropped=dropped,
        ticket=10 + number,
    )


def _told(number: int, state: str) -> m.Tracked:
    shoes = number % 5 == 4
    return m.Tracked(
        item=f"b-{number}",
        person=PEOPLE[number % len(PEOPLE)].person,
        kind="object" if shoes else "bag",
        state=state,  # type: ignore[arg-type]
        tag=bag_tag.printed(f"b-{number}") if number else "",
        service="s-2" if shoes else "s-1",
        partner=SHOES if shoes else PRESS,
        pieces=None if shoes else number + 6,
        promised_ms=NINE_TWELVE,
    )


DROPPED, HANDS, AWAY = range(6), range(10, 50), range(60, 72)
DOORS = [one for one in cabinet() if one.kind == "lock"]
STOCK = m.Stock(
    places=tuple(
        m.StockPlace(
            compartment=door.compartment,
            allocation=1,
            door="closed",
            usable=True,
            item=_item(number, "held", dropped=True) if number in DROPPED else None,
        )
        for number, door in enumerate(DOORS)
    ),
    in_hand=tuple(_item(number, "in_hand") for number in HANDS),
    away=tuple(_item(number, "away") for number in AWAY),
)
TOLD = (
    *(_told(number, "dropped") for number in DROPPED),
    *(_told(number, "in_hand") for number in HANDS),
    *(_told(number, "away") for number in AWAY),
)
SEALED = m.Sealed(order="o-1", seal="d5a30ab783050e46bc386d08ced9d7d2", word="FIBO-BERA")
GIVEN = Given(MANIFEST, PRESS, NINE_TWELVE)
MEMORY = Memory(
    traces=tuple(Trace(f"b-{number}", given=GIVEN) for number in HANDS if number % 5 != 4 and number < 44),
    strange=(("NET-0021744", GIVEN),),
)
ALL = Memory(
    traces=tuple(Trace(f"b-{number}", given=GIVEN) for number in HANDS if number % 5 != 4),
)
HEARD = r.Heard("left", bag_tag.printed("b-60"), "b-60", "12", PRESS, MANIFEST, NINE_TWELVE)
LONGEST: tuple[r.Why, ...] = ("counted", "unknown", "no_order", "left", "other_partner", "misread", "badge")
"""One of each tone, and those that take most room."""
RELAY = Relay(
    TOLD,
    SERVICES,
    partner=PRESS,
    manifest=MANIFEST,
    total=6,
    back=("b-60", "b-61"),
    strange=("NET-0021744",),
)
SCREENS: tuple[r.RelayScreen, ...] = (
    r.BagsWanted(),
    r.Bags(),
    r.DropList(),
    r.DropList(1),
    r.TagIt("b-0"),
    r.TagIt("b-1"),
    r.TagIt("b-1", printed=True),
    r.CountIt("b-1"),
    r.CountIt("b-1", weighs=True),
    r.CountIt("b-1", why="moving"),
    r.CountIt("b-1", grams=4350),
    r.CountIt("b-1", differs=6),
    r.Emptied(4, 6),
    r.Emptied(6, 6),
    r.Partners(),
    r.Giving(),
    r.MissingBags(),
    r.GivenCount(),
    r.SignHere(),
    r.SendingOut(signed=True),
    r.SentOut(MANIFEST, PRESS, 2),
    r.ComingBack(),
    r.BackCount(),
    r.BackCount(1),
)


def _at_counter(base: State) -> list[State]:
    """Somebody brings a bag, known by name or not."""
    offers = Offers((SHOES_SERVICE, LAUNDRY), site="Borny", now_ms=NOW_MS)
    given = Drop(
        "b-90", "o-1", "nobody", offers, visit="sv", person=PEOPLE[0].person, service=LAUNDRY, pieces=12
    )
    agreed = replace(given.agree(offers, "fr"), seal=SEALED)
    ordered = replace(given, service=BASKET, pieces=None)
    screens: tuple[tuple[r.RelayScreen, Drop], ...] = (
        (r.WhoBrings(), given),
        (r.WhoBrings("2", PEOPLE), given),
        (r.WhoBrings("quelqu"), given),
        (r.TakeIt(), given),
        (r.TakeIt(later=True), given),
        (r.TakeIt(), replace(given, service=None, person="")),
        (r.TakeIt(), ordered),
        (r.SealingIt(), agreed),
        (r.TakenIn(), agreed),
        (r.TakenIn(printed=True), replace(agreed, seal=None)),
    )
    quiet = replace(base, relay=replace(RELAY, heard=r.Heard()))
    return [replace(quiet, screen=screen, drop=drop) for screen, drop in screens]


def _door(why: h.DoorWhy, step: h.Step = "open") -> h.AtDoor:
    item = STOCK.places[1].item
    place = parcel("b-1", 2) if why == "put" else None
    return h.AtDoor(2, why, item, place, step=step)


def _given_back(base: State) -> list[State]:
    """Six of those behind doors and one in hand whose orders are no more."""
    gone = {f"b-{number}" for number in (*DROPPED, 10)}
    told = tuple(msgspec.structs.replace(one, cancelled=one.item in gone) for one in TOLD)
    cancelled = replace(RELAY, told=told, heard=r.Heard())
    states = [replace(base, screen=one, relay=cancelled) for one in (r.Bags(), r.GiveBack(), r.GiveBack(1))]
    heard = replace(cancelled, heard=replace(HEARD, why="cancelled"))
    states.append(replace(base, screen=r.Bags(), relay=heard))
    return [*states, replace(base, screen=s.Parcels(), relay=cancelled)]


def relay_states(base: State) -> list[State]:
    """All of them, with everything in them that makes them long."""
    base = replace(base, staff=STAFF, house=House(STOCK), relay=RELAY, memory=MEMORY, scale=True)
    states = [replace(base, screen=one) for one in SCREENS]
    states += [
        replace(base, screen=screen, relay=replace(RELAY, heard=replace(HEARD, why=why)))
        for why in LONGEST
        for screen in (r.Giving(),)
    ]
    later = tuple(
        one if one.item in RELAY.back else msgspec.structs.replace(one, promised_ms=NINE_TWELVE + 86_400_000)
        for one in TOLD
    )
    states.append(replace(base, screen=r.BackCount(), relay=replace(RELAY, told=later)))
    long = replace(RELAY, heard=replace(HEARD, why="unknown_back"))
    behind = replace(RELAY, heard=replace(HEARD, why="behind"))
    rest: tuple[r.RelayScreen, ...] = (r.Bags(), r.TagIt("b-0"), r.ComingBack(), r.Partners())
    states += [replace(base, screen=one, relay=told) for one in rest for told in (long, behind)]
    states.append(replace(base, screen=r.GivenCount(), memory=ALL))
    states.append(replace(base, screen=r.GivenCount(), memory=Memory()))
    emptying, back = House(STOCK, doing="empty"), House(STOCK, doing="back")
    states += [replace(base, screen=one, house=emptying) for one in (r.TagIt("b-0"), r.TagIt("b-1"))]
    for heard in (r.Heard(), replace(HEARD, why="other_bag")):
        told = replace(RELAY, heard=heard)
        states += [
            replace(base, screen=_door("relay", step), house=emptying, relay=told)
            for step in ("opening", "open", "closed", "stuck")
        ]
        states += [
            replace(base, screen=_door("put", step), house=back, relay=told) for step in ("open", "stuck")
        ]
    states.append(replace(base, screen=h.CannotDo("busy", _door("put")), house=back))
    states.append(replace(base, screen=h.CannotDo("busy", _door("relay")), house=emptying))
    states.append(replace(base, screen=h.CannotDo("item"), house=back))
    states += _at_counter(base)
    states += _given_back(base)
    bare = replace(base, house=House(m.Stock(places=())), relay=Relay(), memory=Memory())
    return [*states, *(replace(bare, screen=one) for one in (r.Bags(), r.DropList(), r.Partners()))]
