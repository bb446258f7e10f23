"""One look for kiosk, hub and paper: style sheets, fonts, drawings and the templates that use them.

Data only. A program adds `TEMPLATES` to its Jinja loader and serves `STATIC` under `/look/`; the
drawings refer to each other by that path. `vendored.toml` names what was taken from others.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
"""Files served under `/look/`, as they are."""
TEMPLATES: Final = Path(__file__).parent / "templates"
"""Jinja templates: `look/icon.html`, `look/code.html`, `look/lockers.html`."""

PICTURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shirt": "shirt",
        "bag": "shopping-bag",
        "needle": "needle-thread",
        "shoes": "shoe",
        "phone": "device-mobile",
        "basket": "basket",
        "tray": "tools-kitchen-2",
        "gift": "gift",
    }
)
"""The pictures a service may have, by the name its document bears, and the drawing of `icons.svg` each is."""


def drawing_of(picture: str) -> str:
    """The drawing of a service's picture; a bag for a name of another version."""
    return PICTURES.get(picture, PICTURES["bag"])
