"""The voices of a site's kiosks: what they say, to be recorded by people of the place."""

import re
from typing import Final

from babel import Locale, UnknownLocaleError
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from contract.prompts import NAME, Prompt, prompt_id, values
from contract.prompts.listed import prompts, sentences
from hub.core import sounds
from hub.store import audit
from hub.store.database import Connection, reading, writing
from hub.store.recordings import (
    TooManyError,
    recorded_languages,
    recorded_prompts,
    recording,
    remove_recording,
    save_recording,
)
from hub.web.gettext import _
from hub.web.guard import account, hub, now_ms, uses
from hub.web.places import site_or_404

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}\Z")

page = Blueprint("voices", __name__, url_prefix="/sites/<site>/voix")


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(page)


@page.get("")
def show(site: str) -> ResponseReturnValue:
    """The languages there are, and a place for a new one."""
    wanted = request.args.get("language", "").strip().lower()
    if wanted and _LANGUAGE.match(wanted):
        return redirect(url_for("voices.language", site=site, language=wanted))
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        counts = recorded_languages(connection, site)
    codes = dict.fromkeys([*row.languages.split(","), *sorted(counts)])
    listed = [(code, language_name(code), counts.get(code, 0), len(_prompts(code))) for code in codes]
    answer = render_template("voices.html", site=row, tongues=listed, wrong=bool(wanted))
    return answer, 422 if wanted else 200


@page.get("/<language>")
def language(site: str, language: str) -> ResponseReturnValue:
    """All that is said in a language, with what was recorded of it."""
    said = _prompts_or_404(language)
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        recorded = recorded_prompts(connection, site, language)
    uses("microphone")
    return render_template(
        "voice.html",
        site=row,
        tongue=language,
        name=language_name(language),
        has_words=any(language in words for words in sentences().values()),
        groups=_groups(said),
        recorded=recorded,
        largest=sounds.LARGEST,
    )


@page.get("/<language>/<prompt>")
def listen(site: str, language: str, prompt: str) -> ResponseReturnValue:
    """What was recorded of it."""
    with reading(hub().engine) as connection:
        found = recording(connection, site, language, prompt)
    if found is None:
        abort(404)
    return Response(bytes(found.audio), mimetype=found.media_type)


@page.post("/<language>/<prompt>")
def record(site: str, language: str, prompt: str) -> ResponseReturnValue:
    """Take a recording in; the answer is the prompt as the page shows it now."""
    one = _prompt_or_404(language, prompt)
    content = _sent()
    kind = sounds.media_type(content)
    if not content or len(content) > sounds.LARGEST or kind is None:
        return _line(site, language, one, wrong=_fault(content)), 422
    try:
        with writing(hub().engine) as connection:
            site_or_404(connection, site)
            save_recording(
                connection,
                site,
                language,
                prompt,
                media_type=kind,
                audio=content,
                account=account().id,
                now_ms=now_ms(),
            )
            _note(connection, "voice_recorded", site, language, prompt)
    except TooManyError:
        return _line(site, language, one, wrong=_("There is no room for more recordings.")), 422
    return _line(site, language, one)


@page.post("/<language>/<prompt>/effacer")
def remove(site: str, language: str, prompt: str) -> ResponseReturnValue:
    """Forget a recording; the kiosk speaks with its own voice again."""
    one = _prompt_or_404(language, prompt)
    with writing(hub().engine) as connection:
        site_or_404(connection, site)
        if remove_recording(connection, site, language, prompt, now_ms()):
            _note(connection, "voice_removed", site, language, prompt)
    return _line(site, language, one)


def language_name(code: str) -> str:
    """A language in its own words, else its code."""
    try:
        return (Locale.parse(code).get_display_name(code) or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


def _line(site: str, language: str, one: Prompt, wrong: str = "") -> str:
    with reading(hub().engine) as connection:
        row = site_or_404(connection, site)
        recorded = recorded_prompts(connection, site, language)
    return render_template(
        "voice_prompt.html", site=row, tongue=language, one=one, recorded=recorded, wrong=wrong
    )


def _sent() -> bytes:
    file = request.files.get("audio")
    return file.read(sounds.LARGEST + 1) if file is not None else b""


def _fault(content: bytes) -> str:
    if not content:
        return _("Nothing was recorded. Try once more.")
    if len(content) > sounds.LARGEST and sounds.media_type(content) == "audio/wav":
        return _("A WAV file is too heavy. Record it here, or choose an MP3 or OGG file.")
    if len(content) > sounds.LARGEST:
        return _("That is too long. Say only the sentence.")
    return _("That is no sound the kiosk can play.")


def _note(connection: Connection, deed: str, site: str, language: str, prompt: str) -> None:
    audit.note(connection, now_ms(), account().id, deed, site=site, subject=prompt, detail=language)


def _prompts(language: str) -> dict[str, Prompt]:
    """What is said in a language, by id: each once."""
    return {one.id: one for one in prompts(language)}


def _prompts_or_404(language: str) -> dict[str, Prompt]:
    if not _LANGUAGE.match(language):
        abort(404)
    return _prompts(language)


def _prompt_or_404(language: str, prompt: str) -> Prompt:
    found = _prompts_or_404(language).get(prompt)
    if found is None:
        abort(404)
    return found


def _groups(said: dict[str, Prompt]) -> list[tuple[str, list[Prompt]]]:
    """Name, sentences, numbers and letters."""
    name, signs = prompt_id(NAME), {one.id: one.text.isdigit() for one in values()}
    return [
        (_("The name of the language"), [said[name]]),
        (_("Sentences"), [one for key, one in said.items() if key != name and key not in signs]),
        (_("Numbers"), [said[key] for key, is_number in signs.items() if is_number]),
        (_("Letters"), [said[key] for key, is_number in signs.items() if not is_number]),
    ]
