"""What has arrived at our end of a pseudo-terminal: the kernel carries it there when it comes to it."""

import array
import fcntl
import termios

from tests.fakes.waiting import wait_until


def wait_for_input(our_end: int, count: int) -> None:
    """Until so many bytes wait to be read there; it must be in raw mode."""

    def waiting() -> int:
        number = array.array("i", [0])
        fcntl.ioctl(our_end, termios.FIONREAD, number)
        return number[0]

    wait_until(lambda: waiting() >= count)
