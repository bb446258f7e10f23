"""What people of a site recorded for its kiosks."""

from typing import Any, Final

from sqlalchemy import delete, func, select

from hub.core import documents
from hub.store.bulk import upsert_rows
from hub.store.database import Connection
from hub.store.feed import write_changes
from hub.store.tables import recordings

MOST: Final = 1_500
"""Recordings of one site: a kiosk keeps them all in memory."""


class TooManyError(Exception):
    """The site has MOST recordings."""


def recorded_languages(connection: Connection, site: str) -> dict[str, int]:
    """How many recordings there are in each language."""
    here = recordings.c.site == site
    count = func.count().label("recorded")
    query = select(recordings.c.language, count).where(here).group_by(recordings.c.language)
    return {row.language: row.recorded for row in connection.execute(query)}


def recorded_prompts(connection: Connection, site: str, language: str) -> dict[str, int]:
    """When each prompt of a language was recorded."""
    query = select(recordings.c.prompt, recordings.c.recorded_ms).where(*_in(site, language))
    return {row.prompt: row.recorded_ms for row in connection.execute(query)}


def recording(connection: Connection, site: str, language: str, prompt: str) -> Any | None:
    """One recording with its sound: `media_type`, `audio`."""
    query = select(recordings).where(*_in(site, language), recordings.c.prompt == prompt)
    return connection.execute(query).one_or_none()


def save_recording(
    connection: Connection,
    site: str,
    language: str,
    prompt: str,
    *,
    media_type: str,
    audio: bytes,
    account: str,
    now_ms: int,
) -> None:
    """Keep a recording in the place of an older one, and tell the kiosks. Raises TooManyError."""
    count = sum(recorded_languages(connection, site).values())
    if count >= MOST and recording(connection, site, language, prompt) is None:
        raise TooManyError
    row = {
        "site": site,
        "language": language,
        "prompt": prompt,
        "media_type": media_type,
        "audio": audio,
        "recorded_ms": now_ms,
        "recorded_by": account,
    }
    upsert_rows(connection, recordings, [row])
    write_changes(connection, site, documents.recording(row), now_ms)


def remove_recording(connection: Connection, site: str, language: str, prompt: str, now_ms: int) -> bool:
    """Forget a recording, here and at the kiosks; False where there is none."""
    gone = delete(recordings).where(*_in(site, language), recordings.c.prompt == prompt)
    if connection.execute(gone.returning(recordings.c.prompt)).first() is None:
        return False
    write_changes(connection, site, [("kiosk", documents.recording_key(language, prompt), None)], now_ms)
    return True


def _in(site: str, language: str) -> tuple[Any, Any]:
    return recordings.c.site == site, recordings.c.language == language
