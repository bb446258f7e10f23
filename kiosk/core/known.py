"""A label that is known already: the parcel in hand, of this delivery, on the shelf, or put away before."""

from contract import messages as m
from kiosk.core import house_screens as h
from kiosk.core import screens as s
from kiosk.core import shelf as on_shelf
from kiosk.core.house import LYING, is_marked, standing
from kiosk.core.placing import pile_of
from kiosk.core.scans import compared, marks_of, number_of
from kiosk.core.state import State


def known_by(state: State, text: str) -> s.Screen | None:
    """What is to be asked about the parcel with this label; None for one that nobody has taken in."""
    shown, label = text.strip(), number_of(text)
    found = state.house.bearing(text)
    if isinstance(found, m.StockItem):
        return h.InHand(found, shown)
    if (lying := pile_of(state).with_label(label)) is not None:
        shelf = on_shelf.item_of(state, lying.place.item)
        return s.Twice(shown, lying.where, lying.stands == "left", "" if shelf is None else shelf.item)
    if (on_hand := on_shelf.borne(state, text)) is not None:
        return on_shelf.asked(on_hand, shown if is_marked(on_hand, marks_of(text)) else "")
    there = (one.where for one in reversed(state.lain) if one.where and one.label == compared(label))
    if (where := next(there, None)) is not None:
        return s.Twice(shown, where)
    lies = found is not None and standing(found) in LYING
    if found is None or found.item is None or not lies or not is_marked(found.item, marks_of(text)):
        return None
    return s.Twice(shown, str(found.label or found.compartment))
