import msgspec

from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.state import Record, Send
from tests.kiosk.core.dialogue import CODE, TOKEN, Dialogue, at_open_door, parcel

ONE, TWO = parcel("i-1", 12), parcel("i-2", 10)
SHELF = parcel("i-9", 101, "B4")


def test_the_first_digit_is_already_collecting() -> None:
    Dialogue().on(e.TypingBegan()).shows(s.Typing)


def test_the_fact_that_a_code_was_shown_is_kept_before_the_ask_leaves_and_names_it() -> None:
    told = Dialogue().on(e.CodeTyped(CODE))
    told.shows(s.Checking)
    kept, sent = told.last[:2]
    assert isinstance(kept, Record)
    assert isinstance(sent, Send)
    assert kept.fact == m.PickupAsked(ask=sent.ask, way="typed")
    assert sent.body == m.Present(digits=CODE)


def test_a_scanned_ticket_is_a_whole_collection_without_a_touch() -> None:
    told = Dialogue().on(e.Scanned(TOKEN))
    assert told.asks == [m.Present(token=TOKEN)]
    assert told.facts == [m.PickupAsked(ask="run.1", way="qr")]


def test_a_printed_code_may_be_scanned_with_its_blanks() -> None:
    assert Dialogue().on(e.Scanned("27 483 190")).asks == [m.Present(digits=CODE)]


def test_one_parcel_from_code_to_thanks_to_the_start_screen() -> None:
    told = at_open_door(ONE)
    assert told.shows(s.DoorOpen).item == ONE
    told.waits(9_000).door(ONE, "closed")
    assert not told.shows(s.DoorClosed).quick
    told.settled(ONE, "collected")
    assert told.shows(s.Thanks).item == ONE
    assert told.timer("step") == 4_000
    told.fires("step").shows(s.Start)
    assert told.asks[-1] == m.LeaveVisit(visit="v")
    assert told.state.visit is None


def test_thanks_are_not_said_before_the_bridge_has_written_it_down() -> None:
    at_open_door(ONE).waits(9_000).door(ONE, "closed").shows(s.DoorClosed)


def test_several_doors_come_one_after_the_other_and_only_after_the_close() -> None:
    told = at_open_door(ONE, TWO).waits(9_000).door(ONE, "closed").settled(ONE, "collected", remaining=1)
    assert told.shows(s.NextDoor) == s.NextDoor(TWO, ONE)
    told.on(e.OpenDoor())
    assert told.asks[-1] == m.OpenItem(visit="v", item="i-2")
    told.door(TWO, "intent", "pulsed", "opened").waits(9_000).door(TWO, "closed").settled(TWO, "collected")
    assert told.shows(s.Thanks).item == TWO


def test_a_door_closed_within_three_seconds_is_asked_about() -> None:
    told = at_open_door(ONE).waits(2_999).door(ONE, "closed").settled(ONE, "collected")
    told.shows(s.HaveIt)
    told.on(e.HaveItSaid()).shows(s.Thanks)
    assert told.facts[-1] == m.PersonSaid(visit="v", item="i-1", said="have_it")


def test_a_door_closed_after_three_seconds_is_not_asked_about() -> None:
    told = at_open_door(ONE).waits(3_000).door(ONE, "closed").settled(ONE, "collected").shows(s.Thanks)
    assert told.item == ONE


def test_not_in_hand_the_same_door_opens_again() -> None:
    told = at_open_door(ONE).waits(1_000).door(ONE, "closed").settled(ONE, "collected").on(e.OpenDoor())
    assert told.asks[-1] == m.OpenItem(visit="v", item="i-1")
    told.door(ONE, "intent", "pulsed", "opened").shows(s.DoorOpen)
    told.waits(8_000).door(ONE, "closed").settled(ONE, "collected").shows(s.Thanks)


def test_too_high_keeps_the_parcel_and_waits_for_the_door() -> None:
    told = at_open_door(ONE).on(e.KeptSaid("too_high"))
    assert told.facts[-1] == m.PersonSaid(visit="v", item="i-1", said="too_high")
    assert told.asks[-1] == m.Settle(visit="v", item="i-1", outcome="too_high")
    assert told.shows(s.KeptBack) == s.KeptBack(ONE, "too_high", door_open=True)
    assert told.settled(ONE, "kept").shows(s.KeptBack).told
    assert told.timer("step") is None
    told.door(ONE, "closed").fires("step").shows(s.Thanks)


def test_the_concierge_is_not_said_to_know_before_it_is_written_down() -> None:
    told = at_open_door(ONE).waits(1).door(ONE, "closed").settled(ONE, "collected").on(e.KeptSaid("empty"))
    assert not told.shows(s.KeptBack).told
    told.fires("step").shows(s.Silent)


def test_something_missing_after_thanks_is_asked_what() -> None:
    told = at_open_door(ONE).waits(9_000).door(ONE, "closed").settled(ONE, "collected").on(e.MissingSaid())
    told.shows(s.WhatIsMissing)
    told.on(e.KeptSaid("wrong"))
    assert told.asks[-1] == m.Settle(visit="v", item="i-1", outcome="wrong")


