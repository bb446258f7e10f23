"""From a moment of the conversation to the screen's HTML, in the person's language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import segno
from flask import Flask, render_template
from flask_babel import format_date
from markupsafe import Markup

from contract import bag_tag, code128
from contract.look import drawing_of
from contract.messages import PersonName, Slip, VisitItem
from contract.pickup_code import typed_length
from contract.receipt import MOST_CHARACTERS, Receipt, to_text
from kiosk.core import drop_screens as d
from kiosk.core import house_screens as h
from kiosk.core import relay_screens as r
from kiosk.core import screens as s
from kiosk.core import voice
from kiosk.core.catalogue import option_pages, promise, said
from kiosk.core.drop import COUNTS_ON_A_PAGE
from kiosk.core.dropping import MOST_PIECES as MOST_IN_A_BAG
from kiosk.core.dropping import receipt
from kiosk.core.flow import can_go_back
from kiosk.core.house import standing
from kiosk.core.people import KEYS
from kiosk.core.pile import MOST_PIECES
from kiosk.core.places import place_of
from kiosk.core.proof import may_follow
from kiosk.core.state import ON_A_PAGE, State
from kiosk.core.stock import may, pages
from kiosk.languages import direction, own_name
from kiosk.session import Seen, Session
from kiosk.voice import Library, Voice
from kiosk.web import drop_words, house_words, relay_words, words
from kiosk.web.relay_view import RelayView, slip_name, time_of
from kiosk.web.tongue import words_in
from kiosk.web.week_words import week_words

_CHIME: Final = "/own/chime.wav"
_SAID_HERE: Final = "\ue004"
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")
LENGTHS: Final = " ".join(str(typed_length(str(digit))) for digit in range(10))
"""How many digits a code has, by its first one: what the page's keypad goes by."""
PHONE_KEYS: Final = tuple(letters.upper() for letters in KEYS)


class Renderer:
    """Draws screens. `languages` have words; they can be chosen in this order, or in the site's own."""

    def __init__(
        self, app: Flask, session: Session, languages: Sequence[str], library: Library | None = None
    ) -> None:
        self._app, self._session, self.languages = app, session, tuple(languages)
        self._home = session.seen.state.home_language
        self.voice = Voice(session.knows, library, self._home)

    def chosen(self) -> tuple[str, ...]:
        """The languages of the site that we have, the site's order first; then those that are only spoken."""
        site = self._session.knows.site
        wished = [one for one in site.languages if one in self.languages] if site else []
        spoken = self._session.recorded_languages - set(self.languages)
        return (*(wished or self.languages), *sorted(spoken))

    def screen(self, seen: Seen) -> str:
        """The whole screen, to be put into the page."""
        return self._render("kiosk/screen.html", seen)

    def page(self, seen: Seen) -> str:
        """The page around the screen."""
        return self._render("kiosk/page.html", seen)

    def _render(self, template: str, seen: Seen) -> str:
        with self._app.app_context():
            context = self._context(seen)
            papers = self._papers(seen.state, context)
            with words_in(context["written"], self._home):
                drawn = render_template(template, papers=papers, **context)
        said = self._said(seen.state, drawn)
        return voice.unmarked(drawn.replace(_SAID_HERE, " ".join(said), 1))

    def _said(self, state: State, drawn: str) -> list[str]:
        """What the page plays by itself: everything once somebody listens, and the two things that call."""
        chime = [_CHIME] if isinstance(state.screen, s.Opening) and not state.over else []
        if not (state.listens or state.over == "still_there"):
            return chime
        return chime + self.voice.addresses(voice.phrases(drawn), state.language)

    def _papers(self, state: State, context: dict[str, Any]) -> list[Markup]:
        """What is printed: tickets in their persons' language where we have it, a list in the place's own."""
        match state.screen:
            case s.Counted() if state.staff is not None:
                pile = state.staff.pile
                return [
                    self._ticket(one.draft.person, context, one.slip, pile.only_parcels(one.draft.owner))
                    for one in pile.slips()
                ]
            case h.NewOwner(item=item, person=person, slip=slip) if slip is not None:
                return [self._ticket(person, context, slip, item.kind == "parcel")]
            case s.DoorOpen() if state.drop is not None:
                agreed = state.drop.agreed
                is_printed = agreed is not None and agreed.how == "printed"
                return [self._paper("tag", None, context)] if is_printed else []
            case d.DropReceipt() | d.DropTicket() if state.drop is not None:
                papers = [self._paper("receipt", None, context)]
                slip = state.drop.slip
                return papers if slip is None else [*papers, self._paper("slip", None, context, slip=slip)]
            case h.ReturnCount():
                return [self._paper("manifest", None, context, state.home_language)]
            case r.TagIt():
                return [self._paper("tag", None, context, state.home_language)]
            case r.TakenIn() if state.drop is not None and state.drop.agreed is not None:
                receipt_first = [self._paper("receipt", None, context)]
                tagged = state.drop.agreed.how == "scanned" or state.drop.is_order
                return receipt_first if tagged else [*receipt_first, self._paper("tag", None, context)]
            case r.SentOut():
                return [self._paper("bag_slip", None, context, state.home_language)]
            case _:
                return []

    def _ticket(
        self, holder: PersonName | None, context: dict[str, Any], slip: Slip | None, of_parcels: bool
    ) -> Markup:
        """The ticket of what waits; how long it does is known of parcels alone."""
        site = self._session.knows.site
        days = site.parcel_days if site is not None and of_parcels else None
        return self._paper("slip", holder, context | {"kept_days": days}, slip=slip)

    def _paper(
        self,
        template: str,
        holder: PersonName | None,
        context: dict[str, Any],
        tongue: str = "",
        slip: Slip | None = None,
    ) -> Markup:
        """One paper for `holder`, in their language, else in `tongue`, else in that of the screen."""
        wished = holder.language if holder is not None else tongue
        tongue = wished if wished in self.languages else context["written"]
        more = {"holder": holder, "slip": slip, "tongue": tongue, "tongue_direction": direction(tongue)}
        with words_in(tongue, self._home):
            drawn = render_template(f"kiosk/{template}.html", **more, **context)
        return Markup(drawn)  # noqa: S704 - drawn by our own template, which escapes

    def _context(self, seen: Seen) -> dict[str, Any]:
        state = seen.state
        tongue = state.language if state.language in self.languages else self._home
        return {
            "seen": seen,
            "state": state,
            "screen": state.screen,
            "kind": kind_of(state.screen),
            "site": self._session.knows.site,
            "cabinet": self._session.cabinet,
            "open_doors": self._session.open_doors,
            "can_go_back": can_go_back(state),
            "languages": [_named(one) for one in self.chosen()],
            "written": tongue,
            "direction": direction(tongue),
            "can_listen": self.voice.speaks(state.language),
            "said": _SAID_HERE,
            "where": self._where,
            "qr": qr_of,
            "person": self._session.person,
            "lengths": LENGTHS,
            "phone_keys": PHONE_KEYS,
            "most_pieces": MOST_PIECES,
            "words": words,
            "house": state.house,
            "relay": RelayView(state, self._name, self._home),
            "relay_words": relay_words,
            "slip_name": slip_name,
            "time_of": time_of,
            "house_words": house_words,
            "standing": standing,
            "pages": pages,
            "on_a_page": ON_A_PAGE,
            "may": lambda task: may(state.staff, task),
            "day": day_of,
            "touched": touched,
            "today_ms": self._session.knows.today_ms,
            "closure": self._session.knows.closure,
            "there": self._session.knows.there,
            "kept_days": None,
            "paper_week": lambda: week_words(self._session.knows.week),
            **self._order_context(state, tongue),
        }

    def _order_context(self, state: State, tongue: str) -> dict[str, Any]:
        """What screens of services, orders and receipts are drawn with."""
        home = state.home_language
        now = self._session.knows.today_ms if state.drop is None else state.drop.offers.now_ms
        return {
            "drop": state.drop,
            "drop_words": drop_words,
            "money": drop_words.money,
            "moment": lambda wall_ms: drop_words.moment(wall_ms, now),
            "named": lambda words: _Said(said(words, tongue, home), said(words, home)),
            "promise": lambda service: promise(service, now),
            "drawing_of": drawing_of,
            "option_pages": option_pages,
            "counts_on_a_page": COUNTS_ON_A_PAGE,
            "most_in_a_bag": MOST_IN_A_BAG,
            "made": receipt(state.drop, home) if state.drop is not None else None,
            "receipt_qr": receipt_qr,
            "tag_text": tag_text,
            "bar_code": bar_code,
            "tracked": self._session.knows.tracked,
            "may_follow": may_follow,
        }

    def _name(self, person: str) -> str:
        known = self._session.person(person)
        return known.name if known is not None else ""

    def _where(self, item: VisitItem) -> object:
        return words.place_words(place_of(self._session.cabinet, item.compartment))


