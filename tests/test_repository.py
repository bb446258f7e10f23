"""What must hold of the repository as a whole: no address, no path of one machine, true locks."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
LOCKS = REPOSITORY / "deploy" / "requirements"
EXTRAS = ("kiosk", "bridge", "hub", "demo", "test")

# Written in halves, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(halves))
        for halves in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("piwheels", "org"),
            ("registry", "npmjs"),
            ("deb", "debian", "org"),
        )
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "fa" + "rm")) + ")/")


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Yield (path, text) of each file that git keeps and that is text."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        try:
            yield name, (REPOSITORY / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture or a font; or a file somebody is just moving


def places(pattern: re.Pattern[str]) -> list[str]:
    """Return `file:line` of everything the pattern finds in the tracked files."""
    return [
        f"{name}:{number}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def wanted(extra: str) -> Iterator[Requirement]:
    """Yield every dependency of an extra, those of the extras it names included."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"][extra]]:
        requirement = Requirement(line)
        if requirement.name == project["name"]:
            for inner in requirement.extras:
                yield from wanted(inner)
        else:
            yield requirement


def locked(extra: str) -> dict[str, set[str]]:
    """Return name -> versions of a lock; a package may have one version per Python."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", (LOCKS / f"{extra}.txt").read_text()):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def test_no_tracked_file_names_a_package_registry() -> None:
    assert places(REGISTRIES) == []


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert places(MACHINE_PATHS) == []


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_lock_holds_names_versions_and_hashes_only(extra: str) -> None:
    lines = (LOCKS / f"{extra}.txt").read_text().splitlines()
    package = re.compile(r"[a-z0-9][a-z0-9._-]*==[\w.]+( ; [^:/\\]+)? \\")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not package.fullmatch(line) and not digest.fullmatch(line)] == []


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_lock_answers_every_dependency_of_pyproject(extra: str) -> None:
    versions = locked(extra)
    unmet = [
        str(need)
        for need in wanted(extra)
        if not any(map(need.specifier.contains, versions.get(canonicalize_name(need.name), ())))
    ]
    assert unmet == [], "run deploy/lock.sh"


@pytest.mark.parametrize(
    ("smaller", "larger"), [("kiosk", "demo"), ("bridge", "demo"), ("hub", "demo"), ("demo", "test")]
)
def test_a_larger_lock_contains_the_smaller_with_the_same_versions(smaller: str, larger: str) -> None:
    outer = locked(larger)
    assert {
        name for name, versions in locked(smaller).items() if not versions <= outer.get(name, set())
    } == set()


@pytest.mark.parametrize("shell", ["sh", "dash"])
@pytest.mark.parametrize("script", ["conciergerie", "deploy/lock.sh"])
def test_a_script_is_read_by_a_plain_shell(shell: str, script: str) -> None:
    read = subprocess.run([shell, "-n", script], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def test_the_licence_is_the_one_that_pyproject_names() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    heading = (REPOSITORY / "LICENSE").read_text().split("\n", 2)[:2]
    assert project["license"] == "AGPL-3.0-or-later"
    assert [line.strip() for line in heading] == [
        "GNU AFFERO GENERAL PUBLIC LICENSE",
        "Version 3, 19 November 2007",
    ]
