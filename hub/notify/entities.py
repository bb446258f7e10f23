"""How a house automation shows a site's doors and machines: in the first language of the site."""

from hub.core.home_assistant import Words
from hub.notify.texts import spoken, words_of


def entity_words(languages: str) -> Words:
    """The words of a site with these languages (comma-separated, its own first)."""
    _ = words_of(spoken(languages.split(",")[0])).gettext
    return Words(
        door=_("Door %(door)s"),
        free=_("Free doors"),
        to_see=_("Doors to see to"),
        kiosk=_("Kiosk"),
        lockers=_("Lockers"),
    )
