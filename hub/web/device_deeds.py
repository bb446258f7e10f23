"""What administrators do to devices: add, hand out the folder, name, take out of service, read the log."""

import re
from collections.abc import Mapping

from flask import Blueprint, Flask, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.enrolment import RESERVED, BrokerAddress, DeviceKind, broker_address
from contract.messages import DEVICE_PATTERN
from hub.core.fleet import Standing
from hub.enrolment import EnrolmentError, Wanted, enrol_device, keep, revoke_device, site_broker_files
from hub.store import audit, devices, log_wishes
from hub.store.database import Connection, reading, writing
from hub.store.fleet import LONGEST_NAME, rename, standings
from hub.web.device_words import revoke_reasons
from hub.web.devices import show, standing_or_404
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.places import site_or_404
from hub.web.typed import plain
from hub.web.zipped import zipped

_LONGEST_ADDRESS = 280

page = Blueprint("device_deeds", __name__, url_prefix="/sites/<site>")


def install(app: Flask) -> None:
    """Add the forms."""
    app.register_blueprint(page)


# --- into service -------------------------------------------------------------------------------


@page.get("/appareils/ajouter")
def add(site: str) -> ResponseReturnValue:
    """The form to add a device."""
    return _form(site, {}, {})


@page.post("/appareils/ajouter")
def added(site: str) -> ResponseReturnValue:
    """Note a device; its folder is made on its own page."""
    typed = {name: request.form.get(name, "").strip() for name in ("device", "name")}
    if not re.match(DEVICE_PATTERN, typed["device"]) or typed["device"] in RESERVED:
        return _form(site, typed, {"device": _("At most 40 of the letters a to z, digits and -.")})
    if len(typed["name"]) > LONGEST_NAME:
        return _form(site, typed, {"name": _("At most 80 letters.")})
    try:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            if typed["device"] in devices.named(connection, [typed["device"]]):
                return _form(site, typed, {"device": _("There is, or was, a device of this name.")})
            devices.enrol(connection, typed["device"], site, _next_kind(connection, site), now_ms())
            rename(connection, typed["device"], typed["name"])
            _note(connection, site, typed["device"], "device_added")
    except devices.DeviceError:
        return _form(site, typed, {"device": _("There is, or was, a device of this name.")})
    return redirect(url_for("devices.one", site=site, device=typed["device"]))


@page.post("/appareil/<device>/dossier")
def folder(site: str, device: str) -> ResponseReturnValue:
    """Make the secrets of a device anew and hand them out, once; nothing of them stays here."""
    typed = {name: request.form.get(name, "").strip() for name in ("hub_broker", "site_broker")}
    addresses = {name: _address(text) for name, text in typed.items()}
    wrong = {name: _("Write NAME:PORT, or mqtts://NAME:PORT.") for name, one in addresses.items() if not one}
    hub_broker, site_broker = addresses["hub_broker"], addresses["site_broker"]
    if hub_broker is None or site_broker is None:
        return show(site, device, 422, wrong=wrong, typed=typed)
    try:
        with writing(hub().engine) as connection:
            known = _in_service(connection, site, device)
            kind: DeviceKind = "bridge" if known.device.kind == "bridge" else "kiosk"
            wanted = Wanted(device, site, kind, hub_broker, site_broker)
            enrolled = enrol_device(hub(), connection, wanted, account().id)
            keep(hub(), connection, enrolled)
    except EnrolmentError:
        wrong = {"hub_broker": _("Lockers come first: add them, then make the folder of a kiosk.")}
        return show(site, device, 422, wrong=wrong, typed=typed)
    files = {f"{device}/{name}": text for name, text in enrolled.files.items()}
    files |= _for_the_broker(site)
    return zipped(f"{device}.zip", files | {_("READ-ME.txt"): _read_me(device, site)})


@page.post("/appareil/<device>/courtier")
def broker_files(site: str, device: str) -> ResponseReturnValue:
    """What the broker of the site must be brought after a device was taken out of service."""
    with writing(hub().engine) as connection:
        standing_or_404(connection, site, device)
        _note(connection, site, device, "broker_files_given")
    return zipped(f"{site}-courtier.zip", _for_the_broker(site))


# --- while in service, and out of it ------------------------------------------------------------


