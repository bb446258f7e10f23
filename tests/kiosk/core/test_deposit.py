from contract import messages as m
from kiosk.core import events as e
from kiosk.core import screens as s
from tests.kiosk.core.dialogue import Dialogue, parcel, signed_in

SAMIRA = m.PersonName(person="p-1", name="Samira Haddad", flat="A 12")
SLIP = m.Slip(ticket=35, digits="35270946", token="C1" + "B" * 26)
PLACE, SHELF = parcel("i-1", 7), parcel("i-1", 101, "B4")
LABEL = "6A12345678901"


def with_person() -> Dialogue:
    return signed_in().on(e.Scanned(LABEL), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-1"))


def with_place(place: m.VisitItem = PLACE, shelf: bool = False) -> Dialogue:
    told = with_person().on(e.SizeChosen("M", "i-1", shelf))
    return told.answers(m.Claimed(visit="sv", item=place))


def with_open_door() -> Dialogue:
    return with_place().on(e.OpenDoor()).door(PLACE, "intent", "pulsed", "opened")


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


def test_a_parcel_from_label_to_ticket() -> None:
    told = with_person()
    assert told.state.draft is not None
    assert told.state.draft.carrier == "Colissimo"
    told.on(e.SizeChosen("M", "i-1"))
    received = m.ParcelReceived(
        item="i-1", person="p-1", staff="staff-1", size="M", label=LABEL, carrier="Colissimo"
    )
    claim = m.Claim(visit="sv", item="i-1", person="p-1", size="M", label=LABEL, carrier="Colissimo")
    assert (told.facts[-1], told.asks[-1]) == (received, claim)
    assert told.answers(m.Claimed(visit="sv", item=PLACE)).shows(s.Placed).item == PLACE
    told.on(e.OpenDoor()).door(PLACE, "intent", "pulsed", "opened").shows(s.DoorOpen)
    told.waits(500).door(PLACE, "closed").settled(PLACE, "left", pickup="pu-1", slip=SLIP)
    assert told.shows(s.Ticket).slip == SLIP
    assert told.facts[-1] == m.SlipShown(item="i-1", pickup="pu-1", how="screen")
    told.on(e.SlipPrinted())
    assert told.facts[-1] == m.SlipShown(item="i-1", pickup="pu-1", how="print")
    told.on(e.NextParcel()).shows(s.Parcels)
    assert told.state.staff is not None
    assert told.state.staff.deposited == 1


def test_the_code_is_gone_with_the_ticket() -> None:
    told = with_open_door().door(PLACE, "closed").settled(PLACE, "left", pickup="pu-1", slip=SLIP)
    assert SLIP.digits not in repr(told.on(e.NextParcel()).state)


def test_the_next_label_is_heard_while_the_ticket_shows() -> None:
    told = with_open_door().door(PLACE, "closed").settled(PLACE, "left", pickup="pu-1", slip=SLIP)
    told.on(e.Scanned("1Z999AA10123456784")).shows(s.FindPerson)
    assert told.state.draft is not None
    assert told.state.draft.carrier == "UPS"
    assert told.state.draft.item is None


def test_a_parcel_without_a_label_has_none() -> None:
    told = signed_in().on(e.LabelGiven(""))
    told.shows(s.FindPerson)
    assert told.facts == []


def test_a_short_number_is_a_label_for_staff_and_no_code() -> None:
    signed_in().on(e.Scanned("27483190")).shows(s.FindPerson)


def test_a_pickup_ticket_is_no_label() -> None:
    assert signed_in().on(e.Scanned("C1" + "A" * 26)).shows(s.Parcels).note == "bad_scan"


def test_nobody_can_be_chosen_who_was_not_shown() -> None:
    signed_in().on(e.Scanned(LABEL), e.PeopleFound("sam", (SAMIRA,)), e.PersonChosen("p-2")).shows(
        s.FindPerson
    )


def test_no_door_of_that_size_offers_the_sizes_there_are() -> None:
    told = with_person().on(e.SizeChosen("XL", "i-1")).answers(m.Full(sizes=("S",), shelf=True))
    assert told.shows(s.PickSize) == s.PickSize(free=("S",), shelf=True)
    told.on(e.SizeChosen("S", "i-2"))
    assert sum(isinstance(fact, m.ParcelReceived) for fact in told.facts) == 1
    claim = told.asks[-1]
    assert isinstance(claim, m.Claim)
    assert claim.item == "i-1"


def test_a_shelf_place_is_confirmed_by_hand() -> None:
    told = with_place(SHELF, shelf=True)
    told.on(e.OpenDoor())
    assert not any(isinstance(body, m.OpenItem) for body in told.asks)
    told.on(e.ShelfDone())
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="left")
    told.settled(SHELF, "left", pickup="pu-1", slip=SLIP).shows(s.Ticket)


def test_too_small_gives_the_place_back_and_asks_for_a_larger_one() -> None:
    told = with_open_door().on(e.Bigger())
    assert told.asks[-1] == m.Settle(visit="sv", item="i-1", outcome="bigger")
    told.settled(PLACE, "dropped")
    assert told.shows(s.PickSize) == s.PickSize(too_small="M", close=7)
    told.on(e.SizeChosen("L", "i-2"))
    claim = told.asks[-1]
    assert isinstance(claim, m.Claim)
    assert (claim.item, claim.size) == ("i-1", "L")
    received = [fact.item for fact in told.facts if isinstance(fact, m.ParcelReceived)]
    assert received == ["i-1"]


def test_steps_of_the_door_that_was_too_small_are_not_those_of_the_next_one() -> None:
    told = with_open_door().on(e.Bigger()).settled(PLACE, "dropped").on(e.SizeChosen("L", "i-2"))
    larger = parcel("i-1", 9)
    told.answers(m.Claimed(visit="sv", item=larger)).on(e.OpenDoor()).door(PLACE, "closed")
    assert told.shows(s.Opening).item == larger
    assert told.door(larger, "intent", "pulsed", "opened").shows(s.DoorOpen).item == larger


def test_giving_up_at_an_open_door_asks_to_take_it_back_and_close() -> None:
    told = with_open_door().on(e.GiveUp())
    assert told.shows(s.Claiming).door_open
    told.settled(PLACE, "dropped")
    assert told.shows(s.Parcels).note == "close_door"


def test_a_jammed_door_lets_staff_take_another() -> None:
    told = with_place().on(e.OpenDoor()).door(PLACE, "intent", "pulsed", "not_opened", tries_left=2)
    told.shows(s.Blocked)
    told.on(e.Bigger()).settled(PLACE, "dropped").shows(s.PickSize)


def test_leaving_before_the_door_opened_gives_the_place_back() -> None:
    told = with_place().on(e.Leave())
    assert told.asks[-2:] == [m.Settle(visit="sv", item="i-1", outcome="given_up"), m.LeaveVisit(visit="sv")]


def test_leaving_at_an_open_door_claims_nothing_about_the_parcel() -> None:
    told = with_open_door().on(e.Leave())
    assert told.asks[-1] == m.LeaveVisit(visit="sv")
    assert not any(isinstance(body, m.Settle) for body in told.asks)


def test_one_step_back_as_long_as_nothing_is_reserved() -> None:
    told = with_person().on(e.Back())
    told.shows(s.FindPerson)
    told.on(e.Back()).shows(s.Parcels)
    with_place().on(e.Back()).shows(s.Placed)


def test_an_ended_staff_visit_says_so() -> None:
    told = with_place().answers(m.VisitOver(visit="sv", why="timeout"))
    assert told.shows(s.Refusal).why == "visit"
    assert told.state.staff is None
