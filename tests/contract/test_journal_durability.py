"""A fact that was acknowledged is there after whatever a process, a disk or the mains can do (I1).

Counted and provoked from outside, on a real program (tests.fakes.appending): by SIGKILL, by strace, and
by replaying its system calls onto a disk that loses what was not synced.
"""

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from contract.chain import GENESIS, hashes
from contract.codec import decode_fact
from contract.journal import Journal
from contract.messages import JournalOpened
from tests.fakes import appending
from tests.fakes.clock import FakeClock
from tests.fakes.power_cut import REPOSITORY, Call, Disk, record

PROGRAM = [sys.executable, "-m", appending.__name__]


def last_seq_of_a_whole_chain(path: Path) -> int:
    """Open the journal and read it through; it must be one chain from its birth on, and undamaged."""
    journal = Journal.open(path, FakeClock())
    head, read = GENESIS, 0
    while (batch := journal.read(read)) is not None:
        assert (batch.prev, batch.first) == (head, read + 1)
        assert batch.head == hashes(journal.id, head, batch.first, batch.entries)[-1]
        if read == 0:
            assert decode_fact(bytes(batch.entries[0].body)) == JournalOpened(reason="new")
        head, read = batch.head, read + len(batch.entries)
    assert (journal.last_seq, journal.last_hash) == (read, head)
    journal.close()
    assert not path.with_suffix(".damaged-1").exists()
    return read