@page.post("/appareil/<device>/nom")
def name(site: str, device: str) -> ResponseReturnValue:
    """Give a device a name for people; its id stays."""
    text = plain(request.form.get("name", ""), LONGEST_NAME)
    if len(text) > LONGEST_NAME:
        return show(site, device, 422, wrong={"name": _("At most 80 letters.")})
    with writing(hub().engine) as connection:
        standing_or_404(connection, site, device)
        rename(connection, device, text)
        _note(connection, site, device, "device_renamed")
    return redirect(url_for("devices.one", site=site, device=device))


@page.post("/appareil/<device>/retirer")
def revoke(site: str, device: str) -> ResponseReturnValue:
    """Take a device out of service for good: from now on nothing it says counts, and it is told nothing."""
    reason = request.form.get("reason", "")
    if reason not in revoke_reasons() or request.form.get("sure") != "yes":
        abort(400)
    with writing(hub().engine) as connection:
        _in_service(connection, site, device)
        revoke_device(hub(), connection, device, account().id, reason)
    return redirect(url_for("devices.one", site=site, device=device))


@page.post("/appareil/<device>/journal")
def ask_log(site: str, device: str) -> ResponseReturnValue:
    """Wish to read the last lines of its log; the page then shows what comes of it."""
    with writing(hub().engine) as connection:
        _in_service(connection, site, device)
        log_wishes.wish_log(connection, device, account().id, now_ms())
        _note(connection, site, device, "log_asked")
    return redirect(url_for("devices.one", site=site, device=device, _anchor="journal"))


@page.get("/appareil/<device>/journal.txt")
def log(site: str, device: str) -> ResponseReturnValue:
    """The lines it told, as a file, within the hour."""
    with reading(hub().engine) as connection:
        standing_or_404(connection, site, device)
        excerpt = log_wishes.latest_of(connection, device, now_ms())
    if excerpt is None or excerpt.state != "told":
        abort(404)
    answer = Response(f"{excerpt.lines}\n", mimetype="text/plain")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{device}.txt")
    return answer


# --- parts --------------------------------------------------------------------------------------


def _form(site: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> ResponseReturnValue:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        kind = _next_kind(connection, site)
        known = [one.device.id for gone in (False, True) for one in standings(connection, site, revoked=gone)]
    proposed = _free_id(site, "casiers" if kind == "bridge" else "borne", known)
    answer = render_template(
        "device_add.html", site=row, kind=kind, proposed=proposed, typed=typed, wrong=wrong
    )
    return answer, 422 if wrong else 200


def _next_kind(connection: Connection, site: str) -> DeviceKind:
    """The lockers come first, and there is one bridge a site."""
    return "kiosk" if devices.bridge_of(connection, site) else "bridge"


def _free_id(site: str, word: str, known: list[str]) -> str:
    """`borny-borne`, then `borny-borne-2`; short enough to be an id."""
    stem = f"{site[:30].rstrip('-')}-{word}"
    numbered = (stem if number == 1 else f"{stem}-{number}"[:40] for number in range(1, len(known) + 2))
    return next(one for one in numbered if one not in known)


def _in_service(connection: Connection, site: str, device: str) -> Standing:
    standing = standing_or_404(connection, site, device)
    if standing.revoked_ms is not None:
        abort(404)
    return standing


def _note(connection: Connection, site: str, device: str, action: str) -> None:
    audit.note(connection, now_ms(), account().id, action, site=site, subject=device)


def _address(text: str) -> BrokerAddress | None:
    try:
        return broker_address(text[:_LONGEST_ADDRESS])
    except ValueError:
        return None


def _for_the_broker(site: str) -> dict[str, str]:
    place = _("site-broker")
    return {f"{place}/{name}": text for name, text in site_broker_files(hub(), site).items()}


def _read_me(device: str, site: str) -> str:
    return _(
        "Folder of %(device)s (%(site)s).\n\n"
        "It holds secrets: carry it to the machine, then delete it from this computer and from the stick.\n\n"
        "1. %(device)s/: to /etc/conciergerie on the machine, for its own account alone (chmod 600).\n"
        "2. site-broker/: to the broker of the site, as broker.acl and broker.passwd; then reload it.\n"
        "3. Switch the machine on. Its page on the hub says when it is there.\n\n"
        "A folder that was made before for this device is worth nothing any more.\n",
        device=device,
        site=site,
    )
