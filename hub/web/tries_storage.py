"""Where the limits are counted: in memory, but for guesses, which a restart must give nobody anew.

Guesses (passwords, codes, keys) are few and write to the database anyway; there several processes of one
hub count them together. What else is limited protects the machine, and may begin anew with it. While the
database takes no writing, a guess is counted in memory for its window: none is free, and no page breaks.
"""

import hmac
import logging
from hashlib import sha256
from typing import Final

from flask import current_app
from limits.storage import MemoryStorage

from contract.clock import SystemClock
from hub.store.database import StoreError, reading, writing
from hub.store.tries import note_try, tried
from hub.web.guard import hub

_SCHEME: Final = ["hub"]
log = logging.getLogger(__name__)
GUESS: Final = "guess "
"""How the scopes of those limits begin that are counted in the database."""


class CountedTries(MemoryStorage):
    """Only for use within a request."""

    STORAGE_SCHEME = _SCHEME

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one more within `expiry` seconds, if the limit lets it."""
        if not _is_guess(key):
            return super().acquire_entry(key, limit, expiry, amount)
        _, held = super().get_moving_window(key, limit, expiry)
        try:
            return _note(key, limit - held, expiry, amount)
        except StoreError as error:
            log.warning("a guess is counted in memory alone: %s", error.orig)
            _, kept = _kept(key, expiry)
            return super().acquire_entry(key, limit - kept, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The second of the first try within the window, and how many there were."""
        first, held = super().get_moving_window(key, limit, expiry)
        if not _is_guess(key):
            return first, held
        first_ms, kept = _kept(key, expiry)
        return (first if first_ms is None else min(first, first_ms / 1000)), held + kept


def _note(key: str, limit: int, expiry: int, amount: int) -> bool:
    with writing(hub().engine) as connection:
        _, kept = tried(connection, _box(key), expiry * 1000, _now_ms())
        if kept + amount > limit:
            return False
        for _ in range(amount):
            note_try(connection, _box(key), expiry * 1000, _now_ms())
    return True


def _kept(key: str, expiry: int) -> tuple[int | None, int]:
    with reading(hub().engine) as connection:
        return tried(connection, _box(key), expiry * 1000, _now_ms())


def _is_guess(key: str) -> bool:
    return f"/{GUESS}" in key


def _box(key: str) -> str:
    """Of a limit and who asked: told by nobody who does not hold this hub's secret."""
    secret: bytes = current_app.config["SECRET_KEY"]
    return hmac.new(secret, f"tries\n{key}".encode(), sha256).hexdigest()[:32]


def _now_ms() -> int:
    return SystemClock().wall_ms()  # as the limits in memory
