"""The main job without hands: a parcel is put in, the line is cut, the parcel is collected, the hub hears.

Every step is checked against the cabinet's own state and the hub's ledger, never against what the programs
say of themselves, and printed with the time it took.
"""

import http.client
import json
import re
import threading
from collections.abc import Callable
from typing import Any, Final

import click

from deploy.brokers import LOOPBACK
from deploy.demo.concierge import Deposit
from deploy.demo.plan import DemoError, Kept
from deploy.demo.seeding import PEOPLE, hub_command
from deploy.demo.stage import Stage

PATIENCE_SECONDS: Final = 60.0
_WHO: Final = "Lucien Thiriet"


class Tour:
    """One walk through the main job. `walk` raises DemoError at the first step that fails."""

    def __init__(self, stage: Stage, kept: Kept, began_ms: int) -> None:
        self._stage, self._kept = stage, kept
        self._step_ms = self._began_ms = began_ms

    def walk(self) -> None:
        """All steps, in order."""
        self._done("tout est démarré")
        parcel = self._put_in()
        self._wait_for_ledger("le serveur sait que le colis est dans le casier", parcel, {"item_left"})
        self._stage.line.cut()
        self._done("la ligne est coupée")
        self._collect(parcel)
        self._stay_unheard(parcel)
        self._stage.line.join()
        self._done("la ligne est rebranchée")
        wanted = {"door_opened", "door_closed", "item_collected"}
        self._wait_for_ledger("le serveur a appris : ouvert, fermé, retiré", parcel, wanted)
        total_ms = self._stage.clock.mono_ms() - self._began_ms
        click.echo(f"La visite a réussi en {total_ms} ms.")

    # --- the steps -----------------------------------------------------------------------------

    def _put_in(self) -> Deposit:
        with self._stage.concierge() as concierge:
            people = {person.name: person for person in concierge.people(PEOPLE)}
            staff = concierge.sign_in(self._kept.staff_number, self._kept.pin)
            self._done("la concierge s'est identifiée")
            parcel = concierge.deposit(staff, people[_WHO], "S", "6A98765432109", "Colissimo")
            self._done(f"un colis est enregistré et déposé, porte {parcel.compartment}")
            concierge.leave(staff)
            concierge.wait_until_told()
        return parcel

    def _collect(self, parcel: Deposit) -> None:
        """Type the code at the kiosk, take the parcel, shut the door."""
        door = parcel.compartment
        self._post("code", digits=parcel.slip.digits)
        self._wait(lambda: not self._stage.hands.doors()[door].closed, f"la porte {door} ne s'ouvre pas")
        self._wait(lambda: self._screen() == "door_open", "la borne n'a pas vu la porte ouverte")
        self._done(f"code tapé à la borne, la porte {door} est ouverte, sans réseau")
        self._stage.hands.take(door)
        self._stage.hands.close(door)
        self._wait(lambda: self._screen() in ("have_it", "thanks"), "la borne n'a pas vu la porte fermée")
        if self._screen() == "have_it":  # closed within 3 s, which a hand cannot do: it asks
            self._post("have-it")
        self._wait(lambda: self._screen() == "thanks", "la borne ne dit pas merci")
        self._done("colis pris, porte fermée, la borne dit merci")

    def _stay_unheard(self, parcel: Deposit) -> None:
        if "item_collected" in self._facts_of(parcel):
            raise DemoError("le serveur sait déjà : la ligne n'était donc pas coupée")
        self._done("le serveur n'en sait encore rien")

    def _wait_for_ledger(self, step: str, parcel: Deposit, wanted: set[str]) -> None:
        self._wait(lambda: wanted <= self._facts_of(parcel), f"le registre du serveur n'a pas {wanted}")
        self._done(step)

    # --- looking -------------------------------------------------------------------------------

    def _facts_of(self, parcel: Deposit) -> set[str]:
        """Types of the facts in the ledger about this parcel, or about a door operation for it."""
        lines = hub_command(self._stage.plan, "ledger", "--jsonl").splitlines()
        facts: list[dict[str, Any]] = [json.loads(line)["body"] for line in lines]
        mine = [fact for fact in facts if fact.get("item") == parcel.item]
        collecting = {fact["operation"] for fact in mine if fact.get("purpose") == "collect"}
        return {fact["type"] for fact in mine} | {
            fact["type"] for fact in facts if fact.get("operation") in collecting
        }

    def _screen(self) -> str:
        """The name of the screen the kiosk shows."""
        found = re.search(r'data-screen="([a-z_]+)"', self._request("GET", "/screen"))
        return found.group(1) if found else ""

    def _post(self, action: str, **fields: str) -> None:
        body = "&".join(f"{name}={value}" for name, value in fields.items())
        self._request("POST", f"/do/{action}", body)

    def _request(self, method: str, path: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection(LOOPBACK, self._stage.plan.ports.kiosk, timeout=10)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise DemoError(f"la borne répond {response.status}")
        return text

    # --- time ----------------------------------------------------------------------------------

    def _done(self, step: str) -> None:
        now_ms = self._stage.clock.mono_ms()
        click.echo(f"{now_ms - self._step_ms:7d} ms  {step}")
        self._step_ms = now_ms

    def _wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        deadline_ms = self._stage.clock.mono_ms() + int(PATIENCE_SECONDS * 1000)
        pause = threading.Event()
        while not condition():
            if self._stage.clock.mono_ms() > deadline_ms:
                raise DemoError(otherwise)
            pause.wait(0.02)
