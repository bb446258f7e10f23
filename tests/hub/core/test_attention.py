"""What to do now, decided from how things stand."""

from dataclasses import replace

import pytest

from hub.core.attention import (
    NAMELESS_MS,
    Alarm,
    Double,
    Ending,
    Nameless,
    Pile,
    Thing,
    Untold,
    dark_sites,
    things_to_do,
)
from hub.core.sight import QUIET_MS, Device, Door, Parcel, door_word

NOW = 1_795_000_000_000

DOOR = Door(
    site="borny",
    compartment=3,
    declared=True,
    kind="lock",
    size="M",
    floor_cm=80,
    column=1,
    row=1,
    label=None,
    state="closed",
    since_ms=NOW - 5_000,
    estimated=False,
    silent=False,
    alarm=None,
    alarm_ms=None,
    alarm_why=None,
    operation=None,
    operation_state=None,
    item=None,
    allocation=0,
    usable="usable",
    usable_why="",
)
KIOSK = Device("borny-kiosk", "borny", "kiosk", True, NOW - 90_000, NOW - 1_000, 0)
KEPT = Parcel("i1", "borny", "kept", "parcel", "p1", "M", "", None, 3, None, NOW - 9_000, "empty", "empty")


def todo(
    *,
    doors: tuple[Door, ...] = (),
    kept: tuple[Parcel, ...] = (),
    devices: tuple[Device, ...] = (),
    alarms: tuple[Alarm, ...] = (),
    unreadable: tuple[Alarm, ...] = (),
) -> list[Thing]:
    return things_to_do(doors, kept, devices, alarms, unreadable, NOW)


def test_when_all_is_well_there_is_nothing_to_do() -> None:
    assert todo(doors=(DOOR,), devices=(KIOSK,)) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "free"),
        ({"item": "i1", "item_state": "claimed"}, "reserved"),
        ({"item": "i1", "item_state": "waiting"}, "occupied"),
        ({"item": "i1", "item_state": "kept"}, "occupied"),
        ({"operation_state": "pulsed"}, "opening"),
        ({"state": "open"}, "open"),
        ({"state": "open", "alarm": "left_open"}, "left_open"),
        ({"alarm": "jammed", "item": "i1"}, "blocked"),
        ({"state": "open", "alarm": "forced"}, "forced"),
        ({"alarm": "uncertain"}, "unchecked"),
        ({"item": "i1", "item_state": "waiting", "unsure_ms": NOW}, "unchecked"),
        ({"silent": True, "state": "unknown"}, "unknown"),
        ({"state": "unknown"}, "unknown"),
        ({"usable": "unchecked"}, "unchecked"),
        ({"usable": "out", "item": "i1"}, "unusable"),
        ({"kind": "shelf", "state": "unknown"}, "free"),
    ],
)
def test_a_door_has_one_word_and_alarms_come_first(changes: dict[str, object], word: str) -> None:
    assert door_word(replace(DOOR, **changes)) == word  # type: ignore[arg-type]


def test_what_may_have_left_a_door_is_asked_after_until_somebody_has_said() -> None:
    unsure = replace(DOOR, item="i1", item_state="waiting", unsure_ms=NOW - 60_000)
    cut_short = replace(unsure, alarm="uncertain", alarm_ms=NOW - 60_000)
    for door in (unsure, cut_short):
        [thing] = todo(doors=(door,))
        assert thing == Thing("warn", "unsure", "borny", NOW - 60_000, (3,), "i1")
    [jammed] = todo(doors=(replace(unsure, alarm="jammed", alarm_ms=NOW),))
    assert jammed.kind == "blocked", "the door comes first"


def test_a_door_that_stands_open_after_its_lock_was_cut_short_is_to_be_shut_before_it_is_looked_behind() -> (
    None
):
    cut_short = replace(DOOR, alarm="uncertain", alarm_ms=NOW - 60_000, operation_state="uncertain")
    standing = replace(cut_short, state="open")
    assert door_word(standing) == "left_open"
    [thing] = things_to_do([standing], [], [], [], [], NOW)
    assert (thing.kind, thing.tone, thing.compartments) == ("left_open", "alarm", (DOOR.compartment,))
    assert door_word(cut_short) == "unchecked", "once it is shut"
    assert door_word(replace(standing, operation_state="opened")) == "unchecked", "somebody looks inside"
    assert door_word(replace(standing, silent=True)) == "unchecked", "nobody sees it now"


