"""What devices are told of bags: kiosks where each is, lockers what ended without a door. Pure."""

from typing import Final, Literal, get_args

from contract.messages import End, Ended, Tracked
from hub.core.documents import Change, Columns
from hub.core.order_rules import is_part_done


def tracked(
    bag: Columns, person: str | None, kind: str | None, order: Columns | None, word: str | None = None
) -> list[Change]:
    """A row of `bags` with its order, if there is one: what is on its way, until its person has it.

    `word`: of the receipt it got before anything was ordered for it.
    What was looked for in vain is nowhere, until it is seen again; whoever asks for it is told that.
    """
    if bag["item"] is None:
        return []
    key = f"tracked/{bag['item']}"
    over = order is not None and order["cancelled_ms"] is not None and bag["state"] == "ordered"
    is_lost = "lost" in (bag["state"], bag["ended_how"])
    if (bag["state"] == "ended" and not is_lost) or over:
        return [("kiosk", key, None)]
    if person is None or kind is None:
        return []
    ordered: Columns = order if order is not None else _NO_ORDER
    is_asked = ordered["state"] == "quoted" and not is_lost
    document = Tracked(
        item=bag["item"],
        person=person,
        kind=kind,  # type: ignore[arg-type]
        state="away" if is_lost else _way(bag),
        tag=bag["tag"],
        number=ordered["number"],
        order=ordered["id"],
        service=ordered["service"],
        partner=ordered["partner"],
        pieces=bag["pieces_staff"] or bag["pieces_person"],
        promised_ms=bag["promised_ms"],
        word=ordered["receipt_word"] or word,
        quote=ordered["quote"] if is_asked else None,
        quote_cents=ordered["quote_cents"] if is_asked else None,
        agreed_cents=_stands_cents(ordered) if is_asked else None,
        cancelled=order is not None and order["cancelled_ms"] is not None,
        lost=is_lost,
    )
    return [("kiosk", key, document)]


def _stands_cents(order: Columns) -> int | None:
    """What is paid all the same where its person says no now; None: nothing, it goes back as it came."""
    cents: int | None = order["total_cents"] if is_part_done(order) else None
    return cents if order["agreed_cents"] is None else order["agreed_cents"]


_NO_ORDER: Final[dict[str, None]] = dict.fromkeys(
    ("number", "id", "service", "partner", "receipt_word", "state", "quote", "quote_cents", "agreed_cents")
)


def _way(bag: Columns) -> Literal["ordered", "dropped", "in_hand", "away", "ready"]:
    """How far it is, as a kiosk says it."""
    match bag["holder_kind"]:
        case None:
            return "ordered"
        case "compartment" | "shelf":
            return "ready" if bag["next_post"] is None else "dropped"
        case "partner" | "carrier":
            return "away"
    return "in_hand"


def ended(item: Columns, bag: Columns) -> list[Change]:
    """A row of `items` with its bag: what ended without a door, until its lockers say that they know.

    They still hold the ticket of what staff or a partner had, and of what was lost and has come after all.
    """
    how = bag["ended_how"] if bag["ended_ms"] is not None else None
    waits = item["state"] in _WITHOUT_A_DOOR or (item["state"] == "lost" and how == "returned")
    if not waits or how not in get_args(End):
        return [("bridge", f"ended/{item['id']}", None)]
    where = {"compartment": item["compartment"], "allocation": item["allocation"]}
    document = Ended(item=item["id"], how=how, **where)  # type: ignore[arg-type]
    return [("bridge", f"ended/{item['id']}", document)]


_WITHOUT_A_DOOR: Final = ("in_hand", "away")
