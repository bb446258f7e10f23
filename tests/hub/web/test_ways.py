"""No page shows a way to what it would refuse: each role follows every link, and reads every form."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import NamedTuple, get_args
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from contract import messages as m
from hub.core.rights import EVERYWHERE, Role, may, needed
from hub.store.accounts import create_account
from hub.store.database import writing
from tests.fakes.hub_scene import SITE, Scene
from tests.fakes.partner_scene import PartnerScene

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "admin")  # who may do anything
MOST_ALIKE = 2
"""So many addresses of one page are looked at: what lies behind one door and not behind another."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A lively site: parcels that wait, are stuck, have no name, are announced, were collected; bags,
    orders, a mandate, somebody off the list, an alarm; and another site.
    """
    scene = PartnerScene(tmp_path_factory.mktemp("ways"))
    scene.accounts()
    scene.hub.site("paris")
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 1, 4)
    scene.jam("i2", 1, 4)
    scene.nameless("i3", 6)
    scene.deposit("i4", 2, 7)
    scene.collect("i4", 2, 7)
    scene.told(m.DoorForced(compartment=5))
    scene.ordered_basket("basket-order", scene.cobbler)
    admin, at = scene.browser("account-admin"), f"/sites/{SITE}"
    mandate = {
        "name": "Karim",
        "until": f"{datetime.fromtimestamp(scene.clock.wall_ms() / 1000 + 86_400, UTC):%Y-%m-%d}",
    }
    for path, typed in (
        ("colis", {"label": "6A12345678"}),
        (f"personnes/{scene.people[0]}/procurations", mandate),
        (f"personnes/{scene.people[3]}/retirer", {}),
        ("colis/tournees", {"why": "damaged"}),
    ):
        assert admin.post(f"{at}/{path}", data=typed).status_code == 302, path
    yield scene
    scene.close()


class Way(NamedTuple):
    """Where a page leads, and how."""

    method: str
    address: str


class Ways(HTMLParser):
    """Reads the links and forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page, self._method, self.found = page, "GET", list[Way]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self._leads("GET", given["href"])
        if tag == "form":
            self._method = given.get("method", "get").upper()
            self._leads(self._method, given.get("action", ""))
        if "formaction" in given:
            self._leads(given.get("formmethod", self._method).upper(), given["formaction"])

    def _leads(self, method: str, to: str) -> None:
        address = urlsplit(urljoin(f"http://localhost{self._page}", to))
        if address.netloc == "localhost":
            self.found.append(Way(method, address.path + (f"?{address.query}" if address.query else "")))


def ways(page: str, html: str) -> list[Way]:
    reader = Ways(page)
    reader.feed(html)
    return reader.found


def signed_in(scene: Scene, role: Role, name: str = "") -> FlaskClient:
    sites = () if role in EVERYWHERE else (SITE,)
    with writing(scene.hub.engine) as connection:
        account = create_account(connection, name or f"Une {role}", None, role, 0, sites=sites)
    return scene.browser(account)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_way_to_what_it_would_refuse(scene: Scene, role: Role) -> None:
    client = signed_in(scene, role)
    refused: dict[tuple[str, str], str] = {}
    to_read, alike = begins(scene, role), Counter[str]()
    seen = set(to_read)
    while to_read:
        page = to_read.pop()
        answer = client.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        for way in ways(page, answer.text) if answer.mimetype == "text/html" else ():
            endpoint = endpoint_of(scene, way)
            right = needed(endpoint, way.method)
            if right == "their_own" or endpoint == "today.show":  # which leads everybody to their first page
                continue
            if right is None or not may(role, right):
                refused.setdefault((way.method, endpoint), page)
            elif way.method == "GET" and way.address not in seen and alike[endpoint] < MOST_ALIKE:
                seen.add(way.address)
                alike[endpoint] += 1
                to_read.append(way.address)
    assert refused == {}, "ask may_ask() before the link or the form"
    assert len(alike) >= (2 if role == "client" else 20), "it saw too little"


def begins(scene: Scene, role: Role) -> list[str]:
    """The pages of a role that need no more than a site to be asked for: not each is led to by another."""
    found = []
    for rule in scene.app.url_map.iter_rules():
        right = needed(rule.endpoint, "GET") if "GET" in (rule.methods or ()) else None
        if (
            right in (None, "anybody", "their_own")
            or rule.arguments - {"site"}
            or rule.rule.endswith("/flux")
        ):
            continue
        if may(role, right):
            found.append(rule.rule.replace("<site>", SITE))
    return found


def endpoint_of(scene: Scene, way: Way) -> str:
    """What answers there; nothing there is a fault, too."""
    endpoint: str = scene.app.url_map.bind("localhost").match(urlsplit(way.address).path, way.method)[0]
    return endpoint


def test_who_only_reads_is_told_so(scene: Scene) -> None:
    assert "Vous lisez ici" in signed_in(scene, "network", "Rita").get(f"/sites/{SITE}/colis").text
    assert "Vous lisez ici" not in signed_in(scene, "concierge", "Bakary").get(f"/sites/{SITE}/equipe").text
