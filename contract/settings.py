"""TOML files that people write: read whole, and every fault named at once.

A fault gives the line, the key, what is wrong and what to write instead. What a file says is never
repeated, because it may be a secret. Unknown keys are faults here: in a file they are typing errors.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Struct, inspect, structs

KeyPath = tuple[str | int, ...]
"""Keys from the top of the file down; a number is the place in a list, from 0."""

T = TypeVar("T", bound=Struct)

_SYNTAX_FAULTS: Final = 10
_AT_LINE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TABLE: Final = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"^\s*([\w\"-]+(?:\s*\.\s*[\w\"-]+)*)\s*=")


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file. `line` counts from 1; 0 for a file that cannot be read at all."""

    line: int
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"  {where}{self.key}{': ' if self.key else ''}{self.problem}. {self.remedy}."


@dataclass(frozen=True)
class Remark:
    """What a cross-check has to say about the value at `path`."""

    path: KeyPath
    problem: str
    remedy: str


class SettingsError(ValueError):
    """The file cannot be used. The text lists every fault; so does `faults`."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        count = f"{len(self.faults)} faults" if len(self.faults) > 1 else "1 fault"
        super().__init__("\n".join([f"{path}: {count}", *map(str, self.faults)]))


def load(path: Path, kind: type[T], cross_check: Callable[[T], Iterable[Remark]] | None = None) -> T:
    """Read a TOML file into a Struct, or raise SettingsError with all its faults.

    `cross_check` is asked about a file that is right value by value; what it yields are faults too.
    """
    text = _read(path)
    table, faults = _parse(text)
    lines = _Lines(text)
    if table is not None:
        wrong = list(_faults_of(table, kind, (), lines))
        faults += wrong
        if wrong and cross_check:
            faults += _faults_of_the_sound(table, kind, cross_check, lines)
    if table is not None and not faults and not _fits(table, kind):
        faults = [Fault(0, "", "a value has the wrong length", "Compare the lists with the documentation")]
    if table is None or faults:
        raise SettingsError(path, faults)
    settings = msgspec.convert(table, kind)
    if cross_check and (remarks := list(cross_check(settings))):
        raise SettingsError(path, [lines.fault(each.path, each.problem, each.remedy) for each in remarks])
    return settings


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        fault = Fault(0, "", "there is no such file", "Write it, or give the right directory")
    except UnicodeDecodeError as error:
        fault = Fault(error.object.count(b"\n", 0, error.start) + 1, "", "not UTF-8", "Save it as UTF-8")
    except OSError as error:
        fault = Fault(0, "", f"cannot be read ({error.strerror})", "Look at its owner and its mode")
    raise SettingsError(path, [fault])


# --- syntax ------------------------------------------------------------------------------------


def _parse(text: str) -> tuple[dict[str, Any] | None, list[Fault]]:
    """What could be read, and what is no TOML.

    tomllib stops at the first fault: a broken `key = value` line is taken out and the rest read again.
    Anything broken otherwise ends the reading (None), because what followed would be guesses.
    """
    faults: list[Fault] = []
    lines = text.splitlines()
    while len(faults) < _SYNTAX_FAULTS:
        try:
            return tomllib.loads("\n".join(lines)), faults
        except tomllib.TOMLDecodeError as error:
            fault = _syntax_fault(error, lines)
            faults.append(fault)
            if not fault.key:
                return None, faults
            lines[fault.line - 1] = ""
    return None, faults


def _syntax_fault(error: tomllib.TOMLDecodeError, lines: list[str]) -> Fault:
    where = _AT_LINE.search(str(error))
    number = int(where.group(1)) if where and where.group(1) else max(len(lines), 1)
    key = _KEY.match(lines[number - 1]) if lines else None
    problem = "not TOML"
    if key is None:
        return Fault(number, "", problem, "Write  key = value  or  [table]  here")
    return Fault(
        number, key.group(1), problem, 'Write text in quotes ("..."), numbers and true or false bare'
    )


class _Lines:
    """On which line each key stands. Keys of inline tables stand on the line of what holds them."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        here: KeyPath = ()
        for number, line in enumerate(text.splitlines(), 1):
            if table := _TABLE.match(line):
                here = self._enter(_keys(table.group(2)), is_list=table.group(1) == "[[")
                self._lines.setdefault(here, number)
            elif key := _KEY.match(line):
                self._lines.setdefault(here + _keys(key.group(1)), number)

    def has(self, path: KeyPath) -> bool:
        """Whether somebody tried to write this key."""
        return path in self._lines

    def fault(self, path: KeyPath, problem: str, remedy: str) -> Fault:
        """A fault at this path, on the nearest line known."""
        nearest = path
        while nearest and nearest not in self._lines:
            nearest = nearest[:-1]
        return Fault(self._lines.get(nearest, 1), _dotted(path), problem, remedy)

    def _enter(self, keys: KeyPath, *, is_list: bool) -> KeyPath:
        """The path a table header stands for; `[[x]]` begins the next of a list, `[x.y]` is in its last."""
        path: KeyPath = ()
        for place, key in enumerate(keys):
            path = (*path, key)
            if is_list and place == len(keys) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path


