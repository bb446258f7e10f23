"""The hub's command that takes over a catalogue as somebody wrote it: partners, and what they do."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import click
from msgspec import Meta, Struct

from contract.messages import Size
from contract.settings import Remark, SettingsError, load
from hub.cli import DATA, Trouble, opened
from hub.core.catalogue import (
    LONGEST_ABOUT,
    LONGEST_NAME,
    MOST_OF_ONE,
    MOST_OPTIONS,
    Kind,
    Offer,
    Option,
    Pay,
    Picture,
    Way,
)
from hub.core.opening import Opening, OpeningError, with_opening
from hub.core.prices import PriceError, cents_of
from hub.core.promises import MOST_LEADS, Lead, LeadError, lead_of
from hub.store import audit, catalogue, partners
from hub.store.database import Connection, writing
from hub.store.sites import has_site

Names = Annotated[dict[str, Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]], Meta(min_length=1)]
Abouts = dict[str, Annotated[str, Meta(max_length=LONGEST_ABOUT)]]


class OptionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be added."""

    name: Names
    price: str
    most: Annotated[int, Meta(ge=1, le=MOST_OF_ONE)] = 1


class LeadEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """hub.core.promises.Lead as people write it; `weekdays` as `135`."""

    kind: str = "none"
    days: int = 0
    before: str = ""
    ready: str = ""
    weekdays: str = ""

    def rule(self) -> Lead | None:
        """None where nobody can say. Raises LeadError and OpeningError."""
        days = [int(day) for day in self.weekdays if day.isdecimal()]
        return lead_of(self.kind, str(self.days), self.before, self.ready, days)


class ServiceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """hub.core.catalogue.Offer as people write it."""

    name: Names
    picture: Picture
    kind: Kind
    way: Way
    price: str
    about: Abouts = {}
    pay: Pay = "partner"
    quoted: bool = False
    perishable: bool = False
    counted: bool = False
    size: Size | None = None
    lead: LeadEntry | Annotated[tuple[LeadEntry, ...], Meta(max_length=MOST_LEADS)] = LeadEntry()
    first_day: date | None = None
    last_day: date | None = None
    options: Annotated[tuple[OptionEntry, ...], Meta(max_length=MOST_OPTIONS)] = ()


def _rules(entry: ServiceEntry) -> tuple[Lead, ...]:
    """One or several. Raises LeadError and OpeningError."""
    leads = (entry.lead,) if isinstance(entry.lead, LeadEntry) else entry.lead
    return tuple(rule for lead in leads if (rule := lead.rule()) is not None)


class PartnerEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A partner; `hours` as `12345 8:00 19:00`, `ess` the day of the paper that proves it."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    phone: str = ""
    ess: date | None = None
    hours: tuple[str, ...] = ()
    services: tuple[ServiceEntry, ...] = ()


class CatalogueFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A catalogue."""

    partners: tuple[PartnerEntry, ...]


@click.group("catalogue")
def catalogue_group() -> None:
    """What a site offers."""


@catalogue_group.command("import")
@DATA
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "site_id", required=True)
def bring(data: Path, file: Path, site_id: str) -> None:
    """Add the partners and services of a TOML file to a site; nothing of it where anything is wrong."""
    try:
        wanted = load(file, CatalogueFile, _cross_check)
    except SettingsError as error:
        raise Trouble(str(error)) from None
    with opened(data) as hub, writing(hub.engine) as connection:
        if not has_site(connection, site_id):
            raise Trouble(f"no site {site_id}: create it first (site create {site_id} --name ...)")
        now_ms, zone = hub.clock.wall_ms(), ZoneInfo(hub.settings.notify.zone)
        try:
            count = sum(_add(connection, site_id, entry, now_ms, zone) for entry in wanted.partners)
        except catalogue.TooManyServicesError:
            raise Trouble(f"{site_id} would offer too many services") from None
        audit.note(connection, now_ms, None, "catalogue_imported", site=site_id, detail=str(count))
    click.echo(f"{len(wanted.partners)} partners and {count} services added")


def _add(connection: Connection, site: str, entry: PartnerEntry, now_ms: int, zone: tzinfo) -> int:
    proof_ms = _midnight(entry.ess, zone)
    data = partners.Partner(entry.name, entry.phone or None, None, entry.ess is not None, proof_ms)
    partner = partners.add_partner(connection, data, site, now_ms)
    partners.set_hours(connection, partner, _week(entry.hours))
    for service in entry.services:
        catalogue.add_service(connection, site, _offer(service, partner, zone), now_ms, zone)
    return len(entry.services)


def _offer(entry: ServiceEntry, partner: str, zone: tzinfo) -> Offer:
    plain = ("name", "about", "picture", "kind", "way", "pay", "quoted", "perishable", "counted")
    values: dict[str, Any] = {name: getattr(entry, name) for name in plain}
    values["size"] = entry.size or ("M" if entry.kind == "bag" else "S")
    after = entry.last_day + timedelta(days=1) if entry.last_day else None
    return Offer(
        partner=partner,
        cents=cents_of(entry.price),
        leads=_rules(entry),
        from_ms=_midnight(entry.first_day, zone),
        until_ms=_midnight(after, zone),
        options=tuple(Option("", one.name, cents_of(one.price), one.most) for one in entry.options),
        **values,
    )


def _midnight(day: date | None, zone: tzinfo) -> int | None:
    return (
        None if day is None else int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000
    )


def _week(stretches: tuple[str, ...]) -> tuple[Opening, ...]:
    """Raises OpeningError. A stretch that ends before it begins ends after midnight."""
    week: tuple[Opening, ...] = ()
    for stretch in stretches:
        days, opens, closes = (*stretch.split(), "", "", "")[:3]
        week = with_opening(
            week, [int(day) for day in days if day.isdecimal()], opens, closes, after_midnight=True
        )
    return week


# --- what is wrong with it -----------------------------------------------------------------------


def _cross_check(file: CatalogueFile) -> Iterator[Remark]:
    for place, partner in enumerate(file.partners):
        at = ("partners", place)
        try:
            _week(partner.hours)
        except OpeningError as error:
            yield Remark((*at, "hours"), f"no hours ({error})", 'Write them like "12345 8:00 19:00"')
        for number, service in enumerate(partner.services):
            yield from _wrong_in(service, (*at, "services", number))


def _wrong_in(service: ServiceEntry, at: tuple[str | int, ...]) -> Iterator[Remark]:
    prices = [((*at, "price"), service.price)]
    prices += [((*at, "options", number, "price"), one.price) for number, one in enumerate(service.options)]
    for path, price in prices:
        try:
            cents_of(price)
        except PriceError as error:
            yield Remark(path, f"no price ({error.fault.replace('_', ' ')})", 'Write it like "12,50"')
    try:
        _rules(service)
    except (LeadError, OpeningError) as error:
        yield Remark((*at, "lead"), f"no rule ({error})", "Compare it with docs/installation.md")
    if service.first_day and service.last_day and service.last_day < service.first_day:
        yield Remark((*at, "last_day"), "it ends before it begins", "Write a later day")
