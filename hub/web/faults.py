"""Pages for what went wrong: what happened, in words, and what to do now."""

import logging
from typing import Any, NoReturn

from flask import Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from hub.web.gettext import _, ngettext
from hub.web.guard import add_headers
from hub.web.language import chosen
from hub.web.problems import is_for_programs, problem
from hub.web.sizes import ROOM
from hub.web.tries import seconds_to_wait

_log = logging.getLogger("hub.web")


class Pages(Flask):
    """What breaks is logged once, below, and without its address: that of an agenda is a secret."""

    def log_exception(self, exc_info: object) -> None:
        """Nothing: Flask's own line would have the address."""


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, _explain)


def unread(app: Flask, status: int) -> bytes:
    """The whole answer, as it goes over the line, to what could not be read as a request: a page like the
    others, in the language of the house, with their headers.
    """
    with app.test_request_context():
        title, advice = _words(status)
        page = render_template("fault.html", title=title, advice=advice, back=None, lang=chosen())
        answer = add_headers(app.make_response((page, status)))
    answer.headers["Connection"] = "close"
    head = f"HTTP/1.1 {answer.status}\r\n{answer.headers}"
    return head.encode("latin-1") + answer.get_data()


def refuse_parcel(row: Any) -> NoReturn:
    """What was asked of this item cannot be done: it went meanwhile, as its page says, or never could be."""
    if row.ended_ms is None:
        abort(400)
    flash(_("That is over already."))
    abort(redirect(url_for("parcels.show", item=row.id)))


def _explain(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if isinstance(error, InternalServerError):
        _log.error("a page failed", extra={"endpoint": request.endpoint}, exc_info=error.original_exception)
    headers = {"Retry-After": str(seconds_to_wait())} if code == 429 else {}
    if is_for_programs(request.path):
        answer = problem(error)
        answer.headers.update(headers)
        return answer
    title, advice = _words(code)
    back = url_for("rounds.show", site=(request.view_args or {})["site"]) if _is_photo(code) else None
    return render_template("fault.html", title=title, advice=advice, back=back, lang=chosen()), code, headers


def _is_photo(code: int) -> bool:
    """Whether a photo was too large to be looked at, and the form with it."""
    return code == 413 and request.endpoint in ("rounds.refuse", "rounds.keep_photo")


def _wait_word() -> str:
    minutes = -(-seconds_to_wait() // 60)
    return ngettext("Wait %(num)d minute, then try again.", "Wait %(num)d minutes, then try again.", minutes)


def _words(code: int) -> tuple[str, str]:
    """Title and advice."""
    match code:
        case 400:
            return _("This request cannot be read"), _("Go back and fill in the form again.")
        case 401:
            return _("You are signed out"), _("Sign in again, then repeat what you were doing.")
        case 403:
            return _("You may not do this"), _("Ask an administrator, or start again from the first page.")
        case 404:
            return _("This page does not exist"), _("It may have moved. Start again from the first page.")
        case 405:
            return _("This cannot be done this way"), _("Start again from the first page.")
        case 413 if _is_photo(code):
            return _("This photo is too large"), _("It may have 2 MB at most. Nothing was noted.")
        case 409:
            return _("Somebody was faster"), _("Look at it again, then decide anew.")
        case 413 if request.endpoint in ROOM:
            return _("This file is too large"), _("Send at most 1 MB: split the list in two.")
        case 413:
            return _("This is too long"), _("Go back, write less, and send it again.")
        case 414:
            return _("This address is too long"), _("Start again from the first page.")
        case 431:
            return _("Your browser sends too much"), _(
                "Close the browser and open it again. If this comes back, delete its cookies for these pages."
            )
        case 429:
            return _("Too many tries"), _wait_word()
        case 503:
            return _("Too many pages are open"), _("Close some of them, or wait a minute.")
        case _:
            return _("Something went wrong on our side"), _("Nothing was changed. Try again in a minute.")
