"""Weighing: a kiosk asks what lies on the scale of the site; the answer comes when the scale has settled.

Whoever asks last at the kiosk that weighs gets the answer; another kiosk has to wait. Nothing of it is
written down here: a weight counts once the kiosk has put it into a fact of its own.
"""

from contract import messages
from locker_firmware_bridge.core.records import Visit
from locker_firmware_bridge.core.state import Draft


def weigh(draft: Draft, kiosk: str, ask: str, visit: Visit) -> None:
    """Who drops something, or staff, want to know; who only collects does not."""
    under_way, rules = draft.site.weighing, draft.site.rules
    if not visit.drops and visit.staff is None:
        draft.refuse(kiosk, ask, messages.Refused(why="rights"))
    elif not rules.scale or rules.scale_kiosk not in ("", kiosk):
        draft.show(kiosk, ask, messages.NotWeighed(why="none"))
    elif under_way is not None and under_way[0] != kiosk:
        draft.show(kiosk, ask, messages.NotWeighed(why="busy"))
    else:
        draft.hear(kiosk, ask)
        draft.forget_after_restart(weighing=(kiosk, ask))
        if under_way is None:
            draft.weigh()


def said(draft: Draft, answer: messages.Weighed | messages.NotWeighed) -> None:
    """The scale has settled, or was given up."""
    if draft.site.weighing is not None:
        draft.tell(*draft.site.weighing, answer)
        draft.forget_after_restart(weighing=None)
