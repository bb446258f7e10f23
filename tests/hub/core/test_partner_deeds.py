"""What becomes of what a partner did: which site, which tag, when, and nothing of what is not theirs."""

from typing import Any

import msgspec
import pytest

from contract import bag_tag
from contract import messages as m
from hub.core.partner_deeds import (
    OLDEST_MS,
    AnyDeed,
    Close,
    Done,
    Knowledge,
    Load,
    Note,
    Quote,
    Scan,
    Sent,
    event_id,
    outcome,
    tag_of,
)

NOW_MS = 1_795_000_000_000
TAG = bag_tag.printed("bag")
KNOWN = Knowledge(
    sites=("borny", "metz"),
    orders={"order": "metz"},
    bags={TAG: ("metz", "bag")},
    manifests={"round": "metz"},
)
ID = "0" * 32
BY = m.Holder(kind="partner", id="laundry")


def did(deed: AnyDeed, known: Knowledge = KNOWN) -> Any:
    return outcome("laundry", deed, known, NOW_MS)


@pytest.mark.parametrize(
    ("deed", "site"),
    [
        (Scan(id=ID, side="take", tag=TAG), "metz"),
        (Scan(id=ID, side="take", tag="NET-1"), "borny"),
        (Scan(id=ID, side="take", tag="NET-1", site="metz"), "metz"),
        (Scan(id=ID, side="take", tag="NET-1", site="elsewhere"), "borny"),
        (Scan(id=ID, side="take", tag="NET-1", manifest="round"), "metz"),
        (Load(id=ID, machine="M3", tags=("NET-1", TAG)), "metz"),
        (Close(id=ID, manifest="new", direction="in", tags=("NET-1",), site="metz"), "metz"),
        (Close(id=ID, manifest="round", direction="out", tags=()), "metz"),
        (Note(id=ID, tag=TAG, what="stain"), "metz"),
        (Quote(id=ID, order="order", cents=1, site="borny"), "metz"),
        (Done(id=ID, order="order"), "metz"),
    ],
)
def test_the_site_is_the_thing_s_own_or_the_one_that_was_chosen(deed: AnyDeed, site: str) -> None:
    assert did(deed).site == site
    assert did(deed).fact is not None


@pytest.mark.parametrize(
    ("deed", "known", "why"),
    [
        (Quote(id=ID, order="another's", cents=1), KNOWN, "order"),
        (Done(id=ID, order="another's"), KNOWN, "order"),
        (Scan(id=ID, side="take", tag=" \0"), KNOWN, "tag"),
        (Load(id=ID, machine="M3", tags=(" ",)), KNOWN, "tag"),
        (Scan(id=ID, side="take", tag="NET-1"), Knowledge((), {}, {}, {}), "site"),
    ],
)
def test_what_cannot_be_a_fact_says_why(deed: AnyDeed, known: Knowledge, why: str) -> None:
    assert (did(deed, known).fact, did(deed, known).why) == (None, why)


def test_a_known_bag_is_named_and_an_unknown_one_is_not() -> None:
    assert did(Scan(id=ID, side="take", tag=TAG)).fact == m.BagScanned(
        tag=TAG, side="take", holder=BY, item="bag"
    )
    assert did(Scan(id=ID, side="give", tag="NET-1", manifest="r")).fact == m.BagScanned(
        tag="NET-1", side="give", holder=BY, manifest="r"
    )


@pytest.mark.parametrize(
    "scanned",
    [TAG, TAG.lower(), TAG.replace("-", ""), bag_tag.scanned(TAG), f"]C0{bag_tag.scanned(TAG)}", f" {TAG}\n"],
)
def test_whatever_the_way_it_was_written_it_is_the_same_tag(scanned: str) -> None:
    assert tag_of(scanned) == TAG


def test_what_is_not_ours_stays_as_it_came() -> None:
    assert tag_of(" NET-0021744 ") == "NET-0021744"


@pytest.mark.parametrize(
    ("age_ms", "sure", "ago_ms", "estimated"),
    [
        (0, True, 0, False),
        (5_000, True, 5_000, False),
        (5_000, False, 5_000, True),
        (2**50, True, OLDEST_MS, True),
    ],
)
def test_a_deed_happened_so_long_ago_as_it_says(
    age_ms: int, sure: bool, ago_ms: int, estimated: bool
) -> None:
    one = did(Done(id=ID, order="order", age_ms=age_ms, sure=sure))
    assert (one.at_ms, one.estimated) == (NOW_MS - ago_ms, estimated)


def test_nobody_takes_the_id_of_another_s_deed() -> None:
    assert event_id("laundry", ID) == event_id("laundry", ID)
    assert event_id("laundry", ID) != event_id("cobbler", ID)
    assert did(Load(id=ID, machine="M", tags=(TAG, TAG))).fact.load == event_id("laundry", ID)


def test_what_a_telephone_sends_is_sized() -> None:
    deed = {"do": "scan", "id": ID, "side": "take", "tag": "x" * 257}
    for deeds in ([deed], [{**deed, "tag": "x"}] * 101, [{**deed, "tag": "x", "more": 1}]):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"deeds": deeds}, Sent)
