"""Settings files as people write them: everything wrong is said at once, and how to put it right."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct, field

from contract.settings import Remark, SettingsError, load


class Serial(Struct, tag_field="family", tag="cu16"):
    address: Annotated[int, Meta(ge=0, le=9)]


class Shelf(Struct, tag_field="family", tag="shelf"):
    label: str


class Bus(Struct):
    name: str
    boards: tuple[Serial | Shelf, ...] = ()
    baud: int | None = None


class Broker(Struct):
    host: str
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    tls: bool = False


class Cabinet(Struct):
    site: Annotated[str, Meta(pattern="^[a-z]+$")]
    broker: Broker
    secret: str = ""
    mode: Literal["fast", "slow"] = "slow"
    sizes: Annotated[tuple[int, ...], Meta(max_length=3)] = ()
    names: dict[str, str] = field(default_factory=dict)
    bus: tuple[Bus, ...] = ()


Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "cabinet.toml"
        path.write_text(text)
        return path

    return written


def faults(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(SettingsError) as refusal:
        load(path, Cabinet)
    return [(fault.line, fault.key) for fault in refusal.value.faults]


def test_a_right_file_becomes_its_struct(write: Write) -> None:
    text = """
site = "borny"
names = { a = "Ana" }
[broker]
host = "localhost"
[[bus]]
name = "left"
boards = [{ family = "cu16", address = 3 }, { family = "shelf", label = "A" }]
"""
    assert load(write(text), Cabinet) == Cabinet(
        site="borny",
        names={"a": "Ana"},
        broker=Broker(host="localhost"),
        bus=(Bus("left", (Serial(3), Shelf("A"))),),
    )


def test_a_file_with_three_faults_names_all_three_with_line_and_remedy(write: Write) -> None:
    path = write('site = "borny"\nmodes = "fast"\n[broker]\nport = 70000\n')
    with pytest.raises(SettingsError) as refusal:
        load(path, Cabinet)
    assert str(refusal.value).splitlines() == [
        f"{path}: 3 faults",
        "  line 2: modes: there is no such key. Write mode, if that is meant.",
        "  line 3: broker.host: missing. Add  host =  with text in quotes.",
        "  line 4: broker.port: this cannot stand here. Write a whole number from 1 to 65535.",
    ]


def test_two_lines_that_are_no_toml_and_a_wrong_value_are_three_faults(write: Write) -> None:
    text = 'site = borny\nmode = "quick"\n[broker]\nhost = localhost\n'
    assert faults(write(text)) == [(1, "site"), (2, "mode"), (4, "host")]


def test_a_line_that_means_nothing_ends_the_reading(write: Write) -> None:
    assert faults(write('site = "borny"\n[broker\nhost = 3\n')) == [(2, "")]


def test_faults_in_lists_of_tables_name_the_table_from_one(write: Write) -> None:
    text = """site = "borny"
[broker]
host = "localhost"
[[bus]]
name = "left"
[[bus]]
baud = "fast"
[[bus.boards]]
family = "cu16"
address = 12
"""
    assert faults(write(text)) == [(6, "bus.2.name"), (7, "bus.2.baud"), (10, "bus.2.boards.1.address")]


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("mode = 3", 'Write one of "fast", "slow"'),
        ("secret = 3", "Write text in quotes"),
        ("sizes = [1, true]", "Write a whole number"),
        ("sizes = 1", "Write a list in [ ], each a whole number"),
        ("sizes = [1, 2, 3, 4]", "Compare the lists with the documentation"),
        ("names = { a = 3 }", "Write text in quotes"),
        ("names = 3", "Write a table of names, each with text in quotes"),
        ("bus = 3", "Write a list in [ ], each a table with name, boards, baud"),
        ('bus = [{ name = "a", boards = [{ family = "none" }] }]', "Write a table with address or a table"),
        ("entirely_different = 3", "Take it out; known: site, broker, secret, mode"),
    ],
)
def test_a_fault_says_what_to_write_instead(write: Write, line: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(write(f'site = "borny"\n{line}\nbroker = {{ host = "h" }}\n'), Cabinet)
    [fault] = refusal.value.faults
    assert fault.remedy.startswith(remedy)


def test_what_a_file_says_is_never_repeated(write: Write) -> None:
    text = 'site = "S3CRET"\nsecret = S3CRET\nmode = "S3CRET"\n[broker]\nport = "S3CRET"\ntls = ["S3CRET"]\n'
    with pytest.raises(SettingsError) as refusal:
        load(write(text), Cabinet)
    assert len(refusal.value.faults) == 6
    assert "S3CRET" not in str(refusal.value)


def test_a_cross_check_speaks_of_lines_too(write: Write) -> None:
    def same_names(_: Cabinet) -> Iterator[Remark]:
        yield Remark(("bus", 1, "name"), "another bus has this name", "Give it another")
        yield Remark(("broker",), "nobody listens there", "Start it")

    text = 'site = "b"\n[broker]\nhost = "h"\n[[bus]]\nname = "x"\n[[bus]]\nname = "x"\n'
    with pytest.raises(SettingsError) as refusal:
        load(write(text), Cabinet, same_names)
    assert [(fault.line, fault.key) for fault in refusal.value.faults] == [(2, "broker"), (7, "bus.2.name")]


def test_a_file_that_is_not_there_or_no_text_is_one_clear_fault(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.toml") == [(0, "")]
    assert faults(tmp_path) == [(0, "")]
    (tmp_path / "latin.toml").write_bytes('site = "b"\n# été\n'.encode("latin-1"))
    assert faults(tmp_path / "latin.toml") == [(2, "")]


@given(st.text(alphabet='[]="{}.,#\n\\ab1 -', max_size=60))
def test_no_text_whatever_escapes_as_another_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text)
    with pytest.raises(SettingsError):
        load(path, Cabinet)
