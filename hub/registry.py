"""The hub's commands that write down who and what there is: sites, people, staff, accounts, devices."""

import getpass
import sys
from pathlib import Path
from typing import Any, get_args

import click

from contract.enrolment import DeviceKind, write_files
from hub.cli import DATA, Trouble, address_of, opened
from hub.cli import main as main
from hub.core.opening import Opening, OpeningError, with_opening
from hub.core.people_csv import ListError, likeness, read_list, unread
from hub.core.rights import EVERYWHERE, Role
from hub.enrolment import (
    HUB_PASSWORDS,
    EnrolmentError,
    Wanted,
    enrol_device,
    keep,
    revoke_device,
    write_private,
)
from hub.store import people, staff
from hub.store.account_care import remove_account
from hub.store.accounts import SHORTEST_PASSWORD, create_account, is_only_name, name_taken
from hub.store.database import writing
from hub.store.opening import set_hours
from hub.store.sites import change_site, create_site, has_site

# --- sites, people, staff, accounts ------------------------------------------------------------


@main.group()
def site() -> None:
    """Sites."""


@site.command("create")
@DATA
@click.argument("site_id", metavar="SITE")
@click.option("--name", required=True, help="What people call the place.")
@click.option("--helper", default="", help="Who helps there.")
@click.option("--helper-hours", default="", help="When.")
@click.option("--phone", default="", help="A number that is answered.")
@click.option(
    "--languages",
    default="fr,en",
    show_default=True,
    help="Languages of the kiosks, in their order: fr,en,ar,sq.",
)
def create(data: Path, site_id: str, name: str, **card: str) -> None:
    """Open a site. SITE is its short name: a-z, 0-9 and -."""
    with opened(data) as hub, writing(hub.engine) as connection:
        create_site(connection, site_id, name, hub.clock.wall_ms(), **card)
        hub.keys.site_key(site_id)
    click.echo(f"site {site_id} created")


@site.command("change")
@DATA
@click.argument("site_id", metavar="SITE")
@click.option("--name", help="What people call the place.")
@click.option("--helper", help="Who helps there.")
@click.option("--helper-hours", help="When.")
@click.option("--phone", help="A number that is answered.")
@click.option("--languages", help="Languages of the kiosks, in their order: fr,en,ar,sq.")
def change(data: Path, site_id: str, **card: str | None) -> None:
    """Change what the kiosks of a site say about it; what is not given stays."""
    changes = {name: text for name, text in card.items() if text is not None}
    if not changes:
        raise Trouble("say what to change")
    with opened(data) as hub, writing(hub.engine) as connection:
        _must_exist(connection, site_id)
        change_site(connection, site_id, hub.clock.wall_ms(), **changes)
    click.echo(f"site {site_id} changed")


@site.command("hours")
@DATA
@click.argument("site_id", metavar="SITE")
@click.argument("stretches", nargs=-1, metavar="STRETCHES")
@click.option("--always", is_flag=True, help="Its lockers can be reached day and night.")
def hours(data: Path, site_id: str, stretches: tuple[str, ...], always: bool) -> None:
    """When a site can be reached: days as 1-5 or 6 (1 is Monday), from, until; 24:00 at most.

    For example `12345 8:00 12:00 12345 14h 19h`. What was said before is replaced.
    """
    if len(stretches) % 3 or not (stretches or always):
        raise Trouble("say days, an hour and an hour, as often as needed: 12345 8:00 19:00 6 9:00 12:00")
    week: tuple[Opening, ...] = ()
    for days, opens, closes in zip(*[iter(stretches)] * 3, strict=True):
        try:
            week = with_opening(week, _weekdays(days), opens, closes, after_midnight=False)
        except OpeningError as error:
            raise Trouble(f"{days} {opens} {closes}: {error}") from None
    with opened(data) as hub, writing(hub.engine) as connection:
        _must_exist(connection, site_id)
        set_hours(connection, site_id, week, hub.clock.wall_ms(), always=always)
    click.echo(f"hours of {site_id} written")


def _weekdays(text: str) -> list[int]:
    """`12345` or `1-5`; whatever else is no weekday."""
    first, dash, last = text.partition("-")
    if dash and first.isdecimal() and last.isdecimal() and len(text) == 3:
        return list(range(int(first), int(last) + 1))
    return [int(one) for one in text[:7]] if text.isdecimal() else []


@main.group("people")
def people_group() -> None:
    """The people of a site."""


@people_group.command("import")
@DATA
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "site_id", required=True)
def import_people(data: Path, file: Path, site_id: str) -> None:
    """Add the people of a CSV file; refused lines are named with the reason. Exits 1 if there were any."""
    with opened(data) as hub, writing(hub.engine) as connection:
        _must_exist(connection, site_id)
        try:
            report = read_list(file.read_bytes(), people.known_pairs(connection, site_id))
        except ListError as error:
            raise Trouble(f"{file} is no list of people: {error.why.replace('_', ' ')}") from None
        people.add_people(connection, site_id, report.accepted, hub.clock.wall_ms())
    click.echo(f"{len(report.accepted)} people added, {len(report.refused)} lines refused")
    for refused in report.refused:
        click.echo(f"  line {refused.line}: {refused.reason.replace('_', ' ')} ({refused.column})", err=True)
    sys.exit(1 if report.refused else 0)


@main.group("staff")
def staff_group() -> None:
    """Who may sign in at the kiosks of a site."""


