"""Too high: it stays, the concierge is called, the code stays good, and it lies lower afterwards (D7)."""

import re
from pathlib import Path

from deploy.demo.plan import BRIDGE
from locker_firmware_bridge import config
from tests.fakes.site import Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently


def floor_cm(site: WholeSite, door: int) -> int:
    """How high a door is, as the site's own file has it."""
    return config.read(site.plan.device(BRIDGE)).places[door].floor_cm


def moved_by_staff(site: WholeSite, door: int) -> int:
    """Staff take it out, and put it where the lockers say; that door."""
    screen, hands = site.screen, site.hands
    site.clerk().sign_in()
    screen.touch("stock")
    screen.wait_for("what_is_here")
    screen.touch("place", value=str(door))
    screen.wait_for("at_place")
    screen.touch("task", value="move")
    patiently(lambda: not hands.doors()[door].closed)
    site.person(site.slips[0]).take_and_shut()
    screen.wait_for("new_place")
    found = re.search(r'class="plate number"[^>]*>(\d+)<', screen.html())
    assert found is not None
    lower = int(found.group(1))
    screen.touch("open")
    patiently(lambda: not hands.doors()[lower].closed)
    looks = hands.looks()
    hands.put(lower)
    patiently(lambda: hands.looks() >= looks + 2)
    hands.close(lower)
    screen.wait_for("put_away")
    screen.touch("leave")
    screen.wait_for("start")
    return lower


def test_too_high_stays_in_custody_calls_the_concierge_and_lies_lower_with_the_same_code(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path, parcels=1) as site:
        (slip,) = site.slips
        item, mark = site.item_behind(slip.door), site.mark()
        person = site.person(slip)
        person.type_code()
        person.wait_for_open_door()
        site.screen.wait_for("door_open")
        site.screen.touch("kept", value="too_high")
        site.screen.wait_for("kept_back")
        site.hands.close(slip.door)
        site.wait_for_fact("item_kept", mark, item=item, compartment=slip.door, why="too_high")
        site.wait_for_fact("door_closed", mark, compartment=slip.door)
        patiently(lambda: "C’est noté. Votre code reste bon." in " ".join(site.screen.html().split()))
        site.screen.touch("leave")
        site.screen.wait_for("start")
        first_page = " ".join(site.pages().get("/").split())
        assert re.search(rf"trop haut pour moi.{{0,80}}derrière la porte {slip.door}\b", first_page)
        assert site.pages().drawn(slip.door) == "occupied"
        assert site.facts("item_collected") == []

        lower = moved_by_staff(site, slip.door)
        assert floor_cm(site, lower) < floor_cm(site, slip.door)
        site.wait_for_fact("item_left", mark, item=item, compartment=lower)
        assert "trop haut pour moi" not in site.pages().get("/"), "nothing is left to be done"

        again = site.person(type(slip)(lower, slip.digits))
        again.collect()
        assert again.has_it
        site.wait_for_fact("item_collected", mark, item=item, compartment=lower)
        assert site.moves(slip.door) == ["open", "closed"] * 2
        assert site.moves(lower) == ["open", "closed"] * 2
        assert site.frames_without_intent() == []
