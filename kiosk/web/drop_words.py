"""Words of the screens on which something is dropped or ordered: prices, days and times, kinds of things."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal
from flask_babel import get_locale, gettext, to_user_timezone

from contract.messages import ItemKind
from kiosk.core.drop_screens import AgreeNote, WeighWhy
from kiosk.core.screens import Trouble
from kiosk.web.tongue import lazy_gettext as _

_MARKS_OF_DIRECTION: Final = "\u200e\u200f\u061c"

DAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
MONTHS: Final = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)

AGREE_NOTES: Final[dict[AgreeNote, object]] = {
    "misread": _("That label was not read well. Show it once more."),
    "in_use": _("That label is on another bag already. Go on without a label."),
    "not_a_tag": _("That is not the label of a bag."),
    "later": _("It will be ready later than it said. Please look again."),
}
"""What the last scan of a tag, or the time that passed, left to say."""

NO_WEIGHT: Final[dict[WeighWhy, object]] = {
    "moving": _("The weight does not come to rest. Put the bag in the middle of the scale."),
    "overload": _("That is too heavy for the scale."),
    "silent": _("The scale does not answer."),
    "busy": _("Somebody is weighing at another screen."),
}
"""Why there is no weight."""

TROUBLES: Final[dict[Trouble, object]] = {
    "visit": _("Nothing is lost. Begin again. Is it behind the door already? Then tell the concierge."),
    "disk": _("So it opens no door. Give it to the concierge."),
    "item": _("Begin again, or give it to the concierge."),
    "rights": _("Begin again, or give it to the concierge."),
}
"""What to do where the lockers said no: instead of what whoever collects is told."""

THINGS: Final[dict[ItemKind, tuple[object, str]]] = {
    "bag": (_("Your bag"), "shopping-bag"),
    "object": (_("Your thing"), "package"),
    "basket": (_("Your basket"), "basket"),
    "key": (_("Your key"), "key"),
    "parcel": (_("Your parcel"), "package"),
    "letter": (_("Your letter"), "mail"),
    "registered_letter": (_("Your letter"), "mail"),
}
"""What is on its way, where its service is not known: its name and its drawing."""


STANDS: Final = {
    "ordered": _("It is still to come."),
    "dropped": _("It waits here for the concierge to send it."),
    "in_hand": _("The concierge has it in hand."),
    "away": _("It is with the partner."),
    "ready": _("It is here, ready for you."),
    "lost": _("We do not find it."),
}
"""Where the hub says that something is on its way."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of the place's own clock. `days`: how far its day is from today, where that is known."""

    weekday: int
    day: int
    month: int
    year: int
    hour: int
    minute: int
    days: int | None

    @property
    def clock(self) -> str:
        """As it is written."""
        if self.minute == 0:
            return str(gettext("%(hour)s:00", hour=self.hour))
        return str(gettext("%(hour)s:%(minute)s", hour=self.hour, minute=f"{self.minute:02}"))


def moment(wall_ms: int, now_ms: int | None) -> Moment:
    """This time in the place's zone, seen from now."""
    at = to_user_timezone(datetime.fromtimestamp(wall_ms / 1000, UTC))
    today = None if now_ms is None else to_user_timezone(datetime.fromtimestamp(now_ms / 1000, UTC)).date()
    days = None if today is None else (at.date() - today).days
    return Moment(at.weekday(), at.day, at.month, at.year, at.hour, at.minute, days)


def kilos(grams: int) -> str:
    """A weight in kilos, as it is written in the language of the screen, to the gram, in Latin digits."""
    return str(format_decimal(Decimal(grams).scaleb(-3), "0.###", locale=get_locale()))


def money(cents: int) -> str:
    """An amount as it is written in the language of the screen, in Latin digits."""
    written = format_currency(Decimal(cents).scaleb(-2), "EUR", locale=get_locale())
    return str(written).translate({ord(mark): None for mark in _MARKS_OF_DIRECTION})
