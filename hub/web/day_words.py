"""How the pages say days: how many are left, which do not count and why, hours and closures."""

import re
from datetime import date, datetime, timedelta

from flask import Flask, url_for
from flask_babel import format_date

from hub.core.attention import Thing
from hub.core.deadlines import EXTENSION_DAYS, Deadline, Stop
from hub.core.opening import DAY_MIN, LONGEST_TEXT, WEEKDAYS, Closure, Fault, Opening
from hub.web.gettext import _, ngettext
from hub.web.guard import zone
from hub.web.language import chosen

_A_MONDAY = date(2024, 1, 1)


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(begun=begun, plain_day=plain_day)
    app.jinja_env.globals.update(
        days_left=days_left,
        days_end=days_end,
        stop_word=stop_word,
        stops_briefly=stops_briefly,
        weekday=weekday,
        weekdays=WEEKDAYS,
        stretch=stretch,
        day_word=day_word,
        paper_moment=paper_moment,
        closure_why=closure_why,
        closure_whys=closure_whys,
        closure_when=closure_when,
        span_words=span_words,
        extension_whys=extension_whys,
        extension_days=EXTENSION_DAYS,
    )


def begun(words: str) -> str:
    """The words, beginning with a capital."""
    return words[:1].upper() + words[1:]


# --- days that are left --------------------------------------------------------------------------


def days_left(found: Deadline) -> tuple[str, str, str]:
    """Tone, icon and words: `2 days left`."""
    if found.over_ms is not None:
        return "warn", "truck-delivery", _("the days are over")
    if not found.told:
        return "info", "clock", _("the days have not begun: nobody was told")
    said = ngettext("%(num)d day left", "%(num)d days left", found.left)
    return ("warn" if found.near else "info"), "hourglass", said


def days_end(found: Deadline) -> str:
    """When the last day ends, or ended; empty where nobody can say."""
    at_ms = found.over_ms or found.ends_ms
    if at_ms is None:
        return ""
    said = _on(at_ms)
    return _("They were over on %(when)s.", when=said) if found.over_ms else _("Until %(when)s.", when=said)


def stop_word(stop: Stop) -> str:
    """`3 days do not count: offline from 3 to 5 November`."""
    when = _days(stop.first, stop.last)
    return _("%(days)s: %(why)s, %(when)s", days=_not_counted(stop.count), why=_reason(stop), when=when)


def _not_counted(days: int) -> str:
    return ngettext("%(num)d day does not count", "%(num)d days do not count", days)


def stops_briefly(found: Deadline) -> str:
    """What does not count, for a line in a list: the only stop, else how many days; empty for none."""
    stops = [stop for stop in found.stops if stop.reason not in ("untold", "late")]
    if len(stops) < 2:
        return stop_word(stops[0]) if stops else ""
    return _not_counted(sum(stop.count for stop in stops))


def _reason(stop: Stop) -> str:
    match stop.reason:
        case "untold":
            return _("nobody was told yet")
        case "late":
            return _("told too late that day")
        case "unknown":
            return _("the opening hours are not known")
        case "closed":
            why = closure_why(stop.why)
            return f"{why} ({stop.text})" if stop.text else why
        case "held":
            return _("in the hands of the staff")
        case "door":
            return _("its door could not open")
        case _:
            return _("kiosk or lockers offline")


def _days(first: date, last: date) -> str:
    if first == last:
        return _("on %(day)s", day=_date(first, "d MMMM"))
    begin = _date(first, "d" if (first.year, first.month) == (last.year, last.month) else "d MMMM")
    return _("from %(first)s to %(last)s", first=begin, last=_date(last, "d MMMM"))


def _date(day: date, form: str) -> str:
    """A date in words; the first of a month has a form of its own in French."""
    said = str(format_date(day, form))
    return re.sub(r"\b1\b", "1er", said, count=1) if day.day == 1 and chosen() == "fr" else said