def test_pressing_things_stand_first_then_those_that_wait_longest() -> None:
    jammed = replace(DOOR, compartment=4, alarm="jammed", alarm_ms=NOW - 1_000)
    forced = replace(DOOR, compartment=5, alarm="forced", alarm_ms=NOW - 2_000)
    found = todo(doors=(jammed, forced), kept=(KEPT,))
    assert [(thing.kind, thing.compartments) for thing in found] == [
        ("forced", (5,)),
        ("blocked", (4,)),
        ("kept", (3,)),
    ]


def test_a_silent_board_is_one_thing_for_all_its_doors() -> None:
    dark = [replace(DOOR, compartment=number, silent=True, state="unknown") for number in (2, 1, 9)]
    [thing] = todo(doors=tuple(dark))
    assert (thing.kind, thing.compartments) == ("silent", (1, 2, 9))


def test_a_device_that_restarts_is_not_reported_one_that_stays_away_is() -> None:
    away = replace(KIOSK, online=False, presence_ms=NOW - QUIET_MS + 1, exchange_ms=NOW - 200_000)
    assert todo(devices=(away,)) == []
    [thing] = todo(devices=(replace(away, presence_ms=NOW - QUIET_MS),))
    assert (thing.kind, thing.since_ms) == ("offline", NOW - QUIET_MS)


def test_a_site_is_dark_while_none_of_its_devices_is_there_since_the_last_one_went() -> None:
    away = replace(KIOSK, online=False, presence_ms=NOW - 5_000)
    longer = replace(away, id="borny-bridge", presence_ms=NOW - 90_000, exchange_ms=NOW - 91_000)
    assert dark_sites(["borny"], [KIOSK, longer]) == {}
    assert dark_sites(["borny"], [away, longer]) == {"borny": NOW - 1_000}
    assert dark_sites(["borny", "paris"], [KIOSK]) == {"paris": None}


def test_a_device_that_never_came_is_told_without_alarm() -> None:
    [thing] = todo(devices=(Device("d1", "borny", "bridge", False, None, None, 0),))
    assert (thing.kind, thing.tone) == ("never", "info")


def test_a_parcel_the_lockers_hold_though_it_was_given_out_leads_to_its_door() -> None:
    [thing] = todo(alarms=(Alarm("e1", "borny", "b1", "adopted_ended", "3/i1", NOW),))
    assert (thing.kind, thing.tone, thing.compartments, thing.item) == ("adopted_ended", "alarm", (3,), "i1")


def test_losses_and_unreadable_facts_are_alarms_and_help_is_asked_softly() -> None:
    hole = Alarm("e1", "borny", "d1", "hole", "", NOW)
    help_ = Alarm("e2", "borny", "k1", "help", "start", NOW - 1)
    rows = tuple(Alarm(f"q{n}", "borny", "d1", "unreadable", "", NOW + n) for n in range(3))
    found = todo(alarms=(help_, hole), unreadable=rows)
    assert [(thing.kind, thing.tone, thing.count) for thing in found] == [
        ("hole", "alarm", 1),
        ("unreadable", "alarm", 3),
        ("help", "warn", 1),
    ]
    assert found[1].event == "q2"


@pytest.mark.parametrize(("kind", "tone"), [("damaged", "warn"), ("fork", "alarm"), ("revoked", "info")])
def test_what_is_sent_again_calls_nobody(kind: str, tone: str) -> None:
    [thing] = todo(alarms=(Alarm(f"{kind}:d1", "borny", "d1", kind, "", NOW),))
    assert thing.tone == tone


def test_whatever_one_device_lost_is_one_card_that_ends_with_its_latest_fact() -> None:
    noticed = Alarm("new_journal:k1", "borny", "k1", "new_journal", "", NOW + 2)
    began = Alarm("e1", "borny", "k1", "chain_broken", "", NOW)
    gone = Alarm("e2", "borny", "k1", "hole", "", NOW + 1)
    another = Alarm("e3", "borny", "b1", "went_back", "", NOW)
    cards = {one.device: one for one in todo(alarms=(noticed, began, gone, another))}
    mine = cards["k1"]
    assert (len(cards), mine.kind, mine.event, mine.since_ms) == (2, "hole", "e2", NOW)
    [alone] = todo(alarms=(noticed,))
    assert alone.event == "new_journal:k1"


