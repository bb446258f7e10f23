"""Text messages through OVH: signed so that it takes them, whatever our clock says; and its answers."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.notify.gateways import Answer, GatewayError
from hub.notify.ovh import OvhKeys, OvhSms, read_keys
from hub.notify.texts import Text
from tests.fakes.clock import FakeClock
from tests.fakes.ovh import (
    APPLICATION_KEY,
    APPLICATION_SECRET,
    CONSUMER_KEY,
    SERVICE,
    OvhService,
    ovh_service,
)

TO, BODY = "+33612345678", "Résidence Borny : votre code 27 483 190."
SECRETS = (APPLICATION_SECRET, CONSUMER_KEY, "12345678", "483")
FILE = f"[default]\nendpoint=ovh-eu\n\n[ovh-eu]\napplication_key={APPLICATION_KEY}\n"
FILE += f"application_secret = {APPLICATION_SECRET}\nconsumer_key={CONSUMER_KEY}\n"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ovh(clock: FakeClock) -> Iterator[OvhService]:
    """A service whose hour is three hours from ours: a hub's clock may be wrong."""
    with ovh_service(clock.wall_ms() // 1000 + 10_800) as service:
        yield service


def account(ovh: OvhService, clock: FakeClock, *, sender: str = "", **keys: str) -> OvhSms:
    whole = {
        "application_key": APPLICATION_KEY,
        "application_secret": APPLICATION_SECRET,
        "consumer_key": CONSUMER_KEY,
    }
    return OvhSms(OvhKeys(**(whole | keys)), SERVICE, sender, ovh.address, clock)


def send(sms: OvhSms, body: str = BODY) -> Answer:
    return sms.send("sms", TO, Text("", body))


def test_a_message_is_signed_as_ovh_wants_it_and_taken(ovh: OvhService, clock: FakeClock) -> None:
    assert send(account(ovh, clock)) == Answer(True)
    [job] = ovh.jobs
    assert job["receivers"] == [TO]
    assert job["message"] == BODY
    assert (job["coding"], job["noStopClause"], job["senderForResponse"]) == ("7bit", True, True)
    assert "sender" not in job


def test_the_account_s_own_sender_is_named_and_arabic_is_sent_in_its_coding(
    ovh: OvhService, clock: FakeClock
) -> None:
    assert send(account(ovh, clock, sender="Borny"), "رمزكم: 27 483 190").taken
    [job] = ovh.jobs
    assert (job["sender"], job["coding"], job["message"]) == ("Borny", "8bit", "رمزكم: 27 483 190")
    assert "senderForResponse" not in job


def test_ovh_is_asked_for_its_hour_once_and_again_when_it_finds_us_late(
    ovh: OvhService, clock: FakeClock
) -> None:
    sms = account(ovh, clock)
    assert send(sms).taken
    assert send(sms).taken
    assert ovh.hours_asked == 1
    ovh.hour += 7_200
    assert send(sms).taken
    assert (ovh.hours_asked, len(ovh.jobs), ovh.tried) == (2, 3, 4)


@pytest.mark.parametrize(
    ("status", "said", "answer"),
    [
        (
            200,
            {"invalidReceivers": [TO], "validReceivers": [], "ids": []},
            Answer(False, True, "the gateway cannot write to such an address"),
        ),
        (400, {"message": "Invalid receiver"}, Answer(False, True, "the gateway refused it (400)")),
        (
            402,
            {"message": "Not enough credits"},
            Answer(False, False, "the gateway could not take it (402)", "credit"),
        ),
        (
            403,
            {"message": "You have no more SMS CREDITS on this account"},
            Answer(False, False, "the gateway could not take it (403)", "credit"),
        ),
        (
            403,
            {"errorCode": "NOT_GRANTED_CALL", "message": "This call has not been granted"},
            Answer(False, False, "the gateway could not take it (403)", "account"),
        ),
        (429, {"message": "Too many requests"}, Answer(False, False, "the gateway could not take it (429)")),
        (500, {"message": "Internal error"}, Answer(False, False, "the gateway could not take it (500)")),
        (503, {}, Answer(False, False, "the gateway could not take it (503)")),
        (200, {}, Answer(False, False, "the gateway could not take it (200)")),
    ],
)
def test_each_answer_of_ovh_has_its_sense(
    ovh: OvhService, clock: FakeClock, status: int, said: dict[str, Any], answer: Answer
) -> None:
    ovh.status, ovh.said = status, said
    assert send(account(ovh, clock)) == answer


@pytest.mark.parametrize(
    "said",
    [
        [],
        7,
        None,
        "text",
        {"validReceivers": None, "ids": 0},
        {"errorCode": [], "message": {}},
        {"message": None},
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_of_no_sense_brings_nothing_down(
    ovh: OvhService, clock: FakeClock, status: int, said: Any
) -> None:
    ovh.status, ovh.answer = status, said
    answer = send(account(ovh, clock))
    assert not answer.taken
    assert str(status) in answer.why


@pytest.mark.parametrize("key", ["application_key", "application_secret", "consumer_key"])
def test_keys_that_are_not_taken_are_trouble_with_the_account(
    ovh: OvhService, clock: FakeClock, key: str
) -> None:
    answer = send(account(ovh, clock, **{key: "another"}))
    assert (answer.taken, answer.refused, answer.trouble) == (False, False, "account")
    assert ovh.jobs == []


def test_nobody_there_is_no_refusal(ovh: OvhService, clock: FakeClock) -> None:
    sms = account(ovh, clock)
    ovh.close()
    assert send(sms) == Answer(False, False, "the gateway does not answer")


class HurriedClock(FakeClock):
    """Ten seconds pass at each look."""

    def mono_ms(self) -> int:
        self.advance(10_000)
        return super().mono_ms()


def test_an_answer_that_never_comes_to_an_end_is_left(ovh: OvhService) -> None:
    clock = HurriedClock()
    sms = account(ovh, clock)
    ovh.drips = True
    assert send(sms) == Answer(False, False, "the gateway does not answer")


def test_an_answer_is_read_up_to_a_ceiling(ovh: OvhService, clock: FakeClock) -> None:
    ovh.said = {"ids": [1], "noise": "x" * 20_000}
    assert send(account(ovh, clock)) == Answer(False, False, "the gateway does not answer")


def test_neither_log_nor_answer_repeats_key_number_or_code(ovh: OvhService, clock: FakeClock) -> None:
    heard, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(heard), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        sms = account(ovh, clock)
        whys = []
        for status, said in ((200, None), (400, {"message": f"bad {TO}"}), (500, {})):
            ovh.status, ovh.said = status, said
            whys.append(send(sms).why)
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
    told = " ".join(
        [heard.getvalue(), *whys, repr(OvhKeys(APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY))]
    )
    assert "127.0.0.1" in told, "the log is listened to"
    told = told.replace(str(ovh.port), "")  # any number, perhaps with that code in it
    assert [secret for secret in SECRETS if secret in told] == []


# --- keys --------------------------------------------------------------------------------------


def keys_in(directory: Path, text: str, mode: int = 0o600) -> Path:
    file = directory / "ovh.conf"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_keys_are_read_from_a_file_like_ovhs_own_and_the_environment_comes_first(tmp_path: Path) -> None:
    whole = OvhKeys(APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY)
    assert read_keys(keys_in(tmp_path, FILE), {}) == whole
    said = {"OVH_APPLICATION_KEY": "a", "OVH_APPLICATION_SECRET": "s", "OVH_CONSUMER_KEY": "c"}
    assert read_keys(None, said) == OvhKeys("a", "s", "c")
    assert read_keys(tmp_path / "ovh.conf", {"OVH_CONSUMER_KEY": "c"}).consumer_key == "c"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (FILE, 0o644, "chmod 600"),
        (FILE.replace("consumer_key", "consumer"), 0o600, "consumer_key is missing"),
        (f"application_secret={APPLICATION_SECRET}\n", 0o600, r"\[ovh-eu\]"),
        ("", 0o600, "application_key is missing"),
    ],
)
def test_keys_that_cannot_be_used_are_named_and_never_repeated(
    tmp_path: Path, text: str, mode: int, said: str
) -> None:
    with pytest.raises(GatewayError, match=said) as raised:
        read_keys(keys_in(tmp_path, text, mode), {})
    assert APPLICATION_SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match=r"notify\.ovh\.keys"):
        read_keys(tmp_path / "nothing", {})
