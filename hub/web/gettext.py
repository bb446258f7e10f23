"""flask_babel's gettext with types: `_` and `ngettext`, under the names the extraction looks for."""

from typing import Any

import flask_babel


def _(message: str, **values: Any) -> str:
    """The message in the language of the request, with the values put in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The message for this number, which is `%(num)d` in it, with the values put in."""
    return str(flask_babel.ngettext(one, many, num, **values))
