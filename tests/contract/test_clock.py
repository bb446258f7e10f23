"""The machine's clocks, and what the kernel says of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contract.clock import SystemClock, last_saved_ms

REPOSITORY = Path(__file__).resolve().parents[2]
NEVER_MS = 2**52
ASK = "import sys; from contract.clock import SystemClock; print(SystemClock(int(sys.argv[1])).quality())"


def quality_when_adjtimex_says(strace: Path, answer: str, floor_ms: int) -> str:
    """The quality seen by a program whose adjtimex(2) is answered by strace and not by the kernel."""
    command = [str(strace), "-qq", "-o", "/dev/null", "-e", f"inject=adjtimex,clock_adjtime:{answer}"]
    program = [sys.executable, "-c", ASK, str(floor_ms)]
    done = subprocess.run([*command, *program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_boot_has_one_name_that_fits_into_an_entry() -> None:
    boot = SystemClock().boot
    assert boot == SystemClock().boot
    assert re.fullmatch(r"[0-9a-f-]{36}", boot)


def test_monotonic_time_is_counted_from_boot_sleep_included() -> None:
    before = float(Path("/proc/uptime").read_text().split()[0])
    now_ms = SystemClock().mono_ms()
    after = float(Path("/proc/uptime").read_text().split()[0])
    assert before * 1000 - 20 <= now_ms <= after * 1000 + 20


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    seen = [clock.mono_ms() for _ in range(1_000)]
    assert seen == sorted(seen)


def test_wall_time_is_in_milliseconds_since_1970(tmp_path: Path) -> None:
    file = tmp_path / "now"
    file.touch()
    assert abs(SystemClock().wall_ms() - file.stat().st_mtime * 1000) < 2_000


@pytest.mark.parametrize(
    ("answer", "floor_ms", "quality"),
    [
        ("retval=0", 0, "synced"),
        ("retval=0", NEVER_MS, "synced"),
        ("retval=4", 1, "synced"),
        ("retval=5", 1, "held"),
        ("retval=5", 0, "unknown"),
        ("retval=5", NEVER_MS, "unknown"),
        ("error=EPERM", 1, "held"),
    ],
)
def test_the_quality_is_what_the_kernel_says_or_else_what_the_floor_allows(
    strace_path: Path, answer: str, floor_ms: int, quality: str
) -> None:
    assert quality_when_adjtimex_says(strace_path, answer, floor_ms) == quality


def test_what_was_last_saved_is_the_newest_file_of_a_directory(tmp_path: Path) -> None:
    for name, seconds in (("old", 1_000), ("new", 2_000_000_000)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (seconds, seconds))
    assert last_saved_ms(tmp_path) == 2_000_000_000_000
