"""`python -m kiosk`: where the kiosk's parts meet."""

import _thread
import logging
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import click
from waitress import create_server  # type: ignore[import-untyped]

from contract import VERSION, enrolment, topics
from contract.clock import Clock, SystemClock, last_saved_ms
from contract.database import FailedError, FullError, StorageError
from contract.enrolment import Enrolment, NotEnrolledError
from contract.feed import Feed
from contract.health import Machine
from contract.heap import share_one_heap
from contract.hub_connection import HubConnection
from contract.ids import fresh_id
from contract.journal import Journal
from contract.json_log import Keeping, log_json
from contract.link import Link, link_settings
from contract.messages import Fact, ProcessStarted
from contract.prompts import Prompt
from contract.scans.message import Dropped, Message
from contract.settings import SettingsError
from contract.uplink import FeedChanged, Notice
from kiosk import config
from kiosk.core import events
from kiosk.scanner import opener
from kiosk.scanner.reader import Scanner
from kiosk.scanner_check import scanner
from kiosk.session import Session
from kiosk.store import Deliveries, remembered
from kiosk.voice import Library
from kiosk.voice_command import RenderAhead, own_words, voice
from kiosk.web import create_app
from kiosk.web.pages import MOST_STREAMS, TRANSLATIONS

PROGRAM: Final = "kiosk"
_LOOPBACK: Final = "127.0.0.1"
_THREADS: Final = MOST_STREAMS + 4
_LARGEST_REQUEST: Final = 16 * 1024
_SWITCH_SECONDS: Final = 0.0001
"""A touch is served by three threads in turn: none of them may keep the interpreter for long."""

log = logging.getLogger(PROGRAM)


@click.group()
def main() -> None:
    """The touch screen of a concierge's lockers."""


main.add_command(scanner)
main.add_command(voice)


