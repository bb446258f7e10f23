"""The thread that tells other programs what happened (webhooks), as hub.telling tells people.

It reads the ledger behind the ingest, which never waits for it. A try is written down before it is made, so a
hub killed in between sends the same message once more, under the same `webhook-id`.
"""

import logging
from typing import Any, Final

from contract.clock import Clock
from hub.core.sight import QUIET_MS
from hub.core.webhooks import GIVE_UP_MS, back_off_ms, is_wanted, signature
from hub.keys import Keys
from hub.notify.hooks import Called, HookCaller
from hub.store import devices, webhooks
from hub.store.database import Engine, reading, writing
from hub.store.webhooks import Hook
from hub.turns import Turns

SETTLE_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 1.0
INCIDENT: Final = "webhook_given_up"
_FORGET_EVERY_MS: Final = 3_600_000
_AGENT: Final = "conciergerie"

log = logging.getLogger(__name__)


class Calling(Turns):
    """Owns the webhooks of one hub. `turn` does what is due; `start` does so until `stop`."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock, caller: HookCaller) -> None:
        self._engine, self._keys, self._clock, self._caller = engine, keys, clock, caller
        self._through: dict[str, int] = {}
        self._forget_at_ms = clock.mono_ms() + _FORGET_EVERY_MS
        super().__init__("calling", LOOK_SECONDS, SETTLE_SECONDS)

    def turn(self) -> None:
        """Note what is to be told, then send what is due."""
        with reading(self._engine) as connection:
            hooks = webhooks.live_hooks(connection)
        for hook in hooks:
            self._look(hook)
            self._send_due(hook)
        if self._clock.mono_ms() >= self._forget_at_ms:
            self._forget_at_ms = self._clock.mono_ms() + _FORGET_EVERY_MS
            with writing(self._engine) as connection:
                webhooks.forget_old(connection, self._clock.wall_ms())

    # --- what happened -------------------------------------------------------------------------

    def _look(self, hook: Hook) -> None:
        """Written down only where there is something, or far has been read: reading on is harmless."""
        now_ms, begun = self._clock.wall_ms(), max(hook.position, self._through.get(hook.id, 0))
        with reading(self._engine) as connection:
            happened, through = webhooks.happened_after(connection, begun)
            happened += webhooks.gone_offline(connection, hook.created_ms, now_ms - QUIET_MS)
        wanted = [one for one in happened if is_wanted(one, hook.kinds, hook.sites)]
        self._through[hook.id] = through
        if any(one.kind != "device.offline" for one in wanted) or self._is_news(hook, wanted):
            with writing(self._engine) as connection:
                webhooks.deliver(connection, hook.id, wanted, now_ms)
                webhooks.looked_through(connection, hook.id, through)
        elif through - hook.position >= webhooks.MOST_LOOKED_AT:
            with writing(self._engine) as connection:
                webhooks.looked_through(connection, hook.id, through)

    def _is_news(self, hook: Hook, wanted: list[Any]) -> bool:
        """Whether a device went that it was not told of: a device that stays away is read every turn."""
        with reading(self._engine) as connection:
            told = webhooks.told_offline(connection, hook.id, [one.subject for one in wanted])
        return any(one.subject not in told for one in wanted)

    # --- sending -------------------------------------------------------------------------------

    def _send_due(self, hook: Hook) -> None:
        """Up to the first that was not taken."""
        with reading(self._engine) as connection:
            due = webhooks.due(connection, hook, self._clock.wall_ms())
        for delivery in due:
            if self._stopped.is_set() or not self._send(hook, delivery):
                return

    def _send(self, hook: Hook, delivery: Any) -> bool:
        now_ms = self._clock.wall_ms()
        wait_ms = back_off_ms(delivery.tries + 1)
        with writing(self._engine) as connection:
            if not webhooks.begin_try(connection, delivery, now_ms + (wait_ms or 0), now_ms):
                return False
        called = self._caller.post(hook.address, self._headers(hook, delivery), delivery.body.encode())
        with writing(self._engine) as connection:
            if called.why is None:
                webhooks.sent(connection, delivery.id, hook, called.status, self._clock.wall_ms())
            else:
                self._failed(connection, hook, delivery, called, last=wait_ms is None)
        log.info("a webhook was %s", called.why or "told", extra={"webhook_id": hook.id})
        return called.why is None

    def _headers(self, hook: Hook, delivery: Any) -> dict[str, str]:
        at_seconds = self._clock.wall_ms() // 1000
        secret = self._keys.webhook_secret(hook.id, hook.generation)
        return {
            "Content-Type": "application/json",
            "User-Agent": _AGENT,
            "webhook-id": delivery.id,
            "webhook-timestamp": str(at_seconds),
            "webhook-signature": signature(secret, delivery.id, at_seconds, delivery.body),
        }

    def _failed(self, connection: Any, hook: Hook, delivery: Any, called: Called, *, last: bool) -> None:
        now_ms, why = self._clock.wall_ms(), called.why or "no_answer"
        webhooks.not_sent(connection, delivery.id, hook, called.status, why, now_ms, last=last)
        long_ago = hook.failing_ms is not None and hook.failing_ms <= now_ms - GIVE_UP_MS
        if long_ago or called.why == "gone":
            webhooks.disable(connection, hook.id, now_ms)
            devices.incident(connection, "", INCIDENT, now_ms)
            log.warning("a webhook is given up", extra={"webhook_id": hook.id})
