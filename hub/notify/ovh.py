"""The SMS service of OVHcloud, over its signed API (POST /sms/{service}/jobs, GET /auth/time).

Each request bears `$1$` and the SHA-1 of application secret, consumer key, method, address, body and second,
joined by `+`. OVH refuses what is not of its own time, so that is asked for first and whenever it says so.
Nothing of a key, a number or a text is logged or kept in an answer.
"""

import json
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import requests

from contract.clock import Clock
from hub.core.notices import Channel
from hub.core.sms import length
from hub.notify.gateways import Answer, GatewayError, answer_of
from hub.notify.texts import Text

KEYS: Final = ("application_key", "application_secret", "consumer_key")

_CONNECT_SECONDS, _READ_SECONDS, _MOST_SECONDS = 5, 10, 20
_MOST_BYTES: Final = 16_384
_OUT_OF_TIME: Final = frozenset({"QUERY_TIME_OUT", "INVALID_TIMESTAMP"})
_VALID_MINUTES: Final = 24 * 60
"""How long OVH tries to reach a telephone that is switched off."""


@dataclass(frozen=True)
class OvhKeys:
    """What OVH gives an application for one account."""

    application_key: str
    application_secret: str = field(repr=False)
    consumer_key: str = field(repr=False)


def read_keys(file: Path | None, environment: Mapping[str, str]) -> OvhKeys:
    """The keys from `OVH_APPLICATION_KEY` and so on, else from a file like OVH's own `ovh.conf`.

    Raises GatewayError, which never repeats what was read.
    """
    told = {name: environment.get(f"OVH_{name.upper()}", "").strip() for name in KEYS}
    if file is not None and not all(told.values()):
        told = _from_file(file) | {name: value for name, value in told.items() if value}
    missing = [name for name in KEYS if not told.get(name)]
    if missing:
        where = f"in {file} or " if file is not None else ""
        raise GatewayError(f"OVH: {missing[0]} is missing: write it {where}as OVH_{missing[0].upper()}")
    return OvhKeys(**{name: told[name] for name in KEYS})


def _from_file(file: Path) -> dict[str, str]:
    try:
        if file.stat().st_mode & 0o077:
            raise GatewayError(f"{file} can be read by others: chmod 600 {file}")
        read = ConfigParser(interpolation=None)
        read.read_string(file.read_text())
    except OSError as error:
        raise GatewayError(f"{file} (notify.ovh.keys) cannot be read: {error.strerror}") from None
    except (ConfigError, UnicodeDecodeError):
        raise GatewayError(f"{file} is no file like ovh.conf: a line [ovh-eu], then  name=value") from None
    return next((dict(read[name]) for name in read.sections() if KEYS[0] in read[name]), {})


class OvhSms:
    """One SMS account at OVH; `sender` as OVH knows it, empty for a short number of theirs."""

    def __init__(self, keys: OvhKeys, service: str, sender: str, address: str, clock: Clock) -> None:
        self._keys, self._sender, self._clock = keys, sender, clock
        self._jobs = f"{address}/sms/{quote(service, safe='')}/jobs"
        self._time = f"{address}/auth/time"
        self._offset_seconds: int | None = None

    @property
    def ways(self) -> frozenset[Channel]:
        """Text messages only."""
        return frozenset({"sms"})

    def send(self, channel: Channel, to: str, text: Text) -> Answer:
        """Hand over one message and wait for the answer. Never raises for what OVH does."""
        body = json.dumps(self._job(to, text.body))
        try:
            status, said = self._post(body)
            if status >= 400 and str(said.get("errorCode")) in _OUT_OF_TIME:
                self._offset_seconds = None
                status, said = self._post(body)
        except requests.RequestException:
            return Answer(False, why="the gateway does not answer")
        return _answer(status, said)

    def _job(self, to: str, body: str) -> dict[str, Any]:
        sender = {"sender": self._sender} if self._sender else {"senderForResponse": True}
        return sender | {
            "receivers": [to],
            "message": body,
            "charset": "UTF-8",
            "class": "phoneDisplay",
            "coding": "7bit" if length(body).coding == "GSM-7" else "8bit",
            "noStopClause": True,  # no advertising: without the words about STOP, and at once
            "priority": "high",
            "validityPeriod": _VALID_MINUTES,
        }

    def _post(self, body: str) -> tuple[int, dict[str, Any]]:
        if self._offset_seconds is None:
            self._offset_seconds = self._hour_there() - self._seconds()
        second = self._seconds() + self._offset_seconds
        keys = self._keys
        signed = [keys.application_secret, keys.consumer_key, "POST", self._jobs, body, str(second)]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Ovh-Application": keys.application_key,
            "X-Ovh-Consumer": keys.consumer_key,
            "X-Ovh-Timestamp": str(second),
            "X-Ovh-Signature": "$1$" + sha1("+".join(signed).encode()).hexdigest(),  # noqa: S324 - theirs
        }
        status, said = self._call("POST", self._jobs, headers, body.encode())
        return status, said if isinstance(said, dict) else {}

    def _hour_there(self) -> int:
        status, said = self._call("GET", self._time, {}, None)
        if status != requests.codes.ok or not isinstance(said, int):
            raise requests.RequestException("no hour")
        return said

    def _seconds(self) -> int:
        return self._clock.wall_ms() // 1000

    def _call(
        self, method: str, address: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, Any]:
        """Status and what was said; None where that is no JSON, or does not come to an end."""
        with requests.request(
            method,
            address,
            headers=headers,
            data=body,
            timeout=(_CONNECT_SECONDS, _READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            try:
                return response.status_code, json.loads(self._read(response))
            except (ValueError, RecursionError):
                return response.status_code, None

    def _read(self, response: requests.Response) -> bytes:
        """As it comes, so that an answer that never ends is left after its time."""
        end_ms = self._clock.mono_ms() + _MOST_SECONDS * 1000
        read = b""
        while chunk := response.raw.read1(_MOST_BYTES, decode_content=True):
            read += chunk
            if len(read) > _MOST_BYTES or self._clock.mono_ms() > end_ms:
                raise requests.ReadTimeout("an answer without an end")
        return read


def _answer(status: int, said: dict[str, Any]) -> Answer:
    if status == requests.codes.ok:
        if said.get("validReceivers") or said.get("ids"):
            return Answer(True)
        if said.get("invalidReceivers"):
            return Answer(False, refused=True, why="the gateway cannot write to such an address")
        return Answer(False, why=f"the gateway could not take it ({status})")
    if "credit" in str(said.get("message", "")).lower():
        return Answer(False, why=f"the gateway could not take it ({status})", trouble="credit")
    if said.get("errorCode") == "INVALID_SIGNATURE":
        return Answer(False, why=f"the gateway could not take it ({status})", trouble="account")
    return answer_of(status)
