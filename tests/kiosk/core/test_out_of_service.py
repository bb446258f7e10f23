"""A kiosk is out of service: it says so calmly, takes nothing any more, and what was begun is finished."""

import pytest

from contract import messages as m
from kiosk.core import drop_events as ev
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.catalogue import Offers
from tests.kiosk.core.dialogue import CODE, TOKEN, Dialogue, at_open_door, parcel

ONE, TWO = parcel("i-1", 12), parcel("i-2", 10)


def revoked() -> Dialogue:
    return Dialogue().on(e.RevocationSeen(True))


def test_nobody_there_it_says_so_at_once_and_goes_back_with_a_hub_that_was_put_back() -> None:
    told = revoked()
    told.shows(s.OutOfService)
    told.on(e.RevocationSeen(False)).shows(s.Start)


@pytest.mark.parametrize(
    "event",
    [
        e.TypingBegan(),
        e.CodeTyped(CODE),
        e.Scanned(TOKEN),
        e.Scanned("0008154711"),
        e.Scanned("6A12345678901"),
        e.StaffWanted(),
        e.PinGiven(12, "4711"),
        ev.DropWanted(Offers(), ("a", "b", "c")),
        e.Back(),
        e.Leave(),
        e.Touched(),
    ],
    ids=lambda event: type(event).__name__,
)
def test_whatever_is_touched_or_scanned_nothing_is_asked_and_the_screen_stays(event: e.Event) -> None:
    told = revoked().on(event)
    told.shows(s.OutOfService)
    assert not told.asks


def test_it_is_read_in_any_language_aloud_and_seated_and_stands_so_for_nobody_after() -> None:
    told = revoked().on(e.Speak("ar"), e.Listen(), e.Seat(), e.Show("help"))
    assert (told.state.language, told.state.listens, told.state.seated) == ("ar", True, True)
    told.fires("idle").shows(s.OutOfService)
    assert (told.state.language, told.state.listens, told.state.seated) == ("fr", False, False)
    assert told.state.over == ""


def test_a_collect_under_way_goes_on_to_its_thanks() -> None:
    told = at_open_door(ONE).on(e.RevocationSeen(True))
    told.shows(s.DoorOpen)
    told.waits(9_000).door(ONE, "closed").settled(ONE, "collected").shows(s.Thanks)
    told.fires("step").shows(s.OutOfService)


def test_the_lockers_refusing_a_code_tell_a_kiosk_that_is_cut_off_from_the_hub() -> None:
    told = Dialogue().on(e.CodeTyped(CODE)).answers(m.Refused(why="revoked"))
    told.shows(s.OutOfService)


def test_refused_between_two_doors_the_person_is_told_where_to_go() -> None:
    told = at_open_door(ONE, TWO).waits(9_000).door(ONE, "closed").settled(ONE, "collected", remaining=1)
    told.on(e.OpenDoor()).answers(m.Refused(why="revoked"))
    assert told.shows(s.Refusal) == s.Refusal("revoked", TWO)
    told.on(e.Leave()).shows(s.OutOfService)
    assert told.asks[-1] == m.LeaveVisit(visit="v")
