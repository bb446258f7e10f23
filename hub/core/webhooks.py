"""What other programs are told when it happens: which facts, in what words, signed how, how often. Pure.

The headers are those of Standard Webhooks (standardwebhooks.com): `webhook-id` is the same at every try,
`webhook-timestamp` is of the try, `webhook-signature` is an HMAC over both and the body. A body bears ids
only: who may know more asks the API.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final, Literal, get_args

import msgspec

from contract import messages as m
from hub.core.rights import Scope, sees
from hub.core.told import Told

Kind = Literal[
    "parcel.received",
    "parcel.collected",
    "order.ready",
    "door.alarm",
    "device.offline",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
TEST: Final = "test"
"""What the button sends, whatever else was chosen."""

Why = Literal["unknown_host", "private", "unreachable", "no_answer", "moved", "gone", "refused", "trouble"]
"""Why a try failed. `moved`: redirects are not followed; `gone`: 410, it is not to be told any more."""

PARCELS: Final = frozenset({"parcel", "letter", "registered_letter"})
TYPES: Final = (
    "item_left",
    "item_collected",
    "work_done",
    "door_not_opened",
    "door_left_open",
    "door_forced",
    "door_uncertain",
)
"""Types of facts that may be worth telling."""

GIVE_UP_MS: Final = 5 * 86_400_000
"""Nothing got through for so long: nothing more is sent until somebody looks at it."""
_WAITS_S: Final = (5, 60, 300, 900, 3_600, 10_800, 21_600, 43_200)
"""Together a little less than a day."""
MOST_TRIES: Final = len(_WAITS_S) + 1
_ALARMS: Final[dict[type[m.AnyFact], str]] = {
    m.DoorNotOpened: "jammed",
    m.DoorLeftOpen: "left_open",
    m.DoorForced: "forced",
    m.DoorUncertain: "uncertain",
}
_NAT64: Final = ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Happening:
    """Something to be told once: `subject` makes it the same however often it is seen."""

    kind: str
    subject: str
    site: str
    at_ms: int
    data: tuple[tuple[str, Any], ...]


# --- what is worth telling ---------------------------------------------------------------------


def happening(told: Told, item: dict[str, Any] | None, order: dict[str, Any] | None) -> Happening | None:
    """What a fact tells other programs, if anything. `item` and `order`: the rows it is about, as folded."""
    fact = told.fact
    match fact:
        case m.ItemLeft() if _is_held(item):
            return _of_item("parcel.received", fact.item, told)
        case m.ItemCollected() if _is_held(item):
            return _of_item("parcel.collected", fact.item, told)
        case m.WorkDone() if order is not None and order["state"] in ("ready", "done"):
            return Happening("order.ready", fact.order, told.site, told.at_ms, (("order", fact.order),))
        case m.DoorNotOpened() | m.DoorLeftOpen() | m.DoorForced() | m.DoorUncertain():
            data = (("compartment", fact.compartment), ("alarm", _ALARMS[type(fact)]))
            return Happening("door.alarm", told.event, told.site, told.at_ms, data)
    return None


def offline(site: str, device: str, since_ms: int) -> Happening:
    """A device was not heard of any more."""
    subject = f"{device}@{since_ms}"
    return Happening("device.offline", subject, site, since_ms, (("device", device),))


def _is_held(item: dict[str, Any] | None) -> bool:
    """A parcel for somebody here, and nothing somebody dropped for a partner."""
    return item is not None and item["kind"] in PARCELS and item["purpose"] != "drop"


def _of_item(kind: str, item: str, told: Told) -> Happening:
    return Happening(kind, item, told.site, told.at_ms, (("item", item),))


def is_wanted(happened: Happening, kinds: Iterable[str], sites: Scope) -> bool:
    """Whether a webhook of these kinds and sites is told of it."""
    return happened.kind in set(kinds) and sees(sites, happened.site)


def body(kind: str, at_ms: int, data: Iterable[tuple[str, Any]]) -> str:
    """What is sent, the same at every try."""
    at = datetime.fromtimestamp(max(at_ms, 0) / 1000, UTC)
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": dict(data)}).decode()


# --- how it is sent ----------------------------------------------------------------------------


def signature(secret: bytes, message: str, at_seconds: int, content: str) -> str:
    """The value of `webhook-signature`."""
    signed = hmac.new(secret, f"{message}.{at_seconds}.{content}".encode(), sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def secret_text(secret: bytes) -> str:
    """The secret as libraries for Standard Webhooks take it."""
    return "whsec_" + base64.b64encode(secret).decode()


def back_off_ms(tries: int) -> int | None:
    """How long to wait after so many tries that failed; None: never again."""
    return _WAITS_S[tries - 1] * 1000 if tries <= len(_WAITS_S) else None


# --- where it may go ---------------------------------------------------------------------------


def is_public(address: str) -> bool:
    """Whether this IP address is one of the whole world: neither a house's own, nor one hidden in another."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = [found, *_hidden(found)]
    return all(one.is_global and not one.is_multicast for one in inner)


def _hidden(found: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """IPv4 addresses that an IPv6 one leads to."""
    if isinstance(found, IPv4Address):
        return []
    inside = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
    if found in _NAT64:
        inside.append(IPv4Address(int(found) & 0xFFFF_FFFF))
    return [one for one in inside if one is not None]
