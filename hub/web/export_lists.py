"""The rows of each list in a file: the words of the pages, one cell a thing."""

from collections.abc import Iterable
from typing import Any, Final

from hub.core.order_book import money
from hub.core.sight import Parcel
from hub.store import listing
from hub.store.accounts import account_names
from hub.store.catalogue import services_of
from hub.store.database import Connection
from hub.store.employers import employer_names
from hub.store.expected import open_expected
from hub.store.order_book import orders_between
from hub.store.pages import lost_parcels
from hub.store.partners import shared, site_partners
from hub.store.people import people_names
from hub.store.staff import site_staff
from hub.web.bag_words import party_word, state_word
from hub.web.days import local
from hub.web.gettext import _
from hub.web.guard import account, now_ms
from hub.web.naming import bag_holders
from hub.web.order_words import order_state, order_title, who_at
from hub.web.parcels import owner
from hub.web.sheets import Cell, Euros
from hub.web.words import item_state, kind_word

Row = tuple[Cell, ...]

ORDER_DAYS: Final = 92
_DAY_MS: Final = 86_400_000


def _at(at_ms: int | None) -> str:
    """`2026-11-27 08:30`, as the clocks there show it; a spreadsheet sorts it."""
    return "" if at_ms is None else local(at_ms).strftime("%Y-%m-%d %H:%M")


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def people_heading() -> tuple[str, ...]:
    """What the import reads again, by its names."""
    return ("nom", "logement", "langue", "hauteur", "poids", "telephone", "courriel")


def people(connection: Connection, site: str) -> Iterable[Row]:
    """Everybody on the list."""
    for row in listing.people_listed(connection, site):
        carry = "" if row.carry_grams is None else f"{row.carry_grams / 1000:g}"
        yield (
            row.name,
            row.flat,
            row.language,
            _said(row.reach_cm),
            carry,
            row.phone or "",
            row.email or "",
        )


def parcels_heading() -> tuple[str, ...]:
    """Of what is here now."""
    return (
        _("Place"),
        _("What"),
        _("For"),
        _("How far"),
        _("Since"),
        _("Carrier"),
        _("Its number"),
        _("Pieces"),
    )


def parcels(connection: Connection, site: str) -> Iterable[Row]:
    """What is here now."""
    names = people_names(connection, site)
    return (_parcel(one, names) for one in listing.parcels_listed(connection, site))


def lost(connection: Connection, site: str) -> Iterable[Row]:
    """What somebody looked for and did not find; its place is where it was last."""
    names = people_names(connection, site)
    return (_parcel(one, names) for one in lost_parcels(connection, site))


def _parcel(one: Parcel, names: dict[str, str]) -> Row:
    return (
        one.place or _said(one.compartment),
        kind_word(one.kind),
        owner(one, names),
        item_state(one.state)[2],
        _at(one.since_ms),
        one.carrier or "",
        one.label,
        str(one.pieces),
    )


def expected_heading() -> tuple[str, ...]:
    """Of what was announced."""
    return (_("Day"), _("For"), _("Carrier"), _("Its number"), _("Note"))


def expected(connection: Connection, site: str) -> Iterable[Row]:
    """What was announced."""
    names = people_names(connection, site)
    for row in open_expected(connection, site):
        yield (
            _at(row.expected_ms)[:10],
            names.get(row.person or "", ""),
            row.carrier or "",
            row.label,
            row.note,
        )


def orders_heading() -> tuple[str, ...]:
    """Of the orders of three months."""
    return (
        _("Day"),
        _("Number"),
        _("Service"),
        _("For"),
        _("Partner"),
        _("How far"),
        _("Promised"),
        _("Price"),
        _("Paid"),
    )


def orders(connection: Connection, site: str) -> Iterable[Row]:
    """Those placed in the last three months, the oldest first."""
    who = who_at(connection, site)
    for order in orders_between(connection, now_ms() - ORDER_DAYS * _DAY_MS, now_ms() + 1, site):
        yield (
            _at(order["placed_ms"]),
            order["number"] or "",
            order_title(order),
            who.person(order),
            who.partner(order["partner"]),
            order_state(order)[2],
            _at(order["promised_ms"]),
            Euros(money(order).due_cents),
            Euros(order["paid_cents"]),
        )


