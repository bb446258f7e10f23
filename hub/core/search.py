"""What somebody typed into the one search box: what it may mean. Pure.

The same few letters may be several things: `27` is a ticket and a flat, `27/11` a day and a flat. All of them
are looked for; nothing is guessed away.
"""

import re
import string
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contract import bag_tag
from contract.pickup_code import LONG_TICKETS, SHORT_TICKETS
from hub.core.people_csv import likeness

MOST_LETTERS: Final = 100
_LABEL: Final = re.compile(r"[A-Z0-9][A-Z0-9._:/+-]{3,255}")
_DAY: Final = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{4}|[0-9]{2}))?")
_RUN: Final = re.compile(r"[^\W\d_]+|\d+")
"""`A202`, `A-202` and `Bât. A · 202` are one flat."""
_MOST_RUNS: Final = 12
_SHORT: Final = 2
"""A letter or two before a number are of one flat, though a blank is between: `A 202`."""
SEPARATORS: Final = " -./·,_‐–"
"""What may stand between the letter and the number of a flat, as `likeness` leaves it."""
_TICKET: Final = re.compile(r"(?:ticket|billet)? ?:? ?(?:n[°º]|no|nr)?[ .:]*([0-9]{2,3})", re.IGNORECASE)
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WRITTEN: Final = re.compile(r"([0-9]{1,2})(?:er)? ([a-z]{3,9})\.?(?: ([0-9]{4}))?")
_MONTHS: Final = (
    "janvier january",
    "fevrier february",
    "mars march",
    "avril april",
    "mai may",
    "juin june",
    "juillet july",
    "aout august",
    "septembre september",
    "octobre october",
    "novembre november",
    "decembre december",
)
"""As `likeness` leaves them; who writes fewer letters, three at least, means the first that begins so."""
_WEEKDAYS: Final = (
    "lundi monday",
    "mardi tuesday",
    "mercredi wednesday",
    "jeudi thursday",
    "vendredi friday",
    "samedi saturday",
    "dimanche sunday",
)
_NAMED: Final = re.compile(r"(?:last )?([a-z]{3,9})\.?(?: dernier)?,?(?: (?:the |le )?(.+))?")
"""`vendredi`, `vendredi dernier`, and `vendredi 27 novembre`, as these pages write a day."""
_DAYS_AGO: Final = {"aujourdhui": 0, "today": 0, "hier": 1, "yesterday": 1, "avanthier": 2}


@dataclass(frozen=True)
class Sought:
    """What to look for. `words`: all of them in a name or flat (likeness), letters and digits apart.

    `together`: letters and digits that were written as one, as those of a flat, without what stood between.
    Who bears them so is meant, and who has only each of the `words` where nobody does.
    `run`: all of it in one, for a name that was written in one or apart: `elouardi`, `jeanmarie`.
    `label`: the beginning of a bar code, as printed. `number`: of an order. `ticket`: of a pickup. `day`: to
    look at.
    """

    words: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    run: str = ""
    label: str = ""
    number: str = ""
    ticket: int | None = None
    day: date | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing can be looked for: a single letter, or none."""
        return self == Sought()


def understand(text: str, today: date) -> Sought:
    """All that a text may mean."""
    text = " ".join(text[:MOST_LETTERS].split())
    if sum(letter.isalnum() for letter in text) < 2:
        return Sought()
    bare = text.replace(" ", "").upper()
    plain = likeness(text)
    return Sought(
        words=tuple(_RUN.findall(plain))[:_MOST_RUNS],
        together=_together(plain)[:_MOST_RUNS],
        run="".join(_RUN.findall(plain)) if plain.replace(" ", "").isalpha() else "",
        label=bare if _LABEL.fullmatch(bare) and any(digit in bare for digit in string.digits) else "",
        number=bag_tag.parse(text) or "",
        ticket=_ticket(text),
        day=_day(text, today),
    )


def _together(plain: str) -> tuple[str, ...]:
    written: list[list[str]] = []
    for runs in filter(None, map(_RUN.findall, plain.split())):
        if written and _reads_on(written[-1][-1], runs[0]):
            written[-1] += runs
        else:
            written.append(runs)
    return tuple("".join(runs) for runs in written if len({run.isdigit() for run in runs}) > 1)


def _reads_on(before: str, after: str) -> bool:
    return len(before) <= _SHORT and not before.isdigit() and after.isdigit()


def _ticket(text: str) -> int | None:
    found = _TICKET.fullmatch(text)
    number = int(found[1]) if found else 0
    return number if number in SHORT_TICKETS or number in LONG_TICKETS else None


def _day(text: str, today: date) -> date | None:
    """A day of the past year where no year is written."""
    plain = likeness(text)
    if (ago := _DAYS_AGO.get("".join(filter(str.isalpha, plain)))) is not None:
        return today - timedelta(days=ago)
    if (named := _NAMED.fullmatch(plain)) and (weekday := _weekday(named[1])) is not None:
        if named[2]:
            return _day(named[2], today)
        is_whole = named[1] in _WEEKDAYS[weekday].split()  # `Sam` is somebody
        return _last(weekday, today, before_today=plain != named[1]) if is_whole else None
    if found := _ISO.fullmatch(text):
        return _date(*map(int, found.groups()))
    found = _DAY.fullmatch(text) or _WRITTEN.fullmatch(plain)
    if found is None:
        return None
    day, month = int(found[1]), _month(found[2])
    if found[3]:
        return _date(int(found[3]) + (2000 if len(found[3]) == 2 else 0), month, day)
    this_year = _date(today.year, month, day)
    return _date(today.year - 1, month, day) if this_year is None or this_year > today else this_year


def _weekday(written: str) -> int | None:
    """From 0 for Monday; by its first three letters at least."""
    begins = re.compile(rf"\b{written}")
    return next((number for number, names in enumerate(_WEEKDAYS) if begins.search(names)), None)


def _last(weekday: int, today: date, *, before_today: bool) -> date:
    """The latest day of that name."""
    ago = (today.weekday() - weekday) % 7
    return today - timedelta(days=7 if before_today and not ago else ago)


def _month(written: str) -> int:
    """In figures or in letters; 0 for what is none."""
    if written.isdigit():
        return int(written)
    begins = re.compile(rf"\b{written}")
    return next((number for number, names in enumerate(_MONTHS, 1) if begins.search(names)), 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
