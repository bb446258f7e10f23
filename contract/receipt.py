"""Receipts that prove: what both sides said at the drop, sealed under the site key.

The seal is a truncated HMAC over every field, made by the bridge, which has the key; the hub can make it too.
A receipt's QR holds its fields and its seal, so that any kiosk of the site can check it without the hub; the
check word on paper is made of the seal, for who reads it out.
"""

import base64
import binascii
import hmac
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

PREFIX: Final = "R1"
MOST_CHARACTERS: Final = 2_900
"""A QR code holds hardly more."""
_SEAL_BYTES: Final = 16
CONSONANTS: Final = "BDFLMRVZ"
VOWELS: Final = "AEIOU"
_SYLLABLES: Final = 4

_Name = Annotated[str, Meta(max_length=80)]
_Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class ReceiptLine(Struct, frozen=True, array_like=True):
    """What was ordered, how often, and at what price each, in cents."""

    name: _Name
    count: Annotated[int, Meta(ge=1, le=999)]
    unit_cents: Annotated[int, Meta(ge=0, le=10_000_000)]


class Receipt(Struct, frozen=True, kw_only=True, array_like=True):
    """All that a mediator would ask for. `number`: contract.bag_tag. Times are wall ms, weight is grams.

    `tag` is the bag's, `place` the number on the door or the label of the shelf place.
    """

    number: Annotated[str, Meta(min_length=1, max_length=40)]
    order: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}\Z")]
    site: Annotated[str, Meta(min_length=1, max_length=120)]
    at_ms: _Number | None
    service: _Name
    partner: _Name
    lines: Annotated[tuple[ReceiptLine, ...], Meta(max_length=40)]
    total_cents: Annotated[int, Meta(ge=0, le=10_000_000)]
    pieces: Annotated[int, Meta(ge=1, le=999)] | None = None
    weight_grams: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    promised_ms: _Number | None = None
    place: _Name = ""
    tag: Annotated[str, Meta(max_length=256)] = ""


def seal(site_key: bytes, receipt: Receipt) -> str:
    """32 hex digits over every field."""
    mac = hmac.digest(site_key, b"receipt\0" + msgspec.json.encode(receipt), "sha256")
    return mac[:_SEAL_BYTES].hex()


def is_genuine(site_key: bytes, receipt: Receipt, claimed: str) -> bool:
    """Whether nothing was changed since it was sealed."""
    return hmac.compare_digest(seal(site_key, receipt).encode(), claimed.encode())


def word(sealed: str) -> str:
    """The check word: four syllables that anybody can read out, as `BADE-FILO`."""
    number = int(sealed, 16)
    syllables = []
    for _ in range(_SYLLABLES):
        number, consonant = divmod(number, len(CONSONANTS))
        number, vowel = divmod(number, len(VOWELS))
        syllables.append(CONSONANTS[consonant] + VOWELS[vowel])
    return f"{syllables[0]}{syllables[1]}-{syllables[2]}{syllables[3]}"


def to_text(receipt: Receipt, sealed: str) -> str:
    """What the receipt's QR says."""
    body = base64.urlsafe_b64encode(msgspec.json.encode(receipt)).decode().rstrip("=")
    return f"{PREFIX}{sealed}{body}"


_receipts = msgspec.json.Decoder(Receipt)


def from_text(text: str) -> tuple[Receipt, str] | None:
    """The receipt in a scanned QR and the seal it claims; None for anything else."""
    sealed, body = text[len(PREFIX) : len(PREFIX) + 32], text[len(PREFIX) + 32 :]
    if (
        not text.startswith(PREFIX)
        or len(text) > MOST_CHARACTERS
        or not set(sealed) <= set("0123456789abcdef")
    ):
        return None
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        receipt = _receipts.decode(raw)
    except (binascii.Error, ValueError):
        return None
    return (receipt, sealed) if len(sealed) == 32 and msgspec.json.encode(receipt) == raw else None
