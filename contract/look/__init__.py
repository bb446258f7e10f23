"""One look for kiosk, hub and paper: style sheets, fonts, drawings and the templates that use them.

Data only. A program adds `TEMPLATES` to its Jinja loader and serves `STATIC` under `/look/`; the
drawings refer to each other by that path. `vendored.toml` names what was taken from others.
"""

from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
"""Files served under `/look/`, as they are."""
TEMPLATES: Final = Path(__file__).parent / "templates"
"""Jinja templates: `look/icon.html`, `look/code.html`, `look/lockers.html`."""
