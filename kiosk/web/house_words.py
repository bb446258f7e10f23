"""Words of the screens on which staff keep order in the house."""

from typing import Final

from flask_babel import lazy_gettext as _

from contract.messages import ItemKind
from kiosk.core.house import Standing
from kiosk.core.house_events import OutWhy
from kiosk.core.house_screens import No, Note

KINDS: Final[dict[ItemKind, object]] = {
    "parcel": _("Parcel"),
    "letter": _("Letter"),
    "registered_letter": _("Registered letter"),
    "bag": _("Laundry bag"),
    "object": _("Object"),
    "basket": _("Basket"),
    "key": _("Key"),
}

STANDINGS: Final[dict[Standing, tuple[object, str]]] = {
    "occupied": (_("in place"), "package"),
    "unsure": (_("to be checked"), "question-mark"),
    "reserved": (_("reserved"), "hourglass"),
    "collected": (_("just collected"), "check"),
    "open": (_("open"), "door-enter"),
    "unchecked": (_("to be checked"), "eye"),
    "out": (_("out of service"), "ban"),
    "free": (_("free"), "circle-dashed"),
}
"""How a place stands: its word and its drawing."""

DRAWN: Final[dict[Standing, str]] = {
    "occupied": "occupied",
    "unsure": "unchecked",
    "reserved": "reserved",
    "collected": "free",
    "open": "open",
    "unchecked": "unchecked",
    "out": "unusable",
    "free": "free",
}
"""The same as the drawing of the lockers calls it."""

DOORS: Final = {
    "free": _("free"),
    "reserved": _("reserved"),
    "occupied": _("occupied"),
    "unchecked": _("check"),
    "unusable": _("not in use"),
    "open": _("open"),
    "opening": _("opening"),
    "blocked": _("stuck"),
    "door": _("Door"),
    "shelf": _("Shelf"),
    "lockers": _("Drawing of the lockers"),
}
"""Short enough to be written on a door."""

NOTES: Final[dict[Note, object]] = {
    "usable": _("The door may be used again."),
    "unusable": _("The door is out of service. Nothing is put there any more."),
    "handed": _("It is handed over."),
    "returned": _("It is the carrier's again."),
    "lost": _("It is written down as lost. The person in charge sees it."),
    "there": _("It is where it should be."),
    "in_hand": _("It stays in your hands until you put it away."),
    "strange": _("No parcel here has that label."),
}

OUT_WHYS: Final[dict[OutWhy, tuple[object, str]]] = {
    "damaged": (_("The door is damaged"), "door"),
    "lock": (_("The lock does not hold"), "lock-open"),
    "dirty": (_("It is dirty inside"), "trash"),
    "other": (_("Another reason"), "dots"),
}

TROUBLES: Final[dict[No, tuple[object, object]]] = {
    "late": (_("That took too long."), _("Nothing is lost. Please do it once more.")),
    "busy": (_("Another door is open just now."), _("Close it. Then try again.")),
    "cap": (_("Too many doors were opened just now."), _("Wait a minute. Then try again.")),
    "blocked": (
        _("The door does not open just now."),
        _("Try again in a minute. If it stays stuck, open it with the key and tell the person in charge."),
    ),
    "disk": (
        _("This machine cannot keep records just now."),
        _(
            "So nothing is written down, and no door opens. Keep it at the counter."
            " Tell whoever maintains the system."
        ),
    ),
    "tickets": (
        _("There is no ticket number left."),
        _("Hand something over first. Then a number is free again."),
    ),
    "visit": (_("The lockers have ended this visit."), _("Nothing is lost. Sign in again.")),
    "item": (
        _("That is not so any more."),
        _("Somebody has collected or moved it. Look again at what is here."),
    ),
    "rights": (_("You may not do this here."), _("Ask the person in charge of the place.")),
    "revoked": (_("This kiosk is out of service."), _("Ask the person in charge of the place.")),
}
"""What the lockers said no to, and what staff do next."""
