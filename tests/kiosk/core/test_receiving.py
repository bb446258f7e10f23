"""Dialogues: each key and each bad scan of somebody who takes in a carrier's pile."""

import pytest

from contract import messages as m
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.pile import MOST_PIECES, Mark, Pile
from kiosk.core.scans import number_of
from kiosk.core.state import Send
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

OTHER = "1Z999AA10123456784"
BADGE = "0008154711"
SECOND, SECOND_TRY = parcel("i-2", 9), parcel("i-1", 9)


def pile(told: Dialogue) -> Pile:
    """The round of who is signed in."""
    assert told.state.staff is not None
    return told.state.staff.pile


def claimed(told: Dialogue) -> m.Claim:
    """The last claim."""
    return next(body for body in reversed(told.asks) if isinstance(body, m.Claim))


def received(told: Dialogue) -> m.ParcelReceived:
    """The last fact of this kind."""
    return next(fact for fact in reversed(told.facts) if isinstance(fact, m.ParcelReceived))


def counted(told: Dialogue) -> tuple[int, bool]:
    """The last count: what the slip said, and whether it corrects one before."""
    fact = next(fact for fact in reversed(told.facts) if isinstance(fact, m.PileCounted))
    return fact.announced, fact.again


# --- the common case ---------------------------------------------------------------------------


def test_an_expected_parcel_takes_a_scan_and_enter_twice() -> None:
    told = signed_in().on(e.Scanned(LABEL, (SAMIRA,)))
    assert told.shows(s.FindPerson).matches == (SAMIRA,)
    assert sounds(told) == "ok"
    told.on(e.Entered("", (SAMIRA,), "x"), e.Entered("", (), "i-1"))
    claim = claimed(told)
    assert (claim.person, claim.size, claim.item, claim.label) == ("p-1", "M", "i-1", LABEL)
    told.answers(m.Claimed(visit="sv", item=PLACE)).shows(s.Opening)


def test_three_letters_and_enter_take_the_first_of_those_who_fit() -> None:
    other = m.PersonName(person="p-9", name="Samir Haddad", flat="B 2")
    told = signed_in().on(e.Scanned(LABEL), e.Entered("sam", (SAMIRA, other), "x"))
    assert told.state.draft is not None
    assert told.state.draft.person == SAMIRA


def test_enter_with_nobody_found_stays_and_sounds_low() -> None:
    told = signed_in().on(e.Scanned(LABEL), e.Entered("xyz", (), "x"))
    assert told.shows(s.FindPerson).query == "xyz"
    assert sounds(told) == "error"


