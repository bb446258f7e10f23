"""What is known after a start: of bags, by the journal's last facts; of the delivery that was cut short."""

from pathlib import Path

from contract import messages as m
from contract.feed import Feed
from contract.journal import Journal
from kiosk.core.pile import Pile
from kiosk.core.relay_memory import Given, Memory, noted
from kiosk.core.state import Round
from kiosk.store import STALE_MS, Deliveries, remembered
from tests.fakes.clock import FakeClock

STAFF, PARTNER = m.Holder(kind="staff", id="st"), m.Holder(kind="partner", id="press")
FACTS: tuple[m.Fact, ...] = (
    m.ProcessStarted(program="kiosk", version="0", sqlite="3"),
    m.BagTagged(tag="T-1", item="i-1", how="scanned"),
    m.PiecesCounted(item="i-1", by="person", pieces=6),
    m.PiecesCounted(item="i-1", by="staff", pieces=5, who="st"),
    m.BagScanned(tag="T-1", side="give", holder=STAFF, other=PARTNER, item="i-1", manifest="m-1"),
    m.BagScanned(tag="NET-1", side="give", holder=STAFF, other=PARTNER, manifest="m-1"),
)
CLOSED = m.ManifestClosed(manifest="m-1", partner="press", direction="out", tags=("T-1",), by=STAFF)


def test_a_manifest_that_was_cut_short_is_open_after_a_start(tmp_path: Path) -> None:
    clock = FakeClock()
    journal = Journal.open(tmp_path / "journal.sqlite3", clock)
    for fact in FACTS:
        journal.append(fact)
    journal.close()
    journal = Journal.open(tmp_path / "journal.sqlite3", FakeClock(boot="after-the-cut"))
    feed = Feed.open(tmp_path / "feed.sqlite3")
    memory = remembered(journal, feed)
    assert memory.open_manifest("press") == "m-1"
    assert memory.strange_on("m-1") == ("NET-1",)
    trace = memory.trace("i-1")
    assert (trace.tag, trace.said, trace.counted) == ("T-1", 6, 5)
    assert trace.given is not None
    assert trace.given.manifest == "m-1"
    journal.append(CLOSED)
    assert remembered(journal, feed).open_manifest("press") == ""
    gone = m.Document(key="tracked/i-1", version=1)
    feed.apply(m.FeedPage(timeline="t", after=0, through=1, documents=(gone,), snapshot=True))
    assert [one.item for one in remembered(journal, feed).traces] == [], "it has left, as the hub says"
    feed.close()
    journal.close()


def folded(*facts: m.Fact) -> Memory:
    memory = Memory()
    for fact in facts:
        memory = noted(memory, fact, 7)
    return memory


def test_facts_twice_change_nothing() -> None:
    assert folded(*FACTS, *FACTS) == folded(*FACTS)


def test_a_tag_is_on_one_bag_only() -> None:
    memory = folded(*FACTS, m.BagTagged(tag="T-1", item="i-2", how="scanned"))
    assert (memory.trace("i-1").tag, memory.trace("i-2").tag) == ("", "T-1")


def test_taken_back_it_is_on_no_manifest_and_come_back_from_a_partner_is_another_thing() -> None:
    undone = m.BagScanned(tag="T-1", side="take", holder=STAFF, item="i-1", manifest="m-1")
    assert not folded(*FACTS, undone).trace("i-1").returned
    back = m.BagScanned(tag="T-1", side="take", holder=STAFF, other=PARTNER, item="i-1")
    trace = folded(*FACTS, back).trace("i-1")
    assert (trace.given, trace.returned) == (None, True)
    again = folded(*FACTS, back, *FACTS[-2:]).trace("i-1")
    assert (again.given, again.returned) == (Given("m-1", "press", 7), False)


def test_an_order_placed_here_is_known_before_the_hub_has_told_it() -> None:
    order = m.OrderPlaced(
        order="o-1",
        number="K7Q2M-4XD9T",
        item="i-9",
        kind="object",
        person="p-1",
        way="none",
        service="s-1",
        version=1,
        partner="cobbler",
        lines=(m.OrderLine(name="Talons", unit_cents=1200),),
        total_cents=1200,
        pieces=2,
    )
    trace = folded(order).trace("i-9")
    assert (trace.partner, trace.service, trace.kind, trace.said) == ("cobbler", "s-1", "object", 2)


def test_only_so_many_are_remembered() -> None:
    many = (m.BagTagged(tag=f"T-{number}", item=f"i-{number}", how="scanned") for number in range(700))
    assert len(folded(*many).traces) == 600


def test_a_delivery_of_yesterday_or_of_another_version_does_not_go_on(tmp_path: Path) -> None:
    clock = FakeClock()
    journal = Journal.open(tmp_path / "journal.sqlite3", clock)
    deliveries, going_on = Deliveries(journal), Round("staff-1", Pile(refused=3, size="L"))
    assert deliveries.cut_short() is None
    deliveries.keep(going_on)
    clock.advance(STALE_MS)
    assert deliveries.cut_short() == going_on
    clock.advance(1)
    assert deliveries.cut_short() is None
    clock.advance(-STALE_MS)
    assert deliveries.cut_short() is None, "it is not kept any longer, either"
    deliveries.keep(going_on)
    with journal.transaction() as transaction:
        transaction.execute("UPDATE delivery SET body = ?, wall_ms = ?", (b'{"staff": 7}', clock.wall_ms()))
    assert deliveries.cut_short() is None
    deliveries.keep(going_on)
    deliveries.keep(None)
    assert deliveries.cut_short() is None
    journal.close()
