"""Tests on a real lock board: not even collected unless `--port` names where it is.

.venv/bin/python -m pytest tests/hardware --port /dev/serial/by-id/... --family cu16 --board 0 --locks 16
... --unlock 3      and lock 3 is really unlocked, once: stand at the door
"""

from pathlib import Path

import pytest

from locker_firmware_bridge.boards import BoardConfig
from locker_firmware_bridge.codecs import FAMILIES, Wiring


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """No port, no tests: a suite that skips is a failure elsewhere."""
    return None if config.getoption("--port") else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each lock that may be unlocked."""
    if "lock" in metafunc.fixturenames:
        metafunc.parametrize("lock", metafunc.config.getoption("--unlock"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    """Nobody said that a lock may move: what would move one is no test then."""
    if not config.getoption("--unlock"):
        items[:] = [item for item in items if "lock" not in item.fixturenames]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--port"))


@pytest.fixture
def baud(request: pytest.FixtureRequest) -> int | None:
    """None: as delivered."""
    speed: int | None = request.config.getoption("--baud")
    return speed


@pytest.fixture
def board(request: pytest.FixtureRequest) -> BoardConfig:
    """The board as the command line describes it, with the longest pulse that is usual for its family."""
    told = request.config.getoption
    family = FAMILIES[told("--family")]
    number = family.boards[0] if told("--board") is None else told("--board")
    return BoardConfig(
        family=family.name,
        board=number,
        locks=told("--locks") or family.locks[-1],
        wiring=Wiring(hook_closed_bit=told("--hook-closed-bit"), status_order=told("--status-order")),
        pulse_ms=max(500, family.own_pulse_ms or 0),
    )
