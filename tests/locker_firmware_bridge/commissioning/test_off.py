"""Relays and pins are without current afterwards, and no door has moved."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner

from locker_firmware_bridge import config
from locker_firmware_bridge.__main__ import main
from locker_firmware_bridge.boards.errors import PortNotFoundError
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
    write_small_cabinet(tmp_path, "/dev/not-there", family="waveshare", board=1)
    told = CliRunner().invoke(main, ["off", "--device", str(tmp_path)])
    assert told.exit_code == 1
    assert "cannot open /dev/not-there" in told.output


def test_boards_that_time_every_pulse_themselves_are_not_even_looked_for(tmp_path: Path) -> None:
    write_small_cabinet(tmp_path, "/dev/not-there", family="cu16")
    assert CliRunner().invoke(main, ["off", "--device", str(tmp_path)]).exit_code == 0


def test_pins_are_off_before_any_gateway_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def opener_of(url: str, *_: object, **__: object) -> Callable[[], NoReturn]:
        def opens() -> NoReturn:
            asked.append(url)
            raise PortNotFoundError(f"no {url}")

        return opens

    monkeypatch.setattr("locker_firmware_bridge.commissioning.off.driver_of", opener_of)
    write_small_cabinet(tmp_path, "socket://192.0.2.1:5000", family="waveshare", board=1)
    file = tmp_path / config.FILE_NAME
    text = file.read_text().replace("[[compartment]]", PINS + "[[compartment]]", 1)
    file.write_text(text.replace("number = ", 'bus = "main"\nnumber = '))
    CliRunner().invoke(main, ["off", "--device", str(tmp_path)])
    assert asked == ["gpio", "socket://192.0.2.1:5000"]


PINS = """[[bus]]
name = "pi"
url = "gpio"

[[bus.board]]
family = "gpio"
address = 0
locks = 1
lock_pins = [17]
hook_pins = [23]

"""
