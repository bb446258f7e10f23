"""The sites, and what the hub may have changed about a pickup of theirs."""

import re
from typing import Any, Final

from sqlalchemy import Column, Connection, delete, insert, select, update

from contract.messages import SiteCard
from contract.topics import TopicError, device_id
from hub.core import documents
from hub.core.presence import Coming
from hub.store import audit
from hub.store.bulk import upsert_rows
from hub.store.feed import document, write_changes
from hub.store.opening import parcel_days
from hub.store.tables import (
    calendars,
    devices,
    dictated_codes,
    feed,
    feed_heads,
    keeping_days,
    metadata,
    opening_hours,
    pickups,
    rotations,
    sites,
    staff,
)

_WRITTEN_DOWN: Final = (feed, feed_heads, opening_hours, calendars, keeping_days, staff, devices)
"""What is kept of a site as it is set up."""
_LANGUAGE: Final = re.compile(r"^[a-z]{2,3}$")


class SiteError(ValueError):
    """A site that cannot be made or changed so; the text says why."""


def create_site(connection: Connection, site: str, name: str, now_ms: int, **card: str) -> None:
    """Open a site. `card` may give helper, helper_hours, phone, languages, kind, address; SiteError else."""
    begin_site(connection, site, name, now_ms, **card)
    set_up(connection, site, now_ms)


def begin_site(connection: Connection, site: str, name: str, now_ms: int, **card: str) -> None:
    """The same for a site that is still to be set up."""
    try:
        device_id(site)
    except TopicError as error:
        raise SiteError(str(error)) from None
    if not 1 <= len(name.strip()) <= 120:
        raise SiteError("a site's name has 1 to 120 letters")
    if connection.execute(select(sites.c.id).where(sites.c.id == site)).one_or_none() is not None:
        raise SiteError(f"there is a site {site} already")
    values = {"id": site, "name": name.strip(), "created_ms": now_ms} | _checked(card)
    row = connection.execute(insert(sites).values(**values).returning(*sites.c)).one()
    write_changes(connection, site, documents.site(row._mapping), now_ms)


def change_site(connection: Connection, site: str, now_ms: int, **card: str) -> bool:
    """Change name, helper, helper_hours, phone, languages, kind, address or cabinet; False if there is no
    such site. Raises SiteError.
    """
    changed = update(sites).where(sites.c.id == site).values(**_checked(card)).returning(*sites.c)
    row = connection.execute(changed).one_or_none()
    if row is None:
        return False
    said = document(connection, site, "kiosk", "site")
    there = said.attendance if isinstance(said, SiteCard) else ()  # hub.store.presence tells it anew
    coming = [Coming(one.name, one.from_ms, one.until_ms) for one in there]
    write_changes(
        connection, site, documents.site(row._mapping, coming, parcel_days(connection, site)), now_ms
    )
    return True


def begun_by(connection: Connection, form: str) -> str | None:
    """The site that this form began when it was first sent: it is the subject of that deed."""
    notes = [one for one in audit.notes_about(connection, form) if one.action == "site_begun"]
    return notes[0].site if notes and has_site(connection, notes[0].site) else None


def is_untouched(connection: Connection, site: str) -> bool:
    """Whether nothing happened there yet: no more was done than to write down how it will be, and no device
    has its secrets.
    """
    for table in metadata.sorted_tables:
        to_sites = [one.parent for one in table.foreign_keys if one.column is sites.c.id]
        if table not in _WRITTEN_DOWN and any(_has_row(connection, column, site) for column in to_sites):
            return False
    theirs = connection.execute(select(devices.c.id).where(devices.c.site == site)).scalars()
    return not any(
        one.action == "device_enrolled" for each in theirs for one in audit.notes_about(connection, each)
    )


def _has_row(connection: Connection, column: Column[str], site: str) -> bool:
    return connection.execute(select(column).where(column == site).limit(1)).first() is not None


def take_off(connection: Connection, site: str) -> None:
    """There is no such site, and never was. SiteError where something happened there."""
    if not is_untouched(connection, site):
        raise SiteError(f"something happened at {site} already")
    for table in _WRITTEN_DOWN:
        connection.execute(delete(table).where(table.c.site == site))
    connection.execute(delete(sites).where(sites.c.id == site))


def set_up(connection: Connection, site: str, now_ms: int) -> None:
    """Whoever set it up is done."""
    mine = (sites.c.id == site, sites.c.ready_ms.is_(None))
    connection.execute(update(sites).where(*mine).values(ready_ms=now_ms))


def _checked(card: dict[str, str]) -> dict[str, str]:
    """The card with its languages as kiosks read them: codes, each once, in the order given."""
    if "languages" not in card:
        return card
    codes = list(dict.fromkeys(re.split(r"[,;\s]+", card["languages"].strip(" ,;").lower())))
    if not all(_LANGUAGE.match(code) for code in codes):
        raise SiteError("languages are codes with commas between them, such as fr,en,ar,sq")
    return card | {"languages": ",".join(codes)}


def site_ids(connection: Connection) -> list[str]:
    """Every site."""
    return list(connection.execute(select(sites.c.id)).scalars())


def has_site(connection: Connection, site: str) -> bool:
    """Whether there is such a site."""
    return connection.execute(select(sites.c.id).where(sites.c.id == site)).one_or_none() is not None


# --- codes -------------------------------------------------------------------------------------


def pickup_row(connection: Connection, pickup: str) -> Any | None:
    """A pickup, or None: `ticket`, `generation`, `person`, `closed_ms`."""
    return connection.execute(select(pickups).where(pickups.c.id == pickup)).one_or_none()


def code_generation(connection: Connection, pickup: str) -> int:
    """The generation whose code is to be told now: the bridge's, or the one we asked for."""
    return max(_reported(connection, pickup), _asked(connection, pickup))


def once_generation(connection: Connection, pickup: str, *, online: bool) -> int:
    """The generation to tell by telephone, good for one coming: the one after that which others were told.

    Offline, the bridge takes none beyond the next after its own: a change it has not heard of cannot be
    gone round.
    """
    reported = _reported(connection, pickup)
    return 1 + (max(reported, _asked(connection, pickup)) if online else reported)


def is_changing(connection: Connection, pickup: str) -> bool:
    """Whether its code was changed here and the site has not said yet that it knows."""
    return _asked(connection, pickup) > _reported(connection, pickup)


def _reported(connection: Connection, pickup: str) -> int:
    return connection.execute(select(pickups.c.generation).where(pickups.c.id == pickup)).scalar() or 1


def _asked(connection: Connection, pickup: str) -> int:
    query = select(rotations.c.generation).where(rotations.c.pickup == pickup)
    return connection.execute(query).scalar() or 1


def rotate_code(connection: Connection, pickup: str, actor: str, now_ms: int) -> int | None:
    """Kill all codes of a pickup told so far; the new generation, or None if there is no such open pickup.

    One step ahead of what the bridge reported, which it takes even offline; one more where that step was
    told by telephone: that code dies with the others, as soon as the site knows.
    """
    row = pickup_row(connection, pickup)
    if row is None or row.closed_ms is not None:
        return None
    told = select(dictated_codes.c.generation).where(dictated_codes.c.pickup == pickup)
    told_before: int = connection.execute(told).scalar() or 0
    generation = max(int(row.generation) + 1, told_before + 1, _asked(connection, pickup))
    wish = {"pickup": pickup, "generation": generation, "asked_ms": now_ms, "actor": actor}
    upsert_rows(connection, rotations, [wish])
    write_changes(connection, row.site, documents.rotation(pickup, generation), now_ms)
    return generation
