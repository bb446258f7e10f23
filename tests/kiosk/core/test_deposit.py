"""Dialogues: a parcel's place, from the claim to the bridge's word that it lies there."""

import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import screens as s
from tests.kiosk.core.dialogue import (
    LABEL,
    PLACE,
    SAMIRA,
    SHELF,
    SLIP,
    Dialogue,
    count,
    parcel,
    put_away,
    signed_in,
    sounds,
    stands,
    with_open_door,
    with_person,
    with_place,
)


def test_a_badge_signs_in_from_the_start_screen() -> None:
    told = Dialogue().on(e.Scanned("0008154711"))
    assert told.asks == [m.SignIn(badge="0008154711")]
    assert told.shows(s.SignIn).busy


def test_on_the_sign_in_screen_whatever_the_reader_types_is_a_badge() -> None:
    assert Dialogue().on(e.StaffWanted(), e.Scanned("SAMIA-BADGE")).asks == [m.SignIn(badge="SAMIA-BADGE")]


def test_a_wrong_pin_waits_and_then_may_be_tried_again() -> None:
    told = Dialogue().on(e.StaffWanted(), e.PinGiven(12, "0000"))
    told.answers(m.Refused(why="code", wait_seconds=15))
    assert told.shows(s.SignIn) == s.SignIn(refused=True, wait_seconds=15)
    assert len(told.on(e.PinGiven(12, "0001")).asks) == 1
    told.fires("step").on(e.PinGiven(12, "0001"))
    assert len(told.asks) == 2


def test_a_late_sign_in_still_counts() -> None:
    told = Dialogue().on(e.StaffWanted(), e.PinGiven(12, "4711"))
    told.on(e.NoAnswer(told.state.waiting)).shows(s.Silent)
    told.answers(m.StaffGranted(visit="sv", staff="st", initials="SB", rights=())).shows(s.Parcels)


def test_the_door_opens_with_the_claim_and_the_parcel_counts_once_the_bridge_says_it_lies_there() -> None:
    told = with_person().on(e.SizeChosen("M", "i-1"))
    received = m.ParcelReceived(
        item="i-1", person="p-1", staff="staff-1", size="M", label=LABEL, carrier="Colissimo"
    )
    claim = m.Claim(visit="sv", item="i-1", person="p-1", size="M", label=LABEL, carrier="Colissimo")
    assert (told.facts[-1], told.asks[-1]) == (received, claim)
    told.answers(m.Claimed(visit="sv", item=PLACE)).shows(s.Opening)
    assert told.asks[-1] == m.OpenItem(visit="sv", item="i-1")
    told.door(PLACE, "intent", "pulsed", "opened").waits(500).door(PLACE, "closed").shows(s.DoorClosed)
    assert count(told) == 0
    told.settled(PLACE, "left", pickup="pu-1", slip=SLIP)
    assert told.shows(s.Parcels) == s.Parcels("in_place", "7")
    assert count(told) == 1


def test_the_same_word_twice_counts_once() -> None:
    told = put_away()
    ask = told.state.waiting
    told.answers(m.Settled(item="i-1", stands="left", pickup="pu-1"), ask=ask)
    assert count(told) == 1


def test_the_next_label_is_heard_while_the_door_stands_open_and_the_count_follows_later() -> None:
    told = with_open_door()
    opened = told.state.waiting
    told.on(e.Scanned("1Z999AA10123456784"))
    told.shows(s.FindPerson)
    assert (told.state.draft.label, told.state.draft.item) == ("1Z999AA10123456784", None)  # type: ignore[union-attr]
    assert sounds(told) == "ok"
    told.answers(m.Door(item="i-1", compartment=7, state="closed"), ask=opened)
    told.answers(m.Settled(item="i-1", stands="left", pickup="pu-1", slip=SLIP), ask=opened)
    told.shows(s.FindPerson)
    assert count(told) == 1


