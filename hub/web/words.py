"""How the pages say it: times and states. One word for one thing, everywhere."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, url_for
from flask_babel import format_date, format_time, to_user_timezone

from hub.core.sight import QUIET_MS, Device, Door, door_word
from hub.web import device_words
from hub.web.gettext import _, ngettext
from hub.web.guard import account, now_ms
from hub.web.language import TALKED

_MINUTE, _HOUR = 60, 3600


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(moment=moment, coming=coming, hour=hour, ago=ago, iso=iso, day=day)
    app.jinja_env.filters.update(legible=legible)
    app.jinja_env.globals.update(
        door_labels=door_labels,
        door_name=door_name,
        door_word=door_word,
        kind_word=kind_word,
        not_usable_word=not_usable_word,
        item_state=item_state,
        in_hand_word=in_hand_word,
        said_word=said_word,
        marks=marks,
        connection=connection,
        sender=device_words.sender,
        talked=TALKED,
        door_link=door_link,
        me=account,
        now_ms=now_ms,
    )


def legible(label: str | None) -> str:
    """A label as it stands on the parcel; of one whose digest alone is kept there is nothing to read."""
    return "" if label is None or label.startswith("#") else label


def iso(at_ms: int) -> str:
    """For the `datetime` attribute of <time>."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def moment(at_ms: int | None) -> str:
    """`14:02`, `yesterday 14:02`, `3 Nov 14:02`."""
    if at_ms is None:
        return "—"
    local = to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC))
    today = to_user_timezone(datetime.fromtimestamp(now_ms() / 1000, UTC)).date()
    hour = str(format_time(local, "HH:mm", rebase=False))
    if local.date() == today:
        return hour
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(hour)s", hour=hour)
    day = "d MMM" if local.year == today.year else "d MMM y"
    return f"{format_date(local, day, rebase=False)} {hour}"


def coming(at_ms: int) -> str:
    """`14:00` today, `tomorrow 8:00`, `Monday 8:00` within a week, else as any other moment."""
    local = to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC))
    today = to_user_timezone(datetime.fromtimestamp(now_ms() / 1000, UTC)).date()
    days = (local.date() - today).days
    if not 1 <= days < 7:
        return moment(at_ms)
    hour = str(format_time(local, "HH:mm", rebase=False))
    if days == 1:
        return _("tomorrow %(hour)s", hour=hour)
    return f"{format_date(local, 'EEEE', rebase=False)} {hour}"


def hour(at_ms: int) -> str:
    """`08:00`, where the day goes without saying."""
    return str(
        format_time(to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC)), "HH:mm", rebase=False)
    )


def day(at_ms: int) -> str:
    """`Monday 23 November`; of another year than this one with the year."""
    local = to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC))
    this_year = to_user_timezone(datetime.fromtimestamp(now_ms() / 1000, UTC)).year
    pattern = "EEEE d MMMM" if local.year == this_year else "EEEE d MMMM y"
    return str(format_date(local, pattern, rebase=False))


def door_link(site: str) -> Callable[[int], str]:
    """Where the doors of a drawing lead to."""
    return lambda compartment: url_for("lockers.door", site=site, compartment=compartment)


