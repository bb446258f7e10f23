"""Somebody with the rights of a hub broker's administrator: hears and says everything, has no key of ours."""

import os
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from contract import messages as m
from contract import topics
from contract.broker_password import new_password, password_line
from contract.clock import SystemClock
from contract.codec import ContractError, decode, encode
from deploy.demo.plan import BRIDGE
from tests.fakes.mqtt import BareClient, Received
from tests.fakes.site import WholeSite
from tests.fakes.waiting import patiently

NAME: Final = "broker-admin"
_PATIENCE_MS: Final = 120_000
_ORDER: Final = topics.down(BRIDGE, "order")
_REPLY: Final = topics.up(BRIDGE, "reply")
Said = TypeVar("Said", bound=m.Message)


class BrokerAdmin:
    """One session that may do anything on the hub broker."""

    def __init__(self, client: BareClient) -> None:
        self._client, self._clock = client, SystemClock()

    def say(self, order: m.Order, *, retain: bool = False) -> None:
        """Send an order to the bridge in the hub's place."""
        self._client.publish((_ORDER, encode(order)), retain=retain)

    def forget_retained(self) -> None:
        """Take a retained order off the broker."""
        self._client.publish((_ORDER, b""), retain=True)

    def nonce(self, order: str) -> str:
        """Ask the bridge for a nonce, again until it is there, and overhear it."""
        given: list[m.NonceGiven] = []

        def heard() -> bool:
            self.say(m.NonceAsked(order=order))
            found = self._overhear(_REPLY, m.NonceGiven, lambda one: one.order == order, 2_000)
            given.extend([found] if found else [])
            return bool(given)

        patiently(heard)
        return given[0].nonce

    def next_open(self) -> m.RemoteOpen:
        """The next order to open a door that goes over the broker."""
        found = self._overhear(_ORDER, m.RemoteOpen, lambda _: True)
        assert found is not None, "nobody ordered a door open"
        return found

    def reply_to(self, order: str) -> m.OrderTaken:
        """What the bridge answers to an order."""
        found = self._overhear(_REPLY, m.OrderTaken, lambda one: one.order == order)
        assert found is not None, "the bridge did not answer"
        return found

    def _overhear(
        self, topic: str, kind: type[Said], fits: Callable[[Said], bool], patience_ms: int = _PATIENCE_MS
    ) -> Said | None:
        end_ms = self._clock.mono_ms() + patience_ms
        while (left_ms := end_ms - self._clock.mono_ms()) > 0:
            try:
                came = self._client.received.get(timeout=left_ms / 1000)
            except queue.Empty:
                break
            said = _read(came, kind) if came.topic == topic else None
            if said is not None and fits(said):
                return said
        return None


@contextmanager
def broker_admin(site: WholeSite) -> Iterator[BrokerAdmin]:
    """Put a line into the hub broker's files, as its administrator can, and come in."""
    directory, password = site.plan.data / "brokers" / "hub", new_password()
    with (directory / "broker.passwd").open("a") as passwords:
        passwords.write(f"{password_line(NAME, password)}\n")
    with (directory / "broker.acl").open("a") as access:
        access.write(f"\nuser {NAME}\ntopic readwrite #\n")
    os.kill(site.pid("hub-broker"), signal.SIGHUP)
    clients: list[BareClient] = []

    def comes_in() -> bool:
        """With a client of its own each time: one that was refused is over."""
        clients[:] = [BareClient(site.plan.ports.hub_broker, NAME, password)]
        return clients[0].connect()

    patiently(comes_in)
    [client] = clients
    client.subscribe(_ORDER, _REPLY)
    try:
        yield BrokerAdmin(client)
    finally:
        client.leave()


def _read(came: Received, kind: type[Said]) -> Said | None:
    try:
        return decode(came.payload, kind)
    except ContractError:
        return None