@staff_group.command("add")
@DATA
@click.option("--site", "site_id", required=True)
@click.option("--initials", required=True)
@click.option("--number", type=int, help="Staff number (default: the next free one).")
@click.option("--badge", help="What the badge reader sends.")
@click.option(
    "--pin-out", type=click.Path(dir_okay=False, path_type=Path), help="Write the PIN there instead."
)
def add_staff(
    data: Path, site_id: str, initials: str, number: int | None, badge: str | None, pin_out: Path | None
) -> None:
    """Add somebody and print the PIN, which is told once and kept by nobody."""
    with opened(data) as hub, writing(hub.engine) as connection:
        _must_exist(connection, site_id)
        number = number or staff.next_number(connection, site_id)
        try:
            _, pin = staff.add_staff(
                connection,
                site_id,
                hub.keys.site_key(site_id),
                initials=initials,
                number=number,
                badge=badge,
                now_ms=hub.clock.wall_ms(),
            )
        except staff.NumberTakenError as error:
            raise Trouble(str(error)) from None
    if pin_out is None:
        click.echo(f"number {number}, PIN {pin}")
    else:
        write_private(pin_out, pin)
        click.echo(f"number {number}, PIN in {pin_out}")


@main.group()
def admin() -> None:
    """Accounts of the pages."""


@admin.command("create")
@DATA
@click.option("--name", required=True, help="The name to sign in with.")
@click.option("--role", type=click.Choice(get_args(Role)), default="admin", show_default=True)
@click.option("--site", "site_ids", multiple=True, help="A site they see; again for each further one.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_admin(data: Path, name: str, role: Role, site_ids: tuple[str, ...], password_stdin: bool) -> None:
    """Create an account; asks for the password. Network heads and administrators see every site."""
    if bool(site_ids) == (role in EVERYWHERE):
        raise Trouble(
            f"{role} sees every site" if site_ids else f"say which sites a {role} sees: --site SITE"
        )
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_password()
    if len(password) < SHORTEST_PASSWORD:
        raise Trouble(f"a password has at least {SHORTEST_PASSWORD} letters")
    if is_only_name(password, name):
        raise Trouble("the password is only the name: it would be tried first, choose something else")
    if unread(name) or not likeness(name):
        raise Trouble("write a name, without signs that nobody sees")
    with opened(data) as hub, writing(hub.engine) as connection:
        for site_id in site_ids:
            _must_exist(connection, site_id)
        if name_taken(connection, name):
            raise Trouble(f"there is an account {name} already, or one that reads like it")
        create_account(connection, name, password, role, hub.clock.wall_ms(), sites=site_ids)
    click.echo(f"account {name} created")


@admin.command("remove")
@DATA
@click.option("--name", required=True, help="The name they sign in with.")
def remove_admin(data: Path, name: str) -> None:
    """Close an account for good: nobody signs in by it, and whoever is signed in is out."""
    with opened(data) as hub, writing(hub.engine) as connection:
        ended = remove_account(connection, name, hub.clock.wall_ms())
    click.echo(f"account {name} removed; at the kiosks their number, PIN and badge stay good (page Équipe)")
    for one in ended:
        click.echo(f"  ended with it: {one.kind} {one.name}")


def _ask_password() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Trouble("the two were not the same")
    return password


def _must_exist(connection: Any, site_id: str) -> None:
    if not has_site(connection, site_id):
        raise Trouble(f"no site {site_id}: create it first (site create {site_id} --name ...)")


# --- devices ------------------------------------------------------------------------------------


@main.command("enrol")
@DATA
@click.argument("device")
@click.option("--site", "site_id", required=True)
@click.option("--kind", type=click.Choice(["kiosk", "bridge"]), required=True)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it (default: a directory DEVICE, here).",
)
@click.option("--bridge", help="The site's bridge (default: the one enrolled).")
@click.option("--hub-broker", help="HOST:PORT as the device reaches it (default: the hub's own).")
@click.option("--site-broker", default="127.0.0.1:1883", show_default=True, help="HOST:PORT.")
@click.option("--replace", is_flag=True, help="Write over an earlier directory: its secrets are void.")
def enrol(
    data: Path,
    device: str,
    site_id: str,
    kind: DeviceKind,
    out: Path | None,
    bridge: str | None,
    hub_broker: str | None,
    site_broker: str,
    replace: bool,
) -> None:
    """Write the directory DEVICE starts from; carry it there and keep no copy."""
    out = out or Path(device)
    wanted = Wanted(
        device,
        site_id,
        kind,
        address_of(hub_broker) if hub_broker else None,
        address_of(site_broker),
        bridge,
    )
    with opened(data) as hub, writing(hub.engine) as connection:
        _must_exist(connection, site_id)
        try:
            enrolled = enrol_device(hub, connection, wanted)
            write_files(out, enrolled.files, replace=replace)
        except (FileExistsError, EnrolmentError) as error:
            raise Trouble(str(error)) from None
        listed = keep(hub, connection, enrolled)
    click.echo(f"{device} enrolled: {out}")
    click.echo(f"bring {listed} to the site's broker and reload it, or the device is not heard there")


@main.command()
@DATA
@click.argument("device")
def revoke(data: Path, device: str) -> None:
    """Take DEVICE out of service for good: the hub ignores it from now on."""
    with opened(data) as hub, writing(hub.engine) as connection:
        changed = revoke_device(hub, connection, device)
    click.echo(f"{device} revoked")
    for path in changed:
        if path.name != HUB_PASSWORDS:
            click.echo(
                f"bring {path} to the site's broker and reload it, so that the device is shut out there"
            )
