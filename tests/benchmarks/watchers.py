"""Open pages without a browser: `python -m tests.benchmarks.watchers PORT COOKIE COUNT PATH...`.

Says `open` when every stream has had its first event, then at each line on its input how many events came
since the last one over all streams, and of how many streams.
"""

import selectors
import socket
import sys
from collections import Counter
from collections.abc import Sequence

_ASK = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Accept: text/event-stream\r\nCookie: conciergerie={cookie}\r\n\r\n"
)


def main(port: int, cookie: str, count: int, paths: Sequence[str]) -> None:
    """Read whatever comes, for ever."""
    heard: Counter[int] = Counter()
    with selectors.DefaultSelector() as selector:
        for number in range(count):
            stream = socket.create_connection(("127.0.0.1", port))
            ask = _ASK.format(path=paths[number % len(paths)], port=port, cookie=cookie)
            stream.sendall(ask.encode())
            selector.register(stream, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        is_open = False
        first: dict[int, bytes] = {}
        while True:
            for key, _ in selector.select():
                if not isinstance(key.fileobj, socket.socket):
                    if not sys.stdin.readline():
                        return
                    _say(f"{heard.total()} {len(heard)}")
                    heard.clear()
                    continue
                data = key.fileobj.recv(1 << 20)
                if not data:
                    raise SystemExit(f"stream {key.fd} ended: {first[key.fd]!r}")
                first.setdefault(key.fd, data.partition(b"\r\n")[0])
                heard[key.fd] += data.count(b"\ndata: ") > 0
            if not is_open and len(heard) == count:
                is_open = True
                _say("open")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
