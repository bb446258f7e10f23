"""What becomes of what a partner did: which site, which tag, when, and nothing of what is not theirs."""

from typing import Any

import msgspec
import pytest

from contract import bag_tag
from contract import messages as m
from contract.scans.labels import number_of
from hub.core.partner_deeds import (
    OLDEST_MS,
    AnyDeed,
    Close,
    Count,
    Done,
    Load,
    Note,
    Quote,
    Scan,
    Sent,
    tag_of,
)
from hub.core.partner_outcomes import Knowledge, Order, event_id, outcome

NOW_MS = 1_795_000_000_000
TAG, NEAR, BOTH = (bag_tag.printed(item) for item in ("bag", "near", "both"))
KNOWN = Knowledge(
    sites=("borny", "metz"),
    orders={"order": Order("metz", "basket"), "old": Order("metz", "shoes", over=True)},
    bags={TAG: {"metz": "bag"}, NEAR: {"borny": "near"}, BOTH: {"borny": None, "metz": "both"}},
    rounds={"round": {"metz": frozenset({TAG, "NET-0002"})}},
    others=frozenset({"another's"}),
)
ID = "0" * 32
BY = m.Holder(kind="partner", id="laundry")


NAMED = "Mme Haddad, Bât. B"


def did(deed: AnyDeed, known: Knowledge = KNOWN) -> Any:
    return outcome("laundry", deed, known, NOW_MS)


def said(deed: AnyDeed) -> Any:
    [told] = did(deed).facts
    return told.fact


@pytest.mark.parametrize(
    ("deed", "site"),
    [
        (Scan(id=ID, side="take", tag=TAG), "metz"),
        (Scan(id=ID, side="take", tag="NET-0001"), "borny"),
        (Scan(id=ID, side="take", tag="NET-0001", site="metz"), "metz"),
        (Scan(id=ID, side="take", tag="NET-0001", site="elsewhere"), "borny"),
        (Scan(id=ID, side="take", tag="NET-0001", manifest="round"), "metz"),
        (Load(id=ID, machine="M3", tags=("NET-0001", TAG)), "metz"),
        (Close(id=ID, manifest="new", direction="in", tags=("NET-0001",), site="metz"), "metz"),
        (Close(id=ID, manifest="round", direction="out", tags=()), "metz"),
        (Scan(id=ID, side="take", tag=BOTH, site="borny"), "metz"),
        (Scan(id=ID, side="take", tag=NEAR, manifest="round"), "borny"),
        (Scan(id=ID, side="take", tag="NET-0002", site="borny", manifest="round"), "metz"),
        (Scan(id=ID, side="give", tag=BOTH, of="borny"), "borny"),
        (Scan(id=ID, side="take", tag=NEAR, of="metz"), "metz"),
        (Scan(id=ID, side="take", tag=TAG, of="elsewhere"), "metz"),
        (Count(id=ID, tag=BOTH, of="metz", pieces=5), "metz"),
        (Count(id=ID, order="order", pieces=5, of="borny"), "metz"),
        (Note(id=ID, tag=TAG, what="stain"), "metz"),
        (Note(id=ID, order="order", what="stain", site="borny"), "metz"),
        (Quote(id=ID, order="order", cents=1, site="borny"), "metz"),
        (Done(id=ID, order="order"), "metz"),
    ],
)
def test_the_site_is_the_thing_s_own_or_the_one_that_was_chosen(deed: AnyDeed, site: str) -> None:
    assert [told.site for told in did(deed).facts] == [site]


@pytest.mark.parametrize(
    ("deed", "known", "why"),
    [
        (Quote(id=ID, order="another's", cents=1), KNOWN, "order"),
        (Quote(id=ID, order="old", cents=1), KNOWN, "over"),
        (Done(id=ID, order="another's"), KNOWN, "order"),
        (Note(id=ID, order="another's", tag=TAG, what="stain"), KNOWN, "order"),
        (Note(id=ID, what="stain"), KNOWN, "tag"),
        (Count(id=ID, pieces=5), KNOWN, "tag"),
        (Count(id=ID, tag="NET-0001", pieces=5), KNOWN, "tag"),
        (Count(id=ID, tag=BOTH, of="borny", pieces=5), KNOWN, "tag"),
        (Count(id=ID, order="another's", pieces=5), KNOWN, "order"),
        (Close(id=ID, manifest="another's", direction="out", tags=(TAG,)), KNOWN, "manifest"),
        (Scan(id=ID, side="take", tag=" \0"), KNOWN, "tag"),
        (Load(id=ID, machine="M3", tags=(" ",)), KNOWN, "tag"),
        (Scan(id=ID, side="take", tag="NET-0001"), Knowledge(), "site"),
    ],
)
def test_what_cannot_be_a_fact_says_why(deed: AnyDeed, known: Knowledge, why: str) -> None:
    assert (did(deed, known).facts, did(deed, known).why) == ((), why)


