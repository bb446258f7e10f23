"""`python -m deploy.demo`: a whole site and its hub on this machine, until Ctrl-C."""

import fcntl
import logging
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final

import click
import msgspec

from contract.clock import Clock, SystemClock, last_saved_ms
from contract.settings import SettingsError
from deploy.catalogues import compile_stale
from deploy.demo.plan import (
    DESK,
    KIOSK,
    BrokerChoice,
    DemoError,
    Kept,
    Plan,
    choose_ports,
    grouped,
    keep,
    kept,
)
from deploy.demo.seeding import enrol_all, first_parcels, offer, seed
from deploy.demo.stage import Stage
from deploy.demo.tour import Tour
from deploy.demo.web import serve_page
from deploy.processes import ProcessFailedError

_LOOK_SECONDS: Final = 1.0
_STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@click.command()
@click.option("--tour", is_flag=True, help="Do the main job without hands, say how long each step took, end.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything here, and go on from it.",
)
@click.option(
    "--port-base", type=click.IntRange(1024, 65525), help="Use the ports from N to N+9 (default: free ones)."
)
@click.option(
    "--broker",
    type=click.Choice(["auto", "mosquitto", "embedded"]),
    default="auto",
    show_default=True,
    help="mosquitto where it is installed, else the embedded broker.",
)
def main(tour: bool, data: Path | None, port_base: int | None, broker: BrokerChoice) -> None:
    """Show the whole system on this machine: hub, brokers, kiosk, bridge and a simulated cabinet."""
    for number in _STOPS:
        signal.signal(number, _stop)
    try:
        compile_stale()
        with _folder(data) as folder, tempfile.TemporaryDirectory(prefix="concierge-") as run:
            _show(folder, Path(run), tour, port_base, broker, _clock())
    except (DemoError, ProcessFailedError, SettingsError, OSError) as error:
        click.echo(f"demo : {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("Démonstration terminée.")
        sys.exit(1 if tour else 0)


def _clock() -> Clock:
    """This machine's, believed once it is later than these very files: nobody may have synchronised it."""
    return SystemClock(last_saved_ms(Path(__file__).parent))


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Unwind from wherever we are, once: nothing may disturb the tidying up."""
    for number in _STOPS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _show(
    data: Path, run: Path, tour: bool, port_base: int | None, broker: BrokerChoice, clock: Clock
) -> None:
    """Start everything, then walk through it, or leave it to whoever looks, until somebody stops it."""
    began_ms = clock.mono_ms()
    before = kept(data)
    plan = Plan(data, run, choose_ports(port_base or (before.base if before else None)))
    _log_to(plan)
    known = _prepared(plan, before, clock)
    with Stage.opened(plan, broker, clock) as stage:
        if tour:
            Tour(stage, known, began_ms).walk()
            return
        with serve_page(stage, known) as page, stage.concierge() as concierge:
            _tell_addresses(plan, known, stage)
            if not known.waiting:
                known = msgspec.structs.replace(known, waiting=first_parcels(concierge, known))
                keep(data, known)
                page.known = known
            _tell_codes(known, again=before is not None)
            _watch(stage)


def _log_to(plan: Plan) -> None:
    """The terminal is for people; what our own links and pages have to say goes into a file."""
    plan.logs.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=plan.logs / "demo.log", format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def _prepared(plan: Plan, before: Kept | None, clock: Clock) -> Kept:
    """What the hub and the devices need to start: made anew, or as it was, at the ports of today."""
    if before is None:
        click.echo("Préparation : site, habitants, équipe, appareils…")
        known = seed(plan)
        offer(plan, datetime.fromtimestamp(clock.wall_ms() / 1000, UTC).date())
    elif before.base != plan.ports.base or not plan.device(DESK).exists():
        enrol_all(plan)
        known = msgspec.structs.replace(before, base=plan.ports.base)
    else:
        return before
    keep(plan.data, known)
    return known


def _watch(stage: Stage) -> None:
    """Until somebody stops the demo, what systemd would do: a program that ended is started again."""
    pause = threading.Event()
    while not pause.wait(_LOOK_SECONDS):
        stage.renew_brokers()
        for name in stage.revive():
            click.echo(f"{name} s'était arrêté : relancé (voir {stage.plan.logs}).")


def _tell_addresses(plan: Plan, known: Kept, stage: Stage) -> None:
    ports = plan.ports
    click.echo(f"""
  Démonstration   http://127.0.0.1:{ports.page}/   les casiers simulés, la ligne, les codes
  Borne           http://127.0.0.1:{ports.kiosk}/
  Serveur         http://127.0.0.1:{ports.hub}/   nom : {known.administrator}, mot de passe : {known.password}
                  Il montre deux bornes : {KIOSK} a l'écran ; {DESK} est le poste de la concierge,
                  sans écran, qui a déposé les premiers colis.
  Concierge       numéro : {known.staff_number}, code : {known.pin} (à la borne : appui long sur le logo)
  Courtier MQTT   {stage.broker_kind}   Données : {plan.data}
""")


def _tell_codes(known: Kept, *, again: bool) -> None:
    click.echo("  Colis qui attendent, avec le code à taper à la borne :")
    if again:
        click.echo("  (ceux du premier démarrage : un code qui a déjà servi ne sert plus)")
    for parcel in known.waiting:
        click.echo(f"    {grouped(parcel.digits)}   {parcel.who}, {parcel.flat}, porte {parcel.compartment}")
    click.echo("\n  Ctrl-C arrête tout.")


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """The folder given, for us alone, or one that is gone at the end."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (data / "demo.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoError(f"Une démonstration tourne déjà sur {data} : arrêtez-la d'abord.") from None
            yield data.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="conciergerie-demo-") as folder:
        yield Path(folder)


if __name__ == "__main__":
    main()
