"""Calls of webhooks over real sockets: where they go, and how they end."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.certificates import CertificateAuthority
from hub.notify.hooks import Called, HookCaller
from tests.fakes.clock import FakeClock
from tests.fakes.hook_receiver import HookReceiver

SECONDS = 0.3


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    receiver = HookReceiver()
    yield receiver
    receiver.close()


def call(receiver: HookReceiver, address: str = "", seconds: float = 30.0) -> Called:
    caller = HookCaller(lambda _: True, seconds)
    return caller.post(address or receiver.address, {"webhook-id": "msg_1"}, b"{}")


def test_it_is_told_with_its_headers_and_body(receiver: HookReceiver) -> None:
    assert call(receiver) == Called(204)
    [told] = receiver.told
    assert (told.path, told.body) == ("/hooks/hub", b"{}")
    assert told.headers["webhook-id"] == "msg_1"
    assert told.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    ("status", "why"), [(302, "moved"), (404, "refused"), (410, "gone"), (429, "refused"), (500, "trouble")]
)
def test_whatever_is_not_2xx_was_not_taken(receiver: HookReceiver, status: int, why: str) -> None:
    receiver.status = status
    receiver.location = f"http://127.0.0.1:{receiver.port}/elsewhere"
    assert call(receiver) == Called(status, why)  # type: ignore[arg-type]
    assert [told.path for told in receiver.told] == ["/hooks/hub"], "no redirect is followed"


def test_a_receiver_that_never_answers_is_left(receiver: HookReceiver) -> None:
    receiver.hangs = True
    assert call(receiver, seconds=SECONDS) == Called(why="no_answer")


def test_one_whose_answer_never_ends_was_told(receiver: HookReceiver) -> None:
    receiver.drips = True
    assert call(receiver) == Called(204)


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Both ends: the receiver with a certificate for the loopback, the caller who trusts its authority."""
    authority = CertificateAuthority(tmp_path / "ca", FakeClock())
    issued = authority.server(["127.0.0.1"])
    chain = tmp_path / "receiver.pem"
    chain.write_text(issued.key + issued.certificate)
    receiving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    receiving.load_cert_chain(chain)
    return receiving, ssl.create_default_context(cadata=authority.certificate)


@pytest.mark.parametrize(("crawls", "seconds", "called"), [(False, 30.0, Called(204)), (True, 0.5, None)])
def test_over_tls_too_a_call_ends_in_time_however_slowly_the_answer_comes(
    tls: tuple[ssl.SSLContext, ssl.SSLContext], crawls: bool, seconds: float, called: Called | None
) -> None:
    receiver = HookReceiver(tls[0])
    receiver.crawls = crawls
    caller = HookCaller(lambda _: True, seconds, tls[1])
    assert caller.post(receiver.address, {}, b"{}") == (called or Called(why="no_answer"))
    receiver.close()


def test_what_leads_into_a_private_network_is_not_called(receiver: HookReceiver) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"):  # noqa: S104 - called
        called = HookCaller().post(f"http://{host}:{receiver.port}/", {}, b"")
        assert called.why in ("private", "unknown_host"), host
    assert receiver.told == []


def looked_up(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """From now on the name hook.example leads to these, one lookup after the other."""
    asked: list[str] = []
    waiting = list(answers)
    real = socket.getaddrinfo

    def look(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host != "hook.example":
            return real(host, port, *rest, **more)
        asked.append(host)
        if not waiting:
            raise socket.gaierror("nobody knows it")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in waiting.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return asked


def test_a_name_is_looked_up_once_and_that_is_what_is_called(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = looked_up(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
    assert call(receiver, f"http://hook.example:{receiver.port}/") == Called(204)
    assert asked == ["hook.example"]
    assert receiver.told[0].headers["host"] == f"hook.example:{receiver.port}"


def test_a_name_that_leads_to_a_private_address_too_is_not_called(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up(monkeypatch, ["93.184.215.14", "127.0.0.1"])
    assert HookCaller().post(f"http://hook.example:{receiver.port}/", {}, b"").why == "private"


def test_nobody_there_and_nobody_known_are_said_so(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up(monkeypatch)
    port = receiver.port
    receiver.close()
    assert call(receiver, f"http://127.0.0.1:{port}/").why == "unreachable"
    assert call(receiver, "http://hook.example/").why == "unknown_host"


def test_https_is_not_spoken_with_one_that_has_no_certificate(receiver: HookReceiver) -> None:
    assert call(receiver, f"https://127.0.0.1:{receiver.port}/", SECONDS).why == "no_answer"
    assert receiver.told == []
