"""How the pages say what is wished of a door, and what came of it: only what is known, in words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from flask import Flask, url_for
from flask_babel import format_decimal

from hub.core.attention import Thing
from hub.core.sight import Door
from hub.store.door_wishes import CONFIRM_MS
from hub.web.gettext import _, ngettext
from hub.web.guard import now_ms

LAPSE_MS: Final = 40_000
"""Longer than an order lives where somebody talks to the bridges (hub.orders)."""
TEST: Final = "test"
"""The reason of an opening that only shows whether the door works."""
EMPTY: Final = "seen_empty"
"""The reason why a compartment may be used again."""
PREFIX: Final = "door_"
"""Things to do that somebody asks of somebody at a door."""

Outcome = tuple[str, str, str]
"""Tone, icon and sentence."""


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


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(
        reasons=reasons,
        out_reasons=out_reasons,
        move_reasons=move_reasons,
        consents=consents,
        wish_word=wish_word,
        why_word=why_word,
        agreed_word=agreed_word,
        order_outcome=order_outcome,
        still_waits=still_waits,
        evidence_word=evidence_word,
    )


# --- what is chosen by a button ------------------------------------------------------------------


def reasons() -> dict[str, str]:
    """Why a door is opened from afar; the key goes to the site and into its journal."""
    return {
        "code_trouble": _("The person cannot use the code"),
        "door_stuck": _("The door stayed shut"),
        "left_inside": _("Something was left inside"),
        "look_inside": _("To look inside"),
        "repair": _("Repair or cleaning"),
    }


def out_reasons() -> dict[str, str]:
    """Why a compartment is taken out of service: the words of the kiosk (`not_usable_word`)."""
    return {
        "damaged": _("The door is damaged"),
        "lock": _("The lock does not hold"),
        "dirty": _("It is dirty inside"),
        "something": _("Something nobody knows lies there"),
        "other": _("Another reason"),
    }


def move_reasons() -> dict[str, str]:
    """Why something gets another place."""
    return {
        "stuck": _("The door sticks"),
        "reach": _("Too high or too low for its person"),
        "repair": _("The door is to be repaired"),
        "other": _("Another reason"),
    }


def consents() -> dict[str, str]:
    """Who else agrees that a door is opened behind which something lies."""
    return {
        "present": _("Its person is there and agrees"),
        "phone": _("Its person agrees on the telephone"),
        "second": _("A colleague must agree"),
    }


def why_word(reason: str) -> str:
    """A reason in words; an unknown one as it is."""
    return door_reasons().get(reason, reason)


def door_reasons() -> dict[str, str]:
    """Every reason for which a door is opened, tested, or taken in or out of service."""
    return {**out_reasons(), **reasons(), TEST: _("Door test"), EMPTY: _("Seen empty")}


def wish_word(order: Any) -> str:
    """What was wished."""
    match order.deed:
        case "out":
            return _("Out of service")
        case "in":
            return _("In service again")
        case _ if order.reason == TEST:
            return _("Door test")
        case _:
            return _("Opening from here")


def agreed_word(order: Any, accounts: dict[str, str]) -> str:
    """Who else agreed; empty where nobody had to."""
    match order.consent:
        case "present":
            return _("its person was there")
        case "phone":
            return _("its person agreed on the telephone")
        case "second" if order.confirmed_by:
            who = accounts.get(order.confirmed_by, _("somebody with an account"))
            return _("%(who)s agreed", who=who)
        case _:
            return ""


def evidence_word(door: Door) -> str:
    """By which evidence the hub knows what lies there, or that nothing does."""
    if not door.item:
        words = {
            "usable": _("Nothing was put there since it was last empty"),
            "out": _("It was empty, or so it was said, when it was taken out of service"),
        }
        return words.get(door.usable, _("Nobody has looked yet"))
    if door.unsure_ms is not None:
        return _("In doubt: the door was cut short while it was being taken out")
    if door.left_evidence == "door":
        return _("The sensor saw the door open, then close on it")
    if door.left_evidence == "shelf":
        return _("The staff said so; no sensor sees a shelf")
    return _("The place is kept for it; nothing is seen inside yet")


# --- what came of it -----------------------------------------------------------------------------


def order_outcome(order: Any) -> Outcome:
    """Only what is known: the outcome is the fact that came back."""
    if order.deed != "open":
        return _use_outcome(order)
    if order.reason == TEST and (tested := _test_outcome(order)) is not None:
        return tested
    match order.outcome:
        case "opened" | "left_open":
            return "ok", "door-enter", _("The door opened")
        case "closed":
            return "ok", "door-exit", _("The door opened, then closed")
        case "not_opened":
            return "alarm", "lock", _("The door did not open")
        case "uncertain":
            return "warn", "question-mark", _("Cut short: what happened is not known")
        case "intent" | "pulsed":
            return "info", "key", _("The lock was told to open; no news from the door yet")
    return undone(order)


def _test_outcome(order: Any) -> Outcome | None:
    """A test has passed when the sensor saw the door open, then close; None: as of any opening."""
    match order.outcome:
        case "closed":
            return "ok", "circle-check", _passed(order)
        case "opened" | "left_open":
            return "info", "door-enter", _("It opened. Push it shut: the test ends when the sensor sees it")
        case "not_opened":
            return (
                "alarm",
                "lock",
                _("The test has failed: the lock was told twice, and the door stayed shut"),
            )
        case "uncertain":
            return "warn", "question-mark", _("The test was cut short: what happened is not known")
        case _:
            return None


def _passed(order: Any) -> str:
    """By what the sensor saw, and when: a lock that gets slow is seen before it fails."""
    moments = (order.pulsed_ms, order.opened_ms, order.closed_ms)
    if None in moments or list(moments) != sorted(moments):
        return _("The test has passed: the sensor saw it open, then close")
    opened, shut = (format_decimal((then - now) / 1000, "0.0") for now, then in pairwise(moments))
    return _("The test has passed: open after %(opened)s s, shut %(shut)s s later", opened=opened, shut=shut)


def _use_outcome(order: Any) -> Outcome:
    match order.state:
        case "done" if order.deed == "out":
            return "ok", "ban", _("The lockers have taken it out of service")
        case "done":
            return "ok", "circle-check", _("The lockers use it again")
        case "taken":
            return "info", "hourglass", _("The lockers took the request; it is not noted yet")
        case _:
            return undone(order)


def undone(order: Any) -> Outcome:
    """The same for an order of which no fact has come back."""
    match order.state:
        case "waits" if still_waits(order):
            minutes = max(1, (order.asked_ms + CONFIRM_MS - now_ms()) // 60_000)
            left = ngettext("%(num)d minute left", "%(num)d minutes left", minutes)
            return "warn", "users", _("A colleague must agree on their own screen: %(left)s", left=left)
        case "waits":
            return "warn", "clock", _("Not carried out: no colleague agreed in time")
        case "refused":
            return "warn", "ban", _("Not carried out: the lockers refused (%(why)s)", why=refusal(order.why))
        case "dead" if order.why in ("offline", None):
            return "warn", "plug-connected-x", _("Not carried out (offline)")
        case "dead" if order.why == "overtaken":
            return "warn", "eye", _("Not carried out: something else lies there now")
        case "dead" if order.why == "replaced":
            return "info", "x", _("Not carried out: taken back")
        case "dead" if order.why == "lapsed":
            return "warn", "ban", _("Not carried out: who asked may not any more")
        case "dead" | "asked" | "nonce" | "sent" if order.state == "dead" or _lapsed(order):
            return "warn", "clock", _("Not carried out: no answer in time")
        case "taken":
            return "info", "key", _("The lockers took the request; no news from the door yet")
        case _:
            return "info", "hourglass", _("Asked. Waiting for the lockers…")


def still_waits(order: Any) -> bool:
    """Whether a second account may agree to it yet."""
    return bool(order.state == "waits" and now_ms() - order.asked_ms < CONFIRM_MS)


def _lapsed(order: Any) -> bool:
    """Nobody talks to the bridges at the moment: the wish is dead all the same."""
    return bool(now_ms() - order.asked_ms > LAPSE_MS)


def refusal(why: str | None) -> str:
    """Why a bridge refused."""
    words = {
        "late": _("too late"),
        "nonce": _("too late"),
        "signature": _("it did not come from this hub"),
        "generation": _("something else lies there now"),
        "taken": _("something lies there"),
        "unknown_door": _("there is no such door"),
        "busy": _("a door is moving, or stands open"),
        "cap": _("too many doors in a short time"),
        "disk": _("its memory is full"),
    }
    return words.get(why or "", _("no reason given"))


# --- things to do --------------------------------------------------------------------------------


def sentence(thing: Thing) -> str:
    """What is asked for."""
    (door,) = thing.compartments
    if thing.kind == "door_move":
        return _("What lies behind door %(door)s is to be moved", door=door)
    return _("Door %(door)s: a second person must agree", door=door)


def advice(thing: Thing) -> str:
    """What to do about it."""
    if thing.kind == "door_move":
        why = move_reasons().get(thing.detail, thing.detail)
        return _(
            "%(why)s. At the kiosk: “What is here”, this door, “Move”. The code stays the same.", why=why
        )
    why = why_word(thing.detail)
    return _("%(why)s. Something lies there: whoever did not ask may agree, within ten minutes.", why=why)


def link(thing: Thing) -> tuple[str, str]:
    """Where to see to it."""
    anchor = "deplacer" if thing.kind == "door_move" else "ouverture"
    address = url_for("lockers.door", site=thing.site, compartment=thing.compartments[0], _anchor=anchor)
    return address, _("See the door") if thing.kind == "door_move" else _("See the request")
