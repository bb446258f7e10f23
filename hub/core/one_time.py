"""Codes of six digits that a telephone makes every half minute from a secret it shares (RFC 6238, 4226)."""

import base64
import hmac
from typing import Final

STEP_MS: Final = 30_000
DIGITS: Final = 6
_BESIDE: Final = (-1, 0, 1)
"""Clocks of telephones are not ours: the steps beside the present one are taken too."""


def code_at(secret: bytes, step: int) -> str:
    """The code of one step, counted from 1970."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    begin = digest[-1] & 0x0F
    number = int.from_bytes(digest[begin : begin + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, code: str, now_ms: int, after: int) -> int | None:
    """The step this is the code of, later than the last one used; None where it is none."""
    present = now_ms // STEP_MS
    fitting = (
        step
        for step in (present + beside for beside in _BESIDE)
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode(errors="replace"))
    )
    return next(fitting, None)


def written(secret: bytes) -> str:
    """The secret in letters and digits, for typing it."""
    return base64.b32encode(secret).decode().rstrip("=")
