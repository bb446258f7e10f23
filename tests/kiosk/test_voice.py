"""Files of espeak-ng, recordings before them, and French where both are missing."""

import stat
import threading
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.messages import Recording
from contract.prompts import NAME, Prompt, prompt_id
from contract.prompts.listed import prompts
from kiosk.__main__ import main
from kiosk.core.voice import Phrase, number_phrase
from kiosk.voice import Library, Voice
from kiosk.voice_command import RenderAhead, own_words, said_in
from tests.fakes.kiosk import SITE, Known, recorded
from tests.fakes.services import LAUNDRY, SHOES

HELLO, HELP = Prompt(prompt_id("Hello!"), "Bonjour !"), Prompt(prompt_id("Help"), "Aide")


def go() -> bool:
    return True


def speaker(folder: Path, does: str) -> str:
    """A program that stands for espeak-ng: `$7` is where it writes."""
    program = folder / "speaker"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def test_words_are_rendered_once_and_anew_when_they_change(tmp_path: Path) -> None:
    says = speaker(tmp_path, 'cat > "$6"')
    library = Library(tmp_path / "voice", says)
    assert library.render("fr", [HELLO, HELP], go) == 2
    assert library.render("fr", [HELLO, HELP], go) == 0
    before = library.find("fr", HELLO.id)
    assert before is not None
    assert before.read_text() == "Bonjour !"
    again = Library(tmp_path / "voice", says)
    assert again.find("fr", HELLO.id) == before
    assert again.render("fr", [Prompt(HELLO.id, "Salut !"), HELP], go) == 1
    after = again.find("fr", HELLO.id)
    assert after is not None
    assert (after.read_text(), before.exists()) == ("Salut !", False)


def test_what_is_said_no_more_is_forgotten_and_other_languages_stay(tmp_path: Path) -> None:
    library = Library(tmp_path / "voice", speaker(tmp_path, 'cat > "$6"'))
    library.render("fr", [HELLO, HELP], go)
    library.render("sq", [HELLO], go)
    library.render("fr", [HELP], go)
    assert library.find("fr", HELLO.id) is None
    assert [path.parent.name for path in sorted((tmp_path / "voice").glob("*/*"))] == ["fr", "sq"]


@pytest.mark.parametrize("does", ["exit 1", "sleep 600"])
def test_a_speaker_that_fails_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    monkeypatch.setattr("kiosk.voice._RENDER_SECONDS", 0.2)
    library = Library(tmp_path / "voice", speaker(tmp_path, f'echo half > "$6"; exec {does}'))
    assert library.render("fr", [HELLO, HELP], go) == 0
    assert list((tmp_path / "voice").rglob("*.wav")) == []


def test_rendering_stops_between_two_files(tmp_path: Path) -> None:
    library = Library(tmp_path / "voice", speaker(tmp_path, 'cat > "$6"'))
    answers = iter([True, False])
    assert library.render("fr", [HELLO, HELP], lambda: next(answers)) == 1


def test_nothing_is_rendered_while_somebody_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.voice_command.BUSY_SECONDS", 0.01)
    monkeypatch.setattr("kiosk.voice_command.said_in", lambda language: [HELLO])
    rendered: list[int] = []
    news = threading.Event()

    def is_free() -> bool:
        rendered.append(len(list(tmp_path.rglob("*.wav"))))
        return len(rendered) > 3

    library = Library(tmp_path / "voice", speaker(tmp_path, 'cat > "$6"'))
    ahead = RenderAhead(library, ["fr"], tuple, news.set, is_free)
    ahead.start()
    assert news.wait(20)
    ahead.stop()
    assert rendered == [0, 0, 0, 0]


