"""The people's words are compiled when they changed, and only then."""

import gettext
import os
from pathlib import Path

import pytest

from deploy.catalogues import compile_stale, stale_catalogues

WORDS = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "door"\nmsgstr "%s"\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "kiosk" / "web" / "translations" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(WORDS % "porte")
    return folder / "messages.po"


def test_a_catalogue_without_its_compiled_file_is_compiled_and_read(tmp_path: Path, source: Path) -> None:
    assert compile_stale(tmp_path) == [source.with_suffix(".mo")]
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("door") == "porte"


def test_an_unchanged_catalogue_is_left_alone(tmp_path: Path, source: Path) -> None:
    compile_stale(tmp_path)
    assert compile_stale(tmp_path) == []


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path, source: Path) -> None:
    [target] = compile_stale(tmp_path)
    source.write_text(WORDS % "portillon")
    later_ns = target.stat().st_mtime_ns + 1
    os.utime(source, ns=(later_ns, later_ns))
    assert list(stale_catalogues(tmp_path)) == [source]
    compile_stale(tmp_path)
    assert b"portillon" in target.read_bytes()


def test_nothing_is_left_behind_but_the_source_and_its_compiled_file(tmp_path: Path, source: Path) -> None:
    compile_stale(tmp_path)
    assert sorted(file.name for file in source.parent.iterdir()) == ["messages.mo", "messages.po"]


def test_a_broken_catalogue_costs_only_itself(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "kiosk/web/translations/sq/LC_MESSAGES/messages.po"
    broken.parent.mkdir(parents=True)
    broken.write_text('msgid "door"\nmsgstr[x] "derë"\n')
    assert compile_stale(tmp_path) == [source.with_suffix(".mo")]
    assert "sq/LC_MESSAGES/messages.po is left out" in capsys.readouterr().err
