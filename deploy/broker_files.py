"""What the hub writes of who may come to its broker, taken to the broker at once, by nobody's hand.

conciergerie-broker-files.service runs this beside the hub when `brokers/hub.passwd` has changed, as the
broker's own account; the demo does the same for both of its brokers. Mosquitto disconnects, when it reads
its password file again, whoever stands no more in it.

    python -m deploy.broker_files --passwords HUB_DATA/brokers/hub.passwd --broker BROKER_DIRECTORY
"""

import os
import re
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from contract.topics import HUB
from deploy.brokers import write_private

GOODBYE_SECONDS: Final = 3.0
"""So long the hub has to tell a device that it is out of service, before the broker hangs up."""
SETTLED_SECONDS: Final = 1.0
_MOST_BYTES: Final = 1 << 20
_LINE: Final = re.compile(r"[a-z0-9-]{1,40}:\$7\$\d{1,9}\$[A-Za-z0-9+/=]{1,100}\$[A-Za-z0-9+/=]{1,200}")


class Renewal:
    """The hub's files for one broker, by path, and that broker's copies of them."""

    def __init__(self, copies: Mapping[Path, Path]) -> None:
        """What the hub's files say now, the broker has."""
        self._copies = dict(copies)
        self._given = self._seen = self._said()

    def look(self) -> bool:
        """Whether the broker's copies are new, and it must read them again.

        Call it about once a second: what changed is taken over once it stands still, so that the hub can
        tell whoever is shut out before the broker does.
        """
        now = self._said()
        stands, self._seen = now == self._seen, now
        if now == self._given or not stands:
            return False
        for path, text in now.items():
            write_private(self._copies[path], text)
        self._given = now
        return True

    def _said(self) -> dict[Path, str]:
        return {path: path.read_text() for path in self._copies if path.exists()}


def take_over(passwords: Path, broker: Path) -> bool:
    """Whether the hub's password file says anything new; the broker in this directory reads it then.

    Raises ValueError for what is no password file with the hub in it: it would shut everybody out.
    """
    text = _password_file(passwords)
    copy = broker / "broker.passwd"
    if copy.exists() and copy.read_text() == text:
        return False
    write_private(copy, text)
    _read_again(broker)
    return True


def _password_file(path: Path) -> str:
    """A link is not followed: who may write there may not have any other file read out."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    lines = raw.decode("ascii", "replace").splitlines()
    whole = len(raw) <= _MOST_BYTES and all(_LINE.fullmatch(line) for line in lines)
    if not whole or not any(line.startswith(f"{HUB}:") for line in lines):
        raise ValueError(f"{path} is no password file of the hub: the broker keeps what it has")
    return raw.decode("ascii")


def _read_again(broker: Path) -> None:
    """A broker that does not run reads it when it starts."""
    try:
        os.kill(int((broker / "broker.pid").read_text()), signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError):
        return


# Whether the file may be read is not asked beforehand: access(2) knows nothing of our one capability.
@click.command()
@click.option("--passwords", type=click.Path(path_type=Path, readable=False), required=True)
@click.option("--broker", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
def main(passwords: Path, broker: Path) -> None:
    """Take the hub's password file to its broker, and again while it goes on changing."""
    pause = threading.Event()
    if not passwords.exists():
        return
    pause.wait(GOODBYE_SECONDS)
    while take_over(passwords, broker):
        pause.wait(SETTLED_SECONDS)


if __name__ == "__main__":
    main()
