"""What can go wrong between the bridge and a board. Messages name the port and the next step."""


class BoardError(Exception):
    """Root of this package's errors."""


class PortNotFoundError(BoardError):
    """There is no such device or gateway now."""


class PortBusyError(BoardError):
    """Another program has the port."""


class PortForbiddenError(BoardError):
    """This user may not open the port."""


class PortLostError(BoardError):
    """The port was open and is gone: unplugged, or the gateway hung up."""


class NoReplyError(BoardError):
    """Nothing came back in time."""


class BadReplyError(BoardError):
    """Something came back, and it is no answer to what was asked."""
