"""The partners' page: what comes to them, what they do with it, what they give back; also without a network.

The page is a shell that a service worker keeps; what it shows and what was done on it travels as JSON. A
partner's session opens nothing else, and shows nothing of other partners.
"""

import base64
import binascii
import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from contract import look
from contract.codec import ContractError
from hub.core.partner_deeds import AnyDeed, Note, Sent
from hub.core.photo import MOST_BYTES, Photo, PhotoError, cleaned
from hub.core.rights import sees
from hub.store import timeline
from hub.store.bag_rounds import rounds_of
from hub.store.database import reading, writing
from hub.store.partner_access import (
    LIFE_MS,
    Desk,
    Wait,
    access_row,
    end_session,
    fits,
    session_desk,
    start_session,
    touch_session,
    tried,
    waits,
)
from hub.store.partner_told import work_of
from hub.store.partner_work import do
from hub.web.gettext import _
from hub.web.guard import hub, is_open_to_all, now_ms, uses
from hub.web.language import chosen
from hub.web.partner_words import words
from hub.web.tries import guesses, limiter

HOME: Final = "/partenaire/"
_MODULES: Final = (
    "camera.js",
    "desk.js",
    "drawn.js",
    "kept.js",
    "page.js",
    "scanner.js",
    "screens.js",
    "work.js",
)
_OF_THE_LOOK: Final = (
    "tokens.css",
    "terrazzo.svg",
    "icons.svg",
    "logo.svg",
    "wedge.js",
    "fonts/bricolage-grotesque-latin.woff2",
    "fonts/readex-pro-latin.woff2",
)
_ASSETS: Final = (
    "/static/hub.css",
    "/static/partner/partner.css",
    *(f"/static/partner/{name}" for name in _MODULES),
    *(f"/look/{name}" for name in _OF_THE_LOOK),
)
_PLAIN_BYTES: Final = 512 * 1024
_SEND_BYTES: Final = MOST_BYTES * 4 // 3 + _PLAIN_BYTES

