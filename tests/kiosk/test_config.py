from pathlib import Path

import pytest

from contract.settings import SettingsError
from kiosk.config import KioskSettings, languages, read


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert read(tmp_path) == KioskSettings(home_language="fr", port=8460)


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('home_langage = "fr"\nport = 99999\n')
    with pytest.raises(SettingsError) as refused:
        read(tmp_path)
    assert {fault.line for fault in refused.value.faults} == {1, 2}


def test_the_home_language_comes_first() -> None:
    assert languages(Path("nowhere"), "fr") == ("en",)
