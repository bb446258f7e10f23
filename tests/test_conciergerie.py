"""The one command, run with a Python that remembers what was asked of it and can fail as a real one."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = [
    "cat",
    "dirname",
    "env",
    "flock",
    "ls",
    "mkdir",
    "readlink",
    "rm",
    "sh",
    "sha256sum",
    "sync",
    "touch",
    "cp",
]

# Answers what the script asks of Python; FAKE_* choose how it fails. It copies itself as a venv's python.
FAKE_PYTHON = r"""#!/bin/sh
case "$*" in
    *'import ensurepip'*) exit "${FAKE_WITHOUT_VENV:-0}" ;;
    *version_info*) shift 2; echo "${FAKE_VERSION:-3.11}" "$@" ;;
    '-m venv '*)
        for folder in "$@"; do :; done
        mkdir -p "$folder/bin" && touch "$folder/pyvenv.cfg" && cp "$0" "$folder/bin/python"
        ;;
    '-m pip '*)
        echo "$*" >>"$FAKE_JOURNAL"
        if [ -p "${FAKE_GATE:-}" ]; then read -r _ <"$FAKE_GATE"; fi
        if [ -n "${FAKE_OFFLINE:-}" ]; then
            echo 'Traceback (most recent call last):' >&2
            exit 1
        fi
        ;;
    *)
        printf '%s\n' "$@"
        printf 'cwd=%s\npath=%s\nsafe=%s\n' "$PWD" "$PYTHONPATH" "$PYTHONSAFEPATH"
        printf 'compiled each time=%s\n' "${PYTHONDONTWRITEBYTECODE-no}"
        ;;
esac
"""


class Clone:
    """A copy of the script and its locks in a folder with a space, and a PATH that holds little else."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.tools = folder / "bin"
        self.journal = folder / "pip calls"
        self.venv = self.root / ".venv"
        shutil.copytree(REPOSITORY / "deploy" / "requirements", self.root / "deploy" / "requirements")
        shutil.copy(REPOSITORY / "conciergerie", self.root)
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool) or tool)
        self.have_python("python3")

    def have_python(self, name: str) -> None:
        """Put the fake interpreter into the PATH under this name."""
        (self.tools / name).write_text(FAKE_PYTHON)
        (self.tools / name).chmod(0o755)

    def start(
        self, *words: str, script: Path | None = None, cwd: Path | None = None, **fake: str
    ) -> subprocess.Popen[str]:
        """Start the script in a session of its own, with these FAKE_ settings."""
        settings = {f"FAKE_{name.upper()}": value for name, value in fake.items()}
        environment = {"PATH": str(self.tools), "FAKE_JOURNAL": str(self.journal), **settings}
        return subprocess.Popen(
            [script or self.root / "conciergerie", *words],
            cwd=cwd or self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self, *words: str, script: Path | None = None, cwd: Path | None = None, **fake: str
    ) -> tuple[int, str, str]:
        """Run the script to its end: exit code, output, errors."""
        process = self.start(*words, script=script, cwd=cwd, **fake)
        output, errors = process.communicate(timeout=30)
        return process.returncode, output, errors

    def installs(self) -> list[str]:
        """Return the set each pip call installed, in order."""
        if not self.journal.exists():
            return []
        return [Path(line).stem for line in self.journal.read_text().splitlines()]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def refusal(result: tuple[int, str, str]) -> str:
    """Return the one sentence of a refused start, and check that it is one line and nothing more."""
    code, output, errors = result
    lines = [line for line in errors.splitlines() if "installing the Python packages" not in line]
    assert (code, output, len(lines)) == (1, "", 1), errors
    return lines[0]


def test_without_python_it_says_what_to_install(clone: Clone) -> None:
    (clone.tools / "python3").unlink()
    assert "sudo apt install python3 python3-venv" in refusal(clone.run("hub"))


def test_with_an_old_python_it_names_the_version_and_the_remedy(clone: Clone) -> None:
    said = refusal(clone.run("hub", version="3.9"))
    assert "Python 3.9 is too old" in said
    assert "sudo apt install python3.11 python3.11-venv" in said


def test_a_newer_python_beside_an_old_one_is_found(clone: Clone) -> None:
    (clone.tools / "python3").write_text("#!/bin/sh\necho 3.9\n")
    clone.have_python("python3.11")
    assert clone.run("hub")[0] == 0


def test_without_the_venv_package_it_says_what_to_install(clone: Clone) -> None:
    assert "sudo apt install python3-venv" in refusal(clone.run("kiosk", without_venv="1"))


