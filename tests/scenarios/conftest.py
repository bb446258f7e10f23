"""A hub that knows a site, made once; every scenario starts from a copy of it."""

from pathlib import Path

import pytest

from tests.fakes.site import Seeded, seeded


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory, mosquitto_path: Path) -> Seeded:
    """Site, people, staff, administrator and devices, by the hub's own commands."""
    return seeded(tmp_path_factory.mktemp("seed"))
