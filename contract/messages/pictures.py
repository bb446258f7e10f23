"""Pictures: how things stand now, the newest wins."""

from contract.messages.base import Compartment, Count, DoorState, Id, Message
from contract.messages.facts_bridge import CabinetCompartment


class Presence(Message, frozen=True, kw_only=True):
    """Retained, and the last will. `session` numbers the connection a death belongs to.

    It decides nothing but when to send. On the site broker the bridge's is also its beat: `at_ms`
    is its monotonic time, republished every few seconds.
    """

    online: bool
    session: Id
    at_ms: Count = 0


class DoorPicture(Message, frozen=True, kw_only=True):
    """One door now."""

    compartment: Compartment
    state: DoorState


class Doors(Message, frozen=True, kw_only=True):
    """All doors of the site now (retained on the site broker), with the cabinet to draw them.

    `scale`: whether bags can be weighed here.
    """

    session: Id
    doors: tuple[DoorPicture, ...]
    cabinet: tuple[CabinetCompartment, ...]
    scale: bool = False
