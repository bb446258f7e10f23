"""Who guesses waits."""

from hub.core.waits import FREE_TRIES, wait_ms


def test_the_first_tries_are_free_then_each_wait_is_twice_as_long_up_to_an_hour() -> None:
    assert {wait_ms(wrong) for wrong in range(FREE_TRIES)} == {0}
    assert [wait_ms(FREE_TRIES + more) // 60_000 for more in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert wait_ms(10**9) == 3_600_000