def test_the_size_of_the_last_parcel_is_the_next_one_s() -> None:
    told = put_away(size="XL").on(e.Scanned(OTHER, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"))
    told.on(e.Entered("", (), "i-2"))
    assert claimed(told).size == "XL"


def test_enter_confirms_a_shelf_place() -> None:
    told = with_place(SHELF, shelf=True).on(e.Entered("", (), "x"))
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="left")


def test_enter_on_the_first_screen_takes_a_parcel_without_label_and_a_label_scanned_then_is_its_own() -> None:
    told = signed_in().on(e.Entered("", (), "x"), e.Scanned(LABEL))
    told.shows(s.FindPerson)
    assert told.state.draft is not None
    assert (told.state.draft.label, told.state.draft.carrier) == (LABEL, "Colissimo")
    assert told.facts == []


def test_a_label_may_be_typed() -> None:
    told = signed_in().on(e.Entered(LABEL, (SAMIRA,), "x"))
    assert told.shows(s.FindPerson).matches == (SAMIRA,)


@pytest.mark.parametrize("label", ["27483190", LABEL])
def test_any_number_is_a_label_for_staff_and_no_code(label: str) -> None:
    signed_in().on(e.Scanned(label)).shows(s.FindPerson)


def test_nobody_can_be_chosen_who_was_not_shown() -> None:
    told = signed_in().on(e.Scanned(LABEL), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-2"))
    told.shows(s.FindPerson)


# --- what is special ---------------------------------------------------------------------------


def test_an_unknown_name_goes_to_the_shelf_first_and_is_said_to_be_none() -> None:
    told = signed_in().on(e.Scanned(LABEL), e.UnknownSaid("p-new"), e.Entered("", (), "i-1"))
    fact, claim = received(told), claimed(told)
    assert (fact.person, fact.named) == ("p-new", False)
    assert (claim.person, claim.shelf) == ("p-new", True)
    told.answers(m.Full(sizes=("S", "M"), shelf=False))
    assert not claimed(told).shelf
    told.answers(m.Claimed(visit="sv", item=PLACE)).shows(s.Opening)


def test_perishable_goods_never_go_behind_a_door() -> None:
    told = with_person().on(e.MarkSaid("perishable"), e.SizeChosen("S", "i-1"))
    assert (claimed(told).shelf, claimed(told).perishable, received(told).perishable) == (True, True, True)
    told.answers(m.Full(sizes=("S", "M"), shelf=False))
    assert told.shows(s.PickSize).full
    assert len([body for body in told.asks if isinstance(body, m.Claim)]) == 1


@pytest.mark.parametrize("mark", ["damaged", "heavy", "perishable"])
def test_a_mark_is_one_key_is_kept_and_the_same_key_takes_it_away(mark: Mark) -> None:
    told = with_person().on(e.MarkSaid(mark))
    assert getattr(told.state.draft, mark)
    told.on(e.SizeChosen("M", "i-1"))
    assert getattr(received(told), mark)
    told = with_person().on(e.MarkSaid(mark), e.MarkSaid(mark), e.SizeChosen("M", "i-1"))
    assert not getattr(received(told), mark)


def test_a_registered_letter_waits_behind_the_counter() -> None:
    told = with_person().on(e.MarkSaid("registered_letter"), e.SizeChosen("S", "i-1"))
    assert (claimed(told).kind, claimed(told).shelf) == ("registered_letter", True)
    told = with_person().on(e.MarkSaid("registered_letter"), e.MarkSaid("letter"), e.SizeChosen("S", "i-1"))
    assert (claimed(told).kind, claimed(told).shelf, received(told).kind) == ("letter", False, "letter")


def test_marks_can_be_touched_on_a_screen_of_their_own() -> None:
    told = with_person().on(e.SpecialWanted(), e.MarkSaid("damaged"))
    told.shows(s.Special)
    told.on(e.Back()).shows(s.PickSize)
    assert told.state.draft is not None
    assert told.state.draft.damaged


def test_what_was_full_is_still_known_after_looking_at_what_is_special() -> None:
    told = with_person().on(e.SizeChosen("XL", "i-1")).answers(m.Full(sizes=("S",), shelf=True))
    assert told.on(e.SpecialWanted(), e.Back()).shows(s.PickSize).free == ("S",)


def test_what_was_scanned_is_shown_and_only_its_digest_is_kept() -> None:
    told = signed_in().on(e.Scanned("Mme Haddad, rue des Lilas", (SAMIRA,)), e.Entered("", (SAMIRA,), "x"))
    assert told.state.draft is not None
    assert told.state.draft.shown == "Mme Haddad, rue des Lilas"
    told.on(e.Entered("", (), "i-1"))
    assert received(told).label == claimed(told).label == number_of("Mme Haddad, rue des Lilas")
    told.answers(m.Claimed(visit="sv", item=PLACE)).door(PLACE, "opened", "closed").settled(PLACE, "left")
    assert "Lilas" not in repr(told.fires("idle").fires("idle").state)


def test_several_pieces_come_one_after_the_other_each_an_item_of_its_own() -> None:
    told = with_person().on(e.PiecesWanted(), e.PiecesSaid(3))
    for nth, door in enumerate((7, 9, 11), 1):
        place = parcel(f"i-{nth}", door)
        told.shows(s.PickSize)
        told.on(e.Entered("", (), place.item)).answers(m.Claimed(visit="sv", item=place))
        assert (received(told).item, received(told).pieces) == (place.item, 3)
        told.door(place, "opened", "closed").settled(place, "left", pickup="pu-1")
    assert told.shows(s.Parcels).note == "in_place"
    assert count(told) == 3


def test_a_scan_at_the_open_door_of_a_piece_is_the_next_piece() -> None:
    told = with_person().on(e.PiecesWanted(), e.PiecesSaid(2), e.Entered("", (), "i-1"))
    told.answers(m.Claimed(visit="sv", item=PLACE)).door(PLACE, "opened").on(e.Scanned(OTHER))
    told.shows(s.PickSize)
    assert told.state.draft is not None
    assert (told.state.draft.label, told.state.draft.piece, told.state.draft.person) == (OTHER, 2, SAMIRA)


def second_piece(label: str = LABEL) -> Dialogue:
    """The first of three lies behind its door, which is shut."""
    told = signed_in().on(e.LabelGiven(label), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))
    told.on(e.PiecesWanted(), e.PiecesSaid(3), e.Entered("", (), "i-1"))
    told.answers(m.Claimed(visit="sv", item=PLACE)).door(PLACE, "opened", "closed")
    return told.settled(PLACE, "left", pickup="pu-1")


@pytest.mark.parametrize("first", [LABEL, ""])
@pytest.mark.parametrize("scan", [LABEL, OTHER])
def test_a_scan_after_the_door_of_a_piece_is_shut_is_the_next_piece_too(first: str, scan: str) -> None:
    told = second_piece(first).on(e.Scanned(scan))
    assert (told.shows(s.PickSize), sounds(told)) == (s.PickSize(), "ok")
    told.on(e.Entered("", (), "i-2"))
    assert (claimed(told).label, claimed(told).person) == (scan, "p-1")
    assert (received(told).label, received(told).pieces) == (scan, 3)
    carriers = {LABEL: "Colissimo", OTHER: "UPS"}
    assert received(told).carrier == carriers[first or scan]


def test_what_can_be_no_number_of_the_piece_in_hand_is_answered_low_and_changes_nothing() -> None:
    other = m.PersonName(person="p-9", name="Samir Haddad", flat="B 2")
    told = second_piece().on(e.Scanned(OTHER, (other,)))
    assert (told.screen, sounds(told)) == (s.PickSize(), "error"), "told to be for somebody else"
    told.on(e.Scanned(OTHER, (other, SAMIRA)), e.Scanned("1Z999AA10123456785"))
    assert (told.screen, sounds(told)) == (s.PickSize(), "error"), "it has one of its own"
    told.on(e.Scanned(LABEL))
    assert (told.screen, sounds(told)) == (s.PickSize(), "error"), "that of the first, which is put away"
    told.on(e.Entered("", (), "i-2"))
    assert claimed(told).label == OTHER
    told = second_piece().on(e.Entered("", (), "i-2")).answers(m.Full(sizes=("L",), shelf=True))
    told.on(e.Scanned(OTHER))
    assert sounds(told) == "error", "the hub was told its number"


@pytest.mark.parametrize("pieces", [0, MOST_PIECES + 1])
def test_a_number_of_pieces_that_is_none_changes_nothing(pieces: int) -> None:
    with_person().on(e.PiecesWanted(), e.PiecesSaid(pieces)).shows(s.Pieces)


@pytest.mark.parametrize("why", ["damaged", "stranger", "too_big", "no_room", "perishable", "other"])
def test_a_parcel_is_refused_with_its_reason_and_counts_as_such(why: s.Why) -> None:
    told = signed_in().on(e.Scanned(LABEL), e.RefuseWanted(), e.RefuseSaid(why, "i-1"))
    refused = m.ParcelRefused(item="i-1", staff="staff-1", why=why, label=LABEL, carrier="Colissimo")
    assert told.facts == [refused]
    assert told.shows(s.Parcels).note == "refused"
    assert told.state.staff is not None
    assert told.state.staff.pile.refused == 1
    told.on(e.Scanned(LABEL)).shows(s.FindPerson)


def test_a_parcel_without_label_can_be_refused_at_once_and_back_leads_home() -> None:
    signed_in().on(e.RefuseWanted(), e.Back()).shows(s.Parcels)
    told = signed_in().on(e.RefuseWanted(), e.RefuseSaid("other", "i-1"))
    assert told.facts == [m.ParcelRefused(item="i-1", staff="staff-1", why="other")]


@pytest.mark.parametrize("wanted", [e.SpecialWanted(), e.PiecesWanted(), e.RefuseWanted()])
def test_the_undo_key_puts_aside_what_has_no_place_yet(wanted: e.PersonEvent) -> None:
    told = with_person().on(wanted, e.Undo())
    told.shows(s.Parcels)
    assert told.state.draft is None
    assert [type(one) for one in told.asks] == [m.SignIn, m.TakeStock, m.TakeStock]


@pytest.mark.parametrize("in_hand", [False, True])
def test_after_a_no_the_same_label_is_the_same_parcel_once_more(in_hand: bool) -> None:
    """It has its item already: a second one would be a parcel that nobody ever finds."""
    told = with_person()
    if in_hand:
        told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
        told.on(e.Entered("", (SAMIRA,), "x"))
    told.on(e.Entered("", (), "i-1")).answers(m.Refused(why="busy")).shows(s.Refusal)
    told.on(e.Scanned(LABEL)).shows(s.PickSize)
    assert sounds(told) == "ok"
    told.on(e.Entered("", (), "i-2"))
    assert claimed(told).item == "i-1"
    told.answers(m.Refused(why="busy")).on(e.Scanned(OTHER))
    assert isinstance(told.screen, s.Refusal if in_hand else s.FindPerson)


# --- scans that are none -----------------------------------------------------------------------


def test_the_same_label_again_says_where_it_lies() -> None:
    told = put_away().on(e.Scanned(f"]C0{LABEL}"))
    assert told.shows(s.Twice).where == "7"
    assert sounds(told) == "question"
    told.on(e.NextParcel()).shows(s.Parcels)
    put_away().on(e.Scanned(LABEL), e.Entered("", (), "x")).shows(s.Parcels)


@pytest.mark.parametrize("again", [LABEL.lower(), f" {LABEL} ", "6A12 3456 7890 1"])
def test_the_same_label_typed_by_hand_is_the_same(again: str) -> None:
    put_away().on(e.Entered(again, (), "x")).shows(s.Twice)
    signed_in(told=put_away().on(e.Leave())).on(e.Entered(again, (), "x")).shows(s.Twice)
    with_person().on(e.Scanned(again)).shows(s.PickSize)


def test_the_same_label_again_may_be_another_parcel_after_all() -> None:
    told = put_away().on(e.Scanned(LABEL), e.AnotherSaid())
    told.shows(s.FindPerson)
    assert told.state.draft is not None
    assert told.state.draft.label == LABEL


def test_a_label_from_an_earlier_round_at_this_kiosk_is_known_too() -> None:
    told = put_away().on(e.Leave())
    assert signed_in(told=told).on(e.Scanned(LABEL)).shows(s.Twice).where == "7"


def test_the_label_of_a_parcel_whose_door_stands_open_is_under_way_and_not_taken_in_yet() -> None:
    twice = with_open_door().on(e.Scanned(LABEL)).shows(s.Twice)
    assert (twice.where, twice.lies) == ("7", False)
    assert put_away().on(e.Scanned(LABEL)).shows(s.Twice).lies


def test_a_parcel_taken_out_again_may_be_taken_in_again() -> None:
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    told.on(e.Undo(), e.Scanned(LABEL)).shows(s.FindPerson)


def test_our_own_ticket_is_no_label() -> None:
    told = signed_in().on(e.Scanned("C1" + "A" * 26))
    assert told.shows(s.Parcels).note == "ticket"
    assert sounds(told) == "error"


def test_a_badge_is_no_label_unless_it_is_shown_twice() -> None:
    told = signed_in().on(e.Scanned(BADGE))
    assert told.shows(s.Parcels).note == "badge"
    assert sounds(told) == "question"
    told.on(e.Scanned(BADGE)).shows(s.FindPerson)


def test_ten_digits_that_are_expected_are_a_label_at_once() -> None:
    signed_in().on(e.Scanned(BADGE, (SAMIRA,))).shows(s.FindPerson)


def test_what_cannot_be_read_is_said_and_kept_without_its_text() -> None:
    told = signed_in().on(e.Scanned("AB\x07CD"))
    assert told.shows(s.Parcels).note == "unreadable"
    assert sounds(told) == "error"
    assert told.facts == [m.ScanRefused(why="control", length=5)]
    told = signed_in().on(e.ScanDropped("too_long", 300))
    assert (told.shows(s.Parcels).note, sounds(told)) == ("unreadable", "error")


def test_a_person_who_is_gone_meanwhile_is_not_chosen() -> None:
    told = signed_in().on(e.Scanned(LABEL), e.PeopleFound("sam", (SAMIRA,)))
    told.on(e.PersonChosen("p-1", known=False))
    assert told.shows(s.FindPerson).note == "gone"
    assert sounds(told) == "error"
    told.on(e.UnknownSaid("p-new")).shows(s.PickSize)


def test_another_label_while_one_is_in_hand_puts_that_one_aside() -> None:
    told = with_person().on(e.Scanned(OTHER))
    assert told.shows(s.FindPerson).note == "other"
    assert sounds(told) == "question"
    assert told.state.draft is not None
    assert told.state.draft.label == OTHER
    assert [type(one) for one in told.asks] == [m.SignIn, m.TakeStock, m.TakeStock]


def test_the_own_label_once_more_changes_nothing() -> None:
    told = with_person().on(e.Scanned(LABEL))
    told.shows(s.PickSize)
    assert sounds(told) == "ok"


@pytest.mark.parametrize("told", [with_place(), with_person().on(e.SizeChosen("M", "i-1"))])
def test_a_scan_that_comes_too_early_is_answered_low_and_changes_nothing(told: Dialogue) -> None:
    before = told.screen
    told.on(e.Scanned(OTHER))
    assert (told.screen, sounds(told)) == (before, "error")


def test_every_scan_beeps_anew() -> None:
    told = signed_in().on(e.Scanned("C1" + "A" * 26))
    first = told.state.beep.nth
    assert told.on(e.Scanned("C1" + "A" * 26)).state.beep.nth == first + 1


# --- the end of the round ----------------------------------------------------------------------


def test_the_round_ends_with_the_carriers_count_and_what_differs() -> None:
    told = put_away().on(e.RefuseWanted(), e.RefuseSaid("other", "i-9"), e.RoundEnded())
    told.shows(s.Counting)
    told.on(e.Entered("30", (), "x"))
    assert told.shows(s.Counted).announced == 30
    counted = m.PileCounted(staff="staff-1", announced=30, received=1, refused=1, carrier="Colissimo")
    assert told.facts[-1] == counted


def test_a_count_said_once_more_of_the_same_delivery_is_a_correction_and_the_next_delivery_s_is_none() -> (
    None
):
    told = put_away().on(e.RoundEnded(), e.Entered("14", (), "x"))
    assert counted(told) == (14, False)
    told.on(e.Back(), e.RoundEnded(), e.Entered("1", (), "x"))
    assert counted(told) == (1, True)
    told.on(e.NextParcel(), e.RefuseWanted(), e.RefuseSaid("other", "i-9"))
    told.on(e.RoundEnded(), e.Entered("1", (), "x"))
    assert counted(told) == (1, False)


def test_a_count_is_a_correction_also_after_its_staff_were_signed_out() -> None:
    told = put_away().on(e.RoundEnded(), e.Entered("14", (), "x"), e.Back())
    told.answers(m.VisitOver(visit="sv", why="restart")).on(e.Leave())
    signed_in(told=told).on(e.RoundEnded(), e.Entered("1", (), "x"))
    assert counted(told) == (1, True)


def test_a_round_without_a_carriers_slip_ends_without_a_count() -> None:
    told = put_away().on(e.RoundEnded(), e.Entered("", (), "x"))
    assert told.shows(s.Counted).announced is None
    assert not any(isinstance(fact, m.PileCounted) for fact in told.facts)


@pytest.mark.parametrize("text", ["1000", "abc", "-1", "²"])
def test_a_count_that_is_none_is_not_taken(text: str) -> None:
    put_away().on(e.RoundEnded(), e.Entered(text, (), "x")).shows(s.Counting)


def test_slips_are_printed_at_the_end_and_go_with_the_round() -> None:
    told = put_away().on(e.RoundEnded(), e.Entered("1", (), "x"), e.SlipsPrinted())
    assert told.facts[-1] == m.SlipShown(item="i-1", pickup="pu-1", how="print")
    assert told.shows(s.Counted).printed
    told.on(e.NextParcel()).shows(s.Parcels)
    assert count(told) == 0
    assert SLIP.digits not in repr(told.state)


def test_no_slip_is_made_for_nobody() -> None:
    told = signed_in().on(e.Scanned(LABEL), e.UnknownSaid("p-new"), e.Entered("", (), "i-1"))
    told.answers(m.Claimed(visit="sv", item=SHELF)).on(e.ShelfDone())
    told.settled(SHELF, "left", pickup="pu-1", slip=SLIP)
    assert told.state.staff is not None
    assert told.state.staff.pile.slips() == ()


def test_back_from_the_count_goes_on_with_the_round() -> None:
    told = put_away().on(e.RoundEnded(), e.Back())
    assert count(told) == 1
    told.on(e.RoundEnded(), e.Entered("3", (), "x"), e.Back()).shows(s.Parcels)
    assert count(told) == 1


def test_a_round_not_begun_cannot_be_ended() -> None:
    signed_in().on(e.RoundEnded()).shows(s.Parcels)


# --- what another kiosk took in ----------------------------------------------------------------


def at_door_9(label: str = OTHER) -> m.StockPlace:
    item = m.StockItem(item="i-9", person="p-1", kind="parcel", size="M", stage="held", mark=label)
    return m.StockPlace(compartment=9, allocation=1, door="closed", usable=True, item=item)


def test_what_another_kiosk_took_in_is_said_to_be_there_and_not_taken_in_twice() -> None:
    told = looked(signed_in(), at_door_9()).on(e.Scanned(OTHER))
    assert told.shows(s.Twice) == s.Twice(OTHER, "9")
    told.on(e.AnotherSaid()).shows(s.FindPerson)


@pytest.mark.parametrize("stands", ["collected", "returned", "lost"])
def test_what_has_left_since_may_come_again(stands: str) -> None:
    told = looked(signed_in(), at_door_9())
    told.answers(m.Settled(item="i-9", stands=stands), ask="another")  # type: ignore[arg-type]
    told.on(e.Scanned(OTHER)).shows(s.FindPerson)


# --- a visit that is cut short -----------------------------------------------------------------


def cut_short(why: str = "restart") -> Dialogue:
    """Amid an open door the bridge ends the visit, and the same staff sign in again."""
    told = put_away().on(e.Scanned(OTHER, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"), e.Entered("", (), "i-2"))
    told.answers(m.Claimed(visit="sv", item=SECOND)).door(SECOND, "intent", "pulsed", "opened")
    told.answers(m.VisitOver(visit="sv", why=why))  # type: ignore[arg-type]
    assert told.shows(s.Refusal).why == "signed_out"
    return signed_in(told=told.on(e.Leave()))


def looked(told: Dialogue, *places: m.StockPlace) -> Dialogue:
    """What lies where, as asked right after signing in."""
    ask = next(one.ask for one in reversed(told.commands) if isinstance(one, Send))
    return told.answers(m.Stock(places=places), ask=ask)


def lies(stage: str, door: str) -> m.StockPlace:
    item = m.StockItem(item="i-2", person="p-1", kind="parcel", size="M", stage=stage)  # type: ignore[arg-type]
    return m.StockPlace(compartment=9, allocation=1, door=door, usable=True, item=item)  # type: ignore[arg-type]


def test_what_a_restart_cut_off_is_named_with_its_door_and_taken_in_anew() -> None:
    told = cut_short()
    [cut] = pile(told).cut
    assert (cut.draft.label, cut.where) == (OTHER, "9")
    told.on(e.Scanned(OTHER)).shows(s.FindPerson)
    assert told.state.draft is not None
    assert told.state.draft.label == OTHER


def test_what_was_cut_off_is_named_no_more_once_it_has_a_place_again() -> None:
    told = cut_short().on(
        e.Scanned(OTHER, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"), e.Entered("", (), "i-3")
    )
    told.answers(m.Claimed(visit="sv", item=parcel("i-3", 9)))
    assert pile(told).cut == ()
    assert told.shows(s.Opening).item.item == "i-3", "no ghost holds its door open"


def test_what_was_cut_off_holds_up_no_undo() -> None:
    told = cut_short().on(e.Undo())
    assert told.asks[-1] == m.TakeOut(visit="sv", item="i-1", why="undo")


def test_an_open_door_of_an_earlier_visit_goes_on_and_the_stock_says_how() -> None:
    told = looked(cut_short("timeout"), lies("claimed", "open"))
    assert (stands(told), pile(told).cut) == (["left", "open"], ())
    told.on(e.Undo())
    assert told.asks[-1] == m.TakeOut(visit="sv", item="i-1", why="undo")
    assert stands(looked(cut_short("timeout"), lies("held", "closed"))) == ["left", "left"]


def test_what_the_bridge_knows_no_more_after_signing_in_is_cut_off() -> None:
    told = looked(cut_short("timeout"))
    assert [one.where for one in pile(told).cut] == ["9"]
    assert count(told) == 1


def test_a_stock_says_nothing_of_what_this_visit_has_under_way() -> None:
    told = with_open_door().answers(m.Stock(places=()), ask="run.2")
    assert stands(told) == ["open"]


def test_a_claim_dropped_while_nobody_is_at_the_round_is_named_to_its_staff() -> None:
    told = with_open_door()
    opened = told.state.waiting
    told.fires("idle").fires("idle").answers(m.Settled(item="i-1", stands="dropped"), ask=opened)
    told = signed_in(told=told)
    assert [one.draft.label for one in pile(told).cut] == [LABEL]


def test_undo_in_a_resumed_round_knows_whom_the_parcel_is_for() -> None:
    told = put_away().fires("idle").fires("idle").on(e.StaffWanted(), e.PinGiven(12, "4711"))
    assert SAMIRA.name not in repr(told.state)
    granted = m.StaffGranted(visit="sv", staff="staff-1", initials="SB", rights=("deposit",))
    told.on(e.Answered(told.state.waiting, granted, told.heard, people=(SAMIRA,))).on(e.Undo())
    told.door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    assert told.shows(s.FindPerson).matches == (SAMIRA,)


def test_whoever_is_not_told_of_any_more_is_named_anew_and_the_bridge_hears_it() -> None:
    told = signed_in(told=put_away().fires("idle").fires("idle")).on(e.Undo())
    told.door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    other = m.PersonName(person="p-5", name="Besnik Hoxha")
    told.on(e.Entered("bes", (other,), "x"), e.Entered("", (), "x"))
    assert told.asks[-2] == m.Reassign(visit="sv", item="i-1", person="p-5")


def test_what_was_cut_off_and_lies_there_after_all_counts() -> None:
    told = looked(cut_short(), lies("held", "closed"))
    assert (stands(told), pile(told).cut) == (["left", "left"], ())
    assert told.on(e.Scanned(OTHER)).shows(s.Twice).lies


def test_what_was_in_hand_before_a_restart_is_in_hand_again_and_not_to_be_scanned() -> None:
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    told.on(e.Entered("", (SAMIRA,), "x"), e.Entered("", (), "x")).answers(
        m.Claimed(visit="sv", item=SECOND_TRY)
    )
    told.answers(m.VisitOver(visit="sv", why="restart"))
    assert pile(signed_in(told=told.on(e.Leave()))).cut == ()


def test_who_counted_and_went_has_ended_the_delivery_and_the_next_count_corrects_nothing() -> None:
    told = put_away().on(e.RoundEnded(), e.Entered("14", (), "x"))
    told.fires("idle").fires("idle").shows(s.Start)
    signed_in(told=told).on(e.RefuseWanted(), e.RefuseSaid("other", "i-9"))
    told.on(e.RoundEnded(), e.Entered("1", (), "x"))
    assert counted(told) == (1, False)
    last = told.facts[-1]
    assert isinstance(last, m.PileCounted)
    assert (last.received, last.refused) == (0, 1)


# --- put aside, and scanned again --------------------------------------------------------------


def fresh_without_room() -> Dialogue:
    """In hand: it must keep cool, and no place behind the counter is left."""
    told = with_person().on(e.MarkSaid("perishable"), e.Entered("", (), "i-1"))
    return told.answers(m.Full(sizes=("S", "M", "L", "XL"), shelf=False))


@pytest.mark.parametrize("meanwhile", [(e.Undo(),), (e.Scanned(OTHER), e.Undo())])
def test_what_was_put_aside_is_the_same_parcel_when_it_is_scanned_again(
    meanwhile: tuple[e.PersonEvent, ...],
) -> None:
    """A second item would be a parcel that nobody ever finds; without its mark it would rot behind a door."""
    told = fresh_without_room().on(*meanwhile, e.Scanned(LABEL))
    assert told.shows(s.FindPerson).matches == (SAMIRA,)
    assert sounds(told) == "ok"
    told.on(e.Entered("", (SAMIRA,), "x"), e.Entered("", (), "i-2"))
    assert (claimed(told).item, claimed(told).perishable, claimed(told).shelf) == ("i-1", True, True)
    assert len([fact for fact in told.facts if isinstance(fact, m.ParcelReceived)]) == 1


def test_what_was_put_aside_is_known_again_after_signing_in_and_in_the_next_round() -> None:
    told = put_away().on(e.Scanned(OTHER, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"))
    told.on(e.MarkSaid("perishable"), e.Undo(), e.RoundEnded(), e.Entered("", (), "x"), e.NextParcel())
    assert not pile(told).begun
    assert pile(told).aside_with(OTHER) is not None
    kept = told.state.kept_round()
    assert kept is not None
    assert [(one.person, one.was_for, one.perishable) for one in kept.pile.aside] == [(None, "p-1", True)]
    assert kept.pile.owners() == ("p-1",)
    assert [one.person for one in kept.pile.with_persons((SAMIRA,)).aside] == [SAMIRA]


def test_staff_who_are_called_away_find_the_parcel_in_hand_again_by_its_label() -> None:
    kept = fresh_without_room().state.kept_round()
    assert kept is not None
    assert [(one.item, one.perishable) for one in kept.pile.aside] == [("i-1", True)]


def test_what_was_put_aside_and_is_refused_then_is_forgotten() -> None:
    told = fresh_without_room().on(
        e.Undo(), e.Scanned(LABEL), e.RefuseWanted(), e.RefuseSaid("no_room", "i-9")
    )
    last = told.facts[-1]
    assert isinstance(last, m.ParcelRefused)
    assert (last.item, last.label) == ("i-1", LABEL)
    assert pile(told).aside == ()


def heavy_without_label() -> Dialogue:
    """No door may have it, and it was put aside: the hub knows that it was taken in."""
    told = signed_in().on(e.Entered("", (), "x"), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))
    told.on(e.MarkSaid("heavy"), e.Entered("", (), "i-1")).answers(m.Full(shelf=True)).on(e.Undo())
    told.shows(s.Parcels)
    return told


def test_without_a_label_what_was_put_aside_is_offered_again_and_is_the_same_parcel() -> None:
    told = heavy_without_label().on(e.Entered("", (), "x"))
    assert told.shows(s.FindPerson) == s.FindPerson(matches=(SAMIRA,), note="aside")
    told.on(e.Entered("", (SAMIRA,), "x"))
    assert told.state.draft is not None
    assert told.state.draft.heavy
    told.on(e.Entered("", (), "i-2"))
    assert (claimed(told).item, claimed(told).heavy) == ("i-1", True)
    assert len([fact for fact in told.facts if isinstance(fact, m.ParcelReceived)]) == 1
    assert pile(told).aside == ()


def test_without_a_label_another_person_s_is_another_parcel_and_the_first_waits_on() -> None:
    other = m.PersonName(person="p-9", name="Omar Haddad", flat="B 2")
    told = heavy_without_label().on(e.Entered("", (), "x"), e.Entered("oma", (other,), "x"))
    told.on(e.Entered("", (), "i-2"))
    assert (claimed(told).item, claimed(told).person, claimed(told).heavy) == ("i-2", "p-9", False)
    told.answers(m.Full(shelf=True)).on(e.Undo())
    assert [one.item for one in pile(told).aside] == ["i-1", "i-2"], "neither pushes the other out"


def test_what_nobody_knows_the_owner_of_and_has_no_label_is_known_again_by_that() -> None:
    told = signed_in().on(e.Entered("", (), "x"), e.UnknownSaid("p-new"), e.Entered("", (), "i-1"))
    told.answers(m.Full()).on(e.Undo(), e.Entered("", (), "x"))
    assert told.shows(s.FindPerson) == s.FindPerson(note="aside")
    told.on(e.UnknownSaid("p-newer"), e.RefuseWanted(), e.RefuseSaid("no_room", "i-9"))
    last = told.facts[-1]
    assert isinstance(last, m.ParcelRefused)
    assert last.item == "i-1"
    assert pile(told).aside == ()


def test_what_was_put_aside_is_known_again_after_its_staff_left() -> None:
    told = signed_in(told=heavy_without_label().on(e.Leave())).on(e.Entered("", (), "x"))
    assert told.shows(s.FindPerson).note == "aside"
    told = signed_in(told=fresh_without_room().on(e.Leave())).on(e.Scanned(LABEL))
    told.on(e.UnknownSaid("p-new"), e.Entered("", (), "i-2"))
    assert (claimed(told).item, claimed(told).perishable) == ("i-1", True)
    assert not pile(told).begun


def test_what_was_put_aside_is_known_again_after_a_colleague_was_there() -> None:
    told = signed_in(told=fresh_without_room().on(e.Leave()), staff="staff-2").on(e.Leave())
    signed_in(told=told).on(e.Scanned(LABEL), e.Entered("", (SAMIRA,), "x"), e.Entered("", (), "i-2"))
    assert (claimed(told).item, claimed(told).perishable) == ("i-1", True)


def test_what_was_put_aside_is_known_to_a_colleague_too_and_the_delivery_waits_for_its_staff() -> None:
    told = put_away().on(e.Scanned(OTHER, (SAMIRA,)), e.Entered("", (SAMIRA,), "x"), e.MarkSaid("perishable"))
    told.fires("idle").fires("idle").shows(s.Start)
    signed_in(told=told, staff="staff-2")
    assert count(told) == 0
    told.on(e.Scanned(OTHER), e.UnknownSaid("p-new"), e.Entered("", (), "i-2"))
    assert (claimed(told).item, claimed(told).perishable) == ("i-2", True)
    told.answers(m.Full(shelf=False)).on(e.Undo(), e.Leave())
    signed_in(told=told)
    assert count(told) == 1
    assert [(one.item, one.perishable) for one in pile(told).aside] == [("i-2", True)]


def test_what_was_put_aside_and_is_for_somebody_else_then_is_told_to_be_theirs() -> None:
    other = m.PersonName(person="p-9", name="Omar Haddad", flat="B 2")
    told = fresh_without_room().on(e.Undo(), e.Scanned(LABEL), e.Entered("oma", (other,), "x"))
    told.on(e.Entered("", (), "i-2"))
    assert (received(told).item, received(told).person) == ("i-1", "p-9")


def test_an_ordinary_parcel_that_was_put_aside_untold_is_asked_about_anew() -> None:
    told = with_person().on(e.Undo(), e.Scanned(LABEL))
    assert told.shows(s.FindPerson).matches == ()


@pytest.mark.parametrize("touches", [(), (e.SpecialWanted(),)])
def test_what_has_no_place_as_something_cool_may_have_one_without_that(
    touches: tuple[e.PersonEvent, ...],
) -> None:
    told = fresh_without_room().on(*touches, e.MarkSaid("perishable"))
    if touches:
        told.on(e.Back())
    assert told.shows(s.PickSize).free is None
    told.on(e.SizeChosen("S", "i-2"))
    assert (claimed(told).size, claimed(told).perishable, claimed(told).shelf) == ("S", False, False)


def test_what_is_said_of_a_parcel_after_it_was_taken_in_is_told_too() -> None:
    told = with_person().on(e.Entered("", (), "i-1")).answers(m.Full(sizes=("S",), shelf=True))
    told.on(e.MarkSaid("perishable"), e.SizeChosen("M", "i-2"))
    facts = [fact for fact in told.facts if isinstance(fact, m.ParcelReceived)]
    assert [(one.item, one.perishable) for one in facts] == [("i-1", False), ("i-1", True)]
    told.answers(m.Full(sizes=("S",), shelf=False)).on(e.SizeChosen("M", "i-3"))
    assert len([fact for fact in told.facts if isinstance(fact, m.ParcelReceived)]) == 2, (
        "nothing new was said"
    )


def test_what_is_said_of_a_parcel_that_was_taken_out_again_is_told_too() -> None:
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    told.on(e.Entered("", (SAMIRA,), "x"), e.MarkSaid("perishable"), e.Entered("", (), "i-2"))
    assert (received(told).item, received(told).perishable) == (PLACE.item, True)


@pytest.mark.parametrize("says", [True, False])
def test_what_is_said_of_a_parcel_that_is_for_somebody_else_after_all_is_told_too(says: bool) -> None:
    other = m.PersonName(person="p-9", name="Omar Haddad", flat="B 2")
    told = put_away().on(e.Undo()).door(PLACE, "opened", "closed").settled(PLACE, "in_hand")
    told.on(e.Entered("oma", (other,), "x"), *([e.MarkSaid("perishable")] if says else []))
    told.on(e.Entered("", (), "i-2"))
    assert [body.person for body in told.asks if isinstance(body, m.Reassign)] == ["p-9"]
    facts = [fact for fact in told.facts if isinstance(fact, m.ParcelReceived)]
    assert [(one.item, one.perishable) for one in facts[1:]] == ([(PLACE.item, True)] if says else [])
    told.answers(m.Full(sizes=(), shelf=True)).on(e.SizeChosen("M", "i-3", shelf=True))
    assert len([fact for fact in told.facts if isinstance(fact, m.ParcelReceived)]) == len(facts), "told once"
