"""What is open of bags, however much was seen to before."""

from sqlalchemy import insert

from hub.store import folding
from hub.store.bag_alarms import open_worries
from hub.store.database import open_database, writing
from hub.store.tables import dismissals
from tests.fakes.bags import HOUR_MS, SITE, staff, take, told


def test_what_was_seen_to_never_hides_what_came_later() -> None:
    engine = open_database("sqlite://")
    scans = [
        told(take(staff("desk"), tag=f"NOBODYS-{number}"), number, event=f"scan-{number}")
        for number in range(5)
    ]
    with writing(engine) as connection:
        folding.fold_facts(connection, scans)
        for worry in open_worries(connection, HOUR_MS)[:4]:
            connection.execute(insert(dismissals).values(event=worry.event, account="anne", at_ms=HOUR_MS))
        for most in (1, 2, 2_000):
            found = open_worries(connection, HOUR_MS, SITE, most)
            assert [(one.kind, one.tag) for one in found] == [("unknown", "NOBODYS-4")]
    engine.dispose()
