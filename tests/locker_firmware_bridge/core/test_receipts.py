"""Receipts are sealed for who may have them."""

import pytest
from msgspec.structs import replace

from contract import bag_tag, messages, receipt
from contract.messages import Claimed, DropGranted, ReceiptChecked, Refused, Sealed
from tests.fakes.core_site import SITE_KEY, FakeSite

MADE = receipt.Receipt(
    number=bag_tag.printed("b1"),
    order="order-1",
    site="Conciergerie de Borny",
    at_ms=1_795_000_000_000,
    service="Cordonnerie",
    partner="Cordonnerie Bellecroix",
    lines=(receipt.ReceiptLine("Cordonnerie", 1, 1200),),
    total_cents=1200,
    place="1",
    tag="NET-0021744",
)


@pytest.fixture
def site() -> FakeSite:
    return FakeSite()


def seal(site: FakeSite, visit: str, made: receipt.Receipt = MADE) -> messages.AnswerBody:
    (answer,) = site.ask(messages.SealReceipt(visit=visit, receipt=made))
    return answer


def claimed(site: FakeSite) -> str:
    """The visit of somebody unknown, who was given a door for a bag."""
    (granted,) = site.ask(messages.StartDrop())
    assert isinstance(granted, DropGranted)
    assert isinstance(site.claim(granted.visit, "b1", granted.stranger or ""), Claimed)
    return granted.visit


def dropped(site: FakeSite) -> str:
    visit = claimed(site)
    site.ask(messages.OpenItem(visit=visit, item="b1"))
    site.opens_and_shuts()
    return visit


def test_the_receipt_of_what_was_left_is_sealed_and_checked(site: FakeSite) -> None:
    sealed = seal(site, dropped(site))
    assert isinstance(sealed, Sealed)
    assert (sealed.order, sealed.seal) == ("order-1", receipt.seal(SITE_KEY, MADE))
    assert sealed.word == receipt.word(sealed.seal)
    for made, genuine in ((MADE, True), (replace(MADE, total_cents=100), False)):
        body = messages.CheckReceipt(receipt=made, seal=sealed.seal)
        assert site.ask(body) == [ReceiptChecked(genuine=genuine)]


@pytest.mark.parametrize(
    "made",
    [
        replace(MADE, number=bag_tag.printed("b2")),
        replace(MADE, place="2"),
        replace(MADE, place=""),
    ],
)
def test_no_receipt_of_what_was_not_left_in_this_visit(site: FakeSite, made: receipt.Receipt) -> None:
    assert seal(site, dropped(site), made) == Refused(why="item")


def test_nothing_is_sealed_before_it_lies_there(site: FakeSite) -> None:
    assert seal(site, claimed(site)) == Refused(why="item")


def test_an_order_of_what_will_come_has_neither_place_nor_tag(site: FakeSite) -> None:
    (granted,) = site.ask(messages.StartDrop())
    assert isinstance(granted, DropGranted)
    assert isinstance(seal(site, granted.visit, replace(MADE, place="", tag="")), Sealed)


def test_staff_have_any_sealed_and_who_collects_none(site: FakeSite) -> None:
    slip = site.deposit("i1")
    assert isinstance(seal(site, site.sign_in()), Sealed)
    granted, _ = site.present(slip.digits)
    assert isinstance(granted, messages.VisitGranted)
    assert seal(site, granted.visit, replace(MADE, place="", tag="")) == Refused(why="item")
