"""A link comes back, keeps nothing, and is not brought down by what a broker or a handler does."""

import logging
import queue
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract import topics
from contract.codec import CEILING
from contract.link import LAST_DELAY_SECONDS, Received, Will
from tests.fakes.brokers import StartedBroker, hub_broker
from tests.fakes.linked import PATIENCE_SECONDS, Linked
from tests.fakes.mqtt import BareClient
from tests.fakes.ports import free_port
from tests.fakes.waiting import wait_until
from tests.fakes.wire_broker import V5, V311, publish, wire_broker

REPOSITORY = Path(__file__).resolve().parents[2]
DEVICE = "bridge-a"
UP = topics.up(DEVICE, "batch")
DOWN = topics.down(DEVICE, "ack")
PRESENCE = topics.presence(DEVICE)
WILL = Will(PRESENCE, b"gone")

MakeLink = Callable[..., Linked]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[StartedBroker]:
    with hub_broker(tmp_path / "broker", [DEVICE]) as started:
        yield started


@pytest.fixture
def hub(broker: StartedBroker) -> Iterator[BareClient]:
    client = hub_client(broker)
    yield client
    client.leave()


@pytest.fixture
def linked(request: pytest.FixtureRequest) -> Iterator[MakeLink]:
    """Makes links, to the broker of the test unless it names another, and stops them in the end."""
    with ExitStack() as stack:

        def make(port: int | None = None, password: str | None = None, **options: object) -> Linked:
            if port is None:
                started: StartedBroker = request.getfixturevalue("broker")
                port, password = started.port, password or started.passwords[DEVICE]
            options.setdefault("subscriptions", topics.device_subscriptions(DEVICE))
            one = Linked(port, DEVICE, password, **options)  # type: ignore[arg-type]
            one.link.start()
            stack.callback(one.link.stop)
            return one

        yield make


def hub_client(broker: StartedBroker) -> BareClient:
    client = BareClient(broker.port, topics.HUB, broker.passwords[topics.HUB])
    assert client.connect()
    client.subscribe(*topics.hub_subscriptions())
    return client


def log_of(broker: StartedBroker) -> str:
    return broker.broker.log.read_text(errors="replace")


# --- as it should be ---------------------------------------------------------------------------


def test_messages_go_both_ways_by_mqtt_5(broker: StartedBroker, hub: BareClient, linked: MakeLink) -> None:
    one = linked()
    assert one.change()
    assert one.link.publish(UP, b"a fact")
    hub.publish((DOWN, b"an ack"))
    assert hub.until(b"a fact") == []
    assert one.message() == Received(DOWN, b"an ack", retained=False)
    assert f"as {DEVICE} (p5, c1, k20" in log_of(broker)


def test_what_is_retained_says_so(hub: BareClient, linked: MakeLink) -> None:
    hub.publish((topics.presence(topics.HUB), b"online"), retain=True)
    assert linked().message() == Received(topics.presence(topics.HUB), b"online", retained=True)


@pytest.mark.parametrize("refusal", ["connack", "hang_up"])
def test_a_broker_that_speaks_only_3_1_1_is_spoken_to_in_3_1_1_and_stays_so(
    refusal: str, linked: MakeLink
) -> None:
    with wire_broker(speaks=(V311,), refusal=refusal) as old:  # type: ignore[arg-type]
        one = linked(old.port)
        assert one.change()
        old.hang_up()
        assert not one.change()
        assert one.change()
        assert [old.levels.get_nowait() for _ in range(3)] == [V5, V311, V311]


def test_a_broker_that_was_taken_for_an_old_one_is_understood_again_after_its_upgrade(
    linked: MakeLink,
) -> None:
    with wire_broker(speaks=(V311,)) as old:
        one = linked(old.port)
        assert one.change()
        old.speak(V5)
        old.hang_up()
        assert not one.change()
        assert one.change()


