from pathlib import Path

import pytest

from contract.settings import SettingsError
from kiosk.config import KioskSettings, languages, read
from kiosk.scanner import ScannerSettings


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert read(tmp_path) == KioskSettings(home_language="fr", port=8460)


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('home_langage = "fr"\nport = 99999\n')
    with pytest.raises(SettingsError) as refused:
        read(tmp_path)
    assert {fault.line for fault in refused.value.faults} == {1, 2}


@pytest.mark.parametrize(
    ("table", "line", "remedy"),
    [
        ("", 1, "Write url"),
        ('url = "/dev/ttyACM0"\nhid = "/dev/input/event3"', 1, "Write url"),
        ('hid = "/dev/input/event3"\ntrigger = "ssi"', 3, "use url"),
        ('url = "/dev/ttyACM0"\nlayout = "de"', 3, '"fr", "us"'),
        ('url = "/dev/ttyACM0"\ntrigger = "laser"', 3, '"none", "ssi"'),
        ('url = "/dev/ttyACM0"\nbaud = 300', 3, "from 1200"),
    ],
)
def test_a_scanner_that_cannot_be_is_refused_with_what_to_write(
    tmp_path: Path, table: str, line: int, remedy: str
) -> None:
    (tmp_path / "kiosk.toml").write_text(f"[scanner]\n{table}\n")
    with pytest.raises(SettingsError, match=remedy) as refused:
        read(tmp_path)
    assert [fault.line for fault in refused.value.faults] == [line]


def test_a_scanner_is_a_port_or_a_keyboard(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('[scanner]\nurl = "/dev/ttyACM0"\ntrigger = "ssi"\nbaud = 115200\n')
    assert read(tmp_path).scanner == ScannerSettings(url="/dev/ttyACM0", trigger="ssi", baud=115200)
    (tmp_path / "kiosk.toml").write_text('[scanner]\nhid = "/dev/input/event3"\nlayout = "fr"\n')
    assert read(tmp_path).scanner == ScannerSettings(hid="/dev/input/event3", layout="fr")


def test_the_home_language_comes_first() -> None:
    assert languages(Path("nowhere"), "fr") == ("en",)
