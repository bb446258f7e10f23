"""Where the limits are counted: in memory, but for guesses, which a restart must give nobody anew.

Guesses (passwords, codes, keys) are few and write to the database anyway; there several processes of one
hub count them together. What else is limited protects the machine, and may begin anew with it.
"""

import hmac
from hashlib import sha256
from typing import Final

from flask import current_app
from limits.storage import MemoryStorage

from contract.clock import SystemClock
from hub.store.database import reading, writing
from hub.store.tries import note_try, tried
from hub.web.guard import hub

_SCHEME: Final = ["hub"]
GUESS: Final = "guess "
"""How the scopes of those limits begin that are counted in the database."""


class CountedTries(MemoryStorage):
    """Only for use within a request."""

    STORAGE_SCHEME = _SCHEME

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one more within `expiry` seconds, if the limit lets it."""
        if not _is_guess(key):
            return super().acquire_entry(key, limit, expiry, amount)
        with writing(hub().engine) as connection:
            _, count = tried(connection, _box(key), expiry * 1000, _now_ms())
            if count + amount > limit:
                return False
            for _ in range(amount):
                note_try(connection, _box(key), expiry * 1000, _now_ms())
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The second of the first try within the window, and how many there were."""
        if not _is_guess(key):
            return super().get_moving_window(key, limit, expiry)
        now_ms = _now_ms()
        with reading(hub().engine) as connection:
            first_ms, count = tried(connection, _box(key), expiry * 1000, now_ms)
        return (now_ms if first_ms is None else first_ms) / 1000, count


def _is_guess(key: str) -> bool:
    return f"/{GUESS}" in key


def _box(key: str) -> str:
    """Of a limit and who asked: told by nobody who does not hold this hub's secret."""
    secret: bytes = current_app.config["SECRET_KEY"]
    return hmac.new(secret, f"tries\n{key}".encode(), sha256).hexdigest()[:32]


def _now_ms() -> int:
    return SystemClock().wall_ms()  # as the limits in memory
