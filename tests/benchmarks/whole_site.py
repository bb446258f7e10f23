"""A whole site and its hub as the demo runs them, every program a process of its own, real mosquittos.

The hub's data lie in memory: at a site its disk is another machine's, and does not make the site's wait.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract import enrolment, topics
from contract.clock import SystemClock
from contract.link import LinkSettings, link_settings
from deploy.brokers import LOOPBACK, Broker, write_broker
from deploy.catalogues import compile_stale
from deploy.demo.plan import DESK, Kept, Plan, choose_ports
from deploy.demo.seeding import seed
from deploy.demo.stage import Stage
from tests.benchmarks.bare import End, Exchange, exchange
from tests.fakes.ports import free_port

_MEMORY = "/dev/shm"
ASKER, TAKER = "bare-kiosk", "bare-bridge"
ASKS, ANSWERS = topics.ask(TAKER, ASKER), topics.answer(ASKER, TAKER)


@dataclass(frozen=True)
class WholeSite:
    """The running stage, and what its seeding left: names, passwords, PIN."""

    stage: Stage
    known: Kept

    @property
    def plan(self) -> Plan:
        """Names, ports, folders."""
        return self.stage.plan

    def desk(self) -> LinkSettings:
        """How the concierge's own device, a kiosk, reaches the site broker."""
        who = enrolment.read(self.plan.device(DESK), "kiosk")
        return link_settings(who, who.site_broker)

    def pid(self, program: str) -> int:
        """The process of `kiosk`, `bridge` or `hub`."""
        pid = self.stage.child(program).pid
        if pid is None:
            raise RuntimeError(f"{program} does not run: see {self.plan.logs}")
        return pid


@contextmanager
def whole_site() -> Iterator[WholeSite]:
    """Everything started, the site's data on the disk of the working directory; nothing left afterwards."""
    compile_stale()
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as data,
        tempfile.TemporaryDirectory(prefix="bench-") as run,
        tempfile.TemporaryDirectory(dir=_MEMORY, prefix="bench-") as hub,
    ):
        plan = Plan(Path(data), Path(run), choose_ports(None))
        plan.logs.mkdir()
        plan.hub.symlink_to(hub)
        known = seed(plan)
        with Stage.opened(plan, "mosquitto", SystemClock()) as stage:
            yield WholeSite(stage, known)


@contextmanager
def bare_exchange(directory: Path, *, nagle: bool = False, **work: Any) -> Iterator[Exchange]:
    """A bare asker and a bare taker (`work`: fields of End) over a site broker of their own.

    `nagle`: without TCP_NODELAY at both clients and in the broker, as they come.
    """
    port, passwords = free_port(), {ASKER: "a" * 20, TAKER: "b" * 20}
    conf = write_broker(directory, "site", port, passwords, bridge=TAKER, kiosks=[ASKER])
    if nagle:
        conf.write_text(conf.read_text().replace("set_tcp_nodelay true", "set_tcp_nodelay false"))
    broker = Broker(conf, port)
    broker.start()
    end = End(LOOPBACK, port, TAKER, passwords[TAKER], ASKS, ANSWERS, nodelay=not nagle, **work)
    try:
        with exchange(end, ASKER, passwords[ASKER]) as near:
            yield near
    finally:
        broker.stop()
