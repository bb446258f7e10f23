"""Parcels that another system announces: a carrier's, or a shop's."""

from datetime import UTC, date, datetime
from typing import Any, Final

from hub.store import api_reads, audit
from hub.store.expected import add_expected, close_expected, open_expected, same_number
from hub.web.api import shapes
from hub.web.api.calls import Call, when
from hub.web.days import day_span
from hub.web.problems import RefusedError

MOST_EXPECTED: Final = 500
"""Of one site at a time: no more are shown to anybody."""
_FARTHEST_DAYS: Final = 400


def waited_for(call: Call) -> tuple[shapes.Page[shapes.Expected], int]:
    """What a site waits for."""
    rows = open_expected(call.connection, call.site().id)
    return shapes.Page([_expected(row, call) for row in rows]), 200


def announce(call: Call) -> tuple[shapes.Expected, int]:
    """One more; a number that is waited for already is the same parcel."""
    site, new = call.site().id, call.body
    known = same_number(call.connection, site, new.label)
    if known is not None:
        return _expected(known, call, label=new.label), 200
    if api_reads.count_expected(call.connection, site) >= MOST_EXPECTED:
        raise RefusedError(
            409, f"This site waits for {MOST_EXPECTED} parcels: withdraw those that will not come."
        )
    if new.person is not None and not api_reads.is_listed(call.connection, site, new.person):
        raise RefusedError(409, "Nobody on the list of this site has this id: leave person out.")
    made = add_expected(
        call.connection,
        site,
        person=new.person,
        carrier=new.carrier,
        label=new.label,
        note="",
        expected_ms=_day_ms(new.day, call.now_ms),
        account=call.token.id,
        now_ms=call.now_ms,
    )
    audit.note(call.connection, call.now_ms, call.token.id, "expected_announced", site=site, subject=made)
    return _expected(api_reads.expected_row(call.connection, made), call, label=new.label), 201


def withdraw(call: Call) -> tuple[shapes.Expected, int]:
    """It will not come. Done again, nothing changes."""
    site, expected = call.site().id, call.path["expected"]
    row = api_reads.expected_row(call.connection, expected)
    if row is None or row.site != site:
        raise RefusedError(404, "This site was never told of such a parcel.")
    if close_expected(call.connection, site, expected, call.now_ms):
        audit.note(
            call.connection, call.now_ms, call.token.id, "expected_closed", site=site, subject=expected
        )
    return _expected(api_reads.expected_row(call.connection, expected), call), 200


def _day_ms(day: date | None, now_ms: int) -> int | None:
    """The first moment of the day; none for one nobody can mean, which is better left out than shown."""
    if day is None or abs((day - datetime.fromtimestamp(now_ms / 1000, UTC).date()).days) > _FARTHEST_DAYS:
        return None
    span = day_span(day.isoformat())
    return None if span is None else span[0]


def _expected(row: Any, call: Call, label: str | None = None) -> shapes.Expected:
    whose = {"person": row.person, "label": row.label} if call.names_people else {"label": label}
    return shapes.Expected(
        id=row.id,
        site=row.site,
        carrier=row.carrier,
        expected=when(row.expected_ms),
        created=when(row.created_ms),
        closed=when(row.closed_ms),
        item=row.item,
        **whose,
    )
