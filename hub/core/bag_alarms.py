"""What about bags needs somebody, before a promise breaks. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from hub.core.bags import questions_of
from hub.core.custody import Party, Question, party
from hub.core.rows import Row
from hub.core.things import Thing, Tone, event_of

Kind = Question | Literal["late"]
LONE_MS: Final = 30 * 60_000
"""How long the other side of a hand-over may take to scan."""
PRESSING: Final = frozenset({"late", "lost"})
"""What cannot wait."""
FEW_BAGS: Final = 3
"""More of which the same is so are one card."""
ORDERED: Final = "ordered"
"""State of what was ordered and nobody scanned yet, as a basket: its order tells when it is late."""
SOUGHT: Final = frozenset({"late", "lost", "missing"})
"""What is looked for among the bags of the same load first."""


@dataclass(frozen=True)
class Worry:
    """`kind` is so of a bag since `since_ms`; `who` has it or is to answer.

    `post`: where it should have been scanned. `beside`: tags of the bags it went through a machine with.
    `about`: what was ordered for it and by whom, where that is looked for by.
    `event` tells this worry from every other.
    """

    kind: Kind
    site: str
    bag: str
    tag: str
    since_ms: int
    who: Party
    post: str | None = None
    load: str | None = None
    beside: tuple[str, ...] = ()
    about: str = ""

    @property
    def event(self) -> str:
        """An id of its own, under which somebody sees to it."""
        return event_of("bag-", self.kind, self.site, self.bag, self.since_ms)


def worries(bags: Iterable[Row], now_ms: int) -> list[Worry]:
    """What is the matter with these bags at `now_ms`, hub time; the longest standing first."""
    found = [worry for bag in bags for worry in _about(bag, now_ms)]
    return sorted(found, key=lambda worry: (worry.since_ms, worry.event))


def with_neighbours(found: Iterable[Worry], loads: Mapping[str, Iterable[str]]) -> list[Worry]:
    """Say beside which bags to look first; `loads` has the tags of each load."""
    return [
        replace(worry, beside=tuple(tag for tag in loads.get(worry.load or "", ()) if tag != worry.tag))
        if worry.kind in SOUGHT
        else worry
        for worry in found
    ]


def _about(bag: Row, now_ms: int) -> Iterable[Worry]:
    for kind, since_ms in questions_of(bag).items():
        if kind == "unsure":
            yield _worry(bag, kind, since_ms, party(bag, "before"))
        elif kind != "lone":
            yield _worry(bag, kind, since_ms, party(bag, "holder"))
        elif now_ms - since_ms > LONE_MS:
            yield _worry(bag, kind, since_ms, party(bag, "lone"))
    if bag["state"] != ORDERED and bag["next_ms"] is not None and bag["next_ms"] < now_ms:
        yield _worry(bag, "late", bag["next_ms"], party(bag, "holder"))


def _worry(bag: Row, kind: Kind, since_ms: int, who: Party) -> Worry:
    post = bag["next_post"] if kind == "late" else bag["post"]
    return Worry(kind, bag["site"], bag["id"], bag["tag"], since_ms, who, post, bag["load"])


# --- cards ---------------------------------------------------------------------------------------


def bag_things(worries: list[Worry]) -> Iterable[Thing]:
    """A card for each bag; one for all of a site where the same is so of many."""
    alike: dict[tuple[str, str], list[Worry]] = {}
    for worry in worries:
        alike.setdefault((worry.site, worry.kind), []).append(worry)
    for (site, kind), mine in alike.items():
        tone: Tone = "alarm" if kind in PRESSING else "warn"
        if len(mine) > FEW_BAGS:
            since_ms = min(worry.since_ms for worry in mine)
            yield Thing(tone, f"bag_{kind}", site, since_ms, count=len(mine))
            continue
        for one in mine:
            said = one.about or one.tag
            about = {"event": one.event, "detail": said, "post": one.post, "beside": one.beside}
            doors = (int(one.who.id),) if kind == "unsure" and one.who.id else ()
            yield Thing(tone, f"bag_{kind}", site, one.since_ms, doors, one.bag, **about)  # type: ignore[arg-type]
