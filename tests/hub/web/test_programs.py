"""The page on which other programs get their tokens, and their webhooks."""

import re
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select

from hub.calling import INCIDENT, Calling
from hub.core.webhooks import secret_text
from hub.notify.hooks import HookCaller
from hub.store import devices, webhooks
from hub.store.alarms import open_alarms
from hub.store.api_tokens import PREFIX
from hub.store.database import reading, writing
from hub.store.tables import api_tokens, audit
from tests.fakes.hook_receiver import HookReceiver
from tests.fakes.hub_scene import CONCIERGE, SITE, Scene
from tests.hub.web.conftest import sign_in

TOKEN = {"name": "Supervision", "scope": ["read:sites", "read:lockers"], "days": "90"}
HOOK = {"address": "https://example.org/hub", "kind": ["door.alarm"]}


def shown(page: str) -> str:
    found = re.search(r'class="token"[^>]*>([^<]+)<', page)
    assert found is not None
    return unescape(found[1])


def tokens(shared: Scene) -> set[str]:
    with reading(shared.hub.engine) as connection:
        return set(connection.execute(select(api_tokens.c.id)).scalars())


def hooks(shared: Scene) -> set[str]:
    with reading(shared.hub.engine) as connection:
        return {row.id for row in webhooks.listed_webhooks(connection)}


def test_a_token_is_shown_once_works_and_works_no_more_when_taken_back(
    shared: Scene, shared_admin: FlaskClient
) -> None:
    before = tokens(shared)
    page = shared_admin.post("/logiciels/jetons", data=TOKEN)
    said = shown(page.text)
    assert said.startswith(PREFIX)
    assert said not in shared_admin.get("/logiciels").text
    program = shared.app.test_client()
    bearing = {"Authorization": f"Bearer {said}"}
    assert program.get(f"/api/1/sites/{SITE}/lockers", headers=bearing).status_code == 200
    assert program.get("/api/1/facts", headers=bearing).status_code == 403
    (token,) = tokens(shared) - before
    assert shared_admin.post(f"/logiciels/jetons/{token}/retirer").status_code == 302
    assert shared_admin.post(f"/logiciels/jetons/{token}/retirer").status_code == 404
    assert program.get(f"/api/1/sites/{SITE}/lockers", headers=bearing).status_code == 401
    with reading(shared.hub.engine) as connection:
        deeds = connection.execute(select(audit.c.action).where(audit.c.subject == token)).scalars().all()
    assert deeds == ["token_given", "token_revoked"]


def test_a_form_that_lacks_something_is_shown_again_and_gives_nothing(
    shared: Scene, shared_admin: FlaskClient
) -> None:
    before = tokens(shared)
    for lacking in TOKEN:
        page = shared_admin.post("/logiciels/jetons", data={k: v for k, v in TOKEN.items() if k != lacking})
        assert page.status_code == 422
    assert tokens(shared) == before


def test_a_webhook_is_added_tried_and_removed(shared: Scene, shared_admin: FlaskClient) -> None:
    before = hooks(shared)
    secret = shown(shared_admin.post("/logiciels/annonces", data=HOOK).text)
    (hook,) = hooks(shared) - before
    assert secret == secret_text(shared.hub.keys.webhook_secret(hook, 1))
    other = shown(shared_admin.post(f"/logiciels/annonces/{hook}/secret").text)
    assert other != secret
    assert shared_admin.post(f"/logiciels/annonces/{hook}/essai").status_code == 302
    with reading(shared.hub.engine) as connection:
        assert [row.kind for row in webhooks.last_deliveries(connection, hook)] == ["test"]
    assert "un essai" in shared_admin.get("/logiciels").text.lower()
    assert shared_admin.post(f"/logiciels/annonces/{hook}/retirer").status_code == 302
    assert shared_admin.post(f"/logiciels/annonces/{hook}/essai").status_code == 404


def test_the_test_button_reaches_the_receiver_and_the_page_says_so(
    shared: Scene, shared_admin: FlaskClient
) -> None:
    receiver = HookReceiver()
    with writing(shared.hub.engine) as connection:
        hook = webhooks.add_webhook(connection, receiver.address, ["door.alarm"], [], "a", 0)
    shared_admin.post(f"/logiciels/annonces/{hook}/essai")
    Calling(shared.hub.engine, shared.hub.keys, shared.clock, HookCaller(lambda _: True)).turn()
    receiver.close()
    [told] = receiver.told
    assert b'"type":"test"' in told.body
    assert 'data-tone="ok"' in shared_admin.get("/logiciels").text.partition(hook)[2]


def test_an_address_that_is_not_https_is_refused(shared: Scene, shared_admin: FlaskClient) -> None:
    before = hooks(shared)
    page = shared_admin.post("/logiciels/annonces", data=HOOK | {"address": "http://127.0.0.1/x"})
    assert page.status_code == 422
    assert "https://" in page.text
    assert hooks(shared) == before


def test_one_given_up_is_a_card_until_it_starts_again(shared: Scene, shared_admin: FlaskClient) -> None:
    with writing(shared.hub.engine) as connection:
        hook = webhooks.add_webhook(connection, "https://example.org", ["door.alarm"], [], "a", 0)
        webhooks.disable(connection, hook, shared.clock.wall_ms())
        devices.incident(connection, "", INCIDENT, shared.clock.wall_ms())
    card = shared_admin.get("/").text.partition(f"thing-{INCIDENT}")[2]
    assert 'href="/logiciels#annonces"' in card
    assert shared_admin.post(f"/logiciels/annonces/{hook}/reprendre").status_code == 302
    with reading(shared.hub.engine) as connection:
        assert INCIDENT not in {alarm.kind for alarm in open_alarms(connection)}


def test_only_an_administrator_gives_and_takes(shared: Scene) -> None:
    concierge = sign_in(shared.app.test_client(), CONCIERGE)
    assert concierge.get("/logiciels").status_code == 403
    for path in ("jetons", "jetons/x/retirer", "annonces", "annonces/x/essai", "annonces/x/retirer"):
        assert concierge.post(f"/logiciels/{path}").status_code == 403


def test_whoever_writes_programs_reads_how_without_an_account(shared: Scene) -> None:
    stranger = shared.app.test_client()
    page = stranger.get("/api")
    assert page.status_code == 200
    assert "/api/1/sites/{site}/lockers" in page.text
    document = stranger.get("/api/1/openapi.json")
    assert document.json is not None
    assert document.json["openapi"] == "3.1.0"
