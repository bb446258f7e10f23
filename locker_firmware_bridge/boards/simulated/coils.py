"""Which coils of the simulated boards have current."""

import itertools


class Coils:
    """Each by board and lock, with the number of the pulse that gave it current last."""

    def __init__(self) -> None:
        self._pulses = itertools.count()
        self._on: dict[tuple[int, int], int] = {}

    def energise(self, board: int, lock: int) -> int:
        """Give it current; the number of this pulse."""
        pulse = next(self._pulses)
        self._on[board, lock] = pulse
        return pulse

    def release(self, board: int, lock: int, pulse: int | None = None) -> None:
        """Take its current; of a pulse that a later one has replaced: nothing happens."""
        if pulse is None or self.is_on(board, lock, pulse):
            self._on.pop((board, lock), None)

    def release_all(self, board: int) -> None:
        """The board has lost its power."""
        for lock in self.on(board):
            self.release(board, lock)

    def is_on(self, board: int, lock: int, pulse: int) -> bool:
        """Whether this very pulse still goes on."""
        return self._on.get((board, lock)) == pulse

    def on(self, board: int) -> frozenset[int]:
        """The locks of a board that have current."""
        return frozenset(lock for of, lock in self._on if of == board)
