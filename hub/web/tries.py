"""Who asks, for the limits: the account that is signed in; else whence a try comes, whose name it types.

A limit by name alone lets any stranger keep a person out. So a name's failures count for each origin apart,
and a browser in which somebody signed in before is an origin of its own: it bears a cookie that says
so of the name typed, and nobody else's tries are counted against it. The cookie opens nothing.

Origins and names are counted in a fixed number of boxes, drawn by the hub's secret: the counters take the
same room whatever the world sends, and nobody can aim at another's box. Guesses are counted over restarts.
"""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as AnyResponse

from contract.clock import SystemClock
from hub.core.people_csv import likeness
from hub.web.guard import hub, is_strangers
from hub.web.tries_storage import GUESS

BOXES: Final = 1 << 14
_KNOWN_MS: Final = 400 * 86_400_000  # browsers keep no cookie longer
_MOST_NAMES: Final = 8
_UNKNOWN_SECONDS: Final = 900


def install(app: Flask) -> None:
    """Watch the limits; after the guard, so that what it turns away is not counted."""
    limiter.init_app(app)


def asker() -> str:
    """Who is signed in, each for themselves; on pages where that counts for nothing the origin."""
    who = g.get("account")
    return f"account {who.id}" if who and not is_strangers() else origin()


def origin() -> str:
    """The browser, where the name typed signed in before; else the address."""
    marks = _marks()
    if _mark(marks[0], _typed_name()) in marks[1:]:
        return f"browser {_box(marks[0])}"
    return whence()


def name_and_origin() -> str:
    """The name typed, from there. No name stands in it: what is exceeded is logged."""
    whence = origin()
    return f"{whence.partition(' ')[0]} {_box(f'{_typed_name()} {whence}')}"


def whence() -> str:
    """The address alone, for what no browser sends."""
    return f"address {_box(_network())}"


def bearer() -> str:
    """The token shown, whatever it is good for; else the address."""
    said = request.headers.get("Authorization", "")[:200]
    return f"token {_box(said)}" if said else whence()


def failed(answer: Response) -> bool:
    """Whether name and password were not right."""
    return answer.status_code == 401


def seconds_to_wait() -> int:
    """How long until the limit that was hit lets this one through again."""
    hit = limiter.current_limit
    if hit is None or not hit.breached:
        return _UNKNOWN_SECONDS
    now = SystemClock().wall_ms() // 1000  # the limits are counted by the machine's clock
    return max(1, hit.reset_at - now)


def remember_browser(answer: AnyResponse, name: str) -> AnyResponse:
    """Give the browser the cookie that says `name` signed in here; earlier names stay, up to eight."""
    browser, *marks = _marks()
    browser = browser or secrets.token_urlsafe(16)
    mine = _mark(browser, _folded(name))
    kept = [mine, *(mark for mark in marks if mark != mine)][:_MOST_NAMES]
    answer.set_cookie(
        _cookie_name(),
        ".".join((browser, *kept)),
        max_age=_KNOWN_MS // 1000,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=hub().settings.behind_https,
    )
    return answer


def _cookie_name() -> str:
    return "__Host-conciergerie-known" if hub().settings.behind_https else "conciergerie-known"


def _marks() -> list[str]:
    """What the cookie says: the browser's id (empty without a cookie), then a mark for each name."""
    return request.cookies.get(_cookie_name(), "")[:1000].split(".")


def _mark(browser: str, name: str) -> str:
    """Only this hub can make it, for this browser and name."""
    key = current_app.config["SECRET_KEY"]
    return hmac.new(key, f"known browser\n{browser}\n{name}".encode(errors="replace"), sha256).hexdigest()[
        :32
    ]


def _typed_name() -> str:
    return _folded(request.form.get("name", ""))


def _folded(name: str) -> str:
    return likeness(name[:120])


def _network() -> str:
    """The address; of IPv6 the 64 bits that one subscriber shares out at will."""
    text = get_remote_address()
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    return address.exploded[:19] if isinstance(address, IPv6Address) else text


def _box(what: str) -> int:
    key = current_app.config["SECRET_KEY"]
    drawn = hmac.new(key, f"box\n{what}".encode(errors="replace"), sha256).digest()
    return int.from_bytes(drawn[:4]) % BOXES


limiter = Limiter(asker, storage_uri="hub://", strategy="moving-window")


def guesses(limit: str, at: str, **more: Any) -> Callable[[Any], Any]:
    """Limit the tries at one door of the pages; `more` as `limiter.limit` takes it."""
    return limiter.shared_limit(limit, scope=f"{GUESS}{at}", **more)
