"""Relays and pins are without current afterwards, and no door has moved."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from locker_firmware_bridge.__main__ import main
from tests.fakes.cabinet import simulated_cabinet
from tests.fakes.small_cabinet import write_small_cabinet


@pytest.mark.parametrize(
    ("family", "orders"), [("waveshare", ["all_off"]), ("n4d8b08", ["all_off"]), ("cu16", [])]
)
def test_relays_are_switched_off_and_boards_without_any_are_left_alone(
    tmp_path: Path, family: str, orders: list[str]
) -> None:
    with simulated_cabinet(tmp_path, 3, boards=(1,), options=[f"--family={family}"]) as cabinet:
        write_small_cabinet(tmp_path, cabinet.url, family=family, board=1)
        assert CliRunner().invoke(main, ["off", "--device", str(tmp_path)]).exit_code == 0
        assert [order["what"] for order in cabinet.orders()] == orders
        assert cabinet.moves() == []


def test_a_port_that_is_not_there_is_said(tmp_path: Path) -> None:
    write_small_cabinet(tmp_path, "/dev/not-there")
    told = CliRunner().invoke(main, ["off", "--device", str(tmp_path)])
    assert told.exit_code == 1
    assert "cannot open /dev/not-there" in told.output
