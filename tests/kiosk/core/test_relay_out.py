"""Dialogues: bags go to a partner, one beep a bag, and the count is right before the van leaves."""

from dataclasses import replace

import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import house_screens as h
from kiosk.core import relay_events as re
from kiosk.core import relay_out
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core.relay_memory import Memory, noted
from tests.kiosk.core.at_the_relay import (
    MANIFEST,
    NINE_TWELVE,
    PRESS,
    SERVICES,
    SHOES,
    STOCK,
    bags,
    does,
    facts,
    giving,
    item,
    scans,
    stock,
    tag,
    told,
    why,
)
from tests.kiosk.core.dialogue import Dialogue, signed_in, sounds
from tests.kiosk.core.in_the_house import ALL_RIGHTS


def signing(dialogue: Dialogue) -> Dialogue:
    does(dialogue, "all", "sign").shows(r.SignHere)
    return dialogue


def away(dialogue: Dialogue, *names: str) -> Dialogue:
    """The bridge notes that these are away, in this order."""
    for name in names:
        assert dialogue.asks[-1] == m.Settle(
            visit="sv", item=name, outcome="sent_out", to=PRESS, manifest=MANIFEST
        )
        dialogue.answers(m.Settled(item=name, stands="sent_out"))
    return dialogue


def after_a_power_cut(dialogue: Dialogue, answer: m.Stock = STOCK) -> Dialogue:
    """Only the journal and the bridge's stock are left."""
    memory = Memory()
    for fact in dialogue.facts:
        memory = noted(memory, fact)
    fresh = replace(Dialogue().state, memory=memory)
    return giving(answer=answer, state=fresh)


def test_only_partners_with_bags_in_hand_are_offered_the_most_first() -> None:
    dialogue = stock(does(bags(), "out"))
    assert relay_out.partners(dialogue.state) == ((PRESS, 2), (SHOES, 1))
    dialogue.on(re.PartnerChosen("nobody", "m")).shows(r.Partners)


def test_a_bag_without_an_order_may_go_to_any_partner_and_is_a_question() -> None:
    orphan = m.Stock(places=(), in_hand=STOCK.in_hand[:1])
    dialogue = stock(does(bags(orphan), "out"), orphan, (*SERVICES, told("h-1", "in_hand", "")))
    assert dict(relay_out.partners(dialogue.state)) == {PRESS: 0, SHOES: 0}
    scans(dialogue.on(re.PartnerChosen(SHOES, MANIFEST)), tag("h-1"))
    assert (why(dialogue), sounds(dialogue)) == ("no_order", "question")
    assert [one.item for one in relay_out.given(dialogue.state)] == ["h-1"]


def test_one_beep_a_bag_then_the_count_the_sign_and_all_are_away() -> None:
    dialogue = scans(giving(), tag("h-1"), tag("h-2"))
    assert sounds(dialogue) == "ok"
    assert [fact.item for fact in facts(dialogue, m.BagScanned)] == ["h-1", "h-2"]  # type: ignore[attr-defined]
    away(does(signing(dialogue), "signed"), "h-1", "h-2")
    assert dialogue.shows(r.SentOut) == r.SentOut(MANIFEST, PRESS)
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert closed == m.ManifestClosed(
        manifest=MANIFEST,
        partner=PRESS,
        direction="out",
        tags=tuple(_tags(dialogue)),
        by=m.Holder(kind="staff", id="staff-1"),
        signed=True,
    )


def _tags(dialogue: Dialogue) -> list[str]:
    return [fact.tag for fact in facts(dialogue, m.BagScanned)]  # type: ignore[attr-defined]


def test_forty_bags_are_forty_scans_and_four_touches() -> None:
    names = [f"f-{number}" for number in range(40)]
    forty = m.Stock(places=(), in_hand=tuple(item(name, "in_hand") for name in names))
    documents: tuple[m.Tracked | m.Service, ...] = (*SERVICES, *(told(name, "in_hand") for name in names))
    dialogue = stock(does(bags(forty, documents), "out"), forty, documents)
    dialogue.on(re.PartnerChosen(PRESS, MANIFEST))
    scans(dialogue, *map(tag, names))
    assert sounds(dialogue) == "ok"
    assert len(relay_out.given(dialogue.state)) == 40
    away(does(dialogue, "all", "sign", "signed"), *names)
    dialogue.shows(r.SentOut)
    assert [len(fact.tags) for fact in facts(dialogue, m.ManifestClosed)] == [40]  # type: ignore[attr-defined]


