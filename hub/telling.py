"""The thread that sends what the outbox holds.

A try is written down before it is made, and a message is `sent` only after the gateway took it. Killed
between the gateway's yes and our commit, the hub tries once more after its back-off: the person may get that
one message twice, and never none. The code is computed for the sending and lives in the message alone.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from contract.clock import Clock
from contract.pickup_code import typed_code
from hub.core import notices
from hub.core.notices import Channel, Notice, Send, fewest
from hub.core.opening import local_date
from hub.core.order_book import title_of
from hub.core.templates import FIELDS
from hub.keys import Keys
from hub.notify.attendance import card_words
from hub.notify.gateways import Answer, Gateways
from hub.notify.texts import Ordered, Text, Waiting, Where, spoken, write
from hub.store import devices, outbox
from hub.store.database import Connection, Engine, reading, writing
from hub.store.message_texts import own_text
from hub.store.outbox_steps import about
from hub.store.presence import shown_in
from hub.store.reminders import DaysLeft, due_reminders, write_reminders
from hub.store.sites import code_generation
from hub.turns import Turns

SETTLE_SECONDS: Final = 5.0
"""After its start a hub first hears what happened meanwhile: something may have been collected."""
LOOK_SECONDS: Final = 1.0
REMIND_EVERY_MS: Final = 60_000
_CHANNELS: Final[tuple[Channel, ...]] = ("sms", "email", "slip")

log = logging.getLogger(__name__)


class Telling(Turns):
    """Owns the sending of one hub. `turn` does what is due; `start` does so until `stop`.

    `days_left` says how long things may still wait; without it reminders count from the deposit.
    """

    def __init__(
        self,
        engine: Engine,
        keys: Keys,
        clock: Clock,
        gateways: Gateways,
        zone: tzinfo,
        days_left: DaysLeft = lambda _connection, _items: {},
    ) -> None:
        self._engine, self._keys, self._clock = engine, keys, clock
        self._gateways, self._zone, self._days_left = gateways, zone, days_left
        self._remind_at_ms = clock.mono_ms() + REMIND_EVERY_MS
        super().__init__("telling", LOOK_SECONDS, SETTLE_SECONDS)

    def turn(self) -> None:
        """Write the reminders that are due, then do what each waiting message needs now."""
        now = self._clock.mono_ms()
        if now >= self._remind_at_ms:
            self._remind_at_ms = now + REMIND_EVERY_MS
            self._remind(self._clock.wall_ms())
        for channel in _CHANNELS:
            self._channel(channel)

    def _remind(self, now_ms: int) -> None:
        """Whoever writes waits for nobody who only looks."""
        with reading(self._engine) as connection:
            due = due_reminders(connection, now_ms, self._days_left)
        if due:
            with writing(self._engine) as connection:
                write_reminders(connection, due, now_ms)

    def _channel(self, channel: Channel) -> None:
        """Up to the first that a gateway could not take: the others wait for the next turn, not for it."""
        with reading(self._engine) as connection:
            due = outbox.due(connection, channel, self._clock.wall_ms())
        for message in due:
            if self._stopped.is_set() or not self._safely(message):
                return

    def _safely(self, message: str) -> bool:
        """False where the gateway is in trouble. One message must not stand in the way of the others."""
        try:
            return self._see_to(message)
        except Exception:  # the outermost loop, see hub.turns
            log.exception("a message could not be seen to", extra={"message_id": message})
            with writing(self._engine) as connection:
                outbox.put_off(connection, message, self._clock.wall_ms())
        return True

    def _see_to(self, message: str) -> bool:
        with writing(self._engine) as connection:
            row = outbox.message(connection, message)
            planned = None if row is None else self._plan(connection, row)
        if row is None or planned is None:
            return True
        way, text, count = planned
        answer = self._gateways.send(way.channel, way.to, text)
        with writing(self._engine) as connection:
            self._note(connection, message, answer, count)
            self._note_gateway(connection, way.channel, answer)
        log.info("a message was %s", "sent" if answer.taken else "not sent", extra={"message_id": message})
        return answer.taken or answer.refused

    def _plan(self, connection: Connection, row: Any) -> tuple[Send, Text, int] | None:
        """Decide, and write down the try; what to send, if anything."""
        now_ms = self._clock.wall_ms()
        lying = about(connection, row)
        notice = Notice(row.kind, row.about_ms, row.tries, len(lying), row.phone, row.email)
        match notices.next_step(notice, self._gateways.ways, now_ms, self._zone):
            case notices.Later(until_ms):
                outbox.change(connection, row, now_ms, next_ms=until_ms)
            case notices.GiveUp(state, why):
                outbox.change(connection, row, now_ms, state=state, next_ms=None, error=row.error or why)
            case notices.Slip():
                self._to_paper(connection, row, now_ms)
            case Send() as way:
                if self._begin_try(connection, row, way, now_ms):
                    return way, self._words(connection, row, lying, way), len(lying)
        return None

    def _begin_try(self, connection: Connection, row: Any, way: Send, now_ms: int) -> bool:
        """Write the try down; False where there is nothing to send yet, or another process is at it."""
        tries = row.tries + 1
        trying = {"tries": tries, "next_ms": now_ms + notices.back_off_ms(tries), "channel": way.channel}
        sayable = row.ticket is not None or "code" not in FIELDS[row.kind]
        return outbox.change(connection, row, now_ms, **trying) and sayable

    def _to_paper(self, connection: Connection, row: Any, now_ms: int) -> None:
        made = row.printed_ms is not None
        done = {"state": "handed", "sent_ms": now_ms} if made else {}
        outbox.change(connection, row, now_ms, channel="slip", next_ms=None, **done)

    def _words(self, connection: Connection, row: Any, lying: Sequence[Any], way: Send) -> Text:
        tongue, now_ms = spoken(row.language), self._clock.wall_ms()
        shown = shown_in(connection, row.site, tongue, now_ms, self._zone, card_words)
        helper, helper_hours = shown or (row.helper, row.helper_hours)
        more = outbox.waiting_items(connection, row.site, row.pickup) if row.kind == "not_yours" else []
        left = fewest(self._days_left(connection, [item.id for item in lying]).values())
        waiting = Waiting(
            kind=row.kind,
            site=row.name,
            count=len(lying),
            parcels=all(item.kind == "parcel" for item in (*lying, *more)),
            where=_where(lying),
            digits=self._digits(connection, row),
            helper=helper,
            helper_hours=helper_hours,
            days_left=left.days if left else None,
            ends_today=left is not None and self._is_today(left.ends_ms),
            order=self._ordered(row.kind, lying),
            more=bool(more),
        )
        template = own_text(connection, row.site, row.kind, tongue)
        return write(waiting, way.channel, row.language, template)

    def _ordered(self, kind: notices.Kind, lying: Sequence[Any]) -> Ordered | None:
        if kind not in ("brought", "quoted", "lost") or not lying or lying[0].number is None:
            return None
        order = lying[0]
        promised = order.promised_ms
        return Ordered(
            number=order.number,
            promised=None if promised is None else datetime.fromtimestamp(promised / 1000, self._zone),
            cents=(order.quote_cents if kind == "quoted" else order.price_cents) or 0,
            by_employer=order.pay == "employer",
            pieces=order.order_pieces,
            grams=order.weight_grams,
            word=order.receipt_word or "",
            what=title_of(order._mapping),
        )

    def _is_today(self, at_ms: int) -> bool:
        return local_date(at_ms, self._zone) == local_date(self._clock.wall_ms(), self._zone)

    def _digits(self, connection: Connection, row: Any) -> str:
        if row.ticket is None:
            return ""
        generation = code_generation(connection, row.pickup)
        return typed_code(self._keys.site_key(row.site), row.ticket, row.pickup, generation)

    def _note(self, connection: Connection, message: str, answer: Answer, count: int) -> None:
        """What came of a try. A message nobody waits for any more stays as it was made meanwhile."""
        row = outbox.message(connection, message)
        if row is None:
            return
        now_ms = self._clock.wall_ms()
        if answer.taken:
            sent = {"state": "sent", "next_ms": None, "sent_ms": now_ms, "items": count, "error": ""}
            outbox.change(connection, row, now_ms, **sent)
        elif answer.refused or row.tries >= notices.MOST_TRIES:
            outbox.change(connection, row, now_ms, state="failed", next_ms=None, error=answer.why)
        else:
            outbox.change(connection, row, now_ms, error=answer.why)

    def _note_gateway(self, connection: Connection, channel: Channel, answer: Answer) -> None:
        """What keeps every message from leaving is a thing to do, until one leaves again."""
        if answer.trouble:
            devices.incident(connection, "", f"{channel}_{answer.trouble}", self._clock.wall_ms())
        elif answer.taken:
            over = notices.trouble_kinds(channel)
            devices.incidents_over(connection, "", over, self._clock.wall_ms())


def _where(lying: Sequence[Any]) -> Where:
    places = {"counter" if item.place == "shelf" else "lockers" for item in lying}
    return "both" if len(places) > 1 else "counter" if places == {"counter"} else "lockers"