def test_a_door_that_stays_shut_is_nobodys_fault_and_can_be_tried_again() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(ONE, TWO)))
    told.door(ONE, "intent", "pulsed").door(ONE, "intent", "pulsed", attempt=2)
    assert told.shows(s.Opening).attempt == 2
    told.door(ONE, "not_opened", tries_left=2)
    assert told.shows(s.Blocked) == s.Blocked(ONE, 2)
    told.on(e.OpenDoor())
    assert told.asks[-1] == m.OpenItem(visit="v", item="i-1")
    told.door(ONE, "opened").shows(s.DoorOpen)


def test_past_a_blocked_door_the_next_one_can_be_opened() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(ONE, TWO)))
    told.door(ONE, "intent", "pulsed", "not_opened").on(e.SkipDoor())
    assert told.shows(s.NextDoor) == s.NextDoor(TWO, None)


def test_a_door_left_open_is_pointed_out_and_still_ends_well() -> None:
    told = at_open_door(ONE).waits(120_000).door(ONE, "left_open")
    assert told.shows(s.DoorOpen).late
    told.waits(5_000).door(ONE, "closed").settled(ONE, "collected").shows(s.Thanks)


def test_what_lies_on_a_shelf_is_handed_over_at_the_counter() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(SHELF,)))
    assert told.shows(s.AtCounter).items == (SHELF,)


def test_what_staff_have_in_hand_waits_at_the_counter_and_no_door_is_named_for_it() -> None:
    held = m.VisitItem(item="i-9", kind="parcel", compartment=7, state="with_staff", size="M")
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(held,)))
    assert told.shows(s.AtCounter).items == (held,)


def test_a_registered_letter_is_handed_over_at_the_counter_too() -> None:
    letter = m.VisitItem(item="i-8", kind="registered_letter", compartment=4, state="blocked", size="S")
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(letter,)))
    assert told.shows(s.AtCounter).items == (letter,)


def test_a_door_known_to_be_stuck_is_said_at_once() -> None:
    stuck = m.VisitItem(item="i-8", kind="parcel", compartment=4, state="blocked", size="S")
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(stuck,)))
    assert told.shows(s.Blocked).item == stuck


def test_the_door_the_bridge_opens_is_shown_first() -> None:
    opening = m.VisitItem(item="i-8", kind="parcel", compartment=4, state="opening", size="S")
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(ONE, opening)))
    assert told.shows(s.Opening).item == opening


def test_after_the_doors_the_shelf() -> None:
    told = at_open_door(ONE, SHELF).waits(9_000).door(ONE, "closed").settled(ONE, "collected")
    assert told.shows(s.AtCounter) == s.AtCounter((SHELF,), ONE)
    assert told.on(e.MissingSaid()).shows(s.WhatIsMissing).item == ONE
    assert told.on(e.Back()).shows(s.AtCounter).items == (SHELF,)


def test_a_wrong_code_slows_down_the_keypad_and_not_the_scanner() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.Refused(why="code", wait_seconds=15))
    assert told.shows(s.CodeRefused).wait_seconds == 15
    assert told.timer("step") == 15_000
    assert told.on(e.CodeTyped(CODE), e.TypingBegan()).shows(s.CodeRefused).wait_seconds == 15
    told.on(e.Scanned(TOKEN)).shows(s.Checking)
    told.answers(m.Refused(why="code", wait_seconds=15)).fires("step")
    assert told.shows(s.CodeRefused).wait_seconds == 0
    told.on(e.TypingBegan()).shows(s.Typing)


def test_a_refusal_shows_the_same_whatever_its_reason() -> None:
    malformed = Dialogue().on(e.CodeTyped(CODE)).answers(m.Refused(why="malformed"))
    wrong = Dialogue().on(e.CodeTyped(CODE)).answers(m.Refused(why="code"))
    assert malformed.screen == wrong.screen == s.CodeRefused()


def test_other_refusals_say_what_to_do() -> None:
    told = at_open_door(ONE, TWO).waits(9_000).door(ONE, "closed").settled(ONE, "collected").on(e.OpenDoor())
    told.answers(m.Refused(why="busy"))
    assert told.shows(s.Refusal) == s.Refusal("busy", TWO)
    told.on(e.OpenDoor())
    assert told.asks[-1] == m.OpenItem(visit="v", item="i-2")


def test_a_carriers_label_is_not_tried_as_a_code() -> None:
    told = Dialogue().on(e.Scanned("6A12345678901"))
    assert told.shows(s.CodeRefused).label
    assert told.asks == []


def test_a_scan_with_control_characters_leaves_a_fact_without_its_text() -> None:
    told = Dialogue().on(e.Scanned("ABC\x1d123"), e.Scanned("9" * 300))
    assert told.facts == [m.ScanRefused(why="control", length=7), m.ScanRefused(why="too_long", length=300)]
    told.shows(s.Start)


def test_no_answer_says_so_and_a_late_one_still_counts() -> None:
    told = Dialogue().on(e.CodeTyped(CODE))
    told.on(e.NoAnswer(told.state.waiting)).shows(s.Silent)
    told.answers(m.VisitGranted(visit="v", items=(ONE,))).shows(s.Opening)
    told.door(ONE, "opened").shows(s.DoorOpen)


