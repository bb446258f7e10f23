"""`lockers.toml`: what it says, and all its faults at once."""

from pathlib import Path

import pytest

from contract.settings import SettingsError
from locker_firmware_bridge import config
from locker_firmware_bridge.commissioning.profile import toml_of
from tests.fakes.bridge_process import lockers_file


def write(directory: Path, text: str) -> Path:
    (directory / config.FILE_NAME).write_text(text)
    return directory


def test_sixteen_doors_and_a_shelf_are_read(tmp_path: Path) -> None:
    lockers = config.read(write(tmp_path, lockers_file("/dev/ttyUSB0")))
    assert len(lockers.places) == 17
    assert lockers.locks[7] == ("main", 0, 7)
    assert (lockers.places[101].kind, lockers.places[101].label) == ("shelf", "A1")
    (bus,) = lockers.buses
    assert (bus.url, bus.boards[0].family, bus.boards[0].locks) == ("/dev/ttyUSB0", "cu16", 16)


SCALE = '\n[scale]\nurl = "/dev/ttyUSB1"\nprotocol = "mt-sics"\n'


def test_a_scale_is_as_its_protocol_s_are_delivered_unless_told_otherwise(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0")
    assert config.read(write(tmp_path, text)).scale is None
    scale = config.read(write(tmp_path, text + SCALE)).scale
    assert scale is not None
    assert (scale.url, scale.protocol, scale.baud, scale.ask) == ("/dev/ttyUSB1", "mt-sics", None, None)
    more = SCALE + 'baud = 4800\nframing = "7E1"\nask = "SI"\n'
    scale = config.read(write(tmp_path, text + more)).scale
    assert scale is not None
    assert (scale.baud, scale.framing, scale.ask) == (4800, "7E1", b"SI\r\n")
    beside = config.read(write(tmp_path, text + SCALE + 'kiosk = "borny-borne"\n'))
    assert beside.scale_kiosk == "borny-borne"
    quiet = config.read(write(tmp_path, text + SCALE + 'ask = ""\n')).scale
    assert quiet is not None
    assert quiet.ask == b""


def test_a_file_that_is_written_anew_keeps_its_scale(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0") + SCALE + 'ask = ""\nkiosk = "borny-borne"\n'
    file = config.load(write(tmp_path, text) / config.FILE_NAME)
    assert config.load(write(tmp_path, toml_of(file)) / config.FILE_NAME) == file


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("mt-sics", "mt-sick", "this protocol is not known"), ("ttyUSB1", "ttyUSB0", "a bus has this port")],
)
def test_a_scale_that_cannot_be_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        config.read(write(tmp_path, lockers_file("/dev/ttyUSB0") + SCALE.replace(old, new)))


def test_three_faults_are_named_at_once_with_line_and_remedy(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0")
    text = text.replace("number = 2\nlock = 2\n", "number = 2\nlock = 1\n")
    text = text.replace("number = 5\n", "number = 3\n")
    text = text.replace('family = "cu16"', 'family = "cu17"')
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, text))
    assert len(error.value.faults) == 3
    told = str(error.value)
    assert "compartment 1 has this lock" in told
    assert "another door bears it" in told
    assert "this family is not known. Write one of: 0x8a, cu16, cu48" in told
    lines = text.splitlines()
    assert [lines[fault.line - 1].split(" =")[0] for fault in error.value.faults] == [
        "family",
        "lock",
        "number",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("address = 0", "address = 12", "no such board can be"),
        ("locks = 16", "locks = 12", "the board has 12 locks"),
        ("locks = 16", "locks = 17", "it has not so many"),
        ("number = 4\nlock = 4\n", "number = 4\nlock = 4\nboard = 3\n", "there is no such board"),
        ("number = 4\nlock = 4\n", 'number = 4\nlock = 4\nbus = "no"\n', "there is no such board"),
        ("number = 101", "number = 4", "another place bears it"),
        ("column = 2\nrow = 1", "column = 1\nrow = 1", "another door is drawn there"),
        ('size = "S"', 'size = "XXL"', 'Write one of "L", "M"'),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = lockers_file("/dev/ttyUSB0").replace(old, new, 1)
    with pytest.raises(SettingsError, match=told):
        config.read(write(tmp_path, text))


def test_two_buses_need_names_and_ports_of_their_own(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0")
    bus = text[: text.index("[[compartment]]")]
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, bus + text))
    told = str(error.value)
    assert "another bus has this name" in told
    assert "another bus has this port" in told


