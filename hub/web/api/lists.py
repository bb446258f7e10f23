"""What the API tells: rows of the store as the shapes that are promised."""

from typing import Any

from msgspec import Raw

from contract.codec import ContractError, decode_fact, encode
from hub.core.redaction import impersonal
from hub.core.sight import Door, door_word
from hub.store import api_reads
from hub.store.catalogue import services_of
from hub.store.devices import is_bridge_online
from hub.store.pages import site_doors
from hub.web.api import shapes
from hub.web.api.calls import Call, cursor, mark_of, when

_NULL = Raw(b"null")


def sites(call: Call) -> tuple[shapes.Page[shapes.Site], int]:
    """Those the token may see."""
    most = call.takes.limit
    rows = api_reads.page_of_sites(call.connection, call.token.sites, call.takes.after or "", most)
    return shapes.Page([_site(row) for row in rows], _last_id(rows, most)), 200


def site(call: Call) -> tuple[shapes.Site, int]:
    """One."""
    return _site(call.site()), 200


def lockers(call: Call) -> tuple[shapes.Lockers, int]:
    """Every door as it is now."""
    row = call.site()
    with_items = "read:items" in call.token.scopes
    doors = [_door(door, with_items) for door in site_doors(call.connection, row.id)]
    return shapes.Lockers(site=row.id, connected=is_bridge_online(call.connection, row.id), doors=doors), 200


def devices(call: Call) -> tuple[shapes.Page[shapes.Device], int]:
    """Those in service."""
    rows = api_reads.devices_of_site(call.connection, call.site().id)
    return shapes.Page([_device(row) for row in rows]), 200


def items(call: Call) -> tuple[shapes.Page[shapes.Item], int]:
    """Here, gone, or by number."""
    here, takes = call.site().id, call.takes
    if takes.label is not None:
        rows = api_reads.items_labelled(call.connection, here, takes.label, takes.limit)
        return shapes.Page([_item(row, call) for row in rows]), 200
    if takes.state == "open":
        rows = api_reads.items_here(call.connection, here, mark_of(takes.after), takes.limit)
        following = cursor(0, rows[-1].id) if len(rows) == takes.limit else None
    else:
        rows = api_reads.items_gone(call.connection, here, mark_of(takes.after), takes.limit)
        following = cursor(rows[-1].ended_ms, rows[-1].id) if len(rows) == takes.limit else None
    return shapes.Page([_item(row, call) for row in rows], following), 200


def item(call: Call) -> tuple[shapes.Item, int]:
    """One."""
    return _item(call.seen(api_reads.one_item(call.connection, call.path["item"])), call), 200


def people(call: Call) -> tuple[shapes.Page[shapes.Person], int]:
    """Names, flats and languages."""
    most = call.takes.limit
    rows = api_reads.page_of_people(call.connection, call.site().id, call.takes.after or "", most)
    found = [shapes.Person(id=row.id, name=row.name, flat=row.flat, language=row.language) for row in rows]
    return shapes.Page(found, _last_id(rows, most)), 200


def orders(call: Call) -> tuple[shapes.Page[shapes.Order], int]:
    """Under way, or over."""
    most, over = call.takes.limit, call.takes.state == "ended"
    after = mark_of(call.takes.after)
    rows = api_reads.page_of_orders(call.connection, call.site().id, after, most, over=over)
    following = cursor(rows[-1].placed_ms, rows[-1].id) if len(rows) == most else None
    return shapes.Page([_order(row, call) for row in rows], following), 200


def order(call: Call) -> tuple[shapes.Order, int]:
    """One."""
    return _order(call.seen(api_reads.one_order(call.connection, call.path["order"])), call), 200


def catalogue(call: Call) -> tuple[shapes.Page[shapes.Service], int]:
    """What is offered, in the order of the site's list."""
    return shapes.Page([_service(one) for one in services_of(call.connection, call.site().id)]), 200


