"""How the memory of a program with many threads is kept together."""

import ctypes
from typing import Final

_MOST_ARENAS: Final = -8
"""M_ARENA_MAX of mallopt(3)."""


def share_one_heap() -> None:
    """Threads that take turns anyway need no heaps of their own: each takes memory that is never given back.

    Call it before any thread is started. Does nothing where the C library is another one than GNU's.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MOST_ARENAS, 1)
