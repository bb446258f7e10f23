"""The kiosk's voices: recordings of people of the place first, then espeak-ng, rendered ahead into files.

A file is named by its prompt and by a check-sum of its words, so that words that change are rendered anew. It
appears whole or not at all. What neither a person nor espeak-ng says in a language is said in the fallback
language, or not at all; never by the browser.
"""

import hashlib
import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from contract.messages import Recording
from contract.prompts import Prompt, prompt_id
from kiosk.core.voice import Phrase

SPEAKER: Final = "espeak-ng"
WORDS_A_MINUTE: Final = 145
_RENDER_SECONDS: Final = 20
_MARK_DIGITS: Final = 8

log = logging.getLogger(__name__)


class Recordings(Protocol):
    """Where recordings come from (kiosk.knowledge.Knowledge)."""

    def recording(self, language: str, prompt: str) -> Recording | None:
        """What somebody recorded of it."""
        ...


@dataclass(frozen=True)
class Sound:
    """One file as it is served. `mark` changes when what is heard changes."""

    media_type: str
    mark: str
    content: bytes | Path

    def read(self) -> bytes:
        """Its bytes; OSError where the file has gone."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


class Library:
    """Rendered files in `directory`: one folder a language, `<prompt>-<check-sum of the words>.wav`."""

    def __init__(self, directory: Path, speaker: str | None = None) -> None:
        self._directory = directory
        self._speaker = speaker or shutil.which(SPEAKER)
        self._marks: dict[str, dict[str, str]] = {}
        """By language and prompt the check-sum of the words: thousands of paths would take megabytes."""
        for path in directory.glob("*/*.wav"):
            prompt, _, mark = path.stem.partition("-")
            self._marks.setdefault(path.parent.name, {})[prompt] = mark

    @property
    def can_speak(self) -> bool:
        """Whether espeak-ng is here."""
        return self._speaker is not None

    def find(self, language: str, prompt: str) -> Path | None:
        """The file that says this, if it was rendered."""
        mark = self._marks.get(language, {}).get(prompt)
        return None if mark is None else self._path(language, prompt, mark)

    def render(self, language: str, prompts: Iterable[Prompt], go_on: Callable[[], bool]) -> int:
        """Render what is missing or has changed, and forget the rest; how many files are new.

        `go_on` is asked before each file: it may wait, and stops with False. A language espeak-ng does not
        speak costs one warning.
        """
        wanted = {one.id: one for one in prompts}
        marks = self._marks.setdefault(language, {})
        new = 0
        for prompt in wanted.values():
            mark = _mark_of(prompt.text)
            if marks.get(prompt.id) == mark:
                continue
            if not (go_on() and self._say(language, prompt.text, self._path(language, prompt.id, mark))):
                return new
            old = marks.get(prompt.id)
            marks[prompt.id] = mark
            self._remove(language, prompt.id, old)
            new += 1
        for name in [name for name in marks if name not in wanted]:
            self._remove(language, name, marks.pop(name))
        return new

    def _path(self, language: str, prompt: str, mark: str) -> Path:
        return self._directory / language / f"{prompt}-{mark}.wav"

    def _remove(self, language: str, prompt: str, mark: str | None) -> None:
        if mark is not None:
            self._path(language, prompt, mark).unlink(missing_ok=True)

    def _say(self, language: str, text: str, target: Path) -> bool:
        if self._speaker is None:
            return False
        fresh = target.with_suffix(".part")
        command = [self._speaker, "-v", language, "-s", str(WORDS_A_MINUTE), "-w", str(fresh), "--stdin"]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                command, input=text.encode(), capture_output=True, check=True, timeout=_RENDER_SECONDS
            )
            fresh.replace(target)
        except (subprocess.SubprocessError, OSError) as error:
            log.warning("not rendered", extra={"language": language, "why": type(error).__name__})
            return False
        return True


class Voice:
    """What can be heard: phrases to addresses, addresses to sounds."""

    def __init__(self, recordings: Recordings, library: Library | None, fallback: str) -> None:
        self._recordings, self._library, self._fallback = recordings, library, fallback

    def sound(self, language: str, prompt: str) -> Sound | None:
        """The recording of this prompt in this very language, else the rendered file."""
        recording = self._recordings.recording(language, prompt)
        if recording is not None:
            mark = hashlib.sha256(recording.audio).hexdigest()[:_MARK_DIGITS]
            return Sound(recording.media_type, mark, recording.audio)
        path = self._library.find(language, prompt) if self._library is not None else None
        return None if path is None else Sound("audio/wav", path.stem[-_MARK_DIGITS:], path)

    def speaks(self, language: str) -> bool:
        """Whether anything is heard on a screen of this language: no button promises more."""
        name = prompt_id("Hello!")
        return any(self.sound(tongue, name) is not None for tongue in self._order(language))

    def addresses(self, phrases: Iterable[Phrase], language: str) -> list[str]:
        """Where the page finds what it plays, one after the other; what nobody says is passed over."""
        return [address for phrase in phrases for address in self._way(phrase, language)]

    def _way(self, phrase: Phrase, language: str) -> list[str]:
        meant = language if phrase.language is None else phrase.language or self._fallback
        for tongue in self._order(meant):
            for way in phrase.ways:
                sounds = [(prompt, self.sound(tongue, prompt)) for prompt in way]
                found = [f"/voice/{tongue}/{prompt}?{sound.mark}" for prompt, sound in sounds if sound]
                if len(found) == len(way):
                    return found
        return []

    def _order(self, language: str) -> tuple[str, ...]:
        return (language,) if language == self._fallback else (language, self._fallback)


def be_modest() -> None:
    """Let this thread's work, and what it starts, wait for all other work of the machine."""
    with suppress(OSError):  # a service may be forbidden to
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


def _mark_of(words: str) -> str:
    return hashlib.sha256(f"{WORDS_A_MINUTE} {words}".encode()).hexdigest()[:_MARK_DIGITS]
