"""The command line: what cannot run says why, in words, at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract import enrolment
from contract.clock import SystemClock
from contract.enrolment import BrokerAddress, DeviceFile
from contract.journal import Journal
from locker_firmware_bridge.__main__ import main
from tests.fakes.bridge_process import lockers_file

NOWHERE = BrokerAddress(host="127.0.0.1", port=1)


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """An enrolled bridge whose brokers nobody reaches."""
    file = DeviceFile(
        device="bridge-1",
        site="site-1",
        kind="bridge",
        bridge="bridge-1",
        order_key="0" * 64,
        hub_broker=NOWHERE,
        site_broker=NOWHERE,
    )
    enrolment.write(tmp_path / "bridge", file, password="a" * 20, site_key=bytes(range(32)))
    (tmp_path / "bridge" / "lockers.toml").write_text(lockers_file("/dev/no-such-port"))
    return tmp_path / "bridge"


def run(device: Path) -> Result:
    return CliRunner().invoke(main, ["run", "--device", str(device)])


def test_without_an_enrolment_it_says_what_to_type(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "conciergerie hub enrol NAME --site SITE --kind bridge" in result.output


def test_three_faults_in_the_lockers_are_named_with_line_and_remedy(device: Path) -> None:
    text = lockers_file("/dev/ttyUSB0").replace("locks = 16", "locks = 1600").replace('"L"', '"Large"', 1)
    (device / "lockers.toml").write_text(text.replace("row = 1\n", "rwo = 1\n", 1))
    result = run(device)
    assert result.exit_code == 1
    assert "a whole number from 1 to 64" in result.output
    assert 'one of "L"' in result.output
    assert "Write row, if that is meant" in result.output


def test_a_second_bridge_on_the_same_data_is_refused(device: Path) -> None:
    journal = Journal.open(device / "data" / "journal.sqlite3", SystemClock())
    result = run(device)
    journal.close()
    assert result.exit_code == 1
    assert "in use by another process" in result.output