def test_without_network_it_says_so_in_one_sentence_and_keeps_the_story_aside(clone: Clone) -> None:
    said = refusal(clone.run("kiosk", offline="1"))
    assert "check the network" in said
    assert "Traceback" in (clone.root / ".venv.log").read_text()
    assert clone.run("kiosk")[0] == 0
    assert clone.installs() == ["kiosk", "kiosk"]


def test_a_folder_of_other_files_is_never_cleared_for_a_venv(clone: Clone) -> None:
    clone.venv.mkdir()
    (clone.venv / "letters").write_text("kept")
    assert "holds other files" in refusal(clone.run("hub"))
    assert (clone.venv / "letters").read_text() == "kept"


def test_what_lies_behind_a_linked_venv_is_never_cleared(clone: Clone, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyvenv.cfg").write_text("home = /usr/bin")
    clone.venv.symlink_to(elsewhere)
    assert "is a link: remove it" in refusal(clone.run("hub"))
    assert [path.name for path in elsewhere.iterdir()] == ["pyvenv.cfg"]


def test_a_later_start_installs_nothing(clone: Clone) -> None:
    first, later = clone.run("lockers", "--help"), clone.run("lockers", "--help")
    assert (first[0], later[0], later[2]) == (0, 0, "")
    assert clone.installs() == ["bridge"]


def test_a_larger_set_serves_the_smaller_ones(clone: Clone) -> None:
    for command in ("demo", "hub", "kiosk", "lockers"):
        assert clone.run(command)[0] == 0
    assert clone.installs() == ["demo"]


def test_a_changed_lock_is_installed_again(clone: Clone) -> None:
    clone.run("hub")
    with (clone.root / "deploy" / "requirements" / "hub.txt").open("a") as lock:
        lock.write("# changed\n")
    clone.run("hub")
    assert clone.installs() == ["hub", "hub"]


def test_an_upgraded_python_gets_a_new_environment(clone: Clone) -> None:
    clone.run("hub")
    clone.run("hub", version="3.13")
    assert clone.installs() == ["hub", "hub"]


def test_a_moved_clone_gets_a_new_environment(clone: Clone, tmp_path: Path) -> None:
    clone.run("hub")
    moved = clone.root.rename(tmp_path / "moved")
    assert clone.run("hub", script=moved / "conciergerie", cwd=tmp_path)[0] == 0
    assert clone.installs() == ["hub", "hub"]


def test_from_elsewhere_by_a_symlink_it_runs_this_clone_and_stays_in_the_callers_folder(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    link = tmp_path / "link"
    link.symlink_to(clone.root / "conciergerie")
    code, output, _ = clone.run("hub", "enrol", "a b", script=link, cwd=tmp_path)
    assert code == 0
    assert output.splitlines() == [
        "-m",
        "hub",
        "enrol",
        "a b",
        f"cwd={tmp_path}",
        f"path={clone.root}",
        "safe=1",
        "compiled each time=no",
    ]


def test_another_folder_for_the_packages_may_be_chosen(clone: Clone, tmp_path: Path) -> None:
    chosen = tmp_path / "elsewhere" / "packages"
    command = ["env", f"CONCIERGERIE_VENV={chosen}", str(clone.root / "conciergerie"), "hub"]
    environment = {"PATH": str(clone.tools), "FAKE_JOURNAL": str(clone.journal)}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=30)
    assert (chosen / ".installed-hub").exists()
    assert not clone.venv.exists()


def test_an_interrupted_install_is_begun_again(clone: Clone, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    process = clone.start("hub", gate=str(gate))
    with gate.open("w"):  # returns once pip waits at the gate
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
    assert not list(clone.venv.glob(".installed-*"))
    assert clone.run("hub")[0] == 0
    assert clone.installs() == ["hub", "hub"]


def test_two_starts_at_once_install_once(clone: Clone, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    first = clone.start("hub", gate=str(gate))
    with gate.open("w") as keeper:
        second = clone.start("hub", gate=str(gate))
        keeper.write("go on\n")
    assert [first.wait(30), second.wait(30)] == [0, 0]
    assert clone.installs() == ["hub"]
    for process in (first, second):
        process.communicate()


def test_an_unknown_command_is_refused_with_the_list_of_commands(clone: Clone) -> None:
    code, _, errors = clone.run("dmeo")
    assert code == 2
    assert 'no command "dmeo"' in errors
    assert "./conciergerie demo" in errors


def test_help_needs_no_python(clone: Clone) -> None:
    (clone.tools / "python3").unlink()
    code, output, _ = clone.run("help")
    assert code == 0
    assert all(
        f"./conciergerie {command}" in output for command in ("demo", "test", "hub", "kiosk", "lockers")
    )
