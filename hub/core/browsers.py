"""Which browser on which machine, from what it says of itself: for whoever looks through their sessions.

It says what it likes: nothing is decided by it.
"""

from typing import Final

_BROWSERS: Final = (
    ("Edg", "edge"),
    ("OPR/", "opera"),
    ("SamsungBrowser/", "samsung"),
    ("Firefox/", "firefox"),
    ("FxiOS/", "firefox"),
    ("Chrome/", "chrome"),
    ("CriOS/", "chrome"),
    ("Safari/", "safari"),
)
"""The first that is found: most browsers name others after themselves."""
_MACHINES: Final = (
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("Mac OS X", "mac"),
    ("CrOS", "chromebook"),
    ("Linux", "linux"),
)


def browser_of(user_agent: str) -> str:
    """`firefox linux`: two words, empty ones for what is not known."""
    return f"{_first(_BROWSERS, user_agent)} {_first(_MACHINES, user_agent)}"


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for mark, word in marks if mark in text), "")
