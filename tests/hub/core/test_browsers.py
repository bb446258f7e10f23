"""What a browser says of itself, in two words."""

import pytest

from hub.core.browsers import browser_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"{WINDOWS} {WEBKIT} Chrome/126.0.0.0 Safari/537.36", "chrome windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "edge windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "firefox linux"),
        (f"{PHONE} Version/17.5 Mobile/15E148 Safari/604.1", "safari iphone"),
        (f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36", "chrome android"),
        ("curl/8.5.0", " "),
        ("", " "),
    ],
)
def test_a_browser_is_known_by_the_most_telling_word(said: str, words: str) -> None:
    assert browser_of(said) == words