def test_two_families_never_share_a_line_even_at_one_speed(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0")
    other = '[[bus.board]]\nfamily = "cu48"\naddress = 1\nlocks = 48\n\n'
    text = text.replace("[[compartment]]", other + "[[compartment]]", 1)
    with pytest.raises(SettingsError, match="another family than the first board of this bus"):
        config.read(write(tmp_path, text))


def test_a_site_with_only_a_shelf_needs_no_bus(tmp_path: Path) -> None:
    lockers = config.read(write(tmp_path, '[[shelf]]\nnumber = 1\nlabel = "A"\n'))
    assert (len(lockers.places), lockers.buses) == (1, ())


def test_two_shelf_places_whose_labels_scan_alike_are_a_fault(tmp_path: Path) -> None:
    shelves = "".join(
        f'[[shelf]]\nnumber = {number}\nlabel = "{label}"\n' for number, label in ((1, "A1"), (2, "a1"))
    )
    with pytest.raises(SettingsError, match="another shelf place bears it"):
        config.read(write(tmp_path, shelves))


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_is_a_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="no place at all"):
        config.read(write(tmp_path, text))


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        config.read(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("pulse_ms = 1100", 'Write at most 1000, or lock_kind = "motor" if it is one'),
        ('family = "n4d8b08"\nlocks = 8', "Write 1000."),
        ('family = "waveshare"\npulse_ms = 450', "Write 100 to 1000, in steps of 100"),
        ('family = "cu48"\nhas_item_sensor = true', "Write false"),
    ],
)
def test_a_pulse_or_a_sensor_no_such_board_has_is_named_with_its_remedy(
    tmp_path: Path, wrong: str, remedy: str
) -> None:
    text = '[[bus]]\nname = "main"\nurl = "/dev/ttyUSB0"\n[[bus.board]]\naddress = 1\n'
    for key, usual in {"family": '"cu16"', "locks": "16"}.items():
        text += "" if f"{key} =" in wrong else f"{key} = {usual}\n"
    text += wrong + '\n[[shelf]]\nnumber = 101\nlabel = "A1"\n'
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, text))
    assert remedy in str(error.value)


def test_faults_of_single_values_do_not_hide_those_that_take_two(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0")
    text = text.replace('size = "M"', 'size = "Q"', 1)
    text = text.replace("number = 4\nlock = 4\n", "number = 4\nlock = 99\n")
    text = text.replace("number = 6\nlock = 6\n", "number = 6\nlock = 1\n")
    text = text.replace('family = "cu16"', 'family = "cu17"')
    text = text.replace("number = 7\n", "number = 8\n", 1)
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, text))
    lines = text.splitlines()
    named = [(lines[fault.line - 1].split(" =")[0], fault.problem) for fault in error.value.faults]
    assert named == [
        ("family", "this family is not known"),
        ("size", "this cannot stand here"),
        ("lock", "this cannot stand here"),
        ("lock", "compartment 1 has this lock"),
        ("number", "another door bears it"),
    ]


def test_nothing_is_said_of_doors_whose_bus_is_wrong_itself(tmp_path: Path) -> None:
    text = lockers_file("/dev/ttyUSB0").replace('name = "main"', 'name = "The Main Bus"')
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, text))
    assert [fault.key for fault in error.value.faults] == ["bus.1.name"]


PINS = """
[[bus]]
name = "pi"
url = "{url}"
[[bus.board]]
family = "gpio"
address = 0
locks = 2
lock_pins = {lock_pins}
hook_pins = {hook_pins}
pulse_ms = {pulse_ms}
[[shelf]]
number = 101
label = "A1"
"""
SOUND = {"url": "gpio", "lock_pins": "[17, 27]", "hook_pins": "[5, 6]", "pulse_ms": 500}


