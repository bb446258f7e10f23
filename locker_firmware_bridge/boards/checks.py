"""Which boards can share one port. Pure."""

from collections.abc import Sequence

from locker_firmware_bridge.boards import LONGEST_PULSE_MS, BoardConfig
from locker_firmware_bridge.codecs import FAMILIES


def check_boards(name: str, boards: Sequence[BoardConfig]) -> None:
    """ValueError, naming bus and board, for boards that cannot share one port."""
    if not boards:
        raise ValueError(f"the bus {name} has no board: name at least one")
    for config in boards:
        family = FAMILIES.get(config.family)
        if family is None:
            known = ", ".join(sorted(FAMILIES))
            raise ValueError(f"the bus {name} has a board of family {config.family!r}: known are {known}")
        if config.board not in family.boards or config.locks not in family.locks:
            raise ValueError(
                f"the bus {name}: a {config.family} has boards {family.boards[0]} to {family.boards[-1]} "
                f"and up to {family.locks[-1]} locks, not board {config.board} with {config.locks}"
            )
        if not family.can_pulse(config.pulse_ms) or config.pulse_ms > LONGEST_PULSE_MS[config.lock_kind]:
            raise ValueError(
                f"the bus {name}: board {config.board} has no pulse of {config.pulse_ms} ms "
                f"that a {config.lock_kind} may have"
            )
    if len({config.board for config in boards}) < len(boards):
        raise ValueError(f"two boards of the bus {name} have one number: set another on a dial")
    if len({FAMILIES[config.family].baud for config in boards}) > 1:
        raise ValueError(f"the boards of the bus {name} do not speak at one speed: use two ports")
