"""How the pages say services, prices and promises."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from flask_babel import format_currency, format_date, format_decimal

from contract.look import drawing_of
from contract.messages import Promise
from hub.core.catalogue import KINDS, PICTURES, Names, Offer
from hub.core.opening import Closure
from hub.core.prices import MOST_CENTS, PriceError
from hub.web.day_words import begun, closure_when, day_word
from hub.web.days import day_of
from hub.web.gettext import _
from hub.web.guard import now_ms, zone
from hub.web.language import chosen


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        euros=euros, kilos=kilos, said=said, full_day=full_day, month_word=month_word
    )
    app.jinja_env.globals.update(
        drawing=drawing_of,
        pictures=PICTURES,
        picture_word=picture_word,
        kind_words=kind_words,
        size_words=size_words,
        price_word=price_word,
        campaign_word=campaign_word,
        promise_word=promise_word,
        clock_word=clock_word,
    )


def euros(cents: int) -> str:
    """`12,50 €` as this language writes it."""
    return str(format_currency(Decimal(cents) / 100, "EUR"))


def kilos(grams: int) -> str:
    """`4,35 kg`, to the gram."""
    return str(_("%(weight)s kg", weight=format_decimal(Decimal(grams) / 1000)))


def said(names: Names) -> str:
    """A text in the language of this page, else in the first there is."""
    return names.get(chosen()) or next(iter(names.values()), "")


def price_word(offer: Offer) -> str:
    """What a service costs."""
    return _("on quote") if offer.quoted else euros(offer.cents)


def full_day(at_ms: int) -> str:
    """`Tuesday 1 December 2026`."""
    return day_word(day_of(at_ms))


def month_word(first: date) -> str:
    """`November 2026`."""
    return str(format_date(first, "MMMM y"))


def campaign_word(offer: Offer) -> str:
    """When it is offered, where it is not always."""
    if offer.from_ms is not None and offer.until_ms is not None:
        return begun(closure_when(Closure("", offer.from_ms, offer.until_ms, "")))
    if offer.from_ms is not None:
        return _("from %(when)s", when=full_day(offer.from_ms))
    return _("until %(when)s", when=full_day(offer.until_ms - 1)) if offer.until_ms is not None else ""


def picture_word(picture: str) -> str:
    """What a drawing shows."""
    return {
        "shirt": _("A shirt"),
        "bag": _("A laundry bag"),
        "needle": _("Needle and thread"),
        "shoes": _("Shoes"),
        "phone": _("A telephone"),
        "basket": _("A basket"),
        "tray": _("A meal tray"),
        "gift": _("A present"),
    }.get(picture, picture)


def kind_words() -> dict[str, str]:
    """What a service is about."""
    words = (_("A bag (laundry)"), _("An object (shoes, telephone, parcel)"), _("A basket or a meal"))
    return dict(zip(KINDS, words, strict=True))


def size_words() -> dict[str, str]:
    """Sizes, small to large."""
    return {"S": _("Small"), "M": _("Medium"), "L": _("Large"), "XL": _("Very large")}


def price_fault(error: PriceError) -> str:
    """What is wrong with a price, and how it is written."""
    return {
        "none": _("Write a price, for example 12,50."),
        "not_a_price": _("Write a price with digits only, for example 12,50."),
        "three_decimals": _("A price has two digits after the comma at most: 12,50."),
        "negative": _("A price is not below zero. To give something for free, write 0."),
        "too_much": _("That is more than %(most)s: is the comma right?", most=euros(MOST_CENTS)),
    }[error.fault]


def promise_word(promise: Promise, way: str) -> str:
    """`Dropped before today 10:00, ready today 18:00`."""
    before, ready = clock_word(promise.before_ms), clock_word(promise.ready_ms)
    if way == "order":
        return _("Ordered before %(before)s, there %(ready)s", before=before, ready=ready)
    return _("Dropped before %(before)s, ready %(ready)s", before=before, ready=ready)


def clock_word(at_ms: int) -> str:
    """`today 10:00`, `tomorrow 10:00`, `Thursday 26 November 10:00`."""
    local = datetime.fromtimestamp(at_ms // 1000, zone())
    hour = local.strftime("%H:%M")
    today = day_of(now_ms())
    if local.date() == today:
        return _("today %(hour)s", hour=hour)
    if local.date() == today + timedelta(days=1):
        return _("tomorrow %(hour)s", hour=hour)
    return f"{format_date(local.date(), 'EEEE d MMMM')} {hour}"
