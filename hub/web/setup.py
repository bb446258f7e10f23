"""A new place in minutes: step by step, each kept as soon as it is done, so that it can be taken up again.

The last step hands out the files a machine needs; its secrets are made for that answer and kept nowhere.
"""

from typing import Any, Final

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from contract.enrolment import BrokerAddress, broker_address
from hub.core.deadlines import DAYS
from hub.core.opening import Opening, OpeningError, with_opening
from hub.core.places import KEEPING_DAYS, MOST_SHELVES, plan_of, site_id
from hub.enrolment import EnrolmentError
from hub.store import audit, devices
from hub.store.catalogue import tell
from hub.store.database import Connection, reading, writing
from hub.store.opening import set_days, set_hours
from hub.store.sites import (
    SiteError,
    begin_site,
    begun_by,
    change_site,
    set_up,
    site_ids,
    take_off,
)
from hub.store.staff import add_staff, next_number
from hub.web.day_words import fault_word
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, zone
from hub.web.places import site_or_404
from hub.web.setup_files import Wires, machine_address, site_files
from hub.web.setup_steps import (
    STEPS,
    Typed,
    Wrong,
    done_at,
    known_of,
    next_step,
    note,
    shown,
    step_words,
    typed_form,
)
from hub.web.sites import card_typed
from hub.web.typed import chosen_days, fields
from hub.web.zipped import zipped

MOST_KIOSKS: Final = 6
_HOURS: Final = ("morning_opens", "morning_closes", "afternoon_opens", "afternoon_closes", "always")

page = Blueprint("setup", __name__, url_prefix="/sites")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)
    app.jinja_env.globals.update(step_words=step_words)


# --- the place -----------------------------------------------------------------------------------


