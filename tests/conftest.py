"""What every suite shares: where the real tools are, and examples drawn the same way each run."""

import os
import shutil
from pathlib import Path
from zlib import crc32

import hypothesis
import pytest

# The same examples on every machine: a red run can be run again, a green one stays green.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `tests/hardware` needs; without `--port` it is not collected."""
    group = parser.getgroup("hardware", "a real lock board")
    group.addoption("--port", help="device or socket://host:port of a real lock board: run tests/hardware")
    group.addoption("--family", default="cu16", help="a family of locker_firmware_bridge.codecs")
    group.addoption("--board", type=int, help="the number on its dial")
    group.addoption("--locks", type=int, help="how many of its locks have a door")
    group.addoption("--baud", type=int, help="its speed, if it was changed")
    group.addoption("--hook-closed-bit", type=int, choices=(0, 1), default=1)
    group.addoption("--status-order", choices=("msb", "lsb"), default="msb")
    group.addoption(
        "--taken", type=int, action="append", default=[], help="the number of another board there"
    )
    group.addoption("--unlock", type=int, action="append", default=[], help="really unlock this lock, once")


LONG_FIRST = (
    "tests/scenarios/test_kill_anywhere.py",
    "tests/locker_firmware_bridge/commissioning/test_learn.py",
    "tests/browser/test_kiosk_accessible.py",
    "tests/locker_firmware_bridge/test_bridge_process.py",
    "tests/deploy/test_demo.py",
    "tests/locker_firmware_bridge/boards/test_conformance.py",
    "tests/hub/test_telling_killed.py",
)
"""What takes tens of seconds begins first, so that the workers end together."""
MIXED_NEXT = (
    "tests/browser/",
    "tests/scenarios/",
    "tests/deploy/",
    "tests/faults/",
    "tests/hub/test_running_hub.py",
    "tests/locker_firmware_bridge/",
)
"""Then browsers, which want all of the processor, among what mostly waits: four at once starve each other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; within a file nothing moves."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> tuple[int, int]:
    for at, start in enumerate(LONG_FIRST):
        if nodeid.startswith(start):
            return at, 0
    if nodeid.startswith(MIXED_NEXT):
        return len(LONG_FIRST), crc32(nodeid.partition("::")[0].encode())  # the same mixture every time
    return len(LONG_FIRST) + 1, 0


def pytest_report_header() -> str:
    """Name the hypothesis profile at the head of each run."""
    return "hypothesis: profile ci, derandomised: no seed is needed to run it again"


def tool_path(*names: str) -> Path:
    """Return where the first of these programs is; Debian keeps some daemons out of a user's PATH."""
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    for name in names:
        if found := shutil.which(name, path=search):
            return Path(found)
    missing = f"{names[0]} is not installed: sudo apt install {names[0]}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def mosquitto_path() -> Path:
    """Return the mosquitto broker's program."""
    return tool_path("mosquitto")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Return Debian's Chromium, for playwright's `executable_path`."""
    return tool_path("chromium", "chromium-browser")


@pytest.fixture(scope="session")
def espeak_path() -> Path:
    """Return espeak-ng, which says what nobody recorded."""
    return tool_path("espeak-ng")


@pytest.fixture(scope="session")
def strace_path() -> Path:
    """Return strace, which counts the system calls a claim is about."""
    return tool_path("strace")


@pytest.fixture(scope="session")
def postgresql_path() -> Path:
    """Return the folder of PostgreSQL's programs; Debian keeps those of the newest in no PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return installed[-1] if installed else tool_path("postgresql").parent
