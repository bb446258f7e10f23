"""Every screen in every language can be heard, recordings come first, a language may have voices only."""

import re
from dataclasses import replace

import pytest

from contract import messages as m
from contract.prompts import NAME, prompt_id
from contract.prompts.listed import SENTENCES, prompts
from deploy.prompts import spoken, written
from kiosk.core.state import State
from kiosk.core.voice import HOME, Phrase
from kiosk.session import Seen
from kiosk.voice import Voice
from kiosk.voice_command import own_words
from kiosk.web.render import Renderer
from tests.fakes.kiosk import SITE, Known, recorded
from tests.fakes.screens import residents_states, staff_states
from tests.fakes.services import SERVICES
from tests.kiosk.web.conftest import ORIGIN, Pages

TONGUES = ("fr", "en", "ar", "sq")
DAY_MS = 86_400_000
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
SAID = re.compile(r'data-said="([^"]*)"')


class Listener(Voice):
    """Keeps what is to be heard instead of looking for files."""

    heard: tuple[Phrase, ...] = ()

    def addresses(self, phrases: object, language: str) -> list[str]:
        self.heard = tuple(phrases)  # type: ignore[arg-type]
        return []


def renderer(pages: Pages) -> tuple[Renderer, Listener]:
    drawing = Renderer(pages.client.application, pages.session, TONGUES)
    listener = drawing.voice = Listener(pages.session.knows, None, "fr")
    return drawing, listener


def everything(pages: Pages, tongue: str) -> list[State]:
    base = replace(pages.session.seen.state, language=tongue, listens=True)
    return [*residents_states(base), *staff_states(base)]


def told(pages: Pages, **documents: object) -> None:
    """The hub tells more."""
    known = pages.session.knows._documents
    assert isinstance(known, Known)
    known.kept.update(documents)  # type: ignore[arg-type]
    pages.session.redraw()


def played(pages: Pages) -> list[str]:
    """The files the page is to play now."""
    found = SAID.search(pages.text())
    assert found
    return found[1].split()


def test_the_list_of_what_is_said_is_that_of_the_screens() -> None:
    assert SENTENCES.read_text("utf-8") == written(spoken()), "run python -m deploy.prompts"


@pytest.mark.parametrize("tongue", TONGUES)
def test_no_screen_is_without_a_voice_and_all_it_says_can_be_recorded(pages: Pages, tongue: str) -> None:
    drawing, listener = renderer(pages)
    can_be_recorded = {one.id for one in prompts(tongue)}
    for state in everything(pages, tongue):
        drawing.screen(Seen(2, state))
        assert listener.heard, state
        listed = [one for one in listener.heard if one.language != HOME]
        missing = {prompt for one in listed for way in one.ways for prompt in way} - can_be_recorded
        assert missing == set(), state.screen


@pytest.mark.parametrize("tongue", TONGUES)
def test_a_closure_is_heard_with_its_days_and_its_own_words(pages: Pages, tongue: str) -> None:
    now = pages.clock.wall_ms()
    closure = m.Closure(
        from_ms=now - DAY_MS, until_ms=now + 2 * DAY_MS, why="works", text="Ascenseur en panne."
    )
    told(pages, **{"closure/c": closure})
    drawing, listener = renderer(pages)
    start = replace(pages.session.seen.state, language=tongue, listens=True)
    drawing.screen(Seen(2, start))
    heard = {prompt for one in listener.heard for way in one.ways for prompt in way}
    months = {prompt_id(name) for name in MONTHS}
    days = {prompt_id(str(number)) for number in range(1, 32)}
    wanted = ("There are works here.", "The days of closing do not count for your parcel.", closure.text)
    assert {prompt_id(words) for words in wanted} <= heard
    assert heard & months
    assert heard & days
    assert prompt_id(closure.text) in {one.id for one in own_words(None, (), "fr", closure)}
    listed = {prompt for one in listener.heard if one.language != HOME for way in one.ways for prompt in way}
    assert listed <= {one.id for one in prompts(tongue)}


