"""What devices are told, as documents of the feed: only what their site needs (design.md section 6)."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from contract.messages import (
    AnyDocument,
    Assignment,
    Attendance,
    Expected,
    Holding,
    PersonBadge,
    PersonName,
    PersonReach,
    Promise,
    Proxy,
    Recording,
    ReturnDue,
    RevokedDevice,
    Rotation,
    Said,
    Service,
    ServiceOption,
    SiteCard,
    StaffCredential,
    Words,
)
from contract.messages import Closure as ClosureDocument
from contract.scans.carriers import recognise
from hub.core.catalogue import Listed, Names
from hub.core.opening import Closure
from hub.core.presence import Coming

Audience = Literal["kiosk", "bridge"]
Change = tuple[Audience, str, AnyDocument | None]
"""For whom, under which key, and what; None is a tombstone."""


class Columns(Protocol):
    """A row of a table: values by column name."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of one column."""
        ...


IN_CUSTODY = frozenset({"waiting", "brought", "kept"})
"""States of an item that lies at the site."""

_REVOKING = ("staff/", "rotation/", "proxy/", "assignment/", "badge/", "revoked/", "ended/")


def comes_first(key: str, is_tombstone: bool) -> bool:
    """Whether a change takes something away from somebody: those are told before the others."""
    return is_tombstone or key.startswith(_REVOKING)


def person(row: Columns) -> list[Change]:
    """A row of `people`: the name for kiosks; for the bridge, reach, carrying and badge where known."""
    key, badge_key = f"person/{row['id']}", f"badge/{row['id']}"
    if row["removed_ms"] is not None:
        return [("kiosk", key, None), ("bridge", key, None), ("bridge", badge_key, None)]
    name = PersonName(person=row["id"], name=row["name"], flat=row["flat"], language=row["language"])
    limits = PersonReach(person=row["id"], reach_cm=row["reach_cm"], carry_grams=row["carry_grams"])
    known = limits.reach_cm is not None or limits.carry_grams is not None
    badge = PersonBadge(person=row["id"], badge_hash=row["badge_hash"]) if row["badge_hash"] else None
    return [
        ("kiosk", key, name),
        ("bridge", key, limits if known else None),
        ("bridge", badge_key, badge),
    ]


def staff(row: Columns) -> list[Change]:
    """A row of `staff`."""
    key = f"staff/{row['id']}"
    if row["removed_ms"] is not None:
        return [("bridge", key, None)]
    credential = StaffCredential(
        staff=row["id"],
        initials=row["initials"],
        number=row["number"],
        pin_salt=row["pin_salt"],
        pin_hash=row["pin_hash"],
        badge_hash=row["badge_hash"],
        rights=tuple(row["rights"].split(",")),
        employer=row["employer"],
    )
    return [("bridge", key, credential)]


def revoked_key(device: str) -> str:
    """Under which key it is said that a device is out of service."""
    return f"revoked/{device}"


def revoked_kiosk(device: str) -> list[Change]:
    """A kiosk that was taken out of service, for the bridge of its site."""
    return [("bridge", revoked_key(device), RevokedDevice(device=device))]


def site(row: Columns, there: Iterable[Coming] = (), parcel_days: int | None = None) -> list[Change]:
    """A row of `sites`, who is `there` in the next two weeks, and how many days parcels are kept."""
    card = SiteCard(
        name=row["name"],
        helper=row["helper"],
        helper_hours=row["helper_hours"],
        phone=row["phone"],
        languages=tuple(row["languages"].split(",")),
        kind=row["kind"],
        attendance=tuple(
            Attendance(name=one.name, from_ms=one.from_ms, until_ms=one.until_ms) for one in there
        ),
        parcel_days=parcel_days,
    )
    return [("kiosk", "site", card)]


def recording(row: Columns) -> list[Change]:
    """A row of `recordings`."""
    spoken = Recording(
        prompt=row["prompt"],
        language=row["language"],
        media_type=row["media_type"],
        audio=bytes(row["audio"]),
    )
    return [("kiosk", recording_key(row["language"], row["prompt"]), spoken)]


def recording_key(language: str, prompt: str) -> str:
    """Where kiosks find what was recorded of a prompt."""
    return f"voice/{language}/{prompt}"


def closure(closed: Closure, now_ms: int) -> list[Change]:
    """A closure, until it has ended."""
    if closed.until_ms <= now_ms:
        return closure_over(closed.id)
    document = ClosureDocument(
        from_ms=closed.from_ms,
        until_ms=closed.until_ms,
        why=closed.why,  # type: ignore[arg-type]
        text=closed.text,
    )
    return [("kiosk", f"closure/{closed.id}", document)]