page = Blueprint("partner", __name__, url_prefix="/partenaire")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A photo is larger than other things sent."""
    if endpoint == "partner.send":
        request.max_content_length = _SEND_BYTES


@page.before_request
def _require_desk() -> ResponseReturnValue | None:
    """Find out whose desk asks."""
    g.desk = None
    token = request.cookies.get(_cookie_name(), "")
    with reading(hub().engine) as connection:
        found = session_desk(connection, token, now_ms()) if token else None
    if found is not None:
        g.desk, touch_due = found
        if touch_due:
            with writing(hub().engine) as connection:
                touch_session(connection, token, now_ms())
        return None
    if request.endpoint == "partner.show":
        return render_template("partner_enter.html", name=None, why=None), 401
    return None if is_open_to_all() else abort(401)


def _desk() -> Desk:
    desk: Desk = g.desk
    return desk


# --- coming in ----------------------------------------------------------------------------------


@page.route("/<access>", methods=["GET", "POST"])
@guesses("20 per 15 minutes", "partner", methods=["POST"])
def enter(access: str) -> ResponseReturnValue:
    """The address of a desk: its PIN opens the page."""
    if request.method == "GET":
        if g.desk is not None and g.desk.access == access:
            return redirect(HOME)
        return _ask_pin(access)
    with reading(hub().engine) as connection:
        row = access_row(connection, access[:64])
    found: Desk | Wait | None = waits(row, now_ms())
    if found is None:
        right = fits(row, request.form.get("pin", "")[:12].strip())
        with writing(hub().engine) as connection:
            found = tried(connection, row, right, now_ms())
            if isinstance(found, Desk):
                _end_old(connection)
                token = start_session(connection, found.access, now_ms())
    if isinstance(found, Wait):
        minutes = -(-found.seconds // 60)
        return _ask_pin(
            access, _("Too many wrong PINs. Wait %(count)d min, then try again.", count=minutes), 429
        )
    if found is None:
        return _ask_pin(access, _("This PIN is not right. The concierge desk can give a new one."), 401)
    return _with_cookie(redirect(HOME), token)


def _ask_pin(access: str, why: str | None = None, status: int = 200) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row = access_row(connection, access[:64])
    name = None if row is None else row.partner_name
    return render_template("partner_enter.html", asked=True, name=name, why=why), status


@page.post("/sortir")
def leave() -> ResponseReturnValue:
    """End the session."""
    with writing(hub().engine) as connection:
        _end_old(connection)
    response = current_app.make_response(("", 204))
    response.delete_cookie(_cookie_name(), path="/", secure=hub().settings.behind_https, samesite="Lax")
    return response


def _end_old(connection: Any) -> None:
    if old := request.cookies.get(_cookie_name()):
        end_session(connection, old, now_ms())


def _with_cookie(response: AnyResponse, token: str) -> AnyResponse:
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=LIFE_MS // 1000,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=hub().settings.behind_https,
    )
    return response


def _cookie_name() -> str:
    return "__Host-conciergerie-partner" if hub().settings.behind_https else "conciergerie-partner"


# --- the page -----------------------------------------------------------------------------------


@page.get("/")
def show() -> ResponseReturnValue:
    """The shell: nothing of what the partner does stands in it, so that it may be kept."""
    uses("camera")
    shell = render_template(
        "partner_desk.html", desk=_desk(), words=json.dumps(words()), zone=hub().settings.notify.zone
    )
    return shell, 200, {"X-Partner-Page": "shell"}


@page.get("/hors-ligne.js")
def worker() -> Response:
    """The service worker. It is another one as soon as anything it keeps is."""
    code = (Path(current_app.static_folder or "") / "partner" / "worker.js").read_text(encoding="utf-8")
    begin = f"const VERSION = {json.dumps(_version())}, ASSETS = {json.dumps(_ASSETS)};\n"
    return Response(begin + code, mimetype="text/javascript")


@cache
def _version() -> str:
    """A name for all that is kept, made of its bytes."""
    static = Path(current_app.static_folder or "")
    digest = sha256()
    for address in _ASSETS:
        _, root, name = address.split("/", 2)
        digest.update(((static if root == "static" else look.STATIC) / name).read_bytes())
    return f"partner-{digest.hexdigest()[:16]}"


@page.get("/travail")
def work() -> ResponseReturnValue:
    """What is, and comes, to this partner."""
    with reading(hub().engine) as connection:
        return jsonify(work_of(connection, _desk().partner, _desk().sites, chosen(), now_ms()))


@page.get("/bordereaux/<manifest>")
def slip(manifest: str) -> ResponseReturnValue:
    """What it gave back in one round, to print and send along."""
    with reading(hub().engine) as connection:
        rounds = rounds_of(connection, manifest[:64], partner=_desk().partner)
    found = [one for one in rounds if sees(_desk().sites, one.site)]
    if not found:
        abort(404)
    return render_template("partner_slip.html", rounds=found)


_sent = msgspec.json.Decoder(Sent)


@page.post("/envoi")
@limiter.limit("600 per 15 minutes")
def send() -> ResponseReturnValue:
    """What was done on the page. `done` is committed, on this `timeline`; `refused` could not be.

    Much is read only where it is one thing with a photo: 413 says to send less at a time.
    """
    raw = request.get_data(cache=False)
    if len(raw) > _PLAIN_BYTES and raw.count(b'"do":') > 1:
        abort(413)
    try:
        sent = _sent.decode(raw)
    except (msgspec.DecodeError, ValueError):
        abort(422)
    deeds = [(deed, _photo(deed)) for deed in sent.deeds]
    try:
        with writing(hub().engine) as connection:
            outcomes = do(connection, _desk().partner, _desk().sites, deeds, now_ms())
            now = timeline.present(connection)
    except ContractError:
        abort(422)
    judged = list(zip(sent.deeds, outcomes, strict=True))
    return jsonify(
        timeline=now,
        done=[deed.id for deed, one in judged if one.facts],
        refused=[deed.id for deed, one in judged if not one.facts],
    )


def _photo(deed: AnyDeed) -> Photo | None:
    """The photo of a note; what is none is left out: the note itself is worth keeping."""
    if not isinstance(deed, Note) or deed.photo is None:
        return None
    try:
        return cleaned(base64.b64decode(deed.photo, validate=True))
    except (binascii.Error, PhotoError, ValueError):
        return None
