"""The route of a bag, and when it must have reached each post so that the promise is kept. Pure.

"In before 10:00, out by 18:00": at eight hours from hand to hand, the leads below. Where more time was
promised the posts have more of it, and where less was promised less, in proportion.
"""

from typing import Final

ROUTE: Final = ("reception", "run", "wash", "finish", "return")
RECEPTION, RUN, WASH, RETURN = (ROUTE.index(post) for post in ("reception", "run", "wash", "return"))

_HOUR_MS: Final = 3_600_000
_LEADS_MS: Final = {
    "reception": 8 * _HOUR_MS,
    "run": 7 * _HOUR_MS,
    "wash": 5 * _HOUR_MS,
    "finish": 2 * _HOUR_MS,
    "return": _HOUR_MS // 2,
}
_SHORT_MS, _ONE_DAY_MS = 8 * _HOUR_MS, 12 * _HOUR_MS
"""What is promised for between these goes by these leads."""


def rank(post: str | None) -> int | None:
    """The place of a post on the route; None for one that is not on it."""
    return ROUTE.index(post) if post in ROUTE else None


def next_post(reached: int | None, at_partner: bool, kind: str | None) -> str | None:
    """Where the bag is to be scanned next, having `reached` a place on its route; None once it is back.

    What a partner has comes back to the site, wherever the partner takes it meanwhile. A basket comes from
    its partner.
    """
    if reached is None:
        return "return" if kind == "basket" else None
    if at_partner:
        return "return"
    return ROUTE[reached + 1] if reached + 1 < len(ROUTE) else None


def due_ms(post: str | None, begun_ms: int | None, promised_ms: int | None) -> int | None:
    """When it must have been scanned at `post`; None where nothing was promised."""
    if post is None or promised_ms is None:
        return None
    span_ms = promised_ms - begun_ms if begun_ms is not None else _ONE_DAY_MS
    if 0 < span_ms < _SHORT_MS:  # else the bag would be late before it was there
        return promised_ms - _LEADS_MS[post] * span_ms // _SHORT_MS
    return promised_ms - _LEADS_MS[post] * max(span_ms, _ONE_DAY_MS) // _ONE_DAY_MS
