"""Who stands there: codes typed or shown, badges scanned; the same answer, and time, whatever was wrong."""

import math
from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

from msgspec.structs import replace

from contract import credential, messages
from locker_firmware_bridge.core import codes
from locker_firmware_bridge.core.records import Budget
from locker_firmware_bridge.core.state import Draft

WithBadge = TypeVar("WithBadge", bound=messages.StaffCredential | messages.PersonBadge)


def by_code(
    draft: Draft, kiosk: str, ask: str, body: messages.Present | messages.StartDrop, keys: Iterable[codes.Key]
) -> codes.Match | None:
    """Which of these keys the code fits; None: it is wrong, or comes too soon, and they were told."""
    site_key = draft.site.rules.site_key
    if body.digits is not None:
        wait_seconds = codes.wait_seconds(draft.site.codes, draft.now_ms)
        if wait_seconds:
            draft.refuse(kiosk, ask, messages.Refused(why="code", wait_seconds=wait_seconds))
            return None
        match = codes.recognise_digits(site_key, keys, body.digits)
    elif body.token is not None:
        match = codes.recognise_token(site_key, keys, body.token)
        if match is None and is_flood(draft):
            draft.refuse(kiosk, ask, messages.Refused(why="code"))
            return None
    else:
        draft.refuse(kiosk, ask, messages.Refused(why="malformed"))
        return None
    draft.hear(kiosk, ask)
    if match is None:
        wrong_code(draft, kiosk, ask, "typed" if body.digits is not None else "qr")
    return match


def by_badge(
    draft: Draft, kiosk: str, ask: str, badge: str, known: Mapping[str, WithBadge]
) -> WithBadge | None:
    """Whose badge it is; None: nobody's, and they were told; or too soon, so that none can be guessed.

    Numbers of badges are short and come in order: wrong ones slow down as wrong PINs do, with their budget.
    """
    wait_seconds = codes.wait_seconds(draft.site.pins, draft.now_ms)
    if wait_seconds:
        draft.refuse(kiosk, ask, messages.Refused(why="code", wait_seconds=wait_seconds))
        return None
    found = None if draft.now_ms < draft.site.scan_again_ms else _owner(draft, badge, known)
    if found is None and is_flood(draft):  # a badge's number can be guessed: not even a right one is told
        draft.refuse(kiosk, ask, messages.Refused(why="code", wait_seconds=1))
        return None
    draft.hear(kiosk, ask)
    if found is None:
        draft.put(pins=codes.wrong(draft.site.pins, draft.now_ms))
        refused(draft, kiosk, ask, "badge", draft.site.pins)
    return found


def _owner(draft: Draft, badge: str, known: Mapping[str, WithBadge]) -> WithBadge | None:
    given = credential.badge_hash(draft.site.rules.site_key, badge)
    found = None
    for one in known.values():
        if one.badge_hash is not None and credential.same(given, one.badge_hash):
            found = one
    return found


def is_flood(draft: Draft) -> bool:
    """Whether a wrong scan comes too soon after another one to be worth a fact."""
    if draft.now_ms < draft.site.scan_again_ms:
        return True
    draft.forget_after_restart(scan_again_ms=draft.now_ms + codes.SCAN_EVERY_MS)
    return False


def wrong_code(draft: Draft, kiosk: str, ask: str, way: Literal["typed", "qr"]) -> None:
    """The same whatever was wrong. A QR cannot be guessed: it costs the keypad nothing."""
    if way == "typed":
        draft.put(codes=codes.wrong(draft.site.codes, draft.now_ms))
    refused(draft, kiosk, ask, way, draft.site.codes)


def refused(
    draft: Draft,
    kiosk: str,
    ask: str,
    way: Literal["typed", "qr", "badge", "pin"],
    budget: Budget,
) -> None:
    """Note and tell it; what can be guessed may have to wait."""
    wait_seconds = codes.wait_seconds(budget, draft.now_ms) if way != "qr" else 0
    draft.note(
        messages.CodeRefused(
            kiosk=kiosk, way=way, wrong_today=math.ceil(budget.level), wait_seconds=wait_seconds
        )
    )
    draft.tell(kiosk, ask, messages.Refused(why="code", wait_seconds=wait_seconds))


def next_used(draft: Draft, match: codes.Match) -> None:
    """If the hub renewed the code and told it, the one before is dead from now on."""
    if match.generation == match.key.generation:
        return
    if match.key.is_proxy:
        draft.put_proxy_use(match.key.owner, match.generation)
        return
    pickup = draft.site.pickups[match.key.owner]
    draft.put_pickup(replace(pickup, generation=match.generation))
    draft.note(messages.CodeRotated(pickup=pickup.pickup, generation=match.generation, why="next_used"))
