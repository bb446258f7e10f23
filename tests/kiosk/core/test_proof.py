import msgspec
import pytest

from contract import bag_tag
from contract import messages as m
from contract.receipt import Receipt, ReceiptLine, seal, to_text
from kiosk.core import drop_events as ev
from kiosk.core import drop_screens as d
from kiosk.core import events as e
from kiosk.core import screens as s
from kiosk.core.proof import may_follow
from tests.kiosk.core.at_the_drop import SEALED, dropped, wanting
from tests.kiosk.core.dialogue import TOKEN, Dialogue, at_open_door, parcel, signed_in

KEY = b"k" * 32
RECEIPT = Receipt(
    number="1FX2Y-EQNVF",
    order="order-1",
    site="Conciergerie de Borny",
    at_ms=1_795_687_200_000,
    service="Pressing",
    partner="Pressing du Saulcy",
    lines=(ReceiptLine("Chemise", 6, 250),),
    total_cents=1500,
    pieces=6,
)
SEAL = seal(KEY, RECEIPT)
TEXT = to_text(RECEIPT, SEAL)


@pytest.mark.parametrize("genuine", [True, False])
def test_a_receipt_is_checked_from_the_start_screen_without_anybody_signing_in(genuine: bool) -> None:
    told = Dialogue().on(e.Scanned(f"]Q1{TEXT}"))
    assert told.asks == [m.CheckReceipt(receipt=RECEIPT, seal=SEAL)]
    told.shows(d.ReceiptAsked)
    assert told.answers(m.ReceiptChecked(genuine=genuine)).screen == d.ReceiptSeen(RECEIPT, genuine)
    told.on(e.Back()).shows(s.Start)
    assert told.facts == []


def test_the_next_receipt_may_be_shown_at_once() -> None:
    told = Dialogue().on(e.Scanned(TEXT)).answers(m.ReceiptChecked(genuine=True)).on(e.Scanned(TEXT))
    told.shows(d.ReceiptAsked)


def test_one_that_was_torn_or_written_over_cannot_be_read_and_is_none() -> None:
    told = Dialogue().on(e.Scanned(TEXT[:-9]))
    assert (told.screen, told.asks) == (d.ReceiptSeen(None, genuine=False), [])


def test_a_carriers_label_that_begins_alike_is_a_label() -> None:
    Dialogue().on(e.Scanned("R123456789")).shows(s.CodeRefused)


def test_nobody_at_a_door_or_at_work_is_interrupted() -> None:
    at_open_door(parcel("i-1", 7)).on(e.Scanned(TEXT)).shows(s.DoorOpen)
    told = signed_in().on(e.Scanned(TEXT))
    assert not [one for one in told.asks if isinstance(one, m.CheckReceipt)]


def test_an_answer_to_a_receipt_before_is_not_taken_for_this_one() -> None:
    told = Dialogue().on(e.Scanned(TEXT))
    told.answers(m.ReceiptChecked(genuine=True), ask="run.99").shows(d.ReceiptAsked)


TRACKED = m.Tracked(
    item="i-1", person="p-1", kind="bag", state="away", number="1FX2Y-EQNVF", word="FIBO-BERA"
)


def spelt(word: str, *tracked: m.Tracked) -> Dialogue:
    """The letters of a word are touched, one after the other."""
    return Dialogue().on(ev.ProofWanted(), *(ev.LetterSaid(letter, tracked) for letter in word))


def test_a_word_is_spelt_and_the_number_that_goes_with_it_is_shown() -> None:
    assert spelt("FIBOBER", TRACKED).screen == d.WordAsked("FIBOBER")
    assert spelt("FIBOBERA", TRACKED).screen == d.WordSeen("FIBO-BERA", TRACKED)
    assert spelt("FIBOBERE", TRACKED).screen == d.WordSeen("FIBO-BERE", None)


def test_who_shows_the_receipt_of_what_nobody_finds_is_told_so_and_somebody_hears_of_it() -> None:
    lost = msgspec.structs.replace(TRACKED, order="order-1", lost=True)
    told = spelt("FIBOBERA", lost)
    assert told.facts == [m.HelpAsked(screen="WordSeen", item="i-1")]
    for genuine in (True, False):
        told = Dialogue().on(e.Scanned(TEXT))
        checked = m.ReceiptChecked(genuine=genuine)
        told.on(e.Answered(told.state.waiting, checked, 1, told=(lost,)))
        assert told.screen == d.ReceiptSeen(RECEIPT, genuine, lost if genuine else None)
        assert told.facts == [m.HelpAsked(screen="ReceiptSeen", item="i-1")] * genuine


def test_only_letters_that_may_come_next_are_heard() -> None:
    assert may_follow("") == tuple("BDFLMRVZ")
    assert may_follow("F") == tuple("AEIOU")
    assert spelt("FF").screen == d.WordAsked("F")


def test_a_wrong_letter_is_taken_back_and_back_leads_out() -> None:
    told = spelt("FIB").on(ev.LetterSaid(""), e.Back(), e.Back())
    assert told.screen == d.WordAsked()
    told.on(e.Back()).shows(s.Start)


def test_whoever_spells_may_show_the_square_or_a_pickup_ticket_instead() -> None:
    spelt("FI").on(e.Scanned(TEXT)).shows(d.ReceiptAsked)
    spelt("FI").on(e.Scanned(TOKEN)).shows(s.Checking)


def test_what_was_dropped_here_is_known_by_its_word_before_the_hub_tells_it() -> None:
    told = dropped()
    number = bag_tag.printed("item-1")
    assert m.ReceiptShown(order="order-1", how="screen", word=SEALED.word) in told.facts
    told.on(ev.GoOn(), e.Leave(), ev.ProofWanted())
    told.on(*(ev.LetterSaid(letter) for letter in SEALED.word.replace("-", "")))
    found = told.shows(d.WordSeen).found
    assert found is not None
    assert (found.item, found.number, found.service) == ("item-1", number, "shoes")


def test_of_what_nothing_was_ordered_for_the_word_is_known_too() -> None:
    told = dropped("")
    told.on(ev.GoOn(), e.Leave(), ev.ProofWanted())
    told.on(*(ev.LetterSaid(letter) for letter in SEALED.word.replace("-", "")))
    found = told.shows(d.WordSeen).found
    assert found is not None
    assert (found.item, found.number, found.service) == ("item-1", bag_tag.printed("item-1"), None)


def test_a_genuine_receipt_says_where_the_thing_is_and_a_changed_one_does_not() -> None:
    away = msgspec.structs.replace(TRACKED, order="order-1")
    for genuine, found in ((True, away), (False, None)):
        told = Dialogue().on(e.Scanned(TEXT))
        checked = e.Answered(told.state.waiting, m.ReceiptChecked(genuine=genuine), 1, told=(TRACKED, away))
        assert told.on(checked).screen == d.ReceiptSeen(RECEIPT, genuine, found)


def test_shown_to_drop_something_it_is_told_from_a_ticket() -> None:
    told = wanting().on(e.Scanned(TEXT))
    assert told.screen == d.WhoDrops(receipt=True)
    told.on(e.Scanned(TOKEN)).shows(d.Starting)


def test_the_tag_of_a_bag_is_no_carriers_label() -> None:
    told = Dialogue().on(e.Scanned(bag_tag.scanned(bag_tag.printed("item-1"))))
    assert told.screen == s.CodeRefused(label=True, bag=True)
