"""A parcel is taken in on the hub's page and lies on the shelf: the lockers noted it, or nothing was done."""

from pathlib import Path

from deploy.demo.plan import BRIDGE
from tests.fakes.site import Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently


def stands(site: WholeSite, item: str) -> str:
    """How the wish stands."""
    [(state,)] = site.hub_rows("SELECT state FROM take_ins WHERE item = ?", item)
    return str(state)


def is_online(site: WholeSite) -> bool:
    return bool(site.hub_rows("SELECT online FROM device_state WHERE device = ?", BRIDGE)[0][0])


def test_the_lockers_note_it_with_a_code_and_a_cut_line_leaves_nothing_behind(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path) as site:
        pages = site.pages()
        item = pages.take_in("6A12345678905")
        site.wait_for_fact("item_left", item=item, evidence="shelf")
        assert stands(site, item) == "taken"
        story = pages.get(f"/colis/{item}")
        assert "depuis un téléphone" in story
        assert "Dire le code" in story

        site.line.cut()
        lost = pages.take_in("6A98765432109")
        patiently(lambda: stands(site, lost) == "dead")
        site.line.join()
        patiently(lambda: is_online(site))
        after = pages.take_in("6A55555555555")
        site.wait_for_fact("item_left", item=after)
        assert stands(site, lost) == "dead"
        assert site.facts("item_claimed", item=lost) == []
        assert site.frames() == []
        assert "equal" in site.hub_command("rebuild", "--check")
