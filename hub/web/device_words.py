"""How the pages say it of kiosks and lockers: what they are called, how they are, what is to be done."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import format_date, format_decimal

from hub.core.attention import Thing
from hub.core.device_alarms import CLOCK_OFF_MS, Worry
from hub.core.device_alarms import PREFIX as PREFIX
from hub.core.fleet import Machine, Standing
from hub.core.sight import Device, called
from hub.web.days import day_of
from hub.web.gettext import _, ngettext
from hub.web.guard import may_ask


def kind_word(device: Device) -> str:
    """What a device is."""
    return _("Kiosk") if device.kind == "kiosk" else _("Lockers")


def device_name(device: Device, shown: Sequence[Device] = ()) -> str:
    """What a device is called, among those `shown`."""
    return called(device, kind_word(device), shown)


def sender(thing: Thing, shown: Sequence[Device]) -> str:
    """The device a card is about, where its sentence does not name it; as it is called among `shown`."""
    says_so = thing.kind in ("offline", "never") or thing.kind.startswith(PREFIX)
    if says_so or thing.item or thing.compartments:
        return ""
    known = next((device for device in shown if device.id == thing.device), None)
    return device_name(known, shown) if known else thing.device or ""


# --- how one is ---------------------------------------------------------------------------------


def clock_word(standing: Standing) -> str:
    """Whether its clock can be believed, and how far it is from the hub's."""
    off_ms = abs(standing.clock_off_ms or 0)
    match standing.clock:
        case None:
            return _("not told yet")
        case "unknown":
            return _("wrong: it has not found the time since it was switched on")
        case _ if off_ms >= CLOCK_OFF_MS:
            return _("wrong by %(span)s", span=span_word(off_ms // 1000))
        case "held":
            return _("right, but set by nobody for a while")
        case _:
            return _("right")


def span_word(seconds: int) -> str:
    """A length of time, roughly: to the nearest."""
    if seconds < 120:
        return ngettext("%(num)d second", "%(num)d seconds", seconds)
    if seconds < 2 * 3600:
        return ngettext("%(num)d minute", "%(num)d minutes", round(seconds / 60))
    if seconds < 2 * 86_400:
        return ngettext("%(num)d hour", "%(num)d hours", round(seconds / 3600))
    return ngettext("%(num)d day", "%(num)d days", round(seconds / 86_400))


def power_word(under_voltage: str | None) -> str:
    """Whether its power supply is strong enough."""
    words = {
        "no": _("good"),
        "was": _("was too weak since it was switched on"),
        "now": _("too weak now"),
    }
    return words.get(under_voltage or "", _("not measured"))


def scale_word(scale: str) -> str:
    """How the scale is."""
    words = {
        "good": _("weighs as it should"),
        "silent": _("says nothing"),
        "moving": _("does not come to rest"),
    }
    return words.get(scale, scale)


def certificate_word(machine: Machine) -> str:
    """Until when its certificate is good."""
    if machine.certificate_ends_ms is None:
        return _("none")
    day = format_date(day_of(machine.certificate_ends_ms), "d MMMM y", rebase=False)
    return _("until %(day)s", day=day)


def size_word(count: int) -> str:
    """So many bytes: `1.7 MB`."""
    return _("%(size)s MB", size=format_decimal(round(count / 1_000_000, 1)))


def worry_word(worry: Worry) -> str:
    """What is the matter, in two or three words."""
    match worry.kind:
        case "clock":
            return _("wrong clock")
        case "backlog":
            return _("falls behind")
        case "disk":
            return _("disk nearly full")
        case "power":
            return _("power too weak")
        case "heat":
            return _("%(count)d °C", count=worry.value)
        case "scale_silent" | "scale_moving":
            return _("no weight")
        case "certificate":
            return ngettext("certificate: %(num)d day left", "certificate: %(num)d days left", worry.value)


def incident_word(kind: str) -> str:
    """What the hub noticed about a device."""
    words = {
        "malformed": _("sent what cannot be read"),
        "oversized": _("sent more than a message may hold"),
        "revoked": _("still speaks, though it was taken out of service"),
        "damaged": _("sent something that was damaged on its way"),
        "fork": _("told two different stories"),
        "went_back": _("lost part of its memory"),
        "new_journal": _("lost its memory and began anew"),
        "failed": _("sent something the hub could not handle"),
        "stranger": _("is unknown here, and speaks all the same"),
        "dropped": _("said more at once than the hub could take"),
        "forged_order": _("was told to open a door by somebody who did not ask on these pages"),
    }
    return words.get(kind, kind)


def deed_word(action: str, detail: str) -> str:
    """What somebody did about a device on these pages."""
    words = {
        "device_added": _("added it"),
        "device_enrolled": _("made its folder"),
        "device_renamed": _("gave it a name"),
        "device_revoked": _("took it out of service"),
        "log_asked": _("asked for its last lines"),
    }
    said = words.get(action, action)
    reason = revoke_reasons().get(detail, "")
    return f"{said} ({reason})" if reason else said


def revoke_reasons() -> dict[str, str]:
    """Why a device is taken out of service; the key stands in the audit."""
    return {
        "lost": _("It is lost"),
        "stolen": _("It was stolen"),
        "broken": _("It is broken"),
        "replaced": _("Another one takes its place"),
        "closed": _("The place closes"),
    }


def excerpt_word(state: str, why: str | None) -> tuple[str, str, str]:
    """Tone, icon and sentence: what became of the wish to read a log."""
    match state, why:
        case "told", _why:
            return "ok", "list", _("The last lines")
        case "dead", "offline":
            return "warn", "plug-connected-x", _("Not asked: the device is offline.")
        case "dead", _why:
            return "warn", "clock", _("No answer. A device of an older version cannot tell them.")
        case _:
            return "info", "hourglass", _("Asked. The answer comes within seconds…")


# --- cards of "to do now" -------------------------------------------------------------------------


def sentence(thing: Thing) -> str:
    """The heading of a card."""
    name = thing.detail
    match thing.kind.removeprefix(PREFIX):
        case "clock":
            return _("%(name)s: the clock is wrong", name=name)
        case "backlog":
            return ngettext(
                "%(name)s falls behind: %(num)d operation to send",
                "%(name)s falls behind: %(num)d operations to send",
                thing.count,
                name=name,
            )
        case "disk":
            return _("%(name)s: the disk is nearly full, %(count)d %% left", name=name, count=thing.count)
        case "power" if thing.tone == "alarm":
            return _("%(name)s: the power supply is too weak", name=name)
        case "power":
            return _("%(name)s: the power supply was too weak", name=name)
        case "heat":
            return _("%(name)s is too hot: %(count)d °C", name=name, count=thing.count)
        case "scale_silent":
            return _("%(name)s: the scale says nothing", name=name)
        case "scale_moving":
            return _("%(name)s: the scale does not come to rest", name=name)
        case _ if thing.count == 0:
            return _("%(name)s: its certificate ends today, or has ended", name=name)
        case _:
            return ngettext(
                "%(name)s: its certificate ends in %(num)d day",
                "%(name)s: its certificate ends in %(num)d days",
                thing.count,
                name=name,
            )


def advice(thing: Thing) -> str:
    """What to do about it."""
    match thing.kind.removeprefix(PREFIX):
        case "clock":
            return _(
                "Check that it reaches the Internet. Until then mandates are refused and times are estimated."
            )
        case "backlog":
            return _("Nothing is lost. If it goes on, tell whoever maintains the system.")
        case "disk":
            return _("Tell whoever maintains the system. When it is full, no door opens any more.")
        case "power":
            return _(
                "Use the power supply that came with the machine, and a short cable: its card is in danger."
            )
        case "heat":
            return _("Let air come to it: nothing on it, no heating near it.")
        case "scale_silent":
            return _(
                "Switch it on, and check its cable. Bags are taken without a weight meanwhile. If it goes off"
                " by itself, tell whoever maintains the system."
            )
        case "scale_moving":
            return _(
                "Set it on firm ground, level, with nothing leaning on it, out of the draught. Bags are taken"
                " without a weight meanwhile."
            )
        case _ if may_ask("device_deeds.folder", "POST"):
            return _(
                "Make its folder anew on its page and carry it there. Afterwards it cannot connect any more."
            )
        case _:
            return _(
                "Tell an administrator: its folder is made anew, and carried there. Afterwards it cannot"
                " connect any more."
            )


def link(thing: Thing) -> tuple[str, str]:
    """The main action of a card."""
    return url_for("devices.one", site=thing.site, device=thing.device), _("See the device")
