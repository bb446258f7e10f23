"""A fact in the mouth of a device."""

from typing import NamedTuple

from contract.messages import AnyFact


class Told(NamedTuple):
    """A fact with who told it and when it happened (corrected)."""

    event: str
    device: str
    site: str
    at_ms: int
    estimated: bool
    fact: AnyFact
