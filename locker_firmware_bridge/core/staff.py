"""Staff at a kiosk: who they are, by badge or by number and PIN."""

import math
from typing import Literal

from contract import credential, messages
from locker_firmware_bridge.core import codes, visits
from locker_firmware_bridge.core.collect import is_flood
from locker_firmware_bridge.core.conversations import begin_visit
from locker_firmware_bridge.core.state import Draft, Site

_NOBODY = messages.StaffCredential(
    staff="nobody", initials="-", number=1, pin_salt="0" * 32, pin_hash="0" * 64, rights=()
)


def sign_in(draft: Draft, kiosk: str, ask: str, body: messages.SignIn) -> None:
    """By badge, or by number and PIN. Wrong PINs slow down as wrong codes do, with a budget of their own."""
    site = draft.site
    if body.badge is not None:
        found = None if draft.now_ms < site.scan_again_ms else _by_badge(site, body.badge)
        if found is None and is_flood(draft):  # a badge's number can be guessed: not even a right one is told
            draft.refuse(kiosk, ask, messages.Refused(why="code", wait_seconds=1))
            return
    elif body.number is not None and body.pin is not None:
        wait_seconds = codes.wait_seconds(site.pins, draft.now_ms)
        if wait_seconds:
            draft.refuse(kiosk, ask, messages.Refused(why="code", wait_seconds=wait_seconds))
            return
        found = _by_pin(site, body.number, body.pin)
    else:
        draft.refuse(kiosk, ask, messages.Refused(why="malformed"))
        return
    way: Literal["badge", "pin"] = "pin" if body.badge is None else "badge"
    draft.hear(kiosk, ask)
    if found is None:
        _wrong(draft, kiosk, ask, way)
        return
    visit = begin_visit(draft, kiosk, ask, way, staff=found.staff, rights=found.rights)
    granted = messages.StaffGranted(
        visit=visit.visit,
        staff=found.staff,
        initials=found.initials,
        rights=found.rights,
        shelf=visits.on_shelf(draft.site) if "collect" in found.rights else (),
    )
    draft.tell(kiosk, ask, granted)


def _by_badge(site: Site, badge: str) -> messages.StaffCredential | None:
    given = credential.badge_hash(site.rules.site_key, badge)
    found = None
    for one in site.staff.values():
        if one.badge_hash is not None and credential.same(given, one.badge_hash):
            found = one
    return found


def _by_pin(site: Site, number: int, pin: str) -> messages.StaffCredential | None:
    """The PIN is stretched whether the number is anybody's or not."""
    found = next((one for one in site.staff.values() if one.number == number), _NOBODY)
    given = credential.pin_hash(site.rules.site_key, pin, found.pin_salt)
    right = credential.same(given, found.pin_hash)
    return found if right and found is not _NOBODY else None


def _wrong(draft: Draft, kiosk: str, ask: str, way: Literal["badge", "pin"]) -> None:
    budget = draft.site.pins
    if way == "pin":
        budget = codes.wrong(budget, draft.now_ms)
        draft.put(pins=budget)
    wait_seconds = codes.wait_seconds(budget, draft.now_ms) if way == "pin" else 0
    draft.note(
        messages.CodeRefused(
            kiosk=kiosk, way=way, wrong_today=math.ceil(budget.level), wait_seconds=wait_seconds
        )
    )
    draft.tell(kiosk, ask, messages.Refused(why="code", wait_seconds=wait_seconds))