def test_the_second_door_waits_until_the_first_is_shut_and_opens_by_itself() -> None:
    told = with_open_door()
    opened = told.state.waiting
    told.on(e.Scanned("1Z999AA10123456784"), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))
    second = parcel("i-2", 9)
    told.on(e.SizeChosen("M", "i-2")).answers(m.Claimed(visit="sv", item=second))
    assert told.shows(s.Placed).close == "7"
    told.answers(m.Door(item="i-1", compartment=7, state="closed"), ask=opened)
    assert told.shows(s.Opening).item == second
    told.answers(m.Settled(item="i-1", stands="left", pickup="pu-1"), ask=opened)
    told.door(second, "intent", "pulsed", "opened", "closed").settled(second, "left", pickup="pu-1")
    assert count(told) == 2


@pytest.mark.parametrize("why", ["busy", "cap"])
def test_a_door_whose_turn_has_not_come_is_asked_for_again(why: str) -> None:
    told = with_place().answers(m.Refused(why=why))  # type: ignore[arg-type]
    assert told.shows(s.Placed).waits
    assert told.timer("step") == 3_000
    told.fires("step").shows(s.Opening)
    assert [type(body) for body in told.asks[-2:]] == [m.OpenItem, m.OpenItem]


def test_no_door_of_that_size_offers_the_sizes_there_are() -> None:
    told = with_person().on(e.SizeChosen("XL", "i-1")).answers(m.Full(sizes=("S",), shelf=True))
    assert told.shows(s.PickSize) == s.PickSize(free=("S",), shelf=True)
    told.on(e.SizeChosen("XL", "i-2")).shows(s.PickSize)
    assert sounds(told) == "error"
    told.on(e.SizeChosen("S", "i-2"))
    assert sum(isinstance(fact, m.ParcelReceived) for fact in told.facts) == 1
    claim = told.asks[-1]
    assert isinstance(claim, m.Claim)
    assert claim.item == "i-1"


def test_when_nothing_is_free_the_parcel_can_go_back_with_the_carrier() -> None:
    told = with_person().on(e.SizeChosen("M", "i-1")).answers(m.Full())
    assert told.shows(s.PickSize).full
    told.on(e.RefuseWanted(), e.RefuseSaid("no_room", "i-9"))
    assert told.facts[-1] == m.ParcelRefused(
        item="i-1", staff="staff-1", why="no_room", label=LABEL, carrier="Colissimo"
    )


def test_a_shelf_place_is_confirmed_by_a_key() -> None:
    told = with_place(SHELF, shelf=True)
    told.on(e.OpenDoor())
    assert not any(isinstance(body, m.OpenItem) for body in told.asks)
    told.on(e.ShelfDone())
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="left")
    told.settled(SHELF, "left", pickup="pu-1", slip=SLIP)
    assert told.shows(s.Parcels) == s.Parcels("in_place", "B4")


def test_a_shelf_place_is_confirmed_by_scanning_its_label_and_by_no_other() -> None:
    told = with_place(SHELF, shelf=True).on(e.Scanned("B5"))
    assert told.shows(s.Placed).other_place
    assert sounds(told) == "error"
    told.on(e.Scanned("b4"))
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="left")
    assert sounds(told) == "ok"


def test_too_small_gives_the_place_back_and_asks_for_a_larger_one() -> None:
    told = with_open_door().on(e.Bigger())
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="bigger")
    told.settled(PLACE, "dropped")
    assert told.shows(s.PickSize) == s.PickSize(too_small="M", close=7)
    told.on(e.Entered("", (), "i-2"))
    claim = told.asks[-1]
    assert isinstance(claim, m.Claim)
    assert (claim.item, claim.size) == ("i-1", "L"), "Enter takes the next size"
    received = [fact.item for fact in told.facts if isinstance(fact, m.ParcelReceived)]
    assert received == ["i-1"]


