"""What happened, one sentence a fact: who, what, when and by which evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contract import messages as m
from contract.codec import ContractError, decode_fact
from hub.web import day_words
from hub.web.deed_words import deed_word
from hub.web.gettext import _
from hub.web.naming import Names as Names
from hub.web.words import marks, refused_reasons, said_word

_FIRST_START = "first_start"  # what the bridge writes for an actor when nobody had to look


@dataclass(frozen=True)
class Line:
    """One line of a story. `proof` names the evidence: sensor, kiosk, staff, hub; empty for none."""

    at_ms: int
    estimated: bool
    icon: str
    tone: str
    text: str
    proof: str = ""
    by: str = ""


def tell(row: Any, names: Names) -> Line | None:
    """The line of a ledger row; None for facts that mean nothing to a reader, and for what was let go."""
    if row.redacted_ms is not None and not row.body:
        return None
    try:
        fact = decode_fact(row.body)
    except ContractError:
        return Line(row.at_ms, row.estimated, "question-mark", "alarm", _("A message that cannot be read"))
    say = _SENTENCES.get(type(fact))
    if say is None:
        return None
    icon, tone, text, proof = say(fact, names)
    return Line(row.at_ms, row.estimated, icon, tone, day_words.begun(text), proof, row.device)


def tell_note(row: Any, names: Names) -> Line:
    """The line of an audit row."""
    who = names.account(row.account or "")
    match row.action:
        case "code_told":
            text = _("%(who)s had the code shown on the hub", who=who)
            if row.detail == "next":
                text = _("%(who)s told a code for one coming", who=who)
        case "code_changed":
            text = _("%(who)s had the code changed", who=who)
        case "slip_printed":
            text = _("%(who)s printed a slip", who=who)
        case "slip_handed":
            text = _("%(who)s gave the slip", who=who)
        case "told_aloud":
            text = _("%(who)s told it by word of mouth", who=who)
        case "told_again":
            text = _("%(who)s had the message sent again", who=who)
        case "extended":
            why = day_words.extension_whys().get(row.detail, row.detail)
            text = _("%(who)s gave 7 more days: %(why)s", who=who, why=why)
        case "assignment_asked":
            text = _("%(who)s said on the hub whose it is", who=who)
        case "assignment_withdrawn":
            text = _("%(who)s took back on the hub whose it is", who=who)
        case "take_in_asked":
            text = _("%(who)s asked the lockers to note it on the shelf", who=who)
        case "move_asked":
            text = _("%(who)s asked for another place for it", who=who)
        case "open_asked":
            text = _("%(who)s asked to open the door: %(why)s", who=who, why=row.detail)
        case _:
            text = f"{who} {deed_word(row.action).text}"
    return Line(row.at_ms, False, "eye", "info", day_words.begun(text), "hub")


Said = tuple[str, str, str, str]


def _received(fact: m.ParcelReceived, names: Names) -> Said:
    """Said again where staff say something else of it: the words after it are what differs."""
    who = names.staff_member(fact.staff)
    text = " · ".join((_("%(who)s took it in at the counter", who=who), *marks(fact)))
    return "package-import", "info", text, "kiosk"


def _claimed(fact: m.ItemClaimed, names: Names) -> Said:
    if fact.order is not None:
        who = names.account(fact.actor or "")
        return "package-import", "info", day_words.begun(_("%(who)s took it in on the hub", who=who)), "hub"
    shelf = names.shelves.get(fact.compartment)
    if shelf is not None:
        return "hourglass", "info", _("Shelf place %(place)s is kept for it", place=shelf), "bridge"
    return "hourglass", "info", _("Door %(door)s is kept for it", door=fact.compartment), "bridge"


def _left(fact: m.ItemLeft, names: Names) -> Said:
    if fact.evidence == "shelf":
        return "package", "ok", _("It lies on its shelf place: the staff said so"), "staff"
    text = _("It lies behind door %(door)s: the door was opened, then closed", door=fact.compartment)
    return "package", "ok", text, "sensor"


def _dropped(fact: m.ClaimDropped, names: Names) -> Said:
    text = _("The deposit behind door %(door)s was given up", door=fact.compartment)
    if fact.door_was_opened:
        text = _("%(text)s; the door had been opened, somebody must look", text=text)
    return "x", "warn", text, "bridge"


def _intent(fact: m.DoorIntent, names: Names) -> Said:
    who = names.actor(fact.authority, fact.actor)
    text = _("Door %(door)s is told to open, for %(who)s", door=fact.compartment, who=who)
    if fact.attempt > 1:
        text = _("%(text)s (try %(count)d)", text=text, count=fact.attempt)
    return "key", "info", text, "bridge"


def _opened(fact: m.DoorOpened, names: Names) -> Said:
    return "door-enter", "info", _("Door %(door)s opened", door=fact.compartment), "sensor"


def _closed(fact: m.DoorClosed, names: Names) -> Said:
    if fact.open_ms is None:
        return "door-exit", "info", _("Door %(door)s closed", door=fact.compartment), "sensor"
    seconds = max(fact.open_ms // 1000, 1)
    text = _("Door %(door)s closed, after %(count)d s", door=fact.compartment, count=seconds)
    return "door-exit", "info", text, "sensor"


def _not_opened(fact: m.DoorNotOpened, names: Names) -> Said:
    why = {
        "stayed_shut": _("it stayed shut"),
        "not_sent": _("the command could not be sent"),
        "board_silent": _("its lock board does not answer"),
        "refused": _("too many doors in a short time"),
    }[fact.why]
    text = _("Door %(door)s did not open: %(why)s", door=fact.compartment, why=why)
    return "lock", "alarm", text, "sensor"


def _left_open(fact: m.DoorLeftOpen, names: Names) -> Said:
    return "alert-triangle", "alarm", _("Door %(door)s was left open", door=fact.compartment), "sensor"


def _forced(fact: m.DoorForced, names: Names) -> Said:
    text = _("Door %(door)s opened and nobody had asked", door=fact.compartment)
    return "hand-stop", "alarm", text, "sensor"


def _uncertain(fact: m.DoorUncertain, names: Names) -> Said:
    text = _("Cut short at door %(door)s: what happened is not known", door=fact.compartment)
    return "question-mark", "warn", text, "bridge"


def _collected(fact: m.ItemCollected, names: Names) -> Said:
    staff = names.staff_member(fact.staff)
    if fact.evidence == "staff" and fact.proxy:
        text = _("Handed over by %(who)s to %(bearer)s", who=staff, bearer=names.bearer(fact.proxy))
        return "circle-check", "ok", text, "staff"
    if fact.evidence == "staff":
        text = _("Handed over by %(who)s", who=staff)
        if fact.identity == "known":
            text = _("Handed over by %(who)s, who knows the person", who=staff)
        elif fact.identity == "document":
            text = _("Handed over by %(who)s, who saw an identity document", who=staff)
        return "circle-check", "ok", text, "staff"
    if fact.proxy:
        text = _("Collected by %(bearer)s: opened, then closed", bearer=names.bearer(fact.proxy))
        return "circle-check", "ok", text, "sensor"
    return "circle-check", "ok", _("Collected: opened, then closed, with the right code"), "sensor"


def _kept(fact: m.ItemKept, names: Names) -> Said:
    text = _("Not taken: “%(said)s”. It stays in our keeping", said=said_word(fact.why) or fact.why)
    return "alert-circle", "warn", text, "kiosk"


def _taken_out(fact: m.ItemTakenOut, names: Names) -> Said:
    who, door = names.staff_member(fact.staff), fact.compartment
    text = {
        "undo": _("%(who)s took it out of door %(door)s again", who=who, door=door),
        "move": _("%(who)s took it out of door %(door)s, for another place", who=who, door=door),
        "return": _("%(who)s took it out of door %(door)s, for its carrier", who=who, door=door),
        "hand_over": _("%(who)s took it out of door %(door)s, to hand it over", who=who, door=door),
        "relay": _("%(who)s took it out of door %(door)s, for its partner", who=who, door=door),
    }[fact.why]
    return "package-export", "info", text, "sensor" if fact.evidence == "door" else "staff"


def _returned(fact: m.ItemReturned, names: Names) -> Said:
    return (
        "truck-delivery",
        "info",
        _("%(who)s gave it back to its carrier", who=names.staff_member(fact.staff)),
        "staff",
    )


def _lost(fact: m.ItemLost, names: Names) -> Said:
    return (
        "alert-circle",
        "alarm",
        _("%(who)s looked for it and did not find it", who=names.staff_member(fact.staff)),
        "staff",
    )


def _reassigned(fact: m.ItemReassigned, names: Names) -> Said:
    if fact.staff is None:
        return (
            "user",
            "info",
            _("It is for somebody else: the hub said so. Only their code opens the door now"),
            "hub",
        )
    who = names.staff_member(fact.staff)
    return (
        "user",
        "info",
        _("%(who)s said that it is for somebody else. Only their code opens the door now", who=who),
        "staff",
    )


def _ended(fact: m.ItemEnded, names: Names) -> Said:
    if fact.how == "returned":
        return "circle-check", "ok", _("Its person has it: the hub said so. Its code is over"), "hub"
    return "search", "warn", _("It will not come back: the hub said so. No door waits for it any more"), "hub"


def _parcel_refused(fact: m.ParcelRefused, names: Names) -> Said:
    who = names.staff_member(fact.staff)
    why = refused_reasons()[fact.why]
    return "x", "warn", _("%(who)s did not take it from its carrier: %(why)s", who=who, why=why), "kiosk"


def _said(fact: m.PersonSaid, names: Names) -> Said:
    return "message", "info", _("The person answered “%(said)s”", said=said_word(fact.said)), "kiosk"


def _slip(fact: m.SlipShown, names: Names) -> Said:
    if fact.how == "print":
        return "printer", "info", _("The slip with the code was printed"), "kiosk"
    return "ticket", "info", _("The slip with the code was shown on the screen"), "kiosk"


def _visit(fact: m.VisitOpened, names: Names) -> Said:
    if fact.proxy:
        return "users", "info", _("Came to the kiosk: %(bearer)s", bearer=names.bearer(fact.proxy)), "bridge"
    if fact.drops:
        return "shopping-bag", "info", _("Somebody came to the kiosk to drop something"), "bridge"
    ways = {
        "typed": _("A right code was typed at the kiosk"),
        "qr": _("A right code was scanned at the kiosk"),
        "badge": _("Staff signed in with a badge"),
        "pin": _("Staff signed in with a PIN"),
        "none": _("Somebody came to the kiosk without saying who they are"),
    }
    return "dialpad", "info", ways[fact.way], "bridge"


def _pickup(fact: m.PickupOpened, names: Names) -> Said:
    return "ticket", "info", _("A code was made, ticket %(ticket)d", ticket=fact.ticket), "bridge"


def _rotated(fact: m.CodeRotated, names: Names) -> Said:
    if fact.why == "next_used":
        return "phone", "info", _("The code told by telephone was used; the older ones are void"), "bridge"
    return "refresh", "info", _("The code was changed; the older ones are void"), "bridge"


def _pickup_closed(fact: m.PickupClosed, names: Names) -> Said:
    return "check", "ok", _("Nothing more waits: the code is spent"), "bridge"


def _checked(fact: m.CompartmentChecked, names: Names) -> Said:
    """Only people look: the lockers say it of themselves at their first start, and when in doubt."""
    if fact.actor == _FIRST_START:
        text = _("Door %(door)s is taken to be empty: these lockers are new", door=fact.compartment)
        return "package", "info", text, "bridge"
    who = names.staff.get(fact.actor) or names.accounts.get(fact.actor)
    if fact.item is not None:
        who = who or names.staff_member(None)
        shelf = names.shelves.get(fact.compartment)
        if shelf is not None:
            text = _("%(who)s looked at shelf place %(place)s: it is still there", who=who, place=shelf)
        else:
            text = _("%(who)s looked behind door %(door)s: it is still there", who=who, door=fact.compartment)
        return "eye", "ok", text, "staff"
    if fact.usable:
        who = who or names.staff_member(None)
        text = _("%(who)s looked behind door %(door)s: it may be used", who=who, door=fact.compartment)
        return "eye", "ok", text, "staff"
    if who:
        text = _("%(who)s took door %(door)s out of service", who=who, door=fact.compartment)
        return "ban", "warn", text, "staff"
    text = _("What is behind door %(door)s is not known: somebody must look", door=fact.compartment)
    return "question-mark", "warn", text, "bridge"


def _refused(fact: m.OrderRefused, names: Names) -> Said:
    return "ban", "warn", _("A remote opening was refused on site; no lock moved"), "bridge"


def _adopted(fact: m.HoldingAdopted, names: Names) -> Said:
    return "refresh", "warn", _("The lockers lost their memory and took this over from the hub"), "bridge"


_SENTENCES: dict[type, Callable[[Any, Names], Said]] = {
    m.ParcelReceived: _received,
    m.ItemClaimed: _claimed,
    m.ItemLeft: _left,
    m.ClaimDropped: _dropped,
    m.DoorIntent: _intent,
    m.DoorOpened: _opened,
    m.DoorClosed: _closed,
    m.DoorNotOpened: _not_opened,
    m.DoorLeftOpen: _left_open,
    m.DoorForced: _forced,
    m.DoorUncertain: _uncertain,
    m.ItemCollected: _collected,
    m.ItemKept: _kept,
    m.ItemTakenOut: _taken_out,
    m.ItemReturned: _returned,
    m.ItemLost: _lost,
    m.ItemReassigned: _reassigned,
    m.ItemEnded: _ended,
    m.ParcelRefused: _parcel_refused,
    m.PersonSaid: _said,
    m.SlipShown: _slip,
    m.VisitOpened: _visit,
    m.PickupOpened: _pickup,
    m.CodeRotated: _rotated,
    m.PickupClosed: _pickup_closed,
    m.CompartmentChecked: _checked,
    m.OrderRefused: _refused,
    m.HoldingAdopted: _adopted,
}
