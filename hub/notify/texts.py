"""What a message says, in the person's language: who writes, what is the matter, the code, and who is there.

Never from whom it comes nor what is in it: a telephone lies on tables. The words are those of the catalogue,
or of the site (hub.core.templates); a language the catalogue lacks is written in French.
"""

import gettext
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path
from typing import Final, Literal

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from hub.core.notices import Channel, Kind
from hub.core.sms import plainer
from hub.core.templates import LEFT_TO_RIGHT, fill

TRANSLATIONS: Final = Path(__file__).parent.parent / "web" / "translations"
LANGUAGES: Final = ("fr", "en", "ar", "sq")
"""Those in which every message can be written."""

Where = Literal["lockers", "counter", "both"]

_RIGHT_TO_LEFT: Final = frozenset({"ar"})


@dataclass(frozen=True)
class Waiting:
    """What a message is about. `parcels`: all of it is parcels, and may be called so; `digits`: the code,
    empty where there is none to tell; `days_left`: how long it may still wait, where that is known, and
    `ends_today` whether the last of these days is today; `more`: where what it is about is
    not theirs, something else waits.
    """

    kind: Kind
    site: str
    count: int
    parcels: bool
    where: Where
    digits: str
    helper: str
    helper_hours: str
    days_left: int | None = None
    ends_today: bool = False
    order: "Ordered | None" = None
    more: bool = False


@dataclass(frozen=True)
class Ordered:
    """What a message says of an order: its number, when it will be ready (local time), and what it costs.

    And what its receipt says: pieces and grams, where they are known, its check word (contract.receipt), and
    `what` was ordered, in the words of the place.
    """

    number: str
    promised: datetime | None
    cents: int
    by_employer: bool = False
    pieces: int | None = None
    grams: int | None = None
    word: str = ""
    what: str = ""


@dataclass(frozen=True)
class Text:
    """`title` is the subject of an e-mail and never holds the code; `body` has line ends by e-mail only."""

    title: str
    body: str
    language: str = "fr"

    def html(self) -> str:
        """The body for an e-mail, running as its language does."""
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.body.splitlines() if line)
        return f'<div lang="{self.language}" dir="{direction(self.language)}">{lines}</div>'


