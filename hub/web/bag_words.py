"""How the pages say it of bags: where one is, what was seen of it, what is to be done."""

from collections.abc import Mapping
from typing import Final

from flask import url_for

from hub.core.attention import Thing
from hub.core.bag_alarms import Worry
from hub.core.custody import WRITTEN_OFF
from hub.web.gettext import _, ngettext

PREFIX = "bag_"
"""How the kinds of cards about bags begin."""
_ROOM: Final = 18


def post_word(post: str | None) -> str:
    """A post on the route of a bag."""
    words = {
        "reception": _("the desk"),
        "run": _("the run"),
        "wash": _("the wash"),
        "finish": _("the finishing"),
        "return": _("the return"),
    }
    return words.get(post or "", post or "—")


def party_word(kind: str | None, name: str | None, staff: Mapping[str, str]) -> str:
    """Who or what has it; `staff`: hub.web.naming.bag_holders."""
    match kind:
        case None:
            return _("nobody known")
        case "compartment" if shelf := staff.get(name or ""):
            return _("shelf place %(place)s", place=shelf)
        case "compartment":
            return _("door %(place)s", place=name)
        case "shelf":
            return _("shelf place %(place)s", place=name)
        case "staff":
            return staff.get(name or "", name or "")
        case "load":
            return _("a machine")
        case _:
            return staff.get(name or "", name or "")


def side_word(side: str) -> str:
    """What somebody did."""
    words = {
        "give": _("gave it"),
        "take": _("took it"),
        "load": _("put it into a machine"),
        "missing": _("missed it in a round"),
        "note": _("noted something"),
        "left": _("it was put there"),
        "kept": _("it stayed there"),
        "out": _("took it out"),
        "sent": _("sent it to a partner"),
        "collected": _("its person has it"),
        "lost": _("looked for it in vain"),
        "written_off": _("gave up looking for it"),
    }
    return words.get(side, side)


def gone_words(*, was_here: bool = False) -> dict[str, str]:
    """Why a bag will not come back, as buttons say it. One that lay behind a door here was no misreading."""
    words = {
        "lost": _("It is lost: nobody finds it"),
        "destroyed": _("It is past repair"),
        "misread": _("There never was one: the tag was misread"),
    }
    return {why: word for why, word in words.items() if not (was_here and why == "misread")}


def state_word(state: str, how: str | None = None) -> tuple[str, str, str]:
    """Tone, icon and word for where a bag is, and how it ended."""
    match state:
        case "ended" if how == "given_up":
            return "info", "x", _("never dropped, or taken back")
        case "ended" if how in WRITTEN_OFF:
            return "alarm", "x", _("will not come back")
        case "ordered":
            return "info", "hourglass", _("ordered, not seen yet")
        case "given":
            return "warn", "package-export", _("given away, taken by nobody yet")
        case "lost":
            return "alarm", "search", _("not found")
        case "ended":
            return "ok", "circle-check", _("with its person")
    return "info", "package", _("on its way")


def brief(tag: str) -> str:
    """A tag as a heading has room for it: both ends of a long one."""
    return tag if len(tag) <= _ROOM else f"{tag[:8]}…{tag[-8:]}"


def worry_word(worry: Worry) -> str:
    """What is the matter with one bag."""
    if worry.kind == "unsure" and worry.who.id:
        return _behind(worry.who.id, worry.about or worry.tag)
    return _sentence(worry.kind, worry.tag or worry.bag[:10], worry.post)


def doubt_word(doubt: str | None) -> str:
    """Why one cannot be sure."""
    words = {
        "clock": _("The clock of a device was not sure: the order of what was seen may be another."),
        "tie": _("Two were seen at the same moment: which came first is not known."),
    }
    return words.get(doubt or "", "")


def sentence(thing: Thing) -> str:
    """The heading of a card."""
    kind = thing.kind.removeprefix(PREFIX)
    if thing.count > 1:
        return _many(kind, thing.count)
    if kind == "unsure" and thing.compartments:
        return _behind(str(thing.compartments[0]), thing.detail)
    return _sentence(kind, thing.detail, thing.post)


