import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.flow import advance, can_go_back
from kiosk.core.state import State
from tests.kiosk.core.dialogue import CODE, Dialogue, at_open_door, parcel, signed_in

ONE = parcel("i-1", 12)


def test_somebody_who_types_no_more_is_asked_after_45_seconds_and_gone_20_later() -> None:
    told = Dialogue().on(e.TypingBegan())
    assert told.timer("idle") == 45_000
    told.fires("idle")
    assert told.state.over == "still_there"
    assert told.timer("idle") == 20_000
    told.fires("idle")
    assert told.state == State(run="run", timers=told.state.timers)


def test_before_an_open_door_there_are_90_seconds() -> None:
    assert at_open_door(ONE).timer("idle") == 90_000


def test_yes_gives_the_time_anew() -> None:
    told = Dialogue().on(e.TypingBegan()).fires("idle").on(e.Touched())
    assert told.state.over == ""
    assert told.timer("idle") == 45_000
    told.shows(s.Typing)


def test_a_door_that_moves_is_an_answer_too() -> None:
    told = at_open_door(ONE).fires("idle").waits(100_000).door(ONE, "closed")
    assert told.state.over == ""
    told.shows(s.DoorClosed)


def test_what_a_noisy_scanner_drops_is_kept_as_a_fact_and_nobody_is_there_because_of_it() -> None:
    told = Dialogue().on(e.TypingBegan())
    before = told.state
    told.on(e.ScanDropped("control", 7))
    assert told.state == before
    assert told.facts == [m.ScanRefused(why="control", length=7)]


def test_a_stale_timer_ends_nothing() -> None:
    told = Dialogue().on(e.TypingBegan())
    old = told.state.idle_timer
    told.on(e.Touched(), e.TimerFired("idle", old))
    assert told.state.over == ""


def granted(told: Dialogue, language: str | None) -> Dialogue:
    """The bridge recognised somebody whose language is this one."""
    visit = m.VisitGranted(visit="v", items=(ONE,))
    return told.on(e.Answered(told.state.waiting, visit, told.heard, language))


def test_the_persons_language_follows_and_goes_with_them() -> None:
    told = granted(Dialogue().on(e.CodeTyped(CODE)), "sq")
    assert told.state.language == "sq"
    told.on(e.Leave())
    assert told.state.language == "fr"


def test_a_language_chosen_by_touch_stays() -> None:
    told = granted(Dialogue().on(e.Speak("en"), e.CodeTyped(CODE)), "sq")
    assert told.state.language == "en"
    assert granted(Dialogue().on(e.CodeTyped(CODE)), None).state.language == "fr"


def test_a_visit_nobody_waits_for_changes_no_language() -> None:
    told = Dialogue().on(e.CodeTyped(CODE))
    asked = told.state.waiting
    told.on(e.Leave(), e.Answered(asked, m.VisitGranted(visit="v", items=(ONE,)), told.heard, "sq"))
    assert told.state.language == "fr"


def test_the_voice_goes_on_from_screen_to_screen_until_it_is_turned_off_or_all_is_over() -> None:
    told = Dialogue().on(e.Listen(), e.TypingBegan(), e.CodeTyped(CODE))
    assert told.state.listens
    assert not granted(told, None).on(e.Leave()).state.listens
    assert not Dialogue().on(e.Listen(), e.Listen()).state.listens


def test_a_start_screen_that_speaks_falls_silent_by_itself() -> None:
    told = Dialogue().on(e.Listen())
    assert told.timer("idle") == 45_000
    assert not told.fires("idle").state.listens


def test_the_start_screen_waits_for_ever() -> None:
    assert Dialogue().on(e.Touched()).state.idle_timer == 0


def test_a_start_screen_that_somebody_changed_comes_back_to_itself() -> None:
    told = Dialogue().on(e.Show("languages"), e.Speak("en"))
    assert told.state.language == "en"
    told.fires("idle")
    assert (told.state.language, told.state.over) == ("fr", "")


