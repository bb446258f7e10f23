"""The words of the pages in one language, each sentence marked for the voice (kiosk.core.voice).

A catalogue that lacks a sentence says it in the home language: a language may begin with a few words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Flask, current_app
from flask_babel import LazyString, force_locale, get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from kiosk.core.voice import marked, marked_value

_SOURCE: Final = "en"
_FILLED: Final = "catalogues filled from the home language"


def install(app: Flask) -> None:
    """Let templates say `_("...", name=value)` through here."""
    app.jinja_env.globals["gettext"] = _sentence
    app.extensions[_FILLED] = {_SOURCE}


@contextmanager
def words_in(tongue: str, home: str) -> Iterator[None]:
    """Words of this language; those its catalogue lacks, of the home language."""
    filled: set[str] = current_app.extensions[_FILLED]
    with force_locale(home):
        at_home = get_translations()
    with force_locale(tongue):
        if tongue not in filled | {home}:
            filled.add(tongue)
            get_translations().add_fallback(at_home)
        yield


def lazy_gettext(key: str) -> LazyString:
    """A sentence whose language is known when it is drawn."""
    return LazyString(lambda: marked(key, _words(key)))


def _words(key: str) -> str:
    return str(get_translations().gettext(key))


@pass_context
def _sentence(_context: Context, key: str, /, **values: Any) -> Markup:
    put_in = {name: Markup(marked_value(escape(value))) for name, value in values.items()}  # noqa: S704
    return Markup(marked(key, _words(key))) % put_in  # noqa: S704 - our own catalogues