def test_steps_of_the_door_that_was_too_small_are_not_those_of_the_next_one() -> None:
    told = with_open_door().on(e.Bigger()).settled(PLACE, "dropped").on(e.SizeChosen("L", "i-2"))
    larger = parcel("i-1", 9)
    told.answers(m.Claimed(visit="sv", item=larger)).door(PLACE, "closed")
    assert told.shows(s.Opening).item == larger
    assert told.door(larger, "intent", "pulsed", "opened").shows(s.DoorOpen).item == larger


def test_that_a_door_must_be_closed_is_said_until_it_is() -> None:
    told = with_open_door().on(e.Bigger()).settled(PLACE, "dropped").door(parcel("i-1", 8), "closed")
    assert told.shows(s.PickSize).close == 7, "another one"
    assert told.door(PLACE, "closed").shows(s.PickSize) == s.PickSize(too_small="M")
    told = with_open_door().on(e.Undo()).settled(PLACE, "dropped").door(parcel("i-1", 8), "closed")
    assert told.shows(s.FindPerson).note == "close_door", "another one"
    assert told.door(PLACE, "closed").shows(s.FindPerson) == s.FindPerson(matches=(SAMIRA,))


def test_a_jammed_door_lets_staff_take_another() -> None:
    told = with_place().door(PLACE, "intent", "pulsed", "not_opened", tries_left=2)
    told.shows(s.Blocked)
    told.on(e.OpenDoor()).shows(s.Opening)
    told.door(PLACE, "not_opened").on(e.Bigger()).settled(PLACE, "dropped").shows(s.PickSize)


def test_undo_before_the_door_is_shut_gives_the_place_back_and_the_parcel_is_in_hand() -> None:
    told = with_open_door().on(e.Undo())
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="empty")
    assert told.shows(s.Claiming).door_open
    told.settled(PLACE, "dropped")
    assert told.shows(s.FindPerson) == s.FindPerson(matches=(SAMIRA,), note="close_door", where="7")
    told.on(e.Entered("", (SAMIRA,), "i-8"), e.Entered("", (), "i-9"))
    claim = told.asks[-1]
    assert isinstance(claim, m.Claim)
    assert claim.item == "i-9", "the first one is spent"


def test_undo_after_the_door_is_shut_opens_it_once_more_and_the_parcel_is_in_hand() -> None:
    told = put_away().on(e.Undo())
    assert told.asks[-1] == m.TakeOut(visit="sv", item="i-1", why="undo")
    told.door(PLACE, "intent", "pulsed", "opened").shows(s.DoorOpen)
    told.on(e.Undo(), e.Bigger(), e.Scanned("1Z999AA10123456784")).shows(s.DoorOpen)
    told.door(PLACE, "closed").settled(PLACE, "in_hand")
    assert told.shows(s.FindPerson).matches == (SAMIRA,)
    assert count(told) == 0


def test_what_was_taken_out_keeps_its_item_and_may_be_for_somebody_else() -> None:
    besnik = m.PersonName(person="p-5", name="Besnik Hoxha")
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    told.on(e.Entered("bes", (besnik,), "i-8"), e.Entered("", (), "i-9"))
    reassign, claim = told.asks[-2:]
    assert reassign == m.Reassign(visit="sv", item="i-1", person="p-5")
    assert isinstance(claim, m.Claim)
    assert (claim.item, claim.person) == ("i-1", "p-5")
    assert sum(isinstance(fact, m.ParcelReceived) for fact in told.facts) == 1


def test_what_was_taken_out_may_go_back_to_its_carrier() -> None:
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    told.on(e.RefuseWanted(), e.RefuseSaid("damaged", "i-9"))
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="returned")
    assert told.shows(s.Refuse).sent
    assert not any(isinstance(fact, m.ParcelRefused) for fact in told.facts), "not before the bridge says so"
    told.on(e.RefuseSaid("other", "i-9"), e.Undo(), e.Back()).shows(s.Refuse)
    told.settled(PLACE, "returned")
    assert told.shows(s.Parcels).note == "refused"
    assert told.facts[-1] == m.ParcelRefused(
        item="i-1", staff="staff-1", why="damaged", label=LABEL, carrier="Colissimo"
    )


