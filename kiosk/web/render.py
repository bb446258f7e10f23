"""From a moment of the conversation to the screen's HTML, in the person's language."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import segno
from babel import Locale
from flask import Flask, render_template
from flask_babel import force_locale, format_date
from markupsafe import Markup

from contract.messages import VisitItem
from contract.pickup_code import typed_length
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core.flow import can_go_back
from kiosk.core.house import standing
from kiosk.core.people import KEYS
from kiosk.core.pile import MOST_PIECES
from kiosk.core.places import place_of
from kiosk.core.state import ON_A_PAGE, State
from kiosk.core.stock import may, pages
from kiosk.session import Seen, Session
from kiosk.web import house_words, words

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
            slips = self._papers(seen.state, context)
            with force_locale(seen.state.language):
                return render_template(template, slips=slips, **context)

    def _papers(self, state: State, context: dict[str, Any]) -> list[Markup]:
        """What is printed: the tickets of a delivery or of a new owner, or the list for a carrier."""
        match state.screen:
            case s.Counted() if state.staff is not None:
                slips = [(one.draft.person, one.slip) for one in state.staff.pile.slips()]
            case h.NewOwner(person=person, slip=slip) if slip is not None:
                slips = [(person, slip)]
            case h.ReturnCount():
                return [self._paper("manifest", state.home_language, context)]
            case _:
                return []
        theirs = [
            (who.language if who is not None else "", {"holder": who, "slip": slip}) for who, slip in slips
        ]
        return [self._paper("slip", tongue, {**context, **more}) for tongue, more in theirs]

    def _paper(self, template: str, wished: str, context: dict[str, Any]) -> Markup:
        """One paper in the wished language where we have it, else in that of the screen."""
        tongue = wished if wished in self.languages else context["state"].language
        more = {"tongue": tongue, "tongue_direction": Locale.parse(tongue).text_direction}
        with force_locale(tongue):
            drawn = render_template(f"kiosk/{template}.html", **more, **context)
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
            "house": state.house,
            "house_words": house_words,
            "standing": standing,
            "pages": pages,
            "on_a_page": ON_A_PAGE,
            "may": lambda task: may(state.staff, task),
            "day": day_of,
            "touched": touched,
            "today_ms": self._session.today_ms,
            "closure": self._session.closure,
        }

    def _where(self, item: VisitItem) -> object:
        return words.place_words(place_of(self._session.cabinet, item.compartment))


def qr_of(token: str) -> Markup:
    """The QR code of a ticket, drawn in the page: an address of its own could show another's."""
    drawing = segno.make_qr(token, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return Markup(drawing)  # noqa: S704 - nothing but squares


def touched(compartment: int) -> dict[str, str]:
    """What makes a drawn door a button."""
    return {"hx-post": "/do/place", "hx-swap": "none", "hx-vals": f'{{"value": "{compartment}"}}'}


def day_of(wall_ms: int, form: str = "d MMMM yyyy") -> str:
    """A day of the place's own calendar, in words."""
    return str(format_date(datetime.fromtimestamp(wall_ms / 1000, UTC), form))


def kind_of(screen: s.Screen) -> str:
    """The name of a screen's template: `DoorOpen` is drawn by `door_open.html`."""
    return _CAPITAL.sub("_", type(screen).__name__).lower()
