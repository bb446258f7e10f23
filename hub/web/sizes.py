"""How much may be sent to each page: little, where a form is filled in; the rest is refused unread."""

from typing import Any, Final

from flask import Flask, request

FORM_BYTES: Final = 128 * 1024
"""A form, however much somebody types into it."""
LIST_BYTES: Final = 1024 * 1024
ROOM: Final = {
    "people.bring": LIST_BYTES,  # a list of everybody who lives there
    "voices.record": LIST_BYTES,  # a recording
}
"""Who needs more. Photos say so themselves (hub.web.rounds, hub.web.partner)."""


def install(app: Flask) -> None:
    """Before anybody reads the form, and before blueprints make more room."""
    app.url_value_preprocessor(_limit)


def _limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    request.max_content_length = ROOM.get(endpoint or "", FORM_BYTES)
