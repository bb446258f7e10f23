"""What a fact costs the disk: syncs counted by strace, on a program that appends (tests.fakes.appending).

SQLite moves its log into the file when it has grown enough, with two or three syncs more: few facts are
appended for the figure, many for information. The floor
is the same program appending nothing: what opening and closing a journal takes.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.fakes import appending

FACTS, MANY = 300, 5_000
_SYNC = re.compile(r"^\d+ +f(?:data)?sync\(", re.MULTILINE)


def run() -> list[Figure]:
    """Syncs of some and of many facts, less those of none."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as directory:
        none, some, many = (_syncs(Path(directory) / f"{facts}.db", facts) for facts in (0, FACTS, MANY))
    return [
        _figure(FACTS, some, none, "= 1 a fact", some - none == FACTS),
        _figure(MANY, many, none, "-", True),
    ]


def _figure(facts: int, syncs: int, none: int, bound: str, holds: bool) -> Figure:
    name, each = f"journal: syncs of {facts:,} facts", f"{(syncs - none) / facts:.4f} a fact"
    return Figure(name, f"{syncs - none:,}", f"{none} to open", each, bound, holds)


def _syncs(path: Path, facts: int) -> int:
    strace = shutil.which("strace")
    if strace is None:
        raise FileNotFoundError("strace is not installed: sudo apt install strace")
    trace = path.with_suffix(".trace")
    subprocess.run(
        [
            *(strace, "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(trace)),
            *(sys.executable, "-m", appending.__name__, str(path), str(facts)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return len(_SYNC.findall(trace.read_text()))
