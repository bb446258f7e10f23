"""A missing tool is a red test where everything must be installed, and said plainly elsewhere."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import tool_path


def test_a_tool_is_found_by_the_first_name_that_exists() -> None:
    assert tool_path("no-such-tool", "sh") == Path(shutil.which("sh") or "")


def test_under_ci_a_missing_tool_fails_and_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="sudo apt install no-such-tool"):
        tool_path("no-such-tool")


def test_elsewhere_a_missing_tool_sets_the_test_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="sudo apt install no-such-tool"):
        tool_path("no-such-tool")
