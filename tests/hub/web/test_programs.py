"""The page on which other programs get their tokens, and their webhooks."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.calling import INCIDENT, Calling
from hub.core.webhooks import secret_text
from hub.notify.hooks import HookCaller
from hub.store import devices, webhooks
from hub.store.api_tokens import PREFIX
from hub.store.database import reading, writing
from hub.store.pages import open_alarms
from hub.store.tables import api_tokens, audit, webhook_deliveries
from tests.fakes.hook_receiver import HookReceiver
from tests.fakes.hub_scene import SITE, Scene

TOKEN = {"name": "Supervision", "scope": ["read:sites", "read:lockers"], "days": "90"}
HOOK = {"address": "https://example.org/hub", "kind": ["door.alarm"]}


def shown(page: str) -> str:
    found = re.search(r'class="token"[^>]*>([^<]+)<', page)
    assert found is not None
    return unescape(found[1])


def test_a_token_is_shown_once_works_and_works_no_more_when_taken_back(
    scene: Scene, admin: FlaskClient
) -> None:
    page = admin.post("/logiciels/jetons", data=TOKEN)
    said = shown(page.text)
    assert said.startswith(PREFIX)
    assert said not in admin.get("/logiciels").text
    program = scene.app.test_client()
    bearing = {"Authorization": f"Bearer {said}"}
    assert program.get(f"/api/1/sites/{SITE}/lockers", headers=bearing).status_code == 200
    assert program.get("/api/1/facts", headers=bearing).status_code == 403
    with reading(scene.hub.engine) as connection:
        token = connection.execute(select(api_tokens.c.id)).scalar_one()
    assert admin.post(f"/logiciels/jetons/{token}/retirer").status_code == 302
    assert admin.post(f"/logiciels/jetons/{token}/retirer").status_code == 404
    assert program.get(f"/api/1/sites/{SITE}/lockers", headers=bearing).status_code == 401
    with reading(scene.hub.engine) as connection:
        deeds = connection.execute(select(audit.c.action).where(audit.c.subject == token)).scalars().all()
    assert deeds == ["token_given", "token_revoked"]


@pytest.mark.parametrize("lacking", ["name", "scope", "days"])
def test_a_form_that_lacks_something_is_shown_again_and_gives_nothing(
    scene: Scene, admin: FlaskClient, lacking: str
) -> None:
    page = admin.post("/logiciels/jetons", data={k: v for k, v in TOKEN.items() if k != lacking})
    assert page.status_code == 422
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(api_tokens.c.id)).all() == []


def test_a_webhook_is_added_tried_and_removed(scene: Scene, admin: FlaskClient) -> None:
    secret = shown(admin.post("/logiciels/annonces", data=HOOK).text)
    with reading(scene.hub.engine) as connection:
        [hook] = webhooks.listed_webhooks(connection)
    assert secret == secret_text(scene.hub.keys.webhook_secret(hook.id, 1))
    other = shown(admin.post(f"/logiciels/annonces/{hook.id}/secret").text)
    assert other != secret
    assert admin.post(f"/logiciels/annonces/{hook.id}/essai").status_code == 302
    with reading(scene.hub.engine) as connection:
        assert connection.execute(select(webhook_deliveries.c.kind)).scalars().all() == ["test"]
    assert "un essai" in admin.get("/logiciels").text.lower()
    assert admin.post(f"/logiciels/annonces/{hook.id}/retirer").status_code == 302
    assert admin.post(f"/logiciels/annonces/{hook.id}/essai").status_code == 404


def test_the_test_button_reaches_the_receiver_and_the_page_says_so(scene: Scene, admin: FlaskClient) -> None:
    receiver = HookReceiver()
    with writing(scene.hub.engine) as connection:
        hook = webhooks.add_webhook(connection, receiver.address, ["door.alarm"], [], "a", 0)
    admin.post(f"/logiciels/annonces/{hook}/essai")
    Calling(scene.hub.engine, scene.hub.keys, scene.clock, HookCaller(lambda _: True)).turn()
    receiver.close()
    [told] = receiver.told
    assert b'"type":"test"' in told.body
    assert 'data-tone="ok"' in admin.get("/logiciels").text.partition(hook)[2]


def test_an_address_that_is_not_https_is_refused(scene: Scene, admin: FlaskClient) -> None:
    page = admin.post("/logiciels/annonces", data=HOOK | {"address": "http://127.0.0.1/x"})
    assert page.status_code == 422
    assert "https://" in page.text
    with reading(scene.hub.engine) as connection:
        assert webhooks.listed_webhooks(connection) == []


def test_one_given_up_is_a_card_until_it_starts_again(scene: Scene, admin: FlaskClient) -> None:
    with writing(scene.hub.engine) as connection:
        hook = webhooks.add_webhook(connection, "https://example.org", ["door.alarm"], [], "a", 0)
        webhooks.disable(connection, hook, scene.clock.wall_ms())
        devices.incident(connection, "", INCIDENT, scene.clock.wall_ms())
    assert f"thing-{INCIDENT}" in admin.get("/").text
    assert admin.post(f"/logiciels/annonces/{hook}/reprendre").status_code == 302
    with reading(scene.hub.engine) as connection:
        assert open_alarms(connection) == []


def test_only_an_administrator_gives_and_takes(scene: Scene, concierge: FlaskClient) -> None:
    assert concierge.get("/logiciels").status_code == 403
    for path in ("jetons", "jetons/x/retirer", "annonces", "annonces/x/essai", "annonces/x/retirer"):
        assert concierge.post(f"/logiciels/{path}").status_code == 403


def test_whoever_writes_programs_reads_how_without_an_account(scene: Scene) -> None:
    stranger = scene.app.test_client()
    page = stranger.get("/api")
    assert page.status_code == 200
    assert "/api/1/sites/{site}/lockers" in page.text
    document = stranger.get("/api/1/openapi.json")
    assert document.json is not None
    assert document.json["openapi"] == "3.1.0"
