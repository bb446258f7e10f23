"""How the hub logs: JSON lines (contract.json_log), also from gunicorn and Alembic."""

from typing import Any, Final

from contract.json_log import JsonLines

LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "alembic": {"level": "WARNING"},
        "gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []},
        "gunicorn.access": {"level": "ERROR", "propagate": False, "handlers": []},
    },
}
"""For logging.config.dictConfig, and for gunicorn."""
