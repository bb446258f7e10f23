"""Where each message travels: the only place with topic strings (design.md section 4).

A device's id is its certificate's name, its MQTT user name and its client id at once, so that a few
lines are the whole access list (broker_config/).
"""

import re
from dataclasses import dataclass
from typing import Literal

from contract.messages import DEVICE_PATTERN

ROOT = "conciergerie/1"
HUB = "hub"

UpLeaf = Literal["hello", "batch", "reply"]
DownLeaf = Literal["welcome", "ack", "feed", "order"]

_DEVICE = re.compile(DEVICE_PATTERN)


class TopicError(ValueError):
    """A name that cannot stand in a topic, or a topic that is none of ours."""


def device_id(name: str) -> str:
    """Return `name` if it may name a device (`[a-z0-9-]{1,40}`), else raise TopicError."""
    if not _DEVICE.match(name):
        raise TopicError(f"{name[:80]!r} cannot name a device: use 1 to 40 of a-z, 0-9 and -")
    return name


# --- hub broker --------------------------------------------------------------------------------


def up(device: str, leaf: UpLeaf) -> str:
    """Device to hub."""
    return f"{ROOT}/{device_id(device)}/up/{leaf}"


def down(device: str, leaf: DownLeaf) -> str:
    """Hub to device."""
    return f"{ROOT}/{device_id(device)}/down/{leaf}"


def presence(device: str) -> str:
    """Retained presence and last will of a device, or of the hub (`HUB`)."""
    return f"{ROOT}/{device_id(device)}/presence"


def device_subscriptions(device: str) -> tuple[str, ...]:
    """What a device listens to on the hub broker."""
    return (f"{ROOT}/{device_id(device)}/down/+", presence(HUB))


def hub_subscriptions() -> tuple[str, ...]:
    """What the hub listens to on its broker."""
    return (f"{ROOT}/+/up/+", f"{ROOT}/+/presence")


# --- site broker -------------------------------------------------------------------------------


def ask(bridge: str, kiosk: str) -> str:
    """A kiosk's wish, for its bridge."""
    return f"{ROOT}/lan/{device_id(bridge)}/ask/{device_id(kiosk)}"


def answer(kiosk: str, bridge: str) -> str:
    """The bridge's answer, for that kiosk."""
    return f"{ROOT}/lan/{device_id(kiosk)}/answer/{device_id(bridge)}"


def doors(bridge: str) -> str:
    """Retained picture of all doors."""
    return f"{ROOT}/lan/{device_id(bridge)}/doors"


def lan_presence(bridge: str) -> str:
    """Retained presence, beat and last will of the bridge on the site broker."""
    return f"{ROOT}/lan/{device_id(bridge)}/presence"


def bridge_subscriptions(bridge: str) -> tuple[str, ...]:
    """What a bridge listens to on the site broker."""
    return (f"{ROOT}/lan/{device_id(bridge)}/ask/+",)


def kiosk_subscriptions(kiosk: str, bridge: str) -> tuple[str, ...]:
    """What a kiosk listens to on the site broker."""
    return (answer(kiosk, bridge), doors(bridge), lan_presence(bridge))


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """A parsed topic: who wrote it, for whom where that matters, and its last word."""

    writer: str
    leaf: str
    reader: str | None = None


def parse(topic: str) -> Route:
    """Take a topic apart.

    `up/*` and `presence` name their writer; `ask` has writer kiosk and reader bridge, `answer` writer
    bridge and reader kiosk. Raises TopicError for anything else.
    """
    prefix, _, rest = topic.partition(ROOT + "/")
    if prefix or not rest:
        raise TopicError(f"not a topic of ours: {topic[:80]!r}")
    match rest.split("/"):
        case ["lan", reader, "ask" | "answer" as leaf, writer]:
            return Route(device_id(writer), leaf, device_id(reader))
        case ["lan", writer, "doors" | "presence" as leaf]:
            return Route(device_id(writer), leaf)
        case [writer, "up", "hello" | "batch" | "reply" as leaf]:
            return Route(device_id(writer), leaf)
        case [reader, "down", "welcome" | "ack" | "feed" | "order" as leaf]:
            return Route(HUB, leaf, device_id(reader))
        case [writer, "presence"]:
            return Route(device_id(writer), "presence")
    raise TopicError(f"not a topic of ours: {topic[:80]!r}")
