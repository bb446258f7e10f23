"""Who did what: in words, by day and person, for those who may read it."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import hub
from hub.core.rights import CHANGES
from hub.store import audit, erasure
from hub.store.accounts import create_account
from hub.store.database import writing
from hub.web.deed_words import UNKNOWN, deed_word
from tests.fakes.hub_scene import ADMIN, SITE, Scene
from tests.hub.web.conftest import sign_in

HANDED_ON = {"action", "deed", "what"}
"""What an action is called until it is noted."""
ACTION = re.compile(r"[a-z]+(_[a-z]+)+|extended")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A concierge had a code shown; an administrator changed a person, and did something elsewhere."""
    scene = Scene(tmp_path_factory.mktemp("deeds"))
    scene.accounts()
    scene.hub.site("metz")
    scene.connect()
    scene.deposit("i1", 0, 3)
    shown = scene.browser("account-concierge").post("/colis/i1/code", data={"which": "now"})
    assert shown.status_code == 200
    with writing(scene.hub.engine) as connection:
        now_ms = scene.clock.wall_ms()
        audit.note(connection, now_ms, "account-admin", "staff_added", site="metz", subject="x")
        audit.note(connection, now_ms, "account-admin", "person_changed", site=SITE, subject=scene.people[1])
        audit.note(connection, now_ms, "account-admin", "open_asked", site=SITE, detail="3: door_stuck")
        audit.note(connection, now_ms, "account-admin", "list_exported", site=SITE, detail="personnes.csv")
    yield scene
    scene.close()


@pytest.fixture
def admin(done: Scene) -> FlaskClient:
    return done.browser("account-admin")


@pytest.fixture
def concierge(done: Scene) -> FlaskClient:
    return done.browser("account-concierge")


def test_everybody_reads_their_own(done: Scene, concierge: FlaskClient) -> None:
    page = concierge.get("/gestes").text
    assert "a fait afficher le code" in page
    assert "Yasmina Benali" in page
    assert "a modifié la fiche" not in page
    assert "a modifié la fiche" not in concierge.get("/gestes?qui=account-admin").text


def test_after_a_move_the_deeds_stay_and_name_nobody_of_the_former_site(done: Scene) -> None:
    with writing(done.hub.engine) as connection:
        account = create_account(connection, "Omar", None, "concierge", 0, sites=["metz"])
        now_ms = done.clock.wall_ms()
        audit.note(connection, now_ms, account, "person_changed", site=SITE, subject=done.people[0])
        audit.note(connection, now_ms, account, "code_told", site=SITE, subject="i1")
    page = done.browser(account).get("/gestes").text
    assert "a modifié la fiche" in page
    assert "a fait afficher le code" in page
    assert "Benali" not in page
    assert "/colis/i1" not in page


def test_an_administrator_reads_all_and_one_persons(done: Scene, admin: FlaskClient) -> None:
    page = admin.get("/gestes").text
    assert all(words in page for words in ("a fait afficher", "a modifié la fiche", "quelqu’un à l’équipe"))
    assert "porte 3" in page
    assert "La porte est restée fermée" in page
    assert "a exporté une liste" in page
    assert "personnes.csv" in page, "which one"
    assert "a modifié la fiche" not in admin.get("/gestes?qui=account-concierge").text


def test_a_lead_reads_those_of_their_sites(done: Scene) -> None:
    with writing(done.hub.engine) as connection:
        account = create_account(connection, "Lucie", None, "lead", 0, sites=["metz"])
    lead = done.browser(account)
    page = lead.get("/gestes").text
    assert "quelqu’un à l’équipe" in page
    assert "a modifié la fiche" not in page
    assert "a modifié la fiche" not in lead.get("/gestes?qui=account-admin").text


def test_who_was_erased_stays_an_id(done: Scene, admin: FlaskClient) -> None:
    with writing(done.hub.engine) as connection:
        erasure.erase(connection, SITE, done.people[1], done.clock.wall_ms())
        assert audit.check(connection).broken == ""
    page = admin.get("/gestes").text
    assert "Nguyễn" not in page
    assert done.people[1][:8] in page


def test_another_day_has_its_own(done: Scene) -> None:
    done.clock.advance(86_400_000)
    admin = done.browser("account-admin")
    assert "Rien n’a été fait ce jour-là" in admin.get("/gestes").text
    before = re.findall(r'href="(/gestes\?jour=[^"]+)"', admin.get("/gestes").text)[0]
    assert "a modifié la fiche" in admin.get(before.replace("&amp;", "&")).text
    for day in ("", "hier", "9999-99-99", "2999-01-01"):
        assert admin.get(f"/gestes?jour={day}").status_code == 200


def test_coming_and_going_is_noted(stranger: FlaskClient) -> None:
    wrong = stranger.post("/connexion", data={"name": ADMIN, "password": "not this one"})
    assert wrong.status_code == 401
    page = sign_in(stranger, ADMIN).get("/gestes").text
    assert page.count("a ouvert une session") == 1
    stranger.post("/deconnexion")
    assert sign_in(stranger, ADMIN).get("/gestes").text.count("a fermé sa session") == 1


