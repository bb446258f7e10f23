"""The whole story of one order: what was said, seen, counted, quoted and paid, by time."""

from typing import Any

from hub.store.database import Connection
from hub.store.order_book import Order, counts_of, payments_of, quotes_of, scans_of
from hub.store.remarks import remarks_by_id
from hub.web.bag_words import gone_words, post_word
from hub.web.gettext import _, ngettext
from hub.web.order_words import Story, Who, cancelled_word, pay_words
from hub.web.service_words import euros, kilos


def story_of(connection: Connection, site: str, order: Order, who: Who) -> Story:
    """Every line, oldest first."""
    lines = [_line(order["placed_ms"], "receipt", _placed(order, who), estimated=order["estimated"])]
    if order["receipt_ms"]:
        lines.append(_line(order["receipt_ms"], "ticket", _("The receipt was shown")))
    if order["item"]:
        lines += [_scan(row, who) for row in scans_of(connection, site, order["item"])]
        lines += [_count(row) for row in counts_of(connection, site, order["item"])]
    quotes = quotes_of(connection, site, order["id"])
    said = remarks_by_id(connection, [quote.id for quote in quotes])
    for quote in quotes:
        lines += _quoted(quote, said[quote.id].text if quote.id in said else "")
    lines += [_paid(row, who) for row in payments_of(connection, [order["id"]]).get(order["id"], ())]
    if order["ready_ms"]:
        lines.append(_line(order["ready_ms"], "circle-check", _ready(order), "ok"))
    if order["cancelled_ms"]:
        why = cancelled_word(order["cancelled_why"])
        lines.append(_line(order["cancelled_ms"], "x", _("Cancelled: %(why)s", why=why), "warn"))
    elif order["closed_why"] == "given_up":
        why = cancelled_word("given_up")
        lines.append(_line(order["closed_ms"], "x", _("Cancelled: %(why)s", why=why), "warn"))
    return sorted(lines, key=lambda line: line["at_ms"])


def _line(at_ms: int, icon: str, text: str, tone: str = "info", *, estimated: bool = False) -> dict[str, Any]:
    return {"at_ms": at_ms, "icon": icon, "text": text, "tone": tone, "estimated": estimated}


def _placed(order: Order, who: Who) -> str:
    match order["way"]:
        case "staff":
            return _("Ordered at the counter, with %(who)s", who=who.member(order["staff"]))
        case "none":
            return _("Ordered at the kiosk, without saying who")
        case "badge":
            return _("Ordered at the kiosk, with a badge")
        case _:
            return _("Ordered at the kiosk, with the code")


def _scan(row: Any, who: Who) -> dict[str, Any]:
    holder = who.party(row.holder_kind, row.holder_id, row.holder_employer)
    post = post_word(row.post) if row.post else ""
    said, icon, tone = _seen(row, holder)
    return _line(row.at_ms, icon, f"{said} · {post}" if post else said, tone, estimated=row.estimated)


def _seen(row: Any, holder: str) -> tuple[str, str, str]:
    match row.side:
        case "give":
            return _("Scanned on leaving: %(where)s", where=holder), "package-export", "info"
        case "take":
            return _("Scanned on arrival: %(where)s", where=holder), "package-import", "info"
        case "load":
            return _("In a machine, together with others"), "rotate-clockwise", "info"
        case "left" | "kept":
            return _("It lies there: %(where)s", where=holder), "door", "info"
        case "out":
            return _("Taken out: %(where)s", where=holder), "door-exit", "info"
        case "sent":
            return _("Left for the partner"), "truck-delivery", "info"
        case "collected":
            return _("Collected by its person"), "mood-smile", "ok"
        case "missing":
            return _("Missing when the round was counted"), "alert-circle", "alarm"
        case "lost":
            return _("Looked for and not found"), "alert-circle", "alarm"
        case "written_off":
            return gone_words().get(row.what, ""), "x", "alarm"
        case _:
            return _("Noted: %(what)s", what=_noted(row.what)), "message", "warn"


def _noted(what: str | None) -> str:
    return {
        "stain": _("a stain"),
        "missing_piece": _("a piece is missing"),
        "damaged": _("damaged"),
    }.get(what or "", _("something about it"))


def _count(row: Any) -> dict[str, Any]:
    by = {"person": _("the person"), "staff": _("the staff"), "partner": _("the partner")}[row.by]
    said = []
    if row.pieces is not None:
        said.append(ngettext("%(num)d piece", "%(num)d pieces", row.pieces))
    if row.weight_grams is not None:
        said.append(kilos(row.weight_grams))
    text = _("Counted by %(who)s: %(what)s", who=by, what=", ".join(said))
    return _line(row.at_ms, "list", text, estimated=row.estimated)


def _quoted(row: Any, words: str) -> list[dict[str, Any]]:
    text = _("Quote of the partner: %(price)s", price=euros(row.cents))
    text = f"{text} · {words}" if words else text
    lines = [_line(row.made_ms, "help-circle", text, "warn")]
    if row.answered_ms is not None:
        icon = "check" if row.accepted else "x"
        lines.append(_line(row.answered_ms, icon, _answer(row.accepted, row.answered_by)))
    if row.contrary_ms is not None:
        text = _("%(answer)s: the first answer stands", answer=_answer(not row.accepted, row.contrary_by))
        lines.append(_line(row.contrary_ms, "alert-triangle", text, "warn"))
    return lines


def _answer(accepted: bool, by: str | None) -> str:
    who = _("at the counter") if by == "staff" else _("by the person")
    return _("Quote accepted %(by)s", by=who) if accepted else _("Quote refused %(by)s", by=who)


def _paid(row: Any, who: Who) -> dict[str, Any]:
    how = pay_words().get(row.how, row.how)
    return _line(row.at_ms, "receipt", _("%(price)s paid %(how)s", price=euros(row.cents), how=how), "ok")


def _ready(order: Order) -> str:
    if order["ready"] is None:
        return _("The partner is done")
    return _(
        "The partner is done with %(ready)d of %(all)d",
        ready=order["ready"],
        all=order["ready_of"] or order["pieces"] or order["ready"],
    )