def ago(at_ms: int | None) -> str:
    """`20 s ago`, as long as that says more than the hour."""
    if at_ms is None:
        return _("never")
    seconds = max(now_ms() - at_ms, 0) // 1000
    if seconds < 10:
        return _("just now")
    if seconds < _MINUTE:
        return _("%(count)d s ago", count=seconds // 10 * 10)
    if seconds < _HOUR:
        return _("%(count)d min ago", count=seconds // _MINUTE)
    if seconds < 12 * _HOUR:
        return _("%(count)d h ago", count=seconds // _HOUR)
    return moment(at_ms)


def door_labels() -> dict[str, str]:
    """Words of the drawing, short enough for a narrow door."""
    return {
        "lockers": _("The lockers"),
        "door": _("Door"),
        "shelf": _("Shelf place"),
        "free": _("Free"),
        "reserved": _("Reserved"),
        "occupied": _("Taken"),
        "opening": _("Opening"),
        "open": _("Open"),
        "left_open": _("To close"),
        "blocked": _("Stuck"),
        "forced": _("Forced"),
        "unknown": _("Unknown"),
        "unchecked": _("To check"),
        "unusable": _("Out"),
    }


def door_name(door: Door) -> str:
    """`door 7`, `shelf place B2`."""
    if door.kind == "shelf":
        return _("shelf place %(place)s", place=door.label or door.compartment)
    return _("door %(place)s", place=door.label or door.compartment)


def not_usable_word(why: str) -> str:
    """Why a compartment is not used, as staff said at a kiosk by button; other remarks as they are."""
    match why:
        case "damaged":
            return _("The door is damaged")
        case "lock":
            return _("The lock does not hold")
        case "dirty":
            return _("It is dirty inside")
        case "something":
            return _("Something nobody knows lies there")
        case "something is missing that should lie there":  # as the lockers put it, in a fact
            return _("Something is missing that should lie there")
        case "other":
            return _("no reason given")
        case _:
            return why


def kind_word(kind: str | None) -> str:
    """What an item is."""
    match kind:
        case "letter":
            return _("Letter")
        case "registered_letter":
            return _("Registered letter")
        case "bag":
            return _("Bag")
        case "object":
            return _("Object")
        case "basket":
            return _("Basket")
        case "key":
            return _("Key")
        case _:
            return _("Parcel")


def item_state(state: str) -> tuple[str, str, str]:
    """Tone, icon and word for the state of an item."""
    match state:
        case "received":
            return "info", "package-import", _("received at the counter")
        case "claimed":
            return "info", "hourglass", _("being put away")
        case "waiting":
            return "ok", "package", _("waiting")
        case "brought":
            return "info", "package-import", _("brought by its person")
        case "away":
            return "info", "truck-delivery", _("at a partner’s")
        case "kept":
            return "warn", "alert-circle", _("kept, to see to")
        case "in_hand":
            return "warn", "package-export", _("in the hands of the staff")
        case "collected":
            return "ok", "circle-check", _("collected")
        case "returned":
            return "info", "truck-delivery", _("given back to its carrier")
        case "lost":
            return "alarm", "search", _("not found")
        case "dropped":
            return "info", "x", _("deposit given up")
        case _:
            return "warn", "question-mark", _("gone")


def in_hand_word(taken_ms: int | None, initials: str | None) -> str:
    """`in hand since 10:20 (IB)`."""
    if taken_ms is None:
        return _("in the hands of the staff")
    said = _("in hand since %(when)s", when=moment(taken_ms))
    return f"{said} ({initials})" if initials else said


def refused_reasons() -> dict[str, str]:
    """Why a parcel is not taken from its carrier."""
    return {
        "damaged": _("damaged"),
        "stranger": _("for nobody here"),
        "too_big": _("too big"),
        "no_room": _("no room"),
        "perishable": _("perishable"),
        "other": _("another reason"),
    }


def said_word(said: str | None) -> str:
    """What a person answered at the kiosk."""
    words = {
        "have_it": _("I have it"),
        "missing": _("something is missing"),
        "too_high": _("too high for me"),
        "too_heavy": _("too heavy for me"),
        "empty": _("it was empty"),
        "wrong": _("this is not mine"),
        "help": _("I need help"),
    }
    return words.get(said or "", "")


def connection(device: Device, shown: Sequence[Device] = ()) -> tuple[str, str]:
    """Tone and sentence: whether a device is there, and what it keeps for us.

    Two of a kind among those `shown` are told apart by their ids.
    """
    name = device_words.device_name(device, shown)
    if device.exchange_ms is None:
        return "info", _("%(name)s: never seen yet", name=name)
    if device.online:
        return "ok", _("%(name)s online, last exchange %(ago)s", name=name, ago=ago(device.exchange_ms))
    since = max(device.presence_ms or 0, device.exchange_ms)
    said = _("%(name)s offline since %(when)s", name=name, when=moment(since))
    if device.backlog:
        kept = ngettext("%(num)d operation kept on site", "%(num)d operations kept on site", device.backlog)
        said = f"{said}, {kept}"
    return ("warn" if now_ms() - since > QUIET_MS else "info"), said


def marks(item: Any) -> list[str]:
    """What else was said of it at reception, a word each."""
    pieces = _("%(count)d pieces", count=item.pieces) if item.pieces > 1 else ""
    said = (
        pieces,
        _("damaged") if item.damaged else "",
        _("heavy") if item.heavy else "",
        _("perishable") if item.perishable else "",
    )
    return [word for word in said if word]