def test_each_scan_says_who_gives_to_whom_on_which_manifest() -> None:
    (scan,) = facts(scans(giving(), tag("h-1")), m.BagScanned)
    assert scan == m.BagScanned(
        tag=_tags(scans(giving(), tag("h-1")))[0],
        side="give",
        holder=m.Holder(kind="staff", id="staff-1"),
        other=m.Holder(kind="partner", id=PRESS),
        item="h-1",
        post="run",
        manifest=MANIFEST,
    )


def test_the_employer_of_who_gives_is_told() -> None:
    dialogue = Dialogue().on(e.StaffWanted(), e.PinGiven(12, "4711"))
    granted = m.StaffGranted(visit="sv", staff="staff-1", initials="SB", rights=ALL_RIGHTS, employer="esat")
    stock(does(dialogue.answers(granted), "home"))
    stock(does(dialogue, "out")).on(re.PartnerChosen(PRESS, MANIFEST))
    (scan,) = facts(scans(dialogue, tag("h-1")), m.BagScanned)
    assert scan.holder.employer == "esat"  # type: ignore[attr-defined]


def test_what_is_missing_is_said_before_the_van_leaves_and_in_the_manifest() -> None:
    dialogue = signing(scans(giving(), tag("h-2")))
    does(dialogue, "unsigned").answers(m.Settled(item="h-2", stands="sent_out"))
    assert dialogue.shows(r.SentOut).missing == 1
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert len(closed.missing) == 1  # type: ignore[attr-defined]
    assert not closed.signed  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "meant", "sound"),
    [
        (tag("h-3"), "other_partner", "step"),
        (tag("d-1"), "behind", "step"),
        (tag("a-1"), "left", "step"),
        (tag("l-1"), "lies", "step"),
        ("NET-4711471", "unknown", "question"),
        ("B1AAAAAAAAAA", "misread", "error"),
        ("6A12345678901", "label", "step"),
        ("C1" + "A" * 26, "ticket", "step"),
        ("0008154711", "badge", "step"),
        (MANIFEST, "slip", "step"),
    ],
)
def test_a_scan_out_of_step_is_one_line_and_no_dead_end(text: str, meant: str, sound: str) -> None:
    dialogue = scans(giving(), text)
    assert (why(dialogue), sounds(dialogue)) == (meant, sound)
    shown = {"misread": text, "ticket": "", "badge": ""}  # no secret, and no digest, stands on the screen
    assert dialogue.state.relay.heard.tag == shown.get(meant, dialogue.state.relay.heard.tag)
    scans(dialogue, tag("h-1")).shows(r.Giving)
    assert why(dialogue) == "counted"


def test_scanned_twice_it_counts_once() -> None:
    dialogue = scans(giving(), tag("h-1"), tag("h-1"), "NET-4711471", "NET-4711471")
    assert (why(dialogue), sounds(dialogue)) == ("twice", "step")
    assert len(facts(dialogue, m.BagScanned)) == 2
    assert relay_out.strange(dialogue.state) == ("NET-4711471",)


def test_an_unknown_bag_goes_along_and_stands_in_the_manifest() -> None:
    dialogue = signing(scans(giving(), "NET-4711471"))
    does(dialogue, "signed").shows(r.SentOut)
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert closed.tags == ("NET-4711471",)  # type: ignore[attr-defined]


def test_a_bag_that_left_says_when_and_with_which_slip() -> None:
    dialogue = away(does(signing(scans(giving(), tag("h-1"))), "signed"), "h-1")
    stock(does(dialogue, "out"), m.Stock(places=(), in_hand=STOCK.in_hand[1:], away=STOCK.in_hand[:1]))
    dialogue.on(re.PartnerChosen(PRESS, "another"))
    scans(dialogue, tag("h-1"))
    heard = dialogue.state.relay.heard
    assert (heard.why, heard.manifest, heard.wall_ms) == ("left", MANIFEST, NINE_TWELVE)


def test_a_typed_tag_counts_like_a_scanned_one() -> None:
    printed = tag("h-1")[2:].lower()
    assert why(giving().on(e.Entered(printed, (), "new"))) == "counted"


def test_one_whose_tag_cannot_be_read_is_chosen_by_hand() -> None:
    dialogue = does(giving(), "unreadable")
    dialogue.shows(r.MissingBags)
    dialogue.on(re.BagChosen("h-2"))
    assert why(dialogue) == "counted"
    assert [one.item for one in relay_out.missing(dialogue.state)] == ["h-1"]


