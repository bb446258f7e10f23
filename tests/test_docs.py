"""The guides say what is: commands, settings, screens' words, links, the example and the invariants."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from babel.messages.pofile import read_po
from msgspec import Struct, structs

import deploy.demo.__main__ as demo
import hub.__main__ as hub_program
import kiosk.__main__ as kiosk_program
import locker_firmware_bridge.__main__ as bridge_program
import locker_firmware_bridge.boards.simulated.__main__ as simulated
from deploy import broker_files
from hub.config import HubSettings
from kiosk.config import KioskSettings
from locker_firmware_bridge import config as lockers
from locker_firmware_bridge.scales import simulated as simulated_scale

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
GUIDES = sorted([*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md"), REPOSITORY / "broker_config" / "README.md"])
UNITS = sorted((REPOSITORY / "deploy" / "systemd").glob("*.service"))
PROGRAMS: dict[str, click.Command] = {
    "demo": demo.main,
    "kiosk": kiosk_program.main,
    "lockers": bridge_program.main,
    "hub": hub_program.main,
    "simulated": simulated.main,
    "simulated-scale": simulated_scale.main,
}
SETTINGS: dict[str, type[Struct]] = {
    "lockers.toml": lockers.LockersFile,
    "drawing.toml": lockers.DrawingFile,
    "kiosk.toml": KioskSettings,
    "hub.toml": HubSettings,
}


def named(paths: list[Path]) -> pytest.MarkDecorator:
    names = [str(path.relative_to(REPOSITORY)) for path in paths]
    return pytest.mark.parametrize("path", paths, ids=names)


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    level = heading.index(" ")
    below = text.split(f"\n{heading}\n", 1)[1]
    end = re.search(rf"(?m)^#{{1,{level}}} ", hidden_blocks(below))
    return below[: end.start()] if end else below


def hidden_blocks(text: str) -> str:
    """The text with its code blocks blanked out, at the same length: a comment there is no heading."""
    return re.sub(r"(?ms)^ *```.*?^ *```$", lambda block: " " * len(block[0]), text)


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table, headings and rules left out."""
    tables = re.findall(r"(?m)(?:^\|.*\n)+", text)
    lines = [line for table in tables for line in table.splitlines()[2:]]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


# --- commands ----------------------------------------------------------------------------------


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from commands(inner, f"{name} {word}")
    else:
        yield name, command


EVERY = {full: one for name, program in PROGRAMS.items() for full, one in commands(program, name)}


def options(command: click.Command) -> set[str]:
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


@cache
def described() -> dict[str, str]:
    table = rows(section((DOCS / "developers.md").read_text(), "## Commands and options"))
    return {cells[0].split("`")[1]: cells[1] for cells in table}


def test_no_command_is_missing_from_the_table_and_none_is_there_that_is_gone() -> None:
    assert set(described()) == set(EVERY)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_command_is_described_with_all_its_options_and_arguments(name: str) -> None:
    said = described()[name]
    wanted = {
        each.make_metavar(click.Context(EVERY[name]))
        for each in EVERY[name].params
        if isinstance(each, click.Argument)
    }
    assert set(re.findall(r"--[a-z-]+", said)) == options(EVERY[name])
    assert set(re.findall(r"\b[A-Z]+\b", said)) == wanted


def typed(text: str) -> Iterator[list[str]]:
    """The words of each of our commands in shell blocks and services, from the program's name on."""
    ours = r"^(?:ExecStart=|sudo )?(?:\S*/conciergerie (?=demo|hub|kiosk|lockers)|(?=hub \w))(.*)$"
    for line in re.findall(ours, text.replace("\\\n", " "), re.MULTILINE):
        yield shlex.split(line, comments=True)


def test_every_command_that_is_told_to_be_typed_is_one() -> None:
    blocks = [
        block for path in GUIDES for block in re.findall(r"(?ms)^ *```sh\n(.*?)^ *```", path.read_text())
    ]
    told = [words for text in blocks + [path.read_text() for path in UNITS] for words in typed(text)]
    wrong = [words for words in told if words[1:] != ["--help"] and not is_command(words)]
    assert wrong == []
    assert len(told) > 20


def is_command(words: list[str]) -> bool:
    given = {word.split("=")[0] for word in words if word.startswith("--")}
    for name, command in EVERY.items():
        if words[: len(name.split())] == name.split():
            return given <= options(command)
    return False


ONCE = "conciergerie-broker-files"


@named([path for path in UNITS if path.stem not in ("conciergerie-screen", ONCE)])
def test_a_service_comes_back_for_ever_and_may_do_little(path: Path) -> None:
    wanted = {"Restart=always", "StartLimitIntervalSec=0", "NoNewPrivileges=yes", "ProtectSystem=strict"}
    wanted |= {"PrivateTmp=yes", "ProtectHome=yes", "CapabilityBoundingSet=", "UMask=0077"}
    lines = path.read_text().splitlines()
    assert wanted - set(lines) == set()
    assert [line for line in lines if line.startswith("User=")] not in ([], ["User=root"])