def facts(call: Call) -> tuple[shapes.Facts, int]:
    """The ledger from a position on."""
    takes = call.takes
    rows, following, more = api_reads.page_of_facts(
        call.connection, call.token.sites, takes.after, takes.limit
    )
    return shapes.Facts([_fact(row, call.names_people) for row in rows], following, more), 200


# --- one row each ------------------------------------------------------------------------------


def _last_id(rows: list[Any], most: int) -> str | None:
    return rows[-1].id if len(rows) == most else None


def _site(row: Any) -> shapes.Site:
    return shapes.Site(id=row.id, name=row.name, languages=row.languages.split(","))


def _door(door: Door, with_items: bool) -> shapes.Door:
    return shapes.Door(
        compartment=door.compartment,
        kind=door.kind,  # type: ignore[arg-type]
        label=door.label,
        size=door.size,
        column=door.column,
        row=door.row,
        state=door_word(door),
        sensor=door.state,  # type: ignore[arg-type]
        since=when(door.since_ms),
        alarm=door.alarm,
        item=door.item if with_items else None,
    )


def _device(row: Any) -> shapes.Device:
    return shapes.Device(
        id=row.id,
        kind=row.kind,
        online=bool(row.online),
        since=when(row.presence_ms),
        last_exchange=when(row.exchange_ms),
        program=row.program,
        version=row.version,
        clock=row.clock,
        backlog=max((row.last_seq or 0) - (row.through or 0), 0),
    )


def _item(row: Any, call: Call) -> shapes.Item:
    known = {name: getattr(row, name) for name in ("id", "site", "state", "kind", "size", "carrier")}
    marks = {name: getattr(row, name) for name in ("compartment", "pieces", "damaged", "heavy", "perishable")}
    whose = {"person": row.person, "label": row.label} if call.names_people else {}
    return shapes.Item(
        place=row.place,
        received=when(row.received_ms),
        stored=when(row.left_ms),
        ended=when(row.ended_ms),
        **known,
        **marks,
        **whose,
    )


def _order(row: Any, call: Call) -> shapes.Order:
    same = (
        "id",
        "site",
        "number",
        "state",
        "kind",
        "item",
        "service",
        "partner",
        "paid_cents",
        "pay",
        "pieces",
    )
    return shapes.Order(
        price_cents=row.total_cents if row.agreed_cents is None else row.agreed_cents,
        placed=when(row.placed_ms),
        promised=when(row.promised_ms),
        ready=when(row.ready_ms),
        done=when(row.done_ms),
        person=row.person if call.names_people else None,
        **{name: getattr(row, name) for name in same},
    )


def _service(one: Any) -> shapes.Service:
    offer = one.offer
    return shapes.Service(
        id=one.id,
        partner=offer.partner,
        partner_name=one.partner_name,
        name=dict(offer.name),
        about=dict(offer.about),
        kind=offer.kind,
        way=offer.way,
        cents=offer.cents,
        pay=offer.pay,
        quoted=offer.quoted,
        options=[shapes.Option(each.id, dict(each.name), each.cents, each.most) for each in offer.options],
    )


def _fact(row: Any, names_people: bool) -> shapes.Fact:
    return shapes.Fact(
        position=row.position,
        event=row.event,
        device=row.device,
        site=row.site,
        type=row.type,
        at=when(row.at_ms),
        estimated=row.estimated,
        received=when(row.received_ms),
        body=_body(row, names_people),
    )


def _body(row: Any, names_people: bool) -> Raw:
    """What could not be read is not handed on: nobody knows of whom it tells."""
    body = bytes(row.body)
    if row.quarantine is not None or not body:
        return _NULL
    if names_people:
        return Raw(body)
    try:
        fact = decode_fact(body)
    except ContractError:  # of another version of this program
        return _NULL
    plain = impersonal(fact)
    if plain is None:
        return _NULL
    return Raw(body) if plain is fact else Raw(encode(plain))
