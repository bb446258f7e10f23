"""From facts to how things stand: doors and parcels as a concierge would tell them, in any interleaving."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contract import messages as m
from hub.core.fold import fold
from hub.core.rows import Row, Rows, TableName
from hub.core.told import Told

PLACES = tuple(
    m.CabinetCompartment(compartment=number, kind="lock", size="M", floor_cm=80, column=number, row=1)
    for number in (1, 2, 3)
)
SHELF = m.CabinetCompartment(compartment=20, kind="shelf", size="L", floor_cm=90, column=1, row=1, label="B4")


def told(facts: Sequence[m.AnyFact], device: str = "bridge", at_ms: int = 1_000) -> list[Told]:
    return [
        Told(f"{device}-{at_ms}-{number}", device, "borny", at_ms + number, False, fact)
        for number, fact in enumerate(facts)
    ]


def tables(*events: Told) -> Rows:
    rows = Rows()
    fold(rows, events)
    return rows


def after(*facts: m.AnyFact) -> Rows:
    return tables(*told(facts))


def only(rows: Rows, table: TableName) -> Row:
    [row] = rows.held[table].values()
    return row


def claimed(item: str = "parcel", compartment: int = 3, allocation: int = 1) -> m.ItemClaimed:
    return m.ItemClaimed(
        item=item,
        kind="parcel",
        person="amina",
        pickup="pickup",
        compartment=compartment,
        allocation=allocation,
        size="M",
        staff="sam",
        label="8R41",
    )


def left(item: str = "parcel", compartment: int = 3, allocation: int = 1) -> m.ItemLeft:
    return m.ItemLeft(item=item, compartment=compartment, allocation=allocation, evidence="door")


def collected(item: str = "parcel", compartment: int = 3, allocation: int = 1) -> m.ItemCollected:
    return m.ItemCollected(item=item, compartment=compartment, allocation=allocation)


def taken_out(
    item: str = "parcel", compartment: int = 3, allocation: int = 1, why: str = "return"
) -> m.ItemTakenOut:
    return m.ItemTakenOut(
        item=item,
        compartment=compartment,
        allocation=allocation,
        staff="ines",
        why=why,  # type: ignore[arg-type]
        evidence="door",
    )


def intent(operation: str = "op", compartment: int = 3, **more: str) -> m.DoorIntent:
    return m.DoorIntent(
        operation=operation,
        compartment=compartment,
        allocation=1,
        attempt=1,
        purpose="collect",
        authority="code",
        actor="amina",
        item=more.get("item", "parcel"),
    )


def test_a_parcel_from_the_counter_to_the_person() -> None:
    deposit = (claimed(), left())
    waiting = after(*deposit)
    assert only(waiting, "items")["state"] == "waiting"
    assert (only(waiting, "doors")["item"], only(waiting, "doors")["allocation"]) == ("parcel", 1)
    done = after(*deposit, intent(), m.DoorOpened(operation="op", compartment=3), collected())
    assert (only(done, "items")["state"], only(done, "items")["ended_evidence"]) == ("collected", "door")
    assert only(done, "doors")["item"] is None


def test_an_unlock_frame_alone_collects_nothing_and_opens_nothing() -> None:
    rows = after(claimed(), left(), intent(), m.DoorPulsed(operation="op", compartment=3, attempt=1))
    assert only(rows, "items")["state"] == "waiting"
    assert only(rows, "doors")["state"] == "unknown"
    assert only(rows, "operations")["state"] == "pulsed"


def test_a_door_that_stays_shut_is_jammed_until_it_opens() -> None:
    stuck = (intent(), m.DoorNotOpened(operation="op", compartment=3, why="stayed_shut"))
    assert only(after(*stuck), "doors")["alarm"] == "jammed"
    opened = after(*stuck, intent("again"), m.DoorOpened(operation="again", compartment=3))
    assert next(iter(opened.held["doors"].values()))["alarm"] is None


def test_a_frame_that_was_not_sent_is_no_jam() -> None:
    rows = after(intent(), m.DoorNotOpened(operation="op", compartment=3, why="not_sent"))
    assert only(rows, "doors")["alarm"] is None
    assert only(rows, "operations")["why"] == "not_sent"


def test_a_door_left_open_is_well_again_when_it_closes() -> None:
    facts = (m.DoorOpened(operation="op", compartment=3), m.DoorLeftOpen(operation="op", compartment=3))
    assert only(after(*facts), "doors")["alarm"] == "left_open"
    assert only(after(*facts, m.DoorClosed(operation="op", compartment=3)), "doors")["alarm"] is None


def test_a_forced_door_stays_an_alarm_until_somebody_looked() -> None:
    forced = (m.DoorForced(compartment=3), m.DoorLeftOpen(compartment=3), m.DoorClosed(compartment=3))
    assert only(after(*forced), "doors")["alarm"] == "forced"
    seen = after(*forced, m.CompartmentChecked(compartment=3, usable=True, actor="sam"))
    assert (only(seen, "doors")["alarm"], only(seen, "doors")["usable"]) == (None, "usable")


def test_who_has_a_forced_door_opened_from_the_hub_and_shuts_it_has_looked() -> None:
    forced = (m.DoorForced(compartment=3), m.DoorClosed(compartment=3))
    opened = (replace(intent(), purpose="remote"), m.DoorOpened(operation="op", compartment=3))
    assert only(after(*forced, *opened), "doors")["alarm"] == "forced"
    shut = m.DoorClosed(operation="op", compartment=3)
    assert only(after(*forced, *opened, shut), "doors")["alarm"] is None
    by_a_resident = (intent(), m.DoorOpened(operation="op", compartment=3), shut)
    assert only(after(*forced, *by_a_resident), "doors")["alarm"] == "forced"


def taking_out(purpose: str = "take_out", item: str | None = "parcel") -> tuple[m.AnyFact, ...]:
    """What is behind door 3 is being taken out, and the power goes."""
    cut = m.DoorUncertain(operation="op", compartment=3, why="restart", seen="closed")
    return claimed(), left(), replace(intent(), purpose=purpose, item=item), cut


def test_what_was_being_taken_out_when_the_power_went_may_have_left_until_somebody_says() -> None:
    for purpose in ("take_out", "collect"):
        cut = taking_out(purpose)
        assert only(after(*cut), "doors")["unsure_ms"] is not None
        assert (only(after(*cut), "items")["state"], only(after(*cut), "doors")["item"]) == (
            "waiting",
            "parcel",
        )
        look = (
            replace(intent(), operation="look", purpose="inspect"),
            m.DoorOpened(operation="look", compartment=3),
        )
        shut = m.DoorClosed(operation="look", compartment=3)
        assert only(after(*cut, *look, shut), "doors")["unsure_ms"] is not None, "a look is no answer"
        seen = m.CompartmentChecked(compartment=3, usable=True, actor="sam", item="parcel")
        door = only(after(*cut, *look, shut, seen), "doors")
        assert (door["unsure_ms"], door["alarm"], door["item"]) == (None, None, "parcel")


def test_who_says_that_it_is_still_there_says_nothing_of_the_lock() -> None:
    seen = m.CompartmentChecked(compartment=3, usable=True, actor="sam", item="parcel")
    jammed = (claimed(), left(), intent(), m.DoorNotOpened(operation="op", compartment=3, why="stayed_shut"))
    assert only(after(*jammed, seen), "doors")["alarm"] == "jammed"
    forced = (claimed(), left(), m.DoorForced(compartment=3), m.DoorClosed(compartment=3))
    assert only(after(*forced, seen), "doors")["alarm"] is None


def test_a_doubt_ends_with_whatever_becomes_of_the_thing() -> None:
    ends: tuple[m.AnyFact, ...] = (
        taken_out(),
        collected(),
        m.ItemLost(item="parcel", staff="sam", compartment=3),
        m.CompartmentChecked(compartment=3, usable=True, actor="sam"),
    )
    for end in ends:
        door = only(after(*taking_out(), end), "doors")
        assert (door["unsure_ms"], door["item"]) == (None, None)


def test_no_doubt_comes_of_a_look_or_of_a_door_behind_which_nothing_lies() -> None:
    assert only(after(*taking_out("inspect")), "doors")["unsure_ms"] is None
    assert only(after(*taking_out(item=None)), "doors")["unsure_ms"] is None
    again = (
        replace(intent(), operation="again"),
        m.DoorUncertain(operation="again", compartment=3, why="restart", seen="closed"),
    )
    assert only(after(claimed(), left(), collected(), *again), "doors")["unsure_ms"] is None


def test_what_somebody_does_not_have_in_their_hands_comes_back_into_custody() -> None:
    empty = m.ItemKept(item="parcel", compartment=3, allocation=1, why="empty")
    rows = after(claimed(), left(), collected(), empty)
    item = only(rows, "items")
    assert (item["state"], item["kept_why"], item["ended_ms"]) == ("kept", "empty", None)
    assert only(rows, "doors")["item"] == "parcel"
    again = only(after(claimed(), left(), collected(), empty, collected()), "items")
    assert again["state"] == "collected"


def test_a_deposit_given_up_after_the_door_was_open_asks_for_a_look() -> None:
    def dropped(opened: bool) -> Rows:
        fact = m.ClaimDropped(
            item="parcel", compartment=3, allocation=1, why="given_up", door_was_opened=opened
        )
        return after(m.CompartmentChecked(compartment=3, usable=True, actor="first_start"), claimed(), fact)

    assert only(dropped(True), "doors")["usable"] == "unchecked"
    assert only(dropped(False), "doors")["usable"] == "usable"
    assert only(dropped(True), "items")["state"] == "dropped"


def test_what_staff_take_out_is_in_their_hands_and_its_place_is_free() -> None:
    rows = after(claimed(), left(), taken_out())
    item = only(rows, "items")
    assert (item["state"], item["taken_by"], item["taken_ms"], item["taken_why"]) == (
        "in_hand",
        "ines",
        1_002,
        "return",
    )
    assert item["ended_ms"] is None
    assert only(rows, "doors")["item"] is None


def test_what_is_put_away_again_waits_again_and_nobody_has_it() -> None:
    rows = after(claimed(), left(), taken_out(why="move"), claimed(compartment=2), left(compartment=2))
    item = only(rows, "items")
    assert (item["state"], item["compartment"], item["taken_ms"], item["taken_why"]) == (
        "waiting",
        2,
        None,
        None,
    )
    assert (rows.held["doors"]["borny", 3]["item"], rows.held["doors"]["borny", 2]["item"]) == (
        None,
        "parcel",
    )


def test_what_went_back_to_its_carrier_is_over() -> None:
    rows = after(claimed(), left(), taken_out(), m.ItemReturned(item="parcel", staff="ines"))
    item = only(rows, "items")
    assert (item["state"], item["ended_ms"], item["ended_evidence"]) == ("returned", 1_003, "staff")


def test_what_is_lost_frees_its_door_and_is_an_alarm_until_it_is_found() -> None:
    lost = m.ItemLost(item="parcel", staff="ines", compartment=3)
    rows = after(claimed(), left(), lost)
    assert (only(rows, "items")["state"], only(rows, "doors")["item"]) == ("lost", None)
    alarm = only(rows, "alarms")
    assert (alarm["kind"], alarm["detail"]) == ("lost", "3/parcel")
    in_hand = after(claimed(), left(), taken_out(), m.ItemLost(item="parcel", staff="ines"))
    assert only(in_hand, "alarms")["detail"] == "/parcel"
    found = after(claimed(), left(), lost, claimed(compartment=2), left(compartment=2))
    assert (only(found, "items")["state"], only(found, "items")["ended_ms"]) == ("waiting", None)


def test_what_is_for_somebody_else_lies_there_under_their_code() -> None:
    fact = m.ItemReassigned(item="parcel", person="bilal", pickup="other", before="amina", staff="ines")
    item = only(after(claimed(), left(), fact), "items")
    assert (item["state"], item["person"], item["pickup"]) == ("waiting", "bilal", "other")


@pytest.mark.parametrize(
    ("why", "state"),
    [
        ("wrong", "waiting"),
        ("too_high", "waiting"),
        ("too_heavy", "waiting"),
        ("empty", "kept"),
        ("missing", "kept"),
    ],
)
def test_what_was_not_for_whoever_came_waits_for_whose_it_is_and_what_was_not_found_is_looked_for(
    why: str, state: str
) -> None:
    kept = m.ItemKept(item="parcel", compartment=3, allocation=1, why=why)  # type: ignore[arg-type]
    fact = m.ItemReassigned(item="parcel", person="bilal", pickup="other", before="amina", staff="ines")
    item = only(after(claimed(), left(), kept, fact), "items")
    assert (item["state"], item["kept_why"]) == (state, why if state == "kept" else None)
    same = only(after(claimed(), left(), kept, replace(fact, person="amina")), "items")
    assert same["state"] == "kept"


def test_who_received_it_for_whom_and_how_staff_made_sure_is_kept() -> None:
    fact = replace(collected(), evidence="staff", staff="ines", proxy="mandate", identity="document")
    item = only(after(claimed(), left(), fact), "items")
    assert (item["state"], item["proxy"], item["identity"]) == ("collected", "mandate", "document")


def test_what_was_said_at_reception_is_kept_whatever_the_bridge_says_of_the_item() -> None:
    received = m.ParcelReceived(
        item="parcel",
        person="made-for-it",
        staff="sam",
        size="L",
        named=False,
        pieces=3,
        damaged=True,
        heavy=True,
        perishable=True,
    )
    for events in (
        [*told([received], "kiosk", 500), *told([claimed()])],
        [*told([claimed()]), *told([received], "kiosk", 500)],
    ):
        item = only(tables(*events), "items")
        said = {name: item[name] for name in ("named", "pieces", "damaged", "heavy", "perishable")}
        assert said == {"named": False, "pieces": 3, "damaged": True, "heavy": True, "perishable": True}
    plain = only(after(claimed()), "items")
    assert (plain["named"], plain["pieces"], plain["damaged"]) == (True, 1, False)


def test_what_was_taken_in_and_found_no_place_is_not_here_once_its_carrier_has_it_again() -> None:
    received = m.ParcelReceived(item="parcel", person="amina", staff="sam", size="L", label="8R41")
    refused = m.ParcelRefused(item="parcel", staff="sam", why="no_room", label="8R41")
    both: list[m.AnyFact] = [received, refused]
    item = only(tables(*told(both, "kiosk", 500)), "items")
    assert (item["state"], item["ended_ms"], item["ended_evidence"]) == ("dropped", 501, "staff")
    assert not tables(*told([refused], "kiosk", 500)).held["items"], "it never came in"
    bridge: list[m.AnyFact] = [claimed(), left()]
    for events in (
        [*told(both, "kiosk", 500), *told(bridge)],
        [*told(bridge), *told(both, "kiosk", 500)],
    ):
        assert only(tables(*events), "items")["state"] == "waiting", "the bridge's word stands"
        assert only(tables(*events), "items")["ended_ms"] is None


def adopted(item: str = "parcel", gone: bool = False) -> m.HoldingAdopted:
    return m.HoldingAdopted(item=item, compartment=3, allocation=1, gone=gone)


def test_what_a_bridge_without_memory_takes_over_lies_there_again() -> None:
    rows = after(claimed(), left(), adopted())
    assert only(rows, "items")["state"] == "waiting"
    assert rows.held["alarms"] == {}
    assert only(after(claimed(), left(), adopted(), collected()), "items")["state"] == "collected"


def test_taking_over_what_was_given_out_keeps_the_end_and_calls_somebody_to_look() -> None:
    ended = only(after(claimed(), left(), collected()), "items")
    rows = after(claimed(), left(), collected(), adopted())
    assert only(rows, "items") == ended
    assert only(rows, "doors")["item"] == "parcel", "the bridge will put nothing else there"
    alarm = only(rows, "alarms")
    assert (alarm["kind"], alarm["detail"], alarm["at_ms"]) == ("adopted_ended", "3/parcel", 1_003)
    looked = m.CompartmentChecked(compartment=3, usable=True, actor="sam")
    assert only(after(claimed(), left(), collected(), adopted(), looked), "doors")["item"] is None


def test_what_was_collected_stays_so_when_a_bridge_lets_go_of_it_once_more() -> None:
    ended = only(after(claimed(), left(), collected()), "items")
    rows = after(claimed(), left(), collected(), adopted(gone=True))
    assert (only(rows, "items"), rows.held["alarms"]) == (ended, {})
    assert only(after(claimed(), left(), adopted(gone=True)), "items")["state"] == "gone"


def test_what_staff_have_in_hand_stays_there_when_a_bridge_lets_go_of_it() -> None:
    item = only(after(claimed(), left(), taken_out(), adopted(gone=True)), "items")
    assert (item["state"], item["ended_ms"]) == ("in_hand", None)


def test_put_elsewhere_a_parcel_keeps_the_number_and_the_carrier_nobody_said_again() -> None:
    first = replace(claimed(), carrier="Colissimo")
    again = replace(claimed(compartment=2), label="", carrier=None)
    rows = after(first, left(), taken_out(), again, left(compartment=2))
    item = only(rows, "items")
    assert (item["state"], item["compartment"]) == ("waiting", 2)
    assert (item["label"], item["carrier"]) == ("8R41", "Colissimo")


def test_the_bridges_own_word_after_that_stands_as_ever() -> None:
    kept = m.ItemKept(item="parcel", compartment=3, allocation=1, why="empty")
    rows = after(claimed(), left(), collected(), adopted(), kept)
    assert (only(rows, "items")["state"], only(rows, "items")["ended_ms"]) == ("kept", None)


def test_a_new_description_of_the_lockers_replaces_the_old_one() -> None:
    rows = after(m.CabinetDeclared(compartments=PLACES), m.CabinetDeclared(compartments=(PLACES[0], SHELF)))
    declared = {row["compartment"]: row["declared"] for row in rows.held["doors"].values()}
    assert declared == {1: True, 2: False, 3: False, 20: True}
    assert rows.held["doors"]["borny", 20]["usable"] == "usable", "a shelf place has nothing to check"
    assert rows.held["doors"]["borny", 1]["usable"] == "unchecked"


def test_a_silent_board_makes_its_doors_unknown_not_closed() -> None:
    rows = after(
        m.DoorsSeen(closed=(1, 2)), m.BoardSilent(board="main", compartments=(1, 2), why="no answer")
    )
    assert {(row["state"], row["silent"]) for row in rows.held["doors"].values()} == {("unknown", True)}
    back = after(
        m.BoardSilent(board="main", compartments=(1, 2), why="no answer"),
        m.BoardBack(board="main", compartments=(1, 2)),
        m.DoorsSeen(open=(1,), closed=(2,)),
    )
    assert {row["compartment"]: row["state"] for row in back.held["doors"].values()} == {
        1: "open",
        2: "closed",
    }


def test_a_parcel_the_kiosk_took_in_is_known_before_and_after_the_bridge_speaks_of_it() -> None:
    received = told(
        [m.ParcelReceived(item="parcel", person="amina", staff="sam", size="L", label="kiosk")], "kiosk", 500
    )
    assert tables(*received).held["items"]["parcel"]["state"] == "received"
    first = tables(*received, *told([claimed()])).held
    last = tables(*told([claimed()]), *received).held
    assert first == last
    assert (first["items"]["parcel"]["size"], first["items"]["parcel"]["received_kiosk"]) == ("M", "kiosk")


def test_another_sites_bridge_changes_nothing_here() -> None:
    theirs = Told("x", "paris-bridge", "paris", 9_000, False, collected())
    rows = tables(*told([claimed(), left()]), theirs)
    assert rows.held["items"]["parcel"]["state"] == "waiting"
    assert rows.held["doors"]["borny", 3]["item"] == "parcel"


ids = st.sampled_from(["a", "b"])
doors = st.integers(1, 2)
generations = st.integers(1, 3)
bridge_facts = st.lists(
    st.one_of(
        st.builds(claimed, item=ids, compartment=doors, allocation=generations),
        st.builds(left, item=ids, compartment=doors, allocation=generations),
        st.builds(collected, item=ids, compartment=doors, allocation=generations),
        st.builds(intent, operation=ids, compartment=doors, item=ids),
        st.builds(m.DoorOpened, operation=ids, compartment=doors),
        st.builds(m.DoorClosed, operation=st.none() | ids, compartment=doors),
        st.builds(m.DoorForced, compartment=doors),
        st.builds(m.DoorLeftOpen, compartment=doors),
        st.builds(
            m.DoorUncertain, operation=ids, compartment=doors, why=st.just("restart"), seen=st.just("open")
        ),
        st.builds(m.PickupOpened, pickup=ids, person=ids, ticket=st.just(27), generation=generations),
        st.builds(m.CodeRotated, pickup=ids, generation=generations, why=st.just("hub")),
        st.builds(
            m.CompartmentChecked,
            compartment=doors,
            usable=st.booleans(),
            actor=ids,
            item=st.none() | ids,
        ),
        st.builds(m.HoldingAdopted, item=ids, compartment=doors, allocation=generations, gone=st.booleans()),
        st.builds(
            taken_out,
            item=ids,
            compartment=doors,
            allocation=generations,
            why=st.sampled_from(["undo", "move", "return", "hand_over"]),
        ),
        st.builds(m.ItemReturned, item=ids, staff=ids),
        st.builds(m.ItemEnded, item=ids, how=st.sampled_from(["returned", "lost", "misread"])),
        st.builds(m.ItemLost, item=ids, staff=ids, compartment=st.none() | doors),
        st.builds(m.ItemReassigned, item=ids, person=ids, pickup=ids, before=ids),
    ),
    max_size=12,
)
kiosk_facts = st.lists(
    st.one_of(
        st.builds(
            m.ParcelReceived,
            item=ids,
            person=ids,
            staff=ids,
            size=st.sampled_from(["S", "M"]),
            label=ids,
            named=st.booleans(),
            pieces=st.integers(1, 3),
            damaged=st.booleans(),
        ),
        st.builds(m.PersonSaid, visit=ids, item=ids, said=st.sampled_from(["have_it", "missing", "empty"])),
        st.builds(m.SlipShown, item=ids, pickup=ids, how=st.just("print")),
        st.builds(m.HelpAsked, screen=st.just("start"), item=st.none() | ids),
    ),
    max_size=8,
)


def merged(journals: Sequence[Sequence[Told]], choices: Sequence[int]) -> list[Told]:
    """One interleaving: each journal in its own order."""
    left_over = [list(journal) for journal in journals]
    events = []
    for choice in choices:
        waiting = [journal for journal in left_over if journal]
        if not waiting:
            break
        events.append(waiting[choice % len(waiting)].pop(0))
    return events + [event for journal in left_over for event in journal]


choices = st.lists(st.integers(0, 2), max_size=30)


@given(bridge_facts, kiosk_facts, kiosk_facts, choices, choices)
def test_how_devices_interleave_makes_no_difference(
    bridge: list[m.AnyFact],
    first: list[m.AnyFact],
    second: list[m.AnyFact],
    one_way: list[int],
    another: list[int],
) -> None:
    journals = (told(bridge), told(first, "kiosk-1", 995), told(second, "kiosk-2", 995))
    assert tables(*merged(journals, one_way)).held == tables(*merged(journals, another)).held


@given(bridge_facts, kiosk_facts, st.lists(st.booleans(), max_size=4), choices, choices)
def test_no_taking_over_after_the_end_changes_an_item_wherever_kiosks_speak_in_between(
    bridge: list[m.AnyFact],
    kiosk: list[m.AnyFact],
    gone: list[bool],
    one_way: list[int],
    another: list[int],
) -> None:
    ended = [*bridge, claimed("a", 1), collected("a", 1)]
    taken_over = [m.HoldingAdopted(item="a", compartment=1, allocation=1, gone=each) for each in gone]
    kiosks = told(kiosk, "kiosk", 995)
    before = tables(*merged((told(ended), kiosks), one_way)).held
    after = tables(*merged((told([*ended, *taken_over]), kiosks), another)).held
    assert after["items"] == before["items"]
    assert len(after["alarms"]) == len(before["alarms"]) + gone.count(False)


@given(bridge_facts, st.integers(0, 12))
def test_folding_in_two_goes_is_folding_once(bridge: list[m.AnyFact], cut: int) -> None:
    rows = Rows()
    fold(rows, told(bridge)[:cut])
    fold(rows, told(bridge)[cut:])
    assert rows.held == tables(*told(bridge)).held


def test_what_a_kiosk_says_anew_of_what_it_took_in_stands_and_what_another_says_does_not() -> None:
    first = m.ParcelReceived(item="parcel", person="x", staff="sam", size="L", named=False)
    anew = replace(first, person="amina", named=True, perishable=True)
    other = replace(first, damaged=True)
    kiosk, later = told([first, anew], "kiosk", 500), told([other], "kiosk-2", 600)
    for events in ([*kiosk, *later, *told([claimed()])], [*later, *told([claimed()]), *kiosk]):
        item = only(tables(*events), "items")
        assert (item["named"], item["perishable"], item["damaged"]) == (True, True, False)
        assert (item["received_ms"], item["received_kiosk"]) == (500, "kiosk")
