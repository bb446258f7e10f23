"""A program that appends facts to a journal and says each sequence number once it was told it is durable.

Arguments: the journal's path, how many facts, and any of `normal` (without the sync at each commit),
`checkpoint` (the log is moved into the file half-way and at the end), `patient` (on the disk's refusal
say `full` or `failed` and go on).
"""

import os
import sys
from pathlib import Path

from contract.clock import SystemClock
from contract.database import FailedError, FullError
from contract.journal import Journal
from contract.messages import DoorForced


def say(words: str) -> None:
    """One write(2), so that it stands in a trace where it was said."""
    os.write(1, f"{words}\n".encode())


def append(journal: Journal, number: int, *, patient: bool) -> None:
    try:
        written = journal.append(DoorForced(compartment=number % 300 + 1))
    except (FullError, FailedError) as error:
        if not patient:
            raise
        say("full" if isinstance(error, FullError) else "failed")
    else:
        say(str(written.seq))


def main(path: str, count: str, *options: str) -> None:
    journal = Journal.open(Path(path), SystemClock())
    if "normal" in options:
        journal.db.execute("PRAGMA synchronous = NORMAL")
    say("begin")
    for number in range(int(count)):
        append(journal, number, patient="patient" in options)
        if "checkpoint" in options and number in {int(count) // 2, int(count) - 1}:
            journal.checkpoint()
    say("end")


if __name__ == "__main__":
    main(*sys.argv[1:])
