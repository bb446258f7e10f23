"""Rendering the kiosk's words ahead: `python -m kiosk voice`, and in the background of a kiosk that runs."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po

from contract.prompts import NAME, Prompt, pieces, prompt_id, values
from contract.prompts.listed import sentences
from kiosk.config import SOURCE_LANGUAGE, languages
from kiosk.voice import Library, be_modest
from kiosk.web.pages import TRANSLATIONS


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
        new = library.render(language, said_in(language), threading.Event())
        click.echo(f"{language}: {new} new files")


def render_behind(
    library: Library, tongues: Sequence[str], on_news: Callable[[], None], stop: threading.Event
) -> threading.Thread:
    """Render in a modest thread what is missing; `on_news` after each language that has new files."""

    def render() -> None:
        be_modest()
        for language in tongues:
            if not stop.is_set() and library.render(language, said_in(language), stop):
                on_news()

    thread = threading.Thread(target=render, name="voice", daemon=True)
    if library.can_speak:
        thread.start()
    return thread


def said_in(language: str, translations: Path = TRANSLATIONS) -> Iterator[Prompt]:
    """All that is said in a language: what its catalogue has, numbers, letters and its own name."""
    words = _catalogue(language, translations)
    for key in sentences():
        if key in words:
            yield from pieces(key, words[key])
    yield from values()
    yield Prompt(prompt_id(NAME), _name(language))


def _catalogue(language: str, translations: Path) -> dict[str, str]:
    if language == SOURCE_LANGUAGE:
        return {key: key for key in sentences()}
    with (translations / language / "LC_MESSAGES/messages.po").open("rb") as file:
        found = read_po(file, locale=None)
        return {one.id: one.string for one in found if isinstance(one.id, str) and one.string and not one.fuzzy}


def _name(language: str) -> str:
    try:
        return Locale.parse(language).get_display_name(language) or language
    except (UnknownLocaleError, ValueError):
        return language
