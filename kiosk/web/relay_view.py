"""What the pages of the relay show of the conversation."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from flask_babel import format_time

from contract import bag_tag
from kiosk.core import relay_back, relay_out
from kiosk.core.catalogue import said
from kiosk.core.relay import Bag
from kiosk.core.relay_screens import Heard
from kiosk.core.relay_steps import all_bags, bag_of, dropped, in_hand, that, to_return
from kiosk.core.state import State

SLIP_DIGITS: Final = 4


class RelayView:
    """Bags as staff see them now; `name` finds a person's name, where the hub has told it."""

    def __init__(self, state: State, name: Callable[[str], str], home: str) -> None:
        self._state, self.name = state, name
        self._tongues = (state.language, home)
        self.heard: Heard = state.relay.heard
        self.partner = state.relay.partner
        self.manifest = state.relay.manifest

    @property
    def dropped(self) -> tuple[Bag, ...]:
        """What waits behind drop doors."""
        return dropped(self._state)

    @property
    def to_return(self) -> tuple[Bag, ...]:
        """What goes back to its person, its order being no more."""
        return to_return(self._state)

    @property
    def in_hand(self) -> tuple[Bag, ...]:
        """What is in hand."""
        return in_hand(self._state)

    @property
    def away(self) -> tuple[Bag, ...]:
        """What partners have."""
        return that(self._state, "away")

    @property
    def partners(self) -> tuple[tuple[str, int], ...]:
        """To whom something can be given."""
        return relay_out.partners(self._state)

    @property
    def given(self) -> tuple[Bag, ...]:
        """What was scanned out."""
        return relay_out.given(self._state)

    @property
    def missing(self) -> tuple[Bag, ...]:
        """What should go along and was not scanned."""
        return relay_out.missing(self._state)

    @property
    def strange(self) -> tuple[str, ...]:
        """Unknown tags that go along."""
        return relay_out.strange(self._state)

    @property
    def back(self) -> tuple[Bag, ...]:
        """What came back."""
        return relay_back.all_back(self._state)

    @property
    def strangers_back(self) -> tuple[str, ...]:
        """Unknown tags that came back."""
        return self._state.relay.strange

    @property
    def waiting(self) -> int:
        """How many that came back wait for their place."""
        return len(self._state.relay.queue)

    @property
    def still_there(self) -> tuple[Bag, ...]:
        """What the partners of this return still have."""
        return relay_back.still_there(self._state)

    @property
    def lacks(self) -> tuple[Bag, ...]:
        """What should have come with what came back."""
        return relay_back.missing(self._state)

    def sent(self, manifest: str) -> tuple[Bag, ...]:
        """What went on this manifest."""
        return tuple(one for one in all_bags(self._state) if one.on(manifest))

    def strange_on(self, manifest: str) -> tuple[str, ...]:
        """The unknown tags on this manifest."""
        return self._state.memory.strange_on(manifest)

    def bag(self, item: str) -> Bag | None:
        """One bag."""
        return bag_of(self._state, item)

    def partner_name(self, partner: str) -> str:
        """What a partner is called."""
        return self._state.relay.partner_name(partner)

    def service_name(self, bag: Bag) -> str:
        """What is done to it, in the screen's language, or the place's."""
        service = self._state.relay.service(bag.service)
        return said(service.name, *self._tongues) if service is not None else ""

    def picture(self, bag: Bag) -> str:
        """Its drawing."""
        return {"bag": "shopping-bag", "basket": "shopping-bag", "object": "shoe"}.get(bag.kind, "package")

    def printed(self, bag: Bag) -> str:
        """The tag that is printed for it."""
        return bag_tag.printed(bag.item)

    def is_late(self, bag: Bag, today_ms: int | None) -> bool:
        """Whether it was promised before now."""
        return today_ms is not None and bag.promised_ms is not None and bag.promised_ms < today_ms


def slip_name(manifest: str) -> str:
    """The end of a manifest's id, by which people call it."""
    return manifest[-SLIP_DIGITS:].upper()


def time_of(wall_ms: int) -> str:
    """The hour of the place's own clock."""
    return str(format_time(datetime.fromtimestamp(wall_ms / 1000, UTC), "H:mm"))
