"""The spine: a parcel is put away, the line is cut, it is collected with the typed code, the line is back."""

from pathlib import Path

from deploy.demo.plan import BRIDGE
from tests.fakes.site import Seeded, opened_site

COLLECTING = ("door_intent", "door_pulsed", "door_opened", "door_closed", "item_collected")


def test_a_parcel_is_collected_with_the_line_cut_and_the_hub_learns_all_of_it_in_order(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path) as site:
        slip = site.clerk().deposit("thiriet", "6A98765432109")
        site.wait_for_fact("item_left", compartment=slip.door)
        item = site.item_behind(slip.door)
        site.line.cut()
        mark = site.mark()

        person = site.person(slip)
        person.collect()
        assert person.has_it
        assert person.asked == 1
        assert site.facts("item_collected") == [], "the hub heard of it through a line that was cut"

        site.line.join()
        site.wait_for_fact("item_collected", item=item)
        told = [one for one in site.ledger(mark) if one.device == BRIDGE]
        assert [one.tag for one in told if one.tag in COLLECTING] == list(COLLECTING)
        assert [one.seq for one in told] == list(range(told[0].seq, told[0].seq + len(told)))
        assert len(site.facts("item_collected")) == 1
        assert site.moves(slip.door) == ["open", "closed"] * 2
        assert [frame.door for frame in site.frames()] == [slip.door] * 2
        assert site.frames_without_intent() == []
        assert "equal" in site.hub_command("rebuild", "--check")
