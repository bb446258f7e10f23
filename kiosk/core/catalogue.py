"""What may be ordered at this place, at the price of its partner: integer cents, never a float.

Everything comes from the feed, so that it holds offline. Where the kiosk's clock is not known, nothing is
promised, and what is only offered between two dates is not offered.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from contract.messages import OrderLine, Promise, Service, ServiceOption, Tracked, Words

_T = TypeVar("_T")

ON_A_PAGE: Final = 4
"""So many services are shown at once."""
OPTIONS_ON_A_PAGE: Final = 3
_LONGEST_NAME: Final = 80
_ON_ITS_WAY: Final = ("dropped", "in_hand", "away")


@dataclass(frozen=True, slots=True)
class Offers:
    """The catalogue at one moment.

    `tags` are on bags that are on their way; `now_ms` is wall time, where it is known.
    """

    services: tuple[Service, ...] = ()
    tags: frozenset[str] = frozenset()
    site: str = ""
    now_ms: int | None = None

    def find(self, service: str) -> Service | None:
        """The service with this id, as it is offered now."""
        return next((one for one in self.services if one.service == service), None)

    def for_a_stranger(self) -> "Offers":
        """What somebody may have of whom nobody knows where they work: no employer pays for them."""
        return replace(self, services=tuple(one for one in self.services if one.pay != "employer"))

    def pages(self) -> tuple[tuple[Service | None, ...], ...]:
        """The services a screen at a time; None, at the end, is "something else"."""
        return _paged((*self.services, None), ON_A_PAGE)


def offered(services: Iterable[Service], now_ms: int | None) -> tuple[Service, ...]:
    """Those offered now, in the order the place gave them."""
    return tuple(
        sorted(
            (one for one in services if _is_offered(one, now_ms)),
            key=lambda one: (one.place, one.service),
        )
    )


def tags_on_their_way(tracked: Iterable[Tracked]) -> frozenset[str]:
    """The tags that cannot be on a bag that is dropped now."""
    return frozenset(one.tag for one in tracked if one.tag and one.state in _ON_ITS_WAY and not one.lost)


def promise(service: Service, now_ms: int | None) -> Promise | None:
    """The first one that can still be kept."""
    if now_ms is None:
        return None
    return next((one for one in service.promises if now_ms < one.before_ms), None)


def said(words: Words, *languages: str) -> str:
    """The words in the first of these languages they have, else in any; empty where there are none."""
    by_language = {one.language: one.text for one in words}
    found = next((by_language[tongue] for tongue in languages if by_language.get(tongue)), "")
    return found or next((text for text in by_language.values() if text), "")


def lines(service: Service, counts: dict[str, int], *languages: str) -> tuple[OrderLine, ...]:
    """The service and its options, in the first of these languages that each has.

    `counts`: how often each option was chosen.
    """
    first = OrderLine(name=_short(said(service.name, *languages), service.service), unit_cents=service.cents)
    return (
        first,
        *(
            OrderLine(
                name=_short(said(one.name, *languages), one.option),
                unit_cents=one.unit_cents,
                count=counts[one.option],
                option=one.option,
            )
            for one in service.options
            if counts.get(one.option)
        ),
    )


def total_cents(order: Iterable[OrderLine]) -> int:
    """What is to be paid to the partner."""
    return sum(one.unit_cents * one.count for one in order)


def option_pages(service: Service) -> tuple[tuple[ServiceOption, ...], ...]:
    """The options a screen at a time."""
    return _paged(service.options, OPTIONS_ON_A_PAGE)


def _is_offered(service: Service, now_ms: int | None) -> bool:
    if now_ms is None:
        return service.from_ms is None and service.until_ms is None
    begun = service.from_ms is None or service.from_ms <= now_ms
    return begun and (service.until_ms is None or now_ms < service.until_ms)


def _short(name: str, otherwise: str) -> str:
    return (name or otherwise)[:_LONGEST_NAME]


def _paged(all_of_them: tuple[_T, ...], size: int) -> tuple[tuple[_T, ...], ...]:
    return tuple(all_of_them[start : start + size] for start in range(0, max(len(all_of_them), 1), size))