@pytest.mark.parametrize("over", ["help", "other", "languages", "deposit", "about"])
def test_what_lies_over_the_screen_is_closed_by_back_and_the_flow_goes_on(over: s.Over) -> None:
    told = at_open_door(ONE).on(e.Show(over)).waits(9_000).door(ONE, "closed")
    assert told.state.over == over
    told.on(e.Back())
    assert told.state.over == ""
    told.shows(s.DoorClosed)


def test_asking_for_help_is_kept_with_the_screen_it_was_asked_on() -> None:
    assert at_open_door(ONE).on(e.Show("help")).facts[-1] == m.HelpAsked(screen="DoorOpen", visit="v")


def test_help_touched_again_and_again_is_kept_once_a_minute() -> None:
    told = Dialogue()
    for _ in range(500):
        told.on(e.Show("help"), e.Back())
    assert told.facts == [m.HelpAsked(screen="Start")]
    told.fires("help").on(e.Show("help"), e.Back(), e.Show("help"))
    assert told.facts == [m.HelpAsked(screen="Start")] * 2


def test_whoever_comes_next_may_ask_for_help_at_once_and_the_old_minute_ends_nothing() -> None:
    told = at_open_door(ONE).on(e.Show("help"))
    old = told.state.help_timer
    assert told.timer("help") == 60_000
    told.on(e.Leave(), e.Show("help"))
    assert [type(one) for one in told.facts].count(m.HelpAsked) == 2
    told.on(e.TimerFired("help", old), e.Back(), e.Show("help"))
    assert [type(one) for one in told.facts].count(m.HelpAsked) == 2


def test_leaving_wipes_language_seat_and_person() -> None:
    told = at_open_door(ONE).on(e.Speak("en"), e.Seat(), e.Leave())
    clean = State(run="run", asks=told.state.asks, timers=told.state.timers)
    assert told.state == clean


def test_asks_keep_their_own_ids_over_all_visits() -> None:
    told = Dialogue().on(e.CodeTyped(CODE))
    first = told.state.waiting
    told.on(e.Leave(), e.CodeTyped(CODE))
    assert (first, told.state.waiting) == ("run.1", "run.2")


def test_staff_mode_ends_by_itself_after_60_seconds_without_asking() -> None:
    told = signed_in()
    assert told.timer("idle") == 60_000
    told.fires("idle").shows(s.Start)
    assert told.asks[-1] == m.LeaveVisit(visit="sv")


def test_back_is_offered_only_where_it_leads_somewhere() -> None:
    assert not can_go_back(State(run="run"))
    assert not can_go_back(at_open_door(ONE).state)
    assert can_go_back(Dialogue().on(e.TypingBegan()).state)
    assert can_go_back(at_open_door(ONE).on(e.Show("help")).state)


def test_the_bridges_silence_is_known_on_every_screen() -> None:
    assert not Dialogue().on(e.BridgeSeen(False)).state.bridge_up


NOT_HERE: tuple[e.PersonEvent, ...] = (
    e.OpenDoor(),
    e.SkipDoor(),
    e.HaveItSaid(),
    e.MissingSaid(),
    e.KeptSaid("empty"),
    e.Bigger(),
    e.Undo(),
    e.NextParcel(),
    e.ShelfDone(),
    e.SlipsPrinted(),
    e.Entered("1", (), "i"),
    e.UnknownSaid("p"),
    e.MarkSaid("heavy"),
    e.PiecesSaid(2),
    e.SpecialWanted(),
    e.PiecesWanted(),
    e.RefuseWanted(),
    e.RefuseSaid("other", "i"),
    e.AnotherSaid(),
    e.RoundEnded(),
    e.PersonChosen("p"),
    e.SizeChosen("S", "i"),
    e.LabelGiven("x"),
    e.PinGiven(1, "1111"),
    e.Back(),
    e.Leave(),
)


@pytest.mark.parametrize("event", NOT_HERE)
def test_a_button_of_another_screen_does_nothing_on_the_start_screen(event: e.PersonEvent) -> None:
    before = State(run="run")
    after, commands = advance(before, event)
    assert (after, commands) == (before, ())
