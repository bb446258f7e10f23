"""What other programs may ask, and what they are not told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from contract import messages as m
from hub.core.rights import Role
from hub.core.scopes import SCOPES, Scope
from hub.store.account_care import change_account
from hub.store.accounts import create_account
from hub.store.api_tokens import PREFIX, make_token, revoke_token
from hub.store.database import reading, writing
from hub.store.tables import accounts, api_tokens, ledger
from hub.web.api.routes import ROUTES
from tests.fakes.hub_scene import ADMIN, PEOPLE, SITE, Scene
from tests.hub.web.conftest import sign_in

DAY_MS = 86_400_000
ALL = frozenset(SCOPES)
IMPERSONAL = ALL - {"read:people"}


class Program:
    """Another program with a token."""

    def __init__(
        self,
        scene: Scene,
        scopes: frozenset[Scope] = ALL,
        sites: tuple[str, ...] = (),
        giver: str = "account-admin",
    ) -> None:
        self.client = scene.app.test_client()
        with writing(scene.hub.engine) as connection:
            now_ms = scene.clock.wall_ms()
            self.id, self.said = make_token(
                connection, "a shop", scopes, sites, now_ms + 30 * DAY_MS, giver, now_ms
            )

    def ask(self, path: str, method: str = "GET", **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.said}"} | more.pop("headers", {})
        return self.client.open(f"/api/1/{path}", method=method, headers=headers, **more)

    def get(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.json


def fill(scene: Scene) -> Scene:
    scene.hub.site("paris")
    scene.accounts()
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.deposit("i2", 1, 4)
    scene.collect("i2", 1, 4)
    return scene


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One for all that only read."""
    scene = fill(Scene(tmp_path_factory.mktemp("lively")))
    yield scene
    scene.close()


def test_a_program_sees_sites_doors_devices_and_items(lively: Scene) -> None:
    program = Program(lively)
    assert [one["id"] for one in program.get("sites")["items"]] == [SITE, "paris"]
    doors = {one["compartment"]: one for one in program.get(f"sites/{SITE}/lockers")["doors"]}
    assert len(doors) == 18
    assert (doors[3]["state"], doors[3]["item"], doors[3]["sensor"]) == ("occupied", "i1", "closed")
    assert {one["id"] for one in program.get(f"sites/{SITE}/devices")["items"]} == {
        "borny-bridge",
        "borny-kiosk",
    }
    [here] = program.get(f"sites/{SITE}/items")["items"]
    assert (here["id"], here["state"], here["person"], here["label"]) == (
        "i1",
        "waiting",
        lively.people[0],
        "6Ai1",
    )
    [gone] = program.get(f"sites/{SITE}/items?state=ended")["items"]
    assert (gone["id"], gone["state"]) == ("i2", "collected")
    assert gone["ended"].endswith("Z")
    assert program.get("items/i1") == here
    assert program.get(f"sites/{SITE}/items?label=6Ai1")["items"] == [here]


def test_without_the_scope_nothing_says_whose_it_is(lively: Scene) -> None:
    program = Program(lively, IMPERSONAL)
    with reading(lively.hub.engine) as connection:
        types = {row.type for row in connection.execute(select(ledger.c.type))}
    assert {"parcel_received", "visit_opened", "item_claimed", "door_intent"} <= types
    said = "".join(
        program.ask(path).text
        for path in ("facts", f"sites/{SITE}/items", f"sites/{SITE}/items?state=ended", "items/i1")
    )
    for secret in (*lively.people, lively.member, "6Ai1", "6Ai2", *(one.name for one in PEOPLE)):
        assert secret not in said
    assert program.ask(f"sites/{SITE}/people").status_code == 403


def test_with_the_scope_facts_are_as_the_devices_said_them(lively: Scene) -> None:
    facts = Program(lively).get("facts")["facts"]
    with reading(lively.hub.engine) as connection:
        rows = connection.execute(select(ledger).order_by(ledger.c.position)).all()
    assert [one["event"] for one in facts] == [row.event for row in rows]
    assert [one["body"] for one in facts] == [json.loads(bytes(row.body)) for row in rows]


def test_the_facts_are_read_page_by_page_to_the_end(lively: Scene) -> None:
    program = Program(lively)
    all_at_once = program.get("facts")
    assert not all_at_once["more"]
    found, after, more = [], 0, True
    while more:
        page = program.get(f"facts?limit=7&after={after}")
        found += page["facts"]
        after, more = page["next"], page["more"]
    assert found == all_at_once["facts"]
    assert after == all_at_once["next"]
    assert program.get(f"facts?after={after}")["facts"] == []


