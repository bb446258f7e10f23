"""How the pages say it: times, states, things to do. One word for one thing, everywhere."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from flask import Flask, url_for
from flask_babel import format_date, format_time, to_user_timezone

from hub.core.sight import QUIET_MS, Device, Door, door_word
from hub.core.things import Thing
from hub.web import bag_words, day_words, device_words, door_words, late_words
from hub.web.days import day_of
from hub.web.gettext import _, ngettext
from hub.web.guard import account, may_ask, now_ms
from hub.web.language import TALKED

_MINUTE, _HOUR = 60, 3600


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(moment=moment, coming=coming, hour=hour, ago=ago, iso=iso, day=day)
    app.jinja_env.globals.update(
        door_labels=door_labels,
        door_name=door_name,
        door_word=door_word,
        kind_word=kind_word,
        not_usable_word=not_usable_word,
        item_state=item_state,
        in_hand_word=in_hand_word,
        said_word=said_word,
        connection=connection,
        sentence=sentence,
        sender=device_words.sender,
        when_word=when_word,
        advice=advice,
        talked=TALKED,
        door_link=door_link,
        me=account,
        now_ms=now_ms,
    )


def iso(at_ms: int) -> str:
    """For the `datetime` attribute of <time>."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def moment(at_ms: int | None) -> str:
    """`14:02`, `yesterday 14:02`, `3 Nov 14:02`."""
    if at_ms is None:
        return "—"
    local = to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC))
    today = to_user_timezone(datetime.fromtimestamp(now_ms() / 1000, UTC)).date()
    hour = str(format_time(local, "HH:mm", rebase=False))
    if local.date() == today:
        return hour
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(hour)s", hour=hour)
    day = "d MMM" if local.year == today.year else "d MMM y"
    return f"{format_date(local, day, rebase=False)} {hour}"


def coming(at_ms: int) -> str:
    """`14:00` today, `tomorrow 8:00`, `Monday 8:00` within a week, else as any other moment."""
    local = to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC))
    today = to_user_timezone(datetime.fromtimestamp(now_ms() / 1000, UTC)).date()
    days = (local.date() - today).days
    if not 1 <= days < 7:
        return moment(at_ms)
    hour = str(format_time(local, "HH:mm", rebase=False))
    if days == 1:
        return _("tomorrow %(hour)s", hour=hour)
    return f"{format_date(local, 'EEEE', rebase=False)} {hour}"


def hour(at_ms: int) -> str:
    """`08:00`, where the day goes without saying."""
    return str(
        format_time(to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC)), "HH:mm", rebase=False)
    )


def day(at_ms: int) -> str:
    """`Monday 23 November`; of another year than this one with the year."""
    local = to_user_timezone(datetime.fromtimestamp(at_ms / 1000, UTC))
    this_year = to_user_timezone(datetime.fromtimestamp(now_ms() / 1000, UTC)).year
    pattern = "EEEE d MMMM" if local.year == this_year else "EEEE d MMMM y"
    return str(format_date(local, pattern, rebase=False))


def door_link(site: str) -> Callable[[int], str]:
    """Where the doors of a drawing lead to."""
    return lambda compartment: url_for("lockers.door", site=site, compartment=compartment)


