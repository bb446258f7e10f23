"""What a page may post: a name and a few fields, checked, become an event of the conversation."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from contract.messages import Size
from contract.receipt import CONSONANTS, VOWELS
from kiosk.core import drop_events as ev
from kiosk.core import events as e
from kiosk.core import house_events as he
from kiosk.core import relay_events as re
from kiosk.core.pile import Mark
from kiosk.core.proof import is_receipt
from kiosk.core.screens import Kept, Over, Why

LONGEST_SCAN: Final = 300
LONGEST_RECEIPT: Final = 3_000
_MOST_NUMBER = 999_999

Form = Mapping[str, str]


class BadInputError(ValueError):
    """Something no page of ours sends. Never says what it was."""


def event_of(
    action: str, form: Form, languages: Callable[[], tuple[str, ...]], fresh_id: Callable[[], str]
) -> e.PersonEvent:
    """The event that `action` with these fields means, which may bear a new item. Raises BadInputError."""
    plain = _PLAIN.get(action)
    if plain is not None:
        return plain()
    match action:
        case "code":
            return e.CodeTyped(_digits(form, "digits", 12))
        case "scan":
            return e.Scanned(_scan(form))
        case "label":
            return e.LabelGiven(_text(form, "text", LONGEST_SCAN))
        case "show":
            return e.Show(_one_of(form, get_args(Over)))
        case "speak":
            return e.Speak(_one_of(form, languages()))
        case "kept":
            return e.KeptSaid(_one_of(form, get_args(Kept)))
        case "pin":
            return _pin(form)
        case "person":
            return e.PersonChosen(_text(form, "value", 64))
        case "hand-over":
            return e.HandOverWanted(_text(form, "value", 64))
        case "unknown":
            return e.UnknownSaid(fresh_id())
        case "mark":
            return e.MarkSaid(_one_of(form, get_args(Mark)))
        case "pieces":
            return e.PiecesSaid(int(_digits(form, "value", 1) or 0))
        case "refuse":
            return e.RefuseSaid(_one_of(form, get_args(Why)), fresh_id())
        case "size":
            return e.SizeChosen(_one_of(form, get_args(Size)), fresh_id())
        case "shelf":
            return e.SizeChosen(_one_of(form, get_args(Size)), fresh_id(), shelf=True)
        case "service":
            return ev.ServiceChosen(_text(form, "value", 64))
        case "more-of" | "less-of":
            return ev.OptionCounted(_text(form, "value", 64), more=action == "more-of")
        case "letter":
            return ev.LetterSaid(_one_of(form, tuple(CONSONANTS + VOWELS)))
        case "quote":
            return ev.QuoteReplied(_one_of(form, get_args(ev.QuoteWord)))
        case "count-said":
            return ev.CountSaid(int(_digits(form, "value", 2) or 0))
        case "place":
            return he.PlaceChosen(int(_digits(form, "value", 4)))
        case "held":
            return he.ItemChosen(_text(form, "value", 64))
        case "carrier":
            return he.CarrierChosen(_text(form, "value", 64))
        case "out-because":
            return he.OutBecause(_one_of(form, get_args(he.OutWhy)))
        case "task":
            return he.Do(_one_of(form, get_args(he.Task)))
        case "said":
            return he.Said(_one_of(form, get_args(he.Answer)))
        case "relay":
            return re.RelayDo(_one_of(form, get_args(re.RelayTask)), fresh_id())
        case "partner":
            return re.PartnerChosen(_text(form, "value", 64), fresh_id())
        case "bag":
            return re.BagChosen(_text(form, "value", 64))
        case _:
            raise BadInputError(action)


_PLAIN: Final[Mapping[str, Callable[[], e.PersonEvent]]] = {
    "touch": e.Touched,
    "typing": e.TypingBegan,
    "back": e.Back,
    "leave": e.Leave,
    "drop": ev.DropWanted,
    "proof": ev.ProofWanted,
    "unletter": lambda: ev.LetterSaid(""),
    "no-card": ev.NoCard,
    "agree": ev.Agreed,
    "go-on": ev.GoOn,
    "weigh": ev.WeighWanted,
    "seat": e.Seat,
    "listen": e.Listen,
    "have-it": e.HaveItSaid,
    "missing": e.MissingSaid,
    "open": e.OpenDoor,
    "skip": e.SkipDoor,
    "staff": e.StaffWanted,
    "shelf-done": e.ShelfDone,
    "bigger": e.Bigger,
    "undo": e.Undo,
    "next": e.NextParcel,
    "another": e.AnotherSaid,
    "special": e.SpecialWanted,
    "pieces-list": e.PiecesWanted,
    "refuse-list": e.RefuseWanted,
    "count": e.RoundEnded,
    "printed": e.SlipsPrinted,
    "shelf-list": e.ShelfWanted,
    "shelf-more": e.MoreWanted,
    "handed-over": e.HandedOverSaid,
}


def query_of(form: Form) -> str:
    """Letters, or keys of the pad, typed to find a person."""
    return _text(form, "query", 60)


def entered_of(form: Form) -> str:
    """What stands in the field of a staff screen."""
    return _text(form, "text", LONGEST_SCAN)


def _scan(form: Form) -> str:
    """What a scanner read: a label, or a receipt, which alone is long."""
    text = _text(form, "text", LONGEST_RECEIPT)
    if len(text) > LONGEST_SCAN and not is_receipt(text):
        raise BadInputError("text")
    return text


def _pin(form: Form) -> e.PinGiven:
    number, pin = int(_digits(form, "number", 6)), _digits(form, "pin", 12)
    if not 1 <= number <= _MOST_NUMBER or len(pin) < 4:
        raise BadInputError("pin")
    return e.PinGiven(number, pin)


def _digits(form: Form, name: str, longest: int) -> str:
    digits = form.get(name, "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= longest):
        raise BadInputError(name)
    return digits


def _text(form: Form, name: str, longest: int) -> str:
    text = form.get(name)
    if text is None or len(text) > longest:
        raise BadInputError(name)
    return text


def _one_of(form: Form, allowed: tuple[str, ...]) -> Any:
    value = form.get("value", "")
    if value not in allowed:
        raise BadInputError("value")
    return value
