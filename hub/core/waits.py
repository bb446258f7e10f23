"""How long whoever guesses has to wait: six digits are guessed in years."""

from typing import Final

FREE_TRIES: Final = 5
FIRST_WAIT_MS: Final = 60_000
LONGEST_WAIT_MS: Final = 3_600_000


def wait_ms(wrong: int) -> int:
    """After so many wrong tries one after the other: nothing for the free ones, then a minute, two, four, at
    most an hour.
    """
    beyond = wrong - FREE_TRIES
    return 0 if beyond < 0 else min(FIRST_WAIT_MS << min(beyond, 10), LONGEST_WAIT_MS)
