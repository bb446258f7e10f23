"""Under which names the pages are reached, and whether a request names one of them. Pure.

(What the framework has for it knows no IPv6 address.)
"""

import re
from collections.abc import Iterable
from typing import Final

_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_EVERYWHERE: Final = ("", "0.0.0.0", "::")  # noqa: S104 - compared
_PORT: Final = re.compile(r":[0-9]+\Z")


def own_names(named: Iterable[str], listens_on: str) -> tuple[str, ...]:
    """The names given, else the loopback ones and the address listened on."""
    if given := tuple(named):
        return given
    return _LOOPBACK if listens_on in (*_LOOPBACK, *_EVERYWHERE) else (*_LOOPBACK, listens_on)


def is_own(host: str, names: Iterable[str]) -> bool:
    """Whether what a request calls the hub (`name`, `name:port`, `[address]:port`) is one of these; one that
    begins with a dot stands for all names that end so.
    """
    asked = _bare(_PORT.sub("", host))
    return bool(asked) and any(
        asked == _bare(name) or (name.startswith(".") and f".{asked}".endswith(_bare(name))) for name in names
    )


def _bare(name: str) -> str:
    """As a browser sends it, but for the brackets of an IPv6 address."""
    name = name.strip("[]").lower()
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return ""