def _behind(door: str, what: str) -> str:
    return _("Perhaps it lies behind door %(door)s: %(what)s", door=door, what=what)


def _sentence(kind: str, tag: str, post: str | None) -> str:
    tag = brief(tag)
    match kind:
        case "late":
            return _("Bag %(tag)s will be late: it should be at %(post)s", tag=tag, post=post_word(post))
        case "lone":
            return _("Bag %(tag)s: only one side scanned the hand-over", tag=tag)
        case "counts":
            return _("Bag %(tag)s: the counts differ", tag=tag)
        case "unknown":
            return _("Bag %(tag)s: nobody knows whose it is", tag=tag)
        case "no_order":
            return _("Bag %(tag)s has no order", tag=tag)
        case "ordered":
            return _("Bag %(tag)s was ordered for twice", tag=tag)
        case "unsure":
            return _("Perhaps it lies behind a door: %(what)s", what=tag)
        case "missing":
            return _("Bag %(tag)s was missing in a round", tag=tag)
        case "lost":
            return _("Bag %(tag)s was looked for and not found", tag=tag)
        case "backwards":
            return _("Bag %(tag)s was scanned at an earlier post", tag=tag)
        case "quote":
            return _("%(tag)s: yes and no were both said to the quote", tag=tag)
        case "after_end":
            return _("Bag %(tag)s was scanned although its person has it", tag=tag)
        case _:
            return _("Tag %(tag)s is on two bags", tag=tag)


def _many(kind: str, count: int) -> str:
    match kind:
        case "late":
            return ngettext("%(num)d bag will be late", "%(num)d bags will be late", count)
        case "unknown":
            return ngettext("%(num)d bag that nobody knows", "%(num)d bags that nobody knows", count)
        case "no_order":
            return ngettext("%(num)d bag without an order", "%(num)d bags without an order", count)
        case "missing" | "lost":
            return ngettext("%(num)d bag is missing", "%(num)d bags are missing", count)
        case "counts":
            return ngettext("%(num)d bag: counts differ", "%(num)d bags: counts differ", count)
        case _:
            return ngettext("%(num)d bag to look at", "%(num)d bags to look at", count)


def advice(thing: Thing) -> str:
    """What to do about it."""
    if thing.beside:
        return _(
            "Look first in the bags of the same load: %(tags)s.", tags=", ".join(map(brief, thing.beside))
        )
    match thing.kind.removeprefix(PREFIX):
        case "late":
            return _("There is still time: find it where it was last seen, and send it on.")
        case "lone":
            return _("Ask who was to scan whether they have it, or gave it, and have them scan it now.")
        case "counts":
            return _("Count again with both sides. A new count is added, none is erased.")
        case "unknown":
            return _("Keep it. Ask around, then say on its page which order it is for, or order for it.")
        case "no_order":
            return _(
                "Look what it is, ask its person, then say on its page which order it is for,"
                " or order for it."
            )
        case "ordered":
            return _("Two orders are under way for this bag. Look at both, and cancel the one too many.")
        case "unsure":
            return _(
                "The lockers were cut short while it was being dropped. Open that door, look, and say"
                " whether it is there: then its order goes on."
            )
        case "missing" | "lost":
            return _("Look where it was last seen, then with who had it before.")
        case "backwards":
            return _("Look where the bag really is, and scan it there.")
        case "quote":
            return _("The first answer stands. Ask the person, and tell the partner.")
        case "after_end":
            return _("If it is being used again, tag it with its new order at the kiosk.")
        case _:
            return _("Look at both bags and give one of them another tag.")


def link(thing: Thing) -> tuple[str, str]:
    """The main action of a card."""
    if thing.item and thing.kind == f"{PREFIX}unsure":
        return url_for("bags.show", site=thing.site, bag=thing.item), _("Say whether it is there…")
    if thing.item and thing.count <= 1:
        return url_for("bags.show", site=thing.site, bag=thing.item), _("See the bag")
    return url_for("bags.listed", site=thing.site), _("See the bags")
