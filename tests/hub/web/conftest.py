"""The pages of a lively hub, seen by somebody who signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deploy.catalogues import compile_catalogue, stale_catalogues
from hub.store import accounts
from tests.fakes.hub_scene import PASSWORD, QUICK, Scene

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session", autouse=True)
def french() -> None:
    """The French words, compiled as `./conciergerie` does."""
    for source in stale_catalogues(REPOSITORY):
        compile_catalogue(source)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords checked for less; what they cost a hub is in tests/hub/test_cli.py."""
    monkeypatch.setattr(accounts, "_hasher", QUICK)


@pytest.fixture
def stranger(scene: Scene) -> FlaskClient:
    """Somebody who has not signed in, on a hub that has accounts."""
    scene.accounts()
    return scene.app.test_client()


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD) -> FlaskClient:
    """Sign in, and stay signed in."""
    answer = client.post("/connexion", data={"name": name, "password": password})
    assert answer.status_code == 302
    return client


@pytest.fixture
def admin(stranger: FlaskClient, scene: Scene) -> FlaskClient:
    """Signed in before the test, which leaves no trace."""
    return scene.browser("account-admin")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A hub with accounts for all tests of a file: whoever uses it counts on nothing that others may add."""
    scene = Scene(tmp_path_factory.mktemp("shared"))
    scene.accounts()
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def shared_admin(shared: Scene) -> FlaskClient:
    return shared.browser("account-admin")


@pytest.fixture
def concierge(admin: FlaskClient, scene: Scene) -> FlaskClient:
    return scene.browser("account-concierge")
