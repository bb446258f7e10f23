"""Mandates: who was sent collects for somebody else, with a code of their own, for a time.

They live by the last feed on the disk, so that a mandate ends with the line cut as well: revoked by its
tombstone, or over by the wall clock, which nothing else here looks at. Where that clock is not known no
mandate is good, and a clock that is set back brings none back.
"""

from collections.abc import Collection
from typing import Final

from contract import messages
from locker_firmware_bridge.core import codes
from locker_firmware_bridge.core.conversations import revoked
from locker_firmware_bridge.core.records import Item, Wall
from locker_firmware_bridge.core.state import Draft, Site

_NOTED_EVERY_MS: Final = 60_000
_LONGEST_ABSENCE_MS: Final = 45 * 86_400_000


# --- what the hub says -------------------------------------------------------------------------


def given(draft: Draft, document: messages.Proxy) -> None:
    """A mandate, new or changed: who came in by what it was before goes on no more."""
    if draft.site.proxies.get(document.proxy, document) != document:
        revoked(draft, "proxy", document.proxy)
    draft.forget_after_restart(proxies={**draft.site.proxies, document.proxy: document})


def ended(draft: Draft, name: str) -> None:
    """Revoked, at once and for good."""
    if name in draft.site.proxies or name in draft.site.proxy_uses:
        draft.drop_proxy(name)
    others = {other: proxy for other, proxy in draft.site.proxies.items() if other != name}
    draft.forget_after_restart(proxies=others)
    revoked(draft, "proxy", name)


def forget_others(draft: Draft, documents: Collection[str]) -> None:
    """These are all documents the hub has: other mandates were revoked meanwhile."""
    for name in [name for name in draft.site.proxy_uses if f"proxy/{name}" not in documents]:
        ended(draft, name)


# --- which are good ----------------------------------------------------------------------------


def clock_seen(draft: Draft) -> None:
    """Remember how late it is, once a minute at most.

    A clock that is synchronised is right, whatever another one said before. One that is not moves the
    memory forward only, by no more than a site may be offline: one wrong reading does not end all mandates.
    """
    if draft.wall_ms is None or not draft.room:
        return
    ahead_ms = draft.wall_ms - draft.site.wall.latest_ms
    known = draft.site.wall.latest_ms > 0
    if draft.synced:
        news = abs(ahead_ms) >= _NOTED_EVERY_MS
    else:
        news = ahead_ms >= _NOTED_EVERY_MS and (not known or ahead_ms <= _LONGEST_ABSENCE_MS)
    if news:
        draft.put(wall=Wall(latest_ms=draft.wall_ms))


def keys(draft: Draft) -> list[codes.Key]:
    """The codes of all mandates that are good now and under which something waits."""
    site = draft.site
    good = (proxy for proxy in site.proxies.values() if _is_good(draft, proxy))
    return [_key(site, proxy) for proxy in good if _waiting(site, proxy) is not None]


def pickup_of(site: Site, proxy: messages.Proxy) -> str | None:
    """The pickup under which what this mandate is for waits."""
    item = _waiting(site, proxy)
    return None if item is None else item.pickup


def may_receive(draft: Draft, name: str, item: Item) -> bool:
    """Whether staff may hand this over to the bearer; where the clock is unknown they judge the time."""
    proxy = draft.site.proxies.get(name)
    if proxy is None or not _covers(proxy, item):
        return False
    return name not in draft.site.spent if draft.wall_ms is None else _is_good(draft, proxy)


def _waiting(site: Site, proxy: messages.Proxy) -> Item | None:
    return next((item for item in site.items.values() if item.waits and _covers(proxy, item)), None)


def _covers(proxy: messages.Proxy, item: Item) -> bool:
    return item.person == proxy.person and (not proxy.items or item.item in proxy.items)


def _key(site: Site, proxy: messages.Proxy) -> codes.Key:
    used = site.proxy_uses.get(proxy.proxy)
    generation = max(proxy.generation, 0 if used is None else used.generation)
    return codes.Key(proxy.proxy, proxy.number, generation, is_proxy=True)


def _is_good(draft: Draft, proxy: messages.Proxy) -> bool:
    if draft.wall_ms is None or proxy.proxy in draft.site.spent:
        return False
    latest_ms = draft.wall_ms if draft.synced else max(draft.wall_ms, draft.site.wall.latest_ms)
    return proxy.from_ms <= latest_ms < proxy.until_ms
