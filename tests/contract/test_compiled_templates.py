"""Compiled templates are used again by the next process, and never when they are not what they should be."""

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, nodes
from jinja2.filters import FILTERS

from contract.look.compiled import CompiledTemplates

WORDS = "Bonjour {{ name }}"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "filters.py").touch()
    return tmp_path


def rendered(package: Path, words: str = WORDS, **options: bool) -> tuple[str, int]:
    """What a new process draws, and how many templates it compiled."""
    compiled = []

    class Watched(Environment):
        def _generate(self, *given: object, **named: object) -> str:
            compiled.append(given)
            return super()._generate(*given, **named)  # type: ignore[arg-type]

    environment = Watched(loader=DictLoader({"page": words}), autoescape=True, **options)  # type: ignore[arg-type]
    environment.bytecode_cache = CompiledTemplates(package)
    return environment.get_template("page").render(name="Samia"), len(compiled)


def kept(package: Path) -> Path:
    [file] = (package / "__pycache__").glob("templates.*/*")
    return file


def test_the_next_process_uses_what_was_compiled(package: Path) -> None:
    assert rendered(package) == ("Bonjour Samia", 1)
    assert rendered(package) == ("Bonjour Samia", 0)


def test_a_template_that_changed_is_compiled_anew(package: Path) -> None:
    rendered(package)
    assert rendered(package, "Salut {{ name }}") == ("Salut Samia", 1)
    assert kept(package)


@pytest.mark.parametrize("content", [b"", b"\0" * 4000, b"j2" * 40])
def test_a_file_that_is_not_whole_is_no_harm(package: Path, content: bytes) -> None:
    rendered(package)
    kept(package).write_bytes(content)
    assert rendered(package) == ("Bonjour Samia", 1)
    assert rendered(package) == ("Bonjour Samia", 0)


def test_one_byte_that_turned_is_noticed(package: Path) -> None:
    rendered(package)
    content = bytearray(kept(package).read_bytes())
    content[-7] ^= 1
    kept(package).write_bytes(content)
    assert rendered(package) == ("Bonjour Samia", 1)


def test_other_options_and_functions_that_changed_compile_anew(package: Path) -> None:
    rendered(package)
    assert rendered(package, trim_blocks=True) == ("Bonjour Samia", 1)
    os.utime(package / "filters.py", ns=(1, 1))
    assert rendered(package, trim_blocks=True) == ("Bonjour Samia", 1)


def test_a_folder_that_cannot_be_written_is_no_harm(package: Path) -> None:
    (package / "__pycache__").write_text("a file")
    assert rendered(package) == ("Bonjour Samia", 1)
    assert rendered(package) == ("Bonjour Samia", 1)


@pytest.mark.parametrize("program", ["hub", "kiosk"])
def test_nothing_is_compiled_in_the_language_of_whoever_came_first(program: str) -> None:
    """Jinja writes `{{ 0|euros }}` as it is when it compiles, and what is compiled is kept."""
    root = Path(__file__).parents[2]
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    fixed = [
        f"{template.name}:{one.lineno} {one.name}"
        for template in sorted((root / program / "web" / "templates").rglob("*.html"))
        for one in environment.parse(template.read_text()).find_all(nodes.Filter)
        if one.name not in FILTERS and isinstance(one.node, nodes.Const)
    ]
    assert fixed == []
