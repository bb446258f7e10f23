from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from deploy.catalogues import compile_stale
from kiosk.session import Session
from kiosk.web import create_app
from tests.fakes.bridge import FakeBridge
from tests.fakes.clock import FakeClock
from tests.fakes.kiosk import Facts, make_session

ORIGIN = "http://127.0.0.1:8460"


@dataclass
class Pages:
    """The pages, the conversation behind them, and the bridge it speaks to."""

    client: FlaskClient
    session: Session
    bridge: FakeBridge
    facts: Facts
    clock: FakeClock

    def post(self, action: str, **fields: str) -> int:
        """Post as the page does; the bridge's answers are heard at once. Returns the status."""
        answer = self.client.post(
            f"/do/{action}",
            base_url=ORIGIN,
            data=fields,
            headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        )
        self.bridge.deliver(self.session.read)
        return answer.status_code

    def text(self) -> str:
        """The screen as it is drawn now."""
        return self.client.get("/screen", base_url=ORIGIN).get_data(as_text=True)

    def door(self, move: str, item: str) -> None:
        """The sensor sees a door open or close."""
        getattr(self.bridge, move)(item)
        self.bridge.deliver(self.session.read)


@pytest.fixture(scope="session", autouse=True)
def french() -> None:
    compile_stale()


@pytest.fixture
def pages() -> Pages:
    clock, facts = FakeClock(), Facts()
    bridge = FakeBridge(clock)
    session = make_session(bridge, facts, clock)
    bridge.beat()
    bridge.picture()
    bridge.deliver(session.read)
    app = create_app(session, ["fr", "en", "ar", "sq"])
    return Pages(app.test_client(), session, bridge, facts, clock)