@main.command()
@click.option(
    "--device",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The directory the hub wrote for this kiosk; kiosk.toml may lie there too.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the kiosk keeps its journal (default: data in the device's directory).",
)
@click.option("--port", type=click.IntRange(0, 65535), help="Where the pages listen, on this machine only.")
def run(device: Path, data: Path | None, port: int | None) -> None:
    """Run the kiosk until it is told to stop."""
    logged = log_json()
    share_one_heap()
    try:
        who = enrolment.read(device, "kiosk")
        settings = config.read(device)
    except (NotEnrolledError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    where = settings.port if port is None else port
    try:
        _run(who, settings, data or device / "data", where, logged)
    except StorageError as error:
        log.critical("%s", error)
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"the kiosk cannot start on port {where}: {error}") from None


@dataclass(frozen=True)
class _Parts:
    journal: Journal
    feed: Feed
    link: Link
    hub: HubConnection
    session: Session
    scanner: Scanner | None


def _own_words(session: Session) -> tuple[Prompt, ...]:
    knows, home = session.knows, session.seen.state.home_language
    return own_words(knows.site, knows.offers.services, home, knows.closure)


class _Recorder:
    """The journal; a disk that refuses to write ends the process, to start again afresh."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def append(self, fact: Fact) -> None:
        """Commit a fact; raises StorageError."""
        try:
            self._journal.append(fact)
        except FailedError:
            _thread.interrupt_main(signal.SIGTERM)
            raise


def _run(who: Enrolment, settings: config.KioskSettings, data: Path, port: int, logged: Keeping) -> None:
    """Put the parts together, and take them apart in the opposite order."""
    parts = _assemble(who, settings, data, logged)
    library = Library(data / "voice")
    tongues = config.languages(TRANSLATIONS, settings.home_language)
    app = create_app(parts.session, tongues, library=library)
    server = create_server(
        app,
        host=_LOOPBACK,
        port=port,
        threads=_THREADS,
        ident=None,
        max_request_body_size=_LARGEST_REQUEST,
        max_request_header_size=_LARGEST_REQUEST,
    )
    session = parts.session
    ahead = RenderAhead(
        library, tongues, lambda: _own_words(session), session.redraw, lambda: session.is_free
    )
    conversation = threading.Thread(target=_converse, args=(parts.session,), name="conversation", daemon=True)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        parts.session.close()
        raise SystemExit  # waitress ends its loop in order and returns

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.setswitchinterval(_SWITCH_SECONDS)
    parts.link.start()
    parts.hub.start()
    conversation.start()
    ahead.start()
    if parts.scanner is not None:
        parts.scanner.start()
    log.info("the pages are served", extra={"port": server.effective_port, "device": who.device})
    try:
        server.run()
    finally:
        if parts.scanner is not None:
            parts.scanner.stop()
        ahead.stop()
        parts.session.close()
        parts.link.stop()
        parts.hub.stop()
        conversation.join(2)
        parts.feed.close()
        parts.journal.close()
    log.info("stopped")


def _assemble(who: Enrolment, settings: config.KioskSettings, data: Path, logged: Keeping) -> _Parts:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    clock = SystemClock(last_saved_ms(data))
    journal, feed = Journal.open(data / "journal.sqlite3", clock), Feed.open(data / "feed.sqlite3")
    _note_start(journal)
    hub = HubConnection(
        link_settings(who, who.hub_broker),
        journal,
        feed,
        program=PROGRAM,
        version=VERSION,
        clock=clock,
        notify=lambda notice: _on_notice(session, hub, notice),
        health=Machine(journal.path, who.certificate_file).health,
        log_lines=logged.lines,
    )
    link = Link(
        link_settings(who, who.site_broker),
        subscriptions=topics.kiosk_subscriptions(who.device, who.bridge),
        on_message=lambda came: session.receive(came.topic, came.payload),
        on_up=lambda: session.line_up(),
    )
    session = Session(
        who.device,
        who.bridge,
        recorder=_Recorder(journal),
        wire=link,
        knowledge=feed,
        clock=clock,
        fresh_id=lambda: fresh_id(clock.wall_ms()),
        home_language=settings.home_language,
        storage_failures=(StorageError,),
        on_kept=hub.wake,
        memory=remembered(journal, feed),
        deliveries=Deliveries(journal),
    )
    return _Parts(journal, feed, link, hub, session, _scanner(settings, session, clock))


def _scanner(settings: config.KioskSettings, session: Session, clock: Clock) -> Scanner | None:
    """The scanner that the settings name; what it reads enters the conversation like a scan of the page."""
    if settings.scanner is None:
        return None
    return Scanner(opener(settings.scanner, clock), lambda one: session.handle(_scanned(one)), clock)


def _scanned(one: Message | Dropped) -> events.Event:
    match one:
        case Message(text):
            return events.Scanned(text)
        case Dropped("control" | "too_long" | "encoding" as why, length):
            return events.ScanDropped(why, length)
        case Dropped(_, length):  # a code that sets a scanner up, or Alt codes: no label either
            return events.ScanDropped("control", length)


def _note_start(journal: Journal) -> None:
    sqlite = str(journal.db.conn.execute("SELECT sqlite_version()").fetchone()[0])
    try:
        journal.append(ProcessStarted(program=PROGRAM, version=VERSION, sqlite=sqlite))
    except FullError as error:
        log.error("%s", error)  # the screens say so too, and work goes on once there is room


def _on_notice(session: Session, hub: HubConnection, notice: Notice) -> None:
    """Out of service, the kiosk takes its leave of the hub; it asks again when it is next started."""
    if isinstance(notice, FeedChanged):
        session.feed_changed(notice.keys)
        if session.knows.revoked:
            log.warning("this kiosk was taken out of service: it leaves the hub")
            hub.stop()


def _converse(session: Session) -> None:
    try:
        session.run()
    except Exception:
        # The outermost loop of the conversation: without it the screen would stand still for ever, so
        # the process ends and is started again.
        log.critical("the conversation broke off", exc_info=True)
        _thread.interrupt_main(signal.SIGTERM)


if __name__ == "__main__":
    main()
