"""The carriers' rounds: what was announced, taken in and refused, and the refusals noted here."""

from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.scans import aim
from hub.core.photo import MOST_BYTES, Photo, PhotoError, cleaned
from hub.store import audit
from hub.store.accounts import account_names
from hub.store.database import reading, writing
from hub.store.refused import (
    Refusal,
    add_photo,
    may_have_photo,
    note_refusal,
    refusal_photo,
    refusals,
)
from hub.store.register import rounds
from hub.store.staff import staff_initials
from hub.web.days import asked_day, day_of
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, uses
from hub.web.places import site_or_404
from hub.web.tries import limiter
from hub.web.words import refused_reasons

_FORM_BYTES: Final = 64 * 1024
PHOTO_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
}

page = Blueprint("rounds", __name__, url_prefix="/sites/<site>/colis/tournees")


@page.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A photo may be larger than other forms; said before anybody reads the form, as the limits do."""
    if endpoint in ("rounds.refuse", "rounds.keep_photo"):
        request.max_content_length = MOST_BYTES + _FORM_BYTES


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(refused_reasons=refused_reasons)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """The rounds of one day."""
    return _page(site, {}, {})


@page.post("")
@limiter.limit("120 per hour")
def refuse(site: str) -> ResponseReturnValue:
    """Note what was not taken from its carrier."""
    typed = {name: request.form.get(name, "").strip() for name in ("why", "label", "carrier", "note")}
    typed["label"] = aim.split(typed["label"]).text
    photo, wrong = _photo()
    wrong |= _faults(typed)
    if wrong:
        return _page(site, typed, wrong)
    refusal = Refusal(typed["why"], typed["label"], typed["carrier"] or None, typed["note"])
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        who = account().id
        refused = note_refusal(connection, site, refusal, photo, who, now_ms())
        audit.note(connection, now_ms(), who, "parcel_refused", site=site, subject=refused)
    return redirect(url_for("rounds.show", site=site))


@page.get("/<refused>/photo")
def photo(site: str, refused: str) -> ResponseReturnValue:
    """The photo alone: a browser takes it for nothing else."""
    with reading(hub().engine) as connection:
        site_or_404(connection, site)
        kept = refusal_photo(connection, site, refused)
    if kept is None:
        abort(404)
    return Response(kept.content, mimetype=kept.media_type, headers=PHOTO_HEADERS)


@page.post("/<event>/photo")
@limiter.limit("120 per hour")
def keep_photo(site: str, event: str) -> ResponseReturnValue:
    """Add a photo to what was refused at a kiosk, which has no camera."""
    photo, wrong = _photo()
    if photo is None:
        return _page(site, {}, {event: wrong.get("photo", _("Choose a photo first."))})
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if not add_photo(connection, site, event, photo, account().id, now_ms()):
            abort(404)
        audit.note(connection, now_ms(), account().id, "refusal_photo", site=site, subject=event)
    return redirect(
        url_for("rounds.show", site=site, jour=request.form.get("jour", "")[:10], _anchor="refus")
    )


def _page(site: str, typed: dict[str, str], wrong: dict[str, str]) -> ResponseReturnValue:
    uses("camera")
    which, span = asked_day(request.values.get("jour", ""), now_ms())
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        piles, at_kiosks = rounds(connection, site, *span)
        noted = refusals(connection, site, *span)
        told = {one.event for one in at_kiosks}
        answer = render_template(
            "rounds.html",
            site=row,
            day=which,
            before=day_of(span[0] - 1).isoformat(),
            after=day_of(span[1]).isoformat() if span[1] <= now_ms() else None,
            piles=piles,
            at_kiosks=at_kiosks,
            noted=[one for one in noted if one.id not in told],
            photos={one.id for one in noted if one.photo_type},
            may_have_photo=lambda at_ms: may_have_photo(at_ms, now_ms()),
            staff=staff_initials(connection, site),
            accounts=account_names(connection),
            typed=typed,
            wrong=wrong,
        )
    return answer, 422 if wrong else 200


def _photo() -> tuple[Photo | None, dict[str, str]]:
    """The photo that was sent, if any, or why it cannot be kept."""
    file = request.files.get("photo")
    if file is None or not file.filename:
        return None, {}
    with file.stream:  # a large one lies in a file of its own
        raw = file.read()
    try:
        return cleaned(raw), {}
    except PhotoError as error:
        return None, {"photo": _photo_fault(error)}


def _photo_fault(error: PhotoError) -> str:
    match error.why:
        case "too_large":
            return _("The photo is too large: 2 MB at most.")
        case _:
            return _("This is no photo (JPEG, PNG or WebP).")


def _faults(typed: dict[str, str]) -> dict[str, str]:
    wrong = {}
    if typed["why"] not in refused_reasons():
        wrong["why"] = _("Choose a reason.")
    for name, longest in (("carrier", 40), ("label", 256), ("note", 400)):
        if len(typed[name]) > longest:
            wrong[name] = _("At most %(count)d letters.", count=longest)
    return wrong
