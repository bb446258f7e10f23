"""The asks that are on their way: when to put one again, and its answers in their order.

An ask keeps its id however often it is put, and the bridge answers the same id the same way, so that
putting it again is harmless. Its answers are numbered from 0; they may come twice, late or in another
order. One that is missing is asked for by putting the ask again; after GIVE_UP_MS the rest counts
without it. The last answers may be missing without a trace, when the line was down at that moment: once it
is back, an ask whose door is still under way is put once more.
"""

from dataclasses import dataclass, field
from typing import Final

from contract.messages import Answer, AnswerBody, AskBody, Door, VisitGranted

AGAIN_MS: Final = 1_000
GIVE_UP_MS: Final = 8_000
MOMENT_MS: Final = 50
"""A bridge that is well has answered by then."""
REMEMBERED: Final = 16
STREAM_MS: Final = 150_000
"""A door that was asked for is shut, or told as left open, within this time."""
_HELD: Final = 64


@dataclass
class _Pending:
    body: AskBody
    born_ms: int
    sent_ms: int | None = None
    next_n: int = 0
    held: dict[int, AnswerBody] = field(default_factory=dict)
    gap_ms: int | None = None
    given_up: bool = False
    heard: AnswerBody | None = None
    """The last answer in order."""
    cut: bool = False
    """The line was down since: answers may be lost, and nobody would know."""

    def wants(self, now_ms: int) -> bool:
        """Whether something of the answers is missing, and may still come."""
        if self.held and self.gap_ms is not None:
            return now_ms - self.gap_ms < GIVE_UP_MS
        return self.next_n == 0 and not self.given_up

    def take(self) -> list[AnswerBody]:
        """All answers that are next in order."""
        ready: list[AnswerBody] = []
        while self.next_n in self.held:
            ready.append(self.held.pop(self.next_n))
            self.next_n += 1
        if ready:
            self.heard = ready[-1]
        return ready

    def is_to_put(self, now_ms: int) -> bool:
        """Whether it wants an answer, or may have missed one of a door that is under way.

        Only what the bridge took up is put once more: a refusal is not remembered there, and the same ask
        would be a new try.
        """
        under_way = isinstance(self.heard, VisitGranted | Door) and now_ms - self.born_ms < STREAM_MS
        return self.wants(now_ms) or (self.cut and under_way)


class Asks:
    """At most REMEMBERED asks; an answer to any other is nobody's."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}

    def put(self, ask: str, body: AskBody, now_ms: int) -> None:
        """A new ask."""
        self._pending[ask] = _Pending(body, now_ms)
        while len(self._pending) > REMEMBERED:
            del self._pending[next(iter(self._pending))]

    def due(self, now_ms: int) -> list[tuple[str, AskBody]]:
        """Those to put now: for the first time, or again."""
        return [
            (ask, one.body)
            for ask, one in self._pending.items()
            if one.is_to_put(now_ms) and (one.sent_ms is None or now_ms - one.sent_ms >= AGAIN_MS)
        ]

    def sent(self, ask: str, now_ms: int) -> None:
        """This one left."""
        self._pending[ask].sent_ms, self._pending[ask].cut = now_ms, False

    def moment_ms(self, now_ms: int) -> int | None:
        """Until when a first answer is but a moment away, or None."""
        sent = (one for one in self._pending.values() if one.sent_ms is not None and one.next_n == 0)
        ends = (one.born_ms + MOMENT_MS for one in sent)
        return max((end for end in ends if end > now_ms), default=None)

    def hurry(self) -> None:
        """The line is back: what still wants an answer, or may have missed one, is due at once."""
        for one in self._pending.values():
            one.sent_ms, one.cut = None, True

    def given_up(self, now_ms: int) -> list[str]:
        """Those that stayed without any answer; each is named once. A late answer still counts."""
        silent = [
            ask
            for ask, one in self._pending.items()
            if one.wants(now_ms) and not one.held and now_ms - one.born_ms >= GIVE_UP_MS
        ]
        for ask in silent:
            self._pending[ask].given_up = True
        return silent

    def answered(self, answer: Answer, now_ms: int) -> list[AnswerBody]:
        """What this answer brings, in order; nothing for one we had, or that is not ours."""
        one = self._pending.get(answer.ask)
        if one is None or answer.n < one.next_n or len(one.held) >= _HELD:
            return []
        one.held[answer.n] = answer.body
        ready = one.take()
        if ready or one.gap_ms is None:
            one.gap_ms = now_ms if one.held else None
        return ready

    def overdue(self, now_ms: int) -> list[tuple[str, AnswerBody]]:
        """Answers that waited for an earlier one which does not come."""
        late: list[tuple[str, AnswerBody]] = []
        for ask, one in self._pending.items():
            if one.gap_ms is None or now_ms - one.gap_ms < GIVE_UP_MS:
                continue
            while one.held:
                one.next_n = min(one.held)
                late += [(ask, body) for body in one.take()]
            one.gap_ms = None
        return late

    def next_ms(self, now_ms: int) -> int | None:
        """When something here is due next, or None."""
        times = [
            min((now_ms if one.sent_ms is None else one.sent_ms) + AGAIN_MS, one.born_ms + GIVE_UP_MS)
            for one in self._pending.values()
            if one.wants(now_ms)
        ]
        times += [now_ms + AGAIN_MS for one in self._pending.values() if one.is_to_put(now_ms)]
        times += [one.gap_ms + GIVE_UP_MS for one in self._pending.values() if one.gap_ms is not None]
        return min(times, default=None)
