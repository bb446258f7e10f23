"""The texts of a site's messages, by kind and language: the catalogue's, or the site's own words."""

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.core.notices import Kind
from hub.core.opening import Opening, local_date
from hub.core.presence import Helper, Line
from hub.core.sms import Length, costly, length
from hub.core.templates import FIELDS, MOST_LETTERS, NEEDED, Fault, Field, fault, tidy
from hub.notify.attendance import card_words, week_words
from hub.notify.texts import Ordered, Waiting, default, direction, field_values, write
from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.message_texts import own_text, site_texts, write_text
from hub.store.presence import shown_in
from hub.web.gettext import _, ngettext
from hub.web.guard import account, hub, now_ms, zone
from hub.web.language import TALKED
from hub.web.places import site_or_404

_EXAMPLE_DIGITS: Final = "27483190"
_EXAMPLE_WEEK: Final = Helper(
    "",
    "",
    lines=tuple(Line(Opening(day, *span)) for day in range(1, 6) for span in ((540, 720), (840, 1020))),
)


class _Place(NamedTuple):
    """A site, and who is there when, as a message in one language says it."""

    row: Any
    helper: str
    hours: str


page = Blueprint("texts", __name__, url_prefix="/sites/<site>/messages")


def install(app: Flask) -> None:
    """Add the pages and their words."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(
        message_kind=message_kind, field_word=field_word, length_word=length_word, direction=direction
    )


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """Every kind of message as it is read, in one language."""
    language = request.args.get("langue", "fr")
    if language not in TALKED:
        abort(404)
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        own = site_texts(connection, site)
        place = _place(connection, row, language)
    seen = {kind: _seen(place, kind, language, own.get((kind, language))) for kind in FIELDS}
    changed = {kind for kind, tongue in own if tongue == language}
    return render_template("texts.html", site=row, spoken=language, seen=seen, changed=changed)


@page.route("/<kind>/<tongue>", methods=["GET", "POST"])
def edit(site: str, kind: Kind, tongue: str) -> ResponseReturnValue:
    """One text, with what it may hold and how it will be read."""
    _known(kind, tongue)
    with writing(hub().engine) as connection:
        place = _place(connection, site_or_404(connection, site), tongue)
        text = own_text(connection, site, kind, tongue)
        if request.method == "GET":
            return _form(place, kind, tongue, text or default(kind, tongue), own=text is not None)
        typed = tidy(request.form.get("text", ""))
        if wrong := fault(kind, typed):
            return _form(place, kind, tongue, typed, wrong, own=text is not None), 422
        kept = None if typed == default(kind, tongue) else typed
        write_text(connection, site, kind, tongue, kept, now_ms())
        detail = f"{kind} {tongue}"
        audit.note(connection, now_ms(), account().id, "text_changed", site=site, detail=detail)
    return redirect(url_for("texts.show", site=site, langue=tongue, _anchor=kind))


@page.post("/<kind>/<tongue>/apercu")
def preview(site: str, kind: Kind, tongue: str) -> ResponseReturnValue:
    """How a text that is being written would be read, and how long it is."""
    _known(kind, tongue)
    with reading(hub().engine) as connection:
        place = _place(connection, site_or_404(connection, site), tongue)
    typed = tidy(request.form.get("text", ""))
    return render_template("text_seen.html", **_looked_at(place, kind, tongue, typed))


@page.post("/<kind>/<tongue>/origine")
def restore(site: str, kind: Kind, tongue: str) -> ResponseReturnValue:
    """Say it as the catalogue does from now on."""
    _known(kind, tongue)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        write_text(connection, site, kind, tongue, None, now_ms())
        detail = f"{kind} {tongue}"
        audit.note(connection, now_ms(), account().id, "text_restored", site=site, detail=detail)
    return redirect(url_for("texts.show", site=site, langue=tongue, _anchor=kind))


def _known(kind: str, tongue: str) -> None:
    if kind not in FIELDS or tongue not in TALKED:
        abort(404)


def _place(connection: Connection, row: Any, tongue: str) -> _Place:
    """Where nobody is listed, messages have what is written on the card, in the first language of the site;
    in any other the example is a week in words of that language.
    """
    shown = shown_in(connection, row.id, tongue, now_ms(), zone(), card_words)
    if shown or not row.helper_hours or tongue == row.languages.partition(",")[0]:
        return _Place(row, *(shown or (row.helper, row.helper_hours)))
    return _Place(row, row.helper, week_words(_EXAMPLE_WEEK, tongue, local_date(now_ms(), zone())))


def _form(place: _Place, kind: Kind, tongue: str, text: str, wrong: Fault | None = None, *, own: bool) -> str:
    looked_at = _looked_at(place, kind, tongue, text)
    values = field_values(_waiting(place, kind), tongue)
    told: dict[str, Any] = {"kind": kind, "tongue": tongue, "text": text, "own": own, "most": MOST_LETTERS}
    fields = [(name, values[name], name in NEEDED[kind]) for name in FIELDS[kind]]
    why = fault_word(wrong, values) if wrong else ""
    return render_template("text.html", site=place.row, fields=fields, why=why, **(looked_at | told))


def _looked_at(place: _Place, kind: Kind, tongue: str, text: str) -> dict[str, Any]:
    """What the preview shows: the SMS and its length, or what is wrong with the text."""
    if wrong := fault(kind, text):
        return {"wrong": fault_word(wrong, field_values(_waiting(place, kind), tongue)), "tongue": tongue}
    body, counted = _seen(place, kind, tongue, text)
    dear = " ".join(costly(body)) if counted.coding == "UCS-2" and direction(tongue) == "ltr" else ""
    return {"wrong": "", "tongue": tongue, "body": body, "counted": counted, "dear": dear}


def _seen(place: _Place, kind: Kind, tongue: str, text: str | None) -> tuple[str, Length]:
    body = write(_waiting(place, kind), "sms", tongue, text).body
    return body, length(body)


def _waiting(place: _Place, kind: Kind) -> Waiting:
    """An example that no message of this site is likely to be longer than."""
    return Waiting(
        kind=kind,
        site=place.row.name,
        count=2,
        parcels=True,
        where="lockers",
        digits=_EXAMPLE_DIGITS,
        helper=place.helper,
        helper_hours=place.hours,
        days_left=2,
        order=Ordered(
            "K7Q2M-4XD9T",
            datetime(2026, 12, 3, 18, tzinfo=UTC),
            1_550,
            pieces=4,
            grams=1_200,
            word="badu-kile",
            what=_("Shoes"),
        ),
    )


# --- words -------------------------------------------------------------------------------------


def message_kind(kind: Kind) -> tuple[str, str]:
    """Icon and name of a kind of message."""
    match kind:
        case "ready":
            return "package", _("Something came")
        case "reminder":
            return "bell", _("It still waits")
        case "stuck":
            return "lock", _("The door is stuck")
        case "mended":
            return "lock-open", _("The door opens again")
        case "moved":
            return "package-export", _("It has another place")
        case "kept_reach":
            return "ruler-2", _("“Too high”, “too heavy”")
        case "kept_empty":
            return "circle-dashed", _("“It was empty”")
        case "kept_missing":
            return "question-mark", _("“Something is missing”")
        case "kept_wrong":
            return "alert-circle", _("“This is not mine”")
        case "returned":
            return "truck-delivery", _("It went back")
        case "opened":
            return "door-enter", _("We opened its door")
        case "not_yours":
            return "arrow-back-up", _("It was for somebody else")
        case "brought":
            return "receipt", _("We have it")
        case "quoted":
            return "message", _("A price to agree to")
        case "lost":
            return "search", _("Lost for good")


def field_word(name: Field) -> str:
    """What stands in a field."""
    match name:
        case "site":
            return _("the name of the place")
        case "nouvelle":
            return _("what waits, and where")
        case "code":
            return _("the code")
        case "delai":
            return _("the days left, if they are known")
        case "presence":
            return _("who is there, and when")
        case "objet":
            return _("the parcel")
        case "lieu":
            return _("where it is")
        case "qui":
            return _("who sees to it")
        case "quoi":
            return _("what was ordered, if anything was")
        case "numero":
            return _("the number of the order")
        case "compte":
            return _("how many pieces and what they weigh, if it is known")
        case "promesse":
            return _("when it will be ready, if it is known")
        case "prix":
            return _("what it costs")
        case "mot":
            return _("the check word of the receipt")
        case "erreur":
            return _("what was announced by mistake")
        case "suite":
            return _("whether they should come all the same")


def length_word(counted: Length) -> str:
    """How long a text message is, as it is paid for."""
    parts = ngettext("%(num)d SMS", "%(num)d SMS", counted.parts)
    return _("%(count)d signs, %(parts)s", count=counted.units, parts=parts)


def fault_word(wrong: Fault, values: dict[str, str]) -> str:
    """What is wrong with a text, and what to write."""
    match wrong.why:
        case "empty":
            return _("The text is empty.")
        case "too_long":
            return _("At most %(count)d letters.", count=MOST_LETTERS)
        case "control":
            return _("It holds signs that cannot be read.")
        case "brace":
            return _("A brace { or } stands alone. Write a field like {site}.")
        case "unknown":
            return _(
                "There is no {%(name)s} in this message. Take one of the fields below.", name=wrong.field
            )
        case "missing":
            return _(
                "{%(name)s} is missing: without it nobody reads “%(value)s”. Write it where that goes.",
                name=wrong.field,
                value=values[wrong.field],
            )
