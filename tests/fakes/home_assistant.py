"""Home Assistant as far as it reads: what its MQTT integration makes of messages, and shows.

After `components/mqtt/discovery.py`, `binary_sensor.py` and `sensor.py` of Home Assistant: the form of the
topics, what must be there, that an entity stays until it is named with its platform alone or its whole
device is emptied, and what each payload means. Stricter in one thing: a key it does not know is an error
here, so that nothing that commands can be among them.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment

_TOPIC = re.compile(r"(\w+)/(?:([a-zA-Z0-9_-]+)/)?([a-zA-Z0-9_-]+)/config")
_ROOT = {"device", "origin", "availability_topic", "state_topic", "qos", "components"}
_DEVICE = {"identifiers", "name", "manufacturer", "sw_version", "configuration_url"}
_COMPONENT = {"platform", "unique_id", "name", "device_class", "state_class", "entity_category"}
_COMPONENT |= {"value_template", "json_attributes_topic", "json_attributes_template"}
_CLASSES = {"door", "problem", "connectivity"}
_SHARED = ("availability_topic", "state_topic", "qos")

_template = cache(Environment(autoescape=False).from_string)  # noqa: S701 - no HTML


@dataclass(frozen=True)
class Entity:
    """One entity and its device."""

    device: dict[str, Any]
    config: dict[str, Any]

    @property
    def name(self) -> str:
        """As the list of entities shows it."""
        own = self.config.get("name") or self.config["device_class"]
        return f"{self.device['name']} {own}"


class HomeAssistant:
    """`heard` is what arrives at its broker, `states` what it shows, by the unique ids of the entities."""

    def __init__(self, prefix: str = "homeassistant") -> None:
        self._prefix = prefix
        self._known: dict[tuple[str, str], Entity] = {}
        self._standing: dict[str, bytes] = {}

    @property
    def entities(self) -> dict[str, Entity]:
        """By unique id."""
        named = [(entity.config["unique_id"], entity) for entity in self._known.values()]
        assert len(dict(named)) == len(named), "two entities with one unique id"
        return dict(named)

    def heard(self, topic: str, payload: bytes) -> None:
        """A message."""
        if topic.startswith(f"{self._prefix}/"):
            self._discover(topic.removeprefix(f"{self._prefix}/"), payload)
        elif payload:
            self._standing[topic] = payload
        else:
            self._standing.pop(topic, None)

    def states(self) -> dict[str, str]:
        """What every entity shows."""
        return {key: self._state(entity.config) for key, entity in self.entities.items()}

    def attributes(self, unique_id: str) -> Any:
        """What else one tells."""
        config = self.entities[unique_id].config
        shown = self._render(config["json_attributes_topic"], config["json_attributes_template"])
        attributes = json.loads(shown or "{}")
        assert isinstance(attributes, dict)
        return attributes

    def _discover(self, topic: str, payload: bytes) -> None:
        match = _TOPIC.fullmatch(topic)
        assert match is not None, f"no topic of the discovery: {topic}"
        component, node, thing = match.groups()
        assert component == "device"
        device_id = f"{node} {thing}"
        if not payload:
            self._known = {key: one for key, one in self._known.items() if key[0] != device_id}
            return
        told = _known(json.loads(payload), _ROOT)
        device, origin = _known(told["device"], _DEVICE), told["origin"]
        assert device["identifiers"]
        assert origin["name"]
        for key, short in told["components"].items():
            self._component(device_id, key, device, _known(short, _COMPONENT), told)

    def _component(
        self, device_id: str, key: str, device: dict[str, Any], config: dict[str, Any], told: dict[str, Any]
    ) -> None:
        platform = config["platform"]
        if len(config) == 1:
            gone = self._known.pop((device_id, key), None)
            assert gone is None or gone.config["platform"] == platform
            return
        assert platform in ("sensor", "binary_sensor")
        assert config["unique_id"]
        assert platform == "sensor" or config["device_class"] in _CLASSES
        assert config.get("state_class") in (None, "measurement")
        assert config.get("entity_category") in (None, "diagnostic")
        shared = {name: told[name] for name in _SHARED if name in told}
        self._known[device_id, key] = Entity(device, shared | config)

    def _state(self, config: dict[str, Any]) -> str:
        if self._standing.get(config["availability_topic"]) != b"online":
            return "unavailable"
        shown = self._render(config["state_topic"], config["value_template"])
        if shown in (None, "None"):
            return "unknown"
        if config["platform"] == "binary_sensor":
            return {"ON": "on", "OFF": "off"}[shown]
        return f"{float(shown):g}"

    def _render(self, topic: str, template: str) -> str | None:
        payload = self._standing.get(topic)
        if payload is None:
            return None
        return _template(template).render(value_json=json.loads(payload)).strip()


def _known(told: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    assert told.keys() <= keys, told.keys() - keys
    return told
