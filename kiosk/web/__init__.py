"""The pages of the kiosk: one screen, drawn on the server, pushed to one browser on this machine."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flask import Flask
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader

from contract.look import TEMPLATES
from contract.look.compiled import CompiledTemplates
from kiosk.session import Session
from kiosk.voice import Library
from kiosk.web import guard, pages, tongue
from kiosk.web.render import Renderer

LARGEST_POST: Final = 4096
ZONE: Final = "Europe/Paris"


def create_app(
    session: Session, languages: Sequence[str], *, hosts: Sequence[str] = (), library: Library | None = None
) -> Flask:
    """The application around one conversation.

    `languages` are those that have words, `hosts` the names it is asked under besides loopback's (a test
    client's), `library` what is said aloud besides recordings.
    """
    app = Flask(__name__, static_folder="static", static_url_path="/own")
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_POST, MAX_FORM_MEMORY_SIZE=LARGEST_POST, MAX_FORM_PARTS=8)
    app.config["BABEL_DEFAULT_TIMEZONE"] = ZONE
    app.jinja_env.loader = ChoiceLoader(
        [PackageLoader("kiosk.web", "templates"), FileSystemLoader(TEMPLATES)]
    )
    app.jinja_env.bytecode_cache = CompiledTemplates(Path(__file__).parent)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    Babel(app, default_translation_directories=str(pages.TRANSLATIONS))
    tongue.install(app)
    guard.protect(app, hosts)
    app.register_blueprint(pages.blueprint(session, Renderer(app, session, languages, library)))
    return app