def refusing() -> Dialogue:
    """What was taken out again is to go back to its carrier; the bridge has not answered yet."""
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    return told.on(e.RefuseWanted(), e.RefuseSaid("damaged", "i-9"))


def test_who_may_not_give_back_is_told_so_and_puts_it_away_again() -> None:
    told = refusing().answers(m.Refused(why="rights"))
    assert told.shows(s.FindPerson) == s.FindPerson(matches=(SAMIRA,), note="no_return")
    assert not any(isinstance(fact, m.ParcelRefused) for fact in told.facts)
    told.on(e.Entered("", (SAMIRA,), "i-8"), e.Entered("", (), "i-9"))
    claim = told.asks[-1]
    assert isinstance(claim, m.Claim)
    assert claim.item == "i-1", "it keeps its item"


def test_a_return_that_could_not_be_noted_leaves_it_in_hand() -> None:
    assert refusing().answers(m.Refused(why="disk")).shows(s.Refusal).why == "disk"
    told = refusing()
    told.on(e.NoAnswer(told.state.waiting)).shows(s.Silent)
    told.on(e.NextParcel()).shows(s.PickSize)
    assert not any(isinstance(fact, m.ParcelRefused) for fact in told.facts)
    refusing().answers(m.Refused(why="item")).on(e.NextParcel()).shows(s.Parcels)


def test_a_return_noted_later_than_waited_for_counts_all_the_same() -> None:
    told = refusing()
    ask = told.state.waiting
    told.on(e.NoAnswer(ask)).answers(m.Settled(item="i-1", stands="returned"), ask=ask)
    assert told.shows(s.Parcels).note == "refused"
    assert isinstance(told.facts[-1], m.ParcelRefused)


def test_what_was_taken_out_and_put_aside_is_said_to_be_in_hand_still() -> None:
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    assert told.on(e.Undo()).shows(s.Parcels).note == "in_hand"
    assert told.on(e.Scanned(LABEL)).shows(s.FindPerson).note == ""


def test_a_shelf_place_is_undone_without_any_door() -> None:
    told = with_place(SHELF, shelf=True).on(e.ShelfDone()).settled(SHELF, "left", pickup="pu-1")
    told.on(e.Undo())
    assert told.asks[-1] == m.TakeOut(visit="sv", item="i-1", why="undo")
    told.settled(SHELF, "in_hand").shows(s.FindPerson)
    assert told.state.staff is not None
    assert told.state.staff.shelf == ()


def test_an_undo_the_bridge_refuses_leaves_the_parcel_where_it_lies() -> None:
    told = put_away().on(e.Undo()).answers(m.Refused(why="rights"))
    told.shows(s.Refusal)
    assert count(told) == 1
    told.on(e.NextParcel()).shows(s.Parcels)


def test_with_nothing_put_away_there_is_nothing_to_undo() -> None:
    told = signed_in().on(e.Undo())
    told.shows(s.Parcels)
    assert [type(one) for one in told.asks] == [m.SignIn, m.TakeStock]


def test_a_bridge_that_does_not_answer_keeps_what_lies_and_the_parcel_in_hand() -> None:
    told = put_away().on(e.Scanned("1Z999AA10123456784"), e.Entered("sam", (SAMIRA,), "i-2"))
    told.on(e.Entered("", (), "i-2"))
    ask = told.state.waiting
    told.on(e.NoAnswer(ask)).shows(s.Silent)
    assert count(told) == 1
    told.on(e.NextParcel()).shows(s.PickSize)
    told.on(e.Entered("", (), "i-3"))
    assert [body.item for body in told.asks if isinstance(body, m.Claim)] == ["i-1", "i-2", "i-2"]


