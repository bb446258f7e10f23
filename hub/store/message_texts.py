"""Texts of messages that a site wrote itself, by kind and language."""

from typing import Any

from sqlalchemy import delete, select

from hub.core.notices import Kind
from hub.store.bulk import upsert_rows
from hub.store.database import Connection
from hub.store.tables import message_texts as texts


def site_texts(connection: Connection, site: str) -> dict[tuple[str, str], str]:
    """All of a site's own texts by kind and language."""
    rows = connection.execute(select(texts).where(texts.c.site == site))
    return {(row.kind, row.language): row.text for row in rows}


def own_text(connection: Connection, site: str, kind: Kind, language: str) -> str | None:
    """The site's own text, or None where it says what the catalogue says."""
    mine = (texts.c.site == site, texts.c.kind == kind, texts.c.language == language)
    return connection.execute(select(texts.c.text).where(*mine)).scalar()


def write_text(
    connection: Connection, site: str, kind: Kind, language: str, text: str | None, now_ms: int
) -> None:
    """Keep a text; None for the catalogue's from now on."""
    if text is None:
        mine = (texts.c.site == site, texts.c.kind == kind, texts.c.language == language)
        connection.execute(delete(texts).where(*mine))
        return
    row: dict[str, Any] = {"site": site, "kind": kind, "language": language, "text": text}
    upsert_rows(connection, texts, [row | {"changed_ms": now_ms}])
