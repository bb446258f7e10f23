"""An order is good for one bridge, one door or thing, one nonce: its signature is over all of it."""

from typing import TypeVar

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.codec import ContractError, decode, encode
from contract.messages import RemoteOpen, SetUse, TakeIn
from contract.order import is_signed, order_bytes, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
BRIDGE = "bridge-a"


One = TypeVar("One", RemoteOpen, TakeIn, SetUse)


def signed(order: One, device: str = BRIDGE) -> One:
    return msgspec.structs.replace(order, signature=sign(KEY, device, order))


@pytest.fixture
def order() -> RemoteOpen:
    return signed(
        RemoteOpen(
            order="order-1",
            nonce="0f" * 16,
            compartment=7,
            allocation=3,
            actor="admin-1",
            reason="La porte est coincée",
            signature="0" * 128,
        )
    )


OTHER_VALUES = {
    "order": "order-2",
    "nonce": "f0" * 16,
    "compartment": 8,
    "allocation": 4,
    "actor": "admin-2",
    "reason": "La porte est coincée ",
}


def test_what_the_hub_signed_is_signed(order: RemoteOpen) -> None:
    assert is_signed(PUBLIC, BRIDGE, order)


def test_every_field_is_either_under_the_signature_or_the_signature() -> None:
    assert {*OTHER_VALUES, "signature"} == {field.name for field in msgspec.structs.fields(RemoteOpen)}


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_changing_any_one_field_breaks_the_signature(order: RemoteOpen, name: str) -> None:
    changed = msgspec.structs.replace(order, **{name: OTHER_VALUES[name]})
    assert not is_signed(PUBLIC, BRIDGE, changed)
    assert is_signed(PUBLIC, BRIDGE, signed(changed))


def test_an_order_for_one_bridge_is_none_for_another(order: RemoteOpen) -> None:
    assert not is_signed(PUBLIC, "bridge-b", order)


def test_every_bit_of_the_signature_counts(order: RemoteOpen) -> None:
    for place in range(64):
        other = bytearray.fromhex(order.signature)
        other[place] ^= 1
        assert not is_signed(PUBLIC, BRIDGE, msgspec.structs.replace(order, signature=other.hex()))


def test_nothing_can_be_moved_from_one_field_into_its_neighbour(order: RemoteOpen) -> None:
    digits_moved = msgspec.structs.replace(order, compartment=73, allocation=0)
    other_split = msgspec.structs.replace(order, compartment=7, allocation=30)
    assert order_bytes(BRIDGE, digits_moved) != order_bytes(BRIDGE, other_split)
    with_nul = signed(msgspec.structs.replace(order, reason="a\0b"))
    assert is_signed(PUBLIC, BRIDGE, with_nul)
    assert not is_signed(PUBLIC, BRIDGE, msgspec.structs.replace(with_nul, reason="a b"))
    assert not is_signed(
        PUBLIC, BRIDGE, msgspec.structs.replace(with_nul, reason="b", actor="admin-1\0a"[:7])
    )


@pytest.mark.parametrize("public_key", [b"", b"\0" * 31, b"\0" * 33, bytes(32), b"\xff" * 32])
def test_with_another_key_or_none_nothing_is_signed(order: RemoteOpen, public_key: bytes) -> None:
    assert not is_signed(public_key, BRIDGE, order)


@pytest.mark.parametrize("signature", ["", "00", "zz" * 64, "0" * 127, "0" * 130])
def test_what_is_no_signature_is_refused_and_raises_nothing(order: RemoteOpen, signature: str) -> None:
    assert not is_signed(PUBLIC, BRIDGE, msgspec.structs.replace(order, signature=signature))


# --- something taken in on a hub page ------------------------------------------------------------


TAKE_IN = TakeIn(
    order="order-1",
    nonce="0f" * 16,
    item="item-1",
    person="person-1",
    kind="parcel",
    size="M",
    actor="admin-1",
    signature="0" * 128,
    compartment=101,
    carrier="Colissimo",
    label="6A12345678905",
)
OTHERWISE: dict[str, object] = {
    "order": "order-2",
    "nonce": "f0" * 16,
    "item": "item-2",
    "person": "person-2",
    "named": False,
    "kind": "letter",
    "size": "S",
    "compartment": None,
    "actor": "admin-2",
    "carrier": None,
    "label": "6A12345678904",
}


def test_of_a_take_in_too_every_field_is_under_the_signature() -> None:
    assert {*OTHERWISE, "signature"} == {field.name for field in msgspec.structs.fields(TakeIn)}
    order = signed(TAKE_IN)
    assert is_signed(PUBLIC, BRIDGE, order)
    for name, value in OTHERWISE.items():
        changed = msgspec.structs.replace(order, **{name: value})
        assert not is_signed(PUBLIC, BRIDGE, changed), name
        assert is_signed(PUBLIC, BRIDGE, signed(changed)), name


def test_an_opening_is_never_a_take_in_nor_one_field_its_neighbour(order: RemoteOpen) -> None:
    assert not is_signed(PUBLIC, BRIDGE, msgspec.structs.replace(TAKE_IN, signature=order.signature))
    moved = msgspec.structs.replace(TAKE_IN, carrier=None, label="Colissimo\x006A12345678905")
    assert order_bytes(BRIDGE, moved) != order_bytes(BRIDGE, TAKE_IN)


def test_a_carrier_with_a_nul_is_no_message() -> None:
    with pytest.raises(ContractError):
        decode(encode(msgspec.structs.replace(TAKE_IN, carrier="a\0b")), TakeIn)


SET_USE = SetUse(
    order="order-1",
    nonce="0f" * 16,
    compartment=7,
    allocation=3,
    usable=False,
    actor="admin-1",
    reason="lock",
    signature="0" * 128,
)
USED_OTHERWISE: dict[str, object] = {
    "order": "order-2",
    "nonce": "f0" * 16,
    "compartment": 8,
    "allocation": 4,
    "usable": True,
    "actor": "admin-2",
    "reason": "dirty",
}


def test_of_a_word_on_use_too_every_field_is_under_the_signature(order: RemoteOpen) -> None:
    assert {*USED_OTHERWISE, "signature"} == {field.name for field in msgspec.structs.fields(SetUse)}
    signed_one = signed(SET_USE)
    assert is_signed(PUBLIC, BRIDGE, signed_one)
    for name, value in USED_OTHERWISE.items():
        changed = msgspec.structs.replace(signed_one, **{name: value})
        assert not is_signed(PUBLIC, BRIDGE, changed), name
    assert not is_signed(PUBLIC, BRIDGE, msgspec.structs.replace(SET_USE, signature=order.signature))
