"""Which boards can share one port. Pure."""

from collections.abc import Sequence

from locker_firmware_bridge.boards import GPIO, LOCK_PINS, LONGEST_PULSE_MS, BoardConfig
from locker_firmware_bridge.codecs import FAMILIES


def check_boards(name: str, boards: Sequence[BoardConfig]) -> None:
    """ValueError, naming bus and board, for boards that cannot share one port."""
    if any(config.family == GPIO for config in boards):
        _check_pins(name, boards)
        return
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
    if len({config.family for config in boards}) > 1:
        raise ValueError(f"the boards of the bus {name} are of several families: use a port for each")


def _check_pins(name: str, boards: Sequence[BoardConfig]) -> None:
    """ValueError for pins that cannot move locks and see doors."""
    if len(boards) != 1:
        raise ValueError(f"the bus {name} is this machine's pins: they are one board")
    config = boards[0]
    pins = (*config.lock_pins, *config.hook_pins)
    if {len(config.lock_pins), len(config.hook_pins)} != {config.locks} or len(set(pins)) < len(pins):
        raise ValueError(f"the bus {name}: each of {config.locks} locks needs two pins of its own")
    if not set(config.lock_pins) <= set(LOCK_PINS):
        raise ValueError(f"the bus {name}: locks may hang on pins {LOCK_PINS[0]} to {LOCK_PINS[-1]} only")
    if config.pulse_ms > LONGEST_PULSE_MS[config.lock_kind]:
        raise ValueError(f"the bus {name}: a {config.lock_kind} would burn after {config.pulse_ms} ms")