def under_strace(strace: Path, path: Path, injection: str, *arguments: str) -> tuple[list[str], str]:
    """What the program said, and its standard error, with this fault injected."""
    command = [str(strace), "-f", "-qq", "-o", "/dev/null", "-e", f"inject={injection}"]
    done = subprocess.run(
        [*command, *PROGRAM, str(path), *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split(), done.stderr


def said_seq(words: list[str]) -> int:
    """The last sequence number said, or 0."""
    return max((int(word) for word in words if word.isdigit()), default=0)


# --- what it costs -----------------------------------------------------------------------------


def test_each_fact_costs_exactly_one_sync(strace_path: Path, tmp_path: Path) -> None:
    calls = record(strace_path, tmp_path / "j.db", 200)
    said = [call.content for call in calls if call.name == "say"]
    assert said == [b"begin", *(b"%d" % seq for seq in range(2, 202)), b"end"]
    begin, end = (calls.index(Call("say", "", word)) for word in (b"begin", b"end"))
    during = [call for call in calls[begin:end] if call.name in {"say", "fdatasync", "fsync"}][1:]
    assert [call.name for call in during] == ["fdatasync", "say"] * 200
    assert {call.path for call in during if call.name == "fdatasync"} == {str(tmp_path / "j.db-wal")}


# --- power cuts --------------------------------------------------------------------------------


def seqs_after_power_cuts(calls: list[Call], directory: Path, cuts: int) -> list[tuple[int, int]]:
    """(last seq said, last seq found) for so many power cuts, each at a random moment."""
    found = []
    for seed in range(cuts):
        chance = random.Random(seed)
        moment = chance.randrange(len(calls) + 1)
        disk = Disk()
        for call in calls[:moment]:
            disk.take(call)
        said = [call.content.decode() for call in calls[:moment] if call.name == "say"]
        where = directory / str(seed)
        where.mkdir(parents=True)
        for path, content in disk.after_a_power_cut(chance).items():
            (where / Path(path).name).write_bytes(content)
        found.append((said_seq(said), last_seq_of_a_whole_chain(where / "j.db")))
    return found


@pytest.mark.parametrize("options", [(), ("checkpoint",)])
def test_no_power_cut_loses_what_was_acknowledged_nor_tears_what_was_not(
    strace_path: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    calls = record(strace_path, tmp_path / "j.db", 12, *options)
    found = seqs_after_power_cuts(calls, tmp_path / "cuts", 150)
    # The journal's own first entry is 1, so a disk that is empty still gives a journal of one entry.
    assert [(said, seq) for said, seq in found if not max(said, 1) <= seq <= max(said, 1) + 1] == []
    assert len(set(found)) > 12


def test_the_same_power_cuts_do_lose_facts_without_the_sync(strace_path: Path, tmp_path: Path) -> None:
    calls = record(strace_path, tmp_path / "j.db", 12, "normal")
    found = seqs_after_power_cuts(calls, tmp_path / "cuts", 40)
    assert [said for said, seq in found if seq < said]


# --- SIGKILL -----------------------------------------------------------------------------------


def test_no_kill_loses_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    chance = random.Random(7)
    known = 1
    for _ in range(30):
        with subprocess.Popen(
            [*PROGRAM, str(path), "100000"], cwd=REPOSITORY, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            said = [child.stdout.readline() for _ in range(chance.randrange(1, 30))]
            threading.Event().wait(chance.uniform(0, 0.003))
            child.kill()
            said += child.stdout.readlines()
        known = max(known, said_seq([word.decode().strip() for word in said if word.endswith(b"\n")]))
        last_seq = last_seq_of_a_whole_chain(path)
        assert known <= last_seq <= known + 1
        known = last_seq


def test_a_kill_at_any_system_call_leaves_a_journal_that_goes_on(strace_path: Path, tmp_path: Path) -> None:
    for number in range(1, 200, 2):
        path = tmp_path / str(number) / "j.db"
        said, _ = under_strace(
            strace_path, path, f"pwrite64,fdatasync,ftruncate,unlink:signal=SIGKILL:when={number}", "3"
        )
        assert max(said_seq(said), 1) <= last_seq_of_a_whole_chain(path) <= max(said_seq(said), 1) + 1
        if said[-1:] == ["end"]:
            return
    pytest.fail("the program never came to its end")


# --- a disk that refuses -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def calls_before(strace_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many writes and syncs the program makes before its first fact."""
    calls = record(strace_path, tmp_path_factory.mktemp("counted") / "j.db", 1)
    before = [call.name for call in calls[: calls.index(Call("say", "", b"begin"))]]
    return {name: before.count(name) for name in ("pwrite64", "fdatasync")}


REFUSALS = [
    ("pwrite64", "ENOSPC", 3, "full"),
    ("pwrite64", "ENOSPC", 4, "full"),
    ("pwrite64", "EIO", 3, "failed"),
    ("pwrite64", "EIO", 4, "failed"),
    ("fdatasync", "EIO", 2, "failed"),
    ("fdatasync", "ENOSPC", 2, "failed"),
]


@pytest.mark.parametrize(("call", "error", "nth", "word"), REFUSALS)
def test_a_fact_the_disk_refuses_is_refused_and_the_next_takes_its_number(
    *,
    strace_path: Path,
    tmp_path: Path,
    calls_before: dict[str, int],
    call: str,
    error: str,
    nth: int,
    word: str,
) -> None:
    path = tmp_path / "j.db"
    injection = f"{call}:error={error}:when={calls_before[call] + nth}"
    said, _ = under_strace(strace_path, path, injection, "3", "patient")
    assert said == ["begin", "2", word, "3", "end"]
    assert last_seq_of_a_whole_chain(path) == 3


@pytest.mark.parametrize(("call", "error", "nth", "word"), REFUSALS)
def test_a_program_that_ends_at_the_refusal_finds_all_it_was_told_when_it_comes_back(
    *,
    strace_path: Path,
    tmp_path: Path,
    calls_before: dict[str, int],
    call: str,
    error: str,
    nth: int,
    word: str,
) -> None:
    path = tmp_path / "j.db"
    injection = f"{call}:error={error}:when={calls_before[call] + nth}+"
    said, told = under_strace(strace_path, path, injection, "3")
    assert said == ["begin", "2"]
    assert f"{word.capitalize()}Error" in told
    assert last_seq_of_a_whole_chain(path) in {2, 3}
