"""The thread that calls those on duty when an alarm stands and nobody has taken it.

It also keeps the marks of things to do true: what is gone takes its mark with it, so that what happens anew
is nobody's yet. A call is written down before it is sent; killed in between, the hub may tell somebody twice.
What one of them is to be told of one site at the same moment goes out as one message: a forced cabinet rings
once, not sixteen times.
"""

import logging
from datetime import tzinfo
from itertools import groupby
from typing import Any, Final

from contract.clock import Clock
from hub.core import duty as rules
from hub.core.notices import BACK_OFF_MS, Channel, Send
from hub.core.presence import Helper
from hub.core.things import Thing
from hub.notify.calls import call_text
from hub.notify.gateways import Answer, Gateways
from hub.notify.texts import spoken
from hub.store import duty, marks, presence
from hub.store.database import Connection, Engine, reading, writing
from hub.store.standing import things_now
from hub.turns import Turns

LOOK_SECONDS: Final = 10.0
MOST_TRIES: Final = 3
"""Later the next call says it anew."""

log = logging.getLogger(__name__)


class Duty(Turns):
    """Owns the calls of one hub. `turn` does what is due; `start` does so until `stop`.

    `address`: where people find the pages, to be written into calls; empty where that is not known.
    """

    def __init__(
        self, engine: Engine, clock: Clock, gateways: Gateways, zone: tzinfo, address: str = ""
    ) -> None:
        self._engine, self._clock, self._gateways = engine, clock, gateways
        self._zone, self._address = zone, address
        super().__init__("duty", LOOK_SECONDS)

    def turn(self) -> None:
        """Write down what is new and what is gone, then call whoever is to be called."""
        now_ms = self._clock.wall_ms()
        with reading(self._engine) as connection:
            things = things_now(connection, now_ms)
            news = rules.news(things, marks.all_seen(connection))
        if news:
            with writing(self._engine) as connection:
                marks.see(connection, news, now_ms)
        self._write_calls(things, now_ms)
        self._send({thing.key: thing for thing in things}, now_ms)

    def _write_calls(self, things: list[Thing], now_ms: int) -> None:
        with reading(self._engine) as connection:
            said, seen = marks.marks_of(connection, things), marks.all_seen(connection)
        sound = rules.sound_ways(things, self._gateways.ways)
        if due := rules.due(things, said, seen, now_ms):
            with writing(self._engine) as connection:
                for thing in due:
                    self._call(connection, thing, sound, now_ms)

    def _call(self, connection: Connection, thing: Thing, sound: frozenset[Channel], now_ms: int) -> None:
        """Nobody there, and nobody who wants to be called now: the next turn looks again."""
        ways = [
            (helper, rules.way_to(helper.phone, helper.email, sound, self._gateways.ways))
            for helper in self._to_call(connection, thing.site, now_ms)
        ]
        reached = [(helper, way) for helper, way in ways if isinstance(way, Send)]
        for helper, way in reached:
            duty.add_call(connection, thing, helper, way.channel, now_ms)
        if reached:
            marks.called(connection, thing.key, now_ms)

    def _to_call(self, connection: Connection, site: str, now_ms: int) -> list[Helper]:
        """`site` is empty for what belongs to none."""
        if not site:
            return rules.to_call(duty.who_sees_all(connection), now_ms, self._zone, ())
        listed = presence.helpers_of(connection, site, now_ms - 86_400_000)
        return rules.to_call(listed, now_ms, self._zone, presence.closed(connection, site, now_ms))

    def _send(self, standing: dict[str, Thing], now_ms: int) -> None:
        with reading(self._engine) as connection:
            calls = duty.due_calls(connection, now_ms)
        sound = rules.sound_ways(standing.values(), self._gateways.ways)
        for together in _together(calls)[: duty.MOST_TOGETHER]:
            if self._stopped.is_set():
                return
            self._see_to(together, standing, sound)

    def _see_to(self, together: list[Any], standing: dict[str, Thing], sound: frozenset[Channel]) -> None:
        """All that one of them is to be told of one site now; what is over by now is not told."""
        first = together[0]
        way = rules.way_to(first.phone, first.email, sound, self._gateways.ways)
        told = [call for call in together if call.key in standing] if isinstance(way, Send) else []
        with writing(self._engine) as connection:
            for call in together:
                if call not in told:
                    duty.change(connection, call.id, state="over", next_ms=None)
        if not told or not isinstance(way, Send):
            return
        keys = {call.key for call in told}
        things = [thing for key, thing in standing.items() if key in keys]
        text = call_text(things, first.name, way.channel, spoken(first.language), self._address)
        answer = self._gateways.send(way.channel, way.to, text)
        with writing(self._engine) as connection:
            for call in told:
                self._note(connection, call, answer)
        outcome = "sent" if answer.taken else "not sent"
        for call in told:
            log.info("a call was %s", outcome, extra={"call_id": call.id})

    def _note(self, connection: Connection, call: Any, answer: Answer) -> None:
        now_ms, tries = self._clock.wall_ms(), call.tries + 1
        if answer.taken:
            duty.change(connection, call.id, state="sent", sent_ms=now_ms, next_ms=None, tries=tries)
        elif answer.refused or tries >= MOST_TRIES:
            duty.change(connection, call.id, state="failed", next_ms=None, tries=tries)
        else:
            again_ms = now_ms + BACK_OFF_MS[tries - 1]
            duty.change(connection, call.id, next_ms=again_ms, tries=tries)


def _together(calls: list[Any]) -> list[list[Any]]:
    """The calls by whom they are for and of which site; who has waited longest first."""

    def whom(call: Any) -> tuple[str, str]:
        return call.helper, call.site

    groups = [list(group) for _, group in groupby(sorted(calls, key=whom), key=whom)]
    return sorted(groups, key=lambda group: min(call.next_ms for call in group))
