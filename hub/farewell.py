"""What a kiosk is told that was taken out of service: that it is, once more, and nothing else.

One page of its feed that replaces all others, so that the kiosk forgets its site's people as well. It goes
out while the session still stands; and again in answer to a hello, because a certificate stays good for ten
years.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Raw
from msgspec.structs import replace

from contract import topics
from contract.chain import GENESIS
from contract.clock import Clock
from contract.codec import encode
from contract.messages import AnyDocument, Document, FeedPage, Hello, RevokedDevice, SiteCard
from hub.core.documents import revoked_key
from hub.feed import Outgoing
from hub.store import devices, feed
from hub.store.database import Connection, Engine, reading
from hub.store.devices import Device
from hub.store.ledger import Held, held_journals
from hub.welcome import welcome

_NOTHING: Final = Held(0, GENESIS, 0, 0)


class Farewell:
    """Says it, by what the hub has; one owner calls it."""

    def __init__(self, engine: Engine, timeline: str, clock: Clock) -> None:
        self._engine, self._timeline, self._clock = engine, timeline, clock

    def sessions_end(self, names: Iterable[str]) -> list[Outgoing]:
        """For those of these revoked devices that are kiosks, and still listen."""
        with reading(self._engine) as connection:
            gone = devices.named(connection, names).values()
            return [self._page(connection, device, None) for device in gone if device.kind == "kiosk"]

    def hello(self, device: Device, hello: Hello) -> list[Outgoing]:
        """For a revoked device that connects again: nothing of what it says is kept."""
        if device.kind != "kiosk":
            return []
        with reading(self._engine) as connection:
            held = held_journals(connection, device.id).get(hello.journal, _NOTHING)
            page = self._page(connection, device, hello.id)
        return [welcome(device, hello, held, self._timeline, self._clock.wall_ms()), page]

    def _page(self, connection: Connection, device: Device, hello: str | None) -> Outgoing:
        version = feed.version(connection, device.site, device.kind)
        said: dict[str, AnyDocument] = {revoked_key(device.id): RevokedDevice(device=device.id)}
        card = feed.document(connection, device.site, device.kind, "site")
        if isinstance(card, SiteCard):  # in which languages to say it, and whom to call
            said["site"] = replace(card, helper="", helper_hours="", attendance=())
        page = FeedPage(
            timeline=self._timeline,
            after=0,
            through=version,
            hello=hello,
            documents=tuple(
                Document(key=key, version=version, body=Raw(encode(each))) for key, each in said.items()
            ),
            snapshot=True,
        )
        return topics.down(device.id, "feed"), encode(page)
