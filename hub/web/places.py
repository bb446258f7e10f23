"""Which site a page is about, remembered from page to page."""

from typing import Any

from flask import Flask, abort, g, session

from hub.store.database import Connection, reading
from hub.store.pages import all_sites, site_row
from hub.web.guard import account, hub


def install(app: Flask) -> None:
    """The bar of every page knows where it leads."""
    app.jinja_env.globals.update(here=here, sites_to_choose=sites_to_choose)


def site_or_404(connection: Connection, site: str) -> Any:
    """The site's row; the bar at the bottom keeps leading there."""
    row = site_row(connection, site)
    if row is None:
        abort(404)
    session["site"] = row.id
    g.site = row
    return row


def here() -> Any | None:
    """The site last looked at, else the first; None when there is none yet."""
    if g.get("site") is None:
        wanted = session.get("site")
        sites = my_sites()
        g.site = next((site for site in sites if site.id == wanted), sites[0] if sites else None)
    return g.site


def sites_to_choose() -> list[Any]:
    """All of theirs where there is a choice."""
    sites = my_sites()
    return sites if len(sites) > 1 else []


def my_sites() -> list[Any]:
    """The sites of who is signed in, by name."""
    if "sites" not in g:
        with reading(hub().engine) as connection:
            g.sites = all_sites(connection, account().sites)
    return list(g.sites)
