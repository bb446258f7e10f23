"""What a disk holds after a power cut: the system calls of a real program, replayed up to a moment.

strace records every write of the program with its bytes. What a sync followed is on the disk; of the
rest, each write may be lost, there, or torn at 512 bytes, whatever the others are.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes import appending

REPOSITORY = Path(__file__).resolve().parents[2]
SECTOR_BYTES = 512
_LINE = re.compile(r"^\d+ +(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
_OPEN_FILE = re.compile(r"^\d+<(?P<path>(?:\\x[0-9a-f]{2})+)>")
_TEXT = re.compile(r'"(?P<hex>(?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """One system call on a file, or a word the program said (`name` is then `say`)."""

    name: str
    path: str
    content: bytes = b""
    number: int = 0
    """Offset of a write, size of a truncation."""


@dataclass
class Disk:
    """Files as they are for sure, and what is on its way to them."""

    files: dict[str, bytes] = field(default_factory=dict)
    pending: list[Call] = field(default_factory=list)

    def take(self, call: Call) -> None:
        match call.name:
            case "fdatasync" | "fsync":
                self._settle(call.path)
            case "pwrite64" | "ftruncate" | "unlink":
                self.pending.append(call)

    def after_a_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """One of the many states the files may be found in."""
        found = dict(self.files)
        gone_on_without: set[str] = set()
        for call in self.pending:
            if call.path in gone_on_without:
                continue  # it went into a file of the same name that never came to be
            if chance.random() < 0.5:
                _apply(found, call, None if chance.random() < 0.5 else chance)
            elif call.name == "unlink":
                gone_on_without.add(call.path)
        return found

    def _settle(self, path: str) -> None:
        """A sync of a file settles it; of a directory, what was removed from it."""
        for call in [each for each in self.pending if path in {each.path, _directory(each)}]:
            _apply(self.files, call)
            self.pending.remove(call)


def _directory(call: Call) -> str | None:
    return str(Path(call.path).parent) if call.name == "unlink" else None


def _apply(files: dict[str, bytes], call: Call, torn: random.Random | None = None) -> None:
    before = files.get(call.path, b"")
    match call.name:
        case "unlink":
            files.pop(call.path, None)
        case "ftruncate":
            files[call.path] = before[: call.number].ljust(call.number, b"\0")
        case _:
            after = bytearray(before.ljust(call.number + len(call.content), b"\0"))
            for start in range(0, len(call.content), SECTOR_BYTES):
                if torn is None or torn.random() < 0.5:
                    piece = call.content[start : start + SECTOR_BYTES]
                    after[call.number + start : call.number + start + len(piece)] = piece
            files[call.path] = bytes(after)


def record(strace: Path, journal: Path, facts: int, *options: str) -> list[Call]:
    """Run tests.fakes.appending under strace; what it did and said, in order."""
    trace = journal.with_suffix(".trace")
    calls = "trace=pwrite64,write,ftruncate,unlink,fdatasync,fsync"
    command = [str(strace), "-f", "-qq", "-y", "-xx", "-s", "70000", "-e", calls, "-o", str(trace)]
    run = [*command, sys.executable, "-m", appending.__name__, str(journal), str(facts), *options]
    subprocess.run(run, cwd=REPOSITORY, check=True, capture_output=True)
    return list(_calls(trace, journal))


def _calls(trace: Path, journal: Path) -> Iterator[Call]:
    ours = str(journal.parent)
    for line in trace.read_text().splitlines():
        if (found := _LINE.match(line)) is None:
            continue
        name, arguments = found["call"], found["arguments"]
        text = _TEXT.search(arguments)
        content = _unhex(text["hex"]) if text else b""
        opened = _OPEN_FILE.match(arguments)
        path = content.decode() if name == "unlink" else _unhex(opened["path"]).decode() if opened else ""
        last = arguments.rpartition(", ")[2]
        if name == "write" and arguments.startswith("1<"):
            yield Call("say", "", content.strip())
        elif path.startswith(ours):
            yield Call(name, path, content, int(last) if name in {"pwrite64", "ftruncate"} else 0)


def _unhex(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
