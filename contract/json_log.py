"""Logs as JSON lines on stderr, what is passed as `extra` beside the text. Never a name, a code or a key."""

import logging
import sys
from collections import deque
from typing import Final

import msgspec

from contract.log_excerpt import MOST_LINES

_LONGEST_KEPT: Final = 4_000
_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        extra = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        line = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": record.getMessage(),
            **extra,
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class Keeping(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to stderr, and keeps the last lines for whoever asks for them from afar."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(JsonLines())
        self._lines: deque[str] = deque(maxlen=MOST_LINES)

    def format(self, record: logging.LogRecord) -> str:
        """The line; it is kept."""
        line = super().format(record)
        self._lines.append(line[:_LONGEST_KEPT])
        return line

    def lines(self) -> tuple[str, ...]:
        """The last lines, the oldest first. Other threads write meanwhile."""
        self.acquire()
        try:
            return tuple(self._lines)
        finally:
            self.release()


def log_json() -> Keeping:
    """Have this process log as JSON lines from now on."""
    handler = Keeping()
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    return handler
