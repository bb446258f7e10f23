"""Every list of the pages as a file for a spreadsheet, and the links, at the same place everywhere."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from flask import Blueprint, Flask, Response, render_template, request, url_for
from markupsafe import Markup

from hub.store import audit
from hub.store.database import Connection, Engine, reading, writing
from hub.store.listing import MOST_LISTED
from hub.web import export_lists as lists
from hub.web.gettext import _
from hub.web.guard import account, hub, may_ask, now_ms
from hub.web.places import site_or_404
from hub.web.sheets import Cell, sheet_answer

Rows = Callable[[Connection, str], Iterable[Sequence[Cell]]]


@dataclass(frozen=True)
class Listed:
    """A list: its title, its heading and its rows at a site. `personal`: it names people, and is audited."""

    title: Callable[[], str]
    heading: Callable[[], tuple[str, ...]]
    rows: Rows
    personal: bool = False


OF_SITES: Final[dict[str, Listed]] = {
    "personnes": Listed(lambda: _("People"), lists.people_heading, lists.people, personal=True),
    "colis": Listed(lambda: _("Parcels"), lists.parcels_heading, lists.parcels, personal=True),
    "introuvables": Listed(lambda: _("Not found"), lists.parcels_heading, lists.lost, personal=True),
    "attendus": Listed(lambda: _("Expected"), lists.expected_heading, lists.expected, personal=True),
    "commandes": Listed(lambda: _("Orders"), lists.orders_heading, lists.orders, personal=True),
    "sacs": Listed(lambda: _("Bags"), lists.bags_heading, lists.bags),
    "equipe": Listed(lambda: _("Team"), lists.team_heading, lists.team, personal=True),
    "partenaires": Listed(lambda: _("Partners"), lists.partners_heading, lists.partners),
    "services": Listed(lambda: _("Services"), lists.services_heading, lists.services),
}
OF_THE_HOUSE: Final[dict[str, Listed]] = {
    "appareils": Listed(lambda: _("Devices"), lists.devices_heading, lists.devices),
    "journal": Listed(lambda: _("Who did what"), lists.audit_heading, lists.deeds, personal=True),
}
_SITES, _HOUSE = ", ".join(OF_SITES), ", ".join(OF_THE_HOUSE)

page = Blueprint("exports", __name__)


def install(app: Flask) -> None:
    """Add the files, and the links for the templates."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(export_links=export_links, export_list=export_list)


@page.get(f"/sites/<site>/exporter/<any({_SITES}):which>.<any(csv, xlsx):kind>")
def of_site(site: str, which: str, kind: str) -> Response:
    """A list of a site."""
    with reading(hub().engine) as connection:
        site_or_404(connection, site)
    return _answer(OF_SITES[which], which, kind, site)


@page.get(f"/exporter/<any({_HOUSE}):which>.<any(csv, xlsx):kind>")
def of_house(which: str, kind: str) -> Response:
    """A list of the whole network."""
    return _answer(OF_THE_HOUSE[which], which, kind, "")


def export_list(which: str, site: str = "") -> Markup:
    """The links to one of the lists above, for the foot of its page."""
    if not may_ask("exports.of_house" if which in OF_THE_HOUSE else "exports.of_site"):
        return Markup()
    if which in OF_THE_HOUSE:
        csv, xlsx = (url_for("exports.of_house", which=which, kind=kind) for kind in ("csv", "xlsx"))
    else:
        csv, xlsx = (
            url_for("exports.of_site", site=site, which=which, kind=kind) for kind in ("csv", "xlsx")
        )
    return export_links(csv, xlsx)


def export_links(csv: str, xlsx: str) -> Markup:
    """The links to any table that can be had both ways."""
    return Markup(render_template("export.html", csv=csv, xlsx=xlsx))  # noqa: S704 - escaped by the template


def _answer(listed: Listed, which: str, kind: str, site: str) -> Response:
    if listed.personal:
        note_export(f"{which}.{kind}", site)
    rows = _read(hub().engine, listed.rows, site)
    name = f"{which}-{site}" if site else which
    return sheet_answer(kind, listed.title(), listed.heading(), rows, name)


def note_export(file: str, site: str = "", person: str | None = None) -> None:
    """A list with names in it leaves as this file; `person`: whose alone it is."""
    if request.method != "GET":
        return
    with writing(hub().engine) as connection:
        about = {"site": site or None, "subject": person}
        audit.note(connection, now_ms(), account().id, "list_exported", detail=file, **about)


def _read(engine: Engine, rows: Rows, site: str) -> list[Sequence[Cell]]:
    """Within one view of the database, and not for as long as it is sent: a slow line would hold it."""
    with reading(engine) as connection:
        found = list(islice(rows(connection, site), MOST_LISTED + 1))
    if len(found) <= MOST_LISTED:
        return found
    return [
        *found[:MOST_LISTED],
        (_("There is more: the first %(count)d lines are here.", count=MOST_LISTED),),
    ]
