"""The hub's commands that look after its data. `hub.__main__` adds those that run."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import structs

from contract.clock import SystemClock
from contract.enrolment import BrokerAddress, broker_address
from contract.settings import SettingsError
from contract.topics import TopicError
from hub.config import BrokerSettings, HubSettings, read
from hub.context import DATABASE, HubContext, database_url, open_context
from hub.keys import KeyFileError
from hub.store import audit, devices, folding, ledger
from hub.store import backup as backups
from hub.store.account_care import AccountError
from hub.store.chain_check import check
from hub.store.database import Connection, StoreError, reading, sqlite_url, writing
from hub.store.erased_list import apply_again
from hub.store.sites import SiteError


class Trouble(click.ClickException):
    """Something the person at the terminal can put right; the text says how."""


DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hub-data"),
    show_default=True,
    envvar="CONCIERGERIE_HUB_DATA",
    help="The hub's data directory; hub.toml lies there.",
)


@click.group()
def main() -> None:
    """The hub: its pages, its ledger, and the people and devices it knows."""


def settings_of(
    data: Path, *, host: str | None = None, port: int | None = None, broker: str | None = None
) -> HubSettings:
    """The settings of a data directory, what was given on the command line in their place."""
    try:
        settings = read(data)
    except SettingsError as error:
        raise Trouble(str(error)) from None
    changes: dict[str, Any] = {"host": host, "port": port}
    if broker:
        given = address_of(broker)
        changes["broker"] = BrokerSettings(given.host, given.port, given.tls)
    return structs.replace(settings, **{name: value for name, value in changes.items() if value})


_TOLD = (KeyFileError, TopicError, SiteError, devices.DeviceError, backups.BackupError, AccountError)


@contextmanager
def opened(data: Path) -> Iterator[HubContext]:
    """The hub in `data`, for one command; what cannot be is said in one sentence."""
    try:
        with open_context(data, settings_of(data), SystemClock()) as context:
            yield context
    except _TOLD as error:
        raise Trouble(str(error)) from None
    except StoreError as error:
        raise Trouble(f"the database cannot be used: {error.orig}") from None


@contextmanager
def existing(data: Path) -> Iterator[HubContext]:
    """The same for commands that read: a mistyped directory must not pass for a hub that has nothing."""
    if not settings_of(data).database and not (data / DATABASE).exists():
        raise Trouble(f"there is no hub in {data}: give its directory with --data")
    with opened(data) as context:
        yield context


def address_of(text: str) -> BrokerAddress:
    """`host:port`, `mqtt://host:port` or `mqtts://host:port`."""
    try:
        return broker_address(text)
    except ValueError:
        raise Trouble(f"{text!r} is no broker: write HOST:PORT, or mqtts://HOST:PORT for TLS") from None


# --- the ledger ---------------------------------------------------------------------------------


@main.command("ledger")
@DATA
@click.option("--jsonl", is_flag=True, help="Print it, one fact a line.")
@click.option("--after", default=0, help="Begin after this position.")
@click.option("--verify", is_flag=True, help="Follow the chains; exits 1 at a link that does not hold.")
def print_ledger(data: Path, jsonl: bool, after: int, verify: bool) -> None:
    """The raw facts in order: print them, or check that they are what the devices wrote."""
    if jsonl == verify:
        raise click.UsageError("say --jsonl or --verify")
    with existing(data) as hub, reading(hub.engine) as connection:
        if verify:
            _verify(connection)
            return
        for row in ledger.in_order(connection, after):
            sys.stdout.buffer.write(_line(row) + b"\n")
        sys.stdout.buffer.flush()


@main.command()
@DATA
def verify(data: Path) -> None:
    """Check that no fact, and nothing people did on the pages, was changed, added or taken out.

    Names the first link that does not hold, and exits 1.
    """
    with existing(data) as hub, reading(hub.engine) as connection:
        _verify(connection)
        _verify_audit(connection)


def _verify(connection: Connection) -> None:
    verdict = check(connection)
    if verdict.broken:
        click.echo(f"broken: {verdict.broken}")
        sys.exit(1)
    click.echo(f"{verdict.facts} facts, every link holds; {verdict.redacted} redacted")


def _verify_audit(connection: Connection) -> None:
    chain = audit.check(connection)
    if chain.broken:
        click.echo(f"broken: {chain.broken}")
        sys.exit(1)
    click.echo(f"{chain.deeds} deeds on the pages, every link holds; {chain.let_go} details let go")


def _line(row: Any) -> bytes:
    fields = {name: value for name, value in row._mapping.items() if name != "body"}
    fields |= {"prev": bytes(row.prev).hex(), "hash": bytes(row.hash).hex()}
    body = bytes(row.body)
    if row.quarantine is not None or not body:
        return msgspec.json.encode(fields | {"body": body.decode(errors="replace")})
    return msgspec.json.encode(fields | {"body": msgspec.Raw(body)})


@main.command()
@DATA
@click.option("--check", is_flag=True, help="Only say whether the tables are equal; exits 1 if not.")
def rebuild(data: Path, check: bool) -> None:
    """Fold the ledger anew into the tables that are computed from it."""
    with existing(data) as hub:
        if not check:
            with writing(hub.engine) as connection:
                click.echo(f"{folding.rebuild(connection)} facts folded")
            return
        scratch = data / "rebuild.sqlite3"
        _unlink_database(scratch)
        wrong = folding.differences(hub.engine, sqlite_url(scratch))
        _unlink_database(scratch)
    for line in wrong:
        click.echo(f"not the same: {line}")
    click.echo("the tables are not what the ledger says" if wrong else "the tables are equal")
    sys.exit(1 if wrong else 0)


def _unlink_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# --- backup -------------------------------------------------------------------------------------


@main.command()
@DATA
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(data: Path, file: Path) -> None:
    """Copy the database to FILE while the hub runs, and verify the copy. Keep the keys apart from it."""
    with existing(data) as hub:
        facts = backups.backup(hub.engine, file)
    click.echo(f"{file}: {facts} facts, verified")


@main.command()
@DATA
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(data: Path, file: Path) -> None:
    """Put the backup FILE in place of the database. The hub must not run."""
    if settings_of(data).database:
        raise Trouble("this hub keeps its data in PostgreSQL: use pg_restore")
    with alone(data):
        database = Path(database_url(data, settings_of(data)).removeprefix("sqlite:///"))
        try:
            aside = backups.restore(file, database, SystemClock().wall_ms())
        except backups.BackupError as error:
            raise Trouble(str(error)) from None
        (data / "witness.json").unlink(missing_ok=True)
    click.echo("restored; devices will send again what is missing.")
    if aside is not None:
        click.echo(f"The old database: {aside}\nIt holds names: delete it once all is well.")
    with existing(data) as hub:
        erased = apply_again(hub.engine, hub.erased, hub.clock.wall_ms())
        with reading(hub.engine) as connection:
            trusted = backups.in_service(connection)
    click.echo("\n".join(_to_look_at(trusted)))
    if erased:
        click.echo(f"{erased} people erased since the backup were erased again.")


def _to_look_at(trusted: backups.InService) -> Iterator[str]:
    """What an operator must look through after a restore: only people know what was revoked since."""
    yield "Everybody must sign in again, partners too. What was taken out of service since the backup is back"
    yield "in it: look through these, and take out again what should not be there."
    yield "devices, with `hub revoke DEVICE`:"
    yield from (f"  {row.id} ({row.kind}, {row.site})" for row in trusted.devices)
    yield "accounts, with `hub admin remove --name NAME`:"
    yield from (f"  {row.name} ({row.role})" for row in trusted.accounts)
    yield "Invitations are void; keys, and recovery codes that were used, are good again: give a new code,"
    yield "on the page of accounts, to whoever lost one since."
    yield "staff at the kiosks, on the page Équipe of their site:"
    yield from (f"  {row.number} {row.initials} ({row.site})" for row in trusted.staff)
    yield "partners' pages, on the page of each partner; give a new PIN where one was given since:"
    yield from (f"  {row.name} ({row.partner_name})" for row in trusted.partner_pages)
    yield "other programs (tokens, calendars, webhooks), on the page Autres logiciels and in the hours of"
    yield "their site; make a new secret where one was made since:"
    yield from (f"  {name}" for name in trusted.programs)
    yield f"mandates to collect for somebody: {trusted.mandates}. Their codes are void: print new slips,"
    yield "on the pages of the people, after those that were taken back since have been taken back again."


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the data directory: one ingest, or one restore, at a time."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "ingest.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(f"another hub runs on {data}: stop that one first") from None
        yield