def test_who_could_not_be_told_comes_before_who_only_gets_paper() -> None:
    people = (Untold("borny", "i1", "Mai", False, NOW - 9), Untold("borny", "i2", "Arbër", True, NOW))
    found = things_to_do((), (), (), (), (), NOW, people)
    assert [(thing.tone, thing.kind, thing.item, thing.detail) for thing in found] == [
        ("warn", "untold", "i2", "Arbër"),
        ("info", "paper", "i1", "Mai"),
    ]


def test_what_is_long_in_somebodys_hands_asks_who_and_since_when() -> None:
    held = replace(KEPT, state="in_hand", taken_ms=NOW - 5_000, staff="IB")
    [thing] = things_to_do((), (), (), (), (), NOW, in_hand=[held])
    assert (thing.tone, thing.kind, thing.item, thing.since_ms, thing.detail) == (
        "warn",
        "in_hand",
        "i1",
        NOW - 5_000,
        "IB",
    )


def test_days_that_run_out_are_one_card_a_site_and_those_over_come_first() -> None:
    endings = [Ending("near", "borny", 30), Ending("due", "borny", 3, NOW - 9)]
    things = things_to_do((), (), (), (), (), NOW, endings=endings)
    assert [(thing.tone, thing.kind, thing.count, thing.since_ms) for thing in things] == [
        ("warn", "due", 3, NOW - 9),
        ("info", "near", 30, None),
    ]


def test_what_is_lost_is_an_alarm_with_its_item_and_the_door_it_should_lie_behind() -> None:
    for detail, doors in (("3/i1", (3,)), ("/i1", ())):
        [thing] = todo(alarms=(Alarm("e", "borny", "borny-bridge", "lost", detail, NOW),))
        assert (thing.tone, thing.item, thing.compartments, thing.event) == ("alarm", "i1", doors, "e")


def test_what_nobody_knows_the_owner_of_is_one_card_a_site_once_it_is_an_hour_old() -> None:
    old, older = NOW - NAMELESS_MS - 1, NOW - 2 * NAMELESS_MS
    there = [Nameless("borny", (older, old, NOW - NAMELESS_MS)), Nameless("paris", (NOW,))]
    assert things_to_do((), (), (), (), (), NOW, nameless=there) == [
        Thing("warn", "nameless", "borny", older, count=2)
    ]


@pytest.mark.parametrize(
    ("announced", "received", "refused", "missing"), [(30, 28, 1, 1), (30, 31, 0, -1), (1, 0, 0, 1)]
)
def test_a_count_that_does_not_come_out_is_a_card(
    announced: int, received: int, refused: int, missing: int
) -> None:
    pile = Pile("e1", "borny", NOW, "Colissimo", announced, received, refused)
    [thing] = things_to_do((), (), (), (), (), NOW, piles=[pile])
    assert (thing.kind, thing.count, thing.event, thing.detail) == ("pile", missing, "e1", "Colissimo")


def test_a_count_that_comes_out_is_none() -> None:
    pile = Pile("e1", "borny", NOW, None, 30, 29, 1)
    assert things_to_do((), (), (), (), (), NOW, piles=[pile]) == []


def test_a_number_borne_twice_is_a_card_that_leads_to_what_came_last_and_can_be_seen_to() -> None:
    found = things_to_do((), (), (), (), (), NOW, doubles=[Double("borny", "i5", NOW, (3, 5), 2)])
    assert found == [Thing("warn", "double", "borny", NOW, (3, 5), "i5", event="i5", count=2)]


def test_more_than_three_slips_of_a_site_are_one_thing_to_do() -> None:
    people = [Untold("borny", f"i{n}", f"P{n}", False, NOW - n) for n in range(4)]
    found = things_to_do((), (), (), (), (), NOW, people)
    assert [(one.kind, one.tone, one.count, one.since_ms) for one in found] == [
        ("papers", "info", 4, NOW - 3)
    ]
    elsewhere = Untold("paris", "i9", "P9", True, NOW)
    aloud = Untold("borny", "i8", "P8", False, NOW, spoken=True)
    found = things_to_do((), (), (), (), (), NOW, [*people, elsewhere, aloud])
    assert [(one.kind, one.site) for one in found] == [
        ("untold", "paris"),
        ("papers", "borny"),
        ("unsaid", "borny"),
    ]


def test_who_expects_what_is_somebody_elses_is_a_card_of_its_own() -> None:
    person = Untold("borny", "i1", "Amina", True, NOW, spoken=True, misled=True)
    [thing] = things_to_do((), (), (), (), (), NOW, [person])
    assert (thing.kind, thing.tone, thing.item, thing.detail) == ("misled", "info", "i1", "Amina")