class Recorded:
    """What the hub told of recordings."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def recording(self, language: str, prompt: str) -> Recording | None:
        found = self._known.get(f"voice/{language}/{prompt}")
        return found if isinstance(found, Recording) else None


def languages_of(addresses: list[str]) -> list[str]:
    return [address.split("/")[2] for address in addresses]


def test_a_recording_comes_before_the_machine_and_french_before_silence(tmp_path: Path) -> None:
    library = Library(tmp_path / "voice", speaker(tmp_path, 'cat > "$6"'))
    library.render("fr", [HELLO, HELP], go)
    library.render("sq", [HELLO, HELP], go)
    voice = Voice(Recorded(Known(recorded("sq", "Hello!") | recorded("fr", "Back"))), library, "fr")
    hello = voice.sound("sq", HELLO.id)
    assert hello is not None
    assert hello.read()[:4] == b"RIFF"
    helped = voice.sound("sq", HELP.id)
    assert helped is not None
    assert helped.read() == b"Aide"
    heard = [Phrase(((prompt_id(key),),)) for key in ("Hello!", "Help", "Back", "Finish")]
    assert languages_of(voice.addresses(heard, "sq")) == ["sq", "sq", "fr"]
    assert languages_of(voice.addresses(heard, "ar")) == ["fr", "fr", "fr"]


def test_another_recording_of_the_same_prompt_has_another_address() -> None:
    one = Voice(Recorded(Known(recorded("fr", "Hello!"))), None, "fr")
    other = Voice(Recorded(Known(recorded("fr", "Hello!", seconds=0.3))), None, "fr")
    phrase = [Phrase(((HELLO.id,),))]
    assert one.addresses(phrase, "fr") != other.addresses(phrase, "fr")


def test_a_number_nobody_recorded_is_said_by_its_digits() -> None:
    voice = Voice(Recorded(Known(recorded("fr", "1", "2", "21"))), None, "fr")
    said = [voice.addresses([number_phrase(number)], "fr") for number in ("21", "12", "13")]
    assert [len(addresses) for addresses in said] == [1, 2, 0]


def test_without_a_voice_nothing_is_promised(tmp_path: Path) -> None:
    assert not Voice(Recorded(Known({})), Library(tmp_path), "fr").speaks("ar")
    assert Voice(Recorded(Known(recorded("fr", "Hello!"))), None, "fr").speaks("ar")


def test_the_words_of_every_language_are_whole() -> None:
    for language in ("fr", "en", "ar", "sq"):
        said = {one.id: one.text for one in said_in(language)}
        assert set(said) == {one.id for one in prompts(language)}
        assert said[prompt_id(NAME)]
        assert [text for text in said.values() if "%" in text or not text.strip()] == []
    assert [one.text for one in own_words(SITE, (), "fr")] == [
        SITE.helper,
        SITE.helper_hours,
        "Abdoul-Karim",
    ]
    assert [one.text for one in own_words(None, (SHOES, LAUNDRY), "fr")] == [
        "Cordonnerie",
        "Pressing",
        "Repassage",
        "Détachage",
        "Sur cintre",
        "Express",
    ]
    assert own_words(None, (), "fr") == ()


@pytest.mark.parametrize("language", ["fr", "en", "ar", "sq"])
def test_espeak_says_everything_at_sane_length(espeak_path: Path, tmp_path: Path, language: str) -> None:
    library = Library(tmp_path, str(espeak_path))
    said = list({one.id: one for one in said_in(language)}.values())
    some = said if language == "fr" else said[::6]
    assert library.render(language, some, go) == len(some)
    for one in some:
        path = library.find(language, one.id)
        assert path is not None
        with wave.open(str(path)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
            seconds = sound.getnframes() / sound.getframerate()
            loudest = max(memoryview(sound.readframes(sound.getnframes())).cast("h"))
        assert 0.1 < seconds < 3 + len(one.text) * 0.2, one.text
        assert loudest > 1_000, one.text


def test_the_command_renders_all_languages_and_says_what_it_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    Path(speaker(tmp_path, 'cat > "$6"')).rename(tmp_path / "espeak-ng")
    answer = CliRunner().invoke(main, ["voice", "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    assert [line.split(":")[0] for line in answer.output.splitlines()] == ["fr", "ar", "en", "sq"]


def test_without_espeak_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = CliRunner().invoke(main, ["voice", "--out", str(tmp_path / "out")])
    assert answer.exit_code == 1
    assert "apt install espeak-ng" in answer.output