def _keys(dotted: str) -> KeyPath:
    return tuple(key.strip().strip('"') for key in dotted.split("."))


def _dotted(path: KeyPath) -> str:
    """`bus.2.name` for people: lists count from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


# --- values ------------------------------------------------------------------------------------


def _faults_of(value: Any, kind: Any, path: KeyPath, lines: _Lines) -> Iterator[Fault]:
    """Compare a value with its type, as deep as it goes."""
    chosen = _chosen(value, kind)
    if isinstance(value, dict) and isinstance(chosen, type) and issubclass(chosen, Struct):
        yield from _faults_of_table(value, chosen, path, lines)
    elif isinstance(value, list) and get_origin(chosen) in (list, tuple):
        for place, each in enumerate(value):
            yield from _faults_of(each, get_args(chosen)[0], (*path, place), lines)
    elif isinstance(value, dict) and get_origin(chosen) is dict:
        for key, each in value.items():
            yield from _faults_of(each, get_args(chosen)[1], (*path, key), lines)
    elif not _fits(value, kind):
        yield lines.fault(path, "this cannot stand here", f"Write {_expected(inspect.type_info(kind))}")


def _faults_of_the_sound(
    table: dict[str, Any], kind: type[T], cross_check: Callable[[T], Iterable[Remark]], lines: _Lines
) -> Iterator[Fault]:
    """What a cross-check says of the entries that are right, where others of the same lists are wrong.

    Later lists refer to earlier ones: what is said below a list that lost an entry is not believed.
    """
    kept: dict[str, list[int]] = {}
    rest, torn = dict(table), len(table)
    for place, field in enumerate(structs.fields(kind)):
        entries, name = table.get(field.encode_name), field.encode_name
        if isinstance(entries, list) and get_origin(_chosen(entries, field.type)) in (list, tuple):
            of_list = get_args(_chosen(entries, field.type))[0]
            kept[name] = [
                at for at, each in enumerate(entries) if not [*_faults_of(each, of_list, (), lines)]
            ]
            rest[name] = [entries[at] for at in kept[name]]
            torn = min(torn, place) if len(kept[name]) < len(entries) else torn
    if not _fits(rest, kind) or any(_faults_of(rest, kind, (), lines)):
        return
    order = [field.encode_name for field in structs.fields(kind)]
    for remark in cross_check(msgspec.convert(rest, kind)):
        match remark.path:
            case (str(name), int(at), *deeper) if name in kept and order.index(name) <= torn:
                path = (name, kept[name][at], *deeper)
                yield lines.fault(path, remark.problem, remark.remedy)


def _faults_of_table(
    table: dict[str, Any], kind: type[Struct], path: KeyPath, lines: _Lines
) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in structs.fields(kind)}
    for key in sorted(table.keys() - fields.keys() - {kind.__struct_config__.tag_field}):
        close = difflib.get_close_matches(key, fields, 1)
        remedy = (
            f"Write {close[0]}, if that is meant" if close else f"Take it out; known: {', '.join(fields)}"
        )
        yield lines.fault((*path, key), "there is no such key", remedy)
    for key, field in fields.items():
        if key in table:
            yield from _faults_of(table[key], field.type, (*path, key), lines)
        elif field.required and not lines.has((*path, key)):
            remedy = f"Add  {key} =  with {_expected(inspect.type_info(field.type))}"
            yield lines.fault((*path, key), "missing", remedy)


def _chosen(value: Any, kind: Any) -> Any:
    """The type without remarks and None; of several tables the one whose tag is given."""
    if get_origin(kind) is Annotated:
        return _chosen(value, get_args(kind)[0])
    if get_origin(kind) not in (Union, UnionType):
        return kind
    types = [each for each in get_args(kind) if each is not NoneType]
    if len(types) == 1:
        return _chosen(value, types[0])
    if isinstance(value, dict):
        for each in types:
            config = getattr(each, "__struct_config__", None)
            if config and config.tag is not None and value.get(config.tag_field) == config.tag:
                return each
    return kind


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _expected(kind: inspect.Type) -> str:
    """What to write, for a person who does not know the words of programmers."""
    match kind:
        case inspect.Metadata():
            return _expected(kind.type)
        case inspect.UnionType():
            types = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
            return " or ".join(_expected(each) for each in types)
        case inspect.IntType():
            return "a whole number" + _range(kind)
        case inspect.FloatType():
            return "a number" + _range(kind)
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "text in quotes" + (f" of the form {kind.pattern}" if kind.pattern else "")
        case inspect.LiteralType():
            return "one of " + ", ".join(f'"{each}"' for each in kind.values)
        case inspect.ListType() | inspect.VarTupleType():
            return f"a list in [ ], each {_expected(kind.item_type)}"
        case inspect.StructType():
            return "a table with " + ", ".join(field.encode_name for field in kind.fields)
        case inspect.DictType():
            return f"a table of names, each with {_expected(kind.value_type)}"
    return "a value of another kind"


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    low = kind.ge if kind.ge is not None else kind.gt
    high = kind.le if kind.le is not None else kind.lt
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" from {low} on"
    return f" up to {high}" if high is not None else ""