def test_a_list_in_pages_is_the_whole_list(scene: Scene) -> None:
    fill(scene)
    for number in range(3, 8):
        scene.deposit(f"i{number}", number % 5, number + 5)
        if number % 2:
            scene.collect(f"i{number}", number % 5, number + 5)
    program = Program(scene)
    for path in ("people?", "items?", "items?state=ended&"):
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            page = program.get(f"sites/{SITE}/{path}limit=2" + (f"&after={after}" if after else ""))
            found += [one["id"] for one in page["items"]]
            after = page["next"]
        assert found == [one["id"] for one in program.get(f"sites/{SITE}/{path}")["items"]]
        assert len(set(found)) == len(found) > 2


def test_a_parcel_is_announced_once_waited_for_and_withdrawn(scene: Scene) -> None:
    fill(scene)
    program = Program(scene, frozenset({"write:expected", "read:expected"}))
    where = f"sites/{SITE}/expected"
    new = {"label": "6A98765432109", "carrier": "Colissimo", "day": "2026-11-30", "person": scene.people[2]}
    first = program.ask(where, "POST", json=new)
    again = program.ask(where, "POST", json=new)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json is not None
    assert first.json["person"] is None
    [waits] = program.get(where)["items"]
    assert (waits["id"], waits["label"]) == (first.json["id"], None)
    scene.tick()
    assert list(scene.kiosk.feed.documents("expected/")) == [f"expected/{waits['id']}"]
    gone = program.ask(f"{where}/{waits['id']}", "DELETE")
    assert gone.status_code == 200
    assert gone.json is not None
    assert gone.json["closed"] is not None
    assert program.get(where)["items"] == []


def test_a_person_of_nowhere_is_refused_in_words(lively: Scene) -> None:
    new = {"label": "6A1234", "person": "nobody"}
    answer = Program(lively).ask(f"sites/{SITE}/expected", "POST", json=new)
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert "leave person out" in answer.json["detail"]


def test_what_is_asked_under_a_wrong_address_is_answered_as_to_a_program(scene: Scene) -> None:
    answer = scene.app.test_client().get("/api/v1/sites")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), "no page to sign in"


def test_a_token_of_one_site_sees_no_other(lively: Scene) -> None:
    program = Program(lively, ALL, ("paris",))
    assert [one["id"] for one in program.get("sites")["items"]] == ["paris"]
    assert program.get("facts")["facts"] == []
    for path in (f"sites/{SITE}", f"sites/{SITE}/lockers", f"sites/{SITE}/people", "items/i1"):
        assert program.ask(path).status_code == 404


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_each_route_needs_a_token_that_is_good_and_its_own_scope(lively: Scene, route: Any) -> None:
    path = route.path.format(site=SITE, item="i1", order="x", expected="x")
    lacking, ended, revoked = (Program(lively, scopes) for scopes in (ALL - {route.scope}, ALL, ALL))
    assert lacking.ask(path, route.method, json={"label": "6A1234"}).status_code == 403
    with writing(lively.hub.engine) as connection:
        revoke_token(connection, revoked.id, lively.clock.wall_ms())
        past = {"expires_ms": lively.clock.wall_ms()}
        connection.execute(api_tokens.update().where(api_tokens.c.id == ended.id).values(past))
    for program in (ended, revoked):
        assert program.ask(path, route.method).status_code == 401
    stranger = lively.app.test_client().open(f"/api/1/{path}", method=route.method)
    assert stranger.status_code == 401
    assert stranger.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_the_pages_is_no_token(lively: Scene) -> None:
    admin = sign_in(lively.app.test_client(), ADMIN)
    assert admin.get("/").status_code == 200
    assert admin.get("/api/1/sites").status_code == 401


