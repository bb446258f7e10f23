"""What a card of the list of things to do says: what is the matter, what to do about it, and where."""

from typing import Final, Protocol

from flask import Flask, url_for

from hub.core.fact_alarms import SENT_AGAIN
from hub.core.things import Thing
from hub.web import bag_words, day_words, device_words, door_words, double_words, late_words
from hub.web.days import day_of
from hub.web.door_words import door_numbers
from hub.web.gettext import _, ngettext
from hub.web.guard import may_ask
from hub.web.words import said_word


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(sentence=sentence, when_word=when_word, advice=advice)


class Words(Protocol):
    """A module with the words of a family of things."""

    def sentence(self, thing: Thing) -> str:
        """What is the matter."""
        ...

    def advice(self, thing: Thing) -> str:
        """What to do about it."""
        ...

    def link(self, thing: Thing) -> tuple[str, str]:
        """The one main action: address and word."""
        ...


_BY_KIND: Final[dict[str, Words]] = {
    **dict.fromkeys(("due", "near", "in_hand", "lost", "fresh"), day_words),
    **dict.fromkeys(("order_soon", "order_late"), late_words),
    **dict.fromkeys(double_words.KINDS, double_words),
}
_BY_PREFIX: Final[dict[str, Words]] = {
    bag_words.PREFIX: bag_words,
    device_words.PREFIX: device_words,
    door_words.PREFIX: door_words,
}


def _words_of(kind: str) -> Words | None:
    """Of the family a thing belongs to; None for those whose words stand here."""
    family = next((words for prefix, words in _BY_PREFIX.items() if kind.startswith(prefix)), None)
    return _BY_KIND.get(kind, family)


def sentence(thing: Thing) -> str:
    """What is the matter."""
    if (words := _words_of(thing.kind)) is not None:
        return words.sentence(thing)
    doors = door_numbers(thing.compartments)
    match thing.kind:
        case "blocked":
            return _("Door %(door)s did not open", door=doors)
        case "left_open":
            return _("Door %(door)s was left open", door=doors)
        case "forced":
            return _("Door %(door)s opened and nobody had asked", door=doors)
        case "unchecked":
            return _("Look inside door %(door)s", door=doors)
        case "unsure":
            return _("Door %(door)s: is it still inside?", door=doors)
        case "silent":
            return _("No news from the locks of doors %(doors)s", doors=doors)
        case "kept":
            said = said_word(thing.detail) or thing.detail
            if not doors:
                return _("“%(said)s”: a parcel is kept", said=said)
            return _("“%(said)s”: a parcel is kept behind door %(door)s", said=said, door=doors)
        case "offline" if thing.called:
            return _("%(name)s: offline", name=thing.called)
        case "never" if thing.called:
            return _("%(name)s: not connected yet", name=thing.called)
        case "offline" if thing.detail == "kiosk":
            return _("The kiosk %(device)s is offline", device=thing.device)
        case "offline":
            return _("The lockers %(device)s are offline", device=thing.device)
        case "never":
            return _("The device %(device)s has not connected yet", device=thing.device)
        case "help" if thing.count > 1:
            return _("Help was asked for %(count)d times at the kiosk", count=thing.count)
        case "help":
            return _("Somebody asks for help at the kiosk")
        case "lost_asked":
            return _("Somebody came to the kiosk for something that was not found")
        case "untold":
            return _("%(name)s could not be told", name=thing.detail or _("Somebody"))
        case "paper":
            return _("A slip is to be given to %(name)s", name=thing.detail or _("somebody"))
        case "nameless":
            return ngettext(
                "%(num)d parcel: nobody knows whose it is",
                "%(num)d parcels: nobody knows whose they are",
                thing.count,
            )
        case "pile" if thing.count > 0:
            return _(
                "%(carrier)s: %(count)d fewer than announced",
                carrier=thing.detail or _("A carrier"),
                count=thing.count,
            )
        case "pile":
            return _(
                "%(carrier)s: %(count)d more than announced",
                carrier=thing.detail or _("A carrier"),
                count=-thing.count,
            )
        case "papers":
            return ngettext("%(num)d slip is to be given", "%(num)d slips are to be given", thing.count)
        case "unsaid":
            return _("%(name)s does not know that a parcel went back", name=thing.detail or _("Somebody"))
        case "unheard":
            return _("%(name)s does not know that we opened the door", name=thing.detail or _("Somebody"))
        case "misled":
            return _(
                "%(name)s expects a parcel that is for somebody else", name=thing.detail or _("Somebody")
            )
        case "unasked":
            return _("%(name)s does not know the price of a repair", name=thing.detail or _("Somebody"))
        case "sms_credit" | "email_credit":
            return _("The account for messages is used up")
        case "sms_account" | "email_account":
            return _("The gateway for messages does not know us")
        case "webhook_given_up":
            return _("Another program is told nothing any more")
        case "unreadable":
            return ngettext(
                "%(num)d message of a device could not be read",
                "%(num)d messages of a device could not be read",
                thing.count,
            )
        case "adopted_ended":
            return _("Door %(door)s: the lockers hold a parcel that was given out already", door=doors)
        case "hole" | "range_gone":
            return _("Part of what a device noted is lost")
        case "went_back" | "chain_broken" | "corrupt" | "new" | "broken" | "new_journal":
            return _("A device lost its memory and started a new one")
        case "forged_order" if doors:
            return _("Somebody tried to open door %(door)s from afar, without these pages", door=doors)
        case "forged_order":
            return _("Somebody tried to open a door from afar, without these pages")
        case "revoked":
            return _("A device was taken out of service and is still switched on")
        case _:
            what = device_words.incident_word(thing.kind)
            return _("The hub noticed something unusual: a device %(what)s", what=what)


