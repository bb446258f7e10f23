"""Words that depend on a value: where a door is, how large a parcel is, why the lockers said no."""

from typing import Final

from contract.messages import Size
from kiosk.core.pile import Mark
from kiosk.core.places import Height, Place, Side
from kiosk.core.screens import Kept, Note, Trouble, Why
from kiosk.web.tongue import lazy_gettext as _

PLACES: Final = {
    ("top", "left"): _("at the top, on the left"),
    ("top", "middle"): _("at the top, in the middle"),
    ("top", "right"): _("at the top, on the right"),
    ("middle", "left"): _("at mid-height, on the left"),
    ("middle", "middle"): _("at mid-height, in the middle"),
    ("middle", "right"): _("at mid-height, on the right"),
    ("bottom", "left"): _("at the bottom, on the left"),
    ("bottom", "middle"): _("at the bottom, in the middle"),
    ("bottom", "right"): _("at the bottom, on the right"),
    ("top", None): _("at the top"),
    ("middle", None): _("at mid-height"),
    ("bottom", None): _("at the bottom"),
    (None, "left"): _("on the left"),
    (None, "middle"): _("in the middle"),
    (None, "right"): _("on the right"),
}
"""Height and side of a door; nothing is said of a lone door."""

ABOUT: Final[dict[str, object]] = {
    "district": _(
        "Your neighbourhood's concierge keeps your parcels here."
        " It costs you nothing, and no telephone is needed."
    ),
    "company": _(
        "The concierge of your company keeps your parcels here."
        " It costs you nothing, and no telephone is needed."
    ),
    "shared": _(
        "The concierge of this place keeps your parcels here."
        " It costs you nothing, and no telephone is needed."
    ),
    "care": _(
        "The concierge of this house keeps your parcels here."
        " It costs you nothing, and no telephone is needed."
    ),
}
"""What the place is for, by the kind of place."""

SIZES: Final[dict[Size, object]] = {
    "S": _("Small"),
    "M": _("Medium"),
    "L": _("Large"),
    "XL": _("Very large"),
}

SIZES_LIKE: Final[dict[Size, object]] = {
    "S": _("like a book"),
    "M": _("like a shoe box"),
    "L": _("like a microwave oven"),
    "XL": _("like a suitcase"),
}

KEPT: Final[dict[Kept, object]] = {
    "too_high": _("The door is too high for you."),
    "too_heavy": _("The parcel is too heavy for you."),
    "empty": _("There was nothing behind the door."),
    "wrong": _("It is not your parcel."),
    "missing": _("Something is missing."),
}

TROUBLES: Final[dict[Trouble, tuple[object, object]]] = {
    "late": (_("That took too long."), _("Nothing is lost. Please do it once more.")),
    "busy": (_("Another door is open just now."), _("Wait until it is closed. Then try again.")),
    "cap": (_("Too many doors were opened just now."), _("Wait a minute. Then try again.")),
    "blocked": (
        _("The door is stuck. It is not your fault."),
        _("Your code stays good. Go to the counter."),
    ),
    "disk": (
        _("This machine cannot keep records just now."),
        _("So it opens no door. Your parcel is safe and your code stays good. Tell the concierge."),
    ),
    "tickets": (_("There is no ticket number left."), _("Put the parcel behind the counter.")),
    "visit": (_("The lockers have ended this visit."), _("Nothing is lost. Type your code again.")),
    "signed_out": (_("The lockers have ended this visit."), _("Nothing is lost. Sign in again.")),
    "item": (_("This parcel is no longer there."), _("Ask the concierge. Everything is written down.")),
    "rights": (_("You may not do this here."), _("Ask the person in charge of the place.")),
    "revoked": (_("This kiosk is out of service."), _("Go to the concierge.")),
}

MARKS: Final[dict[Mark, tuple[str, object]]] = {
    "damaged": ("alert-triangle", _("Damaged")),
    "heavy": ("weight", _("Heavy")),
    "perishable": ("snowflake", _("To keep cool")),
    "letter": ("mail", _("Letter, notice")),
    "registered_letter": ("shield-check", _("Registered letter")),
}
"""What may be special about a parcel: its drawing and its name."""

MARK_KEYS: Final[dict[Mark, str]] = {
    "damaged": "A",
    "heavy": "P",
    "perishable": "F",
    "letter": "T",
    "registered_letter": "R",
}
"""Their keys, the same in every language: abîmé, poids, frais, lettre, recommandé."""

REFUSED: Final[dict[Why, tuple[str, object]]] = {
    "damaged": ("alert-triangle", _("Too damaged")),
    "stranger": ("question-mark", _("Nobody of this place")),
    "too_big": ("ruler-2", _("Too large")),
    "no_room": ("packages", _("No place left")),
    "perishable": ("snowflake", _("Cannot be kept cool")),
    "other": ("dots", _("Another reason")),
}

NOTES: Final[dict[Note, tuple[str, str, object]]] = {
    "close_door": ("warn", "door", _("Take the parcel back and close the door.")),
    "ticket": ("alarm", "qrcode", _("That is a pickup ticket, not a parcel's label.")),
    "badge": ("warn", "id-badge-2", _("That looks like a badge. Is it a label? Scan it once more.")),
    "unreadable": (
        "alarm",
        "barcode",
        _("That cannot be read. Scan once more, or go on without a label."),
    ),
    "place": ("alarm", "barcode", _("That is the label of a place, not of a parcel.")),
    "in_place": ("ok", "check", _("It is in place.")),
    "refused": ("ok", "ban", _("It goes back with the carrier.")),
    "in_hand": ("warn", "package", _("The parcel you took out is still in your hands.")),
    "gone": ("warn", "user", _("This person is not on the list any more. Choose again.")),
    "other": ("warn", "package", _("Another parcel: the one before was put aside.")),
    "aside": ("warn", "package", _("A parcel without a label was put aside. Is this it?")),
    "no_return": ("alarm", "package", _("You may not give it back to the carrier. Put it away again.")),
}
"""What the last scan or parcel left to say: tone, drawing, words."""

STATES: Final = {
    "opening": _("opening"),
    "open": _("open"),
    "left_open": _("open"),
    "blocked": _("stuck"),
    "door": _("Door"),
    "shelf": _("Shelf"),
    "lockers": _("Drawing of the lockers"),
}


def place_words(place: Place) -> object:
    """Where a door is, as a phrase that follows its number; empty where there is nothing to say."""
    key: tuple[Height | None, Side | None] = (place.height, place.side)
    return PLACES.get(key, "")


CLOSED: Final = {
    "holiday": _("We are on holiday."),
    "works": _("There are works here."),
    "other": _("We are closed."),
}