def test_a_visit_granted_to_somebody_who_left_is_given_back() -> None:
    told = Dialogue().on(e.CodeTyped(CODE))
    asked = told.state.waiting
    told.on(e.Leave()).answers(m.VisitGranted(visit="v", items=(ONE,)), ask=asked)
    told.shows(s.Start)
    assert told.asks[-1] == m.LeaveVisit(visit="v")


def test_a_bridge_that_says_nothing_more_about_a_door_is_said_to_be_silent() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(ONE,)))
    told.fires("step").shows(s.Silent)
    told.door(ONE, "opened").shows(s.DoorOpen)


def test_news_of_a_door_of_somebody_before_changes_nothing() -> None:
    told = at_open_door(ONE).on(e.Leave())
    told.door(ONE, "closed").settled(ONE, "collected").shows(s.Start)


def test_a_visit_the_bridge_ends_asks_for_the_code_again() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(ONE,)))
    told.answers(m.VisitOver(visit="v", why="restart"))
    assert told.shows(s.Refusal).why == "visit"
    assert told.state.visit is None


def test_a_disk_without_room_is_said_before_anything_opens() -> None:
    told = Dialogue().on(e.RecordFailed())
    assert told.shows(s.Refusal).why == "disk"


def test_a_code_shown_on_the_thanks_screen_begins_the_next_visit() -> None:
    told = at_open_door(ONE).waits(9_000).door(ONE, "closed").settled(ONE, "collected").on(e.Scanned(TOKEN))
    assert told.asks[-2:] == [m.LeaveVisit(visit="v"), m.Present(token=TOKEN)]


def test_a_code_shown_at_an_open_door_is_not_heard() -> None:
    assert at_open_door(ONE).on(e.Scanned(TOKEN), e.CodeTyped(CODE)).shows(s.DoorOpen).item == ONE


AWAY = msgspec.structs.replace(parcel("i-5", 3), kind="object", state="away")
DROPPED = msgspec.structs.replace(parcel("i-6", 4), kind="bag", state="dropped")


def test_what_a_partner_has_is_told_and_opens_no_door() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(AWAY, DROPPED)))
    assert told.shows(d.Elsewhere) == d.Elsewhere((AWAY, DROPPED))
    assert told.timer("idle") == 45_000
    assert told.on(e.OpenDoor()).asks[1:] == []
    told.on(e.Back()).shows(s.Start)


def test_what_is_here_comes_first_and_then_what_is_on_its_way() -> None:
    told = at_open_door(ONE, AWAY, SHELF).waits(9_000).door(ONE, "closed").settled(ONE, "collected")
    assert told.shows(s.AtCounter).items == (SHELF,)
    told = at_open_door(ONE, AWAY).waits(9_000).door(ONE, "closed").settled(ONE, "collected")
    assert told.shows(d.Elsewhere) == d.Elsewhere((AWAY,), ONE)
    assert told.on(e.MissingSaid()).shows(s.WhatIsMissing).item == ONE


LOST = msgspec.structs.replace(AWAY, lost=True)


def test_a_lost_thing_is_told_plainly_once_and_whoever_is_on_duty_hears_that_its_person_is_here() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(LOST,)))
    assert told.shows(d.Lost) == d.Lost((LOST,))
    assert told.facts[-1] == m.HelpAsked(screen="Lost", visit="v", item="i-5")
    assert told.timer("idle") == 45_000
    told.on(ev.GoOn()).shows(s.Start)
    assert told.asks[-1] == m.LeaveVisit(visit="v")


def test_what_is_here_comes_before_the_bad_news_and_what_waits_elsewhere_after_it() -> None:
    told = at_open_door(ONE, LOST, SHELF).waits(9_000).door(ONE, "closed").settled(ONE, "collected")
    assert told.shows(d.Lost) == d.Lost((LOST,), ONE)
    assert told.on(e.MissingSaid()).shows(s.WhatIsMissing).item == ONE
    told.on(e.Back()).shows(s.AtCounter)
    assert sum(isinstance(fact, m.HelpAsked) for fact in told.facts) == 1
    told = at_open_door(ONE, LOST).waits(9_000).door(ONE, "closed").settled(ONE, "collected").on(ev.GoOn())
    assert told.shows(s.Thanks).item == ONE
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.VisitGranted(visit="v", items=(LOST, DROPPED)))
    assert told.on(ev.GoOn()).shows(d.Elsewhere).items == (DROPPED,)


def test_what_the_hub_gave_up_is_lost_though_the_lockers_have_not_heard_of_it() -> None:
    hub = m.Tracked(item="i-5", person="p-1", kind="object", state="away", lost=True)
    told = Dialogue().on(e.CodeTyped(CODE))
    granted = m.VisitGranted(visit="v", items=(AWAY, DROPPED), person="p-1")
    told.on(e.Answered(told.state.waiting, granted, 1, told=(hub,)))
    assert told.shows(d.Lost).items == (LOST,)
