"""What Home Assistant shows is what the pages show of doors and machines, and nothing of anybody."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.fleet import Machine, Standing
from hub.core.home_assistant import LARGEST, Messages, Place, Speaker, Words, changes, messages
from hub.core.sight import Device, Door, door_word
from tests.fakes.home_assistant import HomeAssistant

NOW = 1_795_000_000_000
SPEAKER = Speaker(version="1", address="https://conciergerie.example/")
WORDS = Words("Porte %(door)s", "Portes libres", "Portes à voir", "Borne", "Casiers")
SECRETS = ("it-is-a-parcel", "somebody", "operation-1", "letter")

DOOR = Door(
    "borny", 7, True, "lock", "M", 50, 1, 1, None, "closed", NOW, False, False, None, None, None, None, None,
    None, 0, "usable", "",
)  # fmt: skip
doors = st.builds(
    partial(replace, DOOR),
    compartment=st.integers(1, 12),
    kind=st.sampled_from(["lock", "lock", "lock", "shelf"]),
    state=st.sampled_from(["open", "closed", "unknown"]),
    silent=st.booleans(),
    alarm=st.sampled_from([None, None, "jammed", "left_open", "forced", "uncertain"]),
    operation=st.just(SECRETS[2]),
    operation_state=st.sampled_from([None, "pulsed", "closed"]),
    item=st.sampled_from([None, SECRETS[0]]),
    usable=st.sampled_from(["usable", "usable", "out", "unchecked"]),
    unsure_ms=st.sampled_from([None, NOW]),
    item_state=st.sampled_from(["claimed", "waiting"]),
    item_kind=st.just(SECRETS[3]),
    person=st.just(SECRETS[1]),
)


def machine(name: str, kind: str, online: bool, celsius: int = 50) -> Standing:
    device = Device(name, "borny", kind, online, NOW, NOW, 3)
    return Standing(device, 0, clock="synced", machine=Machine(NOW, name, NOW, celsius=celsius))


machines = st.lists(
    st.builds(
        machine,
        st.sampled_from(["borny-bridge", "borny-kiosk", "hall", "cellar"]),
        st.sampled_from(["bridge", "kiosk"]),
        st.booleans(),
        st.sampled_from([50, 90]),
    ),
    max_size=3,
    unique_by=lambda one: one.device.id,
)
places = st.builds(
    Place,
    site=st.sampled_from(["borny", "paris", "metz-nord"]),
    name=st.sampled_from(["Résidence Borny", "Résidence « Les Peupliers »"]),
    words=st.just(WORDS),
    doors=st.lists(doors, max_size=8, unique_by=lambda door: door.compartment),
    standings=machines,
)
networks = st.lists(places, max_size=3, unique_by=lambda place: place.site)


def told(network: Iterable[Place]) -> Messages:
    return messages(SPEAKER, network, NOW)


def reader(*said: Iterable[tuple[str, bytes]]) -> HomeAssistant:
    home = HomeAssistant()
    for messages_ in said:
        for topic, payload in messages_:
            home.heard(topic, payload)
    return home


def shown(place: Place, state: dict[str, str]) -> dict[str, str]:
    prefix = f"conciergerie-{place.site}-"
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def seen(door: Door, *, heard: bool) -> str:
    if not heard or door.silent:
        return "unknown"
    return {"open": "on", "closed": "off", "unknown": "unknown"}[door.state]


@settings(max_examples=30)
@given(networks)
def test_every_door_and_machine_is_shown_as_it_is_seen(network: list[Place]) -> None:
    states = reader(told(network).items()).states()
    for place in network:
        heard = any(one.device.online for one in place.standings if one.device.kind == "bridge")
        locks = [door for door in place.doors if door.kind == "lock"]
        free = str(sum(door_word(door) == "free" for door in locks))
        mine = shown(place, states)
        assert mine.pop("problem") in ("on", "off", "unknown")
        assert mine.pop("to_see").isdecimal() == heard
        assert mine == {
            "free": free if heard else "unknown",
            **{f"door_{door.compartment}": seen(door, heard=heard) for door in locks},
            **{f"device_{one.device.id}": "on" if one.device.online else "off" for one in place.standings},
        }


@settings(max_examples=30)
@given(networks, networks)
def test_whatever_was_said_before_what_is_shown_is_what_is(before: list[Place], now: list[Place]) -> None:
    wanted, there = told(now), told(before)
    said = list(changes(wanted, there))
    home = reader(there.items(), said)
    fresh = reader(wanted.items())
    assert home.states() == fresh.states()
    assert home.entities == fresh.entities


@given(
    networks,
    st.dictionaries(st.text(max_size=20), st.binary(max_size=40), max_size=5),
    st.binary(max_size=40),
)
def test_what_is_said_leaves_at_the_broker_what_is_wanted_and_then_there_is_no_more_to_say(
    network: list[Place], others: dict[str, bytes], nonsense: bytes
) -> None:
    wanted = told(network)
    there = others | dict.fromkeys(list(wanted)[::2], nonsense)
    for topic, payload in changes(wanted, there):
        there[topic] = payload
        if not payload:
            del there[topic]
    assert there == wanted
    assert list(changes(wanted, there)) == []


@settings(max_examples=30)
@given(networks)
def test_nothing_is_told_of_a_person_or_an_item_and_nothing_can_be_ordered(network: list[Place]) -> None:
    said = b"".join(told(network).values()).decode()
    assert not [word for word in (*SECRETS, "cmd", "command") if word in said]
    nobody: dict[str, Any] = {"person": None, "item_kind": None, "left_evidence": None, "operation": None}
    without = [replace(place, doors=[replace(door, **nobody) for door in place.doors]) for place in network]
    assert told(without) == told(network)


BORNY = Place(
    "borny",
    "Résidence Borny",
    WORDS,
    [DOOR, replace(DOOR, compartment=8), replace(DOOR, compartment=101, kind="shelf")],
    [machine("borny-bridge", "bridge", True), machine("borny-kiosk", "kiosk", True)],
)


def borny(place: Place) -> tuple[dict[str, str], Any]:
    home = reader(told([place]).items())
    return shown(place, home.states()), home.attributes("conciergerie-borny-problem")


def test_a_stuck_door_is_a_problem_and_the_attributes_say_which() -> None:
    state, why = borny(replace(BORNY, doors=[replace(DOOR, alarm="jammed"), replace(DOOR, compartment=8)]))
    assert (state["problem"], state["to_see"], state["free"]) == ("on", "1", "1")
    assert why == {"doors": [7], "devices": []}


def test_a_machine_that_grows_hot_is_a_problem() -> None:
    state, why = borny(
        replace(BORNY, standings=[*BORNY.standings[:1], machine("borny-kiosk", "kiosk", True, 90)])
    )
    assert (state["problem"], state["to_see"]) == ("on", "0")
    assert why == {"doors": [], "devices": ["borny-kiosk"]}


def test_all_well_is_no_problem_and_lockers_nobody_hears_of_are_unknown_not_well() -> None:
    assert borny(BORNY)[0]["problem"] == "off"
    cut = replace(BORNY, standings=[machine("borny-bridge", "bridge", False), *BORNY.standings[1:]])
    state, why = borny(cut)
    assert {state[key] for key in ("problem", "to_see", "free", "door_7", "door_8")} == {"unknown"}
    assert (state["device_borny-bridge"], state["device_borny-kiosk"]) == ("off", "on")
    assert why == {"doors": [], "devices": []}


def test_entities_are_named_by_the_site_its_doors_and_its_machines() -> None:
    second = machine("hall", "kiosk", True)
    named = replace(second, device=replace(second.device, name="Borne du hall"))
    home = reader(told([replace(BORNY, standings=[*BORNY.standings, named])]).items())
    assert sorted(entity.name.removeprefix("Résidence Borny ") for entity in home.entities.values()) == [
        "Borne borny-kiosk",
        "Borne du hall",
        "Casiers",
        "Porte 7",
        "Porte 8",
        "Portes libres",
        "Portes à voir",
        "problem",
    ]
    device = home.entities["conciergerie-borny-door_7"].device
    assert device["configuration_url"] == "https://conciergerie.example/sites/borny/casiers"


def test_all_doors_a_site_may_have_fit_into_a_message() -> None:
    site = "x" * 40
    speaker = Speaker("c" * 20, "/".join(["h" * 40] * 4), "10.10.10", f"https://{'a' * 253}/")
    standings = [machine("d" * 38 + f"{number:02}", "kiosk", True) for number in range(20)]
    full = [replace(DOOR, compartment=number, alarm="jammed") for number in range(1000, 1300)]
    place = Place(site, "أ" * 120, WORDS, full, standings)
    assert max(map(len, messages(speaker, [place], NOW).values())) < LARGEST / 2
