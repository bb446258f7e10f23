"""Facts about bags, as short as a test wants to read them."""

from typing import Any

from contract import messages as m
from hub.core.told import Told

HOUR_MS = 3_600_000
SITE = "borny"


def staff(name: str, employer: str | None = None) -> m.Holder:
    return m.Holder(kind="staff", id=name, employer=employer)


def partner(name: str = "pressing") -> m.Holder:
    return m.Holder(kind="partner", id=name)


def give(who: m.Holder, to: m.Holder | None = None, **more: Any) -> m.BagScanned:
    return m.BagScanned(tag=more.pop("tag", "NET-1"), side="give", holder=who, other=to, **more)


def take(who: m.Holder, of: m.Holder | None = None, **more: Any) -> m.BagScanned:
    return m.BagScanned(tag=more.pop("tag", "NET-1"), side="take", holder=who, other=of, **more)


def tagged(item: str = "bag", tag: str = "NET-1") -> m.BagTagged:
    return m.BagTagged(tag=tag, item=item, how="scanned")


def placed(item: str = "bag", order: str = "order", **more: Any) -> m.OrderPlaced:
    fields: dict[str, Any] = {
        "number": "1FX2Y-EQNVF",
        "kind": "bag",
        "person": "amina",
        "way": "code",
        "service": "laundry",
        "version": 1,
        "partner": "pressing",
        "lines": (m.OrderLine(name="Linge", unit_cents=900),),
        "total_cents": 900,
    }
    return m.OrderPlaced(order=order, item=item, **(fields | more))


def told(fact: m.AnyFact, at_ms: int, *, event: str = "", site: str = SITE, estimated: bool = False) -> Told:
    """`event` names itself by moment and kind unless given."""
    about = "-".join(str(getattr(fact, field, "")) for field in ("side", "tag", "by"))
    name = event or f"{at_ms}-{type(fact).__name__}-{about}"[:64]
    return Told(name, f"{site}-kiosk", site, at_ms, estimated, fact)
