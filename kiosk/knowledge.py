"""What the hub told this kiosk, as its pages and its conversation ask for it.

The documents come by the feed, and stay over a restart and without a line (contract.feed).
"""

from typing import Protocol

from contract.clock import Clock
from contract.messages import (
    AnyDocument,
    Attendance,
    Closure,
    Expected,
    PersonName,
    Recording,
    ReturnDue,
    Service,
    SiteCard,
    Tracked,
)
from contract.scans.carriers import recognise
from kiosk.core.attendance import There, week_ahead, who_is_there
from kiosk.core.catalogue import Offers, offered, tags_on_their_way
from kiosk.core.scans import compared


class Documents(Protocol):
    """Where the hub's documents are (contract.feed.Feed)."""

    def get(self, key: str) -> AnyDocument | None:
        """One document."""
        ...

    def documents(self, prefix: str) -> dict[str, AnyDocument]:
        """Those whose key begins so."""
        ...


class Knowledge:
    """What is known at kiosk `device`, at this moment of `clock`."""

    def __init__(self, documents: Documents, device: str, clock: Clock) -> None:
        self._documents, self._device, self._clock = documents, device, clock
        self._revocation = f"revoked/{device}"

    # --- the place -------------------------------------------------------------------------------

    @property
    def site(self) -> SiteCard | None:
        """Name, helper and hours of this place, once the hub has told them."""
        card = self._documents.get("site")
        return card if isinstance(card, SiteCard) else None

    @property
    def today_ms(self) -> int | None:
        """The wall time, or None where this machine's clock is not to be believed."""
        return None if self._clock.quality() == "unknown" else self._clock.wall_ms()

    @property
    def there(self) -> tuple[There, ...]:
        """Who is there just now, or comes next, as far as hub and clock tell."""
        return who_is_there(self.site, self.today_ms)

    @property
    def week(self) -> tuple[Attendance, ...]:
        """Who is there in the next seven days, as far as hub and clock tell."""
        return week_ahead(self.site, self.today_ms)

    @property
    def closure(self) -> Closure | None:
        """Why the place is closed just now, as far as hub and clock tell; the one that ends last."""
        now = self.today_ms
        if now is None:
            return None
        closures = (one for one in self._documents.documents("closure/").values() if isinstance(one, Closure))
        covering = [one for one in closures if one.from_ms <= now < one.until_ms]
        return max(covering, key=lambda one: one.until_ms, default=None)

    @property
    def revoked(self) -> bool:
        """Whether the hub has told that this kiosk is out of service."""
        return self._documents.get(self._revocation) is not None

    def is_of_revocation(self, keys: frozenset[str]) -> bool:
        """Whether one of these documents says so, or said so."""
        return self._revocation in keys

    # --- voices ----------------------------------------------------------------------------------

    def recorded_languages(self) -> frozenset[str]:
        """The languages in which somebody recorded something."""
        return frozenset(key.split("/")[1] for key in self._documents.documents("voice/"))

    def recording(self, language: str, prompt: str) -> Recording | None:
        """What somebody recorded of a prompt."""
        known = self._documents.get(f"voice/{language}/{prompt}")
        return known if isinstance(known, Recording) else None

    # --- what is ordered, on its way, and due ----------------------------------------------------

    @property
    def offers(self) -> Offers:
        """What may be ordered here, at this moment."""
        services = self._documents.documents("service/").values()
        now = self.today_ms
        return Offers(
            offered((one for one in services if isinstance(one, Service)), now),
            tags_on_their_way(self.on_their_way()),
            self.site.name if self.site is not None else self._device,
            now,
        )

    @property
    def returns_due(self) -> tuple[ReturnDue, ...]:
        """What the hub says goes back to its carrier."""
        documents = self._documents.documents("return/").values()
        return tuple(one for one in documents if isinstance(one, ReturnDue))

    def on_their_way(self) -> tuple[Tracked, ...]:
        """All that is on its way through the relay, or ordered and to come."""
        documents = self._documents.documents("tracked/").values()
        return tuple(one for one in documents if isinstance(one, Tracked))

    def tracked(self, item: str) -> tuple[Tracked | None, Service | None]:
        """Where the hub says this item is, and what is done to it."""
        known = self._documents.get(f"tracked/{item}")
        if not isinstance(known, Tracked):
            return None, None
        service = self._documents.get(f"service/{known.service}")
        return known, service if isinstance(service, Service) else None

    def bags(self) -> tuple[Tracked | Service, ...]:
        """What the hub tells of bags on their way, and of partners."""
        services = self._documents.documents("service/").values()
        return (*self.on_their_way(), *(one for one in services if isinstance(one, Service)))

    def over(self, keys: frozenset[str]) -> frozenset[str]:
        """The items whose document is one of these, and is no more."""
        gone = (key for key in keys if key.startswith("tracked/") and self._documents.get(key) is None)
        return frozenset(key.partition("/")[2] for key in gone)

    # --- people: names are for staff, who signed in (kiosk.session) --------------------------------

    def people(self) -> tuple[PersonName, ...]:
        """All whose names this site has."""
        documents = self._documents.documents("person/").values()
        return tuple(one for one in documents if isinstance(one, PersonName))

    def person(self, person: str) -> PersonName | None:
        """Who that is."""
        known = self._documents.get(f"person/{person}")
        return known if isinstance(known, PersonName) else None

    def expected(self, label: str) -> tuple[str, ...]:
        """The persons for whom a parcel with this label was announced."""
        documents = self._documents.documents("expected/").values()
        labels = {compared(label), compared(recognise(label).number)}
        owners = (
            one.person for one in documents if isinstance(one, Expected) and compared(one.label) in labels
        )
        return tuple(dict.fromkeys(owners))