def test_small_packets_leave_at_once(strace_path: Path, broker: StartedBroker, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    strace = [str(strace_path), "-f", "-qq", "-e", "trace=setsockopt", "-o", str(trace)]
    with child(broker, strace) as process:
        process.communicate(b"stop\n", timeout=PATIENCE_SECONDS)
    assert "SOL_TCP, TCP_NODELAY, [1]" in trace.read_text()


# --- nothing is kept ---------------------------------------------------------------------------


def test_many_threads_may_publish_at_once_while_messages_come(hub: BareClient, linked: MakeLink) -> None:
    one = linked()
    assert one.change()
    texts = [[f"{thread}.{number}".encode() for number in range(100)] for thread in range(4)]

    def publish(mine: list[bytes]) -> None:
        for text in mine:
            while not one.link.publish(UP, text):
                threading.Event().wait(0.01)  # so many are under way already

    threads = [threading.Thread(target=publish, args=(mine,)) for mine in texts]
    for thread in threads:
        thread.start()
    down = [(DOWN, b"%d" % number) for number in range(100)]
    hub.publish(*down)
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    came = [hub.received.get(timeout=PATIENCE_SECONDS).payload for _ in range(400)]
    assert sorted(came) == sorted(text for mine in texts for text in mine)
    assert [one.message().payload for _ in down] == [payload for _, payload in down]


def test_what_is_published_without_a_connection_is_refused_and_never_sent(
    broker: StartedBroker, linked: MakeLink
) -> None:
    broker.broker.kill()
    one = linked()
    assert not one.link.publish(UP, b"too early")
    broker.broker.start()
    assert one.change()
    broker.broker.kill()
    assert not one.change()
    assert not any(one.link.publish(UP, b"meanwhile") for _ in range(100))
    broker.broker.start()
    hub = hub_client(broker)
    assert one.change()
    assert one.link.publish(UP, b"now")
    assert hub.until(b"now") == []
    hub.leave()


def test_a_payload_of_the_ceiling_arrives_and_a_larger_one_is_an_error_of_the_caller(
    hub: BareClient, linked: MakeLink
) -> None:
    one = linked()
    assert one.change()
    with pytest.raises(ValueError, match="65537 bytes"):
        one.link.publish(UP, b"x" * (CEILING + 1))
    assert one.link.publish(UP, b"x" * CEILING)
    assert hub.until(b"x" * CEILING) == []


def test_a_message_above_the_ceiling_is_dropped_and_counted(hub: BareClient, linked: MakeLink) -> None:
    one = linked()
    assert one.change()
    hub.publish((DOWN, b"x" * (CEILING + 1)), (DOWN, b"small"))
    assert one.message().payload == b"small"
    assert one.link.handler_failures == 1


# --- what breaks, and that it comes back -------------------------------------------------------


def test_a_link_comes_back_with_its_subscriptions_after_the_broker_was_killed(
    broker: StartedBroker, linked: MakeLink
) -> None:
    one = linked()
    assert one.change()
    for _ in range(2):
        broker.broker.kill()
        assert not one.change()
        assert not one.link.connected
        broker.broker.start()
        assert one.change()
        hub = hub_client(broker)
        hub.publish((DOWN, b"welcome back"))
        assert one.message().payload == b"welcome back"
        hub.leave()


def test_a_link_started_before_its_broker_waits_for_it(tmp_path: Path, linked: MakeLink) -> None:
    port = free_port()
    one = linked(port, "wrong until told")
    wait_until(lambda: len(one.jitter.allowed) >= 3)
    assert not one.link.connected
    with hub_broker(tmp_path / "late", [DEVICE], port):
        wait_until(lambda: len(one.jitter.allowed) >= 6)
        assert not one.link.connected  # the password is not that of the broker


def test_a_handler_that_fails_is_counted_and_the_next_message_arrives(
    hub: BareClient, linked: MakeLink
) -> None:
    arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def fails_at_first(message: Received) -> None:
        arrived.put(message.payload)
        if message.payload == b"first":
            raise LookupError("a fault of the handler")

    one = linked(on_message=fails_at_first)
    assert one.change()
    hub.publish((DOWN, b"first"), (DOWN, b"second"))
    assert [arrived.get(timeout=PATIENCE_SECONDS) for _ in range(2)] == [b"first", b"second"]
    assert one.link.handler_failures == 1
    assert one.link.publish(UP, b"still here")
    assert hub.until(b"still here") == []


@pytest.mark.parametrize("level", [V311, V5])
def test_a_topic_that_is_no_utf_8_is_counted_and_the_next_message_arrives(
    level: int, linked: MakeLink
) -> None:
    def says(_number: int, level: int) -> bytes:
        return publish(b"\xff\xfe", b"nonsense", level) + publish(DOWN.encode(), b"sense", level)

    with wire_broker(speaks=(level,), says=says) as odd:
        one = linked(odd.port)
        assert one.message().payload == b"sense"
        assert one.link.handler_failures == 1


def test_a_link_comes_back_whatever_bytes_a_broker_sends(linked: MakeLink) -> None:
    generator = random.Random(20)
    rounds = 60

    def says(number: int, level: int) -> bytes:
        if number >= rounds:
            return publish(DOWN.encode(), b"sense", level)
        kind = generator.randrange(16) << 4 | generator.choice([0, 0, 2, generator.randrange(16)])
        body = generator.randbytes(generator.randrange(24))
        return bytes([kind, len(body)]) + body + b"\xf0\0"  # a packet of no kind: the session is over

    with wire_broker(says=says) as odd:
        one = linked(odd.port)
        while one.message().payload != b"sense":
            continue
        assert one.link.connected


def test_a_link_is_up_at_once_where_there_is_nothing_to_subscribe_to(linked: MakeLink) -> None:
    assert linked(subscriptions=()).change()


# --- patience ----------------------------------------------------------------------------------


def doubling(allowed: list[float]) -> bool:
    return allowed == [min(2.0**n, LAST_DELAY_SECONDS) for n in range(len(allowed))]


def test_the_wait_doubles_up_to_a_minute_where_nobody_answers(
    linked: MakeLink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    one = linked(free_port())
    wait_until(lambda: len(one.jitter.allowed) >= 9)
    assert doubling(one.jitter.allowed[:9])
    assert one.jitter.allowed[8] == LAST_DELAY_SECONDS
    assert caplog.text.count("Connection refused") == 1  # said once, however long it lasts


def test_the_wait_doubles_up_to_a_minute_where_the_password_is_refused(
    broker: StartedBroker, linked: MakeLink
) -> None:
    one = linked(password="not the one")
    wait_until(lambda: len(one.jitter.allowed) >= 9, PATIENCE_SECONDS)
    assert doubling(one.jitter.allowed[:9])
    assert f"as {DEVICE} (p2" not in log_of(broker)


def test_after_a_session_the_first_wait_is_short_again(broker: StartedBroker, linked: MakeLink) -> None:
    one = linked()
    assert one.change()
    broker.broker.kill()
    assert not one.change()
    wait_until(lambda: len(one.jitter.allowed) >= 4)
    broker.broker.start()
    assert one.change()
    before = len(one.jitter.allowed)
    broker.broker.kill()
    wait_until(lambda: len(one.jitter.allowed) > before)
    assert one.jitter.allowed[before] == 1.0


# --- the end -----------------------------------------------------------------------------------


CHILD = """
import sys
from contract import topics
from contract.link import Link, LinkSettings, Will
port, device, password = sys.argv[1:]
link = Link(
    LinkSettings(host="127.0.0.1", port=int(port), device=device, password=password),
    subscriptions=topics.device_subscriptions(device),
    on_message=lambda message: None,
    will=Will(topics.presence(device), b"gone"),
)
link.start()
print(link.wait_connected(60), flush=True)
sys.stdin.readline()
link.stop()
"""


def child(broker: StartedBroker, under: list[str] | None = None) -> "subprocess.Popen[bytes]":
    """A program with a link that is up; it stops its link when it gets a line."""
    arguments = [str(broker.port), DEVICE, broker.passwords[DEVICE]]
    process = subprocess.Popen(
        [*(under or []), sys.executable, "-c", CHILD, *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"True\n"
    return process


def test_a_killed_process_leaves_its_will(broker: StartedBroker, hub: BareClient) -> None:
    with child(broker) as process:
        process.send_signal(signal.SIGKILL)
    assert hub.until(b"gone") == []


def test_a_process_that_stops_in_order_leaves_none(broker: StartedBroker, hub: BareClient) -> None:
    with child(broker) as process:
        process.communicate(b"stop\n", timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    wait_until(lambda: f"Client {DEVICE} disconnected." in log_of(broker))
    hub.publish((topics.presence(topics.HUB), b"the end"))
    assert hub.until(b"the end") == []


def test_last_words_are_said_before_the_link_is_gone(hub: BareClient, linked: MakeLink) -> None:
    one = linked(will=WILL)
    assert one.change()
    one.link.stop([Received(PRESENCE, b"goodbye", retained=True)])
    assert not one.link.connected
    assert not one.link.publish(UP, b"too late")
    hub.publish((topics.presence(topics.HUB), b"the end"))
    assert [message.payload for message in hub.until(b"the end")] == [b"goodbye"]


def test_a_link_can_be_stopped_at_any_moment_and_leaves_no_thread(
    broker: StartedBroker, linked: MakeLink
) -> None:
    pause = threading.Event()
    for moment in range(40):
        one = linked()
        pause.wait(moment / 4_000)
        one.link.stop()
        assert not [thread for thread in threading.enumerate() if thread.name == f"link-{broker.port}"]
