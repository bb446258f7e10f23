"""Who is there when, in words for the card of a site: `Samia`, `mardi 9 h–12 h`."""

import gettext
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from babel.dates import get_day_names

from hub.core.opening import DAY_MIN, LOOK_AHEAD_DAYS, WEEKDAYS
from hub.core.presence import Helper
from hub.core.spans import Span
from hub.notify.texts import LANGUAGES, words_of

LONGEST_NAMES: Final = 80
LONGEST_HOURS: Final = 200
"""As a site's card holds them."""
_COMMA: Final = {"ar": "، "}


def card_words(listed: Sequence[Helper], language: str, today: date) -> tuple[str, str]:
    """Names and hours of those who agree that they are shown; empty where nobody does.

    Who has no hours yet is not there, and is named only where nobody has any.
    """
    shown = [one for one in listed if one.shown]
    language = language if language in LANGUAGES else "fr"
    weeks = {one.name: week_words(one, language, today) for one in shown}
    weeks = {name: hours for name, hours in weeks.items() if hours} or weeks
    names = _fitting(list(weeks), _COMMA.get(language, ", "), LONGEST_NAMES)
    each = words_of(language).gettext("%(name)s: %(hours)s") if len(weeks) > 1 else "%(hours)s"
    said = [each % {"name": name, "hours": hours} for name, hours in weeks.items() if hours]
    return names, _fitting(said, "; ", LONGEST_HOURS)


def week_words(helper: Helper, language: str, today: date) -> str:
    """The hours of a usual week, days with the same hours together: `lundi–vendredi 9 h–12 h, 14 h–17 h`."""
    horizon = [today + timedelta(days=number) for number in range(LOOK_AHEAD_DAYS)]
    by_day: dict[int, list[Span]] = {number: [] for number in WEEKDAYS}
    for line in helper.lines:
        meant = any(line.holds(day) for day in horizon if day.isoweekday() == line.stretch.weekday)
        if meant:
            by_day[line.stretch.weekday].append((line.stretch.opens_min, line.stretch.closes_min))
    same: list[tuple[int, int, tuple[Span, ...]]] = []
    for number in WEEKDAYS:
        hours = tuple(sorted(set(by_day[number])))
        if same and hours == same[-1][2] and same[-1][1] == number - 1:
            same[-1] = (same[-1][0], number, hours)
        elif hours:
            same.append((number, number, hours))
    words = words_of(language)
    said = [_days(first, last, language) + " " + _hours(hours, words) for first, last, hours in same]
    return _COMMA.get(language, ", ").join(said)


def _days(first: int, last: int, language: str) -> str:
    names = get_day_names("wide", "stand-alone", language)
    return str(names[first - 1]) if first == last else f"{names[first - 1]}–{names[last - 1]}"


def _hours(spans: Iterable[Span], words: gettext.NullTranslations) -> str:
    return " + ".join(f"{_clock(begin, words)}–{_clock(end, words)}" for begin, end in spans)


def _clock(minute: int, words: gettext.NullTranslations) -> str:
    """`9:00`, in French `9 h`; after midnight the hour of the next day."""
    _ = words.gettext
    hour, rest = divmod(minute if minute <= DAY_MIN else minute - DAY_MIN, 60)
    if rest:
        return _("%(hour)d:%(minute)02d") % {"hour": hour, "minute": rest}
    return _("%(hour)d:00") % {"hour": hour}


def _fitting(parts: Iterable[str], between: str, most: int) -> str:
    """As many as there is room for: half a name is nobody's."""
    said = ""
    for part in parts:
        longer = f"{said}{between}{part}" if said else part
        if len(longer) > most:
            break
        said = longer
    return said
