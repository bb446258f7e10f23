"""What is said on pages stands in the ledger as what devices say: chained, once, and folded with it."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select, update

from contract import messages as m
from contract.codec import ContractError
from hub.store import chain_check, own_facts, timeline
from hub.store.backup import backup, restore
from hub.store.database import reading, writing
from hub.store.own_facts import OwnFact
from hub.store.tables import bags, journals, ledger
from tests.fakes.bags import SITE, give, partner, staff, tagged, take
from tests.fakes.local_hub import LocalDevice, LocalHub
from tests.hub.test_rebuild import differences


def own(fact: m.OrderFact, event: str, at_ms: int = 5_000) -> OwnFact:
    return OwnFact(event, SITE, at_ms, False, fact)


def say(hub: LocalHub, *facts: OwnFact) -> None:
    with writing(hub.engine) as connection:
        own_facts.append(connection, facts, hub.clock.wall_ms())


def holder(hub: LocalHub) -> str:
    with reading(hub.engine) as connection:
        return str(connection.execute(select(bags.c.holder_id)).scalar_one())


def verdict(hub: LocalHub) -> chain_check.Verdict:
    with reading(hub.engine) as connection:
        return chain_check.check(connection)


@pytest.fixture
def said(hub: LocalHub, kiosk: LocalDevice) -> LocalHub:
    """A bag that a kiosk gave to a partner, who has scanned it on their page."""
    kiosk.journal.append(tagged())
    kiosk.journal.append(give(staff("ines"), partner()))
    kiosk.connect(hub)
    now_ms = hub.clock.wall_ms()
    say(hub, own(take(partner()), "scan-1", now_ms), own(take(partner(), tag="NET-2"), "scan-2", now_ms))
    return hub


def test_they_are_folded_with_what_devices_say_and_the_ledger_holds(said: LocalHub) -> None:
    with reading(said.engine) as connection:
        row = connection.execute(select(bags).where(bags.c.id == "bag")).one()
    assert (row.holder_id, row.before_id) == ("pressing", "ines")
    assert row.questions == f"no_order@{said.clock.wall_ms()}", "it has a tag, and nothing was ordered"
    assert differences(said) == []
    assert verdict(said).broken == ""
    assert verdict(said).facts == 5


def test_an_event_that_is_there_changes_nothing(said: LocalHub) -> None:
    say(said, own(take(staff("somebody")), "scan-1"), own(take(partner(), tag="NET-2"), "scan-2"))
    say(said, own(give(partner()), "scan-3"), own(give(partner()), "scan-3"))
    assert verdict(said).facts == 6
    assert differences(said) == []


def test_two_workers_at_once_lose_and_double_nothing(said: LocalHub) -> None:
    def work(worker: int) -> None:
        for number in range(6):
            shared = own(give(partner(), tag=f"NET-{number}"), f"shared-{number}")
            mine = own(take(partner(), tag=f"NET-{number}"), f"worker-{worker}-{number}")
            say(said, shared, mine)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert verdict(said).broken == ""
    assert verdict(said).facts == 5 + 18
    assert differences(said) == []


def test_each_timeline_has_a_journal_of_its_own(said: LocalHub, tmp_path: Path) -> None:
    backup(said.engine, tmp_path / "backup")
    say(said, own(give(partner()), "after-the-backup"))
    said.stop()
    restore(tmp_path / "backup", said.directory / "hub.sqlite3", said.clock.wall_ms())
    said.start()
    say(said, own(give(partner()), "after-the-restore"))
    with reading(said.engine) as connection:
        mine = select(journals.c.journal, journals.c.cursor).where(journals.c.device == own_facts.DEVICE)
        found = dict(connection.execute(mine).all())
        assert found[timeline.current(connection)] == 1
    assert sorted(found.values()) == [1, 2]
    assert verdict(said).broken == ""


def test_a_changed_or_missing_one_is_named(said: LocalHub, tmp_path: Path) -> None:
    mine = ledger.c.event == "scan-1"
    with writing(said.engine) as connection:
        body = bytes(connection.execute(select(ledger.c.body).where(mine)).scalar_one())
        connection.execute(update(ledger).where(mine).values(body=body.replace(b"take", b"give")))
    assert "hub.pages, journal" in verdict(said).broken
    assert "fact 1 " in verdict(said).broken
    with writing(said.engine) as connection:
        connection.execute(update(ledger).where(mine).values(body=body))
        assert chain_check.check(connection).broken == ""
        connection.execute(ledger.delete().where(ledger.c.event == "scan-2"))
    assert "facts 2 to 2 are not there" in verdict(said).broken


def test_what_could_not_be_read_again_is_refused(hub: LocalHub) -> None:
    for fact in (take(partner(), tag="x" * 300), take(partner(), tag="a\0b")):
        with pytest.raises(ContractError):
            say(hub, own(fact, "bad"))
    assert verdict(hub).facts == 0


def test_pages_may_be_the_first_to_say_anything(hub: LocalHub) -> None:
    say(hub, own(take(partner()), "first"))
    assert holder(hub) == "pressing"