def test_a_place_that_comes_after_nobody_waits_any_more_is_free_again() -> None:
    told = with_person().on(e.SizeChosen("M", "i-1"))
    ask = told.state.waiting
    told.on(e.NoAnswer(ask), e.NextParcel(), e.Undo()).answers(m.Claimed(visit="sv", item=PLACE), ask=ask)
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="given_up")
    told.shows(s.Parcels)


def test_a_late_answer_to_the_first_of_two_claims_is_the_answer_to_both() -> None:
    told = with_person().on(e.SizeChosen("M", "i-1"))
    first = told.state.waiting
    told.on(e.NoAnswer(first), e.NextParcel(), e.Entered("", (), "i-2"))
    second = told.state.waiting
    told.answers(m.Claimed(visit="sv", item=PLACE), ask=first).shows(s.Opening)
    told.answers(m.Claimed(visit="sv", item=PLACE), ask=second).shows(s.Opening)
    assert not any(isinstance(body, m.Settle) for body in told.asks)


def test_a_door_that_never_said_how_it_ended_is_not_counted_and_stays_in_the_list() -> None:
    told = with_open_door().door(PLACE, "closed").fires("step")
    told.shows(s.Silent)
    told.on(e.NextParcel()).shows(s.Parcels)
    assert (count(told), stands(told)) == (0, ["shut"])
    told.settled(PLACE, "left", pickup="pu-1")
    assert count(told) == 1


def test_leaving_before_the_door_opened_gives_the_place_back() -> None:
    told = with_place(SHELF, shelf=True).on(e.Leave())
    assert told.asks[-2:] == [m.Settle(visit="sv", item="i-1", outcome="given_up"), m.LeaveVisit(visit="sv")]


def test_leaving_at_an_open_door_claims_nothing_about_the_parcel() -> None:
    told = with_open_door().on(e.Leave())
    assert told.asks[-1] == m.LeaveVisit(visit="sv")
    assert not any(isinstance(body, m.Settle) for body in told.asks)


def test_one_step_back_as_long_as_nothing_is_reserved() -> None:
    told = with_person().on(e.Back())
    told.shows(s.FindPerson)
    told.on(e.Back()).shows(s.Parcels)
    with_place(SHELF, shelf=True).on(e.Back()).shows(s.Placed)


def test_an_ended_staff_visit_says_so_and_the_round_goes_on_after_the_next_sign_in() -> None:
    told = put_away().answers(m.VisitOver(visit="sv", why="timeout"))
    assert told.shows(s.Refusal).why == "signed_out"
    assert told.state.staff is None
    assert SLIP.digits not in repr(told.state)
    assert SAMIRA.name not in repr(told.state)
    assert count(signed_in(told=told.on(e.Leave()))) == 1


def test_a_parcel_whose_door_shuts_after_staff_have_gone_counts_when_they_are_back() -> None:
    told = with_open_door()
    opened = told.state.waiting
    told.fires("idle").fires("idle").shows(s.Start)
    told.answers(m.Settled(item="i-1", stands="left", pickup="pu-1", slip=SLIP), ask=opened).shows(s.Start)
    assert SLIP.digits not in repr(told.state)
    assert count(signed_in(told=told)) == 1


def test_leaving_by_oneself_amid_a_round_keeps_the_count_for_the_same_staff() -> None:
    told = put_away().fires("idle")
    assert told.state.over == "still_there"
    told.fires("idle").shows(s.Start)
    assert SLIP.digits not in repr(told.state)
    assert SAMIRA.name not in repr(told.state)
    assert count(signed_in(told=told)) == 1
    assert count(signed_in(told=put_away().fires("idle").fires("idle"), staff="staff-2")) == 0
    resident = put_away().fires("idle").fires("idle").on(e.TypingBegan(), e.Leave())
    assert count(signed_in(told=resident)) == 1
    assert count(signed_in(told=put_away().on(e.Leave()))) == 0