def test_every_action_of_the_program_has_its_words() -> None:
    """What is noted anywhere in the hub, found in its text."""
    noted = set[str]()
    for path in Path(hub.__file__).parent.rglob("*.py"):
        module = ast.parse(path.read_text())
        noted |= noted_in(module)
        assert other_names(module) <= HANDED_ON, f"{path} hands an action on under another name"
    assert len(noted) > 100
    assert {action for action in noted if deed_word(action).icon == UNKNOWN} == set()


def test_the_words_of_a_language_are_made_once(scene: Scene) -> None:
    with scene.app.test_request_context("/"):
        assert deed_word("signed_in") is deed_word("signed_in"), "a page has hundreds of lines"


def test_an_action_is_found_whatever_hands_it_on() -> None:
    text = """
def note(connection, at_ms, account, action): ...
def _end(site, deed, do): audit.note(c, now_ms(), me(), deed)
def _once_more(deed): return _end("a_site", deed, None)
def view(): return _once_more("bag_lost")
def other(yes):
    what = "quote_taken" if yes else "quote_left"
    audit.note(c, now_ms(), me(), what)
"""
    assert noted_in(ast.parse(text)) >= {"bag_lost", "quote_taken", "quote_left"}


def noted_in(module: ast.Module) -> set[str]:
    """The actions in the text of a module: in calls of `note`, and of what hands one on to it."""
    functions = [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef)]
    noting, noted = {"note"}, set[str]()
    while True:
        handing = {one.name for one in functions if parameters(one) & names_noted(one, noting)}
        if handing <= noting:
            break
        noting |= handing
    for function in functions:
        looked_at = calls_of(function, noting) + assigned(function, names_noted(function, noting))
        texts = (one.value for each in looked_at for one in ast.walk(each) if isinstance(one, ast.Constant))
        noted |= {text for text in texts if isinstance(text, str) and ACTION.fullmatch(text)}
    return noted


def other_names(module: ast.Module) -> set[str]:
    """What the action is called where the audit itself is asked to note it."""
    called = [one for one in ast.walk(module) if isinstance(one, ast.Call)]
    noting = [one for one in called if ast.unparse(one.func) == "audit.note"]
    return {one.id for call in noting for one in ast.walk(call.args[3]) if isinstance(one, ast.Name)}


def parameters(function: ast.FunctionDef) -> set[str]:
    """All but those that say where or whom it is about."""
    return {one.arg for one in function.args.args} & HANDED_ON


def calls_of(function: ast.FunctionDef, names: set[str]) -> list[ast.AST]:
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
    return [one for one in calls if getattr(one.func, "attr", getattr(one.func, "id", "")) in names]


def names_noted(function: ast.FunctionDef, noting: set[str]) -> set[str]:
    """The names of its own that a function gives to those that note."""
    given = (one for call in calls_of(function, noting) for one in ast.walk(call))
    return {one.id for one in given if isinstance(one, ast.Name)} & HANDED_ON


def assigned(function: ast.FunctionDef, names: set[str]) -> list[ast.AST]:
    """What a function sets these names to."""
    sets = [one for one in ast.walk(function) if isinstance(one, ast.Assign)]
    return [one.value for one in sets if any(isinstance(t, ast.Name) and t.id in names for t in one.targets)]


SEEN_ONLY = {
    "texts.preview",
    "taking_in.go_on",
    "counter.go_on",
    "whose.choose",
    "entrance.sign_out",
    "drawing.step",
    "drawing.measure",
}
"""What is sent there changes nothing that lasts, or a draft."""


def test_every_change_a_person_makes_is_noted(done: Scene) -> None:
    silent = {
        endpoint
        for endpoint, right in CHANGES.items()
        if right not in ("anybody", "their_own", "see")
        and endpoint not in SEEN_ONLY
        and not notes(done.app.view_functions[endpoint])
    }
    assert silent == set(), "call hub.store.audit.note, in the transaction of the deed"


def notes(view: Callable[..., Any]) -> bool:
    """Whether a view, or a function of the hub that it calls, notes what it does."""
    to_read, seen = [inspect.unwrap(view)], set[Any]()
    while to_read:
        function = to_read.pop()
        if function is audit.note:
            return True
        if function not in seen and function.__module__.startswith("hub."):
            seen.add(function)
            to_read += called(function)
    return False


def called(function: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions named in the text of this one, as far as its module knows them."""
    names = vars(inspect.getmodule(function))
    found = []
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        match node:
            case ast.Name(id=name):
                found.append(names.get(name))
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                found.append(vars(names[module]).get(name) if inspect.ismodule(names.get(module)) else None)
    return [one for one in found if inspect.isfunction(one)]
