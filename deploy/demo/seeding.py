"""Filling an empty demo through the hub's own commands, as an operator would: nothing else."""

import secrets
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from contract.messages import PersonName, Size
from deploy.brokers import LOOPBACK
from deploy.demo.concierge import Concierge, Deposit
from deploy.demo.plan import BRIDGE, DESK, KIOSK, SITE, SITE_NAME, DemoError, Kept, Plan, Waiting

PEOPLE: Final = 25
STAFF_NUMBER: Final = 12
_ADMINISTRATOR: Final = "nadia"
_WHEN: Final = "du lundi au vendredi, de 9 h à 12 h et de 16 h à 19 h"
_HELPER: Final = ("--helper", "Nadia", "--helper-hours", _WHEN)
_HOURS: Final = ("1-5", "9:00", "12:00", "1-5", "16:00", "19:00")
_LANGUAGES: Final = ("--languages", "fr,en,ar,sq")
_PHONE: Final = ("--phone", "03 53 01 00 57")  # a number kept free for stories
_PARCELS: Final[tuple[tuple[str, Size, str, str], ...]] = (
    ("Colette Schwartz", "S", "6A12345678901", "Colissimo"),
    ("Tewelde Haile", "M", "XW004512873FR", "Chronopost"),
    ("Mireille Nkouka", "L", "1Z999AA10123456784", "UPS"),
)


def hub_command(plan: Plan, *arguments: str, said: str = "") -> str:
    """Run one command of the hub and return what it printed; DemoError with its words when it fails."""
    done = subprocess.run(
        plan.python("hub", *arguments, "--data", str(plan.hub)),
        input=said,
        capture_output=True,
        text=True,
        env=plan.environment(),
        check=False,
    )
    if done.returncode != 0:
        raise DemoError(f"hub {' '.join(arguments[:2])} : {(done.stderr or done.stdout).strip()}")
    return done.stdout


def seed(plan: Plan) -> Kept:
    """Make site, people, staff, administrator and devices; passwords and PIN are new each time.

    People and devices in two lanes: most of a command's second is spent in starting Python.
    """
    hub_command(plan, "site", "create", SITE, "--name", SITE_NAME, *_HELPER, *_PHONE, *_LANGUAGES)
    with ThreadPoolExecutor(2) as lanes:
        devices = lanes.submit(enrol_all, plan)
        known = lanes.submit(_invite, plan).result()
        devices.result()
    return known


def offer(plan: Plan, today: date) -> None:
    """What partners of the quarter do; one of it for a few weeks only."""
    with tempfile.TemporaryDirectory() as folder:
        offers = Path(folder) / "catalogue.toml"
        offers.write_text(plan.catalogue_toml(today - timedelta(days=3), today + timedelta(days=18)))
        hub_command(plan, "catalogue", "import", str(offers), "--site", SITE)


def _invite(plan: Plan) -> Kept:
    """Everybody: residents, the concierge at the kiosk, the administrator of the pages."""
    password = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory() as folder:
        people, pin_file = Path(folder) / "people.csv", Path(folder) / "pin"
        people.write_bytes(plan.people_csv())
        hub_command(plan, "people", "import", str(people), "--site", SITE)
        staff = ("--site", SITE, "--initials", "NB", "--number", str(STAFF_NUMBER))
        hub_command(plan, "site", "hours", SITE, *_HOURS)
        hub_command(plan, "staff", "add", *staff, "--pin-out", str(pin_file))
        pin = pin_file.read_text().strip()
    hub_command(plan, "admin", "create", "--name", _ADMINISTRATOR, "--password-stdin", said=f"{password}\n")
    return Kept(plan.ports.base, _ADMINISTRATOR, password, STAFF_NUMBER, pin)


def enrol_all(plan: Plan) -> None:
    """Enrol the three devices of the site, again where they are already: the ports may have changed."""
    brokers = ["--hub-broker", f"{LOOPBACK}:{plan.ports.line}"]
    brokers += ["--site-broker", f"{LOOPBACK}:{plan.ports.site_broker}"]
    for device, kind in ((BRIDGE, "bridge"), (KIOSK, "kiosk"), (DESK, "kiosk")):
        where = ("--out", str(plan.device(device)), "--replace")
        hub_command(plan, "enrol", device, "--site", SITE, "--kind", kind, *brokers, *where)


def first_parcels(concierge: Concierge, kept: Kept) -> tuple[Waiting, ...]:
    """Let the concierge put three parcels away; what their addressees hold in hand."""
    people = {person.name: person for person in concierge.people(PEOPLE)}
    staff = concierge.sign_in(kept.staff_number, kept.pin)
    deposits = [
        concierge.deposit(staff, _named(people, name), size, label, carrier)
        for name, size, label, carrier in _PARCELS
    ]
    concierge.leave(staff)
    return tuple(waiting(deposits))


def waiting(deposits: Iterable[Deposit]) -> Iterable[Waiting]:
    """The slips, as the demo shows them."""
    for one in deposits:
        person = one.person
        yield Waiting(person.name, person.flat, one.compartment, one.size, one.slip.digits, one.item)


def _named(people: dict[str, PersonName], name: str) -> PersonName:
    if name not in people:
        raise DemoError(f"{name} n'est pas dans la liste du serveur.")
    return people[name]
