"""Handing a message to an SMS gateway or a mail server, through apprise.

A gateway is one address (`hub.toml`, `[notify]`) with `{to}` where the person's number or address goes. What
comes back is yes, no for good, or not now, in words of ours: a gateway's own may repeat the number, the
address or the text, and apprise's log does. So nothing of either is kept or logged.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import quote

import apprise

from hub.core.notices import Channel, is_refusal
from hub.notify.texts import Text

_STATUS: Final = re.compile(r"\berror=(\d{3})\b|\((\d{3}), b['\"]|\brefused: (\d{3})\b")
"""How apprise's log names the answer of an HTTP gateway, and of a mail server."""
_TROUBLE: Final[dict[int, Literal["", "credit", "account"]]] = {
    401: "account",
    402: "credit",
    403: "account",
    535: "account",  # a mail server that does not take the password
}
_TIMES: Final = {"cto": "5", "rto": "10"}
_NOBODY: Final[dict[Channel, str]] = {"sms": "+33600000000", "email": "nobody@example.org"}


class GatewayError(Exception):
    """An address apprise cannot use; the text names the setting, never what it says."""


@dataclass(frozen=True)
class Answer:
    """`taken`: the gateway has the message. `refused`: it never will. `why` in words, empty if taken.

    `trouble`: no message of anybody will pass before somebody sees to the account at the gateway: it is used
    up (`credit`), or its keys are not taken (`account`).
    """

    taken: bool
    refused: bool = False
    why: str = ""
    trouble: Literal["", "credit", "account"] = ""


class Gateways(Protocol):
    """The ways out of this hub."""

    @property
    def ways(self) -> frozenset[Channel]:
        """The channels that have a gateway."""
        ...

    def send(self, channel: Channel, to: str, text: Text) -> Answer:
        """Hand over one message by one of the ways, and wait for the answer, some seconds at most."""
        ...


class Several:
    """Gateways beside each other; the first that has a way is asked to go it."""

    def __init__(self, *gateways: Gateways) -> None:
        self._by_way: dict[Channel, Gateways] = {
            way: gateway for gateway in reversed(gateways) for way in gateway.ways
        }

    @property
    def ways(self) -> frozenset[Channel]:
        """All of them."""
        return frozenset(self._by_way)

    def send(self, channel: Channel, to: str, text: Text) -> Answer:
        """Hand over to whoever has this way."""
        return self._by_way[channel].send(channel, to, text)


class AppriseGateways:
    """Gateways by their apprise addresses; an empty address is a channel nobody has."""

    def __init__(self, sms: str, email: str, sender: str, *, patience_seconds: float = 20) -> None:
        """Raises GatewayError. `sender` goes where an address says `{from}`.

        No message takes longer than `patience_seconds`, however slowly a gateway speaks.
        """
        self._patience_seconds = patience_seconds
        given: dict[Channel, str] = {"sms": sms, "email": email}
        self._addresses = {channel: address for channel, address in given.items() if address}
        self._sender = sender
        _silence()
        for channel in self._addresses:
            if self._open(channel, _NOBODY[channel]) is None:
                raise GatewayError(f"hub.toml: notify.{channel} is no address of a gateway (see apprise)")

    @property
    def ways(self) -> frozenset[Channel]:
        """The channels that have a gateway."""
        return frozenset(self._addresses)

    def send(self, channel: Channel, to: str, text: Text) -> Answer:
        """Hand over one message and wait for the answer. Never raises for what a gateway does."""
        gateway = self._open(channel, to)
        if gateway is None:
            return Answer(False, refused=True, why="the gateway cannot write to such an address")
        mail = channel == "email"
        result = gateway.notify(
            text.html() if mail else text.body,
            text.title,
            body_format=apprise.NotifyFormat.HTML if mail else apprise.NotifyFormat.TEXT,
            log_level=logging.DEBUG,
            interpret_escapes=False,
            timeout=self._patience_seconds,
        )
        if result:
            return Answer(True)
        return answer_of(_status(entry.message for entry in result.logs()))

    def _open(self, channel: Channel, to: str) -> apprise.Apprise | None:
        address = self._addresses[channel].replace("{to}", quote(to, safe=""))
        address = address.replace("{from}", quote(self._sender, safe=""))
        times = [f"{name}={value}" for name, value in _TIMES.items() if f"{name}=" not in address]
        gateway = apprise.Apprise(asset=_asset())
        whole = "&".join([address if "?" in address else f"{address}?", *times])
        return gateway if gateway.add(whole) else None


def _asset() -> apprise.AppriseAsset:
    """One after the other, and in memory: a text on a disk would be a code on a disk."""
    return apprise.AppriseAsset(
        app_id="conciergerie",
        async_mode=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        result_log_disk_size=0,
    )


def _silence() -> None:
    """Apprise says everything to its own logger, and that one to nobody: only `notify` listens, in memory."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)


def _status(lines: Iterable[str]) -> int | None:
    """The three digits a gateway answered with, if it answered."""
    for line in lines:
        if found := _STATUS.search(line):
            return int(found[1] or found[2] or found[3])
    return None


def answer_of(status: int | None) -> Answer:
    """What a gateway meant by the status it answered with (HTTP or SMTP), if it answered."""
    if status is None:
        return Answer(False, why="the gateway does not answer")
    if is_refusal(status):
        return Answer(False, refused=True, why=f"the gateway refused it ({status})")
    why = f"the gateway could not take it ({status})"
    return Answer(False, why=why, trouble=_TROUBLE.get(status, ""))
