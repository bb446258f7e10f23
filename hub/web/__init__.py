"""The hub's pages for concierges and administrators.

`create_app(context)` is all the outside needs. One blueprint per page; `guard` decides who may ask
what, `live` tells open pages what changed.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, send_from_directory
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from contract import look
from contract.look.compiled import CompiledTemplates
from hub.context import HubContext
from hub.web import (
    accounts,
    agendas,
    api,
    api_page,
    bag_rounds,
    bags,
    cabinet_drawing,
    catalogue,
    client,
    counter,
    day_words,
    deeds,
    device_deeds,
    devices,
    door_words,
    drawings,
    entrance,
    exports,
    faults,
    figures,
    guard,
    language,
    live,
    lockers,
    mandates,
    marks,
    messages,
    metrics,
    money,
    my_account,
    opening,
    order_words,
    orders,
    parcels,
    partner,
    partner_access,
    partners,
    people,
    personal_data,
    places,
    presences,
    programs,
    register,
    remarks,
    returns,
    rounds,
    search,
    service_words,
    setup,
    sites,
    sizes,
    sponsors,
    taking_in,
    team,
    texts,
    thing_words,
    today,
    tries,
    voices,
    welcome,
    whose,
    words,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["create_app"]

_LARGEST_REQUEST = sizes.LIST_BYTES
_LOOK_CACHE_SECONDS = 3600


def create_app(context: HubContext) -> Flask:
    """The WSGI application of one hub. Starts no thread until a page is open."""
    static = str(Path(__file__).parent / "static")
    app = faults.Pages(__name__, static_folder=static, static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=_LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=_LARGEST_REQUEST,
        MAX_FORM_PARTS=200,
        SECRET_KEY=context.keys.web_secret(),
        SESSION_COOKIE_NAME="conciergerie-note",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=context.settings.behind_https,
    )
    app.extensions["hub"] = context
    app.jinja_options = {
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "bytecode_cache": CompiledTemplates(Path(__file__).parent),
    }
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(Path(__file__).parent / "templates"), FileSystemLoader(look.TEMPLATES)]
    )
    if context.settings.behind_https:
        app.wsgi_app = _over_https(ProxyFix(app.wsgi_app, x_proto=0))  # type: ignore[assignment, method-assign]
    app.add_url_rule("/look/<path:name>", "look", _look)
    for part in (
        metrics,
        sizes,
        language,
        words,
        thing_words,
        day_words,
        service_words,
        order_words,
        places,
        guard,
        tries,
        faults,
        live,
        entrance,
        welcome,
        my_account,
        accounts,
        deeds,
        client,
        today,
        marks,
        door_words,
        figures,
        cabinet_drawing,
        lockers,
        parcels,
        messages,
        opening,
        returns,
        bags,
        bag_rounds,
        texts,
        people,
        personal_data,
        mandates,
        whose,
        partner,
        partner_access,
        remarks,
        register,
        rounds,
        search,
        taking_in,
        drawings,
        devices,
        device_deeds,
        sites,
        setup,
        team,
        presences,
        orders,
        counter,
        catalogue,
        partners,
        money,
        sponsors,
        voices,
        api,
        api_page,
        programs,
        exports,
        agendas,
    ):
        part.install(app)
    return app


def _over_https(pages: "WSGIApplication") -> "WSGIApplication":
    """The pages as browsers see them, whether the proxy says that it speaks https or not: the addresses in
    invitations and the origin that keys sign are made of it.
    """

    def answered(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return pages({**environ, "wsgi.url_scheme": "https"}, start)

    return answered


def _look(name: str) -> Response:
    return send_from_directory(look.STATIC, name, max_age=_LOOK_CACHE_SECONDS)
