"""French and English: whoever signed in chose, else the browser says, else French."""

from typing import Final

from flask import Blueprint, Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel

from hub.store.accounts import set_language
from hub.store.database import writing
from hub.web.guard import account, hub, local_path

LANGUAGES: Final = {"fr": "Français", "en": "English"}
"""Those of these pages, in their own names."""
TALKED: Final = {
    "fr": "Français",
    "en": "English",
    "ar": "العربية",
    "sq": "Shqip",
}
"""Those a person may be written to in."""

page = Blueprint("language", __name__)


def install(app: Flask) -> None:
    """Choose a language for every request."""
    app.config.update(BABEL_DEFAULT_LOCALE="fr")
    Babel(app, locale_selector=chosen, timezone_selector=lambda: hub().settings.notify.zone)
    app.register_blueprint(page)
    app.jinja_env.globals.update(language=chosen, languages=LANGUAGES)


def chosen() -> str:
    """The language of this request."""
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    who = g.get("account")
    if who and who.language in LANGUAGES:
        return str(who.language)
    return request.accept_languages.best_match(list(LANGUAGES), "fr")


@page.post("/langue")
def choose() -> ResponseReturnValue:
    """Read the pages in another language from now on."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
        if g.get("account"):
            with writing(hub().engine) as connection:
                set_language(connection, account().id, wanted)
    return redirect(local_path(request.form.get("back", "")))
