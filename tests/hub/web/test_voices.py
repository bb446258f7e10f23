"""Voices of a site: recorded by anybody of the desk, heard at the site's kiosks, taken back at once."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contract.messages import Recording
from contract.prompts import NAME, prompt_id
from hub.core import sounds
from hub.store import recordings as store
from hub.store.database import reading
from hub.store.tables import audit
from tests.fakes.hub_scene import Scene
from tests.fakes.kiosk import hum

VOICES = "/sites/borny/voix"
HELLO = prompt_id("Hello!")


def record(client: FlaskClient, content: bytes, prompt: str = HELLO, language: str = "sq") -> tuple[int, str]:
    data = {"audio": (io.BytesIO(content), "parcel.exe", "application/x-msdownload")}
    answer = client.post(f"{VOICES}/{language}/{prompt}", data=data)
    return answer.status_code, answer.text


def at_the_kiosk(scene: Scene, language: str, prompt: str = HELLO) -> Recording | None:
    scene.kiosk.hear(scene.hub.ingest.tick())
    found = scene.kiosk.feed.get(f"voice/{language}/{prompt}")
    assert found is None or isinstance(found, Recording)
    return found


def test_a_recording_reaches_the_kiosk_whole_and_can_be_heard_and_taken_back(
    concierge: FlaskClient, scene: Scene
) -> None:
    scene.connect()
    sound = hum(3.6)
    assert len(sound) < sounds.LARGEST
    status, line = record(concierge, sound)
    assert status == 200
    assert "Réenregistrer" in line
    heard = at_the_kiosk(scene, "sq")
    assert heard is not None
    assert (heard.audio, heard.media_type, heard.language) == (sound, "audio/wav", "sq")
    answer = concierge.get(f"{VOICES}/sq/{HELLO}")
    assert (answer.data, answer.mimetype) == (sound, "audio/wav")
    assert concierge.post(f"{VOICES}/sq/{HELLO}/effacer").status_code == 200
    assert at_the_kiosk(scene, "sq") is None
    assert concierge.get(f"{VOICES}/sq/{HELLO}").status_code == 404


def test_the_largest_recordings_of_a_language_fit_through_the_feed(
    concierge: FlaskClient, scene: Scene
) -> None:
    sound = hum(0.1) + bytes(sounds.LARGEST - len(hum(0.1)))
    for key in ("Hello!", "Help", "Back"):
        assert record(concierge, sound, prompt_id(key))[0] == 200
    scene.connect()
    assert len(scene.kiosk.feed.documents("voice/sq/")) == 3


def test_a_second_recording_takes_the_place_of_the_first(concierge: FlaskClient, scene: Scene) -> None:
    record(concierge, hum(0.1))
    record(concierge, hum(0.2))
    scene.connect()
    heard = at_the_kiosk(scene, "sq")
    assert heard is not None
    assert heard.audio == hum(0.2)
    with reading(scene.hub.engine) as connection:
        deeds = (
            connection.execute(select(audit.c.detail).where(audit.c.action == "voice_recorded"))
            .scalars()
            .all()
        )
    assert deeds == ["sq", "sq"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Rien n’a été enregistré"),
        (b"<script>alert(1)</script>", "ne peut pas jouer"),
        (hum(0.1) + bytes(sounds.LARGEST), "Ce fichier WAV est trop lourd"),
        (b"OggS" + bytes(sounds.LARGEST), "trop long"),
    ],
)
def test_what_is_no_short_sound_is_refused_with_its_reason(
    concierge: FlaskClient, content: bytes, words: str
) -> None:
    status, line = record(concierge, content)
    assert status == 422
    assert words in line
    assert concierge.get(f"{VOICES}/sq/{HELLO}").status_code == 404


@pytest.mark.parametrize("path", [f"SQ/{HELLO}", f"sqip/{HELLO}", "sq/0123456789abcdef", "sq/x"])
def test_a_prompt_or_language_there_is_not_is_404(concierge: FlaskClient, path: str) -> None:
    data = {"audio": (io.BytesIO(hum(0.1)), "x.wav")}
    assert concierge.post(f"{VOICES}/{path}", data=data).status_code == 404


def test_there_is_room_for_so_many_and_no_more(
    concierge: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST", 1)
    assert record(concierge, hum(0.1))[0] == 200
    assert record(concierge, hum(0.2))[0] == 200
    status, line = record(concierge, hum(0.1), prompt_id("Help"))
    assert status == 422
    assert "plus de place" in line


def test_the_page_lists_every_line_in_its_language_or_in_french(concierge: FlaskClient) -> None:
    albanian = concierge.get(f"{VOICES}/sq").text
    assert "Kodi juaj" in albanian
    assert "dites chacune" not in albanian
    tarifit = concierge.get(f"{VOICES}/rif")
    assert "Votre code" in tarifit.text
    assert "dites chacune" in tarifit.text
    assert f"/voix/rif/{prompt_id(NAME)}" in tarifit.text
    assert "microphone=(self)" in tarifit.headers["Permissions-Policy"]
    assert "microphone=()" in concierge.get("/").headers["Permissions-Policy"]


def test_a_language_is_begun_with_its_letters(concierge: FlaskClient) -> None:
    assert "Voix de la borne" in concierge.get("/sites/borny/equipe").text
    record(concierge, hum(0.1), language="shi")
    assert "1 sur" in concierge.get(VOICES).text
    assert concierge.get(f"{VOICES}?language=RIF").headers["Location"].endswith("/voix/rif")
    wrong = concierge.get(f"{VOICES}?language=tarifit")
    assert wrong.status_code == 422
    assert "sans accent" in wrong.text


def test_strangers_hear_nothing(stranger: FlaskClient) -> None:
    assert stranger.get(f"{VOICES}/sq").status_code == 302
    assert record(stranger, hum(0.1))[0] == 401