def test_the_last_one_is_taken_back_and_that_is_a_fact_too() -> None:
    dialogue = scans(giving(), tag("h-1"), tag("h-2")).on(e.Undo())
    assert [one.item for one in relay_out.given(dialogue.state)] == ["h-1"]
    assert facts(dialogue, m.BagScanned)[-1].side == "take"  # type: ignore[attr-defined]
    scans(dialogue, "NET-4711471").on(e.Undo())
    assert relay_out.strange(dialogue.state) == ()
    dialogue.on(e.Undo(), e.Undo())
    assert sounds(dialogue) == "error"


def test_scanning_goes_on_after_the_count_was_looked_at() -> None:
    dialogue = does(scans(giving(), tag("h-1")), "all")
    dialogue.shows(r.GivenCount)
    scans(dialogue, tag("h-2")).shows(r.Giving)
    assert relay_out.missing(dialogue.state) == ()


def test_nothing_scanned_is_not_signed_for() -> None:
    does(giving(), "all", "sign").shows(r.GivenCount)


def test_closing_twice_is_harmless() -> None:
    dialogue = away(does(signing(scans(giving(), tag("h-1"))), "signed"), "h-1")
    does(dialogue, "signed", "signed").shows(r.SentOut)
    assert len(facts(dialogue, m.ManifestClosed)) == 1


def test_after_a_power_cut_the_same_manifest_goes_on() -> None:
    cut = scans(giving(), tag("h-1"))
    dialogue = after_a_power_cut(cut)
    assert dialogue.state.relay.manifest == MANIFEST
    assert [one.item for one in relay_out.given(dialogue.state)] == ["h-1"]
    away(does(signing(scans(dialogue, tag("h-2"))), "signed"), "h-1", "h-2")
    dialogue.shows(r.SentOut)


def test_cut_while_the_bridge_was_told_what_is_away_is_not_sent_again() -> None:
    cut = scans(giving(), tag("h-1"), tag("h-2"))
    half = m.Stock(places=(), in_hand=STOCK.in_hand[1:2], away=STOCK.in_hand[:1])
    dialogue = after_a_power_cut(cut, half)
    away(does(signing(dialogue), "signed"), "h-2")
    (closed,) = facts(dialogue, m.ManifestClosed)
    assert len(closed.tags) == 2  # type: ignore[attr-defined]


def test_cut_before_it_was_closed_an_empty_hand_still_finds_its_manifest() -> None:
    gone = m.Stock(places=(), away=STOCK.in_hand[:1])
    dialogue = after_a_power_cut(scans(giving(), tag("h-1")), gone)
    does(signing(dialogue), "signed").shows(r.SentOut)


def test_a_closed_manifest_is_never_gone_on_with() -> None:
    cut = away(does(signing(scans(giving(), tag("h-1"))), "signed"), "h-1")
    assert cut.state.memory.open_manifest(PRESS) == ""
    assert cut.state.memory.open_partners() == frozenset()


def test_leaving_amid_keeps_the_manifest_for_who_comes_next() -> None:
    dialogue = scans(giving(), tag("h-1")).on(e.Leave())
    dialogue.shows(s.Start)
    stock(does(signed_in(told=dialogue, rights=ALL_RIGHTS, staff="staff-2"), "home"))
    stock(does(dialogue, "out")).on(re.PartnerChosen(PRESS, "fresh"))
    assert dialogue.state.relay.manifest == MANIFEST


def test_staff_amid_a_manifest_are_asked_before_they_are_signed_out() -> None:
    assert scans(giving(), tag("h-1")).fires("idle").state.over == "still_there"


def test_a_no_of_the_bridge_leads_back_to_the_count() -> None:
    dialogue = does(signing(scans(giving(), tag("h-1"))), "signed").answers(m.Refused(why="item"))
    dialogue.shows(h.CannotDo)
    dialogue.on(he.Do("go_on")).shows(r.GivenCount)
    assert facts(dialogue, m.ManifestClosed) == []


def test_the_disk_is_full_and_nothing_was_given() -> None:
    dialogue = giving()
    before = dialogue.state.memory
    dialogue.on(e.RecordFailed()).shows(s.Refusal)
    assert dialogue.state.memory == before


@pytest.mark.parametrize("screen", [r.Giving(), r.MissingBags(), r.GivenCount(), r.SignHere()])
def test_back_never_takes_a_scan_away(screen: r.RelayScreen) -> None:
    dialogue = scans(giving(), tag("h-1"))
    dialogue.state = replace(dialogue.state, screen=screen)
    dialogue.on(e.Back())
    assert dialogue.state.memory.trace("h-1").given is not None
