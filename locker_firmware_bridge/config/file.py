"""What may stand in a `lockers.toml`, value by value."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from contract.messages import Compartment, DeviceId, Size, Word
from locker_firmware_bridge.boards import LockKind

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,30}$")]
Bit = Literal[0, 1]
Pin = Annotated[int, Meta(ge=0, le=27)]


class Board(Struct, frozen=True, kw_only=True):
    """One lock board. The bits say which value means "hook engaged" and "something there"."""

    family: str
    address: Annotated[int, Meta(ge=0, le=255)]
    locks: Annotated[int, Meta(ge=1, le=64)]
    hook_closed_bit: Bit = 1
    item_present_bit: Bit = 1
    has_item_sensor: bool = False
    status_order: Literal["msb", "lsb"] = "msb"
    report_heads: tuple[Literal[0x81, 0x82], ...] = ()
    lock_kind: LockKind = "solenoid"
    pulse_ms: Annotated[int, Meta(ge=100, le=3000)] = 500
    echo: bool = False
    lock_pins: Annotated[tuple[Pin, ...], Meta(max_length=18)] = ()
    hook_pins: Annotated[tuple[Pin, ...], Meta(max_length=18)] = ()


class Bus(Struct, frozen=True, kw_only=True):
    """One port with its boards; `url` is a device, `socket://host:port`, `rfc2217://host:port` or `gpio`."""

    name: Name
    url: Annotated[str, Meta(min_length=1, max_length=300)]
    board: Annotated[tuple[Board, ...], Meta(min_length=1, max_length=32)]
    baud: Annotated[int, Meta(ge=1200, le=115_200)] | None = None


class Door(Struct, frozen=True, kw_only=True):
    """One compartment with a lock."""

    number: Compartment
    lock: Annotated[int, Meta(ge=1, le=64)]
    size: Size
    floor_cm: Annotated[int, Meta(ge=0, le=400)]
    column: Annotated[int, Meta(ge=1, le=200)]
    row: Annotated[int, Meta(ge=1, le=60)]
    board: Annotated[int, Meta(ge=0, le=255)] = 0
    bus: str = ""


class Shelf(Struct, frozen=True, kw_only=True):
    """One place without a lock, behind the counter."""

    number: Compartment
    label: Word
    size: Size = "XL"
    floor_cm: Annotated[int, Meta(ge=0, le=400)] = 100
    column: Annotated[int, Meta(ge=1, le=200)] = 1
    row: Annotated[int, Meta(ge=1, le=60)] = 1


class Scale(Struct, frozen=True, kw_only=True):
    """The scale of the site; what is left out is as scales of this protocol are delivered.

    `ask`: the question for a weight, without its line end; empty for a scale that speaks by itself.
    `kiosk`: the one it stands beside, where there are several.
    """

    url: Annotated[str, Meta(min_length=1, max_length=300)]
    protocol: Annotated[str, Meta(min_length=1, max_length=30)]
    baud: Annotated[int, Meta(ge=1200, le=115_200)] | None = None
    framing: Literal["8N1", "7E1", "7O1", "8E1", "8O1"] | None = None
    ask: Annotated[str, Meta(max_length=20, pattern=r"^[ -~]*\Z")] | None = None
    kiosk: DeviceId | Literal[""] = ""


class LockersFile(Struct, frozen=True, kw_only=True):
    """The whole file."""

    bus: Annotated[tuple[Bus, ...], Meta(max_length=16)] = ()
    compartment: Annotated[tuple[Door, ...], Meta(max_length=256)] = ()
    shelf: Annotated[tuple[Shelf, ...], Meta(max_length=44)] = ()
    scale: Scale | None = None
