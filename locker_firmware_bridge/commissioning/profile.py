"""The text of a `lockers.toml`, as `learn` writes it and `probe` suggests it. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from locker_firmware_bridge.config import Board, Bus, Door, LockersFile, Scale, Shelf

_Part = Bus | Board | Door | Shelf | Scale


def toml_of(file: LockersFile) -> str:
    """The whole file, in the order of the file's documentation; what stands at its default is left out."""
    parts = [
        *(_bus(bus) for bus in file.bus),
        *(_table("compartment", door) for door in file.compartment),
        *(_table("shelf", shelf) for shelf in file.shelf),
        *([] if file.scale is None else [_table("scale", file.scale, one=True)]),
    ]
    return "\n".join(parts)


def bus_of(url: str, boards: Sequence[Board], baud: int | None = None, name: str = "main") -> str:
    """The text of one bus."""
    return _bus(Bus(name=name, url=url, board=tuple(boards), baud=baud))


def _bus(bus: Bus) -> str:
    return _table("bus", bus, leave_out=("board",)) + "".join(
        "\n" + _table("bus.board", board) for board in bus.board
    )


def _table(name: str, values: _Part, leave_out: Iterable[str] = (), *, one: bool = False) -> str:
    lines = [
        f"{key} = {_value(value)}\n"
        for key, value in msgspec.structs.asdict(values).items()
        if key not in leave_out and not _is_default(values, key)
    ]
    return (f"[{name}]\n" if one else f"[[{name}]]\n") + "".join(lines)


def _is_default(values: _Part, key: str) -> bool:
    field = next(each for each in msgspec.structs.fields(values) if each.name == key)
    return not field.required and getattr(values, key) == field.default


def _value(value: object) -> str:
    """A TOML value; JSON's strings, numbers, truths and lists are written alike."""
    return msgspec.json.encode(value).decode()
