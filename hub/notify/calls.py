"""What those on duty are told when an alarm stands and nobody has taken it: where, what, and what to do.

Never a name, a code or what lies behind a door: a telephone lies on tables.
"""

from collections.abc import Callable, Sequence

from hub.core.notices import Channel
from hub.core.sms import plainer
from hub.core.things import Thing
from hub.notify.texts import Text, words_of


def call_text(
    things: Sequence[Thing], site: str | None, channel: Channel, language: str, address: str = ""
) -> Text:
    """Of one site: the first of `things` is said, the others are counted.

    `site` is its name, or None; `address` where the pages are, where that is known.
    """
    words = words_of(language)
    _, ngettext, others = words.gettext, words.ngettext, len(things) - 1
    what = _what(things[0], _)
    if others:
        more = ngettext("And %(num)d other alarm.", "And %(num)d other alarms.", others)
        what = f"{what} {more % {'num': others}}"
    todo = _("Nobody has taken it yet. Open the page “To do now”.")
    first = _("%(name)s: %(hours)s") % {"name": site or _("All sites"), "hours": what}
    lines = [first, todo, *([address] if address else [])]
    if channel == "sms":
        return Text("", plainer(" ".join(lines)), language)
    return Text(first.rstrip("."), "\n".join(lines), language)


def _what(thing: Thing, _: Callable[[str], str]) -> str:
    doors = {"doors": ", ".join(map(str, thing.compartments))}
    match thing.kind:
        case "blocked":
            return _("door %(doors)s is stuck.") % doors
        case "left_open":
            return _("door %(doors)s was left open.") % doors
        case "forced":
            return _("door %(doors)s opened and nobody had asked.") % doors
        case "silent":
            return _("the lockers do not answer.")
        case "lost":
            return _("a parcel was not found.")
        case "bag_late":
            return _("a bag will be late.")
        case "bag_lost":
            return _("a bag was not found.")
        case "device_disk":
            return _("the disk of a device is nearly full.")
        case "device_power":
            return _("the power supply of a device is too weak.")
        case "device_heat":
            return _("a device is too hot.")
        case "device_certificate":
            return _("in a few days a device cannot connect any more.")
        case "sms_credit" | "email_credit":
            return _("the account for messages is used up.")
        case "sms_account" | "email_account":
            return _("the gateway for messages does not know us.")
        case "webhook_given_up":
            return _("another program is told nothing any more.")
        case "hole" | "range_gone" | "went_back" | "chain_broken" | "corrupt" | "new_journal":
            return _("part of what a device noted is lost.")
        case "unreadable":
            return _("messages of a device could not be read.")
        case _:
            return _("something needs somebody now.")
