"""Rendering the kiosk's words ahead: `python -m kiosk voice`, and in the background of a kiosk that runs."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from contract.messages import Closure, Service, SiteCard
from contract.prompts import NAME, Prompt, pieces, prompt_id, values
from contract.prompts.listed import sentences
from kiosk.config import languages
from kiosk.core.catalogue import said
from kiosk.languages import own_name
from kiosk.voice import Library, be_modest
from kiosk.web.pages import TRANSLATIONS

LOOK_SECONDS: Final = 30.0
"""How soon changed words of the site are rendered."""
BUSY_SECONDS: Final = 1.0
"""How soon it is seen that somebody has gone."""


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The directory for the files: voice in the kiosk's data directory.",
)
@click.option("--home", default="fr", help="The language to begin with.")
def voice(out: Path, home: str) -> None:
    """Render all that the screens say, in every language, with espeak-ng."""
    library = Library(out)
    if not library.can_speak:
        raise click.ClickException("espeak-ng is not installed: sudo apt install espeak-ng")
    for language in languages(TRANSLATIONS, home):
        new = library.render(language, said_in(language), lambda: True)
        click.echo(f"{language}: {new} new files")


class RenderAhead:
    """Renders what is missing, behind a kiosk that runs, and the site's own words whenever they change.

    Not while somebody stands there, who would wait for it. `tongues`: the home language first. `own`: the
    site's own words. `on_news`: called after each language that has new files. `is_free`: whether nobody
    stands there.
    """

    def __init__(
        self,
        library: Library,
        tongues: Sequence[str],
        own: Callable[[], tuple[Prompt, ...]],
        on_news: Callable[[], None],
        is_free: Callable[[], bool],
    ) -> None:
        self._library, self._tongues, self._own, self._on_news = library, tongues, own, on_news
        self._is_free = is_free
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    def start(self) -> None:
        """Begin, where espeak-ng is installed."""
        if self._library.can_speak:
            self._thread.start()

    def stop(self) -> None:
        """End, at most after the sentence that is being rendered."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _run(self) -> None:
        be_modest()
        own = self._own()
        for language in self._tongues:
            self._render(language, own if language == self._tongues[0] else ())
        while not self._stop.wait(LOOK_SECONDS):
            if (now := self._own()) != own:
                own = now
                self._render(self._tongues[0], own)

    def _render(self, language: str, own: Iterable[Prompt]) -> None:
        if self._library.render(language, (*said_in(language), *own), self._go_on):
            self._on_news()
        sentences.cache_clear()  # not asked for again until words change

    def _go_on(self) -> bool:
        while not (self._is_free() or self._stop.wait(BUSY_SECONDS)):
            pass
        return not self._stop.is_set()


def own_words(
    site: SiteCard | None, services: Iterable[Service], home: str, closure: Closure | None = None
) -> tuple[Prompt, ...]:
    """What the site says of itself, of its services and of why it is closed, in its own words."""
    texts = [] if site is None else [site.helper, site.helper_hours, *(one.name for one in site.attendance)]
    if closure is not None:
        texts.append(closure.text)
    for service in services:
        texts += [said(service.name, home), *(said(one.name, home) for one in service.options)]
    return tuple(Prompt(prompt_id(text), text) for text in dict.fromkeys(texts) if text)


def said_in(language: str) -> Iterator[Prompt]:
    """All that is said in a language: sentences that have words in it, numbers, letters and its own name."""
    for key, words in sentences().items():
        if language in words:
            yield from pieces(key, words[language])
    yield from values()
    yield Prompt(prompt_id(NAME), own_name(language))
