"""A request to the API after it was checked, and how moments and places are said in the answer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from msgspec import Struct

from hub.store.api_reads import Mark
from hub.store.api_tokens import Token
from hub.store.database import Connection
from hub.store.pages import site_row
from hub.web.problems import RefusedError

_LATEST_MS: Final = 253_402_300_799_000  # the last second of the year 9999

TTakes = TypeVar("TTakes", bound=Struct)


@dataclass(frozen=True)
class Call:
    """Who asks, of which site (its row), what else the path names, parameters and body, and when."""

    connection: Connection
    token: Token
    path: dict[str, str]
    takes: Any
    body: Any
    now_ms: int

    @property
    def names_people(self) -> bool:
        """Whether the answer may say whose something is."""
        return "read:people" in self.token.scopes

    def site(self) -> Any:
        """The site of the path. A site of others is answered as one that is not there."""
        row = site_row(self.connection, self.path["site"]) if self.may_see(self.path["site"]) else None
        if row is None:
            raise RefusedError(404, "There is no such site, or this token may not see it.")
        return row

    def may_see(self, site: str) -> bool:
        """Whether this site is one of the token's."""
        return self.token.may_see(site)

    def seen(self, row: Any | None) -> Any:
        """The row of something at a site the token may see; anything else is not there."""
        if row is None or not self.may_see(row.site):
            raise RefusedError(404, "There is no such thing, or this token may not see its site.")
        return row


def when(at_ms: int | None) -> datetime | None:
    """The moment; None where there is none, or no calendar has it."""
    if at_ms is None or not 0 <= at_ms <= _LATEST_MS:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def mark_of(cursor: str | None) -> Mark:
    """Where a page begins. The pattern of the parameter was checked."""
    if cursor is None:
        return Mark()
    at_ms, _, last = cursor.partition(".")
    return Mark(int(at_ms), last)


def cursor(at_ms: int | None, last: str) -> str:
    """The same the other way round."""
    return f"{at_ms or 0}.{last}"