@page.route("/nouveau", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The first step makes the site."""
    if request.method == "GET":
        return shown(None, "lieu", {"languages": "fr,en", "kind": "district"})
    typed, wrong = card_typed()
    if wrong:
        return shown(None, "lieu", typed, wrong)
    form = typed_form()
    with writing(hub().engine) as connection:
        if site := begun_by(connection, form):
            change_site(connection, site, now_ms(), **typed)
        else:
            site = _begun(connection, typed, form)
    return redirect(url_for("setup.step", site=site, step="horaires"))


def _begun(connection: Connection, typed: dict[str, str], form: str) -> str:
    """A form that is sent twice begins one site."""
    site = site_id(typed["name"], site_ids(connection))
    begin_site(connection, site, typed["name"], now_ms(), **_rest(typed))
    hub().keys.site_key(site)
    if days := KEEPING_DAYS.get(typed["kind"]):  # type: ignore[call-overload]
        set_days(connection, site, dict(DAYS) | days, now_ms())
    audit.note(connection, now_ms(), account().id, "site_begun", site=site, subject=form)
    return site


def _rest(typed: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in typed.items() if name != "name"}


@page.get("/<site>/installer")
def resume(site: str) -> ResponseReturnValue:
    """Where somebody left off."""
    with reading(hub().engine) as connection:
        done = done_at(connection, site)
    first = next((one for one in STEPS if one not in done), "fin")
    return redirect(url_for("setup.step", site=site, step=first))


@page.get("/<site>/installer/<step>")
def step(site: str, step: str) -> ResponseReturnValue:
    """One of the steps."""
    if step not in STEPS:
        abort(404)
    return shown(site, step)


@page.post("/<site>/installer/lieu")
def place(site: str) -> ResponseReturnValue:
    """Another name, kind or way to reach it."""
    typed, wrong = card_typed()
    if wrong:
        return shown(site, "lieu", typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        change_site(connection, site, now_ms(), **typed)
        note(connection, site, "site_changed")
    return next_step(site, "lieu")


# --- hours, lockers ------------------------------------------------------------------------------


@page.post("/<site>/installer/horaires")
def hours(site: str) -> ResponseReturnValue:
    """The usual week; closures and odd days come later, on their own page."""
    typed: dict[str, Any] = fields(_HOURS, 8)
    typed["days"] = chosen_days("days")
    try:
        week = _week(typed)
    except OpeningError as error:
        return shown(site, "horaires", typed, {error.field: fault_word(error.fault, "opens", nights=False)})
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        set_hours(connection, site, week, now_ms(), always=bool(typed["always"]))
        tell(connection, site, now_ms(), zone())
        note(connection, site, "hours_changed")
    return next_step(site, "horaires")


def _week(typed: dict[str, Any]) -> tuple[Opening, ...]:
    """Morning and afternoon on the same days; either may be empty. `field` of an error is the form's."""
    week: tuple[Opening, ...] = ()
    for part in ("morning", "afternoon"):
        opens, closes = typed[f"{part}_opens"], typed[f"{part}_closes"]
        if not (opens or closes):
            continue
        try:
            week = with_opening(week, typed["days"], opens, closes, after_midnight=False)
        except OpeningError as error:
            field = "days" if error.field == "days" else f"{part}_{error.field}"
            raise OpeningError(error.fault, field) from None
    if not week and not typed["always"]:
        raise OpeningError("days", "days")
    return week


@page.post("/<site>/installer/casiers")
def lockers(site: str) -> ResponseReturnValue:
    """Which lockers stand there, or none."""
    typed = fields(("cabinet", "shelves"), 8)
    plan = plan_of(f"{typed['cabinet']}/{typed['shelves'] or '0'}")
    if plan is None:
        wrong = {"shelves": _("Write a number from 1 to %(most)d.", most=MOST_SHELVES)}
        return shown(site, "casiers", typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        change_site(connection, site, now_ms(), cabinet=plan.text)
        note(connection, site, "lockers_chosen")
    return next_step(site, "casiers")


# --- team, devices -------------------------------------------------------------------------------


@page.post("/<site>/installer/equipe")
def team(site: str) -> ResponseReturnValue:
    """Somebody who signs in at the kiosk; their PIN is shown once."""
    typed = fields(("initials",), 8)
    if not 1 <= len(typed["initials"]) <= 8:
        return shown(site, "equipe", typed, {"initials": _("Two or three letters.")})
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        number = next_number(connection, site)
        key = hub().keys.site_key(site)
        member, pin = add_staff(
            connection, site, key, initials=typed["initials"], number=number, now_ms=now_ms()
        )
        audit.note(connection, now_ms(), account().id, "staff_added", site=site, subject=member)
    return shown(site, "equipe", told={"initials": typed["initials"], "number": number, "pin": pin})


@page.post("/<site>/installer/appareils")
def machines(site: str) -> ResponseReturnValue:
    """One bridge, and as many kiosks as were asked for; those that are there already stay."""
    typed = fields(("kiosks",), 4)
    wanted = int(typed["kiosks"]) if typed["kiosks"].isascii() and typed["kiosks"].isdecimal() else 0
    if not 1 <= wanted <= MOST_KIOSKS:
        wrong = {"kiosks": _("Write a number from 1 to %(most)d.", most=MOST_KIOSKS)}
        return shown(site, "appareils", typed, wrong)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if devices.bridge_of(connection, site) is None:
            _add_device(connection, site, "bridge", "casiers")
        for _number in range(wanted - len(devices.kiosks_of(connection, site))):
            _add_device(connection, site, "kiosk", "borne")
    return next_step(site, "appareils")


def _add_device(connection: Connection, site: str, kind: str, word: str) -> None:
    stem = f"{site[:28].rstrip('-')}-{word}"
    names = [stem, *(f"{stem}-{number}" for number in range(2, 50))]
    known = devices.named(connection, names)
    device = next(one for one in names if one not in known)
    devices.enrol(connection, device, site, kind, now_ms())
    audit.note(connection, now_ms(), account().id, "device_added", site=site, subject=device)


# --- the end -------------------------------------------------------------------------------------


@page.post("/<site>/installer/fichiers")
def files(site: str) -> ResponseReturnValue:
    """All the machines of the site need, in one archive. What was handed out before is void."""
    typed = fields(("hub_broker", "site_broker"), 280)
    with writing(hub().engine) as connection:
        row = site_or_404(connection, site)
        wires, wrong = _wires(typed, len(devices.kiosks_of(connection, site)))
        if wires is None:
            return shown(site, "fin", typed, wrong)
        try:
            found = site_files(connection, row, wires)
        except EnrolmentError:
            abort(409)
        note(connection, site, "files_made")
    return zipped(f"{site}.zip", found)


def _wires(typed: Typed, kiosks: int) -> tuple[Wires | None, Wrong]:
    """Where the brokers are; a single kiosk stands beside its own."""
    wrong: dict[str, str] = {}
    found: dict[str, BrokerAddress] = {}
    try:
        found["hub"] = broker_address(typed["hub_broker"])
    except ValueError:
        wrong["hub_broker"] = _("Write NAME:PORT, or mqtts://NAME:PORT.")
    try:
        if kiosks > 1:
            found["site"] = machine_address(typed["site_broker"])
    except ValueError:
        wrong["site_broker"] = _("Write its address in the network of the place, such as 192.168.1.20.")
    return (None if wrong else Wires(**found)), wrong


@page.get("/<site>/installer/feuille")
def sheet(site: str) -> ResponseReturnValue:
    """What is still to be done on the spot, to be printed."""
    with reading(hub().engine) as connection:
        return render_template("setup_sheet.html", **known_of(connection, site))


@page.post("/<site>/installer/fin")
def finish(site: str) -> ResponseReturnValue:
    """It is set up."""
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        set_up(connection, site, now_ms())
        note(connection, site, "site_set_up")
    return redirect(url_for("lockers.show", site=site))


@page.post("/<site>/installer/retirer")
def withdraw(site: str) -> ResponseReturnValue:
    """A place that was begun by mistake, or tried out, is gone again."""
    with writing(hub().engine) as connection:
        name = site_or_404(connection, site).name
        try:
            take_off(connection, site)
        except SiteError:
            flash(_("Something is there by now: it stays on the list."))
            return redirect(url_for("setup.resume", site=site))
        note(connection, site, "site_taken_off")
    session.pop("site", None)
    flash(_("%(name)s is off the list.", name=name))
    return redirect(url_for("sites.show"))
