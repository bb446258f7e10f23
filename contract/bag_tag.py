"""Tags printed for bags, which are also the numbers of orders: short, and a misread one is told.

Nine characters made of the item's id and one that checks them, of 31 that cannot be taken for one another
(no 0 O I L U). 31 is a prime and the weights differ, so that one wrong character, or two swapped ones, never
give another good tag. On paper `K7Q2M-4XD9T`; as Code 128 and QR with `B1` in front, so that a scan tells
what it is. A bag that has a tag of its own, of whatever make, keeps it.
"""

import hashlib
from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "B1"
LENGTH: Final = 10


def printed(item: str) -> str:
    """The tag of this item, as it is printed: always the same, so that no counter can be lost."""
    number = int.from_bytes(hashlib.sha256(b"bag tag\0" + item.encode()).digest())
    payload = ""
    for _ in range(LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        payload += ALPHABET[place]
    return shown(payload + _check(payload))


def shown(tag: str) -> str:
    """Ten characters in two groups."""
    return f"{tag[:5]}-{tag[5:]}"


def scanned(tag: str) -> str:
    """The text that a bar code of this tag has."""
    return PREFIX + tag.replace("-", "")


def parse(text: str) -> str | None:
    """The tag that was scanned, or typed in any case and grouping; None for what is not one of ours."""
    bare = text.strip().upper().replace("-", "").replace(" ", "")
    bare = bare.removeprefix(PREFIX) if len(bare) == LENGTH + len(PREFIX) else bare
    if len(bare) != LENGTH or not set(bare) <= set(ALPHABET) or bare[-1] != _check(bare[:-1]):
        return None
    return shown(bare)


def is_ours(text: str) -> bool:
    """Whether a scan has the form of our bar codes, right or misread."""
    return text.startswith(PREFIX) and len(text) == LENGTH + len(PREFIX)


def _check(payload: str) -> str:
    total = sum((place + 2) * ALPHABET.index(letter) for place, letter in enumerate(payload))
    return ALPHABET[-total % len(ALPHABET)]
