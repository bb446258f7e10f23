"""What other programs are told, and where it may go."""

import base64
import json

import pytest

from contract import messages as m
from hub.core.told import Told
from hub.core.webhooks import (
    MOST_TRIES,
    Happening,
    back_off_ms,
    body,
    happening,
    is_public,
    is_wanted,
    offline,
    secret_text,
    signature,
)
from hub.notify.hooks import fault_of

PARCEL = {"kind": "parcel", "purpose": "hold"}
DAY_MS = 86_400_000


def told(fact: m.AnyFact) -> Told:
    return Told("e1", "borny-bridge", "borny", 1_700_000_000_000, False, fact)


LEFT = told(m.ItemLeft(item="i1", compartment=3, allocation=1, evidence="door"))
COLLECTED = told(m.ItemCollected(item="i1", compartment=3, allocation=1, operation="o1"))
DONE = told(m.WorkDone(order="o1", by=m.Holder(kind="partner", id="p1")))


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    """The example of their specification."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    content = '{"test": 2432232314}'
    right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, content) == right
    assert secret_text(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    ("fact", "item", "order", "kind", "data"),
    [
        (LEFT, PARCEL, None, "parcel.received", {"item": "i1"}),
        (COLLECTED, {**PARCEL, "kind": "letter"}, None, "parcel.collected", {"item": "i1"}),
        (DONE, None, {"state": "ready"}, "order.ready", {"order": "o1"}),
        (told(m.DoorForced(compartment=4)), None, None, "door.alarm", {"compartment": 4, "alarm": "forced"}),
        (
            told(m.DoorNotOpened(operation="o", compartment=4, why="stayed_shut")),
            None,
            None,
            "door.alarm",
            {"compartment": 4, "alarm": "jammed"},
        ),
    ],
)
def test_a_fact_worth_telling_is_told(
    fact: Told, item: dict[str, str] | None, order: dict[str, str] | None, kind: str, data: dict[str, object]
) -> None:
    found = happening(fact, item, order)
    assert found is not None
    assert (found.kind, dict(found.data)) == (kind, data)


@pytest.mark.parametrize(
    ("fact", "item", "order"),
    [
        (LEFT, {"kind": "object", "purpose": "drop"}, None),
        (LEFT, {"kind": "parcel", "purpose": "drop"}, None),
        (LEFT, None, None),
        (COLLECTED, {"kind": "bag", "purpose": "hold"}, None),
        (DONE, None, {"state": "part_ready"}),
        (told(m.DoorOpened(operation="o", compartment=4)), None, None),
    ],
)
def test_what_concerns_no_other_program_is_not(
    fact: Told, item: dict[str, str] | None, order: dict[str, str] | None
) -> None:
    assert happening(fact, item, order) is None


def test_what_is_seen_again_is_the_same() -> None:
    assert happening(LEFT, PARCEL, None) == happening(LEFT, PARCEL, None)
    assert offline("borny", "k", 5).subject != offline("borny", "k", 6).subject


def test_a_webhook_is_told_of_its_kinds_and_sites() -> None:
    one = Happening("door.alarm", "e", "borny", 0, ())
    assert is_wanted(one, ["door.alarm"], None)
    assert is_wanted(one, ["door.alarm"], frozenset({"borny"}))
    assert not is_wanted(one, ["door.alarm"], frozenset({"paris"}))
    assert not is_wanted(one, ["order.ready"], None)


def test_a_body_says_kind_moment_and_ids() -> None:
    said = json.loads(body("door.alarm", 1_700_000_000_000, (("site", "borny"), ("compartment", 4))))
    assert said == {
        "type": "door.alarm",
        "timestamp": "2023-11-14T22:13:20Z",
        "data": {"site": "borny", "compartment": 4},
    }


def test_it_is_tried_for_a_day_with_growing_waits() -> None:
    waits = [back_off_ms(tries) for tries in range(1, MOST_TRIES)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert len(known) == MOST_TRIES - 1
    assert 0.8 * DAY_MS < sum(known) <= DAY_MS
    assert back_off_ms(MOST_TRIES) is None


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.0.0.7", False),
        ("172.16.1.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - compared
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:192.168.1.1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:c0a8:0101::1", False),
        ("not an address", False),
    ],
)
def test_only_addresses_of_the_whole_world_are_called(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://example.org/hooks?a=b", None),
        ("https://example.org:8443", None),
        ("http://example.org", "https"),
        ("ftp://example.org", "https"),
        ("example.org", "https"),
        ("https://", "host"),
        ("https://user:secret@example.org", "credentials"),
        ("https://example.org:99999", "host"),
        ("https://exa mple.org", "host"),
        ("https://example.org/#part", "host"),
        ("https://example.org\\@evil", "credentials"),
        ("https://[::1", "host"),
        ("https://exämple.org", "length"),
        ("https://example.org/\r\nHost: x", "length"),
        ("https://example.org/" + "x" * 500, "length"),
        ("", "length"),
    ],
)
def test_an_address_that_cannot_be_is_said_to_be_so(address: str, fault: str | None) -> None:
    assert fault_of(address) == fault