@dataclass(frozen=True, slots=True)
class _Said:
    """Words of the catalogue: as they are shown, and in the place's own language, as they are heard."""

    shown: str
    own: str


def _named(code: str) -> tuple[str, str, str]:
    """A language's code, its name in itself where that is known, and how it runs."""
    return code, own_name(code).capitalize(), direction(code)


def qr_of(text: str, error: Literal["l", "m"] = "m") -> Markup:
    """The QR code of a ticket, drawn in the page: an address of its own could show another's."""
    drawing = segno.make_qr(text, error=error).svg_inline(border=4, light="#fff", omitsize=True)
    return Markup(drawing)  # noqa: S704 - nothing but squares


def receipt_qr(made: Receipt, sealed: str) -> Markup:
    """The QR code of a receipt, as full as one can be; nothing for what is longer still."""
    text = to_text(made, sealed)
    return qr_of(text, error="l") if len(text) <= MOST_CHARACTERS else Markup()


def tag_text(tag: str) -> str:
    """What the bar code of a tag says: ours have a mark in front, another's stays as it is."""
    return bag_tag.scanned(tag) if bag_tag.parse(tag) == tag else tag


def bar_code(text: str) -> Markup:
    """The same as Code 128; nothing for what that cannot say."""
    try:
        drawn = "".join(f"M{at} 0h{wide}v40h-{wide}z" for at, wide in code128.bars(text))
    except ValueError:
        return Markup()
    box = f"0 0 {code128.modules(text)} 40"
    inside = f'<rect width="100%" height="40" fill="#fff"/><path d="{drawn}"/>'
    return Markup(  # noqa: S704 - nothing but bars
        f'<svg class="bars" viewBox="{box}" preserveAspectRatio="none" aria-hidden="true">{inside}</svg>'
    )


def touched(compartment: int) -> dict[str, str]:
    """What makes a drawn door a button."""
    return {"hx-post": "/do/place", "hx-swap": "none", "hx-vals": f'{{"value": "{compartment}"}}'}


def day_of(wall_ms: int, form: str = "d MMMM yyyy") -> str:
    """A day of the place's own calendar, in words."""
    return str(format_date(datetime.fromtimestamp(wall_ms / 1000, UTC), form))


def kind_of(screen: s.Screen) -> str:
    """The name of a screen's template: `DoorOpen` is drawn by `door_open.html`."""
    return _CAPITAL.sub("_", type(screen).__name__).lower()
