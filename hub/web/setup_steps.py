"""The steps of a new place as its pages show them: what is known, what is done, and which one is open."""

import re
from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contract.ids import fresh_id
from hub.core.opening import Hours
from hub.core.places import CABINETS, Plan, plan_of
from hub.store import audit, devices
from hub.store.database import Connection, reading
from hub.store.opening import hours_of
from hub.store.sites import is_untouched
from hub.store.staff import site_staff
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms
from hub.web.language import TALKED
from hub.web.places import site_or_404
from hub.web.sites import CARD

STEPS: Final = ("lieu", "horaires", "casiers", "equipe", "appareils", "fin")
_FORM: Final = re.compile(r"[0-9a-f]{32}")

Typed = Mapping[str, Any]
Wrong = Mapping[str, str]


def step_words() -> dict[str, str]:
    """What the steps are called."""
    words = (_("The place"), _("Hours"), _("Lockers"), _("Team"), _("Devices"), _("Ready"))
    return dict(zip(STEPS, words, strict=True))


def next_step(site: str, step: str) -> ResponseReturnValue:
    """On to the one after this."""
    return redirect(url_for("setup.step", site=site, step=STEPS[STEPS.index(step) + 1]))


def note(connection: Connection, site: str, action: str) -> None:
    """In the transaction of the deed."""
    audit.note(connection, now_ms(), account().id, action, site=site)


def known_of(connection: Connection, site: str) -> dict[str, Any]:
    """What is known of a site so far."""
    row = site_or_404(connection, site)
    versions = hours_of(connection, site)
    return {
        "site": row,
        "hours": versions[-1] if versions else Hours(0),
        "plan": plan_of(row.cabinet),
        "team": site_staff(connection, site),
        "bridge": devices.bridge_of(connection, site),
        "kiosks": devices.kiosks_of(connection, site),
    }


def done_at(connection: Connection, site: str) -> set[str]:
    """The steps that have their answer."""
    known = known_of(connection, site)
    found = {"lieu"}
    found |= {"horaires"} if known["hours"].known else set()
    found |= {"casiers"} if known["plan"] else set()
    found |= {"equipe"} if known["team"] else set()
    found |= {"appareils"} if known["bridge"] else set()
    return found | ({"fin"} if known["site"].ready_ms is not None else set())


def shown(
    site: str | None,
    step: str,
    typed: Typed | None = None,
    wrong: Wrong | None = None,
    told: Mapping[str, Any] | None = None,
) -> ResponseReturnValue:
    """The page of a step; `site` is None before there is one."""
    known: dict[str, Any] = {"site": None}
    done: set[str] = set()
    if site is not None:
        with reading(hub().engine) as connection:
            known, done = known_of(connection, site), done_at(connection, site)
            known["untouched"] = is_untouched(connection, site)
        if step == "lieu" and typed is None:
            typed = {name: known["site"]._mapping[name] for name in (*CARD, "languages")}
    answer = render_template(
        f"setup_{step}.html",
        **known,
        step=step,
        done=done,
        typed=typed or {},
        wrong=wrong or {},
        told=told,
        tongues=TALKED,
        plans=[(one, Plan(one, 2 if one.columns else 8)) for one in CABINETS],
        own_broker=_own_broker(),
        form=typed_form(),
    )
    return answer, 422 if wrong else 200


def typed_form() -> str:
    """Which form it is, made when it was shown."""
    typed = request.form.get("form", "")
    return typed if _FORM.fullmatch(typed) else fresh_id(now_ms())


def _own_broker() -> str:
    """The address by which this hub reaches its broker, as a form has it."""
    own = hub().settings.broker
    return f"{'mqtts' if own.tls else 'mqtt'}://{own.host}:{own.port}"
