"""A parcel too large for a locker: put on the shelf, asked for by code, handed over, told at the hub."""

import re
from pathlib import Path

from tests.fakes.at_the_kiosk import Clerk, KioskScreen
from tests.fakes.site import Seeded, opened_site


def put_on_the_shelf(clerk: Clerk, letters: str) -> str:
    """Staff, signed in, from the label to the slip; the code on it."""
    screen = clerk.screen
    screen.touch("label", text="6A98765432109")
    screen.wait_for("find_person")
    screen.touch("people", query=letters)
    screen.touch("person", value=value_of("person", screen))
    screen.touch("shelf", value="M")
    screen.wait_for("placed")
    screen.touch("shelf-done")
    screen.wait_for("parcels")
    return clerk.ends_round()


def value_of(action: str, screen: KioskScreen) -> str:
    """What the first button of this action posts."""
    found = re.search(rf'hx-post="/do/{action}"[^>]*value="([^"]+)"', screen.html())
    assert found is not None, action
    return found.group(1)


def test_a_parcel_on_the_shelf_is_handed_over_with_the_line_cut_and_the_hub_tells_by_whom(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path) as site:
        screen = site.screen
        clerk = site.clerk()
        clerk.sign_in()
        code = put_on_the_shelf(clerk, "thiriet")
        screen.touch("leave")
        site.wait_for_fact("item_left")
        site.line.cut()

        screen.touch("code", digits=code)
        screen.wait_for("at_counter")
        screen.touch("leave")

        site.clerk().sign_in()
        screen.touch("shelf-list")
        assert "Thiriet" in screen.html()
        screen.touch("hand-over", value=(item := value_of("hand-over", screen)))
        screen.touch("handed-over")
        screen.wait_for("handed_over")
        screen.touch("leave")

        screen.touch("code", digits=code)
        screen.wait_for("code_refused")

        site.line.join()
        site.wait_for_fact("item_collected", item=item)
        assert site.frames() == []
        assert re.search(r"Remis en main propre par [A-Z]{2}<", site.pages().get(f"/colis/{item}"))
        assert "equal" in site.hub_command("rebuild", "--check")
