"""What a language calls itself, and which way its words run."""

from typing import Final

from babel import Locale, UnknownLocaleError

KNOWN: Final = {
    "ar": ("العربية", "rtl"),
    "en": ("English", "ltr"),
    "fr": ("français", "ltr"),
    "sq": ("shqip", "ltr"),
}
"""Of those that have catalogues, as Babel has them: its data on these four take 8 MB of a kiosk's 60."""


def own_name(code: str) -> str:
    """Its name in itself; the code where nobody knows it."""
    return _of(code)[0]


def direction(code: str) -> str:
    """`ltr` or `rtl`."""
    return _of(code)[1]


def _of(code: str) -> tuple[str, str]:
    return KNOWN.get(code) or in_babel(code)


def in_babel(code: str) -> tuple[str, str]:
    """The same of any language, by Babel."""
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return code, "ltr"
    return locale.get_display_name(code) or code, str(locale.text_direction)
