"""A door that does not open, or a board that is off: nothing is collected, the code stays good (D1, D9)."""

from collections.abc import Iterator

import pytest

from tests.fakes.site import Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently

LEAST_BETWEEN_PULSES_MS = 2_000


@pytest.fixture(scope="module")
def site(seed: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSite]:
    with opened_site(seed, tmp_path_factory.mktemp("jam"), parcels=2) as running:
        yield running


def test_a_jammed_door_is_pulsed_twice_never_collected_and_opens_to_the_same_code_once_healed(
    site: WholeSite,
) -> None:
    slip = site.slips[0]
    item, mark = site.item_behind(slip.door), site.mark()
    site.hands.fault(slip.door, "jam")
    person = site.person(slip)
    person.type_code()
    patiently(lambda: "Nous essayons encore une fois" in site.screen.html())
    site.screen.wait_for("blocked")
    told = " ".join(site.screen.html().split())
    who = ("Nadia", "du lundi au vendredi, de 9 h à 12 h et de 16 h à 19 h")
    for words in ("Ce n’est pas votre faute.", "Votre code reste bon.", "Allez au comptoir", *who):
        assert words in told
    first, second = [frame.mono_ms for frame in site.frames() if frame.door == slip.door]
    assert second - first >= LEAST_BETWEEN_PULSES_MS
    site.wait_for_fact("door_not_opened", mark, compartment=slip.door, why="stayed_shut")
    assert site.pages().drawn(slip.door) == "blocked"
    assert "La porte est bloquée" in site.pages().get(f"/colis/{item}"), "its person is told"
    assert "blocked" in site.pages().alarms(), "the concierge is called, and nobody typed anything"
    assert site.facts("item_collected", item=item) == []
    assert site.moves(slip.door) == ["jammed", "jammed"]

    site.hands.fault(slip.door, None)
    site.screen.touch("leave")
    person.collect()
    site.wait_for_fact("item_collected", mark, item=item)
    assert person.asked == 2
    assert site.moves(slip.door) == ["jammed", "jammed", "open", "closed"]
    assert site.frames_without_intent() == []
    patiently(lambda: site.pages().drawn(slip.door) != "blocked")


def test_with_the_board_switched_off_no_frame_is_sent_and_the_code_works_when_it_is_back(
    site: WholeSite,
) -> None:
    slip = site.slips[1]
    item, mark, frames = site.item_behind(slip.door), site.mark(), len(site.frames())
    site.hands.off()
    site.wait_for_fact("board_silent", mark)
    assert site.pages().drawn(slip.door) == "unknown"
    person = site.person(slip)
    person.type_code()
    site.screen.wait_for("blocked", "at_counter", "refusal", "silent")
    assert len(site.frames()) == frames
    site.screen.touch("leave")

    site.hands.off(False)
    site.wait_for_fact("board_back", mark)
    site.wait_for_fact("doors_seen", mark)
    person.collect()
    site.wait_for_fact("item_collected", mark, item=item)
    assert site.moves(slip.door) == ["open", "closed"]
    assert len(site.frames()) == frames + 1
