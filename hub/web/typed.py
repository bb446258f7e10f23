"""What somebody typed into a form, before anybody believes it."""

from collections.abc import Iterable

from flask import request

from hub.core.addresses import is_address, takes_messages, telephone
from hub.core.opening import WEEKDAYS
from hub.core.prices import PriceError, cents_of
from hub.web.days import day_span
from hub.web.gettext import _
from hub.web.service_words import price_fault


def plain(text: str, most: int) -> str:
    """Without signs nobody sees; a little longer than may be, so that it is refused and not cut."""
    seen = "".join(mark for mark in text[: 2 * most] if mark.isprintable())
    return " ".join(seen.split())[: most + 1]


def fields(names: Iterable[str], most: int = 200) -> dict[str, str]:
    """The fields of this form by name."""
    return {name: plain(request.form.get(name, ""), most) for name in names}


def chosen_days(name: str) -> list[int]:
    """The weekdays that were ticked, 1 for Monday."""
    return [int(day) for day in request.form.getlist(name)[:7] if day in map(str, WEEKDAYS)]


def needed(typed: dict[str, str], wrong: dict[str, str], name: str, most: int) -> str:
    """A text that must be there; what is wrong with it goes into `wrong`."""
    if not typed[name]:
        wrong[name] = _("Write a name.")
    return short(typed, wrong, name, most)


def short(typed: dict[str, str], wrong: dict[str, str], name: str, most: int) -> str:
    """A text of at most so many letters."""
    if len(typed[name]) > most:
        wrong[name] = _("At most %(count)d letters.", count=most)
    return typed[name]


def ways_to_call(typed: dict[str, str], wrong: dict[str, str]) -> dict[str, str | None]:
    """Mobile number and e-mail address by which somebody is called, as they are kept; both may be empty."""
    number = telephone(typed["phone"]) if typed["phone"] else None
    if typed["phone"] and (number is None or not takes_messages(number)):
        wrong["phone"] = _("Write a mobile number, such as 06 12 34 56 78.")
    if typed["email"] and (len(typed["email"]) > 200 or not is_address(typed["email"])):
        wrong["email"] = _("An e-mail address looks like name@example.org.")
    return {"phone": number, "email": typed["email"] or None}


def price(typed: dict[str, str], wrong: dict[str, str], name: str) -> int:
    """A price in cents; 0 where it is wrong."""
    try:
        return cents_of(typed[name])
    except PriceError as error:
        wrong[name] = price_fault(error)
        return 0


def day_bound(typed: dict[str, str], wrong: dict[str, str], name: str, *, end: bool = False) -> int | None:
    """The first moment of a day, or the one after it; None for an empty field or one that is wrong."""
    if not typed[name]:
        return None
    span = day_span(typed[name])
    if span is None or span[0] < 0:
        wrong[name] = _("Choose a day of the calendar.")
        return None
    return span[1] if end else span[0]


def in_order(from_ms: int | None, until_ms: int | None, wrong: dict[str, str], name: str) -> None:
    """The end comes after the begin."""
    if from_ms is not None and until_ms is not None and until_ms <= from_ms:
        wrong[name] = _("It ends before it begins.")
