"""Beginning, keeping up and ending a visit."""

from typing import Literal

from msgspec.structs import replace

from contract import messages
from locker_firmware_bridge.core import custody, visits
from locker_firmware_bridge.core.happenings import VisitTimer
from locker_firmware_bridge.core.records import Visit
from locker_firmware_bridge.core.state import Draft

Way = Literal["typed", "qr", "badge", "pin", "none"]
EndWhy = Literal["done", "left", "timeout", "restart", "replaced"]
_CLAIM_WHY: dict[EndWhy, custody.ClaimWhy] = {"timeout": "timeout", "restart": "restart"}


def begin_visit(
    draft: Draft,
    kiosk: str,
    ask: str,
    way: Way,
    *,
    pickup: str | None = None,
    proxy: messages.Proxy | None = None,
    staff: str | None = None,
    rights: tuple[str, ...] = (),
    drops: bool = False,
    person: str | None = None,
) -> Visit:
    """A person or staff came: one conversation a kiosk, the one before ends."""
    for other in list(draft.site.visits.values()):
        if other.kiosk == kiosk:
            end_visit(draft, other, "replaced")
    visit = Visit(
        visit=draft.fresh(),
        kiosk=kiosk,
        ask=ask,
        pickup=pickup,
        proxy=None if proxy is None else proxy.proxy,
        only=() if proxy is None else proxy.items,
        staff=staff,
        rights=rights,
        drops=drops,
        person=person,
        stranger=draft.fresh() if drops and person is None else None,
        quiet_since_ms=draft.now_ms,
    )
    draft.put_visit(visit)
    draft.note(
        messages.VisitOpened(
            visit=visit.visit,
            kiosk=kiosk,
            way=way,
            pickup=pickup,
            staff=staff,
            proxy=visit.proxy,
            drops=drops,
        )
    )
    draft.wake(VisitTimer(visit.visit), visits.quiet_until_ms(visit))
    return visit


def touch(draft: Draft, visit: Visit) -> None:
    """Something was asked: the visit is not quiet."""
    draft.put_visit(replace(visit, quiet_since_ms=draft.now_ms))


def leave(draft: Draft, kiosk: str, ask: str, visit: Visit) -> None:
    """The person or staff is done."""
    draft.hear(kiosk, ask)
    why: EndWhy = "left" if visits.remaining(draft.site, visit) else "done"
    end_visit(draft, replace(visit, ask=ask), why)


def quiet(draft: Draft, visit_id: str) -> None:
    """A visit's time may be over; with a door open it goes on."""
    visit = draft.site.visits.get(visit_id)
    if visit is None:
        return
    items = [item.item for item in visits.items_of(draft.site, visit)]
    end_ms = visits.quiet_until_ms(visit)
    if visits.under_way(draft.site, items) is not None:
        end_ms = draft.now_ms + visits.QUIET_AFTER_DOOR_MS
    if end_ms > draft.now_ms:
        draft.wake(VisitTimer(visit_id), end_ms)
    else:
        end_visit(draft, visit, "timeout")


def revoked(draft: Draft, of: Literal["staff", "pickup", "proxy"], name: str) -> None:
    """Staff or a mandate were removed, or a pickup's codes died: who came in by them does nothing more."""
    for visit in list(draft.site.visits.values()):
        if getattr(visit, of) == name:
            end_visit(draft, visit, "timeout")


def end_visit(draft: Draft, visit: Visit, why: EndWhy) -> None:
    """The visit is over. What is under way at a door goes on; what was only claimed is dropped."""
    draft.note(messages.VisitEnded(visit=visit.visit, why=why))
    draft.drop_visit(visit.visit)
    for name in visit.items:
        item = draft.site.items.get(name)
        begun = why != "restart" and visits.begun(draft.site, name)
        if item is None or item.dropped != visit.drops:
            continue  # staff took it out meanwhile
        if item.stage == "claimed" and not begun:
            custody.drop_claim(draft, item, _CLAIM_WHY.get(why, "given_up"))
    draft.tell(visit.kiosk, visit.ask, messages.VisitOver(visit=visit.visit, why=why))
