"""Where a bag is, from all that was seen of it: a function of the set of its scans. Pure.

The scans are laid out by their corrected time (of two at one moment, by their ids), whatever order they
arrived in. A hand-over has two sides, told by two devices: the giver's and the receiver's scan belong
together when nothing of the bag was seen between them, in either order, for clocks differ. What only one
side told is believed, and stays an open question until the other side, or anything later, answers it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from hub.core.routes import RECEPTION, RETURN, RUN, WASH, rank
from hub.core.rows import Row

Question = Literal[
    "after_end",
    "backwards",
    "counts",
    "lone",
    "lost",
    "missing",
    "no_order",
    "ordered",
    "quote",
    "twice",
    "unknown",
    "unsure",
]
"""What is not clear about a bag: it was seen after its end; at a post before the last one; two sides
counted differently; one side of a hand-over is silent; staff looked for it in vain; it was not there when a
manifest was closed; nothing was ordered for it; more than one order is for it; its tag is another bag's
now; nobody knows its tag; its lockers were cut short while its door stood open, and perhaps it lies there.
"""

MOST_STEPS: Final = 64
"""The latest ones tell where a bag is: a tag nobody knows could be scanned for ever."""
TOGETHER_MS: Final = 30 * 60_000
"""A receiver's scan, and the giver's so long after it, are two hand-overs unless one names the other."""
_REPEAT_MS: Final = 2 * 60_000
_DOUBTED: Final = 4
"""So many of the latest moves decide where it is: a doubted clock among them is told."""

WRITTEN_OFF: Final = frozenset({"lost", "destroyed", "misread"})
"""Why a bag will not come back; seen again, it has."""
CLOSING: Final = WRITTEN_OFF | {"given_up"}
"""How a bag ends whose order comes to nothing. `given_up`: its person did not let go of it."""

_GIVING: Final = frozenset({"give", "sent"})
_AT_DOORS: Final = frozenset({"left", "out", "kept", "collected"})
_WITH_HANDS: Final = frozenset({"staff", "carrier", "partner"})


class Party(NamedTuple):
    """A `Holder` of the contract."""

    kind: str | None = None
    id: str | None = None
    employer: str | None = None

    def is_same(self, other: "Party") -> bool:
        """Whether it is the same one, whoever they work for."""
        return (self.kind, self.id) == (other.kind, other.id)


NOBODY: Final = Party()


@dataclass
class Whereabouts:
    """`holder` has it since `since_ms`, as `event` told; `reached` is its place on the route."""

    holder: Party = NOBODY
    before: Party = NOBODY
    lone: Party = NOBODY
    since_ms: int | None = None
    event: str | None = None
    given: bool = False
    post: str | None = None
    reached: int | None = None
    furthest: int = -1
    load: str | None = None
    manifest: str | None = None
    doubt: str | None = None
    ended_ms: int | None = None
    ended_how: str | None = None
    questions: dict[Question, int] = field(default_factory=dict)


def party(row: Row, name: str) -> Party:
    """The party that a row has under `name`."""
    return Party(row[f"{name}_kind"], row[f"{name}_id"], row[f"{name}_employer"])


def latest(steps: Iterable[Row]) -> list[Row]:
    """The steps that count, in order."""
    return sorted(steps, key=_place)[-MOST_STEPS:]


def whereabouts(steps: Sequence[Row]) -> Whereabouts:
    """Follow `latest` steps of one bag."""
    found = Whereabouts()
    moves = _without_repeats([step for step in steps if step["side"] != "note"])
    place = 0
    while place < len(moves):
        pair = moves[place : place + 2]
        if len(pair) == 2 and _belong_together(*pair):
            giver, taker = pair if pair[0]["side"] in _GIVING else reversed(pair)
            _handed_over(found, giver, taker)
            place += 2
        else:
            _alone(found, moves[place])
            place += 1
    found.doubt = _doubt(moves[-_DOUBTED:])
    return found


def _place(step: Row) -> tuple[int, str, str]:
    return step["at_ms"], step["event"], step["tag"]


def _without_repeats(steps: list[Row]) -> list[Row]:
    """One scan is enough of those that somebody did twice in a row.

    It is no repeat where they gave it and took it between, or where another had it, or looked for it.
    """
    kept: list[Row] = []
    last: dict[tuple[str, str | None], int] = {}
    for step in steps:
        side, holder, at_ms = step["side"], step["holder_id"], step["at_ms"]
        since_ms = last.get((side, holder))
        if since_ms is not None and at_ms - since_ms < _REPEAT_MS:
            continue
        if side in _GIVING:
            last.pop(("take", holder), None)
        else:
            last = {one: when for one, when in last.items() if one[0] == "give" and one[1] != holder}
        if side in ("give", "take"):
            last[side, holder] = at_ms
        kept.append(step)
    return kept


# --- two sides -----------------------------------------------------------------------------------


def _belong_together(first: Row, second: Row) -> bool:
    """Whether these neighbours are the two sides of one hand-over."""
    if {first["side"], second["side"]} not in ({"give", "take"}, {"sent", "take"}):
        return False
    giver, taker = (first, second) if first["side"] in _GIVING else (second, first)
    if _ends(giver) or party(giver, "holder").is_same(party(taker, "holder")):
        return False
    if not _means(giver, taker) or not _means(taker, giver):
        return False
    named = party(giver, "other") != NOBODY or party(taker, "other") != NOBODY
    return giver is first or named or second["at_ms"] - first["at_ms"] <= TOGETHER_MS


def _means(one: Row, other: Row) -> bool:
    """Whether the party that `one` names, if any, is who told `other`."""
    named = party(one, "other")
    return named == NOBODY or named.is_same(party(other, "holder"))


def _ends(step: Row) -> bool:
    """Given at the last post to nobody known: its person has it."""
    return bool(step["side"] == "give" and step["post"] == "return" and step["other_kind"] is None)


def _handed_over(found: Whereabouts, giver: Row, taker: Row) -> None:
    if _is_echo_of_the_end(found, taker):
        return
    _moved(found, taker, party(taker, "holder"), before=party(giver, "holder"))
    _note_post(found, giver, party(giver, "holder"))
    came_back = giver["holder_kind"] == "partner" and taker["holder_kind"] != "partner"
    _note_post(found, taker, party(taker, "holder"), came_back=came_back)


def _alone(found: Whereabouts, step: Row) -> None:
    """A scan whose other side is not there, or that needs none."""
    match step["side"]:
        case side if _is_echo_of_the_end(found, step):
            if side == "collected":
                found.ended_how = side
        case "missing" | "lost" as question:
            found.questions[question] = step["at_ms"]
            found.manifest = step["manifest"] or found.manifest
        case "written_off":  # who gives up looking for it is not who had it
            _end(found, step, step["what"], before=found.holder)
        case "collected":
            _end(found, step, "collected", before=party(step, "holder"))
        case "give" if _ends(step):
            _end(found, step, "returned", before=party(step, "holder"))
        case "give" | "sent":
            _gave(found, step)
        case _:
            _took(found, step)


def _gave(found: Whereabouts, step: Row) -> None:
    """Who gave it says so; who should have it has said nothing yet."""
    giver, receiver = party(step, "holder"), party(step, "other")
    if found.before.is_same(giver) and (receiver.is_same(found.holder) or found.lone.is_same(giver)):
        if found.lone.is_same(giver):  # they were asked, and this is the answer
            found.questions.pop("lone", None)
            found.lone = NOBODY
        return
    _moved(found, step, receiver if receiver != NOBODY else giver, before=giver)
    found.given = receiver == NOBODY
    _note_post(found, step, giver)
    if receiver.kind == "partner":
        _note_post(found, {**step, "post": None}, receiver)
    _ask_the_other(found, receiver if receiver != NOBODY else giver, step)


def _took(found: Whereabouts, step: Row) -> None:
    """Who has it says so; who had it before has not said that they gave it."""
    taker, giver = party(step, "holder"), party(step, "other")
    had = giver if giver != NOBODY else found.holder
    if giver == NOBODY and _took_back(found, step, taker):
        had = NOBODY  # it never left: whoever should have got it has nothing to say
    was_with_giver, was_given = found.holder, found.given
    _moved(found, step, taker, before=had)
    came_back = had.kind == "partner" and taker.kind != "partner"
    _note_post(found, step, taker, came_back=came_back)
    silent = had.kind in _WITH_HANDS and not had.is_same(taker)
    if step["side"] == "take" and silent and not (was_given and had.is_same(was_with_giver)):
        _ask_the_other(found, had, step)


def _took_back(found: Whereabouts, step: Row, taker: Party) -> bool:
    """Whether who gave it on a round takes it off that round again, before the other side scanned it."""
    same = step["manifest"] is not None and step["manifest"] == found.manifest
    return same and found.before.is_same(taker) and found.lone.is_same(found.holder)


def _ask_the_other(found: Whereabouts, who: Party, step: Row) -> None:
    found.lone = who
    found.questions["lone"] = step["at_ms"]


def _moved(found: Whereabouts, step: Row, holder: Party, before: Party) -> None:
    """The bag is with `holder` now: whatever was asked about where it is, is answered."""
    for question in ("lone", "lost", "missing"):
        found.questions.pop(question, None)
    if found.ended_ms is not None and step["side"] not in _AT_DOORS and found.ended_how not in WRITTEN_OFF:
        found.questions["after_end"] = step["at_ms"]
    if not holder.is_same(found.holder) or found.since_ms is None or found.ended_ms is not None:
        found.before, found.since_ms, found.event = before, step["at_ms"], step["event"]
    found.holder, found.given, found.lone = holder, False, NOBODY
    found.ended_ms = found.ended_how = None
    found.load = step["load"] or found.load
    found.manifest = step["manifest"] or found.manifest


def _end(found: Whereabouts, step: Row, how: str, before: Party) -> None:
    """Its person has it, or nobody will; a question about the way there matters no more."""
    _moved(found, step, NOBODY, before=before)
    found.questions.clear()
    found.ended_ms, found.ended_how, found.since_ms = step["at_ms"], how, step["at_ms"]
    _note_post(found, step, NOBODY)


def _is_echo_of_the_end(found: Whereabouts, step: Row) -> bool:
    """Whether this is only another word on an end: told a moment ago, or that it cannot be found."""
    if found.ended_ms is None or step["side"] in ("left", "out", "kept"):
        return False
    if found.ended_how in WRITTEN_OFF:
        return step["side"] in ("written_off", "missing", "lost")
    if step["side"] == "written_off":
        return True
    at_the_end = step["post"] == "return" or step["side"] == "collected"
    return bool(at_the_end and step["at_ms"] - found.ended_ms <= TOGETHER_MS)


# --- the route -----------------------------------------------------------------------------------


def _note_post(found: Whereabouts, step: Row, holder: Party, *, came_back: bool = False) -> None:
    reached = _reached(step, holder, came_back=came_back)
    found.post = step["post"] or found.post
    if reached is not None:
        if reached < found.furthest:
            found.questions.setdefault("backwards", step["at_ms"])
        else:
            found.questions.pop("backwards", None)
        found.reached, found.furthest = reached, max(reached, found.furthest)


def _reached(step: Row, holder: Party, *, came_back: bool) -> int | None:
    """The place on the route that a step shows: by its post, else by who has it."""
    if (at_post := rank(step["post"])) is not None:
        return at_post
    if step["side"] == "load":
        return WASH
    if step["side"] in ("left", "kept"):
        return RECEPTION if step["what"] == "drop" else RETURN
    if came_back:
        return RETURN
    return RUN if holder.kind in ("partner", "carrier") else None


def _doubt(moves: Sequence[Row]) -> str | None:
    """Why the order of the latest moves is not certain, if it is not."""
    if any(move["estimated"] for move in moves):
        return "clock"
    apart = pairwise(moves)
    tied = any(
        one["at_ms"] == two["at_ms"]
        and not _belong_together(one, two)
        and one["holder_id"] != two["holder_id"]
        for one, two in apart
    )
    return "tie" if tied else None
