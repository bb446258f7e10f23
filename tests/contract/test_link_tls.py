"""A link that proves who it is by a certificate, and believes only its own authority."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract import topics
from contract.clock import SystemClock
from contract.tls import TlsFiles
from deploy.brokers import Broker, write_broker
from hub.certificates import CertificateAuthority, Issued
from tests.fakes.linked import Linked
from tests.fakes.ports import free_port
from tests.fakes.waiting import wait_until

DEVICE = "bridge-a"


class Network:
    """An authority, what it issued, and a broker with a certificate for these hosts."""

    def __init__(self, directory: Path, *hosts: str) -> None:
        self.directory = directory
        self.authority = CertificateAuthority(directory / "authority", SystemClock())
        (directory / "ca.crt").write_text(self.authority.certificate)
        self.port = free_port()
        files = self.files("broker", self.authority.server(hosts))
        self.broker = Broker(write_broker(directory / "broker", "hub", self.port, files), self.port)

    def files(self, name: str, issued: Issued) -> TlsFiles:
        """Write what was issued; `ca` is this network's own authority."""
        certificate, key = self.directory / f"{name}.crt", self.directory / f"{name}.key"
        certificate.write_text(issued.certificate)
        key.write_text(issued.key)
        return TlsFiles(self.directory / "ca.crt", certificate, key)

    def device(self, name: str = DEVICE) -> TlsFiles:
        return self.files(name, self.authority.client(name))


MakeNetwork = Callable[..., Network]


@pytest.fixture
def network(tmp_path: Path, mosquitto_path: Path) -> Iterator[MakeNetwork]:
    """Makes networks whose broker runs, and stops it in the end."""
    with ExitStack() as stack:

        def make(*hosts: str) -> Network:
            made = Network(tmp_path, *(hosts or ("127.0.0.1", "localhost")))
            made.broker.start()
            stack.callback(made.broker.stop)
            return made

        yield make


@pytest.fixture
def linked() -> Iterator[Callable[..., Linked]]:
    with ExitStack() as stack:

        def make(network: Network, files: TlsFiles, host: str = "127.0.0.1") -> Linked:
            down = topics.device_subscriptions(DEVICE)
            one = Linked(network.port, DEVICE, subscriptions=down, tls=files, host=host)
            one.link.start()
            stack.callback(one.link.stop)
            return one

        yield make


def is_refused(one: Linked) -> bool:
    """Whether it tried several times and never came up."""
    wait_until(lambda: len(one.jitter.allowed) >= 4)
    return one.changes.empty() and not one.link.connected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_broker_and_device_know_each_other_by_their_certificates(
    network: MakeNetwork, linked: Callable[..., Linked], host: str
) -> None:
    made = network()
    one = linked(made, made.device(), host)
    assert one.change()
    assert f"as {DEVICE} (p5, c1, k20, u'{DEVICE}')" in made.broker.log.read_text()
    assert one.link.publish(topics.up(DEVICE, "hello"), b"in the tunnel")


def test_a_broker_of_another_name_is_not_believed(
    network: MakeNetwork, linked: Callable[..., Linked], caplog: pytest.LogCaptureFixture
) -> None:
    made = network("broker.example")
    assert is_refused(linked(made, made.device()))
    assert "IP address mismatch" in caplog.text


def test_a_broker_of_another_authority_is_not_believed(
    network: MakeNetwork, linked: Callable[..., Linked], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = network()
    mine = made.device()
    other = CertificateAuthority(tmp_path / "other", SystemClock())
    (tmp_path / "other.crt").write_text(other.certificate)
    assert is_refused(linked(made, TlsFiles(tmp_path / "other.crt", mine.certificate, mine.key)))
    assert "certificate verify failed" in caplog.text


def test_a_device_of_another_authority_is_not_let_in(
    network: MakeNetwork, linked: Callable[..., Linked], tmp_path: Path
) -> None:
    made = network()
    other = CertificateAuthority(tmp_path / "other", SystemClock())
    assert is_refused(linked(made, made.files("stranger", other.client(DEVICE))))


def test_files_that_are_missing_or_broken_are_named_and_used_once_they_are_there(
    network: MakeNetwork, linked: Callable[..., Linked], caplog: pytest.LogCaptureFixture
) -> None:
    made = network()
    good = made.device()
    key = good.key.read_text()
    good.key.unlink()
    one = linked(made, good)
    assert is_refused(one)
    assert f"cannot use {good.ca}, {good.certificate}, {good.key}" in caplog.text
    good.key.write_text("half of a k")
    tried = len(one.jitter.allowed)
    wait_until(lambda: len(one.jitter.allowed) > tried + 1)
    good.key.write_text(key)
    assert one.change()
