"""The one table of what the API answers: pages, document and rules are made from it.

A route names its scope, what it takes (parameters, a body) and what it gives as types; its handler is handed
a `Call` in which all of that was checked, within a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec import Struct

from hub.core.scopes import Scope
from hub.web.api import announcing, lists, shapes
from hub.web.api.calls import Call

Handler = Callable[[Call], tuple[Struct, int]]


@dataclass(frozen=True)
class Route:
    """One method of one path. `name` is its endpoint and operation id."""

    name: str
    method: Literal["GET", "POST", "DELETE"]
    path: str
    scope: Scope
    summary: str
    handle: Handler
    gives: Any
    takes: type[Struct] = shapes.Nothing
    body: type[Struct] | None = None
    statuses: tuple[int, ...] = (200,)


ROUTES: Final[tuple[Route, ...]] = (
    Route("sites", "GET", "sites", "read:sites", "Sites", lists.sites, shapes.Page[shapes.Site], shapes.ById),
    Route("site", "GET", "sites/{site}", "read:sites", "One site", lists.site, shapes.Site),
    Route(
        "lockers",
        "GET",
        "sites/{site}/lockers",
        "read:lockers",
        "The lockers of a site now: every door, and what its sensor sees",
        lists.lockers,
        shapes.Lockers,
    ),
    Route(
        "devices",
        "GET",
        "sites/{site}/devices",
        "read:devices",
        "Kiosks and bridges of a site",
        lists.devices,
        shapes.Page[shapes.Device],
    ),
    Route(
        "items",
        "GET",
        "sites/{site}/items",
        "read:items",
        "Parcels, letters and bags of a site: those here, or those that left",
        lists.items,
        shapes.Page[shapes.Item],
        shapes.WhichItems,
    ),
    Route("item", "GET", "items/{item}", "read:items", "One item", lists.item, shapes.Item),
    Route(
        "people",
        "GET",
        "sites/{site}/people",
        "read:people",
        "Who is on the list of a site",
        lists.people,
        shapes.Page[shapes.Person],
        shapes.ById,
    ),
    Route(
        "orders",
        "GET",
        "sites/{site}/orders",
        "read:orders",
        "Orders of a site: those under way, or those that are over",
        lists.orders,
        shapes.Page[shapes.Order],
        shapes.OpenOrEnded,
    ),
    Route("order", "GET", "orders/{order}", "read:orders", "One order", lists.order, shapes.Order),
    Route(
        "catalogue",
        "GET",
        "sites/{site}/catalogue",
        "read:catalogue",
        "What a site offers, with its partners' prices",
        lists.catalogue,
        shapes.Page[shapes.Service],
    ),
    Route(
        "expected",
        "GET",
        "sites/{site}/expected",
        "read:expected",
        "Parcels a site waits for, the soonest first",
        announcing.waited_for,
        shapes.Page[shapes.Expected],
    ),
    Route(
        "announce",
        "POST",
        "sites/{site}/expected",
        "write:expected",
        "Announce a parcel; 200 where it was announced already, 201 where it is new",
        announcing.announce,
        shapes.Expected,
        body=shapes.NewExpected,
        statuses=(200, 201),
    ),
    Route(
        "withdraw",
        "DELETE",
        "sites/{site}/expected/{expected}",
        "write:expected",
        "A parcel that was announced will not come",
        announcing.withdraw,
        shapes.Expected,
    ),
    Route(
        "facts",
        "GET",
        "facts",
        "read:facts",
        "All that sites told, in the order in which the hub heard of it",
        lists.facts,
        shapes.Facts,
        shapes.AfterPosition,
    ),
)
