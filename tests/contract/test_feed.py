"""The replica holds what the hub said, no more, and says when it cannot follow."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.feed import Feed, digest
from contract.messages import Document, FeedPage, FeedPosition, PersonReach


def document(version: int, person: str, reach_cm: int | None = 120) -> Document:
    body = msgspec.Raw(msgspec.json.encode(PersonReach(person=person, reach_cm=reach_cm)))
    return Document(key=f"person/{person}", version=version, body=body)


def gone(version: int, person: str) -> Document:
    return Document(key=f"person/{person}", version=version)


def snapshot(*documents: Document, after: int = 0, through: int = 5, last: bool = True) -> FeedPage:
    return FeedPage(
        timeline="1-a", after=after, through=through, documents=documents, snapshot=True, last=last
    )


def changes(after: int, through: int, *documents: Document, timeline: str = "1-a") -> FeedPage:
    return FeedPage(timeline=timeline, after=after, through=through, documents=documents)


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    feed = Feed.open(tmp_path / "feed.db")
    yield feed
    feed.close()


def test_an_empty_replica_asks_for_everything(feed: Feed) -> None:
    assert feed.position == FeedPosition(timeline=None, version=0, digest=None)
    assert feed.apply(changes(0, 3, document(3, "ana")))[0] == "gap"


def test_a_snapshot_replaces_everything_at_once(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana"), document(2, "luc")))
    outcome, changed = feed.apply(snapshot(document(7, "zoe"), through=7))
    assert outcome == "applied"
    assert changed == {"person/ana", "person/luc", "person/zoe"}
    assert list(feed.documents("person/")) == ["person/zoe"]


def test_a_snapshot_in_pages_counts_only_with_its_last(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana")))
    assert feed.apply(snapshot(document(6, "luc"), through=6, last=False))[0] == "held"
    assert list(feed.documents("person/")) == ["person/ana"]
    assert feed.apply(snapshot(document(7, "zoe"), after=6, through=7))[0] == "applied"
    assert list(feed.documents("person/")) == ["person/luc", "person/zoe"]


def test_a_snapshot_page_out_of_its_turn_is_a_gap(feed: Feed) -> None:
    feed.apply(snapshot(document(6, "luc"), through=6, last=False))
    assert feed.apply(snapshot(document(9, "zoe"), after=8, through=9))[0] == "gap"


def test_changes_follow_and_a_tombstone_removes(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana"), document(2, "luc")))
    assert feed.apply(changes(5, 7, gone(6, "ana"), document(7, "zoe")))[0] == "applied"
    assert list(feed.documents("person/")) == ["person/luc", "person/zoe"]
    assert feed.is_gone("person/ana")
    assert not feed.is_gone("person/never-heard-of")


def test_a_page_delivered_twice_or_late_changes_nothing(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana")))
    feed.apply(changes(5, 7, document(7, "ana", 90)))
    before = feed.position
    assert feed.apply(changes(5, 7, document(7, "ana", 90)))[0] == "ignored"
    assert feed.apply(changes(3, 6, document(6, "ana", 200)))[0] == "ignored"
    assert feed.apply(snapshot(document(1, "ana")))[0] == "ignored"
    assert feed.position == before
    assert feed.get("person/ana") == PersonReach(person="ana", reach_cm=90)


def test_a_missing_page_and_another_timeline_are_gaps(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana")))
    assert feed.apply(changes(6, 8, document(8, "luc")))[0] == "gap"
    assert feed.apply(changes(5, 8, document(8, "luc"), timeline="2-b"))[0] == "gap"


def test_all_is_there_after_opening_again(tmp_path: Path) -> None:
    feed = Feed.open(tmp_path / "f.db")
    feed.apply(snapshot(document(1, "ana"), gone(2, "luc")))
    before = feed.position
    feed.close()
    again = Feed.open(tmp_path / "f.db")
    assert again.position == before
    assert again.get("person/ana") == PersonReach(person="ana", reach_cm=120)
    assert again.is_gone("person/luc")
    again.close()


def test_the_digest_is_over_what_is_held_whatever_the_way_there(tmp_path: Path, feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana"), document(2, "luc")))
    feed.apply(changes(5, 6, gone(6, "luc")))
    other = Feed.open(tmp_path / "other.db")
    other.apply(snapshot(document(1, "ana"), through=6))
    assert feed.position.digest == other.position.digest
    assert feed.position.digest == digest([("person/ana", 1, bytes(document(1, "ana").body or b""))])
    other.close()


def test_a_document_of_a_newer_hub_is_kept_but_not_used(feed: Feed) -> None:
    strange = Document(key="future/x", version=3, body=msgspec.Raw(b'{"type":"of_tomorrow"}'))
    assert feed.apply(snapshot(strange, document(4, "ana")))[0] == "applied"
    assert feed.get("future/x") is None
    assert feed.position.digest is not None


def on_disk(path: Path) -> bytes:
    """Every byte of a replica, its write-ahead log included."""
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_who_is_gone_is_gone_from_the_disk(tmp_path: Path) -> None:
    feed = Feed.open(tmp_path / "feed.db")
    feed.apply(snapshot(document(1, "ana"), document(2, "luc")))
    feed.apply(changes(5, 6, document(6, "zoe")))
    assert b'"person":"luc"' in on_disk(tmp_path / "feed.db")
    feed.apply(changes(6, 7, gone(7, "luc")))
    assert b'"person":"luc"' not in on_disk(tmp_path / "feed.db")
    feed.apply(snapshot(document(8, "zoe"), through=8))
    assert b'"person":"ana"' not in on_disk(tmp_path / "feed.db")
    feed.close()


def test_what_a_power_cut_left_in_the_log_is_gone_after_the_next_start(tmp_path: Path) -> None:
    feed = Feed.open(tmp_path / "feed.db")
    feed.apply(snapshot(document(1, "ana")))
    feed.apply(changes(5, 6, document(6, "luc")))
    cut_short = tmp_path / "cut-short"
    cut_short.mkdir()
    for each in tmp_path.glob("feed.db*"):
        (cut_short / each.name).write_bytes(each.read_bytes())
    feed.close()
    assert (cut_short / "feed.db-wal").read_bytes()
    feed = Feed.open(cut_short / "feed.db")
    assert not (cut_short / "feed.db-wal").read_bytes()
    assert list(feed.documents("person/")) == ["person/ana", "person/luc"]
    feed.close()


def test_a_damaged_replica_is_asked_for_anew(tmp_path: Path) -> None:
    (tmp_path / "f.db").write_bytes(b"rubbish" * 4096)
    feed = Feed.open(tmp_path / "f.db")
    assert feed.position.timeline is None
    assert (tmp_path / "f.damaged-1").exists()
    feed.close()


def test_forgetting_the_position_keeps_what_is_held_in_use(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana")))
    feed.forget_position()
    assert feed.position.timeline is None
    assert feed.get("person/ana") is not None


def test_a_snapshot_that_was_asked_for_counts_though_the_hub_went_back(feed: Feed) -> None:
    feed.apply(snapshot(document(1, "ana"), document(8, "luc"), through=8))
    older = snapshot(document(1, "ana"), through=3)
    assert feed.apply(older)[0] == "ignored"
    assert feed.apply(older, asked=True)[0] == "applied"
    assert (feed.position.version, list(feed.documents("person/"))) == (3, ["person/ana"])
