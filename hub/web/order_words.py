"""How the pages say orders: how far they are, where the thing is, who paid how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from hub.core.custody import WRITTEN_OFF
from hub.core.order_book import is_late, is_refused, lies_ready, lines_of, money, title_of
from hub.core.sight import Door
from hub.store.database import Connection
from hub.store.employers import employer_names
from hub.store.order_book import Order
from hub.store.order_deeds import CANCELLING, DeedError
from hub.store.pages import site_doors
from hub.store.partners import partner_names
from hub.store.people import people_names
from hub.web.gettext import _
from hub.web.guard import now_ms
from hub.web.naming import Names, names_at


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(
        order_state=order_state,
        order_title=order_title,
        lines_of=lines_of,
        money_of=money,
        is_refused=is_refused,
        pay_words=pay_words,
        cancel_words=cancel_words,
    )


@dataclass(frozen=True)
class Who:
    """Who and what is meant by the ids of a site's orders."""

    staff: Names
    people: Mapping[str, str]
    partners: Mapping[str, str]
    employers: Mapping[str, str]
    doors: Mapping[str, str]

    def person(self, order: Order) -> str:
        """Whose order it is."""
        if order["anonymous"]:
            return _("no name, by ticket")
        return self.people.get(order["person"] or "", _("somebody unknown here"))

    def partner(self, partner: str | None) -> str:
        """Who does the work."""
        return self.partners.get(partner or "", _("a partner unknown here"))

    def party(self, kind: str | None, name: str | None, employer: str | None = None) -> str:
        """Who has it, or where it lies."""
        match kind:
            case "compartment" if shelf := self._shelf(name or ""):
                return _("on the shelf %(place)s", place=shelf)
            case "compartment":
                return _("behind door %(door)s", door=self.doors.get(name or "", name or ""))
            case "shelf":
                return _("on the shelf %(place)s", place=name or "")
            case "staff":
                return self._hands(name, employer)
            case "partner":
                return _("at %(partner)s", partner=self.partner(name))
            case "load":
                return _("in a machine")
            case "carrier":
                return _("with the driver")
            case _:
                return _("nobody knows where")

    def _shelf(self, place: str) -> str | None:
        """What is written on a place that has no door."""
        return self.staff.shelves.get(int(place)) if place.isdecimal() else None

    def member(self, name: str | None) -> str:
        """Somebody of the staff, at a kiosk or with an account."""
        known = self.staff.staff.get(name or "") or self.staff.accounts.get(name or "")
        return known or self.staff.staff_member(name)

    def _hands(self, name: str | None, employer: str | None) -> str:
        who = self.member(name)
        whose = self.employers.get(employer or "")
        said = f"{who} ({whose})" if whose else who
        return _("in the hands of %(who)s", who=said)

    def where(self, order: Order) -> str:
        """Where it is now, in a few words."""
        match order["bag_state"]:
            case None | "ordered" if order["state"] == "cancelled":
                return _("nothing was dropped")
            case "ordered" if "unsure@" in order["bag_questions"]:
                return _(
                    "perhaps behind door %(door)s", door=self.doors.get(order["bag_before_id"] or "", "?")
                )
            case None | "ordered":
                return _("not dropped yet") if order["kind"] != "basket" else _("to come")
            case "lost":
                return _("looked for and not found")
            case "ended" if order["bag_ended_how"] == "given_up":
                return _("nothing was dropped")
            case "ended" if order["bag_ended_how"] in WRITTEN_OFF:
                return _("it will not come back")
            case "ended" if order["bag_ended_how"] == "collected":
                return _("its person has it")
            case "ended":
                return _("given back")
        there = self.party(order["bag_holder_kind"], order["bag_holder_id"], order["bag_holder_employer"])
        return _("given away: %(where)s", where=there) if order["bag_state"] == "given" else there


def who_at(connection: Connection, site: str) -> Who:
    """The names of a site, once for a page."""
    return Who(
        names_at(connection, site),
        people_names(connection, site),
        partner_names(connection),
        employer_names(connection),
        {str(door.compartment): _door(door) for door in site_doors(connection, site)},
    )


def _door(door: Door) -> str:
    return door.label or str(door.compartment)


def order_title(order: Order) -> str:
    """The service, as it was called when it was ordered."""
    return title_of(order) or _("an order")


def order_state(order: Order) -> tuple[str, str, str]:
    """Tone, icon and word: how far it is."""
    if is_late(order, now_ms()):
        return "alarm", "clock", _("late")
    ready = ("ok", "circle-check", _("ready"))
    if order["state"] == "placed" and lies_ready(order) and not is_refused(order):
        return ready
    return {
        "placed": ("info", "receipt", _("quote refused"))
        if is_refused(order)
        else ("info", "receipt", _("ordered")),
        "quoted": ("warn", "help-circle", _("quote to answer")),
        "part_ready": ("info", "circle-dashed", _("partly ready")),
        "ready": ready,
        "done": ("ok", "mood-smile", _("handed over")),
        "cancelled": _over_words().get(order["closed_why"] or "", ("info", "x", _("cancelled"))),
    }.get(order["state"], ("info", "receipt", order["state"]))


def _over_words() -> dict[str, tuple[str, str, str]]:
    """For what became of its bag."""
    return {"lost": ("alarm", "x", _("lost for good")), "destroyed": ("alarm", "x", _("past repair"))}


def pay_words() -> dict[str, str]:
    """How a partner is paid."""
    return {
        "terminal": _("at the partner’s card terminal"),
        "link": _("by a payment link of the partner"),
        "invoice": _("on the partner’s invoice"),
        "cash": _("in cash, to the partner"),
        "employer": _("by the employer"),
    }


def cancel_words() -> dict[str, str]:
    """Why an order is no more, as buttons say it."""
    words = (_("The person changed their mind"), _("The partner cannot do it"), _("A mistake of ours"))
    return dict(zip(CANCELLING, words, strict=True))


def cancelled_word(why: str | None) -> str:
    """Why an order is no more, in its story."""
    return {
        "given_up": _("given up at the kiosk"),
        "person": _("the person changed their mind"),
        "partner": _("the partner cannot do it"),
        "staff": _("a mistake of ours"),
        "quote": _("the quote was refused"),
        "moved": _("it goes on with the bag that was found"),
    }.get(why or "", "")


def deed_fault(error: DeedError) -> str:
    """Why something cannot be done any more."""
    return {
        "over": _("This order is over already."),
        "paid": _("All of it is paid already."),
        "too_much": _("That is more than what is still to be paid."),
        "nothing": _("Write how much was paid."),
        "answered": _("This quote was answered, or another came meanwhile. Look at it as it is now."),
    }[error.why]


Story = list[dict[str, Any]]
"""Lines of a story: `at_ms`, `estimated`, `tone`, `icon`, `text`."""