def direction(language: str) -> Literal["rtl", "ltr"]:
    """How a language is written."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def spoken(language: str | None) -> str:
    """The language a person of this one is written to in."""
    return language if language in LANGUAGES else "fr"


def write(waiting: Waiting, channel: Channel, language: str | None, template: str | None = None) -> Text:
    """The message: one line after the other by e-mail, one text in as few SMS as may be.

    `template` is the site's own text, if it has one.
    """
    tongue = spoken(language)
    usual = default(waiting.kind, tongue)
    values = field_values(waiting, tongue)
    lines = fill(template or usual, values)
    if channel == "sms":
        return Text("", plainer(" ".join(lines)), tongue)
    title = fill(usual, values)[0].rstrip(".")
    return Text(title, "\n".join([*lines[:1], "", *lines[1:], *_more(waiting, tongue)]).strip(), tongue)


def default(kind: Kind, language: str) -> str:
    """The text of the catalogue for this kind of message. Its first line never has the code."""
    _ = words_of(spoken(language)).gettext
    match kind:
        case "ready":
            return _("{site}: {nouvelle}\nYour code: {code}.\n{presence}")
        case "reminder":
            return _("{site}: {nouvelle}\nYour code: {code}.\n{delai}\n{presence}")
        case "stuck":
            return _(
                "{site}: the door with {objet} is stuck. It is not your fault.\n"
                "{qui} knows. Your code stays good.\n{presence}"
            )
        case "mended":
            return _("{site}: the door with {objet} opens again.\nYour code: {code}.\n{presence}")
        case "moved":
            return _(
                "{site}: {objet} has another place, {lieu}.\nYour code stays the same: {code}.\n{presence}"
            )
        case "kept_reach":
            return _(
                "{site}: we put {objet} where it suits you.\n"
                "{qui} sees to it. Your code stays good.\n{presence}"
            )
        case "kept_empty":
            return _(
                "{site}: the door was empty. It is written down.\n"
                "{qui} is looking for {objet} and will tell you.\n{presence}"
            )
        case "kept_missing":
            return _(
                "{site}: something was missing. It is written down.\n"
                "{qui} is looking for it and will tell you.\n{presence}"
            )
        case "kept_wrong":
            return _(
                "{site}: it was not yours. Thank you for saying so.\n"
                "{qui} is looking for {objet} and will tell you.\n{presence}"
            )
        case "returned":
            return _(
                "{site}: {objet} went back with the carrier.\n{qui} will tell you what to do.\n{presence}"
            )
        case "opened":
            return _(
                "{site}: we opened the door with {objet}, without your code.\n"
                "{qui} can tell you why.\n{presence}"
            )
        case "not_yours":
            return _("{site}: {erreur}\n{suite} Please excuse us.")
        case "brought":
            return _(
                "{site}: we have what you left.\n{quoi}\nNumber: {numero}.\n{compte}\n{promesse}\n"
                "{prix}\n{mot}\nYour code to collect it: {code}."
            )
        case "quoted":
            return _(
                "{site}: for {objet}, number {numero}, the price would be {prix}.\n"
                "Say yes or no at the screen, with your ticket, or tell {qui}. Nothing is done before.\n"
                "{presence}"
            )
        case "lost":
            return _(
                "{site}: {objet}, number {numero}, will not come back. We are very sorry.\n"
                "{qui} will tell you what is done about it.\n{presence}"
            )


def grouped(digits: str) -> str:
    """A code as a person reads it: `27 483 190`."""
    first = len(digits) % 3 or 3
    return " ".join([digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))])


def field_values(waiting: Waiting, language: str) -> dict[str, str]:
    """What stands in the fields of a template."""
    words = words_of(language)
    _ = words.gettext
    code = grouped(waiting.digits) if waiting.digits else ""
    if code and language in _RIGHT_TO_LEFT:
        code = LEFT_TO_RIGHT + code  # else its groups are shown from right to left
    return {
        "site": waiting.site,
        "nouvelle": _news(waiting, words),
        "code": code,
        "delai": _days(waiting, words),
        "presence": _helper(waiting, words),
        "objet": _("your parcel") if waiting.parcels else _("your thing"),
        "lieu": _place(waiting.where, words),
        "qui": waiting.helper or _("The concierge"),
        "erreur": _not_yours(waiting, words),
        "suite": _come_or_not(waiting, words),
    } | _ordered(waiting, language, words)


def _ordered(waiting: Waiting, language: str, words: gettext.NullTranslations) -> dict[str, str]:
    """Number, count, promise, price and check word; nothing of what is not known."""
    _, order = words.gettext, waiting.order
    if order is None:
        return dict.fromkeys(("quoi", "numero", "compte", "promesse", "prix", "mot"), "")
    price = format_currency(Decimal(order.cents) / 100, "EUR", locale=language)
    promise = (
        "" if order.promised is None else _("Ready: %(when)s.") % {"when": _when(order.promised, language)}
    )
    number = LEFT_TO_RIGHT + order.number if language in _RIGHT_TO_LEFT else order.number
    return {
        "quoi": _("What: %(what)s.") % {"what": order.what} if order.what else "",
        "numero": number,
        "compte": _count(order, language, words),
        "promesse": promise,
        "prix": _price(waiting.kind, order, price, words),
        "mot": _("Check word: %(word)s.") % {"word": order.word} if order.word else "",
    }


def _count(order: Ordered, language: str, words: gettext.NullTranslations) -> str:
    _ = words.gettext
    pieces = _("Pieces: %(count)s.") % {"count": order.pieces} if order.pieces else ""
    kilos = format_decimal(Decimal(order.grams) / 1000, "0.0##", locale=language) if order.grams else ""
    return " ".join(filter(None, (pieces, _("Weight: %(kilos)s kg.") % {"kilos": kilos} if kilos else "")))


def _price(kind: Kind, order: Ordered, price: str, words: gettext.NullTranslations) -> str:
    _ = words.gettext
    if kind == "quoted":
        return price
    if order.by_employer:
        return _("Your employer pays.")
    return _("To pay to the partner: %(price)s.") % {"price": price} if order.cents else ""


def _when(moment: datetime, language: str) -> str:
    """Day and hour, in Latin digits everywhere."""
    return format_datetime(moment, "EEEE d MMMM HH:mm", locale=language)


def _more(waiting: Waiting, language: str) -> list[str]:
    """What an e-mail has room for besides."""
    _ = words_of(language).gettext
    opens = waiting.kind in ("ready", "reminder", "mended", "moved")
    return [_("Type this code at the screen. It opens everything that waits for you.")] if opens else []


def _news(waiting: Waiting, words: gettext.NullTranslations) -> str:
    ngettext = words.ngettext
    count = waiting.count
    if waiting.parcels:
        what = ngettext("%(num)d parcel", "%(num)d parcels", count) % {"num": count}
    else:
        what = ngettext("%(num)d thing", "%(num)d things", count) % {"num": count}
    values = {"what": what, "where": _place(waiting.where, words), "num": count}
    if waiting.kind == "reminder":
        still = ngettext(
            "%(what)s is still waiting for you %(where)s.",
            "%(what)s are still waiting for you %(where)s.",
            count,
        )
        return still % values
    news = ngettext(
        "%(what)s is waiting for you %(where)s.", "%(what)s are waiting for you %(where)s.", count
    )
    return news % values


def _not_yours(waiting: Waiting, words: gettext.NullTranslations) -> str:
    """What was announced in vain. Never whose it is."""
    _, ngettext = words.gettext, words.ngettext
    if waiting.parcels and waiting.more:
        return ngettext(
            "one of the parcels we told you of was not for you.",
            "some of the parcels we told you of were not for you.",
            waiting.count,
        )
    if waiting.parcels:
        return ngettext(
            "the parcel we told you of was not for you.",
            "the parcels we told you of were not for you.",
            waiting.count,
        )
    if waiting.more:
        return _("part of what we told you of was not for you.")
    return _("what we told you of was not for you.")


def _come_or_not(waiting: Waiting, words: gettext.NullTranslations) -> str:
    _ = words.gettext
    if waiting.more:
        return _("The rest is still waiting for you, and your code stays good.")
    return _("There is no need to come.")


def _place(where: Where, words: gettext.NullTranslations) -> str:
    _ = words.gettext
    match where:
        case "lockers":
            return _("in the lockers")
        case "counter":
            return _("at the desk")
        case "both":
            return _("at the concierge’s")


def _days(waiting: Waiting, words: gettext.NullTranslations) -> str:
    _, ngettext, days_left = words.gettext, words.ngettext, waiting.days_left
    if days_left is None or days_left < 1:
        return ""
    if waiting.ends_today:
        return _("Today is the last day.")
    return ngettext("You have %(num)d day left.", "You have %(num)d days left.", days_left) % {
        "num": days_left
    }


def _helper(waiting: Waiting, words: gettext.NullTranslations) -> str:
    _ = words.gettext
    if not waiting.helper_hours:
        return ""
    if not waiting.helper or _name_each(waiting):
        return _("Somebody is there: %(hours)s.") % {"hours": waiting.helper_hours}
    return _("%(name)s is there: %(hours)s.") % {"name": waiting.helper, "hours": waiting.helper_hours}


def _name_each(waiting: Waiting) -> bool:
    """Whether the hours say themselves whose they are: then nobody is named twice (attendance.card_words)."""
    first, *others = re.split("[,،] ", waiting.helper)
    return bool(others) and waiting.helper_hours.startswith(first)


@cache
def words_of(language: str) -> gettext.NullTranslations:
    """English is what the programme is written in."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", TRANSLATIONS, [language, "fr"], fallback=True)