def when_word(thing: Thing) -> str:
    """What the hour of a card says: most things last; of those that happened several times, the latest."""
    several = (
        thing.count > 1
        and not thing.kind.startswith((bag_words.PREFIX, device_words.PREFIX))
        and thing.kind
        not in (
            "unreadable",
            "nameless",
            "pile",
            "due",
            "papers",
            "revoked",
            *double_words.KINDS,
        )
    )
    if thing.kind in ("order_soon", "order_late"):
        return _("promised for")
    if thing.kind == "device_power":  # a Pi remembers it, and not when it was
        return _("since it was switched on:")
    return _("last time") if several else _("since")


def advice(thing: Thing) -> str:
    """What to do about it."""
    if (words := _words_of(thing.kind)) is not None:
        return words.advice(thing)
    match thing.kind:
        case "blocked":
            return _("The code stays good. Try again from here, or open with the key.")
        case "left_open":
            return _("Push it shut. Look whether something was forgotten.")
        case "forced":
            return _("Go there. Open this door from here, look inside, then shut it.")
        case "unchecked":
            return _("Nobody knows what is inside. Open it from here, look, then shut it.")
        case "unsure":
            return _(
                "Cut short while it was being taken out. At the kiosk, touch this door in “What is here”,"
                " look, and say whether it is there. The code still works."
            )
        case "silent":
            return _("Check the power and the cable of the lockers. Codes wait until it is back.")
        case "kept" if thing.event:
            return _("Look inside, tell the person, then touch “Seen to”. The code still works.")
        case "kept":
            return _("Look inside, then tell the person. The code still works.")
        case "offline":
            return _("Codes still work on site. Check its power and network if this lasts.")
        case "never":
            return _("Copy its enrolment folder onto it, and switch it on.")
        case "help":
            return _("Go there, or call.")
        case "lost_asked":
            return _("Go there. Say what is being done to find it, and until when they have an answer.")
        case "adopted_ended":
            return _("Open this door from here and look inside. The list keeps it as given out.")
        case "untold":
            return _("The message did not leave. Print a slip with the code and give it.")
        case "paper":
            return _("Nothing can be written to them. Print a slip with the code and give it.")
        case "nameless":
            return _("Look at the label, ask around, then say whose it is.")
        case "pile":
            return _("Count again with the carrier’s slip. Tell the carrier what is missing.")
        case "papers":
            return _("Nothing could be written to these people. Print all slips at once, and give them.")
        case "unsaid" | "unheard" | "misled":
            return _("Nothing can be written to them. Tell them by word of mouth, then touch “It is said”.")
        case "unasked":
            return _("Nothing can be written to them. Tell them the price, and note yes or no.")
        case "sms_credit" | "email_credit":
            return _(
                "Nobody gets a message before it is filled up. Tell whoever pays for it;"
                " what waits too long becomes a slip."
            )
        case "sms_account" | "email_account":
            return _(
                "Nobody gets a message. Tell whoever maintains the system: keys or password are refused;"
                " what waits too long becomes a slip."
            )
        case "webhook_given_up":
            return _(
                "It did not answer for five days, or wants no more. Tell whoever maintains it, then an"
                " administrator starts again from the page “Other programs”."
            )
        case "forged_order":
            return _("The lockers refused: no door opened. Tell whoever maintains the system at once.")
        case "revoked":
            return _("Unplug it, and put it away. This card goes a day after it is off.")
        case kind if kind in SENT_AGAIN:
            return _("Nothing is lost. If it goes on, tell whoever maintains the system.")
        case "unreadable":
            return _("They are kept as they came. Tell whoever maintains the system.")
        case _:
            return _(
                "Compare what the page says with what lies there, and tell whoever maintains the system."
            )


def link(thing: Thing) -> tuple[str, str] | None:
    """The one main action of a card: address and word."""
    if (words := _words_of(thing.kind)) is not None:
        return words.link(thing)
    if thing.item and thing.kind == "kept":
        return url_for("parcels.show", item=thing.item), _("See the parcel")
    if thing.kind == "papers":
        return url_for("parcels.held", site=thing.site, _anchor="prevenir"), _("See the slips")
    if thing.item and thing.kind in ("unsaid", "unasked", "unheard", "misled"):
        return url_for("parcels.show", item=thing.item, _anchor="messages"), _("See the parcel")
    if thing.item and thing.kind in ("untold", "paper"):
        return url_for("parcels.show", item=thing.item, _anchor="messages"), _("Print a slip…")
    if thing.kind in ("offline", "never"):
        return device_words.link(thing)
    if thing.item and thing.kind == "lost_asked":
        return url_for("bags.show", site=thing.site, bag=thing.item), _("See the bag")
    if thing.kind == "nameless":
        return url_for("whose.nameless", site=thing.site), _("Say whose it is")
    if thing.kind == "pile":
        day = day_of(thing.since_ms or 0).isoformat()
        return url_for("rounds.show", site=thing.site, jour=day), _("See the round")
    if len(thing.compartments) == 1:
        number = thing.compartments[0]
        return url_for("lockers.door", site=thing.site, compartment=number), _("See the door")
    if thing.compartments:
        return url_for("lockers.show", site=thing.site), _("See the lockers")
    if thing.kind == "webhook_given_up" and may_ask("programs.show"):
        return url_for("programs.show", _anchor="annonces"), _("Other programs")
    if thing.device and thing.site and thing.kind != "help":
        return device_words.link(thing)
    return None