def bags_heading() -> tuple[str, ...]:
    """Of bags on their way."""
    return (_("Tag"), _("How far"), _("Who has it"), _("Since"), _("Promised"), _("Pieces"))


def bags(connection: Connection, site: str) -> Iterable[Row]:
    """Those on their way."""
    names = bag_holders(connection, site)
    for row in listing.bags_listed(connection, site):
        pieces = next(
            (each for each in (row.pieces_partner, row.pieces_staff, row.pieces_person) if each is not None),
            None,
        )
        yield (
            row.tag,
            state_word(row.state)[2],
            party_word(row.holder_kind, row.holder_id, names),
            _at(row.since_ms),
            _at(row.promised_ms),
            _said(pieces),
        )


def team_heading() -> tuple[str, ...]:
    """Of who signs in at the kiosk."""
    return (_("Number"), _("Initials"), _("Works for"), _("Badge"))


def team(connection: Connection, site: str) -> Iterable[Row]:
    """Who signs in at the kiosk."""
    employers = employer_names(connection)
    for row in site_staff(connection, site):
        badge = _("yes") if row.badge_hash else _("no")
        yield str(row.number), row.initials, employers.get(row.employer or "", ""), badge


def partners_heading() -> tuple[str, ...]:
    """Of who works here."""
    return (_("Partner"), _("Telephone"), _("E-mail"), _("Social and solidarity economy"))


def partners(connection: Connection, site: str) -> Iterable[Row]:
    """Who works here; how to reach those that work elsewhere too, for who sees all of their sites."""
    here = site_partners(connection, site)
    others = shared(connection, [row.id for row in here], account().sites)
    for row in here:
        reached = ("", "") if row.id in others else (row.phone or "", row.email or "")
        yield row.name, *reached, _("yes") if row.ess else _("no")


def services_heading() -> tuple[str, ...]:
    """Of what is offered."""
    return (_("Service"), _("Partner"), _("What"), _("Price"), _("Who pays"))


def services(connection: Connection, site: str) -> Iterable[Row]:
    """What is offered, in the order of the list."""
    for one in services_of(connection, site):
        name = one.offer.name.get("fr") or next(iter(one.offer.name.values()), "")
        pays = _("the employer pays") if one.offer.pay == "employer" else _("the person pays")
        yield name, one.partner_name, kind_word(one.offer.kind), Euros(one.offer.cents), pays


def devices_heading() -> tuple[str, ...]:
    """Of kiosks and bridges."""
    return (
        _("Device"),
        _("Site"),
        _("What"),
        _("Online"),
        _("Last exchange"),
        _("Version"),
        _("Kept on site"),
        _("Enrolled"),
        _("Revoked"),
    )


def devices(connection: Connection, _site: str) -> Iterable[Row]:
    """Kiosks and bridges, those out of service too."""
    for row in listing.devices_listed(connection):
        yield (
            row.id,
            row.site,
            _("Kiosk") if row.kind == "kiosk" else _("Lockers"),
            _("yes") if row.online else _("no"),
            _at(row.exchange_ms),
            row.version or "",
            str(max((row.last_seq or 0) - (row.through or 0), 0)),
            _at(row.enrolled_ms),
            _at(row.revoked_ms),
        )


def audit_heading() -> tuple[str, ...]:
    """Of who did what."""
    return (_("Moment"), _("Who"), _("What"), _("Site"), _("About"), _("More"))


def deeds(connection: Connection, _site: str) -> Iterable[Row]:
    """Who did what, in the words of the program: ids lead further."""
    names = account_names(connection)
    for row in listing.audit_listed(connection):
        who = names.get(row.account or "", row.account or "")
        yield _at(row.at_ms), who, row.action, row.site or "", row.subject or "", row.detail
