"""Simulated lock boards: a program of their own that outlives the bridge, and the hand at their doors."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from locker_firmware_bridge.boards.simulated import cu16, cu48, n4d8b08, waveshare, wkly, x8a
from locker_firmware_bridge.boards.simulated.dialect import Dialect

__all__ = ["DIALECTS", "Dialect"]

_ALL: Final = (
    cu16.CU16,
    cu48.CU48,
    cu48.CU48B,
    x8a.X8A,
    waveshare.WAVESHARE,
    n4d8b08.N4D8B08,
    wkly.WKLY,
)

DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType({dialect.name: dialect for dialect in _ALL})
"""Each family of `codecs.FAMILIES` by its name, spoken from the other end of the line."""