def test_what_is_of_several_sites_is_told_at_each_under_its_own_id() -> None:
    loaded = did(Load(id=ID, machine="M3", tags=(TAG, NEAR, "NET-0001", BOTH)))
    assert [(told.site, told.fact.tags) for told in loaded.facts] == [
        ("metz", (TAG, "NET-0001", BOTH)),
        ("borny", (NEAR,)),
    ]
    assert [told.fact.load for told in loaded.facts] == [told.event for told in loaded.facts]
    assert [told.event for told in loaded.facts] == [
        event_id("laundry", ID),
        event_id("laundry", ID, "borny"),
    ]
    given = did(Close(id=ID, manifest="back", direction="in", tags=(NEAR, TAG)))
    assert [(told.site, told.fact.tags) for told in given.facts] == [("borny", (NEAR,)), ("metz", (TAG,))]


def test_a_round_is_counted_where_it_left_and_misses_only_its_own_bags() -> None:
    counted = did(Close(id=ID, manifest="round", direction="out", tags=(NEAR,), missing=(TAG, "NET-0009")))
    assert [(told.site, told.fact.tags, told.fact.missing) for told in counted.facts] == [
        ("metz", (), (TAG,)),
        ("borny", (NEAR,), ()),
    ]


def test_what_should_go_back_and_is_not_there_is_missing_where_it_is_known() -> None:
    back = did(Close(id=ID, manifest="back", direction="in", tags=(NEAR,), missing=(TAG, BOTH, "NET-0009")))
    assert [(told.site, told.fact.tags, told.fact.missing) for told in back.facts] == [
        ("borny", (NEAR,), ()),
        ("metz", (), (TAG, BOTH)),
    ]
    one = did(Close(id=ID, manifest="back", direction="in", tags=(NEAR,), missing=(BOTH,), of="borny"))
    assert [(told.site, told.fact.missing) for told in one.facts] == [("borny", (BOTH,))]


@pytest.mark.parametrize(
    ("deed", "item"),
    [(Count(id=ID, tag=TAG, pieces=5), "bag"), (Count(id=ID, order="order", pieces=5), "basket")],
)
def test_a_count_is_an_added_line_about_the_thing(deed: AnyDeed, item: str) -> None:
    assert said(deed) == m.PiecesCounted(item=item, by="partner", pieces=5, who="laundry")


def test_a_remark_on_an_order_without_a_tag_is_about_its_item() -> None:
    noted = said(Note(id=ID, order="order", what="stain"))
    assert noted == m.BagNoted(note=event_id("laundry", ID), tag="", what="stain", by=BY, item="basket")


def test_a_known_bag_is_named_and_an_unknown_one_is_not() -> None:
    assert said(Scan(id=ID, side="take", tag=TAG)) == m.BagScanned(
        tag=TAG, side="take", holder=BY, item="bag"
    )
    assert said(Scan(id=ID, side="give", tag="NET-0001", manifest="r")) == m.BagScanned(
        tag="NET-0001", side="give", holder=BY, manifest="r"
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
    assert did(Load(id=ID, machine="M", tags=(TAG, TAG))).facts[0].event == event_id("laundry", ID)


def test_what_a_telephone_sends_is_sized() -> None:
    deed = {"do": "scan", "id": ID, "side": "take", "tag": "x" * 257}
    for deeds in ([deed], [{**deed, "tag": "x"}] * 101, [{**deed, "tag": "x", "more": 1}]):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"deeds": deeds}, Sent)


def test_a_tag_that_is_no_number_is_kept_as_kiosks_keep_it_and_no_name_is_told() -> None:
    kept = number_of(NAMED)
    assert tag_of(NAMED) == tag_of(kept) == kept
    scanned = did(
        Scan(id=ID, side="take", tag=NAMED), Knowledge(sites=("borny",), bags={kept: {"borny": "shoes"}})
    )
    assert scanned.facts[0].fact == m.BagScanned(tag=kept, side="take", holder=BY, item="shoes")
