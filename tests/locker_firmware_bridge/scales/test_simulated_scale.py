"""The simulated scale: it speaks as the real ones do, and takes its commands from standard input."""

import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker_firmware_bridge.boards.port import Port, open_port
from locker_firmware_bridge.scales.protocols import PROTOCOLS
from locker_firmware_bridge.scales.protocols.answers import Reading, Unit
from locker_firmware_bridge.scales.simulated_scale import VOICES, Break, Put, SimulatedScale
from tests.fakes.scale import simulated_scale
from tests.fakes.waiting import wait_until


def say_and_hear(line: Port, question: bytes) -> bytes:
    """What comes back up to the end of a line."""
    heard = bytearray()
    line.write(question)

    def whole() -> bool:
        heard.extend(line.read())
        return heard.endswith(b"\n")

    wait_until(whole)
    return bytes(heard)


@given(
    st.sampled_from(sorted(VOICES)),
    st.decimals("-999.99", "9999.99", places=2),
    st.sampled_from(("kg", "g", "lb")),
    st.booleans(),
)
def test_what_the_simulated_scale_shows_is_what_is_read(
    protocol: str, value: Decimal, unit: Unit, stable: bool
) -> None:
    said = PROTOCOLS[protocol].parse(VOICES[protocol].weight(value, unit, stable).encode())
    assert isinstance(said, Reading)
    assert (said.value, said.unit) == (value, unit)
    assert said.stable is (None if protocol == "adam" else stable)


def test_every_protocol_has_its_simulated_scale() -> None:
    assert set(VOICES) == set(PROTOCOLS)


@pytest.mark.parametrize("protocol", [name for name, how in PROTOCOLS.items() if how.ask])
def test_it_knows_the_question_it_will_be_asked(protocol: str) -> None:
    assert SimulatedScale(protocol, "kg").hear(PROTOCOLS[protocol].ask, 0) != b""


def test_what_moves_never_shows_one_value_twice_running() -> None:
    scale = SimulatedScale("generic", "g")
    scale.obey(Put(Decimal("4.35"), settle_ms=100), now_ms=0)
    shown = [scale.line(now_ms) for now_ms in range(99)]
    assert all(line.startswith(b"? ") for line in shown)
    assert all(before != after for before, after in pairwise(shown))
    assert scale.line(100) == b"     4.35 g\r\n"


def test_the_same_seed_makes_the_same_noise() -> None:
    def noisy() -> list[bytes]:
        scale = SimulatedScale("mt-sics", "kg")
        scale.obey(Break(noise=7), now_ms=0)
        return [scale.line(now_ms) for now_ms in range(20)]

    assert noisy() == noisy()
    assert len({line for line in noisy() if line.startswith(b"S S")}) == 1
    assert any(not line.startswith(b"S S") for line in noisy())


def test_a_question_may_come_one_byte_at_a_time_and_an_unknown_one_is_a_syntax_error(tmp_path: Path) -> None:
    with simulated_scale(tmp_path, "mt-sics", "--unit=g") as scale:
        scale.put("129.07")
        line = open_port(scale.url, 9600)
        for byte in b"SI\r":
            line.write(bytes((byte,)))
        assert say_and_hear(line, b"\n") == b"S S     129.07 g\r\n"
        assert say_and_hear(line, b"BAT\r\n") == b"ES\r\n"
        line.close()


def test_a_command_that_is_none_is_refused_and_the_scale_goes_on(tmp_path: Path) -> None:
    with simulated_scale(tmp_path, "mt-sics") as scale:
        for wrong in (
            b"{}",
            b"put 4",
            b'{"do": "fly"}',
            b'{"do": "put", "value": "much"}',
            b'{"do": "break", "x": 1}',
        ):
            assert scale.say(wrong)["ok"] is False
        assert scale.say(b'{"do": "put", "value": "4.35"}') == {"ok": True}


def test_unplugged_its_link_is_gone(tmp_path: Path) -> None:
    with simulated_scale(tmp_path, "mt-sics") as scale:
        scale.unplug()
        assert not Path(scale.url).is_symlink()


def test_it_goes_on_where_there_is_nobody_to_type(tmp_path: Path) -> None:
    link = tmp_path / "scale"
    command = [
        sys.executable,
        "-m",
        "locker_firmware_bridge.scales.simulated",
        f"--link={link}",
        "--protocol=adam",
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        wait_until(link.is_symlink, 20)
        line = open_port(str(link), 9600)
        assert say_and_hear(line, b"N\r\n") == b"N +   0.00 kg\r\n"
        line.close()
        process.terminate()
        assert process.wait(20) == 0
