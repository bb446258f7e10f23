"""Telephone numbers and e-mail addresses as people write them, and as gateways want them. Pure."""

import re
from typing import Final

_FILLING: Final = re.compile(r"[ .\-/()\u00a0\u202f]")
_FRENCH: Final = re.compile(r"\+33[1-9][0-9]{8}")
_ANY: Final = re.compile(r"\+[1-9][0-9]{7,14}")
_MOBILE: Final = re.compile(r"^\+33[67]")


def telephone(written: str) -> str | None:
    """A number as gateways want it (E.164), `+33612345678`; None for what is none.

    Without a country it is French; a French one has its nine digits after +33.
    """
    number = _FILLING.sub("", written)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("0"):
        number = f"+33{number[1:]}"
    elif number.startswith("+330"):
        number = f"+33{number[4:]}"
    form = _FRENCH if number.startswith("+33") else _ANY
    return number if form.fullmatch(number) else None


def takes_messages(number: str) -> bool:
    """Whether a text message can reach this number (E.164): in France only mobile telephones have them."""
    return not number.startswith("+33") or _MOBILE.match(number) is not None


def is_address(written: str) -> bool:
    """Whether this can be an e-mail address of one person."""
    name, at, host = written.strip().partition("@")
    plain = not any(mark.isspace() or mark in ',;<>"' for mark in written.strip())
    return bool(name and at and "." in host.strip(".") and "@" not in host and plain)