def test_of_a_token_only_its_digest_is_kept(lively: Scene) -> None:
    program = Program(lively)
    assert program.said.startswith(PREFIX)
    program.get("sites")
    raw = (lively.hub.directory / "hub.sqlite3").read_bytes()
    wal = lively.hub.directory / "hub.sqlite3-wal"
    assert program.said.encode() not in raw + (wal.read_bytes() if wal.exists() else b"")
    mine = select(api_tokens.c.used_ms).where(api_tokens.c.id == program.id)
    with reading(lively.hub.engine) as connection:
        assert connection.execute(mine).scalar_one() == lively.clock.wall_ms()


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("sites?limit=0", "GET", 400),
        ("sites?limit=5&limit=6", "GET", 400),
        ("sites?what=1", "GET", 400),
        ("facts?after=-1", "GET", 400),
        (f"sites/{SITE}/items?after=x", "GET", 400),
        (f"sites/{SITE}/items?state=planted-name", "GET", 400),
        ("sites?planted-name=1", "GET", 400),
        ("nowhere", "GET", 404),
        ("sites", "POST", 405),
        ("sites", "OPTIONS", 405),
        (f"sites/{SITE}/expected", "POST", 415),
    ],
)
def test_what_is_wrong_is_a_problem_that_says_what_to_do(
    lively: Scene, path: str, method: str, status: int
) -> None:
    answer = Program(lively).ask(path, method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None
    assert answer.json["status"] == status
    assert len(answer.json["detail"]) > 10
    assert "planted" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b"[" * 4_000, b'{"label": "6A1234", "planted-name": 1}', b'{"label": 1}'],
    ids=range(7),
)
def test_a_body_that_is_none_is_refused_and_not_repeated(lively: Scene, body: bytes) -> None:
    answer = Program(lively).ask(f"sites/{SITE}/expected", "POST", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "planted" not in answer.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (f"sites/{SITE}/items?limit=x", "Parameters: Expected `int`, got `str` - at `$.limit`."),
        (f"sites/{SITE}/items?limit=0", "Parameters: Expected `int` >= 1 - at `$.limit`."),
        (f"sites/{SITE}/items?state=planted` 'x", "Parameters: Invalid enum value - at `$.state`."),
        (
            f"sites/{SITE}/items?planted` - at `$.limit=1",
            "Parameters: Object contains a field this does not know.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_that_can_be_read(lively: Scene, asked: str, said: str) -> None:
    answer = Program(lively).ask(asked)
    assert answer.json is not None
    assert answer.json["detail"] == said


def test_a_body_beyond_the_limit_is_refused(lively: Scene) -> None:
    body = b'{"label": "' + b"x" * 20_000 + b'"}'
    answer = Program(lively).ask(f"sites/{SITE}/expected", "POST", data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_who_asks_too_often_is_told_how_long_to_wait(scene: Scene) -> None:
    scene.app.config.update(API_TOKEN_LIMIT="3 per minute", API_STRANGER_LIMIT="2 per minute")
    scene.accounts()
    program, other = Program(scene), Program(scene)
    assert [program.ask("sites").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = program.ask("facts")
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert other.ask("sites").status_code == 200, "each token has its own budget"
    stranger = scene.app.test_client()
    tries = [
        stranger.get("/api/1/sites", headers={"Authorization": f"Bearer {number}"}).status_code
        for number in range(4)
    ]
    assert tries == [401, 401, 429, 429]
    assert other.ask("sites").status_code == 200, "a good token is not shut out by bad ones beside it"


def test_a_name_that_is_not_the_hubs_is_a_problem(lively: Scene) -> None:
    answer = Program(lively).ask("sites", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_what_has_not_changed_is_not_sent_again(scene: Scene) -> None:
    fill(scene)
    program = Program(scene)
    first = program.ask(f"sites/{SITE}/lockers")
    same = program.ask(f"sites/{SITE}/lockers", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    scene.told(m.DoorForced(compartment=3))
    other = program.ask(f"sites/{SITE}/lockers", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


# --- never more than the account that gave it --------------------------------------------------


@pytest.mark.parametrize(
    ("role", "sites", "good"),
    [
        (
            "network",
            (),
            {"sites", "lockers", "devices", "items", "people", "orders", "catalogue", "expected"},
        ),
        (
            "lead",
            (SITE,),
            {"sites", "lockers", "devices", "items", "people", "orders", "catalogue", "expected"},
        ),
        ("client", (SITE,), {"sites", "lockers"}),
        ("lead", ("paris",), {"sites"}),
    ],
)
def test_a_token_does_no_more_than_the_account_that_gave_it_may_now(
    lively: Scene, role: Role, sites: tuple[str, ...], good: set[str]
) -> None:
    with writing(lively.hub.engine) as connection:
        giver = create_account(connection, f"{role} {sites}", None, "admin", 0)
    program = Program(lively, giver=giver)
    paths = {name: f"sites/{SITE}/{name}" for name in good | {"devices", "items", "people", "lockers"}}
    paths |= {"sites": "sites", "facts": "facts"}
    assert all(program.ask(path).status_code == 200 for path in paths.values())
    with writing(lively.hub.engine) as connection:
        change_account(connection, giver, f"{role} {sites}", role, sites, None, 0)
    assert {name for name, path in paths.items() if program.ask(path).status_code == 200} == good
    assert [one["id"] for one in program.get("sites")["items"]] == [*(sites or (SITE, "paris"))]
    said = program.ask(f"sites/{SITE}/expected", "POST", json={"label": "6A900"}).status_code
    assert said in ((201,) if (role, sites) == ("lead", (SITE,)) else (403, 404))
    with writing(lively.hub.engine) as connection:
        connection.execute(update(accounts).where(accounts.c.id == giver).values(disabled_ms=1))
    assert program.ask("sites").status_code == 401