def test_locks_on_the_pins_of_the_machine_are_a_bus_of_their_own(tmp_path: Path) -> None:
    [bus] = config.read(write(tmp_path, PINS.format(**SOUND))).buses
    assert (bus.url, bus.boards[0].lock_pins, bus.boards[0].hook_pins) == ("gpio", (17, 27), (5, 6))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"url": "/dev/ttyUSB0"}, "the pins of this machine are a bus of their own"),
        ({"lock_pins": "[17]"}, "not one pin for each lock. Write 2 numbers of pins"),
        ({"hook_pins": "[17, 6]"}, "a pin is there twice"),
        ({"lock_pins": "[2, 27]"}, "Write pins from 9 to 27"),
        ({"pulse_ms": 1500}, "a solenoid would burn"),
    ],
)
def test_pins_that_cannot_be_are_named_with_their_remedy(
    tmp_path: Path, wrong: dict[str, object], told: str
) -> None:
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, PINS.format(**(SOUND | wrong))))
    assert told in str(error.value)


def test_long_pulses_and_two_buses_do_not_go_together(tmp_path: Path) -> None:
    motor = 'lock_kind = "motor"\npulse_ms = 3000\n'
    one = '[[bus]]\nname = "{0}"\nurl = "/dev/{0}"\n[[bus.board]]\nfamily = "cu16"\naddress = 0\nlocks = 4\n'
    shelf = '[[shelf]]\nnumber = 101\nlabel = "A1"\n'
    config.read(write(tmp_path, one.format("a") + motor + shelf))
    with pytest.raises(SettingsError) as error:
        config.read(write(tmp_path, one.format("a") + motor + one.format("b") + shelf))
    assert "Write at most 2800" in str(error.value)


# --- drawing.toml ------------------------------------------------------------------------------

SPOT = '[[place]]\nnumber = 2\nsize = "XL"\nfloor_cm = 10\ncolumn = 9\nrow = 1\n'
SHELF_SPOT = SPOT.replace("number = 2", "number = 101") + 'label = "Z9"\n'


def test_a_drawing_beside_it_says_where_places_stand_and_nothing_of_locks(tmp_path: Path) -> None:
    before = config.read(write(tmp_path, lockers_file("/dev/ttyUSB0")))
    (tmp_path / config.DRAWING_NAME).write_text(SPOT + SHELF_SPOT.replace("row = 1", "row = 2"))
    lockers = config.read(tmp_path)
    moved = lockers.places[2]
    assert (moved.size, moved.floor_cm, moved.column, moved.row, moved.label) == ("XL", 10, 9, 1, None)
    assert (lockers.places[101].label, lockers.places[101].kind) == ("Z9", "shelf")
    assert lockers.places[1] == before.places[1]
    assert lockers.locks == before.locks


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SPOT.replace("number = 2", "number = 77"), "lockers.toml has no such place"),
        (SPOT + SPOT.replace("row = 1", "row = 2"), "this place stands there twice"),
        (SPOT.replace("column = 9", "column = 1"), "another door is drawn there"),
        (SPOT + 'label = "A"\n', "a door bears its number"),
        (SPOT.replace("XL", "XXL"), 'Write one of "L", "M"'),
        (SPOT.replace("row = 1", "lock = 1"), "lock"),
        ("", "place"),
    ],
)
def test_a_drawing_that_cannot_be_is_named(tmp_path: Path, text: str, told: str) -> None:
    write(tmp_path, lockers_file("/dev/ttyUSB0"))
    (tmp_path / config.DRAWING_NAME).write_text(text)
    with pytest.raises(SettingsError) as error:
        config.read(tmp_path)
    assert told in str(error.value)


@pytest.mark.parametrize("other", ["Z9", "z9"])
def test_a_drawing_gives_no_shelf_place_the_label_of_another(tmp_path: Path, other: str) -> None:
    shelf = f'\n[[shelf]]\nnumber = 102\nlabel = "{other}"\n'
    write(tmp_path, lockers_file("/dev/ttyUSB0") + shelf)
    (tmp_path / config.DRAWING_NAME).write_text(SHELF_SPOT)
    with pytest.raises(SettingsError, match="another shelf place bears it"):
        config.read(tmp_path)
