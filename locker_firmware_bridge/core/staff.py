"""Staff at a kiosk: who they are, by badge or by number and PIN. A resident's badge begins a drop."""

from typing import Literal

from contract import credential, messages
from locker_firmware_bridge.core import codes, drops, recognising, visits
from locker_firmware_bridge.core.conversations import begin_visit
from locker_firmware_bridge.core.state import Draft, Site

_NOBODY = messages.StaffCredential(
    staff="nobody", initials="-", number=1, pin_salt="0" * 32, pin_hash="0" * 64, rights=()
)


def sign_in(draft: Draft, kiosk: str, ask: str, body: messages.SignIn) -> None:
    """By badge, or by number and PIN. Wrong PINs slow down as wrong codes do, with a budget of their own."""
    way: Literal["badge", "pin"] = "pin" if body.badge is None else "badge"
    if body.badge is not None:
        found = _by_badge(draft, kiosk, ask, body.badge)
    elif body.number is not None and body.pin is not None:
        found = _by_number(draft, kiosk, ask, body.number, body.pin)
    else:
        draft.refuse(kiosk, ask, messages.Refused(why="malformed"))
        return
    if found is None:
        return
    visit = begin_visit(draft, kiosk, ask, way, staff=found.staff, rights=found.rights)
    granted = messages.StaffGranted(
        visit=visit.visit,
        staff=found.staff,
        initials=found.initials,
        rights=found.rights,
        employer=found.employer,
        shelf=visits.on_shelf(draft.site) if "collect" in found.rights else (),
    )
    draft.tell(kiosk, ask, granted)


def _by_badge(draft: Draft, kiosk: str, ask: str, badge: str) -> messages.StaffCredential | None:
    """Staff; None: nobody, or somebody of the place, and they were told.

    All badges are tried, whosever this one is: residents show theirs too, on a screen that asked for none.
    """
    of_staff = {f"staff/{staff}": one for staff, one in draft.site.staff.items()}
    of_people = {f"person/{person}": one for person, one in draft.site.badges.items()}
    known: dict[str, messages.StaffCredential | messages.PersonBadge] = {**of_people, **of_staff}
    found = recognising.by_badge(draft, kiosk, ask, badge, known)
    if isinstance(found, messages.PersonBadge):
        drops.begin(draft, kiosk, ask, "badge", found.person)
        return None
    return found


def _by_number(draft: Draft, kiosk: str, ask: str, number: int, pin: str) -> messages.StaffCredential | None:
    """Who has this number and this PIN; None: nobody, or it comes too soon, and they were told."""
    wait_seconds = codes.wait_seconds(draft.site.pins, draft.now_ms)
    if wait_seconds:
        draft.refuse(kiosk, ask, messages.Refused(why="code", wait_seconds=wait_seconds))
        return None
    found = _by_pin(draft.site, number, pin)
    draft.hear(kiosk, ask)
    if found is None:
        draft.put(pins=codes.wrong(draft.site.pins, draft.now_ms))
        recognising.refused(draft, kiosk, ask, "pin", draft.site.pins)
    return found


def _by_pin(site: Site, number: int, pin: str) -> messages.StaffCredential | None:
    """The PIN is stretched whether the number is anybody's or not."""
    found = next((one for one in site.staff.values() if one.number == number), _NOBODY)
    given = credential.pin_hash(site.rules.site_key, pin, found.pin_salt)
    right = credential.same(given, found.pin_hash)
    return found if right and found is not _NOBODY else None
