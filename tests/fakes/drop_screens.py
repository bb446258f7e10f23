"""The screens of somebody who drops something, in moments that show most of them."""

from dataclasses import replace
from typing import get_args

import msgspec

from contract import messages as m
from contract.receipt import word
from kiosk.core import drop_screens as d
from kiosk.core import screens as s
from kiosk.core.catalogue import Offers
from kiosk.core.drop_events import QuoteWord
from kiosk.core.dropping import Drop, receipt
from kiosk.core.screens import Screen
from kiosk.core.state import State, Visit
from tests.fakes.bridge import SLIP
from tests.fakes.services import BASKET, LAUNDRY, NOW_MS, PHONE, SERVICES, SHOES

DOOR = m.VisitItem(item="item-1", kind="bag", compartment=12, state="claimed", size="L")
SEAL = m.Sealed(order="order-1", seal="5a" * 16, word=word("5a" * 16))
AWAY = m.VisitItem(item="away-1", kind="object", compartment=3, state="away", size="S")
DROPPED = m.VisitItem(item="dropped-1", kind="bag", compartment=4, state="dropped", size="S")
CANCELLED = m.VisitItem(item="cancelled-1", kind="bag", compartment=4, state="dropped", size="S")
LOST = m.VisitItem(item="away-1", kind="object", compartment=3, state="away", size="S", lost=True)
LOST_TOO = m.VisitItem(item="untold-1", kind="bag", compartment=5, state="away", size="S", lost=True)
UNTOLD = m.VisitItem(item="untold-1", kind="basket", compartment=5, state="away", size="S")
WITH_WORD = m.Tracked(
    item="away-1",
    person="p-1",
    kind="object",
    state="away",
    service="shoes",
    number="1FX2Y-EQNVF",
    pieces=2,
    promised_ms=NOW_MS + 200_000_000,
    word="FEFA-BIZU",
)
QUOTED = m.Tracked(
    item="away-1",
    person="p-1",
    kind="object",
    state="away",
    order="order-1",
    service="shoes",
    promised_ms=NOW_MS + 200_000_000,
    quote="quote-1",
    quote_cents=4_850,
)
TRACKED: dict[str, m.AnyDocument] = {
    "tracked/away-1": m.Tracked(
        item="away-1",
        person="p-1",
        kind="object",
        state="away",
        service="shoes",
        promised_ms=NOW_MS + 200_000_000,
    ),
    "tracked/cancelled-1": m.Tracked(
        item="cancelled-1", person="p-1", kind="bag", state="dropped", service="laundry", cancelled=True
    ),
    "tracked/dropped-1": m.Tracked(
        item="dropped-1", person="p-1", kind="bag", state="dropped", service="laundry"
    ),
}


def drop_states(base: State) -> list[State]:
    """Every screen, with what it may say besides."""
    offers = Offers(SERVICES, site="Conciergerie de Borny", now_ms=NOW_MS)
    asked = Drop(item="item-1", order="order-1", stranger="p-new", offers=offers, visit="dv", person="p-1")
    laundry = replace(
        asked, service=LAUNDRY, counts=(("express", 1), ("iron", 6), ("stain", 2)), pieces=6, grams=12_350
    )
    agreed = replace(laundry.agree(offers, "fr"), place=DOOR, told=True)
    tagged = replace(
        agreed.agree(offers, "fr", "NET-0021744"), slip=SLIP, pickup="pu-1", left=True, seal=SEAL
    )
    ordered = replace(asked, service=BASKET).agree(offers, "fr")
    bag = replace(asked.agree(Offers(), "fr"), place=DOOR, slip=SLIP, pickup="pu-1", left=True)
    told: list[tuple[Drop, Screen]] = [
        (asked, d.WhoDrops()),
        (asked, d.WhoDrops(refused=True)),
        (asked, d.WhoDrops(refused=True, wait_seconds=15)),
        (asked, d.WhoDrops(receipt=True)),
        (asked, d.Starting()),
        (asked, d.CollectOrDrop()),
        (asked, d.CollectOrDrop(2)),
        (asked, d.QuoteHeard(QUOTED, "yes")),
        (asked, d.Services()),
        (asked, d.Services(page=1, gone=True)),
        (replace(asked, offers=Offers()), d.Services()),
        (replace(asked, offers=replace(offers, now_ms=None)), d.Services()),
        (laundry, d.Options()),
        (laundry, d.Options(page=1)),
        (laundry, d.HowMany()),
        (laundry, d.HowMany(page=14)),
        *((laundry, d.WeighIt(why)) for why in get_args(d.WeighWhy)),
        *((laundry, d.Agree(note)) for note in get_args(d.AgreeNote)),
        (replace(asked, service=SHOES), d.Agree()),
        (replace(asked, service=PHONE), d.Agree()),
        (replace(asked, service=BASKET), d.Agree()),
        (asked, d.Agree()),
        (laundry, s.Claiming()),
        (agreed, s.Claiming("bigger", DOOR, door_open=True)),
        (asked, d.NoDoor()),
        (agreed, d.NoDoor(bigger=True)),
        (agreed, s.Opening(DOOR)),
        (agreed, s.DoorOpen(DOOR, 0)),
        (agreed, s.DoorOpen(DOOR, 0, late=True)),
        (tagged, s.DoorOpen(DOOR, 0)),
        (agreed, s.DoorClosed(DOOR, quick=False)),
        (agreed, s.Blocked(DOOR, 2)),
        (agreed, s.Blocked(DOOR, 0)),
        (agreed, s.Silent()),
        (agreed, s.Refusal("visit")),
        (agreed, s.Refusal("busy", DOOR)),
        (tagged, d.Sealing()),
        (tagged, d.DropReceipt()),
        (tagged, d.DropTicket()),
        (replace(ordered, seal=SEAL), d.DropReceipt()),
        (ordered, d.DropReceipt()),
        (bag, d.DropReceipt()),
        (agreed, d.DropEnded()),
    ]
    made = receipt(tagged, "fr")
    assert made is not None
    alone: list[Screen] = [
        d.ReceiptAsked(made, SEAL.seal),
        d.ReceiptSeen(made, genuine=True),
        d.ReceiptSeen(made, genuine=True, found=WITH_WORD),
        d.ReceiptSeen(made, genuine=True, found=msgspec.structs.replace(WITH_WORD, lost=True)),
        d.ReceiptSeen(made, genuine=False),
        d.ReceiptSeen(
            msgspec.structs.replace(made, site="Conciergerie de la Grange-aux-Belles"), genuine=False
        ),
        d.ReceiptSeen(None, genuine=False),
        d.WordAsked(),
        d.WordAsked("FEF"),
        d.WordSeen("FEFA-BIZU", WITH_WORD),
        d.WordSeen("FEFA-BIZU", msgspec.structs.replace(WITH_WORD, lost=True)),
        d.WordSeen("FEFA-BIZU"),
        d.QuoteAsked(QUOTED),
        *(d.QuoteHeard(QUOTED, answer) for answer in get_args(QuoteWord)),
    ]
    away = Visit("v", (AWAY, DROPPED, UNTOLD))
    elsewhere = (
        d.Elsewhere((AWAY,)),
        d.Elsewhere((AWAY, DROPPED, UNTOLD), DOOR),
        d.Elsewhere((CANCELLED,)),
        d.Lost((LOST,)),
        d.Lost((LOST, LOST_TOO), DOOR),
    )
    return [
        *(replace(base, drop=drop, screen=screen) for drop, screen in told),
        *(replace(base, screen=screen) for screen in alone),
        *(replace(base, visit=away, screen=screen) for screen in elsewhere),
    ]
