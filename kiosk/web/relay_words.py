"""Words of the screens on which staff work with bags."""

from typing import Final

from kiosk.core.relay_screens import Why
from kiosk.web.tongue import lazy_gettext as _

WHYS: Final[dict[Why, tuple[str, str, object]]] = {
    "tagged": ("ok", "check", _("That is its tag.")),
    "counted": ("ok", "check", _("Counted.")),
    "back": ("ok", "check", _("It has come back.")),
    "in_place": ("ok", "check", _("It is in place.")),
    "kept": ("warn", "hand-stop", _("It stays in your hands until you put it away.")),
    "taken_back": ("ok", "arrow-back-up", _("It stays here.")),
    "cancelled": ("warn", "arrow-back-up", _("Its order is cancelled. Give this bag back to its person.")),
    "unknown": (
        "warn",
        "question-mark",
        _("Nobody knows this bag here. It goes along. We look for whose it is."),
    ),
    "no_order": ("warn", "question-mark", _("This bag has no order. It goes along. We look for it.")),
    "unknown_back": (
        "warn",
        "question-mark",
        _("Nobody knows this bag here. Keep it at the counter. We look for whose it is."),
    ),
    "nobody": ("warn", "question-mark", _("Nobody knows this bag here.")),
    "twice": ("warn", "packages", _("This bag is counted already.")),
    "other_partner": ("alarm", "truck-delivery", _("This bag is for another partner. Put it aside.")),
    "left": ("warn", "truck-delivery", _("This bag has left already.")),
    "behind": ("warn", "door", _("This bag still lies behind its door.")),
    "lies": ("warn", "package", _("This bag is in its place already.")),
    "not_left": ("warn", "hand-stop", _("This bag has not left yet. It is in your hands.")),
    "in_hand": ("info", "hand-stop", _("This bag is in your hands.")),
    "collected": ("info", "user", _("This bag was collected by its person.")),
    "ordered": ("warn", "hourglass", _("This order has not come yet.")),
    "lost": ("warn", "search", _("This bag was written down as lost. Take it back with “Bags come back”.")),
    "misread": ("alarm", "barcode", _("This tag was misread. Scan it once more.")),
    "other_bag": ("alarm", "barcode", _("This tag is another bag's.")),
    "label": ("warn", "barcode", _("That is a parcel's label, not a bag's tag.")),
    "ticket": ("warn", "qrcode", _("That is a pickup ticket, not a bag's tag.")),
    "slip": ("warn", "receipt", _("That is a slip, not a bag.")),
    "badge": ("warn", "id-badge-2", _("That looks like a badge, not a bag's tag.")),
    "unreadable": ("alarm", "barcode", _("That cannot be read. Scan it once more.")),
}
"""What the last scan meant: tone, drawing, words. A name or a number stands beside them."""
