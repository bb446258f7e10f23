"""How the hub logs: JSON lines (contract.json_log), also from gunicorn and Alembic."""

import logging
from typing import Any, Final

from contract.json_log import JsonLines


def is_no_silence(record: logging.LogRecord) -> bool:
    """Whether it is more than that somebody began a request and did not go on (hub.__main__.be_impatient)."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no silence": {"()": lambda: is_no_silence}},
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "alembic": {"level": "WARNING"},
        "gunicorn.error": {"level": "INFO", "propagate": True, "handlers": [], "filters": ["no silence"]},
        "gunicorn.access": {"level": "ERROR", "propagate": False, "handlers": []},
    },
}
"""For logging.config.dictConfig, and for gunicorn."""