def _on(at_ms: int) -> str:
    """`Tuesday 1 December at 18:00`; the end of a day is named by that day."""
    local = datetime.fromtimestamp(at_ms // 1000, zone())
    if (local.hour, local.minute) == (0, 0):
        day = _date(local.date() - timedelta(days=1), "EEEE d MMMM")
        return _("%(day)s at midnight", day=day)
    return _("%(day)s at %(hour)s", day=_date(local.date(), "EEEE d MMMM"), hour=_hour_of(local))


def _hour_of(local: datetime) -> str:
    return local.strftime("%H:%M")


def extension_whys() -> dict[str, str]:
    """Why somebody gets more days, as the buttons say it."""
    return {
        "away": _("away"),
        "ill": _("ill, or in hospital"),
        "cannot_carry": _("cannot come or carry it"),
        "our_fault": _("our fault"),
        "other": _("another reason"),
    }


# --- hours and closures --------------------------------------------------------------------------


def weekday(number: int, form: str = "EEEE") -> str:
    """The name of a weekday, 1 for Monday."""
    return str(format_date(_A_MONDAY + timedelta(days=number - 1), form))


def day_word(day: date) -> str:
    """`Tuesday 1 December 2026`."""
    return _date(day, "EEEE d MMMM y")


def paper_moment(at_ms: int | None) -> str:
    """`01/12/2026 14:02`, for paper: it is read on any day."""
    if at_ms is None:
        return "—"
    return datetime.fromtimestamp(at_ms // 1000, zone()).strftime("%d/%m/%Y %H:%M")


def stretch(opening: Opening) -> str:
    """`9:00–12:00`; what ends after midnight says so."""
    closes = opening.closes_min if opening.closes_min <= DAY_MIN else opening.closes_min - DAY_MIN
    said = f"{_hour(opening.opens_min)}–{_hour(closes)}"
    return _("%(hours)s the next day", hours=said) if opening.closes_min > DAY_MIN else said


def _hour(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def closure_whys() -> dict[str, str]:
    """The kinds of closures."""
    return {"holiday": _("holiday"), "works": _("works"), "other": _("closed")}


def closure_why(why: str) -> str:
    """One of them."""
    return closure_whys().get(why, _("closed"))


def closure_when(closure: Closure) -> str:
    """Days where it is whole days, else days and hours."""
    return span_words(closure.from_ms, closure.until_ms)


def plain_day(day: str) -> str:
    """A date such as `2026-12-01` in words."""
    return _date(date.fromisoformat(day), "d MMMM y")


def span_words(from_ms: int, until_ms: int) -> str:
    """Days where it is whole days, else days and hours."""
    begin, end = (datetime.fromtimestamp(at // 1000, zone()) for at in (from_ms, until_ms))
    if (begin.hour, begin.minute, end.hour, end.minute) == (0, 0, 0, 0):
        return _days(begin.date(), end.date() - timedelta(days=1))
    if begin.date() == end.date():
        day = _days(begin.date(), begin.date())
        return _("%(day)s, %(first)s to %(last)s", day=day, first=_hour_of(begin), last=_hour_of(end))
    first, last = (f"{_date(one.date(), 'd MMMM')} {_hour_of(one)}" for one in (begin, end))
    return _("from %(first)s to %(last)s", first=first, last=last)


def fault_word(fault: Fault, field: str, *, nights: bool = True) -> str:
    """What is wrong with hours or a closure, and how it is written; `nights`: there is a box for them."""
    closure = field.startswith(("from", "until"))
    return {
        "time": _("Write an hour like 9:30, at most 24:00."),
        "end_before_start": _("It ends before it begins.")
        if closure or not nights
        else _("It closes before it opens. If it closes after midnight, tick the box."),
        "no_length": _("It opens and closes at the same moment."),
        "overlaps": _("There is a closure in these days already.")
        if closure
        else _("It is open at that hour already."),
        "too_many": _("There are too many already."),
        "date": _("Choose a day of the calendar."),
        "no_such_hour": _("That day has no such hour: the clocks go forward."),
        "too_long": _("That is more than two years: is the year right?"),
        "text": _("At most %(count)d letters.", count=LONGEST_TEXT),
        "days": _("Choose at least one day."),
    }[fault]


# --- things to do --------------------------------------------------------------------------------


def sentence(thing: Thing) -> str:
    """What is the matter."""
    match thing.kind:
        case "due":
            return ngettext(
                "%(num)d parcel is to go back to its carrier",
                "%(num)d parcels are to go back to their carriers",
                thing.count,
            )
        case "near":
            return ngettext(
                "%(num)d parcel has few days left", "%(num)d parcels have few days left", thing.count
            )
        case "in_hand" if thing.detail:
            return _("A parcel is in the hands of %(who)s", who=thing.detail)
        case "in_hand":
            return _("A parcel is in the hands of the staff")
        case "fresh":
            return _("A parcel that must stay cool has waited for hours")
        case _:
            return _("A parcel was not found")


def advice(thing: Thing) -> str:
    """What to do about it."""
    match thing.kind:
        case "due":
            return _("Nothing leaves by itself. Give more days, or give it back at the kiosk.")
        case "near":
            return _("A call helps. Who cannot come gets 7 more days with one touch.")
        case "in_hand":
            return _("Put it away at the kiosk, or hand it over.")
        case "fresh":
            return _("Call the person. Is it in the cool?")
        case _:
            return _("Look for it once more together, then tell the person.")


def link(thing: Thing) -> tuple[str, str]:
    """Address and word of the main action."""
    if thing.item:
        return url_for("parcels.show", item=thing.item), _("See the parcel")
    if thing.kind == "due":
        return url_for("returns.show", site=thing.site), _("See the returns")
    return url_for("parcels.held", site=thing.site), _("See the parcels")
