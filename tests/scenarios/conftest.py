"""A hub that knows a site, made once; every scenario starts from a copy of it."""

import fcntl
import os
from pathlib import Path

import pytest

from deploy.demo.plan import keep, kept
from tests.fakes.site import Seeded, seeded


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Seeded:
    """Site, people, staff, administrator and devices, by the hub's own commands; one for all workers."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    with (shared / "seed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if known := kept(shared):
            return Seeded(shared / "seed", known)
        made = seeded(shared / "seed")
        keep(shared, made.kept)  # written last: who finds it finds all of it
        return made
