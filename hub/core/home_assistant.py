"""What a house automation is told of the sites: the messages of Home Assistant's MQTT discovery. Pure.

A site is a device there: its doors, how many are free or need somebody, and whether its machines are
connected. Nothing of any person, item or code, and no command topic: nothing can be opened from there. Each
site has two retained messages, which entities there are (`config`) and how they stand (`state`), after
https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.device_alarms import worries
from hub.core.door_alarms import door_things
from hub.core.fleet import Standing
from hub.core.sight import Device, Door, called, door_word

ONLINE, OFFLINE = b"online", b"offline"
PROGRAM: Final = "conciergerie"
LARGEST: Final = 262_144
"""Bytes of a message: more than the 300 doors a site may have take, with all that is long."""

Messages = dict[str, bytes]
"""Topic -> payload, all retained."""


@dataclass(frozen=True)
class Speaker:
    """As whom the hub speaks there: `name` begins its own topics and ids, `prefix` those of the discovery."""

    name: str = PROGRAM
    prefix: str = "homeassistant"
    version: str = ""
    address: str = ""
    """Where people find the pages; empty where that is not known."""

    @property
    def availability(self) -> str:
        """Where it says that it is there; its last will says that it is not."""
        return f"{self.name}/status"

    @property
    def own_topics(self) -> tuple[str, ...]:
        """Filters for all it ever said, and nobody else: the broker is its memory."""
        return (self.availability, self.config("+"), self.state("+"))

    def config(self, site: str) -> str:
        """Which entities a site has."""
        return f"{self.prefix}/device/{self.name}/{site}/config"

    def state(self, site: str) -> str:
        """How they stand."""
        return f"{self.name}/{site}/state"


@dataclass(frozen=True)
class Words:
    """How entities are called, in the language of a site. `door` has `%(door)s` in it."""

    door: str
    free: str
    to_see: str
    kiosk: str
    lockers: str


@dataclass(frozen=True)
class Place:
    """A site as it stands: its declared doors, and its devices in service."""

    site: str
    name: str
    words: Words
    doors: Sequence[Door]
    standings: Sequence[Standing]

    @property
    def locks(self) -> list[Door]:
        """The doors; a place on a shelf has none."""
        return [door for door in self.doors if door.kind == "lock"]

    @property
    def devices(self) -> list[Device]:
        """Its kiosks and its bridge."""
        return [standing.device for standing in self.standings]

    @property
    def is_seen(self) -> bool:
        """Whether whoever knows the doors can be heard now: else nobody says how they are."""
        return any(device.online and device.kind == "bridge" for device in self.devices)


def messages(speaker: Speaker, places: Iterable[Place], now_ms: int) -> Messages:
    """All that is to stand at the broker. `now_ms` is the hub's wall clock."""
    standing = {speaker.availability: ONLINE}
    for place in places:
        standing[speaker.config(place.site)] = _encoded(_config(speaker, place))
        standing[speaker.state(place.site)] = _encoded(_state(place, now_ms))
    return standing


def changes(wanted: Messages, there: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """What to say, in this order, so that what is `there` becomes what is wanted.

    What is wanted no more is said with nothing in it. An entity that goes while its site stays is named once
    with its platform alone, as Home Assistant asks for, and then no more.
    """
    for topic in there.keys() - wanted.keys():
        yield topic, b""
    for topic, payload in wanted.items():
        known = there.get(topic, b"")
        if known == payload:
            continue
        if gone := _entities(known).items() - _entities(payload).items():
            yield topic, _without(payload, dict(gone))
        yield topic, payload


# --- which entities ----------------------------------------------------------------------------


def _config(speaker: Speaker, place: Place) -> dict[str, Any]:
    identity = f"{speaker.name}-{place.site}"
    device = {
        "identifiers": [identity],
        "name": place.name,
        "manufacturer": PROGRAM,
        "sw_version": speaker.version,
    }
    if speaker.address:
        device["configuration_url"] = f"{speaker.address}sites/{place.site}/casiers"
    entities = dict(_components(speaker, place))
    for key, entity in entities.items():
        entity |= {"unique_id": f"{identity}-{key}", "value_template": f"{{{{ value_json['{key}'] }}}}"}
    return {
        "device": device,
        "origin": {"name": PROGRAM, "sw_version": speaker.version},
        "availability_topic": speaker.availability,
        "state_topic": speaker.state(place.site),
        "qos": 1,
        "components": entities,
    }


def _components(speaker: Speaker, place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entities without a name are called by Home Assistant after their class, in its own language."""
    words = place.words
    count = {"platform": "sensor", "state_class": "measurement"}
    yield "free", count | {"name": words.free}
    yield "to_see", count | {"name": words.to_see}
    why = {
        "json_attributes_topic": speaker.state(place.site),
        "json_attributes_template": "{{ value_json['why'] | tojson }}",
    }
    yield "problem", _binary("problem") | why
    for door in place.locks:
        yield _of_door(door), _binary("door") | {"name": words.door % {"door": door.compartment}}
    for device in place.devices:
        kind = words.kiosk if device.kind == "kiosk" else words.lockers
        named = {"name": called(device, kind, place.devices), "entity_category": "diagnostic"}
        yield _of_device(device), _binary("connectivity") | named


def _binary(device_class: str) -> dict[str, Any]:
    return {"platform": "binary_sensor", "device_class": device_class}


# --- how they stand ----------------------------------------------------------------------------


def _state(place: Place, now_ms: int) -> dict[str, Any]:
    """By the rules of the pages; null, which reads as unknown, is what nobody can see at the moment."""
    to_see = sorted({number for thing in door_things(place.locks) for number in thing.compartments})
    worried = [one.device.id for one in place.standings if worries(one, now_ms)]
    free = sum(door_word(door) == "free" for door in place.locks)
    seen = place.is_seen
    return {
        "free": free if seen else None,
        "to_see": len(to_see) if seen else None,
        "problem": _on(True) if worried else _on(bool(to_see)) if seen else None,
        "why": {"doors": to_see if seen else [], "devices": worried},
        **{_of_door(door): _door(door) if seen else None for door in place.locks},
        **{_of_device(device): _on(device.online) for device in place.devices},
    }


def _door(door: Door) -> str | None:
    return None if door.silent or door.state not in ("open", "closed") else _on(door.state == "open")


def _on(is_so: bool) -> str:
    return "ON" if is_so else "OFF"


def _of_door(door: Door) -> str:
    return f"door_{door.compartment}"


def _of_device(device: Device) -> str:
    return f"device_{device.id}"


# --- what was said before ----------------------------------------------------------------------


class _Component(Struct, frozen=True):
    platform: str
    unique_id: str = ""


class _Known(Struct, frozen=True):
    components: dict[str, _Component]


_known = msgspec.json.Decoder(_Known)


def _entities(config: bytes) -> dict[str, str]:
    """The entities a message makes and their platforms; none where it is no `config`, whoever wrote it."""
    try:
        known = _known.decode(config)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return {key: one.platform for key, one in known.components.items() if one.unique_id}


def _without(config: bytes, gone: Mapping[str, str]) -> bytes:
    said = msgspec.json.decode(config)
    said["components"] |= {key: {"platform": platform} for key, platform in gone.items()}
    return _encoded(said)


def _encoded(said: dict[str, Any]) -> bytes:
    return msgspec.json.encode(said)
