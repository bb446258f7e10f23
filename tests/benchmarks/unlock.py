"""From the last digit posted to the kiosk to the first byte of the unlock frame at the board.

Kiosk, bridge, broker and board are the real programs; the moment of arrival is in the board's own log. The
floor is made of the same hops done bare, one after the other: one durable commit, one MQTT round trip (QoS 1)
to another process with one durable commit there, one serial write to a board that is the same program.

Before the code the page says that somebody types, as it does at the first digit. The lockers are at rest, as
whoever comes finds them.

A door opens at most every 3 s, so that a hundred samples take six minutes; UNLOCK_SAMPLES asks for fewer.
The person says each time that the door is too high: the parcel stays, and the code stays good.
"""

import itertools
import os
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from deploy.demo.concierge import Deposit
from tests.benchmarks.bare import committer
from tests.benchmarks.figures import Figure, at_most, percentiles
from tests.benchmarks.screen import Screen
from tests.benchmarks.whole_site import bare_exchange, whole_site
from tests.fakes.cabinet import SimulatedCabinet, simulated_cabinet
from tests.fakes.waiting import wait_until

SAMPLES = int(os.environ.get("UNLOCK_SAMPLES", "120"))
FLOORS = 3
"""Bare ones between two openings."""
OPEN_MS = 1_500
"""How long the door stays open: the bridge looks when the lock's pulse is over."""
PAUSE_SECONDS = 0.45
"""Before each; with the time the door is open, the doors lie more than 3 s apart."""
TYPING_SECONDS = 0.6
_ASK_BYTES = _ANSWER_BYTES = 200
_UNLOCK = "0200310336"


def run() -> list[Figure]:
    """Openings and bare ones in turn."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name, ExitStack() as stack:
        site = stack.enter_context(whole_site())
        board = stack.enter_context(simulated_cabinet(Path(name)))
        far = Path(name) / "far.db"
        bare = stack.enter_context(
            bare_exchange(Path(name) / "bare", commits=str(far), answer_bytes=_ANSWER_BYTES)
        )
        commit = committer(Path(name) / "near.db")
        line = stack.enter_context(Path(board.url).open("wb", buffering=0))

        def send() -> None:
            commit()
            bare.ask(b"x" * _ASK_BYTES)
            line.write(bytes.fromhex(_UNLOCK))

        screen = Screen(site)
        stack.callback(screen.close)
        parcels = itertools.cycle([screen.deposit(0), screen.deposit(1)])  # each lock has ten pulses a minute
        site.stage.hands.auto_close(OPEN_MS)
        measured, floor = _in_turn(lambda: _opening_ms(screen, next(parcels)), lambda: _bare_ms(board, send))
    middle, end = (percentiles(measured, floor, share) for share in (0.5, 0.99))
    return [
        at_most(f"last digit to unlock frame, {SAMPLES} times: p50", *middle, 2.0, "ms"),
        at_most(f"last digit to unlock frame, {SAMPLES} times: p99", *end, 2.0, "ms"),
    ]


def _in_turn(opening: Callable[[], float], bare: Callable[[], float]) -> tuple[list[float], list[float]]:
    pause = threading.Event()
    measured: list[float] = []
    floor: list[float] = []
    pause.wait(PAUSE_SECONDS * 6)  # the parcel's own door opened just now
    for _ in range(SAMPLES):
        for _ in range(FLOORS):
            pause.wait(PAUSE_SECONDS)
            floor.append(bare())
        pause.wait(PAUSE_SECONDS)
        measured.append(opening())
    return sorted(measured), sorted(floor)


def _opening_ms(screen: Screen, parcel: Deposit) -> float:
    """Type the code; when the door has closed by itself, say that it is too high, and go."""
    before = len(screen.cabinet_log("frame_in", what="unlock"))
    screen.post("typing")
    threading.Event().wait(TYPING_SECONDS)
    began_ns = time.monotonic_ns()
    screen.post("code", digits=parcel.slip.digits)
    screen.shows("have_it")
    frames = screen.cabinet_log("frame_in", what="unlock")
    if len(frames) != before + 1:
        raise AssertionError(f"{len(frames) - before} frames for one code")
    screen.post("kept", value="too_high")
    screen.post("leave")
    screen.shows("start")
    return float(frames[-1]["mono_ms"]) - began_ns / 1e6


def _bare_ms(board: SimulatedCabinet, send: Callable[[], None]) -> float:
    before = len(board.log())
    began_ns = time.monotonic_ns()
    send()
    wait_until(lambda: any(line["kind"] == "frame_in" for line in board.log()[before:]))
    [arrived] = [line for line in board.log()[before:] if line["kind"] == "frame_in"]
    return float(arrived["mono_ms"]) - began_ns / 1e6
