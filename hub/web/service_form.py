"""The form of one service: what was typed, the offer it makes, and what is wrong with it by field."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, get_args

from flask import request

from contract.ids import fresh_id
from hub.core.catalogue import (
    KINDS,
    LONGEST_ABOUT,
    LONGEST_NAME,
    MOST_OF_ONE,
    MOST_OPTIONS,
    PICTURES,
    SIZES,
    Listed,
    Offer,
    Option,
    Pay,
    Way,
)
from hub.core.opening import OpeningError
from hub.core.prices import written
from hub.core.promises import MOST_LEAD_DAYS, MOST_LEADS, Lead, LeadError, lead_of
from hub.web.day_words import fault_word
from hub.web.days import local
from hub.web.gettext import _
from hub.web.guard import now_ms
from hub.web.typed import chosen_days, day_bound, fields, in_order, needed, plain, price, short

_PLAIN: Final = (
    "partner",
    "picture",
    "kind",
    "size",
    "way",
    "price",
    "pay",
    "from_day",
    "until_day",
    "version",
    "new",
)
_TICKED: Final = ("quoted", "perishable", "counted")
_MOST_ROWS: Final = MOST_OPTIONS + 10
_SPARE_ROWS: Final = 2
_USUAL_LEAD: Final = {"lead": "days", "lead_days": "2", "before": "10:00", "ready": "18:00", "weekdays": ()}

Typed = dict[str, Any]


def blank(partner: str | None) -> Typed:
    """A form nobody filled in yet, with what most services have."""
    usual: Typed = {"picture": "shirt", "kind": "bag", "size": "M", "way": "drop", "pay": "partner"}
    usual |= {"version": "0", "new": fresh_id(now_ms()), "partner": partner or ""}
    usual |= {"leads": _leads_shown([_USUAL_LEAD])}
    return usual | {"options": [_row() for _ in range(_SPARE_ROWS)]}


def shown(listed: Listed) -> Typed:
    """The form of a service as it is."""
    offer = listed.offer
    typed: Typed = {
        name: getattr(offer, name) for name in ("partner", "picture", "kind", "size", "way", "pay", *_TICKED)
    }
    typed |= {f"name_{language}": text for language, text in offer.name.items()}
    typed |= {f"about_{language}": text for language, text in offer.about.items()}
    typed |= {
        "price": written(offer.cents),
        "version": str(listed.version),
        "new": "",
        "leads": _leads_shown([_lead_shown(lead) for lead in offer.leads]),
    }
    typed |= {"from_day": _day(offer.from_ms), "until_day": _day(offer.until_ms, end=True)}
    rows = [_row(one.id, one.name, written(one.cents), str(one.most)) for one in offer.options]
    return typed | {"options": (rows + [_row()] * _SPARE_ROWS)[: max(MOST_OPTIONS, len(rows))]}


def _lead_shown(lead: Lead) -> Typed:
    times = {"before": _hour(lead.before_min), "ready": _hour(lead.ready_min)}
    return {"lead": lead.kind, "lead_days": str(lead.days), "weekdays": list(lead.weekdays), **times}


def _leads_shown(rows: Sequence[Typed]) -> list[Typed]:
    """The rules there are, with room for one more; the first is there in any case."""
    spare: list[Typed] = [] if len(rows) >= MOST_LEADS else [{**_USUAL_LEAD, "lead": "none"}]
    return [*rows, *spare, *(spare if not rows else ())]


def _hour(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def _day(at_ms: int | None, *, end: bool = False) -> str:
    return "" if at_ms is None else local(at_ms - (1 if end else 0)).date().isoformat()


def _row(option: str = "", names: Any = None, cents: str = "", most: str = "") -> Typed:
    return {"id": option, "names": dict(names or {}), "price": cents, "most": most}


# --- what was typed ------------------------------------------------------------------------------


def typed_now(languages: Sequence[str]) -> Typed:
    """What the form says, whatever it says."""
    typed: Typed = fields(_PLAIN)
    typed |= {f"name_{one}": plain(request.form.get(f"name_{one}", ""), LONGEST_NAME) for one in languages}
    typed |= {f"about_{one}": plain(request.form.get(f"about_{one}", ""), LONGEST_ABOUT) for one in languages}
    typed |= {name: bool(request.form.get(name)) for name in _TICKED}
    return typed | {"leads": _typed_leads(), "options": _rows(languages)}


def _typed_leads() -> list[Typed]:
    rows = []
    for number in range(MOST_LEADS):
        at = _at(number)
        row = fields(f"{name}{at}" for name in ("lead", "lead_days", "before", "ready"))
        named: Typed = {name.removesuffix(at): text for name, text in row.items()}
        if not number or named["lead"]:
            rows.append(named | {"weekdays": chosen_days(f"weekdays{at}")})
    return rows


def _at(number: int) -> str:
    """What the names of the fields of a rule end with."""
    return f"_{number + 1}" if number else ""


def more_rows(typed: Typed) -> Typed:
    """The same form with room for more options."""
    rows = [*typed["options"], *(_row() for _ in range(_SPARE_ROWS))]
    return typed | {"options": rows[: max(MOST_OPTIONS, len(typed["options"]))]}


def _rows(languages: Sequence[str]) -> list[Typed]:
    count = request.form.get("rows", "")[:3]
    rows = []
    for number in range(min(int(count), _MOST_ROWS) if count.isascii() and count.isdecimal() else 0):
        said = {one: request.form.get(f"o{number}_name_{one}", "") for one in languages}
        row = fields(f"o{number}_{name}" for name in ("id", "price", "most"))
        names = {one: plain(text, LONGEST_NAME) for one, text in said.items() if text.strip()}
        if not request.form.get(f"o{number}_gone"):
            rows.append(_row(row[f"o{number}_id"], names, row[f"o{number}_price"], row[f"o{number}_most"]))
    return rows


# --- the offer it makes --------------------------------------------------------------------------


def offer_of(typed: Typed, languages: Sequence[str], known: Sequence[str]) -> tuple[Offer, dict[str, str]]:
    """The offer, good only where nothing is wrong. `known`: the options the service had when it was shown."""
    wrong: dict[str, str] = {}
    needed(typed, wrong, f"name_{languages[0]}", LONGEST_NAME)
    for one in languages:
        short(typed, wrong, f"name_{one}", LONGEST_NAME)
        short(typed, wrong, f"about_{one}", LONGEST_ABOUT)
    if not typed["partner"]:
        wrong["partner"] = _("Choose a partner.")
    cents = price(typed, wrong, "price")
    from_ms, until_ms = day_bound(typed, wrong, "from_day"), day_bound(typed, wrong, "until_day", end=True)
    in_order(from_ms, until_ms, wrong, "until_day")
    return Offer(
        partner=typed["partner"],
        name={one: typed[f"name_{one}"] for one in languages if typed[f"name_{one}"]},
        about={one: typed[f"about_{one}"] for one in languages if typed[f"about_{one}"]},
        picture=_one_of(typed["picture"], PICTURES),
        kind=_one_of(typed["kind"], KINDS),
        size=_one_of(typed["size"], SIZES),
        way=_one_of(typed["way"], get_args(Way)),
        cents=cents,
        pay=_one_of(typed["pay"], get_args(Pay)),
        leads=tuple(_leads(typed["leads"], wrong)),
        from_ms=from_ms,
        until_ms=until_ms,
        options=tuple(_options(typed["options"], wrong, languages[0], known)),
        **{name: typed[name] for name in _TICKED},
    ), wrong


def _one_of(text: str, words: Sequence[str]) -> str:
    """The choice; the first where a browser sent none of them."""
    return text if text in words else words[0]


def _leads(rows: Sequence[Typed], wrong: dict[str, str]) -> Iterator[Lead]:
    for number, row in enumerate(rows):
        try:
            lead = lead_of(row["lead"], row["lead_days"], row["before"], row["ready"], row["weekdays"])
        except LeadError as error:
            wrong[f"{error.field}{_at(number)}"] = _lead_fault(error)
        except OpeningError as error:
            wrong[f"{error.field}{_at(number)}"] = fault_word(error.fault, error.field)
        else:
            yield from () if lead is None else (lead,)


def _lead_fault(error: LeadError) -> str:
    return {
        "days": _("Write a number of days, at most %(count)d.", count=MOST_LEAD_DAYS),
        "weekdays": _("Choose at least one day."),
        "before_ready": _("It cannot be there before the last order."),
    }[error.fault]


def _options(rows: Sequence[Typed], wrong: dict[str, str], home: str, known: Sequence[str]) -> list[Option]:
    """Empty lines are no options; one whose name is missing, or whose price is none, says so on its line."""
    options = []
    for number, row in enumerate(rows):
        if not row["names"] and not row["price"]:
            continue
        names = {f"o{number}_name_{home}": row["names"].get(home, ""), f"o{number}_price": row["price"]}
        needed(names, wrong, f"o{number}_name_{home}", LONGEST_NAME)
        cents = price(names, wrong, f"o{number}_price")
        option = row["id"] if row["id"] in known else ""
        options.append(Option(option, row["names"], cents, _most(row["most"], wrong, f"o{number}_most")))
    if len(options) > MOST_OPTIONS:
        wrong["options"] = _("At most %(count)d options: make a second service.", count=MOST_OPTIONS)
    return options


def _most(text: str, wrong: dict[str, str], name: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST_OF_ONE):
        wrong[name] = _("Write a number from %(lowest)d to %(highest)d.", lowest=1, highest=MOST_OF_ONE)
        return 1
    return int(text)
