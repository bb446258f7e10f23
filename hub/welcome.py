"""What a device is answered when it says hello."""

from contract import topics
from contract.codec import encode
from contract.messages import Hello, Welcome
from hub.feed import Outgoing
from hub.store.devices import Device
from hub.store.ledger import Held


def welcome(
    device: Device,
    hello: Hello,
    held: Held,
    timeline: str,
    now_ms: int,
    *,
    feed_version: int = 0,
    known: bool = False,
) -> Outgoing:
    """How far the hub holds its journal, and what time it is; what else, see `Welcome`."""
    answer = Welcome(
        hello=hello.id,
        timeline=timeline,
        journal=hello.journal,
        cursor=held.cursor,
        head=held.head,
        safe_prune=held.safe_prune,
        hub_wall_ms=now_ms,
        feed_version=feed_version,
        known=known,
    )
    return topics.down(device.id, "welcome"), encode(answer)
