"""Whatever bytes come, decoding them gives a message or a ContractError that tells nobody's secrets."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import messages as m
from contract.codec import CEILING, ContractError, decode, decode_fact, encode

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "contract" / "examples").iterdir())
KINDS: list[Any] = [
    *(m.AnyFact, m.AnyDocument, m.Order, m.Reply, m.Ask, m.Answer),
    *(m.Hello, m.Welcome, m.Batch, m.Ack, m.FeedPage, m.Presence, m.Doors),
]
SECRET_TEXT = "Mme Benkacem, code '27 406231' - at B 204"
SECRET_NUMBER = 27_406_231_903
PRESENCE = b'{"online":true,"session":"s-1"%s}'


def refusal(payload: bytes, kind: Any = m.AnyFact) -> str:
    with pytest.raises(ContractError) as caught:
        decode(payload, kind)
    return str(caught.value)


def presence_of(size: int) -> bytes:
    """A valid presence of exactly `size` bytes."""
    padding = size - len(PRESENCE % b',"x":""')
    return PRESENCE % (b',"x":"' + b"a" * padding + b'"')


def attempt(payload: bytes) -> None:
    """Decode as every kind; anything but a message or a ContractError fails the test."""
    for kind in KINDS:
        try:
            encode(decode(payload, kind))
        except ContractError:
            continue


# --- limits ------------------------------------------------------------------------------------


def test_a_payload_of_the_ceiling_passes_and_one_byte_more_does_not() -> None:
    assert decode(presence_of(CEILING), m.Presence) == m.Presence(online=True, session="s-1")
    assert refusal(presence_of(CEILING + 1), m.Presence) == f"{CEILING + 1} bytes, over {CEILING}"


def test_a_message_above_the_ceiling_is_not_encoded() -> None:
    doors = tuple(m.DoorPicture(compartment=1, state="closed") for _ in range(3_000))
    with pytest.raises(ContractError, match=r"Doors would be \d+ bytes"):
        encode(m.Doors(session="s", doors=doors, cabinet=()))


@pytest.mark.parametrize("opening", [b"[", b'{"x":'])
def test_nesting_as_deep_as_fits_is_refused_without_a_crash(opening: bytes) -> None:
    deep = opening * ((CEILING - 100) // len(opening))
    refusal(PRESENCE % (b',"x":' + deep), m.Presence)
    refusal(deep, m.Presence)
    entry = b'["e-1","b-1",1,1,"synced",' + deep + b"]"
    refusal(entry, m.Entry)


def test_a_fact_body_nested_deeper_than_any_reader_goes_is_refused() -> None:
    refusal(b'{"type":"door_forced","compartment":1,"x":' + b"[" * 5_000 + b"]" * 5_000 + b"}")


# --- what is no message ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'"door_forced"',
        b'{"compartment":1}',
        b'{"type":null,"compartment":1}',
        b'{"type":"door_forced"}',
        b'{"type":"door_forced","compartment":null}',
        b'{"type":"door_forced","compartment":"1"}',
        b'{"type":"door_forced","compartment":1.0}',
        b'{"type":"door_forced","compartment":true}',
        b'{"type":"door_forced","compartment":[1]}',
        b'{"type":"door_forced","compartment":0}',
        b'{"type":"door_forced","compartment":-1}',
        b'{"type":"door_forced","compartment":10000}',
        b'{"type":"door_forced","compartment":NaN}',
        b'{"type":"door_forced","compartment":Infinity}',
        b'{"type":"door_forced","compartment":1e400}',
        b'{"type":"door_forced","compartment":' + b"9" * 10_000 + b"}",
        b'{"type":"door_forced","compartment":1}}',
        b'{"type":"door_forced","compartment":1} {}',
        b"{'type':'door_forced','compartment':1}",
        b'{"type":"door_forced","compartment":1',
        b'\xef\xbb\xbf{"type":"door_forced","compartment":1}',
        '{"type":"door_forced","compartment":1}'.encode("utf-16"),
        b'{"type":"help_asked","screen":"\xff\xfe"}',
        b'{"type":"help_asked","screen":"\xed\xa0\x80"}',
        b'{"type":"help_asked","screen":"\\ud800"}',
        b'{"type":"help_asked","screen":"a\x00b"}',
        b'{"type":"help_asked","screen":""}',
        b'{"type":"help_asked","screen":"' + b"a" * 41 + b'"}',
    ],
)
def test_bytes_that_are_no_fact_are_refused_with_a_reason(payload: bytes) -> None:
    assert refusal(payload)


@pytest.mark.parametrize("name", ["", "a b", "a\n", "\n", "a/b", "é", "a" * 65])
def test_an_identifier_is_one_short_line_of_plain_signs(name: str) -> None:
    payload = msgspec.json.encode({"type": "door_opened", "operation": name, "compartment": 1})
    assert refusal(payload).endswith("`$.operation`")


@pytest.mark.parametrize("wall_ms", [2**63, -(2**63), 10**30])
def test_a_time_that_no_database_could_hold_is_refused(wall_ms: int) -> None:
    refusal(msgspec.json.encode(["e-1", "b-1", 1, wall_ms, "synced", {}]), m.Entry)


def test_of_a_key_given_twice_the_last_value_counts_everywhere() -> None:
    assert not decode(b'{"online":true,"session":"s","online":false}', m.Presence).online
    twice = b'{"type":"door_forced","compartment":1,"compartment":2}'
    assert decode_fact(twice) == m.DoorForced(compartment=2)


def test_a_type_of_tomorrow_is_refused_by_name_of_the_field_only() -> None:
    assert refusal(b'{"type":"door_melted","compartment":1}') == "Invalid value `$.type`"


# --- what an error says ------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("secret", [SECRET_TEXT, SECRET_NUMBER, [SECRET_TEXT], {SECRET_TEXT: SECRET_NUMBER}])
def test_an_error_never_repeats_a_value(path: Path, secret: object) -> None:
    fields = msgspec.json.decode(path.read_bytes())
    for name in fields:
        poisoned = msgspec.json.encode(fields | {name: secret})
        for kind in KINDS:
            with suppress(ContractError):
                decode(poisoned, kind)
                continue
            told = refusal(poisoned, kind)
            assert not any(word in told for word in ("Benkacem", "406231", "B 204", str(SECRET_NUMBER)))


def test_an_error_about_wrong_utf_8_shows_none_of_it() -> None:
    assert refusal(b'{"type":"help_asked","screen":"Benkacem\xff"}') == "not UTF-8"


def test_an_error_carries_no_earlier_one_whose_text_a_log_would_print() -> None:
    with pytest.raises(ContractError) as caught:
        decode(b'{"type":"Benkacem"}', m.AnyFact)  # type: ignore[arg-type]
    assert caught.value.__suppress_context__


# --- anything at all ---------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=300))
def test_any_bytes_at_all(payload: bytes) -> None:
    attempt(payload)


@given(st.sampled_from(EXAMPLES), st.integers(0, 2_000), st.integers(0, 30), st.binary(max_size=8))
def test_an_example_with_a_piece_replaced_by_any_bytes(
    path: Path, place: int, cut: int, piece: bytes
) -> None:
    payload = path.read_bytes()
    place %= len(payload)
    attempt(payload[:place] + piece + payload[place + cut :])


@given(st.sampled_from(EXAMPLES), st.data(), ANYTHING)
def test_an_example_with_any_value_in_one_of_its_fields(path: Path, data: st.DataObject, value: Any) -> None:
    fields = msgspec.json.decode(path.read_bytes())
    name = data.draw(st.sampled_from(sorted(fields)))
    attempt(msgspec.json.encode(fields | {name: value}))
