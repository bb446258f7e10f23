"""A program at the far end of a bare MQTT exchange: `python -m tests.benchmarks.bare_end JSON` (an `End`).

It says `ready` and then does, for each message, in paho's own thread, only what it was told: commit, keep a
batch, answer.
"""

import sys
import threading
from pathlib import Path

import msgspec
from paho.mqtt.client import MQTTMessage

from tests.benchmarks.bare import End, Work, bare_client, committer
from tests.benchmarks.bare_ledger import keeper


def main() -> None:
    """Serve until killed."""
    end = msgspec.json.decode(sys.argv[1], type=End)
    work, answer = _work(end), b"x" * end.answer_bytes

    def take(message: MQTTMessage) -> None:
        for do in work:
            do(bytes(message.payload))
        if answer:
            client.publish(end.says, answer, qos=1)

    client = bare_client(end.host, end.port, end.user, end.password, end.listens, take, nodelay=end.nodelay)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threading.Event().wait()


def _work(end: End) -> list[Work]:
    work: list[Work] = []
    if end.commits:
        commit = committer(Path(end.commits))
        work.append(lambda _: commit())
    if end.keeps:
        work.append(keeper(Path(end.keeps)))
    return work


if __name__ == "__main__":
    main()
