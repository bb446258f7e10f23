"""Who helps at a site and when, and what its kiosks are told of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, tzinfo
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from contract.ids import fresh_id
from contract.messages import SiteCard
from hub.core import documents
from hub.core.opening import Opening, local_date
from hub.core.presence import Helper, Line, coming
from hub.core.spans import Span
from hub.store.database import Connection
from hub.store.feed import document, write_changes
from hub.store.opening import closures_of, parcel_days
from hub.store.tables import absences, helper_hours, helpers, sites

CardWords = Callable[[Sequence[Helper], str, date], tuple[str, str]]
"""Names and hours of those on the list, in a language, as of a day: hub.notify.attendance.card_words."""

MOST_HELPERS = 40
MOST_LINES = 60
_DAY_MS = 86_400_000
_COLUMNS = ("id", "name", "shown", "lead", "any_hour", "language", "phone", "email")


# --- who there is --------------------------------------------------------------------------------


def helpers_of(connection: Connection, site: str, since_ms: int = 0) -> list[Helper]:
    """Those of a site by name, with hours and with absences that end after `since_ms`."""
    mine = select(helpers.c.id).where(helpers.c.site == site)
    lines: dict[str, list[Line]] = {}
    for row in connection.execute(select(helper_hours).where(helper_hours.c.helper.in_(mine))):
        lines.setdefault(row.helper, []).append(_line(row))
    away: dict[str, list[Span]] = {}
    known = (absences.c.helper.in_(mine), absences.c.until_ms > since_ms)
    for row in connection.execute(select(absences).where(*known).order_by(absences.c.from_ms)):
        away.setdefault(row.helper, []).append((row.from_ms, row.until_ms))
    listed = select(helpers).where(helpers.c.site == site).order_by(helpers.c.name, helpers.c.id)
    return [
        Helper(
            **{name: row._mapping[name] for name in _COLUMNS},
            lines=tuple(sorted(lines.get(row.id, []), key=lambda line: (line.stretch, str(line.first)))),
            absences=tuple(away.get(row.id, [])),
        )
        for row in connection.execute(listed)
    ]


def _line(row: Any) -> Line:
    return Line(
        Opening(row.weekday, row.opens_min, row.closes_min),
        date.fromisoformat(row.first_day) if row.first_day else None,
        date.fromisoformat(row.last_day) if row.last_day else None,
    )


def hour_rows(connection: Connection, site: str) -> dict[str, list[Any]]:
    """By helper, their lines as they are kept: `id`, `weekday`, `opens_min`, `closes_min`, days."""
    mine = select(helpers.c.id).where(helpers.c.site == site)
    order = (helper_hours.c.weekday, helper_hours.c.opens_min)
    return _by_helper(
        connection, select(helper_hours).where(helper_hours.c.helper.in_(mine)).order_by(*order)
    )


def absence_rows(connection: Connection, site: str, since_ms: int) -> dict[str, list[Any]]:
    """By helper, their absences that are not over: `id`, `from_ms`, `until_ms`."""
    mine = select(helpers.c.id).where(helpers.c.site == site)
    known = (absences.c.helper.in_(mine), absences.c.until_ms > since_ms)
    return _by_helper(connection, select(absences).where(*known).order_by(absences.c.from_ms))


def _by_helper(connection: Connection, query: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.helper, []).append(row)
    return found


# --- changes ---------------------------------------------------------------------------------------


def add_helper(connection: Connection, site: str, now_ms: int, **card: Any) -> str | None:
    """Put somebody on the list; None where it is full."""
    count = select(func.count()).select_from(helpers).where(helpers.c.site == site)
    if connection.execute(count).scalar_one() >= MOST_HELPERS:
        return None
    new = fresh_id(now_ms)
    connection.execute(insert(helpers).values(id=new, site=site, created_ms=now_ms, **card))
    return new


def change_helper(connection: Connection, site: str, helper: str, **card: Any) -> bool:
    """Change name, language, phone, email, shown, lead, any_hour; False for nobody of this site."""
    mine = (helpers.c.id == helper, helpers.c.site == site)
    changed = update(helpers).where(*mine).values(**card).returning(helpers.c.id)
    return connection.execute(changed).first() is not None


def remove_helper(connection: Connection, site: str, helper: str) -> bool:
    """Nothing is left of them; False for nobody of this site."""
    if not is_of(connection, site, helper):
        return False
    for table in (helper_hours, absences):
        connection.execute(delete(table).where(table.c.helper == helper))
    connection.execute(delete(helpers).where(helpers.c.id == helper))
    return True


def anybody_shown(connection: Connection, site: str) -> bool:
    """Whether kiosks name anybody of the list."""
    mine = (helpers.c.site == site, helpers.c.shown)
    return connection.execute(select(helpers.c.id).where(*mine).limit(1)).first() is not None


def is_of(connection: Connection, site: str, helper: str) -> bool:
    """Whether somebody is on the list of this site."""
    mine = (helpers.c.id == helper, helpers.c.site == site)
    return connection.execute(select(helpers.c.id).where(*mine)).first() is not None


def add_lines(connection: Connection, helper: str, lines: Iterable[Line], now_ms: int) -> bool:
    """They come then, too; False where they have too many lines."""
    fresh = list(lines)
    count = select(func.count()).select_from(helper_hours).where(helper_hours.c.helper == helper)
    if connection.execute(count).scalar_one() + len(fresh) > MOST_LINES:
        return False
    for line in fresh:
        row = {
            "id": fresh_id(now_ms),
            "helper": helper,
            "weekday": line.stretch.weekday,
            "opens_min": line.stretch.opens_min,
            "closes_min": line.stretch.closes_min,
            "first_day": line.first.isoformat() if line.first else None,
            "last_day": line.last.isoformat() if line.last else None,
        }
        connection.execute(insert(helper_hours).values(**row))
    return True


def remove_line(connection: Connection, helper: str, line: str) -> bool:
    """They do not come then."""
    mine = (helper_hours.c.id == line, helper_hours.c.helper == helper)
    return (
        connection.execute(delete(helper_hours).where(*mine).returning(helper_hours.c.id)).first() is not None
    )


def add_absence(connection: Connection, helper: str, span: Span, now_ms: int) -> None:
    """They are away."""
    row = {"id": fresh_id(now_ms), "helper": helper, "from_ms": span[0], "until_ms": span[1]}
    connection.execute(insert(absences).values(**row))


def remove_absence(connection: Connection, helper: str, absence: str) -> bool:
    """They come after all."""
    mine = (absences.c.id == absence, absences.c.helper == helper)
    return connection.execute(delete(absences).where(*mine).returning(absences.c.id)).first() is not None


# --- what kiosks are told --------------------------------------------------------------------------


def tell(connection: Connection, site: str, now_ms: int, zone: tzinfo, words: CardWords) -> None:
    """Tell a site's kiosks who is there in the next two weeks, and write it on its card in `words`.

    The ingest calls it every few minutes: days go by without any message. Where nobody agrees to be shown
    the card stays as somebody wrote it.
    """
    row = connection.execute(select(sites).where(sites.c.id == site)).one_or_none()
    shown = [one for one in helpers_of(connection, site, now_ms - _DAY_MS) if one.shown]
    if row is None or not (shown or document_has_attendance(connection, site)):
        return
    there = coming(shown, now_ms, zone, closed(connection, site, now_ms))
    name, hours = words(shown, row.languages.partition(",")[0], local_date(now_ms, zone))
    if shown and (name, hours) != (row.helper, row.helper_hours):
        card = update(sites).where(sites.c.id == site).values(helper=name, helper_hours=hours)
        row = connection.execute(card.returning(*sites.c)).one()
    write_changes(
        connection, site, documents.site(row._mapping, there, parcel_days(connection, site)), now_ms
    )


def shown_in(
    connection: Connection, site: str, language: str, now_ms: int, zone: tzinfo, words: CardWords
) -> tuple[str, str] | None:
    """Names and hours of those who agree to be shown, for messages and papers in `language`; None for nobody.

    The card has them in the first language of the site alone.
    """
    shown = [one for one in helpers_of(connection, site, now_ms - _DAY_MS) if one.shown]
    return words(shown, language, local_date(now_ms, zone)) if shown else None


def document_has_attendance(connection: Connection, site: str) -> bool:
    """Whether kiosks were told of somebody: whoever was the last on the list must leave them."""
    card = document(connection, site, "kiosk", "site")
    return isinstance(card, SiteCard) and bool(card.attendance)


def closed(connection: Connection, site: str, now_ms: int) -> list[Span]:
    """When the site is closed, from yesterday on."""
    return [(one.from_ms, one.until_ms) for one in closures_of(connection, site, now_ms - _DAY_MS)]
