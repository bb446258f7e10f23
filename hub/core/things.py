"""One thing that somebody should do: what every rule of `hub.core.attention` gives. Pure."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

Tone = Literal["alarm", "warn", "info"]
RANK: Final[dict[str, int]] = {"alarm": 0, "warn": 1, "info": 2}
"""What presses most comes first."""

LONGEST_CAUSE: Final = 120

_AT_DOORS: Final = frozenset({"blocked", "left_open", "forced", "unchecked", "unsure", "door_second"})
_OF_A_DEVICE: Final = frozenset({"help", "hole", "range_gone", "unreadable"})
"""What comes again from the same device is the same thing."""


def event_of(prefix: str, *about: object) -> str:
    """An id under which somebody sees to what no fact tells: the same as long as it is about the same."""
    return prefix + hashlib.sha256("\0".join(map(str, about)).encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Thing:
    """One thing to do: `kind` says which sentence to write, the rest where and since when."""

    tone: Tone
    kind: str
    site: str = ""
    since_ms: int | None = None
    compartments: tuple[int, ...] = ()
    item: str | None = None
    device: str | None = None
    event: str | None = None
    detail: str = ""
    count: int = 0
    post: str | None = None
    beside: tuple[str, ...] = ()
    called: str = ""
    """What people call the device, where its sentence names it and somebody gave it a name."""
    about: str = ""
    """What it is and for whom, where the pages say so beside a number; no message holds it."""

    @property
    def subject(self) -> str:
        """What it is about, of all that may be so at its site; empty for the whole site."""
        if self.kind in _AT_DOORS:
            return ",".join(map(str, self.compartments))
        if self.kind in _OF_A_DEVICE:
            return self.device or ""
        return self.item or self.event or self.device or ""

    @property
    def key(self) -> str:
        """The same as long as it is the same thing, however often the page is drawn: 32 hex digits."""
        about = "\0".join((self.kind, self.site, self.subject))
        return hashlib.sha256(about.encode()).hexdigest()[:32]

    @property
    def cause(self) -> str:
        """Another one once it happened again; of what is counted for a whole site always the same."""
        return f"{self.event or ''}@{self.since_ms or ''}"[:LONGEST_CAUSE] if self.subject else ""
