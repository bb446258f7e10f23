"""The hub's commands about personal data: what is kept of somebody, erasing them, and the timers."""

from pathlib import Path

import click
import msgspec

from hub.cli import DATA, Trouble, existing
from hub.context import HubContext
from hub.housekeeping import ClockDoubtedError, Housekeeping
from hub.store import audit, erasure
from hub.store.database import Connection, forget_freed_pages, reading, writing
from hub.store.erased_list import erase_for_good
from hub.store.person_record import person_record


@click.group("person")
def person_group() -> None:
    """What is kept of one person. PERSON is the id in the address of their page."""


@person_group.command("export")
@DATA
@click.argument("person")
def export(data: Path, person: str) -> None:
    """Print all the hub holds about PERSON, as JSON: it is for them alone."""
    with existing(data) as hub, reading(hub.engine) as connection:
        record = person_record(connection, _site(connection, person), person)
    click.echo(msgspec.json.format(msgspec.json.encode(record)).decode())


@person_group.command("erase")
@DATA
@click.argument("person")
def erase(data: Path, person: str) -> None:
    """Erase PERSON for good, here and at their site. Refused while something of theirs is there."""
    with existing(data) as hub:
        now_ms = hub.clock.wall_ms()
        try:
            with writing(hub.engine) as connection:
                site = _site(connection, person)
                erase_for_good(connection, hub.erased, site, person, now_ms)
                audit.note(connection, now_ms, None, "person_erased", site=site, subject=person)
        except erasure.StillHereError as error:
            raise Trouble(str(error)) from None
        forget_freed_pages(hub.engine)
    click.echo("erased; the kiosks of the site forget the name as soon as they are online")
    click.echo("older backups and databases set aside by `restore` still hold it: delete them in their time")


@click.command("retention")
@DATA
@click.option("--dry-run", is_flag=True, help="Only say what is due.")
def retention(data: Path, dry_run: bool) -> None:
    """Let go what has been kept long enough; a running hub does so by itself every hour."""
    with existing(data) as hub:
        keeping = housekeeping(hub)
        try:
            counts = keeping.due() if dry_run else keeping.turn()
        except ClockDoubtedError as error:
            raise Trouble(str(error)) from None
    for name, count in counts.items():
        click.echo(f"{name}: {count}")


def housekeeping(hub: HubContext) -> Housekeeping:
    """The housekeeping of a hub, not started."""
    return Housekeeping(hub.engine, hub.erased, hub.clock, hub.settings.retention)


def _site(connection: Connection, person: str) -> str:
    site = erasure.site_of(connection, person)
    if site is None:
        raise Trouble("nobody has this id (any more): take it from the address of their page")
    return site
