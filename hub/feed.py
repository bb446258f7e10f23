"""The feed on its way down: what each device lacks, in pages, then changes as they happen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from contract import topics
from contract.codec import encode
from contract.messages import Document, FeedPage, FeedPosition
from hub.store import feed
from hub.store.database import Connection, Engine, reading
from hub.store.devices import Device
from hub.store.feed import Head

PAGE_DOCUMENTS: Final = 200
PAGE_BYTES: Final = 48 * 1024
_OVERHEAD: Final = 220  # bytes of a document in a page besides its body, its key included

Outgoing = tuple[str, bytes]
_Place = tuple[str, str]


@dataclass(frozen=True)
class _Told:
    place: _Place
    version: int


class FeedSender:
    """Remembers, per device that said hello, how far it was told. One owner calls it."""

    def __init__(self, engine: Engine, timeline: str) -> None:
        self._engine, self._timeline = engine, timeline
        self._told: dict[str, _Told] = {}
        self._digests: dict[tuple[_Place, int], str] = {}

    def hello(self, device: Device, position: FeedPosition, hello: str | None = None) -> list[Outgoing]:
        """What a device at `position` lacks; a snapshot where changes would not do. Echoes its hello's id."""
        place = (device.site, device.kind)
        with reading(self._engine) as connection:
            head = feed.heads(connection).get(place, Head(0, 0))
            if self._can_follow(connection, place, head, position):
                pages = list(self._changes(connection, place, position.version))
            else:
                pages = list(self._snapshot(connection, place, head.version))
        self._told[device.id] = _Told(place, head.version)
        return [self._page(device.id, replace(page, hello=hello)) for page in pages]

    def gone(self, device: str) -> None:
        """A device went away; it will say hello."""
        self._told.pop(device, None)

    def news(self) -> list[Outgoing]:
        """Changes since the last call, for every device that follows."""
        sent: list[Outgoing] = []
        if not self._told:
            return sent
        with reading(self._engine) as connection:
            heads = feed.heads(connection)
            for device, told in self._told.items():
                head = heads.get(told.place, Head(0, 0))
                if head.version > told.version:
                    pages = self._changes(connection, told.place, told.version)
                    sent += [self._page(device, page) for page in pages]
                    self._told[device] = _Told(told.place, head.version)
        return sent

    def _can_follow(self, connection: Connection, place: _Place, head: Head, position: FeedPosition) -> bool:
        if position.timeline != self._timeline or not head.horizon <= position.version <= head.version:
            return False
        return position.version < head.version or position.digest == self._digest(connection, place, head)

    def _digest(self, connection: Connection, place: _Place, head: Head) -> str:
        key = (place, head.version)
        if key not in self._digests:
            self._digests = {other: each for other, each in self._digests.items() if other[0] != place}
            self._digests[key] = feed.live_digest(connection, *place)
        return self._digests[key]

    def _changes(self, connection: Connection, place: _Place, after: int) -> Iterator[FeedPage]:
        while documents := feed.changes_after(connection, *place, after, PAGE_DOCUMENTS):
            for part in _parts(documents):
                through = part[-1].version
                yield FeedPage(timeline=self._timeline, after=after, through=through, documents=tuple(part))
                after = through

    def _snapshot(self, connection: Connection, place: _Place, version: int) -> Iterator[FeedPage]:
        """All pages bear the version they lead to; the first comes `after` 0, only the last one counts."""
        parts = list(_parts(feed.snapshot(connection, *place))) or [[]]
        for number, part in enumerate(parts, 1):
            yield FeedPage(
                timeline=self._timeline,
                after=0 if number == 1 else version,
                through=version,
                documents=tuple(part),
                snapshot=True,
                last=number == len(parts),
            )

    @staticmethod
    def _page(device: str, page: FeedPage) -> Outgoing:
        return topics.down(device, "feed"), encode(page)


def _parts(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Cut into pages of at most PAGE_DOCUMENTS and PAGE_BYTES."""
    part: list[Document] = []
    room = PAGE_BYTES
    for document in documents:
        size = _OVERHEAD + (0 if document.body is UNSET else len(bytes(document.body)))
        if part and (size > room or len(part) == PAGE_DOCUMENTS):
            yield part
            part, room = [], PAGE_BYTES
        part.append(document)
        room -= size
    if part:
        yield part
