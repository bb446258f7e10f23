"""What a message says, in the person's language: who writes, what waits, the code, where, and who is there.

Never from whom it comes nor what is in it: a telephone lies on tables. The catalogue is that of the pages;
a language it lacks is written in French.
"""

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from hub.core.notices import Channel, Kind
from hub.core.sms import plainer

TRANSLATIONS: Final = Path(__file__).parent.parent / "web" / "translations"

Where = Literal["lockers", "counter", "both"]


@dataclass(frozen=True)
class Waiting:
    """What a message is about. `parcels`: all of it is parcels, and may be called so."""

    kind: Kind
    site: str
    count: int
    parcels: bool
    where: Where
    digits: str
    helper: str
    helper_hours: str


@dataclass(frozen=True)
class Text:
    """`title` is the subject of an e-mail and never holds the code."""

    title: str
    body: str


def write(waiting: Waiting, channel: Channel, language: str | None) -> Text:
    """The message: one line after the other by e-mail, one after the other in as few SMS as may be."""
    words = _words(language or "fr")
    _ = words.gettext
    news = _news(waiting, words)
    lines = [
        _("%(site)s: %(news)s") % {"site": waiting.site, "news": news},
        _("Your code: %(code)s.") % {"code": grouped(waiting.digits)},
        *_helper(waiting, words),
    ]
    if channel == "sms":
        return Text("", plainer(" ".join(lines)))
    more = _("Type this code at the screen. It opens everything that waits for you.")
    return Text(lines[0].rstrip("."), "\n".join([lines[0], "", *lines[1:2], more, *lines[2:]]))


def grouped(digits: str) -> str:
    """A code as a person reads it: `27 483 190`."""
    first = len(digits) % 3 or 3
    return " ".join([digits[:first], *(digits[at : at + 3] for at in range(first, len(digits), 3))])


def _news(waiting: Waiting, words: gettext.NullTranslations) -> str:
    _, ngettext = words.gettext, words.ngettext
    count = waiting.count
    if waiting.parcels:
        what = ngettext("%(num)d parcel", "%(num)d parcels", count) % {"num": count}
    else:
        what = ngettext("%(num)d thing", "%(num)d things", count) % {"num": count}
    places = {"lockers": _("in the lockers"), "counter": _("at the desk"), "both": _("at the concierge’s")}
    values = {"what": what, "where": places[waiting.where], "num": count}
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


def _helper(waiting: Waiting, words: gettext.NullTranslations) -> list[str]:
    _ = words.gettext
    if not waiting.helper_hours:
        return []
    if not waiting.helper:
        return [_("Somebody is there: %(hours)s.") % {"hours": waiting.helper_hours}]
    return [_("%(name)s is there: %(hours)s.") % {"name": waiting.helper, "hours": waiting.helper_hours}]


@cache
def _words(language: str) -> gettext.NullTranslations:
    """English is what the programme is written in."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", TRANSLATIONS, [language, "fr"], fallback=True)
