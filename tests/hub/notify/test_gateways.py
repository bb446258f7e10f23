"""Messages handed to a real mail server and a gateway over HTTP, which say yes, no, later, or nothing."""

import email
import io
import logging
import re
from collections.abc import Iterator
from email.policy import default

import pytest

from hub.notify.gateways import Answer, AppriseGateways, GatewayError
from hub.notify.texts import Text
from tests.fakes.gateway import HttpGateway, MailServer, http_gateway, mail_server

TO, ADDRESS = "+33612345678", "amina@example.org"
TITLE, BODY = "Résidence Borny : 1 colis vous attend", "Votre code : 27 483 190."
SECRETS = ("483", "12345678", "amina@example.org")


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway() as gateway:
        yield gateway


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def by_sms(address: str) -> Answer:
    return AppriseGateways(address, "", "Borny").send("sms", TO, Text("", BODY))


def by_mail(server: MailServer) -> Answer:
    sender = "Conciergerie <ne-pas-repondre@example.org>"
    return AppriseGateways("", server.address, sender).send("email", ADDRESS, Text(TITLE, BODY))


def test_a_text_message_reaches_the_gateway_whole_and_nothing_of_it_stands_in_an_address(
    gateway: HttpGateway,
) -> None:
    assert by_sms(gateway.address) == Answer(True)
    [got] = gateway.got
    assert (got["to"], got["message"], got["sender"]) == (TO, BODY, "Borny")
    assert gateway.paths == ["/sms"]


def test_an_e_mail_reaches_the_server_with_its_subject_its_sender_and_its_accents(server: MailServer) -> None:
    assert by_mail(server) == Answer(True)
    [got] = server.got
    message = email.message_from_bytes(got.content or b"", policy=default)  # type: ignore[arg-type]
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == BODY
    assert message["Subject"] == TITLE
    assert "ne-pas-repondre@example.org" in message["From"]
    assert got.rcpt_tos == [ADDRESS]


def test_an_arabic_e_mail_runs_from_right_to_left_and_can_be_read_without_markup(server: MailServer) -> None:
    body = "ينتظركم طرد واحد <في الخزائن>\n\nرمزكم: \u200e27 483 190."
    rich = server.address.replace("format=text&", "")
    gateways = AppriseGateways("", rich, "hub@example.org")
    assert gateways.send("email", ADDRESS, Text("ينتظركم طرد واحد", body, "ar")).taken
    message = email.message_from_bytes(server.got[0].content or b"", policy=default)  # type: ignore[arg-type]
    html, plain = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert plain is not None
    assert '<div lang="ar" dir="rtl"><p>ينتظركم طرد واحد &lt;في الخزائن&gt;</p><p>رمزكم' in html.get_content()
    assert "رمزكم: \u200e27 483 190." in plain.get_content()
    assert message["Subject"] == "ينتظركم طرد واحد"


@pytest.mark.parametrize("status", [400, 404, 422])
def test_what_a_gateway_refuses_is_refused_for_good(gateway: HttpGateway, status: int) -> None:
    gateway.status = status
    assert by_sms(gateway.address) == Answer(False, True, f"the gateway refused it ({status})")


@pytest.mark.parametrize("status", [401, 402, 403, 429, 500, 503])
def test_what_may_pass_is_not_refused(gateway: HttpGateway, status: int) -> None:
    gateway.status = status
    answer = by_sms(gateway.address)
    assert (answer.taken, answer.refused) == (False, False)
    assert answer.why == f"the gateway could not take it ({status})"


@pytest.mark.parametrize(
    ("status", "trouble"), [(401, "account"), (402, "credit"), (403, "account"), (422, ""), (503, "")]
)
def test_what_keeps_every_message_from_leaving_is_told_apart(
    gateway: HttpGateway, status: int, trouble: str
) -> None:
    gateway.status = status
    assert by_sms(gateway.address).trouble == trouble


def test_a_gateway_that_hangs_is_left_after_its_time(gateway: HttpGateway) -> None:
    gateway.hangs = True
    answer = by_sms(gateway.address + "&rto=0.2")
    assert answer == Answer(False, False, "the gateway does not answer")


def test_a_gateway_that_never_comes_to_an_end_is_left_too(gateway: HttpGateway) -> None:
    gateway.drips = True
    gateways = AppriseGateways(gateway.address, "", "Borny", patience_seconds=0.5)
    assert gateways.send("sms", TO, Text("", BODY)) == Answer(False, False, "the gateway does not answer")


def test_nobody_there_is_no_refusal() -> None:
    with http_gateway() as gone:
        address = gone.address
    assert by_sms(address) == Answer(False, False, "the gateway does not answer")


@pytest.mark.parametrize(
    ("refusal", "refused"), [("550 no such mailbox", True), ("451 try later", False), ("452 full", False)]
)
def test_a_mail_server_says_never_or_later(server: MailServer, refusal: str, refused: bool) -> None:
    server.refusal = refusal
    answer = by_mail(server)
    assert (answer.taken, answer.refused) == (False, refused)
    assert refusal[:3] in answer.why
    assert ADDRESS not in answer.why


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that reaches the handlers of this process, from every logger but the mail server's own."""
    heard = io.StringIO()
    handler, root = logging.StreamHandler(heard), logging.getLogger()
    handler.addFilter(lambda record: record.name != "mail.log")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield heard
    root.setLevel(before)
    root.removeHandler(handler)


def test_neither_log_nor_answer_repeats_code_number_or_address(
    gateway: HttpGateway, server: MailServer, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    for status, refusal in ((200, ""), (400, "550 no"), (500, "451 later")):
        gateway.status, server.refusal = status, refusal
        said = [by_sms(gateway.address).why, by_mail(server).why]
        heard = " ".join([log.getvalue(), *said, *capfd.readouterr()])
        heard = re.sub(r":[0-9]{4,5}\b", "", heard)  # a port may hold the digits of a code by chance
        assert "127.0.0.1" in heard, "the log is listened to"
        assert [secret for secret in SECRETS if secret in heard] == []


@pytest.mark.parametrize(
    ("sms", "email", "key"),
    [("nothing://{to}", "", "notify.sms"), ("", "just words {to}", "notify.email")],
)
def test_an_address_that_is_none_is_named_by_its_setting_alone(sms: str, email: str, key: str) -> None:
    with pytest.raises(GatewayError, match=key) as raised:
        AppriseGateways(sms, email, "")
    assert "{to}" not in str(raised.value)


def test_a_channel_without_an_address_is_none() -> None:
    assert AppriseGateways("", "", "").ways == frozenset()
