"""The list of erased people, beside the database and outside its backups.

A backup is older than what was erased since: whoever restores one would bring those people back. The list
survives it, and is applied again when the hub starts and after `hub restore`. It holds ids only.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from hub.store import erasure
from hub.store.database import Connection, Engine, reading, writing


@dataclass(frozen=True)
class Erased:
    """One line of the list."""

    person: str
    site: str
    erased_ms: int


class ErasedList:
    """The file: one JSON object a line, only ever added to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Erased]:
        """Every line that can be read; one cut short by a power cut was never promised to anybody."""
        if not self.path.exists():
            return
        for line in self.path.read_text().splitlines():
            try:
                yield Erased(**json.loads(line))
            except (ValueError, TypeError):
                continue

    def add(self, erased: Erased) -> None:
        """Add a line; on the disk when this returns."""
        with self._lock:
            fresh = not self.path.exists()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, ("\n" + json.dumps(asdict(erased)) + "\n").encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if fresh:
                _settle_name(self.path.parent)


def erase_for_good(connection: Connection, listed: ErasedList, site: str, person: str, now_ms: int) -> None:
    """Erase somebody, and have it stand after any restore. Raises StillHereError; then nothing is changed.

    The list is written last but before the commit: should the commit fail, the next start makes it good.
    """
    erasure.hold_back(connection, site, person)
    erasure.erase(connection, site, person, now_ms)
    listed.add(Erased(person, site, now_ms))


def apply_again(engine: Engine, listed: ErasedList, now_ms: int) -> int:
    """Erase once more whom the database brought back; returns how many. What of theirs lies at the site now
    is forgotten when it has left.
    """
    with reading(engine) as connection:
        back = [one for one in listed if erasure.is_back(connection, one.site, one.person)]
    for one in back:
        with writing(engine) as connection:
            erasure.erase(connection, one.site, one.person, now_ms)
    return len(back)


def _settle_name(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