def test_what_takes_the_hub_s_files_to_its_broker_sees_and_writes_nothing_else() -> None:
    units = REPOSITORY / "deploy" / "systemd"
    lines = (units / f"{ONCE}.service").read_text().splitlines()
    wanted = {"Type=oneshot", "User=mosquitto", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"}
    wanted |= {
        "CapabilityBoundingSet=CAP_DAC_READ_SEARCH",
        "TemporaryFileSystem=/var/lib",
        "PrivateNetwork=yes",
    }
    assert wanted - set(lines) == set()
    [command] = [shlex.split(line) for line in lines if line.startswith("ExecStart=")]
    options = dict(zip(command[3::2], command[4::2], strict=True))
    assert set(options) == {name for each in broker_files.main.params for name in each.opts}
    bound = [line.partition("=")[2].lstrip("-") for line in lines if re.match("Bind.*Paths=", line)]
    assert bound == [str(Path(options["--passwords"]).parent), options["--broker"]]
    assert f"PathChanged={options['--passwords']}" in (units / f"{ONCE}.path").read_text().splitlines()


# --- settings ----------------------------------------------------------------------------------


def keys(kind: Any, before: str = "") -> Iterator[str]:
    """Dotted keys of a settings Struct; the tables of a list count once."""
    for field in structs.fields(kind):
        inner = struct_in(field.type)
        if inner is None:
            yield before + field.encode_name
        else:
            yield from keys(inner, f"{before}{field.encode_name}.")


def struct_in(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return kind
    return next((found for each in get_args(kind) if (found := struct_in(each)) is not None), None)


@pytest.mark.parametrize("file", sorted(SETTINGS))
def test_every_setting_is_described_and_no_other(file: str) -> None:
    told = rows(section((DOCS / "installation.md").read_text(), f"### `{file}`"))
    assert sorted(cells[0].strip("`") for cells in told) == sorted(keys(SETTINGS[file]))


def example() -> str:
    installation = section((DOCS / "installation.md").read_text(), "### `lockers.toml`")
    return installation.split("```toml\n", 1)[1].split("```", 1)[0]


def test_the_example_of_the_lockers_file_loads(tmp_path: Path) -> None:
    (tmp_path / lockers.FILE_NAME).write_text(example())
    read = lockers.read(tmp_path)
    assert sorted(read.places) == [1, 2, 3, 4, 101]
    assert read.locks[4] == ("hall", 0, 4)


def test_the_example_shows_every_setting() -> None:
    shown = set(re.findall(r"(?m)^(?:# )?(\w+) = ", example()))
    assert {key.rsplit(".", 1)[-1] for key in keys(lockers.LockersFile)} <= shown


# --- words of the screens ----------------------------------------------------------------------


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace(" …", "…").replace("'", "’")


@cache
def screen_words() -> str:
    """All French words of kiosk and hub, each with its blanks filled in as the guides fill them."""
    said: list[str] = []
    for path in REPOSITORY.glob("*/web/translations/fr/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
                said += [
                    re.sub(r"%\(\w+\)[sd]|\{\w+\}", blank, each)
                    for each in texts
                    for blank in ("…", "7", "1")
                ]
    return "\n".join(map(plain, said))


@pytest.mark.parametrize("guide", ["guide-concierge.md", "guide-habitants.md", "guide-partenaires.md"])
def test_what_a_guide_quotes_stands_on_a_screen(guide: str) -> None:
    text = re.sub(r"\s+", " ", (DOCS / guide).read_text()).replace("**", "*")
    quoted = re.findall(r"« (.+?) »", text) + re.findall(r"Touchez \*(.+?)\*", text)
    assert [each for each in quoted if plain(each.strip("*")) not in screen_words()] == []
    assert len(quoted) > 10


# --- links -------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", hidden_blocks(path.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@named(GUIDES)
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


# --- invariants --------------------------------------------------------------------------------


def defined(path: Path) -> set[str]:
    """The tests a file has at its top level: functions, classes, and state machines by assignment."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def invariants() -> list[list[str]]:
    return rows(section((DOCS / "developers.md").read_text(), "## Invariants, and where they are tested"))


def test_each_invariant_has_its_row() -> None:
    assert [cells[0].split("**")[1] for cells in invariants()] == [f"I{n}" for n in range(1, 22)]


@pytest.mark.parametrize("number", range(21))
def test_the_tests_named_for_an_invariant_exist(number: int) -> None:
    told = re.findall(r"`([\w/]+\.py)::(\w+)`", invariants()[number][1])
    wrong = [
        f"{file}::{name}"
        for file, name in told
        if not (REPOSITORY / "tests" / file).exists() or name not in defined(REPOSITORY / "tests" / file)
    ]
    assert wrong == []
    assert told or "not yet" in invariants()[number][1].lower()
