"""Ids nobody has used: 32 hexadecimal digits, 80 of their bits random.

In front stands the wall clock. It orders nothing, and may be wrong, but ids made one after the other are
neighbours then, which a database's indices like: a hub writes a third of the pages.
"""

import os


def fresh_id(wall_ms: int) -> str:
    """One id."""
    return fresh_ids(wall_ms, 1)[0]


def fresh_ids(wall_ms: int, count: int) -> tuple[str, ...]:
    """So many ids, at the cost of one call of the system."""
    moment, chance = f"{wall_ms % 2**48:012x}", os.urandom(10 * count).hex()
    return tuple(moment + chance[start : start + 20] for start in range(0, len(chance), 20))
