"""`python -m hub`: where the hub's parts meet. `run` is pages and ingest in one process."""

import logging
import os
import signal
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from logging.config import dictConfig
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click
from gunicorn.app.base import BaseApplication

from contract import VERSION, topics
from contract.clock import Clock, SystemClock
from contract.codec import encode
from contract.heap import share_one_heap
from contract.link import Link, LinkSettings, Received, Will
from contract.messages import Presence
from contract.tls import TlsFiles, TlsTrust
from hub.calling import Calling
from hub.certificates import CertificateAuthority
from hub.cli import DATA, Trouble, alone, opened, settings_of
from hub.config import BrokerSettings, HomeAssistantSettings, HubSettings, NotifySettings
from hub.context import HubContext, open_context
from hub.core.home_assistant import LARGEST, OFFLINE, Speaker
from hub.duty import Duty
from hub.enrolment import hub_password
from hub.home_assistant import HomeAssistant
from hub.ingest import Ingest, collect_seldom
from hub.keys import read_password
from hub.logs import LOGGING
from hub.notify.gateways import AppriseGateways, GatewayError, Gateways, Several
from hub.notify.hooks import HookCaller
from hub.notify.ovh import OvhSms, read_keys
from hub.offers import catalogue_group
from hub.privacy import housekeeping, person_group, retention
from hub.registry import main as main
from hub.service import Service
from hub.serving import Worker, be_impatient
from hub.simulation.games import simulate
from hub.store.accounts import new_setup_code
from hub.store.database import writing
from hub.store.deadlines import days_left
from hub.telling import Telling
from hub.web import create_app

_THREADS: Final = 300
_GRACEFUL_SECONDS: Final = 2
_PATIENCE_SECONDS: Final = 15

log = logging.getLogger("hub")

main.add_command(person_group)
main.add_command(catalogue_group)
main.add_command(retention)
main.add_command(simulate)

_HOST = click.option("--host", help="Address the pages listen on.")
_PORT = click.option("--port", type=click.IntRange(1, 65535), help="Port the pages listen on.")
_BROKER = click.option("--broker", help="HOST:PORT of the hub's broker; mqtts://HOST:PORT for TLS.")


@main.command()
@DATA
@_HOST
@_PORT
@_BROKER
def run(data: Path, host: str | None, port: int | None, broker: str | None) -> None:
    """Serve the pages and listen to the devices, in one process."""
    _serve(data, settings_of(data, host=host, port=port, broker=broker), with_ingest=True)


@main.command()
@DATA
@_HOST
@_PORT
def web(data: Path, host: str | None, port: int | None) -> None:
    """Serve the pages only; `ingest` runs elsewhere."""
    _serve(data, settings_of(data, host=host, port=port), with_ingest=False)


@main.command()
@DATA
@_BROKER
def ingest(data: Path, broker: str | None) -> None:
    """Listen to the devices only."""
    dictConfig(LOGGING)
    settings = settings_of(data, broker=broker)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with open_context(data, settings, SystemClock()) as context, listening(context, data):
        stopped.wait()


# --- the ingest --------------------------------------------------------------------------------


@contextmanager
def listening(context: HubContext, data: Path) -> Iterator[None]:
    """Listen to the devices, and tell people, for as long as the block lasts."""
    collect_seldom()
    with alone(data), home_told(context, data):
        session = uuid.uuid4().hex
        notify = context.settings.notify
        zone = ZoneInfo(notify.zone)
        ingest = Ingest(context.engine, context.keys, context.clock, data / "witness.json", zone)
        holder: list[Link] = []
        service = Service(ingest, lambda topic, payload: holder[0].publish(topic, payload), context.clock)
        link = _link(context.settings.broker, data, session, service)
        holder.append(link)
        gateways = _gateways(notify, data, context.clock)
        telling = Telling(context.engine, context.keys, context.clock, gateways, zone, days_left)
        duty = Duty(context.engine, context.clock, gateways, zone, _address(context.settings))
        calling = Calling(context.engine, context.keys, context.clock, HookCaller())
        keeping = housekeeping(context)
        keeping.start()  # before anybody is heard or told: whom a restore brought back is not here
        service.start()
        telling.start()
        duty.start()
        calling.start()
        link.start()
        log.info("listening", extra={"timeline": ingest.timeline})
        try:
            yield
        finally:
            link.stop(
                [Received(topics.presence(topics.HUB), _presence(session, online=False), retained=True)]
            )
            service.stop()
            telling.stop()
            duty.stop()
            calling.stop()
            keeping.stop()


@contextmanager
def home_told(context: HubContext, data: Path) -> Iterator[None]:
    """Tell the house automation of hub.toml, if there is one, for as long as the block lasts."""
    settings = context.settings.home_assistant
    if settings is None:
        yield
        return
    speaker = Speaker(settings.name, settings.prefix, VERSION, _address(context.settings))
    home = HomeAssistant(
        context.engine,
        context.clock,
        speaker,
        lambda topic, payload: link.publish(topic, payload, retain=True),
        settings.sites,
    )
    link = Link(
        _home_settings(settings, data),
        subscriptions=speaker.own_topics,
        on_message=lambda came: home.heard(came.topic, came.payload, came.retained),
        on_up=home.up,
        on_down=home.down,
        will=Will(speaker.availability, OFFLINE),
        queued=400,  # two messages a site
        ceiling=LARGEST,
    )
    home.start()
    link.start()
    try:
        yield
    finally:
        home.stop()
        link.stop([Received(speaker.availability, OFFLINE, retained=True)])


