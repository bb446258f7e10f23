"""One code for all that waits: three doors, the power goes after the second, and exactly one is left (D8)."""

from pathlib import Path

from tests.fakes.at_the_kiosk import Person
from tests.fakes.site import Seeded, WholeSite, opened_site

SITE_PROGRAMS = ("site-broker", "bridge", "kiosk")
AFTER_A_DOOR = ("have_it", "next_door", "thanks")


def empties(site: WholeSite, person: Person) -> str:
    """Take what lies behind the open door and push it shut, with the word the screen has then."""
    person.wait_for_open_door()
    person.take_and_shut()
    shown = site.screen.wait_for(*AFTER_A_DOOR)
    if shown == "have_it":
        site.screen.touch("have-it")
        shown = site.screen.wait_for("next_door", "thanks")
    return shown


def open_at_once(site: WholeSite) -> int:
    """How many doors stood open at the same moment, at most, as the boards' own log has it."""
    standing, most = set[int](), 0
    for line in site.board_log():
        if line["kind"] == "door":
            (standing.add if line["state"] == "open" else standing.discard)(line["lock"])
            most = max(most, len(standing))
    return most


def test_three_doors_under_one_code_and_a_power_cut_after_the_second_leave_exactly_one(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path, parcels=3, of_one=True) as site:
        first, second, third = (site.person(slip) for slip in site.slips)
        assert len({slip.digits for slip in site.slips}) == 1
        items = [site.item_behind(slip.door) for slip in site.slips]
        first.type_code()
        assert empties(site, first) == "next_door"
        site.screen.touch("open")
        assert empties(site, second) == "next_door"
        frames = [frame.door for frame in site.frames()]
        assert frames == [site.slips[0].door, site.slips[1].door]

        site.kill(*SITE_PROGRAMS)
        site.start(*SITE_PROGRAMS)
        site.wait_until_ready()
        assert [frame.door for frame in site.frames()] == frames, "a lock moved by itself"
        third.type_code()
        assert empties(site, third) == "thanks"

        site.wait_for_fact("item_collected", item=items[2])
        assert [fact.item for fact in site.facts("item_collected")] == items
        assert [frame.door for frame in site.frames()] == [slip.door for slip in site.slips]
        assert open_at_once(site) == 1
        assert site.frames_without_intent() == []
