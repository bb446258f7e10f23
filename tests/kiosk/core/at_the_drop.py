"""Somebody who drops something, step by step (tests.kiosk.core.dialogue)."""

from contract import bag_tag
from contract import messages as m
from contract.receipt import word
from kiosk.core import drop_events as ev
from kiosk.core import events as e
from kiosk.core.catalogue import Offers
from tests.fakes.services import NOW_MS, SERVICES
from tests.kiosk.core.dialogue import SLIP, Dialogue

OFFERS = Offers(SERVICES, site="Conciergerie de Borny", now_ms=NOW_MS)
IDS = ("item-1", "order-1", "stranger-1")
NUMBER = bag_tag.printed("item-1")
DOOR = m.VisitItem(item="item-1", kind="object", compartment=3, state="claimed", size="S")
BIGGER = m.VisitItem(item="item-1", kind="object", compartment=9, state="claimed", size="M")
SEALED = m.Sealed(order="order-1", seal="ab" * 16, word=word("ab" * 16))


def wanting(offers: Offers = OFFERS) -> Dialogue:
    """ "Drop off" was touched."""
    return Dialogue().on(ev.DropWanted(offers, IDS))


def known(person: str | None = "p-1", offers: Offers = OFFERS) -> Dialogue:
    """Their code was good, or they have none."""
    told = wanting(offers).on(e.CodeTyped("27483190") if person else ev.NoCard())
    return told.answers(m.DropGranted(visit="dv", person=person))


def agreed(service: str = "shoes", person: str | None = "p-1", offers: Offers = OFFERS) -> Dialogue:
    """A service without questions was chosen and said yes to."""
    return known(person, offers).on(ev.ServiceChosen(service, offers), ev.Agreed(offers))


def at_the_door(service: str = "shoes", person: str | None = "p-1") -> Dialogue:
    """The smallest door stands open."""
    told = agreed(service, person).answers(m.Claimed(visit="dv", item=DOOR))
    return told.door(DOOR, "intent", "pulsed", "opened")


def dropped(service: str = "shoes", person: str | None = "p-1") -> Dialogue:
    """It lies there, and the receipt is sealed."""
    told = at_the_door(service, person).door(DOOR, "closed")
    return told.settled(DOOR, "left", pickup="pu-1", slip=SLIP).answers(SEALED)