def _home_settings(settings: HomeAssistantSettings, data: Path) -> LinkSettings:
    password = read_password(data / settings.password_file) if settings.password_file else None
    trust = TlsTrust(data / settings.ca if settings.ca else None) if settings.tls else None
    return LinkSettings(settings.host, settings.port, settings.name, password, trust, settings.user)


def _address(settings: HubSettings) -> str:
    """Where people find the pages: told behind https only, where there is one name for everybody."""
    named = settings.trusted_hosts
    return f"https://{named[0]}/" if settings.behind_https and named and "*" not in named[0] else ""


def _gateways(notify: NotifySettings, data: Path, clock: Clock) -> Gateways:
    try:
        written = AppriseGateways(notify.sms, notify.email, notify.sender)
        if notify.ovh is None:
            return written
        keys = read_keys(data / notify.ovh.keys if notify.ovh.keys else None, os.environ)
        ovh = OvhSms(keys, notify.ovh.service, notify.ovh.sender, notify.ovh.address, clock)
        return Several(ovh, written)
    except GatewayError as error:
        raise Trouble(str(error)) from None


def _link(broker: BrokerSettings, data: Path, session: str, service: Service) -> Link:
    mine = topics.presence(topics.HUB)
    link = Link(
        _link_settings(broker, data),
        subscriptions=topics.hub_subscriptions(),
        on_message=lambda came: service.heard(came.topic, came.payload, came.retained),
        on_up=lambda: _say(link, mine, _presence(session, online=True)),
        on_down=service.lost_broker,
        will=Will(mine, _presence(session, online=False)),
        queued=4000,  # acks and feed pages for many devices at once
    )
    return link


def _say(link: Link, topic: str, payload: bytes) -> None:
    link.publish(topic, payload, retain=True)


def _link_settings(broker: BrokerSettings, data: Path) -> LinkSettings:
    if broker.tls:
        return LinkSettings(broker.host, broker.port, topics.HUB, tls=_own_certificate(data / "ca"))
    return LinkSettings(broker.host, broker.port, topics.HUB, password=hub_password(data / "brokers"))


def _own_certificate(directory: Path) -> TlsFiles:
    """The hub's certificate, signed by its own authority at first need."""
    files = TlsFiles(directory / "ca.crt", directory / "hub.crt", directory / "hub.key")
    if not files.certificate.exists():
        issued = CertificateAuthority(directory, SystemClock()).client(topics.HUB)
        files.key.touch(mode=0o600)
        files.key.write_text(issued.key)
        files.certificate.write_text(issued.certificate)
    return files


def _presence(session: str, *, online: bool) -> bytes:
    return encode(Presence(online=online, session=session))


# --- the pages ---------------------------------------------------------------------------------


def _serve(data: Path, settings: HubSettings, *, with_ingest: bool) -> None:
    """Check what can be checked before anything starts, then hand over to gunicorn."""
    dictConfig(LOGGING)
    with ExitStack() as checks:
        if with_ingest:
            _gateways(settings.notify, data, SystemClock())
            checks.enter_context(alone(data))
        context = checks.enter_context(opened(data))
        if with_ingest and settings.home_assistant:
            _home_settings(settings.home_assistant, data)
        with writing(context.engine) as connection:
            code = new_setup_code(connection)
    if code is not None:
        click.echo(
            f"First start. Create the administrator: http://{settings.host}:{settings.port}/premiere-fois"
        )
        click.echo(f"Setup code: {code}")
    _Server(data, settings, with_ingest=with_ingest).run()


def _be_impatient_everywhere(server: Any) -> None:
    for one in server.LISTENERS:
        be_impatient(one.sock, _PATIENCE_SECONDS)


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker of threads; the ingest lives in the worker, beside the pages."""

    def __init__(self, data: Path, settings: HubSettings, *, with_ingest: bool) -> None:
        self._data, self._settings, self._with_ingest = data, settings, with_ingest
        self._open = ExitStack()
        super().__init__()

    def load_config(self) -> None:
        """gunicorn asks for its settings; no file and no environment is read."""
        wanted = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": 1,
            "worker_class": Worker,
            "threads": _THREADS,
            "graceful_timeout": _GRACEFUL_SECONDS,
            "control_socket_disable": True,
            "logconfig_dict": LOGGING,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "when_ready": _be_impatient_everywhere,
            "worker_exit": lambda _server, _worker: self._open.close(),
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Called in the worker, after the fork: open everything there."""
        share_one_heap()  # each open page has a thread
        context = self._open.enter_context(open_context(self._data, self._settings, SystemClock()))
        if self._with_ingest:
            self._open.enter_context(listening(context, self._data))
        return create_app(context)


if __name__ == "__main__":
    main()
