"""The conversation against a bridge that speaks the contract."""

import threading
from pathlib import Path

import pytest

from contract import messages as m
from contract import topics
from contract.codec import CEILING
from contract.journal import Journal
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.asks import MOMENT_MS
from kiosk.core.relay_events import RelayDo
from kiosk.core.relay_screens import TakenIn
from kiosk.session import BEAT_SILENT_MS, Session
from kiosk.store import Deliveries
from tests.fakes.bridge import (
    BRIDGE,
    GOOD_CODE,
    GOOD_TOKEN,
    KIOSK,
    STAFF_BADGE,
    STAFF_NUMBER,
    STAFF_PIN,
    TWO_CODE,
    FakeBridge,
    kinds,
)
from tests.fakes.clock import FakeClock
from tests.fakes.kiosk import Facts, Known, known, make_session
from tests.fakes.services import HOUR_MS, NOW_MS

ANSWERS = topics.answer(KIOSK, BRIDGE)
LABEL = "6A12345678901"


class Place:
    """A kiosk before its bridge, and time that moves by hand."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bridge = FakeBridge(self.clock)
        self.facts = Facts()
        self.knowledge = known()
        self.told_hub: list[s.Screen] = []
        self.session: Session = make_session(
            self.bridge, self.facts, self.clock, self.knowledge, lambda: self.told_hub.append(self.screen)
        )

    def on(self, *events: e.Event) -> "Place":
        for event in events:
            self.session.handle(event)
            self.hear()
        return self

    def hear(self) -> "Place":
        self.bridge.deliver(self.session.read)
        return self

    def passes(self, ms: int) -> "Place":
        """Let time pass, a beat every two seconds, a look at the clock every 200 ms."""
        for elapsed in range(200, ms + 1, 200):
            self.clock.advance(200)
            if elapsed % 2_000 == 0 and not (self.bridge.cut or self.bridge.deaf):
                self.bridge.beat()
            self.hear()
            self.session.tick()
            self.hear()
        return self

    @property
    def screen(self) -> s.Screen:
        return self.session.seen.state.screen

    def is_up(self) -> bool:
        """Whether the kiosk believes that the bridge is there."""
        return self.session.seen.state.bridge_up

    def shows(self, kind: type[s.Screen]) -> None:
        assert isinstance(self.screen, kind), self.screen


@pytest.fixture
def place() -> Place:
    here = Place()
    here.bridge.beat()
    here.bridge.picture()
    return here.hear()


def test_a_whole_collection_leaves_its_facts_in_order(place: Place) -> None:
    place.on(e.CodeTyped(GOOD_CODE))
    place.shows(s.Opening)
    place.bridge.opens("parcel-1")
    place.hear().shows(s.DoorOpen)
    place.passes(5_000)
    place.bridge.closes("parcel-1")
    place.hear().shows(s.Thanks)
    place.passes(4_000).shows(s.Start)
    assert kinds(place.bridge.asks) == ["Present", "LeaveVisit"]
    assert [type(fact).__name__ for fact in place.facts.kept] == ["PickupAsked"]


def test_the_hub_tells_that_this_kiosk_is_out_of_service_and_a_restart_remembers_it(place: Place) -> None:
    key = f"revoked/{KIOSK}"
    place.knowledge.kept[key] = m.RevokedDevice(device=KIOSK)
    place.session.told(frozenset({key}))
    place.on(e.CodeTyped(GOOD_CODE)).shows(s.OutOfService)
    assert place.bridge.asks == []
    again = make_session(place.bridge, place.facts, place.clock, place.knowledge)
    assert isinstance(again.seen.state.screen, s.OutOfService)
    assert again.is_free
    del place.knowledge.kept[key]
    again.told(frozenset({key}))
    assert isinstance(again.seen.state.screen, s.Start)


def test_another_kiosk_s_revocation_is_not_this_one_s(place: Place) -> None:
    place.knowledge.kept["revoked/kiosk-2"] = m.RevokedDevice(device="kiosk-2")
    place.session.told(frozenset({"revoked/kiosk-2"}))
    place.shows(s.Start)


def test_the_fact_is_kept_before_the_ask_leaves(place: Place) -> None:
    kept_when_asked: list[int] = []
    publish = place.bridge.publish

    def watch(topic: str, payload: bytes) -> bool:
        kept_when_asked.append(len(place.facts.kept))
        return publish(topic, payload)

    place.bridge.publish = watch  # type: ignore[method-assign]
    place.on(e.CodeTyped(GOOD_CODE))
    assert kept_when_asked == [1]


def test_the_screen_changes_only_after_the_ask_has_left(place: Place) -> None:
    shown_when_asked: list[s.Screen] = []
    publish = place.bridge.publish

    def watch(topic: str, payload: bytes) -> bool:
        shown_when_asked.append(place.session.seen.state.screen)
        return publish(topic, payload)

    place.bridge.publish = watch  # type: ignore[method-assign]
    place.on(e.CodeTyped(GOOD_CODE))
    assert shown_when_asked == [s.Start()]


def test_without_room_on_the_disk_nothing_is_asked(place: Place) -> None:
    place.facts.full = True
    place.on(e.CodeTyped(GOOD_CODE)).shows(s.Refusal)
    assert place.bridge.asks == []
    place.facts.full = False
    place.on(e.Leave(), e.CodeTyped(GOOD_CODE)).shows(s.Opening)


def test_who_leaves_while_the_disk_is_full_leaves_and_their_place_is_free(place: Place) -> None:
    place.on(ev.DropWanted(), ev.NoCard(), ev.ServiceChosen("shoes"), ev.Agreed())
    item = place.session.seen.state.drop
    assert item is not None
    place.bridge.stays_shut(item.item)
    place.hear().shows(s.Blocked)
    place.facts.full = True
    place.on(e.Leave()).shows(s.Start)
    assert kinds(place.bridge.asks)[-2:] == ["Settle", "LeaveVisit"]
    assert place.facts.of(m.OrderCancelled) == []


def test_an_ask_bears_the_bridges_session_and_its_time_by_now(place: Place) -> None:
    place.clock.advance(1_500)
    place.on(e.CodeTyped(GOOD_CODE))
    ask = place.bridge.asks[0]
    assert (ask.session, ask.at_ms) == ("bridge-run-1", place.clock.mono_ms())


def test_an_unanswered_ask_is_put_again_with_the_same_id_and_given_up_after_8_seconds(place: Place) -> None:
    place.bridge.deaf = True
    place.on(e.CodeTyped(GOOD_CODE)).passes(7_800).shows(s.Checking)
    place.passes(400).shows(s.Silent)
    asked = [ask.id for ask in place.bridge.asks]
    assert len(asked) == 8
    assert len(set(asked)) == 1
    assert len({ask.at_ms for ask in place.bridge.asks}) == 8


def test_an_answer_after_that_is_still_followed(place: Place) -> None:
    place.bridge.deaf = True
    place.on(e.CodeTyped(GOOD_CODE)).passes(8_400).shows(s.Silent)
    place.bridge.deaf = False
    place.bridge._answer(place.bridge.asks[0])
    place.hear().shows(s.Opening)


def test_answers_repeated_late_and_in_any_order_change_nothing(place: Place) -> None:
    place.session.handle(e.CodeTyped(GOOD_CODE))
    place.bridge.opens("parcel-1")
    sent = list(place.bridge.outbox)
    place.bridge.outbox = [*reversed(sent), *sent, sent[0]]
    place.hear().shows(s.DoorOpen)
    place.clock.advance(5_000)
    place.bridge.closes("parcel-1")
    place.bridge.outbox = list(reversed(place.bridge.outbox))
    place.hear().shows(s.Thanks)


def test_asked_without_a_line_it_leaves_when_the_line_is_back(place: Place) -> None:
    place.bridge.cut = True
    place.on(e.CodeTyped(GOOD_CODE)).passes(3_000).shows(s.Checking)
    place.bridge.cut = False
    place.session.line_up()
    place.session.tick()
    place.hear().shows(s.Opening)


def test_before_the_bridge_was_ever_heard_nothing_leaves() -> None:
    place = Place()
    place.on(e.CodeTyped(GOOD_CODE))
    assert place.bridge.asks == []
    place.bridge.beat()
    place.hear()
    assert kinds(place.bridge.asks) == ["Present"]


def test_a_bridge_that_starts_again_is_asked_again_in_its_new_session(place: Place) -> None:
    place.bridge.deaf = True
    place.on(e.CodeTyped(GOOD_CODE))
    place.bridge.deaf, place.bridge.session_id = False, "bridge-run-2"
    place.bridge.beat()
    place.hear()
    assert [ask.session for ask in place.bridge.asks] == ["bridge-run-1", "bridge-run-2"]
    assert place.bridge.asks[0].id == place.bridge.asks[1].id


def test_a_bridge_without_a_beat_is_not_there(place: Place) -> None:
    assert place.is_up()
    place.bridge.deaf = True
    place.passes(BEAT_SILENT_MS + 200)
    assert not place.is_up()
    place.bridge.deaf = False
    place.passes(2_000)
    assert place.is_up()


def test_the_brokers_word_that_the_bridge_vanished_counts_at_once(place: Place) -> None:
    place.bridge.beat(online=False)
    assert not place.hear().is_up()


def test_several_items_one_after_the_other(place: Place) -> None:
    place.on(e.CodeTyped(TWO_CODE))
    for item in ("parcel-2", "parcel-3"):
        place.bridge.opens(item)
        place.hear().passes(4_000)
        place.bridge.closes(item)
        place.hear()
        if item == "parcel-2":
            place.shows(s.NextDoor)
            place.on(e.OpenDoor())
    place.shows(s.Thanks)
    assert kinds(place.bridge.asks) == ["Present", "OpenItem"]


def test_a_deposit_by_badge_from_label_to_its_place(place: Place) -> None:
    place.on(e.Scanned(STAFF_BADGE), e.Scanned(LABEL))
    found = place.session.find_people("schmitt")
    place.on(e.PeopleFound("schmitt", found), e.PersonChosen("p-2"), e.SizeChosen("M", "item-7"))
    place.bridge.opens("item-7")
    place.bridge.closes("item-7")
    place.hear().shows(s.Parcels)
    assert [type(fact).__name__ for fact in place.facts.kept] == ["ParcelReceived"]


def expects(place: Place, label: str, person: str) -> None:
    """The hub has told whom a parcel with this label is for."""
    place.knowledge.kept["expected/e-1"] = m.Expected(label=label, person=person)


@pytest.mark.parametrize("told", [LABEL, "6a 1234 567 8901", "]C06A12345678901"])
def test_an_expected_label_proposes_its_person_with_the_line_to_the_hub_down(place: Place, told: str) -> None:
    expects(place, told, "p-5")
    place.on(e.Scanned(STAFF_BADGE), e.Scanned(f"]C0{LABEL}"))
    assert shown(place) == ("p-5",)
    place.on(place.session.entered(""), place.session.entered(""))
    place.shows(s.Opening)


def test_an_expected_label_is_no_business_of_who_has_not_signed_in(place: Place) -> None:
    expects(place, LABEL, "p-5")
    place.on(e.Scanned(LABEL))
    assert "Hoxha" not in repr(place.session.seen.state)


def test_the_tag_of_a_bag_at_the_counter_is_a_yes_to_what_is_offered_at_that_moment(place: Place) -> None:
    place.clock.set_wall(NOW_MS, "synced")
    place.on(e.StaffWanted(), e.PinGiven(STAFF_NUMBER, STAFF_PIN), RelayDo("home", "f" * 32), ev.DropWanted())
    place.on(e.UnknownSaid("x"), ev.ServiceChosen("shoes"), e.Scanned("NET-0021744"))
    place.shows(TakenIn)
    [order] = place.facts.of(m.OrderPlaced)
    assert order.promised_ms == NOW_MS + 7 * HOUR_MS  # type: ignore[attr-defined]


def at_an_open_door(place: Place) -> str:
    """Somebody has put their shoes behind a door that stands open; the item."""
    place.on(ev.DropWanted(), ev.NoCard(), ev.ServiceChosen("shoes"), ev.Agreed())
    drop = place.session.seen.state.drop
    assert drop is not None
    place.bridge.opens(drop.item)
    place.hear().shows(s.DoorOpen)
    return drop.item


def test_given_up_with_the_line_cut_and_gone_at_once_the_order_stands_for_what_lies_there(
    place: Place,
) -> None:
    item = at_an_open_door(place)
    place.bridge.cut = True
    place.on(e.Undo(), e.Leave()).shows(s.Start)
    place.bridge.closes(item)
    place.passes(20_000)
    place.bridge.cut = False
    place.bridge.beat()
    place.passes(20_000)
    assert [one for one in place.bridge.asks if isinstance(one.body, m.Settle)] == []
    assert place.facts.of(m.OrderCancelled) == []


def test_given_up_and_gone_at_once_the_order_is_no_more_when_the_lockers_have_heard_it(place: Place) -> None:
    at_an_open_door(place)
    place.bridge.cut = True
    place.on(e.Undo(), e.Leave()).shows(s.Start)
    assert place.facts.of(m.OrderCancelled) == []
    place.bridge.cut = False
    place.bridge.beat()
    place.passes(2_000)
    assert len(place.facts.of(m.OrderCancelled)) == 1


def test_a_scale_is_there_once_the_lockers_say_so(place: Place) -> None:
    assert not place.session.seen.state.scale
    place.bridge.scale = True
    place.bridge.picture()
    place.hear().on(ev.DropWanted(), ev.NoCard(), ev.ServiceChosen(""))
    place.shows(d.WeighIt)
    place.passes(3_000)
    assert kinds(place.bridge.asks).count("Weigh") >= 3, "put again with the same id"
    assert len({one.id for one in place.bridge.asks if isinstance(one.body, m.Weigh)}) == 1
    place.bridge.weighs(4350)
    place.hear().shows(d.Agree)


def test_bags_that_the_hub_says_have_left_are_forgotten_and_others_are_not(place: Place) -> None:
    place.on(e.StaffWanted(), e.PinGiven(STAFF_NUMBER, STAFF_PIN), RelayDo("home", "f" * 32))
    for tag in ("SAC 1", "SAC 2"):
        place.on(ev.DropWanted(), e.UnknownSaid("x"), ev.ServiceChosen("shoes"), e.Scanned(tag))
        place.shows(TakenIn)
        place.on(RelayDo("done", ""))
    traces = place.session.seen.state.memory.traces
    assert len(traces) == 2
    gone, stays = traces[0].item, traces[1].item
    told = m.Tracked(item=stays, person="p", kind="object", state="in_hand")
    place.knowledge.kept[f"tracked/{stays}"] = told
    place.session.told(frozenset({f"tracked/{gone}", f"tracked/{stays}", "person/p-1"}))
    assert [one.item for one in place.session.seen.state.memory.traces] == [stays]


def test_who_is_gone_meanwhile_is_neither_proposed_nor_chosen(place: Place) -> None:
    expects(place, LABEL, "p-5")
    place.on(e.Scanned(STAFF_BADGE), e.Scanned(LABEL))
    del place.knowledge.kept["person/p-5"]
    assert place.session.entered("").matches == ()
    place.on(e.PersonChosen("p-5"))
    assert place.session.seen.state.screen == s.FindPerson(note="gone")
    place.on(e.Back(), e.Scanned(LABEL))
    assert shown(place) == ()


def shown(place: Place) -> tuple[str, ...]:
    """Who is proposed."""
    screen = place.session.seen.state.screen
    assert isinstance(screen, s.FindPerson)
    return tuple(one.person for one in screen.matches)


def test_answers_of_two_parcels_that_come_mixed_and_late_are_kept_apart(place: Place) -> None:
    place.on(e.Scanned(STAFF_BADGE))
    put_in(place, LABEL, "item-1")
    place.bridge.opens("item-1")
    place.hear().shows(s.DoorOpen)
    place.bridge.free["M"] = 8
    put_in(place, "1Z999AA10123456784", "item-2")
    place.shows(s.Placed)
    place.bridge.closes("item-1")
    place.bridge.outbox = [*reversed(place.bridge.outbox), *place.bridge.outbox]
    place.hear().shows(s.Opening)
    place.bridge.opens("item-2")
    place.bridge.closes("item-2")
    place.hear().shows(s.Parcels)
    assert place.session.seen.state.staff is not None
    assert place.session.seen.state.staff.pile.received == 2


def put_in(place: Place, label: str, item: str) -> None:
    """From the scan to the door."""
    found = place.session.find_people("schmitt")
    place.on(e.Scanned(label), e.PeopleFound("schmitt", found), e.PersonChosen("p-2"))
    place.on(e.SizeChosen("M", item))


def test_a_round_that_goes_on_names_its_people_again(place: Place) -> None:
    place.on(e.Scanned(STAFF_BADGE))
    put_in(place, LABEL, "item-1")
    place.bridge.opens("item-1")
    place.bridge.closes("item-1")
    place.hear().shows(s.Parcels)
    place.passes(90_000).shows(s.Start)
    assert "Schmitt" not in repr(place.session.seen.state)
    place.on(e.Scanned(STAFF_BADGE)).shows(s.Parcels)
    staff = place.session.seen.state.staff
    assert staff is not None
    assert [one.draft.owner for one in staff.pile.parcels] == ["p-2"]


def started(place: Place, path: Path, run: int) -> Journal:
    """The kiosk is started again, with what lies on its disk."""
    journal = Journal.open(path, place.clock)
    place.session = make_session(
        place.bridge, place.facts, place.clock, place.knowledge, deliveries=Deliveries(journal), run=run
    )
    place.bridge.beat()
    place.bridge.picture()
    place.hear()
    return journal


def test_a_delivery_goes_on_after_a_power_cut_with_what_the_lockers_say_of_it(
    place: Place, tmp_path: Path
) -> None:
    journal = started(place, tmp_path / "journal.sqlite3", 1)
    place.on(e.Scanned(STAFF_BADGE))
    put_in(place, LABEL, "item-1")
    place.bridge.opens("item-1")
    place.bridge.closes("item-1")
    place.hear().shows(s.Parcels)
    place.on(e.Scanned("GLS0000001"), e.RefuseWanted(), e.RefuseSaid("damaged", "item-0"))
    put_in(place, "6A99999999999", "item-2")
    place.bridge.opens("item-2")
    place.hear().shows(s.DoorOpen)
    journal.close()  # and this bridge knows nothing of item-2 when it is asked what lies where

    journal = started(place, tmp_path / "journal.sqlite3", 2)
    assert "Schmitt" not in repr(place.session.seen.state)
    place.on(e.Scanned(STAFF_BADGE)).shows(s.Parcels)
    staff = place.session.seen.state.staff
    assert staff is not None
    assert (staff.pile.received, staff.pile.refused) == (1, 1)
    assert [one.draft.owner for one in staff.pile.parcels] == ["p-2"]
    assert [one.draft.label for one in staff.pile.cut] == ["6A99999999999"], "to be scanned once more"
    place.on(e.Scanned(LABEL)).shows(s.Twice)
    place.on(e.NextParcel(), e.RoundEnded(), e.Entered("2", (), "item-3")).shows(s.Counted)
    place.on(e.NextParcel()).shows(s.Parcels)
    journal.close()

    journal = started(place, tmp_path / "journal.sqlite3", 3)
    assert place.session.seen.state.round is None, "it was ended"
    journal.close()


def test_names_are_looked_up_for_staff_only(place: Place) -> None:
    assert place.session.find_people("schmitt") == ()
    place.on(e.StaffWanted(), e.PinGiven(STAFF_NUMBER, STAFF_PIN))
    assert [one.person for one in place.session.find_people("schmitt")] == ["p-2"]


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"null", b'{"ask": 7}', b"\xff\xfe", b"[" * 5_000, b" " * (CEILING + 1)]
)
def test_what_is_no_message_is_counted_and_the_conversation_goes_on(place: Place, payload: bytes) -> None:
    place.session.read(ANSWERS, payload)
    assert place.session.strange == 1
    place.on(e.CodeTyped(GOOD_CODE)).shows(s.Opening)


def test_a_topic_nobody_asked_for_is_strange_too(place: Place) -> None:
    place.session.read("conciergerie/1/lan/other/doors", b"{}")
    assert place.session.strange == 1


def test_no_code_is_ever_logged_or_kept(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    place.on(e.CodeTyped("99999999"), e.Leave(), e.CodeTyped(GOOD_CODE), e.Leave(), e.Scanned(GOOD_TOKEN))
    place.session.read(ANSWERS, b'{"digits": "%s"' % GOOD_CODE.encode())
    for secret in ("99999999", GOOD_CODE, GOOD_TOKEN):
        assert secret not in caplog.text
        assert secret not in repr(place.facts.kept)


def test_a_page_that_waits_is_woken_by_a_change(place: Place) -> None:
    before = place.session.seen.revision
    woken: list[int] = []
    waiter = threading.Thread(target=lambda: woken.append(place.session.wait(before, 10).revision))
    waiter.start()
    place.on(e.TypingBegan())
    waiter.join(10)
    assert woken == [before + 1]


def test_pages_and_hub_are_told_when_the_answer_is_there(place: Place) -> None:
    before = place.session.seen.revision
    drawn: list[s.Screen] = []
    waiter = threading.Thread(target=lambda: drawn.append(place.session.wait(before, 10).state.screen))
    waiter.start()
    place.session.handle(e.CodeTyped(GOOD_CODE))
    waiter.join(0.05)
    place.hear()
    waiter.join(10)
    assert [type(one) for one in (*drawn, *place.told_hub)] == [s.Opening, s.Opening]


def test_they_are_told_at_once_without_a_line_and_soon_when_no_answer_comes(place: Place) -> None:
    place.session.handle(e.CodeTyped(GOOD_CODE))
    assert place.told_hub == []
    place.clock.advance(MOMENT_MS)
    place.session.tick()
    assert place.told_hub == [s.Checking()]
    place.bridge.cut = True
    place.on(e.Leave(), e.CodeTyped(GOOD_CODE))
    assert place.told_hub == [s.Checking(), s.Checking()]


def test_a_touch_that_changes_nothing_draws_nothing_anew_but_counts(place: Place) -> None:
    place.on(e.TypingBegan())
    before = place.session.seen.revision
    place.passes(30_000).on(e.Touched()).passes(30_000)
    assert place.session.seen.revision == before
    assert place.session.seen.state.over == ""


def test_the_sessions_own_thread_reads_and_keeps_time() -> None:
    place = Place()
    place.bridge.on_out = place.session.receive
    runner = threading.Thread(target=place.session.run)
    runner.start()
    try:
        place.bridge.beat()
        revision = 1
        while not place.session.seen.state.bridge_up:
            revision = place.session.wait(revision, 10).revision
        place.session.handle(e.CodeTyped(GOOD_CODE))
        while isinstance(place.session.seen.state.screen, s.Start | s.Checking):
            revision = place.session.wait(revision, 10).revision
        place.shows(s.Opening)
    finally:
        place.session.close()
        runner.join(10)
    assert not runner.is_alive()


def test_pickup_asked_names_the_ask_that_follows(place: Place) -> None:
    place.on(e.CodeTyped(GOOD_CODE))
    assert place.facts.kept == [m.PickupAsked(ask=place.bridge.asks[0].id, way="typed")]


def test_a_visit_goes_on_in_the_language_the_hub_knows_of_the_person() -> None:
    place = Place()
    place.bridge.beat()
    known = place.session.knows._documents
    assert isinstance(known, Known)
    known.kept["person/p-5"] = m.PersonName(person="p-5", name="Besnik Hoxha", language="sq")
    place.bridge.person = "p-5"
    place.hear().on(e.CodeTyped(GOOD_CODE))
    assert place.session.seen.state.language == "sq"