@pytest.mark.parametrize("tongue", TONGUES)
def test_no_name_is_ever_said_and_no_mark_is_ever_shown(pages: Pages, tongue: str) -> None:
    drawing, listener = renderer(pages)
    own = {one.id for one in own_words(SITE, SERVICES, "fr")}
    for state in everything(pages, tongue):
        drawn = drawing.screen(Seen(2, state))
        assert not re.search("[\ue000-\uf8ff]", drawn)
        assert {way for one in listener.heard if one.language == HOME for way in one.ways[0]} <= own


def test_the_button_turns_the_voice_on_for_the_whole_conversation(pages: Pages) -> None:
    assert played(pages) == []
    assert "Écouter" in pages.text()
    assert pages.post("listen") == 200
    assert len(played(pages)) == 1
    assert "Silence" in pages.text()
    pages.post("show", value="help")
    pages.post("back")
    assert len(played(pages)) == 1
    pages.post("leave")
    assert played(pages) == []


def test_are_you_still_there_is_heard_by_everybody_and_an_opening_door_calls(pages: Pages) -> None:
    told(pages, **recorded("fr", "More time?"))
    states = residents_states(pages.session.seen.state)
    drawing = Renderer(pages.client.application, pages.session, TONGUES)
    asked = drawing.screen(Seen(2, next(one for one in states if one.over == "still_there")))
    assert f"/voice/fr/{prompt_id('More time?')}" in asked
    opening = drawing.screen(Seen(2, next(one for one in states if type(one.screen).__name__ == "Opening")))
    assert 'data-said="/own/chime.wav"' in opening


def test_a_recording_is_served_for_good_and_what_there_is_not_is_404(pages: Pages) -> None:
    pages.post("listen")
    [address] = played(pages)
    answer = pages.client.get(address, base_url=ORIGIN)
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "audio/wav", b"RIFF")
    assert "immutable" in answer.headers["Cache-Control"]
    for wrong in ("fr/0123456789abcdef", "fr/..%2f..%2fjournal", "FR/" + "0" * 16, "fr/" + "0" * 17, "x/1"):
        answer = pages.client.get(f"/voice/{wrong}", base_url=ORIGIN)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_without_any_voice_there_is_no_button(pages: Pages) -> None:
    told(pages, **{f"voice/fr/{prompt_id('Hello!')}": None})
    assert "/do/listen" not in pages.text()
    pages.post("listen")
    assert played(pages) == []


def test_a_language_is_added_by_dropping_recordings(pages: Pages) -> None:
    """D6: Tamazight has no catalogue; what nobody recorded is heard in French, and shown in French."""
    told(pages, **recorded("zgh", "Hello!", "Collect"), **recorded("fr", "Drop off"))
    pages.post("show", value="languages")
    assert 'value="zgh"' in pages.text()
    assert "ⵜⴰⵎⴰⵣⵉⵖⵜ" in pages.text()
    pages.post("speak", value="zgh")
    pages.post("listen")
    heard = [address.split("?")[0] for address in played(pages)]
    assert heard == [
        f"/voice/zgh/{prompt_id('Hello!')}",
        f"/voice/zgh/{prompt_id('Collect')}",
        f"/voice/fr/{prompt_id('Drop off')}",
    ]
    assert "Bonjour" in pages.text()
    assert 'lang="fr" dir="ltr"' in pages.text()


def test_a_language_the_machine_has_no_name_for_can_be_chosen_too(pages: Pages) -> None:
    told(pages, **recorded("rif", NAME))
    pages.post("show", value="languages")
    pages.post("listen")
    assert f"/voice/rif/{prompt_id(NAME)}" in pages.text()
    assert pages.post("speak", value="rif") == 200
    assert pages.post("speak", value="xx") == 400


def test_a_language_that_runs_from_right_to_left_does_so_whatever_it_lacks(pages: Pages) -> None:
    app = pages.client.application
    with app.app_context():
        drawing = Renderer(app, pages.session, TONGUES)
    said = replace(pages.session.seen.state, language="ar", listens=True)
    drawn = drawing.screen(Seen(2, said))
    assert 'lang="ar" dir="rtl"' in drawn
    assert f"/voice/fr/{prompt_id('Hello!')}" in drawn