def closure_over(closed: str) -> list[Change]:
    """A closure that is none any more."""
    return [("kiosk", f"closure/{closed}", None)]


def service(listed: Listed, promises: tuple[Promise, ...]) -> list[Change]:
    """What a site offers, with what its partner promises for the next weeks."""
    offer = listed.offer
    document = Service(
        service=listed.id,
        version=listed.version,
        name=_words(offer.name),
        about=_words(offer.about),
        picture=offer.picture,
        kind=offer.kind,  # type: ignore[arg-type]
        way=offer.way,  # type: ignore[arg-type]
        partner=offer.partner,
        partner_name=listed.partner_name,
        cents=offer.cents,
        options=tuple(
            ServiceOption(option=one.id, name=_words(one.name), unit_cents=one.cents, most=one.most)
            for one in offer.options
        ),
        promises=promises,
        pay=offer.pay,  # type: ignore[arg-type]
        quoted=offer.quoted,
        perishable=offer.perishable,
        counted=offer.counted,
        size=offer.size,  # type: ignore[arg-type]
        place=listed.place,
        from_ms=offer.from_ms,
        until_ms=offer.until_ms,
    )
    return [("kiosk", f"service/{listed.id}", document)]


def service_gone(key: str) -> list[Change]:
    """A service that is offered no more, by its key in the feed."""
    return [("kiosk", key, None)]


def _words(names: Names) -> Words:
    return tuple(Said(language=language, text=text) for language, text in names.items() if text)


def return_due(item: Columns) -> list[Change]:
    """A row of `items` whose days are over: staff give it back to its carrier."""
    document = ReturnDue(item=item["id"], carrier=item["carrier"], label=item["label"])
    return [("kiosk", f"return/{item['id']}", document)]


def return_off(item: str) -> list[Change]:
    """It stays, or has left."""
    return [("kiosk", f"return/{item}", None)]


def rotation(pickup: str, generation: int | None) -> list[Change]:
    """The generation a pickup's code has at least; None once the pickup is closed."""
    document = None if generation is None else Rotation(pickup=pickup, generation=generation)
    return [("bridge", f"rotation/{pickup}", document)]


def holding(item: Columns, pickup: Columns | None, *, named: bool) -> list[Change]:
    """A row of `items` with its row of `pickups`: what a bridge that lost its memory takes over.

    `named`: its person is one of the people of the register, and no id that lockers made for a stranger.
    """
    key = f"holding/{item['id']}"
    if item["state"] not in IN_CUSTODY:
        return [("bridge", key, None)]
    if pickup is None or pickup["ticket"] is None or item["person"] is None or item["kind"] is None:
        return []
    document = Holding(
        item=item["id"],
        kind=item["kind"],
        person=item["person"],
        pickup=item["pickup"],
        ticket=pickup["ticket"],
        generation=pickup["generation"],
        compartment=item["compartment"],
        allocation=item["allocation"],
        size=item["size"],
        dropped=item["purpose"] == "drop",
        anonymous=item["purpose"] == "drop" and not named,
    )
    return [("bridge", key, document)]


def mandate(row: Columns) -> list[Change]:
    """A row of `mandates`: who bears it is not said."""
    key = f"proxy/{row['id']}"
    if row["ended_ms"] is not None:
        return [("bridge", key, None)]
    document = Proxy(
        proxy=row["id"],
        person=row["person"],
        number=row["number"],
        from_ms=row["from_ms"],
        until_ms=row["until_ms"],
        generation=row["generation"],
        items=tuple(row["items"].split(",")) if row["items"] else (),
    )
    return [("bridge", key, document)]


def assignment(item: str, person: str | None) -> list[Change]:
    """Whose an item is, as the pages say; None once that is answered."""
    document = None if person is None else Assignment(item=item, person=person)
    return [("bridge", f"assignment/{item}", document)]


def expected(row: Columns) -> list[Change]:
    """A row of `expected_parcels`. The number is written as labels are compared; without one, or without
    anybody it is for, there is nothing to propose.
    """
    key = f"expected/{row['id']}"
    if row["closed_ms"] is not None:
        return [("kiosk", key, None)]
    number = recognise(row["label"]).number
    if not number or row["person"] is None:
        return []
    return [("kiosk", key, Expected(label=number, person=row["person"], carrier=row["carrier"]))]
