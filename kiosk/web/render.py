"""From a moment of the conversation to the screen's HTML, in the person's language."""

import re
from collections.abc import Sequence
from typing import Any, Final

import segno
from babel import Locale
from flask import Flask, render_template
from flask_babel import force_locale
from markupsafe import Markup

from contract.messages import VisitItem
from contract.pickup_code import typed_length
from kiosk.core import screens as s
from kiosk.core.flow import can_go_back
from kiosk.core.people import KEYS
from kiosk.core.pile import MOST_PIECES, Lying
from kiosk.core.places import place_of
from kiosk.core.state import State
from kiosk.session import Seen, Session
from kiosk.web import words

_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
LENGTHS: Final = " ".join(str(typed_length(str(digit))) for digit in range(10))
"""How many digits a code has, by its first one: what the page's keypad goes by."""
PHONE_KEYS: Final = tuple(letters.upper() for letters in KEYS)


class Renderer:
    """Draws screens. `languages` can be chosen, in this order, unless the site names its own."""

    def __init__(self, app: Flask, session: Session, languages: Sequence[str]) -> None:
        self._app, self._session, self.languages = app, session, tuple(languages)

    def chosen(self) -> tuple[str, ...]:
        """The languages of the site that we have, the site's order first."""
        site = self._session.site
        wished = [one for one in site.languages if one in self.languages] if site else []
        return tuple(wished) or self.languages

    def screen(self, seen: Seen) -> str:
        """The whole screen, to be put into the page."""
        return self._render("kiosk/screen.html", seen)

    def page(self, seen: Seen) -> str:
        """The page around the screen."""
        return self._render("kiosk/page.html", seen)

    def _render(self, template: str, seen: Seen) -> str:
        with self._app.app_context():
            context = self._context(seen)
            slips = [self._slip(one, seen.state, context) for one in _slips(seen.state)]
            with force_locale(seen.state.language):
                return render_template(template, slips=slips, **context)

    def _slip(self, lying: Lying, state: State, context: dict[str, Any]) -> Markup:
        """The paper ticket, in the person's language where we have it."""
        person = lying.draft.person
        theirs = person.language if person is not None else ""
        tongue = theirs if theirs in self.languages else state.language
        more = {"tongue": tongue, "tongue_direction": Locale.parse(tongue).text_direction, "lying": lying}
        with force_locale(tongue):
            drawn = render_template("kiosk/slip.html", **more, **context)
        return Markup(drawn)  # noqa: S704 - drawn by our own template, which escapes

    def _context(self, seen: Seen) -> dict[str, Any]:
        state = seen.state
        return {
            "seen": seen,
            "state": state,
            "screen": state.screen,
            "kind": kind_of(state.screen),
            "site": self._session.site,
            "cabinet": self._session.cabinet,
            "can_go_back": can_go_back(state),
            "languages": [(one, Locale.parse(one)) for one in self.chosen()],
            "direction": Locale.parse(state.language).text_direction,
            "where": self._where,
            "qr": qr_of,
            "person": self._session.person,
            "lengths": LENGTHS,
            "phone_keys": PHONE_KEYS,
            "most_pieces": MOST_PIECES,
            "words": words,
        }

    def _where(self, item: VisitItem) -> object:
        return words.place_words(place_of(self._session.cabinet, item.compartment))


def _slips(state: State) -> tuple[Lying, ...]:
    """Those to be printed: at the end of a round, and on no other screen."""
    if not isinstance(state.screen, s.Counted) or state.staff is None:
        return ()
    return state.staff.pile.slips()


def qr_of(token: str) -> Markup:
    """The QR code of a ticket, drawn in the page: an address of its own could show another's."""
    drawing = segno.make_qr(token, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return Markup(drawing)  # noqa: S704 - nothing but squares


def kind_of(screen: s.Screen) -> str:
    """The name of a screen's template: `DoorOpen` is drawn by `door_open.html`."""
    return _CAPITAL.sub("_", type(screen).__name__).lower()
