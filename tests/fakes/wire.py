"""A wire between device and hub that loses, repeats and reorders, as a broker may (design section 2)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Carried:
    """A payload on its way, to the hub (`up`) or to the device."""

    up: bool
    leaf: str
    payload: bytes


class Wire:
    """What is on its way now; nothing arrives by itself."""

    def __init__(self) -> None:
        self.carried: list[Carried] = []

    def send(self, up: bool, leaf: str, payload: bytes) -> None:
        """Accept a payload, as a broker would: that promises nothing."""
        self.carried.append(Carried(up, leaf, payload))

    def take(self, index: int) -> Carried | None:
        """Take one out, not necessarily the oldest; None if nothing is on its way."""
        return self.carried.pop(index % len(self.carried)) if self.carried else None

    def repeat(self, index: int) -> None:
        """Have one delivered twice."""
        if self.carried:
            self.carried.append(self.carried[index % len(self.carried)])

    def cut(self) -> None:
        """Lose everything that is on its way."""
        self.carried.clear()
