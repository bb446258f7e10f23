"""What kiosk and bridge cost when nothing happens: memory after a collect, processor time of 20 s.

Sixteen doors are polled, both hub and site broker are there, and a page is open at the kiosk. What a new
kiosk renders once, its voices, has been rendered.
"""

import os
import threading
from pathlib import Path

from deploy.demo.plan import KIOSK
from tests.benchmarks.figures import Figure
from tests.benchmarks.screen import Screen
from tests.benchmarks.whole_site import WholeSite, whole_site

PROGRAMS = ("kiosk", "bridge")
SETTLE_SECONDS = 10.0
IDLE_SECONDS = 20.0
MOST_MB, MOST_SHARE = 60.0, 0.02
_TICKS = os.sysconf("SC_CLK_TCK")


def run() -> list[Figure]:
    """One collect, a pause, then look."""
    with whole_site() as site:
        screen = Screen(site)
        for _ in range(2):  # what checking a second PIN takes of memory is not given back
            screen.collect(screen.deposit())
        pause = threading.Event()
        spoken = -1
        while spoken != (spoken := _voices(site)):
            pause.wait(SETTLE_SECONDS)
        before = {program: _processor_seconds(site, program) for program in PROGRAMS}
        pause.wait(IDLE_SECONDS)
        shares = {
            program: (_processor_seconds(site, program) - before[program]) / IDLE_SECONDS
            for program in PROGRAMS
        }
        figures = [_memory(site, program) for program in PROGRAMS]
        screen.close()
    return figures + [_idle(program, share) for program, share in shares.items()]


def _voices(site: WholeSite) -> int:
    """How many sentences the kiosk has rendered so far."""
    return sum(1 for _ in site.plan.device(KIOSK).glob("data/voice/*/*.wav"))


def _memory(site: WholeSite, program: str) -> Figure:
    lines = Path(f"/proc/{site.pid(program)}/smaps_rollup").read_text().splitlines()[1:]
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    rss, pss = kb["Rss"] / 1000, kb["Pss"] / 1000
    holds = rss < MOST_MB
    return Figure(f"{program}: resident memory", f"{rss:.1f} MB", f"PSS {pss:.1f} MB", "", "< 60 MB", holds)


def _idle(program: str, share: float) -> Figure:
    name = f"{program}: processor when idle, 16 doors polled"
    return Figure(name, f"{share:.2%} of a core", "", "", "< 2 %", share < MOST_SHARE)


def _processor_seconds(site: WholeSite, program: str) -> float:
    """Its user and system time so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{site.pid(program)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
