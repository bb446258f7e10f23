"""D6: a language is added by recording it; what nobody recorded is said in French."""

from pathlib import Path

from contract.prompts import NAME, prompt_id
from tests.fakes.kiosk import hum
from tests.fakes.site import Seeded, opened_site
from tests.fakes.waiting import patiently

HELLO, COLLECT = hum(0.3, 1), hum(0.2, 2)


def test_a_language_recorded_at_the_hub_is_spoken_at_the_kiosk_with_the_line_cut(
    seed: Seeded, espeak_path: Path, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path, speaks=True) as site:
        screen = site.screen
        patiently(lambda: "/do/listen" in screen.html())
        for key, sound in (("Hello!", HELLO), ("Collect", COLLECT)):
            site.pages().record("zgh", prompt_id(key), sound)
        screen.touch("show", value="languages")
        site.pages().record("tzm", prompt_id(NAME), hum(0.1))  # the last: with it all have come
        patiently(lambda: 'value="tzm"' in screen.html())
        site.line.cut()

        screen.touch("speak", value="zgh")
        screen.touch("listen")
        patiently(lambda: len(screen.said()) == 6)
        hello, prose, collect, *_ = screen.said()
        assert (screen.sound(hello), screen.sound(collect)) == (HELLO, COLLECT)
        assert prose.startswith("/voice/fr/")
        assert screen.sound(prose)[:4] == b"RIFF"

        for touch in ("typing", "leave"):
            screen.touch(touch)
        assert screen.said() == []