def ago(at_ms: int | None) -> str:
    """`20 s ago`, as long as that says more than the hour."""
    if at_ms is None:
        return _("never")
    seconds = max(now_ms() - at_ms, 0) // 1000
    if seconds < 10:
        return _("just now")
    if seconds < _MINUTE:
        return _("%(count)d s ago", count=seconds // 10 * 10)
    if seconds < _HOUR:
        return _("%(count)d min ago", count=seconds // _MINUTE)
    if seconds < 12 * _HOUR:
        return _("%(count)d h ago", count=seconds // _HOUR)
    return moment(at_ms)


def door_labels() -> dict[str, str]:
    """Words of the drawing, short enough for a narrow door."""
    return {
        "lockers": _("The lockers"),
        "door": _("Door"),
        "shelf": _("Shelf place"),
        "free": _("Free"),
        "reserved": _("Reserved"),
        "occupied": _("Taken"),
        "opening": _("Opening"),
        "open": _("Open"),
        "left_open": _("To close"),
        "blocked": _("Stuck"),
        "forced": _("Forced"),
        "unknown": _("Unknown"),
        "unchecked": _("To check"),
        "unusable": _("Out"),
    }


def door_name(door: Door) -> str:
    """`door 7`, `shelf place B2`."""
    if door.kind == "shelf":
        return _("shelf place %(place)s", place=door.label or door.compartment)
    return _("door %(place)s", place=door.label or door.compartment)


def not_usable_word(why: str) -> str:
    """Why a compartment is not used, as staff said at a kiosk by button; other remarks as they are."""
    match why:
        case "damaged":
            return _("The door is damaged")
        case "lock":
            return _("The lock does not hold")
        case "dirty":
            return _("It is dirty inside")
        case "something":
            return _("Something nobody knows lies there")
        case "other":
            return _("no reason given")
        case _:
            return why


def kind_word(kind: str | None) -> str:
    """What an item is."""
    match kind:
        case "letter":
            return _("Letter")
        case "registered_letter":
            return _("Registered letter")
        case "bag":
            return _("Bag")
        case "object":
            return _("Object")
        case "basket":
            return _("Basket")
        case "key":
            return _("Key")
        case _:
            return _("Parcel")


def item_state(state: str) -> tuple[str, str, str]:
    """Tone, icon and word for the state of an item."""
    match state:
        case "received":
            return "info", "package-import", _("received at the counter")
        case "claimed":
            return "info", "hourglass", _("being put away")
        case "waiting":
            return "ok", "package", _("waiting")
        case "brought":
            return "info", "package-import", _("brought by its person")
        case "away":
            return "info", "truck-delivery", _("at a partner’s")
        case "kept":
            return "warn", "alert-circle", _("kept, to see to")
        case "in_hand":
            return "warn", "package-export", _("in the hands of the staff")
        case "collected":
            return "ok", "circle-check", _("collected")
        case "returned":
            return "info", "truck-delivery", _("given back to its carrier")
        case "lost":
            return "alarm", "search", _("not found")
        case "dropped":
            return "info", "x", _("deposit given up")
        case _:
            return "warn", "question-mark", _("gone")


def in_hand_word(taken_ms: int | None, initials: str | None) -> str:
    """`in hand since 10:20 (IB)`."""
    if taken_ms is None:
        return _("in the hands of the staff")
    said = _("in hand since %(when)s", when=moment(taken_ms))
    return f"{said} ({initials})" if initials else said


def refused_reasons() -> dict[str, str]:
    """Why a parcel is not taken from its carrier."""
    return {
        "damaged": _("damaged"),
        "stranger": _("for nobody here"),
        "too_big": _("too big"),
        "no_room": _("no room"),
        "perishable": _("perishable"),
        "other": _("another reason"),
    }


def said_word(said: str | None) -> str:
    """What a person answered at the kiosk."""
    words = {
        "have_it": _("I have it"),
        "missing": _("something is missing"),
        "too_high": _("too high for me"),
        "too_heavy": _("too heavy for me"),
        "empty": _("it was empty"),
        "wrong": _("this is not mine"),
        "help": _("I need help"),
    }
    return words.get(said or "", "")


def connection(device: Device, shown: Sequence[Device] = ()) -> tuple[str, str]:
    """Tone and sentence: whether a device is there, and what it keeps for us.

    Two of a kind among those `shown` are told apart by their ids.
    """
    name = device_words.device_name(device, shown)
    if device.exchange_ms is None:
        return "info", _("%(name)s: never seen yet", name=name)
    if device.online:
        return "ok", _("%(name)s online, last exchange %(ago)s", name=name, ago=ago(device.exchange_ms))
    since = max(device.presence_ms or 0, device.exchange_ms)
    said = _("%(name)s offline since %(when)s", name=name, when=moment(since))
    if device.backlog:
        kept = ngettext("%(num)d operation kept on site", "%(num)d operations kept on site", device.backlog)
        said = f"{said}, {kept}"
    return ("warn" if now_ms() - since > QUIET_MS else "info"), said


def door_numbers(doors: Sequence[int]) -> str:
    """Door numbers, those in a row as one span: a whole board falls silent at once."""
    spans: list[list[int]] = []
    for number in sorted(doors):
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(
        f"{span[0]}–{span[-1]}" if len(span) > 2 else ", ".join(map(str, span)) for span in spans
    )


def sentence(thing: Thing) -> str:
    """What is the matter."""
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
            return _("“%(said)s”: a parcel is kept", said=said_word(thing.detail) or thing.detail)
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
        case "double" if len(thing.compartments) == thing.count == 2:
            door, other = thing.compartments
            return _("The same number twice: door %(door)s and door %(other)s", door=door, other=other)
        case "double" if thing.compartments:
            return _("The same number %(count)d times; place: %(doors)s", count=thing.count, doors=doors)
        case "double":
            return _("The same number %(count)d times", count=thing.count)
        case "double_elsewhere":
            return _("The same number is at %(site)s too", site=thing.detail)
        case "papers":
            return ngettext("%(num)d slip is to be given", "%(num)d slips are to be given", thing.count)
        case "unsaid":
            return _("%(name)s does not know that a parcel went back", name=thing.detail or _("Somebody"))
        case "unheard":
            return _("%(name)s does not know that we opened the door", name=thing.detail or _("Somebody"))
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
        case "due" | "near" | "in_hand" | "lost" | "fresh":
            return day_words.sentence(thing)
        case "order_soon" | "order_late":
            return late_words.sentence(thing)
        case kind if kind.startswith(bag_words.PREFIX):
            return bag_words.sentence(thing)
        case kind if kind.startswith(device_words.PREFIX):
            return device_words.sentence(thing)
        case kind if kind.startswith(door_words.PREFIX):
            return door_words.sentence(thing)
        case "adopted_ended":
            return _("Door %(door)s: the lockers hold a parcel that was given out already", door=doors)
        case "hole" | "range_gone":
            return _("Part of what a device noted is lost")
        case "went_back" | "chain_broken" | "corrupt" | "new" | "broken" | "new_journal":
            return _("A device lost its memory and started a new one")
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
            "double",
            "double_elsewhere",
        )
    )
    if thing.kind in ("order_soon", "order_late"):
        return _("promised for")
    return _("last time") if several else _("since")


def advice(thing: Thing) -> str:
    """What to do about it."""
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
        case "due" | "near" | "in_hand" | "lost" | "fresh":
            return day_words.advice(thing)
        case "order_soon" | "order_late":
            return late_words.advice(thing)
        case kind if kind.startswith(bag_words.PREFIX):
            return bag_words.advice(thing)
        case kind if kind.startswith(device_words.PREFIX):
            return device_words.advice(thing)
        case kind if kind.startswith(door_words.PREFIX):
            return door_words.advice(thing)
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
        case "double":
            return _(
                "One parcel was taken in twice, or two bear one number. Look at each place, then at the list."
            )
        case "double_elsewhere":
            return _(
                "A parcel is in one place only. Look whether you have it, and call the other site: "
                "a person was told to come to each."
            )
        case "papers":
            return _("Nothing could be written to these people. Print all slips at once, and give them.")
        case "unsaid" | "unheard":
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
                "It did not answer for five days. Tell whoever maintains it, then an administrator starts"
                " again from the page “Other programs”."
            )
        case "unreadable":
            return _("They are kept as they came. Tell whoever maintains the system.")
        case _:
            return _(
                "Compare what the page says with what lies there, and tell whoever maintains the system."
            )


def link(thing: Thing) -> tuple[str, str] | None:
    """The one main action of a card: address and word."""
    if thing.item and thing.kind in ("kept", "double", "double_elsewhere"):
        return url_for("parcels.show", item=thing.item), _("See the parcel")
    if thing.kind == "papers":
        return url_for("parcels.held", site=thing.site, _anchor="prevenir"), _("See the slips")
    if thing.item and thing.kind in ("unsaid", "unasked", "unheard"):
        return url_for("parcels.show", item=thing.item, _anchor="messages"), _("See the parcel")
    if thing.item and thing.kind in ("untold", "paper"):
        return url_for("parcels.show", item=thing.item, _anchor="messages"), _("Print a slip…")
    if thing.kind in ("due", "near", "in_hand", "lost", "fresh"):
        return day_words.link(thing)
    if thing.kind in ("order_soon", "order_late"):
        return late_words.link(thing)
    if thing.kind.startswith(bag_words.PREFIX):
        return bag_words.link(thing)
    if thing.kind.startswith(device_words.PREFIX) or thing.kind in ("offline", "never"):
        return device_words.link(thing)
    if thing.kind.startswith(door_words.PREFIX):
        return door_words.link(thing)
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
