"""Memory that went back or is gone, at the bridge and at the hub: nothing is lost without a word."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from deploy.demo.plan import BRIDGE, KIOSK
from tests.fakes.at_the_kiosk import Slip
from tests.fakes.site import Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently


def collects(site: WholeSite, slip: Slip) -> None:
    """The person with this slip gets their parcel at the first try, and the hub knows."""
    item, frames, person = site.item_behind(slip.door), len(site.frames()), site.person(slip)
    mark = site.mark()
    person.collect()
    assert person.has_it
    assert person.asked == 1
    site.wait_for_fact("item_collected", item=item)
    intents = site.facts("door_intent", mark, item=item)
    assert [one.attempt for one in intents] in ([1], [1, 2]), (
        "a second by itself, where nothing was seen of it"
    )
    assert [one.door for one in site.frames()[frames:]] == [slip.door] * len(intents)


def is_refused(site: WholeSite, slip: Slip) -> None:
    """The code is no code any more."""
    frames = len(site.frames())
    site.person(slip).type_code()
    site.screen.wait_for("code_refused")
    site.screen.touch("leave")
    site.screen.wait_for("start")
    assert len(site.frames()) == frames


def asks_for_a_look(site: WholeSite, alarm: str, empty: int) -> None:
    """The hub says what happened and shows that nobody knows what is behind that door; nobody gets it."""
    patiently(lambda: alarm in site.pages().alarms())
    patiently(lambda: site.pages().drawn(empty) == "unusable")
    assert site.clerk().finds_no_place("thiriet", "6A11111111111")


def test_an_older_copy_of_the_bridges_memory_is_noticed_and_the_hub_knows_better(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path / "site", parcels=2) as site:
        data, copy = site.plan.device(BRIDGE) / "data", tmp_path / "copy"
        gone, stays = site.slips
        site.kill("bridge")
        shutil.copytree(data, copy)
        site.start("bridge")
        collects(site, gone)
        later = site.clerk().deposit("thiriet", "6A98765432109")
        site.wait_for_fact("item_left", compartment=later.door)

        site.kill("bridge")
        shutil.rmtree(data)
        shutil.copytree(copy, data)
        frames, mark = len(site.frames()), site.mark()
        site.start("bridge")
        site.wait_for_fact("journal_opened", mark, reason="went_back")
        site.wait_for_fact("holding_adopted", mark, item=site.item_behind(later.door))
        site.wait_for_fact("holding_adopted", mark, item=site.item_behind(gone.door), gone=True)
        assert len(site.frames()) == frames
        asks_for_a_look(site, "went_back", gone.door)
        is_refused(site, gone)
        collects(site, stays)
        collects(site, later)
        assert_whole(site)


def test_a_wiped_bridge_takes_over_what_the_hub_knows_and_gives_out_no_door_unseen(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path, parcels=2) as site:
        gone, stays = site.slips
        collects(site, gone)
        site.kill("bridge")
        shutil.rmtree(site.plan.device(BRIDGE) / "data")
        frames, mark = len(site.frames()), site.mark()
        site.start("bridge")
        site.wait_for_fact("journal_opened", mark, reason="new")
        site.wait_for_fact("holding_adopted", mark, item=site.item_behind(stays.door))
        assert len(site.frames()) == frames
        asks_for_a_look(site, "new_journal", gone.door)
        is_refused(site, gone)
        collects(site, stays)
        assert_whole(site)


def test_a_bridge_whose_file_was_damaged_tells_the_hub_what_was_saved_before_it_believes_it(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path, parcels=2) as site:
        gone, stays = site.slips
        item = site.item_behind(gone.door)
        site.line.cut()
        person = site.person(gone)
        person.collect()
        assert person.has_it
        site.kill("bridge")
        damage(site.plan.device(BRIDGE) / "data" / "journal.sqlite3", "remembered")
        mark = site.mark()
        site.start("bridge")
        site.line.join()
        site.wait_for_fact("journal_opened", mark, reason="corrupt")
        site.wait_for_fact("item_collected", mark, item=item)
        site.wait_for_fact("holding_adopted", mark, item=site.item_behind(stays.door))
        assert site.facts("holding_adopted", mark, item=item) == []
        is_refused(site, gone)
        collects(site, stays)
        assert_whole(site)


def damage(path: Path, table: str) -> None:
    """Spoil the first page of a table, and leave what else is in the file as it is."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [page] = file.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        [size] = file.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * 200)


def test_a_hub_restored_from_a_backup_gets_back_by_itself_what_happened_since(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path / "site", parcels=2) as site:
        first, second = site.slips
        backup = tmp_path / "backup.sqlite3"
        assert "verified" in site.hub_command("backup", str(backup))
        collects(site, first)
        before = site.ledger()
        timeline = timelines(site)

        site.stage.child("hub").stop()
        assert "restored" in site.hub_command("restore", str(backup))
        assert site.facts("item_collected") == []
        site.start("hub")
        patiently(lambda: {told.event for told in before} <= {told.event for told in site.ledger()})
        assert len(timelines(site)) == len(timeline) + 1
        collects(site, second)
        assert_whole(site)


def timelines(site: WholeSite) -> list[str]:
    """All timelines the hub had, the present one last."""
    return [str(name) for (name,) in site.hub_rows("SELECT timeline FROM timelines ORDER BY number")]


def assert_whole(site: WholeSite) -> None:
    """What devices hold is in the ledger, each event once, and the tables are its fold."""
    site.kill("bridge", "kiosk")
    held = {event for device in (BRIDGE, KIOSK) for _, _, event in site.journal_events(device)}
    site.start("bridge", "kiosk")
    patiently(lambda: held <= {told.event for told in site.ledger()})
    events = [told.event for told in site.ledger()]
    assert len(events) == len(set(events))
    assert "equal" in site.hub_command("rebuild", "--check")
    assert site.frames_without_intent() == []
